//! Rules: what projects, activities and documents are, and how the sources write them.

use crate::common::{
    codes::split_list,
    dates::{PartialDate, parse_date},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// Whether a project runs.
    pub enum ProjectStatus { Pipeline = "pipeline", Running = "running", Closed = "closed" }
}

crate::text_enum! {
    /// What an activity is, as the documents call it.
    pub enum ActivityKind {
        LaunchingConference = "launching_conference",
        ClosingConference = "closing_conference",
        HighLevelConference = "high_level_conference",
        Conference = "conference",
        ConferenceSession = "conference_session",
        ThirdPartyConference = "third_party_training_conference",
        ThirdPartyEvent = "contribution_to_third_party_event",
        SteeringCommittee = "steering_committee",
        RegionalWorkshop = "regional_workshop",
        IntraRegionalWorkshop = "intra_regional_workshop",
        InternationalWorkshop = "international_workshop",
        CountryWorkshop = "country_specific_workshop",
        Workshop = "workshop",
        RegionalMeeting = "regional_training_meeting",
        TrainTheTrainers = "training_of_trainers",
        InCountryTraining = "in_country_training",
        Exercise = "exercise",
        StudyVisit = "study_visit",
        ScopingMission = "scoping_mission",
        DeskReview = "desk_review",
    }
}

crate::text_enum! {
    /// What a document is.
    pub enum DocumentKind {
        ConceptPaper = "concept_paper",
        Guidelines = "guidelines",
        Guide = "guide",
        Manual = "manual",
        TrainingPack = "training_pack",
        Study = "study",
        BaselineReport = "baseline_report",
        EndLineReport = "end_line_report",
        Declaration = "declaration",
    }
}

/// The code of a kind as the sources write it: `third-party event` is `third_party_event`.
pub fn kind_code(written: &str) -> String {
    written.trim().to_lowercase().replace([' ', '-'], "_")
}

/// A document in a language, as the sources state it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Translation {
    /// Code of the language.
    pub language: String,
    /// Whether it was published.
    pub published: bool,
    /// On what day, where stated.
    pub published_on: Option<NaiveDate>,
    /// What is said of one that was not published.
    pub note: String,
}

/// Reads `en:published;sq:published 2011-03-08;hr:named in a headline only`. None when the text
/// is something else, such as a sentence about the document's history.
pub fn parse_translations(text: &str) -> Option<Vec<Translation>> {
    let translations: Option<Vec<_>> = split_list(text)
        .map(|part| {
            let (language, state) = part.split_once(':')?;
            let code = (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
            let state = state.trim();
            let published_on = state.strip_prefix("published").map(str::trim);
            let (published, day) = match published_on {
                Some("") => (true, None),
                Some(day) => (true, Some(parse_date(day)?)),
                None => (false, None),
            };
            (code && !state.is_empty()).then(|| Translation {
                language: language.to_owned(),
                published,
                published_on: day,
                note: if published { String::new() } else { state.to_owned() },
            })
        })
        .collect();
    translations.filter(|list| !list.is_empty())
}

/// A change of a project that a later source makes known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Amendment {
    /// The month by which it was known.
    pub known_by: String,
    /// What changed: `start`, `end`, `budget_eur`.
    pub field: String,
    /// What the first source said.
    pub old_value: String,
    /// What the later source says.
    pub new_value: String,
}

/// What a field holds after its amendments: that of the latest source.
pub fn amended<'a>(amendments: &'a [Amendment], field: &str, first: Option<&'a str>) -> Option<&'a str> {
    amendments
        .iter()
        .filter(|amendment| amendment.field == field)
        .max_by(|a, b| a.known_by.cmp(&b.known_by))
        .map(|amendment| amendment.new_value.as_str())
        .or(first)
}

/// The last day a date may mean: a month's last, for a bar on a time line.
pub fn last_day(date: PartialDate) -> NaiveDate {
    match date {
        PartialDate::Day(day) => day,
        PartialDate::Month(year, month) => {
            let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            NaiveDate::from_ymd_opt(year, month, 1).and_then(|day| day.pred_opt()).unwrap_or_default()
        }
    }
}

/// The days a project spans on a time line, and whether its start was reckoned back from its end
/// by its duration. None without an end, or without any way to a start.
pub fn span(
    starts: Option<PartialDate>,
    ends: Option<PartialDate>,
    months: Option<i64>,
) -> Option<(NaiveDate, NaiveDate, bool)> {
    let end = last_day(ends?);
    let (start, reckoned) = match (starts, months) {
        (Some(start), _) => (start.first_day(), false),
        (None, Some(months)) => {
            let months = chrono::Months::new(u32::try_from(months).ok()?);
            (end.checked_sub_months(months)?.succ_opt()?, true)
        }
        (None, None) => return None,
    };
    (start <= end).then_some((start, end, reckoned))
}

/// The name of a project without what explains it: `GLACY - Global Action on Cybercrime` is GLACY.
pub fn short_title(title: &str) -> &str {
    title.split(" - ").next().unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn translations_as_the_sources_write_them() {
        let list =
            parse_translations("en:published;sq:published 2011-03-08;hr:named in a headline only").expect("a list");
        assert_eq!(list.len(), 3);
        assert!(list[0].published && list[0].published_on.is_none());
        assert_eq!(list[1].published_on, Some(day("2011-03-08")));
        assert!(!list[2].published);
        assert_eq!(list[2].note, "named in a headline only");
    }

    #[test]
    fn a_sentence_is_no_list_of_translations() {
        for history in
            ["", "adopted at Budva 2013-04-30", "draft; final version: Struga", "en:", "en:published 2011-02-30"]
        {
            assert_eq!(parse_translations(history), None, "{history}");
        }
    }

    #[test]
    fn the_latest_source_counts() {
        let amendment = |known_by: &str, field: &str, new_value: &str| Amendment {
            known_by: known_by.into(),
            field: field.into(),
            old_value: "2016-12-31".into(),
            new_value: new_value.into(),
        };
        let list = [amendment("2020-02", "end", "2020-12"), amendment("2018-01", "end", "2019-12")];
        assert_eq!(amended(&list, "end", Some("2016-12-31")), Some("2020-12"));
        assert_eq!(amended(&list, "start", Some("2014-01-01")), Some("2014-01-01"));
        assert_eq!(amended(&[], "start", None), None);
    }

    #[test]
    fn months_end_on_their_last_day() {
        assert_eq!(last_day(PartialDate::Month(2012, 2)), day("2012-02-29"));
        assert_eq!(last_day(PartialDate::Month(2015, 12)), day("2015-12-31"));
        assert_eq!(last_day(PartialDate::Day(day("2015-12-03"))), day("2015-12-03"));
    }

    #[test]
    fn spans_on_the_time_line() {
        let date = PartialDate::parse;
        assert_eq!(span(date("2016-02"), date("2019-07"), None), Some((day("2016-02-01"), day("2019-07-31"), false)));
        assert_eq!(span(None, date("2013-04"), Some(30)), Some((day("2010-10-31"), day("2013-04-30"), true)));
        assert_eq!(span(None, date("2013-04"), None), None);
        assert_eq!(span(date("2016-02"), None, Some(3)), None);
        assert_eq!(span(date("2016-02"), date("2015-01"), None), None);
        assert_eq!(short_title("GLACY - Global Action on Cybercrime"), "GLACY");
    }

    #[test]
    fn kinds_have_codes() {
        assert_eq!(kind_code("third-party training conference").parse(), Ok(ActivityKind::ThirdPartyConference));
        assert_eq!(kind_code("end-line report").parse(), Ok(DocumentKind::EndLineReport));
        assert!(kind_code("party").parse::<ActivityKind>().is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,80}") {
            let _ = parse_translations(&text);
        }
    }
}
