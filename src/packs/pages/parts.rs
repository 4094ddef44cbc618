//! Forms of modules and session plans.

use super::{crumbs, objectives, removal, save_or_leave, tags};
use crate::{
    packs::{
        api::{
            AddModule, AddSession, AuthorView, EditModule, EditSession, ModuleEdit, NewPart, RemoveModule,
            RemoveSession, SessionEdit,
        },
        model::{Method, SessionPlan},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, TextArea},
        form::{Form, Hidden, Version},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

fn module_labels() -> Vec<(&'static str, String)> {
    vec![("title", tr!(packs.title)), ("summary", tr!(packs.summary)), ("objectives", tr!(packs.objectives))]
}

fn module_fields(title: String, summary: String, objectives: String) -> AnyView {
    view! {
        <Input name="title" label=tr!(packs.title) value=title/>
        <TextArea name="summary" label=tr!(packs.summary) value=summary optional=true/>
        <TextArea name="objectives" label=tr!(packs.objectives) hint=tr!(packs.objectives_hint) value=objectives optional=true/>
    }
    .into_any()
}

pub async fn new_module_page(visit: Visit) -> Drawn {
    let data = service::for_edit(&visit.cx, visit.param("pack"), visit.language()).await?;
    visit.draw(|| new_module(data))
}

fn new_module(data: AuthorView) -> impl IntoView {
    let AuthorView { head, id } = data;
    view! {
        <PageHead title=tr!(packs.add_module) crumbs=crumbs(&head) tags=tags(&head)/>
        <div class="wrap body">
            <Form function=AddModule::PATH class="form" labels=module_labels()>
                <Hidden name="id" value=id.to_string()/>
                <Hidden name="pack" value=head.id.to_string()/>
                {module_fields(String::new(), String::new(), String::new())}
                {save_or_leave(tr!(packs.add_module), format!("/packs/{}", head.id))}
            </Form>
        </div>
    }
    .into_any()
}

pub async fn module_page(visit: Visit) -> Drawn {
    let data = service::module(&visit.cx, visit.param("module"), visit.language()).await?;
    visit.draw(|| edit_module(data))
}

fn edit_module(data: ModuleEdit) -> impl IntoView {
    let ModuleEdit { head, module, empty } = data;
    let removal = if empty {
        removal(RemoveModule::PATH, module.id.to_string(), tr!(packs.remove_module), tr!(packs.remove_text))
    } else {
        view! { <p class="muted">{tr!(packs.remove_module_first)}</p> }.into_any()
    };
    view! {
        <PageHead title=module.title.clone() crumbs=crumbs(&head) tags=tags(&head)/>
        <div class="wrap body">
            <Form function=EditModule::PATH class="form" labels=module_labels()>
                <Hidden name="id" value=module.id.to_string()/>
                <Version value=module.version/>
                {module_fields(module.title.clone(), module.summary.clone(), module.objectives.clone())}
                {save_or_leave(tr!(form.save), format!("/packs/{}#m-{}", head.id, module.id))}
            </Form>
            {removal}
        </div>
    }
    .into_any()
}

fn session_labels() -> Vec<(&'static str, String)> {
    vec![
        ("title", tr!(packs.title)),
        ("minutes", tr!(packs.minutes)),
        ("method", tr!(packs.method)),
        ("objectives", tr!(packs.objectives)),
        ("notes", tr!(packs.notes)),
    ]
}

fn session_fields(session: Option<&SessionPlan>) -> AnyView {
    let text = |field: fn(&SessionPlan) -> &String| session.map(|session| field(session).clone()).unwrap_or_default();
    view! {
        <Input name="title" label=tr!(packs.title) value=text(|s| &s.title)/>
        <div class="row">
            <Input
                name="minutes"
                kind="number"
                class="short"
                label=tr!(packs.minutes)
                value=session.map_or_else(|| "45".to_owned(), |session| session.minutes.to_string())
            />
            <Select
                name="method"
                class="mid"
                label=tr!(packs.method)
                options=Method::ALL.iter().map(|method| (method.code().to_owned(), words::method(*method))).collect()
                value=session.map_or(Method::Lecture, |session| session.method).code()
            />
        </div>
        <TextArea name="objectives" label=tr!(packs.objectives) hint=tr!(packs.objectives_hint) value=text(|s| &s.objectives) optional=true/>
        <TextArea name="notes" class="tall" label=tr!(packs.notes) hint=tr!(packs.notes_hint) value=text(|s| &s.notes) optional=true/>
    }
    .into_any()
}

pub async fn new_session_page(visit: Visit) -> Drawn {
    let data = service::new_part(&visit.cx, visit.param("module"), visit.language()).await?;
    visit.draw(|| new_session(data))
}

fn new_session(data: NewPart) -> impl IntoView {
    let NewPart { id, head, module, .. } = data;
    view! {
        <PageHead title=tr!(packs.add_session) crumbs=crumbs(&head) tags=tags(&head) lede=module.title.clone()/>
        <div class="wrap body">
            <Form function=AddSession::PATH class="form" labels=session_labels()>
                <Hidden name="id" value=id.to_string()/>
                <Hidden name="module" value=module.id.to_string()/>
                {session_fields(None)}
                {save_or_leave(tr!(packs.add_session), format!("/packs/{}#m-{}", head.id, module.id))}
            </Form>
        </div>
    }
    .into_any()
}

pub async fn session_page(visit: Visit) -> Drawn {
    let data = service::session(&visit.cx, visit.param("session"), visit.language()).await?;
    visit.draw(|| show_session(data))
}

fn show_session(data: SessionEdit) -> impl IntoView {
    let SessionEdit { head, module, session, notes_html } = data;
    let back = format!("/packs/{}#m-{}", head.id, module.id);
    let body = if head.state.editable() {
        let (id, fields) = (session.id.to_string(), session.clone());
        view! {
            <Form function=EditSession::PATH class="form" labels=session_labels()>
                <Hidden name="id" value=fields.id.to_string()/>
                <Version value=fields.version/>
                {session_fields(Some(&fields))}
                {save_or_leave(tr!(form.save), back)}
            </Form>
            {removal(RemoveSession::PATH, id, tr!(packs.remove_session), tr!(packs.remove_text))}
        }
        .into_any()
    } else {
        let notes = (!session.notes.is_empty()).then(|| {
            view! {
                <aside class="trainer-note" aria-label=tr!(packs.notes)>
                    <h2>{tr!(packs.notes)}</h2>
                    <div class="prose" inner_html=notes_html></div>
                </aside>
            }
        });
        view! {
            <div class="text stack">
                <p>{words::method(session.method)}" · "{format::minutes(session.minutes)}</p>
                {objectives(&session.objectives)}
                {notes}
                <p><a class="back" href=back>{tr!(packs.back_to_pack)}</a></p>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead title=session.title.clone() crumbs=crumbs(&head) tags=tags(&head) lede=module.title.clone()/>
        <div class="wrap body">{body}</div>
    }
    .into_any()
}
