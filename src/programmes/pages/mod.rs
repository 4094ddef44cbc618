//! Pages: projects with their phases, amendments and expected results; activities; documents.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn ProgrammeRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/__programmes") view=|| ()/> }.into_inner().into_any_nested_route()
}
