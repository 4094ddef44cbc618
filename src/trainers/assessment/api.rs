//! Server functions of assessments, and what their pages show.

use super::model::{
    AssessorForm, AssessorKind, Criterion, OpenForm, Outcome, OutcomeForm, Rubric, RubricForm, ScoreForm, Sum,
};
use crate::common::{
    error::AppError,
    forms::Done,
    ids::{AssessmentId, DeliveryId, LicenceId, PersonId},
};
use chrono::NaiveDate;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A course's rubric, to change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RubricView {
    /// The course's address in the site.
    pub slug: String,
    /// The course.
    pub course_title: String,
    /// Number of the rubric that stands; 0 for none.
    pub number: i64,
    /// The rubric, or what is proposed.
    pub rubric: Rubric,
}

/// What is needed to open an assessment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenView {
    /// The id it will have.
    pub id: AssessmentId,
    /// The licence.
    pub licence: LicenceId,
    /// The candidate.
    pub name: String,
    /// The course's address in the site.
    pub course_slug: String,
    /// The course.
    pub course_title: String,
    /// Number of the rubric; 0 for none.
    pub rubric: i64,
    /// Deliveries to choose from.
    pub deliveries: Vec<(DeliveryId, String)>,
}

/// The scores of one who assesses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Whose; none where names are not shown.
    pub name: Option<String>,
    /// As whom.
    pub kind: AssessorKind,
    /// Whether they were sent.
    pub sent: bool,
    /// A score and a note per criterion.
    pub lines: Vec<(Option<i64>, String)>,
    /// What is said beside them.
    pub remark: String,
    /// What they come to, in hundredths.
    pub mean: Option<i64>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// What.
    pub outcome: Outcome,
    /// Why, and what to improve.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// Whether the candidate reads the notes.
    pub released: bool,
}

/// An assessment as who looks may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssessmentView {
    /// Its id.
    pub id: AssessmentId,
    /// The licence.
    pub licence: LicenceId,
    /// The candidate.
    pub name: String,
    /// The course's address in the site.
    pub course_slug: String,
    /// The course.
    pub course_title: String,
    /// Number of the rubric it was made with.
    pub number: i64,
    /// Scores go from 1 to this.
    pub scale: i64,
    /// The mean expected, in hundredths.
    pub pass_mark: i64,
    /// From what difference on assessors disagree.
    pub spread: i64,
    /// The delivery.
    pub delivery: Option<(DeliveryId, String)>,
    /// What was taught.
    pub part: String,
    /// When.
    pub held_on: Option<NaiveDate>,
    /// What is looked at.
    pub criteria: Vec<Criterion>,
    /// What was decided.
    pub decided: Option<Decided>,
    /// One's own scores, for one who assesses.
    pub mine: Option<Sheet>,
    /// What others sent, as far as it may be seen.
    pub sheets: Vec<Sheet>,
    /// What all that may be seen come to.
    pub sum: Option<Sum>,
    /// Who has not sent anything yet, for who decides.
    pub waiting: Vec<(PersonId, String, AssessorKind)>,
    /// Who could assess, for who decides.
    pub possible: Vec<(PersonId, String)>,
    /// Whether who looks decides.
    pub may_decide: bool,
    /// Whether who looks is the candidate.
    pub own: bool,
    /// Whether the demonstration invented it.
    pub invented: bool,
}

/// Makes a new rubric; assessments keep theirs.
#[server(prefix = "/_fn", endpoint = "trainers/save-rubric")]
pub async fn save_rubric(#[server(flatten)] form: RubricForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save_rubric(&http::ctx()?, &form).await }).await
}

/// Opens an assessment.
#[server(prefix = "/_fn", endpoint = "trainers/assess")]
pub async fn open_assessment(#[server(flatten)] form: OpenForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::open(&http::ctx()?, &form).await }).await
}

/// Adds an assessor or takes one off.
#[server(prefix = "/_fn", endpoint = "trainers/assessor")]
pub async fn change_assessor(#[server(flatten)] form: AssessorForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::change_assessor(&http::ctx()?, &form).await }).await
}

/// Keeps or sends one's scores.
#[server(prefix = "/_fn", endpoint = "trainers/score")]
pub async fn score(#[server(flatten)] form: ScoreForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::score(&http::ctx()?, &form).await }).await
}

/// Decides an assessment, with reasons.
#[server(prefix = "/_fn", endpoint = "trainers/decide-assessment")]
pub async fn decide_assessment(#[server(flatten)] form: OutcomeForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::decide(&http::ctx()?, &form).await }).await
}
