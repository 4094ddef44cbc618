//! The numbers of a cascade as a table to take away, in words.

use super::{elsewhere, generation, kind};
use crate::{
    cascade::{
        api::CascadePage,
        model::{Figures, Kind},
        service::CrossLine,
    },
    i18n,
    platform::export::{Cell, Sheet},
    tr,
    ui::format,
};
use chrono::{DateTime, Utc};

fn count(value: Option<i64>) -> Cell {
    value.map_or_else(|| Cell::text(tr!(reporting.few)), Cell::Count)
}

fn year(year: i64) -> String {
    match year {
        -1 => tr!(cascade.all_years),
        0 => tr!(cascade.no_year),
        year => year.to_string(),
    }
}

/// By generation, area and year, with every total, since people do not add up.
pub fn table(page: &CascadePage, query: &str, lines: &[CrossLine], at: DateTime<Utc>) -> Sheet {
    let shown = page.shown.as_deref();
    let head = shown.map(|shown| &shown.head);
    let title = head.map_or_else(String::new, |head| head.title.clone());
    let project = head.is_some_and(|head| head.kind == Kind::Project);
    let mut facts: Vec<String> = head.map(|head| kind(head.kind)).into_iter().collect();
    facts.extend(head.and_then(|head| head.course.clone()));
    facts.extend(head.and_then(|head| head.as_of).map(|as_of| tr!(reporting.as_of, time = format::date_time(as_of))));
    facts.push(tr!(hours.made_at, time = format::date_time(at.naive_utc()), zone = "UTC"));
    let mut columns = vec![
        tr!(cascade.generation),
        tr!(reporting.area),
        tr!(cascade.year),
        tr!(reporting.deliveries),
        tr!(cascade.by_trainers),
    ];
    columns.extend(project.then(|| tr!(cascade.by_payers)));
    columns.extend([
        tr!(cascade.trainers),
        tr!(cascade.participations),
        tr!(cascade.persons),
        tr!(cascade.deliveries_sealed),
        tr!(cascade.heads),
    ]);
    let row = |(number, area, of_year, it): &CrossLine| {
        let Figures { deliveries, sealed, by_trainers, by_payers, trainers, participations, persons, heads } = *it;
        let area = if area == "*" { tr!(reporting.all_areas) } else { area.clone() };
        let mut row = vec![
            Cell::Text(generation(*number)),
            Cell::Text(area),
            Cell::Text(year(*of_year)),
            Cell::Count(deliveries),
            Cell::Text(super::show::tenths(by_trainers)),
        ];
        row.extend(project.then(|| Cell::Text(super::show::tenths(by_payers))));
        row.extend([count(trainers), count(participations), count(persons), Cell::Count(sealed), count(heads)]);
        row
    };
    let mut notes = vec![tr!(cascade.legend_generations), tr!(cascade.legend_persons), tr!(cascade.legend_shares)];
    if let Some(words) = shown.and_then(|shown| elsewhere(&shown.elsewhere)) {
        notes.extend([words, tr!(cascade.elsewhere_apart)]);
    }
    notes.extend(page.suppressed.then(|| tr!(cascade.suppressed)));
    notes.extend(shown.filter(|shown| shown.footnote).map(|_| tr!(app.kosovo_footnote)));
    Sheet {
        id: format!("cascade:{query}"),
        at,
        lang: i18n::code(i18n::locale()),
        file: "cascade".to_owned(),
        title: tr!(cascade.file_title, title = title),
        facts,
        columns,
        fixed: 3,
        rows: lines.iter().map(row).collect(),
        notes,
    }
}
