//! `/deliveries/{id}/people`: who takes part, what became of each place, and putting people in.

use super::put_in::put_in;
use crate::{
    deliveries::{
        model::DeliveryHead,
        pages::parts::{crumbs, tabs},
    },
    enrolment::{
        api::{ChangeLine, People, PlaceLine},
        model::EnrolmentState,
        views,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = views::people(&visit.cx, visit.param("id"), &visit.query("q")).await?;
    visit.draw(|| show(data))
}

fn show(data: People) -> impl IntoView {
    let head = data.head.clone();
    let may_manage = data.may_manage;
    let count = data.holding.len() as i64;
    let releases = may_manage && head.state.releases_people();
    let others = data.others.clone();
    let holding = if data.holding.is_empty() {
        view! { <p class="muted">{tr!(enrolment.nobody)}</p> }.into_any()
    } else {
        table(&head, data.holding.clone(), releases)
    };
    view! {
        <PageHead
            title=tr!(enrolment.people_title)
            crumbs=crumbs(&head)
            meta=view! { <li>{tr!(enrolment.holding, count = count)}</li><li>{tr!(deliveries.taken_of, taken = head.taken, capacity = head.capacity)}</li> }.into_any()
        />
        <div class="wrap body stack wide">
            {tabs(&head, "/people", may_manage)}
            {holding}
            {(!others.is_empty()).then(|| view! {
                <details class="more">
                    <summary>{tr!(enrolment.others)}" "<span class="num">{format::number(others.len() as i64)}</span></summary>
                    {table(&head, others, false)}
                </details>
            })}
            {may_manage.then(|| view! { <p><a href=format!("/deliveries/{}/walk-ins", head.id)>{tr!(walkins.title)}</a></p> })}
            {(may_manage && head.state.takes_people()).then(|| put_in(data))}
        </div>
    }
    .into_any()
}

fn state_tag(state: EnrolmentState) -> AnyView {
    let class = if state.holds_place() { "tag good" } else { "tag plain" };
    view! { <span class=class>{words::enrolment_state(state)}</span> }.into_any()
}

fn table(head: &DeliveryHead, lines: Vec<PlaceLine>, releases: bool) -> AnyView {
    let id = head.id;
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{tr!(enrolment.name)}</th>
                    <th scope="col">{tr!(enrolment.profession)}</th>
                    <th scope="col">{tr!(enrolment.workplace)}</th>
                    <th scope="col">{tr!(enrolment.state_label)}</th>
                    <th scope="col">{tr!(enrolment.history)}</th>
                    {releases.then(|| view! { <th scope="col"><span class="vh">{tr!(enrolment.take_back)}</span></th> })}
                </tr>
            </thead>
            <tbody>
                {lines
                    .into_iter()
                    .map(|line| {
                        let name = line.name.clone();
                        view! {
                            <tr>
                                <th scope="row" data-label=tr!(enrolment.name)>
                                    {line.name}
                                    {(!line.reachable).then(|| view! { " "<small class="muted">{tr!(enrolment.unreachable)}</small> })}
                                </th>
                                <td data-label=tr!(enrolment.profession)>{words::profession(line.profession)}</td>
                                <td data-label=tr!(enrolment.workplace)>{line.workplace}</td>
                                <td data-label=tr!(enrolment.state_label)>{state_tag(line.state)}</td>
                                <td data-label=tr!(enrolment.history)>{history(line.changes)}</td>
                                {releases.then(|| view! {
                                    <td class="tools">
                                        <a class="btn quiet small" href=format!("/deliveries/{id}/people/{}", line.id)>
                                            {tr!(enrolment.take_back)}<span class="vh">" "{name}</span>
                                        </a>
                                    </td>
                                })}
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}

fn history(changes: Vec<ChangeLine>) -> AnyView {
    let Some(last) = changes.last() else { return ().into_any() };
    let summary = format::date(last.at.date());
    view! {
        <details class="more">
            <summary>{summary}</summary>
            <ol class="history">
                {changes
                    .into_iter()
                    .map(|change| {
                        let to = words::enrolment_state(change.to);
                        let step = match change.from {
                            Some(from) => tr!(enrolment.change, from = words::enrolment_state(from), to = to),
                            None => to,
                        };
                        view! {
                            <li>
                                <time datetime=format::machine(change.at)>{format::date_time(change.at)}</time>
                                <p><b>{change.by}</b>" "{step}{(!change.reason.is_empty()).then(|| format!(" · {}", change.reason))}</p>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </details>
    }
    .into_any()
}
