//! Server functions of trainer licences, and what their pages show.

use super::model::{
    CandidateForm, Cause, Condition, DecisionForm, Ground, Lack, LicenceState, MentorForm, RouteKind, Rule, RuleForm,
    SignOffForm, WholeRule, Why,
};
use crate::{
    common::{
        error::AppError,
        forms::Done,
        ids::{AssessmentId, CourseId, DeliveryId, LicenceId, PersonId},
    },
    deliveries::model::{DeliveryHead, StateForm, TrainerForm},
};
use chrono::NaiveDate;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of a course's licences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenceList {
    /// The course's address in the site.
    pub slug: String,
    /// The course.
    pub course_title: String,
    /// Whether there are rules for its licences.
    pub ruled: bool,
    /// Whether who looks decides.
    pub may_decide: bool,
    /// How many stand where.
    pub counts: Vec<(LicenceState, i64)>,
    /// The state shown; none for all.
    pub state: Option<LicenceState>,
    /// The licences, by name.
    pub lines: Vec<LicenceLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// What was searched for, to put somebody forward.
    pub query: String,
    /// Who was found.
    pub found: Vec<(PersonId, String)>,
}

/// A licence in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenceLine {
    /// Its id.
    pub id: LicenceId,
    /// The holder.
    pub name: String,
    /// How far it has come.
    pub state: LicenceState,
    /// Since when.
    pub since: NaiveDate,
    /// When it lapses if nothing happens.
    pub lapses_on: Option<NaiveDate>,
    /// Whether notice is given.
    pub noticed: bool,
    /// The mentor.
    pub mentor: Option<String>,
    /// The last delivery or refresher.
    pub active_on: Option<NaiveDate>,
    /// Whether the demonstration invented it.
    pub invented: bool,
}

/// The rules of a course's licences, to change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RulesView {
    /// The course's address in the site.
    pub slug: String,
    /// The course.
    pub course: CourseId,
    /// Its title.
    pub course_title: String,
    /// The version that is read; 0 where there are none yet.
    pub version: i64,
    /// What stands, or what is proposed.
    pub whole: WholeRule,
    /// All courses.
    pub courses: Vec<(CourseId, String)>,
}

/// A step in a licence's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepLine {
    /// When.
    pub on: NaiveDate,
    /// To where.
    pub to: LicenceState,
    /// By what.
    pub cause: Cause,
    /// By which delivery.
    pub delivery: Option<(DeliveryId, String)>,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Something that a licence stands on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroundLine {
    /// When.
    pub on: NaiveDate,
    /// Whether that is known.
    pub dated: bool,
    /// Since when it was taken back.
    pub ended_on: Option<NaiveDate>,
    /// What.
    pub kind: Ground,
    /// Whether it counts.
    pub met: bool,
    /// The delivery.
    pub delivery: Option<(DeliveryId, String)>,
    /// The major version of the pack.
    pub major: Option<i64>,
    /// By whom.
    pub by: String,
    /// What was said.
    pub note: String,
}

/// An assessment on the way to a licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssessmentLine {
    /// Its id.
    pub id: AssessmentId,
    /// When it was opened.
    pub on: NaiveDate,
    /// Whether it was passed; none while it is open.
    pub passed: Option<bool>,
    /// The delivery.
    pub delivery: Option<(DeliveryId, String)>,
    /// What was taught.
    pub part: String,
}

/// A version of the pack that waits to be taken up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToTakeUp {
    /// The newest major version.
    pub major: i64,
    /// When the first of those that wait came out.
    pub released_on: NaiveDate,
    /// Until when it must be taken up, where the rule says so.
    pub until: Option<NaiveDate>,
    /// Its release notes, for the holder: language and text.
    pub notes: Option<(String, String)>,
}

/// A licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenceView {
    /// Its id.
    pub id: LicenceId,
    /// Its version.
    pub version: i64,
    /// The holder.
    pub name: String,
    /// The course's address in the site.
    pub course_slug: String,
    /// The course.
    pub course_title: String,
    /// How far it has come.
    pub state: LicenceState,
    /// Since when.
    pub since: NaiveDate,
    /// The mentor.
    pub mentor: Option<String>,
    /// Who it is, to choose another.
    pub mentor_id: Option<PersonId>,
    /// The rule.
    pub rule: Rule,
    /// What is missing to be licensed.
    pub missing: Vec<Condition>,
    /// When it lapses if nothing happens.
    pub lapses_on: Option<NaiveDate>,
    /// Why.
    pub why: Option<Why>,
    /// Since when notice is given.
    pub noticed_on: Option<NaiveDate>,
    /// The last delivery or refresher.
    pub active_on: Option<NaiveDate>,
    /// Until when that keeps it alive.
    pub active_until: Option<NaiveDate>,
    /// The major version taken up last.
    pub major: i64,
    /// What waits to be taken up.
    pub to_take_up: Option<ToTakeUp>,
    /// The steps, latest first.
    pub steps: Vec<StepLine>,
    /// What it stands on, latest first.
    pub grounds: Vec<GroundLine>,
    /// The assessments, latest first.
    pub assessments: Vec<AssessmentLine>,
    /// Courses that train and refresh: kind, address and title.
    pub routes: Vec<(RouteKind, String, String)>,
    /// Whether it is one's own.
    pub own: bool,
    /// Supervised deliveries that wait for one's word as mentor.
    pub to_sign: Vec<(DeliveryId, String)>,
    /// Whether who looks decides.
    pub may_decide: bool,
    /// Whether who looks sees the list of the course.
    pub may_list: bool,
    /// Who can be the mentor, for who decides.
    pub mentors: Vec<(PersonId, String)>,
    /// Whether the demonstration invented it.
    pub invented: bool,
    /// Whether letters about it reach nobody, for want of an address.
    pub no_address: bool,
    /// The training it stands on was taken back, and nothing else trains: since when.
    pub untrained_on: Option<NaiveDate>,
    /// The holder's page among the trainers, for who sees it.
    pub trainer: Option<PersonId>,
}

/// A licence of one's own, or of somebody one is the mentor of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MyLicence {
    /// Its id.
    pub id: LicenceId,
    /// The holder.
    pub name: String,
    /// The course.
    pub course_title: String,
    /// How far it has come.
    pub state: LicenceState,
    /// Since when.
    pub since: NaiveDate,
    /// When it lapses if nothing happens.
    pub lapses_on: Option<NaiveDate>,
    /// Whether notice is given.
    pub noticed: bool,
}

/// Everything about licences that is one's own business.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MyLicences {
    /// One's own.
    pub own: Vec<MyLicence>,
    /// Those one is the mentor of.
    pub mentored: Vec<MyLicence>,
    /// Assessments to score: which, whose, of which course.
    pub to_score: Vec<(AssessmentId, String, String)>,
}

/// A trainer of a delivery, with the licence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryTrainer {
    /// The person.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// Whether they lead.
    pub lead: bool,
    /// The licence for the course.
    pub licence: Option<LicenceId>,
    /// Its state.
    pub state: Option<LicenceState>,
    /// What is lacking, where the course asks for licences.
    pub lack: Option<Lack>,
}

/// The trainers of a delivery and who else could be one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryTrainers {
    /// The delivery.
    pub head: DeliveryHead,
    /// Whether the course asks for licences.
    pub guarded: bool,
    /// Its trainers, lead first.
    pub trainers: Vec<DeliveryTrainer>,
    /// What was searched for.
    pub query: String,
    /// Who matches and has the trainer's role or a licence, and the state of the licence.
    pub found: Vec<(PersonId, String, Option<LicenceState>)>,
}

/// What is not right about a trainer of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryLack {
    /// Who.
    pub name: String,
    /// The licence.
    pub licence: Option<LicenceId>,
    /// Its state.
    pub state: Option<LicenceState>,
    /// What.
    pub lack: Lack,
}

/// Saves the rules of a course's licences.
#[server(prefix = "/_fn", endpoint = "trainers/save-rules")]
pub async fn save_rules(#[server(flatten)] form: RuleForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save_rules(&http::ctx()?, &form).await }).await
}

/// Puts somebody forward as candidate.
#[server(prefix = "/_fn", endpoint = "trainers/candidate")]
pub async fn add_candidate(#[server(flatten)] form: CandidateForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::add_candidate(&http::ctx()?, &form).await }).await
}

/// Decides about a licence, with a reason.
#[server(prefix = "/_fn", endpoint = "trainers/decide")]
pub async fn decide_licence(#[server(flatten)] form: DecisionForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::decide(&http::ctx()?, &form).await }).await
}

/// Names the mentor.
#[server(prefix = "/_fn", endpoint = "trainers/mentor")]
pub async fn set_mentor(#[server(flatten)] form: MentorForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::set_mentor(&http::ctx()?, &form).await }).await
}

/// The mentor's word on a supervised delivery.
#[server(prefix = "/_fn", endpoint = "trainers/sign-off")]
pub async fn sign_off(#[server(flatten)] form: SignOffForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::sign_off(&http::ctx()?, &form).await }).await
}

/// The holder has studied what is new.
#[server(prefix = "/_fn", endpoint = "trainers/take-up")]
pub async fn take_up(
    licence: String,
    #[server(default)] major: String,
    #[server(default)] studied: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::take_up(&http::ctx()?, &licence, &major, &studied).await }).await
}

/// Adds a trainer to a delivery, takes one off, or makes one lead.
#[server(prefix = "/_fn", endpoint = "trainers/put-on")]
pub async fn change_trainer(#[server(flatten)] form: TrainerForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::guard::change_trainer(&http::ctx()?, &form).await }).await
}

/// Takes a step in a delivery's life, where its trainers may give it.
#[server(prefix = "/_fn", endpoint = "trainers/delivery-state")]
pub async fn change_delivery_state(#[server(flatten)] form: StateForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::guard::change_state(&http::ctx()?, &form).await }).await
}
