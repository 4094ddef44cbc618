//! Background work: enqueued in the transaction of its cause, claimed by one worker at a time,
//! retried with back-off, then parked where an administrator sees it.

use super::{
    context::{App, Ctx},
    db::{DbError, Tx, patiently},
    store::{self, JobRow},
};
use crate::common::{error::AppError, ids::DeliveryId};
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a claimed job may run before another worker takes it.
const CLAIM: TimeDelta = TimeDelta::minutes(5);
/// Tries before a job is parked.
const TRIES: i64 = 6;

/// What does a kind of job. It must bear being run twice.
pub type Handler = fn(Ctx, String) -> BoxFuture<'static, Result<(), AppError>>;

/// The kinds of jobs and what does them.
pub type Handlers = &'static [(&'static str, Handler)];

/// Adds a job to the transaction that causes it, due at once.
pub async fn enqueue(cx: &Ctx, tx: &mut Tx, kind: &str, payload: &impl Serialize) -> Result<(), DbError> {
    enqueue_at(cx, tx, kind, payload, cx.now(), None).await
}

/// Adds a job unless one with the same key already waits.
pub async fn enqueue_once(
    cx: &Ctx,
    tx: &mut Tx,
    kind: &str,
    payload: &impl Serialize,
    key: &str,
) -> Result<(), DbError> {
    enqueue_at(cx, tx, kind, payload, cx.now(), Some(key)).await
}

/// The job of `reporting` that counts the numbers anew.
pub const COUNT: &str = "reporting.refresh";
/// The job of `completion` that looks at who has completed a delivery.
pub const LOOK: &str = "completion.look";

/// The job of `reporting` that adds up the attendance of a delivery.
pub const SUM: &str = "reporting.attendance";

/// The job of `trainers` that looks at what a delivery means for licences.
pub const LICENCES: &str = "trainers.look";

/// What a job about a delivery is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct About {
    /// The delivery.
    pub delivery: DeliveryId,
}

/// Asks that the numbers be counted again: once for many changes.
pub async fn count_again(cx: &Ctx, tx: &mut Tx) -> Result<(), DbError> {
    enqueue_once(cx, tx, COUNT, &(), COUNT).await
}

/// Asks for a look at who has completed a delivery: once for many changes.
pub async fn look_again(cx: &Ctx, tx: &mut Tx, delivery: DeliveryId) -> Result<(), DbError> {
    enqueue_once(cx, tx, LOOK, &About { delivery }, &format!("{LOOK}:{delivery}")).await
}

/// Asks that the attendance of a delivery be added up: once for many changes.
pub async fn sum_again(cx: &Ctx, tx: &mut Tx, delivery: DeliveryId) -> Result<(), DbError> {
    enqueue_once(cx, tx, SUM, &About { delivery }, &format!("{SUM}:{delivery}")).await
}

/// Asks for a look at what a delivery means for trainers' licences: once for many changes.
pub async fn licences_again(cx: &Ctx, tx: &mut Tx, delivery: DeliveryId) -> Result<(), DbError> {
    enqueue_once(cx, tx, LICENCES, &About { delivery }, &format!("{LICENCES}:{delivery}")).await
}

/// Asks for the next run of a daily job, a day from now. Such a job asks for it itself, before anything else.
pub async fn tomorrow(cx: &Ctx, tx: &mut Tx, kind: &str) -> Result<(), DbError> {
    enqueue_at(cx, tx, kind, &(), cx.now() + TimeDelta::days(1), Some(kind)).await
}

/// Sees to it that daily jobs run: each at once, unless its next run waits already.
pub async fn start_daily(app: &App, kinds: &[&str]) -> Result<(), DbError> {
    let cx = Ctx::internal(app);
    let mut tx = cx.begin().await?;
    for kind in kinds {
        enqueue_once(&cx, &mut tx, kind, &(), kind).await?;
    }
    tx.commit().await
}

/// Adds a job for a time.
pub async fn enqueue_at(
    cx: &Ctx,
    tx: &mut Tx,
    kind: &str,
    payload: &impl Serialize,
    at: DateTime<Utc>,
    key: Option<&str>,
) -> Result<(), DbError> {
    let payload = serde_json::to_string(payload).unwrap_or_default();
    store::add_job(tx, cx.app.id(), kind, &payload, at, key, cx.now()).await?;
    // The worker looks again within a second even if this comes before the commit.
    cx.app.jobs_waiting.notify_one();
    Ok(())
}

/// Works until told to stop; the job at hand is finished first.
pub async fn work(app: App, handlers: Handlers, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match step(&app, handlers).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = app.jobs_waiting.notified() => tokio::time::sleep(Duration::from_millis(30)).await,
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "the job table could not be read; trying again in five seconds");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(Duration::from_secs(5)) => {}
                }
            }
        }
    }
}

/// Does everything that is due now; for tests and commands.
pub async fn drain(app: &App, handlers: Handlers) -> Result<usize, DbError> {
    let mut done = 0;
    while step(app, handlers).await? {
        done += 1;
    }
    Ok(done)
}

/// Does one job; false when none is due.
async fn step(app: &App, handlers: Handlers) -> Result<bool, DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let job = store::claim_job(&mut tx, now, now + CLAIM).await?;
    tx.commit().await?;
    let Some(job) = job else { return Ok(false) };
    let outcome = run(app, handlers, &job).await;
    let now = app.now();
    let mut tx = app.db.begin().await?;
    match outcome {
        Ok(()) => store::finish_job(&mut tx, job.id, now).await?,
        Err(error) if job.attempts >= TRIES => {
            tracing::error!(job = %job.id, kind = job.kind, %error, "job parked after {TRIES} tries");
            store::park_job(&mut tx, job.id, &error, now).await?;
        }
        Err(error) => {
            let wait = back_off(job.attempts);
            tracing::warn!(job = %job.id, kind = job.kind, %error, "job failed, next try in {} s", wait.num_seconds());
            store::retry_job(&mut tx, job.id, now + wait, &error).await?;
        }
    }
    tx.commit().await?;
    metrics::counter!("magistra_jobs_total", "kind" => job.kind).increment(1);
    Ok(true)
}

async fn run(app: &App, handlers: Handlers, job: &JobRow) -> Result<(), String> {
    let Some((_, handler)) = handlers.iter().find(|(kind, _)| *kind == job.kind) else {
        return Err(format!("no handler for jobs of kind {}", job.kind));
    };
    // A panic in one job must not end the worker.
    let task = tokio::spawn(patiently(handler(Ctx::internal(app), job.payload.clone())));
    match task.await {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(error) => Err(format!("panicked: {error}")),
    }
}

/// 15 s, then four times as long each time: about six hours in all before a job is parked.
fn back_off(attempts: i64) -> TimeDelta {
    let power = u32::try_from(attempts.clamp(1, 8) - 1).unwrap_or(0);
    TimeDelta::seconds(15 * 4_i64.pow(power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time() {
        let waits: Vec<_> = (1..TRIES).map(|n| back_off(n).num_seconds()).collect();
        assert_eq!(waits, [15, 60, 240, 960, 3840]);
    }
}
