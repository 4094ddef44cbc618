//! A process with a clock that is a thousand days ahead, on the same database: the real worker under `faketime`
//! where there is such a program, or else what it would have left in the tables.

use crate::{
    http::{Question, ask},
    server::Setting,
    world::{AHEAD, AHEAD_TOKEN, cookie, open_session, run, time},
};
use chrono::{DateTime, TimeDelta, Utc};
use magistra::{
    deliveries::model::FEEDBACK,
    fetch_one,
    people::service::token_hash,
    platform::{
        clock::Clock,
        db::{Db, DbError, Statement},
    },
    server::DAILY,
};
use std::time::{Duration, Instant};
use tokio::{process::Command, time::sleep};
use uuid::Uuid;

/// The server looks every minute for what waits for a time that nothing is asked for at.
const NOTICED: Duration = Duration::from_secs(100);
/// The worker with the wrong clock needs some seconds to start and to take something up.
const SHORTEST: Duration = Duration::from_secs(8);

/// Jobs that wait for a time further ahead than one is asked for, but for those whose time is a date on record.
const FAR: Statement<(i64,)> = Statement::new(
    "soak::far",
    "SELECT COUNT(*) FROM job WHERE state = 'queued' AND run_at > $1 AND (attempts > 0 OR kind <> $2)",
);

/// How the clock is made wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongClock {
    /// A worker runs under `faketime`.
    Worker,
    /// The times are written into the tables.
    Tables,
}

/// How many jobs wait too far ahead.
pub async fn far_ahead(db: &Db, now: DateTime<Utc>) -> Result<i64, DbError> {
    let mut reader = db.read().await?;
    let (count,): (i64,) = fetch_one!(&mut reader, FAR, now + TimeDelta::days(3), FEEDBACK)?;
    Ok(count)
}

impl WrongClock {
    /// As this machine can.
    pub async fn found() -> Self {
        let version = Command::new("faketime").arg("--version").output().await;
        if version.is_ok_and(|output| output.status.success()) { Self::Worker } else { Self::Tables }
    }

    /// What the table says of it.
    pub const fn note(self) -> &'static str {
        match self {
            Self::Worker => "a worker ran under faketime 1,000 days ahead, and a session was opened then",
            Self::Tables => {
                "faketime is not installed: the times that a process 1,000 days ahead would have written \
                 (daily jobs, a session) were written into the tables"
            }
        }
    }

    /// Lets the clock be wrong for a while, and says when it was right again.
    pub async fn jump(self, setting: &Setting, lasts: Duration, session: Uuid) -> Result<Instant, String> {
        let db = Db::open(&setting.database).await.map_err(|error| error.to_string())?;
        let then = Clock::System.now() + AHEAD;
        // A session that was made then. One from an earlier try is made anew.
        let anew = format!("DELETE FROM session WHERE token_hash = '{}'", token_hash(AHEAD_TOKEN));
        let mut outcome = run(&db, &anew).await;
        if outcome.is_ok() {
            outcome = open_session(&db, session, AHEAD_TOKEN, "a.email = 'judge@magistra.example'", then).await;
        }
        if outcome.is_ok() && self == Self::Tables {
            let kinds: Vec<String> = DAILY.iter().map(|kind| format!("'{kind}'")).collect();
            let due = time(&db, then + TimeDelta::days(1));
            let sql = format!(
                "UPDATE job SET run_at = {due}, due_at = {due} WHERE state = 'queued' AND kind IN ({})",
                kinds.join(", ")
            );
            outcome = run(&db, &sql).await;
        }
        db.close().await;
        outcome?;
        match self {
            Self::Worker => work(setting, lasts.max(SHORTEST)).await?,
            Self::Tables => sleep(lasts).await,
        }
        Ok(Instant::now())
    }

    /// Whether nothing waits for years any more, and the session of then opens nothing.
    pub async fn is_forgotten(self, setting: &Setting) -> Result<(), String> {
        let db = Db::open(&setting.database).await.map_err(|error| error.to_string())?;
        let until = Instant::now() + NOTICED;
        let outcome = loop {
            match far_ahead(&db, Clock::System.now()).await {
                Ok(0) => break Ok(()),
                Ok(count) if Instant::now() > until => {
                    break Err(format!("{count} jobs still wait for years after {} s", NOTICED.as_secs()));
                }
                Err(error) if Instant::now() > until => break Err(error.to_string()),
                Ok(_) | Err(_) => sleep(Duration::from_millis(500)).await,
            }
        };
        db.close().await;
        outcome?;
        let session = cookie(AHEAD_TOKEN);
        match ask(setting.addr, &Question::function("/_fn/people/me", &session, ""), 2).await {
            Some(answer) if answer.status == 200 && answer.text().trim() == "null" => Ok(()),
            Some(answer) if answer.status == 200 => {
                Err("a session opened 1,000 days ahead opens an account".to_owned())
            }
            Some(answer) => Err(format!("who is signed in was answered with {}", answer.status)),
            None => Err("who is signed in was not answered".to_owned()),
        }
    }
}

/// Lets the worker work for a while with its clock ahead, and kills it.
async fn work(setting: &Setting, lasts: Duration) -> Result<(), String> {
    let ahead = format!("+{}d", AHEAD.num_days());
    let mut command = setting.command(&["faketime", "-f", ahead.as_str()])?;
    // Waits must go on as they do: only the date is wrong.
    command.arg("worker").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let mut worker = command.spawn().map_err(|error| format!("faketime: {error}"))?;
    sleep(lasts).await;
    if let Ok(Some(status)) = worker.try_wait() {
        return Err(format!("the worker with the wrong clock ended by itself: {status}"));
    }
    worker.kill().await.map_err(|error| error.to_string())
}
