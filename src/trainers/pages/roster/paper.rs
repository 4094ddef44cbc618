//! The roster as a table to take away, in words.

use crate::{
    attendance::transfer::model::clean,
    common::codes::split_list,
    i18n,
    platform::export::{Cell, Sheet},
    tr,
    trainers::roster::{
        api::TrainerLine,
        model::{Held, Search},
    },
    ui::{format, words},
};
use chrono::{DateTime, Utc};

/// Heads and rows, in the language spoken. No address leaves.
pub fn sheet(lines: &[TrainerLine], asked: &Search, footnote: bool, at: DateTime<Utc>) -> Sheet {
    let count = |value: Option<i64>| value.map_or_else(|| Cell::text(tr!(reporting.few)), Cell::Count);
    let row = |line: &TrainerLine| {
        let licensed: Vec<&str> = line
            .licences
            .iter()
            .filter(|(_, state)| *state == Held::Licensed)
            .map(|(title, _)| title.as_str())
            .collect();
        let (taught, last) = line.taught.unwrap_or_default();
        let (remarks, praise) = line.remarks.map_or((Cell::Empty, Cell::Empty), |it| (count(it.all), count(it.praise)));
        vec![
            Cell::Text(clean(&line.name)),
            Cell::text(line.area.clone().unwrap_or_default()),
            Cell::Text(clean(line.institution.as_deref().unwrap_or_default())),
            line.profession.map_or(Cell::Empty, |it| Cell::Text(words::profession(it))),
            Cell::Text(split_list(&line.languages).map(words::language).collect::<Vec<_>>().join(", ")),
            Cell::Text(licensed.join("; ")),
            Cell::Count(taught),
            last.map_or(Cell::Empty, |day| Cell::Text(day.to_string())),
            remarks,
            praise,
        ]
    };
    let asked: Vec<String> = asked.pairs().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    Sheet {
        id: format!("trainers:{}", asked.join("&")),
        at,
        lang: i18n::code(i18n::locale()),
        file: "trainers".to_owned(),
        title: tr!(roster.title),
        facts: vec![tr!(hours.made_at, time = format::date_time(at.naive_utc()), zone = "UTC")],
        columns: vec![
            tr!(roster.name),
            tr!(roster.area),
            tr!(roster.institution),
            tr!(roster.profession),
            tr!(roster.languages),
            tr!(roster.licences),
            tr!(roster.taught),
            tr!(roster.last_taught),
            tr!(roster.remarks_title),
            tr!(roster.praise_title),
        ],
        fixed: 1,
        rows: lines.iter().map(row).collect(),
        notes: footnote.then(|| tr!(app.kosovo_footnote)).into_iter().collect(),
    }
}
