//! Who takes part in a delivery, and giving a place back.

mod people;
mod put_in;
mod withdraw;

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn EnrolmentRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/deliveries/:id/people") view=people::PeoplePage/>
        <Route path=path!("/deliveries/:id/people/:place") view=withdraw::WithdrawPage/>
        <Route path=path!("/deliveries/:id/withdraw") view=withdraw::WithdrawPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
