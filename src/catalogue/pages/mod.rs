//! The catalogue, courses and their upkeep.

mod course;
mod edit;
mod filters;
mod list;
pub mod parts;

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn CatalogueRoutes() -> impl MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/catalogue") view=list::CataloguePage/>
        <Route path=path!("/courses/new") view=edit::NewPage/>
        <Route path=path!("/courses/:slug") view=course::CoursePage/>
        <Route path=path!("/courses/:slug/edit") view=edit::EditPage/>
    }
    .into_inner()
    .into_any_nested_route()
}
