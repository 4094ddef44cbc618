//! A connection on loan from its pool, and what becomes of it afterwards.
//!
//! Transactions are begun and ended here by statements of our own. The driver keeps count of them beside
//! the database, and the two disagree once SQLite has rolled back by itself (a full disk, a failed read):
//! the driver then believes for good that a transaction is open. Here a connection goes back into the pool
//! only when its last answer said that all is well; one that failed, was not answered in time or was left in
//! an unknown state is closed, and the pool opens another.

use sqlx::{Connection, Database, Postgres, Sqlite, pool::PoolConnection};
use std::{
    io,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a connection may take to be tidied up before it is given up.
const TIDYING: Duration = Duration::from_secs(5);
/// How long one statement of a request may take: shorter than a request.
const STATEMENT: Duration = Duration::from_secs(20);
/// How long one statement of background work may take. PostgreSQL itself ends a statement after this time.
pub(super) const LONG_STATEMENT: Duration = Duration::from_secs(600);

tokio::task_local! {
    pub(super) static DEADLINE: Duration;
}

/// Runs background work, whose statements may take minutes: counting, writing archives.
pub async fn patiently<T>(work: impl Future<Output = T>) -> T {
    DEADLINE.scope(LONG_STATEMENT, work).await
}

/// Runs a statement unless its connection is `unfit`, and gives it up at its deadline. Under tokio's paused
/// clock a deadline passes at once.
pub async fn within<T>(
    fit: Result<(), sqlx::Error>,
    statement: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    fit?;
    let deadline = DEADLINE.try_with(|deadline| *deadline).unwrap_or(STATEMENT);
    match tokio::time::timeout(deadline, statement).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let text = format!("no answer within {} s", deadline.as_secs());
            Err(io::Error::new(io::ErrorKind::TimedOut, text).into())
        }
    }
}

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
/// When a connection was last lost, in milliseconds since the start.
static LOST_AT: AtomicU64 = AtomicU64::new(0);

/// Whether a connection must be tried before it is used: it has been idle since another was lost (the
/// database may have been restarted), or for so long that a router between may have forgotten it.
pub(super) fn is_doubtful(idle: Duration) -> bool {
    let lost = Duration::from_millis(LOST_AT.load(Ordering::Relaxed));
    idle > Duration::from_secs(1) || (!lost.is_zero() && STARTED.elapsed().saturating_sub(idle) <= lost)
}

/// A database that connections are lent of.
pub trait Backend: Database {
    /// Begins a transaction that writes.
    const BEGIN: &'static str;
    /// Whether a refused statement spoils the transaction it is in. PostgreSQL answers to the `COMMIT` of such
    /// a transaction with success, though it rolls back.
    const REFUSAL_SPOILS: bool;

    /// Runs a statement without arguments.
    fn run(
        connection: &mut Self::Connection,
        sql: &'static str,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
}

impl Backend for Sqlite {
    // The write lock at once: what is read in the transaction is what is written upon.
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const REFUSAL_SPOILS: bool = false;

    async fn run(connection: &mut Self::Connection, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(sql).execute(connection).await.map(|_| ())
    }
}

impl Backend for Postgres {
    const BEGIN: &'static str = "BEGIN";
    const REFUSAL_SPOILS: bool = true;

    async fn run(connection: &mut Self::Connection, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(sql).execute(connection).await.map(|_| ())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The last statement was answered.
    Fit,
    /// A statement is on its way.
    Asked,
    /// A refused statement has spoilt the transaction.
    Spoilt,
    /// Of no more use.
    Lost,
}

/// A connection on loan; dropped, it goes back into its pool or is closed.
pub struct Loan<D: Backend> {
    connection: Option<PoolConnection<D>>,
    state: State,
    /// Whether a transaction is open, or may be.
    writing: bool,
}

impl<D: Backend> Loan<D> {
    /// For reading.
    pub fn new(connection: PoolConnection<D>) -> Self {
        Self { connection: Some(connection), state: State::Fit, writing: false }
    }

    /// For writing: begins a transaction.
    pub async fn begin(connection: PoolConnection<D>) -> Result<Self, sqlx::Error> {
        let mut loan = Self::new(connection);
        loan.writing = true;
        match loan.run(D::BEGIN).await {
            Ok(()) => Ok(loan),
            Err(error) => {
                // Refused rather than unanswered, as by a writer in another process: nothing has begun.
                loan.writing = !matches!(error, sqlx::Error::Database(_));
                Err(error)
            }
        }
    }

    /// Makes the transaction last. After an error nothing of it is kept, unless the line broke before the
    /// database could say so.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        if self.state == State::Spoilt {
            return Err(sqlx::Error::AnyDriverError("a statement of the transaction was refused".into()));
        }
        self.run("COMMIT").await?;
        self.writing = false;
        Ok(())
    }

    /// Runs a statement without arguments.
    pub async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        let fit = self.ask();
        let outcome = within(fit, D::run(self.connection(), sql)).await;
        self.answered(outcome.as_ref().err());
        outcome
    }

    /// The connection itself.
    pub fn connection(&mut self) -> &mut D::Connection {
        match &mut self.connection {
            Some(connection) => connection,
            None => unreachable!("only dropping takes the connection"),
        }
    }

    /// Says that a statement is about to be sent; refuses where the connection is lost, for what SQLite ran
    /// after it rolled back by itself would be kept on its own.
    pub fn ask(&mut self) -> Result<(), sqlx::Error> {
        match self.state {
            State::Lost => Err(io::Error::new(io::ErrorKind::NotConnected, "the connection was lost before").into()),
            State::Spoilt => Ok(()),
            State::Fit | State::Asked => {
                self.state = State::Asked;
                Ok(())
            }
        }
    }

    /// Says how the statement ended.
    pub fn answered(&mut self, error: Option<&sqlx::Error>) {
        match (self.state, error) {
            (State::Lost, _) => {}
            (_, Some(error)) if super::loses_connection(error) => {
                let now = u64::try_from(STARTED.elapsed().as_millis()).unwrap_or(u64::MAX);
                LOST_AT.fetch_max(now.max(1), Ordering::Relaxed);
                self.state = State::Lost;
            }
            (_, Some(sqlx::Error::Database(_))) if D::REFUSAL_SPOILS && self.writing => self.state = State::Spoilt,
            (State::Asked, _) => self.state = State::Fit,
            (State::Fit | State::Spoilt, _) => {}
        }
    }
}

impl<D: Backend> Drop for Loan<D> {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if self.state == State::Fit && !self.writing {
            return;
        }
        let runtime = tokio::runtime::Handle::try_current().ok().filter(|_| self.state != State::Lost);
        let Some(runtime) = runtime else {
            connection.close_on_drop();
            return;
        };
        let writing = self.writing;
        runtime.spawn(async move {
            let tidied =
                async { if writing { D::run(&mut connection, "ROLLBACK").await } else { connection.ping().await } };
            if !matches!(tokio::time::timeout(TIDYING, tidied).await, Ok(Ok(()))) {
                connection.close_on_drop();
            }
        });
    }
}
