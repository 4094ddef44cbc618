//! Markup in every text there is: the demonstration with tags in each of its columns of text, and every kind
//! of page, calendar and letter read as those who receive it read it.

use super::{
    JOBS, pages, router,
    web_tests::{Visitor, ask, get},
};
use crate::{
    common::actor::Actor,
    demo::{accounts::ACCOUNTS, load::load},
    people::accounts::service as accounts,
    platform::{
        context::Ctx,
        db::{Handle, Link, Tx},
        http::pages::is_live,
        jobs,
        mail::{self, Letter},
    },
    testing::{House, Kind, house, markup},
};
use axum::http::StatusCode;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeSet;

/// Ends whatever it stands in: elements whose content is text, comments, attributes, lines of headers.
const SMUGGLED: &str = "</title></textarea></script></style></noscript>--><x-smuggled data-smuggled=\"1\"></x-smuggled>\
    <meta http-equiv=\"refresh\" content=\"0;url=https://evil.example/\">\" data-smuggled=\"2\" onload=\"x\" \
    ' data-smuggled='3' x='\r\nX-Smuggled: 1\r\n";

/// Texts that are read by the program: codes, keys, lists, JSON, folded names, addresses of letters, and times
/// whose names do not say so.
const READ_BY_US: &[&str] = &[
    "account.email",
    "account.password_hash",
    "activity.ends",
    "activity.kind",
    "activity.starts",
    "area.code",
    "area.languages",
    "audit.after",
    "audit.before",
    "badge.short",
    "badge.token",
    "certificate.area_code",
    "certificate.code",
    "check_in_limit.networks",
    "cohort_member_change.from_state",
    "course.audiences",
    "course.folded",
    "course.languages",
    "course.slug",
    "delivery.time_zone",
    "document.kind",
    "enrolment_change.from_state",
    "enrolment_change.to_state",
    "expected_result.indicator_due",
    "file.key",
    "file.media_type",
    "file.sha256",
    "institution.folded",
    "institution.languages",
    "institution.slug",
    "job.dedupe_key",
    "job.kind",
    "job.payload",
    "kiosk.said",
    "kiosk.token_hash",
    "licence.since",
    "licence_letter.about",
    "licence_letter.kind",
    "licence_step.from_state",
    "licence_step.to_state",
    "mark_draft.body",
    "mark_draft.choices",
    "one_time_token.token_hash",
    "person.email",
    "person.folded",
    "project.currency",
    "project.ends",
    "project.key",
    "project.starts",
    "project_amendment.field",
    "project_amendment.known_by",
    "pseudonym.folded",
    "session.token_hash",
    "trainer_profile.languages",
    "trainer_profile.shows",
];

/// Tables of what was computed, whose texts are all codes.
const COMPUTED: &[&str] = &["cascade_cell", "cascade_delivery", "cascade_trainer", "reach"];

/// The columns of codes are those whose lists this migration took out of the schema.
const CODES: &str = include_str!("../../migrations/postgres/0030_open_codes.sql");

fn read_by_us(table: &str, column: &str) -> bool {
    CODES.contains(&format!("ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_check;"))
        || COMPUTED.contains(&table)
        || column == "language"
        || column == "at"
        || ["_at", "_on", "_until", "_from", "_deposit", "_in_force"].iter().any(|end| column.ends_with(end))
        || READ_BY_US.contains(&format!("{table}.{column}").as_str())
}

/// Rows of texts that a statement finds.
async fn rows(tx: &mut Tx, sql: String) -> Vec<Vec<String>> {
    let Link::Sqlite(connection) = tx.link() else { panic!("this test is SQLite's") };
    let rows = sqlx::query(AssertSqlSafe(sql.clone())).fetch_all(connection).await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
    let text = |row: &sqlx::sqlite::SqliteRow, at: usize| row.get::<Option<String>, _>(at).unwrap_or_default();
    rows.iter().map(|row| (0..row.len()).map(|at| text(row, at)).collect()).collect()
}

async fn run(tx: &mut Tx, sql: String) -> Result<u64, sqlx::Error> {
    let Link::Sqlite(connection) = tx.link() else { panic!("this test is SQLite's") };
    Ok(sqlx::query(AssertSqlSafe(sql)).execute(connection).await?.rows_affected())
}

/// One record of each kind that the demonstration has none of and pages show.
async fn further_records(tx: &mut Tx) {
    let now = "(SELECT created_at FROM person LIMIT 1)";
    let place =
        "(SELECT e.id FROM enrolment e JOIN delivery d ON d.id = e.delivery_id WHERE d.state = 'running' LIMIT 1)";
    for sql in [
        format!(
            "INSERT INTO certificate (id, enrolment_id, code, kind, language, person_name, course_title, institution_name, place, minutes, issued_at)
             VALUES (randomblob(16), {place}, 'SMUGGLED', 'attendance', 'en', 'x', 'x', 'x', 'x', 60, {now})"
        ),
        format!("INSERT INTO walk_in (enrolment_id, name, added_by_name, added_at) VALUES ({place}, 'x', 'x', {now})"),
        format!(
            "INSERT INTO job (id, kind, payload, state, attempts, run_at, last_error, created_at)
             VALUES (randomblob(16), 'mail', '{{}}', 'parked', 6, {now}, 'x', {now})"
        ),
    ] {
        run(tx, sql.clone()).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

/// Puts the tags into every text that is not read by us, and says into which. What the schema refuses (a
/// reference) stays.
async fn smuggle(tx: &mut Tx) -> BTreeSet<String> {
    let columns = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p
         WHERE m.type = 'table' AND p.type = 'TEXT' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'";
    let literal = format!("'{}'", SMUGGLED.replace('\'', "''"));
    let mut done = BTreeSet::new();
    for names in rows(tx, columns.to_owned()).await {
        let (table, column) = (&names[0], &names[1]);
        if read_by_us(table, column) {
            continue;
        }
        // Where no two may be alike, the row's number makes them differ.
        for value in [literal.clone(), format!("{literal} || rowid")] {
            let sql = format!("UPDATE \"{table}\" SET \"{column}\" = {value} WHERE \"{column}\" IS NOT NULL");
            if let Ok(changed) = run(tx, sql).await {
                if changed > 0 {
                    done.insert(format!("{table}.{column}"));
                }
                break;
            }
        }
    }
    done
}

/// How the places in a page's path are filled: by its beginning, which places, and where real ones are found.
const REAL: &[(&str, &[&str], &str)] = &[
    ("/set-password/", &["token"], "SELECT 'none'"),
    ("/confirm-change/", &["token"], "SELECT 'none'"),
    (
        "/people/",
        &["id"],
        "SELECT lower(hex(MAX(e.person_id))) FROM enrolment e UNION SELECT lower(hex(MAX(person_id))) FROM delivery_trainer",
    ),
    ("/institutions/", &["slug"], "SELECT DISTINCT i.slug FROM institution i JOIN delivery d ON d.host_id = i.id LIMIT 2"),
    ("/areas/", &["code"], "SELECT 'AL'"),
    ("/projects/", &["key"], "SELECT DISTINCT p.key FROM project p JOIN delivery_project x ON x.project_id = p.id LIMIT 2"),
    ("/courses/", &["slug"], "SELECT slug FROM course LIMIT 4"),
    (
        "/packs/modules/",
        &["module"],
        "SELECT lower(hex(MIN(m.id))) FROM pack_module m JOIN pack p ON p.id = m.pack_id GROUP BY p.state",
    ),
    (
        "/packs/sessions/",
        &["session"],
        "SELECT lower(hex(MIN(s.id))) FROM session_plan s JOIN pack_module m ON m.id = s.module_id JOIN pack p ON p.id = m.pack_id GROUP BY p.state",
    ),
    (
        "/packs/materials/",
        &["material"],
        "SELECT lower(hex(MIN(a.id))) FROM material a JOIN pack_module m ON m.id = a.module_id JOIN pack p ON p.id = m.pack_id GROUP BY p.state, a.kind",
    ),
    (
        "/packs/",
        &["pack", "material"],
        "SELECT lower(hex(p.id)), lower(hex(MIN(a.id))) FROM pack p LEFT JOIN pack_module m ON m.pack_id = p.id
            LEFT JOIN material a ON a.module_id = m.id WHERE p.id IN (SELECT MIN(id) FROM pack GROUP BY state) GROUP BY p.id",
    ),
    (
        "/deliveries/",
        &["id", "slot", "place", "to"],
        "SELECT lower(hex(d.id)), lower(hex((SELECT MIN(s.id) FROM slot s WHERE s.delivery_id = d.id))),
            lower(hex((SELECT MIN(e.id) FROM enrolment e WHERE e.delivery_id = d.id))), 'cancelled'
            FROM delivery d WHERE d.id IN (SELECT MIN(id) FROM delivery GROUP BY state)",
    ),
    ("/in/", &["slot"], "SELECT lower(hex(MIN(s.id))) FROM slot s JOIN delivery d ON d.id = s.delivery_id WHERE d.state = 'running'"),
    (
        "/learn/",
        &["delivery", "material"],
        "SELECT lower(hex(d.id)), lower(hex(a.id)) FROM delivery d JOIN pack_module m ON m.pack_id = d.pack_id
            JOIN material a ON a.module_id = m.id WHERE d.state = 'running' GROUP BY a.kind",
    ),
    ("/verify/", &["code"], "SELECT code FROM certificate LIMIT 1"),
    ("/licences/", &["id"], "SELECT lower(hex(MIN(id))) FROM licence GROUP BY state"),
    ("/assessments/", &["id"], "SELECT lower(hex(id)) FROM assessment LIMIT 2"),
    ("/trainers/", &["id"], "SELECT lower(hex(person_id)) FROM trainer_profile WHERE consented_at IS NOT NULL LIMIT 1"),
    (
        "/cohorts/",
        &["id", "step", "member", "to"],
        "SELECT lower(hex(c.id)), lower(hex((SELECT MIN(s.id) FROM cohort_step s WHERE s.cohort_id = c.id))),
            lower(hex((SELECT MIN(m.id) FROM cohort_member m WHERE m.cohort_id = c.id))), 'cancelled' FROM cohort c",
    ),
    ("/counts/", &["id"], "SELECT lower(hex(id)) FROM tally LIMIT 1"),
];

/// The addresses of real pages of each kind.
async fn addresses(tx: &mut Tx) -> Vec<String> {
    let mut found = Vec::new();
    for (path, _) in pages::all() {
        if !path.contains('{') {
            found.push((*path).to_owned());
            continue;
        }
        let real = REAL.iter().find(|(begins, ..)| path.starts_with(*begins));
        let (_, places, sql) = real.unwrap_or_else(|| panic!("no real records for {path}: add them to REAL"));
        let mut filled = BTreeSet::new();
        for row in rows(tx, (*sql).to_owned()).await {
            let mut address = (*path).to_owned();
            for (place, value) in places.iter().zip(&row) {
                address = address.replace(&format!("{{{place}}}"), value);
            }
            // A record that has none of what the page is about.
            if !address.contains("//") && !address.ends_with('/') {
                filled.insert(address);
            }
        }
        found.extend(filled.into_iter().filter(|address| !address.contains('{')));
    }
    found
}

/// What came out of a text as something else, in a page.
fn smuggled(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for scripts in [true, false] {
        let document = markup::read(page, scripts);
        for element in &document.elements {
            let odd = element.attributes.iter().any(|(name, value)| {
                name.contains("smuggled") || name.starts_with("on") || value.trim_start().starts_with("javascript:")
            });
            let refreshes = element.name == "meta" && element.get("content").is_some_and(|to| to.contains("evil"));
            let runs = element.name == "script"
                && element.get("nonce").is_none()
                && element.get("type") != Some("application/json");
            if odd || refreshes || runs || element.name.contains("smuggled") || element.name == "base" {
                found.push(format!("{element:?}"));
            }
        }
        let titles = document.elements.iter().filter(|it| it.html && it.name == "title").count();
        if titles != 1 {
            found.push(format!("{titles} titles"));
        }
    }
    found
}

/// What a checker of HTML would find in a page that the server alone draws.
fn invalid(page: &str) -> Vec<String> {
    let document = markup::read(page, false);
    let mut found: Vec<String> = document
        .elements
        .iter()
        .filter(|it| it.name == "time" && it.get("datetime").is_none())
        .map(|it| format!("{it:?} has no datetime"))
        .collect();
    let mut ids = BTreeSet::new();
    let twice = document.elements.iter().filter_map(|it| it.get("id")).filter(|id| !ids.insert(*id));
    found.extend(twice.map(|id| format!("the id {id} twice")));
    found.extend(page.contains("<!--").then(|| "a comment".to_owned()));
    found.extend((!page.ends_with("</html>")).then(|| "something after the end".to_owned()));
    found
}

/// Draws every page as somebody; what was found, and how many pages were there to be seen.
async fn draw(router: &axum::Router, who: &str, visitor: &Visitor, addresses: &[String]) -> (Vec<String>, usize) {
    let (mut faults, mut shown) = (Vec::new(), 0);
    for address in addresses {
        let answer = ask(router, visitor.request(get(address))).await;
        shown += usize::from(answer.status == StatusCode::OK);
        if answer.status.is_server_error() {
            faults.push(format!("{address} as {who}: {}", answer.status));
        }
        if answer.status.is_redirection() {
            continue;
        }
        let mut found = smuggled(&answer.body);
        if !is_live(address) {
            found.extend(invalid(&answer.body));
        }
        faults.extend(found.into_iter().take(2).map(|what| format!("{address} as {who}: {what}")));
    }
    (faults, shown)
}

async fn account(house: &House, name: &str) -> (Actor, Visitor) {
    let email = format!("{name}@magistra.example");
    let actor = Actor { name: name.to_owned(), email, ..Actor::holding(Vec::new()) };
    let visitor = Visitor::signed_in(house, &actor).await;
    (actor, visitor)
}

/// The letters that the demonstration's records give rise to, and one whose every part is smuggled.
async fn write_letters(cx: &Ctx) {
    for account in ACCOUNTS {
        accounts::forgotten(cx, &account.email(), "en").await.expect("a link is asked for");
    }
    let letter = Letter {
        name: SMUGGLED.into(),
        to: "judge@magistra.example".into(),
        subject: SMUGGLED.into(),
        body: SMUGGLED.into(),
    };
    let mut tx = cx.begin().await.expect("begins");
    for dates in [None, Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")] {
        mail::send_with_dates(cx, &mut tx, &letter, dates).await.expect("a letter");
    }
    tx.commit().await.expect("commits");
    jobs::start_daily(&cx.app, super::DAILY).await.expect("daily jobs");
    jobs::drain(&cx.app, JOBS).await.expect("jobs");
}

/// Letters are text, and their heads have the lines that we wrote.
fn read_letters(house: &House, faults: &mut Vec<String>) {
    let folder = house.app.settings.mail_folder();
    let mut letters = 0;
    for entry in std::fs::read_dir(folder).expect("a folder of letters") {
        let letter = std::fs::read_to_string(entry.expect("an entry").path()).expect("a letter");
        letters += 1;
        let (head, body) = letter.split_once("\r\n\r\n").expect("a head");
        for line in head.split("\r\n").filter(|line| line.to_lowercase().starts_with("x-smuggled")) {
            faults.push(format!("a letter's head has the line {line:?}"));
        }
        if format!("{head}{body}").to_lowercase().contains("content-type: text/html") {
            faults.push("a letter is HTML: read it as pages are read".to_owned());
        }
    }
    assert!(letters > ACCOUNTS.len(), "{letters} letters");
}

async fn walk() {
    let house = house(Kind::Sqlite).await;
    let cx = house.nobody();
    load(&cx, "correct horse battery").await.expect("the demonstration");
    jobs::drain(&house.app, JOBS).await.expect("jobs");
    let mut tx = cx.begin().await.expect("begins");
    further_records(&mut tx).await;
    let columns = smuggle(&mut tx).await;
    let addresses = addresses(&mut tx).await;
    tx.commit().await.expect("commits");
    for told in ["person.given_name", "delivery.title", "course_text.title", "certificate.person_name", "walk_in.name"]
    {
        assert!(columns.contains(told), "{told} among {columns:?}");
    }
    assert!(columns.len() > 70, "{} columns: {columns:?}", columns.len());

    let router = router(&house.app).expect("a router");
    let mut faults = Vec::new();
    for (name, least) in [("officer", 100), ("trainer", 30), ("judge", 20), ("admin", 30)] {
        let (_, visitor) = account(&house, name).await;
        let (found, shown) = draw(&router, name, &visitor, &addresses).await;
        assert!(shown >= least, "{name} sees {shown} of {} pages\n{}", addresses.len(), found.join("\n"));
        faults.extend(found);
    }
    faults.extend(draw(&router, "nobody", &Visitor::default(), &addresses).await.0);

    // A name is shown as it is written: escaped once, and read back by the browser.
    let (_, officer) = account(&house, "officer").await;
    let person = addresses.iter().find(|it| it.starts_with("/people/") && it.len() == 40).expect("a person's page");
    let page = ask(&router, officer.request(get(person))).await;
    let title = markup::read(&page.body, true).title;
    assert!(title.contains("</title></textarea>") && title.ends_with(" · Magistra"), "{title}");

    let calendars = addresses.iter().filter(|it| it.starts_with("/cohorts/") && it.len() == 41);
    for address in calendars.map(|it| format!("{it}/calendar.ics")).chain(["/catalogue.ics".to_owned()]) {
        let answer = ask(&router, officer.request(get(&address))).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        if answer.body.lines().any(|line| line.starts_with("X-Smuggled")) {
            faults.push(format!("{address}: a text made a line of its own"));
        }
    }
    write_letters(&cx).await;
    read_letters(&house, &mut faults);
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Pages are deep trees of types, and unoptimised code needs a deep stack for them.
#[test]
fn no_text_becomes_markup() {
    const STACK: usize = 64 * 1024 * 1024;
    let run = || {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime.worker_threads(2).thread_stack_size(STACK).enable_all().build().expect("a runtime").block_on(walk());
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn the_parser_sees_what_was_smuggled() {
    for page in [
        format!("<head><title>{SMUGGLED}</title></head>"),
        format!("<head><title>x</title></head><body><textarea>{SMUGGLED}</textarea>"),
        format!("<head><title>x</title></head><body><p title=\"{SMUGGLED}\">"),
        format!("<head><title>x</title></head><body><!-- {SMUGGLED} -->"),
        format!("<head><title>x</title><script nonce=\"1\">let x = {SMUGGLED:?};</script></head>"),
        format!("<head><title>x</title></head><body><noscript>{SMUGGLED}</noscript>"),
    ] {
        assert!(!smuggled(&page).is_empty(), "{page}");
    }
    assert!(smuggled("<head><title>x</title></head><body><p>&lt;x-smuggled data-smuggled=1></p></body>").is_empty());
}
