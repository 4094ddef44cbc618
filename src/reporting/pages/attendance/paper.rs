//! The reports as tables to take away, in words.

use super::{
    grid::{Signs, short_half_day},
    numbers::{by, by_word, heads, line_name},
    outlook, percent,
};
use crate::{
    completion::model::CertificateKind,
    deliveries::model::DeliveryHead,
    i18n,
    institutions::model::KOSOVO,
    platform::{
        export::{Cell, Sheet},
        zones,
    },
    reporting::attendance::{
        api::{Asked, Grid, Numbers, Risks, Years},
        model::Told,
        store::{AgendaRow, ChangeRow, OutcomeRow, PersonRow, SlotRow, StepRow},
    },
    reporting::pages::duty,
    tr,
    ui::{format, words},
};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

pub(in crate::reporting::pages) fn sheet(id: impl ToString, file: &str, title: String, at: DateTime<Utc>) -> Sheet {
    Sheet {
        id: format!("{file}:{}", id.to_string()),
        at,
        lang: i18n::code(i18n::locale()),
        file: file.to_owned(),
        title,
        facts: Vec::new(),
        columns: Vec::new(),
        fixed: 1,
        rows: Vec::new(),
        notes: Vec::new(),
    }
}

pub(in crate::reporting::pages) fn footnote(code: Option<&str>) -> Vec<String> {
    if code == Some(KOSOVO) { vec![tr!(app.kosovo_footnote)] } else { Vec::new() }
}

/// What stands above everything about a delivery.
fn about(head: &DeliveryHead, at: DateTime<Utc>) -> Vec<String> {
    let place = [head.host_name.clone().unwrap_or_default(), head.place.clone()];
    let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
    vec![
        head.title.clone(),
        format::date_range(head.starts_on, head.ends_on),
        place.join(", "),
        tr!(hours.made_at, time = format::date_time(zones::local(at, &head.time_zone)), zone = head.time_zone.clone()),
    ]
    .into_iter()
    .filter(|fact| !fact.is_empty())
    .collect()
}

/// Person by half-day.
pub fn grid(data: &Grid, at: DateTime<Utc>) -> Sheet {
    let mut it = sheet(data.head.id, "attendance", tr!(hours.grid_title), at);
    let signs = Signs::here();
    it.facts = about(&data.head, at);
    it.facts.push(tr!(
        hours.needed,
        percent = data.head.attendance_percent,
        needed = format::minutes(data.needed),
        all = format::minutes(data.programme)
    ));
    it.columns = vec![tr!(hours.person), tr!(hours.hours), tr!(hours.share), tr!(hours.standing)];
    it.fixed = 4;
    it.columns.extend(data.slots.iter().map(|slot| short_half_day(slot.starts)));
    it.rows = data
        .people
        .iter()
        .map(|person| {
            let mut row = vec![
                Cell::text(person.name.clone()),
                Cell::Hours(person.attended),
                percent(person.attended, data.programme).map_or(Cell::Empty, Cell::Percent),
                Cell::Text(outlook(person.outlook).0),
            ];
            row.extend(person.cells.iter().zip(&data.slots).map(|(cell, slot)| match signs.of(*cell) {
                None => Cell::Empty,
                Some((_, sign, _)) => Cell::Text(match Signs::missed(*cell, slot.minutes) {
                    Some(missed) => format!("{sign} {missed}"),
                    None => sign.to_owned(),
                }),
            }));
            row
        })
        .collect();
    let mut sum = vec![Cell::text(tr!(hours.came_of_marked)), Cell::Empty, Cell::Empty, Cell::Empty];
    sum.extend(data.slots.iter().map(|slot| Cell::text(format!("{}/{}", slot.came, slot.marked))));
    it.rows.push(sum);
    it.notes = vec![format!("{} · {}", signs.legend(), tr!(hours.sign.minutes))];
    it.notes.extend(footnote(data.head.area_code.as_deref()));
    it
}

/// Who is at risk.
pub fn risks(data: &Risks, at: DateTime<Utc>) -> Sheet {
    let mut it = sheet("risks", "at-risk", tr!(hours.risk_title), at);
    it.facts = vec![tr!(hours.risk_lede), utc(at)];
    it.columns = vec![
        tr!(hours.delivery),
        tr!(hours.person),
        tr!(hours.workplace),
        tr!(hours.attended),
        tr!(hours.to_come),
        tr!(hours.needed_column),
        tr!(hours.standing),
    ];
    for delivery in &data.deliveries {
        it.rows.extend(delivery.people.iter().map(|person| {
            vec![
                Cell::text(delivery.title.clone()),
                Cell::text(person.name.clone()),
                Cell::text(person.workplace.clone()),
                Cell::Hours(person.attended),
                Cell::Hours(person.to_come),
                Cell::Hours(delivery.needed),
                Cell::Text(outlook(person.outlook).0),
            ]
        }));
    }
    it.notes = footnote(data.footnote.then_some(KOSOVO));
    it
}

pub(in crate::reporting::pages) fn utc(at: DateTime<Utc>) -> String {
    tr!(hours.made_at, time = format::date_time(at.naive_utc()), zone = "UTC")
}

/// The numbers of institutions and areas.
pub fn numbers(data: &Numbers, asked: &Asked, at: DateTime<Utc>) -> Sheet {
    let by = by(asked);
    let mut it = sheet("numbers", "attendance", tr!(hours.numbers_title), at);
    let chosen = |key: &str, choices: &[(String, String)]| {
        choices.iter().find(|(it, _)| it == key).map(|(_, name)| name.clone()).filter(|_| !key.is_empty())
    };
    it.facts = [
        chosen(&asked.area, &data.areas),
        chosen(&asked.institution, &data.institutions),
        chosen(&asked.course, &data.courses),
        chosen(&asked.year, &data.years),
        Some(utc(at)),
    ]
    .into_iter()
    .flatten()
    .collect();
    it.columns = vec![by_word(by)];
    it.columns.extend(heads());
    it.columns.extend([tr!(tallies.column), tr!(tallies.column_unverified)]);
    let row = |name: String, told: &Told| {
        let count = |value: Option<i64>| value.map_or_else(|| Cell::text(tr!(reporting.few)), Cell::Count);
        let hours = |value: Option<i64>| value.map_or_else(|| Cell::text(tr!(reporting.few)), Cell::Hours);
        let few = |value: Option<i64>| value.map_or_else(|| Cell::text(tr!(tallies.few)), Cell::Count);
        vec![
            Cell::Text(name),
            Cell::Count(told.deliveries),
            count(told.places),
            count(told.participations),
            count(told.persons),
            Cell::Hours(told.delivered_minutes),
            hours(told.attended_minutes),
            told.share.map_or(Cell::Empty, Cell::Percent),
            count(told.completed),
            count(told.at_risk),
            count(told.cannot_pass),
            few(told.unnamed.people),
            few(told.unnamed.unverified),
        ]
    };
    it.rows = data.lines.iter().map(|line| row(line_name(line, by), &line.told)).collect();
    it.rows.push(row(tr!(reporting.sum), &data.total));
    it.notes = vec![tr!(hours.method), tr!(tallies.apart)];
    it.notes.extend(data.suppressed.then(|| tr!(hours.suppressed)));
    it.notes.extend(footnote(data.footnote.then_some(KOSOVO)));
    it
}

/// A person's hours: the statement that the duty of continuing education asks for.
pub fn years(data: &Years, at: DateTime<Utc>) -> Sheet {
    let mut it = sheet(data.person, "hours", tr!(hours.statement), at);
    it.facts = vec![data.name.clone(), utc(at)];
    it.facts.extend(data.years.iter().map(|year| {
        let subjects: Vec<String> = year
            .subjects
            .iter()
            .map(|(subject, minutes)| format!("{subject}: {}", format::minutes(*minutes)))
            .collect();
        let subjects = if subjects.is_empty() { String::new() } else { format!(" ({})", subjects.join("; ")) };
        let owed = year.owed.as_ref().map(|owed| {
            let (asked, gap) =
                (duty::of_asked(year.year.into(), year.minutes, owed), duty::missing(year.minutes, owed));
            format!(". {asked}: {gap} ({})", owed.source)
        });
        format!("{}: {}{subjects}{}", year.year, format::minutes(year.minutes), owed.unwrap_or_default())
    }));
    it.columns = vec![
        tr!(hours.delivery),
        tr!(hours.subject),
        tr!(hours.institution),
        tr!(hours.dates),
        tr!(hours.attended),
        tr!(hours.programme),
        tr!(hours.outcome),
        tr!(hours.certificate),
        tr!(duty.asked),
        tr!(duty.missing_column),
    ];
    it.rows = data
        .deliveries
        .iter()
        .map(|line| {
            vec![
                Cell::text(line.title.clone()),
                Cell::text(line.course.clone()),
                Cell::text(line.host.clone()),
                Cell::text(format::date_range(line.starts_on, line.ends_on)),
                Cell::Hours(line.attended),
                Cell::Hours(line.programme),
                Cell::Text(words::enrolment_state(line.state)),
                line.certificate.as_ref().map_or(Cell::Empty, |(_, code, _)| Cell::text(code.clone())),
            ]
        })
        .collect();
    it.rows.extend(data.years.iter().map(|year| {
        vec![
            Cell::text(tr!(hours.sum_of_year, year = year.year.to_string())),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Hours(year.minutes),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            year.owed.as_ref().map_or(Cell::Empty, |owed| Cell::Hours(owed.hours * 60)),
            year.owed.as_ref().map_or(Cell::Empty, |owed| Cell::Hours(owed.missing(year.minutes))),
        ]
    }));
    it.notes = vec![tr!(hours.statement_note)];
    it.notes.extend(data.years.iter().any(|year| year.owed.is_some()).then(|| tr!(duty.method)));
    it.notes.extend(footnote(data.footnote.then_some(KOSOVO)));
    it
}

/// The timetable.
pub fn agenda(head: &DeliveryHead, rows: &[AgendaRow], at: DateTime<Utc>) -> Sheet {
    let mut it = sheet(head.id, "agenda", tr!(hours.agenda), at);
    it.facts = about(head, at);
    it.columns = vec![
        tr!(hours.session),
        tr!(hours.begins),
        tr!(hours.minutes),
        tr!(hours.half_day_begins),
        tr!(hours.half_day_ends),
        tr!(hours.room),
        tr!(evidence.called_off),
    ];
    let local = |time| zones::local(time, &head.time_zone).format("%Y-%m-%d %H:%M").to_string();
    let called_off = |row: &AgendaRow| {
        let since = row.cancelled_at.map(|at| [local(at), row.cancelled_reason.clone()]);
        since.map_or(Cell::Empty, |told| {
            Cell::text(told.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · "))
        })
    };
    it.rows = rows
        .iter()
        .map(|row| {
            let length = (row.ends_at - row.starts_at).num_minutes();
            vec![
                Cell::text(row.title.clone().unwrap_or_default()),
                Cell::text(local(row.session_at.unwrap_or(row.starts_at))),
                Cell::Count(row.minutes.unwrap_or(length)),
                Cell::text(local(row.starts_at)),
                Cell::text(local(row.ends_at)),
                Cell::text(row.room.clone()),
                called_off(row),
            ]
        })
        .collect();
    it.notes = footnote(head.area_code.as_deref());
    it
}

/// What became of the registers besides their marks: closed, reopened, called off, restored, moved. For machines
/// as the history is.
pub fn steps(head: &DeliveryHead, rows: &[StepRow], at: DateTime<Utc>) -> Sheet {
    let mut it = sheet(head.id, "steps", tr!(evidence.steps), at);
    it.facts = about(head, at);
    it.columns = ["at", "half_day", "act", "reason", "by"].map(str::to_owned).to_vec();
    let line = |row: &StepRow| {
        vec![
            Cell::text(stamp(row.at)),
            Cell::text(stamp(row.starts_at)),
            Cell::text(row.act.code()),
            Cell::text(row.reason.clone()),
            Cell::text(row.by_name.clone()),
        ]
    };
    it.rows = rows.iter().map(line).collect();
    it
}

fn full_name(row: &PersonRow) -> String {
    format!("{} {}", row.given_name, row.family_name).trim().to_owned()
}

/// People with what became of them, by name.
fn by_name<'a>(people: &'a [PersonRow], outcomes: &'a [OutcomeRow]) -> Vec<(&'a PersonRow, &'a OutcomeRow)> {
    let of: HashMap<_, _> = outcomes.iter().map(|row| (row.id, row)).collect();
    let mut found: Vec<_> = people.iter().filter_map(|row| Some((row, *of.get(&row.id)?))).collect();
    found.sort_by_key(|(row, _)| (row.family_name.clone(), row.given_name.clone(), row.id));
    found
}

/// Who held a place.
pub fn participants(head: &DeliveryHead, people: &[PersonRow], outcomes: &[OutcomeRow], at: DateTime<Utc>) -> Sheet {
    let mut it = sheet(head.id, "participants", tr!(hours.participants), at);
    it.facts = about(head, at);
    it.columns = vec![
        tr!(hours.person),
        tr!(hours.profession),
        tr!(hours.workplace),
        tr!(reporting.area),
        tr!(hours.state),
        tr!(hours.place_since),
        tr!(hours.place_id),
    ];
    it.rows = by_name(people, outcomes)
        .into_iter()
        .map(|(row, outcome)| {
            vec![
                Cell::Text(full_name(row)),
                Cell::Text(words::profession(outcome.profession)),
                Cell::text(row.workplace.clone()),
                Cell::text(outcome.area_code.clone().unwrap_or_default()),
                Cell::Text(words::enrolment_state(row.state)),
                Cell::text(stamp(outcome.created_at)),
                Cell::text(row.id.to_string()),
            ]
        })
        .collect();
    it.notes = footnote(head.area_code.as_deref());
    it
}

/// Outcomes and certificates.
pub fn outcomes(head: &DeliveryHead, people: &[PersonRow], outcomes: &[OutcomeRow], at: DateTime<Utc>) -> Sheet {
    let mut it = sheet(head.id, "results", tr!(hours.results), at);
    it.facts = about(head, at);
    it.columns = vec![
        tr!(hours.person),
        tr!(hours.state),
        tr!(hours.rule_met),
        tr!(hours.certificate),
        tr!(hours.certificate_kind),
        tr!(hours.issued_at),
        tr!(hours.place_id),
    ];
    it.rows = by_name(people, outcomes)
        .into_iter()
        .map(|(row, outcome)| {
            let met = if outcome.met == Some(true) { tr!(hours.yes) } else { tr!(hours.no) };
            vec![
                Cell::Text(full_name(row)),
                Cell::Text(words::enrolment_state(row.state)),
                Cell::Text(met),
                Cell::text(outcome.code.clone().unwrap_or_default()),
                Cell::text(outcome.kind.map(CertificateKind::code).unwrap_or_default()),
                outcome.issued_at.map_or(Cell::Empty, |at| Cell::text(stamp(at))),
                Cell::text(row.id.to_string()),
            ]
        })
        .collect();
    it.notes = footnote(head.area_code.as_deref());
    it
}

/// A moment as a record has it: UTC, to the microsecond (RFC 3339).
fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// Every change of every mark, as it was written. States and sources are codes, since programs
/// read this more than people do.
pub fn history(head: &DeliveryHead, slots: &[SlotRow], changes: &[ChangeRow], at: DateTime<Utc>) -> Sheet {
    let mut it = sheet(head.id, "history", tr!(hours.history), at);
    it.facts = about(head, at);
    it.columns = [
        "marked_at",
        "half_day",
        "person",
        "place",
        "from",
        "to",
        "minutes",
        "note",
        "source",
        "by",
        "address",
        "reason",
        "action",
        "undoes",
    ]
    .map(str::to_owned)
    .to_vec();
    let starts: HashMap<_, _> = slots.iter().map(|slot| (slot.id, slot.starts_at)).collect();
    let mut before = HashMap::new();
    it.rows = changes
        .iter()
        .map(|change| {
            let to = change.state.map_or("", |state| state.code());
            let from = before.insert((change.slot_id, change.enrolment_id), to).unwrap_or("");
            vec![
                Cell::text(stamp(change.marked_at)),
                starts.get(&change.slot_id).map_or(Cell::Empty, |at| Cell::text(stamp(*at))),
                Cell::text(format!("{} {}", change.given_name, change.family_name).trim()),
                Cell::text(change.enrolment_id.to_string()),
                Cell::text(from),
                Cell::text(to),
                Cell::Count(change.minutes),
                Cell::text(change.note.clone()),
                Cell::text(change.source.code()),
                Cell::text(change.marked_by_name.clone()),
                Cell::text(change.address.clone()),
                Cell::text(change.reason.clone()),
                Cell::text(change.id.to_string()),
                change.undoes.map_or(Cell::Empty, |id| Cell::text(id.to_string())),
            ]
        })
        .collect();
    it
}
