//! Days and times as people and programs write them: in headings of spreadsheets, in logs.

use super::model::{DayOrder, clean};
use crate::platform::text::fold;
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

/// Part of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    Morning,
    Afternoon,
    Evening,
}

impl Half {
    /// The part of the day in which a half-day begins.
    pub fn of(time: NaiveTime) -> Self {
        match time.hour() {
            0..12 => Self::Morning,
            12..17 => Self::Afternoon,
            _ => Self::Evening,
        }
    }
}

/// A day as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// Year, month and day are told apart; the year may be left out.
    Plain { year: Option<i32>, month: u32, day: u32 },
    /// Two numbers whose order is not told, and perhaps the year.
    Numbers { first: u32, second: u32, year: Option<i32> },
}

impl Day {
    /// Whether a date is meant, with figures in an order.
    pub fn means(self, order: DayOrder, date: NaiveDate) -> bool {
        let (year, month, day) = self.parts(order);
        (month, day) == (date.month(), date.day()) && year.is_none_or(|year| year == date.year())
    }

    /// The date, where the year is told and the calendar has it: from 1900 to 2199, since what lies at the end of
    /// all time cannot be reckoned with.
    pub fn date(self, order: DayOrder) -> Option<NaiveDate> {
        let (year, month, day) = self.parts(order);
        NaiveDate::from_ymd_opt(year.filter(|year| (1900..2200).contains(year))?, month, day)
    }

    fn parts(self, order: DayOrder) -> (Option<i32>, u32, u32) {
        match (self, order) {
            (Self::Plain { year, month, day }, _) => (year, month, day),
            (Self::Numbers { first, second, year }, DayOrder::DayFirst) => (year, second, first),
            (Self::Numbers { first, second, year }, DayOrder::MonthFirst) => (year, first, second),
        }
    }
}

/// What a text says of when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// The day.
    pub day: Option<Day>,
    /// The time of the day; the first of two.
    pub time: Option<NaiveTime>,
    /// The part of the day.
    pub half: Option<Half>,
    /// Minutes east of UTC, where the text says so (ISO 8601).
    pub offset: Option<i32>,
}

/// Reads what a text says of when. What else it says is passed over.
pub fn when(text: &str) -> When {
    let text = clean(text).to_lowercase();
    let mut found = When::default();
    let (text, iso) = iso(&text);
    let mut month = None;
    let mut numbers: Vec<u32> = Vec::new();
    for token in text.split([' ', ',', '(', ')', ';', '|']).filter(|token| !token.is_empty()) {
        if token.contains(':') || clock_with_h(token) {
            if found.time.is_none() {
                let (at, offset) = if iso { with_offset(token) } else { (token, None) };
                found.time = clock(at);
                found.offset = offset;
            }
        } else if token.starts_with(|c: char| c.is_ascii_digit()) {
            let parts: Vec<&str> = token.split(['.', '/', '-', '–']).filter(|part| !part.is_empty()).collect();
            match parts.as_slice() {
                [one] => numbers.extend(one.trim_end_matches(|c: char| c.is_alphabetic()).parse::<u32>()),
                parts if found.day.is_none() => found.day = figures(parts),
                _ => {}
            }
        } else if let Some(half) = half_of(token) {
            match (found.time, half) {
                (Some(time), Half::Morning) if time.hour() == 12 => found.time = time.with_hour(0),
                (Some(time), Half::Afternoon) if time.hour() < 12 => found.time = time.with_hour(time.hour() + 12),
                (Some(_), _) => {}
                (None, half) => found.half = Some(half),
            }
        } else if month.is_none() {
            month = month_of(token);
        }
    }
    if let (None, Some(month)) = (found.day, month) {
        let day = numbers.iter().copied().find(|number| (1..=31).contains(number));
        let year = numbers.iter().copied().find(|number| (1900..2200).contains(number));
        found.day = day.map(|day| Day::Plain { year: year.and_then(|year| i32::try_from(year).ok()), month, day });
    }
    found
}

/// 2026-11-24T09:00 as two words, and whether it was so.
fn iso(text: &str) -> (String, bool) {
    let bytes = text.as_bytes();
    let at = (1..bytes.len().saturating_sub(1))
        .find(|at| bytes[*at] == b't' && bytes[at - 1].is_ascii_digit() && bytes[at + 1].is_ascii_digit());
    match at {
        Some(at) => (format!("{} {}", &text[..at], &text[at + 1..]), true),
        None => (text.to_owned(), false),
    }
}

/// The time of ISO 8601 and its offset.
fn with_offset(token: &str) -> (&str, Option<i32>) {
    if let Some(time) = token.strip_suffix('z') {
        return (time, Some(0));
    }
    let Some(at) = token.rfind(['+', '-']) else { return (token, None) };
    let sign = if token[at..].starts_with('-') { -1 } else { 1 };
    let digits: String = token[at + 1..].chars().filter(char::is_ascii_digit).collect();
    let offset = match digits.len() {
        2 => digits.parse::<i32>().ok().map(|hours| hours * 60),
        4 => digits.parse::<i32>().ok().map(|both| both / 100 * 60 + both % 100),
        _ => None,
    };
    (&token[..at], offset.map(|offset| offset * sign))
}

fn clock_with_h(token: &str) -> bool {
    token.split_once('h').is_some_and(|(hour, rest)| {
        !hour.is_empty()
            && hour.bytes().all(|b| b.is_ascii_digit())
            && rest.chars().all(|c| c.is_ascii_digit() || "-–h".contains(c))
    })
}

/// 09:00, 9:00:12, 9h30, 9:00pm, 09:00–12:30.
fn clock(token: &str) -> Option<NaiveTime> {
    let first = token.split(['-', '–', '—']).next()?;
    let (first, noon) = match first.strip_suffix("pm") {
        Some(rest) => (rest, Some(true)),
        None => (first.strip_suffix("am").unwrap_or(first), first.ends_with("am").then_some(false)),
    };
    let mut parts =
        first.split([':', 'h', '.']).map(|part| if part.is_empty() { Some(0) } else { part.parse::<u32>().ok() });
    let (hour, minute, second) = (parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    let hour = match noon {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

fn figures(parts: &[&str]) -> Option<Day> {
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<u32>().ok());
    let (first, second) = (number(0)?, number(1)?);
    let year = |year: u32| i32::try_from(if year < 100 { year + 2000 } else { year }).ok();
    if first > 31 {
        return Some(Day::Plain { year: year(first), month: second, day: number(2)? });
    }
    Some(Day::Numbers { first, second, year: number(2).and_then(year) })
}

fn half_of(token: &str) -> Option<Half> {
    match fold(token).replace(' ', "").as_str() {
        "am" | "morning" | "matin" | "matinee" | "forenoon" => Some(Half::Morning),
        "pm" | "afternoon" | "apresmidi" | "aprem" => Some(Half::Afternoon),
        "evening" | "soir" | "soiree" => Some(Half::Evening),
        _ => None,
    }
}

fn month_of(token: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["jan"],
        &["feb", "fev"],
        &["mar"],
        &["apr", "avr"],
        &["may", "mai"],
        &["jun", "juin"],
        &["jul", "juil"],
        &["aug", "aou"],
        &["sep"],
        &["oct"],
        &["nov"],
        &["dec"],
    ];
    // Whole names and their usual short forms, but no other words that begin alike.
    const WHOLE: [&str; 24] = [
        "january",
        "janvier",
        "february",
        "fevrier",
        "march",
        "mars",
        "april",
        "avril",
        "may",
        "mai",
        "june",
        "juin",
        "july",
        "juillet",
        "august",
        "aout",
        "september",
        "septembre",
        "october",
        "octobre",
        "november",
        "novembre",
        "december",
        "decembre",
    ];
    let word = fold(token);
    let known =
        WHOLE.contains(&word.as_str()) || word == "sept" || MONTHS.iter().any(|names| names.contains(&word.as_str()));
    if !known {
        return None;
    }
    (1..).zip(MONTHS).find(|(_, names)| names.iter().any(|name| word.starts_with(name))).map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(hour: u32, minute: u32, second: u32) -> Option<NaiveTime> {
        NaiveTime::from_hms_opt(hour, minute, second)
    }

    #[test]
    fn days_and_times_as_they_are_written() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        for (text, order) in [
            ("2026-11-24 09:00", DayOrder::DayFirst),
            ("Tue 24.11.2026 09:00", DayOrder::DayFirst),
            ("24/11/26, 9:00:00 AM", DayOrder::DayFirst),
            ("11/24/2026 09:00:00 AM", DayOrder::MonthFirst),
            ("Nov 24, 2026 09:00 AM", DayOrder::MonthFirst),
            ("mardi 24 novembre 2026 9h00", DayOrder::DayFirst),
            ("2026-11-24T09:00:00", DayOrder::DayFirst),
            ("24.11. (09:00–12:30)", DayOrder::DayFirst),
            ("24-11-2026 9h", DayOrder::DayFirst),
        ] {
            let found = when(text);
            assert!(found.day.is_some_and(|it| it.means(order, day)), "{text}: {found:?}");
            assert_eq!(found.time, time(9, 0, 0), "{text}");
        }
        assert_eq!(when("11/24/26, 1:05:09\u{202f}PM").time, time(13, 5, 9));
        assert_eq!(when("12:10 a.m.").time, time(0, 10, 0));
        assert_eq!(when("24.11.2026 AM").half, Some(Half::Morning));
        assert_eq!(when("24 nov. après-midi").half, Some(Half::Afternoon));
        assert_eq!(when("2026-11-24T08:00:00Z").offset, Some(0));
        assert_eq!(when("262142-12-31T23:59:59-99:99").day.and_then(|day| day.date(DayOrder::DayFirst)), None);
        assert_eq!(when("2026-11-24T08:00:00-05:30").offset, Some(-330));
        for nothing in ["Participant", "Marie Mars", "Decision", "Workplace", "P", "L 15"] {
            let found = when(nothing);
            assert_eq!((found.day, found.time, found.half), (None, None, None), "{nothing}");
        }
    }
}
