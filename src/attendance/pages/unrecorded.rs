//! `/deliveries/{id}/unrecorded`: badges that a kiosk read without a line, and that could not be recorded.

use super::kiosk::{way_name, why};
use crate::{
    attendance::kiosk::{
        api::{SettleReading, Unrecorded, UnrecordedLine},
        service,
    },
    common::ids::DeliveryId,
    deliveries::pages::parts::{crumbs, tabs},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        form::{Form, Hidden},
        format,
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::unrecorded(&visit.cx, visit.param("id")).await?;
    visit.draw(|| show(data))
}

fn show(data: Unrecorded) -> AnyView {
    let id = data.head.id;
    let body = if data.lines.is_empty() {
        view! { <div class="empty"><h2>{tr!(reads.none)}</h2><p>{tr!(reads.none_text)}</p></div> }.into_any()
    } else {
        let lines = data.lines.into_iter().map(|line| item(id, line)).collect_view();
        view! { <ul class="list">{lines}</ul> }.into_any()
    };
    view! {
        <PageHead title=tr!(reads.title) crumbs=crumbs(&data.head) lede=Some(tr!(reads.lede))/>
        <div class="wrap body stack wide">
            {tabs(&data.head, "/badges", data.may_manage)}
            {body}
            <p><a href=format!("/deliveries/{id}/badges")>{tr!(reads.to_badges)}</a></p>
        </div>
    }
    .into_any()
}

fn item(delivery: DeliveryId, line: UnrecordedLine) -> AnyView {
    let who = match line.who {
        Ok(name) => name,
        Err(code) => tr!(reads.unknown, code = code),
    };
    let when = format!("{} · {}", format::date_time(line.at), way_name(line.way));
    let by = if line.browser.is_empty() { tr!(kiosk.a_browser) } else { line.browser };
    let arrived = tr!(reads.arrived, kiosk = by, at = format::date_time(line.arrived));
    let of = who.clone();
    let register = line.slot.map(move |slot| {
        let href = format!("/deliveries/{delivery}/register/{slot}");
        view! { <p><a href=href>{tr!(reads.register)}<span class="vh">": "{of}</span></a></p> }
    });
    let whose = who.clone();
    let end = match line.settled {
        Some((by, at)) => {
            view! { <p class="muted">{tr!(reads.settled, name = by, at = format::date_time(at))}</p> }.into_any()
        }
        None => view! {
            <Form function=SettleReading::PATH key=line.id.to_string()>
                <Hidden name="delivery" value=delivery.to_string()/>
                <Hidden name="id" value=line.id.to_string()/>
                <button class="btn quiet small">{tr!(reads.settle)}<span class="vh">": "{whose}</span></button>
            </Form>
        }
        .into_any(),
    };
    view! {
        <li class="item">
            <div class="grow stack">
                <div>
                    <h2>{who}</h2>
                    <p class="num">{when}</p>
                    <p>{why(line.word)}</p>
                    <p class="muted">{arrived}</p>
                </div>
                {register}
            </div>
            <div class="end">{end}</div>
        </li>
    }
    .into_any()
}
