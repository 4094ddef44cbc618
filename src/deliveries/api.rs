//! Server functions of deliveries, and what they send.

use super::{
    model::{DeliveryForm, DeliveryHead, DeliveryLine, DeliveryState, Plan, Tab},
    timetable::HoursForm,
};
use crate::common::{
    error::AppError,
    forms::Done,
    ids::{DeliveryId, InstitutionId, PackId, PersonId, ProjectId, SlotId, TimetableSessionId},
};
use chrono::{NaiveDate, NaiveDateTime};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryList {
    /// The list shown.
    pub tab: Tab,
    /// How many deliveries there are in each list.
    pub counts: Vec<(Tab, i64)>,
    /// The deliveries.
    pub lines: Vec<DeliveryLine>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Institutions to narrow it to.
    pub hosts: Vec<(InstitutionId, String)>,
    /// Whether who looks manages deliveries somewhere.
    pub may_schedule: bool,
}

/// A form to fill, with everything there is to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormChoices {
    /// Which delivery.
    pub id: DeliveryId,
    /// The version that was read; 0 for a new one.
    pub version: i64,
    /// The course's address in the site.
    pub course_slug: String,
    /// The course's title.
    pub course_title: String,
    /// What stands, or what is proposed.
    pub plan: Plan,
    /// Projects that pay.
    pub paying: Vec<ProjectId>,
    /// Places taken.
    pub taken: i64,
    /// Whether the version taught may not change any more.
    pub pack_is_fixed: bool,
    /// Released versions: id, and language with version.
    pub packs: Vec<(PackId, String, String)>,
    /// Institutions that may host it.
    pub hosts: Vec<(InstitutionId, String)>,
    /// Whether it may have no host.
    pub hostless: bool,
    /// Areas by name.
    pub areas: Vec<(String, String)>,
    /// Whether the footnote belongs under the form.
    pub footnote: bool,
    /// Projects.
    pub projects: Vec<(ProjectId, String)>,
    /// Time zones.
    pub zones: Vec<String>,
}

/// A trainer of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainerLine {
    /// The person.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// Whether they lead.
    pub lead: bool,
}

/// A session of a half-day, in the venue's time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionView {
    /// Its id.
    pub id: TimetableSessionId,
    /// Its title.
    pub title: String,
    /// When it starts.
    pub starts: NaiveDateTime,
    /// How long it takes.
    pub minutes: i64,
}

impl SessionView {
    /// What stands, as a form sends it back, so that a change by somebody else is seen.
    pub fn as_read(&self) -> String {
        format!("{}|{}|{}", self.starts, self.minutes, self.title)
    }
}

/// A half-day, in the venue's time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlotView {
    /// Its id.
    pub id: SlotId,
    /// When it starts.
    pub starts: NaiveDateTime,
    /// When it ends.
    pub ends: NaiveDateTime,
    /// Where.
    pub room: String,
    /// Why it was called off, where it was.
    pub cancelled: Option<String>,
    /// Its sessions, in order.
    pub sessions: Vec<SessionView>,
}

impl SlotView {
    /// What stands, as a form sends it back, so that a change by somebody else is seen.
    pub fn as_read(&self) -> String {
        format!("{}|{}|{}", self.starts, self.ends, self.room)
    }
}

/// A timetable to look at and to change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// The delivery.
    pub head: DeliveryHead,
    /// Its half-days, in order.
    pub slots: Vec<SlotView>,
    /// How many session plans its pack has.
    pub plans: i64,
    /// Titles and minutes of session plans that are not in the timetable.
    pub left: Vec<(String, i64)>,
    /// The day to propose for a further half-day.
    pub proposed: NaiveDate,
    /// An id for a further half-day.
    pub new_slot: SlotId,
}

/// A half-day to change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlotEdit {
    /// The delivery.
    pub head: DeliveryHead,
    /// The half-day.
    pub slot: SlotView,
    /// All half-days, to move a session to: id and start.
    pub slots: Vec<(SlotId, NaiveDateTime)>,
    /// An id for a further session.
    pub new_session: TimetableSessionId,
}

/// A half-day's form, as typed, in the venue's time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SlotForm {
    /// The delivery.
    #[serde(default)]
    pub delivery: String,
    /// The half-day; made by the server for a new one.
    #[serde(default)]
    pub id: String,
    /// What stood when it was read; empty for a new one.
    #[serde(default)]
    pub was: String,
    /// The day.
    #[serde(default)]
    pub day: String,
    /// From.
    #[serde(default)]
    pub from: String,
    /// To.
    #[serde(default)]
    pub to: String,
    /// Where.
    #[serde(default)]
    pub room: String,
}

/// A session's form, as typed, in the venue's time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionForm {
    /// The delivery.
    #[serde(default)]
    pub delivery: String,
    /// The session; made by the server for a new one.
    #[serde(default)]
    pub id: String,
    /// What stood when it was read; empty for a new one.
    #[serde(default)]
    pub was: String,
    /// The half-day it is in.
    #[serde(default)]
    pub slot: String,
    /// The half-day whose page sent the form, to come back to.
    #[serde(default)]
    pub page: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// From.
    #[serde(default)]
    pub from: String,
    /// How long, in minutes.
    #[serde(default)]
    pub minutes: String,
}

/// A step to be confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The delivery.
    pub head: DeliveryHead,
    /// Where it leads.
    pub to: DeliveryState,
}

/// Deliveries at a place: to come, past, and how many in all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Around {
    /// The next ones.
    pub coming: Vec<DeliveryLine>,
    /// The latest ones.
    pub past: Vec<DeliveryLine>,
    /// How many are to come.
    pub coming_count: i64,
    /// How many are past.
    pub past_count: i64,
}

/// Saves a delivery, new or changed.
#[server(prefix = "/_fn", endpoint = "deliveries/save")]
pub async fn save_delivery(#[server(flatten)] form: DeliveryForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save(&http::ctx()?, &form).await }).await
}

/// Makes the timetable anew from the session plans.
#[server(prefix = "/_fn", endpoint = "deliveries/generate")]
pub async fn generate_timetable(#[server(flatten)] form: HoursForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::schedule::generate(&http::ctx()?, &form).await }).await
}

/// Saves a half-day, new or changed.
#[server(prefix = "/_fn", endpoint = "deliveries/save-slot")]
pub async fn save_slot(#[server(flatten)] form: SlotForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::schedule::save_slot(&http::ctx()?, &form).await }).await
}

/// Removes a half-day that has no marks.
#[server(prefix = "/_fn", endpoint = "deliveries/remove-slot")]
pub async fn remove_slot(delivery: String, id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::schedule::remove_slot(&http::ctx()?, &delivery, &id).await }).await
}

/// Calls a half-day off (`act` is `cancel`), for a reason, or gives it after all (`restore`).
#[server(prefix = "/_fn", endpoint = "deliveries/call-off")]
pub async fn call_off_slot(delivery: String, id: String, act: String, reason: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::schedule::call_off(&http::ctx()?, &delivery, &id, &act, &reason).await }).await
}

/// Saves a session, new, changed or moved to another half-day.
#[server(prefix = "/_fn", endpoint = "deliveries/save-session")]
pub async fn save_session(#[server(flatten)] form: SessionForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::schedule::save_session(&http::ctx()?, &form).await }).await
}

/// Removes a session.
#[server(prefix = "/_fn", endpoint = "deliveries/remove-session")]
pub async fn remove_session(delivery: String, id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::schedule::remove_session(&http::ctx()?, &delivery, &id).await }).await
}
