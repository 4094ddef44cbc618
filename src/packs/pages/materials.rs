//! Forms of lessons and materials; a lesson is written beside its preview.

use super::{crumbs, language, param, removal, save_or_leave, show::MaterialView, tags};
use crate::{
    common::forms::FaultKind,
    packs::{
        api::{
            AddLesson, ContentView, EditMaterial, MaterialEdit, NewPart, RemoveMaterial, get_material, get_new_part,
            render_markdown,
        },
        model::{MaterialKind, MaterialLine},
    },
    tr,
    ui::{
        field::{Input, TextArea, Tick},
        form::{Form, FormState, Hidden, Submit, Version},
        layout::PageHead,
        load::load,
        words,
    },
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, server_fn::ServerFn, task::spawn_local};
use std::time::Duration;

/// After so long without a key the preview follows.
const PAUSE: Duration = Duration::from_millis(300);

pub(super) fn labels() -> Vec<(&'static str, String)> {
    vec![
        ("title", tr!(packs.title)),
        ("minutes", tr!(packs.minutes)),
        ("body", tr!(packs.text)),
        ("url", tr!(packs.url)),
        ("trainer_only", tr!(packs.trainers_only)),
    ]
}

/// Title, minutes and for whom: what all materials have.
pub(super) fn common_fields(line: Option<&MaterialLine>, title_optional: bool) -> AnyView {
    let title = line.map(|line| line.title.clone()).unwrap_or_default();
    let minutes = line.map(|line| line.minutes.to_string()).unwrap_or_default();
    view! {
        <Input name="title" label=tr!(packs.title) value=title optional=title_optional/>
        <Input name="minutes" kind="number" class="short" label=tr!(packs.minutes) hint=tr!(packs.study_minutes_hint) value=minutes optional=true/>
        <Tick name="trainer_only" label=tr!(packs.trainers_only_label) value=line.is_some_and(|line| line.trainer_only)/>
    }
    .into_any()
}

/// The HTML of what was typed, where the page came back to show it (without JavaScript). The answer to
/// the form has rendered the text already.
#[cfg(feature = "ssr")]
fn typed_html(text: &str) -> Option<String> {
    let cx = crate::platform::http::ctx().ok()?;
    cx.app.rendered.held(text).map(|look| look.html.clone())
}

/// The browser keeps what the server rendered.
#[cfg(not(feature = "ssr"))]
fn typed_html(_: &str) -> Option<String> {
    None
}

/// The text beside its preview.
#[component]
fn Editor(
    /// The text that is saved.
    text: String,
    /// The same, rendered.
    html: String,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    let first = state.typed("body").and_then(|typed| typed_html(&typed)).unwrap_or(html);
    let html = RwSignal::new(first);
    let wrong = RwSignal::new(None::<FaultKind>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let latest = StoredValue::new(0_u32);
    let on_input = Callback::new(move |text: String| {
        if let Some(timer) = waiting.get_value() {
            timer.clear();
        }
        latest.update_value(|n| *n += 1);
        let mine = latest.get_value();
        let timer = set_timeout_with_handle(
            move || {
                spawn_local(async move {
                    // An answer that was overtaken is not shown.
                    if let Ok(preview) = render_markdown(text).await
                        && latest.try_get_value() == Some(mine)
                    {
                        html.set(preview.html);
                        wrong.set(preview.fault);
                    }
                });
            },
            PAUSE,
        );
        waiting.set_value(timer.ok());
    });
    // What was typed before the page came alive.
    #[cfg(feature = "hydrate")]
    {
        let (id, sent) =
            (state.field_id("body"), state.typed("body").unwrap_or_else(|| text.clone()).replace("\r\n", "\n"));
        Effect::new(move |_| {
            use wasm_bindgen::JsCast;
            let field = document().get_element_by_id(&id);
            let typed = field.and_then(|field| field.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
            if let Some(typed) = typed.map(|field| field.value()).filter(|typed| *typed != sent) {
                on_input.run(typed);
            }
        });
    }
    view! {
        <div class="editor">
            <TextArea name="body" class="md" label=tr!(packs.text) hint=tr!(packs.text_hint) value=text on_input=on_input/>
            <section class="preview" aria-label=tr!(packs.preview) tabindex="0">
                <h2>{tr!(packs.preview)}</h2>
                {move || wrong.get().map(|wrong| view! { <p class="err">{words::fault(&wrong)}</p> })}
                <div class="prose" inner_html=move || html.get()></div>
            </section>
        </div>
    }
}

/// Save, preview (without JavaScript), leave.
fn lesson_actions(label: String, back: String) -> AnyView {
    view! {
        <div class="actions sticky">
            <Submit label=label/>
            <button class="btn quiet nojs" name="preview" value="true">{tr!(packs.show_preview)}</button>
            <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
        </div>
    }
    .into_any()
}

#[component]
pub fn NewLessonPage() -> impl IntoView {
    load(param("module"), |module| get_new_part(module, language()), new_lesson)
}

fn new_lesson(data: NewPart) -> impl IntoView {
    let NewPart { id, head, module, .. } = data;
    let back = format!("/packs/{}#m-{}", head.id, module.id);
    view! {
        <PageHead title=tr!(packs.add_lesson) crumbs=crumbs(&head) tags=tags(&head) lede=module.title.clone()/>
        <div class="wrap body">
            <Form function=AddLesson::PATH class="form wide" labels=labels()>
                <Hidden name="id" value=id.to_string()/>
                <Hidden name="module" value=module.id.to_string()/>
                {common_fields(None, false)}
                <Editor text=String::new() html=String::new()/>
                {lesson_actions(tr!(packs.add_lesson), back)}
            </Form>
        </div>
    }
    .into_any()
}

#[component]
pub fn MaterialPage() -> impl IntoView {
    load(param("material"), |material| get_material(material, language()), material_page)
}

fn material_page(data: MaterialEdit) -> impl IntoView {
    let MaterialEdit { head, module, material, html } = data;
    let back = format!("/packs/{}#m-{}", head.id, module.id);
    let line = material.line.clone();
    let content = ContentView { line: line.clone(), html: html.clone() };
    let body = if head.state.editable() {
        let shown = (line.kind == MaterialKind::File)
            .then(|| view! { <section class="section"><MaterialView content=content/></section> });
        let class = if line.kind == MaterialKind::Lesson { "form wide" } else { "form" };
        let (id, removed) = (line.id.to_string(), line.id.to_string());
        let fields = line.clone();
        // Made inside the form, for a field looks for the form it is in.
        let kind = move || match line.kind {
            MaterialKind::Lesson => view! {
                <Editor text=material.body html=html/>
                {lesson_actions(tr!(form.save), back)}
            }
            .into_any(),
            MaterialKind::Link => view! {
                <Input name="url" kind="url" label=tr!(packs.url) hint=tr!(packs.url_hint) value=line.url/>
                {save_or_leave(tr!(form.save), back)}
            }
            .into_any(),
            MaterialKind::File => save_or_leave(tr!(form.save), back),
        };
        view! {
            <Form function=EditMaterial::PATH class=class labels=labels()>
                <Hidden name="id" value=id/>
                <Version value=material.version/>
                {common_fields(Some(&fields), false)}
                {kind()}
            </Form>
            {shown}
            {removal(RemoveMaterial::PATH, removed, tr!(packs.remove_material), tr!(packs.remove_text))}
        }
        .into_any()
    } else {
        view! {
            <div class="text stack">
                <MaterialView content=content/>
                <p><a class="back" href=back>{tr!(packs.back_to_pack)}</a></p>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead title=line.title.clone() crumbs=crumbs(&head) tags=tags(&head) lede=module.title.clone()/>
        <div class="wrap body">{body}</div>
    }
    .into_any()
}
