//! Server functions of people counted without names, and what they send.

use super::model::{Act, TallyForm, TallyState};
use crate::{
    attendance::counts::model::Heads,
    common::{
        error::AppError,
        forms::Done,
        ids::{CourseId, DeliveryId, InstitutionId, ProjectId, TallyId},
    },
    people::model::{Profession, Sex},
};
use chrono::NaiveDate;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A count in a list, and the head of its page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TallyLine {
    /// Its id.
    pub id: TallyId,
    /// What was given.
    pub title: String,
    /// Who gave it: name and address.
    pub institution: (String, String),
    /// Our delivery.
    pub delivery: Option<DeliveryId>,
    /// Our course.
    pub course: Option<String>,
    /// Town and area.
    pub place: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// Projects that paid.
    pub projects: String,
    /// How many people.
    pub total: i64,
    /// Its state.
    pub state: TallyState,
    /// Pieces of evidence that stand.
    pub evidence: i64,
    /// Who entered it, and on which day (UTC).
    pub entered: (String, NaiveDate),
    /// Who confirmed it, and on which day (UTC).
    pub verified: Option<(String, NaiveDate)>,
    /// Whether the area is the one with the footnote.
    pub footnote: bool,
}

/// `/counts`: the counts that somebody may see.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TallyList {
    /// The latest first.
    pub lines: Vec<TallyLine>,
    /// The key of the next page.
    pub next: Option<String>,
    /// Institutions to choose from: address and name.
    pub institutions: Vec<(String, String)>,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub title: String,
    /// The file's name.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// The hash of its bytes.
    pub sha256: String,
    /// Who attached it, and on which day (UTC).
    pub added: (String, NaiveDate),
    /// Who withdrew it, on which day (UTC), and why.
    pub withdrawn: Option<(String, NaiveDate, String)>,
}

/// Something that was done to a count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What.
    pub act: Act,
    /// How many people it then had.
    pub total: i64,
    /// A reason or a title.
    pub note: String,
    /// Who.
    pub by: String,
    /// On which day (UTC).
    pub on: NaiveDate,
}

/// `/counts/{id}`: a count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TallyPage {
    /// The count.
    pub head: TallyLine,
    /// Its version.
    pub version: i64,
    /// People by area (its name), profession and sex.
    pub heads: Vec<(String, Profession, Sex, i64)>,
    /// Its evidence, what was withdrawn too.
    pub evidence: Vec<Evidence>,
    /// What was done to it, the latest first.
    pub steps: Vec<Step>,
    /// Whether who looks confirms counts, and did not enter this one.
    pub may_verify: bool,
    /// Whether who looks confirms counts at all.
    pub officer: bool,
    /// The largest file, in MiB.
    pub max_mib: u64,
}

/// `/counts/new` and `/counts/{id}/edit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TallyEdit {
    /// The count.
    pub id: TallyId,
    /// The version read; 0 for a new one.
    pub version: i64,
    /// Our delivery with its title, where it is of one.
    pub delivery: Option<(DeliveryId, String)>,
    /// Institutions to choose from.
    pub institutions: Vec<(InstitutionId, String)>,
    /// Courses to choose from.
    pub courses: Vec<(CourseId, String)>,
    /// Projects to choose from.
    pub projects: Vec<(ProjectId, String)>,
    /// All areas: code and name.
    pub areas: Vec<(String, String)>,
    /// Areas to count.
    pub counted: Vec<String>,
    /// What stands or is proposed.
    pub form: TallyForm,
    /// What stands or is proposed.
    pub heads: Vec<Heads>,
    /// Whether the numbers come from a half-day's count.
    pub proposed: bool,
    /// Whether the footnote on an area's name belongs under the page.
    pub footnote: bool,
}

/// Enters or changes a count.
#[server(prefix = "/_fn", endpoint = "tallies/save")]
pub async fn save_tally(#[server(flatten)] form: TallyForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save(&http::ctx()?, &form).await }).await
}

/// Confirms a count as it was read.
#[server(prefix = "/_fn", endpoint = "tallies/verify")]
pub async fn verify_tally(id: String, version: String, #[server(default)] sure: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::verify(&http::ctx()?, &id, &version, &sure).await }).await
}

/// Takes a confirmation back.
#[server(prefix = "/_fn", endpoint = "tallies/doubt")]
pub async fn doubt_tally(id: String, reason: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::doubt(&http::ctx()?, &id, &reason).await }).await
}

/// Withdraws a count.
#[server(prefix = "/_fn", endpoint = "tallies/withdraw")]
pub async fn withdraw_tally(id: String, reason: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::withdraw(&http::ctx()?, &id, &reason).await }).await
}

/// Withdraws a piece of evidence.
#[server(prefix = "/_fn", endpoint = "tallies/withdraw-evidence")]
pub async fn withdraw_evidence(id: String, #[server(default)] piece: String, reason: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::evidence::withdraw_evidence(&http::ctx()?, &id, &piece, &reason).await }).await
}
