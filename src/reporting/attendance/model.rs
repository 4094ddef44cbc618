//! Rules: who is at risk, how marks travel in few bytes, and how numbers are added up so that each
//! person counts once.

use crate::{
    common::few::{FEW, nearest, told},
    completion::model::{Rule, Tally},
    enrolment::model::Risk,
    reporting::model::{Apart, Unnamed},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where somebody stands while half-days are still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outlook {
    /// Enough was attended already.
    Met,
    /// Nothing stands in the way.
    Fine,
    /// Something was missed, and one more half-day missed would be too much.
    AtRisk,
    /// Even who misses nothing more will not reach what is needed.
    CannotPass,
}

/// Where the rule says that somebody stands. `longest` is the length of the longest half-day, in minutes.
pub fn outlook(rule: &Rule, tally: &Tally, longest: i64) -> Outlook {
    let (have, of) = rule.counted(tally);
    match rule.risk(tally, longest) {
        Risk::Lost => Outlook::CannotPass,
        Risk::AtRisk => Outlook::AtRisk,
        Risk::None if have >= rule.minutes_needed(of) => Outlook::Met,
        Risk::None => Outlook::Fine,
    }
}

/// Which rows of a delivery's report are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Show {
    /// Everybody.
    #[default]
    All,
    /// Who is at risk or cannot pass any more.
    Risk,
    /// Who has not attended enough yet.
    Short,
}

impl Show {
    /// From an address; anything unknown shows everybody.
    pub fn of(text: &str) -> Self {
        match text {
            "risk" => Self::Risk,
            "short" => Self::Short,
            _ => Self::All,
        }
    }

    /// As an address has it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Risk => "risk",
            Self::Short => "short",
        }
    }

    /// Whether somebody in that state is shown.
    pub const fn takes(self, outlook: Outlook) -> bool {
        match self {
            Self::All => true,
            Self::Risk => matches!(outlook, Outlook::AtRisk | Outlook::CannotPass),
            Self::Short => !matches!(outlook, Outlook::Met),
        }
    }
}

/// A mark in three bytes: the letter of its state (`p`resent, `l`ate, left `e`arly, e`x`cused,
/// `a`bsent; 0 for none) and the minutes attended. Thousands of them are on one page.
pub type Cell = (u8, u16);

/// Whether a mark says that somebody was there, for all of the half-day or a part.
pub const fn came(cell: Cell) -> bool {
    matches!(cell.0, b'p' | b'l' | b'e')
}

/// The marks of one person, by half-day, from the text that the database makes of them: position,
/// letter and minutes of each (`0p210 2l190`), in any order.
pub fn cells(text: &str, slots: usize) -> Vec<Cell> {
    let mut cells = vec![(0, 0); slots];
    for mark in text.split_ascii_whitespace() {
        let Some(at) = mark.find(|c: char| c.is_ascii_alphabetic()) else { continue };
        let (position, rest) = mark.split_at(at);
        let minutes = rest[1..].parse().unwrap_or(u16::MAX);
        if let Some(cell) = position.parse::<usize>().ok().and_then(|position| cells.get_mut(position)) {
            *cell = (rest.as_bytes()[0], minutes);
        }
    }
    cells
}

/// People by their numbers, each once.
#[derive(Clone, Debug, Default)]
pub struct People(Vec<u64>);

impl People {
    /// Adds those whose numbers are listed, four bytes each, the lowest first.
    pub fn add(&mut self, list: &[u8]) {
        for bytes in list.chunks_exact(4) {
            let number = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
            if self.0.len() <= number / 64 {
                self.0.resize(number / 64 + 1, 0);
            }
            self.0[number / 64] |= 1 << (number % 64);
        }
    }

    /// How many there are.
    pub fn count(&self) -> i64 {
        self.0.iter().map(|word| i64::from(word.count_ones())).sum()
    }

    /// The list of some numbers, as it is kept.
    pub fn list(mut numbers: Vec<u32>) -> Vec<u8> {
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().flat_map(u32::to_le_bytes).collect()
    }
}

/// The attendance of one delivery, or of many together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Sum {
    /// Places held.
    pub places: i64,
    /// Places held, without those whose holders the register says never came.
    pub participations: i64,
    /// Minutes of the half-days that were held: over, or with a mark in them.
    pub delivered_minutes: i64,
    /// Minutes that all who hold places could have attended of these, where a register was kept.
    pub possible_minutes: i64,
    /// Minutes that they attended.
    pub attended_minutes: i64,
    /// Places that led to a completion.
    pub completed: i64,
    /// Places at risk, while the delivery runs.
    pub at_risk: i64,
    /// Places that can no longer lead to a completion, while the delivery runs.
    pub cannot_pass: i64,
}

impl std::ops::AddAssign for Sum {
    fn add_assign(&mut self, more: Self) {
        self.places += more.places;
        self.participations += more.participations;
        self.delivered_minutes += more.delivered_minutes;
        self.possible_minutes += more.possible_minutes;
        self.attended_minutes += more.attended_minutes;
        self.completed += more.completed;
        self.at_risk += more.at_risk;
        self.cannot_pass += more.cannot_pass;
    }
}

crate::text_enum! {
    /// What the lines of the numbers stand for.
    pub enum By {
        /// Where it was given.
        Area = "area",
        /// Who gave it.
        Institution = "institution",
        /// What was given.
        Course = "course",
        /// The year of its first day.
        Year = "year",
        /// The month of its first day.
        Month = "month",
    }
}

/// Deliveries together.
#[derive(Clone, Debug, Default)]
pub struct Group {
    deliveries: i64,
    sum: Sum,
    people: People,
    apart: Apart,
}

impl Group {
    /// Adds a delivery: its sums, and the list of who took part.
    pub fn add(&mut self, sum: Sum, persons: &[u8]) {
        self.deliveries += 1;
        self.sum += sum;
        self.people.add(persons);
    }

    /// Adds people counted without names, who are in none of the other sums.
    pub fn add_apart(&mut self, counted: Apart) {
        self.apart += counted;
    }

    /// The numbers, as an observer or the programme office may see them.
    pub fn told(&self, keep_back: bool) -> Told {
        let it = &self.sum;
        let persons = self.people.count();
        let hidden = keep_back && (1..FEW).contains(&persons.min(it.participations));
        let count = |count: i64| {
            if hidden { None } else { told(count, keep_back) }
        };
        let hours = |minutes: i64| match (keep_back, hidden) {
            (true, true) => None,
            (true, false) => Some(nearest(minutes, HUNDRED_HOURS)),
            (false, _) => Some(minutes),
        };
        Told {
            deliveries: self.deliveries,
            delivered_minutes: it.delivered_minutes,
            places: count(it.places),
            participations: count(it.participations),
            persons: count(persons),
            attended_minutes: hours(it.attended_minutes),
            share: (!hidden && it.possible_minutes > 0)
                .then(|| (it.attended_minutes * 200 + it.possible_minutes) / (it.possible_minutes * 2)),
            completed: count(it.completed),
            at_risk: count(it.at_risk),
            cannot_pass: count(it.cannot_pass),
            unnamed: Unnamed::told(self.apart.people, self.apart.unverified, keep_back),
        }
    }
}

/// What the hours of people are rounded to for those who may not see small counts: from exact hours
/// the size of a group could be worked out.
const HUNDRED_HOURS: i64 = 100 * 60;

/// Numbers as they may be told; none where one is kept back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Deliveries; they are no secret.
    pub deliveries: i64,
    /// Minutes of half-days held; no secret either.
    pub delivered_minutes: i64,
    /// Places held.
    pub places: Option<i64>,
    /// Places held by people who came.
    pub participations: Option<i64>,
    /// People who took part, each once.
    pub persons: Option<i64>,
    /// Minutes attended by all together.
    pub attended_minutes: Option<i64>,
    /// Share attended of what could have been, in percent.
    pub share: Option<i64>,
    /// Places that led to a completion.
    pub completed: Option<i64>,
    /// Places at risk.
    pub at_risk: Option<i64>,
    /// Places that cannot lead to a completion any more.
    pub cannot_pass: Option<i64>,
    /// People counted without names; in none of the others.
    pub unnamed: Unnamed,
}

/// Deliveries by what [`By`] says of them, and all together.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Each by its key.
    pub each: BTreeMap<String, Group>,
    /// All.
    pub all: Group,
}

impl Groups {
    /// Adds a delivery under a key.
    pub fn add(&mut self, key: &str, sum: Sum, persons: &[u8]) {
        self.all.add(sum, persons);
        if !self.each.contains_key(key) {
            self.each.insert(key.to_owned(), Group::default());
        }
        if let Some(group) = self.each.get_mut(key) {
            group.add(sum, persons);
        }
    }

    /// Adds people counted without names under a key.
    pub fn add_apart(&mut self, key: &str, counted: Apart) {
        self.all.add_apart(counted);
        self.each.entry(key.to_owned()).or_default().add_apart(counted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn one_more_half_day_missed() {
        use crate::institutions::model::Excused;
        // Four half-days of 210 minutes, 80 %: 672 are needed, so 168 may be missed.
        let rule =
            Rule { attendance_percent: 80, excused: Excused::Missed, modules_required: false, self_paced: false };
        let at = |attended, half_days_to_come: i64| {
            let tally = Tally {
                attended_minutes: attended,
                programme_minutes: 840,
                pending_minutes: 210 * half_days_to_come,
                ..Tally::default()
            };
            outlook(&rule, &tally, 210)
        };
        assert_eq!(at(0, 4), Outlook::Fine, "nobody is at risk who has missed nothing");
        assert_eq!(at(210, 3), Outlook::Fine);
        assert_eq!(at(190, 3), Outlook::AtRisk);
        assert_eq!(at(0, 3), Outlook::CannotPass);
        assert_eq!(at(680, 0), Outlook::Met);
        assert_eq!(at(671, 0), Outlook::CannotPass);
    }

    #[test]
    fn marks_in_few_bytes() {
        assert_eq!(cells("2l190 0p210", 3), [(b'p', 210), (0, 0), (b'l', 190)]);
        assert_eq!(cells("9p1 x 1 p", 2), [(0, 0), (0, 0)]);
    }

    #[test]
    fn few_are_not_told_and_many_are_rounded() {
        let group = |people: u32| {
            let mut group = Group::default();
            let sum = Sum { places: people.into(), participations: people.into(), completed: 2, ..Sum::default() };
            group.add(sum, &People::list((0..people).collect()));
            group
        };
        let told = group(4).told(true);
        assert_eq!((told.persons, told.places, told.deliveries, told.attended_minutes), (None, None, 1, None));
        let told = group(13).told(true);
        assert_eq!((told.persons, told.completed, told.at_risk), (Some(15), None, Some(0)));
        assert_eq!(group(4).told(false).persons, Some(4));
    }

    proptest! {
        #[test]
        fn people_count_once(lists in proptest::collection::vec(proptest::collection::vec(0u32..300, 0..40), 0..8)) {
            let mut people = People::default();
            let mut by_hand = BTreeSet::new();
            for list in lists {
                by_hand.extend(list.iter().copied());
                people.add(&People::list(list));
            }
            prop_assert_eq!(people.count(), by_hand.len() as i64);
        }
    }
}
