//! Walks every server function, page and plain route as nobody and as everybody there is, through the real
//! router, with one real record of each kind, and compares with the table in access.rs: who may, gets past; who
//! may not, is refused or told that there is no such thing, and nothing in the database is changed. Then it
//! leaves out one refusal after the other (`people/gates.rs`) and asks that the walk would have noticed.

mod academy;
pub(super) mod arguments;

use super::{
    access::{FUNCTIONS, LIVE_PAGES, ROUTES},
    pages,
};
use crate::{
    app,
    people::{
        asks::{Asks, NAMED, Tie},
        gates::{Gate, Watch},
        rights::{Record, Right, may, may_somewhere},
    },
    platform::http::pages::is_live,
};
use academy::{Academy, Form, Guest, Outcome};
use arguments::Arguments;
use axum::http::{Method, StatusCode};
use std::collections::{BTreeMap, BTreeSet};

/// Who looks at pages, which call the same functions: of each kind that is treated alike, one.
const LOOK_AT_PAGES: &[&str] =
    &["nobody", "participant", "student", "teacher", "author", "candidate", "elsewhere_admin", "admin", "officer"];

/// What the academy's own records say and nobody else learns: somebody with a closed account, somebody who
/// walked in, a count without names, a cohort that is not announced.
const ONLY_THERE: &[&str] = &["Lena", "Willy", "A conference", "A closed cohort"];

/// Who has nothing to do with the academy, or no right there.
const OUTSIDERS: &[&str] = &["nobody", "participant", "trainer", "observer", "focal_point", "elsewhere_admin"];

/// Refusals behind which stands another one for everybody: the file, the line, and why it is there all the same.
const BEHIND: &[(&str, &str, &str)] = &[(
    "src/reporting/attendance/service/years.rs",
    "demand_somewhere(Some(actor), Right::ManagePeople)?;",
    "whoever manages nobody is told that they may not, instead of that there is nobody",
)];

/// The file in which routes refuse a visitor, before the service is asked.
const AT_THE_ROUTE: &str = "src/people/asks.rs";

/// How an address must answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// Sign in first.
    SignIn,
    /// Refused, or as if there were no such record; and nothing changes.
    Out,
    /// Neither refused nor missing.
    In,
}

/// Whether somebody is let in for the academy's records.
fn expected(asks: Asks, guest: &Guest) -> Expected {
    let actor = guest.actor.as_ref();
    let tied = |ties: &[Tie]| guest.ties.iter().any(|tie| ties.contains(tie));
    let holds = |right: Right| {
        let named = NAMED.iter().any(|(it, ties)| *it == right && tied(ties));
        may(actor, right, Record::of(Some(academy::academy())).naming(named))
    };
    let lets_in = match asks {
        Asks::Nothing => return Expected::In,
        _ if actor.is_none() => return Expected::SignIn,
        Asks::SignIn => true,
        Asks::For(right) => holds(right),
        Asks::Somewhere(right) => may_somewhere(actor, right),
        Asks::Those(ties) => tied(ties),
        Asks::Or(right, ties) => holds(right) || tied(ties),
    };
    if lets_in { Expected::In } else { Expected::Out }
}

/// What is wrong with an answer.
fn fault(expected: Expected, outcome: &Outcome) -> Option<String> {
    let (status, changed) = (outcome.status, &outcome.changed);
    let away = matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
    let sign_in = status == StatusCode::UNAUTHORIZED || outcome.to_sign_in;
    let right = match expected {
        Expected::SignIn => sign_in && changed.is_empty(),
        Expected::Out => away && changed.is_empty(),
        Expected::In => !(sign_in || away || status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS),
    };
    let wrote = if changed.is_empty() { String::new() } else { format!(", and {} changed", changed.join(", ")) };
    (!right).then(|| format!("{status}{wrote} where the table says {expected:?}"))
}

/// A call with what the table says of each guest.
struct Stop {
    path: String,
    method: Method,
    address: String,
    form: Form,
    asks: Asks,
    admits: Option<Vec<String>>,
}

impl Stop {
    fn expected(&self, guest: &Guest) -> Expected {
        match &self.admits {
            None => expected(self.asks, guest),
            Some(_) if guest.actor.is_none() && self.asks != Asks::Nothing => Expected::SignIn,
            Some(names) if names.iter().any(|name| name == guest.name) => Expected::In,
            Some(_) => Expected::Out,
        }
    }

    /// A file that takes long to make is made for one guest.
    fn slow(&self) -> bool {
        [".pdf", ".zip", ".xlsx"].iter().any(|ending| self.address.ends_with(ending))
    }
}

/// Pages are deep trees of types, and unoptimised code needs a deep stack for them; a test's own thread has two
/// megabytes.
fn deep<F: Future<Output = ()>>(test: impl FnOnce() -> F + Send + 'static) {
    const STACK: usize = 64 * 1024 * 1024;
    let run = move || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(test());
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn every_function_and_route_answers_as_the_table_says_and_no_refusal_can_be_left_out() {
    deep(walk_functions_and_routes);
}

async fn walk_functions_and_routes() {
    let mut faults = Vec::new();
    let stops = stops(&mut faults);
    let mut academy = Academy::open().await;
    let mut refusals: BTreeMap<Gate, Vec<(usize, usize)>> = BTreeMap::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (at, stop) in stops.iter().enumerate() {
        let mut let_in = false;
        for guest in 0..academy.guests.len() {
            let expected = stop.expected(&academy.guests[guest]);
            if expected == Expected::In && let_in && stop.slow() {
                continue;
            }
            let watch = services_alone();
            let outcome = academy.visit(guest, &stop.method, &stop.address, &stop.form, &watch).await;
            let name = academy.guests[guest].name;
            if outcome.body.contains("Malformed") && guest == 0 {
                faults.push(format!("{}: an argument is missing in arguments.txt: {}", stop.path, outcome.body));
                break;
            }
            if let Some(fault) = fault(expected, &outcome) {
                let said: String = outcome.body.chars().take(120).collect();
                faults.push(format!("{} {} as {name}: {fault} {said}", stop.method, stop.path));
            }
            // Lists are open to many; what stands on them is not.
            for word in ONLY_THERE.iter().filter(|word| outcome.body.contains(**word)) {
                if OUTSIDERS.contains(&name) {
                    faults.push(format!("{} tells {name} of {word}", stop.path));
                }
                told.insert(word);
            }
            let_in |= expected == Expected::In;
            if expected == Expected::Out {
                for (gate, _) in watch.passed().into_iter().filter(|(_, passed)| !passed) {
                    refusals.entry(gate).or_default().push((at, guest));
                }
            }
        }
        if !let_in {
            faults.push(format!("{}: nobody is let in, so nobody knows whether its arguments are right", stop.path));
        }
    }
    for word in ONLY_THERE.iter().filter(|word| !told.contains(*word)) {
        faults.push(format!("nobody is told of {word}, so nobody knows whether it is kept back"));
    }
    faults.extend(leave_out_each(&mut academy, &stops, &refusals).await);
    assert!(faults.is_empty(), "\n{}\n{} faults", faults.join("\n"), faults.len());
}

/// What routes ask for is left out, so that the services are seen to ask by themselves.
fn services_alone() -> Watch {
    Watch::without_those_of(AT_THE_ROUTE)
}

/// Every call of every function, every page and every route.
fn stops(faults: &mut Vec<String>) -> Vec<Stop> {
    let registered: Vec<(String, Method)> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path.trim_start_matches("/_fn/").to_owned(), method))
        .collect();
    let names = registered.iter().map(|(path, _)| path.clone()).collect();
    compare("server function", "FUNCTIONS", names, FUNCTIONS.iter().map(|(path, _)| *path), faults);
    compare("plain route", "ROUTES", routes_in_sources(), ROUTES.iter().map(|(_, path, _)| *path), faults);
    let arguments = Arguments::read();
    for name in arguments.named() {
        let route = || ROUTES.iter().any(|(method, path, _)| name == format!("{method} {path}"));
        let page = || pages::all().any(|(path, _)| name == format!("page {path}"));
        if !registered.iter().any(|(path, _)| path == name) && !route() && !page() {
            faults.push(format!("arguments.txt has arguments of {name}, which is no function, page or route"));
        }
    }
    let mut stops = Vec::new();
    for (path, method) in registered {
        let Some((_, asks)) = FUNCTIONS.iter().find(|(known, _)| *known == path) else { continue };
        for call in arguments.of(&path) {
            stops.push(Stop {
                path: path.clone(),
                method: method.clone(),
                address: format!("/_fn/{path}"),
                form: call.form,
                asks: *asks,
                admits: call.admits,
            });
        }
    }
    for (path, asks) in pages::all() {
        for call in arguments.of_route(&format!("page {path}")) {
            // A further call is of another record.
            let given = call.form.into_iter().find_map(|(name, value)| (name == "address").then_some(value));
            stops.push(Stop {
                path: path.to_owned(),
                method: Method::GET,
                address: given.unwrap_or_else(|| arguments.address(path)),
                form: Form::new(),
                asks,
                admits: call.admits,
            });
        }
    }
    for (method, path, asks) in ROUTES {
        for call in arguments.of_route(&format!("{method} {path}")) {
            stops.push(Stop {
                path: (*path).to_owned(),
                method: method.parse().expect("a method"),
                address: arguments.address(path),
                form: call.form,
                asks: *asks,
                admits: call.admits,
            });
        }
    }
    stops
}

/// Leaves out one refusal after the other, and says which of them nobody would miss. A guest whom a refusal kept
/// out must get in somewhere, or change something, against the table.
async fn leave_out_each(
    academy: &mut Academy,
    stops: &[Stop],
    refusals: &BTreeMap<Gate, Vec<(usize, usize)>>,
) -> Vec<String> {
    let mut faults = Vec::new();
    for (gate, visits) in refusals {
        let mut noticed = false;
        for (stop, guest) in visits {
            let stop = &stops[*stop];
            let outcome =
                academy.visit(*guest, &stop.method, &stop.address, &stop.form, &services_alone().without(*gate)).await;
            noticed = fault(Expected::Out, &outcome).is_some();
            if noticed {
                break;
            }
        }
        if !noticed && !is_behind(*gate) {
            faults.push(format!("{}:{} can be left out, and the walk does not notice", gate.0, gate.1));
        }
    }
    for (file, line) in gates_in_sources() {
        if !refusals.keys().any(|gate| gate.0 == file && gate.1 == line) {
            faults.push(format!("{file}:{line} refuses nobody in the walk"));
        }
    }
    faults
}

/// First pages, menus and headings say to each role what is theirs; they decide nothing.
const SAY_WHAT_IS_WHOSE: &[&str] = &["src/reporting/service/home.rs", "src/ui/layout.rs"];

#[test]
fn roles_are_asked_for_in_the_table_alone_and_refusals_pass_a_gate() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let knows = ["src/people/rights.rs", "src/common/actor.rs"].contains(&file.as_str());
        if knows || file.contains("tests") || file.contains("/pages/") {
            continue;
        }
        for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
            let asks_a_role = [".has(Role::", ".has_at("].iter().any(|call| line.contains(call));
            if asks_a_role && !SAY_WHAT_IS_WHOSE.contains(&file.as_str()) {
                wrong.push(format!("{file}:{number}: a right of people/rights.rs says who may: {line}"));
            }
            if line.contains("Err(AppError::Forbidden)") && !line.contains("=>") {
                wrong.push(format!("{file}:{number}: `require` refuses where a test can leave it out: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn is_behind((file, line): Gate) -> bool {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(path).expect("a source");
    let line = text.lines().nth(line as usize - 1).unwrap_or_default().trim();
    BEHIND.iter().any(|(place, code, _)| *place == file && *code == line)
}

/// Where the sources refuse somebody, as file and line.
fn gates_in_sources() -> BTreeSet<(String, u32)> {
    let mut found = BTreeSet::new();
    for (file, text) in sources() {
        if file.contains("tests") || file == "src/people/rights.rs" || file == AT_THE_ROUTE {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            for name in ["demand(", "demand_somewhere(", "require("] {
                let called = line.match_indices(name).any(|(at, _)| {
                    let before = line[..at].chars().next_back().unwrap_or(' ');
                    !(before.is_alphanumeric() || before == '_' || before == '.')
                });
                if called && !line.trim_start().starts_with("//") {
                    found.insert((file.clone(), u32::try_from(number + 1).unwrap_or(0)));
                }
            }
        }
    }
    found
}

#[test]
fn live_pages_are_told_from_the_others() {
    let live: BTreeSet<String> =
        leptos_axum::generate_route_list(app::Live).iter().map(|route| route.path().to_owned()).collect();
    let mut faults = Vec::new();
    compare("live page", "LIVE_PAGES", live.clone(), LIVE_PAGES.iter().map(|(path, _)| *path), &mut faults);
    for (path, _) in pages::all() {
        // An address with a fixed word in place of another page's part goes to the page that has the word.
        if is_live(path) != live.contains(path) {
            faults.push(format!("{path} goes to the wrong kind of page"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_answers_as_the_table_says() {
    deep(walk_pages);
}

async fn walk_pages() {
    let mut academy = Academy::open().await;
    let arguments = Arguments::read();
    let mut faults = Vec::new();
    for (path, asks) in pages::all() {
        let address = arguments.address(path);
        let live = LIVE_PAGES.iter().any(|(it, _)| *it == path);
        for guest in 0..academy.guests.len() {
            if !LOOK_AT_PAGES.contains(&academy.guests[guest].name) {
                continue;
            }
            let expected = expected(asks, &academy.guests[guest]);
            let watch = Watch::default();
            let outcome = academy.visit(guest, &Method::GET, &address, &Form::new(), &watch).await;
            let name = academy.guests[guest].name;
            if let Some(fault) = fault(expected, &outcome) {
                faults.push(format!("{path} as {name}: {fault}"));
            }
            let refused = watch.passed().iter().any(|((file, _), passed)| *file == AT_THE_ROUTE && !passed);
            let refuses = asks.admit(academy.guests[guest].actor.as_ref()).is_err();
            if !live && refused != refuses {
                faults.push(format!("{path} as {name}: its route should refuse: {refuses}, and did: {refused}"));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n{} faults", faults.join("\n"), faults.len());
}

/// Says by name what is registered and not listed, and the reverse.
fn compare<'a>(
    what: &str,
    table: &str,
    registered: BTreeSet<String>,
    listed: impl Iterator<Item = &'a str>,
    faults: &mut Vec<String>,
) {
    let listed: BTreeSet<String> = listed.map(str::to_owned).collect();
    for path in registered.difference(&listed) {
        faults.push(format!("{what} {path} is missing in {table} of src/server/access.rs"));
    }
    for path in listed.difference(&registered) {
        faults.push(format!("{what} {path} stands in {table} of src/server/access.rs, but there is none"));
    }
}

/// Every source, by its path as the compiler has it.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &std::path::Path, root: &std::path::Path, into: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, root, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root).expect("inside").to_string_lossy().into_owned();
                into.push((name, std::fs::read_to_string(&path).expect("a source")));
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join("src"), root, &mut found);
    found
}

/// Every path given to `.route("…")` anywhere, but the one that the functions share and that of
/// the metrics, which has a listener of its own.
fn routes_in_sources() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (file, text) in sources() {
        if file.contains("tests") {
            continue;
        }
        for part in text.split(".route(").skip(1) {
            if let Some(route) = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                found.insert(route.to_owned());
            }
        }
    }
    found.remove("/_fn/{*function}");
    found.remove("/metrics");
    found
}
