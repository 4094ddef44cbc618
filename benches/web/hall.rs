//! Nine o'clock: everybody checks in at one door while registers of the same half-day are watched.

use crate::client::{Act, Client, post};
use chrono::TimeDelta;
use magistra::{
    attendance::checkin::{codes, model::Way, store},
    common::ids::{DeliveryId, PersonId, SlotId},
    people::service::token_hash,
    platform::{clock::Clock, context::App, db::Db},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How many come.
pub const PEOPLE: usize = 1500;
const WATCHERS: usize = 10;
const CONNECTIONS: usize = 16;
const SECRET: [u8; 32] = [7; 32];

/// A half-day that begins just now.
pub struct Hall {
    delivery: DeliveryId,
    slot: SlotId,
    keeper: String,
}

fn token(n: usize) -> String {
    format!("hall-{n}")
}

/// Makes it: a delivery, its half-day, and people with places, accounts and sessions. `run` runs SQL of
/// both databases.
pub async fn prepare(app: &App, keeper: String, by: PersonId, run: impl AsyncFn(&Db, &str)) -> Hall {
    let db = &app.db;
    let now = app.now();
    let at = |minutes| {
        let time = now + TimeDelta::minutes(minutes);
        format!("CAST('{}' AS {{ts}})", time.format("%Y-%m-%dT%H:%M:%S%.6f+00:00"))
    };
    let (starts, ends, sworn) = (at(5), at(200), at(0));
    let sessions: Vec<String> =
        (1..=PEOPLE).map(|n| format!("('{}', 'hall{n}@magistra.example')", token_hash(&token(n)))).collect();
    for step in [
        format!(
            "INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, starts_on,
                ends_on, time_zone, capacity, taken, created_at, updated_at)
             SELECT {{uuid}}, course_id, pack_id, 'The hall', 'running', 'in_person', 'en', host_id, 'AL', 'Tirana', starts_on,
                ends_on, 'Europe/Tirane', {PEOPLE}, {PEOPLE}, {sworn}, {sworn} FROM delivery WHERE title = 'The large one'"
        ),
        format!(
            "INSERT INTO slot (id, delivery_id, starts_at, ends_at)
             SELECT {{uuid}}, id, {starts}, {ends} FROM delivery WHERE title = 'The hall'"
        ),
        format!(
            "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, area_code, created_at, updated_at)
             SELECT {{uuid}}, d.id, p.id, 'confirmed', 'record', 'judge', 'AL', {sworn}, {sworn}
             FROM delivery d, bench_person p WHERE d.title = 'The hall' AND p.i <= {PEOPLE}"
        ),
        format!(
            "INSERT INTO account (id, person_id, email, created_at)
             SELECT {{uuid}}, id, 'hall' || i || '@magistra.example', {sworn} FROM bench_person WHERE i <= {PEOPLE}"
        ),
        format!(
            "INSERT INTO session (token_hash, id, account_id, created_at, last_seen_at, expires_at, address, user_agent)
             WITH v(hash, email) AS (VALUES {})
             SELECT v.hash, {{uuid}}, a.id, {sworn}, {sworn}, {}, '', '' FROM v JOIN account a ON a.email = v.email",
            sessions.join(", "),
            at(24 * 60)
        ),
    ] {
        run(db, &step).await;
    }
    let sql = "SELECT d.id, s.id FROM delivery d JOIN slot s ON s.delivery_id = d.id WHERE d.title = 'The hall'";
    let (delivery, slot): (DeliveryId, SlotId) = match db {
        Db::Sqlite { writer, .. } => sqlx::query_as(sql).fetch_one(writer).await,
        Db::Postgres(pool) => sqlx::query_as(sql).fetch_one(pool).await,
    }
    .expect("the hall");
    let mut tx = db.begin().await.expect("writes");
    store::open(&mut tx, slot, &SECRET, 10, by, now).await.expect("opens the door");
    tx.commit().await.expect("commits");
    Hall { delivery, slot, keeper }
}

/// Everybody checks in, each once, as fast as they are let in.
pub async fn nine_o_clock(port: u16, hall: &Hall) {
    let live = format!(
        "/deliveries/{}/register/{}/live?since={}",
        hall.delivery,
        hall.slot,
        Clock::System.now().timestamp_micros()
    );
    let seen: Vec<Arc<AtomicUsize>> = (0..WATCHERS).map(|_| Arc::default()).collect();
    let mut watchers = Vec::new();
    for count in &seen {
        let (count, live, keeper) = (Arc::clone(count), live.clone(), hall.keeper.clone());
        watchers.push(tokio::spawn(async move {
            Client::connect(port)
                .await
                .listen(&live, &keeper, |text| {
                    count.fetch_add(text.matches("\"enrolment\"").count(), Ordering::Relaxed);
                })
                .await;
        }));
    }
    let next = Arc::new(AtomicUsize::new(1));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (next, slot) = (Arc::clone(&next), hall.slot);
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n > PEOPLE {
                        return times;
                    }
                    let ticket = codes::ticket(&SECRET, Way::In, Clock::System.now());
                    let body = format!("__fn=%2F_fn%2Fattendance%2Farrive&slot={slot}&way=in&ticket={ticket}");
                    let cookie = format!("magistra={}", token(n));
                    let act = Act { path: format!("/in/{slot}"), cookie, body, others: Vec::new() };
                    let asked = Instant::now();
                    assert_eq!(post(port, &act, 0).await, 303, "person {n} is let in");
                    times.push(asked.elapsed().as_secs_f64() * 1000.0);
                }
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a connection's times"));
    }
    let took = begun.elapsed();
    while seen.iter().any(|count| count.load(Ordering::Relaxed) < PEOPLE)
        && begun.elapsed() < took + Duration::from_secs(10)
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let shown = begun.elapsed();
    let least = seen.iter().map(|count| count.load(Ordering::Relaxed)).min().unwrap_or_default();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "{PEOPLE} check in over {CONNECTIONS} connections, {WATCHERS} registers watch: {:.1} s, p50 {:.1} ms, p99 {:.1} ms; \
         every register shows {least} of them {:.1} s after the last",
        took.as_secs_f64(),
        at(0.5),
        at(0.99),
        (shown - took).as_secs_f64(),
    );
    for watcher in watchers {
        watcher.abort();
    }
}
