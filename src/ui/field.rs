//! Fields of forms, each with label, hint, fault and what was typed before.

use crate::{
    common::escape,
    tr,
    ui::{form::FormState, words},
};
use leptos::prelude::*;

fn state() -> FormState {
    expect_context::<FormState>()
}

/// The frame around a control: label, hint and fault. Private: fields are made of it.
fn frame(name: &'static str, label: String, hint: Option<String>, optional: bool, control: AnyView) -> AnyView {
    let state = state();
    let id = state.field_id(name);
    let fault = fault(name);
    let class = if fault.is_some() { "fld bad" } else { "fld" };
    let hint = hint.map(|hint| view! { <p class="hint" id=format!("{id}-h")>{hint}</p> });
    view! {
        <div class=class>
            <label for=id.clone()>
                {label}
                {optional.then(|| view! { " "<span class="opt-mark">{tr!(form.optional)}</span> })}
            </label>
            {hint}
            {fault}
            {control}
        </div>
    }
    .into_any()
}

/// What is wrong with a field, if anything is.
fn fault(name: &'static str) -> Option<AnyView> {
    let state = state();
    state.fault(name).map(|fault| {
        view! { <p class="err" id=format!("{}-e", state.field_id(name))>{words::fault(&fault)}</p> }.into_any()
    })
}

fn described(name: &'static str, hint: bool) -> Option<String> {
    let state = state();
    let id = state.field_id(name);
    match (hint, state.fault(name).is_some()) {
        (true, true) => Some(format!("{id}-h {id}-e")),
        (true, false) => Some(format!("{id}-h")),
        (false, true) => Some(format!("{id}-e")),
        (false, false) => None,
    }
}

fn invalid(name: &'static str) -> Option<&'static str> {
    state().fault(name).map(|_| "true")
}

/// One line of text, a number, a date, a password: `kind` is the input's type.
#[component]
pub fn Input(
    /// Name in the form.
    name: &'static str,
    /// Label shown.
    #[prop(into)]
    label: String,
    /// Value before anything was typed.
    #[prop(optional, into)]
    value: String,
    /// Type of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// Help under the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Marks the field as one that may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Width: `short`, `mid` or nothing.
    #[prop(optional)]
    class: &'static str,
    /// What the browser may fill in.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
) -> impl IntoView {
    let value = if kind == "password" { String::new() } else { state().typed(name).unwrap_or(value) };
    let described = described(name, hint.is_some());
    let invalid = invalid(name);
    let control = view! {
        <input
            id=state().field_id(name)
            name=name
            type=kind
            class=class
            value=value
            autocomplete=autocomplete
            inputmode=(kind == "number").then_some("numeric")
            aria-invalid=invalid
            aria-describedby=described
        />
    };
    frame(name, label, hint, optional, control.into_any())
}

/// Several lines of text. The only place where a textarea is written: Leptos 0.8 does not
/// escape its content on the server, so it is escaped here (a test forbids any other).
#[component]
pub fn TextArea(
    /// Name in the form.
    name: &'static str,
    /// Label shown.
    #[prop(into)]
    label: String,
    /// Value before anything was typed.
    #[prop(optional, into)]
    value: String,
    /// Help under the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Marks the field as one that may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Class, for example `tall` or `md`.
    #[prop(optional)]
    class: &'static str,
    /// Hears every change, for a preview.
    #[prop(optional, into)]
    on_input: Option<Callback<String>>,
) -> impl IntoView {
    let value = state().typed(name).unwrap_or(value);
    let described = described(name, hint.is_some());
    let invalid = invalid(name);
    let control = textarea(name, class, value, on_input, described, invalid);
    frame(name, label, hint, optional, control)
}

fn textarea(
    name: &'static str,
    class: &'static str,
    value: String,
    on_input: Option<Callback<String>>,
    described: Option<String>,
    invalid: Option<&'static str>,
) -> AnyView {
    // A first line break is eaten by the parser, so one is always given.
    let escaped = format!("\n{}", escape::html(&value));
    view! {
        <textarea
            id=state().field_id(name)
            name=name
            class=class
            rows="6"
            aria-invalid=invalid
            aria-describedby=described
            on:input:target=move |event| {
                if let Some(on_input) = on_input {
                    on_input.run(event.target().value());
                }
            }
            inner_html=escaped
        ></textarea>
    }
    .into_any()
}

/// A choice from a list of codes and labels.
#[component]
pub fn Select(
    /// Name in the form.
    name: &'static str,
    /// Label shown.
    #[prop(into)]
    label: String,
    /// Codes and labels.
    options: Vec<(String, String)>,
    /// Code chosen before anything was typed.
    #[prop(optional, into)]
    value: String,
    /// Help under the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Label of the empty choice; without it there is none.
    #[prop(optional, into)]
    empty: Option<String>,
    /// Marks the field as one that may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Class of the control.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let value = state().typed(name).unwrap_or(value);
    let described = described(name, hint.is_some());
    let invalid = invalid(name);
    let control = view! {
        <select id=state().field_id(name) name=name class=class aria-invalid=invalid aria-describedby=described>
            {empty.map(|label| view! { <option value="">{label}</option> })}
            {options
                .into_iter()
                .map(|(code, label)| {
                    let selected = code == value;
                    view! { <option value=code selected=selected>{label}</option> }
                })
                .collect_view()}
        </select>
    };
    frame(name, label, hint, optional, control.into_any())
}

/// One tick: sends `true` when ticked, nothing otherwise.
#[component]
pub fn Tick(
    /// Name in the form.
    name: &'static str,
    /// Label shown.
    #[prop(into)]
    label: String,
    /// Whether it is ticked before anything was done.
    #[prop(optional)]
    value: bool,
) -> impl IntoView {
    let state = state();
    let checked = state.all_typed(name).map_or(value, |typed| !typed.is_empty());
    view! {
        {fault(name)}
        <label class="tick">
            <input
                type="checkbox"
                name=name
                value="true"
                checked=checked
                id=state.field_id(name)
                aria-describedby=described(name, false)
                aria-invalid=invalid(name)
            />
            <span>{label}</span>
        </label>
    }
}

/// Several ticks of one name: the form gets a repeated field `name[]`.
#[component]
pub fn Ticks(
    /// Name in the form, without brackets.
    name: &'static str,
    /// Label of the group.
    #[prop(into)]
    label: String,
    /// Codes and labels.
    options: Vec<(String, String)>,
    /// Codes ticked before anything was done.
    #[prop(optional)]
    value: Vec<String>,
    /// Help under the label.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    let state = state();
    let field = format!("{name}[]");
    let fault = fault(name);
    let class = if fault.is_some() { "group bad" } else { "group" };
    let ticked = state.all_typed(&field).unwrap_or(value);
    view! {
        <fieldset class=class id=state.field_id(name)>
            <legend>{label}</legend>
            {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
            {fault}
            {options
                .into_iter()
                .map(|(code, label)| {
                    let checked = ticked.contains(&code);
                    view! {
                        <label class="tick">
                            <input type="checkbox" name=field.clone() value=code checked=checked/>
                            <span>{label}</span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}
