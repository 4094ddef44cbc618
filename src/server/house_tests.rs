//! Tests of the house itself: arrows, statements, schemas, and what may stand where.

use crate::{
    platform::db::Db,
    testing::{Kind, house},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The order of the house: services, stores and models use only what stands before them.
const ORDER: &[&str] = &[
    "common",
    "platform",
    "people",
    "institutions",
    "programmes",
    "catalogue",
    "packs",
    "deliveries",
    "enrolment",
    "attendance",
    "learning",
    "completion",
    "feedback",
    "trainers",
    "cohorts",
    "cascade",
    "reporting",
    "demo",
    "server",
];

/// Every file of the source, by its path below `src`.
pub(super) fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).expect("the source is there") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("readable");
                into.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found.into_iter().map(|(path, text)| (path.strip_prefix(&root).expect("inside").to_owned(), text)).collect()
}

fn is_test(path: &Path) -> bool {
    path.components().any(|c| c.as_os_str().to_string_lossy().contains("tests"))
        || path.starts_with("testing")
        || path.starts_with("testing.rs")
}

/// The file without its `#[cfg(test)] mod tests` at the end.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

/// The capabilities that a file names after `crate::`, also inside a braced list.
fn named(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        let (mut depth, mut start) = (0_u32, true);
        for (i, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && depth == 0 && (c.is_alphabetic() || c == '_') => {
                    found.insert(word(&list[i..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn arrows_point_one_way() {
    let rank = |name: &str| ORDER.iter().position(|known| *known == name);
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let mut parts = path.components().map(|c| c.as_os_str().to_string_lossy().into_owned());
        let Some(own) = parts.next() else { continue };
        let Some(own_rank) = rank(&own) else { continue };
        let room = parts.next().unwrap_or_default();
        // Pages may compose any capability; tests may use anything.
        if is_test(&path) || room == "pages" {
            continue;
        }
        for other in named(without_tests(&text)) {
            if rank(&other).is_some_and(|r| r > own_rank) {
                wrong.push(format!("{} uses crate::{other}, which comes after {own}", path.display()));
            }
            if (other == "ui" || other == "app")
                && own != "server"
                && !path.starts_with("platform/http")
                && room != "api.rs"
            {
                wrong.push(format!("{} uses crate::{other}: only pages do", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_arrows_sees_them() {
    let text = "use crate::{\n    common::{error::AppError, ids::X},\n    reporting::service,\n};\nlet x = crate::demo::load();";
    assert_eq!(named(text).into_iter().collect::<Vec<_>>(), ["common", "demo", "reporting"]);
}

#[test]
fn sql_stands_in_stores_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let allowed = name.contains("store")
            || is_test(&path)
            || path.ends_with("server/backup.rs")
            || path.ends_with("platform/db.rs");
        if allowed {
            continue;
        }
        for (number, line) in without_tests(&text).lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") {
                continue;
            }
            if ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM ", "sqlx::query"]
                .iter()
                .any(|sql| code.contains(sql))
            {
                wrong.push(format!("{}:{}: {code}", path.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "SQL outside the stores:\n{}", wrong.join("\n"));
}

#[test]
fn textareas_and_styles_are_written_in_one_place() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if is_test(&path) || path.ends_with("ui/field.rs") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if line.contains(concat!("<text", "area")) || line.contains(" style=\"") || line.contains("style:") {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "Leptos does not escape a textarea's content, and the policy forbids inline styles:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_store_is_listed() {
    let listed =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/statements.rs")).expect("readable");
    for (path, text) in sources() {
        if text.contains("statements! {") && !path.ends_with("platform/db.rs") && !is_test(&path) {
            let module = path.with_extension("").to_string_lossy().replace('/', "::");
            let module = module.trim_end_matches("::mod");
            assert!(listed.contains(&format!("{module}::STATEMENTS")), "{module} is missing in server/statements.rs");
        }
    }
}

/// Table and column, with the type as SQLite has it and whether it may be empty.
type Columns = BTreeMap<(String, String), (String, bool)>;

#[tokio::test]
async fn both_schemas_are_one() {
    let sqlite = house(Kind::Sqlite).await;
    let Db::Sqlite { writer, .. } = &sqlite.app.db else { unreachable!() };
    let rows: Vec<(String, String, String, bool, i64)> = sqlx::query_as(
        "SELECT m.name, p.name, p.type, p.\"notnull\", p.pk FROM sqlite_master m, pragma_table_info(m.name) p
         WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'",
    )
    .fetch_all(writer)
    .await
    .expect("sqlite's schema");
    let from_sqlite: Columns =
        rows.into_iter().map(|(t, c, ty, notnull, pk)| ((t, c), (ty, !notnull && pk == 0))).collect();

    let postgres = house(Kind::Postgres).await;
    let Db::Postgres(pool) = &postgres.app.db else { unreachable!() };
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
    )
    .fetch_all(pool)
    .await
    .expect("postgres' schema");
    let from_postgres: Columns = rows
        .into_iter()
        .map(|(t, c, ty, nullable)| {
            let ty = match ty.as_str() {
                "uuid" | "bytea" => "BLOB",
                "bigint" | "boolean" => "INTEGER",
                "text" | "date" | "timestamp with time zone" => "TEXT",
                other => panic!("{t}.{c} has the type {other}, which SQLite's half does not know"),
            };
            ((t, c), (ty.to_owned(), nullable == "YES"))
        })
        .collect();
    let differences: Vec<_> = from_sqlite
        .keys()
        .chain(from_postgres.keys())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|key| from_sqlite.get(*key) != from_postgres.get(*key))
        .map(|key| format!("{key:?}: sqlite {:?}, postgres {:?}", from_sqlite.get(key), from_postgres.get(key)))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(from_sqlite.len() > 200);
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
