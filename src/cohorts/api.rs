//! Server functions of cohorts, and what they send.

use super::model::{
    CohortForm, CohortHead, CohortPlan, CohortState, CohortStateForm, DecisionForm, MemberState, StepForm, StepKind,
    progress::Standing,
};
use crate::{
    common::{
        error::AppError,
        forms::Done,
        ids::{CohortId, DeliveryId, InstitutionId, LicenceId, MemberId, PersonId, ProjectId, StepId},
    },
    deliveries::model::DeliveryState,
    enrolment::{api::FoundPerson, model::NewPersonForm},
};
use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of the list of cohorts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CohortList {
    /// The cohorts, the newest first.
    pub cohorts: Vec<CohortHead>,
    /// Where the next page begins.
    pub next: Option<CohortId>,
    /// Whether who looks may make one.
    pub may_make: bool,
}

/// A delivery of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: DeliveryState,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Town and room.
    pub place: String,
}

/// A step of the sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepLine {
    /// Its id.
    pub id: StepId,
    /// What it asks for.
    pub kind: StepKind,
    /// Title of its course.
    pub course_title: String,
    /// Address of its course.
    pub course_slug: String,
    /// Whether nobody finishes without it.
    pub required: bool,
    /// By when it is to be done.
    pub due_on: Option<NaiveDate>,
    /// Its deliveries, by date.
    pub deliveries: Vec<StepDelivery>,
}

/// The places of an area or an institution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuotaLine {
    /// As a form sends it.
    pub whose: String,
    /// The name.
    pub name: String,
    /// How many there are.
    pub places: i64,
    /// How many are taken.
    pub taken: i64,
}

/// Where a member is in the sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberLine {
    /// The place.
    pub id: MemberId,
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The state of the place.
    pub state: MemberState,
    /// The institution they count for.
    pub institution: Option<String>,
    /// The area they count for.
    pub area: Option<String>,
    /// Their mentor.
    pub mentor: Option<String>,
    /// Why they were refused or left.
    pub reason: String,
    /// Their licence of the cohort's course, where who looks may see it.
    pub licence: Option<LicenceId>,
    /// Whether who looks finds their page as a trainer.
    pub trainer: bool,
    /// How they stand in each step, in its order.
    pub standings: Vec<Standing>,
}

/// A place in a delivery of the sequence that has not begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComingPlace {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Whether who looks may give it back.
    pub may_give_back: bool,
}

/// A cohort's page, as far as who looks may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CohortView {
    /// The cohort.
    pub head: CohortHead,
    /// Today.
    pub today: NaiveDate,
    /// Whether who looks manages it.
    pub may_manage: bool,
    /// Whether who looks may propose people.
    pub may_propose: bool,
    /// The sequence.
    pub steps: Vec<StepLine>,
    /// Places kept for areas and institutions.
    pub quotas: Vec<QuotaLine>,
    /// Places that are kept for nobody, and how many of them are taken.
    pub unreserved: (i64, i64),
    /// Key and title of each project that pays.
    pub projects: Vec<(String, String)>,
    /// Those whose way who looks may see: all, those they mentor or sent, or themselves.
    pub members: Vec<MemberLine>,
    /// Names of the other members, for who is one.
    pub fellows: Vec<String>,
    /// Own places in deliveries of the sequence that have not begun.
    pub coming: Vec<ComingPlace>,
    /// Whether the footnote belongs on the page.
    pub footnote: bool,
}

/// What the form of a cohort needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CohortChoices {
    /// Its id.
    pub id: CohortId,
    /// The version that was read; 0 for a new one.
    pub version: i64,
    /// What stands.
    pub plan: CohortPlan,
    /// Address of the course its members are to give.
    pub course: String,
    /// Projects that pay.
    pub paying: Vec<ProjectId>,
    /// Courses: address and title.
    pub courses: Vec<(String, String)>,
    /// Institutions.
    pub hosts: Vec<(InstitutionId, String)>,
    /// Whether it may have no host.
    pub hostless: bool,
    /// Projects.
    pub projects: Vec<(ProjectId, String)>,
    /// The sequence.
    pub steps: Vec<StepLine>,
    /// Places kept for areas and institutions.
    pub quotas: Vec<QuotaLine>,
    /// Whose places may be: code and name, areas first.
    pub whose: Vec<(String, String)>,
    /// An id for a new step.
    pub new_step: StepId,
    /// Whether the footnote belongs on the page.
    pub footnote: bool,
}

/// A step with what may belong to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepView {
    /// The cohort.
    pub head: CohortHead,
    /// The step with its deliveries.
    pub step: StepLine,
    /// Deliveries of its course, and whether each belongs to it.
    pub choices: Vec<(StepDelivery, bool)>,
}

/// Members, proposals, and persons found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MembersView {
    /// The cohort.
    pub head: CohortHead,
    /// Whether who looks selects.
    pub may_manage: bool,
    /// Whether who looks may propose people now.
    pub may_propose: bool,
    /// Everybody who looks may see.
    pub members: Vec<MemberLine>,
    /// Places kept for areas and institutions.
    pub quotas: Vec<QuotaLine>,
    /// Places that are kept for nobody, and how many of them are taken.
    pub unreserved: (i64, i64),
    /// What was searched for.
    pub query: String,
    /// Persons found.
    pub found: Vec<FoundPerson>,
    /// An id for a new person.
    pub new_person: PersonId,
    /// Institutions where who looks may put a new person's post.
    pub posts_at: Vec<(InstitutionId, String)>,
    /// Whether a new person needs no post at one of them.
    pub postless: bool,
    /// Whether the footnote belongs on the page.
    pub footnote: bool,
}

/// A line of a member's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberStep {
    /// When.
    pub at: DateTime<Utc>,
    /// What it was.
    pub from: Option<MemberState>,
    /// What it became.
    pub to: MemberState,
    /// Who did it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// One member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberView {
    /// The cohort.
    pub head: CohortHead,
    /// The sequence.
    pub steps: Vec<StepLine>,
    /// The member.
    pub line: MemberLine,
    /// Whether who looks manages the cohort.
    pub may_manage: bool,
    /// The history, in order.
    pub history: Vec<MemberStep>,
    /// Places in deliveries of the sequence that have not begun, for the member and whoever manages the cohort.
    pub coming: Vec<ComingPlace>,
    /// Who may be chosen as mentor.
    pub mentors: Vec<(PersonId, String)>,
    /// The mentor.
    pub mentor: Option<PersonId>,
    /// What was searched for among mentors.
    pub query: String,
    /// Whether the footnote belongs on the page.
    pub footnote: bool,
}

/// A step in a cohort's life that is to be confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CohortStep {
    /// The cohort.
    pub head: CohortHead,
    /// What it is to become.
    pub to: CohortState,
}

/// Saves a cohort: plans a new one, or changes one.
#[server(prefix = "/_fn", endpoint = "cohorts/save")]
pub async fn save_cohort(#[server(flatten)] form: CohortForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save(&http::ctx()?, &form).await }).await
}

/// Takes a step in a cohort's life.
#[server(prefix = "/_fn", endpoint = "cohorts/state")]
pub async fn change_cohort_state(#[server(flatten)] form: CohortStateForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::change_state(&http::ctx()?, &form).await }).await
}

/// Adds a step at the end of the sequence.
#[server(prefix = "/_fn", endpoint = "cohorts/step/add")]
pub async fn add_cohort_step(#[server(flatten)] form: StepForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::steps::add(&http::ctx()?, &form).await }).await
}

/// Changes a step and the deliveries that belong to it.
#[server(prefix = "/_fn", endpoint = "cohorts/step/edit")]
pub async fn edit_cohort_step(#[server(flatten)] form: StepForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::steps::edit(&http::ctx()?, &form).await }).await
}

/// Moves a step up or down, or removes it.
#[server(prefix = "/_fn", endpoint = "cohorts/step/place")]
pub async fn place_cohort_step(step_id: String, #[server(default)] act: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::steps::place(&http::ctx()?, &step_id, &act).await }).await
}

/// Gives everybody who is selected a place in a delivery of a step.
#[server(prefix = "/_fn", endpoint = "cohorts/step/enrol")]
pub async fn enrol_cohort(step_id: String, delivery: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::steps::enrol(&http::ctx()?, &step_id, &delivery).await }).await
}

/// Keeps places for an area or an institution; none takes the quota away.
#[server(prefix = "/_fn", endpoint = "cohorts/quota")]
pub async fn set_cohort_quota(
    cohort: String,
    #[server(default)] whose: String,
    #[server(default)] places: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::steps::set_quota(&http::ctx()?, &cohort, &whose, &places).await }).await
}

/// Proposes persons that were found.
#[server(prefix = "/_fn", endpoint = "cohorts/propose")]
pub async fn propose_members(cohort: String, #[server(default)] people: Vec<String>) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::members::propose(&http::ctx()?, &cohort, &people).await }).await
}

/// Proposes a new person. What the form calls delivery is the cohort.
#[server(prefix = "/_fn", endpoint = "cohorts/propose-new")]
pub async fn propose_new_member(
    #[server(default)] institution: String,
    #[server(flatten)] form: NewPersonForm,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::members::propose_new(&http::ctx()?, &institution, &form).await }).await
}

/// Selects a member, puts them on the reserve list, refuses them or lets them go.
#[server(prefix = "/_fn", endpoint = "cohorts/decide")]
pub async fn decide_member(#[server(flatten)] form: DecisionForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::members::decide(&http::ctx()?, &form).await }).await
}

/// Leaves a cohort, with a reason.
#[server(prefix = "/_fn", endpoint = "cohorts/leave")]
pub async fn leave_cohort(
    member: String,
    #[server(default)] reason: String,
    #[server(default)] give_back: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::leaving::leave_own(&http::ctx()?, &member, &reason, &give_back).await }).await
}

/// Gives back the places of somebody who has left in deliveries that have not begun.
#[server(prefix = "/_fn", endpoint = "cohorts/give-back")]
pub async fn give_back_places(member: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::leaving::give_back_places(&http::ctx()?, &member).await }).await
}

/// Gives a member a mentor, or none.
#[server(prefix = "/_fn", endpoint = "cohorts/mentor")]
pub async fn set_member_mentor(member: String, #[server(default)] mentor: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::members::set_mentor(&http::ctx()?, &member, &mentor).await }).await
}
