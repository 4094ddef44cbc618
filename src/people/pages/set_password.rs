//! `/set-password/{token}`: takes up an invitation or a link for a forgotten password.

use crate::{
    people::accounts::{
        api::{PasswordLink, SetPassword},
        model::Purpose,
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
    let token = visit.param("token");
    let link = service::password_link(&visit.cx, token).await?;
    visit.draw(|| show(link, token.to_owned()))
}

fn show(link: PasswordLink, token: String) -> impl IntoView {
    if link.unconfirmed {
        return view! {
            <Title text=tr!(people.unconfirmed_title)/>
            <div class="wrap narrow">
                <h1>{tr!(people.unconfirmed_title)}</h1>
                <p class="lede">{tr!(people.unconfirmed_text)}</p>
            </div>
        }
        .into_any();
    }
    let Some(purpose) = link.purpose else {
        return view! {
            <Title text=tr!(people.bad_link_title)/>
            <div class="wrap narrow">
                <h1>{tr!(people.bad_link_title)}</h1>
                <p class="lede">{tr!(people.bad_link_text)}</p>
                <p><a class="btn" href="/forgotten">{tr!(people.forgotten_send)}</a></p>
            </div>
        }
        .into_any();
    };
    let (title, lede) = match purpose {
        Purpose::Invitation => (tr!(people.welcome_title), tr!(people.welcome_lede)),
        Purpose::Reset => (tr!(people.reset_title), tr!(people.reset_lede)),
    };
    view! {
        <Title text=title.clone()/>
        <div class="wrap narrow">
            <h1>{title}</h1>
            <p class="lede">{lede}</p>
            <Form
                function=SetPassword::PATH
                class="form"
                labels=vec![("password", tr!(people.new_password)), ("password_again", tr!(people.password_again))]
            >
                <Hidden name="token" value=token/>
                <div class="fld">
                    <label for="f-username">{tr!(people.email)}</label>
                    <input id="f-username" type="email" autocomplete="username" readonly value=link.email/>
                </div>
                <Input
                    name="password"
                    kind="password"
                    label=tr!(people.new_password)
                    hint=tr!(people.password_hint, min = link.min_length)
                    autocomplete="new-password"
                />
                <Input name="password_again" kind="password" label=tr!(people.password_again) autocomplete="new-password"/>
                <div class="actions"><Submit label=tr!(people.set_password) class="wide"/></div>
            </Form>
        </div>
    }
    .into_any()
}
