//! Server functions of signed sheets, and what they send.

use super::model::PaperForm;
use crate::{
    attendance::model::MarkState,
    common::{
        error::{AppError, Refusal},
        forms::Done,
        ids::{DeliveryId, EnrolmentId, ScanId, SlotId},
    },
};
use chrono::NaiveDateTime;
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};

/// A row of the sheet, as it was printed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaperLine {
    /// The place.
    pub id: EnrolmentId,
    /// The name, or what stands instead.
    pub name: String,
    /// Court, office or unit; empty where that would tell who it is.
    pub workplace: String,
    /// What is marked already.
    pub state: Option<MarkState>,
}

/// A scan in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanLine {
    /// Its id.
    pub id: ScanId,
    /// The file's name.
    pub name: String,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Who added it.
    pub by: String,
    /// When, on the venue's clock.
    pub at: NaiveDateTime,
    /// Who withdrew it, when and why.
    pub withdrawn: Option<(String, NaiveDateTime, String)>,
}

/// The page of a half-day's paper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// The half-day.
    pub slot: SlotId,
    /// When it begins, on the venue's clock.
    pub starts: NaiveDateTime,
    /// Whether the register may be written, and then whether a reason must be given.
    pub writable: Result<bool, Refusal>,
    /// The rows, in the order of the sheet.
    pub lines: Vec<PaperLine>,
    /// Scans, the oldest first.
    pub scans: Vec<ScanLine>,
    /// The largest scan, in MiB.
    pub max_mib: u64,
    /// The id of the next action, for the form.
    pub action: uuid::Uuid,
}

/// A half-day's paper: its rows to key, its scans.
#[server(prefix = "/_fn", endpoint = "attendance/paper", input = GetUrl, output = Postcard)]
pub async fn get_paper(delivery: String, slot: String) -> Result<Paper, AppError> {
    use crate::platform::http;
    http::answer(async { super::keying::paper(&http::ctx()?, &delivery, &slot).await }).await
}

/// Saves what was keyed from a signed sheet.
#[server(prefix = "/_fn", endpoint = "attendance/key-paper")]
pub async fn key_paper(#[server(flatten)] form: PaperForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::keying::key(&http::ctx()?, &form).await }).await
}

/// Withdraws a scan; it stays in the list, with the reason.
#[server(prefix = "/_fn", endpoint = "attendance/withdraw-scan")]
pub async fn withdraw_scan(
    delivery: String,
    slot: String,
    scan: String,
    #[server(default)] reason: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::keying::withdraw(&http::ctx()?, &delivery, &slot, &scan, &reason).await }).await
}
