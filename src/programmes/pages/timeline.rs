//! When the projects ran: a picture of bars on a scale of years, drawn on the server.

use crate::{
    programmes::{
        api::ProjectLine,
        model::{short_title, span},
    },
    tr,
};
use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;

const WIDTH: f64 = 600.0;
/// Where the bars begin; names stand before.
const LEFT: f64 = 216.0;
const ROW: f64 = 26.0;
const HEAD: f64 = 28.0;

struct Bar {
    title: String,
    from: NaiveDate,
    to: NaiveDate,
    reckoned: bool,
}

/// Years since the beginning of `first`, as a number on the scale.
fn years(day: NaiveDate, first: i32) -> f64 {
    f64::from(day.year() - first) + f64::from(day.ordinal0()) / 366.0
}

/// Rounded to a tenth: the server and the browser print the same figure.
fn unit(value: f64) -> String {
    format!("{value:.1}")
}

/// The figure; nothing where no project has dates.
pub fn timeline(projects: &[ProjectLine]) -> Option<AnyView> {
    let mut bars: Vec<Bar> = projects
        .iter()
        .filter_map(|project| {
            let (from, to, reckoned) = span(project.starts, project.ends, project.months)?;
            Some(Bar { title: short_title(&project.title).to_owned(), from, to, reckoned })
        })
        .collect();
    bars.sort_by_key(|bar| bar.from);
    let undated = projects.len() - bars.len();
    let first = bars.iter().map(|bar| bar.from.year()).min()?;
    let last = bars.iter().map(|bar| bar.to.year()).max()? + 1;
    let scale = (WIDTH - LEFT) / f64::from(last - first).max(1.0);
    let x = move |day| LEFT + years(day, first) * scale;
    let height = HEAD + ROW * bars.len() as f64 + 4.0;
    let some_reckoned = bars.iter().any(|bar| bar.reckoned);
    // A year's figures are about 30 units wide: label as many as fit.
    let step = ((44.0 / scale).ceil() as i32).max(1);
    let grid = (first..=last)
        .map(|year| {
            let at = unit(LEFT + f64::from(year - first) * scale);
            let labelled = (year - first) % step == 0 && year < last;
            view! {
                <line class="g" x1=at.clone() x2=at.clone() y1=unit(HEAD - 6.0) y2=unit(height)></line>
                {labelled.then(|| view! { <text class="t soft" x=at y="14">{year}</text> })}
            }
        })
        .collect_view();
    let rows = bars
        .into_iter()
        .enumerate()
        .map(|(i, bar)| {
            let top = HEAD + ROW * i as f64;
            let (from, to) = (x(bar.from), x(bar.to));
            view! {
                <text class="t" x="0" y=unit(top + 16.0)>{bar.title}</text>
                <rect
                    class=if bar.reckoned { "v two" } else { "v" }
                    x=unit(from)
                    y=unit(top + 5.0)
                    width=unit((to - from).max(2.0))
                    height="14"
                    rx="2"
                ></rect>
            }
        })
        .collect_view();
    Some(
        view! {
            <section class="sheet">
                <div class="sheet-head"><h2>{tr!(programmes.timeline)}</h2></div>
                <figure class="figure" tabindex="0">
                    <svg class="chart" viewBox=format!("0 0 {WIDTH} {}", unit(height)) role="img" aria-label=tr!(programmes.timeline_label)>
                        {grid}
                        {rows}
                    </svg>
                    <figcaption>
                        <ul class="legend">
                            <li>{tr!(programmes.timeline_given)}</li>
                            {some_reckoned.then(|| view! { <li class="two">{tr!(programmes.timeline_reckoned)}</li> })}
                        </ul>
                        {(undated > 0).then(|| tr!(programmes.timeline_undated, count = undated as i64))}
                    </figcaption>
                </figure>
            </section>
        }
        .into_any(),
    )
}
