//! A table of marks: which column is which half-day, which row is whom, what the cells say.

use super::{
    cells::{self, Letters, Usage},
    dates::{Day, Half, When, when},
    files::Table,
    model::{DayOrder, Why, address, column_name},
    people::Roster,
    plan::{Choices, Findings, Known, KnownSlot, Problem, Stranger, Want, shortened},
};
use crate::common::ids::SlotId;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Among how many rows the heading is looked for.
const HEADING_WITHIN: usize = 30;
/// How many rows a heading may have.
const HEADING_ROWS: usize = 3;

/// Whether a table has days, or numbers of half-days, where a heading may be.
pub fn has_days(table: &Table) -> bool {
    table.iter().take(HEADING_WITHIN).flatten().any(|cell| when(cell).day.is_some() || cell.parse::<SlotId>().is_ok())
}

/// What one column's heading says.
#[derive(Clone, Copy, Default)]
struct Heading {
    slot: Option<usize>,
    when: When,
}

/// Reads a table of marks.
pub fn read(table: &Table, choices: &Choices, known: &Known, roster: &Roster) -> Findings {
    let mut found = Findings::default();
    let slots: HashMap<SlotId, usize> = known.slots.iter().enumerate().map(|(at, slot)| (slot.id, at)).collect();
    let Some((top, bottom)) = block(table, known, &slots) else { return found };
    let (headings, own) = headings(table, top, bottom, &slots);
    let columns = columns(table, top, &headings, known, &mut found);
    let rows: Vec<(usize, &Vec<String>)> = table
        .iter()
        .enumerate()
        .skip(bottom + 1)
        // Signatures, legends and empty rows say nothing of anybody.
        .filter(|(_, row)| columns.keys().any(|column| row.get(*column).is_some_and(|cell| !cell.is_empty())))
        .collect();
    let mut usage = Usage::default();
    if !own {
        for (_, row) in &rows {
            columns
                .keys()
                .filter_map(|column| row.get(*column))
                .filter(|cell| !cell.is_empty())
                .for_each(|cell| usage.see(cell));
        }
    }
    let likely = if own { Letters::OWN } else { usage.likely() };
    let letters = Letters { x: choices.x.unwrap_or(likely.x), e: choices.e.unwrap_or(likely.e) };
    let first = columns.keys().next().copied().unwrap_or(0);
    let mut taken: HashSet<usize> = HashSet::new();
    for (at, row) in rows {
        let cells: Vec<&str> = row
            .iter()
            .enumerate()
            .filter(|(column, cell)| !columns.contains_key(column) && !cell.is_empty())
            .map(|(_, cell)| cell.as_str())
            .collect();
        let label = label(row, first);
        let key = u32::try_from(at).unwrap_or(u32::MAX);
        let person = match whose(&cells, roster) {
            Some(person) => Some(person),
            // A row of sums has no name.
            None if label.is_empty() => None,
            None => {
                let chosen = choices.people.get(&key).and_then(|id| roster.by_id(*id));
                found.strangers.push(Stranger {
                    key,
                    label: label.clone(),
                    detail: String::new(),
                    at: (at + 1).to_string(),
                    chosen,
                });
                chosen
            }
        };
        let Some(person) = person else { continue };
        if !taken.insert(person) {
            found.problems.push(Problem { at: (at + 1).to_string(), text: label, why: Why::SamePerson });
            continue;
        }
        found.met.insert(person);
        for (column, slot) in &columns {
            let Some(text) = row.get(*column).filter(|cell| !cell.is_empty()) else { continue };
            let at = address(at, *column);
            match cells::read(text, letters, known.slots[*slot].hours) {
                Ok(mark) => found.wants.push(Want { at, slot: *slot, person, mark }),
                Err(why) => found.problems.push(Problem { at, text: shortened(text), why }),
            }
        }
    }
    found.usage = usage;
    found.letters = Some(letters);
    found
}

fn means(when: When, order: DayOrder, slot: &KnownSlot) -> bool {
    when.day.is_some_and(|day| day.means(order, slot.starts.date()))
}

/// The first and the last row of the heading.
fn block(table: &Table, known: &Known, slots: &HashMap<SlotId, usize>) -> Option<(usize, usize)> {
    let is_slot = |cell: &String| cell.parse().is_ok_and(|id| slots.contains_key(&id));
    let meant = |cell: &String| {
        let when = when(cell);
        is_slot(cell) || DayOrder::ALL.iter().any(|order| known.slots.iter().any(|slot| means(when, *order, slot)))
    };
    let head = || table.iter().take(HEADING_WITHIN);
    let top = head()
        .position(|row| row.iter().any(meant))
        .or_else(|| head().position(|row| row.iter().any(|cell| when(cell).day.is_some())))?;
    let first = table[top].iter().position(|cell| is_slot(cell) || when(cell).day.is_some())?;
    let mut bottom = top;
    while bottom + 1 < top + HEADING_ROWS {
        let Some(row) = table.get(bottom + 1) else { break };
        let mut cells = row.iter().skip(first).filter(|cell| !cell.is_empty()).peekable();
        let goes_on = cells.peek().is_some()
            && cells.all(|cell| {
                let when = when(cell);
                cell.parse::<SlotId>().is_ok() || (when.day.is_none() && (when.half.is_some() || when.time.is_some()))
            });
        if !goes_on {
            break;
        }
        bottom += 1;
    }
    Some((top, bottom))
}

/// What stands above each column, and whether it is a file of ours.
fn headings(table: &Table, top: usize, bottom: usize, slots: &HashMap<SlotId, usize>) -> (Vec<Heading>, bool) {
    let width = (top..=bottom).map(|row| table[row].len()).max().unwrap_or(0);
    let mut own = false;
    let mut carried: Option<Day> = None;
    let headings = (0..width)
        .map(|column| {
            let mut heading = Heading::default();
            for row in &table[top..=bottom] {
                let Some(cell) = row.get(column).filter(|cell| !cell.is_empty()) else { continue };
                if let Some(slot) = cell.parse().ok().and_then(|id| slots.get(&id)) {
                    heading.slot = Some(*slot);
                    own = true;
                }
                let when = when(cell);
                heading.when.day = heading.when.day.or(when.day);
                heading.when.time = heading.when.time.or(when.time);
                heading.when.half = heading.when.half.or(when.half);
            }
            let empty_above = table[top].get(column).is_none_or(String::is_empty);
            if heading.when.day.is_some() {
                carried = heading.when.day;
            } else if empty_above && (heading.when.half.is_some() || heading.when.time.is_some()) {
                // One cell over several columns: the day stands above the first of them.
                heading.when.day = carried;
            }
            heading
        })
        .collect();
    (headings, own)
}

/// Which column is which half-day.
fn columns(
    table: &Table,
    top: usize,
    headings: &[Heading],
    known: &Known,
    found: &mut Findings,
) -> BTreeMap<usize, usize> {
    let hits = |order: DayOrder| {
        headings.iter().filter(|heading| known.slots.iter().any(|slot| means(heading.when, order, slot))).count()
    };
    let order =
        if hits(DayOrder::MonthFirst) > hits(DayOrder::DayFirst) { DayOrder::MonthFirst } else { DayOrder::DayFirst };
    let mut columns = BTreeMap::new();
    let mut taken = HashSet::new();
    for (column, heading) in headings.iter().enumerate() {
        let text = table[top].get(column).map_or("", String::as_str);
        let slot = match heading.slot {
            Some(slot) => Ok(slot),
            None if heading.when.day.is_none() => {
                if !text.is_empty() {
                    found.ignored.push((column_name(column), shortened(text)));
                }
                continue;
            }
            None => half_day(column, headings, order, known),
        };
        let slot = slot.and_then(|slot| if taken.insert(slot) { Ok(slot) } else { Err(Why::SameHalfDay) });
        match slot {
            Ok(slot) => {
                columns.insert(column, slot);
            }
            Err(why) => found.problems.push(Problem { at: column_name(column), text: shortened(text), why }),
        }
    }
    columns
}

/// The half-day that a heading means: by its time, by the part of the day, as the only one of the day, or
/// as one of as many columns as the day has half-days.
fn half_day(column: usize, headings: &[Heading], order: DayOrder, known: &Known) -> Result<usize, Why> {
    let when = headings[column].when;
    let of_day: Vec<usize> = (0..known.slots.len()).filter(|at| means(when, order, &known.slots[*at])).collect();
    let starts = |at: &usize| known.slots[*at].starts.time();
    let fitting: Vec<usize> = match (when.time, when.half) {
        (Some(time), _) => of_day.iter().copied().filter(|at| starts(at) == time).collect(),
        (None, Some(half)) => {
            let of = |half| of_day.iter().copied().filter(|at| Half::of(starts(at)) == half).collect::<Vec<_>>();
            let exact = of(half);
            if exact.is_empty() && half == Half::Afternoon { of(Half::Evening) } else { exact }
        }
        (None, None) => of_day.clone(),
    };
    match fitting.as_slice() {
        [] => Err(Why::NoHalfDay),
        [one] => Ok(*one),
        several => {
            let alike: Vec<usize> =
                (0..headings.len()).filter(|at| headings[*at].slot.is_none() && headings[*at].when == when).collect();
            let place = alike.iter().position(|at| *at == column);
            place
                .filter(|_| alike.len() == several.len())
                .and_then(|place| several.get(place).copied())
                .ok_or(Why::SeveralHalfDays)
        }
    }
}

/// Whose row it is: by the place's number, by e-mail, by name in one cell or in two beside each other.
fn whose(cells: &[&str], roster: &Roster) -> Option<usize> {
    let by_id = || cells.iter().find_map(|cell| cell.parse().ok().and_then(|id| roster.by_id(id)));
    let by_email = || cells.iter().filter(|cell| cell.contains('@')).find_map(|cell| roster.by_email(cell));
    let by_name = || cells.iter().find_map(|cell| roster.by_name(cell));
    let by_two = || cells.windows(2).find_map(|pair| roster.by_name(&pair.join(" ")));
    by_id().or_else(by_email).or_else(by_two).or_else(by_name)
}

/// What a row calls its person: the words before the marks.
fn label(row: &[String], first: usize) -> String {
    let words: Vec<&str> = row
        .iter()
        .take(first)
        .map(String::as_str)
        .filter(|cell| cell.chars().any(char::is_alphabetic) && cell.parse::<uuid::Uuid>().is_err())
        .take(3)
        .collect();
    shortened(&words.join(" "))
}
