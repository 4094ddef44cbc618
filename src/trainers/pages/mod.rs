//! Pages of trainer licences: a course's, one's own, a licence, its rules, assessments; and of who can be found.

mod assess;
mod assessment;
mod decide;
mod licence;
mod list;
pub mod lacking;
pub mod mine;
pub mod parts;
pub mod roster;
mod rubric;
mod rules;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of licences assessments; and of who can be found.
#[component(transparent)]
pub fn LicenceRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/courses/:slug/licences") view=list::ListPage/>
        <Route path=path!("/courses/:slug/licences/rules") view=rules::RulesPage/>
        <Route path=path!("/courses/:slug/licences/rubric") view=rubric::RubricPage/>
        <Route path=path!("/licences/:id") view=licence::LicencePage/>
        <Route path=path!("/licences/:id/assess") view=assess::AssessPage/>
        <Route path=path!("/assessments/:id") view=assessment::AssessmentPage/>
        <Route path=path!("/my/licences") view=mine::MinePage/>
    }
    .into_inner()
    .into_any_nested_route()
}
