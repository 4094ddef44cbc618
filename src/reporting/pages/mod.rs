//! Pages: numbers: who was reached, by area and course; and each role's first page.

mod home;
mod landing;
mod numbers;
mod reports;
mod sections;

use crate::lazy;
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn ReportingRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/") view=lazy!(open: home::HomePage)/>
        <Route path=path!("/reports") view=lazy!(manage: reports::ReportsPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
