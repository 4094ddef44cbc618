//! Pages: projects with their phases, amendments and expected results; activities; documents.

mod activities;
mod documents;
pub mod parts;
mod project;
mod projects;
mod timeline;

use crate::{
    people::asks::Asks,
    platform::http::page::{Page, page},
};

/// The pages of this capability.
pub fn pages() -> Vec<Page> {
    vec![
        page("/projects", Asks::Nothing, projects::page),
        page("/projects/{key}", Asks::Nothing, project::page),
        page("/activities", Asks::Nothing, activities::page),
        page("/documents", Asks::Nothing, documents::page),
    ]
}
