//! `/forgotten`: asks for a link to set a new password.

use super::language;
use crate::{
    app::PageState,
    common::forms::Flash,
    people::accounts::api::{AskLink, ForgottenInfo, get_forgotten_info},
    tr,
    ui::{
        field::Input,
        form::{Form, Hidden, Submit},
        load::load,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn ForgottenPage() -> impl IntoView {
    let query = use_query_map();
    // Said after a form was sent, and not because an address says so.
    let state = expect_context::<PageState>();
    let told = move || state.flash.get_untracked() == Some(Flash::MailSent);
    let sent = Memo::new(move |_| query.read().get("sent").is_some() && told());
    load(move || sent.get(), move |_| get_forgotten_info(), move |info| show(info, sent.get_untracked()))
}

fn show(info: ForgottenInfo, sent: bool) -> impl IntoView {
    let folder =
        info.mail_to_folder.then(|| view! { <div class="notice calm"><p>{tr!(people.mail_to_folder)}</p></div> });
    let body = if sent {
        view! {
            <p class="lede">{tr!(people.forgotten_sent)}</p>
            {folder}
            <p>{tr!(people.forgotten_wait)}</p>
            <p><a class="back" href="/sign-in">{tr!(people.sign_in)}</a></p>
        }
        .into_any()
    } else {
        view! {
            <p class="lede">{tr!(people.forgotten_lede)}</p>
            {folder}
            <Form function=AskLink::PATH class="form" labels=vec![("email", tr!(people.email))]>
                <Hidden name="language" value=language()/>
                <Input name="email" kind="email" label=tr!(people.email) autocomplete="username"/>
                <div class="actions"><Submit label=tr!(people.forgotten_send) class="wide"/></div>
                <p><a class="back" href="/sign-in">{tr!(people.sign_in)}</a></p>
            </Form>
        }
        .into_any()
    };
    view! {
        <Title text=tr!(people.forgotten)/>
        <div class="wrap narrow"><h1>{tr!(people.forgotten)}</h1>{body}</div>
    }
}
