//! Pieces about courses that several pages show: dates, and the courses of an institution or area.

use crate::{
    catalogue::model::CourseLine,
    deliveries::{
        board_api::{Call, CourseDate},
        model::Mode,
    },
    i18n, tr,
    ui::{format, words},
};
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;

/// How a delivery is given.
pub fn mode(mode: Mode) -> String {
    match mode {
        Mode::InPerson => tr!(catalogue.mode.in_person),
        Mode::LiveOnline => tr!(catalogue.mode.live_online),
        Mode::SelfPaced => tr!(catalogue.mode.self_paced),
        Mode::Hybrid => tr!(catalogue.mode.hybrid),
    }
}

/// The `lang` of a text, where it is not that of the page.
pub fn other_language(text_language: &str) -> Option<String> {
    (text_language != i18n::code(i18n::locale())).then(|| text_language.to_owned())
}

/// 3 days · 18 h, the days in bold.
pub fn duration(days: i64, minutes: i64) -> AnyView {
    view! { <b>{tr!(catalogue.days, count = days)}</b>" · "{format::minutes(minutes)} }.into_any()
}

/// A range of days, without the year where nobody could mistake it.
fn days(date: &CourseDate, today: NaiveDate) -> String {
    let Some(start) = date.starts_on else {
        return if date.date_note.is_empty() { tr!(date.unknown) } else { date.date_note.clone() };
    };
    let end = date.ends_on.unwrap_or(start);
    let text = format::date_range(Some(start), Some(end));
    let near = (end - today).num_days().abs() < 300 && start.year() == end.year();
    match text.strip_suffix(&format!(" {}", end.year())) {
        Some(short) if near => short.to_owned(),
        _ => text,
    }
}

fn when(date: &CourseDate, today: NaiveDate) -> String {
    let dated = date.starts_on.is_some() || !date.date_note.is_empty();
    if date.mode == Mode::SelfPaced && !dated {
        return tr!(catalogue.own_pace);
    }
    let place = match date.mode {
        Mode::LiveOnline | Mode::SelfPaced => tr!(catalogue.online),
        Mode::InPerson | Mode::Hybrid => date.place.clone(),
    };
    let days = days(date, today);
    if place.is_empty() { days } else { tr!(catalogue.place_date, date = days, place = place) }
}

/// Whether one can come in, as a tag.
fn call_tag(call: Call) -> AnyView {
    let (class, text) = match call {
        Call::Places(count) => ("tag good", tr!(catalogue.places, count = count)),
        Call::Full => ("tag bad", tr!(catalogue.full)),
        Call::Nominations(Some(day)) => ("tag calm", tr!(catalogue.nominations_until, day = short_day(day))),
        Call::Nominations(None) => ("tag calm", tr!(catalogue.nominations)),
        Call::Selection => ("tag calm", tr!(catalogue.selection)),
        Call::Closed => ("tag plain", tr!(catalogue.closed)),
        Call::Running => ("tag", tr!(catalogue.running)),
        Call::Over => return ().into_any(),
    };
    view! { <span class=class>{text}</span> }.into_any()
}

/// 8 January: a day that is soon.
fn short_day(day: NaiveDate) -> String {
    let text = format::date(day);
    text.strip_suffix(&format!(" {}", day.year())).map_or(text.clone(), str::to_owned)
}

/// Dates of a course, each leading to its delivery.
pub fn dates(dates: Vec<CourseDate>, today: NaiveDate) -> AnyView {
    view! {
        <ul class="when">
            {dates
                .into_iter()
                .map(|date| {
                    let host = date.host_name.clone().unwrap_or_default();
                    let language = words::language(&date.language);
                    let by = if host.is_empty() { language } else { format!("{host} · {language}") };
                    view! {
                        <li>
                            <b><a href=format!("/deliveries/{}", date.id)>{when(&date, today)}</a></b>
                            <span>{by}</span>
                            {call_tag(date.call)}
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// Courses that are offered, for the page of an institution or an area.
pub fn section(title: String, lines: Vec<CourseLine>) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    view! {
        <div class="wrap body">
            <section class="section">
                <h2>{title}</h2>
                <ul class="list">
                    {lines
                        .into_iter()
                        .map(|line| {
                            let lang = other_language(&line.text_language);
                            view! {
                                <li class="item">
                                    <div class="grow">
                                        <h3 lang=lang.clone()><a href=format!("/courses/{}", line.slug)>{line.title}</a></h3>
                                        <p class="muted" lang=lang>{line.summary}</p>
                                    </div>
                                    <div class="end">
                                        <span class="tag">{words::course_kind(line.kind)}</span>
                                        " "
                                        <span class="muted nowrap">{duration(line.days, line.minutes)}</span>
                                    </div>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
        </div>
    }
    .into_any()
}
