//! One's own courses, and studying them.

mod media;
mod mine;
mod study;

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn LearningRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/learn") view=mine::LearningPage/>
        <Route path=path!("/learn/:delivery") view=study::StudyPage/>
        <Route path=path!("/learn/:delivery/:material") view=study::StudyPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
