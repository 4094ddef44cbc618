//! What is removed after its time, and what is never removed.

use super::{
    JOBS,
    keeping::{self, RETENTION_JOB, SWEEP_JOB, Swept},
    keeping_store,
    retention::RETENTION,
};
use crate::{
    common::ids::{DeliveryId, FileId},
    execute, fetch_one, on_both,
    people::service as signing,
    platform::{
        db::{Db, Statement},
        files::Files,
        jobs,
        store::{FileRow, add_file},
    },
    testing::{House, Kind, house},
};
use chrono::{DateTime, TimeDelta, Utc};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use std::collections::BTreeSet;

async fn names(sql: &'static str) -> BTreeSet<String> {
    let house = house(Kind::Sqlite).await;
    let Db::Sqlite { readers, .. } = &house.app.db else { unreachable!() };
    let rows: Vec<(String,)> = sqlx::query_as(sql).fetch_all(readers).await.expect("sqlite's schema");
    rows.into_iter().map(|(name,)| name).collect()
}

#[tokio::test]
async fn every_table_has_a_rule_and_the_page_says_it() {
    let tables = names("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'").await;
    let ruled: Vec<String> = RETENTION.iter().map(|(table, _)| (*table).to_owned()).collect();
    assert!(ruled.is_sorted());
    let missing: Vec<_> = tables.iter().filter(|table| !ruled.contains(table)).collect();
    assert!(missing.is_empty(), "no rule in server/retention.rs for {missing:?}");
    let gone: Vec<_> = ruled.iter().filter(|table| !tables.contains(*table)).collect();
    assert!(gone.is_empty(), "no such table: {gone:?}");
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/RETENTION.md")).expect("the page");
    let lines: BTreeSet<&str> = page.lines().collect();
    for (table, rule) in RETENTION {
        let line = format!("| `{table}` | {} |", rule.words());
        assert!(lines.contains(line.as_str()), "docs/RETENTION.md lacks: {line}");
        if let super::retention::Rule::With(parent) = rule {
            assert!(tables.contains(*parent), "{table} goes with {parent}, which is no table");
        }
    }
}

#[tokio::test]
async fn every_column_that_names_a_file_is_known_to_the_sweep() {
    let naming = names(
        "SELECT m.name || '.' || f.\"from\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
        WHERE m.type = 'table' AND f.\"table\" = 'file'",
    )
    .await;
    assert!(naming.len() >= 4, "{naming:?}");
    for column in &naming {
        let (table, column) = column.split_once('.').unwrap();
        assert!(
            keeping_store::FILES_SQL.contains(&format!("FROM {table} t WHERE t.{column} = f.id")),
            "{table}.{column} names files: keeping_store's FILES must ask it"
        );
    }
    // What is called a file or a key and is no reference: a new one must be looked at.
    let alike = names(
        "SELECT m.name || '.' || p.name FROM sqlite_master m, pragma_table_info(m.name) p
        WHERE m.type = 'table' AND (p.name LIKE '%file%' OR p.name LIKE '%key%' OR p.name LIKE '%object%')",
    )
    .await;
    let others: BTreeSet<_> = alike.difference(&naming).map(String::as_str).collect();
    let known = [
        "attempt.key",
        "course_text.objectives",
        "file.key",
        "job.dedupe_key",
        "mark_draft.file",
        "pack_module.objectives",
        "project.key",
        "reach.project_key",
        "session_plan.objectives",
    ];
    assert_eq!(others, known.into(), "does a new column name an object of the store?");
}

/// Adds a session, a link, jobs and a draft, all made now.
async fn leave_traces(house: &House) {
    let tom = house.person("Tom", &[]).await;
    signing::sign_in(&house.nobody(), &tom.email, "correct horse battery").await.unwrap();
    crate::people::accounts::service::forgotten(&house.nobody(), &tom.email, "en").await.unwrap();
    jobs::drain(&house.app, JOBS).await.unwrap();
    let academy = house.institution("academy").await;
    let course = house.course("introductory").await;
    let delivery: DeliveryId = house.delivery(course, academy, 9).await;
    let draft = Statement::new(
        "testing::draft",
        "INSERT INTO mark_draft (id, delivery_id, made_by, made_at, file, tool, body, choices) VALUES ($1, $2, $3, $4, 'x', 'zoom', '', '')",
    );
    let mut tx = house.app.db.begin().await.unwrap();
    execute!(&mut tx, draft, uuid::Uuid::from_u128(5), delivery, tom.person_id, house.app.now()).unwrap();
    tx.commit().await.unwrap();
}

async fn traces(house: &House) -> [i64; 4] {
    [
        house.count("SELECT COUNT(*) FROM session").await,
        house.count("SELECT COUNT(*) FROM one_time_token").await,
        house.count("SELECT COUNT(*) FROM job WHERE state = 'done' AND kind = 'mail'").await,
        house.count("SELECT COUNT(*) FROM mark_draft").await,
    ]
}

on_both! {
    async fn what_is_over_goes_and_what_is_not_stays(house) {
        leave_traces(&house).await;
        assert_eq!(traces(&house).await, [1, 1, 1, 1]);
        let audit = house.count("SELECT COUNT(*) FROM audit").await;
        let cx = house.nobody();
        for (days, left) in [(0, [1, 1, 1, 1]), (2, [1, 0, 1, 1]), (8, [1, 0, 1, 0]), (15, [1, 0, 0, 0]), (22, [0, 0, 0, 0])] {
            house.app.clock.set("2026-11-24T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(days));
            keeping::retain(&cx).await.unwrap();
            assert_eq!(traces(&house).await, left, "after {days} days");
        }
        assert_eq!(house.count("SELECT COUNT(*) FROM audit").await, audit);
        assert_eq!(house.count("SELECT COUNT(*) FROM account").await, 1);
    }
}

on_both! {
    async fn many_rows_go_in_batches(house) {
        let mut tx = house.app.db.begin().await.unwrap();
        let many = Statement::new("testing::many", "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201)
                INSERT INTO one_time_token (token_hash, account_id, purpose, expires_at)
                SELECT 'x' || i, a.id, 'reset', a.created_at FROM n, account a");
        tx.commit().await.unwrap();
        house.person("Tom", &[]).await;
        tx = house.app.db.begin().await.unwrap();
        execute!(&mut tx, many).unwrap();
        tx.commit().await.unwrap();
        house.app.clock.set(house.app.now() + TimeDelta::days(2));
        assert_eq!(keeping::retain(&house.nobody()).await.unwrap(), 1201);
    }
}

on_both! {
    async fn a_clock_that_jumps_removes_nothing(house) {
        leave_traces(&house).await;
        jobs::start_daily(&house.app, &[RETENTION_JOB, SWEEP_JOB]).await.unwrap();
        jobs::drain(&house.app, JOBS).await.unwrap();
        house.app.clock.set(house.app.now() + TimeDelta::days(1000));
        jobs::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(traces(&house).await, [1, 1, 1, 1]);
        // A day later the clock still says so: then it is so.
        house.app.clock.set(house.app.now() + TimeDelta::days(1));
        jobs::drain(&house.app, JOBS).await.unwrap();
        assert_eq!(traces(&house).await, [0, 0, 0, 0]);
    }
}

fn key_of(n: u128) -> String {
    let plain = uuid::Uuid::from_u128(n).simple().to_string();
    format!("{}/{plain}", &plain[30..])
}

async fn put(house: &House, key: &str) -> DateTime<Utc> {
    let path = Path::from(key);
    house.app.files.store().put(&path, bytes::Bytes::from_static(b"bytes").into()).await.unwrap();
    house.app.files.store().head(&path).await.unwrap().last_modified
}

async fn keys(house: &House) -> BTreeSet<String> {
    use futures::TryStreamExt;
    let all: Vec<_> = house.app.files.store().list(None).try_collect().await.unwrap();
    all.into_iter().map(|object| object.location.to_string()).collect()
}

async fn record(house: &House, n: u128) {
    let row = FileRow {
        id: FileId::from(uuid::Uuid::from_u128(n)),
        key: key_of(n),
        name: "x.pdf".into(),
        media_type: "application/pdf".into(),
        size: 5,
        sha256: String::new(),
    };
    let mut tx = house.app.db.begin().await.unwrap();
    add_file(&mut tx, &row, None, house.app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn the_sweep_takes_what_nobody_names_and_nothing_else(house) {
        let cx = house.nobody();
        // As a server that was killed between the last byte and the row leaves it.
        put(&house, &key_of(1)).await;
        put(&house, &key_of(2)).await;
        put(&house, "backups/of-somebody.tar.gz").await;
        let stored = put(&house, &key_of(3)).await;
        house.app.clock.set(stored);
        record(&house, 2).await;
        let all: BTreeSet<_> = [key_of(1), key_of(2), key_of(3), "backups/of-somebody.tar.gz".to_owned()].into();
        house.app.clock.set(stored + TimeDelta::hours(23));
        assert_eq!(keeping::sweep(&cx).await.unwrap(), Swept::default());
        assert_eq!(keys(&house).await, all, "an upload that nobody has named yet");
        // The third is named at last.
        record(&house, 3).await;
        house.app.clock.set(stored + TimeDelta::hours(25));
        assert_eq!(keeping::sweep(&cx).await.unwrap(), Swept { removed: 1, bytes: 5, parts: 0, strange: 1 });
        let left: BTreeSet<_> = [key_of(2), key_of(3), "backups/of-somebody.tar.gz".to_owned()].into();
        assert_eq!(keys(&house).await, left);
        // Rows that nothing names go first, and their bytes with the next sweep.
        house.app.clock.set(house.app.now() + TimeDelta::days(2));
        assert_eq!(keeping::retain(&cx).await.unwrap(), 2);
        assert_eq!(keeping::sweep(&cx).await.unwrap().removed, 2);
        assert_eq!(keys(&house).await.len(), 1);
    }
}

on_both! {
    async fn the_store_of_another_database_is_left_alone(house) {
        let mut stored = house.app.now();
        for n in 0..30 {
            stored = put(&house, &key_of(n)).await;
        }
        record(&house, 1).await;
        house.app.clock.set(stored + TimeDelta::days(3));
        assert!(keeping::sweep(&house.nobody()).await.is_err());
        assert_eq!(keys(&house).await.len(), 30);
    }
}

#[tokio::test]
async fn pieces_of_an_upload_that_was_cut_off_go_too() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(folder.path().to_str().unwrap()).unwrap();
    let count = || {
        let folders = std::fs::read_dir(folder.path()).unwrap();
        folders.map(|inner| std::fs::read_dir(inner.unwrap().path()).unwrap().count()).sum::<usize>()
    };
    let mut incoming = files.receive(FileId::from(uuid::Uuid::from_u128(9)), "x.pdf", 1 << 30).await.unwrap();
    incoming.write(bytes::Bytes::from(vec![b'%'; 16])).await.unwrap();
    // As SIGKILL does: nobody tidies up.
    std::mem::forget(incoming);
    assert_eq!(count(), 1);
    assert_eq!(files.sweep_parts(DateTime::UNIX_EPOCH).await.unwrap(), 0, "it may still be on its way");
    let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let part = std::fs::read_dir(path).unwrap().next().unwrap().unwrap();
    let written = DateTime::<Utc>::from(part.metadata().unwrap().modified().unwrap());
    assert_eq!(files.sweep_parts(written + TimeDelta::seconds(1)).await.unwrap(), 1);
    assert_eq!(count(), 0);
}

on_both! {
    async fn times_ahead_are_told(house) {
        house.person("Tom", &[]).await;
        assert!(keeping::written_ahead(&house.app).await.unwrap().is_empty());
        let latest = Statement::<(DateTime<Utc>,)>::new("testing::latest", "SELECT MAX(at) FROM audit");
        let (at,): (DateTime<Utc>,) = fetch_one!(&mut house.app.db.read().await.unwrap(), latest).unwrap();
        house.app.clock.set(house.app.now() - TimeDelta::days(1000));
        assert_eq!(keeping::written_ahead(&house.app).await.unwrap(), [("audit".to_owned(), 1, at)]);
    }
}
