//! Pages: first pages by role, and the numbers.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn ReportingRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/__reporting") view=|| ()/> }.into_inner().into_any_nested_route()
}
