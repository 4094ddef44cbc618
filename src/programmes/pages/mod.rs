//! Pages: projects with their phases, amendments and expected results; activities; documents.

mod activities;
mod documents;
pub mod parts;
mod project;
mod projects;
mod timeline;

use crate::lazy;
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn ProgrammeRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/projects") view=lazy!(open: projects::ProjectsPage)/>
        <Route path=path!("/projects/:key") view=lazy!(open: project::ProjectPage)/>
        <Route path=path!("/activities") view=lazy!(open: activities::ActivitiesPage)/>
        <Route path=path!("/documents") view=lazy!(open: documents::DocumentsPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
