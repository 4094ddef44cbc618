//! Pages: saying what one thinks of a delivery's materials, and deciding what becomes of it.

#[cfg(feature = "ssr")]
mod editor;
pub mod parts;
#[cfg(feature = "ssr")]
mod say;

#[cfg(feature = "ssr")]
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[cfg(feature = "ssr")]
#[component(transparent)]
pub fn FeedbackRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/deliveries/:id/feedback") view=say::SayPage/>
        <Route path=path!("/courses/:slug/feedback") view=editor::EditorPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
