//! `/reports/duty`: how many have met their duty of continuing education; and what a year asks of one
//! person, in words and as a bar.

use super::{
    attendance::{files, query},
    reports::select,
};
use crate::{
    institutions::duty::model::Owed,
    people::model::Profession,
    platform::http::page::{Drawn, Visit},
    reporting::duty::{
        api::{DutyLine, DutyNumbers, DutyYear},
        model::{DutyAsked, DutyBy, DutyTold},
        service,
    },
    tr,
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

/// 24 h of 40 h in 2026.
pub fn of_asked(year: i64, minutes: i64, owed: &Owed) -> String {
    tr!(
        duty.of_asked,
        have = format::minutes(minutes),
        asked = format::minutes(owed.hours * 60),
        year = year.to_string()
    )
}

/// 16 h are missing; or that nothing is.
pub fn missing(minutes: i64, owed: &Owed) -> String {
    match owed.missing(minutes) {
        0 => tr!(duty.met),
        gap => tr!(duty.missing, time = format::minutes(gap)),
    }
}

/// A year's hours as a bar, with what is missing.
pub fn meter(it: &DutyYear) -> AnyView {
    let asked = it.owed.hours * 60;
    let said = of_asked(it.year, it.minutes, &it.owed);
    view! {
        <div class="metered">
            <progress class="meter" value=it.minutes.min(asked).to_string() max=asked.to_string() aria-label=said.clone()></progress>
            <p><b>{said}</b>" · "{missing(it.minutes, &it.owed)}</p>
            <p class="muted small">{words::profession(it.owed.profession)}" · "{it.owed.source.clone()}</p>
        </div>
    }
    .into_any()
}

/// The section of a first page.
pub fn section(it: &DutyYear) -> AnyView {
    view! {
        <section class="section stack">
            <h2>{tr!(duty.title)}</h2>
            <div class="text">{meter(it)}</div>
            <p><a href="/my/attendance">{tr!(duty.to_years)}</a></p>
        </section>
    }
    .into_any()
}

pub async fn page(visit: Visit) -> Drawn {
    let asked = DutyAsked {
        area: visit.query("area"),
        institution: visit.query("institution"),
        profession: visit.query("profession"),
        year: visit.query("year"),
        by: visit.query("by"),
    };
    let data = service::numbers(&visit.cx, visit.language(), &asked).await?;
    visit.draw(|| show(data, &asked))
}

/// The word for what the lines stand for.
pub fn by_word(by: DutyBy) -> String {
    match by {
        DutyBy::Institution => tr!(hours.institution),
        DutyBy::Area => tr!(reporting.area),
        DutyBy::Profession => tr!(duty.profession),
    }
}

/// The name of a line.
pub fn line_name(line: &DutyLine, by: DutyBy) -> String {
    match by {
        _ if line.key.is_empty() => tr!(hours.not_recorded),
        DutyBy::Profession => line.key.parse().map_or_else(|_| line.name.clone(), words::profession),
        DutyBy::Area | DutyBy::Institution => line.name.clone(),
    }
}

fn figure(count: Option<i64>) -> String {
    count.map_or_else(|| tr!(reporting.few), format::number)
}

fn share(told: &DutyTold) -> String {
    told.share.map_or_else(|| "–".to_owned(), |share| format!("{share}\u{a0}%"))
}

fn show(data: DutyNumbers, asked: &DutyAsked) -> AnyView {
    let kinds: Vec<(String, String)> = DutyBy::ALL.iter().map(|by| (by.code().to_owned(), by_word(*by))).collect();
    let professions: Vec<(String, String)> =
        data.professions.iter().map(|it: &Profession| (it.code().to_owned(), words::profession(*it))).collect();
    // The year that runs is shown when none is asked for.
    let years: Vec<(String, String)> = data.years.iter().skip(1).map(|it| (it.to_string(), it.to_string())).collect();
    let this_year = data.years.first().copied().unwrap_or(data.year).to_string();
    let usual = DutyAsked { by: String::new(), ..asked.clone() }.lines();
    let others: Vec<(String, String)> = kinds.into_iter().filter(|(code, _)| code != usual.code()).collect();
    let filtered = *asked != DutyAsked::default();
    let filters = view! {
        <form class="filterbar" method="get" action="/reports/duty">
            {select("area", tr!(reporting.area), tr!(reporting.all_areas), &data.areas, &asked.area)}
            {select("institution", tr!(hours.institution), tr!(hours.all_institutions), &data.institutions, &asked.institution)}
            {select("profession", tr!(duty.profession), tr!(duty.all_professions), &professions, &asked.profession)}
            {select("year", tr!(hours.year), this_year, &years, &asked.year)}
            {select("by", tr!(hours.by), by_word(usual), &others, &asked.by)}
            <button class="btn quiet">{tr!(reporting.show)}</button>
            {filtered.then(|| view! { <a href="/reports/duty">{tr!(reporting.clear)}</a> })}
        </form>
    };
    let body = if data.lines.is_empty() {
        let text = if data.any { tr!(duty.nobody_text) } else { tr!(duty.none_text) };
        view! { <div class="empty"><h2>{tr!(duty.nobody)}</h2><p>{text}</p><p><a href="/areas">{tr!(areas.title)}</a></p></div> }
            .into_any()
    } else {
        let here = query(&[
            ("area", &asked.area),
            ("institution", &asked.institution),
            ("profession", &asked.profession),
            ("year", &asked.year),
            ("by", &asked.by),
        ]);
        view! {
            <div class="stats">
                <p class="stat"><b>{figure(data.total.people)}</b><span>{tr!(duty.people)}</span></p>
                <p class="stat"><b>{figure(data.total.met)}</b><span>{tr!(duty.have_met)}</span></p>
                <p class="stat"><b>{share(&data.total)}</b><span>{tr!(duty.share)}</span></p>
            </div>
            <section class="section stack">
                <h2>{tr!(hours.by_title, by = by_word(data.by))}</h2>
                {table(&data)}
                {files("/reports/duty/duty", &here)}
            </section>
        }
        .into_any()
    };
    view! {
        <PageHead
            title=tr!(duty.report_title, year = data.year.to_string())
            crumbs=vec![(tr!(nav.reports), "/reports".to_owned()), (tr!(hours.numbers_title), "/reports/attendance".to_owned())]
            lede=tr!(duty.report_lede)
        />
        <div class="wrap body stack wide">
            {filters}
            {body}
            {data.suppressed.then(|| view! { <p class="muted small">{tr!(duty.suppressed)}</p> })}
            <details class="more"><summary>{tr!(reporting.method)}</summary><p class="text">{tr!(duty.method)}</p></details>
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn table(data: &DutyNumbers) -> AnyView {
    let row = |name: String, told: &DutyTold, class: &'static str| {
        view! {
            <tr class=class>
                <th scope="row" data-label=by_word(data.by)>{name}</th>
                <td class="n" data-label=tr!(duty.people)>{figure(told.people)}</td>
                <td class="n" data-label=tr!(duty.have_met)>{figure(told.met)}</td>
                <td class="n" data-label=tr!(duty.share)>{share(told)}</td>
            </tr>
        }
        .into_any()
    };
    let rows: Vec<AnyView> = data.lines.iter().map(|line| row(line_name(line, data.by), &line.told, "")).collect();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{by_word(data.by)}</th>
                    <th scope="col" class="n">{tr!(duty.people)}</th>
                    <th scope="col" class="n">{tr!(duty.have_met)}</th>
                    <th scope="col" class="n">{tr!(duty.share)}</th>
                </tr>
            </thead>
            <tbody>{rows}{row(tr!(reporting.sum), &data.total, "sum")}</tbody>
        </table>
    }
    .into_any()
}
