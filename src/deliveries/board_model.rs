//! The catalogue's board: courses with their next dates, and how they are filtered. It lives
//! beside deliveries because a course does not know when it is given.

use super::model::{DeliveryState, Mode};
use crate::{
    catalogue::model::{Audience, CourseKind},
    common::{dates::parse_date, ids::DeliveryId},
    institutions::model::is_language_code,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Courses on one page.
pub const PAGE: usize = 50;
/// Dates shown with a course in the list.
pub const DATES: usize = 3;

/// A filter of the catalogue, by the name of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// For whom.
    Audience,
    /// Kind of course.
    Kind,
    /// Where.
    Area,
    /// In which language.
    Language,
    /// In a room or online.
    Mode,
}

impl Facet {
    /// All, in the order shown.
    pub const ALL: [Facet; 5] = [Facet::Audience, Facet::Kind, Facet::Area, Facet::Language, Facet::Mode];

    /// Name of the field in forms and addresses.
    pub const fn field(self) -> &'static str {
        match self {
            Facet::Audience => "audience",
            Facet::Kind => "kind",
            Facet::Area => "area",
            Facet::Language => "language",
            Facet::Mode => "mode",
        }
    }
}

/// What is asked for, as the address says it. Whatever the address says that is no filter of
/// ours is left out, so nothing of it is ever shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoardQuery {
    /// Words to find.
    pub q: String,
    /// For any of these.
    pub audiences: Vec<Audience>,
    /// Of any of these kinds.
    pub kinds: Vec<CourseKind>,
    /// In any of these areas.
    pub areas: Vec<String>,
    /// In any of these languages.
    pub languages: Vec<String>,
    /// Given in any of these ways.
    pub modes: Vec<Mode>,
    /// Given on or after this day.
    pub from: Option<NaiveDate>,
    /// Given on or before this day.
    pub to: Option<NaiveDate>,
    /// The page that begins after this course.
    pub after: String,
}

fn toggle<T: PartialEq + Ord>(list: &mut Vec<T>, item: T) {
    if let Some(at) = list.iter().position(|held| *held == item) {
        list.remove(at);
    } else {
        list.push(item);
        list.sort();
    }
}

fn add<T: PartialEq + Ord>(list: &mut Vec<T>, item: Option<T>) {
    if let Some(item) = item
        && !list.contains(&item)
    {
        toggle(list, item);
    }
}

impl BoardQuery {
    /// Reads the query part of an address.
    pub fn parse(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).take(200) {
            let value = value.trim();
            match &*name {
                "q" => {
                    let words: String = value.chars().filter(|c| !c.is_control()).take(200).collect();
                    // What is left out, or cut off, may leave blanks at the ends.
                    words.trim().clone_into(&mut read.q);
                }
                "audience" => add(&mut read.audiences, value.parse().ok()),
                "kind" => add(&mut read.kinds, value.parse().ok()),
                "area" if is_area_code(value) => add(&mut read.areas, Some(value.to_owned())),
                "language" if is_language_code(value) => add(&mut read.languages, Some(value.to_owned())),
                "mode" => add(&mut read.modes, value.parse().ok()),
                "from" => read.from = parse_date(value),
                "to" => read.to = parse_date(value),
                "after" if is_slug(value) => value.clone_into(&mut read.after),
                _ => {}
            }
        }
        read
    }

    /// Names and values as they stand in forms and addresses.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.q.is_empty() {
            pairs.push(("q", self.q.clone()));
        }
        for facet in Facet::ALL {
            pairs.extend(self.ticked(facet).into_iter().map(|code| (facet.field(), code)));
        }
        pairs.extend(self.from.map(|day| ("from", day.to_string())));
        pairs.extend(self.to.map(|day| ("to", day.to_string())));
        if !self.after.is_empty() {
            pairs.push(("after", self.after.clone()));
        }
        pairs
    }

    /// The query part of an address; reading it gives the same again.
    pub fn to_query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.pairs()).finish()
    }

    /// The address of the catalogue so filtered.
    pub fn href(&self) -> String {
        let query = self.to_query();
        if query.is_empty() { "/catalogue".to_owned() } else { format!("/catalogue?{query}") }
    }

    /// The codes ticked in a filter.
    pub fn ticked(&self, facet: Facet) -> Vec<String> {
        match facet {
            Facet::Audience => self.audiences.iter().map(|a| a.code().to_owned()).collect(),
            Facet::Kind => self.kinds.iter().map(|k| k.code().to_owned()).collect(),
            Facet::Area => self.areas.clone(),
            Facet::Language => self.languages.clone(),
            Facet::Mode => self.modes.iter().map(|m| m.code().to_owned()).collect(),
        }
    }

    /// The same with one more or one less tick, from the first page on.
    pub fn toggled(&self, facet: Facet, code: &str) -> Self {
        let mut next = Self { after: String::new(), ..self.clone() };
        match facet {
            Facet::Audience => code.parse().into_iter().for_each(|item| toggle(&mut next.audiences, item)),
            Facet::Kind => code.parse().into_iter().for_each(|item| toggle(&mut next.kinds, item)),
            Facet::Area => toggle(&mut next.areas, code.to_owned()),
            Facet::Language => toggle(&mut next.languages, code.to_owned()),
            Facet::Mode => code.parse().into_iter().for_each(|item| toggle(&mut next.modes, item)),
        }
        next
    }

    /// The same with exactly one tick in a filter.
    fn with_only(&self, facet: Facet, code: &str) -> Self {
        self.without(facet).toggled(facet, code)
    }

    /// The same with no tick in a filter.
    fn without(&self, facet: Facet) -> Self {
        let mut next = self.clone();
        match facet {
            Facet::Audience => next.audiences.clear(),
            Facet::Kind => next.kinds.clear(),
            Facet::Area => next.areas.clear(),
            Facet::Language => next.languages.clear(),
            Facet::Mode => next.modes.clear(),
        }
        next
    }

    /// How many filters are set, words to find not counted.
    pub fn filters(&self) -> usize {
        Facet::ALL.into_iter().map(|facet| self.ticked(facet).len()).sum::<usize>()
            + usize::from(self.from.is_some())
            + usize::from(self.to.is_some())
    }

    /// Whether the last day lies before the first: then it is said so, and only the first counts.
    pub fn backwards(&self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if to < from)
    }

    fn asks_for_dates(&self) -> bool {
        !self.modes.is_empty() || self.from.is_some() || self.to.is_some()
    }

    /// Whether one date of a course is what is asked for.
    pub fn wants(&self, date: &CourseDate) -> bool {
        let to = self.to.filter(|_| !self.backwards());
        let (starts, ends) = (date.starts_on, date.ends_on.or(date.starts_on));
        (self.modes.is_empty() || self.modes.contains(&date.mode))
            && (self.languages.is_empty() || self.languages.contains(&date.language))
            && (self.areas.is_empty() || date.area_code.as_ref().is_none_or(|code| self.areas.contains(code)))
            && self.from.is_none_or(|from| ends.is_some_and(|ends| ends >= from))
            && to.is_none_or(|to| starts.is_some_and(|starts| starts <= to))
    }

    /// Whether a course is what is asked for, words to find apart.
    pub fn takes(&self, course: &Candidate) -> bool {
        (self.audiences.is_empty() || self.audiences.iter().any(|a| course.audiences.contains(a)))
            && (self.kinds.is_empty() || self.kinds.contains(&course.kind))
            && (self.areas.is_empty() || self.areas.iter().any(|code| course.areas.contains(code)))
            && (self.languages.is_empty() || self.languages.iter().any(|code| course.languages.contains(code)))
            && (!self.asks_for_dates() || course.dates.iter().any(|date| self.wants(date)))
    }
}

/// Two capital letters.
fn is_area_code(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_slug(text: &str) -> bool {
    text.len() <= 100 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A course as filters see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Kind.
    pub kind: CourseKind,
    /// For whom.
    pub audiences: BTreeSet<Audience>,
    /// Areas of the institutions that offer it and of its next dates.
    pub areas: BTreeSet<String>,
    /// Languages it can be or will be given in.
    pub languages: BTreeSet<String>,
    /// Its next dates.
    pub dates: Vec<CourseDate>,
}

impl Candidate {
    /// The codes by which a filter finds the course.
    pub fn codes(&self, facet: Facet) -> BTreeSet<String> {
        match facet {
            Facet::Audience => self.audiences.iter().map(|a| a.code().to_owned()).collect(),
            Facet::Kind => BTreeSet::from([self.kind.code().to_owned()]),
            Facet::Area => self.areas.clone(),
            Facet::Language => self.languages.clone(),
            Facet::Mode => self.dates.iter().map(|date| date.mode.code().to_owned()).collect(),
        }
    }
}

/// For every code that some course has: how many courses there would be if it alone were ticked
/// in its filter and the other filters stayed as they are.
pub fn counts(query: &BoardQuery, facet: Facet, all: &[Candidate], found: &[bool]) -> Vec<(String, usize)> {
    let codes: BTreeSet<String> = all.iter().flat_map(|course| course.codes(facet)).collect();
    // A course that the other filters refuse counts nowhere; most are refused here, once.
    let others = query.without(facet);
    let open: Vec<&Candidate> = all
        .iter()
        .zip(found)
        .filter(|(course, found)| **found && others.takes(course))
        .map(|(course, _)| course)
        .collect();
    codes
        .into_iter()
        .map(|code| {
            let only = query.with_only(facet, &code);
            let count = open.iter().filter(|course| only.takes(course)).count();
            (code, count)
        })
        .collect()
}

/// Whether and how one comes into a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Call {
    /// The call is open and so many places are free.
    Places(i64),
    /// The call is open and no place is free.
    Full,
    /// Institutions nominate, until a day if one is set.
    Nominations(Option<NaiveDate>),
    /// The organiser is choosing.
    Selection,
    /// No more applications.
    Closed,
    /// It is being given.
    Running,
    /// It was given.
    Over,
}

/// A delivery as the public sees it beside its course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseDate {
    /// Its id.
    pub id: DeliveryId,
    /// First day, where known.
    pub starts_on: Option<NaiveDate>,
    /// Last day, where known.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Town.
    pub place: String,
    /// How it is given.
    pub mode: Mode,
    /// Language it is given in.
    pub language: String,
    /// Area, where known.
    pub area_code: Option<String>,
    /// The host's name, where known.
    pub host_name: Option<String>,
    /// Whether one can still come in.
    pub call: Call,
}

/// Whether one can come into a delivery today.
pub fn call(
    state: DeliveryState,
    by_nomination: bool,
    free: i64,
    closes_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Call {
    match state {
        DeliveryState::CallOpen if closes_on.is_some_and(|day| day < today) => Call::Closed,
        DeliveryState::CallOpen if free <= 0 => Call::Full,
        DeliveryState::CallOpen if by_nomination => Call::Nominations(closes_on),
        DeliveryState::CallOpen => Call::Places(free),
        DeliveryState::Selection => Call::Selection,
        DeliveryState::Running => Call::Running,
        DeliveryState::Delivered | DeliveryState::Reported => Call::Over,
        DeliveryState::Confirmed | DeliveryState::Planned | DeliveryState::Postponed | DeliveryState::Cancelled => {
            Call::Closed
        }
    }
}

#[cfg(test)]
#[path = "board_model_tests.rs"]
mod tests;
