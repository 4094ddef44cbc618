//! SQL of jobs.

use super::db::{DbError, Handle, Tx};
use crate::{common::ids::JobId, execute, fetch_all, fetch_one, fetch_optional, statements};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

statements! {
    JOB_ADD = "INSERT INTO job (id, kind, payload, state, run_at, due_at, dedupe_key, created_at)
        VALUES ($1, $2, $3, 'queued', $4, $4, $5, $6) ON CONFLICT DO NOTHING";
    // Kinds are ';a;b;': what this version does not know stays for a server that does.
    JOB_NEXT -> (JobId,) = "SELECT id FROM job WHERE $2 LIKE '%;' || kind || ';%'
            AND ((state = 'queued' AND run_at <= $1) OR (state = 'running' AND (claimed_until < $1 OR claimed_until > $3)))
        ORDER BY run_at, id LIMIT 1";
    JOB_CLAIM = "UPDATE job SET state = 'running', attempts = attempts + 1, claim = $2, claimed_until = $4 WHERE id = $1
            AND ((state = 'queued' AND run_at <= $3) OR (state = 'running' AND (claimed_until < $3 OR claimed_until > $5)))";
    JOB_GET -> JobRow = "SELECT id, kind, payload, attempts, last_error, run_at, created_at FROM job WHERE id = $1";
    JOB_RENEW = "UPDATE job SET claimed_until = $3 WHERE id = $1 AND claim = $2 AND state = 'running'";
    // A letter that carries a secret link is kept no longer than it takes to send it.
    JOB_DONE = "UPDATE job SET state = 'done', finished_at = $3, claim = NULL, claimed_until = NULL, last_error = NULL,
            payload = CASE WHEN kind = 'mail' AND payload LIKE '%\"secret\":true%' THEN '' ELSE payload END
        WHERE id = $1 AND claim = $2 AND state = 'running'";
    JOB_RETRY = "UPDATE job SET state = 'queued', run_at = $3, last_error = $4, claim = NULL, claimed_until = NULL, dedupe_key = NULL
        WHERE id = $1 AND claim = $2 AND state = 'running'";
    JOB_RELEASE = "UPDATE job SET state = 'queued', run_at = $3, attempts = attempts - 1, claim = NULL, claimed_until = NULL,
            dedupe_key = NULL
        WHERE id = $1 AND claim = $2 AND state = 'running'";
    JOB_PARK = "UPDATE job SET state = 'parked', finished_at = $3, last_error = $4, claim = NULL, claimed_until = NULL
        WHERE id = $1 AND claim = $2 AND state = 'running'";
    JOB_UNPARK = "UPDATE job SET state = 'queued', run_at = $2, due_at = $2, attempts = 0, dedupe_key = NULL
        WHERE id = $1 AND state = 'parked'";
    // What was tried already waits an hour or two at most, whatever its kind.
    JOBS_TOO_FAR = "UPDATE job SET run_at = $1, due_at = $1 WHERE state = 'queued' AND run_at > $2 AND $3 LIKE '%;' || kind || ';%'
            AND (attempts > 0 OR NOT ($4 LIKE '%;' || kind || ';%'))";
    JOBS_PARKED -> JobRow = "SELECT id, kind, payload, attempts, last_error, run_at, created_at FROM job
        WHERE state = 'parked' ORDER BY id DESC LIMIT 200";
    JOBS_WAITING -> (i64,) = "SELECT COUNT(*) FROM job WHERE state IN ('queued', 'running')";
    JOB_OLDEST_DUE -> (DateTime<Utc>,) = "SELECT run_at FROM job WHERE state = 'queued' AND run_at <= $1 ORDER BY run_at LIMIT 1";
    JOBS_OPEN -> OpenRow = "SELECT kind, COUNT(*) AS waiting, CAST(SUM(CASE WHEN COALESCE(due_at, run_at) <= $1 THEN 1 ELSE 0 END) AS BIGINT) AS due,
            MIN(CASE WHEN COALESCE(due_at, run_at) <= $1 THEN COALESCE(due_at, run_at) END) AS oldest
        FROM job WHERE state IN ('queued', 'running') GROUP BY kind";
    JOBS_LAST -> (String, Option<DateTime<Utc>>) = "SELECT kind, MAX(finished_at) AS last FROM job WHERE state = 'done' AND finished_at <= $1 GROUP BY kind";
    KIND_LAST -> (Option<DateTime<Utc>>,) = "SELECT MAX(finished_at) AS last FROM job WHERE state = 'done' AND kind = $1 AND finished_at <= $2";
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

/// A job to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewJob<'a> {
    /// Its id; a job with the same id makes this one needless.
    pub id: JobId,
    /// What is to be done.
    pub kind: &'a str,
    /// With what: JSON.
    pub payload: &'a str,
    /// When.
    pub run_at: DateTime<Utc>,
    /// A job that waits under the same key makes this one needless.
    pub dedupe_key: Option<&'a str>,
}

/// Adds a job; false when it is needless.
pub async fn add_job(tx: &mut Tx, job: NewJob<'_>, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, JOB_ADD, job.id, job.kind, job.payload, job.run_at, job.dedupe_key, now).map(|rows| rows == 1)
}

/// The job of some kinds (`;a;b;`) that is due longest. A claim that ends after `bogus` was made by a clock that
/// was wrong and counts for nothing.
pub async fn next_job(
    h: &mut impl Handle,
    kinds: &str,
    now: DateTime<Utc>,
    bogus: DateTime<Utc>,
) -> Result<Option<JobId>, DbError> {
    let next: Option<(JobId,)> = fetch_optional!(h, JOB_NEXT, now, kinds, bogus)?;
    Ok(next.map(|(id,)| id))
}

/// What a worker holds a job by.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// The job.
    pub job: JobId,
    /// Known to this worker only.
    pub token: Uuid,
}

/// Claims a job until a time; none when another worker was faster. See [`next_job`] for `bogus`.
pub async fn claim_job(
    tx: &mut Tx,
    claim: Claim,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    bogus: DateTime<Utc>,
) -> Result<Option<JobRow>, DbError> {
    if execute!(tx, JOB_CLAIM, claim.job, claim.token, now, until, bogus)? == 0 {
        return Ok(None);
    }
    fetch_optional!(tx, JOB_GET, claim.job)
}

/// Lets a claim last until a time; false when it is lost.
pub async fn renew_job(tx: &mut Tx, claim: Claim, until: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, JOB_RENEW, claim.job, claim.token, until).map(|rows| rows == 1)
}

/// Marks a job as done; false when the claim is lost.
pub async fn finish_job(tx: &mut Tx, claim: Claim, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, JOB_DONE, claim.job, claim.token, now).map(|rows| rows == 1)
}

/// Puts a failed job back for later; false when the claim is lost.
pub async fn retry_job(tx: &mut Tx, claim: Claim, run_at: DateTime<Utc>, error: &str) -> Result<bool, DbError> {
    execute!(tx, JOB_RETRY, claim.job, claim.token, run_at, error).map(|rows| rows == 1)
}

/// Puts a job back as if it had not been tried; false when the claim is lost.
pub async fn release_job(tx: &mut Tx, claim: Claim, run_at: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, JOB_RELEASE, claim.job, claim.token, run_at).map(|rows| rows == 1)
}

/// Gives a job up until somebody looks at it; false when the claim is lost.
pub async fn park_job(tx: &mut Tx, claim: Claim, error: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, JOB_PARK, claim.job, claim.token, now, error).map(|rows| rows == 1)
}

/// Lets a parked job run again; false when it is not parked.
pub async fn unpark_job(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, JOB_UNPARK, id, now).map(|rows| rows == 1)
}

/// Makes jobs due now that are due after `furthest`, further than they could have been asked for: those of `kinds`,
/// and of them those of `dated`, whose time is a date on record, only where they were tried before. Says how many.
pub async fn bring_back(
    tx: &mut Tx,
    now: DateTime<Utc>,
    furthest: DateTime<Utc>,
    kinds: &str,
    dated: &str,
) -> Result<u64, DbError> {
    execute!(tx, JOBS_TOO_FAR, now, furthest, kinds, dated)
}

/// When the job was due that has waited longest; none when nothing is due.
pub async fn oldest_due_job(h: &mut impl Handle, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, DbError> {
    let oldest = fetch_optional!(h, JOB_OLDEST_DUE, now)?;
    Ok(oldest.map(|(run_at,)| run_at))
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

/// What waits of a kind.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OpenRow {
    /// The kind.
    pub kind: String,
    /// How many jobs wait or run.
    pub waiting: i64,
    /// How many of them are due.
    pub due: i64,
    /// Since when the oldest of these has been due.
    pub oldest: Option<DateTime<Utc>>,
}

/// What waits, by kind. One statement.
pub async fn open_jobs(h: &mut impl Handle, now: DateTime<Utc>) -> Result<Vec<OpenRow>, DbError> {
    fetch_all!(h, JOBS_OPEN, now)
}

/// When each kind was last done. One statement.
pub async fn last_done(
    h: &mut impl Handle,
    now: DateTime<Utc>,
) -> Result<Vec<(String, Option<DateTime<Utc>>)>, DbError> {
    fetch_all!(h, JOBS_LAST, now)
}

/// When a kind was last done.
pub async fn kind_last_done(
    h: &mut impl Handle,
    kind: &str,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DbError> {
    let (last,): (Option<DateTime<Utc>>,) = fetch_one!(h, KIND_LAST, kind, now)?;
    Ok(last)
}
