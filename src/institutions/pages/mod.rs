//! The directory, areas and institutions.

mod area;
mod areas;
mod directory;
mod edit;
mod institution;

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn InstitutionRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/areas") view=areas::AreasPage/>
        <Route path=path!("/areas/:code") view=area::AreaPage/>
        <Route path=path!("/institutions") view=directory::DirectoryPage/>
        <Route path=path!("/institutions/:slug") view=institution::InstitutionPage/>
        <Route path=path!("/institutions/:slug/edit") view=edit::EditPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
