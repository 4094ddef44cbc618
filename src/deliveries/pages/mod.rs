//! Deliveries: the list, the public page, and the pages by which they are scheduled.

mod delivery;
mod form;
mod list;
pub mod parts;
mod slot;
mod state;
mod timetable;
mod trainers;

use crate::{
    people::{asks::Asks, rights::Right},
    platform::http::page::{Page, page},
};

/// The pages of this capability.
pub fn pages() -> Vec<Page> {
    const MANAGES: Asks = Asks::For(Right::ManageDelivery);
    vec![
        page("/deliveries", Asks::Somewhere(Right::KeepRegister), list::page),
        page("/deliveries/new", Asks::Somewhere(Right::ManageDelivery), form::new_page),
        page("/deliveries/{id}", Asks::Nothing, delivery::page),
        page("/deliveries/{id}/edit", MANAGES, form::edit_page),
        page("/deliveries/{id}/state/{to}", MANAGES, state::page),
        page("/deliveries/{id}/trainers", MANAGES, trainers::page),
        page("/deliveries/{id}/timetable", MANAGES, timetable::page),
        page("/deliveries/{id}/timetable/{slot}", MANAGES, slot::page),
    ]
}
