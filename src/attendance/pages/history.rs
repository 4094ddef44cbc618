//! `/deliveries/{id}/register/{slot}/history`: every change of every mark; with `?person=` of one.

use super::register::half_day;
use crate::{
    attendance::{
        api::{History, StepLine},
        model::{Mark, MarkSource},
        service,
    },
    deliveries::model::SlotAct,
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead, words},
};
use chrono::NaiveDateTime;
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let (delivery, slot) = (visit.param("id"), visit.param("slot"));
    let data = service::history(&visit.cx, delivery, slot, &visit.query("person")).await?;
    visit.draw(|| show(data))
}

/// The address of the register as it stood at a moment.
pub fn moment(register: &str, at: NaiveDateTime) -> String {
    format!("{register}/at?at={}", at.format("%Y-%m-%dT%H:%M:%S%.6f"))
}

/// A mark in words: its state, the minutes missed of so many, the remark.
pub fn said(mark: Option<&Mark>, minutes: i64) -> String {
    match mark {
        None => tr!(attendance.unmarked),
        Some(mark) => {
            let mut text = words::mark_state(mark.state);
            if mark.state.asks_minutes() {
                text = format!("{text} {}′", minutes - mark.minutes);
            }
            if mark.note.is_empty() { text } else { format!("{text} ({})", mark.note) }
        }
    }
}

/// Asks for the register as it stood at a moment.
pub fn ask(register: &str, at: Option<NaiveDateTime>) -> AnyView {
    let value = at.map(|at| at.format("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default();
    view! {
        <form class="toolbar" method="get" action=format!("{register}/at")>
            <div class="fld">
                <label for="f-at">{tr!(attendance.past.when)}</label>
                <input id="f-at" name="at" type="datetime-local" required=true value=value/>
            </div>
            <button class="btn quiet">{tr!(attendance.past.show)}</button>
        </form>
    }
    .into_any()
}

fn step(line: &StepLine, register: &str) -> AnyView {
    let what = match line.act {
        SlotAct::Closed => tr!(attendance.step.closed),
        SlotAct::Reopened => tr!(attendance.step.reopened),
        SlotAct::Cancelled => tr!(attendance.step.cancelled),
        SlotAct::Restored => tr!(attendance.step.restored),
        SlotAct::Moved => tr!(attendance.step.moved),
    };
    let reason = (!line.reason.is_empty())
        .then(|| view! { <br/><span class="muted">{tr!(attendance.because, reason = line.reason.clone())}</span> });
    let by = (!line.by.is_empty()).then(|| tr!(attendance.by, name = line.by.clone()));
    view! {
        <li>
            <a href=moment(register, line.at)><time datetime=format::machine(line.at)>{format::date_time(line.at)}</time></a>
            <p><b>{what}</b>" "<span class="muted">{by}</span>{reason}</p>
        </li>
    }
    .into_any()
}

fn show(data: History) -> impl IntoView {
    let register = format!("/deliveries/{}/register/{}", data.delivery, data.slot);
    let here = format!("{register}/history");
    let minutes = data.minutes;
    let narrowed = data.person.is_some();
    let changes = data.lines.iter().map(|line| {
        let changed = match line.outweighed {
            None => {
                tr!(attendance.changed, from = said(line.from.as_ref(), minutes), to = said(line.to.as_ref(), minutes))
            }
            Some(_) => tr!(offline.said, mark = said(line.to.as_ref(), minutes)),
        };
        let made = line.made.map(|made| format!(" {}", tr!(offline.made, time = format::date_time(made))));
        let outweighed = line.outweighed.map(|other| {
            let why =
                tr!(offline.outweighed, mark = said(line.from.as_ref(), minutes), time = format::date_time(other));
            view! { <br/><span class="tag warn">{tr!(offline.stood_not)}</span>" "<span class="muted">{why}</span> }
        });
        let by = match (line.source, line.by.is_empty()) {
            (MarkSource::Own, _) => tr!(attendance.checked_in),
            (_, true) => String::new(),
            (_, false) => tr!(attendance.by, name = line.by.clone()),
        };
        let name = if narrowed {
            line.name.clone().into_any()
        } else {
            view! { <a href=format!("{here}?person={}", line.enrolment)>{line.name.clone()}</a> }.into_any()
        };
        let undid = line.undid.then(|| view! { " "<span class="tag plain">{tr!(attendance.undid)}</span> });
        let reason = (!line.reason.is_empty())
            .then(|| view! { <br/><span class="muted">{tr!(attendance.because, reason = line.reason.clone())}</span> });
        let shown = view! {
            <li>
                <a href=moment(&register, line.at)><time datetime=format::machine(line.at)>{format::date_time(line.at)}</time></a>
                <p><b>{name}</b>" "{changed}" "<span class="muted">{by}{made}</span>{undid}{outweighed}{reason}</p>
            </li>
        };
        (line.at, shown.into_any())
    });
    let mut lines: Vec<(NaiveDateTime, AnyView)> =
        changes.chain(data.steps.iter().map(|line| (line.at, step(line, &register)))).collect();
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let lines = lines.into_iter().map(|(_, line)| line).collect_view();
    let body = if data.lines.is_empty() && data.steps.is_empty() {
        view! { <div class="empty"><h2>{tr!(attendance.no_history)}</h2><p><a class="btn" href=register.clone()>{tr!(attendance.to_register)}</a></p></div> }
            .into_any()
    } else {
        view! { <ol class="history">{lines}</ol> }.into_any()
    };
    let footnote = data.title.contains("Kosovo").then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> });
    let past = (!narrowed && !data.lines.is_empty()).then(|| ask(&register, None));
    let title = match &data.person {
        Some(person) => tr!(attendance.history_of, name = person.clone()),
        None => tr!(attendance.history_title),
    };
    view! {
        <PageHead
            title=title
            crumbs=vec![
                (data.title.clone(), format!("/deliveries/{}", data.delivery)),
                (half_day(data.starts), register),
            ]
            lede=Some(format!("{}, {}", half_day(data.starts), format::date(data.starts.date())))
        />
        <div class="wrap body">
            {past}
            {body}
            {narrowed.then(|| view! { <p><a class="back" href=here.clone()>{tr!(attendance.history_all)}</a></p> })}
            {footnote}
        </div>
    }
    .into_any()
}
