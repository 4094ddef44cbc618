//! Every step of the schema keeps what an installation holds: the demonstration is put into the schema as it
//! was after each migration, brought up to date as the product does it, and compared table by table.

use crate::{
    demo::load,
    platform::db::Db,
    testing::{House, Kind, house},
};
use sha2::{Digest, Sha256};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
    postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use std::{collections::BTreeMap, str::FromStr};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Columns that a later migration rewrites on purpose: table, column, the migration, why.
const REWRITTEN: &[(&str, &str, i64, &str)] =
    &[("attendance_sum", "looked_at", 22, "every sum is counted again, now with the duty of continuing education")];

/// What a table holds: how many rows, and a digest of the columns that were asked for.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    rows: usize,
    digest: String,
}

/// The tables of a schema, each with the columns to compare.
type Tables = BTreeMap<String, Vec<String>>;

/// What each table of a database holds.
type Contents = BTreeMap<String, Held>;

fn held(mut lines: Vec<String>) -> Held {
    lines.sort_unstable();
    let mut digest = Sha256::new();
    for line in &lines {
        digest.update(line.as_bytes());
        digest.update([0]);
    }
    Held { rows: lines.len(), digest: format!("{:x?}", digest.finalize().as_slice()) }
}

fn quoted(columns: &[String]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

/// Columns that may be compared after a schema of this version was brought up to date.
fn comparable(version: i64, tables: &Tables) -> Tables {
    let kept = |table: &str, column: &str| {
        !REWRITTEN.iter().any(|(t, c, migration, _)| *t == table && *c == column && *migration > version)
    };
    tables
        .iter()
        .map(|(table, columns)| (table.clone(), columns.iter().filter(|column| kept(table, column)).cloned().collect()))
        .collect()
}

fn compare(version: i64, before: &Contents, after: &Contents, faults: &mut Vec<String>) {
    // The first four schemas know little of what people do.
    let rows: usize = before.values().map(|held| held.rows).sum();
    let enough = if version > 4 { 500 } else { 0 };
    assert!(rows > enough, "the schema of {version} was filled: {rows} rows");
    for (table, held) in before {
        match after.get(table) {
            Some(now) if now == held => {}
            Some(now) => faults.push(format!(
                "from {version}: {table} held {} rows and holds {}{}",
                held.rows,
                now.rows,
                if held.rows == now.rows { ", with other values" } else { "" }
            )),
            None => faults.push(format!("from {version}: {table} is gone")),
        }
    }
}

async fn with_demonstration(kind: Kind) -> House {
    let house = house(kind).await;
    load::load(&house.nobody(), "correct horse battery").await.expect("the demonstration");
    house
}

mod sqlite {
    use super::*;

    async fn tables(c: &mut SqliteConnection, against: &str) -> Tables {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT m.name, p.name FROM main.sqlite_master m, pragma_table_info(m.name, 'main') p
             WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'
                AND EXISTS (SELECT 1 FROM pragma_table_info(m.name, $1) o WHERE o.name = p.name)",
        )
        .bind(against)
        .fetch_all(c)
        .await
        .expect("the schema");
        let mut tables = Tables::new();
        for (table, column) in rows {
            tables.entry(table).or_default().push(column);
        }
        tables
    }

    async fn contents(c: &mut SqliteConnection, tables: &Tables) -> Contents {
        let mut contents = Contents::new();
        for (table, columns) in tables {
            let values = columns.iter().map(|column| format!("quote(\"{column}\")")).collect::<Vec<_>>();
            let sql = format!("SELECT {} FROM main.\"{table}\"", values.join(" || ',' || "));
            let lines: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *c).await.expect("rows");
            contents.insert(table.clone(), held(lines.into_iter().map(|line| line.0).collect()));
        }
        contents
    }

    /// Copies what fits: a row that the older schema refuses, and what refers to it, is left out.
    async fn fill(c: &mut SqliteConnection, tables: &Tables) {
        for (table, columns) in tables {
            let columns = quoted(columns);
            let sql = format!(
                "INSERT OR IGNORE INTO main.\"{table}\" ({columns}) SELECT {columns} FROM demonstration.\"{table}\""
            );
            c.execute(AssertSqlSafe(sql)).await.expect("rows are copied");
        }
        loop {
            let orphans: Vec<(String, i64)> =
                sqlx::query_as("SELECT DISTINCT \"table\", rowid FROM pragma_foreign_key_check()")
                    .fetch_all(&mut *c)
                    .await
                    .expect("keys are checked");
            if orphans.is_empty() {
                return;
            }
            for (table, row) in orphans {
                let sql = format!("DELETE FROM main.\"{table}\" WHERE rowid = {row}");
                c.execute(AssertSqlSafe(sql)).await.expect("a row without its parent goes");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_migration_keeps_what_is_there() {
        let house = with_demonstration(Kind::Sqlite).await;
        let demonstration = house.app.settings.data.join("magistra.db");
        let folder = tempfile::tempdir().expect("a folder");
        let mut faults = Vec::new();
        let versions: Vec<i64> = SQLITE.iter().map(|migration| migration.version).collect();
        for version in &versions[..versions.len() - 1] {
            let path = folder.path().join(format!("{version}.db"));
            let mut old = SqliteConnectOptions::new()
                .filename(&path)
                .create_if_missing(true)
                .foreign_keys(false)
                .connect()
                .await
                .expect("a database");
            SQLITE.run_to(*version, &mut old).await.expect("the older schema");
            sqlx::query("ATTACH $1 AS demonstration")
                .bind(demonstration.to_str().expect("a plain path"))
                .execute(&mut old)
                .await
                .expect("the demonstration is at hand");
            let tables = tables(&mut old, "demonstration").await;
            fill(&mut old, &tables).await;
            let compared = comparable(*version, &tables);
            let before = contents(&mut old, &compared).await;
            old.close().await.expect("closes");

            let db = Db::open(&format!("sqlite://{}", path.display())).await.expect("opens");
            db.migrate().await.unwrap_or_else(|error| panic!("from {version}: {error}"));
            db.close().await;
            let mut new = SqliteConnectOptions::new().filename(&path).connect().await.expect("a database");
            let orphans =
                sqlx::query("SELECT 1 FROM pragma_foreign_key_check()").fetch_all(&mut new).await.expect("keys");
            assert!(orphans.is_empty(), "from {version}: {} rows lost what they refer to", orphans.len());
            compare(*version, &before, &contents(&mut new, &compared).await, &mut faults);
            new.close().await.expect("closes");
        }
        assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    }

    /// The recipe of CONTRIBUTING ("Change a table") for a table as it is.
    async fn rebuilding(c: &mut SqliteConnection, table: &str) -> String {
        let (made,): (String,) = sqlx::query_as("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = $1")
            .bind(table)
            .fetch_one(&mut *c)
            .await
            .expect("the table");
        let columns = made.find('(').expect("columns");
        let indexes: Vec<(String,)> =
            sqlx::query_as("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL")
                .bind(table)
                .fetch_all(c)
                .await
                .expect("its indexes");
        let indexes: String = indexes.into_iter().map(|(sql,)| sql + ";").collect();
        format!(
            "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;
             CREATE TABLE {table}_new {};
             INSERT INTO {table}_new SELECT * FROM {table}; DROP TABLE {table}; ALTER TABLE {table}_new RENAME TO {table}; {indexes}
             CREATE TEMP TABLE orphans (number INTEGER CHECK (number = 0));
             INSERT INTO orphans SELECT COUNT(*) FROM pragma_foreign_key_check(); DROP TABLE orphans;
             COMMIT; PRAGMA foreign_keys = ON;",
            &made[columns..]
        )
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_recipe_for_rebuilding_a_table_keeps_every_row() {
        let house = with_demonstration(Kind::Sqlite).await;
        let path = house.app.settings.data.join("magistra.db");
        house.app.db.close().await;
        let mut c = SqliteConnectOptions::new().filename(&path).foreign_keys(true).connect().await.expect("a database");
        let tables = tables(&mut c, "main").await;
        let before = contents(&mut c, &tables).await;
        assert!(before["slot"].rows > 0 && before["timetable_session"].rows > 0);
        let sql = rebuilding(&mut c, "slot").await;
        let mut migrations: Vec<Migration> = SQLITE.iter().cloned().collect();
        migrations.push(Migration::new(
            9999,
            "rebuild".into(),
            MigrationType::Simple,
            AssertSqlSafe(sql).into_sql_str(),
            true,
        ));
        Migrator::with_migrations(migrations).run(&mut c).await.expect("the table is rebuilt");
        assert_eq!(contents(&mut c, &tables).await, before);
        let orphans = sqlx::query("SELECT 1 FROM pragma_foreign_key_check()").fetch_all(&mut c).await.expect("keys");
        assert!(orphans.is_empty());
    }
}

mod postgres {
    use super::*;

    async fn tables(c: &mut PgConnection) -> Tables {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT n.table_name::text, n.column_name::text FROM information_schema.columns n
             WHERE n.table_schema = 'public' AND n.table_name NOT LIKE '\\_sqlx%' AND EXISTS (
                SELECT 1 FROM information_schema.columns o WHERE o.table_schema = 'demonstration'
                    AND o.table_name = n.table_name AND o.column_name = n.column_name)
             ORDER BY n.table_name, n.ordinal_position",
        )
        .fetch_all(c)
        .await
        .expect("the schema");
        let mut tables = Tables::new();
        for (table, column) in rows {
            tables.entry(table).or_default().push(column);
        }
        tables
    }

    async fn contents(c: &mut PgConnection, tables: &Tables) -> Contents {
        let mut contents = Contents::new();
        for (table, columns) in tables {
            let sql = format!("SELECT ROW({})::text FROM public.\"{table}\"", quoted(columns));
            let lines: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *c).await.expect("rows");
            contents.insert(table.clone(), held(lines.into_iter().map(|line| line.0).collect()));
        }
        contents
    }

    /// Copies what fits: a row that the older schema refuses, and what refers to it, is left out.
    async fn fill(c: &mut PgConnection, tables: &Tables) {
        c.execute("SET session_replication_role = replica").await.expect("keys wait");
        for (table, columns) in tables {
            let columns = quoted(columns);
            let copy =
                format!("INSERT INTO public.\"{table}\" ({columns}) SELECT {columns} FROM demonstration.\"{table}\"");
            if c.execute(AssertSqlSafe(copy.clone())).await.is_ok() {
                continue;
            }
            let one_by_one = format!(
                "DO $$ DECLARE r record; BEGIN FOR r IN SELECT ctid FROM demonstration.\"{table}\" LOOP
                    BEGIN {copy} WHERE ctid = r.ctid;
                    EXCEPTION WHEN check_violation OR unique_violation OR not_null_violation THEN NULL; END;
                 END LOOP; END $$"
            );
            c.execute(AssertSqlSafe(one_by_one)).await.expect("rows are copied");
        }
        let keys: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT k.conrelid::regclass::text, a.attname::text, k.confrelid::regclass::text, b.attname::text
             FROM pg_constraint k
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
             JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
             WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace",
        )
        .fetch_all(&mut *c)
        .await
        .expect("the keys");
        loop {
            let mut removed = 0;
            for (child, column, parent, key) in &keys {
                let sql = format!(
                    "DELETE FROM {child} c WHERE c.\"{column}\" IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE p.\"{key}\" = c.\"{column}\")"
                );
                removed += c.execute(AssertSqlSafe(sql)).await.expect("a row without its parent goes").rows_affected();
            }
            if removed == 0 {
                return;
            }
        }
    }

    async fn connect(options: &PgConnectOptions, database: &str) -> PgConnection {
        options.clone().database(database).connect().await.expect("PostgreSQL for tests answers")
    }

    async fn create(admin: &mut PgConnection, name: &str, template: &str) {
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
        admin.execute(AssertSqlSafe(sql)).await.expect("a database");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_migration_keeps_what_is_there() {
        let house = with_demonstration(Kind::Postgres).await;
        let url = house.app.settings.database_url();
        let options = PgConnectOptions::from_str(&url).expect("an address");
        let demonstration = options.get_database().expect("a name").to_owned();
        house.app.db.close().await;
        let (chain, case) = (format!("{demonstration}_chain"), format!("{demonstration}_case"));
        let mut admin = connect(&options, "postgres").await;
        create(&mut admin, &chain, &demonstration).await;
        let mut step = connect(&options, &chain).await;
        step.execute("ALTER SCHEMA public RENAME TO demonstration; CREATE SCHEMA public").await.expect("two schemas");
        step.close().await.expect("closes");

        let mut faults = Vec::new();
        let versions: Vec<i64> = POSTGRES.iter().map(|migration| migration.version).collect();
        for version in &versions[..versions.len() - 1] {
            let mut step = connect(&options, &chain).await;
            POSTGRES.run_to(*version, &mut step).await.expect("the older schema");
            step.close().await.expect("closes");
            create(&mut admin, &case, &chain).await;
            let mut old = connect(&options, &case).await;
            let tables = tables(&mut old).await;
            fill(&mut old, &tables).await;
            let compared = comparable(*version, &tables);
            let before = contents(&mut old, &compared).await;
            old.close().await.expect("closes");

            let (base, _) = url.rsplit_once('/').expect("a path");
            let db = Db::open(&format!("{base}/{case}")).await.expect("opens");
            db.migrate().await.unwrap_or_else(|error| panic!("from {version}: {error}"));
            db.close().await;
            let mut new = connect(&options, &case).await;
            compare(*version, &before, &contents(&mut new, &compared).await, &mut faults);
            new.close().await.expect("closes");
            admin.execute(AssertSqlSafe(format!("DROP DATABASE {case}"))).await.expect("the case is over");
        }
        admin.execute(AssertSqlSafe(format!("DROP DATABASE {chain}"))).await.expect("the chain is over");
        assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    }
}
