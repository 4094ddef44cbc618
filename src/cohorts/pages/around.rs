//! Cohorts on the pages of what they have to do with.

use super::parts::cohort_tag;
use crate::{
    app,
    cohorts::{api::get_cohorts_of, model::CohortHead},
    i18n, tr,
    ui::{format, load::below},
};
use leptos::prelude::*;

/// The cohorts that a project pays for, as far as who looks may see them. Stands beside the page's own
/// content, not inside what that loads.
#[component]
pub fn CohortsOfProject(
    /// The project's key.
    #[prop(into)]
    project: Signal<String>,
) -> impl IntoView {
    of("project", project, || tr!(cohorts.title))
}

/// The cohorts of whose sequence a delivery is a step, as far as who looks may see them. Stands beside the
/// page's own content, not inside what that loads.
#[component]
pub fn CohortsOfDelivery(
    /// The delivery's id.
    #[prop(into)]
    delivery: Signal<String>,
) -> impl IntoView {
    of("delivery", delivery, || tr!(cohorts.step_of))
}

/// Cohorts are shown to nobody who is not signed in, so nothing is asked then.
fn of(kind: &'static str, key: Signal<String>, title: fn() -> String) -> AnyView {
    if app::actor().is_none() {
        return ().into_any();
    }
    below(
        move || key.get(),
        move |key| get_cohorts_of(kind.to_owned(), key, i18n::code(i18n::locale()).to_owned()),
        move |cohorts: Vec<CohortHead>| shown(title(), cohorts),
    )
}

fn shown(title: String, cohorts: Vec<CohortHead>) -> AnyView {
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
