//! `/trainers/{id}/contact`: a letter to a trainer through the system.

use crate::{
    app,
    common::ids::PersonId,
    tr,
    trainers::roster::api::{ContactTrainer, get_trainer_to_contact},
    ui::{
        field::{Input, TextArea},
        form::{Form, Hidden, Submit},
        load::load,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn ContactPage() -> impl IntoView {
    let params = use_params_map();
    load(move || params.read().get("id").unwrap_or_default(), get_trainer_to_contact, show)
}

fn show((id, name): (PersonId, String)) -> impl IntoView {
    let back = format!("/trainers/{id}");
    let title = tr!(roster.write_to, name = name.clone());
    let email = app::actor().map(|actor| actor.email).unwrap_or_default();
    let labels = vec![("subject", tr!(roster.subject)), ("message", tr!(roster.message))];
    view! {
        <Title text=title.clone()/>
        <div class="wrap narrow stack">
            <p><a class="back" href=back.clone()>{name}</a></p>
            <h1>{title}</h1>
            <p>{tr!(roster.write_text, email = email)}</p>
            <Form function=ContactTrainer::PATH class="form" labels=labels>
                <Hidden name="trainer" value=id.to_string()/>
                <Input name="subject" label=tr!(roster.subject)/>
                <TextArea name="message" label=tr!(roster.message) class="tall"/>
                <div class="actions">
                    <Submit label=tr!(roster.send)/>
                    <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                </div>
            </Form>
        </div>
    }
    .into_any()
}
