//! `/my/licences`, and the block of the first page: one's own licences, those one is the mentor of, and
//! assessments to score.

use super::parts::state_tag;
use crate::{
    people::model::Role,
    platform::http::page::{Drawn, Visit, below},
    tr,
    trainers::{
        api::{MyLicence, MyLicences},
        service,
    },
    ui::{format, layout::PageHead},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = service::mine(&visit.cx, visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: MyLicences) -> AnyView {
    let none = data == MyLicences::default();
    view! {
        <PageHead title=tr!(licences.mine_title) lede=Some(tr!(licences.mine_lede))/>
        <div class="wrap body">
            {none.then(|| view! {
                <div class="empty"><h2>{tr!(licences.mine_none)}</h2><p>{tr!(licences.mine_none_text)}</p>
                <p><a class="btn" href="/catalogue?kind=tot">{tr!(licences.to_catalogue)}</a></p></div>
            })}
            {sections(data)}
        </div>
    }
    .into_any()
}

fn line(it: MyLicence, with_name: bool) -> AnyView {
    let (title, text) = if with_name { (it.name, it.course_title) } else { (it.course_title, String::new()) };
    let when = match it.lapses_on {
        Some(day) => tr!(licences.lapses_line, day = format::date(day)),
        None => tr!(licences.since_line, day = format::date(it.since)),
    };
    let facts: Vec<String> = [text, when].into_iter().filter(|fact| !fact.is_empty()).collect();
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=format!("/licences/{}", it.id)>{title}</a></h3>
                <p class="muted">{facts.join(" · ")}</p>
            </div>
            <div class="end">
                {state_tag(it.state)}
                {it.noticed.then(|| view! { " "<span class="tag warn">{tr!(licences.noticed)}</span> })}
            </div>
        </li>
    }
    .into_any()
}

fn sections(data: MyLicences) -> AnyView {
    let list = |title: String, lines: Vec<MyLicence>, with_name: bool| {
        (!lines.is_empty()).then(|| {
            view! {
                <section class="section">
                    <h2>{title}</h2>
                    <ul class="list">{lines.into_iter().map(|it| line(it, with_name)).collect_view()}</ul>
                </section>
            }
        })
    };
    let to_score = (!data.to_score.is_empty()).then(|| {
        view! {
            <section class="section">
                <h2>{tr!(assessments.to_score)}</h2>
                <ul class="list">
                    {data
                        .to_score
                        .into_iter()
                        .map(|(id, name, course)| view! {
                            <li class="item">
                                <div class="grow">
                                    <h3><a href=format!("/assessments/{id}")>{name}</a></h3>
                                    <p class="muted">{course}</p>
                                </div>
                            </li>
                        })
                        .collect_view()}
                </ul>
            </section>
        }
    });
    view! {
        {to_score}
        {list(tr!(licences.own), data.own, false)}
        {list(tr!(licences.mentored), data.mentored, true)}
    }
    .into_any()
}

/// One's own licences for the first page; nothing is asked for a viewer who has nothing to do with licences.
pub async fn licences_of(visit: &Visit) -> Option<MyLicences> {
    visit
        .cx
        .actor
        .as_ref()
        .filter(|it| it.licences || it.grants.is_empty() || it.has(Role::Trainer) || it.has(Role::Participant))?;
    below(service::mine(&visit.cx, visit.language()).await)
}

/// What [`licences_of`] found, below the first page's own content.
pub fn licences(data: Option<MyLicences>) -> Option<AnyView> {
    let data = data.filter(|data| *data != MyLicences::default())?;
    Some(view! { <div class="wrap body">{sections(data)}</div> }.into_any())
}
