//! The directory, areas and institutions.

mod area;
mod areas;
mod directory;
pub mod duties;
mod edit;
mod institution;

use crate::lazy;
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
        <Route path=path!("/areas") view=lazy!(open: areas::AreasPage)/>
        <Route path=path!("/areas/:code") view=lazy!(open: area::AreaPage)/>
        <Route path=path!("/areas/:code/duties") view=lazy!(manage: duties::DutiesPage)/>
        <Route path=path!("/institutions") view=lazy!(open: directory::DirectoryPage)/>
        <Route path=path!("/institutions/:slug") view=lazy!(open: institution::InstitutionPage)/>
        <Route path=path!("/institutions/:slug/edit") view=lazy!(manage: edit::EditPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
