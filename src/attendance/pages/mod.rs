//! The register of a half-day and its history; the screen at the door and those who scan it.

mod arrive;
#[cfg(feature = "ssr")]
mod badges;
#[cfg(feature = "ssr")]
mod count;
#[cfg(feature = "hydrate")]
mod device;
#[cfg(feature = "ssr")]
mod digits;
mod door;
#[cfg(feature = "ssr")]
mod history;
mod keys;
mod kiosk;
#[cfg(feature = "hydrate")]
mod line;
mod locate;
mod live;
mod paper;
#[cfg(feature = "ssr")]
pub mod papers;
#[cfg(feature = "ssr")]
mod past;
#[cfg(feature = "hydrate")]
mod queue;
mod register;
mod row;
#[cfg(feature = "hydrate")]
mod shelf;
#[cfg(feature = "ssr")]
mod tallies;
#[cfg(feature = "ssr")]
mod transfer;
#[cfg(feature = "ssr")]
mod transfer_draft;
#[cfg(feature = "ssr")]
mod transfer_words;
#[cfg(feature = "ssr")]
mod unrecorded;
#[cfg(feature = "ssr")]
mod walk_in;

use crate::lazy;
#[cfg(feature = "ssr")]
use crate::{
    people::{asks::Asks, rights::Right},
    platform::http::page::{Page, page},
};
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The pages of this capability that the server draws.
#[cfg(feature = "ssr")]
pub fn pages() -> Vec<Page> {
    const KEEPS: Asks = Asks::For(Right::KeepRegister);
    const MANAGES: Asks = Asks::For(Right::ManageDelivery);
    const COUNTS: Asks = Asks::Somewhere(Right::ManageDelivery);
    vec![
        page("/deliveries/{id}/register/{slot}/history", KEEPS, history::page),
        page("/deliveries/{id}/register/{slot}/walk-in", KEEPS, walk_in::new_page),
        page("/deliveries/{id}/walk-ins", MANAGES, walk_in::list_page),
        page("/deliveries/{id}/register/{slot}/count", KEEPS, count::page),
        page("/deliveries/{id}/register/{slot}/at", KEEPS, past::page),
        page("/deliveries/{id}/transfer", KEEPS, transfer::page),
        page("/deliveries/{id}/transfer/{draft}", KEEPS, transfer_draft::page),
        page("/deliveries/{id}/badges", KEEPS, badges::page),
        page("/deliveries/{id}/unrecorded", KEEPS, unrecorded::page),
        page("/counts", COUNTS, tallies::list::page),
        page("/counts/new", COUNTS, tallies::form::new_page),
        page("/counts/{id}", MANAGES, tallies::show::page),
        page("/counts/{id}/edit", MANAGES, tallies::form::edit_page),
        page("/in", Asks::Nothing, digits::page),
    ]
}

/// The routes of the pages that go on living in the browser.
#[component(transparent)]
pub fn AttendanceLive() -> AnyNestedRoute {
    view! {
        <Route path=path!("/deliveries/:id/register") view=lazy!(manage: register::RegisterPage)/>
        <Route path=path!("/deliveries/:id/register/:slot") view=lazy!(manage: register::RegisterPage)/>
        <Route path=path!("/deliveries/:id/register/:slot/door") view=lazy!(manage: door::DoorPage)/>
        <Route path=path!("/deliveries/:id/register/:slot/paper") view=lazy!(manage: paper::PaperPage)/>
        <Route path=path!("/kiosk") view=lazy!(kiosk: kiosk::KioskPage)/>
        <Route path=path!("/in/:slot") view=lazy!(learn: arrive::ArrivePage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
