//! Server functions of countings, and what they send.

use super::model::{CountForm, Heads};
use crate::common::{
    error::{AppError, Refusal},
    forms::Done,
    ids::{DeliveryId, SlotId},
};
use chrono::NaiveDateTime;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A counting in the history of a half-day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountLine {
    /// When, on the venue's clock.
    pub at: NaiveDateTime,
    /// By whom.
    pub by: String,
    /// How many in all.
    pub total: i64,
    /// Why, where the delivery was over.
    pub reason: String,
}

/// The counting of a half-day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountPage {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its half-days: when each begins on the venue's clock, and how many came.
    pub slots: Vec<(SlotId, NaiveDateTime, Option<i64>)>,
    /// The half-day shown.
    pub slot: SlotId,
    /// What stands.
    pub heads: Vec<Heads>,
    /// The counting that stands; empty where there is none.
    pub seen: String,
    /// Whether what is shown was taken over from the half-day before, and is not yet counted.
    pub proposed: bool,
    /// Areas to count: code and name.
    pub areas: Vec<(String, String)>,
    /// Areas that could be added.
    pub more: Vec<(String, String)>,
    /// Countings so far, the latest first.
    pub history: Vec<CountLine>,
    /// Whether it may be written, and then whether a reason must be given.
    pub writable: Result<bool, Refusal>,
    /// The id of the next counting.
    pub next: uuid::Uuid,
    /// Whether the footnote on an area's name belongs under the page.
    pub footnote: bool,
}

/// Saves a counting.
#[server(prefix = "/_fn", endpoint = "attendance/count")]
pub async fn save_counts(#[server(flatten)] form: CountForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save(&http::ctx()?, &form).await }).await
}
