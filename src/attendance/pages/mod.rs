//! Pages: the register: marks by half-day, and their history.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn AttendanceRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/__attendance") view=|| ()/> }.into_inner().into_any_nested_route()
}
