//! Pages: outcomes by rule, and certificates that anybody can check.

mod mine;
#[cfg(feature = "ssr")]
pub mod paper;
mod results;
mod verify;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn CompletionRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/certificates") view=mine::MyCertificatesPage/>
        <Route path=path!("/verify") view=verify::VerifyPage/>
        <Route path=path!("/verify/:code") view=verify::VerifyPage/>
        <Route path=path!("/deliveries/:id/results") view=results::ResultsPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
