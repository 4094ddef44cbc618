//! `/trainers/{id}`: what a trainer was trained in, what they taught, when, where and to how many.

use super::{held_tag, remarks, who};
use crate::{
    deliveries::pages::parts::{dates, state_tag},
    platform::http::page::{Drawn, Visit},
    reporting::pages::numbers::figure,
    tr,
    trainers::roster::{
        api::{PastLine, TrainerView},
        service,
    },
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = service::view(&visit.cx, visit.param("id"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: TrainerView) -> impl IntoView {
    let line = data.line.clone();
    let about_whom = who(line.profession, line.institution.clone(), line.area.clone());
    let id = line.id;
    let actions = if data.mine {
        Some(view! { <a class="btn quiet small" href="/my/trainer-profile">{tr!(roster.my_profile)}</a> }.into_any())
    } else {
        data.may_write.then(|| {
            view! { <a class="btn quiet small" href=format!("/trainers/{id}/contact")>{tr!(roster.write)}</a> }
                .into_any()
        })
    };
    let tags = line.active.then(|| view! { <span class="tag calm">{tr!(roster.active)}</span> }.into_any());
    let reached = data.reached.unwrap_or_default();
    let meta = view! {
        {line.taught.map(|(count, _)| view! { <li>{tr!(roster.gave, count = count)}</li> })}
        {(reached > 0).then(|| view! { <li>{tr!(roster.reached, count = reached)}</li> })}
        {line.remarks.as_ref().and_then(remarks).map(|said| view! { <li>{said}</li> })}
        {line.taught.and_then(|(_, last)| last).map(|day| view! { <li>{tr!(roster.last_on, day = format::date(day))}</li> })}
    }
    .into_any();
    let hidden = (data.mine || data.whole) && !data.public;
    let (footnote, invented) = (data.footnote, data.invented);
    view! {
        <PageHead
            title=line.name.clone()
            crumbs=vec![(tr!(roster.title), "/trainers".to_owned())]
            lede=Some(about_whom).filter(|text| !text.is_empty())
            tags=tags
            meta=meta
            actions=actions
        />
        <div class="wrap body cols">
            <div class="stack wide">
                {hidden.then(|| view! {
                    <div class="notice calm"><p>{if data.mine { tr!(roster.hidden_mine) } else { tr!(roster.hidden) }}</p></div>
                })}
                {(!data.about.is_empty()).then(|| view! { <p class="text">{data.about.clone()}</p> })}
                {data.taught.clone().map(|lines| view! {
                    <section class="stack"><h2>{tr!(roster.taught_title)}</h2>{table(lines, true)}</section>
                })}
                {data.trained.clone().map(|lines| view! {
                    <section class="stack"><h2>{tr!(roster.trained_title)}</h2>{table(lines, false)}</section>
                })}
                {invented.then(|| view! { <p class="muted small">{tr!(roster.invented)}</p> })}
            </div>
            <aside class="stack">
                {licences(&data)}
                {(!line.languages.is_empty()).then(|| view! {
                    <div class="sheet pad"><h2>{tr!(roster.languages)}</h2><p>{words::languages(&line.languages)}</p></div>
                })}
                {data.away.clone().map(away)}
            </aside>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn licences(data: &TrainerView) -> AnyView {
    if data.licences.is_empty() {
        return ().into_any();
    }
    let lines = data
        .licences
        .iter()
        .map(|it| view! {
            <div>
                <dt><a href=format!("/courses/{}", it.slug)>{it.title.clone()}</a></dt>
                <dd>
                    {it.id.map(|id| view! {
                        <a href=format!("/licences/{id}") aria-label=tr!(roster.licence_of, course = it.title.clone())>
                            {tr!(roster.licence)}
                        </a>
                        " "
                    })}
                    {held_tag(it.state)}" "
                    <span class="muted">{tr!(roster.since, day = format::date(it.since.date_naive()))}</span>
                    {it.lapses_at.map(|at| view! { <br/><small class="muted">{tr!(roster.lapses, day = format::date(at.date_naive()))}</small> })}
                </dd>
            </div>
        })
        .collect_view();
    view! { <div class="sheet pad"><h2>{tr!(roster.licences)}</h2><dl class="facts side">{lines}</dl></div> }.into_any()
}

fn away(times: Vec<(chrono::NaiveDate, chrono::NaiveDate)>) -> AnyView {
    view! {
        <div class="sheet pad stack">
            <h2>{tr!(roster.away_title)}</h2>
            {if times.is_empty() {
                view! { <p class="muted">{tr!(roster.never_away)}</p> }.into_any()
            } else {
                view! {
                    <ul>
                        {times
                            .into_iter()
                            .map(|(from, to)| view! { <li>{format::date_range(Some(from), Some(to))}</li> })
                            .collect_view()}
                    </ul>
                }
                .into_any()
            }}
        </div>
    }
    .into_any()
}

/// How many came to a delivery and completed it, and what they said of it.
fn came(it: &PastLine, label: &str) -> AnyView {
    let (people, completed) = match it.heads {
        // Who is counted without a name completes nothing by name.
        Some((heads, verified)) => {
            let heads = heads.map_or_else(|| tr!(tallies.few), |heads| tr!(cascade.node.heads, count = heads));
            let state = if verified { tr!(tallies.state.verified) } else { tr!(tallies.state.unverified) };
            (view! { <span>{heads}" "<small class="muted">{state.to_lowercase()}</small></span> }.into_any(), None)
        }
        None => (figure(it.reached).into_any(), Some(figure(it.completed))),
    };
    view! {
        <td class="n" data-label=label.to_owned()>{people}</td>
        <td class="n" data-label=tr!(roster.completed)>{completed.unwrap_or_else(|| "–".to_owned())}</td>
        <td data-label=tr!(roster.remarks_title)>{remarks(&it.remarks).unwrap_or_else(|| "–".to_owned())}</td>
    }
    .into_any()
}

fn table(lines: Vec<PastLine>, taught: bool) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="muted">{if taught { tr!(roster.nothing_taught) } else { tr!(roster.nothing_trained) }}</p> }
            .into_any();
    }
    let last = if taught { tr!(roster.people) } else { tr!(roster.outcome) };
    let more = taught.then(|| {
        view! {
            <th scope="col" class="n">{tr!(roster.completed)}</th>
            <th scope="col">{tr!(roster.remarks_title)}</th>
        }
    });
    let rows = lines
        .into_iter()
        .map(|it| {
            let end = match it.own {
                Some(state) => view! { <td data-label=last.clone()>{words::enrolment_state(state)}</td> }.into_any(),
                None => came(&it, &last),
            };
            view! {
                <tr>
                    <th scope="row" data-label=tr!(roster.delivery)>
                        <a href=format!("/deliveries/{}", it.id)>{it.title}</a>
                        {it.lead.then(|| view! { " "<span class="tag">{tr!(roster.lead)}</span> })}
                        <br/>
                        <small class="muted">{it.course_title}</small>
                    </th>
                    <td data-label=tr!(roster.when)>{dates(it.starts_on, it.ends_on, &it.date_note)}</td>
                    <td data-label=tr!(roster.where_)>{if it.place.is_empty() { "–".to_owned() } else { it.place }}</td>
                    <td data-label=tr!(roster.language)>{words::language(&it.language)}</td>
                    <td data-label=tr!(roster.state)>{state_tag(it.state)}</td>
                    {end}
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{tr!(roster.delivery)}</th>
                    <th scope="col">{tr!(roster.when)}</th>
                    <th scope="col">{tr!(roster.where_)}</th>
                    <th scope="col">{tr!(roster.language)}</th>
                    <th scope="col">{tr!(roster.state)}</th>
                    <th scope="col" class=if taught { "n" } else { "" }>{last.clone()}</th>
                    {more}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
