//! Sees to it that no lane stands still: looks every minute, measures, and raises the alarm. Runs in every
//! process, also where no jobs are done: a worker that died cannot say so.

use super::{Handlers, Pace, bring_back};
use crate::{
    common::lane::Lane,
    platform::{
        context::App,
        db::{DbError, Handle},
        job_store as store,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// A lane in which something has been due and nothing was done for so long, beside the time that one of its jobs may
/// take, stands still.
const STANDS: TimeDelta = TimeDelta::minutes(10);
/// How often it is looked.
const EVERY: Duration = Duration::from_secs(60);

/// How a lane is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The lane.
    pub lane: Lane,
    /// How many jobs wait or run, those for later included.
    pub waiting: i64,
    /// How many of them are due.
    pub due: i64,
    /// Since when the oldest of these has been due.
    pub oldest: Option<DateTime<Utc>>,
    /// When one was last done, as far as that is still known.
    pub last_done: Option<DateTime<Utc>>,
    /// Whether it stands still: something is due and nothing gets done.
    pub stands: bool,
}

/// How each lane is that has kinds of jobs. Two statements.
pub async fn states(
    h: &mut impl Handle,
    kinds: Handlers,
    pace: &Pace,
    now: DateTime<Utc>,
) -> Result<Vec<State>, DbError> {
    let lane_of: HashMap<&str, Lane> = kinds.iter().map(|kind| (kind.name, kind.lane)).collect();
    let mut lanes: BTreeMap<Lane, State> = kinds
        .iter()
        .map(|kind| kind.lane)
        .map(|lane| (lane, State { lane, waiting: 0, due: 0, oldest: None, last_done: None, stands: false }))
        .collect();
    for row in store::open_jobs(h, now).await? {
        if let Some(state) = lane_of.get(row.kind.as_str()).and_then(|lane| lanes.get_mut(lane)) {
            state.waiting += row.waiting;
            state.due += row.due;
            state.oldest = state.oldest.into_iter().chain(row.oldest).min();
        }
    }
    for (kind, last) in store::last_done(h, now).await? {
        if let Some(state) = lane_of.get(kind.as_str()).and_then(|lane| lanes.get_mut(lane)) {
            state.last_done = state.last_done.max(last);
        }
    }
    let states = lanes.into_values().map(|state| {
        let patience = STANDS + TimeDelta::from_std(pace.deadline(state.lane)).unwrap_or(STANDS);
        State { stands: stands(state.oldest, state.last_done, now - patience), ..state }
    });
    Ok(states.collect())
}

/// Whether something has been due since before a time and nothing was done after it.
fn stands(oldest: Option<DateTime<Utc>>, last_done: Option<DateTime<Utc>>, since: DateTime<Utc>) -> bool {
    oldest.is_some_and(|oldest| oldest <= since) && last_done.is_none_or(|done| done <= since)
}

/// Looks every minute until told to stop.
pub async fn watch(app: App, kinds: Handlers, stop: CancellationToken) {
    let mut standing = Vec::new();
    while !stop.is_cancelled() {
        match look(&app, kinds, &mut standing).await {
            Ok(()) => {}
            Err(error) => {
                tracing::error!(%error, "nobody knows whether jobs get done: the job table could not be read")
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Looks once: brings back what a wrong clock sent far ahead, measures every lane, says which stand still, and which
/// move again.
pub async fn look(app: &App, kinds: Handlers, standing: &mut Vec<Lane>) -> Result<(), DbError> {
    bring_back(app, kinds).await?;
    let now = app.now();
    let states = states(&mut app.db.read().await?, kinds, &Pace::of(&app.settings), now).await?;
    for state in states {
        let lane = state.lane.code();
        let age = state.oldest.map_or(0.0, |oldest| (now - oldest).as_seconds_f64());
        metrics::gauge!("magistra_job_oldest_due_seconds", "lane" => lane).set(age);
        let due = f64::from(u32::try_from(state.due).unwrap_or(u32::MAX));
        metrics::gauge!("magistra_jobs_due", "lane" => lane).set(due);
        metrics::gauge!("magistra_job_lane_stands", "lane" => lane).set(f64::from(u8::from(state.stands)));
        let stood = standing.contains(&state.lane);
        if state.stands {
            // Again at every look: an alarm that is said once is missed.
            tracing::error!(lane, due = state.due, oldest_due_seconds = age, "a lane of background work stands still");
            if !stood {
                standing.push(state.lane);
            }
        } else if stood {
            standing.retain(|lane| *lane != state.lane);
            tracing::info!(lane, "a lane of background work moves again");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_stands_where_something_is_due_and_nothing_gets_done() {
        let at = |minutes: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let since = at(100);
        assert!(!stands(None, None, since), "nothing is due");
        assert!(!stands(Some(at(101)), None, since), "not due for long");
        assert!(stands(Some(at(100)), None, since));
        assert!(stands(Some(at(90)), Some(at(95)), since));
        assert!(!stands(Some(at(90)), Some(at(101)), since), "slow, but moving");
    }
}
