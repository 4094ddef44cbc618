//! Pieces about licences that several pages show.

use crate::{
    app,
    common::ids::DeliveryId,
    people::rights::{Right, may_somewhere},
    tr,
    trainers::{
        api::{LicenceView, StepLine},
        model::{LicenceState, Rule},
    },
    ui::{format, words},
};
use leptos::prelude::*;

/// From a course to what its licences ask for; over its list of licences for who may see that.
pub fn crumbs(course_title: &str, slug: &str) -> Vec<(String, String)> {
    let course = format!("/courses/{slug}");
    let list = may_somewhere(app::actor().as_ref(), Right::ManagePeople)
        .then(|| (tr!(licences.title), format!("{course}/licences")));
    [(course_title.to_owned(), course)].into_iter().chain(list).collect()
}

/// The state as a tag; what it means is also its colour.
pub fn state_tag(state: LicenceState) -> AnyView {
    let class = match state {
        LicenceState::Licensed => "tag good",
        LicenceState::Trained | LicenceState::Assessed => "tag calm",
        LicenceState::Lapsed => "tag warn",
        LicenceState::Withdrawn => "tag bad",
        LicenceState::Candidate => "tag plain",
    };
    view! { <span class=class>{words::licence_state(state)}</span> }.into_any()
}

/// The way to a licence as a path of steps, with the day of each that was taken.
pub fn life(data: &LicenceView) -> AnyView {
    let state = data.state;
    let mut line: Vec<LicenceState> = way(&data.rule, &data.steps);
    if matches!(state, LicenceState::Lapsed | LicenceState::Withdrawn) {
        // What was never reached is no longer ahead.
        line.retain(|it| reached(&data.steps, *it).is_some());
        line.push(state);
    }
    let here = line.iter().position(|it| *it == state).unwrap_or(0);
    view! {
        <ol class="timeline">
            {line
                .into_iter()
                .enumerate()
                .map(|(position, it)| {
                    let class = match it {
                        LicenceState::Lapsed | LicenceState::Withdrawn => Some("cancelled"),
                        _ if position < here => Some("done"),
                        _ => None,
                    };
                    let on = reached(&data.steps, it).filter(|_| position <= here);
                    view! {
                        <li class=class aria-current=(it == state).then_some("step")>
                            <b>{words::licence_state(it)}</b>
                            {on.map(|on| view! { <time datetime=on.to_string()>{format::date(on)}</time> })}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}

/// The steps that the rule asks for, and those that were taken though it does not.
fn way(rule: &Rule, steps: &[StepLine]) -> Vec<LicenceState> {
    [LicenceState::Candidate, LicenceState::Trained, LicenceState::Assessed, LicenceState::Licensed]
        .into_iter()
        .filter(|it| *it != LicenceState::Assessed || rule.assessed || reached(steps, *it).is_some())
        .collect()
}

/// The last day a state was reached; the steps come latest first.
fn reached(steps: &[StepLine], state: LicenceState) -> Option<chrono::NaiveDate> {
    steps.iter().find(|step| step.to == state).map(|step| step.on)
}

/// A delivery as a link.
pub fn delivery_link(delivery: Option<(DeliveryId, String)>) -> AnyView {
    match delivery {
        Some((id, title)) => view! { <a href=format!("/deliveries/{id}")>{title}</a> }.into_any(),
        None => ().into_any(),
    }
}

/// Hundredths as people write them: 2.75, or 2,75.
pub fn mark(hundredths: i64) -> String {
    let point = if crate::i18n::locale() == crate::i18n::Locale::fr { ',' } else { '.' };
    format!("{}{point}{:02}", hundredths / 100, hundredths % 100)
}

/// So many months in words.
pub fn months(count: i64) -> String {
    tr!(licences.months, count = count)
}
