//! `/reports/attendance`: the attendance of institutions and areas in numbers.

use super::{files, query};
use crate::{
    platform::http::page::{Drawn, Visit},
    reporting::{
        attendance::{
            api::{Asked, NumberLine, Numbers},
            model::{By, Told},
            service,
        },
        model::{Figures, Line},
        pages::{
            numbers::{apart, beside, chart, figure},
            reports::select,
        },
    },
    tr,
    ui::{format, layout::PageHead},
};
use leptos::prelude::*;

/// As many lines as a chart shows; the table has all.
const IN_CHART: usize = 24;

pub async fn page(visit: Visit) -> Drawn {
    let asked = Asked {
        area: visit.query("area"),
        institution: visit.query("institution"),
        course: visit.query("course"),
        year: visit.query("year"),
        by: visit.query("by"),
    };
    let data = service::numbers(&visit.cx, visit.language(), &asked).await?;
    visit.draw(|| show(data, &asked))
}

/// What the lines stand for.
pub fn by(asked: &Asked) -> By {
    asked.by.parse().unwrap_or(By::Area)
}

/// The word for it.
pub fn by_word(by: By) -> String {
    match by {
        By::Area => tr!(reporting.area),
        By::Institution => tr!(hours.institution),
        By::Course => tr!(reporting.course),
        By::Year => tr!(hours.year),
        By::Month => tr!(hours.month),
    }
}

/// The name of a line; months in words.
pub fn line_name(line: &NumberLine, by: By) -> String {
    match (by, line.key.split_once('-')) {
        (By::Month, Some((year, month))) => format!("{} {year}", format::month(month.parse().unwrap_or(1))),
        _ => line.name.clone(),
    }
}

fn show(data: Numbers, asked: &Asked) -> AnyView {
    let by = by(asked);
    let choices: Vec<(String, String)> = By::ALL.iter().map(|by| (by.code().to_owned(), by_word(*by))).collect();
    let filtered = *asked != Asked::default();
    let filters = view! {
        <form class="filterbar" method="get" action="/reports/attendance">
            {select("area", tr!(reporting.area), tr!(reporting.all_areas), &data.areas, &asked.area)}
            {select("institution", tr!(hours.institution), tr!(hours.all_institutions), &data.institutions, &asked.institution)}
            {select("course", tr!(reporting.course), tr!(reporting.all_courses), &data.courses, &asked.course)}
            {select("year", tr!(hours.year), tr!(hours.all_years), &data.years, &asked.year)}
            {select("by", tr!(hours.by), by_word(By::Area), &choices[1..], &asked.by)}
            <button class="btn quiet">{tr!(reporting.show)}</button>
            {filtered.then(|| view! { <a href="/reports/attendance">{tr!(reporting.clear)}</a> })}
        </form>
    };
    let body = if data.lines.is_empty() {
        view! { <div class="empty"><h2>{tr!(reporting.none)}</h2><p>{tr!(hours.none_text)}</p></div> }.into_any()
    } else {
        let lines: Vec<Line> = data.lines.iter().take(IN_CHART).map(|line| bar(line, by)).collect();
        let here = query(&[
            ("area", &asked.area),
            ("institution", &asked.institution),
            ("course", &asked.course),
            ("year", &asked.year),
            ("by", &asked.by),
        ]);
        view! {
            {stats(&data.total)}
            <section class="section stack">
                <h2>{tr!(hours.by_title, by = by_word(by))}</h2>
                {chart(tr!(hours.chart), &lines, matches!(by, By::Course | By::Institution))}
                {table(&data, by)}
                {files("/reports/attendance/attendance", &here)}
            </section>
        }
        .into_any()
    };
    let as_of =
        data.as_of.map_or_else(|| tr!(reporting.never), |at| tr!(reporting.as_of, time = format::date_time(at)));
    view! {
        <PageHead
            title=tr!(hours.numbers_title)
            crumbs=vec![(tr!(nav.reports), "/reports".to_owned())]
            lede=tr!(hours.numbers_lede)
            meta=view! { <li>{as_of}</li><li><a href="/reports/duty">{tr!(duty.title)}</a></li> }.into_any()
        />
        <div class="wrap body stack wide">
            {filters}
            {body}
            {data.suppressed.then(|| view! { <p class="muted small">{tr!(hours.suppressed)}</p> })}
            <details class="more"><summary>{tr!(reporting.method)}</summary><p class="text">{tr!(hours.method)}</p></details>
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn bar(line: &NumberLine, by: By) -> Line {
    Line {
        key: line.key.clone(),
        name: line_name(line, by),
        figures: Figures {
            deliveries: line.told.deliveries,
            participations: line.told.participations,
            persons: line.told.persons,
            completions: line.told.completed,
            unnamed: line.told.unnamed,
        },
    }
}

fn hours(minutes: Option<i64>) -> String {
    minutes.map_or_else(|| tr!(reporting.few), |minutes| format!("{}\u{a0}h", format::number((minutes + 30) / 60)))
}

fn share(told: &Told) -> String {
    told.share.map_or_else(|| "–".to_owned(), |share| format!("{share}\u{a0}%"))
}

fn stats(total: &Told) -> AnyView {
    view! {
        <div class="stats">
            <p class="stat"><b>{figure(total.persons)}</b><span>{tr!(reporting.stat_persons)}</span></p>
            <p class="stat"><b>{figure(total.participations)}</b><span>{tr!(reporting.stat_participations)}</span></p>
            <p class="stat"><b>{format::number(total.deliveries)}</b><span>{tr!(reporting.stat_deliveries)}</span></p>
            <p class="stat"><b>{hours(total.attended_minutes)}</b><span>{tr!(hours.stat_attended)}</span></p>
            <p class="stat"><b>{share(total)}</b><span>{tr!(hours.stat_share)}</span></p>
        </div>
        {apart(&total.unnamed)}
    }
    .into_any()
}

fn table(data: &Numbers, by: By) -> AnyView {
    let heads = heads();
    // A column of its own, where anybody is counted without a name.
    let unnamed = !data.total.unnamed.none() || data.lines.iter().any(|line| !line.told.unnamed.none());
    let row = |name: String, told: &Told, class: &'static str| {
        let cells = [
            format::number(told.deliveries),
            figure(told.places),
            figure(told.participations),
            figure(told.persons),
            hours(Some(told.delivered_minutes)),
            hours(told.attended_minutes),
            share(told),
            figure(told.completed),
            figure(told.at_risk),
            figure(told.cannot_pass),
        ];
        let cells = cells
            .into_iter()
            .zip(&heads)
            .map(|(text, head)| view! { <td class="n" data-label=head.clone()>{text}</td> })
            .collect_view();
        view! {
            <tr class=class>
                <th scope="row" data-label=by_word(by)>{name}</th>
                {cells}
                {unnamed.then(|| view! { <td class="n" data-label=tr!(tallies.column)>{beside(&told.unnamed)}</td> })}
            </tr>
        }
    };
    let rows = data.lines.iter().map(|line| row(line_name(line, by), &line.told, "")).collect_view();
    let heads_shown = heads.iter().map(|head| view! { <th scope="col" class="n">{head.clone()}</th> }).collect_view();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{by_word(by)}</th>
                    {heads_shown}
                    {unnamed.then(|| view! { <th scope="col" class="n">{tr!(tallies.column)}</th> })}
                </tr>
            </thead>
            <tbody>{rows}{row(tr!(reporting.sum), &data.total, "sum")}</tbody>
        </table>
    }
    .into_any()
}

/// The heads of the columns with figures.
pub fn heads() -> [String; 10] {
    [
        tr!(reporting.deliveries),
        tr!(hours.places),
        tr!(reporting.participations),
        tr!(reporting.persons),
        tr!(hours.delivered),
        tr!(hours.person_hours),
        tr!(hours.share),
        tr!(hours.completed),
        tr!(hours.at_risk),
        tr!(hours.cannot_pass),
    ]
}
