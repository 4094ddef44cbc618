//! Server functions of import and export, and what they send.

use super::model::{DayOrder, DraftForm, Tool, Why};
use crate::{
    attendance::model::{Mark, MarkState},
    common::{
        error::{AppError, Refusal},
        forms::Done,
        ids::{DeliveryId, EnrolmentId, SlotId},
    },
};
use chrono::NaiveDateTime;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The page from which files go out and come in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// How many hold a place.
    pub people: i64,
    /// How many half-days there are.
    pub slots: i64,
    /// Whether the register may be written, and then whether a reason must be given.
    pub writable: Result<bool, Refusal>,
}

/// A change that a draft would make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Whose mark.
    pub name: String,
    /// When the half-day begins, on the venue's clock.
    pub starts: NaiveDateTime,
    /// Its length in minutes.
    pub length: i64,
    /// What stands.
    pub from: Option<Mark>,
    /// What would stand.
    pub to: Mark,
}

/// Something of the file that was not taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Untaken {
    /// A cell, a column or a row.
    pub at: String,
    /// The text.
    pub text: String,
    /// Why.
    pub why: Why,
}

/// Somebody of the file who was not found among those who hold a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unmatched {
    /// Their number in the file.
    pub key: u32,
    /// What the file calls them.
    pub label: String,
    /// What else it says: an address, a time.
    pub detail: String,
    /// Their row.
    pub at: String,
    /// Who was chosen.
    pub chosen: Option<EnrolmentId>,
    /// Those with a name most like theirs, the likest first.
    pub near: Vec<EnrolmentId>,
}

/// A half-day that a log touches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Touched {
    /// Its id.
    pub slot: SlotId,
    /// When it begins, on the venue's clock.
    pub starts: NaiveDateTime,
    /// Whether the log is taken for it.
    pub taken: bool,
}

/// What may be chosen for a log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogChoices {
    /// The order of days and months that is taken; none where it must be chosen.
    pub order: Option<DayOrder>,
    /// Whether the file leaves it open.
    pub ask_order: bool,
    /// The zone of its times.
    pub zone: String,
    /// All zones.
    pub zones: Vec<String>,
    /// Minutes that may be missing.
    pub tolerance: i64,
    /// Fewer minutes are absence.
    pub least: i64,
    /// Whether who never appears is absent.
    pub absent: bool,
    /// The remark with each mark.
    pub note: String,
    /// The half-days it touches.
    pub slots: Vec<Touched>,
}

/// The dry run of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// The draft.
    pub id: uuid::Uuid,
    /// What the file is.
    pub tool: Tool,
    /// Its name.
    pub file: String,
    /// When it was entered, on the venue's clock, and how many marks were.
    pub done: Option<(NaiveDateTime, i64)>,
    /// Whether the register may be written, and then whether a reason must be given.
    pub writable: Result<bool, Refusal>,
    /// Stands for exactly these changes: sent with the form, so that nothing else is entered.
    pub seen: String,
    /// How many marks would be made where there is none.
    pub fresh: i64,
    /// How many marks would be changed.
    pub changed: i64,
    /// How many stand already as the file has them.
    pub same: i64,
    /// Half-days whose register is closed, when they begin, and how many marks of the file are not taken for it.
    pub closed: Vec<(SlotId, NaiveDateTime, i64)>,
    /// Some of the changes.
    pub lines: Vec<Line>,
    /// Which of them is the first shown, from 0.
    pub first: i64,
    /// What was not taken: the first of it.
    pub untaken: Vec<Untaken>,
    /// How much was not taken.
    pub untaken_count: i64,
    /// Who was not found: the first of them.
    pub unmatched: Vec<Unmatched>,
    /// How many were not found.
    pub unmatched_count: i64,
    /// Those who may be chosen: places whose names the file does not have.
    pub people: Vec<(EnrolmentId, String)>,
    /// Columns that were not read: letters and heading.
    pub ignored: Vec<(String, String)>,
    /// What an X is taken for, where there is one whose meaning is open.
    pub x: Option<MarkState>,
    /// What an E is taken for, likewise.
    pub e: Option<MarkState>,
    /// What may be chosen for a log.
    pub log: Option<LogChoices>,
}

/// How many changes are shown at once.
pub const LINES: usize = 500;

/// Looks again with other choices, enters what was seen, or throws the draft away.
#[server(prefix = "/_fn", endpoint = "attendance/enter-draft")]
pub async fn enter_draft(#[server(flatten)] form: DraftForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::act(&http::ctx()?, &form).await }).await
}
