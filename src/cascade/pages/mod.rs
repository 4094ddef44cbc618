//! Pages: the cascade, the lists behind its numbers, and who has not delivered for long.

mod drawing;
mod inactive;
mod list;
pub mod paper;
mod show;

use crate::{
    app,
    cascade::{
        api::{Elsewhere, ScopeHead},
        model::{Asked, Kind, Of, home},
    },
    common::ids::PersonId,
    people::{
        asks::Asks,
        rights::{Right, may_somewhere},
    },
    platform::http::page::{Page, Visit, page},
    tr,
    ui::format,
};
use chrono::NaiveDate;
use leptos::prelude::*;

/// The pages of this capability.
pub fn pages() -> Vec<Page> {
    vec![
        page("/cascade", Asks::For(Right::ReadNumbers), show::page),
        page("/cascade/list", Asks::Somewhere(Right::ManageDelivery), list::page),
        page("/cascade/inactive", Asks::For(Right::FollowTrainers), inactive::page),
    ]
}

/// A link to the cascade of something, for who may read numbers; `kind` is the code of what it is.
pub fn link(kind: &str, key: &str) -> Option<AnyView> {
    may_somewhere(app::actor().as_ref(), Right::ReadNumbers).then(|| {
        let href = format!("/cascade?{kind}={}", app::encode(key));
        view! { <li><a href=href>{tr!(cascade.all_title)}</a></li> }.into_any()
    })
}

/// What the address asks for.
fn asked(visit: &Visit) -> Asked {
    Asked::parse(visit.search())
}

/// The address of the cascade that is asked for.
pub fn address(asked: &Asked) -> String {
    format!("/cascade?{}", asked.query())
}

/// The way to a page about a cascade.
fn crumbs(head: &ScopeHead, below: bool) -> Vec<(String, String)> {
    let mut way =
        vec![(tr!(cascade.all_title), "/cascade".to_owned()), (head.title.clone(), home(head.kind, &head.key))];
    if below {
        way.push((tr!(cascade.all_title), address(&of(head))));
    }
    way
}

/// The whole cascade of something.
fn of(head: &ScopeHead) -> Asked {
    Asked { scope: Some((head.kind, head.key.clone())), ..Asked::default() }
}

/// What something is.
fn kind(kind: Kind) -> String {
    match kind {
        Kind::Cohort => tr!(cascade.kind.cohort),
        Kind::Project => tr!(cascade.kind.project),
        Kind::Course => tr!(cascade.kind.course),
    }
}

/// What stands in a list.
fn of_what(of: Of) -> String {
    match of {
        Of::Deliveries => tr!(cascade.of.deliveries),
        Of::Sealed => tr!(cascade.of.sealed),
        Of::Trainers => tr!(cascade.of.trainers),
        Of::Graduates => tr!(cascade.of.graduates),
        Of::Places => tr!(cascade.of.places),
        Of::People => tr!(cascade.of.people),
    }
}

/// A generation in words; -1 is all of them.
fn generation(number: i64) -> String {
    match number {
        -1 => tr!(cascade.all_generations),
        0 => tr!(cascade.generation_zero),
        number => tr!(cascade.generation_n, number = number.to_string()),
    }
}

/// An area's name, or that it is not recorded.
fn area(name: &str) -> String {
    if name.is_empty() { tr!(cascade.no_area) } else { name.to_owned() }
}

/// The first day of the last delivery of somebody who gave so many.
fn last(deliveries: i64, day: Option<NaiveDate>) -> String {
    match day {
        Some(day) => format::date(day),
        None if deliveries > 0 => tr!(cascade.no_year),
        None => tr!(cascade.never),
    }
}

/// Somebody's name, leading to their page where they have one.
fn person(id: PersonId, name: String, page: bool) -> AnyView {
    if page { view! { <a href=format!("/trainers/{id}")>{name}</a> }.into_any() } else { name.into_any() }
}

/// People counted without names, in words; nothing where there are none.
fn elsewhere(it: &Elsewhere) -> Option<String> {
    let count = |value: Option<i64>| value.map_or_else(|| tr!(tallies.few), format::number);
    (!it.nobody()).then(|| tr!(cascade.elsewhere, confirmed = count(it.confirmed), unverified = count(it.unverified)))
}

/// Where a list begins and goes on.
fn page_links(path: &'static str, asked: &Asked, next: Option<String>) -> AnyView {
    let at = |after: String| format!("{path}?{}", Asked { after, ..asked.clone() }.query());
    let first = (!asked.after.is_empty())
        .then(|| view! { <a class="back" href=at(String::new()) rel="first">{tr!(cascade.first_page)}</a> });
    let next = next.map(|next| view! { <a class="next" href=at(next) rel="next">{tr!(cascade.next_page)}</a> });
    if first.is_none() && next.is_none() {
        return ().into_any();
    }
    view! { <nav class="pages" aria-label=tr!(cascade.pages)>{first}{next}</nav> }.into_any()
}
