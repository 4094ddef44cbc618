//! `/sign-in`.

use crate::{
    people::api::SignIn,
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
    let next = visit.query("next");
    visit.draw(|| show(if next.is_empty() { "/".to_owned() } else { next }))
}

fn show(next: String) -> impl IntoView {
    view! {
        <Title text=tr!(people.sign_in_title)/>
        <div class="wrap narrow">
            <h1>{tr!(people.sign_in_title)}</h1>
            <p class="lede">{tr!(people.sign_in_lede)}</p>
            <Form
                function=SignIn::PATH
                class="form"
                labels=vec![("email", tr!(people.email)), ("password", tr!(people.password))]
            >
                <Hidden name="next" value=next/>
                <Input name="email" kind="email" label=tr!(people.email) autocomplete="username"/>
                <Input name="password" kind="password" label=tr!(people.password) autocomplete="current-password"/>
                <div class="actions">
                    <Submit label=tr!(people.sign_in) class="wide"/>
                </div>
                <p><a href="/forgotten">{tr!(people.forgotten)}</a></p>
            </Form>
        </div>
    }
}
