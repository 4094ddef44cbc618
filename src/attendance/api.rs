//! Server functions of the register, and what they send.

use super::model::{Mark, MarkSource, RegisterForm};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::Done,
        ids::{DeliveryId, EnrolmentId, SlotId},
    },
    deliveries::model::SlotAct,
    enrolment::model::Risk,
};
use chrono::{NaiveDate, NaiveDateTime};
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};

/// A mark that stands, and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// What it says.
    pub mark: Mark,
    /// How it came about.
    pub source: MarkSource,
    /// Who made it; nobody where it was the reader.
    pub by: Option<String>,
    /// When it was written, on the venue's clock.
    pub at: NaiveDateTime,
    /// When it was made, where it was kept on a device before.
    pub made: Option<NaiveDateTime>,
}

/// What was said of a name and does not stand, by somebody who did not know what does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// What it says; nothing where a mark was taken back.
    pub mark: Option<Mark>,
    /// How it came about.
    pub source: MarkSource,
    /// Who made it; nobody where it was the reader.
    pub by: Option<String>,
    /// When it was written, on the venue's clock.
    pub at: NaiveDateTime,
    /// When it was made.
    pub made: NaiveDateTime,
}

/// A name of the register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Name {
    /// The place held.
    pub id: EnrolmentId,
    /// Family name, given name.
    pub name: String,
    /// Court, office or unit.
    pub workplace: String,
    /// Whether enough can still be attended.
    pub risk: Risk,
    /// The mark that stands.
    pub mark: Option<Standing>,
    /// When the last mark was taken back, if none stands.
    pub gone: Option<NaiveDateTime>,
    /// What somebody else said, until it is decided.
    pub other: Option<Story>,
}

/// A half-day in the row of half-days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlotTab {
    /// Its id.
    pub id: SlotId,
    /// When it begins, on the venue's clock.
    pub starts: NaiveDateTime,
    /// When it ends.
    pub ends: NaiveDateTime,
    /// Where.
    pub room: String,
    /// Whether every name has a mark.
    pub full: bool,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Whether its register is closed.
    pub closed: bool,
}

/// The register of a half-day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Register {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its half-days near the one shown.
    pub slots: Vec<SlotTab>,
    /// The first and the last of all, where they are not near.
    pub far: (Option<SlotTab>, Option<SlotTab>),
    /// The day of the delivery that this is, and how many there are. None where there are too many to
    /// look at.
    pub day: Option<(usize, usize)>,
    /// Which of them this is; none when there is none.
    pub slot: Option<SlotId>,
    /// The names, by family name.
    pub names: Vec<Name>,
    /// The same by given name, as positions.
    pub by_given: Vec<u16>,
    /// The same by court, office or unit.
    pub by_workplace: Vec<u16>,
    /// Who closed the register, and when on the venue's clock.
    pub closed: Option<(String, NaiveDateTime)>,
    /// Why the half-day was called off.
    pub cancelled: Option<String>,
    /// Whether the delivery keeps no names.
    pub sealed: bool,
    /// Whether the reader may close the register and open it again.
    pub may_reopen: bool,
    /// Whether it may be written, and then whether a reason must be given.
    pub writable: Result<bool, Refusal>,
    /// Length of the half-day in minutes.
    pub minutes: i64,
    /// Today, at the venue.
    pub today: NaiveDate,
    /// The last change that the names show, in microseconds.
    pub version: i64,
    /// When this was read, in microseconds.
    pub now: i64,
    /// The same on the venue's clock.
    pub read: NaiveDateTime,
    /// The id of the next action, for the form.
    pub action: uuid::Uuid,
}

impl Register {
    /// Whether there are more half-days than are shown side by side.
    pub fn is_long(&self) -> bool {
        self.far.0.is_some() || self.far.1.is_some()
    }
}

/// What became of a name that was touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Whose place.
    pub enrolment: EnrolmentId,
    /// The mark that stands now.
    pub mark: Option<Standing>,
    /// When the last mark was taken back, if none stands.
    pub gone: Option<NaiveDateTime>,
    /// What somebody else said, until it is decided.
    pub other: Option<Story>,
}

/// What became of an action.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Marked {
    /// The names touched.
    pub rows: Vec<Answer>,
}

/// One change of one mark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// Whose place.
    pub enrolment: EnrolmentId,
    /// Whose mark.
    pub name: String,
    /// When, on the venue's clock.
    pub at: NaiveDateTime,
    /// Who changed it.
    pub by: String,
    /// How.
    pub source: MarkSource,
    /// What was there before.
    pub from: Option<Mark>,
    /// What is there since.
    pub to: Option<Mark>,
    /// Why, after the delivery.
    pub reason: String,
    /// Whether it undid what the same person had done.
    pub undid: bool,
    /// When it was made, where it was kept on a device before.
    pub made: Option<NaiveDateTime>,
    /// When that was made which stood when this was written: it did not stand.
    pub outweighed: Option<NaiveDateTime>,
}

/// What became of a half-day besides its marks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepLine {
    /// What.
    pub act: SlotAct,
    /// When, on the venue's clock.
    pub at: NaiveDateTime,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// The register of a half-day as it stood at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastRegister {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// The half-day.
    pub slot: SlotId,
    /// When it begins, on the venue's clock.
    pub starts: NaiveDateTime,
    /// Length in minutes.
    pub minutes: i64,
    /// The moment, on the venue's clock.
    pub at: NaiveDateTime,
    /// Whether the register was closed then.
    pub closed: bool,
    /// The moments of its history, the latest first.
    pub moments: Vec<NaiveDateTime>,
    /// The names, by family name, with the mark that stood then.
    pub names: Vec<(String, Option<Standing>)>,
}

/// The history of a half-day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// The half-day.
    pub slot: SlotId,
    /// When it begins, on the venue's clock.
    pub starts: NaiveDateTime,
    /// Length in minutes.
    pub minutes: i64,
    /// The person it is narrowed to.
    pub person: Option<String>,
    /// Changes, the latest first.
    pub lines: Vec<HistoryLine>,
    /// What became of the half-day besides, the latest first.
    pub steps: Vec<StepLine>,
}

/// The register of a slot; of the first one from a day on when `slot` is a day (`2026-11-24`); of the
/// nearest when it is empty.
#[server(prefix = "/_fn", endpoint = "attendance/register", input = GetUrl, output = Postcard)]
pub async fn get_register(delivery: String, slot: String) -> Result<Register, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::register(&http::ctx()?, &delivery, &slot).await }).await
}

/// Closes the register of a slot (`act` is `close`), or opens it again for a reason (`reopen`).
#[server(prefix = "/_fn", endpoint = "attendance/close")]
pub async fn close_register(delivery: String, slot: String, act: String, why: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::closing::close(&http::ctx()?, &delivery, &slot, &act, &why).await }).await
}

/// Saves the register as a form without script sends it.
#[server(prefix = "/_fn", endpoint = "attendance/save")]
pub async fn save_register(#[server(flatten)] form: RegisterForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save(&http::ctx()?, &form).await }).await
}

/// Does one action (JSON of [`super::model::Action`]) of a page with script.
#[server(prefix = "/_fn", endpoint = "attendance/mark")]
pub async fn mark_names(delivery: String, slot: String, action: String) -> Result<Marked, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::mark(&http::ctx()?, &delivery, &slot, &action).await }).await
}

/// Undoes the reader's last action in a slot; `id` is that of the undoing.
#[server(prefix = "/_fn", endpoint = "attendance/undo")]
pub async fn undo_marks(delivery: String, slot: String, id: String) -> Result<Marked, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::undo(&http::ctx()?, &delivery, &slot, &id).await }).await
}
