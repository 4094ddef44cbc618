//! Pages: a trainer's packs, the pack editor, the preview, and how materials are shown.

#[cfg(feature = "ssr")]
mod edit;
mod editor;
mod files;
#[cfg(feature = "ssr")]
mod link;
mod materials;
#[cfg(feature = "ssr")]
mod parts;
#[cfg(feature = "ssr")]
mod preview;
pub mod show;
#[cfg(feature = "ssr")]
mod teach;

pub use show::MaterialView;

use super::model::{PackHead, PackState};
use crate::{
    lazy, tr,
    ui::{
        form::{Form, Hidden, Submit},
        format, words,
    },
};
#[cfg(feature = "ssr")]
use crate::{
    people::{asks::Asks, rights::Right},
    platform::http::page::{Page, page},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    hooks::use_params_map,
    path,
};

/// The pages of this capability that the server draws.
#[cfg(feature = "ssr")]
pub fn pages() -> Vec<Page> {
    const WRITES: Asks = Asks::For(Right::WritePack);
    vec![
        page("/teach", Asks::Somewhere(Right::WritePack), teach::page),
        page("/teach/new", Asks::Somewhere(Right::WritePack), teach::new_page),
        page("/packs/modules/{module}", WRITES, parts::module_page),
        page("/packs/modules/{module}/sessions/new", WRITES, parts::new_session_page),
        page("/packs/modules/{module}/links/new", WRITES, link::page),
        page("/packs/sessions/{session}", WRITES, parts::session_page),
        page("/packs/{pack}/edit", WRITES, edit::edit_page),
        page("/packs/{pack}/release", WRITES, edit::release_page),
        page("/packs/{pack}/modules/new", WRITES, parts::new_module_page),
        page("/packs/{pack}/preview", WRITES, preview::page),
        page("/packs/{pack}/preview/{material}", WRITES, preview::page),
    ]
}

/// When a pack was changed last, and by whom, where the record says so.
fn changed(at: DateTime<Utc>, by: &str) -> String {
    let day = format::date(at.date_naive());
    if by.is_empty() { tr!(packs.changed_on, day = day) } else { tr!(packs.changed, day = day, by = by.to_owned()) }
}

/// The class of a state's tag.
fn state_tag(state: PackState) -> &'static str {
    match state {
        PackState::Draft => "tag plain",
        PackState::Piloted | PackState::Feedback => "tag calm",
        PackState::Released => "tag good",
        PackState::Superseded => "tag",
    }
}

/// The way to a page inside a pack.
fn crumbs(head: &PackHead) -> Vec<(String, String)> {
    vec![(tr!(packs.teach), "/teach".to_owned()), (head.title.clone(), format!("/packs/{}", head.id))]
}

/// Version, language and state of a pack.
fn tags(head: &PackHead) -> AnyView {
    view! {
        <span class=state_tag(head.state)>{words::pack_state(head.state)}</span>
        <span class="tag">{tr!(packs.version, version = format!("{}.{}", head.major, head.minor))}</span>
        <span class="tag">{words::language(&head.language)}</span>
    }
    .into_any()
}

/// One objective a line, as a list.
fn objectives(text: &str) -> Option<AnyView> {
    let lines: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    (!lines.is_empty()).then(|| {
        view! { <div class="prose small"><ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul></div> }
            .into_any()
    })
}

fn language() -> String {
    crate::i18n::code(crate::i18n::locale()).to_owned()
}

fn param(name: &'static str) -> impl Fn() -> String + Send + Sync + 'static {
    let params = use_params_map();
    move || params.read().get(name).unwrap_or_default()
}

/// The end of a form: save, or leave.
fn save_or_leave(label: String, back: String) -> AnyView {
    view! {
        <div class="actions">
            <Submit label=label/>
            <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
        </div>
    }
    .into_any()
}

/// A part that can be removed, behind one more click.
fn removal(function: &'static str, id: String, label: String, text: String) -> AnyView {
    view! {
        <section class="section">
            <details class="more">
                <summary>{label.clone()}</summary>
                <Form function=function class="form" key="remove">
                    <Hidden name="id" value=id/>
                    <p>{text}</p>
                    <div class="actions"><Submit label=label class="danger"/></div>
                </Form>
            </details>
        </section>
    }
    .into_any()
}

/// The routes of the pages that go on living in the browser.
#[component(transparent)]
pub fn PackLive() -> AnyNestedRoute {
    view! {
        <Route path=path!("/packs/modules/:module/lessons/new") view=lazy!(teach: materials::NewLessonPage)/>
        <Route path=path!("/packs/modules/:module/files/new") view=lazy!(teach: files::NewFilePage)/>
        <Route path=path!("/packs/materials/:material") view=lazy!(teach: materials::MaterialPage)/>
        <Route path=path!("/packs/:pack") view=lazy!(teach: editor::PackPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}
