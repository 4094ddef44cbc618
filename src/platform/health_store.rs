//! SQL that asks the database whether it is sound: its pages, its references, its schema, its times.

use super::db::{Db, DbError, Handle};
use crate::{fetch_all, fetch_optional, statements};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Connection, SqliteConnection};

statements! {
    // These ids are made of the time: the last one was made with the latest clock, and is found by its key.
    LAST_AUDIT -> (DateTime<Utc>,) = "SELECT at FROM audit ORDER BY id DESC LIMIT 1";
    LAST_JOB -> (DateTime<Utc>,) = "SELECT created_at FROM job ORDER BY id DESC LIMIT 1";
    LAST_SESSION -> (DateTime<Utc>,) = "SELECT created_at FROM session ORDER BY created_at DESC LIMIT 1";
    FILES -> NamedFile = "SELECT key, size, sha256 FROM file ORDER BY key";
    SOME_FILES -> (String,) = "SELECT key FROM file ORDER BY key LIMIT 8";
    SCHEMA -> (i64, bool) = "SELECT version, success FROM _sqlx_migrations ORDER BY version DESC LIMIT 1";
}

/// How many faults are listed; more add nothing to what is to be done.
const LISTED: usize = 20;

/// How far ahead of the clock a record may be: servers differ by seconds, never by a day.
pub const AHEAD: TimeDelta = TimeDelta::days(1);

/// A file as the database names it.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct NamedFile {
    /// Where its bytes are in the store.
    pub key: String,
    /// Their number.
    pub size: i64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

/// Every file that the database names.
pub async fn named_files(h: &mut impl Handle) -> Result<Vec<NamedFile>, DbError> {
    fetch_all!(h, FILES)
}

/// The keys of a few of the files that the database names.
pub async fn some_files(h: &mut impl Handle) -> Result<Vec<String>, DbError> {
    let rows = fetch_all!(h, SOME_FILES)?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// The newest migration that was run, and whether it succeeded; none before the first.
///
/// # Errors
/// A database without the table of migrations refuses.
pub async fn schema(h: &mut impl Handle) -> Result<Option<(i64, bool)>, DbError> {
    fetch_optional!(h, SCHEMA)
}

/// The newest migration that this program knows.
pub fn known_schema() -> i64 {
    sqlx::migrate!("migrations/sqlite").iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// What was written with the latest clock, when it lies more than [`AHEAD`] of now: the clock was wrong
/// once, or is wrong now. What it is, and its time.
pub async fn from_the_future(
    h: &mut impl Handle,
    now: DateTime<Utc>,
) -> Result<Option<(&'static str, DateTime<Utc>)>, DbError> {
    let mut latest: Option<(&'static str, DateTime<Utc>)> = None;
    for (what, statement) in
        [("a line of the audit trail", LAST_AUDIT), ("a job", LAST_JOB), ("a session", LAST_SESSION)]
    {
        let found: Option<(DateTime<Utc>,)> = fetch_optional!(h, statement)?;
        if let Some((at,)) = found
            && at > now + AHEAD
            && latest.is_none_or(|(_, other)| at > other)
        {
            latest = Some((what, at));
        }
    }
    Ok(latest)
}

/// A connection of its own, so that a check that takes minutes takes none from those who read pages.
async fn aside(db: &Db) -> Option<Result<SqliteConnection, sqlx::Error>> {
    match db {
        Db::Sqlite { readers, .. } => Some(SqliteConnection::connect_with(&readers.connect_options()).await),
        Db::Postgres(_) => None,
    }
}

/// The size in bytes of an SQLite database; none on PostgreSQL, which looks after itself.
pub async fn sqlite_size(db: &Db) -> Option<i64> {
    let mut link = aside(db).await?.ok()?;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut link).await.ok()?;
    let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut link).await.ok()?;
    Some(pages.saturating_mul(page))
}

/// What is wrong with the pages of an SQLite database (`PRAGMA quick_check`: all of it is read once);
/// nothing on PostgreSQL.
pub async fn damaged_pages(db: &Db) -> Vec<String> {
    match aside(db).await {
        None => Vec::new(),
        Some(Ok(mut link)) => pages(&mut link, "PRAGMA quick_check(20)").await,
        Some(Err(error)) => vec![error.to_string()],
    }
}

/// Rows of an SQLite database that point to rows that are not there; nothing on PostgreSQL.
pub async fn broken_references(db: &Db) -> Vec<String> {
    match aside(db).await {
        None => Vec::new(),
        Some(Ok(mut link)) => references(&mut link).await,
        Some(Err(error)) => vec![error.to_string()],
    }
}

/// What is wrong with the copy of an SQLite database that nobody else has open: pages, indexes and rows
/// (`PRAGMA integrity_check`), and references.
pub async fn faults_of_copy(link: &mut SqliteConnection) -> Vec<String> {
    let mut faults = pages(link, "PRAGMA integrity_check(20)").await;
    // References are asked for in whole pages only.
    if faults.is_empty() {
        faults = references(link).await;
    }
    faults
}

async fn pages(link: &mut SqliteConnection, pragma: &'static str) -> Vec<String> {
    match sqlx::query_scalar::<_, String>(pragma).fetch_all(link).await {
        Ok(lines) if lines == ["ok"] => Vec::new(),
        Ok(lines) => lines,
        Err(error) => vec![error.to_string()],
    }
}

async fn references(link: &mut SqliteConnection) -> Vec<String> {
    let rows: Result<Vec<(String, Option<i64>, String)>, _> =
        sqlx::query_as("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 20").fetch_all(link).await;
    match rows {
        Ok(rows) => rows
            .into_iter()
            .take(LISTED)
            .map(|(table, row, parent)| {
                format!("row {} of {table} points to nothing in {parent}", row.unwrap_or_default())
            })
            .collect(),
        Err(error) => vec![error.to_string()],
    }
}
