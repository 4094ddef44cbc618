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
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[cfg(feature = "ssr")]
#[component(transparent)]
pub fn AttendanceRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/deliveries/:id/register/:slot/history") view=history::HistoryPage/>
        <Route path=path!("/deliveries/:id/register/:slot/walk-in") view=walk_in::WalkInPage/>
        <Route path=path!("/deliveries/:id/walk-ins") view=walk_in::WalkInsPage/>
        <Route path=path!("/deliveries/:id/register/:slot/count") view=count::CountingPage/>
        <Route path=path!("/deliveries/:id/register/:slot/at") view=past::PastPage/>
        <Route path=path!("/deliveries/:id/transfer") view=transfer::TransferPage/>
        <Route path=path!("/deliveries/:id/transfer/:draft") view=transfer_draft::DraftPage/>
        <Route path=path!("/deliveries/:id/badges") view=badges::BadgesPage/>
        <Route path=path!("/deliveries/:id/unrecorded") view=unrecorded::UnrecordedPage/>
        <Route path=path!("/counts") view=tallies::list::TalliesPage/>
        <Route path=path!("/counts/new") view=tallies::form::NewTallyPage/>
        <Route path=path!("/counts/:id") view=tallies::show::TallyPage/>
        <Route path=path!("/counts/:id/edit") view=tallies::form::EditTallyPage/>
        <Route path=path!("/in") view=digits::DigitsPage/>
    }
    .into_inner()
    .into_any_nested_route()
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
