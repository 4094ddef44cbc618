//! The workers. Each lane has its own, in every process that works on jobs; a job is held by a lease that is
//! renewed while it runs, so that a worker that died loses it and no two do it at once.

use super::{Handlers, Kind, names};
use crate::{
    common::lane::Lane,
    platform::{
        clock::SLACK,
        config::Settings,
        context::{App, Ctx},
        db::{DbError, patiently},
        job_store::{self as store, Claim, JobRow},
        mail::smtp::LINES,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval_at, sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// Tries before a job is parked.
const TRIES: i64 = 6;
/// How often it is tried to write down how a job ended, while the database is away.
const RECORDS: u32 = 5;

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a claim lasts without being renewed.
    pub lease: Duration,
    /// How often it is renewed.
    pub beat: Duration,
    /// How long a job may go on once the server is to stop; it is put back then.
    pub grace: Duration,
    /// How often workers look for what is due, if nobody tells them.
    pub look: Duration,
    /// How long a letter may take.
    pub mail: Duration,
    /// How long any other job may take at most; most lanes give them less.
    pub longest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(120),
            beat: Duration::from_secs(20),
            grace: Duration::from_secs(20),
            look: Duration::from_secs(1),
            mail: Duration::from_secs(150),
            longest: Duration::from_secs(4 * 3600),
        }
    }
}

impl Pace {
    /// The pace of a server with these settings: a letter may take what the mail server may, and a little more.
    pub fn of(settings: &Settings) -> Self {
        Self { mail: settings.mail_timeout + Duration::from_secs(30), ..Self::default() }
    }

    /// How long a job of a lane may take before it is given up.
    pub fn deadline(&self, lane: Lane) -> Duration {
        let minutes = |n: u64| Duration::from_secs(60 * n).min(self.longest);
        match lane {
            Lane::Mail => self.mail,
            Lane::Letters | Lane::Outcomes | Lane::Papers => minutes(5),
            Lane::Licences | Lane::Reports => minutes(15),
            Lane::Counting => minutes(60),
            Lane::House => minutes(240),
        }
    }
}

/// How many jobs of a lane a process does at once.
fn workers(lane: Lane) -> usize {
    match lane {
        // As many as the mailer has lines.
        Lane::Mail => LINES,
        _ => 1,
    }
}

/// Works until told to stop; what is at hand is finished first, if it can be soon.
pub async fn work(app: App, handlers: Handlers, stop: CancellationToken) {
    let pace = Pace::of(&app.settings);
    work_at(app, handlers, pace, stop).await;
}

/// [`work`] at a given pace.
pub async fn work_at(app: App, handlers: Handlers, pace: Pace, stop: CancellationToken) {
    let mut lanes = JoinSet::new();
    for lane in Lane::ALL {
        let kinds: Vec<Kind> = handlers.iter().filter(|kind| kind.lane == *lane).copied().collect();
        let count = if kinds.is_empty() { 0 } else { workers(*lane) };
        for _ in 0..count {
            lanes.spawn(work_lane(app.clone(), *lane, kinds.clone(), pace, stop.clone()));
        }
    }
    while let Some(ended) = lanes.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a worker ended badly");
        }
    }
}

async fn work_lane(app: App, lane: Lane, kinds: Vec<Kind>, pace: Pace, stop: CancellationToken) {
    while !stop.is_cancelled() {
        // Made before looking, so that what is enqueued meanwhile is not missed.
        let told = app.jobs_waiting.notified();
        let wait = match step(&app, &kinds, &pace, &stop).await {
            Ok(true) => continue,
            Ok(false) => pace.look,
            Err(error) => {
                tracing::error!(lane = lane.code(), %error, "the job table could not be used; trying again in five seconds");
                pace.look * 5
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            // The transaction that told of it is given time to commit.
            () = told => sleep(Duration::from_millis(30).min(pace.look)).await,
            () = sleep(wait) => {}
        }
    }
}

/// Does everything of some kinds that is due now; for tests and commands.
pub async fn drain(app: &App, handlers: Handlers) -> Result<usize, DbError> {
    let (pace, stop) = (Pace::of(&app.settings), CancellationToken::new());
    let mut done = 0;
    while step(app, handlers, &pace, &stop).await? {
        done += 1;
    }
    Ok(done)
}

/// How the work on a job ended.
enum Ended {
    Done,
    Failed(String),
    /// The server is to stop.
    Stopped,
    /// Somebody else may have the job by now.
    Lost,
}

/// Does one job; false when none is due.
async fn step(app: &App, kinds: &[Kind], pace: &Pace, stop: &CancellationToken) -> Result<bool, DbError> {
    let now = app.now();
    let known = names(kinds);
    let next = store::next_job(&mut app.db.read().await?, &known, now, now + SLACK).await?;
    let Some(id) = next else { return Ok(false) };
    let claim = Claim { job: id, token: app.entropy.timeless_uuid() };
    let mut tx = app.db.begin().await?;
    let job = store::claim_job(&mut tx, claim, now, until(now, pace), now + SLACK).await?;
    tx.commit().await?;
    // Another worker was faster: there may be more.
    let Some(job) = job else { return Ok(true) };
    let ended = if job.attempts > TRIES {
        Ended::Failed("whoever worked on it died each time".to_owned())
    } else {
        run(app, kinds, &job, claim, pace, stop).await
    };
    metrics::counter!("magistra_jobs_total", "kind" => job.kind.clone()).increment(1);
    record(app, &job, claim, &ended, pace).await?;
    Ok(true)
}

fn until(now: DateTime<Utc>, pace: &Pace) -> DateTime<Utc> {
    now + TimeDelta::from_std(pace.lease).unwrap_or(SLACK)
}

/// Runs a job while its claim lasts.
async fn run(app: &App, kinds: &[Kind], job: &JobRow, claim: Claim, pace: &Pace, stop: &CancellationToken) -> Ended {
    let Some(kind) = kinds.iter().find(|kind| kind.name == job.kind) else {
        return Ended::Failed(format!("no handler for jobs of kind {}", job.kind));
    };
    let deadline = pace.deadline(kind.lane);
    // In a task of its own: a panic must not end the worker, and what hangs can be dropped.
    let mut task =
        AbortOnDropHandle::new(tokio::spawn(patiently((kind.run)(Ctx::of_job(app, job.id), job.payload.clone()))));
    let over = sleep(deadline);
    let stopping = async {
        stop.cancelled().await;
        sleep(pace.grace).await;
    };
    tokio::pin!(over, stopping);
    let mut beat = interval_at(Instant::now() + pace.beat, pace.beat);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut held_since = Instant::now();
    loop {
        tokio::select! {
            outcome = &mut task => return match outcome {
                Ok(Ok(())) => Ended::Done,
                Ok(Err(error)) => Ended::Failed(error.to_string()),
                Err(error) => Ended::Failed(format!("panicked: {error}")),
            },
            () = &mut over => return Ended::Failed(format!("given up after {} s", deadline.as_secs_f64())),
            () = &mut stopping => return Ended::Stopped,
            _ = beat.tick() => match timeout(pace.beat, renew(app, claim, pace)).await {
                Ok(Ok(true)) => held_since = Instant::now(),
                Ok(Ok(false)) => return Ended::Lost,
                // The database may be back before the lease is over.
                Ok(Err(_)) | Err(_) if held_since.elapsed() < pace.lease => {}
                Ok(Err(_)) | Err(_) => return Ended::Lost,
            },
        }
    }
}

async fn renew(app: &App, claim: Claim, pace: &Pace) -> Result<bool, DbError> {
    let mut tx = app.db.begin().await?;
    let ours = store::renew_job(&mut tx, claim, until(app.now(), pace)).await?;
    tx.commit().await?;
    Ok(ours)
}

/// Writes down how a job ended. What could not be written down would be done again once the lease is over.
async fn record(app: &App, job: &JobRow, claim: Claim, ended: &Ended, pace: &Pace) -> Result<(), DbError> {
    let mut left = RECORDS;
    loop {
        match note(app, job, claim, ended).await {
            Err(error) if error.is_outage() && left > 0 => {
                left -= 1;
                tracing::warn!(job = %job.id, %error, "how a job ended could not be written down; trying again");
                sleep(pace.beat / 8).await;
            }
            outcome => return outcome,
        }
    }
}

async fn note(app: &App, job: &JobRow, claim: Claim, ended: &Ended) -> Result<(), DbError> {
    let now = app.now();
    let (id, kind) = (job.id, job.kind.as_str());
    let mut tx = app.db.begin().await?;
    let ours = match ended {
        Ended::Lost => false,
        Ended::Done => store::finish_job(&mut tx, claim, now).await?,
        Ended::Stopped => store::release_job(&mut tx, claim, now).await?,
        Ended::Failed(error) if job.attempts >= TRIES => {
            tracing::error!(job = %id, kind, error, "job parked after {TRIES} tries");
            store::park_job(&mut tx, claim, error, now).await?
        }
        Ended::Failed(error) => {
            let wait = back_off(job.attempts);
            tracing::warn!(job = %id, kind, error, "job failed, next try in {} s", wait.num_seconds());
            store::retry_job(&mut tx, claim, now + wait, error).await?
        }
    };
    tx.commit().await?;
    if !ours {
        metrics::counter!("magistra_job_claims_lost_total").increment(1);
        tracing::warn!(job = %id, kind, "the claim on a job was lost: whoever has it now says how it ends");
    }
    Ok(())
}

/// 15 s, then four times as long each time: about an hour and a half in all before a job is parked.
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

    #[test]
    fn a_lease_outlasts_missed_beats_and_deadlines_outlast_the_mail_server() {
        let pace = Pace::default();
        assert!(pace.lease >= pace.beat * 4);
        assert!(until(DateTime::UNIX_EPOCH, &pace) < DateTime::UNIX_EPOCH + SLACK);
        for lane in Lane::ALL {
            assert!(pace.deadline(*lane) > Duration::from_secs(60), "{lane:?}");
        }
    }
}
