//! `/counts`: people counted without names, by institution and state.

use super::state_tag;
use crate::{
    app,
    attendance::tallies::{
        api::{TallyLine, TallyList},
        model::TallyState,
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let (institution, state, before) = (visit.query("institution"), visit.query("state"), visit.query("before"));
    let data = service::list(&visit.cx, visit.language(), &institution, &state, &before).await?;
    visit.draw(|| show(data, &institution, &state))
}

fn options(choices: impl Iterator<Item = (String, String)>, chosen: &str) -> AnyView {
    choices
        .map(|(code, label)| {
            let selected = code == chosen;
            view! { <option value=code selected=selected>{label}</option> }
        })
        .collect_view()
        .into_any()
}

fn show(data: TallyList, institution: &str, state: &str) -> AnyView {
    let states = TallyState::ALL.iter().map(|it| {
        let word = match it {
            TallyState::Unverified => tr!(tallies.state.unverified),
            TallyState::Verified => tr!(tallies.state.verified),
            TallyState::Withdrawn => tr!(tallies.state.withdrawn),
        };
        (it.code().to_owned(), word)
    });
    let footnote = data.lines.iter().any(|line| line.footnote);
    let next = data.next.map(|key| {
        let pairs = [("institution", institution), ("state", state), ("before", &key)];
        let query: Vec<String> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", app::encode(value)))
            .collect();
        view! { <p><a class="next" href=format!("/counts?{}", query.join("&"))>{tr!(feedback.more)}</a></p> }
    });
    let body = if data.lines.is_empty() {
        view! { <div class="empty"><h2>{tr!(tallies.none)}</h2><p>{tr!(tallies.none_text)}</p></div> }.into_any()
    } else {
        view! { <ul class="list">{data.lines.into_iter().map(line).collect_view()}</ul> }.into_any()
    };
    view! {
        <PageHead
            title=tr!(tallies.title)
            lede=tr!(tallies.lede)
            actions=view! { <a class="btn" href="/counts/new">{tr!(tallies.new)}</a> }.into_any()
        />
        <div class="wrap body stack wide">
            <form class="filterbar" method="get" action="/counts">
                <div class="fld">
                    <label for="f-institution">{tr!(tallies.institution)}</label>
                    <select id="f-institution" name="institution">
                        <option value="">{tr!(tallies.all_institutions)}</option>
                        {options(data.institutions.into_iter(), institution)}
                    </select>
                </div>
                <div class="fld">
                    <label for="f-state">{tr!(tallies.state_label)}</label>
                    <select id="f-state" name="state">
                        <option value="">{tr!(tallies.all_states)}</option>
                        {options(states, state)}
                    </select>
                </div>
                <button class="btn quiet">{tr!(reporting.show)}</button>
            </form>
            {body}
            {next}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn line(it: TallyLine) -> AnyView {
    let when = format::date_range(Some(it.starts_on), Some(it.ends_on));
    view! {
        <li class="item">
            <div class="grow">
                <p class="tags">{state_tag(it.state)}</p>
                <h2><a href=format!("/counts/{}", it.id)>{it.title}</a></h2>
                <p class="muted">{it.institution.0}" · "{when}" · "{it.place}</p>
            </div>
            <div class="end"><p class="num"><b>{tr!(tallies.counted, count = it.total)}</b></p></div>
        </li>
    }
    .into_any()
}
