//! Forms of a licence's page: deciding, naming the mentor, the mentor's word, taking up a version.

use crate::{
    tr,
    trainers::{
        api::{DecideLicence, LicenceView, SetMentor, SignOff, TakeUp, ToTakeUp},
        model::Act,
    },
    ui::{
        field::{Select, TextArea, Tick},
        form::{Form, Hidden, Submit, Version, came_back},
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// What can be decided, with a reason.
pub fn decision(data: &LicenceView) -> AnyView {
    let acts = Act::possible(data.state).iter().map(|act| (act.code().to_owned(), words::licence_act(*act))).collect();
    let (id, version) = (data.id.to_string(), data.version);
    view! {
        <details class="more" open=came_back(DecideLicence::PATH, "")>
            <summary>{tr!(licences.decide_title)}</summary>
            <Form
                function=DecideLicence::PATH
                class="form"
                labels=vec![("act", tr!(licences.decision)), ("reason", tr!(licences.reason))]
            >
                <Hidden name="licence" value=id/>
                <Version value=version/>
                <Select name="act" label=tr!(licences.decision) options=acts class="mid"/>
                <TextArea name="reason" label=tr!(licences.reason) hint=tr!(licences.reason_hint)/>
                <div class="actions"><Submit label=tr!(licences.decide) class="quiet"/></div>
            </Form>
        </details>
    }
    .into_any()
}

/// Who is the mentor.
pub fn mentor(data: &LicenceView) -> AnyView {
    let options: Vec<(String, String)> =
        data.mentors.iter().map(|(person, name)| (person.to_string(), name.clone())).collect();
    let value = data.mentor_id.map(|person| person.to_string()).unwrap_or_default();
    let id = data.id.to_string();
    view! {
        <details class="more" open=came_back(SetMentor::PATH, "")>
            <summary>{tr!(licences.mentor_title)}</summary>
            <Form function=SetMentor::PATH class="form" labels=vec![("person", tr!(licences.mentor))]>
                <Hidden name="licence" value=id/>
                <Select
                    name="person"
                    label=tr!(licences.mentor)
                    hint=tr!(licences.mentor_hint)
                    options=options
                    value=value
                    empty=tr!(licences.none)
                    class="mid"
                />
                <div class="actions"><Submit label=tr!(form.save) class="quiet"/></div>
            </Form>
        </details>
    }
    .into_any()
}

/// The mentor's word on a supervised delivery.
pub fn sign_off(data: &LicenceView) -> AnyView {
    let deliveries: Vec<(String, String)> =
        data.to_sign.iter().map(|(delivery, title)| (delivery.to_string(), title.clone())).collect();
    let outcomes =
        vec![("passed".to_owned(), tr!(licences.sign_off.passed)), ("again".to_owned(), tr!(licences.sign_off.again))];
    let id = data.id.to_string();
    view! {
        <section class="section stack" id="sign-off">
            <h2>{tr!(licences.sign_off.title)}</h2>
            <p>{tr!(licences.sign_off.text, name = data.name.clone())}</p>
            <Form
                function=SignOff::PATH
                class="form"
                labels=vec![
                    ("delivery", tr!(licences.sign_off.delivery)),
                    ("outcome", tr!(licences.sign_off.outcome)),
                    ("note", tr!(licences.sign_off.note)),
                ]
            >
                <Hidden name="licence" value=id/>
                <Select name="delivery" label=tr!(licences.sign_off.delivery) options=deliveries/>
                <Select name="outcome" label=tr!(licences.sign_off.outcome) options=outcomes empty=tr!(licences.choose) class="mid"/>
                <TextArea name="note" label=tr!(licences.sign_off.note) hint=tr!(licences.sign_off.note_hint)/>
                <div class="actions"><Submit label=tr!(licences.sign_off.send)/></div>
            </Form>
        </section>
    }
    .into_any()
}

/// What is new in a version, and the holder's word to have studied it.
pub fn take_up(data: &LicenceView, waits: &ToTakeUp) -> AnyView {
    let (id, version) = (data.id.to_string(), waits.major);
    let studied = tr!(licences.take_up.studied, version = version);
    let notes = match waits.notes.clone() {
        Some((language, text)) => {
            let lang = crate::catalogue::pages::parts::other_language(&language);
            view! {
                <div class="sheet pad stack" lang=lang>
                    {text.lines().filter(|line| !line.trim().is_empty()).map(|line| view! { <p>{line.to_owned()}</p> }).collect_view()}
                </div>
            }
            .into_any()
        }
        None => view! { <p class="muted">{tr!(licences.take_up.no_notes)}</p> }.into_any(),
    };
    view! {
        <section class="section stack" id="take-up">
            <h2>{tr!(licences.take_up.title, version = version)}</h2>
            {notes}
            <p>{tr!(licences.take_up.text)}</p>
            <Form function=TakeUp::PATH class="form" labels=vec![("studied", studied.clone())]>
                <Hidden name="licence" value=id/>
                <Hidden name="major" value=version.to_string()/>
                <Tick name="studied" label=studied/>
                <div class="actions"><Submit label=tr!(licences.take_up.send)/></div>
            </Form>
        </section>
    }
    .into_any()
}
