//! The directory, areas and institutions.

mod area;
mod areas;
mod directory;
pub mod duties;
mod edit;
mod institution;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn InstitutionRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/areas") view=areas::AreasPage/>
        <Route path=path!("/areas/:code") view=area::AreaPage/>
        <Route path=path!("/areas/:code/duties") view=duties::DutiesPage/>
        <Route path=path!("/institutions") view=directory::DirectoryPage/>
        <Route path=path!("/institutions/:slug") view=institution::InstitutionPage/>
        <Route path=path!("/institutions/:slug/edit") view=edit::EditPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
