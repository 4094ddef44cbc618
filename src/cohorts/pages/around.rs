//! Cohorts on the pages of what they have to do with.

use super::parts::cohort_tag;
use crate::{
    cohorts::{model::CohortHead, service},
    platform::http::page::{Visit, below},
    ui::format,
};
use leptos::prelude::*;

/// The cohorts that a `project` pays for, or of whose sequence a `delivery` is a step, as far as the viewer may see
/// them. Cohorts are shown to nobody who is not signed in, so nothing is asked then.
pub async fn cohorts_of(visit: &Visit, kind: &str, key: &str) -> Vec<CohortHead> {
    if visit.cx.actor.is_none() {
        return Vec::new();
    }
    below(service::of(&visit.cx, kind, key, visit.language()).await).unwrap_or_default()
}

/// What [`cohorts_of`] found, below the page's own content.
pub fn cohorts(title: String, cohorts: Vec<CohortHead>) -> AnyView {
    if cohorts.is_empty() {
        return ().into_any();
    }
    let lines = cohorts
        .into_iter()
        .map(|head| {
            let days = head.starts_on.map(|day| format::date_range(Some(day), head.ends_on));
            view! {
                <li class="item">
                    <div class="grow">
                        <p><a href=format!("/cohorts/{}", head.id)>{head.title}</a></p>
                        {days.map(|days| view! { <p class="muted">{days}</p> })}
                    </div>
                    <div class="end">{cohort_tag(head.state)}</div>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="wrap body">
            <section class="section"><h2>{title}</h2><ul class="list tight">{lines}</ul></section>
        </div>
    }
    .into_any()
}
