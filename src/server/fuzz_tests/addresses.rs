//! What stands in addresses, headers and bodies of requests, nearly right.

use crate::{
    attendance::{
        checkin::limits::{Limits, Position},
        kiosk::model::Reading,
        model::{Action, MarkState, choice, chosen, place_of},
    },
    cascade::model::Asked,
    cohorts::model::places::Whose,
    common::forms::{Flash, UploadForm},
    deliveries::board_model::BoardQuery,
    feedback::model::{About, Filter},
    i18n,
    people::accounts::model::browser_name,
    platform::{
        http::{caller, cookie, guard::network, returned, safe_path},
        zones,
    },
    reporting::attendance::model::Show,
    server::{
        files::{Asked as Part, asked},
        rights_tests::arguments::Arguments,
        router,
        web_tests::{Visitor, ask},
    },
    testing::{Kind, fuzz::Target, house},
    trainers::roster,
};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header},
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{net::IpAddr, str::FromStr, time::Duration};

const TOKENS: &[&str] = &[
    "&",
    "=",
    "?",
    "#",
    "[]",
    "[a]",
    "[0]",
    "[a][b]",
    "%5B",
    "%5D",
    "%00",
    "%ff%fe",
    "%E2%80%AE",
    "+",
    "%20",
    ",",
    ";",
    "q=",
    "after=",
    "open=",
    "area=",
    "none",
    "lang=fr",
    "2026-11-24",
    "area:",
    "m.",
    "institution:",
    "bytes=",
    "-",
    "127.0.0.1",
    "10.0.0.0/8",
    "::ffff:127.0.0.1",
    "[2001:db8::7]:443",
    "::/0",
    "unknown",
    ";q=",
    "NaN",
    "returned=",
];

#[test]
fn queries() {
    const QUERIES: &[&str] = &[
        "?q=evidence+law&audience=judge&kind=introductory&area=AL&language=sq&mode=online&from=2026-01-01&after=cyber",
        "project=ipa-2019&generation=2&area=none&year=2026&open=a,b&of=people&trainer=x&delivery=y&after=z",
        "cohort=c&course=first&show=decided&kind=error&pack=p&speech=sq",
        "course=c&licensed=true&profession=judge&from=2026-01-01&to=2026-02-01&active=true&feedback=good",
        "m.00000000-0000-0000-0000-000000000007",
        "area:AL",
        "institution:00000000-0000-0000-0000-000000000007",
        "/courses/a?b=c#d",
        "[p00000000-0000-0000-0000-000000000007] 2026-11-24T09:00:00.000001",
        "Europe/Tirane",
    ];
    Target::new("queries", QUERIES, TOKENS).cases(250).largest(4096).check_text(|text| {
        let board = BoardQuery::parse(text);
        assert_eq!(BoardQuery::parse(&board.to_query()), board, "the address says the same");
        assert!(board.q.chars().count() <= 200 && board.filters() <= 200);
        let found = Asked::parse(text);
        assert_eq!(Asked::parse(&found.query()), found, "the address says the same");
        let filter = Filter::read(text);
        assert_eq!(Filter::read(&filter.query()), filter, "the address says the same");
        let search = roster::service::read(text);
        let _ = (search.days(), search.profession(), search.feedback());
        if let Some(about) = About::read(text) {
            assert_eq!(About::read(&about.code()), Some(about));
        }
        if let Some(whose) = Whose::parse(text) {
            assert_eq!(Whose::parse(&whose.code()), Some(whose));
        }
        let show = Show::of(text);
        assert_eq!(Show::of(show.code()), show);
        if let Some(path) = safe_path(text) {
            assert!(path.starts_with('/') && !path.starts_with("//") && HeaderValue::from_str(path).is_ok(), "{path}");
        }
        let _ = place_of(text);
        if let Some((place, written)) = chosen(text) {
            assert_eq!(chosen(&choice(place, written)).map(|(place, _)| place), Some(place));
        }
        if let Some(zone) = zones::zone(text) {
            assert_eq!(zone.name(), text);
        }
        for code in [
            text.parse::<MarkState>().map(MarkState::code).ok(),
            text.parse::<Flash>().map(Flash::code).ok(),
            text.parse::<UploadForm>().map(UploadForm::code).ok(),
        ] {
            assert!(code.is_none_or(|code| code == text), "an unknown code is never another");
        }
    });
}

#[test]
fn headers() {
    const HEADERS: &[&str] = &[
        "10.9.9.9, 203.0.113.5\n[2001:db8::7]:443",
        "\"203.0.113.5:5678\", , ::ffff:10.0.0.1",
        "127.0.0.1, 10.0.0.0/8,fd00::/8",
        "fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5",
        "bytes=0-99",
        "bytes=-500",
        "magistra=abc; lang=fr; returned=eyJmdW5jdGlvbiI6Im1hcmtzIiwidmFsdWVzIjpbXSwiZXJyb3IiOiJJbnRlcm5hbCJ9",
        "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
    ];
    let proxy: IpAddr = [127, 0, 0, 1].into();
    let stranger: IpAddr = [198, 51, 100, 7].into();
    let truth: IpAddr = [203, 0, 113, 5].into();
    let ours = caller::networks("127.0.0.1").expect("a setting");
    Target::new("headers", HEADERS, TOKENS).cases(250).largest(4096).check(|bytes| {
        let mut lines: Vec<HeaderValue> =
            bytes.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
        // Without a proxy nothing is read; behind one, what it added itself is all that counts.
        assert_eq!(caller::of(Some(stranger), lines.iter(), &ours), Some(stranger));
        assert!(caller::of(Some(proxy), lines.iter(), &ours).is_some());
        let mut headers = HeaderMap::new();
        for line in &lines {
            headers.append(header::COOKIE, line.clone());
        }
        for name in ["magistra", "lang", "returned"] {
            assert!(cookie(&headers, name).is_none_or(|value| !value.contains(';')));
        }
        let mut request = Request::new(Body::empty());
        *request.headers_mut() = headers;
        if let Some(back) = returned::of(&request) {
            assert!(back.function.parse::<UploadForm>().is_ok(), "{}", back.function);
        }
        lines.push(HeaderValue::from_static("203.0.113.5"));
        assert_eq!(caller::of(Some(proxy), lines.iter(), &ours), Some(truth));

        let text = String::from_utf8_lossy(bytes);
        if let Ok(networks) = caller::networks(&text) {
            assert!(networks.iter().all(|network| network.prefix_len() > 0), "{networks:?}");
            let written = networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            assert_eq!(caller::networks(&written), Ok(networks));
        }
        match text.parse::<IpAddr>() {
            Ok(address) => assert_eq!(network(&text), network(&address.to_canonical().to_string())),
            Err(_) => assert_eq!(network(&text), text, "what is no address stays as it is"),
        }
        let _ = (i18n::best_of(&text), i18n::locale_of(&text));
        assert!(browser_name(&text).len() <= 40);
        for size in [0, 1, 3000, u64::MAX] {
            if let Part::Part(part) = asked(Some(&text), size) {
                assert!(part.start < part.end && part.end <= size, "{part:?} of {size}");
            }
        }
    });
}

#[test]
fn places() {
    const PLACES: &[&str] = &[
        "10.0.0.0/8, 2001:db8::/32\n192.0.2.7|41.3275|19,8187|150",
        "|90|-180|",
        "::ffff:10.0.0.1;fd00::1/64||| 35.5",
    ];
    Target::new("places", PLACES, &["|", "/", "::", "/129", "/0", "1e9", "-0", "inf", "NaN", ",", "."])
        .cases(250)
        .largest(1000)
        .check_text(|text| {
            let mut parts = text.split('|');
            let mut part = || parts.next().unwrap_or_default();
            let (networks, latitude, longitude, radius) = (part(), part(), part(), part());
            let position = Position::parse(latitude, longitude, radius);
            if let Some(position) = position {
                assert!(position.doubt.is_finite() && position.doubt >= 0.0);
                let (latitude, longitude) = position.point.degrees();
                let again = Position::parse(&latitude, &longitude, "");
                assert_eq!(again.map(|again| again.point), Some(position.point), "degrees are read as written");
                assert!(position.point.metres_to(position.point) < 1.0);
            }
            let Ok(limits) = Limits::parse(networks, latitude, longitude, radius) else { return };
            let place = limits.place.map(|(point, radius)| (point.latitude, point.longitude, radius));
            assert_eq!(Limits::read(&limits.stored_networks(), place), limits, "what is kept is what was typed");
            let _ = limits.admit(networks, position);
            if limits.place.is_some() && position.is_some() {
                assert_eq!(limits.admit("", position), Ok(()), "who stands at the place is there");
            }
        });
}

#[test]
fn messages() {
    const MESSAGES: &[&str] = &[
        "{\"id\":\"00000000-0000-0000-0000-000000000001\",\"kiosk\":\"00000000-0000-0000-0000-000000000002\",\
         \"code\":\"ABC\",\"way\":\"in\",\"at\":1795507200000000,\"unsure\":false,\"late\":true}",
        "{\"id\":\"00000000-0000-0000-0000-000000000001\",\"t\":1795507200000000,\"everyone\":true,\"reason\":\"x\"}",
        "{\"function\":\"marks\",\"values\":[[\"a\",\"b\"]],\"error\":\"Internal\"}",
    ];
    const PIECES: &[&str] =
        &["{", "}", "[", "[[", "\"", ":", ",", "null", "\\u0000", "\\ud800", "1e400", "\"touches\":[", "-"];
    let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().expect("a time");
    let (from, until) = (now - TimeDelta::hours(2), now + TimeDelta::hours(2));
    Target::new("messages", MESSAGES, PIECES).cases(250).check_text(|text| {
        if let Ok(reading) = serde_json::from_str::<Reading>(text) {
            if let Ok(at) = reading.moment(from, until, now) {
                assert!((from..=now).contains(&at), "a badge is read while its kiosk stands");
            }
            let sent = serde_json::to_string(&reading).expect("as it is sent");
            assert_eq!(serde_json::from_str::<Reading>(&sent).ok(), Some(reading));
        }
        if let Ok(action) = serde_json::from_str::<Action>(text) {
            let sent = serde_json::to_string(&action).expect("as it is sent");
            assert_eq!(serde_json::from_str::<Action>(&sent).ok(), Some(action));
        }
        if let Ok(back) = serde_json::from_str::<crate::app::Submitted>(text) {
            let sent = serde_json::to_string(&back).expect("as it is sent");
            assert_eq!(serde_json::from_str::<crate::app::Submitted>(&sent).ok(), Some(back));
        }
    });
}

/// Reads a request as it stands on the wire: method and address, headers, an empty line, a body. What could not be
/// sent at all is left out, and so is what has no end.
fn request(bytes: &[u8]) -> Option<Request<Body>> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap_or(bytes.len());
    let (head, body) = (&bytes[..end], bytes.get(end + 2..).unwrap_or_default());
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = String::from_utf8_lossy(lines.next()?).into_owned();
    let (method, address) = first.split_once(' ')?;
    let uri: Uri = address.parse().ok()?;
    if !uri.path().starts_with('/') || uri.path().contains("/live") {
        return None;
    }
    let mut request = Request::builder().method(method).uri(uri).body(Body::from(body.to_vec())).ok()?;
    for line in lines {
        let Some(at) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = std::str::from_utf8(&line[..at]).ok().and_then(|name| HeaderName::from_str(name.trim()).ok());
        let value = HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok();
        if let (Some(name), Some(value)) = (name, value) {
            request.headers_mut().append(name, value);
        }
    }
    Some(request)
}

/// Calls of functions with what they are meant to get, and some routes.
fn requests_that_are_right() -> Vec<Vec<u8>> {
    const FUNCTIONS: usize = 6;
    let arguments = Arguments::read();
    let form = "content-type: application/x-www-form-urlencoded\nsec-fetch-site: same-origin\naccept: application/json";
    let mut functions: Vec<(&str, bool)> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path, method == Method::GET))
        .filter(|(path, _)| !path.ends_with("sign-out"))
        .collect();
    functions.sort_unstable();
    let mut seeds = Vec::new();
    for (path, reads) in functions.iter().step_by((functions.len() / FUNCTIONS).max(1)) {
        let calls = arguments.of(path.trim_start_matches("/_fn/"));
        let pairs = calls.into_iter().next().map(|call| call.form).unwrap_or_default();
        let pairs = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let text = if *reads { format!("GET {path}?{pairs}\n\n") } else { format!("POST {path}\n{form}\n\n{pairs}") };
        seeds.push(text.into_bytes());
    }
    for text in [
        "GET /catalogue.ics?area=AL&language=sq&from=2026-01-01\naccept-language: fr;q=0.9, en\n\n".to_owned(),
        "GET /files/00000000-0000-0000-0000-000000000001/a.pdf\nrange: bytes=0-9\nif-none-match: \"x\", *\n\n"
            .to_owned(),
        format!("POST /_fn/people/sign-in\n{form}\n\nemail=a%40b.example&password=correct+horse&next=%2F"),
        format!(
            "POST /_fn/attendance/mark\n{form}\n\ndelivery=x&slot=y&states[p1]=present&notes[p1]=a&ids[]=1&ids[]=2"
        ),
    ] {
        seeds.push(text.into_bytes());
    }
    seeds
}

async fn is_answered(router: &Router, visitor: &Visitor, bytes: &[u8]) {
    let Some(request) = request(bytes) else { return };
    let what = format!("{} {}", request.method(), request.uri());
    let request = if request.headers().contains_key(header::COOKIE) { request } else { visitor.request(request) };
    let answer = ask(router, request).await;
    assert!(!answer.status.is_server_error(), "{what}: {} {}", answer.status, answer.body);
}

/// Pages are deep trees of types, and unoptimised code needs a deep stack for them.
const STACK: usize = 64 * 1024 * 1024;

fn try_requests() {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).thread_stack_size(STACK).enable_all().build().expect("a runtime");
    let (house, router, visitor) = runtime.block_on(async {
        let house = house(Kind::Sqlite).await;
        house.institution("academy").await;
        let officer = house.officer().await;
        let visitor = Visitor::signed_in(&house, &officer).await;
        let router = router(&house.app).expect("a router");
        (house, router, visitor)
    });
    Target::new("requests", &requests_that_are_right(), TOKENS)
        .cases(20)
        .within(Duration::from_secs(10))
        .check(|bytes| runtime.block_on(is_answered(&router, &visitor, bytes)));
    drop(house);
}

/// Nothing that can be sent is a fault of ours.
#[test]
fn requests() {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(try_requests).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}
