//! Pages: numbers: who was reached, by area and course; and each role's first page.

pub mod attendance;
pub mod duty;
#[cfg(feature = "ssr")]
pub mod duty_paper;
mod home;
mod landing;
pub mod numbers;
pub mod reports;
mod sections;
pub mod unnamed;

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
        <Route path=path!("/") view=home::HomePage/>
        <Route path=path!("/reports") view=reports::ReportsPage/>
        <Route path=path!("/reports/attendance") view=attendance::numbers::AttendanceNumbersPage/>
        <Route path=path!("/reports/duty") view=duty::DutyPage/>
        <Route path=path!("/attendance/at-risk") view=attendance::risk::RiskPage/>
        <Route path=path!("/deliveries/:id/attendance") view=attendance::grid::GridPage/>
        <Route path=path!("/people/:id/attendance") view=attendance::years::YearsPage/>
        <Route path=path!("/my/attendance") view=attendance::years::MyYearsPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
