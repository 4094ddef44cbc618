//! Days, times and the partial dates of the source documents.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// A day written as YYYY-MM-DD, from year 1900 to 2199.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    let text = text.trim();
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|day| text.len() == 10 && (1900..2200).contains(&day.year()))
}

/// A time of day written as HH:MM.
pub fn parse_time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()
}

/// A date as a document gives it: a day or only a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartialDate {
    /// A whole date.
    Day(NaiveDate),
    /// Year and month (1 to 12).
    Month(i32, u32),
}

impl PartialDate {
    /// Reads `2012-02-20` or `2015-09`; anything else is not a date.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(day) = parse_date(text) {
            return Some(Self::Day(day));
        }
        let (year, month) = text.trim().split_once('-')?;
        let (year, month) = (year.parse().ok()?, month.parse().ok()?);
        ((1900..2200).contains(&year) && (1..=12).contains(&month) && text.trim().len() == 7)
            .then_some(Self::Month(year, month))
    }

    /// The first day it may mean, for sorting and for names by date.
    pub fn first_day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Month(year, month) => NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_dates() {
        assert_eq!(PartialDate::parse("2015-09"), Some(PartialDate::Month(2015, 9)));
        assert!(matches!(PartialDate::parse("2012-02-20"), Some(PartialDate::Day(_))));
        for bad in ["", "2015", "2015-13", "2015-9", "tbc", "2012-02-30", "12012-02-01"] {
            assert_eq!(PartialDate::parse(bad), None, "{bad}");
        }
        assert!(
            PartialDate::parse("2015-09").unwrap().first_day() > PartialDate::parse("2015-08-31").unwrap().first_day()
        );
    }
}
