//! A conference's log: who was there in which half-day, and for how long.

use super::{
    dates::{When, when},
    logs::{Entry, Log},
    model::{DayOrder, Measure, Stay, Why, judge, presence},
    people::Roster,
    plan::{Choices, Findings, Known, Problem, Stranger, Want, shortened},
};
use crate::{
    attendance::model::{Mark, MarkState},
    platform::{text::fold, zones},
};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};

/// Which part of a half-day a log must cover to be taken for it unasked: a quarter.
const COVERS: i64 = 4;

/// Reads a log.
pub fn read(log: &Log, choices: &Choices, known: &Known, roster: &Roster) -> Findings {
    let mut found = Findings::default();
    let stamps: Vec<(When, When)> = log.entries.iter().map(|entry| (when(&entry.from), when(&entry.to))).collect();
    let order = order(&stamps, known);
    found.ask_order = order.is_none();
    found.order = choices.order.or(order);
    let zone = if choices.zone.is_empty() { known.zone.as_str() } else { choices.zone.as_str() };
    let mut people: BTreeMap<usize, Vec<Stay>> = BTreeMap::new();
    let mut all: Vec<Stay> = Vec::new();
    let met = identities(log, choices, roster, &mut found);
    // Until it is known whether the third is a day or a month, nothing is said.
    let Some(order) = found.order else { return found };
    let last =
        stamps.iter().flat_map(|(from, to)| [instant(*from, order, zone), instant(*to, order, zone)]).flatten().max();
    for (entry, (from, to)) in log.entries.iter().zip(&stamps) {
        let to = if entry.to.is_empty() { last } else { instant(*to, order, zone) };
        let Some((from, to)) = instant(*from, order, zone).zip(to).filter(|(from, to)| from <= to) else {
            let text = shortened(&format!("{} – {}", entry.from, entry.to));
            found.problems.push(Problem { at: (entry.row + 1).to_string(), text, why: Why::NoTime });
            continue;
        };
        let stay = Stay { from, to };
        all.push(stay);
        if let Some(person) = met.get(&identity(entry)) {
            people.entry(*person).or_default().push(stay);
        }
    }
    found.met = met.values().copied().collect();
    for (at, slot) in known.slots.iter().enumerate() {
        let Some(covered) = presence(&all, slot.hours) else { continue };
        let taken = match &choices.slots {
            Some(chosen) => chosen.contains(&slot.id),
            None => covered.minutes * COVERS >= slot.hours.minutes(),
        };
        found.touched.push((at, taken));
    }
    let measure = Measure { tolerance: choices.tolerance, least: choices.least, absent: choices.absent };
    for slot in found.touched.iter().filter(|(_, taken)| *taken).map(|(at, _)| *at) {
        let hours = known.slots[slot].hours;
        for person in 0..known.people.len() {
            let stays = people.get(&person).map_or(&[][..], Vec::as_slice);
            let presence = presence(stays, hours);
            // Who was marked already, perhaps as excused, is not made absent by not appearing.
            if presence.is_none() && known.stands(slot, person).is_some() {
                continue;
            }
            if let Some((state, minutes)) = judge(presence, hours, measure) {
                let note =
                    if state == MarkState::Absent && presence.is_none() { String::new() } else { choices.note.clone() };
                let at = known.people[person].called();
                found.wants.push(Want { at, slot, person, mark: Mark { state, minutes, note } });
            }
        }
    }
    found
}

/// By what connections are taken for the same person's.
fn identity(entry: &Entry) -> String {
    if entry.email.is_empty() { fold(&entry.name) } else { entry.email.clone() }
}

/// Who is who; those who are nobody of the list are noted, with who was chosen for them.
fn identities(log: &Log, choices: &Choices, roster: &Roster, found: &mut Findings) -> HashMap<String, usize> {
    let mut seen: HashMap<String, Option<usize>> = HashMap::new();
    for entry in &log.entries {
        let key = identity(entry);
        if seen.contains_key(&key) {
            continue;
        }
        let number = u32::try_from(seen.len()).unwrap_or(u32::MAX);
        let person = roster.by_email(&entry.email).or_else(|| roster.by_display_name(&entry.name)).or_else(|| {
            let chosen = choices.people.get(&number).and_then(|id| roster.by_id(*id));
            let detail = if entry.email.is_empty() { entry.from.clone() } else { entry.email.clone() };
            found.strangers.push(Stranger {
                key: number,
                label: shortened(&entry.name),
                detail: shortened(&detail),
                at: (entry.row + 1).to_string(),
                chosen,
            });
            chosen
        });
        seen.insert(key, person);
    }
    seen.into_iter().filter_map(|(key, person)| Some((key, person?))).collect()
}

fn instant(when: When, order: DayOrder, zone: &str) -> Option<DateTime<Utc>> {
    let wall = when.day?.date(order)?.and_time(when.time?);
    Some(match when.offset {
        Some(minutes) => (wall - TimeDelta::minutes(i64::from(minutes))).and_utc(),
        None => zones::utc(wall, zone),
    })
}

/// The order of days and months in the whole file: the one in which every date exists; where both do, the
/// one that alone falls on days of the delivery; otherwise nobody knows.
fn order(stamps: &[(When, When)], known: &Known) -> Option<DayOrder> {
    let days: Vec<_> = stamps.iter().flat_map(|(from, to)| [from.day, to.day]).flatten().collect();
    let exists = |order: DayOrder| days.iter().all(|day| day.date(order).is_some());
    let hits = |order: DayOrder| {
        days.iter()
            .any(|day| day.date(order).is_some_and(|date| known.slots.iter().any(|slot| slot.starts.date() == date)))
    };
    let same = days.iter().all(|day| day.date(DayOrder::DayFirst) == day.date(DayOrder::MonthFirst));
    let [one, other] = [DayOrder::DayFirst, DayOrder::MonthFirst];
    match (exists(one), exists(other)) {
        _ if same => Some(one),
        (true, false) => Some(one),
        (false, true) => Some(other),
        _ => match (hits(one), hits(other)) {
            (true, false) => Some(one),
            (false, true) => Some(other),
            _ => None,
        },
    }
}
