//! `/people`: persons by name.

use crate::{
    app::encode,
    people::{
        model::Role,
        records::{
            api::PeopleList,
            model::{AccountState, PersonLine},
            service,
        },
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let (query, after, before) = (visit.query("q"), visit.query("after"), visit.query("before"));
    let people = service::list(&visit.cx, &query, &after, &before).await?;
    visit.draw(|| show(people))
}

/// An account's state in a word.
pub fn account_tag(state: AccountState) -> AnyView {
    let (class, text) = match state {
        AccountState::None => ("tag plain", tr!(people.state.none)),
        AccountState::Invited => ("tag calm", tr!(people.state.invited)),
        AccountState::Open => ("tag good", tr!(people.state.open)),
        AccountState::Disabled => ("tag bad", tr!(people.state.disabled)),
    };
    view! { <span class=class>{text}</span> }.into_any()
}

fn show(data: PeopleList) -> impl IntoView {
    let PeopleList { query, people, before, after } = data;
    let at = |name: &str, place: &str| format!("/people?q={}&{name}={}", encode(&query), encode(place));
    let earlier =
        before.map(|place| view! { <a class="back" rel="prev" href=at("before", &place)>{tr!(people.earlier)}</a> });
    let later =
        after.map(|place| view! { <a class="next" rel="next" href=at("after", &place)>{tr!(people.later)}</a> });
    let pages = (earlier.is_some() || later.is_some())
        .then(|| view! { <nav class="pages" aria-label=tr!(people.pages)>{earlier}{later}</nav> });
    let list = if people.is_empty() {
        view! { <div class="empty"><h2>{tr!(people.nobody)}</h2><p>{tr!(people.nobody_text)}</p></div> }.into_any()
    } else {
        view! {
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{tr!(people.name)}</th>
                        <th scope="col">{tr!(people.roles)}</th>
                        <th scope="col">{tr!(people.email)}</th>
                        <th scope="col">{tr!(people.account)}</th>
                    </tr>
                </thead>
                <tbody>{people.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    let office = crate::app::actor().is_some_and(|actor| actor.has(Role::ProgrammeOfficer));
    view! {
        <PageHead
            title=tr!(people.title)
            lede=tr!(people.lede)
            actions=view! { <a class="btn small" href="/people/new">{tr!(people.add)}</a> }.into_any()
        />
        <div class="wrap body stack wide">
            <form class="field" role="search" method="get" action="/people">
                <label class="vh" for="q">{tr!(people.search)}</label>
                <input id="q" name="q" type="search" value=query.clone() placeholder=tr!(people.search)/>
                <button class="btn quiet">{tr!(people.search_go)}</button>
            </form>
            {office.then(|| view! { <p><a class="next" href="/people/changes">{tr!(safety.to_list)}</a></p> })}
            {list}
            {pages}
        </div>
    }
    .into_any()
}

fn row(line: PersonLine) -> impl IntoView {
    let roles = line.roles.into_iter().map(words::role).collect::<Vec<_>>().join(", ");
    view! {
        <tr>
            <th scope="row" data-label=tr!(people.name)>
                <a href=format!("/people/{}", line.id)>{line.name}</a>
                {line.invented.then(|| view! { " "<span class="tag plain">{tr!(people.invented)}</span> })}
            </th>
            <td data-label=tr!(people.roles)>{roles}</td>
            <td data-label=tr!(people.email)>{line.email}</td>
            <td data-label=tr!(people.account)>{account_tag(line.account)}</td>
        </tr>
    }
}
