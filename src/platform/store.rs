//! SQL of audit and files.

use super::db::{DbError, Handle, Tx};
use crate::{
    common::ids::{FileId, PersonId},
    execute, fetch_optional, statements,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

statements! {
    AUDIT_ADD = "INSERT INTO audit (id, at, person_id, action, record, record_id, source, before, after)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FILE_ADD = "INSERT INTO file (id, key, name, media_type, size, sha256, uploaded_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FILE_GET -> FileRow = "SELECT id, key, name, media_type, size, sha256 FROM file WHERE id = $1";
    PING -> (i64,) = "SELECT CAST(1 AS BIGINT)";
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
