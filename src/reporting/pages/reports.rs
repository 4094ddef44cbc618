//! `/reports`: the numbers, by area and by course.

use super::{
    attendance::query,
    numbers::{chart, stats, table},
};
use crate::{
    app,
    people::rights::{Right, may_somewhere},
    platform::http::page::{Drawn, Visit},
    reporting::{
        api::Report,
        service::{self, Filter},
    },
    tr,
    ui::{format, layout::PageHead},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let asked = Filter { project: visit.query("project"), area: visit.query("area"), course: visit.query("course") };
    let report = service::report(&visit.cx, visit.language(), &asked).await?;
    visit.draw(|| show(report, &asked))
}

/// A choice in the row of filters; the first option is all.
pub fn select(name: &'static str, label: String, all: String, options: &[(String, String)], chosen: &str) -> AnyView {
    let options = options
        .iter()
        .map(|(key, title)| view! { <option value=key.clone() selected=key == chosen>{title.clone()}</option> })
        .collect_view();
    view! {
        <div class="fld">
            <label for=format!("f-{name}")>{label}</label>
            <select id=format!("f-{name}") name=name>
                <option value="">{all}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn show(report: Report, asked: &Filter) -> AnyView {
    let filtered = *asked != Filter::default();
    let here = query(&[("project", &asked.project), ("area", &asked.area), ("course", &asked.course)]);
    let csv = format!("/reports/reach.csv?{here}");
    let as_of =
        report.as_of.map_or_else(|| tr!(reporting.never), |at| tr!(reporting.as_of, time = format::date_time(at)));
    // Who may enter or confirm counts of people without names finds them here.
    let counts = may_somewhere(app::actor().as_ref(), Right::ManageDelivery)
        .then(|| view! { <li><a href="/counts">{tr!(tallies.title)}</a></li> });
    let filters = view! {
        <form class="filterbar" method="get" action="/reports">
            {select("project", tr!(reporting.project), tr!(reporting.all_projects), &report.projects, &asked.project)}
            {select("area", tr!(reporting.area), tr!(reporting.all_areas), &report.area_choices, &asked.area)}
            {select("course", tr!(reporting.course), tr!(reporting.all_courses), &report.course_choices, &asked.course)}
            <button class="btn quiet">{tr!(reporting.show)}</button>
            {filtered.then(|| view! { <a href="/reports">{tr!(reporting.clear)}</a> })}
        </form>
    };
    let body = if report.areas.is_empty() && report.courses.is_empty() {
        view! { <div class="empty"><h2>{tr!(reporting.none)}</h2><p>{tr!(reporting.none_text)}</p></div> }.into_any()
    } else {
        view! {
            {stats(&report.total)}
            <div class="stack wide">
                <section class="section stack">
                    <div class="between"><h2>{tr!(reporting.by_area)}</h2><a href=csv rel="external" download="">{tr!(reporting.csv)}</a></div>
                    {chart(tr!(reporting.chart_areas), &report.areas, false)}
                    {table(tr!(reporting.area), &report.areas, &report.total)}
                </section>
                <section class="section stack">
                    <h2>{tr!(reporting.by_course)}</h2>
                    {chart(tr!(reporting.chart_courses), &report.courses, true)}
                    {table(tr!(reporting.course), &report.courses, &report.total)}
                </section>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead
            title=tr!(reporting.title)
            lede=tr!(reporting.lede)
            meta=view! { <li>{as_of}</li><li><a href="/reports/attendance">{tr!(hours.numbers_title)}</a></li><li><a href="/cascade">{tr!(cascade.all_title)}</a></li>{counts} }.into_any()
        />
        <div class="wrap body stack wide">
            {filters}
            {body}
            {report.suppressed.then(|| view! { <p class="muted small">{tr!(reporting.suppressed)}" "{tr!(tallies.rounded)}</p> })}
            <details class="more"><summary>{tr!(reporting.method)}</summary><p class="text">{tr!(reporting.method_text)}</p></details>
            {report.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}
