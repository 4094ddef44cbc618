//! How figures are shown: a row of them, a table, and a chart drawn on the server.

use crate::{
    reporting::model::{Figures, Line, Unnamed},
    tr,
    ui::format,
};
use leptos::prelude::*;

/// A figure, or the words for one that is kept back.
pub fn figure(value: Option<i64>) -> String {
    value.map_or_else(|| tr!(reporting.few), format::number)
}

/// People counted without names, in words; nothing where there are none.
pub fn beside(it: &Unnamed) -> Option<String> {
    let few = |value: Option<i64>| value.map_or_else(|| tr!(tallies.few), format::number);
    if it.none() {
        None
    } else if it.unverified == Some(0) {
        Some(tr!(tallies.beside, people = few(it.people)))
    } else {
        Some(tr!(tallies.beside_unverified, people = few(it.people), unverified = few(it.unverified)))
    }
}

/// The same as a paragraph under totals, with what it means.
pub fn apart(it: &Unnamed) -> Option<AnyView> {
    beside(it).map(|words| {
        view! { <p class="unnamed"><b>{words}</b>" "<span class="muted small">{tr!(tallies.apart)}</span></p> }
            .into_any()
    })
}

/// The totals in a row.
pub fn stats(total: &Figures) -> AnyView {
    let again = total.participations.zip(total.persons).map(|(all, once)| all - once).filter(|more| *more > 0).map(
        |more| view! { " · "<b class="up">{format!("+{}", format::number(more))}</b>" "{tr!(reporting.stat_again)} },
    );
    view! {
        <div class="stats">
            <p class="stat"><b>{figure(total.persons)}</b><span>{tr!(reporting.stat_persons)}</span></p>
            <p class="stat"><b>{figure(total.participations)}</b><span>{tr!(reporting.stat_participations)}{again}</span></p>
            <p class="stat"><b>{format::number(total.deliveries)}</b><span>{tr!(reporting.stat_deliveries)}</span></p>
            <p class="stat"><b>{figure(total.completions)}</b><span>{tr!(reporting.stat_completions)}</span></p>
        </div>
        {apart(&total.unnamed)}
    }
    .into_any()
}

/// The figures of areas or courses, with their total.
pub fn table(head: String, lines: &[Line], total: &Figures) -> AnyView {
    // A column of its own, where anybody is counted without a name.
    let unnamed = !total.unnamed.none() || lines.iter().any(|line| !line.figures.unnamed.none());
    let row = |name: String, f: &Figures, class: &'static str| {
        view! {
            <tr class=class>
                <th scope="row" data-label=head.clone()>{name}</th>
                <td class="n" data-label=tr!(reporting.deliveries)>{format::number(f.deliveries)}</td>
                <td class="n" data-label=tr!(reporting.participations)>{figure(f.participations)}</td>
                <td class="n" data-label=tr!(reporting.persons)>{figure(f.persons)}</td>
                <td class="n" data-label=tr!(reporting.completions)>{figure(f.completions)}</td>
                {unnamed.then(|| view! { <td class="n" data-label=tr!(tallies.column)>{beside(&f.unnamed)}</td> })}
            </tr>
        }
    };
    let rows = lines.iter().map(|line| row(line.name.clone(), &line.figures, "")).collect_view();
    let sum = row(tr!(reporting.sum), total, "sum");
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{head.clone()}</th>
                    <th scope="col" class="n">{tr!(reporting.deliveries)}</th>
                    <th scope="col" class="n">{tr!(reporting.participations)}</th>
                    <th scope="col" class="n">{tr!(reporting.persons)}</th>
                    <th scope="col" class="n">{tr!(reporting.completions)}</th>
                    {unnamed.then(|| view! { <th scope="col" class="n">{tr!(tallies.column)}</th> })}
                </tr>
            </thead>
            <tbody>{rows}{sum}</tbody>
        </table>
    }
    .into_any()
}

/// Where bars begin beside short names, and how long the longest may be.
const BESIDE: (i64, i64) = (210, 330);
/// The same under long names.
const UNDER: (i64, i64) = (1, 530);

/// Two bars a line, persons and participations, with a legend; names of areas stand beside them,
/// titles of courses above. The table has the same figures.
pub fn chart(label: String, lines: &[Line], titles: bool) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let most = lines.iter().filter_map(|line| line.figures.participations).max().unwrap_or(0).max(1);
    let ((from, long), step, name_at, bars_at) = if titles { (UNDER, 76, 20, 30) } else { (BESIDE, 46, 27, 6) };
    let height = i64::try_from(lines.len()).unwrap_or(0) * step + 6;
    let bars = lines
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let top = i64::try_from(i).unwrap_or(0) * step;
            view! {
                <text class="t" x="0" y=top + name_at>{short(&line.name, if titles { 78 } else { 28 })}</text>
                {bar(line.figures.persons, most, (from, long), top + bars_at, "v")}
                {bar(line.figures.participations, most, (from, long), top + bars_at + 18, "v two")}
            }
        })
        .collect_view();
    view! {
        <figure class="figure" tabindex="0">
            <ul class="legend"><li>{tr!(reporting.persons)}</li><li class="two">{tr!(reporting.participations)}</li></ul>
            <svg class="chart" viewBox=format!("0 0 600 {height}") role="img" aria-label=label>
                {(!titles).then(|| view! { <line class="g base" x1=from - 1 y1="0" x2=from - 1 y2=height></line> })}
                {bars}
            </svg>
        </figure>
    }
    .into_any()
}

fn bar(value: Option<i64>, most: i64, (from, long): (i64, i64), top: i64, class: &'static str) -> AnyView {
    match value {
        Some(value) => {
            let width = (value * long / most).max(i64::from(value > 0) * 2);
            view! {
                <rect class=class x=from y=top width=width height="14" rx="2"></rect>
                <text class="t n" x=from + width + 8 y=top + 12>{format::number(value)}</text>
            }
            .into_any()
        }
        None => view! { <text class="t soft" x=from + 8 y=top + 12>{tr!(reporting.few)}</text> }.into_any(),
    }
}

/// A name that fits beside the bars.
fn short(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        name.to_owned()
    } else {
        let cut: String = name.chars().take(most - 1).collect();
        format!("{}…", cut.trim_end())
    }
}
