//! Pages: places in deliveries: taking, giving and giving back.

use leptos::prelude::*;
use leptos_router::{MatchNestedRoutes, any_nested_route::IntoAnyNestedRoute, components::Route, path};

/// The routes of this capability.
#[component(transparent)]
pub fn EnrolmentRoutes() -> impl MatchNestedRoutes + Clone {
    view! { <Route path=path!("/__enrolment") view=|| ()/> }.into_inner().into_any_nested_route()
}
