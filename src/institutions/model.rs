//! Areas, their names by date, institutions and the rules of their forms.

use crate::common::{
    codes::{join_list, split_list},
    error::AppError,
    forms::{Checks, FaultKind},
    ids::InstitutionId,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// What an institution is.
    pub enum InstitutionKind {
        JudicialTraining = "judicial_training",
        LawEnforcementTraining = "law_enforcement_training",
        RegionalCentre = "regional_centre",
        Court = "court",
        ProsecutionOffice = "prosecution_office",
        PoliceUnit = "police_unit",
        Ministry = "ministry",
        Council = "council",
        ProgrammeOffice = "programme_office",
    }
}

crate::text_enum! {
    /// What an excused absence counts as.
    pub enum Excused {
        /// As missed: the hours are not made up for by the excuse.
        Missed = "missed",
        /// As if the half-day had not been on the programme.
        Neutral = "neutral",
        /// As attended.
        Attended = "attended",
    }
}

crate::text_enum! {
    /// Whom letters go to when somebody can no longer meet the rule of a delivery hosted here.
    pub enum RiskLetters {
        /// The participant and the lead trainer.
        Both = "both",
        /// The participant alone.
        Participants = "participants",
        /// The lead trainer alone.
        Trainers = "trainers",
        /// Nobody.
        Nobody = "nobody",
    }
}

impl RiskLetters {
    /// Whether participants get one.
    pub const fn participants(self) -> bool {
        matches!(self, Self::Both | Self::Participants)
    }

    /// Whether lead trainers get one.
    pub const fn trainers(self) -> bool {
        matches!(self, Self::Both | Self::Trainers)
    }
}

/// The code of the area whose name always carries a footnote.
pub const KOSOVO: &str = "XK";

/// One name of an area, from a date on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct AreaName {
    /// The area.
    pub area_code: String,
    /// Language of the name.
    pub language: String,
    /// The first day it is the name.
    pub starts_on: NaiveDate,
    /// The name.
    pub name: String,
}

/// The name of an area at a date, in a language; English where there is none, the code where
/// there is nothing.
pub fn name_at(names: &[AreaName], code: &str, language: &str, day: NaiveDate) -> String {
    let pick = |language: &str| {
        names
            .iter()
            .filter(|n| n.area_code == code && n.language == language && n.starts_on <= day)
            .max_by_key(|n| n.starts_on)
            .map(|n| n.name.clone())
    };
    pick(language).or_else(|| pick("en")).unwrap_or_else(|| code.to_owned())
}

/// A name that an area had, with its last day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormerName {
    /// The name.
    pub name: String,
    /// The last day it was the name.
    pub until: NaiveDate,
}

/// The names that an area had before today's in a language, the latest first.
pub fn former_names(names: &[AreaName], code: &str, language: &str, today: NaiveDate) -> Vec<FormerName> {
    let mut own: Vec<&AreaName> =
        names.iter().filter(|n| n.area_code == code && n.language == language && n.starts_on <= today).collect();
    own.sort_by_key(|name| name.starts_on);
    own.windows(2)
        .filter_map(|pair| Some(FormerName { name: pair[0].name.clone(), until: pair[1].starts_on.pred_opt()? }))
        .rev()
        .collect()
}

/// An area with its name today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// ISO 3166 code (XK is user-assigned).
    pub code: String,
    /// Name today in the language of the page.
    pub name: String,
    /// Whether projects work here.
    pub project_area: bool,
    /// Whether the name carries the footnote.
    pub footnote: bool,
}

/// An institution in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct InstitutionLine {
    /// Its id.
    pub id: InstitutionId,
    /// Its address in the site.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: InstitutionKind,
    /// Its area.
    pub area_code: String,
}

/// An institution's public record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Institution {
    /// Its id.
    pub id: InstitutionId,
    /// Its address in the site.
    pub slug: String,
    /// Its area.
    pub area_code: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: InstitutionKind,
    /// Postal address.
    pub address: String,
    /// E-mail address.
    pub email: String,
    /// Telephone.
    pub phone: String,
    /// Website.
    pub website: String,
    /// Languages of training, as a list.
    pub languages: String,
    /// What it does.
    pub about: String,
    /// What the sources remark.
    pub note: String,
    /// Share of a programme to be attended in the deliveries it hosts, in percent; that of the course
    /// where it says nothing.
    pub attendance_percent: Option<i64>,
    /// What an excused absence counts as in the deliveries it hosts.
    pub excused: Excused,
    /// Who is written to when somebody can no longer pass.
    pub risk_letters: RiskLetters,
    /// Grows with every change.
    pub version: i64,
    /// Who changed it last.
    pub updated_by: String,
}

/// What an administrator may change, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InstitutionForm {
    /// Which one.
    pub id: String,
    /// The version that was read.
    pub version: String,
    /// Name.
    pub name: String,
    /// What it does.
    #[serde(default)]
    pub about: String,
    /// Postal address.
    #[serde(default)]
    pub address: String,
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// Telephone.
    #[serde(default)]
    pub phone: String,
    /// Website.
    #[serde(default)]
    pub website: String,
    /// Codes of languages, separated by spaces.
    #[serde(default)]
    pub languages: String,
    /// Share of a programme to be attended, in percent; empty for that of the course.
    #[serde(default)]
    pub attendance_percent: String,
    /// What an excused absence counts as.
    #[serde(default)]
    pub excused: String,
    /// Who is written to when somebody can no longer pass.
    #[serde(default)]
    pub risk_letters: String,
}

impl InstitutionForm {
    /// Checks the fields against a record and returns the changed record.
    pub fn apply(&self, to: &Institution) -> Result<Institution, AppError> {
        let mut checks = Checks::default();
        let languages = join_list(self.languages.split([' ', ',', ';']));
        if split_list(&languages).any(|code| !is_language_code(code)) {
            checks.fault("languages", FaultKind::Choice);
        }
        let percent = (!self.attendance_percent.trim().is_empty())
            .then(|| checks.number("attendance_percent", &self.attendance_percent, 0, 100));
        let excused = match self.excused.trim() {
            "" => to.excused,
            chosen => chosen.parse().unwrap_or_else(|_| {
                checks.fault("excused", FaultKind::Choice);
                to.excused
            }),
        };
        let risk_letters = match self.risk_letters.trim() {
            "" => to.risk_letters,
            chosen => chosen.parse().unwrap_or_else(|_| {
                checks.fault("risk_letters", FaultKind::Choice);
                to.risk_letters
            }),
        };
        let changed = Institution {
            risk_letters,
            attendance_percent: percent,
            excused,
            name: checks.required_line("name", &self.name, 200),
            about: checks.text("about", &self.about, 4000),
            address: checks.text("address", &self.address, 500),
            email: checks.email("email", &self.email),
            phone: checks.line("phone", &self.phone, 60),
            website: checks.url("website", &self.website),
            languages,
            ..to.clone()
        };
        checks.finish(changed)
    }
}

/// Whether a text has the form of a language code: two or three lower-case letters.
pub fn is_language_code(code: &str) -> bool {
    (2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn names_by_date() {
        let name = |from: &str, language: &str, name: &str| AreaName {
            area_code: "TR".into(),
            language: language.into(),
            starts_on: day(from),
            name: name.into(),
        };
        let names = [
            name("1900-01-01", "en", "Turkey"),
            name("2022-06-02", "en", "Türkiye"),
            name("1900-01-01", "fr", "Turquie"),
        ];
        assert_eq!(name_at(&names, "TR", "en", day("2012-02-20")), "Turkey");
        assert_eq!(name_at(&names, "TR", "en", day("2026-01-01")), "Türkiye");
        assert_eq!(name_at(&names, "TR", "fr", day("2026-01-01")), "Turquie");
        assert_eq!(name_at(&names, "TR", "sq", day("2012-01-01")), "Turkey");
        assert_eq!(name_at(&names, "AL", "en", day("2012-01-01")), "AL");
        let former = |today| former_names(&names, "TR", "en", day(today));
        assert_eq!(former("2026-01-01"), [FormerName { name: "Turkey".into(), until: day("2022-06-01") }]);
        assert!(former("2012-01-01").is_empty());
        assert!(former_names(&names, "TR", "fr", day("2026-01-01")).is_empty());
    }
}
