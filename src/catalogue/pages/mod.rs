//! The catalogue, courses and their upkeep.

#[cfg(feature = "ssr")]
mod course;
#[cfg(feature = "ssr")]
mod edit;
mod filters;
mod list;
pub mod parts;

use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[cfg(feature = "ssr")]
#[component(transparent)]
pub fn CatalogueRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/courses/new") view=edit::NewPage/>
        <Route path=path!("/courses/:slug") view=course::CoursePage/>
        <Route path=path!("/courses/:slug/edit") view=edit::EditPage/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// The routes of the pages that go on living in the browser.
#[component(transparent)]
pub fn CatalogueLive() -> AnyNestedRoute {
    view! {
        <Route path=path!("/catalogue") view=list::CataloguePage/>
    }
    .into_inner()
    .into_any_nested_route()
}
