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
        <Route path=path!("/reports/attendance") view=lazy!(manage: attendance::numbers::AttendanceNumbersPage)/>
        <Route path=path!("/reports/duty") view=lazy!(manage: duty::DutyPage)/>
        <Route path=path!("/attendance/at-risk") view=lazy!(manage: attendance::risk::RiskPage)/>
        <Route path=path!("/deliveries/:id/attendance") view=lazy!(manage: attendance::grid::GridPage)/>
        <Route path=path!("/people/:id/attendance") view=lazy!(manage: attendance::years::YearsPage)/>
        <Route path=path!("/my/attendance") view=lazy!(learn: attendance::years::MyYearsPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
