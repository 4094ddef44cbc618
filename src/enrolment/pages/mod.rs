//! Who takes part in a delivery, and giving a place back.

mod people;
mod put_in;
mod withdraw;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn EnrolmentRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/deliveries/:id/people") view=people::PeoplePage/>
        <Route path=path!("/deliveries/:id/people/:place") view=withdraw::WithdrawPage/>
        <Route path=path!("/deliveries/:id/withdraw") view=withdraw::WithdrawPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
