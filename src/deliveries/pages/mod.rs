//! Deliveries: the list, the public page, and the pages by which they are scheduled.

mod delivery;
mod form;
mod list;
pub mod parts;
mod slot;
mod state;
mod timetable;
mod trainers;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn DeliveryRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/deliveries") view=list::ListPage/>
        <Route path=path!("/deliveries/new") view=form::NewPage/>
        <Route path=path!("/deliveries/:id") view=delivery::DeliveryPage/>
        <Route path=path!("/deliveries/:id/edit") view=form::EditPage/>
        <Route path=path!("/deliveries/:id/state/:to") view=state::StatePage/>
        <Route path=path!("/deliveries/:id/trainers") view=trainers::TrainersPage/>
        <Route path=path!("/deliveries/:id/timetable") view=timetable::TimetablePage/>
        <Route path=path!("/deliveries/:id/timetable/:slot") view=slot::SlotPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
