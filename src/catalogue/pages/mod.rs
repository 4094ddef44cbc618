//! The catalogue, courses and their upkeep.

mod course;
mod edit;
mod filters;
mod list;
pub mod parts;

use crate::lazy;
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The routes of this capability.
#[component(transparent)]
pub fn CatalogueRoutes() -> AnyNestedRoute {
    view! {
        <Route path=path!("/catalogue") view=list::CataloguePage/>
        <Route path=path!("/courses/new") view=lazy!(teach: edit::NewPage)/>
        <Route path=path!("/courses/:slug") view=course::CoursePage/>
        <Route path=path!("/courses/:slug/edit") view=lazy!(teach: edit::EditPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
