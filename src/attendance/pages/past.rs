//! `/deliveries/{id}/register/{slot}/at?at=`: the register as it stood at a moment.

use super::{
    history::{ask, moment, said},
    register::half_day,
};
use crate::{
    attendance::{api::PastRegister, model::MarkSource, past},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = past::register(&visit.cx, visit.param("id"), visit.param("slot"), &visit.query("at")).await?;
    visit.draw(|| show(data))
}

fn show(data: PastRegister) -> impl IntoView {
    let register = format!("/deliveries/{}/register/{}", data.delivery, data.slot);
    let minutes = data.minutes;
    // Moments stand with the latest first.
    let earlier = data.moments.iter().find(|at| **at < data.at).map(|at| {
        view! { <a class="btn quiet small" href=moment(&register, *at)>{tr!(attendance.past.earlier)}</a> }
    });
    let later = data.moments.iter().rev().find(|at| **at > data.at).map(|at| {
        view! { <a class="btn quiet small" href=moment(&register, *at)>{tr!(attendance.past.later)}</a> }
    });
    let marked = data.names.iter().filter(|(_, mark)| mark.is_some()).count();
    let rows = data
        .names
        .iter()
        .map(|(name, mark)| {
            let by = mark.as_ref().map(|mark| {
                let by = match (mark.source, &mark.by) {
                    (MarkSource::Own, _) => tr!(attendance.checked_in),
                    (_, Some(by)) => tr!(attendance.by, name = by.clone()),
                    (_, None) => tr!(attendance.by_you),
                };
                format!("{by}, {}", format::date_time(mark.at))
            });
            view! {
                <tr>
                    <th scope="row" data-label=tr!(attendance.past.name)>{name.clone()}</th>
                    <td data-label=tr!(attendance.past.mark)>{said(mark.as_ref().map(|mark| &mark.mark), minutes)}</td>
                    <td class="muted" data-label=tr!(attendance.past.who)>{by}</td>
                </tr>
            }
        })
        .collect_view();
    let footnote = data.title.contains("Kosovo").then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> });
    view! {
        <PageHead
            title=tr!(attendance.past.title)
            crumbs=vec![
                (data.title.clone(), format!("/deliveries/{}", data.delivery)),
                (half_day(data.starts), register.clone()),
                (tr!(attendance.history), format!("{register}/history")),
            ]
            lede=Some(tr!(
                attendance.past.lede,
                half_day = format!("{}, {}", half_day(data.starts), format::date(data.starts.date())),
                at = format::date_time(data.at)
            ))
        />
        <div class="wrap body stack">
            {ask(&register, Some(data.at))}
            <p>
                {tr!(attendance.past.counts, marked = marked as i64, count = data.names.len() as i64)}
                {data.closed.then(|| view! { " "<span class="tag plain">{tr!(attendance.step.closed)}</span> })}
            </p>
            <div class="pair">{earlier}{later}</div>
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{tr!(attendance.past.name)}</th>
                        <th scope="col">{tr!(attendance.past.mark)}</th>
                        <th scope="col">{tr!(attendance.past.who)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {footnote}
        </div>
    }
    .into_any()
}
