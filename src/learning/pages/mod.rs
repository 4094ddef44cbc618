//! One's own courses, and studying them.

mod media;
mod mine;
mod study;

use crate::lazy;
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn LearningRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/learn") view=lazy!(learn: mine::LearningPage)/>
        <Route path=path!("/learn/:delivery") view=lazy!(learn: study::StudyPage)/>
        <Route path=path!("/learn/:delivery/:material") view=lazy!(learn: study::StudyPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
