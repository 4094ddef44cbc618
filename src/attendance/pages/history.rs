//! `/deliveries/{id}/register/{slot}/history`: every change of every mark; with `?person=` of one.

use super::register::half_day;
use crate::{
    attendance::{
        api::{History, get_mark_history},
        model::{Mark, MarkSource},
    },
    tr,
    ui::{format, layout::PageHead, load::load, words},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

#[component]
pub fn HistoryPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    load(
        move || {
            let params = params.read();
            (
                params.get("id").unwrap_or_default(),
                params.get("slot").unwrap_or_default(),
                query.read().get("person").unwrap_or_default(),
            )
        },
        |(delivery, slot, person)| get_mark_history(delivery, slot, person),
        show,
    )
}

fn show(data: History) -> impl IntoView {
    let register = format!("/deliveries/{}/register/{}", data.delivery, data.slot);
    let here = format!("{register}/history");
    let minutes = data.minutes;
    let said = move |mark: Option<&Mark>| match mark {
        None => tr!(attendance.unmarked),
        Some(mark) => {
            let mut text = words::mark_state(mark.state);
            if mark.state.asks_minutes() {
                text = format!("{text} {}′", minutes - mark.minutes);
            }
            if mark.note.is_empty() { text } else { format!("{text} ({})", mark.note) }
        }
    };
    let narrowed = data.person.is_some();
    let lines = data
        .lines
        .iter()
        .map(|line| {
            let changed = match line.outweighed {
                None => tr!(attendance.changed, from = said(line.from.as_ref()), to = said(line.to.as_ref())),
                Some(_) => tr!(offline.said, mark = said(line.to.as_ref())),
            };
            let made = line.made.map(|made| format!(" {}", tr!(offline.made, time = format::date_time(made))));
            let outweighed = line.outweighed.map(|other| {
                let why = tr!(offline.outweighed, mark = said(line.from.as_ref()), time = format::date_time(other));
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
            let reason = (!line.reason.is_empty()).then(
                || view! { <br/><span class="muted">{tr!(attendance.because, reason = line.reason.clone())}</span> },
            );
            view! {
                <li>
                    <time>{format::date_time(line.at)}</time>
                    <p><b>{name}</b>" "{changed}" "<span class="muted">{by}{made}</span>{undid}{outweighed}{reason}</p>
                </li>
            }
        })
        .collect_view();
    let body = if data.lines.is_empty() {
        view! { <div class="empty"><h2>{tr!(attendance.no_history)}</h2><p><a class="btn" href=register.clone()>{tr!(attendance.to_register)}</a></p></div> }
            .into_any()
    } else {
        view! { <ol class="history">{lines}</ol> }.into_any()
    };
    let footnote = data.title.contains("Kosovo").then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> });
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
            {body}
            {narrowed.then(|| view! { <p><a class="back" href=here.clone()>{tr!(attendance.history_all)}</a></p> })}
            {footnote}
        </div>
    }
    .into_any()
}
