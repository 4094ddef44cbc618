//! Pieces about deliveries that several pages show.

use crate::{
    catalogue::pages::parts::mode,
    deliveries::{
        api::{Around, SlotView},
        model::{DeliveryHead, DeliveryLine, DeliveryState, Mode},
    },
    tr,
    ui::{format, words},
};
use chrono::{NaiveDateTime, TimeDelta};
use leptos::prelude::*;

/// The state as a tag; what it means is also its colour.
pub fn state_tag(state: DeliveryState) -> AnyView {
    use DeliveryState::{CallOpen, Cancelled, Confirmed, Delivered, Planned, Postponed, Reported, Running, Selection};
    let class = match state {
        CallOpen | Running => "tag good",
        Selection | Confirmed => "tag calm",
        Postponed => "tag warn",
        Cancelled => "tag bad",
        Planned | Delivered | Reported => "tag plain",
    };
    view! { <span class=class>{words::delivery_state(state)}</span> }.into_any()
}

/// The dates in words; what the documents say where they give no day.
pub fn dates(starts: Option<chrono::NaiveDate>, ends: Option<chrono::NaiveDate>, note: &str) -> String {
    if starts.is_none() && !note.is_empty() { note.to_owned() } else { format::date_range(starts, ends) }
}

/// The pages about one delivery, for whoever manages it or trains in it.
pub fn tabs(head: &DeliveryHead, here: &'static str, may_manage: bool) -> AnyView {
    let base = format!("/deliveries/{}", head.id);
    let pages = [
        ("", tr!(deliveries.tab_delivery), true),
        ("/people", tr!(deliveries.tab_people), true),
        ("/timetable", tr!(deliveries.tab_timetable), may_manage),
        ("/trainers", tr!(deliveries.tab_trainers), may_manage),
        ("/register", tr!(deliveries.tab_register), true),
        ("/attendance", tr!(hours.tab), true),
        ("/badges", tr!(badges.title), true),
        ("/results", tr!(deliveries.tab_results), true),
    ];
    let taken = head.taken;
    view! {
        <nav class="tabs" aria-label=tr!(deliveries.tabs)>
            {pages
                .into_iter()
                .filter(|(_, _, shown)| *shown)
                .map(|(path, label, _)| view! {
                    <a href=format!("{base}{path}") aria-current=(path == here).then_some("page")>
                        {label}
                        {(path == "/people").then(|| view! { " "<span class="n">{format::number(taken)}</span> })}
                    </a>
                })
                .collect_view()}
        </nav>
    }
    .into_any()
}

/// The way to a page about one delivery.
pub fn crumbs(head: &DeliveryHead) -> Vec<(String, String)> {
    vec![(tr!(deliveries.title), "/deliveries".to_owned()), (head.title.clone(), format!("/deliveries/{}", head.id))]
}

/// 09:00–10:30.
pub fn span(starts: NaiveDateTime, minutes: i64) -> String {
    let ends = starts + TimeDelta::minutes(minutes);
    format!("{}–{}", format::time(starts.time()), format::time(ends.time()))
}

/// A half-day in words: Tuesday 24 November, 09:00–12:30.
pub fn half_day(slot: &SlotView) -> String {
    format!(
        "{}, {}",
        format::weekday_date(slot.starts.date()),
        span(slot.starts, (slot.ends - slot.starts).num_minutes())
    )
}

/// The timetable by day. `now` marks what runs; `link` says where a half-day leads, if anywhere.
pub fn timetable(slots: Vec<SlotView>, now: Option<NaiveDateTime>, link: Option<String>) -> AnyView {
    let mut days: Vec<Vec<SlotView>> = Vec::new();
    for slot in slots {
        match days.last_mut() {
            Some(day) if day[0].starts.date() == slot.starts.date() => day.push(slot),
            _ => days.push(vec![slot]),
        }
    }
    view! {
        <div class="timetable">
            {days
                .into_iter()
                .enumerate()
                .map(|(n, slots)| view! {
                    <section class="day">
                        <h3>
                            {format::weekday_date(slots[0].starts.date())}" "
                            <span>{tr!(deliveries.day_number, number = n as i64 + 1)}</span>
                        </h3>
                        <ol>{slots.into_iter().map(|slot| lines(slot, now, link.clone())).collect_view()}</ol>
                    </section>
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

fn lines(slot: SlotView, now: Option<NaiveDateTime>, link: Option<String>) -> AnyView {
    let href = link.map(|base| format!("{base}/{}", slot.id));
    if let Some(reason) = slot.cancelled {
        let when = span(slot.starts, (slot.ends - slot.starts).num_minutes());
        let title = tr!(deliveries.half_day_called_off);
        let what = match href {
            Some(href) => view! { <a href=href>{title}</a> }.into_any(),
            None => view! { <b>{title}</b> }.into_any(),
        };
        return view! { <li class="off"><time datetime=format::machine(slot.starts)><s>{when}</s></time><div>{what}<span>{reason}</span></div></li> }
            .into_any();
    }
    let edit = href.map(|href| {
        view! {
            <li>
                <time datetime=format::machine(slot.starts)>{span(slot.starts, (slot.ends - slot.starts).num_minutes())}</time>
                <div><a href=href>{tr!(deliveries.change_half_day)}</a></div>
            </li>
        }
    });
    if slot.sessions.is_empty() {
        let running = now.is_some_and(|now| now >= slot.starts && now < slot.ends);
        return view! {
            {edit}
            <li class=running.then_some("now")>
                <time datetime=format::machine(slot.starts)>{span(slot.starts, (slot.ends - slot.starts).num_minutes())}</time>
                <div><b>{tr!(deliveries.half_day)}</b><span>{slot.room}</span></div>
            </li>
        }
        .into_any();
    }
    let mut free_from: Option<NaiveDateTime> = None;
    let rows = slot
        .sessions
        .into_iter()
        .map(|session| {
            let pause = free_from.filter(|from| session.starts - *from >= TimeDelta::minutes(5));
            let ends = session.starts + TimeDelta::minutes(session.minutes);
            free_from = Some(ends);
            let running = now.is_some_and(|now| now >= session.starts && now < ends);
            view! {
                {pause.map(|at| view! { <li class="break"><time datetime=format::machine(at)>{format::time(at.time())}</time><div>{tr!(deliveries.pause)}</div></li> })}
                <li class=running.then_some("now")>
                    <time datetime=format::machine(session.starts)>{span(session.starts, session.minutes)}</time>
                    <div><b>{session.title}</b><span>{slot.room.clone()}</span></div>
                </li>
            }
        })
        .collect_view();
    view! { {edit}{rows} }.into_any()
}

/// Deliveries, a row each.
pub fn rows(lines: Vec<DeliveryLine>) -> AnyView {
    view! {
        <ul class="list">
            {lines
                .into_iter()
                .map(|line| {
                    let place = match line.mode {
                        Mode::InPerson | Mode::Hybrid if !line.place.is_empty() => line.place.clone(),
                        other => mode(other),
                    };
                    let facts = [place, line.host_name.clone().unwrap_or_default(), words::language(&line.language)];
                    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
                    view! {
                        <li class="item">
                            <div class="grow">
                                <h3><a href=format!("/deliveries/{}", line.id)>{line.title}</a></h3>
                                <p>{dates(line.starts_on, line.ends_on, &line.date_note)}</p>
                                <p class="muted">{facts.join(" · ")}</p>
                            </div>
                            <div class="end">
                                {state_tag(line.state)}
                                <p class="muted num">
                                    {tr!(deliveries.taken_of, taken = line.taken, capacity = line.capacity)}
                                </p>
                            </div>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// Deliveries to come and the latest, for the page of an institution, an area or a project.
pub fn around(around: Around) -> AnyView {
    let Around { coming, past, coming_count, past_count } = around;
    if coming.is_empty() && past.is_empty() {
        return ().into_any();
    }
    let part = |title: String, count: i64, lines: Vec<DeliveryLine>| {
        (!lines.is_empty()).then(|| {
            view! {
                <section class="section">
                    <h2>{title}" "<span class="muted num">{format::number(count)}</span></h2>
                    {rows(lines)}
                </section>
            }
        })
    };
    view! {
        <div class="wrap body">
            {part(tr!(deliveries.coming), coming_count, coming)}
            {part(tr!(deliveries.given), past_count, past)}
        </div>
    }
    .into_any()
}
