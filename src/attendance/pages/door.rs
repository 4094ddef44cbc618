//! `/deliveries/{id}/register/{slot}/door`: the screen that those who come, or go, scan.

use super::{locate, register::half_day};
use crate::ui::title::Title;
use crate::{
    attendance::{
        checkin::{
            api::{Code, Door, LimitCheckIn, Limited, SetDoor, Where, get_door},
            model::Way,
        },
        kiosk::api::StartKiosk,
    },
    common::ids::{DeliveryId, SlotId},
    tr,
    ui::{
        field::{Input, Select},
        form::{Form, Hidden, Submit, came_back},
        format,
        load::load,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};
use std::time::Duration;

/// How often the screen asks for the code and for how many are in. A code that has just changed is
/// taken for longer than this.
const LOOK: Duration = Duration::from_secs(5);

#[component]
pub fn DoorPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    // Grows when the screen is to ask again; also after a failure, for nobody stands beside it.
    let turn = RwSignal::new(0_u32);
    // While check-in is closed nothing changes, and what is being typed is left in peace.
    let idle = StoredValue::new(false);
    Effect::new(move |_| {
        let again = move || {
            if idle.try_get_value() == Some(false) {
                turn.try_update(|turn| *turn += 1);
            }
        };
        if let Ok(handle) = set_interval_with_handle(again, LOOK) {
            on_cleanup(move || handle.clear());
        }
    });
    load(
        move || {
            let of = |name: &str| params.read().get(name).unwrap_or_default();
            (of("id"), of("slot"), query.read().get("way").unwrap_or_default(), turn.get())
        },
        |(delivery, slot, way, _)| get_door(delivery, slot, way),
        move |door: Door| {
            idle.set_value(door.code.is_none());
            show(door)
        },
    )
}

fn show(door: Door) -> AnyView {
    let register = format!("/deliveries/{}/register/{}", door.delivery, door.at.slot);
    let here = format!("{register}/door");
    let open = door.code.is_some();
    let title = tr!(attendance.door.title);
    let facts = facts(&door.at);
    let refused = door.refused.map(|why| view! { <div class="notice warn"><p>{words::refusal(why)}</p></div> });
    let limits = door.refused.is_none().then(|| limits(door.delivery, door.at.slot, door.limits, &door.own_network));
    let body = match door.code {
        Some(code) => shown(code, door.way, &here, (door.inside, door.total)),
        None if door.refused.is_some() => ().into_any(),
        None => view! { <p class="lede">{tr!(attendance.door.closed)}</p> }.into_any(),
    };
    let control = door.refused.is_none().then(|| {
        view! {
            <Form function=SetDoor::PATH class="door-form" labels=vec![("tolerance", tr!(attendance.door.tolerance))]>
                <Hidden name="delivery" value=door.delivery.to_string()/>
                <Hidden name="slot" value=door.at.slot.to_string()/>
                {if open {
                    view! {
                        <Hidden name="act" value="close"/>
                        <Submit label=tr!(attendance.door.close) class="quiet"/>
                    }
                    .into_any()
                } else {
                    view! {
                        <Hidden name="act" value="open"/>
                        <Input
                            name="tolerance"
                            kind="number"
                            class="short"
                            label=tr!(attendance.door.tolerance)
                            hint=tr!(attendance.door.tolerance_hint)
                            value=door.tolerance.to_string()
                        />
                        <Submit label=tr!(attendance.door.open)/>
                    }
                    .into_any()
                }}
            </Form>
        }
    });
    let unrecorded = (door.unrecorded > 0).then(|| {
        let href = format!("/deliveries/{}/unrecorded", door.delivery);
        view! { <div class="notice warn"><p>{tr!(reads.notice, count = door.unrecorded)}" "<a href=href>{tr!(reads.see)}</a></p></div> }
    });
    let kiosk = door.refused.is_none().then(|| {
        view! {
            <details class="more">
                <summary>{tr!(kiosk.start)}</summary>
                <p>{tr!(kiosk.text)}</p>
                {start_kiosk(door.delivery)}
            </details>
        }
    });
    view! {
        <Title text=title.clone()/>
        <div class="wrap door">
            <header>
                <p><a class="back" href=register>{tr!(attendance.to_register)}</a></p>
                <h1>{door.at.title.clone()}</h1>
                <p class="lede">{facts}</p>
            </header>
            {refused}
            {unrecorded}
            {body}
            {control}
            {limits}
            {kiosk}
        </div>
    }
    .into_any()
}

/// From where people may check in by themselves.
fn limits(delivery: DeliveryId, slot: SlotId, limited: Limited, own_network: &str) -> AnyView {
    let Limited { networks, latitude, longitude, radius } = limited;
    let set = match (networks.is_empty(), latitude.is_empty()) {
        (true, true) => tr!(limits.none),
        (false, true) => tr!(limits.by_network),
        (true, false) => tr!(limits.by_place, metres = radius),
        (false, false) => tr!(limits.by_either, metres = radius),
    };
    let hint = match own_network {
        "" => tr!(limits.networks_hint),
        own => format!("{} {}", tr!(limits.networks_hint), tr!(limits.own, network = own.to_owned())),
    };
    let labels = vec![
        ("networks", tr!(limits.networks)),
        ("latitude", tr!(limits.latitude)),
        ("longitude", tr!(limits.longitude)),
        ("radius", tr!(limits.radius)),
    ];
    // Filled in by hand or from this device: whichever stands there is what is saved.
    let asked = RwSignal::new(None::<bool>);
    let here = move |_| {
        locate::ask(move |found| {
            asked.set(Some(found.is_some()));
            if let Some((latitude, longitude, _)) = found {
                locate::fill("latitude", &format!("{latitude:.6}"));
                locate::fill("longitude", &format!("{longitude:.6}"));
            }
        });
    };
    view! {
        <details class="more" open=came_back(LimitCheckIn::PATH, "limits")>
            <summary>{tr!(limits.title)}": "{set}</summary>
            <p>{tr!(limits.text)}</p>
            <Form function=LimitCheckIn::PATH key="limits" class="form" labels=labels>
                <Hidden name="delivery" value=delivery.to_string()/>
                <Hidden name="slot" value=slot.to_string()/>
                <Input name="networks" label=tr!(limits.networks) hint=hint value=networks optional=true autocomplete="off"/>
                <div class="js">
                    <button type="button" class="btn quiet small" on:click=here>{tr!(limits.here)}</button>
                    <span role="status">
                        {move || asked.get().map(|found| if found { tr!(limits.found) } else { tr!(limits.refused) })}
                    </span>
                </div>
                <div class="pair">
                    <Input name="latitude" label=tr!(limits.latitude) hint=tr!(limits.degrees_hint) class="mid" value=latitude optional=true autocomplete="off"/>
                    <Input name="longitude" label=tr!(limits.longitude) hint=tr!(limits.degrees_hint) class="mid" value=longitude optional=true autocomplete="off"/>
                    <Input name="radius" kind="number" label=tr!(limits.radius) hint=tr!(limits.radius_hint) class="short" value=radius.to_string()/>
                </div>
                <div class="actions"><Submit label=tr!(form.save)/></div>
            </Form>
        </details>
    }
    .into_any()
}

/// Sunday morning, 22 November 2026 · 09:00–12:30 · Room 204 · Tirana.
pub fn facts(at: &Where) -> String {
    let hours = format!("{}–{}", format::time(at.starts.time()), format::time(at.ends.time()));
    [half_day(at.starts), format::date(at.starts.date()), hours, at.room.clone(), at.place.clone()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

fn shown(code: Code, way: Way, here: &str, (inside, total): (i64, i64)) -> AnyView {
    let digits = code.short.split_at_checked(3).map_or(code.short.clone(), |(a, b)| format!("{a} {b}"));
    let (verb, other, href) = match way {
        Way::In => (tr!(attendance.door.scan_in), tr!(attendance.door.to_out), format!("{here}?way=out")),
        Way::Out => (tr!(attendance.door.scan_out), tr!(attendance.door.to_in), here.to_owned()),
    };
    // Without script the page asks for the next code by itself. The element has no children for the
    // browser half, which would find none: with script it is text.
    let refresh = format!("<meta http-equiv=\"refresh\" content=\"{}\">", code.seconds.clamp(1, 5));
    view! {
        <noscript inner_html=refresh></noscript>
        <div class="code">
            <div class="qr" inner_html=code.qr></div>
            <div class="stack">
                <p class="lede">{verb}</p>
                <p>{tr!(attendance.door.or_type, address = code.address)}</p>
                <p class="digits">{digits}</p>
                <p class="inside"><b>{inside}</b>" "{tr!(attendance.door.of_inside, count = total)}</p>
                <progress class="meter" value=inside.to_string() max=total.max(1).to_string() aria-label=tr!(attendance.door.inside)></progress>
                <p><a href=href>{other}</a></p>
            </div>
        </div>
    }
    .into_any()
}

/// The form that makes this very browser a kiosk.
pub fn start_kiosk(delivery: DeliveryId) -> AnyView {
    let hours = [4_i64, 8, 12, 24].map(|hours| (hours.to_string(), tr!(kiosk.for_hours, count = hours)));
    view! {
        <Form function=StartKiosk::PATH class="door-form" labels=vec![("hours", tr!(kiosk.hours))]>
            <Hidden name="delivery" value=delivery.to_string()/>
            <Select name="hours" label=tr!(kiosk.hours) hint=tr!(kiosk.hours_hint) empty=tr!(kiosk.for_the_day) options=hours.to_vec()/>
            <Submit label=tr!(kiosk.start) class="quiet"/>
        </Form>
    }
    .into_any()
}
