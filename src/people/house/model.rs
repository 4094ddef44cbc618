//! When a backup is to worry about.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How old the last verified backup may be: one night may fail and be seen to the next day.
pub const FRESH: TimeDelta = TimeDelta::hours(48);

/// How it stands with backups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BackupState {
    /// The last one was verified, less than [`FRESH`] ago.
    Good,
    /// None was ever verified.
    Never,
    /// The last one failed.
    Failed,
    /// The last one was verified, but long ago.
    Old,
}

/// How it stands, of when the last backup was verified and when the last one failed.
pub fn backup_state(verified: Option<DateTime<Utc>>, failed: Option<DateTime<Utc>>, now: DateTime<Utc>) -> BackupState {
    match (verified, failed) {
        (verified, Some(failed)) if verified.is_none_or(|at| failed > at) => BackupState::Failed,
        (None, _) => BackupState::Never,
        (Some(at), _) if at + FRESH < now => BackupState::Old,
        _ => BackupState::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_worry_about() {
        let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().expect("a time");
        let before = |hours| Some(now - TimeDelta::hours(hours));
        for (verified, failed, state) in [
            (before(5), None, BackupState::Good),
            (before(48), None, BackupState::Good),
            (before(49), None, BackupState::Old),
            (None, None, BackupState::Never),
            (None, before(1), BackupState::Failed),
            (before(5), before(1), BackupState::Failed),
            (before(1), before(5), BackupState::Good),
        ] {
            assert_eq!(backup_state(verified, failed, now), state, "{verified:?} {failed:?}");
        }
    }
}
