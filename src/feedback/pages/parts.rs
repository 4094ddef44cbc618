//! Pieces about feedback that several pages show.

#[cfg(feature = "ssr")]
use crate::{
    feedback::service,
    platform::http::page::{Visit, below},
};
use crate::{
    feedback::{
        api::{Item, TakenUpList, Verdict, get_taken_up},
        model::{ItemState, Kind, Outcome, TakenUp},
    },
    tr,
    ui::{format, load},
};
use leptos::prelude::*;

/// The word for a kind.
pub fn kind_word(kind: Kind) -> String {
    match kind {
        Kind::Wrong => tr!(feedback.kind.error),
        Kind::OutOfDate => tr!(feedback.kind.out_of_date),
        Kind::Unclear => tr!(feedback.kind.unclear),
        Kind::TooLong => tr!(feedback.kind.too_long),
        Kind::TooShort => tr!(feedback.kind.too_short),
        Kind::Missing => tr!(feedback.kind.missing),
        Kind::LawDiffers => tr!(feedback.kind.law_differs),
        Kind::Translation => tr!(feedback.kind.translation),
        Kind::Praise => tr!(feedback.kind.praise),
    }
}

/// The word for what is decided.
pub fn outcome_word(outcome: Outcome) -> String {
    match outcome {
        Outcome::TakenUp => tr!(feedback.state.taken_up),
        Outcome::Declined => tr!(feedback.state.declined),
        Outcome::Noted => tr!(feedback.state.noted),
        Outcome::Later => tr!(feedback.state.later),
    }
}

/// An item's state as a tag.
pub fn state_tag(state: ItemState) -> AnyView {
    let (class, word) = match state {
        ItemState::Open => ("tag plain", tr!(feedback.state.open)),
        ItemState::Later => ("tag calm", tr!(feedback.state.later)),
        ItemState::TakenUp => ("tag good", tr!(feedback.state.taken_up)),
        ItemState::Declined => ("tag warn", tr!(feedback.state.declined)),
        ItemState::Noted => ("tag good", tr!(feedback.state.noted)),
    };
    view! { <span class=class>{word}</span> }.into_any()
}

/// What was said, a paragraph a line.
pub fn said(item: &Item, id: String) -> AnyView {
    let lines = item
        .text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| view! { <p>{line.to_owned()}</p> })
        .collect_view();
    view! {
        <div id=id>
            {lines}
            {item.invented.then(|| view! { <p class="muted small">{tr!(feedback.invented)}</p> })}
        </div>
    }
    .into_any()
}

/// What was decided, in words.
pub fn verdict(it: &Verdict) -> AnyView {
    let what = match (it.outcome, &it.version) {
        (Outcome::TakenUp, Some(version)) => tr!(feedback.taken_up_in, version = version.clone()),
        (outcome, _) => outcome_word(outcome),
    };
    let why = if it.change.is_empty() { it.reason.clone() } else { it.change.clone() };
    view! {
        <div class="notice calm">
            <p><b>{what}</b>{(!why.is_empty()).then(|| format!(": {why}"))}</p>
            <p class="muted small">{tr!(feedback.decided_by, name = it.by.clone(), date = format::date(it.on))}</p>
        </div>
    }
    .into_any()
}

/// What a version takes up, by module; with the number of reports and deliveries, and no names.
pub fn taken_up_list(lines: &[TakenUp]) -> AnyView {
    let mut modules: Vec<(Option<String>, Vec<&TakenUp>)> = Vec::new();
    for line in lines {
        match modules.last_mut() {
            Some((module, of)) if *module == line.module => of.push(line),
            _ => modules.push((line.module.clone(), vec![line])),
        }
    }
    modules
        .into_iter()
        .map(|(module, lines)| {
            let lines = lines
                .into_iter()
                .map(|line| {
                    let (reports, deliveries) = (
                        tr!(feedback.notes.reports, count = line.reports),
                        tr!(feedback.notes.deliveries, count = line.deliveries),
                    );
                    view! { <li>{line.change.clone()}" "<span class="muted small">{reports}", "{deliveries}</span></li> }
                })
                .collect_view();
            view! {
                <h3>{module.unwrap_or_else(|| tr!(feedback.notes.whole))}</h3>
                <div class="prose small"><ul>{lines}</ul></div>
            }
        })
        .collect_view()
        .into_any()
}

/// On a version's own page: what it takes up of what was reported.
#[component]
pub fn TakenUpInVersion(#[prop(into)] pack: Signal<String>) -> impl IntoView {
    load::below(
        move || pack.get(),
        get_taken_up,
        |list: TakenUpList| {
            if list.lines.is_empty() {
                return ().into_any();
            }
            view! {
                <div class="wrap body">
                    <section class="section stack text" id="taken-up">
                        <h2>{tr!(feedback.taken_up_title)}</h2>
                        {taken_up_list(&list.lines)}
                    </section>
                </div>
            }
            .into_any()
        },
    )
}

/// The courses that the viewer writes for in which something waits for a decision: address, title, how many.
#[cfg(feature = "ssr")]
pub async fn waiting_of(visit: &Visit) -> Option<Vec<(String, String, i64)>> {
    below(service::waiting(&visit.cx, visit.language()).await)
}

/// What [`waiting_of`] found, on an author's page.
#[cfg(feature = "ssr")]
pub fn waiting(courses: Option<Vec<(String, String, i64)>>) -> Option<AnyView> {
    let courses = courses.filter(|courses| !courses.is_empty())?;
    let lines = courses
        .into_iter()
        .map(|(slug, title, count)| {
            view! {
                <li class="sheet task">
                    <span class="tag warn">{tr!(feedback.waiting, count = count)}</span>
                    <a href=format!("/courses/{slug}/feedback")>{title}</a>
                    <p>{tr!(feedback.waiting_text)}</p>
                </li>
            }
        })
        .collect_view();
    let section = view! { <div class="wrap body"><h2>{tr!(feedback.title)}</h2><ul class="tasks">{lines}</ul></div> };
    Some(section.into_any())
}
