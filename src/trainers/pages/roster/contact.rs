//! `/trainers/{id}/contact`: a letter to a trainer through the system.

use crate::{
    app,
    common::ids::PersonId,
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::roster::{api::ContactTrainer, service},
    ui::{
        field::{Input, TextArea},
        form::{Form, Hidden, Submit},
        title::Title,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let whom = service::to_contact(&visit.cx, visit.param("id")).await?;
    visit.draw(|| show(whom))
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
