//! The directory, areas and institutions.

mod area;
mod areas;
mod directory;
pub mod duties;
mod edit;
mod institution;

use crate::{
    people::{asks::Asks, rights::Right},
    platform::http::page::{Page, page},
};

/// The pages of this capability.
pub fn pages() -> Vec<Page> {
    vec![
        page("/areas", Asks::Nothing, areas::page),
        page("/areas/{code}", Asks::Nothing, area::page),
        page("/areas/{code}/duties", Asks::For(Right::EditInstitution), duties::page),
        page("/institutions", Asks::Nothing, directory::page),
        page("/institutions/{slug}", Asks::Nothing, institution::page),
        page("/institutions/{slug}/edit", Asks::For(Right::EditInstitution), edit::page),
    ]
}
