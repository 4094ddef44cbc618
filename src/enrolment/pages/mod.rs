//! Who takes part in a delivery, and giving a place back.

mod people;
mod put_in;
mod withdraw;

use crate::{
    people::{
        asks::{Asks, Tie},
        rights::Right,
    },
    platform::http::page::{Page, page},
};

/// The pages of this capability.
pub fn pages() -> Vec<Page> {
    vec![
        page("/deliveries/{id}/people", Asks::For(Right::KeepRegister), people::page),
        page("/deliveries/{id}/people/{place}", Asks::For(Right::ManageDelivery), withdraw::page),
        page("/deliveries/{id}/withdraw", Asks::Those(&[Tie::Placed]), withdraw::page),
    ]
}
