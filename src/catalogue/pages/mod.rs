//! Pages: courses: what can be taught, for whom, by which institutions.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn CatalogueRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/__catalogue") view=|| ()/> }.into_inner().into_any_nested_route()
}
