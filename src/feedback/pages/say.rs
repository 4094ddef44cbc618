//! `/deliveries/{id}/feedback`: what trainers and participants say of the materials.

use super::parts::{kind_word, said, state_tag, verdict};
use crate::{
    common::error::Refusal,
    feedback::{
        api::{Item, Part, SayFeedback, SayPage as Data, UnsayFeedback},
        model::{Kind, Voice},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Select, TextArea, Tick},
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::own(&visit.cx, visit.param("id")).await?;
    visit.draw(|| show(data, &visit.query("item"), &visit.query("about")))
}

/// The name of what an item can be about.
fn part_name(part: &Part) -> String {
    match &part.part {
        None => part.module.clone(),
        Some(title) => format!("{} · {title}", part.module),
    }
}

fn show(data: Data, item: &str, about: &str) -> AnyView {
    let page = format!("/deliveries/{}/feedback", data.delivery);
    let edited = data.own.iter().find(|it| it.state.changeable() && it.id.to_string() == item).cloned();
    let meta = data
        .pack
        .clone()
        .map(|(title, version)| view! { <li>{title}</li><li>{tr!(packs.version, version = version)}</li> }.into_any());
    let form = match data.closed {
        None => form(&data, edited, about, &page),
        Some(why) => {
            let text = match (why, data.last_day) {
                (Refusal::TooEarly, Some(day)) => tr!(feedback.from_last_day, date = format::date(day)),
                (Refusal::TooEarly, None) => tr!(feedback.when_over),
                (why, _) => words::refusal(why),
            };
            view! { <div class="notice calm"><p>{text}</p></div> }.into_any()
        }
    };
    view! {
        <PageHead
            title=tr!(feedback.say_title)
            crumbs=vec![(data.title.clone(), format!("/deliveries/{}", data.delivery))]
            lede=tr!(feedback.say_lede)
            meta=meta
        />
        <div class="wrap body stack wide">
            {form}
            {own(&data, &page)}
        </div>
    }
    .into_any()
}

fn form(data: &Data, edited: Option<Item>, about: &str, page: &str) -> AnyView {
    let options: Vec<(String, String)> = data.parts.iter().map(|part| (part.code.clone(), part_name(part))).collect();
    let kinds: Vec<(String, String)> =
        Kind::ALL.iter().map(|kind| (kind.code().to_owned(), kind_word(*kind))).collect();
    let editing = edited.is_some();
    let (id, version) = edited.as_ref().map_or((data.next, 0), |item| (item.id, item.version));
    let (about, kind, text, signed, answer) = match edited {
        Some(it) => (it.about, it.kind.code().to_owned(), it.text, it.signed, it.wants_answer),
        None => (about.to_owned(), String::new(), String::new(), false, true),
    };
    let labels = vec![("about", tr!(feedback.about)), ("kind", tr!(feedback.what_kind)), ("text", tr!(feedback.text))];
    let trainer = data.voice == Voice::Trainer;
    let (delivery, back) = (data.delivery.to_string(), page.to_owned());
    let title = if editing { tr!(feedback.change_title) } else { tr!(feedback.new_title) };
    view! {
        <section class="stack">
            <h2>{title}</h2>
            <Form function=SayFeedback::PATH class="form" labels=labels>
                <Hidden name="id" value=id.to_string()/>
                <Hidden name="delivery" value=delivery/>
                <Hidden name="version" value=version.to_string()/>
                {if options.is_empty() {
                    view! { <p class="hint">{tr!(feedback.no_pack)}</p> }.into_any()
                } else {
                    view! { <Select name="about" label=tr!(feedback.about) options=options value=about empty=tr!(feedback.whole)/> }.into_any()
                }}
                <Select name="kind" label=tr!(feedback.what_kind) options=kinds value=kind empty=tr!(feedback.choose) class="mid"/>
                <TextArea name="text" label=tr!(feedback.text) hint=tr!(feedback.text_hint) value=text/>
                // Inside the form, for a field looks for the form it is in.
                {if trainer {
                    view! { <p class="hint">{tr!(feedback.named)}</p> }.into_any()
                } else {
                    view! {
                        <div class="stack">
                            <Tick name="signed" label=tr!(feedback.sign) value=signed/>
                            <p class="hint">{tr!(feedback.sign_hint)}</p>
                        </div>
                    }
                    .into_any()
                }}
                <Tick name="answer" label=tr!(feedback.tell_me) value=answer/>
                <div class="actions">
                    <Submit label=if editing { tr!(form.save) } else { tr!(feedback.send) }/>
                    {editing.then(|| view! { <a class="btn quiet" href=back>{tr!(form.cancel)}</a> })}
                </div>
            </Form>
        </section>
    }
    .into_any()
}

fn own(data: &Data, page: &str) -> AnyView {
    let body = if data.own.is_empty() {
        view! { <p class="muted">{tr!(feedback.none_of_yours)}</p> }.into_any()
    } else {
        let open = data.closed.is_none();
        let lines = data.own.iter().map(|it| line(data, it, page, open)).collect_view();
        view! { <ul class="list">{lines}</ul> }.into_any()
    };
    view! { <section class="section stack"><h2>{tr!(feedback.yours)}</h2>{body}</section> }.into_any()
}

fn line(data: &Data, it: &Item, page: &str, open: bool) -> AnyView {
    let about = data.parts.iter().find(|part| part.code == it.about).map_or_else(|| tr!(feedback.whole), part_name);
    let changeable = open && it.state.changeable();
    let (delivery, id) = (data.delivery.to_string(), it.id.to_string());
    let name = format!("{}: {about}", kind_word(it.kind));
    let end = changeable.then(|| {
        view! {
            <div class="end actions">
                <a class="btn quiet small" href=format!("{page}?item={id}")>{tr!(feedback.change)}<span class="vh">" "{name.clone()}</span></a>
                <Form function=UnsayFeedback::PATH key=id.clone()>
                    <Hidden name="delivery" value=delivery/>
                    <Hidden name="id" value=id/>
                    <button class="btn quiet small">{tr!(feedback.remove)}<span class="vh">" "{name.clone()}</span></button>
                </Form>
            </div>
        }
    });
    view! {
        <li class="item">
            <div class="grow stack">
                <p class="tags">{state_tag(it.state)}" "<span class="tag">{kind_word(it.kind)}</span></p>
                <h3>{about}</h3>
                {said(it, format!("said-{}", it.id))}
                {it.verdict.as_ref().map(verdict)}
            </div>
            {end}
        </li>
    }
    .into_any()
}
