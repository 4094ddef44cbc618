//! `/my/trainer-profile`: what one lets others see, and when one cannot teach.

use crate::{
    common::codes::split_list,
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::roster::{
        api::{AddTimeAway, MyProfile, RemoveTimeAway, SaveMyProfile},
        model::{LANGUAGES, Shown},
        service,
    },
    ui::{
        field::{Input, TextArea, Tick, Ticks},
        form::{Form, Hidden, Submit, Version},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::mine(&visit.cx).await?;
    visit.draw(|| show(data))
}

fn shown_name(part: Shown) -> String {
    match part {
        Shown::Institution => tr!(roster.shown.institution),
        Shown::Languages => tr!(roster.shown.languages),
        Shown::Licences => tr!(roster.shown.licences),
        Shown::Teaching => tr!(roster.shown.teaching),
        Shown::Availability => tr!(roster.shown.availability),
        Shown::About => tr!(roster.shown.about),
    }
}

fn show(data: MyProfile) -> impl IntoView {
    let id = data.id;
    let actions = data.teaches.then(|| {
        view! { <a class="btn quiet small" href=format!("/trainers/{id}")>{tr!(roster.my_page)}</a> }.into_any()
    });
    view! {
        <PageHead title=tr!(roster.my_profile) crumbs=vec![(tr!(roster.title), "/trainers".to_owned())] actions=actions/>
        <div class="wrap body text">
            {if data.teaches {
                view! { {profile(&data)}{away(&data)} }.into_any()
            } else {
                view! { <div class="notice calm"><p>{tr!(roster.not_a_trainer)}</p></div> }.into_any()
            }}
        </div>
    }
    .into_any()
}

fn profile(data: &MyProfile) -> AnyView {
    let it = data.profile.clone();
    let version = data.version;
    let list = |codes: &str| split_list(codes).map(str::to_owned).collect::<Vec<_>>();
    let parts = Shown::ALL.iter().map(|part| (part.code().to_owned(), shown_name(*part))).collect();
    let languages = LANGUAGES.iter().map(|code| ((*code).to_owned(), words::language(code))).collect();
    let labels =
        vec![("shows", tr!(roster.shows)), ("languages", tr!(roster.my_languages)), ("about", tr!(roster.about))];
    view! {
        <div class="section stack">
            <p>{if it.consent { tr!(roster.is_public) } else { tr!(roster.is_private) }}</p>
            <Form function=SaveMyProfile::PATH class="form" labels=labels>
                <Version value=version/>
                <Tick name="consent" label=tr!(roster.consent) value=it.consent/>
                <p class="hint">{tr!(roster.consent_hint)}</p>
                <Ticks name="shows" label=tr!(roster.shows) hint=tr!(roster.shows_hint) options=parts value=list(&it.shows)/>
                <Tick name="contact" label=tr!(roster.may_contact) value=it.contact/>
                <TextArea name="about" label=tr!(roster.about) hint=tr!(roster.about_hint) value=it.about optional=true/>
                <Ticks name="languages" label=tr!(roster.my_languages) options=languages value=list(&it.languages)/>
                <div class="actions"><Submit label=tr!(form.save)/></div>
            </Form>
        </div>
    }
    .into_any()
}

fn away(data: &MyProfile) -> AnyView {
    let labels = vec![("starts_on", tr!(roster.free_from)), ("ends_on", tr!(roster.free_to))];
    let none = data.away.is_empty();
    let new_away = data.new_away;
    let times = data
        .away
        .iter()
        .map(|(id, from, to)| {
            let id = *id;
            let range = format::date_range(Some(*from), Some(*to));
            let shown = range.clone();
            view! {
                <li class="item">
                    <div class="grow">{shown}</div>
                    <div class="end">
                        <Form function=RemoveTimeAway::PATH key=id.to_string()>
                            <Hidden name="away" value=id.to_string()/>
                            <button class="btn quiet small">{tr!(roster.remove)}<span class="vh">" "{range}</span></button>
                        </Form>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="section stack">
            <h2>{tr!(roster.away_title)}</h2>
            <p class="hint">{tr!(roster.away_hint)}</p>
            {none.then(|| view! { <p class="muted">{tr!(roster.never_away)}</p> })}
            <ul class="list tight">{times}</ul>
            <Form function=AddTimeAway::PATH key="away" class="form" labels=labels>
                <Hidden name="away" value=new_away.to_string()/>
                <div class="row">
                    <Input name="starts_on" kind="date" label=tr!(roster.free_from) class="short"/>
                    <Input name="ends_on" kind="date" label=tr!(roster.free_to) class="short" optional=true/>
                </div>
                <div class="actions"><Submit label=tr!(roster.add_away) class="quiet"/></div>
            </Form>
        </section>
    }
    .into_any()
}
