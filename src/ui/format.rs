//! Dates, times and figures in the language of the page.

use crate::{common::dates::PartialDate, i18n::Locale, tr};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// The name of a month, 1 to 12.
pub fn month(month: u32) -> String {
    match month {
        1 => tr!(date.m1),
        2 => tr!(date.m2),
        3 => tr!(date.m3),
        4 => tr!(date.m4),
        5 => tr!(date.m5),
        6 => tr!(date.m6),
        7 => tr!(date.m7),
        8 => tr!(date.m8),
        9 => tr!(date.m9),
        10 => tr!(date.m10),
        11 => tr!(date.m11),
        _ => tr!(date.m12),
    }
}

/// The name of a day's weekday.
pub fn weekday(day: NaiveDate) -> String {
    match day.weekday().number_from_monday() {
        1 => tr!(date.d1),
        2 => tr!(date.d2),
        3 => tr!(date.d3),
        4 => tr!(date.d4),
        5 => tr!(date.d5),
        6 => tr!(date.d6),
        _ => tr!(date.d7),
    }
}

fn day_number(day: u32) -> String {
    if day == 1 { tr!(date.first_of_month) } else { day.to_string() }
}

/// 24 November 2026.
pub fn date(day: NaiveDate) -> String {
    format!("{} {} {}", day_number(day.day()), month(day.month()), day.year())
}

/// Tuesday 24 November.
pub fn weekday_date(day: NaiveDate) -> String {
    format!("{} {} {}", weekday(day), day_number(day.day()), month(day.month()))
}

/// 24–26 November 2026, with as little repeated as possible.
pub fn date_range(start: Option<NaiveDate>, end: Option<NaiveDate>) -> String {
    let (Some(start), Some(end)) = (start, end.or(start)) else { return tr!(date.unknown) };
    if start == end {
        date(start)
    } else if (start.year(), start.month()) == (end.year(), end.month()) {
        format!("{}–{}", day_number(start.day()), date(end))
    } else if start.year() == end.year() {
        format!("{} {} – {}", day_number(start.day()), month(start.month()), date(end))
    } else {
        format!("{} – {}", date(start), date(end))
    }
}

/// A date as a document gives it: a day, or a month.
pub fn partial(date_given: Option<PartialDate>) -> String {
    match date_given {
        None => tr!(date.unknown),
        Some(PartialDate::Day(day)) => date(day),
        Some(PartialDate::Month(year, number)) => format!("{} {year}", month(number)),
    }
}

/// 09:00.
pub fn time(time: NaiveTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// What `datetime` of a `<time>` says of a local time: 2026-11-24T09:00.
pub fn machine(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M").to_string()
}

/// 24 November 2026, 09:00.
pub fn date_time(at: NaiveDateTime) -> String {
    format!("{}, {}", date(at.date()), time(at.time()))
}

/// 18 h, or 1 h 30, or 45 min.
pub fn minutes(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest}\u{a0}min"),
        (hours, 0) => format!("{hours}\u{a0}h"),
        (hours, rest) => format!("{hours}\u{a0}h\u{a0}{rest:02}"),
    }
}

/// 1,234 in English, 1 234 in French.
pub fn number(value: i64) -> String {
    let separator = match crate::i18n::locale() {
        Locale::en => ',',
        Locale::fr => '\u{202f}',
    };
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    if value < 0 {
        text.push('−');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(c);
    }
    text
}

/// 1.2 MB.
pub fn bytes(size: i64) -> String {
    let comma = |tenths: i64, unit: &str| {
        let mark = if crate::i18n::locale() == Locale::fr { ',' } else { '.' };
        let unit = if crate::i18n::locale() == Locale::fr { unit.replace('B', "o") } else { unit.to_owned() };
        format!("{}{mark}{}\u{a0}{unit}", tenths / 10, tenths % 10)
    };
    match size {
        0..1_000_000 => comma(size / 100, "kB"),
        1_000_000..1_000_000_000 => comma(size / 100_000, "MB"),
        _ => comma(size / 100_000_000, "GB"),
    }
}
