//! `/projects/{key}`: a project's facts, changes, expected results and activities.

use super::parts::{activity_list, amendment, area_links, dates, footnote, money, names_kosovo, sentence};
use crate::{
    cascade::pages as cascade,
    cohorts::pages::around,
    common::dates::PartialDate,
    deliveries,
    platform::http::page::{Drawn, Visit, below},
    programmes::{
        api::{ProjectView, ResultLine},
        model::Amendment,
        service,
    },
    reporting::pages::unnamed::{self, Place},
    tr,
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let key = visit.param("key");
    let project = service::project(&visit.cx, key, visit.language()).await?;
    let cohorts = around::cohorts_of(&visit, "project", key).await;
    let given = below(deliveries::service::paid_by(&visit.cx, key).await);
    let counted = unnamed::counted(&visit, Place::Project(key)).await;
    visit.draw(|| {
        view! {
            {show(project)}
            {around::cohorts(tr!(cohorts.title), cohorts)}
            {given.map(deliveries::pages::parts::around)}
            {unnamed::section(counted)}
        }
    })
}

fn show(data: ProjectView) -> impl IntoView {
    let ProjectView { project, amendments, results, activities, before, after } = data;
    let kosovo =
        names_kosovo(project.areas.iter().chain(activities.iter().filter_map(|activity| activity.area.as_ref())));
    let tags = view! {
        <span class="tag plain">{words::project_status(project.status)}</span>
        {project.amended.then(|| view! { <span class="tag calm">{tr!(programmes.amended)}</span> })}
    };
    let meta = view! {
        <li>{dates(project.starts, project.ends)}</li>
        <li>{tr!(programmes.activity_count, count = activities.len() as i64)}</li>
        {cascade::link("project", &project.key)}
    };
    let months = project.months.map(|months| tr!(programmes.months, count = months));
    let budget = project.budget_cents.map(|cents| money(cents, &project.currency));
    let fact =
        |label: String, value: Option<String>| value.map(|value| view! { <div><dt>{label}</dt><dd>{value}</dd></div> });
    let neighbour = |label: String, neighbours: Vec<(String, String)>| {
        (!neighbours.is_empty()).then(|| {
            view! {
                <div>
                    <dt>{label}</dt>
                    {neighbours
                        .into_iter()
                        .map(|(key, title)| view! { <dd><a href=format!("/projects/{key}")>{title}</a></dd> })
                        .collect_view()}
                </div>
            }
        })
    };
    view! {
        <PageHead
            title=project.title.clone()
            crumbs=vec![(tr!(programmes.title), "/projects".to_owned())]
            tags=tags.into_any()
            meta=meta.into_any()
        />
        <div class="wrap body cols">
            <div>
                <section class="section">
                    <h2>{tr!(programmes.results)}</h2>
                    {if results.is_empty() {
                        view! { <p class="muted">{tr!(programmes.no_results)}</p> }.into_any()
                    } else {
                        view! { <ul class="list tight">{results.into_iter().map(result).collect_view()}</ul> }.into_any()
                    }}
                </section>
                <section class="section">
                    <h2>{tr!(programmes.activities)}</h2>
                    {if activities.is_empty() {
                        view! { <p class="muted">{tr!(programmes.activities_none)}</p> }.into_any()
                    } else {
                        activity_list(activities, false).into_any()
                    }}
                </section>
            </div>
            <aside class="stack">
                <div class="sheet pad">
                    <h2>{tr!(programmes.facts)}</h2>
                    <dl class="facts side">
                        <div><dt>{tr!(programmes.dates)}</dt><dd>{dates(project.starts, project.ends)}</dd></div>
                        {fact(tr!(programmes.duration), months)}
                        {fact(tr!(programmes.budget), budget)}
                        <div><dt>{tr!(programmes.funding)}</dt><dd lang="en">{project.funding.join(", ")}</dd></div>
                        {(!project.areas.is_empty())
                            .then(|| view! { <div><dt>{tr!(programmes.areas)}</dt><dd>{area_links(project.areas)}</dd></div> })}
                        {neighbour(tr!(programmes.before), before.into_iter().collect())}
                        {neighbour(tr!(programmes.after), after)}
                        {(!project.note.is_empty())
                            .then(|| view! { <div><dt>{tr!(programmes.note)}</dt><dd lang="en">{sentence(&project.note)}</dd></div> })}
                    </dl>
                </div>
                {(!amendments.is_empty()).then(|| changes(&amendments))}
            </aside>
            {footnote(kosovo)}
        </div>
    }
    .into_any()
}

fn result(line: ResultLine) -> impl IntoView {
    view! {
        <li class="item">
            <div class="grow">
                <p><b class="num">{line.number}</b>" "<span lang="en">{line.text}</span></p>
                {(!line.indicator_due.is_empty())
                    .then(|| view! { <p class="muted">{tr!(programmes.result_due, due = line.indicator_due.clone())}</p> })}
            </div>
        </li>
    }
}

fn changes(amendments: &[Amendment]) -> impl IntoView {
    let lines = amendments
        .iter()
        .map(|change| {
            let (field, from_to) = amendment(change);
            let known = PartialDate::parse(&change.known_by)
                .map_or_else(|| change.known_by.clone(), |date| format::partial(Some(date)));
            view! {
                <div>
                    <dt><b>{field}</b>", "{tr!(programmes.change_known, date = known)}</dt>
                    <dd>{from_to}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="sheet pad">
            <h2>{tr!(programmes.changes)}</h2>
            <p class="muted small">{tr!(programmes.amended_hint)}</p>
            <dl class="facts side">{lines}</dl>
        </section>
    }
}
