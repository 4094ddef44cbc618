//! The register of a half-day and its history; the screen at the door and those who scan it.

mod arrive;
mod badges;
mod count;
#[cfg(feature = "hydrate")]
mod device;
mod door;
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
mod past;
#[cfg(feature = "hydrate")]
mod queue;
mod register;
mod row;
#[cfg(feature = "hydrate")]
mod shelf;
mod tallies;
mod transfer;
mod transfer_draft;
mod transfer_words;
mod unrecorded;
mod walk_in;

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
        <Route path=path!("/deliveries/:id/register/:slot/walk-in") view=lazy!(manage: walk_in::WalkInPage)/>
        <Route path=path!("/deliveries/:id/walk-ins") view=lazy!(manage: walk_in::WalkInsPage)/>
        <Route path=path!("/deliveries/:id/register/:slot/count") view=lazy!(manage: count::CountingPage)/>
        <Route path=path!("/deliveries/:id/register/:slot/at") view=lazy!(manage: past::PastPage)/>
        <Route path=path!("/deliveries/:id/register/:slot/door") view=lazy!(manage: door::DoorPage)/>
        <Route path=path!("/deliveries/:id/transfer") view=lazy!(manage: transfer::TransferPage)/>
        <Route path=path!("/deliveries/:id/transfer/:draft") view=lazy!(manage: transfer_draft::DraftPage)/>
        <Route path=path!("/deliveries/:id/register/:slot/paper") view=lazy!(manage: paper::PaperPage)/>
        <Route path=path!("/deliveries/:id/badges") view=lazy!(manage: badges::BadgesPage)/>
        <Route path=path!("/deliveries/:id/unrecorded") view=lazy!(manage: unrecorded::UnrecordedPage)/>
        <Route path=path!("/counts") view=lazy!(manage: tallies::list::TalliesPage)/>
        <Route path=path!("/counts/new") view=lazy!(manage: tallies::form::NewTallyPage)/>
        <Route path=path!("/counts/:id") view=lazy!(manage: tallies::show::TallyPage)/>
        <Route path=path!("/counts/:id/edit") view=lazy!(manage: tallies::form::EditTallyPage)/>
        <Route path=path!("/kiosk") view=lazy!(kiosk: kiosk::KioskPage)/>
        <Route path=path!("/in") view=lazy!(learn: arrive::DigitsPage)/>
        <Route path=path!("/in/:slot") view=lazy!(learn: arrive::ArrivePage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
