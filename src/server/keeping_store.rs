//! SQL of what is removed after its time, of files that nothing names, and of times that lie ahead.

use super::retention::Removed;
use crate::{
    execute, fetch_all, fetch_one,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

/// At most so many rows go in one transaction.
pub const BATCH: u64 = 500;

statements! {
    SESSIONS = "DELETE FROM session WHERE token_hash IN (SELECT token_hash FROM session WHERE expires_at < $1 LIMIT 500)";
    SESSIONS_AHEAD = "DELETE FROM session WHERE token_hash IN (SELECT token_hash FROM session WHERE expires_at > $1 LIMIT 500)";
    TOKENS = "DELETE FROM one_time_token WHERE token_hash IN (SELECT token_hash FROM one_time_token WHERE expires_at < $1 LIMIT 500)";
    TOKENS_AHEAD = "DELETE FROM one_time_token WHERE token_hash IN (SELECT token_hash FROM one_time_token WHERE expires_at > $1 LIMIT 500)";
    JOBS_DONE = "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND finished_at < $1 LIMIT 500)";
    JOBS_DONE_AHEAD = "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND finished_at > $1 LIMIT 500)";
    JOBS_PARKED = "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'parked' AND finished_at < $1 LIMIT 500)";
    DRAFTS = "DELETE FROM mark_draft WHERE id IN (SELECT id FROM mark_draft WHERE made_at < $1 LIMIT 500)";
    CHECK_INS = "DELETE FROM check_in WHERE slot_id IN (SELECT c.slot_id FROM check_in c JOIN slot s ON s.id = c.slot_id
        WHERE s.ends_at < $1 LIMIT 500)";
    UNRECORDED = "DELETE FROM kiosk_unrecorded WHERE id IN (SELECT id FROM kiosk_unrecorded WHERE settled_at < $1 LIMIT 500)";
    KIOSKS = "DELETE FROM kiosk WHERE id IN (SELECT k.id FROM kiosk k WHERE k.expires_at < $1
        AND NOT EXISTS (SELECT 1 FROM kiosk_unrecorded u WHERE u.kiosk_id = k.id) LIMIT 500)";
    AWAY = "DELETE FROM trainer_away WHERE id IN (SELECT id FROM trainer_away WHERE ends_on < $1 LIMIT 500)";
    REMINDERS = "DELETE FROM cascade_reminder WHERE person_id IN (SELECT person_id FROM cascade_reminder WHERE sent_at < $1 LIMIT 500)";
    DEVICES = "DELETE FROM known_device WHERE id IN (SELECT id FROM known_device WHERE expires_at < $1 LIMIT 500)";
    ATTEMPTS = "DELETE FROM attempt WHERE key IN (SELECT key FROM attempt WHERE expires_at < $1 LIMIT 500)";
    CHANGES = "DELETE FROM pending_change WHERE id IN (SELECT id FROM pending_change WHERE expires_at < $1 LIMIT 500)";
    BACKUPS = "DELETE FROM backup WHERE id IN (SELECT id FROM backup WHERE at < $1 LIMIT 500)";
    // Every column that names a file stands here; a test compares them with the schema.
    FILES = "DELETE FROM file WHERE id IN (SELECT f.id FROM file f WHERE f.created_at < $1
        AND NOT EXISTS (SELECT 1 FROM material t WHERE t.file_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM certificate t WHERE t.file_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM register_scan t WHERE t.file_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM tally_evidence t WHERE t.file_id = f.id) LIMIT 500)";
    FILE_KEYS -> (String,) = "SELECT key FROM file WHERE key > $1 ORDER BY key LIMIT 10000";
    FILE_KEY -> (i64,) = "SELECT COUNT(*) FROM file WHERE key = $1";
    AHEAD -> (String, i64, Option<DateTime<Utc>>) = "SELECT 'audit' AS record, COUNT(*) AS many, MAX(at) AS latest FROM audit WHERE at > $1
        UNION ALL SELECT 'job', COUNT(*), MAX(created_at) FROM job WHERE created_at > $1
        UNION ALL SELECT 'session', COUNT(*), MAX(last_seen_at) FROM session WHERE last_seen_at > $1";
}

/// Removes a batch of what was over before a time (or ends after it, where that cannot be); says how many rows.
pub async fn remove(tx: &mut Tx, what: Removed, time: DateTime<Utc>) -> Result<u64, DbError> {
    match what {
        Removed::Sessions => execute!(tx, SESSIONS, time),
        Removed::SessionsAhead => execute!(tx, SESSIONS_AHEAD, time),
        Removed::Tokens => execute!(tx, TOKENS, time),
        Removed::TokensAhead => execute!(tx, TOKENS_AHEAD, time),
        Removed::JobsDone => execute!(tx, JOBS_DONE, time),
        Removed::JobsDoneAhead => execute!(tx, JOBS_DONE_AHEAD, time),
        Removed::JobsParked => execute!(tx, JOBS_PARKED, time),
        Removed::Drafts => execute!(tx, DRAFTS, time),
        Removed::CheckIns => execute!(tx, CHECK_INS, time),
        Removed::Unrecorded => execute!(tx, UNRECORDED, time),
        Removed::Kiosks => execute!(tx, KIOSKS, time),
        Removed::Away => execute!(tx, AWAY, time.date_naive()),
        Removed::Reminders => execute!(tx, REMINDERS, time),
        Removed::Files => execute!(tx, FILES, time),
        Removed::Devices => execute!(tx, DEVICES, time),
        Removed::Attempts => execute!(tx, ATTEMPTS, time),
        Removed::Changes => execute!(tx, CHANGES, time),
        Removed::Backups => execute!(tx, BACKUPS, time),
    }
}

/// The next ten thousand keys of files after one, in their order.
pub async fn file_keys(h: &mut impl Handle, after: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = fetch_all!(h, FILE_KEYS, after)?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// Whether a row names an object of the store.
pub async fn is_named(h: &mut impl Handle, key: &str) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, FILE_KEY, key)?;
    Ok(count > 0)
}

/// Rows that were written at a time after `time`, by kind of record: how many, and the latest. Where `time` is now,
/// a clock was ahead when they were written.
pub async fn ahead(
    h: &mut impl Handle,
    time: DateTime<Utc>,
) -> Result<Vec<(String, i64, Option<DateTime<Utc>>)>, DbError> {
    fetch_all!(h, AHEAD, time)
}

#[cfg(test)]
pub(super) const FILES_SQL: &str = FILES.sql;
