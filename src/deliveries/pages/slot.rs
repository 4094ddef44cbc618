//! `/deliveries/{id}/timetable/{slot}`: a half-day, its room and its sessions.

use super::parts::{crumbs, half_day, span};
use crate::{
    deliveries::{
        api::{CallOffSlot, RemoveSession, RemoveSlot, SaveSession, SaveSlot, SessionView, SlotEdit},
        schedule,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select},
        form::{Form, Hidden, Submit, came_back},
        format,
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = schedule::slot(&visit.cx, visit.param("id"), visit.param("slot")).await?;
    visit.draw(|| show(data))
}

fn show(data: SlotEdit) -> impl IntoView {
    let SlotEdit { head, slot, slots, new_session } = data;
    let delivery = head.id.to_string();
    let title = half_day(&slot);
    let mut way = crumbs(&head);
    way.push((tr!(deliveries.timetable_title), format!("/deliveries/{delivery}/timetable")));
    let slot_labels = vec![
        ("day", tr!(deliveries.day)),
        ("from", tr!(deliveries.from)),
        ("to", tr!(deliveries.to)),
        ("room", tr!(deliveries.room)),
    ];
    let halves: Vec<(String, String)> = slots
        .iter()
        .map(|(id, starts)| {
            (id.to_string(), format!("{}, {}", format::weekday_date(starts.date()), format::time(starts.time())))
        })
        .collect();
    let page = slot.id.to_string();
    let next_start = slot.sessions.last().map_or(slot.starts, |s| s.starts + chrono::TimeDelta::minutes(s.minutes));
    let session_form = move |session: Option<SessionView>, key: String| {
        let (delivery, page, halves) = (delivery.clone(), page.clone(), halves.clone());
        let labels = vec![
            ("title", tr!(deliveries.session_title)),
            ("from", tr!(deliveries.from)),
            ("minutes", tr!(deliveries.minutes)),
        ];
        let new = session.is_none();
        let id = session.as_ref().map_or_else(|| new_session.to_string(), |s| s.id.to_string());
        let was = session.as_ref().map(SessionView::as_read).unwrap_or_default();
        let from = format::time(session.as_ref().map_or(next_start, |s| s.starts).time());
        let minutes = session.as_ref().map_or(45, |s| s.minutes).to_string();
        let title = session.map(|s| s.title).unwrap_or_default();
        view! {
            <Form function=SaveSession::PATH key=key class="form" labels=labels>
                <Hidden name="delivery" value=delivery/>
                <Hidden name="id" value=id/>
                <Hidden name="was" value=was/>
                <Hidden name="page" value=page.clone()/>
                <Input name="title" label=tr!(deliveries.session_title) value=title/>
                <div class="row">
                    <Input name="from" kind="time" label=tr!(deliveries.from) value=from class="short"/>
                    <Input name="minutes" kind="number" label=tr!(deliveries.minutes) value=minutes class="short"/>
                </div>
                {if new {
                    view! { <Hidden name="slot" value=page/> }.into_any()
                } else {
                    view! { <Select name="slot" label=tr!(deliveries.move_to) options=halves value=page class="mid"/> }.into_any()
                }}
                <div class="actions"><Submit label=if new { tr!(deliveries.add) } else { tr!(form.save) } class="quiet small"/></div>
            </Form>
        }
        .into_any()
    };
    let add = session_form(None, "new".to_owned());
    let empty = slot.sessions.is_empty();
    let was = slot.as_read();
    let called_off = match slot.cancelled.clone() {
        Some(reason) => view! {
            <div class="notice warn">
                <h2>{tr!(deliveries.called_off)}</h2>
                <p>{reason}</p>
                <Form function=CallOffSlot::PATH key="restore">
                    <Hidden name="delivery" value=head.id.to_string()/>
                    <Hidden name="id" value=slot.id.to_string()/>
                    <Hidden name="act" value="restore"/>
                    <Hidden name="reason" value=""/>
                    <Submit label=tr!(deliveries.restore_half_day) class="quiet small"/>
                </Form>
            </div>
        }
        .into_any(),
        None => view! {
            <details class="more" open=came_back(CallOffSlot::PATH, "cancel")>
                <summary>{tr!(deliveries.call_off)}</summary>
                <p>{tr!(deliveries.call_off_text)}</p>
                <Form function=CallOffSlot::PATH key="cancel" class="form" labels=vec![("reason", tr!(deliveries.reason))]>
                    <Hidden name="delivery" value=head.id.to_string()/>
                    <Hidden name="id" value=slot.id.to_string()/>
                    <Hidden name="act" value="cancel"/>
                    <Input name="reason" label=tr!(deliveries.reason)/>
                    <div class="actions"><Submit label=tr!(deliveries.call_off) class="danger small"/></div>
                </Form>
            </details>
        }
        .into_any(),
    };
    view! {
        <PageHead title=title crumbs=way meta=view! { <li>{tr!(deliveries.times_in, zone = head.time_zone.clone())}</li> }.into_any()/>
        <div class="wrap body stack wide">
            <div class="stack">
                <Form function=SaveSlot::PATH key="slot" class="form" labels=slot_labels>
                    <Hidden name="delivery" value=head.id.to_string()/>
                    <Hidden name="id" value=slot.id.to_string()/>
                    <Hidden name="was" value=was/>
                    <div class="row">
                        <Input name="day" kind="date" label=tr!(deliveries.day) value=slot.starts.date().to_string() class="short"/>
                        <Input name="from" kind="time" label=tr!(deliveries.from) value=format::time(slot.starts.time()) class="short"/>
                        <Input name="to" kind="time" label=tr!(deliveries.to) value=format::time(slot.ends.time()) class="short"/>
                    </div>
                    <Input name="room" label=tr!(deliveries.room) value=slot.room.clone() optional=true class="mid"/>
                    <div class="actions"><Submit label=tr!(form.save)/></div>
                </Form>
                {called_off}
                <Form function=RemoveSlot::PATH>
                    <Hidden name="delivery" value=head.id.to_string()/>
                    <Hidden name="id" value=slot.id.to_string()/>
                    <Submit label=tr!(deliveries.remove_half_day) class="danger small"/>
                </Form>
            </div>
            <section class="section stack">
                <h2>{tr!(deliveries.sessions)}</h2>
                {empty.then(|| view! { <p class="muted">{tr!(deliveries.no_sessions)}</p> })}
                <ul class="list">
                    {slot
                        .sessions
                        .into_iter()
                        .map(|session| view! {
                            <li class="item">
                                <div class="grow stack">
                                    <div><h3>{session.title.clone()}</h3><p class="muted num">{span(session.starts, session.minutes)}</p></div>
                                    <details class="more">
                                        <summary>{tr!(deliveries.change)}" "<span class="vh">{session.title.clone()}</span></summary>
                                        {session_form(Some(session.clone()), format!("s-{}", session.id))}
                                    </details>
                                </div>
                                <div class="end">
                                    <Form function=RemoveSession::PATH key=format!("r-{}", session.id)>
                                        <Hidden name="delivery" value=head.id.to_string()/>
                                        <Hidden name="id" value=session.id.to_string()/>
                                        <Submit label=tr!(deliveries.remove) class="quiet small"/>
                                    </Form>
                                </div>
                            </li>
                        })
                        .collect_view()}
                </ul>
            </section>
            <section class="section stack"><h2>{tr!(deliveries.add_session)}</h2>{add}</section>
        </div>
    }
    .into_any()
}
