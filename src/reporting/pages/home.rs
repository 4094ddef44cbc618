//! `/`: the landing page, or the first page of the roles held.

use super::{
    duty,
    landing::landing,
    sections::{calls, hosting, learning, numbers, programme, teaching},
};
use crate::{
    app, i18n,
    reporting::api::{Home, get_home},
    tr,
    trainers::pages::mine::LicencesOfMine,
    ui::{layout::PageHead, load::load},
};
use leptos::prelude::*;

#[component]
pub fn HomePage() -> impl IntoView {
    if app::actor().is_none() {
        return landing();
    }
    view! {
        {load(|| i18n::code(i18n::locale()).to_owned(), get_home, show)}
        <LicencesOfMine/>
    }
    .into_any()
}

fn show(home: Home) -> AnyView {
    let name = home.name.clone();
    let footnote = home.footnote;
    let sections: Vec<AnyView> = [
        home.duty.as_ref().map(duty::section),
        home.learning.map(|cards| learning(cards, home.certificates)),
        home.teaching.map(|cards| teaching(cards, home.drafts)),
        home.hosting.map(hosting),
        home.house.map(programme),
        home.numbers.map(numbers),
        home.calls.map(calls),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        <PageHead title=tr!(reporting.home.welcome, name = name)/>
        <div class="wrap body">
            {sections}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}
