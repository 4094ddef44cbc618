//! Forms, posted as browsers post them: to the page's own address, with the name of the server function (see
//! platform/http/forms.rs). What is wrong stands beside its field and in a summary, and nothing typed is lost.

use crate::{
    app::{self, Submitted},
    common::{
        error::AppError,
        forms::{Conflict, FaultKind, UploadForm},
    },
    tr,
    ui::words,
};
use leptos::prelude::*;

/// What a form's fields know of it.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Why it was refused.
    pub error: StoredValue<Option<AppError>>,
    /// Tells apart several forms on one page.
    key: StoredValue<String>,
    /// What was typed, when the page comes back with errors.
    typed: StoredValue<Option<Vec<(String, String)>>>,
}

impl FormState {
    /// The state of a form that is sent otherwise than by [`Form`]: uploads. Its fields find it
    /// as a context.
    pub fn given(error: Option<AppError>, typed: Option<Vec<(String, String)>>) -> Self {
        Self { error: StoredValue::new(error), typed: StoredValue::new(typed), key: StoredValue::new(String::new()) }
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
        self.error.with_value(|error| match error {
            Some(AppError::Invalid(faults)) => faults.iter().find(|f| f.field == name).map(|f| f.kind.clone()),
            _ => None,
        })
    }

    /// The version a conflict asks to send next.
    fn newer_version(&self) -> Option<i64> {
        self.error.with_value(|error| match error {
            Some(AppError::Conflict(conflict)) => Some(conflict.version),
            _ => None,
        })
    }
}

/// What was typed into a form that came back with errors, and the errors.
fn submitted(function: &str, key: &str) -> Option<Submitted> {
    app::info().submitted.clone().filter(|submitted| {
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
    /// Class of the form.
    #[prop(optional, into)]
    class: String,
    /// Names and labels of fields, for the summary of errors and for conflicts.
    #[prop(optional)]
    labels: Vec<(&'static str, String)>,
    children: Children,
) -> impl IntoView {
    let submitted = submitted(function, &key);
    let state = FormState {
        error: StoredValue::new(submitted.as_ref().map(|submitted| submitted.error.clone())),
        key: StoredValue::new(key.clone()),
        typed: StoredValue::new(submitted.map(|submitted| submitted.values)),
    };
    provide_context(state);
    // The fields first: those of the register put what the others marked into words.
    let children = children();
    let errors = state.error.get_value().filter(|error| *error != AppError::Preview);
    let errors = errors.map(|error| view! { <Errors>{summary(&error, &labels, state)}</Errors> });
    view! {
        <form method="post" action=app::here() class=class novalidate>
            <input type="hidden" name="__fn" value=function/>
            {(!key.is_empty()).then(|| view! { <input type="hidden" name="__form" value=key/> })}
            {errors}
            {children}
        </form>
    }
}

/// What is wrong with a form that came back, above its fields and in focus.
#[component]
pub fn Errors(children: Children) -> impl IntoView {
    view! { <div class="errors" role="alert" tabindex="-1" autofocus=true>{children()}</div> }
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
    view! { <input type="hidden" name="version" value=state.newer_version().unwrap_or(value).to_string()/> }
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
    view! { <button class=format!("btn {class}")>{label}</button> }
}
