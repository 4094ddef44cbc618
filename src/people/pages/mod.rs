//! Signing in and one's own account.

mod sign_in;

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn PeopleRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/sign-in") view=sign_in::SignInPage/> }.into_inner().into_any_nested_route()
}
