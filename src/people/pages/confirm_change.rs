//! `/confirm-change/{token}`: the reader of the address on record confirms a change, or says that somebody else
//! asked for it. Opening the page does nothing: programs open links, too.

use super::changes::described;
use crate::{
    people::records::{change_api::AnswerChange, change_model::ChangeLine, settle},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        form::{Form, Hidden, Submit},
        title::Title,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let token = visit.param("token");
    let line = settle::asked_by_link(&visit.cx, token).await?;
    visit.draw(|| show(line, token.to_owned()))
}

fn show(line: Option<ChangeLine>, token: String) -> impl IntoView {
    let Some(line) = line else {
        return view! {
            <Title text=tr!(people.bad_link_title)/>
            <div class="wrap narrow">
                <h1>{tr!(people.bad_link_title)}</h1>
                <p class="lede">{tr!(safety.link_over)}</p>
            </div>
        }
        .into_any();
    };
    let (yes, no) = (token.clone(), token);
    view! {
        <Title text=tr!(safety.link_title)/>
        <div class="wrap narrow">
            <h1>{tr!(safety.link_title)}</h1>
            <p class="lede">{tr!(safety.link_lede, person = line.person.clone())}</p>
            <div class="sheet pad">{described(&line)}</div>
            <Form function=AnswerChange::PATH key="confirm" class="form">
                <Hidden name="token" value=yes/>
                <Hidden name="answer" value="confirm"/>
                <div class="actions"><Submit label=tr!(safety.link_confirm)/></div>
            </Form>
            <Form function=AnswerChange::PATH key="refuse" class="form">
                <Hidden name="token" value=no/>
                <Hidden name="answer" value="refuse"/>
                <div class="actions"><Submit label=tr!(safety.link_refuse) class="quiet"/></div>
            </Form>
        </div>
    }
    .into_any()
}
