//! `/deliveries/{id}/timetable`: made from the session plans, then changed half-day by half-day.

use super::parts::{crumbs, tabs, timetable};
use crate::{
    deliveries::{
        api::{GenerateTimetable, SaveSlot, Schedule},
        schedule,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Tick},
        form::{Form, Hidden, Submit, Version},
        format,
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = schedule::view(&visit.cx, visit.param("id")).await?;
    visit.draw(|| show(data))
}

fn show(data: Schedule) -> impl IntoView {
    let Schedule { head, slots, plans, left, proposed, new_slot } = data;
    let base = format!("/deliveries/{}/timetable", head.id);
    let empty = slots.is_empty();
    let labels = vec![
        ("morning_from", tr!(deliveries.morning_from)),
        ("morning_to", tr!(deliveries.morning_to)),
        ("afternoon_from", tr!(deliveries.afternoon_from)),
        ("afternoon_to", tr!(deliveries.afternoon_to)),
        ("break_minutes", tr!(deliveries.break_minutes)),
        ("room", tr!(deliveries.room)),
    ];
    let slot_labels = vec![
        ("day", tr!(deliveries.day)),
        ("from", tr!(deliveries.from)),
        ("to", tr!(deliveries.to)),
        ("room", tr!(deliveries.room)),
    ];
    let generate = view! {
        <Form function=GenerateTimetable::PATH class="form" labels=labels>
            <Hidden name="id" value=head.id.to_string()/>
            <Version value=head.version/>
            <div class="row">
                <Input name="morning_from" kind="time" label=tr!(deliveries.morning_from) value="09:00" class="short"/>
                <Input name="morning_to" kind="time" label=tr!(deliveries.morning_to) value="12:30" class="short"/>
            </div>
            <div class="row">
                <Input name="afternoon_from" kind="time" label=tr!(deliveries.afternoon_from) value="13:30" class="short"/>
                <Input name="afternoon_to" kind="time" label=tr!(deliveries.afternoon_to) value="17:00" class="short"/>
            </div>
            <Input name="break_minutes" kind="number" label=tr!(deliveries.break_minutes) hint=tr!(deliveries.break_hint) value="30" class="short"/>
            <Input name="room" label=tr!(deliveries.room) optional=true class="mid"/>
            <Tick name="weekends" label=tr!(deliveries.weekends)/>
            <div class="actions"><Submit label=tr!(deliveries.generate) class=if empty { "" } else { "quiet" }/></div>
        </Form>
    };
    let about = if plans == 0 { tr!(deliveries.generate_bare) } else { tr!(deliveries.generate_text, count = plans) };
    view! {
        <PageHead
            title=tr!(deliveries.timetable_title)
            crumbs=crumbs(&head)
            meta=view! { <li>{format::date_range(head.starts_on, head.ends_on)}</li><li>{tr!(deliveries.times_in, zone = head.time_zone.clone())}</li> }.into_any()
        />
        <div class="wrap body stack wide">
            {tabs(&head, "/timetable", true)}
            {(!left.is_empty()).then(|| view! {
                <div class="notice warn" role="status">
                    <h2>{tr!(deliveries.left_title)}</h2>
                    <p>{tr!(deliveries.left_text)}</p>
                    <ul>{left.into_iter().map(|(title, minutes)| view! { <li>{title}" · "{format::minutes(minutes)}</li> }).collect_view()}</ul>
                </div>
            })}
            {if empty {
                view! { <p class="muted">{tr!(deliveries.no_timetable)}</p> }.into_any()
            } else {
                // The days are headed one level below.
                view! { <h2 class="vh">{tr!(deliveries.timetable_title)}</h2>{timetable(slots, None, Some(base))} }.into_any()
            }}
            {if empty {
                view! { <section class="section stack"><h2>{tr!(deliveries.generate_title)}</h2><p>{about}</p>{generate}</section> }.into_any()
            } else {
                view! {
                    <details class="more">
                        <summary>{tr!(deliveries.generate_again)}</summary>
                        <p>{about}</p>
                        <p>{tr!(deliveries.generate_warning)}</p>
                        {generate}
                    </details>
                }
                .into_any()
            }}
            <section class="section stack">
                <h2>{tr!(deliveries.add_half_day)}</h2>
                <Form function=SaveSlot::PATH class="form" labels=slot_labels>
                    <Hidden name="delivery" value=head.id.to_string()/>
                    <Hidden name="id" value=new_slot.to_string()/>
                    <div class="row">
                        <Input name="day" kind="date" label=tr!(deliveries.day) value=proposed.to_string() class="short"/>
                        <Input name="from" kind="time" label=tr!(deliveries.from) class="short"/>
                        <Input name="to" kind="time" label=tr!(deliveries.to) class="short"/>
                    </div>
                    <div class="actions"><Submit label=tr!(deliveries.add) class="quiet"/></div>
                </Form>
            </section>
        </div>
    }
    .into_any()
}
