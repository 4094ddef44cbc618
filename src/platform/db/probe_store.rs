//! Whether the database can be written to, tried by writing.

use super::{Db, DbError, Tx};

/// On SQLite a transaction touches the disk when it commits: this one writes a page (the header with a
/// number that nobody else uses) and forces it to the disk.
const SQLITE: &str = "PRAGMA user_version = 1";
/// On PostgreSQL two places may be full. More rows than fit in the memory allowed are laid down beside the
/// tables; a message that nobody hears goes through the log of writes as every change does.
const POSTGRES: [&str; 3] = [
    "SET LOCAL work_mem = '64kB'",
    "SELECT COUNT(*) FROM generate_series(1, 20000)",
    "SELECT pg_logical_emit_message(TRUE, 'magistra', 'ready')",
];

impl Db {
    /// Writes something of no meaning and makes it last, as any change is.
    pub async fn try_to_write(&self) -> Result<(), DbError> {
        let mut tx = self.begin().await?;
        match &mut tx {
            Tx::Sqlite(loan) => loan.run(SQLITE).await.map_err(DbError::connecting)?,
            Tx::Pg(loan) => {
                for sql in POSTGRES {
                    loan.run(sql).await.map_err(DbError::connecting)?;
                }
            }
        }
        tx.commit().await
    }
}
