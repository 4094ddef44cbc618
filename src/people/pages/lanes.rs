//! Lanes of background work on `/admin/jobs`: what waits, for how long, what was last done.

use super::moment;
use crate::{common::lane::Lane, people::house::api::LaneLine, tr};
use leptos::prelude::*;

/// A line a lane.
pub(super) fn lanes(lines: Vec<LaneLine>) -> impl IntoView {
    view! {
        <table class="cards">
            <caption>{tr!(people.lanes.title)}</caption>
            <thead>
                <tr>
                    <th scope="col">{tr!(people.lanes.lane)}</th>
                    <th scope="col" class="n">{tr!(people.lanes.waiting)}</th>
                    <th scope="col">{tr!(people.lanes.oldest)}</th>
                    <th scope="col">{tr!(people.lanes.last_done)}</th>
                    <th scope="col">{tr!(people.lanes.state)}</th>
                </tr>
            </thead>
            <tbody>{lines.into_iter().map(line).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn line(line: LaneLine) -> impl IntoView {
    let late = match line.late_minutes {
        None => tr!(people.lanes.nothing_due),
        Some(minutes) => tr!(people.lanes.minutes, count = minutes),
    };
    let last = line.last_done.map_or_else(|| tr!(people.lanes.never), moment);
    let state = match (line.stands, line.late_minutes) {
        (true, _) => view! { <span class="tag bad">{tr!(people.lanes.stands)}</span> }.into_any(),
        (false, Some(_)) => view! { <span class="tag calm">{tr!(people.lanes.works)}</span> }.into_any(),
        (false, None) => view! { <span class="tag good">{tr!(people.lanes.rests)}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row" data-label=tr!(people.lanes.lane)>{name(line.lane)}</th>
            <td class="n" data-label=tr!(people.lanes.waiting)>{line.waiting}</td>
            <td data-label=tr!(people.lanes.oldest)>{late}</td>
            <td data-label=tr!(people.lanes.last_done)>{last}</td>
            <td data-label=tr!(people.lanes.state)>{state}</td>
        </tr>
    }
    .into_any()
}

fn name(lane: Lane) -> String {
    match lane {
        Lane::Mail => tr!(people.lanes.mail),
        Lane::Letters => tr!(people.lanes.letters),
        Lane::Outcomes => tr!(people.lanes.outcomes),
        Lane::Licences => tr!(people.lanes.licences),
        Lane::Papers => tr!(people.lanes.papers),
        Lane::Reports => tr!(people.lanes.reports),
        Lane::Counting => tr!(people.lanes.counting),
        Lane::House => tr!(people.lanes.house),
    }
}
