//! Rules: packs, their states and their parts.

mod forms;

pub use forms::*;

use crate::common::{
    error::Refusal,
    ids::{CourseId, FileId, MaterialId, ModuleId, PackId, SessionPlanId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// The state of a pack. Released and superseded packs never change.
    pub enum PackState {
        Draft = "draft",
        Piloted = "piloted",
        Feedback = "feedback",
        Released = "released",
        Superseded = "superseded",
    }
}

crate::text_enum! {
    /// What brings a pack from one state to the next.
    pub enum PackStep {
        /// It was taught once to try it.
        Pilot = "pilot",
        /// Feedback of the pilot is being worked in.
        Collect = "collect",
        /// It becomes the version that is taught, for good.
        Release = "release",
        /// A later version takes its place.
        Supersede = "supersede",
    }
}

impl PackState {
    /// Whether its parts may change.
    pub const fn editable(self) -> bool {
        matches!(self, Self::Draft | Self::Piloted | Self::Feedback)
    }

    /// The state after a step; any other step is refused.
    pub const fn after(self, step: PackStep) -> Result<Self, Refusal> {
        match (self, step) {
            (Self::Draft, PackStep::Pilot) => Ok(Self::Piloted),
            (Self::Piloted, PackStep::Collect) => Ok(Self::Feedback),
            (Self::Feedback, PackStep::Release) => Ok(Self::Released),
            (Self::Released, PackStep::Supersede) => Ok(Self::Superseded),
            (Self::Released | Self::Superseded, _) => Err(Refusal::PackReleased),
            _ => Err(Refusal::WrongState),
        }
    }

    /// The step an author takes next, if any.
    pub const fn next(self) -> Option<PackStep> {
        match self {
            Self::Draft => Some(PackStep::Pilot),
            Self::Piloted => Some(PackStep::Collect),
            Self::Feedback => Some(PackStep::Release),
            Self::Released | Self::Superseded => None,
        }
    }
}

crate::text_enum! {
    /// How a session is taught.
    pub enum Method {
        Lecture = "lecture",
        Discussion = "discussion",
        Exercise = "exercise",
        Case = "case",
        Demonstration = "demonstration",
        MockHearing = "mock_hearing",
        Review = "review",
    }
}

crate::text_enum! {
    /// What a material is.
    pub enum MaterialKind { Lesson = "lesson", File = "file", Link = "link" }
}

/// The longest lesson, in characters.
pub const LESSON_MAX: usize = 200_000;
/// The longest text of other fields, in characters.
pub const TEXT_MAX: usize = 20_000;

/// What every page about a pack says of it. One statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct PackHead {
    /// Its id.
    pub id: PackId,
    /// The course it is a version of.
    pub course_id: CourseId,
    /// The course's address in the site.
    pub course_slug: String,
    /// The course's title in the language of the page.
    pub course_title: String,
    /// Minutes the course is to take.
    pub course_minutes: i64,
    /// Days the course is to take.
    pub course_days: i64,
    /// Language of the pack.
    pub language: String,
    /// Version, before the point.
    pub major: i64,
    /// Version, after the point.
    pub minor: i64,
    /// Its state.
    pub state: PackState,
    /// Its title.
    pub title: String,
    /// What it contains, in a few sentences.
    pub summary: String,
    /// What changed since the version before.
    pub release_notes: String,
    /// The pack it was copied from.
    pub based_on: Option<PackId>,
    /// Grows with every change of the fields above.
    pub version: i64,
    /// Who changed something last.
    pub updated_by: String,
    /// When something changed last.
    pub updated_at: DateTime<Utc>,
    /// Since when it is taught.
    pub released_at: Option<DateTime<Utc>>,
}

/// A pack in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct PackLine {
    /// Its id.
    pub id: PackId,
    /// The course it is a version of.
    pub course_id: CourseId,
    /// Language of the pack.
    pub language: String,
    /// Version, before the point.
    pub major: i64,
    /// Version, after the point.
    pub minor: i64,
    /// Its state.
    pub state: PackState,
    /// Its title.
    pub title: String,
    /// Who changed something last.
    pub updated_by: String,
    /// When something changed last.
    pub updated_at: DateTime<Utc>,
}

/// A course whose packs somebody may write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct AuthoredCourse {
    /// Its id.
    pub id: CourseId,
    /// Its address in the site.
    pub slug: String,
    /// Its title in the language of the page.
    pub title: String,
    /// Its languages, as a list.
    pub languages: String,
    /// Minutes it is to take.
    pub minutes: i64,
    /// Days it is to take.
    pub days: i64,
}

/// A module of a pack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Module {
    /// Its id.
    pub id: ModuleId,
    /// The pack it belongs to.
    pub pack_id: PackId,
    /// Its place among the modules, from 0.
    pub position: i64,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// One objective a line.
    pub objectives: String,
    /// Grows with every change.
    pub version: i64,
    /// Who changed it last.
    pub updated_by: String,
}

/// A session plan in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct SessionLine {
    /// Its id.
    pub id: SessionPlanId,
    /// The module it belongs to.
    pub module_id: ModuleId,
    /// Its place among the module's sessions, from 0.
    pub position: i64,
    /// Its title.
    pub title: String,
    /// How long it takes.
    pub minutes: i64,
    /// How it is taught.
    pub method: Method,
}

/// A module with its session plans: what a timetable is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutlineModule {
    /// The module.
    pub module: Module,
    /// Its session plans in order.
    pub sessions: Vec<SessionLine>,
}

/// A session plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct SessionPlan {
    /// Its id.
    pub id: SessionPlanId,
    /// The module it belongs to.
    pub module_id: ModuleId,
    /// Its place among the module's sessions, from 0.
    pub position: i64,
    /// Its title.
    pub title: String,
    /// How long it takes.
    pub minutes: i64,
    /// How it is taught.
    pub method: Method,
    /// One objective a line.
    pub objectives: String,
    /// Markdown for trainers only.
    pub notes: String,
    /// Grows with every change.
    pub version: i64,
    /// Who changed it last.
    pub updated_by: String,
}

/// A material in a list: everything but a lesson's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct MaterialLine {
    /// Its id.
    pub id: MaterialId,
    /// The module it belongs to.
    pub module_id: ModuleId,
    /// Its place among the module's materials, from 0.
    pub position: i64,
    /// What it is.
    pub kind: MaterialKind,
    /// Its title.
    pub title: String,
    /// How long it takes to work through; 0 when it is not part of the count.
    pub minutes: i64,
    /// The file, for a file.
    pub file_id: Option<FileId>,
    /// The file's name.
    pub file_name: Option<String>,
    /// The file's media type.
    pub media_type: Option<String>,
    /// The file's size in bytes.
    pub size: Option<i64>,
    /// The address, for a link.
    pub url: String,
    /// Whether participants never see it.
    pub trainer_only: bool,
}

/// A material with the lesson's text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Material {
    /// What lists show.
    #[cfg_attr(feature = "ssr", sqlx(flatten))]
    pub line: MaterialLine,
    /// Markdown, for a lesson.
    pub body: String,
    /// Grows with every change.
    pub version: i64,
    /// Who changed it last.
    pub updated_by: String,
}

/// How moving one of a list from one place to another changes the places: those from `low` to
/// `high` move by `by`, and the moved one goes to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// First place concerned.
    pub low: i64,
    /// Last place concerned.
    pub high: i64,
    /// By how much the others move.
    pub by: i64,
    /// Where the moved one goes.
    pub to: i64,
}

/// The shift of a move within a list of `length`; none when nothing moves.
pub fn shift(from: i64, to: i64, length: i64) -> Option<Shift> {
    let to = to.clamp(0, (length - 1).max(0));
    match from.cmp(&to) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less => Some(Shift { low: from, high: to, by: -1, to }),
        std::cmp::Ordering::Greater => Some(Shift { low: to, high: from, by: 1, to }),
    }
}

/// The version that follows those there are: 1.0, or the highest with its minor number raised.
pub fn next_version(existing: impl IntoIterator<Item = (i64, i64)>) -> (i64, i64) {
    existing.into_iter().max().map_or((1, 0), |(major, minor)| (major, minor + 1))
}

/// What is missing before a pack can be released.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Missing {
    /// It has no module.
    Modules,
    /// This module has no session plan.
    Sessions(String),
}

/// What is missing, in order.
pub fn missing(outline: &[OutlineModule]) -> Vec<Missing> {
    if outline.is_empty() {
        return vec![Missing::Modules];
    }
    outline.iter().filter(|m| m.sessions.is_empty()).map(|m| Missing::Sessions(m.module.title.clone())).collect()
}

/// Minutes of all sessions.
pub fn session_minutes(outline: &[OutlineModule]) -> i64 {
    outline.iter().flat_map(|module| &module.sessions).map(|session| session.minutes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step() -> impl Strategy<Value = PackStep> {
        proptest::sample::select(PackStep::ALL.to_vec())
    }

    proptest! {
        /// However steps follow, a pack that was released can only ever be superseded, and once
        /// it is not editable it never is again.
        #[test]
        fn no_path_opens_a_released_pack(steps in proptest::collection::vec(step(), 0..30)) {
            let mut state = PackState::Draft;
            let mut released = false;
            for step in steps {
                if let Ok(next) = state.after(step) {
                    state = next;
                }
                released |= state == PackState::Released;
                prop_assert!(!released || !state.editable());
                prop_assert!(state != PackState::Superseded || released);
            }
        }

        #[test]
        fn an_authors_next_step_is_always_taken(at in 0..5usize) {
            let state = PackState::ALL[at];
            prop_assert_eq!(state.next().is_some(), state.editable());
            if let Some(step) = state.next() {
                prop_assert!(state.after(step).is_ok());
            }
        }

        /// Any sequence of moves keeps the places a permutation of 0..n, and the moved one is
        /// where it was sent.
        #[test]
        fn moves_keep_a_permutation(n in 1i64..12, moves in proptest::collection::vec((0i64..12, -3i64..15), 0..40)) {
            let mut places: Vec<i64> = (0..n).collect();
            for (which, to) in moves {
                let which = (which % n) as usize;
                if let Some(shift) = shift(places[which], to, n) {
                    for (at, place) in places.iter_mut().enumerate() {
                        if at == which {
                            *place = shift.to;
                        } else if (shift.low..=shift.high).contains(place) {
                            *place += shift.by;
                        }
                    }
                }
                prop_assert_eq!(places[which], to.clamp(0, n - 1));
                let mut sorted = places.clone();
                sorted.sort_unstable();
                prop_assert_eq!(sorted, (0..n).collect::<Vec<_>>());
            }
        }

        #[test]
        fn the_next_version_is_new_and_highest(existing in proptest::collection::vec((0i64..5, 0i64..5), 0..9)) {
            let next = next_version(existing.clone());
            prop_assert!(existing.iter().all(|version| *version < next));
        }
    }

    #[test]
    fn only_whole_material_is_taken() {
        let form = MaterialForm { title: "A link".into(), url: "javascript:alert(1)".into(), ..Default::default() };
        assert!(form.check(MaterialKind::Link, None).is_err());
        let form = MaterialForm { url: "http://plain.example".into(), ..form };
        assert!(form.check(MaterialKind::Link, None).is_err());
        let form = MaterialForm { url: "https://law.example/1".into(), ..form };
        assert!(form.check(MaterialKind::Link, None).is_ok());
        let long = MaterialForm { title: "L".into(), body: "x".repeat(LESSON_MAX), ..Default::default() };
        assert!(long.check(MaterialKind::Lesson, None).is_ok());
        let long = MaterialForm { body: "x".repeat(LESSON_MAX + 1), ..long };
        assert!(long.check(MaterialKind::Lesson, None).is_err());
        assert!(
            MaterialForm { body: "x".into(), ..long }
                .check(MaterialKind::Lesson, Some(crate::common::forms::FaultKind::Markup))
                .is_err()
        );
    }
}
