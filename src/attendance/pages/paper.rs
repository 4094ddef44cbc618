//! `/deliveries/{id}/register/{slot}/paper`: the sheet to print, its scans, and keying what was signed.

use super::register::half_day;
use crate::{
    attendance::{
        model::field_of,
        sheets::api::{KeyPaper, Paper, PaperLine, ScanLine, WithdrawScan, get_paper},
    },
    common::forms::UploadForm,
    tr,
    ui::{
        field::{Input, Tick},
        form::{Errors, Form, FormState, Hidden, Submit, returned, summary},
        format,
        layout::PageHead,
        load::load,
        words,
    },
};
use leptos::{ev, prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

#[component]
pub fn PaperPage() -> impl IntoView {
    let params = use_params_map();
    load(
        move || {
            let of = |name: &str| params.read().get(name).unwrap_or_default();
            (of("id"), of("slot"))
        },
        |(delivery, slot)| get_paper(delivery, slot),
        show,
    )
}

fn show(data: Paper) -> AnyView {
    let register = format!("/deliveries/{}/register/{}", data.delivery, data.slot);
    let crumbs =
        vec![(data.title.clone(), format!("/deliveries/{}", data.delivery)), (half_day(data.starts), register.clone())];
    let lede = format!("{}, {}", half_day(data.starts), format::date(data.starts.date()));
    let sheet =
        view! { <a class="btn quiet" href=format!("{register}/sheet.pdf") rel="external">{tr!(sheets.print)}</a> };
    let keying = match (&data.writable, data.lines.is_empty()) {
        (Err(why), _) => view! { <div class="notice warn"><p>{words::refusal(*why)}</p></div> }.into_any(),
        (Ok(_), true) => view! { <p class="muted">{tr!(attendance.nobody_text)}</p> }.into_any(),
        (Ok(reason), false) => keying(&data, *reason),
    };
    view! {
        <PageHead title=tr!(sheets.paper) crumbs=crumbs lede=Some(lede) actions=sheet.into_any()/>
        <div class="wrap body stack wide">
            {scans(&data, &register)}
            <section class="stack">
                <h2>{tr!(sheets.key)}</h2>
                {keying}
            </section>
        </div>
    }
    .into_any()
}

fn keying(data: &Paper, reason: bool) -> AnyView {
    let lines = data.lines.clone();
    let (action, delivery, slot) = (data.action.to_string(), data.delivery.to_string(), data.slot.to_string());
    let labels = vec![("sure", tr!(sheets.sure)), ("reason", tr!(attendance.reason))];
    view! {
        <p>{tr!(sheets.key_text)}</p>
        <Form function=KeyPaper::PATH class="form wide" labels=labels>
            <Hidden name="id" value=action/>
            <Hidden name="delivery" value=delivery/>
            <Hidden name="slot" value=slot/>
            <Sheet lines=lines/>
            <Tick name="absent" label=tr!(sheets.absent)/>
            <Sure/>
            {reason.then(|| view! { <Input name="reason" label=tr!(attendance.reason) hint=tr!(attendance.reason_hint)/> })}
            <div class="actions"><Submit label=tr!(sheets.save)/></div>
        </Form>
    }
    .into_any()
}

/// Asked only where a mark stands that says otherwise.
#[component]
fn Sure() -> impl IntoView {
    let form = expect_context::<FormState>();
    move || form.fault("sure").map(|_| view! { <Tick name="sure" label=tr!(sheets.sure)/> })
}

#[component]
fn Sheet(lines: Vec<PaperLine>) -> impl IntoView {
    let form = expect_context::<FormState>();
    let told = RwSignal::new(String::new());
    let rows = lines
        .into_iter()
        .enumerate()
        .map(|(n, line)| {
            let field = field_of("signed", line.id);
            let checked = form.all_typed(&field).is_some_and(|typed| !typed.is_empty());
            let state = line.state.map(words::mark_state);
            let number = (n + 1).to_string();
            view! {
                <li>
                    <span>{number.clone()}</span>
                    <span>
                        <b>{line.name.clone()}</b>" "<span class="muted">{line.workplace}</span>
                        {state.map(|state| view! { " "<span class="tag plain">{state}</span> })}
                    </span>
                    <label class="tick">
                        <input type="checkbox" name=field value="true" checked=checked data-number=number data-name=line.name.clone()/>
                        <span>{tr!(sheets.signed)}<span class="vh">" "{line.name}</span></span>
                    </label>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="fld js">
            <label for="f-number">{tr!(sheets.by_number)}</label>
            <p class="hint" id="f-number-h">{tr!(sheets.by_number_hint)}</p>
            <input id="f-number" class="short" inputmode="numeric" autocomplete="off" aria-describedby="f-number-h" on:keydown=move |event| number(&event, told)/>
            <p role="status">{move || told.get()}</p>
        </div>
        <ol class="keyed">{rows}</ol>
    }
}

#[cfg(not(feature = "hydrate"))]
fn number(_: &ev::KeyboardEvent, _: RwSignal<String>) {}

/// A number and Enter turns that row's tick, and says whose it was.
#[cfg(feature = "hydrate")]
fn number(event: &ev::KeyboardEvent, told: RwSignal<String>) {
    use wasm_bindgen::JsCast;
    if event.key() != "Enter" {
        return;
    }
    event.prevent_default();
    let field = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
    let Some(field) = field else { return };
    let typed: u32 = field.value().trim().parse().unwrap_or(0);
    field.set_value("");
    let found = document().query_selector(&format!("input[data-number=\"{typed}\"]")).ok().flatten();
    match found.and_then(|found| found.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        Some(tick) => {
            tick.set_checked(!tick.checked());
            let name = tick.get_attribute("data-name").unwrap_or_default();
            let n = i64::from(typed);
            told.set(if tick.checked() {
                tr!(sheets.now_signed, number = n, name = name)
            } else {
                tr!(sheets.now_unsigned, number = n, name = name)
            });
        }
        None => told.set(tr!(sheets.no_such_number)),
    }
}

fn scans(data: &Paper, register: &str) -> AnyView {
    // An upload comes back as a page of its own, with what was wrong.
    let state = FormState::given(returned(UploadForm::Scan).map(|it| it.error), None);
    let errors = state.error.get_value().map(|error| {
        let labels = [("file", tr!(sheets.file))];
        view! { <Errors>{summary(&error, &labels, state)}</Errors> }
    });
    let list = if data.scans.is_empty() {
        view! { <p class="muted">{tr!(sheets.no_scans)}</p> }.into_any()
    } else {
        let rows = data.scans.iter().cloned().map(|line| scan(data, register, line)).collect_view();
        view! { <ul class="list">{rows}</ul> }.into_any()
    };
    let max = data.max_mib as i64;
    view! {
        <section class="stack">
            <h2>{tr!(sheets.scans)}</h2>
            {list}
            <form method="post" action=format!("{register}/scans") enctype="multipart/form-data" class="form">
                {errors}
                <div class="fld">
                    <label for="f-file">{tr!(sheets.file)}</label>
                    <p class="hint" id="f-file-h">{tr!(sheets.file_hint, max = max)}</p>
                    <input id="f-file" type="file" name="file" accept=".pdf,.png,.jpg,.jpeg" aria-describedby="f-file-h"/>
                </div>
                <div class="actions"><button class="btn quiet">{tr!(sheets.add)}</button></div>
            </form>
        </section>
    }
    .into_any()
}

fn scan(data: &Paper, register: &str, line: ScanLine) -> AnyView {
    let facts = format!("{} · {} · {}", line.by, format::date_time(line.at), format::bytes(line.size));
    let (delivery, slot) = (data.delivery.to_string(), data.slot.to_string());
    let print: String = line.sha256.chars().take(16).collect();
    let end = match line.withdrawn {
        Some((by, at, reason)) => view! {
            <p><span class="tag bad">{tr!(sheets.withdrawn)}</span>" "{by}", "{format::date_time(at)}" · "{reason}</p>
        }
        .into_any(),
        None => view! {
            <details class="more">
                <summary>{tr!(sheets.withdraw)}</summary>
                <Form function=WithdrawScan::PATH key=line.id.to_string() labels=vec![("reason", tr!(sheets.reason))]>
                    <Hidden name="delivery" value=delivery/>
                    <Hidden name="slot" value=slot/>
                    <Hidden name="scan" value=line.id.to_string()/>
                    <Input name="reason" label=tr!(sheets.reason)/>
                    <Submit label=tr!(sheets.withdraw) class="quiet small"/>
                </Form>
            </details>
        }
        .into_any(),
    };
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=format!("{register}/scans/{}", line.id) rel="external">{line.name}</a></h3>
                <p class="muted">{facts}" · SHA-256 "<abbr title=line.sha256>{print}"…"</abbr></p>
            </div>
            <div class="end">{end}</div>
        </li>
    }
    .into_any()
}
