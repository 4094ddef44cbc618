//! `/cascade/list`: what is behind a number, for who may see it.

use super::{address, area, asked, crumbs, generation, last, of_what, page_links, person};
use crate::{
    cascade::{
        api::{CascadeList, DeliveryLine, PlaceLine, TrainerLine},
        lists,
        model::{Asked, Kind, Of},
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead, words},
};
use chrono::NaiveDate;
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let asked = asked(&visit);
    let list = lists::list(&visit.cx, visit.language(), visit.search()).await?;
    visit.draw(|| show(list, &asked))
}

fn show(list: CascadeList, asked: &Asked) -> AnyView {
    let of = of_what(list.of);
    let facts = asked
        .generation
        .map(|number| generation(i64::from(number)))
        .into_iter()
        .chain(asked.year.map(|year| if year == 0 { tr!(cascade.no_year) } else { year.to_string() }))
        .chain(list.narrowed.iter().map(|name| area(name)))
        .map(|fact| view! { <li>{fact}</li> })
        .collect_view();
    let own = (!list.everybody).then(|| view! { <p class="notice calm">{tr!(cascade.list_own)}</p> });
    let body = match list.of {
        Of::Deliveries | Of::Sealed => deliveries(&list.deliveries, list.head.kind, asked),
        Of::Places | Of::People => places(&list.places),
        Of::Trainers | Of::Graduates => trainers(&list.trainers, asked),
    };
    let nothing = list.deliveries.is_empty() && list.places.is_empty() && list.trainers.is_empty();
    let body = if nothing {
        view! { <div class="empty"><h2>{tr!(cascade.list_none)}</h2><p>{tr!(cascade.list_none_text)}</p></div> }
            .into_any()
    } else {
        body
    };
    view! {
        <PageHead
            title=tr!(cascade.list_title, of = of, title = list.head.title.clone())
            crumbs=crumbs(&list.head, true)
            meta=facts.into_any()
        />
        <div class="wrap body stack">
            <p class="noprint"><a class="back" href=address(&asked.filters())>{tr!(cascade.back)}</a></p>
            {own}
            {body}
            {page_links("/cascade/list", asked, list.next)}
            {list.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

/// The first day, or what documents say instead.
fn day(day: Option<NaiveDate>, note: &str) -> String {
    match day {
        Some(day) => format::date(day),
        None if note.is_empty() => tr!(cascade.no_year),
        None => note.to_owned(),
    }
}

/// With whom a delivery is shared.
fn rest(titles: &str) -> Option<AnyView> {
    let titles = titles.to_owned();
    (!titles.is_empty())
        .then(|| view! { <br/><small class="muted">{tr!(cascade.shared_with, titles = titles)}</small> }.into_any())
}

/// What is known of the people of a delivery that keeps no names, beside what its half-days counted.
fn whole(tally: Option<(i64, bool)>) -> String {
    match tally {
        Some((people, true)) => tr!(cascade.whole_confirmed, count = people),
        Some((people, false)) => tr!(cascade.whole_unverified, count = people),
        None => tr!(cascade.whole_none),
    }
}

fn deliveries(lines: &[DeliveryLine], kind: Kind, asked: &Asked) -> AnyView {
    let project = kind == Kind::Project;
    let rows = lines
        .iter()
        .map(|line| {
            let days = match line.days {
                (None, _) => day(None, &line.date_note),
                (first, last) => format::date_range(first, last),
            };
            let people = match line.heads {
                Some(heads) => view! {
                    <span>{tr!(cascade.node.heads, count = heads)}" "<small class="muted">{whole(line.tally)}</small></span>
                }
                .into_any(),
                None if line.places == 0 => format::number(0).into_any(),
                None => {
                    let list = Asked {
                        generation: u16::try_from(line.generation).ok(),
                        delivery: line.id.to_string(),
                        ..asked.bare().list(Of::Places)
                    };
                    let href = format!("/cascade/list?{}", list.query());
                    view! { <a href=href>{format::number(line.places)}</a> }.into_any()
                }
            };
            let trainers = if line.generation == 0 {
                format::number(line.trainers.1)
            } else {
                tr!(cascade.of_tree, ours = format::number(line.trainers.0), all = format::number(line.trainers.1))
            };
            let trainers = view! { <span>{trainers}{rest(&line.other_trainers)}</span> };
            let payers = project.then(|| {
                let text = match line.payers {
                    (true, payers) => tr!(cascade.paid_by, count = payers),
                    (false, _) => "–".to_owned(),
                };
                let others = rest(&line.other_payers);
                view! { <td data-label=tr!(cascade.by_payers)><span>{text}{others}</span></td> }
            });
            view! {
                <tr>
                    <th scope="row" data-label=tr!(cascade.delivery)>
                        <a href=format!("/deliveries/{}", line.id)>{line.title.clone()}</a>
                    </th>
                    <td data-label=tr!(cascade.dates)>{days}</td>
                    <td data-label=tr!(cascade.place)>{line.place.clone()}</td>
                    <td data-label=tr!(reporting.area)>{area(&line.area)}</td>
                    <td data-label=tr!(cascade.generation)>{generation(line.generation)}</td>
                    <td class="n" data-label=tr!(cascade.trainers)>{trainers}</td>
                    {payers}
                    <td class="n" data-label=tr!(cascade.participations)>{people}</td>
                </tr>
            }
        })
        .collect_view();
    let payers = project.then(|| view! { <th scope="col">{tr!(cascade.by_payers)}</th> });
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{tr!(cascade.delivery)}</th>
                    <th scope="col">{tr!(cascade.dates)}</th>
                    <th scope="col">{tr!(cascade.place)}</th>
                    <th scope="col">{tr!(reporting.area)}</th>
                    <th scope="col">{tr!(cascade.generation)}</th>
                    <th scope="col" class="n">{tr!(cascade.trainers)}</th>
                    {payers}
                    <th scope="col" class="n">{tr!(cascade.participations)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn places(lines: &[PlaceLine]) -> AnyView {
    let rows = lines
        .iter()
        .map(|line| {
            let work = [words::profession(line.profession), line.workplace.clone()];
            let work: Vec<String> = work.into_iter().filter(|part| !part.is_empty()).collect();
            view! {
                <tr>
                    <th scope="row" data-label=tr!(cascade.person)>{line.name.clone()}</th>
                    <td data-label=tr!(cascade.work)>{work.join(", ")}</td>
                    <td data-label=tr!(reporting.area)>{area(&line.area)}</td>
                    <td data-label=tr!(cascade.delivery)>
                        <a href=format!("/deliveries/{}", line.delivery)>{line.title.clone()}</a>
                    </td>
                    <td data-label=tr!(cascade.dates)>{day(line.day, &line.date_note)}</td>
                    <td data-label=tr!(cascade.state)>{words::enrolment_state(line.state)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{tr!(cascade.person)}</th>
                    <th scope="col">{tr!(cascade.work)}</th>
                    <th scope="col">{tr!(reporting.area)}</th>
                    <th scope="col">{tr!(cascade.delivery)}</th>
                    <th scope="col">{tr!(cascade.dates)}</th>
                    <th scope="col">{tr!(cascade.state)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn trainers(lines: &[TrainerLine], asked: &Asked) -> AnyView {
    let rows = lines
        .iter()
        .map(|line| {
            let list = Asked { trainer: line.person.to_string(), ..asked.bare().list(Of::Deliveries) };
            let gave = match (line.deliveries, line.generation) {
                (0, _) => tr!(cascade.never).into_any(),
                (count, None) => format::number(count).into_any(),
                (count, Some(_)) => {
                    view! { <a href=format!("/cascade/list?{}", list.query())>{format::number(count)}</a> }.into_any()
                }
            };
            let stands = line.generation.map_or_else(|| tr!(cascade.expert), generation);
            // An expert of no tree has deliveries elsewhere; when the last was is not this tree's to say.
            let day = line.last.is_some() || line.generation.is_some();
            let day = day.then(|| last(line.deliveries, line.last));
            view! {
                <tr>
                    <th scope="row" data-label=tr!(cascade.person)>{person(line.person, line.name.clone(), line.page)}</th>
                    <td data-label=tr!(reporting.area)>{area(&line.area)}</td>
                    <td data-label=tr!(cascade.generation)>{stands}</td>
                    <td class="n" data-label=tr!(reporting.deliveries)>{gave}</td>
                    <td data-label=tr!(cascade.last_delivery)>{day}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{tr!(cascade.person)}</th>
                    <th scope="col">{tr!(reporting.area)}</th>
                    <th scope="col">{tr!(cascade.generation)}</th>
                    <th scope="col" class="n">{tr!(reporting.deliveries)}</th>
                    <th scope="col">{tr!(cascade.last_delivery)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
