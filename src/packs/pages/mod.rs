//! Pages: training packs: modules, session plans, materials and files; drafts, releases, versions.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn PackRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/__packs") view=|| ()/> }.into_inner().into_any_nested_route()
}
