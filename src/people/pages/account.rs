//! `/account`: one's own name and language, password, and signed-in browsers.

use super::{moment, written_languages};
use crate::{
    people::accounts::{
        api::{AccountView, ChangePassword, EditAccount, EndOtherSessions, EndSession, ForgetDevice},
        model::{DeviceLine, SessionLine},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select},
        form::{Form, Hidden, Submit, Version},
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let account = service::view(&visit.cx).await?;
    visit.draw(|| show(account))
}

fn show(data: AccountView) -> impl IntoView {
    let several = data.sessions.len() > 1;
    let teaches =
        crate::app::actor().is_some_and(|actor| actor.gives || actor.has(crate::people::model::Role::Trainer));
    view! {
        <PageHead title=tr!(nav.account) lede=tr!(people.account_lede, email = data.email.clone())/>
        <div class="wrap body text">
            <section class="section">
                <h2>{tr!(people.account_details)}</h2>
                {teaches.then(|| view! { <p><a class="next" href="/my/trainer-profile">{tr!(roster.my_profile)}</a></p> })}
                // A changed language is another page altogether.
                <Form
                    function=EditAccount::PATH
                    class="form"
                    labels=vec![
                        ("given_name", tr!(people.given_name)),
                        ("family_name", tr!(people.family_name)),
                        ("language", tr!(people.account_language)),
                    ]
                >
                    <Version value=data.version/>
                    <Input name="given_name" label=tr!(people.given_name) value=data.given_name autocomplete="given-name"/>
                    <Input
                        name="family_name"
                        label=tr!(people.family_name)
                        hint=tr!(people.name_hint)
                        value=data.family_name
                        autocomplete="family-name"
                    />
                    <Select
                        name="language"
                        label=tr!(people.account_language)
                        options=written_languages()
                        value=data.language
                        empty=tr!(people.language_of_browser)
                        class="mid"
                    />
                    <div class="actions"><Submit label=tr!(form.save)/></div>
                </Form>
            </section>
            <section class="section">
                <h2>{tr!(people.change_password)}</h2>
                <Form
                    function=ChangePassword::PATH
                    class="form"
                    labels=vec![
                        ("present_password", tr!(people.present_password)),
                        ("password", tr!(people.new_password)),
                        ("password_again", tr!(people.password_again)),
                    ]
                >
                    <input type="hidden" autocomplete="username" value=data.email/>
                    <Input name="present_password" kind="password" label=tr!(people.present_password) autocomplete="current-password"/>
                    <Input
                        name="password"
                        kind="password"
                        label=tr!(people.new_password)
                        hint=tr!(people.password_hint, min = data.min_length)
                        autocomplete="new-password"
                    />
                    <Input name="password_again" kind="password" label=tr!(people.password_again) autocomplete="new-password"/>
                    <p class="hint">{tr!(people.change_password_hint)}</p>
                    <div class="actions"><Submit label=tr!(people.change_password) class="quiet"/></div>
                </Form>
            </section>
            <section class="section">
                <h2>{tr!(people.sessions)}</h2>
                <p class="muted">{tr!(people.sessions_lede)}</p>
                <ul class="list">{data.sessions.into_iter().map(session).collect_view()}</ul>
                {several.then(|| view! {
                    <Form function=EndOtherSessions::PATH><Submit label=tr!(people.end_other_sessions) class="quiet"/></Form>
                })}
            </section>
            <section class="section">
                <h2>{tr!(safety.devices)}</h2>
                <p class="muted">{tr!(safety.devices_lede)}</p>
                <ul class="list">{data.devices.into_iter().map(device).collect_view()}</ul>
            </section>
        </div>
    }
    .into_any()
}

fn device(line: DeviceLine) -> impl IntoView {
    let browser = if line.browser.is_empty() { tr!(people.unknown_browser) } else { line.browser };
    let shown = browser.clone();
    let id = line.id.to_string();
    let here = line.current.then(|| view! { " "<span class="tag good">{tr!(people.this_browser)}</span> });
    view! {
        <li class="item">
            <div class="grow">
                <h3>{shown}{here}</h3>
                <p class="muted">
                    {tr!(safety.device_facts, last = moment(line.last_seen_at), first = moment(line.created_at), address = line.address)}
                </p>
            </div>
            <div class="end">
                <Form function=ForgetDevice::PATH key=format!("device-{id}")>
                    <Hidden name="id" value=id/>
                    <button class="btn quiet small">{tr!(safety.forget_device)}<span class="vh">" "{browser}</span></button>
                </Form>
            </div>
        </li>
    }
}

fn session(line: SessionLine) -> impl IntoView {
    let browser = if line.browser.is_empty() { tr!(people.unknown_browser) } else { line.browser };
    let shown = browser.clone();
    let end = if line.current {
        view! { <span class="tag good">{tr!(people.this_browser)}</span> }.into_any()
    } else {
        let id = line.id.to_string();
        view! {
            <Form function=EndSession::PATH key=id.clone()>
                <Hidden name="id" value=id/>
                <button class="btn quiet small">{tr!(nav.sign_out)}<span class="vh">" "{browser.clone()}</span></button>
            </Form>
        }
        .into_any()
    };
    view! {
        <li class="item">
            <div class="grow">
                <h3>{shown}</h3>
                <p class="muted">
                    {tr!(people.session_facts, seen = moment(line.last_seen_at), since = moment(line.created_at), address = line.address)}
                </p>
            </div>
            <div class="end">{end}</div>
        </li>
    }
}
