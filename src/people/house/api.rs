//! Server functions for whoever runs the house.

use super::model::BackupState;
use crate::common::{error::AppError, forms::Done, ids::JobId, lane::Lane};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobLine {
    /// Its id.
    pub id: JobId,
    /// What was to be done.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last try failed.
    pub error: String,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
}

/// A lane of background work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaneLine {
    /// Which.
    pub lane: Lane,
    /// How many jobs wait or run, those for later included.
    pub waiting: i64,
    /// For how many minutes the oldest of them has been due; none when none is.
    pub late_minutes: Option<i64>,
    /// When one was last done.
    pub last_done: Option<DateTime<Utc>>,
    /// Whether something has been due for long and nothing gets done.
    pub stands: bool,
}

/// The state of background work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobsView {
    /// Jobs that were given up, newest first.
    pub parked: Vec<JobLine>,
    /// How many wait or run.
    pub waiting: i64,
    /// Each lane.
    pub lanes: Vec<LaneLine>,
    /// The mail server's host; none when there is none.
    pub mail_server: Option<String>,
    /// Where letters are written without one.
    pub mail_folder: String,
    /// How it stands with backups.
    pub backup: BackupView,
}

/// How it stands with backups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BackupView {
    /// Whether there is something to worry about.
    pub state: BackupState,
    /// When the last backup was verified that was.
    pub verified_at: Option<DateTime<Utc>>,
    /// Its size in bytes.
    pub size: i64,
    /// How many files the store lacked then, or had changed.
    pub lacking: i64,
    /// When a backup failed after it, and why.
    pub failed: Option<(DateTime<Utc>, String)>,
}

/// Lets a parked job run again.
#[server(prefix = "/_fn", endpoint = "house/retry-job")]
pub async fn retry_job(id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::retry(&http::ctx()?, &id).await }).await
}
