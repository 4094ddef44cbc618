//! `/attendance/at-risk`: who is about to fail for want of attendance, in all deliveries at hand.

use super::{files, outlook, query};
use crate::{
    platform::http::page::{Drawn, Visit},
    reporting::attendance::{
        api::{RiskDelivery, Risks},
        service,
    },
    tr,
    ui::{format, layout::PageHead},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = service::risks(&visit.cx).await?;
    visit.draw(|| show(data))
}

fn show(data: Risks) -> AnyView {
    let body = if data.deliveries.is_empty() {
        view! { <div class="empty"><h2>{tr!(hours.no_risk)}</h2><p>{tr!(hours.no_risk_text, count = data.running as i64)}</p></div> }
            .into_any()
    } else {
        view! { {data.deliveries.iter().map(section).collect_view()}{files("/attendance/at-risk/at-risk", &query(&[]))} }
            .into_any()
    };
    view! {
        <PageHead title=tr!(hours.risk_title) crumbs=vec![(tr!(nav.deliveries), "/deliveries".to_owned())] lede=tr!(hours.risk_lede)/>
        <div class="wrap body stack wide">
            {body}
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn section(delivery: &RiskDelivery) -> AnyView {
    let rows = delivery
        .people
        .iter()
        .map(|person| {
            let (word, class) = outlook(person.outlook);
            view! {
                <tr>
                    <th scope="row" data-label=tr!(hours.person)>
                        {person.name.clone()}
                        {(!person.workplace.is_empty()).then(|| view! { <br/><span class="muted small">{person.workplace.clone()}</span> })}
                    </th>
                    <td class="n" data-label=tr!(hours.attended)>{format::minutes(person.attended)}</td>
                    <td class="n" data-label=tr!(hours.to_come)>{format::minutes(person.to_come)}</td>
                    <td data-label=tr!(hours.standing)><span class=class>{word}</span></td>
                </tr>
            }
        })
        .collect_view();
    let needed =
        tr!(hours.needed_short, needed = format::minutes(delivery.needed), all = format::minutes(delivery.programme));
    view! {
        <section class="section stack">
            <div class="between">
                <h2>{delivery.title.clone()}</h2>
                <a href=format!("/deliveries/{}/attendance?show=risk", delivery.id)>{tr!(hours.to_grid)}<span class="vh">": "{delivery.title.clone()}</span></a>
            </div>
            <p class="muted">{needed}</p>
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{tr!(hours.person)}</th>
                        <th scope="col" class="n">{tr!(hours.attended)}</th>
                        <th scope="col" class="n">{tr!(hours.to_come)}</th>
                        <th scope="col">{tr!(hours.standing)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}
