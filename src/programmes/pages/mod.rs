//! Pages: projects with their phases, amendments and expected results; activities; documents.

mod activities;
mod documents;
pub mod parts;
mod project;
mod projects;
mod timeline;

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
        <Route path=path!("/projects") view=projects::ProjectsPage/>
        <Route path=path!("/projects/:key") view=project::ProjectPage/>
        <Route path=path!("/activities") view=activities::ActivitiesPage/>
        <Route path=path!("/documents") view=documents::DocumentsPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
