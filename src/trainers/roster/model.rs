//! Rules: what of a trainer is shown to whom, what a search of the roster asks, and where trainers are missing.

use crate::{
    common::{
        codes::{join_list, split_list},
        error::AppError,
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
        let subject = checks.required("subject", &self.subject, 120);
        let subject: String = subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let message = checks.required("message", &self.message, 4000);
        checks.finish((subject, message))
    }
}

/// A licence of the course whose coverage is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// The trainer's area.
    pub area: Option<String>,
    /// What they hold.
    pub state: Held,
    /// Whether they taught the course in the last twelve months.
    pub active: bool,
    /// Languages they can teach in.
    pub languages: Vec<String>,
}

/// How many trainers there are for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// Licensed now.
    pub licensed: i64,
    /// Of them, those who taught in the last twelve months.
    pub active: i64,
    /// On the way to a licence.
    pub coming: i64,
    /// Licences that lapsed.
    pub lapsed: i64,
}

impl Cover {
    fn count(&mut self, holder: &Holder) {
        match holder.state {
            Held::Licensed => {
                self.licensed += 1;
                self.active += i64::from(holder.active);
            }
            Held::Candidate | Held::Trained | Held::Assessed => self.coming += 1,
            Held::Lapsed => self.lapsed += 1,
            Held::Withdrawn => {}
        }
    }

    /// What it amounts to.
    pub const fn verdict(self) -> Verdict {
        match (self.licensed, self.active, self.coming) {
            (0, _, 0) => Verdict::Gap,
            (0, ..) => Verdict::Coming,
            (_, 0, _) => Verdict::Resting,
            _ => Verdict::Covered,
        }
    }
}

crate::text_enum! {
    /// How well something is covered.
    pub enum Verdict {
        /// Somebody licensed teaches.
        Covered = "covered",
        /// Somebody is licensed, nobody taught for a year.
        Resting = "resting",
        /// Nobody is licensed yet, somebody is on the way.
        Coming = "coming",
        /// Nobody.
        Gap = "gap",
    }
}

/// What there is of one area or language, by its code.
pub type Covered = (String, Cover);

/// Trainers by area, in the order of `areas`, then those of elsewhere; and by language, in the order of
/// `languages`, then those of other languages.
pub fn coverage(holders: &[Holder], areas: &[String], languages: &[String]) -> (Vec<Covered>, Vec<Covered>, Cover) {
    let mut total = Cover::default();
    let mut by_area: Vec<Covered> = areas.iter().map(|code| (code.clone(), Cover::default())).collect();
    let mut by_language: Vec<Covered> = languages.iter().map(|code| (code.clone(), Cover::default())).collect();
    for holder in holders {
        total.count(holder);
        if let Some(code) = &holder.area {
            line(&mut by_area, code).count(holder);
        }
        for code in &holder.languages {
            line(&mut by_language, code).count(holder);
        }
    }
    (by_area, by_language, total)
}

fn line<'a>(lines: &'a mut Vec<Covered>, code: &str) -> &'a mut Cover {
    let at = match lines.iter().position(|(known, _)| known == code) {
        Some(at) => at,
        None => {
            lines.push((code.to_owned(), Cover::default()));
            lines.len() - 1
        }
    };
    &mut lines[at].1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    fn holder() -> impl Strategy<Value = Holder> {
        (0usize..4, 0..Held::ALL.len(), any::<bool>(), proptest::collection::btree_set("en|sq|hr", 0..3)).prop_map(
            |(area, state, active, languages)| Holder {
                area: [None, Some("AL"), Some("HR"), Some("NO")][area].map(str::to_owned),
                state: Held::ALL[state],
                active,
                languages: languages.into_iter().collect(),
            },
        )
    }

    proptest! {
        #[test]
        fn counts_agree_with_counting(holders in proptest::collection::vec(holder(), 0..30)) {
            let areas = ["AL".to_owned(), "HR".to_owned()];
            let languages = ["en".to_owned(), "fr".to_owned()];
            let (by_area, by_language, total) = coverage(&holders, &areas, &languages);
            let licensed = |keep: &dyn Fn(&&Holder) -> bool| {
                holders.iter().filter(|h| h.state == Held::Licensed).filter(keep).count() as i64
            };
            prop_assert_eq!(total.licensed, licensed(&|_| true));
            for (code, cover) in &by_area {
                prop_assert_eq!(cover.licensed, licensed(&|h| h.area.as_ref() == Some(code)));
                prop_assert!(cover.active <= cover.licensed);
                let nobody = cover.licensed + cover.coming == 0;
                prop_assert_eq!(cover.verdict() == Verdict::Gap, nobody);
            }
            for (code, cover) in &by_language {
                prop_assert_eq!(cover.licensed, licensed(&|h| h.languages.contains(code)));
            }
            // What was asked for stands first and always.
            prop_assert_eq!(by_area.iter().take(2).map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["AL", "HR"]);
            prop_assert_eq!(by_language[1].1, Cover::default());
        }
    }
}
