//! The filters of the catalogue, and the sentence that says what was asked for.

use crate::{
    deliveries::{
        board_api::Choice,
        board_model::{BoardQuery, Facet},
        model::Mode,
    },
    tr,
    ui::{format, words},
};
use leptos::prelude::*;

fn label(facet: Facet) -> String {
    match facet {
        Facet::Audience => tr!(catalogue.who),
        Facet::Kind => tr!(catalogue.kind_label),
        Facet::Area => tr!(catalogue.where_label),
        Facet::Language => tr!(catalogue.language_label),
        Facet::Mode => tr!(catalogue.how),
    }
}

/// The name of a choice; areas bring theirs along.
fn name(facet: Facet, choice: &Choice) -> String {
    match facet {
        Facet::Audience => choice.code.parse().map(words::audience).unwrap_or_default(),
        Facet::Kind => choice.code.parse().map(words::course_kind).unwrap_or_default(),
        Facet::Area => choice.name.clone(),
        Facet::Language => capital(&words::language(&choice.code)),
        Facet::Mode => choice.code.parse::<Mode>().map(super::parts::mode).unwrap_or_default(),
    }
}

/// French writes languages small, and a list of choices begins each with a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Choices in the order shown: kinds and audiences as they are declared, languages by name.
fn in_order(facet: Facet, mut choices: Vec<Choice>) -> Vec<Choice> {
    let place = |facet: Facet, code: &str| match facet {
        Facet::Audience => code.parse::<crate::catalogue::model::Audience>().map_or(99, |a| a as usize),
        Facet::Kind => code.parse::<crate::catalogue::model::CourseKind>().map_or(99, |k| k as usize),
        Facet::Mode => code.parse::<Mode>().map_or(99, |m| m as usize),
        Facet::Area | Facet::Language => 0,
    };
    match facet {
        Facet::Area => {}
        Facet::Language => choices.sort_by_cached_key(|choice| name(facet, choice)),
        _ => choices.sort_by_key(|choice| place(facet, &choice.code)),
    }
    choices
}

fn facet_view(facet: Facet, choices: Vec<Choice>, query: &BoardQuery) -> AnyView {
    if choices.is_empty() {
        return ().into_any();
    }
    let ticked = query.ticked(facet);
    view! {
        <fieldset class="facet">
            <legend>{label(facet)}</legend>
            {in_order(facet, choices)
                .into_iter()
                .map(|choice| {
                    let checked = ticked.contains(&choice.code);
                    view! {
                        <label>
                            <input type="checkbox" name=facet.field() value=choice.code.clone() checked=checked/>
                            <span>{name(facet, &choice)}</span>
                            <span class="n">{choice.count}</span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
    .into_any()
}

/// One of the two days between which a course should be given.
fn day(field: &'static str, label: String, value: String, query: &BoardQuery) -> AnyView {
    let wrong = field == "to" && query.backwards();
    view! {
        <div class=if wrong { "facet fld bad" } else { "facet" }>
            <label for=field>{label}</label>
            {wrong.then(|| view! { <p class="err" id="to-e">{tr!(form.ends_before_start)}</p> })}
            <input
                type="date"
                id=field
                name=field
                value=value
                aria-invalid=wrong.then_some("true")
                aria-describedby=wrong.then_some("to-e")
            />
        </div>
    }
    .into_any()
}

/// From so wide a window on the filters stand beside the courses, and a change shows at once. In a narrower one they
/// are a sheet over them: one ticks what one wants, and then asks for it.
#[cfg(feature = "hydrate")]
const BESIDE: &str = "(min-width: 56rem)";

/// Sends the filters when one of them changes.
#[cfg(feature = "hydrate")]
fn at_once(event: leptos::ev::Event) {
    use wasm_bindgen::JsCast;
    if window().match_media(BESIDE).ok().flatten().is_some_and(|wide| wide.matches())
        && let Some(form) = event
            .target()
            .and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok())
            .and_then(|field| field.form())
    {
        let _ = form.request_submit();
    }
}

#[cfg(not(feature = "hydrate"))]
fn at_once(_: leptos::ev::Event) {}

/// All filters. A form that works by itself; with JavaScript a change shows at once where there is room.
pub fn filters(query: &BoardQuery, choices: Vec<Vec<Choice>>) -> AnyView {
    let set = query.filters();
    let text = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    view! {
        <details class="filters">
            <summary>{tr!(catalogue.filters)}{(set > 0).then(|| view! { " "<span class="n">{set}</span> })}</summary>
            // Going back shows the ticks of that address, not those a browser remembers.
            <form method="get" action="/catalogue" autocomplete="off" on:change=at_once>
                {(!query.q.is_empty()).then(|| view! { <input type="hidden" name="q" value=query.q.clone()/> })}
                {Facet::ALL
                    .into_iter()
                    .zip(choices)
                    .map(|(facet, choices)| facet_view(facet, choices, query))
                    .collect_view()}
                {day("from", tr!(catalogue.from), text(query.from), query)}
                {day("to", tr!(catalogue.to), text(query.to), query)}
                <button class="btn small">{tr!(catalogue.show)}</button>
                {(set > 0 || !query.q.is_empty()).then(|| view! { <a href="/catalogue">{tr!(catalogue.reset)}</a> })}
            </form>
        </details>
    }
    .into_any()
}

fn joined(names: &[String], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., end] => format!("{} {last} {end}", all.join(", ")),
    }
}

/// What was asked for, in words: "for judges and prosecutors, in Albania".
pub fn sentence(query: &BoardQuery, choices: &[Vec<Choice>]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (facet, choices) in Facet::ALL.into_iter().zip(choices) {
        let ticked = query.ticked(facet);
        let names: Vec<String> = in_order(facet, choices.clone())
            .iter()
            .filter(|choice| ticked.contains(&choice.code))
            .map(|choice| match facet {
                Facet::Area => choice.name.clone(),
                Facet::Language => words::language(&choice.code),
                _ => name(facet, choice).to_lowercase(),
            })
            .collect();
        if names.is_empty() {
            continue;
        }
        let or = joined(&names, &tr!(catalogue.or));
        parts.push(match facet {
            Facet::Audience => tr!(catalogue.for_audience, list = joined(&names, &tr!(catalogue.and))),
            Facet::Kind => tr!(catalogue.of_kind, list = or),
            Facet::Area => tr!(catalogue.in_area, list = or),
            Facet::Language => tr!(catalogue.in_language, list = or),
            Facet::Mode => tr!(catalogue.by_mode, list = or),
        });
    }
    if let Some(day) = query.from {
        parts.push(tr!(catalogue.from_day, day = format::date(day)));
    }
    if let Some(day) = query.to.filter(|_| !query.backwards()) {
        parts.push(tr!(catalogue.to_day, day = format::date(day)));
    }
    parts.join(", ")
}
