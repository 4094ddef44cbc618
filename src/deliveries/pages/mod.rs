//! Pages: courses actually given: dates, places, trainers, timetable, states.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn DeliveryRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/__deliveries") view=|| ()/> }.into_inner().into_any_nested_route()
}
