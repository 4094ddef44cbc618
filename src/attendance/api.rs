//! Server functions of the register, and what they send.

use super::model::{Mark, MarkSource, RegisterForm};
use crate::common::{
    error::{AppError, Refusal},
    forms::Done,
    ids::{DeliveryId, EnrolmentId, SlotId},
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
    /// When, on the venue's clock.
    pub at: NaiveDateTime,
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
    /// The mark that stands.
    pub mark: Option<Standing>,
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
    /// The day of the delivery that this is, and how many there are.
    pub day: (usize, usize),
    /// Which of them this is; none when there is none.
    pub slot: Option<SlotId>,
    /// The names, by family name.
    pub names: Vec<Name>,
    /// Whether it may be written, and then whether a reason must be given.
    pub writable: Result<bool, Refusal>,
    /// Length of the half-day in minutes.
    pub minutes: i64,
    /// Today, at the venue.
    pub today: NaiveDate,
    /// When this was read, in microseconds.
    pub version: i64,
    /// The id of the next action, for the form.
    pub action: uuid::Uuid,
}

/// What became of a name that was touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Whose place.
    pub enrolment: EnrolmentId,
    /// The mark that stands now.
    pub mark: Option<Standing>,
    /// Whether somebody else had changed it, so that it was left.
    pub clash: bool,
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
}

/// The register of a slot; of the nearest when `slot` is empty.
#[server(prefix = "/_fn", endpoint = "attendance/register", input = GetUrl, output = Postcard)]
pub async fn get_register(delivery: String, slot: String) -> Result<Register, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::register(&http::ctx()?, &delivery, &slot).await }).await
}

/// Every change of the marks of a slot, or of one person's in it.
#[server(prefix = "/_fn", endpoint = "attendance/history", input = GetUrl, output = Postcard)]
pub async fn get_mark_history(delivery: String, slot: String, person: String) -> Result<History, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::history(&http::ctx()?, &delivery, &slot, &person).await }).await
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
