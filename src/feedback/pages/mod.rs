//! Pages: saying what one thinks of a delivery's materials, and deciding what becomes of it.

mod editor;
pub mod parts;
mod say;

use crate::lazy;
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn FeedbackRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/deliveries/:id/feedback") view=lazy!(learn: say::SayPage)/>
        <Route path=path!("/courses/:slug/feedback") view=lazy!(teach: editor::EditorPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
