//! The schema stands twice, and says the same twice: columns, keys, uniqueness, indexes, checks and defaults.

use crate::{
    platform::db::Db,
    testing::{Kind, house},
};
use sqlx::{PgPool, SqlitePool};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Table and column, with the type as SQLite has it and whether it may be empty.
type Columns = BTreeMap<(String, String), (String, bool)>;

/// Everything else a schema says, a line each, in words that are the same for both databases.
type Rules = BTreeSet<String>;

async fn sqlite_columns(pool: &SqlitePool) -> Columns {
    let rows: Vec<(String, String, String, bool, i64)> = sqlx::query_as(
        "SELECT m.name, p.name, p.type, p.\"notnull\", p.pk FROM sqlite_master m, pragma_table_info(m.name) p
         WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'",
    )
    .fetch_all(pool)
    .await
    .expect("sqlite's schema");
    rows.into_iter().map(|(t, c, ty, notnull, pk)| ((t, c), (ty, !notnull && pk == 0))).collect()
}

async fn postgres_columns(pool: &PgPool) -> Columns {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
    )
    .fetch_all(pool)
    .await
    .expect("postgres' schema");
    rows.into_iter()
        .map(|(t, c, ty, nullable)| {
            let ty = match ty.as_str() {
                "uuid" | "bytea" => "BLOB",
                "bigint" | "boolean" => "INTEGER",
                "text" | "date" | "timestamp with time zone" => "TEXT",
                other => panic!("{t}.{c} has the type {other}, which SQLite's half does not know"),
            };
            ((t, c), (ty.to_owned(), nullable == "YES"))
        })
        .collect()
}

/// An expression in the spelling that both databases share: without brackets, casts, blanks and the words that
/// PostgreSQL replaces by others.
fn plain(expression: &str) -> String {
    let mut text = expression.to_lowercase().replace('\n', " ").replace('"', "");
    for (from, to) in [
        ("::timestamp with time zone", ""),
        ("::text", ""),
        ("::bigint", ""),
        ("::integer", ""),
        ("::date", ""),
        ("[]", ""),
    ] {
        text = text.replace(from, to);
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for sign in text.chars() {
        match sign {
            '(' | ')' | '[' | ']' | ' ' | ',' => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(sign),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    // `x BETWEEN a AND b` is kept by PostgreSQL as `x >= a AND x <= b`.
    while let Some(at) = words.iter().position(|word| word == "between") {
        let (name, low, high) = (words[at - 1].clone(), words[at + 1].clone(), words[at + 3].clone());
        words.splice(at - 1..=at + 3, [name.clone(), ">=".into(), low, "and".into(), name, "<=".into(), high]);
    }
    // `x IN (a, b)` is kept as `x = ANY (ARRAY[a, b])`.
    while let Some(at) = words.windows(3).position(|three| three == ["=", "any", "array"]) {
        words.splice(at..at + 3, ["in".to_owned()]);
    }
    for word in &mut words {
        // Numbers below zero come in quotes; SQLite's truth is a number.
        let bare = word.trim_matches('\'');
        if bare.parse::<i64>().is_ok() {
            *word = bare.to_owned();
        } else if word == "true" || word == "false" {
            *word = if word == "true" { "1" } else { "0" }.to_owned();
        }
    }
    words.join(" ")
}

/// The expressions of all `CHECK (…)` in a table's text.
fn checks(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(at) = rest.find("CHECK (") {
        rest = &rest[at + "CHECK (".len()..];
        let mut depth = 1;
        let end = rest.find(|sign: char| {
            depth += i32::from(sign == '(') - i32::from(sign == ')');
            depth == 0
        });
        found.push(rest[..end.unwrap_or(rest.len())].to_owned());
    }
    found
}

async fn sqlite_rules(pool: &SqlitePool) -> Rules {
    let mut rules = Rules::new();
    let indexes: Vec<(String,)> =
        sqlx::query_as("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            .fetch_all(pool)
            .await
            .expect("indexes");
    rules.extend(indexes.into_iter().map(|(sql,)| plain(&sql)));
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    )
    .fetch_all(pool)
    .await
    .expect("tables");
    for (table, sql) in tables {
        rules.extend(checks(&sql).iter().map(|check| format!("{table} check {}", plain(check))));
        let keys: Vec<(String, String, Option<String>, String)> =
            sqlx::query_as("SELECT \"from\", \"table\", \"to\", on_delete FROM pragma_foreign_key_list($1)")
                .bind(&table)
                .fetch_all(pool)
                .await
                .expect("keys");
        for (column, parent, key, deleted) in keys {
            let key = key.expect("a key names its column");
            rules.insert(format!("{table}.{column} refers to {parent}.{key}, on delete {}", deleted.to_lowercase()));
        }
        let defaults: Vec<(String, String)> =
            sqlx::query_as("SELECT name, dflt_value FROM pragma_table_info($1) WHERE dflt_value IS NOT NULL")
                .bind(&table)
                .fetch_all(pool)
                .await
                .expect("defaults");
        rules.extend(defaults.iter().map(|(column, value)| format!("{table}.{column} is {} by default", plain(value))));
        let primary: Vec<(String,)> = sqlx::query_as("SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk")
            .bind(&table)
            .fetch_all(pool)
            .await
            .expect("primary keys");
        rules.insert(unique(&table, primary));
        let uniques: Vec<(String,)> = sqlx::query_as("SELECT name FROM pragma_index_list($1) WHERE origin = 'u'")
            .bind(&table)
            .fetch_all(pool)
            .await
            .expect("unique columns");
        for (index,) in uniques {
            let columns: Vec<(String,)> = sqlx::query_as("SELECT name FROM pragma_index_info($1) ORDER BY seqno")
                .bind(index)
                .fetch_all(pool)
                .await
                .expect("columns");
            rules.insert(unique(&table, columns));
        }
    }
    rules
}

fn unique(table: &str, columns: Vec<(String,)>) -> String {
    let columns: Vec<_> = columns.into_iter().map(|column| column.0).collect();
    format!("{table} has one row a {}", columns.join(", "))
}

async fn postgres_rules(pool: &PgPool) -> Rules {
    let mut rules = Rules::new();
    let indexes: Vec<(String,)> = sqlx::query_as(
        "SELECT i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' AND i.tablename NOT LIKE '\\_sqlx%'
            AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conname = i.indexname AND k.contype IN ('p', 'u'))",
    )
    .fetch_all(pool)
    .await
    .expect("indexes");
    rules.extend(indexes.into_iter().map(|(sql,)| plain(&sql.replace("public.", "").replace(" USING btree", ""))));
    let checks: Vec<(String, String)> = sqlx::query_as(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE contype = 'c' AND connamespace = 'public'::regnamespace",
    )
    .fetch_all(pool)
    .await
    .expect("checks");
    rules.extend(checks.iter().map(|(table, check)| format!("{table} {}", plain(check))));
    let keys: Vec<(String, String, String, String, String)> = sqlx::query_as(
        "SELECT k.conrelid::regclass::text, a.attname::text, k.confrelid::regclass::text, b.attname::text, k.confdeltype::text
         FROM pg_constraint k
         JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
         JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
         WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace",
    )
    .fetch_all(pool)
    .await
    .expect("keys");
    for (table, column, parent, key, deleted) in keys {
        let deleted = match deleted.as_str() {
            "a" => "no action",
            "c" => "cascade",
            "n" => "set null",
            other => other,
        };
        rules.insert(format!("{table}.{column} refers to {parent}.{key}, on delete {deleted}"));
    }
    let defaults: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, column_default::text FROM information_schema.columns
         WHERE table_schema = 'public' AND column_default IS NOT NULL AND table_name NOT LIKE '\\_sqlx%'",
    )
    .fetch_all(pool)
    .await
    .expect("defaults");
    rules.extend(
        defaults.iter().map(|(table, column, value)| format!("{table}.{column} is {} by default", plain(value))),
    );
    let uniques: Vec<(String, String)> = sqlx::query_as(
        "SELECT k.conrelid::regclass::text, (SELECT string_agg(a.attname, ', ' ORDER BY u.n)
            FROM unnest(k.conkey) WITH ORDINALITY AS u(col, n) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.col)
         FROM pg_constraint k WHERE k.contype IN ('p', 'u') AND k.connamespace = 'public'::regnamespace
            AND k.conrelid::regclass::text NOT LIKE '\\_sqlx%'",
    )
    .fetch_all(pool)
    .await
    .expect("unique columns");
    rules.extend(uniques.iter().map(|(table, columns)| format!("{table} has one row a {columns}")));
    rules
}

fn differences<T: Ord + std::fmt::Debug>(sqlite: &BTreeSet<T>, postgres: &BTreeSet<T>) -> Vec<String> {
    let only_sqlite = sqlite.difference(postgres).map(|rule| format!("sqlite alone:   {rule:?}"));
    let only_postgres = postgres.difference(sqlite).map(|rule| format!("postgres alone: {rule:?}"));
    only_sqlite.chain(only_postgres).collect()
}

#[tokio::test]
async fn both_schemas_are_one() {
    let sqlite = house(Kind::Sqlite).await;
    let Db::Sqlite { writer, .. } = &sqlite.app.db else { unreachable!() };
    let postgres = house(Kind::Postgres).await;
    let Db::Postgres(pool) = &postgres.app.db else { unreachable!() };

    let columns = (sqlite_columns(writer).await, postgres_columns(pool).await);
    assert!(columns.0.len() > 200);
    let faults = differences(&columns.0.into_iter().collect(), &columns.1.into_iter().collect());
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));

    let rules = (sqlite_rules(writer).await, postgres_rules(pool).await);
    for kind in [" check ", "refers to", "create unique index", "create index", "by default", "has one row a"] {
        assert!(
            rules.0.iter().any(|rule| rule.contains(kind)),
            "the schema has no {kind:?}: the test reads it wrongly"
        );
    }
    let faults = differences(&rules.0, &rules.1);
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// A list of codes in the schema is a table that cannot grow: see CONTRIBUTING, "Change a table".
#[tokio::test]
async fn no_check_lists_codes() {
    let house = house(Kind::Sqlite).await;
    let Db::Sqlite { writer, .. } = &house.app.db else { unreachable!() };
    let lists: Vec<_> = sqlite_rules(writer)
        .await
        .into_iter()
        .filter(|rule| rule.split_once(" check ").is_some_and(|(_, check)| check.split(' ').nth(1) == Some("in")))
        .collect();
    assert!(lists.is_empty(), "codes belong into a text_enum!, not into a CHECK:\n{}", lists.join("\n"));
}

#[test]
fn migrations_have_the_same_names_in_both_folders() {
    let names = |kind: &str| -> BTreeSet<String> {
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(kind))
            .expect("migrations")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
