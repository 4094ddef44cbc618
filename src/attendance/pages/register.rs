//! `/deliveries/{id}/register` and `/deliveries/{id}/register/{slot}`: who was there, phone first.

use super::{
    live::Live,
    row::{self, Kept, Row, Shown, Words},
};
use crate::{
    attendance::{
        api::{Name, Register, SaveRegister, SlotTab, get_register},
        model::{MarkState, field_of},
    },
    common::{error::AppError, ids::SlotId},
    tr,
    ui::{
        form::{Form, FormState, Hidden, Version},
        format,
        layout::PageHead,
        load::load,
        words,
    },
};
use chrono::{NaiveDate, NaiveDateTime, Timelike};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use std::sync::Arc;

/// From this many names on there is a search.
const MANY: usize = 30;

#[component]
pub fn RegisterPage() -> impl IntoView {
    let params = use_params_map();
    load(
        move || {
            let params = params.read();
            (params.get("id").unwrap_or_default(), params.get("slot").unwrap_or_default())
        },
        |(delivery, slot)| get_register(delivery, slot),
        show,
    )
}

fn show(data: Register) -> AnyView {
    let back = format!("/deliveries/{}", data.delivery);
    let position = data.slot.and_then(|slot| data.slots.iter().position(|tab| tab.id == slot));
    let Some((slot, position)) = data.slot.zip(position) else {
        return view! {
            <PageHead title=tr!(attendance.title) crumbs=vec![(data.title, back.clone())]/>
            <div class="wrap body">
                <div class="empty">
                    <h2>{tr!(attendance.no_slots)}</h2>
                    <p>{tr!(attendance.no_slots_text)}</p>
                    <p><a class="btn" href=back>{tr!(attendance.to_delivery)}</a></p>
                </div>
            </div>
        }
        .into_any();
    };
    let title = slot_title(&data.slots[position]);
    view! {
        <Title text=format!("{title} · {}", data.title)/>
        <Form function=SaveRegister::PATH class="register"><RegisterSheet data=data shown=slot position=position/></Form>
    }
    .into_any()
}

/// Tuesday morning · 09:00–12:30.
fn slot_title(tab: &SlotTab) -> String {
    format!("{} · {}", half_day(tab.starts), hours(tab))
}

fn hours(tab: &SlotTab) -> String {
    format!("{}–{}", format::time(tab.starts.time()), format::time(tab.ends.time()))
}

/// Tuesday morning.
pub fn half_day(starts: NaiveDateTime) -> String {
    let day = format::weekday(starts.date());
    match starts.hour() {
        0..12 => tr!(attendance.morning, day = day),
        12..17 => tr!(attendance.afternoon, day = day),
        _ => tr!(attendance.evening, day = day),
    }
}

fn short_half_day(starts: NaiveDateTime) -> String {
    let day: String = format::weekday(starts.date()).chars().take(3).collect();
    if starts.hour() < 12 { tr!(attendance.am, day = day) } else { tr!(attendance.pm, day = day) }
}

fn tabs(data: &Register, slot: SlotId) -> impl IntoView + use<> {
    let delivery = data.delivery;
    let mut today_shown = false;
    data.slots
        .iter()
        .map(|tab| {
            let current = tab.id == slot;
            let today = tab.starts.date() == data.today && (current || !today_shown);
            today_shown |= today;
            let under = if today && current { tr!(attendance.today) } else { format::time(tab.starts.time()) };
            let full = tab.full.then(|| view! { <span class="vh">{tr!(attendance.all_marked)}</span> });
            view! {
                <a
                    href=format!("/deliveries/{delivery}/register/{}", tab.id)
                    class=tab.full.then_some("full")
                    aria-current=current.then_some("page")
                >
                    <b>{short_half_day(tab.starts)}</b>
                    <span>{under}{full}</span>
                </a>
            }
        })
        .collect::<Vec<_>>()
}

/// The day of a slot among the days of the delivery, and how many there are.
fn day_of(slots: &[SlotTab], position: usize) -> (usize, usize) {
    let mut days: Vec<NaiveDate> = slots.iter().map(|tab| tab.starts.date()).collect();
    days.dedup();
    let day = slots.get(position).map(|tab| tab.starts.date());
    (days.iter().position(|it| Some(*it) == day).map_or(1, |index| index + 1), days.len())
}

/// What a form that came back with errors had in its fields.
fn typed(form: FormState, name: &Name, shown: Shown, clashes: &[String]) -> Shown {
    let field = |field: &str| form.typed(&field_of(field, name.id)).unwrap_or_default();
    let state: Option<MarkState> = field("marks").parse().ok();
    let fault = form.fault(&field_of("mins", name.id)).map(|fault| Kept::Refused(words::fault(&fault)));
    let clash = clashes.contains(&name.name).then_some(Kept::Clash);
    Shown {
        state: state.or(shown.state),
        missed: field("mins"),
        note: field("notes"),
        kept: clash.or(fault).unwrap_or(Kept::Saved),
        ..shown
    }
}

/// Puts the codes of a conflict into words; see `service::conflict`.
fn put_into_words(error: &mut Option<AppError>) -> Vec<String> {
    let Some(AppError::Conflict(conflict)) = error else { return Vec::new() };
    for (_, theirs) in &mut conflict.theirs {
        let (code, missed) = theirs.split_once(' ').unwrap_or((theirs.as_str(), ""));
        *theirs = match code.parse::<MarkState>() {
            Ok(state) if state.asks_minutes() => format!("{} {missed}′", words::mark_state(state)),
            Ok(state) => words::mark_state(state),
            Err(_) => tr!(attendance.unmarked),
        };
    }
    conflict.theirs.iter().map(|(name, _)| name.clone()).collect()
}

#[component]
fn RegisterSheet(data: Register, shown: SlotId, position: usize) -> impl IntoView {
    let slot = shown;
    let form = expect_context::<FormState>();
    let came_back = form.typed("slot").as_deref() == Some(slot.to_string().as_str());
    let clashes = if came_back { form.error.try_update(put_into_words).unwrap_or_default() } else { Vec::new() };
    let rows: Vec<Row> = data
        .names
        .iter()
        .map(|name| {
            let shown = Shown::of(name.mark.as_ref(), data.minutes);
            Row::new(name, if came_back { typed(form, name, shown, &clashes) } else { shown })
        })
        .collect();
    let history = format!("/deliveries/{}/register/{slot}/history", data.delivery);
    let locked = data.writable.is_err();
    let items = {
        let words = Arc::new(Words::new(data.today, history.clone(), locked));
        rows.iter().cloned().map(|row| row::view(row, Arc::clone(&words))).collect::<Vec<_>>()
    };
    let live = Live::new(data.delivery, slot, data.minutes, rows);
    let version = data.version;
    Effect::new(move |begun: Option<()>| {
        if begun.is_none() && !locked {
            live.resume();
            live.watch(version);
        }
    });
    let total = data.names.len();
    let (day, days) = day_of(&data.slots, position);
    let tab = &data.slots[position];
    let facts: Vec<String> = [
        tr!(attendance.day_of, day = day as i64, days = days as i64),
        tab.room.clone(),
        tr!(attendance.participants, count = total as i64),
    ]
    .into_iter()
    .filter(|fact| !fact.is_empty())
    .collect();
    let title = slot_title(tab);
    let nav = tabs(&data, slot);
    let search = (total > MANY).then(|| {
        view! { <input class="reg-find js" type="search" aria-label=tr!(attendance.find) placeholder=tr!(attendance.find) on:input=move |event| live.find(event)/> }
    });
    let everyone = (!locked && total > 0).then(|| {
        view! {
            <button class="btn" name="all" value="present" on:click=move |event| live.everyone(event)>
                {tr!(attendance.everyone)}
            </button>
        }
    });
    let door = (data.writable == Ok(false)).then(|| {
        let href = format!("/deliveries/{}/register/{slot}/door", data.delivery);
        let sheet = format!("/deliveries/{}/register/{slot}/paper", data.delivery);
        view! { " · "<a href=href>{tr!(attendance.check_in)}</a>" · "<a href=sheet>{tr!(sheets.paper)}</a> }
    });
    let reason = matches!(data.writable, Ok(true)).then(|| {
        let value = form.typed("reason").unwrap_or_default();
        let bad = move || {
            form.fault("reason").map(|fault| view! { <p class="err" id="f-reason-e">{words::fault(&fault)}</p> })
        };
        view! {
            <div class="fld">
                <label for="f-reason">{tr!(attendance.reason)}</label>
                <p class="hint" id="f-reason-h">{tr!(attendance.reason_hint)}</p>
                {bad}
                <input id="f-reason" name="reason" maxlength="200" value=value aria-describedby="f-reason-h"/>
            </div>
        }
    });
    let closed = data.writable.err().map(|why| view! { <p class="muted">{words::refusal(why)}</p> });
    let list = if total == 0 {
        view! { <div class="empty"><h2>{tr!(attendance.nobody)}</h2><p>{tr!(attendance.nobody_text)}</p></div> }
            .into_any()
    } else {
        view! { <ol class="people" on:change=move |event| live.changed(event)>{items}</ol> }.into_any()
    };
    let footnote = data
        .title
        .contains("Kosovo")
        .then(|| view! { <div class="wrap body"><p class="footnote">{tr!(app.kosovo_footnote)}</p></div> });
    let foot = (!locked && total > 0).then(|| foot(live));
    view! {
        // Enter in a field presses a form's first button: it must be this one.
        <button class="vh" tabindex="-1" aria-hidden="true" on:click=move |event| live.hold(event)>{tr!(form.save)}</button>
        <Hidden name="id" value=data.action.to_string()/>
        <Hidden name="delivery" value=data.delivery.to_string()/>
        <Hidden name="slot" value=slot.to_string()/>
        <Version value=data.version/>
        <header class="reg-head">
            <a class="back" href=format!("/deliveries/{}", data.delivery)>{data.title.clone()}</a>
            <h1>{title}</h1>
            <p>{facts.join(" · ")}{door}</p>
        </header>
        <nav class="slots" aria-label=tr!(attendance.half_days)>{nav}</nav>
        <div class="reg-top">
            <div class="metered line">
                <progress class="meter" value=move || live.marked().to_string() max=total.max(1).to_string() aria-label=tr!(attendance.marked)></progress>
                <p><b>{move || live.marked()}</b>" "{tr!(attendance.of_marked, count = total as i64)}</p>
            </div>
            {closed}
            {reason}
            {search}
            <div class="pair">
                <a class="btn quiet" href=history>{tr!(attendance.history)}</a>
                {everyone}
            </div>
        </div>
        {list}
        {footnote}
        {foot}
    }
    .into_any()
}

fn foot(live: Live) -> impl IntoView {
    let here = format!("/deliveries/{}/register/{}", live.delivery, live.slot);
    let sign_in = format!("/sign-in?next={}", crate::app::encode(&here));
    let told = move || match (live.trouble.get(), live.waiting()) {
        (Some(AppError::SignInRequired), _) => view! {
            <span>{tr!(attendance.sign_in_again)}</span>" "<a href=sign_in.clone() rel="external">{tr!(nav.sign_in)}</a>
        }
        .into_any(),
        (Some(_), waiting) if waiting > 0 => view! {
            {tr!(attendance.on_this_phone)}" · "<b>{tr!(attendance.to_send, count = waiting as i64)}</b>" "
            <button type="button" class="btn text" on:click=move |event| live.now(event)>{tr!(state.try_again)}</button>
        }
        .into_any(),
        (Some(error), _) => view! { <span>{tr!(attendance.not_saved)}" "{words::error(&error)}</span> }.into_any(),
        (None, 0) => view! { <span class="js">{tr!(attendance.saved)}</span> }.into_any(),
        (None, waiting) => view! {
            {tr!(attendance.on_this_phone)}" · "<b>{tr!(attendance.to_send, count = waiting as i64)}</b>
        }
        .into_any(),
    };
    view! {
        <footer class="reg-foot">
            <p role="status">{told}</p>
            <button class="btn text" name="act" value="undo" on:click=move |event| live.undo(event)>{tr!(attendance.undo)}</button>
            <button class="btn small nojs">{tr!(form.save)}</button>
        </footer>
    }
}
