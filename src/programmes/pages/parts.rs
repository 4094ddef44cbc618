//! What several pages show of projects and activities.

use crate::{
    common::dates::PartialDate,
    institutions::model::KOSOVO,
    programmes::{
        api::{ActivityLine, InArea, NamedArea, ProjectLine},
        model::Amendment,
    },
    tr,
    ui::{format, words},
};
use leptos::prelude::*;

/// The three lists of records, as tabs.
pub fn tabs(current: &'static str) -> impl IntoView {
    let tabs = [
        ("/projects", tr!(programmes.projects)),
        ("/activities", tr!(programmes.activities)),
        ("/documents", tr!(programmes.documents)),
    ];
    view! {
        <nav class="tabs" aria-label=tr!(programmes.tabs)>
            {tabs
                .into_iter()
                .map(|(href, label)| view! { <a href=href aria-current=(href == current).then_some("page")>{label}</a> })
                .collect_view()}
        </nav>
    }
}

/// Dates as the documents give them: days, months, or one end only.
pub fn dates(starts: Option<PartialDate>, ends: Option<PartialDate>) -> String {
    match (starts, ends) {
        (None, None) => tr!(programmes.no_date),
        (Some(PartialDate::Day(start)), Some(PartialDate::Day(end))) => format::date_range(Some(start), Some(end)),
        (Some(start), Some(end)) if start == end => format::partial(Some(start)),
        (Some(start), Some(end)) => format!("{} – {}", format::partial(Some(start)), format::partial(Some(end))),
        (Some(start), None) => tr!(programmes.from, date = format::partial(Some(start))),
        (None, Some(end)) => tr!(programmes.until, date = format::partial(Some(end))),
    }
}

/// A sum in whole units of its currency, on one line.
pub fn money(cents: i64, currency: &str) -> String {
    tr!(programmes.money, currency = currency.to_owned(), amount = format::number(cents / 100)).replace(' ', "\u{a0}")
}

/// A remark of the sources, which begin in lower case, as a sentence.
pub fn sentence(remark: &str) -> String {
    let mut letters = remark.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Areas as links, parted by commas.
pub fn area_links(areas: Vec<NamedArea>) -> impl IntoView {
    areas
        .into_iter()
        .enumerate()
        .map(|(i, area)| {
            view! {
                {(i > 0).then_some(", ")}
                <a href=format!("/areas/{}", area.code)>{area.name}</a>
            }
        })
        .collect_view()
}

/// Whether one of the areas carries the footnote.
pub fn names_kosovo<'a>(areas: impl IntoIterator<Item = &'a NamedArea>) -> bool {
    areas.into_iter().any(|area| area.code == KOSOVO)
}

/// The footnote, where it is needed.
pub fn footnote(needed: bool) -> impl IntoView {
    needed.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })
}

/// What an amendment changed, and from what to what.
pub fn amendment(change: &Amendment) -> (String, String) {
    let date = |text: &str| PartialDate::parse(text).map_or_else(|| text.to_owned(), |d| format::partial(Some(d)));
    let budget = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |euro: i64| money(euro * 100, "EUR"));
    let (field, show): (String, &dyn Fn(&str) -> String) = match change.field.as_str() {
        "start" => (tr!(programmes.field.start), &date),
        "end" => (tr!(programmes.field.end), &date),
        "budget_eur" => (tr!(programmes.field.budget), &budget),
        _ => (tr!(programmes.field.other), &str::to_owned),
    };
    (field, tr!(programmes.change_from_to, from = show(&change.old_value), to = show(&change.new_value)))
}

/// Activities, one below the other. Texts are those of the documents, which are in English.
pub fn activity_list(list: Vec<ActivityLine>, with_projects: bool) -> impl IntoView {
    let items = list
        .into_iter()
        .map(|activity| {
            let area = activity.area.filter(|area| area.name != area.code);
            let place = activity.place;
            let comma = !place.is_empty() && area.is_some();
            let somewhere = !place.is_empty() || area.is_some();
            view! {
                <li class="item">
                    <div class="grow">
                        <p class="tags"><span class="tag">{words::activity_kind(activity.kind)}</span></p>
                        <h3 lang="en">{activity.title}</h3>
                        {somewhere
                            .then(|| view! {
                                <p>
                                    <span lang="en">{place}</span>
                                    {comma.then_some(", ")}
                                    {area_links(area.into_iter().collect())}
                                </p>
                            })}
                        {(!activity.participants.is_empty())
                            .then(|| view! {
                                <p class="muted">{tr!(programmes.participants, who = activity.participants.clone())}</p>
                            })}
                        {(!activity.papers.is_empty())
                            .then(|| view! {
                                <p class="muted">{tr!(programmes.papers, list = activity.papers.join(", "))}</p>
                            })}
                        {(!activity.note.is_empty()).then(|| view! { <p class="muted" lang="en">{sentence(&activity.note)}</p> })}
                        {(with_projects && !activity.projects.is_empty())
                            .then(|| view! {
                                <ul class="meta">
                                    {activity
                                        .projects
                                        .into_iter()
                                        .map(|(key, title)| view! { <li><a href=format!("/projects/{key}")>{title}</a></li> })
                                        .collect_view()}
                                </ul>
                            })}
                    </div>
                    <div class="end"><p>{dates(activity.starts, activity.ends)}</p></div>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="list">{items}</ul> }
}

fn project_item(project: ProjectLine) -> impl IntoView {
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=format!("/projects/{}", project.key)>{project.title}</a></h3>
                <p class="muted">{dates(project.starts, project.ends)}</p>
            </div>
            <div class="end"><span class="tag plain">{words::project_status(project.status)}</span></div>
        </li>
    }
}

/// The projects that work in an area and the activities held there, for the area's page.
pub fn in_area(data: InArea) -> AnyView {
    let InArea { projects, activities } = data;
    if projects.is_empty() && activities.is_empty() {
        return ().into_any();
    }
    view! {
        <div class="wrap body">
            {(!projects.is_empty())
                .then(|| view! {
                    <section class="section">
                        <h2>{tr!(programmes.in_area)}</h2>
                        <ul class="list">{projects.into_iter().map(project_item).collect_view()}</ul>
                    </section>
                })}
            {(!activities.is_empty())
                .then(|| view! {
                    <section class="section">
                        <h2>{tr!(programmes.activities_in_area)}</h2>
                        {activity_list(activities, true)}
                    </section>
                })}
        </div>
    }
    .into_any()
}
