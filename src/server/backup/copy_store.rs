//! SQL that copies a database and looks into a copy.

use super::content::Copied;
use crate::platform::health_store;
use sqlx::{
    ConnectOptions, Connection, PgPool, Pool, Postgres, Sqlite, SqliteConnection, Transaction,
    sqlite::SqliteConnectOptions,
};
use std::path::Path;

/// Copies an SQLite database, as it stands at one moment, into a file that is not there or empty.
pub async fn copy_sqlite(readers: &Pool<Sqlite>, to: &Path) -> Result<(), String> {
    let path = to.to_str().ok_or("the archive's folder has a name that is not text")?;
    sqlx::query("VACUUM INTO $1")
        .bind(path)
        .execute(readers)
        .await
        .map(|_| ())
        .map_err(|e| format!("the database could not be copied: {e}"))
}

/// Opens a copy that nobody writes to, without making anything beside it.
async fn open(copy: &Path) -> Result<SqliteConnection, String> {
    SqliteConnectOptions::new()
        .filename(copy)
        .read_only(true)
        .immutable(true)
        .connect()
        .await
        .map_err(|e| format!("the copy of the database cannot be opened: {e}"))
}

/// What is wrong with a copy.
pub async fn faults(copy: &Path) -> Result<Vec<String>, String> {
    let mut link = open(copy).await?;
    let faults = health_store::faults_of_copy(&mut link).await;
    let _ = link.close().await;
    Ok(faults)
}

/// What a copy says of itself.
pub async fn look_into(copy: &Path) -> Result<Copied, String> {
    let odd = |e: sqlx::Error| format!("the copy of the database is not one of Magistra's: {e}");
    let mut link = open(copy).await?;
    let schema = sqlx::query_scalar(SCHEMA).fetch_one(&mut link).await.map_err(odd)?;
    let files = sqlx::query_as(FILES).fetch_all(&mut link).await.map_err(odd)?;
    let _ = link.close().await;
    Ok(Copied { schema, files })
}

const SCHEMA: &str = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM _sqlx_migrations";
const FILES: &str = "SELECT key, size, sha256 FROM file ORDER BY key";

/// Holds a PostgreSQL database as it stands at one moment, for pg_dump to copy: the transaction that holds
/// it, its name, and what it holds.
pub async fn hold(pool: &PgPool) -> Result<(Transaction<'static, Postgres>, String, Copied), String> {
    let failed = |e: sqlx::Error| format!("the database could not be read: {e}");
    let mut held = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map_err(failed)?;
    let snapshot = sqlx::query_scalar("SELECT pg_export_snapshot()").fetch_one(&mut *held).await.map_err(failed)?;
    let schema = sqlx::query_scalar(SCHEMA).fetch_one(&mut *held).await.map_err(failed)?;
    let files = sqlx::query_as(FILES).fetch_all(&mut *held).await.map_err(failed)?;
    Ok((held, snapshot, Copied { schema, files }))
}

/// Lets go of what was held.
pub async fn let_go(held: Transaction<'static, Postgres>) {
    if let Err(error) = held.rollback().await {
        tracing::warn!(%error, "a transaction that only read could not be ended");
    }
}

/// How many tables a PostgreSQL database has.
pub async fn tables(url: &str) -> Result<i64, String> {
    let pool = PgPool::connect(url).await.map_err(|e| format!("cannot open the database: {e}"))?;
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'")
        .fetch_one(&pool)
        .await
        .map_err(|e| format!("cannot look into the database: {e}"));
    pool.close().await;
    count
}
