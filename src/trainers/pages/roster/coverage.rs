//! `/courses/{slug}/coverage`: licensed and active trainers by area and language, and the gaps.

use crate::{
    platform::http::page::{Drawn, Visit},
    reporting::pages::numbers::figure,
    tr,
    trainers::roster::{
        api::{CoverLine, Coverage, CrossLine},
        cover::Verdict,
        service,
    },
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let project = visit.query("project");
    let data = service::coverage(&visit.cx, visit.param("slug"), &project, visit.language()).await?;
    visit.draw(|| show(data))
}

fn verdict_name(verdict: Verdict) -> String {
    match verdict {
        Verdict::Covered => tr!(roster.verdict.covered),
        Verdict::Resting => tr!(roster.verdict.resting),
        Verdict::Coming => tr!(roster.verdict.coming),
        Verdict::Gap => tr!(roster.verdict.gap),
    }
}

const fn colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Covered => "good",
        Verdict::Resting => "warn",
        Verdict::Coming => "calm",
        Verdict::Gap => "bad",
    }
}

fn show(data: Coverage) -> impl IntoView {
    let slug = data.slug.clone();
    let gaps: Vec<String> = data
        .areas
        .iter()
        .filter(|line| line.wanted && line.cover.licensed == Some(0))
        .map(|line| line.name.clone())
        .collect();
    let silent: Vec<String> = data
        .languages
        .iter()
        .filter(|line| line.wanted && line.cover.licensed == Some(0))
        .map(|line| words::language(&line.code))
        .collect();
    let total = data.total;
    let crumbs = vec![(tr!(nav.catalogue), "/catalogue".to_owned()), (data.title.clone(), format!("/courses/{slug}"))];
    let wanted: Vec<CoverLine> = data.areas.iter().filter(|line| line.wanted).cloned().collect();
    let footnote = data.footnote;
    view! {
        <PageHead title=tr!(roster.coverage) crumbs=crumbs lede=Some(data.title.clone())/>
        <div class="wrap body stack wide">
            <form class="filterbar" method="get">
                <div class="fld">
                    <label for="project">{tr!(roster.areas_of)}</label>
                    <select id="project" name="project">
                        <option value="">{tr!(roster.all_projects)}</option>
                        {data
                            .projects
                            .iter()
                            .map(|(key, title)| view! { <option value=key.clone() selected=*key == data.project>{title.clone()}</option> })
                            .collect_view()}
                    </select>
                </div>
                <button class="btn quiet">{tr!(roster.show)}</button>
            </form>
            <div class="stats">
                <p class="stat"><b>{figure(total.licensed)}</b><span>{tr!(roster.stat_licensed)}</span></p>
                <p class="stat"><b>{figure(total.active)}</b><span>{tr!(roster.stat_active)}</span></p>
                <p class="stat"><b>{figure(total.coming)}</b><span>{tr!(roster.stat_coming)}</span></p>
                <p class="stat"><b>{format::number(gaps.len() as i64)}</b><span>{tr!(roster.stat_gaps)}</span></p>
            </div>
            {(!gaps.is_empty()).then(|| view! {
                <div class="notice warn"><h2>{tr!(roster.gap_areas)}</h2><p>{gaps.join(", ")}</p></div>
            })}
            {(!silent.is_empty()).then(|| view! {
                <div class="notice warn"><h2>{tr!(roster.gap_languages)}</h2><p>{silent.join(", ")}</p></div>
            })}
            <section class="section stack">
                <h2>{tr!(roster.by_area)}</h2>
                {tiles(&wanted)}
                {table(&data, data.areas.clone(), true)}
            </section>
            {crossings(&data)}
            <section class="section stack">
                <h2>{tr!(roster.by_language)}</h2>
                <p class="hint">{tr!(roster.by_language_hint)}</p>
                {table(&data, data.languages.clone(), false)}
            </section>
            {data.suppressed.then(|| view! { <p class="muted small">{tr!(cascade.suppressed)}</p> })}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

/// Tiles in a row, width and height of one, and the room between.
const TILES: (usize, i64, i64, i64) = (3, 192, 52, 12);

/// The areas of the projects as tiles: a bar in the colour of what they amount to, the name, the numbers.
fn tiles(lines: &[CoverLine]) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let (across, width, height, gap) = TILES;
    let rows = lines.len().div_ceil(across) as i64;
    let tall = rows * (height + gap);
    let shapes = lines
        .iter()
        .enumerate()
        .map(|(n, line)| {
            let x = (n % across) as i64 * (width + gap);
            let y = (n / across) as i64 * (height + gap) + 1;
            let name: String = if line.name.chars().count() > 23 {
                line.name.chars().take(22).chain(['…']).collect()
            } else {
                line.name.clone()
            };
            let numbers = match (line.cover.licensed, line.cover.active) {
                (Some(licensed @ 1..), Some(active)) => tr!(roster.tile, licensed = licensed, active = active),
                _ => verdict_name(line.verdict),
            };
            view! {
                <rect class="node" x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string()></rect>
                <rect class=format!("v {}", colour(line.verdict)) x=x.to_string() y=y.to_string() width="6" height=height.to_string()></rect>
                <text class="t" x=(x + 16).to_string() y=(y + 22).to_string()>{name}</text>
                <text class="t soft" x=(x + 16).to_string() y=(y + 41).to_string()>{numbers}</text>
            }
        })
        .collect_view();
    let legend = Verdict::ALL
        .iter()
        .map(|verdict| view! { <li class=colour(*verdict)>{verdict_name(*verdict)}</li> })
        .collect_view();
    view! {
        <figure class="figure" tabindex="0">
            <svg class="chart" viewBox=format!("0 0 602 {tall}") role="img" aria-label=tr!(roster.tiles_label)>{shapes}</svg>
            <figcaption><ul class="legend">{legend}</ul></figcaption>
        </figure>
    }
    .into_any()
}

/// Areas and languages together. Where nobody is and nobody is wanted nothing stands, so that on a phone, where each
/// area is a block, it names only what matters.
fn crossings(data: &Coverage) -> AnyView {
    if data.crossings.is_empty() || data.spoken.is_empty() {
        return ().into_any();
    }
    let heads = data.spoken.iter().map(|code| view! { <th scope="col">{words::language(code)}</th> }).collect_view();
    let rows = data
        .crossings
        .iter()
        .map(|area| {
            let cells = data
                .spoken
                .iter()
                .zip(&area.languages)
                .map(|(code, it)| {
                    // Without a space: what is empty is left out on a phone.
                    view! { <td data-label=words::language(code)>{crossing(data, &area.code, code, it)}</td> }
                })
                .collect_view();
            view! { <tr><th scope="row" data-label=tr!(roster.area)>{area.name.clone()}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <section class="section stack">
            <h2>{tr!(roster.by_both)}</h2>
            <p class="hint">{tr!(roster.by_both_hint)}</p>
            <div class="scroll" role="region" tabindex="0" aria-label=tr!(roster.by_both)>
                <table class="cards" id="both">
                    <thead><tr><th scope="col">{tr!(roster.area)}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// What there is of an area in a language: how many are licensed and active, or that somebody is missing.
fn crossing(data: &Coverage, area: &str, language: &str, it: &CrossLine) -> Option<AnyView> {
    let nobody = it.verdict == Verdict::Gap;
    if nobody && !it.wanted {
        return None;
    }
    let text = match (it.cover.licensed, it.cover.active) {
        (Some(0), _) => verdict_name(it.verdict),
        (licensed, active) => tr!(roster.tile, licensed = figure(licensed), active = figure(active)),
    };
    // What is no gap of anybody's is no warning.
    let tag = format!("tag {}", if it.wanted { colour(it.verdict) } else { "" });
    let there = data.whole && it.cover.licensed != Some(0);
    Some(if there {
        let href = format!("/trainers?course={}&licensed=true&area={area}&language={language}", data.slug);
        view! { <a class=tag href=href>{text}</a> }.into_any()
    } else {
        view! { <span class=tag>{text}</span> }.into_any()
    })
}

/// The same as a table; each name leads into the roster with the filter set, for who may see it.
fn table(data: &Coverage, lines: Vec<CoverLine>, areas: bool) -> AnyView {
    let head = if areas { tr!(roster.area) } else { tr!(roster.language) };
    let (slug, whole) = (data.slug.clone(), data.whole);
    let rows = lines
        .into_iter()
        .map(|line| {
            let name = if areas { line.name.clone() } else { words::language(&line.code) };
            let filter = if areas { "area" } else { "language" };
            let shown = if whole && line.cover.licensed != Some(0) {
                let href = format!("/trainers?course={slug}&licensed=true&{filter}={}", line.code);
                view! { <a href=href>{name}</a> }.into_any()
            } else {
                view! { {name} }.into_any()
            };
            let other = (!line.wanted).then(|| {
                let text = if areas { tr!(roster.elsewhere) } else { tr!(roster.other_language) };
                view! { " "<small class="muted">{text}</small> }
            });
            view! {
                <tr>
                    <th scope="row" data-label=head.clone()><span>{shown}{other}</span></th>
                    <td class="n" data-label=tr!(roster.stat_licensed)>{figure(line.cover.licensed)}</td>
                    <td class="n" data-label=tr!(roster.active)>{figure(line.cover.active)}</td>
                    <td class="n" data-label=tr!(roster.stat_coming)>{figure(line.cover.coming)}</td>
                    <td class="n" data-label=tr!(roster.held.lapsed)>{figure(line.cover.lapsed)}</td>
                    <td data-label=tr!(roster.state)><span class=format!("tag {}", colour(line.verdict))>{verdict_name(line.verdict)}</span></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{head.clone()}</th>
                    <th scope="col" class="n">{tr!(roster.stat_licensed)}</th>
                    <th scope="col" class="n">{tr!(roster.active)}</th>
                    <th scope="col" class="n">{tr!(roster.stat_coming)}</th>
                    <th scope="col" class="n">{tr!(roster.held.lapsed)}</th>
                    <th scope="col">{tr!(roster.state)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
