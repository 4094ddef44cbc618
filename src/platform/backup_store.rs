//! SQL of what became of backups.

use super::db::{DbError, Handle, Tx};
use crate::{execute, fetch_all, statements};
use chrono::{DateTime, Utc};
use uuid::Uuid;

statements! {
    ADD = "INSERT INTO backup (id, at, verified, archive, size, sha256, lacking, problem)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LATEST -> BackupRow = "SELECT at, verified, archive, size, sha256, lacking, problem FROM backup
        WHERE id = (SELECT id FROM backup ORDER BY at DESC, id DESC LIMIT 1)
            OR id = (SELECT id FROM backup WHERE verified ORDER BY at DESC, id DESC LIMIT 1)
        ORDER BY at, id";
    FORGET = "DELETE FROM backup WHERE at < $1";
}

/// What became of a backup.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct BackupRow {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Whether the archive was read again from end to end and found whole.
    pub verified: bool,
    /// The archive's name, without its folder.
    pub archive: String,
    /// Its size in bytes; 0 when none was written.
    pub size: i64,
    /// SHA-256 of the archive, in hexadecimal; empty when none was written.
    pub sha256: String,
    /// How many files the database named that the store did not have, or not as they were received.
    pub lacking: i64,
    /// What went wrong; empty when it was verified.
    pub problem: String,
}

/// Notes what became of a backup.
pub async fn add(tx: &mut Tx, id: Uuid, row: &BackupRow) -> Result<(), DbError> {
    execute!(tx, ADD, id, row.at, row.verified, &row.archive, row.size, &row.sha256, row.lacking, &row.problem)
        .map(|_| ())
}

/// The latest backup and the latest that was verified, in this order of time; one row when they are one.
pub async fn latest(h: &mut impl Handle) -> Result<Vec<BackupRow>, DbError> {
    fetch_all!(h, LATEST)
}

/// Forgets what was noted before a time.
pub async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, FORGET, before).map(|_| ())
}
