//! Rules: what a course is and how it is described.

use crate::{
    common::{
        codes::{join_list, split_list},
        error::AppError,
        forms::{Checks, FaultKind},
        ids::{CourseId, InstitutionId, PersonId},
    },
    institutions::model::is_language_code,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

crate::text_enum! {
    /// The kind of a course.
    pub enum CourseKind {
        Introductory = "introductory",
        Advanced = "advanced",
        Specialised = "specialised",
        FirstResponder = "first_responder",
        TrainTheTrainers = "tot",
    }
}

crate::text_enum! {
    /// Whom a course is for.
    pub enum Audience {
        Judges = "judges",
        Prosecutors = "prosecutors",
        Investigators = "investigators",
        Trainers = "trainers",
    }
}

/// The languages that descriptions are written in; the first is the fallback.
pub const TEXT_LANGUAGES: [&str; 2] = ["en", "fr"];

/// A course's record, without its texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Course {
    /// Its id.
    pub id: CourseId,
    /// Its address in the site; given once, since links and certificates point there.
    pub slug: String,
    /// Its kind.
    pub kind: CourseKind,
    /// For whom, as a list of [`Audience`] codes.
    pub audiences: String,
    /// Languages it can be given in, as a list.
    pub languages: String,
    /// Minutes of teaching.
    pub minutes: i64,
    /// Days it takes.
    pub days: i64,
    /// Rule of completion: share of the programme attended, in percent.
    pub attendance_percent: i64,
    /// Rule of completion: whether all modules must be done.
    pub modules_required: bool,
    /// Whether places go by nomination.
    pub by_nomination: bool,
    /// Whether the catalogue shows it.
    pub published: bool,
    /// Grows with every change.
    pub version: i64,
    /// Who changed it last.
    pub updated_by: String,
}

/// A course's description in one language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct CourseText {
    /// The language.
    pub language: String,
    /// Title.
    pub title: String,
    /// A few sentences.
    pub summary: String,
    /// One objective a line.
    pub objectives: String,
}

/// All that one form changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WholeCourse {
    /// The record.
    pub course: Course,
    /// Descriptions by language.
    pub texts: Vec<CourseText>,
    /// Courses to be done before.
    pub prerequisites: Vec<CourseId>,
    /// Institutions that offer it.
    pub institutions: Vec<InstitutionId>,
}

/// A course in a list of courses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct CourseLine {
    /// Its id.
    pub id: CourseId,
    /// Its address in the site.
    pub slug: String,
    /// Its kind.
    pub kind: CourseKind,
    /// Title in the reader's language, or another.
    pub title: String,
    /// The language of title and summary.
    pub text_language: String,
    /// Summary.
    pub summary: String,
    /// Days it takes.
    pub days: i64,
    /// Minutes of teaching.
    pub minutes: i64,
}

/// A person who may write the course's packs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Author {
    /// The person.
    pub person_id: PersonId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
}

/// A course as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CourseForm {
    /// Which one; for a new course, the id given to the empty form.
    pub id: String,
    /// The version that was read; `0` for a new course.
    pub version: String,
    /// Kind.
    pub kind: String,
    /// For whom.
    pub audiences: Vec<String>,
    /// Codes of languages, separated by spaces.
    pub languages: String,
    /// Minutes of teaching.
    pub minutes: String,
    /// Days.
    pub days: String,
    /// Title in English.
    pub title_en: String,
    /// Summary in English.
    pub summary_en: String,
    /// Objectives in English, one a line.
    pub objectives_en: String,
    /// Title in French.
    pub title_fr: String,
    /// Summary in French.
    pub summary_fr: String,
    /// Objectives in French, one a line.
    pub objectives_fr: String,
    /// Ids of courses to be done before.
    pub prerequisites: Vec<String>,
    /// Ids of institutions that offer it.
    pub institutions: Vec<String>,
    /// Share of the programme to be attended.
    pub attendance_percent: String,
    /// Whether all modules must be done.
    pub modules_required: String,
    /// Whether places go by nomination.
    pub by_nomination: String,
    /// Whether the catalogue shows it.
    pub published: String,
}

impl CourseForm {
    fn text(&self, checks: &mut Checks, language: &str) -> Option<CourseText> {
        let (fields, title, summary, objectives) = match language {
            "fr" => {
                (["title_fr", "summary_fr", "objectives_fr"], &self.title_fr, &self.summary_fr, &self.objectives_fr)
            }
            _ => (["title_en", "summary_en", "objectives_en"], &self.title_en, &self.summary_en, &self.objectives_en),
        };
        let empty = [title, summary, objectives].iter().all(|text| text.trim().is_empty());
        if empty {
            return None;
        }
        Some(CourseText {
            language: language.to_owned(),
            title: checks.required_line(fields[0], title, 200),
            summary: checks.text(fields[1], summary, 1000),
            objectives: lines(&checks.text(fields[2], objectives, 4000)),
        })
    }

    /// Checks the fields against a record and returns the changed one.
    pub fn apply(&self, to: &WholeCourse) -> Result<WholeCourse, AppError> {
        let mut checks = Checks::default();
        let texts: Vec<CourseText> =
            TEXT_LANGUAGES.iter().filter_map(|language| self.text(&mut checks, language)).collect();
        if texts.is_empty() {
            checks.fault("title_en", FaultKind::Required);
        }
        let kept = to.texts.iter().filter(|text| !TEXT_LANGUAGES.contains(&text.language.as_str())).cloned();
        let texts: Vec<CourseText> = texts.into_iter().chain(kept).collect();
        let kind = checks.choice::<CourseKind>("kind", &self.kind).unwrap_or(to.course.kind);
        let audiences = self.audiences(&mut checks);
        let languages = join_list(self.languages.split([' ', ',', ';', '\n']));
        if languages.is_empty() {
            checks.fault("languages", FaultKind::Required);
        } else if split_list(&languages).any(|code| !is_language_code(code)) {
            checks.fault("languages", FaultKind::Choice);
        }
        let published = ticked(&self.published);
        if published {
            let written = |text: &&CourseText| TEXT_LANGUAGES.contains(&text.language.as_str());
            for text in texts.iter().filter(written).filter(|text| text.summary.is_empty()) {
                let field = if text.language == "fr" { "summary_fr" } else { "summary_en" };
                checks.fault(field, FaultKind::Required);
            }
        }
        let prerequisites = ids::<CourseId>(&mut checks, "prerequisites", &self.prerequisites);
        if prerequisites.contains(&to.course.id) {
            checks.fault("prerequisites", FaultKind::Choice);
        }
        let changed = WholeCourse {
            course: Course {
                kind,
                audiences,
                languages,
                days: checks.number("days", &self.days, 1, 400),
                minutes: checks.number("minutes", &self.minutes, 1, 100_000),
                attendance_percent: checks.number("attendance_percent", &self.attendance_percent, 0, 100),
                modules_required: ticked(&self.modules_required),
                by_nomination: ticked(&self.by_nomination),
                published,
                ..to.course.clone()
            },
            texts,
            prerequisites,
            institutions: ids::<InstitutionId>(&mut checks, "institutions", &self.institutions),
        };
        checks.finish(changed)
    }

    fn audiences(&self, checks: &mut Checks) -> String {
        let known: Vec<&str> = Audience::ALL
            .iter()
            .map(|audience| audience.code())
            .filter(|code| self.audiences.iter().any(|sent| sent == code))
            .collect();
        if self.audiences.iter().any(|sent| sent.parse::<Audience>().is_err()) {
            checks.fault("audiences", FaultKind::Choice);
        } else if known.is_empty() {
            checks.fault("audiences", FaultKind::Required);
        }
        join_list(known)
    }
}

fn ticked(value: &str) -> bool {
    value == "true"
}

/// Trimmed lines, empty ones left out.
fn lines(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn ids<T: std::str::FromStr + Ord + Copy>(checks: &mut Checks, field: &str, sent: &[String]) -> Vec<T> {
    let ids: BTreeSet<T> = sent.iter().filter_map(|id| id.parse().ok()).collect();
    if sent.iter().any(|id| id.parse::<T>().is_err()) {
        checks.fault(field, FaultKind::Choice);
    }
    ids.into_iter().collect()
}

/// Whether a course would come to need itself if it needed `wanted`: `pairs` are all courses with
/// what they need.
pub fn goes_round(course: CourseId, wanted: &[CourseId], pairs: &[(CourseId, CourseId)]) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<CourseId> = wanted.to_vec();
    while let Some(next) = open.pop() {
        if next == course {
            return true;
        }
        if seen.insert(next) {
            open.extend(pairs.iter().filter(|(needs, _)| *needs == next).map(|(_, needed)| *needed));
        }
    }
    false
}

/// The first of `wanted`, `wanted-2`, `wanted-3` … that nobody has. `new` is a page of its own.
pub fn free_slug(wanted: &str, taken: &[String]) -> String {
    let wanted = if wanted.is_empty() { "course" } else { wanted };
    (1u32..)
        .map(|n| if n == 1 { wanted.to_owned() } else { format!("{wanted}-{n}") })
        .find(|slug| slug != "new" && !taken.contains(slug))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(n: u128) -> CourseId {
        Uuid::from_u128(n).into()
    }

    fn empty() -> WholeCourse {
        WholeCourse {
            course: Course {
                id: id(1),
                slug: String::new(),
                kind: CourseKind::Introductory,
                audiences: String::new(),
                languages: String::new(),
                minutes: 1,
                days: 1,
                attendance_percent: 0,
                modules_required: false,
                by_nomination: false,
                published: false,
                version: 1,
                updated_by: String::new(),
            },
            texts: vec![],
            prerequisites: vec![],
            institutions: vec![],
        }
    }

    fn good() -> CourseForm {
        CourseForm {
            kind: "advanced".into(),
            audiences: vec!["prosecutors".into(), "judges".into()],
            languages: "en, sq en".into(),
            minutes: "1440".into(),
            days: "4".into(),
            title_en: "  Advanced course ".into(),
            objectives_en: "Order data\r\n\r\n Admit evidence ".into(),
            attendance_percent: "80".into(),
            modules_required: "true".into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_good_form_is_tidied() {
        let made = good().apply(&empty()).unwrap();
        assert_eq!(made.course.audiences, ";judges;prosecutors;");
        assert_eq!(made.course.languages, ";en;sq;");
        assert_eq!(made.texts.len(), 1);
        assert_eq!(made.texts[0].title, "Advanced course");
        assert_eq!(made.texts[0].objectives, "Order data\nAdmit evidence");
        assert!(made.course.modules_required && !made.course.published);
    }

    #[test]
    fn every_wrong_field_is_named() {
        let form = CourseForm {
            kind: "magic".into(),
            audiences: vec!["wizards".into()],
            languages: "english".into(),
            minutes: "-5".into(),
            days: "0".into(),
            summary_fr: "Sans titre".into(),
            attendance_percent: "101".into(),
            prerequisites: vec![id(1).to_string(), "x".into()],
            institutions: vec!["1; DROP TABLE course".into()],
            published: "true".into(),
            ..Default::default()
        };
        let AppError::Invalid(faults) = form.apply(&empty()).unwrap_err() else { panic!() };
        let fields: BTreeSet<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        let expected = [
            "attendance_percent",
            "audiences",
            "days",
            "institutions",
            "kind",
            "languages",
            "minutes",
            "prerequisites",
            "title_fr",
        ];
        assert_eq!(fields, BTreeSet::from(expected));
    }

    #[test]
    fn slugs_are_unique() {
        assert_eq!(free_slug("basic", &[]), "basic");
        assert_eq!(free_slug("basic", &["basic".into(), "basic-2".into()]), "basic-3");
        assert_eq!(free_slug("new", &[]), "new-2");
        assert_eq!(free_slug("", &[]), "course");
    }

    proptest! {
        #[test]
        fn applying_never_panics(texts in proptest::collection::vec(".{0,40}", 8)) {
            let form = CourseForm {
                kind: texts[0].clone(),
                audiences: vec![texts[1].clone()],
                languages: texts[2].clone(),
                minutes: texts[3].clone(),
                days: texts[4].clone(),
                title_en: texts[5].clone(),
                prerequisites: vec![texts[6].clone()],
                attendance_percent: texts[7].clone(),
                ..Default::default()
            };
            let _ = form.apply(&empty());
        }

        #[test]
        fn a_course_added_to_an_acyclic_set_stays_acyclic(edges in proptest::collection::vec((0u128..12, 0u128..12), 0..40)) {
            // Take edges one by one as long as they are allowed, then look for a circle the slow way.
            let mut pairs: Vec<(CourseId, CourseId)> = Vec::new();
            for (from, to) in edges {
                if !goes_round(id(from), &[id(to)], &pairs) {
                    pairs.push((id(from), id(to)));
                }
            }
            let mut left = pairs;
            while !left.is_empty() {
                let free: Vec<CourseId> = left.iter().map(|(_, to)| *to).filter(|to| !left.iter().any(|(from, _)| from == to)).collect();
                prop_assert!(!free.is_empty(), "a circle was let in");
                left.retain(|(_, to)| !free.contains(to));
            }
        }
    }
}
