//! What a draft would change, computed from what was read, what was chosen and what stands. Pure: the
//! dry run and the entry are the same computation, made twice.

use super::{
    cells::{Letters, Usage},
    conference,
    files::Table,
    logs::Log,
    model::{DayOrder, Tool, USUAL_TOLERANCE, Why, code},
    people::{Person, Roster},
    sheet,
};
use crate::{
    attendance::model::{Hours, Mark, MarkState, not_too_early},
    common::ids::{EnrolmentId, SlotId},
    platform::text,
};
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What was read from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// A table of marks.
    Sheet(Table),
    /// Joins and leaves.
    Log(Log),
    /// Nothing any more: it was entered.
    Gone,
}

/// What was chosen for a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Places for those who were not found, by their number.
    pub people: BTreeMap<u32, EnrolmentId>,
    /// The order of days and months.
    pub order: Option<DayOrder>,
    /// The zone of a log's times; empty is the venue's.
    pub zone: String,
    /// Minutes that may be missing.
    pub tolerance: i64,
    /// Fewer minutes are absence.
    pub least: i64,
    /// Whether who never appears is absent.
    pub absent: bool,
    /// The remark with each mark of a log.
    pub note: String,
    /// What an X means.
    pub x: Option<MarkState>,
    /// What an E means.
    pub e: Option<MarkState>,
    /// Half-days that a log is taken for; without a choice, those that it covers.
    pub slots: Option<BTreeSet<SlotId>>,
}

impl Choices {
    /// What is chosen for a file before anybody chose.
    pub fn usual(tool: Tool) -> Self {
        let note = match tool {
            Tool::Sheet => "",
            Tool::Zoom => "Zoom",
            Tool::Teams => "Teams",
            Tool::Webex => "Webex",
            Tool::Other => "Online",
        };
        Self {
            people: BTreeMap::new(),
            order: None,
            zone: String::new(),
            tolerance: USUAL_TOLERANCE,
            least: 0,
            absent: false,
            note: note.to_owned(),
            x: None,
            e: None,
            slots: None,
        }
    }
}

/// A half-day as plans see it.
#[derive(Clone, Copy, Debug)]
pub struct KnownSlot {
    /// Its id.
    pub id: SlotId,
    /// When it begins on the venue's clock.
    pub starts: NaiveDateTime,
    /// Its hours.
    pub hours: Hours,
    /// Whether its register is closed.
    pub closed: bool,
}

/// What stands.
pub struct Known {
    /// Who holds a place, by name.
    pub people: Vec<Person>,
    /// The half-days, by time.
    pub slots: Vec<KnownSlot>,
    /// The marks.
    pub marks: HashMap<(SlotId, EnrolmentId), Mark>,
    /// Today, at the venue.
    pub today: NaiveDate,
    /// The venue's zone.
    pub zone: String,
}

impl Known {
    /// The mark of a person in a half-day, by their positions.
    pub fn stands(&self, slot: usize, person: usize) -> Option<&Mark> {
        self.marks.get(&(self.slots[slot].id, self.people[person].id))
    }
}

/// A mark that a file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    /// Where in the file it stands.
    pub at: String,
    /// The half-day, by position.
    pub slot: usize,
    /// The person, by position.
    pub person: usize,
    /// What is meant.
    pub mark: Mark,
}

/// What was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its address: a cell, a column or a row.
    pub at: String,
    /// The text.
    pub text: String,
    /// Why.
    pub why: Why,
}

/// Somebody of the file who is none of those who hold a place, or was chosen by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Their number in the file.
    pub key: u32,
    /// What the file calls them.
    pub label: String,
    /// What else it says.
    pub detail: String,
    /// Where they stand.
    pub at: String,
    /// Who was chosen, by position.
    pub chosen: Option<usize>,
}

/// What was found in a file.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The marks asked for.
    pub wants: Vec<Want>,
    /// What was not taken.
    pub problems: Vec<Problem>,
    /// Who was not found.
    pub strangers: Vec<Stranger>,
    /// Who was found, by position.
    pub met: BTreeSet<usize>,
    /// Columns that were not read: name and heading.
    pub ignored: Vec<(String, String)>,
    /// Which doubtful letters there are.
    pub usage: Usage,
    /// What they are taken for.
    pub letters: Option<Letters>,
    /// The order of days and months that was taken.
    pub order: Option<DayOrder>,
    /// Whether the file leaves the order open.
    pub ask_order: bool,
    /// Half-days that a log touches, by position, and whether it is taken for them.
    pub touched: Vec<(usize, bool)>,
}

/// One change of one mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The half-day, by position.
    pub slot: usize,
    /// The person, by position.
    pub person: usize,
    /// What stands.
    pub from: Option<Mark>,
    /// What would stand.
    pub to: Mark,
}

/// What a draft would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What it would change, by half-day and name.
    pub changes: Vec<Change>,
    /// Marks that stand already as the file has them.
    pub same: usize,
    /// Half-days whose register is closed, by position, and how many marks of the file would change it.
    pub closed: BTreeMap<usize, usize>,
    /// All else.
    pub found: Findings,
}

/// Longest text shown of a cell, in characters.
const SHOWN: usize = 60;

/// The beginning of a text.
pub fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN { text.to_owned() } else { text.chars().take(SHOWN).chain(['…']).collect() }
}

/// What a draft would do now.
pub fn plan(body: &Body, choices: &Choices, known: &Known) -> Plan {
    let roster = Roster::new(&known.people);
    let mut found = match body {
        Body::Sheet(table) => sheet::read(table, choices, known, &roster),
        Body::Log(log) => conference::read(log, choices, known, &roster),
        Body::Gone => Findings::default(),
    };
    // A conference says who was there, not what was remarked about it.
    let remarks_count = matches!(body, Body::Sheet(_));
    let mut changes = Vec::new();
    let mut same = 0;
    let mut closed = BTreeMap::new();
    for want in std::mem::take(&mut found.wants) {
        let slot = &known.slots[want.slot];
        let length = slot.hours.minutes();
        let from = known.stands(want.slot, want.person).cloned();
        let told = |mark: &Mark| {
            let mut mark = mark.clone();
            if !remarks_count {
                mark.note.clear();
            }
            code(&mark, length)
        };
        if from.as_ref().is_some_and(|from| told(from) == told(&want.mark)) {
            same += 1;
        } else if not_too_early(want.mark.state, slot.starts.date(), known.today).is_err() {
            found.problems.push(Problem {
                at: want.at,
                text: shortened(&code(&want.mark, length)),
                why: Why::TooEarly,
            });
        } else if slot.closed {
            *closed.entry(want.slot).or_default() += 1;
            found.problems.push(Problem { at: want.at, text: shortened(&code(&want.mark, length)), why: Why::Closed });
        } else {
            changes.push(Change { slot: want.slot, person: want.person, from, to: want.mark });
        }
    }
    changes.sort_by_key(|change| (change.slot, change.person));
    Plan { changes, same, closed, found }
}

impl Plan {
    /// A number for exactly these changes upon exactly what stands: what was seen is what is entered.
    pub fn seen(&self, known: &Known) -> String {
        let mut hash = Sha256::new();
        for change in &self.changes {
            let slot = &known.slots[change.slot];
            hash.update(slot.id.0.as_bytes());
            hash.update(known.people[change.person].id.0.as_bytes());
            let length = slot.hours.minutes();
            for mark in [change.from.as_ref(), Some(&change.to)] {
                hash.update(
                    mark.map_or_else(String::new, |mark| format!("{} {}", mark.minutes, code(mark, length))).as_bytes(),
                );
                hash.update([0]);
            }
        }
        text::hex(&hash.finalize()[..16])
    }
}
