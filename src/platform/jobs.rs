//! Background work: enqueued in the transaction of its cause, done in the lane of its kind by one worker at a
//! time, given up after the lane's deadline, retried with back-off, then parked where an administrator sees it.
//! [`work`] has the workers, [`watch`] sees to it that no lane stands still.

pub mod watch;
pub mod work;

pub use work::{Pace, drain, work};

use super::{
    context::{App, Ctx},
    db::{DbError, Tx},
    job_store::{self as store, NewJob},
};
use crate::common::{
    error::AppError,
    ids::{DeliveryId, JobId},
    lane::Lane,
};
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// What does a kind of job. It must bear being run twice.
pub type Handler = fn(Ctx, String) -> BoxFuture<'static, Result<(), AppError>>;

/// A kind of job.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name: lower-case letters, dots and underscores.
    pub name: &'static str,
    /// Whose workers do it.
    pub lane: Lane,
    /// Whether it is asked for at a date on record, however far ahead. Any other is asked for at most
    /// [`FURTHEST`] ahead.
    pub dated: bool,
    /// What does it.
    pub run: Handler,
}

impl Kind {
    /// A kind of job of a lane.
    pub const fn new(lane: Lane, name: &'static str, run: Handler) -> Self {
        Self { name, lane, dated: false, run }
    }

    /// The same, asked for at a date on record.
    pub const fn dated(self) -> Self {
        Self { dated: true, ..self }
    }
}

/// The kinds of jobs that this version knows.
pub type Handlers = &'static [Kind];

/// No job is asked for further ahead than this, unless its time is a date on record; the daily ones come closest.
pub const FURTHEST: TimeDelta = TimeDelta::days(2);

/// Names of kinds as statements take them: `;a;b;`.
fn names<'a>(kinds: impl IntoIterator<Item = &'a Kind>) -> String {
    kinds.into_iter().fold(String::from(";"), |list, kind| list + kind.name + ";")
}

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
    let job = NewJob { id: cx.app.id(), kind, payload: &payload, run_at: at, dedupe_key: key };
    add(cx, tx, job).await.map(|_| ())
}

/// Adds a job under an id, due at once; false when there is one of that id already, done or not.
pub async fn enqueue_as(
    cx: &Ctx,
    tx: &mut Tx,
    id: JobId,
    kind: &str,
    payload: &impl Serialize,
) -> Result<bool, DbError> {
    let payload = serde_json::to_string(payload).unwrap_or_default();
    add(cx, tx, NewJob { id, kind, payload: &payload, run_at: cx.now(), dedupe_key: None }).await
}

async fn add(cx: &Ctx, tx: &mut Tx, job: NewJob<'_>) -> Result<bool, DbError> {
    let added = store::add_job(tx, job, cx.now()).await?;
    // Workers look again within a second even if this comes before the commit.
    cx.app.jobs_waiting.notify_waiters();
    Ok(added)
}

/// Whether a daily job ran lately, or never. Where its last run is days ago the server was off, or the clock
/// jumped: what cannot be undone then waits for the next day, by which a clock is usually right again.
pub async fn steady(cx: &Ctx, kind: &str) -> Result<bool, DbError> {
    let last = store::kind_last_done(&mut cx.read().await?, kind, cx.now()).await?;
    Ok(last.is_none_or(|last| cx.now() - last <= LATELY))
}

/// A daily job that ran within this time ran lately.
const LATELY: TimeDelta = TimeDelta::days(3);

/// Makes jobs due that wait for a time further ahead than they can have been asked for: the clock was wrong when
/// they were. Says how many.
pub async fn bring_back(app: &App, kinds: Handlers) -> Result<u64, DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let dated = names(kinds.iter().filter(|kind| kind.dated));
    let moved = store::bring_back(&mut tx, now, now + FURTHEST, &names(kinds), &dated).await?;
    tx.commit().await?;
    if moved > 0 {
        tracing::error!(
            jobs = moved,
            "jobs waited for a time that none is asked for: the clock was wrong; they are due now"
        );
        app.jobs_waiting.notify_waiters();
    }
    Ok(moved)
}
