//! `/cascade/inactive`: who has not delivered in twelve months, and a reminder for those chosen.

use super::{address, area, asked, crumbs, last, page_links, person};
use crate::{
    cascade::{
        api::{Inactive, InactiveLine, Remind},
        lists,
        model::Asked,
    },
    platform::http::page::{Drawn, Visit},
    reporting::pages::reports::select,
    tr,
    ui::{
        form::{Form, FormState, Hidden, Submit},
        format,
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let asked = asked(&visit);
    let list = lists::inactive(&visit.cx, visit.language(), visit.search()).await?;
    visit.draw(|| show(list, &asked))
}

fn show(list: Inactive, asked: &Asked) -> AnyView {
    let chosen = asked.area.clone().unwrap_or_default();
    let (kind, key) = (list.head.kind.code(), list.head.key.clone());
    let body = if list.people.is_empty() {
        view! { <div class="empty"><h2>{tr!(cascade.inactive_none)}</h2><p>{tr!(cascade.inactive_none_text)}</p></div> }
            .into_any()
    } else {
        let (people, query) = (list.people, asked.query());
        view! {
            <Form function=Remind::PATH class="form wide" labels=vec![("people", tr!(cascade.choose))]>
                <Hidden name="query" value=query/>
                <table class="cards" id="f-people">
                    <thead>
                        <tr>
                            <th scope="col">{tr!(cascade.person)}</th>
                            <th scope="col">{tr!(reporting.area)}</th>
                            <th scope="col" class="n">{tr!(reporting.deliveries)}</th>
                            <th scope="col">{tr!(cascade.last_delivery)}</th>
                            <th scope="col">{tr!(cascade.mentor)}</th>
                        </tr>
                    </thead>
                    <tbody>{people.into_iter().map(|line| view! { <Row line=line/> }).collect_view()}</tbody>
                </table>
                <p class="hint">{tr!(cascade.remind_hint)}</p>
                <div class="actions sticky"><Submit label=tr!(cascade.remind)/></div>
            </Form>
        }
        .into_any()
    };
    view! {
        <PageHead
            title=tr!(cascade.inactive_title)
            crumbs=crumbs(&list.head, true)
            lede=tr!(cascade.inactive_lede, date = format::date(list.since))
        />
        <div class="wrap body stack">
            <p class="noprint"><a class="back" href=address(&asked.bare())>{tr!(cascade.back)}</a></p>
            <form class="filterbar" method="get" action="/cascade/inactive">
                <input type="hidden" name=kind value=key/>
                {select("area", tr!(reporting.area), tr!(reporting.all_areas), &list.areas, &chosen)}
                <button class="btn quiet">{tr!(reporting.show)}</button>
            </form>
            {body}
            {page_links("/cascade/inactive", asked, list.next)}
            {list.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

/// Somebody, with a tick where a letter can be sent.
#[component]
fn Row(line: InactiveLine) -> impl IntoView {
    let state = expect_context::<FormState>();
    let id = line.person.to_string();
    let ticked = state.all_typed("people[]").is_some_and(|typed| typed.contains(&id));
    let link = person(line.person, line.name.clone(), line.page);
    // The tick is labelled apart, so that a name can lead to a page without being ticked.
    let name = match (line.reachable, line.reminded) {
        (true, None) => view! {
            <span class="tick">
                <input
                    type="checkbox"
                    name="people[]"
                    value=id
                    checked=ticked
                    aria-label=tr!(cascade.choose_one, name = line.name)
                />
                <span>{link}</span>
            </span>
        }
        .into_any(),
        (_, Some(day)) => {
            view! { <span>{link}" "<small class="muted">{tr!(cascade.reminded, date = format::date(day))}</small></span> }
                .into_any()
        }
        (false, None) => {
            view! { <span>{link}" "<small class="muted">{tr!(cascade.no_mail)}</small></span> }.into_any()
        }
    };
    let mentor = if line.mentor.is_empty() { tr!(cascade.no_mentor) } else { line.mentor };
    view! {
        <tr>
            <th scope="row" data-label=tr!(cascade.person)>{name}</th>
            <td data-label=tr!(reporting.area)>{area(&line.area)}</td>
            <td class="n" data-label=tr!(reporting.deliveries)>{format::number(line.deliveries)}</td>
            <td data-label=tr!(cascade.last_delivery)>{last(line.deliveries, line.last)}</td>
            <td data-label=tr!(cascade.mentor)>{mentor}</td>
        </tr>
    }
}
