//! Every statement fits the type that its rows are read as, on both databases: a row of one constant a
//! column, with the names and types that the databases say, is read as that type.

use crate::{
    common::codes::UnknownCode,
    platform::db::{Db, Listed},
    server::{house_tests::sources, statements},
    testing::{Kind, house},
};
use sqlx::{AssertSqlSafe, Column, Executor, SqlSafeStr, Statement, TypeInfo, error::UnexpectedNullError};
use std::collections::BTreeSet;

/// What a database says of a statement's column.
#[derive(Debug)]
struct Said {
    name: String,
    /// Only PostgreSQL knows of what type every column is.
    ty: String,
    /// Whether it may be NULL: a column that may, or one of an outer join. None where nobody can know.
    nullable: Option<bool>,
}

/// The columns of a statement's rows.
async fn said(db: &Db, sql: &'static str) -> Result<Vec<Said>, sqlx::Error> {
    match db {
        Db::Sqlite { writer, .. } => {
            let statement = writer.acquire().await?.prepare(sql.into_sql_str()).await?;
            Ok(statement
                .columns()
                .iter()
                .map(|column| Said { name: column.name().to_owned(), ty: String::new(), nullable: None })
                .collect())
        }
        Db::Postgres(pool) => {
            let described = pool.acquire().await?.describe(sql.into_sql_str()).await?;
            Ok(described
                .columns()
                .iter()
                .enumerate()
                .map(|(n, column)| Said {
                    name: column.name().to_owned(),
                    ty: column.type_info().name().to_owned(),
                    nullable: described.nullable(n),
                })
                .collect())
        }
    }
}

/// A constant of a type, as PostgreSQL writes it and as SQLite does; none for a type that the schema does not use.
fn constant(ty: &str) -> Option<(&'static str, &'static str)> {
    Some(match ty {
        "UUID" => ("UUID '01890000-0000-7000-8000-000000000001'", "X'01890000000070008000000000000001'"),
        "INT8" => ("CAST(1 AS BIGINT)", "1"),
        "BOOL" => ("TRUE", "TRUE"),
        "TEXT" => ("CAST('x' AS TEXT)", "'x'"),
        "DATE" => ("DATE '2027-03-01'", "'2027-03-01'"),
        "TIMESTAMPTZ" => ("TIMESTAMPTZ '2027-03-01 09:00:00+00'", "'2027-03-01T09:00:00.000000000+00:00'"),
        "BYTEA" => ("CAST('x' AS BYTEA)", "X'01'"),
        _ => return None,
    })
}

/// A row in the making: names, and what stands there.
#[derive(Clone)]
struct Made(Vec<(String, String)>);

impl Made {
    /// The same with something else in a column.
    fn with(&self, column: usize, value: &str) -> Self {
        let mut made = self.clone();
        value.clone_into(&mut made.0[column].1);
        made
    }

    /// What becomes of it where it is read: as many rows as `for_each` has.
    async fn read(&self, db: &Db, statement: &Listed, for_each: &str) -> Vec<Result<(), sqlx::Error>> {
        let columns: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{value} AS \"{}\"", name.replace('"', "\"\""))).collect();
        let sql = AssertSqlSafe(format!(
            "{for_each} SELECT {}{}",
            columns.join(", "),
            if for_each.is_empty() { "" } else { " FROM code" }
        ));
        match db {
            Db::Sqlite { writer, .. } => {
                let rows = sqlx::query(sql).persistent(false).fetch_all(writer).await.expect("constants");
                rows.iter().map(statement.from_sqlite).collect()
            }
            Db::Postgres(pool) => {
                let rows = sqlx::query(sql).persistent(false).fetch_all(pool).await.expect("constants");
                rows.iter().map(statement.from_pg).collect()
            }
        }
    }

    /// Reads it once.
    async fn read_one(&self, db: &Db, statement: &Listed) -> Result<(), sqlx::Error> {
        self.read(db, statement, "").await.remove(0)
    }

    /// Which column an error is about.
    fn column_of(&self, index: &str) -> Option<usize> {
        let name = index.trim_matches('"');
        index.parse().ok().or_else(|| self.0.iter().position(|(known, _)| known == name))
    }

    /// The row with a code where an enumeration wants one, so that what stands after it is read too.
    async fn fitted(mut self, db: &Db, statement: &Listed, codes: &[String]) -> Result<Self, String> {
        let values: Vec<String> = codes.iter().map(|code| format!("('{code}')")).collect();
        let every_code = format!("WITH code (code) AS (VALUES {})", values.join(", "));
        loop {
            let (index, error) = match self.read_one(db, statement).await {
                Ok(()) => return Ok(self),
                Err(sqlx::Error::ColumnDecode { index, source }) if source.is::<UnknownCode>() => (index, source),
                Err(error) => return Err(error.to_string()),
            };
            let column = self.column_of(&index).ok_or_else(|| format!("which column is {index}?"))?;
            let outcomes = self.with(column, "code.code").read(db, statement, &every_code).await;
            let known = outcomes.iter().position(|outcome| match outcome {
                Err(sqlx::Error::ColumnDecode { index: other, source }) => {
                    *other != index || !source.is::<UnknownCode>()
                }
                _ => true,
            });
            let Some(known) = known else { return Err(format!("{index}: no code of any enumeration fits: {error}")) };
            self = self.with(column, &format!("CAST('{}' AS TEXT)", codes[known]));
        }
    }
}

/// The codes of all enumerations, as the source has them.
fn codes() -> Vec<String> {
    let mut found = BTreeSet::new();
    for (_, text) in sources() {
        for (at, _) in text.match_indices("text_enum! {") {
            let body = text[at..].split("\n}").next().unwrap_or_default();
            found.extend(body.split("= \"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
    found.into_iter().collect()
}

#[tokio::test]
async fn every_statement_is_understood_by_both_databases_and_fits_its_rows() {
    let (sqlite, postgres) = (house(Kind::Sqlite).await, house(Kind::Postgres).await);
    let (sqlite, postgres) = (&sqlite.app.db, &postgres.app.db);
    let codes = codes();
    let (mut wrong, mut read) = (Vec::new(), 0);
    for statement in statements::all() {
        let row = (statement.row)();
        let mut fault =
            |database: &str, what: &str| wrong.push(format!("{database} {} -> {row}: {what}", statement.name));
        let (names, types) = match (said(sqlite, statement.sql).await, said(postgres, statement.sql).await) {
            (Ok(names), Ok(types)) => (names, types),
            (one, other) => {
                for (database, error) in [("sqlite", one.err()), ("postgres", other.err())] {
                    if let Some(error) = error {
                        fault(database, &error.to_string());
                    }
                }
                continue;
            }
        };
        if row == "()" {
            if !types.is_empty() {
                fault("both", "its rows are of no type: `NAME -> Row = …`");
            }
            continue;
        }
        if names.len() != types.len() {
            fault("both", &format!("{} columns and {}", names.len(), types.len()));
            continue;
        }
        let (mut for_sqlite, mut for_postgres) = (Made(Vec::new()), Made(Vec::new()));
        for (name, ty) in names.into_iter().zip(&types) {
            match constant(&ty.ty) {
                Some((in_postgres, in_sqlite)) => {
                    for_sqlite.0.push((name.name, in_sqlite.to_owned()));
                    for_postgres.0.push((ty.name.clone(), in_postgres.to_owned()));
                }
                None => fault("postgres", &format!("{} is of type {}", ty.name, ty.ty)),
            }
        }
        if for_postgres.0.len() < types.len() {
            continue;
        }
        read += 1;
        if let Err(error) = for_sqlite.fitted(sqlite, &statement, &codes).await {
            fault("sqlite", &error);
        }
        let for_postgres = match for_postgres.fitted(postgres, &statement, &codes).await {
            Ok(row) => row,
            Err(error) => {
                fault("postgres", &error);
                continue;
            }
        };
        // SQLite reads NULL as zero and as no text; PostgreSQL refuses it.
        for (n, column) in types.iter().enumerate() {
            let empty =
                for_postgres.with(n, &format!("CAST(NULL AS {})", column.ty)).read_one(postgres, &statement).await;
            if let Err(sqlx::Error::ColumnDecode { source, .. }) = &empty
                && source.is::<UnexpectedNullError>()
                && column.nullable != Some(false)
            {
                println!("NULL? {:?} {} -> {row}: {}", column.nullable, statement.name, column.name);
            }
        }
    }
    assert!(read > 300, "{read}");
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}
