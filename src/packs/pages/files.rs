//! `/packs/modules/{id}/files/new`: uploading by a plain form, or by script with progress.

use super::{crumbs, language, materials::common_fields, param, tags};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::UploadForm,
    },
    packs::api::{NewPart, get_new_part},
    tr,
    ui::{
        form::{Errors, FormState, returned, summary},
        layout::PageHead,
        load::load,
        words,
    },
};
use leptos::{ev, html, prelude::*};

/// What the file dialog offers; the server decides.
const ACCEPT: &str = ".pdf,.pptx,.docx,.xlsx,.png,.jpg,.jpeg,.gif,.webp,.mp3,.ogg,.oga,.opus,.m4a,.wav,.mp4,.m4v,.webm";

/// One file on its way, as the page shows it.
#[derive(Clone, Copy)]
struct Row {
    key: usize,
    name: StoredValue<String>,
    percent: RwSignal<u32>,
    error: RwSignal<Option<AppError>>,
    done: RwSignal<bool>,
}

/// Everything the sending needs.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only the browser sends"))]
struct Uploads {
    rows: RwSignal<Vec<Row>>,
    module: StoredValue<String>,
    max: u64,
}

#[component]
pub fn NewFilePage() -> impl IntoView {
    load(param("module"), |module| get_new_part(module, language()), show)
}

fn show(data: NewPart) -> impl IntoView {
    let NewPart { id, head, module, max_mib } = data;
    let (error, typed) = returned(UploadForm::Material).map(|it| (it.error, it.values)).unzip();
    let state = FormState::given(error, typed);
    provide_context(state);
    let labels = vec![("title", tr!(packs.title)), ("minutes", tr!(packs.minutes)), ("file", tr!(packs.file))];
    let errors = state.error.get_value().map(|error| {
        view! { <Errors>{summary(&error, &labels, state)}</Errors> }
    });
    let uploads = Uploads {
        rows: RwSignal::new(Vec::new()),
        module: StoredValue::new(module.id.to_string()),
        max: max_mib * 1024 * 1024,
    };
    let form = NodeRef::<html::Form>::new();
    let over = RwSignal::new(false);
    let back = format!("/packs/{}#m-{}", head.id, module.id);
    let file_fault = state.fault("file").map(|fault| view! { <p class="err" id="f-file-e">{words::fault(&fault)}</p> });
    view! {
        <PageHead title=tr!(packs.add_file) crumbs=crumbs(&head) tags=tags(&head) lede=module.title.clone()/>
        <div class="wrap body">
            <form
                method="post"
                action="/uploads"
                enctype="multipart/form-data"
                class="form"
                node_ref=form
                on:submit=move |event: ev::SubmitEvent| send::intercept(&event, form, uploads)
            >
                {errors}
                <input type="hidden" name="id" value=id.to_string()/>
                <input type="hidden" name="module" value=module.id.to_string()/>
                {common_fields(None, true)}
                <p class="hint">{tr!(packs.file_title_hint)}</p>
                <div
                    class=move || if over.get() { "dropzone over" } else { "dropzone" }
                    on:dragover=move |event: ev::DragEvent| {
                        event.prevent_default();
                        over.set(true);
                    }
                    on:dragleave=move |_| over.set(false)
                    on:drop=move |event: ev::DragEvent| {
                        event.prevent_default();
                        over.set(false);
                        send::dropped(&event, form, uploads);
                    }
                >
                    <label for="f-file"><b>{tr!(packs.choose_file)}</b><span class="js">" "{tr!(packs.or_drop)}</span></label>
                    <input id="f-file" type="file" name="file" accept=ACCEPT/>
                    {file_fault}
                    <p class="hint">{tr!(packs.file_hint, max = max_mib)}</p>
                </div>
                <ul class="uploads" aria-live="polite">
                    <For each=move || uploads.rows.get() key=|row| row.key let:row>{show_row(row)}</For>
                </ul>
                <div class="actions">
                    <button class="btn">{tr!(packs.upload)}</button>
                    <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                </div>
            </form>
        </div>
    }
    .into_any()
}

fn show_row(row: Row) -> impl IntoView {
    let name = row.name.get_value();
    let class = move || {
        if row.error.with(Option::is_some) {
            "bad"
        } else if row.done.get() {
            "good"
        } else {
            ""
        }
    };
    view! {
        <li class=class>
            <b>{name.clone()}</b>
            <progress class="meter" value=move || row.percent.get().to_string() max="100" aria-label=name></progress>
            <span class="num">{move || format!("{}\u{a0}%", row.percent.get())}</span>
            {move || row.error.get().map(|error| view! { <p class="err">{reason(&error)}</p> })}
        </li>
    }
}

fn reason(error: &AppError) -> String {
    match error {
        AppError::Invalid(faults) => faults.first().map(|fault| words::fault(&fault.kind)).unwrap_or_default(),
        other => words::error(other),
    }
}

/// Refused before anything is sent.
fn too_large(size: f64, max: u64) -> Option<AppError> {
    (size > max as f64).then(|| Refusal::FileTooLarge.into())
}

#[cfg(not(feature = "hydrate"))]
mod send {
    use super::{NodeRef, Uploads, ev, html};

    pub fn intercept(_: &ev::SubmitEvent, _: NodeRef<html::Form>, _: Uploads) {
        let _ = super::too_large;
    }
    pub fn dropped(_: &ev::DragEvent, _: NodeRef<html::Form>, _: Uploads) {}
}

/// Sending from the browser, one file after another, each with its progress.
#[cfg(feature = "hydrate")]
mod send {
    use super::{NodeRef, Row, Uploads, ev, html, too_large};
    use crate::common::{error::AppError, forms::Done};
    use leptos::{prelude::*, task::spawn_local};
    use wasm_bindgen::{JsCast, JsValue, closure::Closure};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{EventTarget, File, FileList, FormData, HtmlInputElement, ProgressEvent, XmlHttpRequest};

    pub fn intercept(event: &ev::SubmitEvent, form: NodeRef<html::Form>, uploads: Uploads) {
        let Some(element) = form.get_untracked() else { return };
        let files = element
            .query_selector("input[type=file]")
            .ok()
            .flatten()
            .and_then(|input| input.dyn_into::<HtmlInputElement>().ok())
            .and_then(|input| input.files())
            .map(list)
            .unwrap_or_default();
        // With nothing chosen the server says so, as without script.
        if files.is_empty() {
            return;
        }
        event.prevent_default();
        start(files, form, uploads);
    }

    pub fn dropped(event: &ev::DragEvent, form: NodeRef<html::Form>, uploads: Uploads) {
        let files = event.data_transfer().and_then(|data| data.files()).map(list).unwrap_or_default();
        if !files.is_empty() {
            start(files, form, uploads);
        }
    }

    fn list(files: FileList) -> Vec<File> {
        (0..files.length()).filter_map(|at| files.get(at)).collect()
    }

    fn start(files: Vec<File>, form: NodeRef<html::Form>, uploads: Uploads) {
        let Some(element) = form.get_untracked() else { return };
        let Ok(fields) = FormData::new_with_form(&element) else { return };
        let field = |name: &str| fields.get(name).as_string().unwrap_or_default();
        let single = files.len() == 1;
        let typed = [
            // A title is one file's; several go by their names, and the form's id is for one.
            ("id", if single { field("id") } else { String::new() }),
            ("module", uploads.module.get_value()),
            ("title", if single { field("title") } else { String::new() }),
            ("minutes", field("minutes")),
            ("trainer_only", field("trainer_only")),
        ];
        let begun = uploads.rows.with_untracked(Vec::len);
        let rows: Vec<(Row, File)> = files
            .into_iter()
            .enumerate()
            .map(|(at, file)| {
                let row = Row {
                    key: begun + at,
                    name: StoredValue::new(file.name()),
                    percent: RwSignal::new(0),
                    error: RwSignal::new(None),
                    done: RwSignal::new(false),
                };
                (row, file)
            })
            .collect();
        uploads.rows.update(|all| all.extend(rows.iter().map(|(row, _)| *row)));
        spawn_local(async move {
            let (mut last, mut whole) = (None, true);
            for (row, file) in rows {
                let outcome = match too_large(file.size(), uploads.max) {
                    Some(error) => Err(error),
                    None => send(&typed, &file, row).await,
                };
                match outcome {
                    Ok(done) => {
                        row.percent.set(100);
                        row.done.set(true);
                        last = Some(done);
                    }
                    Err(error) => {
                        row.error.set(Some(error));
                        whole = false;
                    }
                }
            }
            if let (Some(done), true) = (last, whole) {
                let _ = window().location().set_href(&done.to);
            }
        });
    }

    async fn send(typed: &[(&str, String)], file: &File, row: Row) -> Result<Done, AppError> {
        let away = |_: JsValue| AppError::Unreachable;
        let data = FormData::new().map_err(away)?;
        for (name, value) in typed {
            data.append_with_str(name, value).map_err(away)?;
        }
        data.append_with_blob_and_filename("file", file, &file.name()).map_err(away)?;
        let request = XmlHttpRequest::new().map_err(away)?;
        request.open_with_async("POST", "/uploads", true).map_err(away)?;
        request.set_request_header("accept", "application/json").map_err(away)?;
        let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            if event.length_computable() && event.total() > 0.0 {
                row.percent.set((event.loaded() / event.total() * 100.0) as u32);
            }
        });
        let upload: EventTarget = request.upload().map_err(away)?.unchecked_into();
        upload.add_event_listener_with_callback("progress", progress.as_ref().unchecked_ref()).map_err(away)?;
        let ended = js_sys::Promise::new(&mut |resolve, _| {
            let target: &EventTarget = request.unchecked_ref();
            let _ = target.add_event_listener_with_callback("loadend", &resolve);
        });
        request.send_with_opt_form_data(Some(&data)).map_err(away)?;
        JsFuture::from(ended).await.map_err(away)?;
        drop(progress);
        let text = request.response_text().ok().flatten().unwrap_or_default();
        let status = request.status().unwrap_or_default();
        if status == 0 {
            // The line broke: there is no answer.
            Err(AppError::Unreachable)
        } else if (200..300).contains(&status) {
            serde_json::from_str(&text).map_err(|_| AppError::Internal)
        } else {
            Err(serde_json::from_str(&text).unwrap_or(AppError::Unavailable))
        }
    }
}
