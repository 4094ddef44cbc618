//! How many have met their duty, as a table to take away.

use super::{
    attendance::paper::{footnote, sheet, utc},
    duty::{by_word, line_name},
};
use crate::{
    institutions::model::KOSOVO,
    platform::export::{Cell, Sheet},
    reporting::duty::{
        api::DutyNumbers,
        model::{DutyAsked, DutyTold},
    },
    tr,
    ui::words,
};
use chrono::{DateTime, Utc};

/// The numbers of `/reports/duty`.
pub fn duty(data: &DutyNumbers, asked: &DutyAsked, at: DateTime<Utc>) -> Sheet {
    let mut it = sheet("duty", "duty", tr!(duty.report_title, year = data.year.to_string()), at);
    let chosen = |key: &str, choices: &[(String, String)]| {
        choices.iter().find(|(it, _)| it == key).map(|(_, name)| name.clone()).filter(|_| !key.is_empty())
    };
    it.facts = [
        chosen(&asked.area, &data.areas),
        chosen(&asked.institution, &data.institutions),
        asked.profession.parse().ok().map(words::profession),
        Some(utc(at)),
    ]
    .into_iter()
    .flatten()
    .collect();
    it.columns = vec![by_word(data.by), tr!(hours.year), tr!(duty.people), tr!(duty.have_met), tr!(duty.share)];
    let row = |name: String, told: &DutyTold| {
        let count = |value: Option<i64>| value.map_or_else(|| Cell::text(tr!(reporting.few)), Cell::Count);
        vec![
            Cell::Text(name),
            Cell::text(data.year.to_string()),
            count(told.people),
            count(told.met),
            told.share.map_or(Cell::Empty, Cell::Percent),
        ]
    };
    it.rows = data.lines.iter().map(|line| row(line_name(line, data.by), &line.told)).collect();
    it.rows.push(row(tr!(reporting.sum), &data.total));
    it.notes = vec![tr!(duty.method)];
    it.notes.extend(data.suppressed.then(|| tr!(duty.suppressed)));
    it.notes.extend(footnote(data.footnote.then_some(KOSOVO)));
    it
}
