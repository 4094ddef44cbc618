//! `/sign-in`.

use crate::{
    people::api::SignIn,
    tr,
    ui::{
        field::Input,
        form::{Form, Hidden, Submit},
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn SignInPage() -> impl IntoView {
    let next = use_query_map().read_untracked().get("next").unwrap_or_else(|| "/".to_owned());
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
