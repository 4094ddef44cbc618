//! Server functions of the roster, and what their pages show.

use super::{
    cover::{CoverTold, Verdict},
    model::{ContactForm, Held, Profile, ProfileForm, Remarks, Search},
};
use crate::{
    common::{
        error::AppError,
        forms::Done,
        ids::{DeliveryId, LicenceId, PersonId},
    },
    deliveries::model::DeliveryState,
    enrolment::model::EnrolmentState,
    people::model::Profession,
};
use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A trainer in the roster, as far as who looks may see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerLine {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their area.
    pub area: Option<String>,
    /// What they do by profession.
    pub profession: Option<Profession>,
    /// Where they work.
    pub institution: Option<String>,
    /// Languages they teach in, as a list of codes.
    pub languages: String,
    /// Licences: title of the course and state.
    pub licences: Vec<(String, Held)>,
    /// How many deliveries they gave, and the last day of it.
    pub taught: Option<(i64, Option<NaiveDate>)>,
    /// Whether they taught in the last twelve months.
    pub active: bool,
    /// What participants said of what they gave; none where that is not shown.
    pub remarks: Option<Remarks>,
}

/// A page of the roster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Roster {
    /// The trainers, by name.
    pub lines: Vec<TrainerLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Whether everybody who teaches is searched, not only who consented.
    pub whole: bool,
    /// What was asked.
    pub asked: Search,
    /// Courses to choose from: address and title.
    pub courses: Vec<(String, String)>,
    /// Areas to choose from: code and name.
    pub areas: Vec<(String, String)>,
    /// Institutions to choose from: address and name.
    pub institutions: Vec<(String, String)>,
    /// Whether who looks is a trainer with a page of their own.
    pub mine: bool,
    /// Whether the footnote belongs on the page.
    pub footnote: bool,
}

/// A licence on a trainer's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenceLine {
    /// Its id, for who may open its page.
    pub id: Option<LicenceId>,
    /// Address of the course.
    pub slug: String,
    /// Title of the course.
    pub title: String,
    /// Its state.
    pub state: Held,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it lapses if nothing happens; for the trainer and who runs deliveries.
    pub lapses_at: Option<DateTime<Utc>>,
}

/// A delivery on a trainer's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastLine {
    /// The delivery.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Address of its course.
    pub course_slug: String,
    /// Title of its course.
    pub course_title: String,
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
    /// Its language.
    pub language: String,
    /// Whether they led it.
    pub lead: bool,
    /// How many came; none where so few are not told.
    pub reached: Option<i64>,
    /// How many of them completed it; none where so few are not told.
    pub completed: Option<i64>,
    /// Where it keeps no names, how many were counted (none where so few are not told), and whether that was
    /// confirmed. They are among no participations.
    pub heads: Option<(Option<i64>, bool)>,
    /// What participants said of it.
    pub remarks: Remarks,
    /// What became of their own place in it, where they took part.
    pub own: Option<EnrolmentState>,
}

/// A trainer's page, as far as who looks may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerView {
    /// The trainer.
    pub line: TrainerLine,
    /// A few words.
    pub about: String,
    /// Licences.
    pub licences: Vec<LicenceLine>,
    /// What they taught, the latest first; none where that is not shown.
    pub taught: Option<Vec<PastLine>>,
    /// How many came to all of it; none where that is not shown.
    pub reached: Option<i64>,
    /// What they were trained in, the latest first; none where that is not shown.
    pub trained: Option<Vec<PastLine>>,
    /// When they cannot teach; none where that is not shown.
    pub away: Option<Vec<(NaiveDate, NaiveDate)>>,
    /// Whether who looks may write to them through the system.
    pub may_write: bool,
    /// Whether it is the own page of who looks.
    pub mine: bool,
    /// Whether who looks sees it by the right to run deliveries.
    pub whole: bool,
    /// Whether they stand in the public roster.
    pub public: bool,
    /// Whether the demonstration made them up.
    pub invented: bool,
    /// Whether the footnote belongs on the page.
    pub footnote: bool,
}

/// What a trainer lets others see, for changing it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MyProfile {
    /// The person.
    pub id: PersonId,
    /// Whether they teach at all; nothing to change otherwise.
    pub teaches: bool,
    /// What stands.
    pub profile: Profile,
    /// The version that was read; 0 where there is none.
    pub version: i64,
    /// When they cannot teach: id, first and last day.
    pub away: Vec<(Uuid, NaiveDate, NaiveDate)>,
    /// An id for a new such time.
    pub new_away: Uuid,
}

/// How many trainers there are for an area or in a language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoverLine {
    /// Code of the area or language.
    pub code: String,
    /// Name of the area; empty for languages.
    pub name: String,
    /// The numbers.
    pub cover: CoverTold,
    /// What they amount to.
    pub verdict: Verdict,
    /// Whether somebody is wanted: projects work in the area, the course is given in the language.
    pub wanted: bool,
}

/// What there is of an area in a language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossLine {
    /// The numbers.
    pub cover: CoverTold,
    /// What they amount to.
    pub verdict: Verdict,
    /// Whether somebody is wanted: a project works in the area and people there speak the language.
    pub wanted: bool,
}

/// An area with what there is in each language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossArea {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// As many as there are languages.
    pub languages: Vec<CrossLine>,
}

/// Licensed and active trainers of a course, and where they are missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Address of the course.
    pub slug: String,
    /// Title of the course.
    pub title: String,
    /// By area, those of the projects first.
    pub areas: Vec<CoverLine>,
    /// By language, those of the course first.
    pub languages: Vec<CoverLine>,
    /// Areas and languages together.
    pub crossings: Vec<CrossArea>,
    /// The languages of the crossings.
    pub spoken: Vec<String>,
    /// Everybody, each once.
    pub total: CoverTold,
    /// Whether small counts are kept back.
    pub suppressed: bool,
    /// The project whose areas are looked at, or empty for all.
    pub project: String,
    /// Projects to choose from: key and title.
    pub projects: Vec<(String, String)>,
    /// Whether who looks finds the trainers themselves.
    pub whole: bool,
    /// Whether the footnote belongs on the page.
    pub footnote: bool,
}

/// Changes what one lets others see.
#[server(prefix = "/_fn", endpoint = "roster/save-mine")]
pub async fn save_my_profile(#[server(flatten)] form: ProfileForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save(&http::ctx()?, &form).await }).await
}

/// Notes when one cannot teach.
#[server(prefix = "/_fn", endpoint = "roster/add-away")]
pub async fn add_time_away(
    away: String,
    #[server(default)] starts_on: String,
    #[server(default)] ends_on: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::add_away(&http::ctx()?, &away, &starts_on, &ends_on).await }).await
}

/// Takes such a time away again.
#[server(prefix = "/_fn", endpoint = "roster/remove-away")]
pub async fn remove_time_away(away: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::remove_away(&http::ctx()?, &away).await }).await
}

/// Writes to a trainer without learning the address.
#[server(prefix = "/_fn", endpoint = "roster/contact")]
pub async fn contact_trainer(#[server(flatten)] form: ContactForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::contact(&http::ctx()?, &form).await }).await
}
