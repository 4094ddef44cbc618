//! `/activities`: all activities, narrowed by project, kind and year in the address.

use super::parts::{activity_list, footnote, names_kosovo, tabs};
use crate::{
    platform::http::page::{Drawn, Visit},
    programmes::{
        api::{Activities, Facet, Narrow},
        service,
    },
    tr,
    ui::{layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let asked = Narrow { project: visit.query("project"), kind: visit.query("kind"), year: visit.query("year") };
    let data = service::activities(&visit.cx, asked, visit.language()).await?;
    visit.draw(|| show(data))
}

fn select(
    name: &'static str,
    label: String,
    any: String,
    asked: String,
    facets: Vec<(String, String, i64)>,
) -> impl IntoView {
    let options = facets
        .into_iter()
        .map(|(value, label, count)| {
            let chosen = value == asked;
            view! { <option value=value selected=chosen>{format!("{label} ({count})")}</option> }
        })
        .collect_view();
    view! {
        <div class="facet">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">{any}</option>
                {options}
            </select>
        </div>
    }
}

fn show(data: Activities) -> impl IntoView {
    let Activities { list, projects, kinds, years, asked } = data;
    let kosovo = names_kosovo(list.iter().filter_map(|activity| activity.area.as_ref()));
    let plain =
        |facets: Vec<Facet>| facets.into_iter().map(|f| (f.value.clone(), f.value, f.count)).collect::<Vec<_>>();
    let mut kinds: Vec<_> = kinds
        .into_iter()
        .map(|f| (f.value.clone(), f.value.parse().map_or(f.value, words::activity_kind), f.count))
        .collect();
    kinds.sort_by(|a, b| a.1.cmp(&b.1));
    let projects = projects.into_iter().map(|f| (f.value, f.label, f.count)).collect();
    let chosen = [&asked.project, &asked.kind, &asked.year].iter().filter(|value| !value.is_empty()).count();
    let count = list.len() as i64;
    view! {
        <PageHead title=tr!(programmes.activities) lede=tr!(programmes.activities_lede)/>
        <div class="wrap body stack">
            {tabs("/activities")}
            <div class="cols start">
                <details class="filters">
                    <summary>
                        {tr!(programmes.filters)}" "
                        {(chosen > 0).then(|| view! { <span class="n">{chosen}</span> })}
                    </summary>
                    <form method="get" action="/activities">
                        {select("project", tr!(programmes.project), tr!(programmes.any_project), asked.project, projects)}
                        {select("kind", tr!(programmes.kind_label), tr!(programmes.any_kind), asked.kind, kinds)}
                        {select("year", tr!(programmes.year), tr!(programmes.any_year), asked.year, plain(years))}
                        <button class="btn small">{tr!(programmes.show)}</button>
                        " "
                        <a href="/activities">{tr!(programmes.clear)}</a>
                    </form>
                </details>
                <div>
                    <div class="results"><h2>{tr!(programmes.activity_count, count = count)}</h2></div>
                    {if list.is_empty() {
                        view! {
                            <div class="empty">
                                <h2>{tr!(programmes.none_title)}</h2>
                                <p>{tr!(programmes.none_text)}</p>
                                <p><a class="btn" href="/activities">{tr!(programmes.show_all)}</a></p>
                            </div>
                        }
                        .into_any()
                    } else {
                        activity_list(list, true).into_any()
                    }}
                </div>
            </div>
            {footnote(kosovo)}
        </div>
    }
    .into_any()
}
