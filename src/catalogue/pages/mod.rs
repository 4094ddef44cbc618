//! The catalogue, courses and their upkeep.

#[cfg(feature = "ssr")]
mod course;
#[cfg(feature = "ssr")]
mod edit;
mod filters;
mod list;
pub mod parts;

#[cfg(feature = "ssr")]
use crate::{
    people::{asks::Asks, rights::Right},
    platform::http::page::{Page, page},
};
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The pages of this capability that the server draws.
#[cfg(feature = "ssr")]
pub fn pages() -> Vec<Page> {
    vec![
        page("/courses/new", Asks::Somewhere(Right::EditCourse), edit::new_page),
        page("/courses/{slug}", Asks::Nothing, course::page),
        page("/courses/{slug}/edit", Asks::For(Right::EditCourse), edit::edit_page),
    ]
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
