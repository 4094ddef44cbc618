//! `/forgotten`: asks for a link to set a new password.

use super::language;
use crate::{
    common::forms::Flash,
    people::accounts::{
        api::{AskLink, ForgottenInfo},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::Input,
        form::{Form, Hidden, Submit},
        title::Title,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let info = service::forgotten_info(&visit.cx);
    // Said after a form was sent, and not because an address says so.
    let sent = visit.has_query("sent") && visit.flash() == Some(Flash::MailSent);
    visit.draw(|| show(info, sent))
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
