//! `/`: the landing page, or the first page of the roles held.

use super::{
    duty,
    landing::landing,
    sections::{calls, hosting, learning, numbers, programme, teaching},
};
use crate::{
    platform::http::page::{Drawn, Visit},
    reporting::{api::Home, service},
    tr,
    trainers::pages::mine,
    ui::layout::PageHead,
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    if visit.cx.actor.is_none() {
        return visit.draw(landing);
    }
    let home = service::home(&visit.cx, visit.language()).await?;
    let licences = mine::licences_of(&visit).await;
    visit.draw(|| {
        view! {
            {show(home)}
            {mine::licences(licences)}
        }
    })
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
