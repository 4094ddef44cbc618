//! The register of a half-day and its history.

mod history;
mod live;
mod register;
mod row;

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn AttendanceRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/deliveries/:id/register") view=register::RegisterPage/>
        <Route path=path!("/deliveries/:id/register/:slot") view=register::RegisterPage/>
        <Route path=path!("/deliveries/:id/register/:slot/history") view=history::HistoryPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
