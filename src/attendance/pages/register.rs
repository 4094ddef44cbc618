//! `/deliveries/{id}/register` and `/deliveries/{id}/register/{slot}`: who was there, phone first.

use super::{
    keys,
    live::Live,
    row::{self, Kept, Row, Shown, Words},
};
use crate::ui::title::Title;
use crate::{
    attendance::{
        api::{CloseRegister, Name, Register, SaveRegister, SlotTab, get_register},
        model::{MarkState, field_of},
    },
    common::{
        dates::parse_date,
        error::AppError,
        ids::{DeliveryId, SlotId},
    },
    tr,
    ui::{
        field::Input,
        form::{Form, FormState, Hidden, Submit, Version},
        format,
        layout::PageHead,
        load::load,
        words,
    },
};
use chrono::{NaiveDateTime, Timelike};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};
use std::sync::Arc;

/// From this many names on there is a search.
const MANY: usize = 30;

#[component]
pub fn RegisterPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let sort = Memo::new(move |_| Sort::of(query.read().get("sort").as_deref()));
    load(
        move || {
            let params = params.read();
            // A day in the address leads to the first half-day from then on.
            let from = || query.read().get("from").filter(|day| parse_date(day).is_some()).unwrap_or_default();
            (params.get("id").unwrap_or_default(), params.get("slot").unwrap_or_else(from))
        },
        |(delivery, slot)| get_register(delivery, slot),
        move |data| show(data, sort.get()),
    )
}

/// What names are sorted by: as the room is used to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sort {
    #[default]
    Family,
    Given,
    Workplace,
}

impl Sort {
    fn of(code: Option<&str>) -> Self {
        match code {
            Some("given") => Self::Given,
            Some("work") => Self::Workplace,
            _ => Self::Family,
        }
    }

    /// The query part of an address.
    const fn query(self) -> &'static str {
        match self {
            Self::Family => "",
            Self::Given => "?sort=given",
            Self::Workplace => "?sort=work",
        }
    }

    fn word(self) -> String {
        match self {
            Self::Family => tr!(attendance.sort.family),
            Self::Given => tr!(attendance.sort.given),
            Self::Workplace => tr!(attendance.sort.workplace),
        }
    }

    /// Puts the names of a register in this order.
    fn apply(self, data: &mut Register) {
        let order = match self {
            Self::Family => return,
            Self::Given => &data.by_given,
            Self::Workplace => &data.by_workplace,
        };
        data.names = order.iter().filter_map(|at| data.names.get(usize::from(*at)).cloned()).collect();
    }
}

fn show(mut data: Register, sort: Sort) -> AnyView {
    sort.apply(&mut data);
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
    if data.sealed {
        let count = format!("/deliveries/{}/register/{slot}/count", data.delivery);
        return view! {
            <PageHead title=tr!(attendance.title) crumbs=vec![(data.title, back)] lede=Some(slot_title(&data.slots[position]))/>
            <div class="wrap body">
                <div class="empty">
                    <h2>{tr!(attendance.counts.sealed)}</h2>
                    <p>{tr!(attendance.counts.sealed_text)}</p>
                    <p><a class="btn" href=count>{tr!(attendance.counts.go)}</a></p>
                </div>
            </div>
        }
        .into_any();
    }
    let title = slot_title(&data.slots[position]);
    let closing = closing(&data, slot);
    let go = data
        .is_long()
        .then(|| view! { <form id=GO method="get" action=format!("/deliveries/{}/register", data.delivery)></form> });
    view! {
        <Title text=format!("{title} · {}", data.title)/>
        <Form function=SaveRegister::PATH class="register"><RegisterSheet data=data shown=slot position=position sort=sort/></Form>
        {go}
        {closing}
    }
    .into_any()
}

/// The form that goes to a day. Its field stands amid the register's own form, which cannot hold another.
const GO: &str = "go-to-day";

/// Where there are more half-days than can be shown: a day to go to.
fn go_to_day(data: &Register, tab: &SlotTab) -> Option<AnyView> {
    data.is_long().then(|| {
        view! {
            <div class="reg-go noprint">
                <label for="f-from">{tr!(attendance.go_to_day)}</label>
                <input id="f-from" type="date" name="from" form=GO class="short" value=tab.starts.date().to_string()/>
                <button form=GO class="btn quiet small">{tr!(attendance.go)}</button>
            </div>
        }
        .into_any()
    })
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

/// Below the names: the register is closed when all are content, and opened again for a reason.
fn closing(data: &Register, slot: SlotId) -> Option<AnyView> {
    if !data.may_reopen || data.cancelled.is_some() || data.names.is_empty() {
        return None;
    }
    let link = format!("/deliveries/{}/register/{slot}/walk-in", data.delivery);
    let (delivery, slot) = (data.delivery.to_string(), slot.to_string());
    let left = data.names.iter().filter(|name| name.mark.is_none()).count();
    let form = if data.closed.is_some() {
        view! {
            <h2>{tr!(attendance.reopen)}</h2>
            <p>{tr!(attendance.reopen_text)}</p>
            <Form function=CloseRegister::PATH key="reopen" class="form" labels=vec![("why", tr!(attendance.reopen_why))]>
                <Hidden name="delivery" value=delivery/>
                <Hidden name="slot" value=slot/>
                <Hidden name="act" value="reopen"/>
                <Input name="why" label=tr!(attendance.reopen_why)/>
                <div class="actions"><Submit label=tr!(attendance.reopen) class="quiet"/></div>
            </Form>
        }
        .into_any()
    } else {
        let text = if left > 0 { tr!(attendance.close_left, count = left as i64) } else { tr!(attendance.close_text) };
        view! {
            <details class="more">
                <summary>{tr!(attendance.close)}</summary>
                <p>{text}</p>
                <Form function=CloseRegister::PATH key="close">
                    <Hidden name="delivery" value=delivery/>
                    <Hidden name="slot" value=slot/>
                    <Hidden name="act" value="close"/>
                    <Hidden name="why" value=""/>
                    <Submit label=tr!(attendance.close) class="quiet"/>
                </Form>
            </details>
        }
        .into_any()
    };
    let walk_in = data.closed.is_none().then(|| {
        view! { <p><a href=link>{tr!(walkins.link)}</a></p> }
    });
    Some(view! { <div class="wrap body stack noprint">{walk_in}{form}</div> }.into_any())
}

/// The orders that names can stand in.
fn sorts(delivery: DeliveryId, slot: SlotId, chosen: Sort) -> impl IntoView + use<> {
    let links = [Sort::Family, Sort::Given, Sort::Workplace].map(|sort| {
        view! {
            <a href=format!("/deliveries/{delivery}/register/{slot}{}", sort.query()) aria-current=(sort == chosen).then_some("true")>
                {sort.word()}
            </a>
        }
    });
    view! {
        <nav class="sorts noprint" aria-label=tr!(attendance.sort.title)>
            <span aria-hidden="true">{tr!(attendance.sort.title)}</span>
            {links.into_iter().collect_view()}
            <span class="keys js">{tr!(attendance.keys)}</span>
        </nav>
        <datalist id="reasons">
            {[
                tr!(attendance.excuse.hearing),
                tr!(attendance.excuse.duty),
                tr!(attendance.excuse.illness),
                tr!(attendance.excuse.family),
                tr!(attendance.excuse.travel),
            ]
                .map(|reason| view! { <option value=reason></option> })
                .into_iter()
                .collect_view()}
        </datalist>
    }
}

fn tabs(data: &Register, slot: SlotId, sort: Sort) -> impl IntoView + use<> {
    let delivery = data.delivery;
    let mut today_shown = false;
    // Where there are too many to show, the first and the last lead to the rest, and each has its day.
    let many = data.far.0.is_some() || data.far.1.is_some();
    data.far
        .0
        .iter()
        .chain(&data.slots)
        .chain(&data.far.1)
        .map(|tab| {
            let current = tab.id == slot;
            let today = tab.starts.date() == data.today && (current || !today_shown);
            today_shown |= today;
            let under = match (today && current, many) {
                (true, _) => tr!(attendance.today),
                (false, true) => tab.starts.format("%d.%m.%Y").to_string(),
                (false, false) => format::time(tab.starts.time()),
            };
            let full = match (tab.cancelled, tab.closed, tab.full) {
                (true, ..) => Some(tr!(attendance.tab_off)),
                (_, true, _) => Some(tr!(attendance.tab_closed)),
                (.., true) => Some(tr!(attendance.all_marked)),
                _ => None,
            };
            let full = full.map(|full| view! { <span class="vh">{full}</span> });
            let class = match (tab.cancelled, tab.full) {
                (true, _) => Some("off"),
                (_, true) => Some("full"),
                _ => None,
            };
            view! {
                <a
                    href=format!("/deliveries/{delivery}/register/{}{}", tab.id, sort.query())
                    class=class
                    aria-current=current.then_some("page")
                >
                    <b>{short_half_day(tab.starts)}</b>
                    <span>{under}{full}</span>
                </a>
            }
        })
        .collect::<Vec<_>>()
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
fn RegisterSheet(data: Register, shown: SlotId, position: usize, sort: Sort) -> impl IntoView {
    let slot = shown;
    let form = expect_context::<FormState>();
    let came_back = form.typed("slot").as_deref() == Some(slot.to_string().as_str());
    let clashes = if came_back { form.error.try_update_value(put_into_words).unwrap_or_default() } else { Vec::new() };
    let rows: Vec<Row> = data
        .names
        .iter()
        .map(|name| {
            let shown = Shown::of(name.mark.as_ref(), name.gone, name.other.as_ref(), data.minutes);
            Row::new(name, if came_back { typed(form, name, shown, &clashes) } else { shown })
        })
        .collect();
    let history = format!("/deliveries/{}/register/{slot}/history", data.delivery);
    let locked = data.writable.is_err();
    let items = {
        let words = Arc::new(Words::new(data.today, history.clone(), locked, sort == Sort::Given));
        rows.iter().cloned().map(|row| row::view(row, Arc::clone(&words))).collect::<Vec<_>>()
    };
    let live = Live::new(&data, slot, rows);
    let slots = (!locked).then(|| data.slots.clone());
    Effect::new(move |begun: Option<()>| {
        if begun.is_none()
            && let Some(slots) = &slots
        {
            live.resume();
            live.watch();
            live.keep_pages(slots);
            keys::listen();
        }
    });
    let total = data.names.len();
    let tab = &data.slots[position];
    let facts: Vec<String> = [
        data.day.map(|(day, days)| tr!(attendance.day_of, day = day as i64, days = days as i64)).unwrap_or_default(),
        tab.room.clone(),
        tr!(attendance.participants, count = total as i64),
    ]
    .into_iter()
    .filter(|fact| !fact.is_empty())
    .collect();
    let title = slot_title(tab);
    let nav = tabs(&data, slot, sort);
    let go = go_to_day(&data, tab);
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
    let transfer = {
        let href = format!("/deliveries/{}/transfer", data.delivery);
        view! { " · "<a href=href>{tr!(transfer.title)}</a> }
    };
    let ready = move || live.ready.get().then(|| format!(" · {}", tr!(offline.ready)));
    let today = data.today;
    let no_line = move || {
        let at = live.as_of.get();
        let time = if at.date() == today { format::time(at.time()) } else { format::date_time(at) };
        (!live.online.get()).then(|| view! { <b>{tr!(offline.no_line)}</b>" "{tr!(offline.as_of, time = time)} })
    };
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
    let closed = data.writable.err().map(|why| {
        let more = match (&data.cancelled, &data.closed) {
            (Some(reason), _) => Some(reason.clone()),
            (None, Some((by, at))) => Some(tr!(attendance.closed_by, name = by.clone(), at = format::date_time(*at))),
            (None, None) => None,
        };
        view! { <p class="muted">{words::refusal(why)}" "{more}</p> }
    });
    let sorts = (total > 1).then(|| sorts(data.delivery, slot, sort));
    let list = if total == 0 {
        view! { <div class="empty"><h2>{tr!(attendance.nobody)}</h2><p>{tr!(attendance.nobody_text)}</p></div> }
            .into_any()
    } else {
        view! { <ol class="people" on:change=move |event| live.changed(event) on:click=move |event| live.settle(event)>{items}</ol> }.into_any()
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
            <p>{facts.join(" · ")}{door}{transfer}{ready}</p>
        </header>
        <p class="reg-line" role="status" hidden=move || live.online.get()>{no_line}</p>
        <nav class="slots" aria-label=tr!(attendance.half_days)>{nav}</nav>
        {go}
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
        {sorts}
        {list}
        {footnote}
        {foot}
    }
    .into_any()
}

fn foot(live: Live) -> impl IntoView {
    let here = format!("/deliveries/{}/register/{}", live.delivery, live.slot);
    let sign_in = format!("/sign-in?next={}", crate::app::encode(&here));
    let again = move || {
        view! { <button type="button" class="btn text" on:click=move |event| live.now(event)>{tr!(state.try_again)}</button> }
    };
    let told = move || {
        match (live.trouble.get(), live.waiting()) {
        (Some(AppError::SignInRequired), _) => view! {
            <span>{tr!(attendance.sign_in_again)}</span>" "<a href=sign_in.clone() rel="external">{tr!(nav.sign_in)}</a>
        }
        .into_any(),
        (trouble, waiting) if waiting > 0 => {
            let to_send = tr!(attendance.to_send, count = waiting as i64);
            // Said only when it is true: what is not on the disk is on this page alone.
            let kept = match (live.forgetful.get(), live.unkept()) {
                (true, _) => Some(tr!(offline.forgetful)),
                (false, 0) => Some(tr!(attendance.on_this_phone)),
                (false, _) => None,
            };
            let again = (trouble.is_some() || !live.online.get()).then(again);
            view! { {kept.map(|kept| format!("{kept} · "))}<b>{to_send}</b>" "{again} }.into_any()
        }
        (trouble, _) => match (live.refused(), trouble) {
            (Some((count, why)), _) => view! {
                <span><b>{tr!(offline.refused, count = count as i64)}</b>" "{why}</span>" "
                {again()}
                <button type="button" class="btn text" on:click=move |event| live.discard(event)>{tr!(offline.discard)}</button>
            }
            .into_any(),
            (None, Some(error)) => view! { <span>{tr!(attendance.not_saved)}" "{words::error(&error)}</span> }.into_any(),
            (None, None) => view! { <span class="js">{tr!(attendance.saved)}</span> }.into_any(),
        },
    }
    };
    view! {
        <footer class="reg-foot">
            <p role="status">{told}</p>
            <button class="btn text" name="act" value="undo" on:click=move |event| live.undo(event)>{tr!(attendance.undo)}</button>
            <button class="btn small nojs">{tr!(form.save)}</button>
        </footer>
    }
}
