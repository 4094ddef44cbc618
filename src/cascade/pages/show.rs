//! `/cascade`: the picture, and the table under it with the same numbers.

use super::{address, area, asked, crumbs, drawing, elsewhere, generation, kind};
use crate::{
    cascade::{
        api::{Cascade, Elsewhere, Line, ScopeHead},
        model::{Asked, Figures, Kind, Of, home},
        service,
    },
    i18n,
    platform::http::page::{Drawn, Visit},
    reporting::pages::{attendance::files, numbers::figure, reports::select},
    tr,
    ui::{format, layout::PageHead},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let asked = asked(&visit);
    let data = service::page(&visit.cx, visit.language(), visit.search()).await?;
    visit.draw(|| match data.shown {
        Some(shown) => one(*shown, data.suppressed, &asked),
        None => all(data.all, data.suppressed),
    })
}

/// Everything that has a cascade.
fn all(all: Vec<(ScopeHead, Figures)>, suppressed: bool) -> AnyView {
    let part = |wanted: Kind| {
        let rows: Vec<_> = all.iter().filter(|(head, _)| head.kind == wanted).collect();
        let title = match wanted {
            Kind::Cohort => tr!(cascade.kinds.cohort),
            Kind::Project => tr!(cascade.kinds.project),
            Kind::Course => tr!(cascade.kinds.course),
        };
        (!rows.is_empty()).then(|| {
            let rows = rows
                .into_iter()
                .map(|(head, figures)| {
                    let title = view! { <a href=address(&super::of(head))>{head.title.clone()}</a> }.into_any();
                    row(title, kind(wanted), figures, &Columns::plain(), None)
                })
                .collect_view();
            view! {
                <section class="section stack">
                    <h2>{title}</h2>
                    <table class="cards">{heads(kind(wanted), &Columns::plain())}<tbody>{rows}</tbody></table>
                </section>
            }
        })
    };
    let body = if all.is_empty() {
        view! { <div class="empty"><h2>{tr!(cascade.none_all)}</h2><p>{tr!(cascade.none_all_text)}</p></div> }
            .into_any()
    } else {
        view! { {part(Kind::Project)}{part(Kind::Cohort)}{part(Kind::Course)} }.into_any()
    };
    view! {
        <PageHead
            title=tr!(cascade.all_title)
            crumbs=vec![(tr!(nav.reports), "/reports".to_owned())]
            lede=tr!(cascade.all_lede)
        />
        <div class="wrap body stack wide">
            {body}
            {suppressed.then(|| view! { <p class="muted small">{tr!(cascade.suppressed)}</p> })}
        </div>
    }
    .into_any()
}

fn one(data: Cascade, suppressed: bool, asked: &Asked) -> AnyView {
    let head = data.head.clone();
    let as_of =
        head.as_of.map_or_else(|| tr!(reporting.never), |at| tr!(reporting.as_of, time = format::date_time(at)));
    let to_scope = match head.kind {
        Kind::Cohort => tr!(cascade.to_scope.cohort),
        Kind::Project => tr!(cascade.to_scope.project),
        Kind::Course => tr!(cascade.to_scope.course),
    };
    let inactive = data.names.then(|| {
        let href = format!("/cascade/inactive?{}", asked.bare().query());
        view! { <a class="btn quiet" href=href>{tr!(cascade.inactive_link)}</a> }.into_any()
    });
    let grown = data.nodes.len() > 1 || data.generations.iter().any(|line| line.figures.deliveries > 0);
    let body = if grown {
        numbers(&data, asked)
    } else if asked.filtered() {
        view! { <div class="empty"><h2>{tr!(cascade.none_filtered)}</h2><p>{tr!(cascade.none_filtered_text)}</p></div> }
            .into_any()
    } else {
        view! { <div class="empty"><h2>{tr!(cascade.none)}</h2><p>{tr!(cascade.none_text)}</p></div> }.into_any()
    };
    view! {
        <PageHead
            title=tr!(cascade.title, title = head.title.clone())
            crumbs=crumbs(&head, false)
            lede=tr!(cascade.lede)
            actions=inactive
            meta=view! {
                <li>{as_of}</li>
                <li><a href=home(head.kind, &head.key)>{to_scope}</a></li>
            }
            .into_any()
        />
        <div class="wrap body stack wide">
            {filters(&data, asked)}
            {body}
            {(!grown).then(|| apart(&data.elsewhere))}
            {suppressed.then(|| view! { <p class="muted small">{tr!(cascade.suppressed)}</p> })}
            {legend(&data)}
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn filters(data: &Cascade, asked: &Asked) -> AnyView {
    let choices = |lines: &[Line], name: &dyn Fn(&Line) -> String| -> Vec<(String, String)> {
        lines.iter().map(|line| (line.key.clone(), name(line))).collect()
    };
    let generations = choices(&data.generations, &|line| generation(line.key.parse().unwrap_or(0)));
    let areas: Vec<(String, String)> = data
        .areas
        .iter()
        .map(|line| (if line.key.is_empty() { "none".to_owned() } else { line.key.clone() }, area(&line.name)))
        .collect();
    let years = choices(&data.years, &year);
    let courses = choices(&data.courses, &|line| line.name.clone());
    let chosen = |value: Option<String>| value.unwrap_or_default();
    let area = chosen(asked.area.clone().map(|area| if area.is_empty() { "none".to_owned() } else { area }));
    let (kind, key) = (data.head.kind, data.head.key.clone());
    view! {
        <form class="filterbar" method="get" action="/cascade">
            <input type="hidden" name=kind.code() value=key/>
            {select("generation", tr!(cascade.generation), tr!(cascade.all_generations), &generations, &chosen(asked.generation.map(|it| it.to_string())))}
            {select("area", tr!(reporting.area), tr!(reporting.all_areas), &areas, &area)}
            {select("year", tr!(cascade.year), tr!(cascade.all_years), &years, &chosen(asked.year.map(|it| it.to_string())))}
            {(kind != Kind::Course).then(|| select("course", tr!(reporting.course), tr!(reporting.all_courses), &courses, &chosen(asked.course.clone())))}
            <button class="btn quiet">{tr!(reporting.show)}</button>
            {asked.filtered().then(|| view! { <a href=address(&asked.bare())>{tr!(reporting.clear)}</a> })}
        </form>
    }
    .into_any()
}

fn year(line: &Line) -> String {
    if line.key == "0" { tr!(cascade.no_year) } else { line.key.clone() }
}

/// A line with its name and what it narrows to.
type Named = (String, Figures, Asked);

fn numbers(data: &Cascade, asked: &Asked) -> AnyView {
    let columns = Columns { payers: data.head.kind == Kind::Project, shares: true, lists: data.lists };
    let filters = asked.filters();
    let named = |lines: &[Line], name: &dyn Fn(&Line) -> String, narrow: &dyn Fn(String) -> Asked| -> Vec<Named> {
        lines.iter().map(|line| (name(line), line.figures, narrow(line.key.clone()))).collect()
    };
    let generations = named(&data.generations, &|line| generation(line.key.parse().unwrap_or(0)), &|key| Asked {
        generation: key.parse().ok(),
        ..filters.clone()
    });
    let areas = named(&data.areas, &|line| area(&line.name), &|key| Asked { area: Some(key), ..filters.clone() });
    let years = named(&data.years, &year, &|key| Asked { year: key.parse().ok(), ..filters.clone() });
    let courses =
        named(&data.courses, &|line| line.name.clone(), &|key| Asked { course: Some(key), ..filters.clone() });
    let sum = generation(asked.generation.map_or(-1, i64::from));
    let table = |title: String, head: String, lines: Vec<Named>| {
        if lines.is_empty() {
            return ().into_any();
        }
        let rows = lines
            .into_iter()
            .map(|(name, figures, narrowed)| {
                let link = view! { <a href=address(&narrowed)>{name}</a> }.into_any();
                row(link, head.clone(), &figures, &columns, Some(&narrowed))
            })
            .collect_view();
        let sum = row(sum.clone().into_any(), head.clone(), &data.total, &columns, Some(&filters));
        view! {
            <section class="section stack">
                <h2>{title}</h2>
                <div class="scroll" role="region" tabindex="0" aria-label=head.clone()>
                    <table class="cards">{heads(head.clone(), &columns)}<tbody>{rows}{sum}</tbody></table>
                </div>
            </section>
        }
        .into_any()
    };
    let here = format!("{}&lang={}", filters.query(), i18n::code(i18n::locale()));
    view! {
        {stats(&data.total)}
        {apart(&data.elsewhere)}
        {drawing::picture(&data.nodes, &data.head, asked)}
        <div class="stack wide" id="table">
            {table(tr!(cascade.by_generation), tr!(cascade.generation), generations)}
            {table(tr!(reporting.by_area), tr!(reporting.area), areas)}
            {table(tr!(cascade.by_year), tr!(cascade.year), years)}
            {(data.head.kind != Kind::Course).then(|| table(tr!(reporting.by_course), tr!(reporting.course), courses))}
            {files("/reports/cascade/cascade", &here)}
        </div>
    }
    .into_any()
}

/// People counted without names, beside the figures and in none of them.
fn apart(it: &Elsewhere) -> Option<AnyView> {
    elsewhere(it).map(|words| {
        view! { <p class="unnamed"><b>{words}</b>" "<span class="muted small">{tr!(cascade.elsewhere_apart)}</span></p> }
            .into_any()
    })
}

fn stats(total: &Figures) -> AnyView {
    let again = total.participations.zip(total.persons).map(|(all, once)| all - once).filter(|more| *more > 0).map(
        |more| view! { " · "<b class="up">{format!("+{}", format::number(more))}</b>" "{tr!(reporting.stat_again)} },
    );
    view! {
        <div class="stats">
            <p class="stat"><b>{figure(total.persons)}</b><span>{tr!(reporting.stat_persons)}</span></p>
            <p class="stat"><b>{figure(total.participations)}</b><span>{tr!(reporting.stat_participations)}{again}</span></p>
            <p class="stat"><b>{format::number(total.deliveries)}</b><span>{tr!(reporting.stat_deliveries)}</span></p>
            <p class="stat"><b>{figure(total.trainers)}</b><span>{tr!(cascade.stat_trainers)}</span></p>
        </div>
    }
    .into_any()
}

/// Which columns a table has, and whether its numbers open lists.
struct Columns {
    payers: bool,
    shares: bool,
    lists: bool,
}

impl Columns {
    const fn plain() -> Self {
        Self { payers: false, shares: false, lists: false }
    }
}

fn heads(first: String, columns: &Columns) -> AnyView {
    let shares = columns.shares.then(|| view! { <th scope="col" class="n">{tr!(cascade.by_trainers)}</th> });
    let payers = columns.payers.then(|| view! { <th scope="col" class="n">{tr!(cascade.by_payers)}</th> });
    view! {
        <thead>
            <tr>
                <th scope="col">{first}</th>
                <th scope="col" class="n">{tr!(reporting.deliveries)}</th>
                {shares}
                {payers}
                <th scope="col" class="n">{tr!(cascade.trainers)}</th>
                <th scope="col" class="n">{tr!(cascade.participations)}</th>
                <th scope="col" class="n">{tr!(cascade.persons)}</th>
                <th scope="col" class="n">{tr!(cascade.heads)}</th>
            </tr>
        </thead>
    }
    .into_any()
}

/// Tenths as a decimal fraction.
pub fn tenths(value: i64) -> String {
    let mark = if i18n::locale() == i18n::Locale::fr { ',' } else { '.' };
    if value % 10 == 0 {
        format::number(value / 10)
    } else {
        format!("{}{mark}{}", format::number(value / 10), value % 10)
    }
}

/// A line; with what it narrows to, its numbers lead to their lists.
fn row(name: AnyView, head: String, it: &Figures, columns: &Columns, narrowed: Option<&Asked>) -> AnyView {
    let cell = |text: String, some: bool, of: Of| {
        let list = narrowed.filter(|_| columns.lists && some).map(|asked| asked.list(of).query());
        match list {
            Some(query) => view! { <a href=format!("/cascade/list?{query}")>{text}</a> }.into_any(),
            None => text.into_any(),
        }
    };
    let counted = |value: Option<i64>, of: Of| cell(figure(value), value != Some(0), of);
    let heads = (it.sealed > 0).then(|| {
        let text = tr!(cascade.heads_cell, people = figure(it.heads), deliveries = format::number(it.sealed));
        cell(text, true, Of::Sealed)
    });
    let shares = columns
        .shares
        .then(|| view! { <td class="n" data-label=tr!(cascade.by_trainers)>{tenths(it.by_trainers)}</td> });
    let payers =
        columns.payers.then(|| view! { <td class="n" data-label=tr!(cascade.by_payers)>{tenths(it.by_payers)}</td> });
    view! {
        <tr>
            <th scope="row" data-label=head>{name}</th>
            <td class="n" data-label=tr!(reporting.deliveries)>{cell(format::number(it.deliveries), it.deliveries > 0, Of::Deliveries)}</td>
            {shares}
            {payers}
            <td class="n" data-label=tr!(cascade.trainers)>{counted(it.trainers, Of::Trainers)}</td>
            <td class="n" data-label=tr!(cascade.participations)>{counted(it.participations, Of::Places)}</td>
            <td class="n" data-label=tr!(cascade.persons)>{counted(it.persons, Of::People)}</td>
            <td class="n" data-label=tr!(cascade.heads)>{heads.unwrap_or_else(|| "–".into_any())}</td>
        </tr>
    }
    .into_any()
}

fn legend(data: &Cascade) -> AnyView {
    let start = match data.head.kind {
        Kind::Cohort => tr!(cascade.legend_start.cohort),
        Kind::Project => tr!(cascade.legend_start.project),
        Kind::Course => tr!(cascade.legend_start.course),
    };
    let undated =
        (data.undated > 0).then(|| view! { <p class="text">{tr!(cascade.legend_undated, count = data.undated)}</p> });
    view! {
        <details class="more">
            <summary>{tr!(cascade.legend)}</summary>
            <p class="text">{start}</p>
            <p class="text">{tr!(cascade.legend_generations)}</p>
            <p class="text">{tr!(cascade.legend_persons)}</p>
            <p class="text">{tr!(cascade.legend_shares)}</p>
            <p class="text">{tr!(cascade.legend_sealed)}</p>
            {undated}
            <p class="text">{tr!(cascade.legend_stale)}</p>
        </details>
    }
    .into_any()
}
