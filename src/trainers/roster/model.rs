//! Rules: what of a trainer is shown to whom, and what a search of the roster asks.

use crate::{
    common::{
        codes::{join_list, split_list},
        error::AppError,
        few::{FEW, told},
        forms::{Checks, FaultKind},
    },
    people::model::Profession,
};
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// Who taught within so many months is active.
pub const ACTIVE_MONTHS: u32 = 12;

/// Languages that trainers can choose, as codes (BCP 47).
pub const LANGUAGES: &[&str] = &[
    "en", "fr", "sq", "bs", "hr", "sr", "cnr", "mk", "tr", "hy", "az", "be", "ru", "ka", "ro", "uk", "ar", "ber",
    "fil", "si", "ta", "to", "it", "pt", "id", "et", "vi", "lo", "hi",
];

/// The state of a licence, as the roster shows it.
pub use crate::trainers::model::LicenceState as Held;

crate::text_enum! {
    /// What a trainer may let everybody see, beside name, area and profession.
    pub enum Shown {
        Institution = "institution",
        Languages = "languages",
        Licences = "licences",
        Teaching = "teaching",
        Availability = "availability",
        About = "about",
    }
}

crate::text_enum! {
    /// What a search asks of the feedback on the deliveries that somebody gave.
    ///
    /// Nobody grades trainers: after a delivery its participants remark on the modules of its pack, and praise is
    /// one kind of remark among others. So the roster says no more than that: how much was said of the
    /// deliveries somebody gave, and how much of it is praise. What trainers themselves say counts for nobody. Of fewer
    /// than [`FEW`] remarks only the programme office learns anything, by looking or by searching.
    pub enum Feedback {
        /// Participants said something.
        Heard = "heard",
        /// At least a half of what they said is praise.
        Praised = "praised",
    }
}

/// How many remarks a search needs to find somebody.
pub const fn least_remarks(keep_back: bool) -> i64 {
    if keep_back { FEW } else { 1 }
}

/// What participants said of deliveries, as it may be told; each is none where so few are not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarks {
    /// How much.
    pub all: Option<i64>,
    /// Praise among it.
    pub praise: Option<i64>,
}

impl Remarks {
    /// What may be told. Where so few spoke that it is not told how many, what they said is not told either.
    pub fn told(all: i64, praise: i64, keep_back: bool) -> Self {
        let shown = told(all, keep_back);
        Self { all: shown, praise: shown.and_then(|_| told(praise, keep_back)) }
    }
}

/// What somebody who looks may see of a trainer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight<'a> {
    /// Everything: the trainer, and who runs deliveries.
    Whole,
    /// What the trainer chose.
    Parts(&'a str),
}

impl Sight<'_> {
    /// Whether a part is seen.
    pub fn sees(self, part: Shown) -> bool {
        match self {
            Self::Whole => true,
            Self::Parts(shows) => split_list(shows).any(|code| code == part.code()),
        }
    }
}

/// The first day from which on teaching counts as active.
pub fn active_since(today: NaiveDate) -> NaiveDate {
    today.checked_sub_months(Months::new(ACTIVE_MONTHS)).unwrap_or(NaiveDate::MIN)
}

/// A search of the roster, as an address carries it. What is no value finds nothing or is left out; an old
/// link still opens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// Part of a name.
    #[serde(default)]
    pub q: String,
    /// Address of a course.
    #[serde(default)]
    pub course: String,
    /// `true`: only those who hold a licence now.
    #[serde(default)]
    pub licensed: String,
    /// Code of a language.
    #[serde(default)]
    pub language: String,
    /// Code of an area.
    #[serde(default)]
    pub area: String,
    /// Address of an institution.
    #[serde(default)]
    pub institution: String,
    /// Code of a profession.
    #[serde(default)]
    pub profession: String,
    /// First day they must be free.
    #[serde(default)]
    pub from: String,
    /// Last day they must be free.
    #[serde(default)]
    pub to: String,
    /// `true`: only those who taught in the last twelve months.
    #[serde(default)]
    pub active: String,
    /// Code of [`Feedback`].
    #[serde(default)]
    pub feedback: String,
    /// Where the page begins: id and folded name.
    #[serde(default)]
    pub after: String,
}

impl Search {
    /// The days to be free on; one day given means that day alone, and days the wrong way round are turned.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let read = |text: &str| crate::common::dates::parse_date(text);
        match (read(&self.from), read(&self.to)) {
            (None, None) => None,
            (Some(day), None) | (None, Some(day)) => Some((day, day)),
            (Some(from), Some(to)) => Some((from.min(to), from.max(to))),
        }
    }

    /// The profession, if it is one.
    pub fn profession(&self) -> Option<Profession> {
        self.profession.parse().ok()
    }

    /// What is asked of feedback; what is no value is left out.
    pub fn feedback(&self) -> Option<Feedback> {
        self.feedback.parse().ok()
    }

    /// Names and values of what is asked, without the page, for an address.
    pub fn pairs(&self) -> Vec<(&'static str, &str)> {
        [
            ("q", self.q.as_str()),
            ("course", &self.course),
            ("licensed", &self.licensed),
            ("language", &self.language),
            ("area", &self.area),
            ("institution", &self.institution),
            ("profession", &self.profession),
            ("from", &self.from),
            ("to", &self.to),
            ("active", &self.active),
            ("feedback", &self.feedback),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }
}

/// What a trainer lets others see, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProfileForm {
    /// The version that was read; 0 where there was none.
    #[serde(default)]
    pub version: String,
    /// `true`: stands in the public roster.
    #[serde(default)]
    pub consent: String,
    /// Which parts.
    #[serde(default)]
    pub shows: Vec<String>,
    /// `true`: strangers may write through the system.
    #[serde(default)]
    pub contact: String,
    /// Languages one can teach in.
    #[serde(default)]
    pub languages: Vec<String>,
    /// A few words.
    #[serde(default)]
    pub about: String,
}

/// What a trainer lets others see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Whether they stand in the public roster.
    pub consent: bool,
    /// Which parts, as a list of codes.
    pub shows: String,
    /// Whether strangers may write through the system.
    pub contact: bool,
    /// Languages one can teach in, as a list of codes.
    pub languages: String,
    /// A few words.
    pub about: String,
}

impl ProfileForm {
    /// Checks the fields.
    pub fn check(&self) -> Result<Profile, AppError> {
        let mut checks = Checks::default();
        let given = |list: &[String]| -> Vec<String> {
            list.iter().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
        };
        let shows = given(&self.shows);
        if shows.iter().any(|code| code.parse::<Shown>().is_err()) {
            checks.fault("shows", FaultKind::Choice);
        }
        let languages = given(&self.languages);
        if languages.iter().any(|code| !LANGUAGES.contains(&code.as_str())) {
            checks.fault("languages", FaultKind::Choice);
        }
        let profile = Profile {
            consent: self.consent == "true",
            shows: join_list(shows.iter().map(String::as_str)),
            contact: self.contact == "true",
            languages: join_list(languages.iter().map(String::as_str)),
            about: checks.text("about", &self.about, 1000),
        };
        checks.finish(profile)
    }
}

/// A letter to a trainer, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContactForm {
    /// To whom.
    #[serde(default)]
    pub trainer: String,
    /// About what.
    #[serde(default)]
    pub subject: String,
    /// The letter.
    #[serde(default)]
    pub message: String,
}

impl ContactForm {
    /// Subject and letter.
    pub fn check(&self) -> Result<(String, String), AppError> {
        let mut checks = Checks::default();
        let subject = checks.required_line("subject", &self.subject, 120);
        let message = checks.required("message", &self.message, 4000);
        checks.finish((subject, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn nothing_is_seen_that_was_not_chosen() {
        for part in Shown::ALL {
            assert!(Sight::Whole.sees(*part));
            assert!(!Sight::Parts("").sees(*part));
            assert_eq!(Sight::Parts(";about;languages;").sees(*part), matches!(part, Shown::About | Shown::Languages));
        }
    }

    #[test]
    fn days_to_be_free_on() {
        let search = |from: &str, to: &str| Search { from: from.into(), to: to.into(), ..Search::default() }.days();
        assert_eq!(search("", "x"), None);
        assert_eq!(search("2026-11-24", ""), Some((day("2026-11-24"), day("2026-11-24"))));
        assert_eq!(search("2026-11-26", "2026-11-24"), Some((day("2026-11-24"), day("2026-11-26"))));
    }

    #[test]
    fn few_voices_are_not_told() {
        assert_eq!(Remarks::told(4, 4, true), Remarks { all: None, praise: None });
        assert_eq!(Remarks::told(13, 3, true), Remarks { all: Some(15), praise: None });
        assert_eq!(Remarks::told(4, 1, false), Remarks { all: Some(4), praise: Some(1) });
        assert_eq!((least_remarks(true), least_remarks(false)), (FEW, 1));
    }

    #[test]
    fn a_profile_takes_what_is_offered() {
        let form = ProfileForm {
            consent: "true".into(),
            shows: vec!["about".into(), "about".into(), String::new()],
            languages: vec!["sq".into(), "en".into()],
            ..ProfileForm::default()
        };
        let profile = form.check().unwrap();
        assert_eq!((profile.shows.as_str(), profile.languages.as_str()), (";about;", ";sq;en;"));
        assert!(ProfileForm { shows: vec!["address".into()], ..form.clone() }.check().is_err());
        assert!(ProfileForm { languages: vec!["tlh".into()], ..form }.check().is_err());
    }

    #[test]
    fn a_letter_has_a_subject_of_one_line() {
        let form = ContactForm { subject: "A\nBcc: x@y.z".into(), message: "Dear".into(), ..ContactForm::default() };
        assert_eq!(form.check().unwrap().0, "A Bcc: x@y.z");
        assert!(ContactForm::default().check().is_err());
    }
}
