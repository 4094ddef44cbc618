//! `/my/licences`, and the block of the first page: one's own licences, those one is the mentor of, and
//! assessments to score.

use super::parts::state_tag;
use crate::{
    app, i18n,
    people::model::Role,
    tr,
    trainers::api::{MyLicence, MyLicences, get_my_licences},
    ui::{
        format,
        layout::PageHead,
        load::{below, load},
    },
};
use leptos::prelude::*;

#[component]
pub fn MinePage() -> impl IntoView {
    load(
        || i18n::code(i18n::locale()).to_owned(),
        get_my_licences,
        |data: MyLicences| {
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
        },
    )
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

/// The block of the first page: nothing for who has nothing to do with licences.
#[component]
pub fn LicencesOfMine() -> impl IntoView {
    let concerned = app::actor()
        .is_some_and(|it| it.licences || it.grants.is_empty() || it.has(Role::Trainer) || it.has(Role::Participant));
    concerned.then(|| {
        below(
            || i18n::code(i18n::locale()).to_owned(),
            get_my_licences,
            |data: MyLicences| {
                if data == MyLicences::default() {
                    return ().into_any();
                }
                view! { <div class="wrap body">{sections(data)}</div> }.into_any()
            },
        )
    })
}
