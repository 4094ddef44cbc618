//! What a failed statement means: refused, away, or the end of its connection.

use crate::common::error::AppError;

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

    pub(super) fn connecting(error: sqlx::Error) -> Self {
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
pub(super) fn sqlite_code(code: &str) -> Option<u32> {
    (code.len() < 5).then(|| code.parse::<u32>().ok()).flatten().map(|code| code & 0xff)
}

/// Whether a connection is of no more use after an error: the line is broken, the server goes down, or SQLite
/// may have rolled back by itself.
pub(super) fn loses_connection(error: &sqlx::Error) -> bool {
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
