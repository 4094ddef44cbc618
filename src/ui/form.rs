//! Forms that work with and without JavaScript.
//!
//! Without it the form is posted to the page's own address with the name of the server function
//! (see platform/http/forms.rs); with it the function is called and the page stays. Either way
//! what is wrong stands beside its field and in a summary, and nothing typed is lost.

use crate::{
    app::{PageInfo, PageState, Submitted},
    common::{
        error::AppError,
        forms::{Conflict, FaultKind, UploadForm},
    },
    tr,
    ui::words,
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_location;

/// What a form's fields know of it.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Why it was refused.
    pub error: RwSignal<Option<AppError>>,
    /// Whether it is on its way.
    pub pending: RwSignal<bool>,
    /// Tells apart several forms on one page.
    key: StoredValue<String>,
    /// What was typed, when the page comes back with errors.
    typed: StoredValue<Option<Vec<(String, String)>>>,
}

impl FormState {
    /// The state of a form that is sent otherwise than by [`Form`]: uploads. Its fields find it
    /// as a context.
    pub fn given(error: Option<AppError>, typed: Option<Vec<(String, String)>>) -> Self {
        Self {
            error: RwSignal::new(error),
            pending: RwSignal::new(false),
            typed: StoredValue::new(typed),
            key: StoredValue::new(String::new()),
        }
    }

    /// The id of a field's control: one of a kind even where a page has several forms.
    pub fn field_id(&self, name: &str) -> String {
        self.key.with_value(|key| if key.is_empty() { format!("f-{name}") } else { format!("f-{key}-{name}") })
    }

    /// What was typed into a field before, if the form came back.
    pub fn typed(&self, name: &str) -> Option<String> {
        self.typed.with_value(|typed| {
            typed
                .as_ref()
                .map(|pairs| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default())
        })
    }

    /// Every value typed into fields of one name; none when the form did not come back.
    pub fn all_typed(&self, name: &str) -> Option<Vec<String>> {
        self.typed.with_value(|typed| {
            typed.as_ref().map(|pairs| pairs.iter().filter(|(n, _)| n == name).map(|(_, v)| v.clone()).collect())
        })
    }

    /// What is wrong with a field.
    pub fn fault(&self, name: &str) -> Option<FaultKind> {
        self.error.with(|error| match error {
            Some(AppError::Invalid(faults)) => faults.iter().find(|f| f.field == name).map(|f| f.kind.clone()),
            _ => None,
        })
    }

    /// The version a conflict asks to send next.
    fn newer_version(&self) -> Option<i64> {
        self.error.with(|error| match error {
            Some(AppError::Conflict(conflict)) => Some(conflict.version),
            _ => None,
        })
    }
}

/// What was typed into a form that came back with errors, and the errors.
fn submitted(function: &str, key: &str) -> Option<Submitted> {
    use_context::<PageInfo>().and_then(|info| info.submitted).filter(|submitted| {
        submitted.function == function
            && submitted.values.iter().find(|(n, _)| n == "__form").map_or("", |(_, v)| v.as_str()) == key
    })
}

/// What is wrong with an upload that came back to its form, with what was typed.
pub fn returned(form: UploadForm) -> Option<Submitted> {
    submitted(form.code(), "")
}

/// Whether a form came back with errors: what it is folded into must be open then.
pub fn came_back(function: &str, key: &str) -> bool {
    submitted(function, key).is_some()
}

/// A form that calls a server function: `<Form function=EditInstitution::PATH>`.
///
/// The function returns [`crate::common::forms::Done`]. Fields are the components of
/// [`crate::ui::field`]; labels of the fields in the summary come from their own `label`s.
#[component]
pub fn Form(
    /// `PATH` of the server function.
    function: &'static str,
    /// Tells apart several forms of one function on one page.
    #[prop(optional, into)]
    key: String,
    /// Always send as browsers do, with a new page: for what changes who is signed in.
    #[prop(optional)]
    native: bool,
    /// Class of the form.
    #[prop(optional, into)]
    class: String,
    /// Names and labels of fields, for the summary of errors and for conflicts.
    #[prop(optional)]
    labels: Vec<(&'static str, String)>,
    children: Children,
) -> impl IntoView {
    let submitted = submitted(function, &key);
    let page = expect_context::<PageState>();
    let state = FormState {
        error: RwSignal::new(submitted.as_ref().map(|submitted| submitted.error.clone())),
        pending: RwSignal::new(false),
        key: StoredValue::new(key.clone()),
        typed: StoredValue::new(submitted.map(|submitted| submitted.values)),
    };
    provide_context(state);
    let location = use_location();
    let action = move || {
        let search = location.search.get();
        let path = location.pathname.get();
        if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
    };
    let on_submit = move |event: SubmitEvent| {
        if native {
            return;
        }
        send::intercept(&event, function, state, page);
    };
    let summary = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if state.error.get().is_some()
            && let Some(summary) = summary.get()
        {
            let _ = summary.focus();
        }
    });
    let labels = StoredValue::new(labels);
    view! {
        <form method="post" action=action class=class novalidate on:submit=on_submit aria-busy=move || state.pending.get().then_some("true")>
            <input type="hidden" name="__fn" value=function/>
            {(!key.is_empty()).then(|| view! { <input type="hidden" name="__form" value=key.clone()/> })}
            {move || {
                state.error.get().filter(|error| *error != AppError::Preview).map(|error| view! {
                    <div class="errors" role="alert" tabindex="-1" node_ref=summary>
                        {labels.with_value(|labels| self::summary(&error, labels, state))}
                    </div>
                })
            }}
            {children()}
        </form>
    }
}

fn label_of(labels: &[(&'static str, String)], name: &str) -> String {
    labels.iter().find(|(n, _)| *n == name).map_or_else(|| name.to_owned(), |(_, label)| label.clone())
}

/// What a refused form says above its fields.
pub fn summary(error: &AppError, labels: &[(&'static str, String)], state: FormState) -> AnyView {
    match error {
        AppError::Invalid(faults) => view! {
            <h2>{tr!(form.summary)}</h2>
            <ul>
                {faults
                    .iter()
                    .map(|fault| {
                        let text = words::fault(&fault.kind);
                        if fault.field.is_empty() {
                            view! { <li>{text}</li> }.into_any()
                        } else {
                            let label = label_of(labels, &fault.field);
                            view! { <li><a href=format!("#{}", state.field_id(&fault.field))>{label}": "{text}</a></li> }.into_any()
                        }
                    })
                    .collect_view()}
            </ul>
        }
        .into_any(),
        AppError::Conflict(conflict) => conflict_view(conflict, labels),
        other => view! { <h2>{words::error(other)}</h2> }.into_any(),
    }
}

fn conflict_view(conflict: &Conflict, labels: &[(&'static str, String)]) -> AnyView {
    view! {
        <h2>{tr!(form.conflict_title, by = conflict.by.clone())}</h2>
        <p>{tr!(form.conflict_text)}</p>
        <div class="scroll">
            <table class="conflict">
                <thead><tr><th scope="col">{tr!(form.conflict_field)}</th><th scope="col">{tr!(form.conflict_theirs)}</th></tr></thead>
                <tbody>
                    {conflict
                        .theirs
                        .iter()
                        .map(|(name, theirs)| view! {
                            <tr class="diff"><th scope="row">{label_of(labels, name)}</th><td>{theirs.clone()}</td></tr>
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The version of the record that was read; after a conflict, the one that stands.
#[component]
pub fn Version(value: i64) -> impl IntoView {
    let state = expect_context::<FormState>();
    view! { <input type="hidden" name="version" prop:value=move || state.newer_version().unwrap_or(value).to_string() value=state.newer_version().unwrap_or(value).to_string()/> }
}

/// A hidden field.
#[component]
pub fn Hidden(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// The button that sends the form.
#[component]
pub fn Submit(
    /// What it does.
    #[prop(into)]
    label: String,
    /// Class beside `btn`.
    #[prop(optional, into)]
    class: String,
) -> impl IntoView {
    let state = expect_context::<FormState>();
    view! {
        <button class=format!("btn {class}") aria-busy=move || state.pending.get().then_some("true") disabled=move || state.pending.get()>
            {label}
        </button>
    }
}

#[cfg(not(feature = "hydrate"))]
mod send {
    use super::{FormState, PageState};
    use leptos::ev::SubmitEvent;

    pub fn intercept(_: &SubmitEvent, _: &'static str, _: FormState, _: PageState) {}
}

/// Sending from the browser: the same body as without script, to the function itself.
#[cfg(feature = "hydrate")]
mod send {
    use super::{FormState, PageState};
    use crate::common::{error::AppError, forms::Done};
    use leptos::{ev::SubmitEvent, form::form_data_from_event, prelude::*, task::spawn_local};
    use leptos_router::{NavigateOptions, hooks::use_navigate};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{RequestInit, Response, UrlSearchParams};

    pub fn intercept(event: &SubmitEvent, function: &'static str, state: FormState, page: PageState) {
        let Ok(data) = form_data_from_event(event) else { return };
        event.prevent_default();
        if state.pending.get_untracked() {
            return;
        }
        let body = UrlSearchParams::new_with_str_sequence_sequence(&data)
            .ok()
            .and_then(|params| params.to_string().as_string())
            .unwrap_or_default();
        state.pending.set(true);
        let navigate = use_navigate();
        spawn_local(async move {
            let outcome = call(function, &body).await;
            state.pending.set(false);
            match outcome {
                Ok(done) => {
                    state.error.set(None);
                    let to = done.to.split('#').next().unwrap_or_default();
                    page.flash_travels.set_value(to != here());
                    page.flash.set(done.flash);
                    // Another page reads what it shows anew; this one may be gone from the server.
                    if path_of(to) == path_of(&here()) {
                        page.refresh.update(|n| *n += 1);
                    }
                    navigate(&done.to, NavigateOptions::default());
                }
                Err(AppError::SignInRequired) => {
                    let _ = window().location().set_href(&format!("/sign-in?next={}", crate::app::encode(&here())));
                }
                Err(error) => {
                    page.flash.set(None);
                    state.error.set(None);
                    state.error.set(Some(error));
                }
            }
        });
    }

    fn path_of(address: &str) -> &str {
        address.split_once('?').map_or(address, |(path, _)| path)
    }

    fn here() -> String {
        let location = window().location();
        format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
    }

    async fn call(function: &str, body: &str) -> Result<Done, AppError> {
        let away = |_: JsValue| AppError::Unreachable;
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&JsValue::from_str(body));
        let headers = web_sys::Headers::new().map_err(away)?;
        headers.set("content-type", "application/x-www-form-urlencoded").map_err(away)?;
        headers.set("accept", "application/json").map_err(away)?;
        init.set_headers(&headers);
        let response: Response =
            JsFuture::from(window().fetch_with_str_and_init(function, &init)).await.map_err(away)?.unchecked_into();
        let text = JsFuture::from(response.text().map_err(away)?).await.map_err(away)?.as_string().unwrap_or_default();
        let otherwise = if response.ok() { AppError::Internal } else { AppError::Unavailable };
        serde_json::from_str::<Done>(&text).map_err(|_| serde_json::from_str::<AppError>(&text).unwrap_or(otherwise))
    }
}
