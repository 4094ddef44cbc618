//! Rules: how a mark is written in a cell, and what presence in a conference is worth.

use crate::attendance::model::{Hours, Mark, MarkState};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The largest file taken, in bytes.
pub const FILE_MAX: usize = 5 * 1024 * 1024;
/// Most rows of a file.
pub const ROWS_MAX: usize = 5_000;
/// Most columns of a file: a delivery's half-days and some more.
pub const COLUMNS_MAX: usize = 2_500;
/// Most cells of a file, the empty ones before a filled one included: a thousand people on a thousand half-days.
pub const CELLS_MAX: usize = 1_000_000;
/// Most bytes of text in all cells, counted at each cell: many cells may point to one text.
pub const TEXT_MAX: usize = 16 * 1024 * 1024;
/// Most bytes of one cell: spreadsheet programs take 32,767 characters, of up to four bytes each.
pub const CELL_MAX: usize = 4 * 32_767;
/// Minutes that may be missing from a conference and still count as the whole half-day.
pub const USUAL_TOLERANCE: i64 = 10;
/// Most minutes of tolerance, and of the least presence.
pub const MINUTES_MAX: i64 = 240;

crate::text_enum! {
    /// What a file is.
    pub enum Tool {
        /// A table of marks: a row a person, a column a half-day.
        Sheet = "sheet",
        Zoom = "zoom",
        Teams = "teams",
        Webex = "webex",
        /// Joins and leaves of some other tool.
        Other = "other",
    }
}

crate::text_enum! {
    /// Why a file cannot be read at all.
    pub enum Unreadable {
        /// No file was chosen, or it has no bytes.
        Empty = "empty",
        TooLarge = "too_large",
        TooManyRows = "too_many_rows",
        TooManyColumns = "too_many_columns",
        /// More than [`CELLS_MAX`] cells, the empty ones before a filled one included.
        TooManyCells = "too_many_cells",
        /// More than [`TEXT_MAX`] bytes of text in cells, or more than [`CELL_MAX`] in one.
        TooMuchText = "too_much_text",
        /// A workbook that unpacks to too much.
        Unpacked = "unpacked",
        /// Reading it took too long.
        TooSlow = "too_slow",
        /// Reading it took too much memory.
        Memory = "memory",
        /// Too many files are being read at once.
        Busy = "busy",
        /// Neither a table of text nor an XLSX workbook: an old XLS, an ODS, a PDF.
        Kind = "kind",
        /// A damaged workbook, or one with a password.
        Broken = "broken",
        /// Neither days in a heading nor joins and leaves.
        NothingKnown = "nothing_known",
        /// A conference's list of people without the times at which they joined and left.
        NoTimes = "no_times",
        /// Several files that are not logs of one tool.
        Mixed = "mixed",
    }
}

crate::text_enum! {
    /// Why a cell, a row or a column is not taken.
    pub enum Why {
        /// A text that says nothing known.
        Unknown = "unknown",
        /// More minutes than the half-day has.
        Minutes = "minutes",
        /// A number without a unit.
        PlainNumber = "plain_number",
        /// A remark that is too long.
        TooLong = "too_long",
        /// The half-day has not come yet.
        TooEarly = "too_early",
        /// The register of the half-day is closed.
        Closed = "closed",
        /// Another row is the same person's.
        SamePerson = "same_person",
        /// Another column is the same half-day's.
        SameHalfDay = "same_half_day",
        /// The delivery has no half-day on this day or at this time.
        NoHalfDay = "no_half_day",
        /// The day has several half-days, and the heading does not say which.
        SeveralHalfDays = "several_half_days",
        /// A time that cannot be read.
        NoTime = "no_time",
    }
}

crate::text_enum! {
    /// Whether days or months come first where a date is written in figures.
    pub enum DayOrder { DayFirst = "dmy", MonthFirst = "mdy" }
}

/// The form under a dry run, all as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftForm {
    /// The delivery.
    pub delivery: String,
    /// The draft.
    pub draft: String,
    /// What was seen: [`super::api::Draft::seen`].
    pub seen: String,
    /// `enter`, `discard`, or anything else to look again.
    pub act: String,
    /// Why a closed register is corrected.
    pub reason: String,
    /// Places chosen for who was not found, by `p` and their number.
    pub who: HashMap<String, String>,
    /// The order of days and months; empty lets the file decide.
    pub order: String,
    /// The zone of a log's times.
    pub zone: String,
    /// Minutes that may be missing.
    pub tolerance: String,
    /// Fewer minutes than these are absence.
    pub least: String,
    /// Whether who never appears is absent.
    pub absent: String,
    /// The remark with each mark.
    pub note: String,
    /// What an X means.
    pub x: String,
    /// What an E means.
    pub e: String,
    /// `true` where half-days could be chosen.
    pub touched: String,
    /// Half-days that a log is taken for.
    pub slots: Vec<String>,
}

/// The mark as a cell says it: `P`, `L 15` (late by 15 minutes), `E 30` (left 30 minutes early), `X`, `A`,
/// each perhaps with a remark after a colon: `X: hearing`. `length` is the half-day's, in minutes.
pub fn code(mark: &Mark, length: i64) -> String {
    let missed = (length - mark.minutes).clamp(0, length.max(0));
    let mut text = match mark.state {
        MarkState::Present => "P".to_owned(),
        MarkState::Late => format!("L {missed}"),
        MarkState::LeftEarly => format!("E {missed}"),
        MarkState::Excused => "X".to_owned(),
        MarkState::Absent => "A".to_owned(),
    };
    let note = clean(&mark.note);
    if !note.is_empty() {
        text.push_str(": ");
        text.push_str(&note);
    }
    text
}

/// A cell's text on one line: nothing that is not seen, single spaces, none at the ends.
pub fn clean(text: &str) -> String {
    crate::common::clean::line(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn begins_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

/// What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).
pub fn guarded(text: &str) -> String {
    if begins_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// A text without what [`guarded`] put before it.
pub fn unguarded(text: &str) -> &str {
    if begins_a_formula(text) { text.strip_prefix('\'').unwrap_or(text) } else { text }
}

/// A cell's address as spreadsheets write it, from positions that begin at 0: (6, 3) is D7.
pub fn address(row: usize, column: usize) -> String {
    format!("{}{}", column_name(column), row + 1)
}

/// A column's letters, from a position that begins at 0.
pub fn column_name(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 26] as char);
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// A time in a conference, from a join to a leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stay {
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends.
    pub to: DateTime<Utc>,
}

/// What somebody attended of a half-day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Whole minutes; who is there twice at a time is there once.
    pub minutes: i64,
    /// Seconds missed at the beginning.
    pub before: i64,
    /// Seconds missed at the end.
    pub after: i64,
}

/// What stays amount to within a half-day; nothing where there is less than a minute.
pub fn presence(stays: &[Stay], hours: Hours) -> Option<Presence> {
    let mut within: Vec<Stay> = stays
        .iter()
        .map(|stay| Stay { from: stay.from.max(hours.starts_at), to: stay.to.min(hours.ends_at) })
        .filter(|stay| stay.from < stay.to)
        .collect();
    within.sort_unstable();
    let first = within.first()?.from;
    let (mut seconds, mut end) = (0, first);
    for stay in within {
        let from = stay.from.max(end);
        if from < stay.to {
            seconds += (stay.to - from).num_seconds();
            end = stay.to;
        }
    }
    (seconds >= 60).then_some(Presence {
        minutes: seconds / 60,
        before: (first - hours.starts_at).num_seconds(),
        after: (hours.ends_at - end).num_seconds(),
    })
}

/// What counts as attendance of a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Minutes that may be missing.
    pub tolerance: i64,
    /// Fewer minutes are absence.
    pub least: i64,
    /// Whether who never appears is absent.
    pub absent: bool,
}

/// The mark for a presence. Who misses more than is forgiven is late or has left early, whichever end
/// misses more, with exactly the minutes attended; a gap in the middle is missed like the ends.
pub fn judge(presence: Option<Presence>, hours: Hours, measure: Measure) -> Option<(MarkState, i64)> {
    let Some(presence) = presence else {
        return measure.absent.then_some((MarkState::Absent, 0));
    };
    if presence.minutes < measure.least {
        Some((MarkState::Absent, 0))
    } else if hours.minutes() - presence.minutes <= measure.tolerance {
        Some((MarkState::Present, hours.minutes()))
    } else if presence.before > presence.after {
        Some((MarkState::Late, presence.minutes))
    } else {
        Some((MarkState::LeftEarly, presence.minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    const LENGTH: i64 = 60;

    fn hours() -> Hours {
        let starts_at: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        Hours { starts_at, ends_at: starts_at + TimeDelta::minutes(LENGTH) }
    }

    fn stay(from: i64, to: i64) -> Stay {
        let at = |seconds| hours().starts_at + TimeDelta::seconds(seconds);
        Stay { from: at(from), to: at(to) }
    }

    const STRICT: Measure = Measure { tolerance: 5, least: 0, absent: true };

    #[test]
    fn what_presence_is_worth() {
        let judged = |stays: &[Stay]| judge(presence(stays, hours()), hours(), STRICT);
        assert_eq!(judged(&[stay(-600, 4000)]), Some((MarkState::Present, 60)), "before and after does not count");
        assert_eq!(judged(&[stay(240, 3600)]), Some((MarkState::Present, 60)), "four minutes are forgiven");
        assert_eq!(judged(&[stay(1200, 3600)]), Some((MarkState::Late, 40)));
        assert_eq!(judged(&[stay(0, 1830)]), Some((MarkState::LeftEarly, 30)));
        assert_eq!(judged(&[stay(0, 1200), stay(2400, 3600)]), Some((MarkState::LeftEarly, 40)), "the gap is missed");
        assert_eq!(judged(&[stay(0, 2400), stay(1200, 3600)]), Some((MarkState::Present, 60)), "two devices are one");
        assert_eq!(judged(&[stay(4000, 5000)]), Some((MarkState::Absent, 0)));
        assert_eq!(judge(None, hours(), Measure { absent: false, ..STRICT }), None, "not asked, not said");
        let least = Measure { least: 30, ..STRICT };
        assert_eq!(judge(presence(&[stay(0, 1200)], hours()), hours(), least), Some((MarkState::Absent, 0)));
    }

    #[test]
    fn addresses() {
        assert_eq!(address(6, 3), "D7");
        assert_eq!(
            (column_name(25), column_name(26), column_name(701), column_name(702)),
            ("Z".into(), "AA".into(), "ZZ".into(), "AAA".into())
        );
    }

    proptest! {
        #[test]
        fn presence_is_counted_second_by_second(spans in proptest::collection::vec((-900..4500i64, 0..3000i64), 0..8)) {
            let stays: Vec<Stay> = spans.iter().map(|(from, length)| stay(*from, from + length)).collect();
            let seconds = (0..LENGTH * 60).filter(|s| spans.iter().any(|(from, length)| (*from..from + length).contains(s))).count() as i64;
            let found = presence(&stays, hours());
            prop_assert_eq!(found.map_or(0, |p| p.minutes), seconds / 60);
            let mut turned = stays.clone();
            turned.reverse();
            turned.extend(stays);
            prop_assert_eq!(presence(&turned, hours()), found, "order and doubles change nothing");
            if let Some((state, minutes)) = judge(found, hours(), STRICT) {
                prop_assert!((0..=LENGTH).contains(&minutes));
                prop_assert_eq!(state == MarkState::Absent, minutes == 0);
            }
        }

        #[test]
        fn guarding_is_undone(text in "['=+@a-]{0,4}.{0,6}") {
            let guarded = guarded(&text);
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            prop_assert_eq!(unguarded(&guarded), text);
        }
    }
}
