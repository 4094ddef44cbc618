//! Pages: study: a participant's courses, lessons, files and progress.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn LearningRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/__learning") view=|| ()/> }.into_inner().into_any_nested_route()
}
