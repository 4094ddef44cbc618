//! Pages: numbers: who was reached, by area and course; and each role's first page.

mod home;
mod landing;
mod numbers;
mod reports;
mod sections;

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn ReportingRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/") view=home::HomePage/>
        <Route path=path!("/reports") view=reports::ReportsPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
