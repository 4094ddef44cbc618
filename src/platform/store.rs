//! SQL of jobs, audit and files.

use super::db::{DbError, Handle, Tx};
use crate::{
    common::ids::{FileId, JobId, PersonId},
    execute, fetch_all, fetch_one, fetch_optional, statements,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

statements! {
    JOB_ADD = "INSERT INTO job (id, kind, payload, state, run_at, dedupe_key, created_at)
        VALUES ($1, $2, $3, 'queued', $4, $5, $6) ON CONFLICT DO NOTHING";
    JOB_NEXT = "SELECT id FROM job WHERE (state = 'queued' AND run_at <= $1) OR (state = 'running' AND claimed_until < $1)
        ORDER BY run_at, id LIMIT 1";
    JOB_CLAIM = "UPDATE job SET state = 'running', attempts = attempts + 1, claimed_until = $3
        WHERE id = $1 AND ((state = 'queued' AND run_at <= $2) OR (state = 'running' AND claimed_until < $2))";
    JOB_GET = "SELECT id, kind, payload, attempts, last_error, run_at, created_at FROM job WHERE id = $1";
    JOB_DONE = "UPDATE job SET state = 'done', finished_at = $2, claimed_until = NULL, last_error = NULL WHERE id = $1";
    JOB_RETRY = "UPDATE job SET state = 'queued', run_at = $2, last_error = $3, claimed_until = NULL, dedupe_key = NULL WHERE id = $1";
    JOB_PARK = "UPDATE job SET state = 'parked', last_error = $2, finished_at = $3, claimed_until = NULL WHERE id = $1";
    JOB_UNPARK = "UPDATE job SET state = 'queued', run_at = $2, attempts = 0, dedupe_key = NULL WHERE id = $1 AND state = 'parked'";
    JOBS_PARKED = "SELECT id, kind, payload, attempts, last_error, run_at, created_at FROM job
        WHERE state = 'parked' ORDER BY id DESC LIMIT 200";
    JOBS_WAITING = "SELECT COUNT(*) FROM job WHERE state IN ('queued', 'running')";
    JOB_OLDEST_DUE = "SELECT run_at FROM job WHERE state = 'queued' AND run_at <= $1 ORDER BY run_at LIMIT 1";
    JOBS_FORGET = "DELETE FROM job WHERE state = 'done' AND finished_at < $1";
    AUDIT_ADD = "INSERT INTO audit (id, at, person_id, action, record, record_id, source, before, after)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FILE_ADD = "INSERT INTO file (id, key, name, media_type, size, sha256, uploaded_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FILE_GET = "SELECT id, key, name, media_type, size, sha256 FROM file WHERE id = $1";
}

/// A job as the worker and the administrator see it.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// With what: JSON.
    pub payload: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it is due.
    pub run_at: DateTime<Utc>,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
}

/// Adds a job; one that waits under the same key makes this one needless.
pub async fn add_job(
    tx: &mut Tx,
    id: JobId,
    kind: &str,
    payload: &str,
    run_at: DateTime<Utc>,
    dedupe_key: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, JOB_ADD, id, kind, payload, run_at, dedupe_key, now).map(|_| ())
}

/// Claims the job that is due longest; none when nothing is due or another worker was faster.
pub async fn claim_job(tx: &mut Tx, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Option<JobRow>, DbError> {
    let next: Option<(JobId,)> = fetch_optional!(tx, JOB_NEXT, now)?;
    let Some((id,)) = next else { return Ok(None) };
    if execute!(tx, JOB_CLAIM, id, now, until)? == 0 {
        return Ok(None);
    }
    fetch_optional!(tx, JOB_GET, id)
}

/// Marks a job as done.
pub async fn finish_job(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, JOB_DONE, id, now).map(|_| ())
}

/// Puts a failed job back for later.
pub async fn retry_job(tx: &mut Tx, id: JobId, run_at: DateTime<Utc>, error: &str) -> Result<(), DbError> {
    execute!(tx, JOB_RETRY, id, run_at, error).map(|_| ())
}

/// Gives a job up until somebody looks at it.
pub async fn park_job(tx: &mut Tx, id: JobId, error: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, JOB_PARK, id, error, now).map(|_| ())
}

/// Lets a parked job run again; false when it is not parked.
pub async fn unpark_job(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, JOB_UNPARK, id, now).map(|rows| rows == 1)
}

/// Jobs that were given up, newest first.
pub async fn parked_jobs(h: &mut impl Handle) -> Result<Vec<JobRow>, DbError> {
    fetch_all!(h, JOBS_PARKED)
}

/// How many jobs wait or run.
pub async fn waiting_jobs(h: &mut impl Handle) -> Result<i64, DbError> {
    let (count,): (i64,) = fetch_one!(h, JOBS_WAITING)?;
    Ok(count)
}

/// When the job was due that has waited longest; none when nothing is due.
pub async fn oldest_due_job(h: &mut impl Handle, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, DbError> {
    let oldest: Option<(DateTime<Utc>,)> = fetch_optional!(h, JOB_OLDEST_DUE, now)?;
    Ok(oldest.map(|(run_at,)| run_at))
}

/// Forgets jobs that were done before a time.
pub async fn forget_jobs(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, DbError> {
    execute!(tx, JOBS_FORGET, before)
}

/// One line of the audit trail.
pub struct AuditRow<'a> {
    /// Its id.
    pub id: uuid::Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; none for background work.
    pub person: Option<PersonId>,
    /// What was done.
    pub action: &'a str,
    /// To which kind of record.
    pub record: &'a str,
    /// To which one.
    pub record_id: String,
    /// From where.
    pub source: &'a str,
    /// The record before, as JSON.
    pub before: Option<String>,
    /// The record after, as JSON.
    pub after: Option<String>,
}

/// Writes a line of the audit trail.
pub async fn add_audit(tx: &mut Tx, row: AuditRow<'_>) -> Result<(), DbError> {
    execute!(
        tx,
        AUDIT_ADD,
        row.id,
        row.at,
        row.person,
        row.action,
        row.record,
        row.record_id,
        row.source,
        row.before,
        row.after
    )
    .map(|_| ())
}

/// A stored file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct FileRow {
    /// Its id.
    pub id: FileId,
    /// Where its bytes are in the object store.
    pub key: String,
    /// The name to show and to save under.
    pub name: String,
    /// Its media type, found from its bytes.
    pub media_type: String,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
}

/// Records a file whose bytes are stored.
pub async fn add_file(tx: &mut Tx, file: &FileRow, by: Option<PersonId>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, FILE_ADD, file.id, &file.key, &file.name, &file.media_type, file.size, &file.sha256, by, now)
        .map(|_| ())
}

/// The record of a file.
pub async fn file(h: &mut impl Handle, id: FileId) -> Result<Option<FileRow>, DbError> {
    fetch_optional!(h, FILE_GET, id)
}
