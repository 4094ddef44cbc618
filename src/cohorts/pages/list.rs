//! `/cohorts`: those one manages, may propose people for, belongs to or mentors in.

use super::parts::{cohort_tag, state_name};
use crate::{
    cohorts::{
        api::CohortList,
        model::{CohortHead, CohortState},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let (state, before) = (visit.query("state"), visit.query("before"));
    let list = service::list(&visit.cx, &state, &before, visit.language()).await?;
    visit.draw(|| show(list, state, before))
}

fn show(list: CohortList, state: String, before: String) -> impl IntoView {
    let CohortList { cohorts, next, may_make } = list;
    let actions = may_make.then(|| view! { <a class="btn" href="/cohorts/new">{tr!(cohorts.new)}</a> }.into_any());
    let address = |before: Option<String>| match before {
        Some(before) => format!("/cohorts?state={state}&before={before}"),
        None => format!("/cohorts?state={state}"),
    };
    let shown = if cohorts.is_empty() {
        view! {
            <div class="empty">
                <h2>{tr!(cohorts.empty_title)}</h2>
                <p>{if may_make { tr!(cohorts.empty_manage) } else { tr!(cohorts.empty_text) }}</p>
            </div>
        }
        .into_any()
    } else {
        view! { <ul class="list">{cohorts.into_iter().map(line).collect_view()}</ul> }.into_any()
    };
    let first = (!before.is_empty()).then(|| address(None));
    let later = next.map(|id| address(Some(id.to_string())));
    view! {
        <PageHead title=tr!(cohorts.title) lede=tr!(cohorts.lede) actions=actions/>
        <div class="wrap body stack wide">
            <form class="filterbar" method="get">
                <div class="fld">
                    <label for="state">{tr!(cohorts.state_label)}</label>
                    <select id="state" name="state">
                        <option value="">{tr!(cohorts.all)}</option>
                        {CohortState::ALL
                            .iter()
                            .map(|it| view! { <option value=it.code() selected=it.code() == state>{state_name(*it)}</option> })
                            .collect_view()}
                    </select>
                </div>
                <button class="btn quiet">{tr!(cohorts.show)}</button>
            </form>
            {shown}
            {(first.is_some() || later.is_some()).then(|| view! {
                <nav class="pages" aria-label=tr!(cohorts.pages)>
                    {first.map(|href| view! { <a class="back" href=href rel="first">{tr!(cohorts.first_page)}</a> })}
                    {later.map(|href| view! { <a class="next" href=href rel="next">{tr!(cohorts.next_page)}</a> })}
                </nav>
            })}
        </div>
    }
    .into_any()
}

fn line(head: CohortHead) -> AnyView {
    let facts = [
        tr!(cohorts.to_give, course = head.course_title.clone()),
        head.host_name.clone().unwrap_or_default(),
        head.starts_on.map(|day| format::date_range(Some(day), head.ends_on)).unwrap_or_default(),
    ];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    view! {
        <li class="item">
            <div class="grow">
                <h2><a href=format!("/cohorts/{}", head.id)>{head.title}</a></h2>
                <p class="muted">{facts.join(" · ")}</p>
            </div>
            <div class="end">
                {cohort_tag(head.state)}
                <p class="muted num">{tr!(cohorts.taken_of, taken = head.selected, capacity = head.capacity)}</p>
            </div>
        </li>
    }
    .into_any()
}
