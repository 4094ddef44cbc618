//! Pages: outcomes by rule, and certificates that anybody can check.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn CompletionRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/__completion") view=|| ()/> }.into_inner().into_any_nested_route()
}
