//! Cohorts: the list, the page of one, and the pages by which they are made, filled and followed.

pub mod around;
mod cohort;
mod form;
mod list;
mod member;
mod members;
mod parts;
mod state;
mod step;

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
        page("/cohorts", Asks::SignIn, list::page),
        page("/cohorts/new", Asks::Somewhere(Right::ManageDelivery), form::new_page),
        page("/cohorts/{id}", Asks::Or(Right::ProposeMembers, &[Tie::Member, Tie::Mentor]), cohort::page),
        page("/cohorts/{id}/edit", Asks::For(Right::ManageDelivery), form::edit_page),
        page("/cohorts/{id}/steps/{step}", Asks::For(Right::ManageDelivery), step::page),
        page("/cohorts/{id}/state/{to}", Asks::For(Right::ManageDelivery), state::page),
        page("/cohorts/{id}/members", Asks::For(Right::ProposeMembers), members::page),
        page(
            "/cohorts/{id}/members/{member}",
            Asks::Or(Right::ManagePeople, &[Tie::Member, Tie::Mentor]),
            member::page,
        ),
    ]
}
