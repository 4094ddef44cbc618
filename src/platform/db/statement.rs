//! Statements, their rows' types, and the macros that declare and run them.

use sqlx::{
    Database, FromRow,
    postgres::PgRow,
    query::{Query, QueryAs},
    sqlite::SqliteRow,
};
use std::marker::PhantomData;

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
