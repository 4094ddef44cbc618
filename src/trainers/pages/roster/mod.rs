//! The roster, a trainer's page, the own profile, writing to a trainer, and the coverage of a course.

mod contact;
mod coverage;
mod list;
#[cfg(feature = "ssr")]
pub mod paper;
mod profile;
mod trainer;

use crate::{
    people::{asks::Asks, model::Profession, rights::Right},
    platform::http::page::{Page, page},
    tr,
    trainers::roster::model::{Held, Remarks},
    ui::words,
};
use leptos::prelude::*;

/// The pages of the roster.
pub fn pages() -> Vec<Page> {
    vec![
        page("/trainers", Asks::Nothing, list::page),
        page("/trainers/{id}", Asks::Nothing, trainer::page),
        page("/trainers/{id}/contact", Asks::SignIn, contact::page),
        page("/my/trainer-profile", Asks::SignIn, profile::page),
        page("/courses/{slug}/coverage", Asks::For(Right::ReadNumbers), coverage::page),
    ]
}

/// The name of a licence's state.
fn held_name(state: Held) -> String {
    match state {
        Held::Candidate => tr!(roster.held.candidate),
        Held::Trained => tr!(roster.held.trained),
        Held::Assessed => tr!(roster.held.assessed),
        Held::Licensed => tr!(roster.held.licensed),
        Held::Lapsed => tr!(roster.held.lapsed),
        Held::Withdrawn => tr!(roster.held.withdrawn),
    }
}

/// A licence's state as a tag.
fn held_tag(state: Held) -> AnyView {
    let class = match state {
        Held::Licensed => "tag good",
        Held::Candidate | Held::Trained | Held::Assessed => "tag calm",
        Held::Lapsed => "tag warn",
        Held::Withdrawn => "tag bad",
    };
    view! { <span class=class>{held_name(state)}</span> }.into_any()
}

/// What participants said of deliveries, in words; nothing where they said nothing.
fn remarks(it: &Remarks) -> Option<String> {
    match (it.all, it.praise) {
        (Some(0), _) => None,
        (None, _) => Some(tr!(roster.little_said)),
        (Some(all), None) => Some(tr!(roster.remarks, count = all)),
        (Some(all), Some(praise)) => {
            Some(format!("{}, {}", tr!(roster.remarks, count = all), tr!(roster.praise, count = praise)))
        }
    }
}

/// What somebody is and where, in a line.
fn who(profession: Option<Profession>, institution: Option<String>, area: Option<String>) -> String {
    let facts = [profession.map(words::profession), institution, area];
    facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ")
}
