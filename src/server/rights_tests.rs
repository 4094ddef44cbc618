//! Walks every server function, page and plain route as nobody and as each role, through the real
//! router, and compares with the table in access.rs.

use super::{
    access::{Asks, FUNCTIONS, PAGES, ROUTES},
    router,
    web_tests::{Visitor, ask, get, post},
};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        ids::InstitutionId,
    },
    people::rights::{Record, Right, may, may_somewhere},
    testing::{House, Kind, house},
};
use axum::{
    Router,
    http::{Method, StatusCode, header},
};
use std::collections::BTreeSet;

/// An id that no record has.
const NO_ID: &str = "00000000-0000-7000-8000-000000000001";

/// What is sent to every function: each argument's name that any of them knows. Functions take
/// what they need. A function with an argument that is not here answers that the form is
/// malformed, and the test says so.
pub(super) const ARGUMENTS: &[(&str, &str)] = &[
    ("version", "1"),
    ("slug", "academy"),
    ("code", "AL"),
    ("language", "en"),
    ("query", ""),
    ("q", ""),
    ("email", "walker@magistra.example"),
    ("password", "correct horse battery"),
    ("next", "/"),
    ("token", "none"),
    ("given_name", "Ana"),
    ("family_name", "Walker"),
    ("name", "Walker"),
    ("title", "Walker"),
    ("markdown", "text"),
    // The register's script sends its acts as JSON.
    ("action", r#"{"id":"00000000-0000-7000-8000-000000000002"}"#),
    // A kiosk's script sends its readings alike.
    (
        "reading",
        r#"{"id":"00000000-0000-7000-8000-000000000003","kiosk":"00000000-0000-7000-8000-000000000001","code":"none","way":"in","at":0}"#,
    ),
    ("project", ""),
    ("area", ""),
    ("reason", "Walked"),
    ("answer", "confirm"),
    ("show", "true"),
    ("key", "none"),
    ("institution", ""),
    ("state", ""),
    ("text", "text"),
    ("to", "draft"),
    ("tab", ""),
    ("year", ""),
    ("kind", ""),
    ("after", ""),
    ("before", ""),
    ("time_zone", "Europe/Zagreb"),
    ("capacity", "20"),
    ("act", "add"),
    ("morning_from", "09:00"),
    ("morning_to", "12:30"),
    ("afternoon_from", "13:30"),
    ("afternoon_to", "17:00"),
    ("break_minutes", "30"),
    ("day", "2026-11-24"),
    ("from", "09:00"),
    ("minutes", "30"),
    ("seconds", "1"),
    ("step", "pilot"),
    ("way", "in"),
    ("scanned", ""),
    ("ticket", ""),
    ("digits", "000000"),
    ("tolerance", "10"),
    ("networks", ""),
    ("latitude", ""),
    ("longitude", ""),
    ("radius", ""),
    ("doubt", ""),
    ("at", ""),
    ("why", "why"),
    ("seen", ""),
    ("profession", "judge"),
    ("workplace", "A court"),
    ("part", ""),
    ("by", "area"),
    ("receipt", ""),
    ("badge", "none"),
    ("hours", ""),
    ("search", ""),
];

/// Names of arguments that carry the id of a record; there is no such record.
pub(super) const IDS: &[&str] = &[
    "person_id",
    "course_id",
    "course",
    "pack_id",
    "pack",
    "module_id",
    "module",
    "session_plan_id",
    "session",
    "material_id",
    "material",
    "delivery_id",
    "delivery",
    "slot_id",
    "slot",
    "session_id",
    "enrolment_id",
    "enrolment",
    "certificate_id",
    "certificate",
    "project_id",
    "activity_id",
    "file_id",
    "person",
    "place",
    "draft",
    "kiosk",
    "scan",
    "licence",
    "assessment",
    "cohort",
    "trainer",
    "away",
    "step_id",
    "member",
    "mentor",
];

struct Walk {
    house: House,
    router: Router,
    academy: InstitutionId,
    people: Vec<(&'static str, Option<Actor>)>,
}

impl Walk {
    async fn new() -> Self {
        let house = house(Kind::Sqlite).await;
        let academy = house.institution("academy").await;
        let other = house.institution("other").await;
        let role = |role| vec![Grant { role, institution: None, area: None }];
        let people = vec![
            ("nobody", None),
            ("a participant", Some(house.person("Paula", &role(Role::Participant)).await)),
            ("a trainer", Some(house.person("Tom", &role(Role::Trainer)).await)),
            ("another institution's administrator", Some(house.administrator("Eve", other).await)),
            ("an administrator", Some(house.administrator("Ada", academy).await)),
            ("an observer", Some(house.person("Olga", &role(Role::Observer)).await)),
            ("a programme officer", Some(house.officer().await)),
        ];
        let router = router(&house.app).expect("a router");
        Self { house, router, academy, people }
    }

    /// A fresh browser of a person: what one function ends, the next one has again.
    async fn visitor(&self, actor: Option<&Actor>) -> Visitor {
        match actor {
            Some(actor) => Visitor::signed_in(&self.house, actor).await,
            None => Visitor::default(),
        }
    }

    fn arguments(&self) -> String {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(ARGUMENTS);
        for name in IDS {
            pairs.append_pair(name, NO_ID);
        }
        // An institution's record is there, so that it shows whose rights count; to every other kind
        // of record its id is unknown.
        for name in ["id", "institution_id"] {
            pairs.append_pair(name, &self.academy.to_string());
        }
        pairs.finish()
    }

    /// Whether the table lets a person in for a record of the academy or, where nothing says whose
    /// the record is, for some record.
    fn expected(&self, asks: Asks, actor: Option<&Actor>) -> Expected {
        let holds = |right: Right| {
            let here = may(actor, right, Record::of(Some(self.academy)));
            match (here, may_somewhere(actor, right)) {
                (true, _) => Expected::In,
                (false, true) => Expected::Perhaps,
                (false, false) => Expected::Out,
            }
        };
        match (asks, actor) {
            (Asks::Nothing, _) => Expected::In,
            (_, None) => Expected::SignIn,
            (Asks::SignIn, Some(_)) => Expected::In,
            // Nobody is named in a record that is not there.
            (Asks::For(Right::Study), Some(_)) => Expected::Perhaps,
            (Asks::For(right), Some(_)) => holds(right),
            (Asks::Either(one, other), Some(_)) => holds(one).max(holds(other)),
        }
    }
}

/// How an address must answer, the more open the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Expected {
    /// Sign in first.
    SignIn,
    /// Refused, or as if there were no such record.
    Out,
    /// Depends on the record, so anything but an error of ours or the sign-in page.
    Perhaps,
    /// Whatever the record, not refused.
    In,
}

fn wrong(expected: Expected, status: StatusCode, to_sign_in: bool) -> bool {
    let refused = status == StatusCode::FORBIDDEN;
    let missing = status == StatusCode::NOT_FOUND;
    let sign_in = status == StatusCode::UNAUTHORIZED || to_sign_in;
    status.is_server_error()
        || match expected {
            Expected::SignIn => !sign_in,
            Expected::Out => !(refused || missing),
            Expected::Perhaps => sign_in,
            Expected::In => sign_in || refused,
        }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_function_answers_as_the_table_says() {
    let walk = Walk::new().await;
    let registered: Vec<(String, Method)> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path.trim_start_matches("/_fn/").to_owned(), method))
        .collect();
    let mut faults = Vec::new();
    compare(
        "server function",
        "FUNCTIONS",
        registered.iter().map(|(path, _)| path.clone()).collect(),
        FUNCTIONS.iter().map(|(path, _)| (*path).to_owned()).collect(),
        &mut faults,
    );
    let arguments = walk.arguments();
    for (path, method) in &registered {
        let Some((_, asks)) = FUNCTIONS.iter().find(|(known, _)| known == path) else { continue };
        for (who, actor) in &walk.people {
            let visitor = walk.visitor(actor.as_ref()).await;
            let answer = if *method == Method::GET {
                ask(&walk.router, visitor.request(get(&format!("/_fn/{path}?{arguments}")))).await
            } else {
                ask(&walk.router, visitor.request(post(&format!("/_fn/{path}"), &arguments))).await
            };
            let expected = walk.expected(*asks, actor.as_ref());
            if actor.is_none() && answer.body.contains("Malformed") {
                faults.push(format!("{path}: an argument is missing among ARGUMENTS or IDS of this test"));
                break;
            }
            if wrong(expected, answer.status, false) {
                faults.push(format!("{path} as {who}: {} where the table says {expected:?}", answer.status));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Every page of the router, without those that stand for capabilities which have none yet.
fn pages() -> BTreeSet<String> {
    leptos_axum::generate_route_list(crate::app::App)
        .iter()
        .map(|route| route.path().to_owned())
        .filter(|path| !path.starts_with("/__"))
        .collect()
}

/// Pages are deep trees of types, and unoptimised code needs a deep stack for them; a test's own
/// thread has two megabytes.
#[test]
fn every_page_answers_as_the_table_says() {
    const STACK: usize = 64 * 1024 * 1024;
    let walk = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(walk_pages());
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(walk).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

async fn walk_pages() {
    let walk = Walk::new().await;
    let registered = pages();
    let mut faults = Vec::new();
    let listed = PAGES.iter().map(|(path, _)| (*path).to_owned()).collect();
    compare("page", "PAGES", registered.clone(), listed, &mut faults);
    for path in &registered {
        let Some((_, asks)) = PAGES.iter().find(|(known, _)| known == path) else { continue };
        let address = filled(path);
        for (who, actor) in &walk.people {
            let visitor = walk.visitor(actor.as_ref()).await;
            let answer = ask(&walk.router, visitor.request(get(&address))).await;
            let location = answer.header(header::LOCATION);
            let expected = walk.expected(*asks, actor.as_ref());
            if wrong(expected, answer.status, location.starts_with("/sign-in?next=")) {
                faults.push(format!(
                    "{address} as {who}: {} {location} where the table says {expected:?}",
                    answer.status
                ));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_plain_route_answers_as_the_table_says() {
    let walk = Walk::new().await;
    let mut faults = Vec::new();
    let listed = ROUTES.iter().map(|(_, path, _)| (*path).to_owned()).collect();
    compare("plain route", "ROUTES", routes_in_sources(), listed, &mut faults);
    for (method, path, asks) in ROUTES {
        let address = filled(path);
        for (who, actor) in &walk.people {
            let visitor = walk.visitor(actor.as_ref()).await;
            let request = if *method == "GET" { get(&address) } else { post(&address, "") };
            let answer = ask(&walk.router, visitor.request(request)).await;
            let location = answer.header(header::LOCATION);
            let expected = walk.expected(*asks, actor.as_ref());
            if wrong(expected, answer.status, location.starts_with("/sign-in?next=")) {
                faults.push(format!("{method} {path} as {who}: {} where the table says {expected:?}", answer.status));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Says by name what is registered and not listed, and the reverse.
fn compare(what: &str, table: &str, registered: BTreeSet<String>, listed: BTreeSet<String>, faults: &mut Vec<String>) {
    for path in registered.difference(&listed) {
        faults.push(format!("{what} {path} is missing in {table} of src/server/access.rs"));
    }
    for path in listed.difference(&registered) {
        faults.push(format!("{what} {path} stands in {table} of src/server/access.rs, but there is none"));
    }
}

/// A page's or route's path with something in its places.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| match part.trim_matches(['{', '}']) {
            plain if plain == part => part,
            "slug" => "academy",
            "code" => "AL",
            "token" => "none",
            "file" => "00000000-0000-7000-8000-000000000001.pdf",
            _ => NO_ID,
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// Every path given to `.route("…")` anywhere, but the one that the functions share and that of
/// the metrics, which has a listener of its own.
fn routes_in_sources() -> BTreeSet<String> {
    fn walk(folder: &std::path::Path, into: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("server/rights_tests.rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                for part in text.split(".route(").skip(1) {
                    if let Some(route) = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                        into.insert(route.to_owned());
                    }
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.remove("/_fn/{*function}");
    found.remove("/metrics");
    found
}
