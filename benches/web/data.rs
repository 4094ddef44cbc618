//! The large data set: the demonstration, and on top of it people, deliveries, enrolments and
//! marks made by the database itself.

use crate::client::Act;
use clap::Parser;
use magistra::{
    common::actor::Actor,
    platform::{
        config::Settings,
        context::{App, Ctx},
        db::Db,
    },
    server::open,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::path::Path;

/// What is measured.
pub struct Subjects {
    /// Name, path and cookie of each page.
    pub pages: Vec<(String, String, String)>,
    /// Forms that are sent.
    pub acts: Vec<(String, Act)>,
    /// A half-day at whose door everybody stands.
    pub hall: crate::hall::Hall,
}

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    settings: Settings,
}

const PASSWORD: &str = "a password for measuring";

async fn database(kind: &str, deliveries: usize, folder: &Path) -> String {
    if kind == "sqlite" {
        return format!("sqlite://{}/bench.db", folder.display());
    }
    let url = std::env::var("MAGISTRA_TEST_POSTGRES").expect("MAGISTRA_TEST_POSTGRES names a PostgreSQL");
    let name = format!("bench_{deliveries}_{}", std::process::id());
    let mut admin = PgConnection::connect(&url).await.expect("PostgreSQL answers");
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a database");
    let (base, _) = url.rsplit_once('/').expect("a path");
    format!("{base}/{name}")
}

/// Runs SQL that both databases understand once ids and types are put in.
pub async fn run(db: &Db, sql: &str) {
    match db {
        Db::Sqlite { writer, .. } => {
            let sql = sql.replace("{uuid}", "randomblob(16)").replace("{ts}", "TEXT").replace("{date}", "TEXT");
            writer.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
        }
        Db::Postgres(pool) => {
            let sql =
                sql.replace("{uuid}", "gen_random_uuid()").replace("{ts}", "TIMESTAMPTZ").replace("{date}", "DATE");
            pool.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|e| panic!("{e}: {sql}"));
        }
    }
}

/// The one value of a statement.
pub async fn one<T>(db: &Db, sql: &'static str) -> T
where
    T: Send
        + Unpin
        + for<'r> sqlx::Decode<'r, sqlx::Sqlite>
        + sqlx::Type<sqlx::Sqlite>
        + for<'r> sqlx::Decode<'r, sqlx::Postgres>
        + sqlx::Type<sqlx::Postgres>,
{
    match db {
        Db::Sqlite { writer, .. } => sqlx::query_scalar(sql).fetch_one(writer).await,
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await,
    }
    .unwrap_or_else(|e| panic!("{e}: {sql}"))
}

/// A fresh database with nothing but the demonstration.
pub async fn empty(kind: &str, deliveries: usize, folder: &Path) -> (String, App) {
    let url = database(kind, deliveries, folder).await;
    let data = folder.to_str().expect("a plain path");
    let options = Options::parse_from(["bench", "--data", data, "--database-url", &url]);
    let app = open(&options.settings, None).await.expect("opens");
    app.db.migrate().await.expect("migrates");
    let cx = Ctx::internal(&app);
    magistra::demo::load::load(&cx, PASSWORD).await.expect("the demonstration loads");
    magistra::platform::jobs::drain(&app, magistra::server::JOBS).await.expect("jobs");
    (url, app)
}

/// Fills a fresh database and says what to ask.
pub async fn prepare(kind: &str, deliveries: usize, folder: &Path) -> (String, Subjects) {
    let (url, app) = empty(kind, deliveries, folder).await;
    let cx = Ctx::internal(&app);
    multiply(&app.db, deliveries).await;
    magistra::reporting::attendance::service::catch_up(&cx).await.expect("the sums");
    let subjects = subjects(&app).await;
    app.db.close().await;
    (url, subjects)
}

/// When everything was written.
pub const NOW: &str = "CAST('2026-01-05T08:00:00.000000+00:00' AS {ts})";

async fn multiply(db: &Db, deliveries: usize) {
    let people = (deliveries * 4).max(crate::hall::PEOPLE);
    let steps = [
        format!(
            "INSERT INTO person (id, given_name, family_name, folded, area_code, created_at)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people})
             SELECT {{uuid}}, 'Person', 'Number ' || i, 'person number ' || i, 'AL', {NOW} FROM n"
        ),
        format!(
            "INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, starts_on,
                ends_on, time_zone, capacity, taken, created_at, updated_at)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {deliveries}),
             basis AS (SELECT * FROM delivery WHERE pack_id IS NOT NULL AND host_id IS NOT NULL LIMIT 1)
             SELECT {{uuid}}, b.course_id, b.pack_id, 'Measured ' || n.i, 'reported', 'in_person', 'en', b.host_id, 'AL', 'Tirana',
                CAST('202' || CAST(n.i % 6 AS TEXT) || '-0' || CAST(1 + n.i % 9 AS TEXT) || '-1' || CAST(n.i % 9 AS TEXT) AS {{date}}),
                CAST('202' || CAST(n.i % 6 AS TEXT) || '-0' || CAST(1 + n.i % 9 AS TEXT) || '-2' || CAST(n.i % 9 AS TEXT) AS {{date}}),
                'Europe/Tirane', 200, 100, {NOW}, {NOW} FROM n, basis b"
        ),
        "CREATE TABLE bench_person AS SELECT row_number() OVER (ORDER BY id) AS i, id FROM person WHERE given_name = 'Person'".into(),
        "CREATE TABLE bench_delivery AS SELECT row_number() OVER (ORDER BY id) AS i, id FROM delivery WHERE title LIKE 'Measured %'".into(),
        "CREATE UNIQUE INDEX bench_person_i ON bench_person (i)".into(),
        format!(
            "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, area_code, created_at, updated_at)
             WITH RECURSIVE k(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM k WHERE k < 99)
             SELECT {{uuid}}, d.id, p.id, 'completed', 'record', 'judge', 'AL', {NOW}, {NOW}
             FROM bench_delivery d CROSS JOIN k JOIN bench_person p ON p.i = 1 + ((d.i * 37 + k.k * ({people} / 100)) % {people})"
        ),
        "INSERT INTO slot (id, delivery_id, starts_at, ends_at)
             WITH RECURSIVE s(s) AS (SELECT 1 UNION ALL SELECT s + 1 FROM s WHERE s < 4)
             SELECT {uuid}, d.id, CAST('2025-01-0' || CAST(s.s AS TEXT) || 'T08:00:00.000000+00:00' AS {ts}),
                CAST('2025-01-0' || CAST(s.s AS TEXT) || 'T11:30:00.000000+00:00' AS {ts}) FROM bench_delivery d, s"
            .to_owned(),
        format!(
            "INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, marked_at)
             SELECT s.id, e.id, 'present', 210, 'trainer', {NOW} FROM bench_delivery d
             JOIN slot s ON s.delivery_id = d.id JOIN enrolment e ON e.delivery_id = d.id"
        ),
        // One delivery of 200 people and 21 half-days, given now.
        format!(
            "INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, starts_on,
                ends_on, time_zone, capacity, taken, created_at, updated_at)
             SELECT {{uuid}}, course_id, pack_id, 'The large one', 'running', 'in_person', 'en', host_id, 'AL', 'Tirana', starts_on,
                ends_on, 'Europe/Tirane', 200, 200, {NOW}, {NOW} FROM delivery WHERE state = 'running' LIMIT 1"
        ),
        format!(
            "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, area_code, created_at, updated_at)
             SELECT {{uuid}}, d.id, p.id, 'confirmed', 'record', 'judge', 'AL', {NOW}, {NOW}
             FROM delivery d, bench_person p WHERE d.title = 'The large one' AND p.i <= 200"
        ),
        "INSERT INTO slot (id, delivery_id, starts_at, ends_at)
             WITH RECURSIVE s(s) AS (SELECT 10 UNION ALL SELECT s + 1 FROM s WHERE s < 30)
             SELECT {uuid}, d.id, CAST('2026-01-' || CAST(s.s AS TEXT) || 'T08:00:00.000000+00:00' AS {ts}),
                CAST('2026-01-' || CAST(s.s AS TEXT) || 'T11:30:00.000000+00:00' AS {ts})
             FROM delivery d, s WHERE d.title = 'The large one'"
            .into(),
        // Twenty to put people into.
        format!(
            "INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, starts_on,
                ends_on, time_zone, capacity, taken, created_at, updated_at)
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20),
             basis AS (SELECT * FROM delivery WHERE title = 'The large one')
             SELECT {{uuid}}, b.course_id, b.pack_id, 'A call', 'call_open', 'in_person', 'en', b.host_id, 'AL', 'Tirana', b.starts_on,
                b.ends_on, 'Europe/Tirane', 200, 0, {NOW}, {NOW} FROM n, basis b"
        ),
        // One that goes on for years: 2,450 half-days, of which half have a register.
        format!(
            "INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, starts_on,
                ends_on, time_zone, capacity, taken, created_at, updated_at)
             SELECT {{uuid}}, course_id, pack_id, 'The long one', 'running', 'in_person', 'en', host_id, 'AL', 'Tirana', starts_on,
                ends_on, 'Europe/Tirane', 200, 30, {NOW}, {NOW} FROM delivery WHERE title = 'The large one'"
        ),
        format!(
            "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, area_code, created_at, updated_at)
             SELECT {{uuid}}, d.id, p.id, 'confirmed', 'record', 'judge', 'AL', {NOW}, {NOW}
             FROM delivery d, bench_person p WHERE d.title = 'The long one' AND p.i <= 30"
        ),
        "INSERT INTO slot (id, delivery_id, starts_at, ends_at)
             WITH RECURSIVE s(s) AS (SELECT 0 UNION ALL SELECT s + 1 FROM s WHERE s < 2449),
             t AS (SELECT CAST(2003 + s / 108 AS TEXT) || '-' || CAST(10 + (s % 108) / 36 AS TEXT) || '-' || CAST(10 + (s % 36) / 2 AS TEXT)
                || 'T' AS day, CASE WHEN s % 2 = 0 THEN '08' ELSE '13' END AS begins, CASE WHEN s % 2 = 0 THEN '11' ELSE '16' END AS ends FROM s)
             SELECT {uuid}, d.id, CAST(t.day || t.begins || ':00:00.000000+00:00' AS {ts}),
                CAST(t.day || t.ends || ':30:00.000000+00:00' AS {ts}) FROM delivery d, t WHERE d.title = 'The long one'"
            .into(),
        format!(
            "INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, marked_at)
             SELECT s.id, e.id, 'present', 210, 'trainer', {NOW} FROM delivery d
             JOIN slot s ON s.delivery_id = d.id JOIN enrolment e ON e.delivery_id = d.id
             WHERE d.title = 'The long one' AND s.starts_at < CAST('2014-01-01T00:00:00.000000+00:00' AS {{ts}})"
        ),
        format!(
            "INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, marked_at)
             SELECT s.id, e.id, 'present', 210, 'trainer', {NOW} FROM delivery d
             JOIN slot s ON s.delivery_id = d.id JOIN enrolment e ON e.delivery_id = d.id
             WHERE d.title = 'The large one' AND s.starts_at > CAST('2026-01-11T00:00:00.000000+00:00' AS {{ts}})"
        ),
        "UPDATE slot SET minutes = 210 WHERE minutes = 0".into(),
        "UPDATE mark SET of_minutes = 210 WHERE of_minutes = 0".into(),
        "ANALYZE".into(),
    ];
    for step in &steps {
        run(db, step).await;
    }
}

/// Somebody's cookie, and who they are.
pub async fn cookie(app: &App, email: &str) -> (String, Actor) {
    let cx = Ctx::internal(app);
    let token = magistra::people::service::sign_in(&cx, email, PASSWORD).await.expect("signs in").token;
    let actor = magistra::people::service::actor(app, &token).await.expect("reads").expect("is somebody");
    (format!("magistra={token}"), actor)
}

async fn ids(db: &Db, sql: &'static str) -> Vec<(uuid::Uuid,)> {
    match db {
        Db::Sqlite { writer, .. } => sqlx::query_as(sql).fetch_all(writer).await,
        Db::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await,
    }
    .unwrap_or_else(|e| panic!("{e}: {sql}"))
}

async fn subjects(app: &App) -> Subjects {
    let db = &app.db;
    let large: uuid::Uuid = one(db, "SELECT id FROM delivery WHERE title = 'The large one'").await;
    let slot: uuid::Uuid =
        one(db, "SELECT s.id FROM slot s JOIN delivery d ON d.id = s.delivery_id WHERE d.title = 'The large one' ORDER BY s.starts_at LIMIT 1").await;
    let long: uuid::Uuid = one(db, "SELECT id FROM delivery WHERE title = 'The long one'").await;
    let middle: uuid::Uuid =
        one(db, "SELECT s.id FROM slot s JOIN delivery d ON d.id = s.delivery_id WHERE d.title = 'The long one' ORDER BY s.starts_at LIMIT 1 OFFSET 1200").await;
    let studied: uuid::Uuid = one(
        db,
        "SELECT e.delivery_id FROM enrolment e JOIN account a ON a.person_id = e.person_id
         JOIN delivery d ON d.id = e.delivery_id WHERE a.email = 'judge@magistra.example' AND d.state = 'running' LIMIT 1",
    )
    .await;
    let material: uuid::Uuid = one(
        db,
        "SELECT m.id FROM material m JOIN pack_module pm ON pm.id = m.module_id JOIN delivery d ON d.pack_id = pm.pack_id
         WHERE d.title = 'The large one' AND m.kind = 'lesson' ORDER BY pm.position, m.position LIMIT 1",
    )
    .await;
    let people = ids(
        db,
        "SELECT e.id FROM enrolment e JOIN delivery d ON d.id = e.delivery_id WHERE d.title = 'The large one' ORDER BY e.id",
    )
    .await;
    let persons = ids(db, "SELECT id FROM bench_person WHERE i <= 200 ORDER BY i").await;
    let calls = ids(db, "SELECT id FROM delivery WHERE title = 'A call'").await;
    let (officer, keeper) = cookie(app, "officer@magistra.example").await;
    let (judge, _) = cookie(app, "judge@magistra.example").await;
    let page = |name: &str, path: String, cookie: &str| (name.to_owned(), path, cookie.to_owned());
    let register = format!("/deliveries/{large}/register/{slot}");
    let body = |state: &str| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        // Seen after every change there is, so that nothing clashes.
        form.append_pair("__fn", "/_fn/attendance/save")
            .append_pair("delivery", &large.to_string())
            .append_pair("slot", &slot.to_string())
            .append_pair("version", "4102444800000000");
        for (id,) in &people {
            form.append_pair(&format!("marks[p{id}]"), state);
        }
        format!("id={{id}}&{}", form.finish())
    };
    let marks =
        Act { path: register.clone(), cookie: officer.clone(), body: body("present"), others: vec![body("absent")] };
    let put_in = |delivery: &uuid::Uuid| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("__fn", "/_fn/enrolment/many").append_pair("delivery", &delivery.to_string());
        for (n, (id,)) in persons.iter().enumerate() {
            form.append_pair(&format!("people[{n}]"), &id.to_string());
        }
        format!("batch={{id}}&{}", form.finish())
    };
    let enrol = Act {
        path: format!("/deliveries/{large}/people"),
        cookie: officer.clone(),
        body: put_in(&calls[0].0),
        others: calls[1..].iter().map(|(id,)| put_in(id)).collect(),
    };
    let hall = crate::hall::prepare(app, officer.clone(), keeper.person_id, async |db, sql| run(db, sql).await).await;
    Subjects {
        hall,
        pages: vec![
            page("sign-in", "/sign-in".into(), ""),
            page("catalogue", "/catalogue".into(), ""),
            page("course, signed in", "/courses/introductory-judges-prosecutors".into(), &judge),
            page("delivery", format!("/deliveries/{large}"), &judge),
            page("register of 200", register, &officer),
            page("results, 200 people", format!("/deliveries/{large}/results"), &officer),
            page("learn, a lesson", format!("/learn/{studied}/{material}"), &judge),
            page("overview, officer", "/".into(), &officer),
            page("attendance, 200 × 21", format!("/deliveries/{large}/attendance"), &officer),
            page("attendance in numbers", "/reports/attendance?by=institution".into(), &officer),
            page("register, 2,450 slots", format!("/deliveries/{long}/register/{middle}"), &officer),
        ],
        acts: vec![("register saved, 200 marks".into(), marks), ("200 people enrolled".into(), enrol)],
    }
}
