//! Where the walk of rights takes place: an academy with one record of each kind, an institution elsewhere, and
//! everybody who may come. Whatever a visit changes is put back.

use super::super::{
    heavy_tests::watched,
    router,
    web_tests::{Visitor, get, post},
};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        ids::InstitutionId,
    },
    people::{asks::Tie, gates::Watch},
    platform::db::Db,
    testing::{House, Kind, house},
};
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use object_store::ObjectStoreExt;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{fmt::Write, net::SocketAddr};
use tower::ServiceExt;
use uuid::Uuid;

/// Somebody who comes: a name (that records.sql knows them by), the roles with the institution they are held at,
/// and how they are tied to the academy's records.
#[derive(Debug)]
pub struct Who {
    pub name: &'static str,
    roles: &'static [(Role, Option<&'static str>)],
    pub ties: &'static [Tie],
}

const fn who(name: &'static str, roles: &'static [(Role, Option<&'static str>)], ties: &'static [Tie]) -> Who {
    Who { name, roles, ties }
}

const NOBODY: &str = "nobody";
const TRAINER: &[(Role, Option<&str>)] = &[(Role::Trainer, None)];
const OFFICER: &[(Role, Option<&str>)] = &[(Role::ProgrammeOfficer, None)];

/// Everybody who comes, after nobody.
const PEOPLE: &[Who] = &[
    who("participant", &[(Role::Participant, None)], &[]),
    who("student", &[(Role::Participant, None)], &[Tie::Student, Tie::Placed]),
    who("leaver", &[(Role::Participant, None)], &[Tie::Placed]),
    // A trainer who gives nothing and writes nothing.
    who("trainer", TRAINER, &[Tie::OnRoster]),
    who("teacher", TRAINER, &[Tie::Trainer, Tie::OnRoster]),
    who("author", TRAINER, &[Tie::Author, Tie::OnRoster]),
    who("candidate", TRAINER, &[Tie::Licensee, Tie::Member, Tie::OnRoster]),
    who("mentor", TRAINER, &[Tie::Mentor, Tie::OnRoster]),
    who("assessor", TRAINER, &[Tie::Assessor, Tie::OnRoster]),
    who("observer", &[(Role::Observer, None)], &[]),
    who("focal_point", &[(Role::FocalPoint, Some("academy"))], &[]),
    who("elsewhere_admin", &[(Role::InstitutionAdministrator, Some("elsewhere"))], &[]),
    who("admin", &[(Role::InstitutionAdministrator, Some("academy"))], &[]),
    // An officer who has a licence and an assessment of their own.
    who("concerned", OFFICER, &[Tie::OnRoster]),
    who("officer", OFFICER, &[]),
];

/// The id of the record of a name.
pub fn id(name: &str) -> Uuid {
    let hash = Sha256::digest(name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A file beside this one.
pub fn read(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/rights_tests");
    std::fs::read_to_string(folder.join(name)).expect("a file of the walk")
}

/// Puts the ids of records into SQL: `@name`, but not in an address of mail.
fn with_ids(sql: &str) -> String {
    let mut parts = sql.split('@');
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| c != '_' && !c.is_ascii_lowercase()).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        if rest.starts_with('.') {
            let _ = write!(made, "@{part}");
        } else {
            let _ = write!(made, "X'{}'{rest}", id(name).simple());
        }
    }
    made
}

fn people() -> String {
    let mut sql = String::new();
    let since = "2026-01-01T00:00:00+00:00";
    for who in PEOPLE {
        let name = who.name;
        let _ = write!(
            sql,
            "INSERT INTO person (id, given_name, family_name, folded, email, created_at)
                VALUES (@{name}, '{name}', 'Walker', '{name} walker', '{name}@magistra.example', '{since}');
            INSERT INTO account (id, person_id, email, created_at) VALUES (@{name}_account, @{name}, '{name}@magistra.example', '{since}');"
        );
        for (role, at) in who.roles {
            let at = at.map_or("NULL".to_owned(), |at| format!("@{at}"));
            let _ = write!(
                sql,
                "INSERT INTO role_grant (id, person_id, role, institution_id, granted_at)
                    VALUES (@{name}_grant, @{name}, '{}', {at}, '{since}');",
                role.code()
            );
        }
    }
    sql
}

/// Somebody with a browser.
pub struct Guest {
    pub name: &'static str,
    pub ties: &'static [Tie],
    pub actor: Option<Actor>,
    visitor: Visitor,
    browser: String,
}

/// What came of a visit.
#[derive(Debug)]
pub struct Outcome {
    pub status: StatusCode,
    pub to_sign_in: bool,
    pub body: String,
    /// The tables that are not what they were, without the browsers'.
    pub changed: Vec<String>,
}

/// The place.
pub struct Academy {
    pub guests: Vec<Guest>,
    router: Router,
    keeper: SqliteConnection,
    seen: i64,
    compare: String,
    visits: u32,
    _house: House,
}

impl Academy {
    /// Builds it and lets everybody sign in.
    pub async fn open() -> Self {
        let house = house(Kind::Sqlite).await;
        let Db::Sqlite { writer, .. } = &house.app.db else { unreachable!("the house is on SQLite") };
        let (file,): (String,) = sqlx::query_as("SELECT file FROM pragma_database_list WHERE name = 'main'")
            .fetch_one(writer)
            .await
            .expect("the database's file");
        let options = SqliteConnectOptions::new().filename(&file).foreign_keys(false);
        let mut keeper = SqliteConnection::connect_with(&options).await.expect("a connection of one's own");
        for sql in [people(), read("records.sql")] {
            sqlx::raw_sql(AssertSqlSafe(with_ids(&sql))).execute(&mut keeper).await.expect("the records");
        }
        let wrong: Vec<(String,)> = sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check")
            .fetch_all(&mut keeper)
            .await
            .expect("keys");
        assert!(wrong.is_empty(), "records that refer to none: {wrong:?}");

        for name in ["file", "scan", "piece"] {
            let path = object_store::path::Path::from(format!("walk/{name}"));
            house.app.files.store().put(&path, "%PDF".into()).await.expect("a file");
        }

        let mut guests =
            vec![Guest { name: NOBODY, ties: &[], actor: None, visitor: Visitor::default(), browser: String::new() }];
        for who in PEOPLE {
            let actor = actor(who);
            let visitor = Visitor::signed_in(&house, &actor).await;
            let (browser,): (Uuid,) = sqlx::query_as("SELECT id FROM session WHERE account_id = $1")
                .bind(id(&format!("{}_account", who.name)))
                .fetch_one(&mut keeper)
                .await
                .expect("a session");
            let browser = browser.to_string();
            guests.push(Guest { name: who.name, ties: who.ties, actor: Some(actor), visitor, browser });
        }

        let kept = format!("{file}.kept");
        for sql in [format!("VACUUM INTO '{kept}'"), format!("ATTACH '{kept}' AS kept")] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut keeper).await.expect("a copy");
        }
        let tables: Vec<(String,)> = sqlx::query_as(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
        )
        .fetch_all(&mut keeper)
        .await
        .expect("the tables");
        let compare = tables
            .iter()
            .map(|(t,)| {
                format!(
                    "SELECT '{t}' WHERE EXISTS (SELECT * FROM main.{t} EXCEPT SELECT * FROM kept.{t})
                    OR EXISTS (SELECT * FROM kept.{t} EXCEPT SELECT * FROM main.{t})"
                )
            })
            .collect::<Vec<_>>()
            .join(" UNION ALL ");
        let router = router(&house.app).expect("a router");
        let mut academy = Self { guests, router, keeper, seen: 0, compare, visits: 0, _house: house };
        academy.seen = academy.version().await;
        academy
    }

    /// The number that changes whenever another connection has written.
    async fn version(&mut self) -> i64 {
        let (version,): (i64,) =
            sqlx::query_as("PRAGMA data_version").fetch_one(&mut self.keeper).await.expect("a number");
        version
    }

    /// The tables that are not what they were, which they are again afterwards.
    async fn restore(&mut self) -> Vec<String> {
        let version = self.version().await;
        if version == self.seen {
            return Vec::new();
        }
        self.seen = version;
        let changed: Vec<(String,)> =
            sqlx::query_as(AssertSqlSafe(self.compare.clone())).fetch_all(&mut self.keeper).await.expect("compares");
        let changed: Vec<String> = changed.into_iter().map(|(table,)| table).collect();
        let mut sql = "BEGIN IMMEDIATE;".to_owned();
        for table in &changed {
            let _ = write!(sql, "DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM kept.{table};");
        }
        sql.push_str("COMMIT;");
        if !changed.is_empty() {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.keeper).await.expect("puts it back");
        }
        changed.into_iter().filter(|table| table != "session").collect()
    }

    /// Puts ids into what is sent: `{name}`.
    fn filled(&self, text: &str, guest: usize) -> String {
        let mut made = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, after) = rest.split_at(at);
            made.push_str(before);
            let end = after.find('}').unwrap_or(after.len() - 1);
            let name = &after[1..end];
            if !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_lowercase()) {
                let guest = &self.guests[guest];
                made.push_str(&match name {
                    "browser" => guest.browser.clone(),
                    "guest" => id(guest.name).to_string(),
                    _ => id(name).to_string(),
                });
                rest = &after[end + 1..];
            } else {
                made.push('{');
                rest = &after[1..];
            }
        }
        made.push_str(rest);
        made
    }

    /// Lets a guest visit an address, watched at the gates, and puts back what that changed. The body is read
    /// only of a server function's answer and of a page: some files and streams are long.
    pub async fn visit(&mut self, guest: usize, method: &Method, address: &str, form: &Form, watch: &Watch) -> Outcome {
        let address = self.filled(address, guest);
        let form: Form = form.iter().map(|(name, value)| (name.clone(), self.filled(value, guest))).collect();
        let function = address.starts_with("/_fn/");
        let request = match (method, function) {
            (&Method::GET, _) if form.is_empty() => get(&address),
            (&Method::GET, _) => get(&format!("{address}?{}", encoded(&form))),
            // Routes that take a form take a file.
            (_, false) if !form.is_empty() => with_file(&address, &form),
            _ => post(&address, &encoded(&form)),
        };
        let mut request: Request<Body> = self.guests[guest].visitor.request(request);
        // Everybody comes from elsewhere, so that no limit on one place is met.
        self.visits += 1;
        let [_, b, c, d] = self.visits.to_be_bytes();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, b, c, d], 4000))));
        let router = self.router.clone();
        let (parts, body) = watch
            .over(async {
                let (parts, body) =
                    watched(&address, router.oneshot(request)).await.expect("the router does not fail").into_parts();
                let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
                let body = if function || kind.starts_with("text/html") {
                    body.collect().await.map(|b| b.to_bytes()).unwrap_or_default()
                } else {
                    Vec::new().into()
                };
                (parts, body)
            })
            .await;
        let location = parts.headers.get(header::LOCATION).and_then(|it| it.to_str().ok()).unwrap_or_default();
        Outcome {
            status: parts.status,
            to_sign_in: location.starts_with("/sign-in?next="),
            body: String::from_utf8_lossy(&body).into_owned(),
            changed: self.restore().await,
        }
    }
}

fn encoded(form: &Form) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

/// The form with a file, as browsers send it.
fn with_file(address: &str, form: &Form) -> Request<Body> {
    const BOUNDARY: &str = "of-the-walk";
    let mut body = String::new();
    for (name, value) in form {
        let _ = write!(body, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let _ = write!(
        body,
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file.txt\"\r\n\r\nA file\r\n--{BOUNDARY}--\r\n"
    );
    let mut request = post(address, &body);
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().expect("a header"));
    request
}

/// Names and values of a form.
pub type Form = Vec<(String, String)>;

fn actor(who: &Who) -> Actor {
    let grant =
        |(role, at): &(Role, Option<&str>)| Grant { role: *role, institution: at.map(|at| id(at).into()), area: None };
    Actor {
        person_id: id(who.name).into(),
        account_id: id(&format!("{}_account", who.name)).into(),
        name: who.name.to_owned(),
        email: format!("{}@magistra.example", who.name),
        gives: who.ties.contains(&Tie::Trainer) || who.name == "candidate",
        ..Actor::holding(who.roles.iter().map(grant).collect())
    }
}

/// The academy.
pub fn academy() -> InstitutionId {
    id("academy").into()
}
