//! What the load works with: the demonstration, and beside it people, registers, doors, calls with few places
//! and modules to put files into. All of it is written into the database before the server starts.

use crate::dice::Dice;
use chrono::{DateTime, TimeDelta, Utc};
use magistra::{
    attendance::checkin::store as doors,
    common::ids::{DeliveryId, EnrolmentId, PersonId, SlotId},
    fetch_one,
    people::service::token_hash,
    platform::{
        clock::Clock,
        db::{Db, Statement},
    },
};
use sqlx::{AssertSqlSafe, Executor};
use uuid::Uuid;

/// The secret of every door.
pub const SECRET: [u8; 32] = [7; 32];
/// Places in each call, for which four times as many try.
pub const FEW: usize = 3;
/// How many ask for a link, each three times at most.
pub const ASKERS: usize = 300;
/// Links that one address gets within the hour.
pub const LINKS: u32 = 3;
const CROWD: usize = 240;
const NAMES: usize = 40;
const SLOTS: i64 = 12;
const DOORS: usize = 8;
const MODULES: usize = 10;
/// Days by which the clock was wrong.
pub const AHEAD: TimeDelta = TimeDelta::days(1000);
/// The session that somebody opened while the clock was wrong.
pub const AHEAD_TOKEN: &str = "soak-ahead";

const PERSON_OF: Statement<(PersonId,)> =
    Statement::new("soak::person_of", "SELECT person_id FROM account WHERE email = $1");
const STUDIED: Statement<(DeliveryId,)> = Statement::new(
    "soak::studied",
    "SELECT e.delivery_id FROM enrolment e JOIN account a ON a.person_id = e.person_id
     JOIN delivery d ON d.id = e.delivery_id WHERE a.email = 'judge@magistra.example' AND d.state = 'running' LIMIT 1",
);

/// Somebody with a session.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub person: PersonId,
    pub cookie: String,
}

/// All of it.
pub struct World {
    /// Who keeps registers: cookies.
    pub keepers: Vec<String>,
    /// The delivery whose registers are kept.
    pub register: DeliveryId,
    pub slots: Vec<SlotId>,
    pub places: Vec<EnrolmentId>,
    /// The delivery at whose doors people check in.
    pub hall: DeliveryId,
    pub doors: Vec<SlotId>,
    pub crowd: Vec<Visitor>,
    /// Deliveries with few places.
    pub calls: Vec<DeliveryId>,
    pub modules: Vec<Uuid>,
    /// Addresses that ask for links and for nothing else.
    pub askers: Vec<String>,
    /// Pages with the cookie of who reads them.
    pub pages: Vec<(String, String)>,
}

/// Runs SQL that both databases understand.
pub async fn run(db: &Db, sql: &str) -> Result<u64, String> {
    let text = AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { writer, .. } => writer.execute(text).await.map(|done| done.rows_affected()),
        Db::Postgres(pool) => pool.execute(text).await.map(|done| done.rows_affected()),
    }
    .map_err(|error| format!("{error}: {}", sql.chars().take(200).collect::<String>()))
}

/// An id as SQL.
pub fn id(db: &Db, id: Uuid) -> String {
    match db {
        Db::Sqlite { .. } => format!("x'{}'", id.simple()),
        Db::Postgres(_) => format!("CAST('{id}' AS UUID)"),
    }
}

/// A time as SQL.
pub fn time(db: &Db, at: DateTime<Utc>) -> String {
    let text = at.format("%Y-%m-%dT%H:%M:%S%.6f+00:00");
    match db {
        Db::Sqlite { .. } => format!("'{text}'"),
        Db::Postgres(_) => format!("CAST('{text}' AS TIMESTAMPTZ)"),
    }
}

fn day(db: &Db, at: DateTime<Utc>) -> String {
    let text = at.format("%Y-%m-%d");
    match db {
        Db::Sqlite { .. } => format!("'{text}'"),
        Db::Postgres(_) => format!("CAST('{text}' AS DATE)"),
    }
}

/// The cookie of a session's token.
pub fn cookie(token: &str) -> String {
    format!("magistra={token}")
}

/// Opens a session in the database: `account` is a condition on accounts. Times as the clock is said to be.
pub async fn open_session(
    db: &Db,
    session: Uuid,
    token: &str,
    account: &str,
    now: DateTime<Utc>,
) -> Result<u64, String> {
    let (opened, ends) = (time(db, now), time(db, now + TimeDelta::days(7)));
    let sql = format!(
        "INSERT INTO session (token_hash, id, account_id, created_at, last_seen_at, expires_at, address, user_agent)
         SELECT '{}', {}, a.id, {opened}, {opened}, {ends}, '', '' FROM account a WHERE {account}",
        token_hash(token),
        id(db, session)
    );
    run(db, &sql).await
}

/// A delivery to be made.
struct Course<'a> {
    title: String,
    state: &'a str,
    capacity: usize,
    taken: usize,
    /// Days from now.
    from: i64,
    to: i64,
}

struct Maker<'a> {
    db: &'a Db,
    dice: Dice,
    now: DateTime<Utc>,
}

impl Maker<'_> {
    async fn delivery(&mut self, course: &Course<'_>) -> Result<DeliveryId, String> {
        let (made, now) = (self.dice.uuid(), time(self.db, self.now));
        let Course { title, state, capacity, taken, from, to } = course;
        let [starts, ends] = [from, to].map(|days| day(self.db, self.now + TimeDelta::days(*days)));
        let sql = format!(
            "INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, starts_on,
                ends_on, time_zone, capacity, taken, created_at, updated_at)
             SELECT {}, b.course_id, b.pack_id, '{title}', '{state}', 'in_person', 'en', b.host_id, 'AL', 'Tirana', {starts}, {ends},
                'Europe/Tirane', {capacity}, {taken}, {now}, {now}
             FROM (SELECT d.course_id, d.pack_id, d.host_id FROM delivery d JOIN course c ON c.id = d.course_id
                WHERE d.state IN ('running', 'call_open') AND d.pack_id IS NOT NULL AND d.host_id IS NOT NULL
                    AND c.published AND NOT c.by_nomination ORDER BY d.id LIMIT 1) b",
            id(self.db, made)
        );
        match run(self.db, &sql).await? {
            1 => Ok(made.into()),
            _ => Err("the demonstration has no delivery to make others from".to_owned()),
        }
    }

    async fn slot(&mut self, delivery: DeliveryId, starts: DateTime<Utc>, minutes: i64) -> Result<SlotId, String> {
        let made = self.dice.uuid();
        let sql = format!(
            "INSERT INTO slot (id, delivery_id, starts_at, ends_at, minutes) VALUES ({}, {}, {}, {}, {minutes})",
            id(self.db, made),
            id(self.db, delivery.0),
            time(self.db, starts),
            time(self.db, starts + TimeDelta::minutes(minutes))
        );
        run(self.db, &sql).await?;
        Ok(made.into())
    }

    /// People of a name, with accounts where they are to have some.
    async fn people(&mut self, name: &str, count: usize, accounts: bool) -> Result<Vec<PersonId>, String> {
        let now = time(self.db, self.now);
        let people: Vec<Uuid> = (0..count).map(|_| self.dice.uuid()).collect();
        let rows: Vec<String> = people
            .iter()
            .enumerate()
            .map(|(n, person)| {
                let lower = name.to_lowercase();
                format!("({}, '{name}', 'Number {n}', '{lower} number {n}', 'AL', {now})", id(self.db, *person))
            })
            .collect();
        let sql = "INSERT INTO person (id, given_name, family_name, folded, area_code, created_at) VALUES ";
        run(self.db, &format!("{sql}{}", rows.join(", "))).await?;
        if accounts {
            let mut rows = Vec::with_capacity(count);
            for (n, person) in people.iter().enumerate() {
                let account = id(self.db, self.dice.uuid());
                rows.push(format!("({account}, {}, '{}', {now})", id(self.db, *person), address(name, n)));
            }
            let sql = "INSERT INTO account (id, person_id, email, created_at) VALUES ";
            run(self.db, &format!("{sql}{}", rows.join(", "))).await?;
        }
        Ok(people.into_iter().map(PersonId::from).collect())
    }

    async fn enrol(&mut self, delivery: DeliveryId, people: &[PersonId]) -> Result<Vec<EnrolmentId>, String> {
        let now = time(self.db, self.now);
        let places: Vec<Uuid> = people.iter().map(|_| self.dice.uuid()).collect();
        let rows: Vec<String> = places
            .iter()
            .zip(people)
            .map(|(place, person)| {
                let [place, delivery, person] = [*place, delivery.0, person.0].map(|it| id(self.db, it));
                format!("({place}, {delivery}, {person}, 'confirmed', 'record', 'judge', 'AL', {now}, {now})")
            })
            .collect();
        let sql = "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, area_code, created_at, updated_at) VALUES ";
        run(self.db, &format!("{sql}{}", rows.join(", "))).await?;
        Ok(places.into_iter().map(EnrolmentId::from).collect())
    }

    /// A draft of a pack with modules that files are put into.
    async fn modules(&mut self) -> Result<Vec<Uuid>, String> {
        let (pack, now) = (self.dice.uuid(), time(self.db, self.now));
        let pack = id(self.db, pack);
        let sql = format!(
            "INSERT INTO pack (id, course_id, language, major, minor, state, title, summary, created_at, updated_at)
             SELECT {pack}, p.course_id, p.language, 99, 0, 'draft', 'Soak', '', {now}, {now}
             FROM (SELECT course_id, language FROM pack ORDER BY id LIMIT 1) p"
        );
        run(self.db, &sql).await?;
        let modules: Vec<Uuid> = (0..MODULES).map(|_| self.dice.uuid()).collect();
        for (position, module) in modules.iter().enumerate() {
            let sql = format!(
                "INSERT INTO pack_module (id, pack_id, position, title) VALUES ({}, {pack}, {position}, 'Module {position}')",
                id(self.db, *module)
            );
            run(self.db, &sql).await?;
        }
        Ok(modules)
    }

    /// The cookie of an account of the demonstration.
    async fn signed_in(&mut self, name: &str) -> Result<String, String> {
        let token = format!("soak-{name}");
        let session = self.dice.uuid();
        let account = format!("a.email = '{name}@magistra.example'");
        match open_session(self.db, session, &token, &account, self.now).await? {
            1 => Ok(cookie(&token)),
            _ => Err(format!("the demonstration has no account {name}")),
        }
    }
}

fn address(name: &str, n: usize) -> String {
    format!("{}{n}@soak.example", name.to_lowercase())
}

/// Makes it in a database with the demonstration, for so many minutes.
pub async fn prepare(db: &Db, minutes: u64, seed: u64) -> Result<World, String> {
    let now = Clock::System.now();
    let mut maker = Maker { db, dice: Dice::new(seed, 1), now };
    let mut keepers = Vec::new();
    for name in ["officer", "trainer"] {
        keepers.push(maker.signed_in(name).await?);
    }
    let [officer, judge] = [keepers[0].clone(), maker.signed_in("judge").await?];
    let mut reader = db.read().await.map_err(|error| error.to_string())?;
    let mut persons = Vec::new();
    for name in ["officer@magistra.example", "trainer@magistra.example"] {
        let (person,): (PersonId,) = fetch_one!(&mut reader, PERSON_OF, name).map_err(|error| error.to_string())?;
        persons.push(person);
    }
    let (studied,): (DeliveryId,) = fetch_one!(&mut reader, STUDIED).map_err(|error| error.to_string())?;
    drop(reader);

    let course =
        Course { title: "Soak register".into(), state: "running", capacity: NAMES, taken: NAMES, from: -SLOTS, to: 1 };
    let register = maker.delivery(&course).await?;
    let sql = format!(
        "INSERT INTO delivery_trainer (delivery_id, person_id, lead) VALUES ({}, {}, TRUE)",
        id(db, register.0),
        id(db, persons[1].0)
    );
    run(db, &sql).await?;
    let mut slots = Vec::new();
    for ago in 0..SLOTS {
        slots.push(maker.slot(register, now - TimeDelta::days(ago) - TimeDelta::hours(1), 210).await?);
    }
    let names = maker.people("Name", NAMES, false).await?;
    let places = maker.enrol(register, &names).await?;

    let people = maker.people("Crowd", CROWD, true).await?;
    let mut crowd = Vec::with_capacity(CROWD);
    for (n, person) in people.iter().enumerate() {
        let token = format!("soak-crowd-{n}");
        let session = maker.dice.uuid();
        open_session(db, session, &token, &format!("a.email = '{}'", address("Crowd", n)), now).await?;
        crowd.push(Visitor { person: *person, cookie: cookie(&token) });
    }
    let course = Course { title: "Soak hall".into(), state: "running", capacity: CROWD, taken: CROWD, from: 0, to: 1 };
    let hall = maker.delivery(&course).await?;
    maker.enrol(hall, &people).await?;
    let mut entrances = Vec::new();
    for _ in 0..DOORS {
        let slot = maker.slot(hall, now - TimeDelta::minutes(10), 600).await?;
        let mut tx = db.begin().await.map_err(|error| error.to_string())?;
        doors::open(&mut tx, slot, &SECRET, 60, persons[0], now).await.map_err(|error| error.to_string())?;
        tx.commit().await.map_err(|error| error.to_string())?;
        entrances.push(slot);
    }

    let mut calls = Vec::new();
    for n in 0..60 + 12 * minutes {
        let title = format!("Soak call {n}");
        let course = Course { title, state: "call_open", capacity: FEW, taken: 0, from: 30, to: 31 };
        calls.push(maker.delivery(&course).await?);
    }
    maker.people("Asker", ASKERS, true).await?;
    let modules = maker.modules().await?;
    let register_page = format!("/deliveries/{register}/register/{}", slots[0]);
    let page = |path: &str, cookie: &str| (path.to_owned(), cookie.to_owned());
    let pages = vec![
        page("/", &officer),
        page("/", &judge),
        page("/sign-in", ""),
        page("/catalogue", ""),
        page("/courses/introductory-judges-prosecutors", &judge),
        page(&format!("/deliveries/{register}"), &judge),
        page(&register_page, &officer),
        page(&format!("{register_page}/history"), &officer),
        page(&format!("/deliveries/{hall}/register/{}/door", entrances[0]), &officer),
        page(&format!("/deliveries/{register}/results"), &officer),
        page(&format!("/deliveries/{register}/attendance"), &officer),
        page(&format!("/deliveries/{}/people", calls[0]), &officer),
        page(&format!("/learn/{studied}"), &judge),
        page("/reports/attendance?by=institution", &officer),
        page("/people?q=crowd", &officer),
        page("/trainers", &officer),
        page("/admin/jobs", &officer),
    ];
    let askers = (0..ASKERS).map(|n| address("Asker", n)).collect();
    Ok(World { keepers, register, slots, places, hall, doors: entrances, crowd, calls, modules, askers, pages })
}
