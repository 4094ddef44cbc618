//! Cohorts: the list, the page of one, and the pages by which they are made, filled and followed.

pub mod around;
mod cohort;
mod form;
mod list;
mod member;
mod members;
mod parts;
mod state;
mod step;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn CohortRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/cohorts") view=list::ListPage/>
        <Route path=path!("/cohorts/new") view=form::NewPage/>
        <Route path=path!("/cohorts/:id") view=cohort::CohortPage/>
        <Route path=path!("/cohorts/:id/edit") view=form::EditPage/>
        <Route path=path!("/cohorts/:id/steps/:step") view=step::StepPage/>
        <Route path=path!("/cohorts/:id/state/:to") view=state::StatePage/>
        <Route path=path!("/cohorts/:id/members") view=members::MembersPage/>
        <Route path=path!("/cohorts/:id/members/:member") view=member::MemberPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
