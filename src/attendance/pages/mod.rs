//! The register of a half-day and its history.

mod history;
mod live;
mod register;
mod row;

use crate::lazy;
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn AttendanceRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/deliveries/:id/register") view=lazy!(manage: register::RegisterPage)/>
        <Route path=path!("/deliveries/:id/register/:slot") view=lazy!(manage: register::RegisterPage)/>
        <Route path=path!("/deliveries/:id/register/:slot/history") view=lazy!(manage: history::HistoryPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
