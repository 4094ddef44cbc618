//! One SQL text for two databases.
//!
//! A store writes each statement once, with `$1` placeholders and the type of its rows, in a [`statements!`] block; the
//! macros [`fetch_all!`], [`fetch_optional!`], [`fetch_one!`] and [`execute!`] run it on whichever
//! database is open. SQLite has one writer connection (`BEGIN IMMEDIATE`) and a read-only pool
//! beside it, so a reader never waits for a writer. Every statement has a deadline; a connection that
//! failed is closed and opened anew ([`Loan`]).

pub mod address;
mod counting;
mod error;
mod loan;
pub mod many;
mod probe_store;
mod statement;

pub use counting::{CountingExecutor, count_query, counted};
pub use error::DbError;
pub use loan::{Loan, patiently, within};
pub use statement::{Listed, Statement};

use error::loses_connection;
use loan::{Backend, LONG_STATEMENT, is_doubtful};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, Pool, Postgres, Sqlite, SqliteConnection,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{str::FromStr, time::Duration};

/// The open database.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writer, several readers.
    Sqlite { writer: Pool<Sqlite>, readers: Pool<Sqlite> },
    /// One pool for both.
    Postgres(Pool<Postgres>),
}

/// A borrowed connection, the only place where the two databases part.
pub enum Link<'a> {
    /// To SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// To PostgreSQL.
    Pg(&'a mut PgConnection),
}

/// Whatever statements can be run on: a [`Reader`] or a [`Tx`].
pub trait Handle: Send {
    /// The connection beneath.
    fn link(&mut self) -> Link<'_>;
    /// Says that a statement is about to be sent; refuses where the connection was lost.
    fn ask(&mut self) -> Result<(), sqlx::Error>;
    /// Says how the statement ended.
    fn answered(&mut self, error: Option<&sqlx::Error>);
}

/// Counts a statement and says whether it may be sent; for the macros.
pub fn asked<H: Handle>(handle: &mut H) -> (&mut H, Result<(), sqlx::Error>) {
    count_query();
    let fit = handle.ask();
    (handle, fit)
}

/// Notes how a statement ended; for the macros.
pub fn answered<T>(
    handle: &mut impl Handle,
    statement: &'static str,
    outcome: Result<T, sqlx::Error>,
) -> Result<T, DbError> {
    handle.answered(outcome.as_ref().err());
    outcome.map_err(|error| DbError::at(statement, error))
}

macro_rules! handle {
    ($type:ident) => {
        impl Handle for $type {
            fn link(&mut self) -> Link<'_> {
                match self {
                    Self::Sqlite(loan) => Link::Sqlite(loan.connection()),
                    Self::Pg(loan) => Link::Pg(loan.connection()),
                }
            }

            fn ask(&mut self) -> Result<(), sqlx::Error> {
                match self {
                    Self::Sqlite(loan) => loan.ask(),
                    Self::Pg(loan) => loan.ask(),
                }
            }

            fn answered(&mut self, error: Option<&sqlx::Error>) {
                match self {
                    Self::Sqlite(loan) => loan.answered(error),
                    Self::Pg(loan) => loan.answered(error),
                }
            }
        }
    };
}

/// A connection for reading; on SQLite it cannot write.
pub enum Reader {
    /// From SQLite's read-only pool.
    Sqlite(Loan<Sqlite>),
    /// From PostgreSQL's pool.
    Pg(Loan<Postgres>),
}

handle!(Reader);

/// A write transaction; dropped without [`Tx::commit`], it leaves nothing behind.
pub enum Tx {
    /// Holds SQLite's one writer.
    Sqlite(Loan<Sqlite>),
    /// A PostgreSQL transaction.
    Pg(Loan<Postgres>),
}

handle!(Tx);

impl Tx {
    /// Makes everything that was written last.
    pub async fn commit(self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(loan) => loan.commit().await,
            Self::Pg(loan) => loan.commit().await,
        }
        .map_err(DbError::connecting)
    }
}

async fn begin<D: Backend>(pool: &Pool<D>) -> Result<Loan<D>, sqlx::Error> {
    Loan::begin(pool.acquire().await?).await
}

/// Brings the schema up to date on a connection that is not used for anything else: a migration may take
/// longer than a statement may, and one that fails leaves locks behind.
async fn migrate<D: Backend>(pool: &Pool<D>, migrator: &Migrator, prepare: &'static str) -> Result<(), MigrateError>
where
    D::Connection: sqlx::migrate::Migrate,
{
    let mut connection = pool.acquire().await?;
    D::run(&mut connection, prepare).await?;
    let outcome = migrator.run_direct(None, &mut *connection, false).await;
    let _ = connection.close().await;
    outcome
}

const ACQUIRE: Duration = Duration::from_secs(5);
/// How long a connection that has been idle may take to answer.
const PING: Duration = Duration::from_secs(1);

impl Db {
    /// Opens `sqlite://path` (creating the file) or `postgres://…`.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?;
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(ACQUIRE)
                .test_before_acquire(false)
                .after_connect(|connection, _| {
                    // What we gave up waiting for must not go on for ever over there.
                    let limit = format!("SET statement_timeout = {}", LONG_STATEMENT.as_millis());
                    Box::pin(async move { connection.execute(AssertSqlSafe(limit)).await.map(|_| ()) })
                })
                .before_acquire(|connection, meta| {
                    Box::pin(async move {
                        if is_doubtful(meta.idle_for) {
                            tokio::time::timeout(PING, connection.ping())
                                .await
                                .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))??;
                        }
                        Ok(true)
                    })
                })
                .connect_with(options)
                .await?;
            return Ok(Self::Postgres(pool));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A power cut must not lose what was acknowledged.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(ACQUIRE)
            .statement_cache_capacity(400)
            // 4 MB a connection; the rest the system keeps. Not mapped into memory: a disk that fails must
            // be an error, not a signal, and the few per cent that it gives cost half of the memory.
            .pragma("cache_size", "-4000");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .min_connections(1)
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        match self {
            Self::Sqlite { writer, .. } => {
                migrate(writer, &sqlx::migrate!("migrations/sqlite"), "PRAGMA foreign_keys = ON").await
            }
            Self::Postgres(pool) => {
                migrate(pool, &sqlx::migrate!("migrations/postgres"), "SET statement_timeout = 0").await
            }
        }
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<Reader, DbError> {
        match self {
            Self::Sqlite { readers, .. } => readers.acquire().await.map(|it| Reader::Sqlite(Loan::new(it))),
            Self::Postgres(pool) => pool.acquire().await.map(|it| Reader::Pg(Loan::new(it))),
        }
        .map_err(DbError::connecting)
    }

    /// Begins a write transaction. On SQLite it takes the write lock at once, so that what is
    /// read in it is what is written upon.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        match self {
            Self::Sqlite { writer, .. } => begin(writer).await.map(Tx::Sqlite),
            Self::Postgres(pool) => match begin(pool).await {
                // The server was restarted since the connection was used; nothing has happened on it yet.
                Err(error) if loses_connection(&error) => begin(pool).await,
                outcome => outcome,
            }
            .map(Tx::Pg),
        }
        .map_err(DbError::connecting)
    }

    /// Waits for running statements and closes. What stands in SQLite's log is written back, so that the database's
    /// file is whole: by itself SQLite does so only where the last connection to close may write.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                // Beside a running server this waits for nobody, and leaves the log to it.
                let write_back = async {
                    sqlx::query("PRAGMA busy_timeout = 0").execute(writer).await?;
                    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(writer).await
                };
                if let Err(error) = write_back.await {
                    tracing::warn!(%error, "the log of the database stays beside it, and is read at the next start");
                }
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// The name of the kind, for logs and metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}

#[cfg(test)]
mod tests;
