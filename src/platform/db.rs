//! One SQL text for two databases.
//!
//! A store writes each statement once, with `$1` placeholders and the type of its rows, in a [`statements!`] block; the
//! macros [`fetch_all!`], [`fetch_optional!`], [`fetch_one!`] and [`execute!`] run it on whichever
//! database is open. SQLite has one writer connection (`BEGIN IMMEDIATE`) and a read-only pool
//! beside it, so a reader never waits for a writer. Every statement has a deadline; a connection that
//! failed is closed and opened anew ([`Loan`]).

pub mod address;
mod loan;
pub mod many;
mod probe_store;

pub use loan::{Loan, patiently, within};

use crate::common::error::AppError;
use loan::{Backend, LONG_STATEMENT, is_doubtful};
use sqlx::{
    AssertSqlSafe, Connection, Database, Executor, FromRow, PgConnection, Pool, Postgres, Sqlite, SqliteConnection,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
    query::{Query, QueryAs},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use std::{
    marker::PhantomData,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// A registered SQL statement whose rows are read as `R`, or that returns none; see [`crate::statements!`].
#[derive(Debug)]
pub struct Statement<R = ()> {
    /// Its name, for tests and logs.
    pub name: &'static str,
    /// Its text, the same for both databases.
    pub sql: &'static str,
    row: PhantomData<fn() -> R>,
}

impl<R> Clone for Statement<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Statement<R> {}

impl<R> Statement<R> {
    /// A statement of a name and a text.
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql, row: PhantomData }
    }

    /// The query for its rows, without binds.
    pub fn rows<'q, DB: Database>(self) -> QueryAs<'q, DB, R, DB::Arguments>
    where
        R: for<'r> FromRow<'r, DB::Row>,
    {
        sqlx::query_as(self.sql)
    }

    /// It in a list of statements with rows of any type.
    pub const fn listed(self) -> Listed
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        Listed {
            name: self.name,
            sql: self.sql,
            #[cfg(test)]
            row: std::any::type_name::<R>,
            #[cfg(test)]
            from_sqlite: |row| <R as FromRow<'_, SqliteRow>>::from_row(row).map(|_| ()),
            #[cfg(test)]
            from_pg: |row| <R as FromRow<'_, PgRow>>::from_row(row).map(|_| ()),
        }
    }
}

impl Statement {
    /// The query that only runs, without binds.
    pub fn run<'q, DB: Database>(self) -> Query<'q, DB, DB::Arguments> {
        sqlx::query(self.sql)
    }
}

/// A statement in the list of all; a test prepares it and reads a row of it, on both databases.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub sql: &'static str,
    /// The name of its row's type.
    #[cfg(test)]
    pub row: fn() -> &'static str,
    /// Reads a row of SQLite as that type.
    #[cfg(test)]
    pub from_sqlite: fn(&SqliteRow) -> Result<(), sqlx::Error>,
    /// Reads a row of PostgreSQL as that type.
    #[cfg(test)]
    pub from_pg: fn(&PgRow) -> Result<(), sqlx::Error>,
}

/// Declares the statements of a store, `NAME -> Row = "…";` where rows are read as `Row` and
/// `NAME = "…";` where there are none, and lists them in `STATEMENTS`, so that a test prepares every
/// one of them and reads a row of it on both databases.
#[macro_export]
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident $(-> $row:ty)? = $sql:expr;)+) => {
        $($(#[$meta])* const $name: $crate::platform::db::Statement$(<$row>)? =
            $crate::platform::db::Statement::new(concat!(module_path!(), "::", stringify!($name)), $sql);)+
        /// Every statement of this store.
        pub const STATEMENTS: &[$crate::platform::db::Listed] = &[$($name.listed()),+];
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! run_statement {
    ($handle:expr, $method:ident, $statement:expr $(, $bind:expr)*) => {{
        let statement = $statement;
        // A connection that is taken in place lives as long as the match.
        match $crate::platform::db::asked($handle) {
            (handle, fit) => {
                let outcome = match $crate::platform::db::Handle::link(handle) {
                    $crate::platform::db::Link::Sqlite(c) => {
                        $crate::platform::db::within(fit, statement.rows::<sqlx::Sqlite>()$(.bind($bind))*.$method(&mut *c)).await
                    }
                    $crate::platform::db::Link::Pg(c) => {
                        $crate::platform::db::within(fit, statement.rows::<sqlx::Postgres>()$(.bind($bind))*.$method(&mut *c)).await
                    }
                };
                $crate::platform::db::answered(handle, statement.name, outcome)
            }
        }
    }};
}

/// All rows, as the type that the statement says.
#[macro_export]
macro_rules! fetch_all {
    ($handle:expr, $statement:expr $(, $bind:expr)* $(,)?) => { $crate::run_statement!($handle, fetch_all, $statement $(, $bind)*) };
}

/// One row or none.
#[macro_export]
macro_rules! fetch_optional {
    ($handle:expr, $statement:expr $(, $bind:expr)* $(,)?) => { $crate::run_statement!($handle, fetch_optional, $statement $(, $bind)*) };
}

/// Exactly one row.
#[macro_export]
macro_rules! fetch_one {
    ($handle:expr, $statement:expr $(, $bind:expr)* $(,)?) => { $crate::run_statement!($handle, fetch_one, $statement $(, $bind)*) };
}

/// Runs a statement and returns the number of rows it changed.
#[macro_export]
macro_rules! execute {
    ($handle:expr, $statement:expr $(, $bind:expr)* $(,)?) => {{
        let statement = $statement;
        // A connection that is taken in place lives as long as the match.
        match $crate::platform::db::asked($handle) {
            (handle, fit) => {
                let outcome = match $crate::platform::db::Handle::link(handle) {
                    $crate::platform::db::Link::Sqlite(c) => {
                        let done = $crate::platform::db::within(fit, statement.run::<sqlx::Sqlite>()$(.bind($bind))*.execute(&mut *c)).await;
                        done.map(|done| done.rows_affected())
                    }
                    $crate::platform::db::Link::Pg(c) => {
                        let done = $crate::platform::db::within(fit, statement.run::<sqlx::Postgres>()$(.bind($bind))*.execute(&mut *c)).await;
                        done.map(|done| done.rows_affected())
                    }
                };
                $crate::platform::db::answered(handle, statement.name, outcome)
            }
        }
    }};
}

/// As [`execute!`], for a statement whose binds are made by code: `|query| …` gives the query with all
/// of them.
#[macro_export]
macro_rules! execute_bound {
    ($handle:expr, $statement:expr, |$query:ident| $bound:expr) => {{
        let statement = $statement;
        // A connection that is taken in place lives as long as the match.
        match $crate::platform::db::asked($handle) {
            (handle, fit) => {
                let outcome = match $crate::platform::db::Handle::link(handle) {
                    $crate::platform::db::Link::Sqlite(c) => {
                        let $query = statement.run::<sqlx::Sqlite>();
                        $crate::platform::db::within(fit, $bound.execute(&mut *c))
                            .await
                            .map(|done| done.rows_affected())
                    }
                    $crate::platform::db::Link::Pg(c) => {
                        let $query = statement.run::<sqlx::Postgres>();
                        $crate::platform::db::within(fit, $bound.execute(&mut *c))
                            .await
                            .map(|done| done.rows_affected())
                    }
                };
                $crate::platform::db::answered(handle, statement.name, outcome)
            }
        }
    }};
}

/// A failed statement, with its name for the log.
#[derive(Debug, thiserror::Error)]
#[error("{statement}: {error}")]
pub struct DbError {
    statement: &'static str,
    #[source]
    error: sqlx::Error,
}

impl DbError {
    /// Wraps the driver's error, with the name of the statement.
    pub fn at(statement: &'static str, error: sqlx::Error) -> Self {
        Self { statement, error }
    }

    fn connecting(error: sqlx::Error) -> Self {
        Self { statement: "connection", error }
    }

    /// Whether a UNIQUE or PRIMARY KEY constraint refused the row.
    pub fn is_unique_violation(&self) -> bool {
        self.error.as_database_error().is_some_and(|e| e.is_unique_violation())
    }

    /// Whether a FOREIGN KEY or CHECK constraint refused the row.
    pub fn is_constraint_violation(&self) -> bool {
        self.error.as_database_error().is_some_and(|e| e.is_check_violation() || e.is_foreign_key_violation())
    }

    /// Whether the database could not be reached or could not write, so that the same call may work later.
    pub fn is_outage(&self) -> bool {
        match &self.error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
            | sqlx::Error::Protocol(_) => true,
            sqlx::Error::Database(e) => e.code().is_some_and(|code| match sqlite_code(&code) {
                // 5 busy, 7 no memory, 8 read-only, 10 I/O, 13 full, 14 cannot open, 15 locking protocol.
                Some(code) => [5, 7, 8, 10, 13, 14, 15].contains(&code),
                None => {
                    ["08", "53", "57P", "58"].iter().any(|class| code.starts_with(class))
                        // Ended by its time limit; written to a server that only reads.
                        || ["57014", "25006"].contains(&code.as_ref())
                }
            }),
            _ => false,
        }
    }
}

/// SQLite's primary result code (the low byte of what the driver gives as text); none for an SQLSTATE, which
/// has five characters.
fn sqlite_code(code: &str) -> Option<u32> {
    (code.len() < 5).then(|| code.parse::<u32>().ok()).flatten().map(|code| code & 0xff)
}

/// Whether a connection is of no more use after an error: the line is broken, the server goes down, or SQLite
/// may have rolled back by itself.
fn loses_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(e) => e.code().is_some_and(|code| match sqlite_code(&code) {
            // 7 no memory, 8 read-only, 9 interrupted, 10 I/O, 11 corrupt, 13 full, 14 cannot open, 26 no database.
            Some(code) => [7, 8, 9, 10, 11, 13, 14, 26].contains(&code),
            None => ["08", "57P"].iter().any(|class| code.starts_with(class)) || code == "25006",
        }),
        _ => false,
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        if error.is_outage() {
            tracing::error!(error = %error, "database is away");
            AppError::Unavailable
        } else {
            tracing::error!(error = %error, "statement failed");
            AppError::Internal
        }
    }
}

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

tokio::task_local! {
    static QUERIES: Arc<AtomicU32>;
}

/// Counts a statement for the request or test that runs it.
pub fn count_query() {
    let _ = QUERIES.try_with(|count| count.fetch_add(1, Ordering::Relaxed));
}

/// Runs a future and says how many statements it and the tasks of its pages made.
pub async fn counted<T>(future: impl Future<Output = T>) -> (T, u32) {
    let count = Arc::new(AtomicU32::new(0));
    let value = QUERIES.scope(count.clone(), future).await;
    (value, count.load(Ordering::Relaxed))
}

/// Spawns what Leptos renders on tokio, and lets statements made there count for the request.
pub struct CountingExecutor;

impl any_spawner::CustomExecutor for CountingExecutor {
    fn spawn(&self, future: any_spawner::PinnedFuture<()>) {
        match QUERIES.try_with(Arc::clone) {
            Ok(count) => tokio::spawn(QUERIES.scope(count, future)),
            Err(_) => tokio::spawn(future),
        };
    }

    fn spawn_local(&self, future: any_spawner::PinnedLocalFuture<()>) {
        tokio::task::spawn_local(future);
    }

    fn poll_local(&self) {}
}

#[cfg(test)]
mod tests;
