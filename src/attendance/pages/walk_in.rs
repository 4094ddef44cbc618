//! `/deliveries/{id}/register/{slot}/walk-in`: somebody who is not on the list; and
//! `/deliveries/{id}/walk-ins`: who they turn out to be.

use super::register::half_day;
use crate::{
    attendance::walkins::{
        api::{AddWalkIn, AtTheDoor, MatchWalkIn, WalkIn, WalkIns},
        service,
    },
    people::model::Profession,
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select},
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn new_page(visit: Visit) -> Drawn {
    let data = service::at_the_door(&visit.cx, visit.param("id"), visit.param("slot")).await?;
    visit.draw(|| at_the_door(data))
}

fn at_the_door(data: AtTheDoor) -> AnyView {
    let register = format!("/deliveries/{}/register/{}", data.delivery, data.slot);
    let professions = Profession::ALL.iter().map(|it| (it.code().to_owned(), words::profession(*it))).collect();
    let labels = vec![
        ("family_name", tr!(walkins.family_name)),
        ("given_name", tr!(walkins.given_name)),
        ("profession", tr!(walkins.profession)),
        ("workplace", tr!(walkins.workplace)),
        ("email", tr!(walkins.email)),
    ];
    let back = register.clone();
    let body = match data.refused {
        Some(why) => view! {
            <div class="notice warn"><p>{words::refusal(why)}</p></div>
            <p><a class="btn quiet" href=back>{tr!(attendance.to_register)}</a></p>
        }
        .into_any(),
        None => view! {
            <Form function=AddWalkIn::PATH class="form" labels=labels>
                <Hidden name="delivery" value=data.delivery.to_string()/>
                <Hidden name="slot" value=data.slot.to_string()/>
                <Hidden name="id" value=data.person.to_string()/>
                <Input name="family_name" label=tr!(walkins.family_name)/>
                <Input name="given_name" label=tr!(walkins.given_name)/>
                <Select name="profession" label=tr!(walkins.profession) options=professions value="judge" class="mid"/>
                <Input name="workplace" label=tr!(walkins.workplace) optional=true/>
                <Input name="email" kind="email" label=tr!(walkins.email) hint=tr!(walkins.email_hint) optional=true/>
                <div class="actions">
                    <Submit label=tr!(walkins.add)/>
                    <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                </div>
            </Form>
        }
        .into_any(),
    };
    let footnote = data.title.contains("Kosovo").then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> });
    view! {
        <PageHead
            title=tr!(walkins.door_title)
            crumbs=vec![(data.title.clone(), format!("/deliveries/{}", data.delivery)), (half_day(data.starts), register.clone())]
            lede=Some(tr!(walkins.door_lede, count = data.free))
        />
        <div class="wrap body stack">{body}{footnote}</div>
    }
    .into_any()
}

pub async fn list_page(visit: Visit) -> Drawn {
    let data = service::list(&visit.cx, visit.param("id"), &visit.query("who"), &visit.query("q")).await?;
    visit.draw(|| list(data))
}

fn list(data: WalkIns) -> AnyView {
    let here = format!("/deliveries/{}/walk-ins", data.delivery);
    let body = if data.people.is_empty() {
        view! { <div class="empty"><h2>{tr!(walkins.none)}</h2><p>{tr!(walkins.none_text)}</p></div> }.into_any()
    } else {
        let items = data.people.iter().map(|person| item(person, &data, &here)).collect_view();
        view! { <ul class="list">{items}</ul> }.into_any()
    };
    let footnote = data.title.contains("Kosovo").then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> });
    view! {
        <PageHead
            title=tr!(walkins.title)
            crumbs=vec![(data.title.clone(), format!("/deliveries/{}", data.delivery))]
            lede=Some(tr!(walkins.lede))
        />
        <div class="wrap body stack wide">{body}{footnote}</div>
    }
    .into_any()
}

fn item(person: &WalkIn, data: &WalkIns, here: &str) -> AnyView {
    let facts = [words::profession(person.profession), person.workplace.clone()];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    let added = tr!(walkins.added, name = person.added_by.clone(), at = format::date_time(person.added));
    let known = match &person.matched {
        Some((name, by, at)) => {
            let said = tr!(walkins.matched, name = name.clone(), by = by.clone(), at = format::date_time(*at));
            view! { <p><span class="tag good">{tr!(walkins.known)}</span>" "{said}</p> }.into_any()
        }
        None if data.chosen == Some(person.enrolment) => candidates(person, data, here),
        None => {
            let href = format!("{here}?who={}", person.enrolment);
            view! { <p><a class="btn quiet small" href=href>{tr!(walkins.who)}<span class="vh">": "{person.name.clone()}</span></a></p> }
                .into_any()
        }
    };
    view! {
        <li class="item">
            <div class="grow stack">
                <div>
                    <h2>{person.name.clone()}</h2>
                    <p>{facts.join(" · ")}</p>
                    <p class="muted">{added}</p>
                </div>
                {known}
            </div>
        </li>
    }
    .into_any()
}

fn candidates(person: &WalkIn, data: &WalkIns, here: &str) -> AnyView {
    let found = data
        .candidates
        .iter()
        .map(|it| {
            let what = [it.profession.map(words::profession), Some(it.workplace.clone())];
            let what: Vec<String> = what.into_iter().flatten().filter(|text| !text.is_empty()).collect();
            let (delivery, place, who) =
                (data.delivery.to_string(), person.enrolment.to_string(), it.person.to_string());
            view! {
                <li class="item">
                    <div class="grow"><b>{it.name.clone()}</b><p class="muted">{what.join(" · ")}</p></div>
                    <div class="end">
                        <Form function=MatchWalkIn::PATH key=who.clone()>
                            <Hidden name="delivery" value=delivery/>
                            <Hidden name="enrolment" value=place/>
                            <Hidden name="person" value=who/>
                            <Submit label=tr!(walkins.this_one) class="quiet small"/>
                        </Form>
                    </div>
                </li>
            }
        })
        .collect_view();
    let found = if data.candidates.is_empty() {
        view! { <p class="muted">{tr!(walkins.nobody)}</p> }.into_any()
    } else {
        view! { <ul class="list">{found}</ul> }.into_any()
    };
    view! {
        <form method="get" action=here.to_owned() class="toolbar">
            <input type="hidden" name="who" value=person.enrolment.to_string()/>
            <div class="fld">
                <label for="f-q">{tr!(walkins.search)}</label>
                <input id="f-q" name="q" type="search" value=data.query.clone()/>
            </div>
            <button class="btn quiet">{tr!(walkins.find)}</button>
        </form>
        {found}
    }
    .into_any()
}
