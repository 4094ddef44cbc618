//! What cannot be read: forms, JSON, addresses, headers and uploads that no page of ours sends. The
//! sender is told so; it is never an error of ours, and never one in the log.

use super::{
    access::ROUTES,
    pages,
    rights_tests::arguments::Arguments,
    router,
    web_tests::{Visitor, ask, get, post},
};
use crate::testing::{House, Kind, house};
use axum::{
    Router,
    body::Body,
    http::{HeaderName, HeaderValue, Method, Request, StatusCode, header},
};

/// Values that no field is meant to hold.
const ODD: &[&str] = &[
    "",
    "%00",
    "%ff%fe",
    "999999999999999999999999999999",
    "-9223372036854775808",
    "1e999",
    "NaN",
    "%7B%22a%22%3A%5B%5B%5B",
    "%F0%9F%92%A9%E2%80%AE%EF%BB%BF",
    "'%22%3E%3C%25_%5C",
    "9999-99-99T99:99:99",
    "%2F%2Fevil.example%2F..%2F..",
];

/// Bodies that are no form, or a damaged one.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let form = "application/x-www-form-urlencoded";
    let mut bodies: Vec<(&str, Vec<u8>)> = vec![
        (form, Vec::new()),
        (form, b"\xff\xfe\x00=\xff".to_vec()),
        (form, b"id[=1&id[]]=2&id[a][b][c]=3&names[x]=1&names=2&%=%&&&==".to_vec()),
        (form, format!("id{}=1", "[a]".repeat(2000)).into_bytes()),
        (form, b"id=1&id=2&version=1&version=x".to_vec()),
        ("application/json", b"{\"id\":".to_vec()),
        ("application/json", "[".repeat(50_000).into_bytes()),
        ("multipart/form-data", b"--x\r\n\r\n".to_vec()),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a".to_vec(),
        ),
        ("text/plain;charset=\"", b"x".to_vec()),
    ];
    let names = Arguments::read().names();
    for odd in ODD {
        let pairs: Vec<String> = names.iter().map(|name| format!("{name}={odd}")).collect();
        bodies.push((form, pairs.join("&").into_bytes()));
    }
    bodies
}

async fn visitors(house: &House) -> Vec<(&'static str, Visitor)> {
    let officer = house.officer().await;
    vec![("nobody", Visitor::default()), ("an officer", Visitor::signed_in(house, &officer).await)]
}

fn with(mut request: Request<Body>, name: HeaderName, value: &[u8]) -> Request<Body> {
    request.headers_mut().insert(name, HeaderValue::from_bytes(value).expect("a header"));
    request
}

async fn send(router: &Router, request: Request<Body>, what: &str, faults: &mut Vec<String>) {
    let place = request.uri().path().chars().take(80).collect::<String>();
    let answer = ask(router, request).await;
    if answer.status.is_server_error() {
        faults.push(format!(
            "{place} with {what}: {} {}",
            answer.status,
            answer.body.chars().take(100).collect::<String>()
        ));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_function_takes_garbage_for_a_fault_of_ours() {
    let house = house(Kind::Sqlite).await;
    house.institution("academy").await;
    let router = router(&house.app).expect("a router");
    let visitors = visitors(&house).await;
    let mut faults = Vec::new();
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        // It ends the session that the others are asked with.
        let signs_out = path.ends_with("sign-out");
        for (who, visitor) in visitors.iter().filter(|(who, _)| !signs_out || *who == "nobody") {
            for (kind, body) in bodies() {
                let text = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
                let what = format!("{kind} {text:?} as {who}");
                let request = if method == Method::GET {
                    let query: String = body
                        .iter()
                        .take(8000)
                        .map(|byte| {
                            if byte.is_ascii_graphic() && *byte != b'#' {
                                char::from(*byte).to_string()
                            } else {
                                format!("%{byte:02X}")
                            }
                        })
                        .filter(|part| !matches!(part.as_str(), "\"" | "<" | ">" | "\\" | "^" | "`" | "{" | "|" | "}"))
                        .collect();
                    get(&format!("{path}?{query}"))
                } else {
                    let mut request = with(post(path, ""), header::CONTENT_TYPE, kind.as_bytes());
                    *request.body_mut() = Body::from(body);
                    request
                };
                send(&router, visitor.request(request), &what, &mut faults).await;
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}\n", faults.len(), faults[..faults.len().min(60)].join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unreadable_arguments_are_the_callers_fault() {
    let house = house(Kind::Sqlite).await;
    let router = router(&house.app).expect("a router");
    for request in [get("/_fn/learning/study"), get("/_fn/learning/study?delivery[a]=1")] {
        let path = request.uri().to_string();
        let answer = ask(&router, request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {}", answer.body);
        assert!(answer.body.contains("Malformed"), "{}", answer.body);
    }
    // The same without script: the page comes back and says so.
    let mut bad = post("/sign-in", "");
    *bad.body_mut() = Body::from(b"__fn=/_fn/people/sign-in&email[a]=1".to_vec());
    assert!(ask(&router, bad).await.status.is_client_error());
}

/// A browser that asks for HTML is told the outcome, and led nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_leads_nobody_back_to_where_they_came_from() {
    let house = house(Kind::Sqlite).await;
    let router = router(&house.app).expect("a router");
    for request in [get("/_fn/people/me"), get("/_fn/learning/study"), post("/_fn/people/sign-in", "")] {
        let path = request.uri().to_string();
        let request = with(request, header::ACCEPT, b"text/html");
        let request = with(request, header::REFERER, b"https://evil.example/");
        let answer = ask(&router, request).await;
        assert!(!answer.status.is_redirection(), "{path}: {}", answer.status);
        assert_eq!(answer.header(header::LOCATION), "", "{path}");
    }
}

/// A path with the same odd value in each of its places.
fn filled(path: &str, odd: &str) -> String {
    let fill = |part: &str| if part.starts_with('{') { odd.to_owned() } else { part.to_owned() };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

async fn walk_addresses() {
    let house = house(Kind::Sqlite).await;
    house.institution("academy").await;
    let router = router(&house.app).expect("a router");
    let visitors = visitors(&house).await;
    let mut faults = Vec::new();
    let long = "a".repeat(3000);
    let query = |odd: &str| {
        [
            "lang", "q", "after", "before", "from", "at", "error", "__err", "__path", "code", "next", "k", "way",
            "person", "show", "part",
        ]
        .map(|name| format!("{name}={odd}"))
        .join("&")
    };
    let odd: Vec<&str> = ODD.iter().copied().filter(|odd| !odd.is_empty()).chain(["x", long.as_str()]).collect();
    for (who, visitor) in &visitors {
        for (path, _) in pages::all() {
            // A page without a place is asked with two queries only: one that is text and one that is not.
            let kinds = if path.contains('{') { odd.as_slice() } else { &odd[1..3] };
            for odd in kinds {
                let address = format!("{}?{}", filled(path, odd), query(odd));
                let what = format!("{} as {who}", odd.chars().take(20).collect::<String>());
                send(&router, visitor.request(get(&address)), &what, &mut faults).await;
            }
        }
        for (method, path, _) in ROUTES.iter().filter(|(_, path, _)| !path.ends_with("/live")) {
            for odd in &odd {
                let address = format!("{}?{}", filled(path, odd), query(odd));
                let request = if *method == "GET" { get(&address) } else { post(&address, "x") };
                send(&router, visitor.request(request), &format!("{odd} as {who}"), &mut faults).await;
            }
        }
        for (kind, body) in bodies() {
            for (_, path, _) in ROUTES.iter().filter(|(method, ..)| *method == "POST") {
                let mut request = with(post(&filled(path, "x"), ""), header::CONTENT_TYPE, kind.as_bytes());
                *request.body_mut() = Body::from(body.clone());
                send(&router, visitor.request(request), &format!("{kind} as {who}"), &mut faults).await;
            }
        }
    }
    for name in [
        header::COOKIE,
        header::RANGE,
        header::IF_NONE_MATCH,
        header::IF_RANGE,
        header::IF_MODIFIED_SINCE,
        header::ACCEPT,
        header::ACCEPT_LANGUAGE,
        header::ACCEPT_ENCODING,
        header::USER_AGENT,
        header::REFERER,
        header::CONTENT_LENGTH,
        HeaderName::from_static("x-forwarded-for"),
        HeaderName::from_static("last-event-id"),
    ] {
        for value in [
            b"\xff\xfe".as_slice(),
            b"",
            b";;=,;q=,\"",
            b"bytes=99999999999999999999-1,-",
            b"magistra=%ff; lang=../..; flash=\xc3\x28; returned=e30",
            b"returned=eyJmdW5jdGlvbiI6Im1hcmtzIiwidmFsdWVzIjpbXSwiZXJyb3IiOiJJbnRlcm5hbCJ9",
        ] {
            for path in ["/", "/catalogue.ics", "/files/x/y", "/_fn/people/me", "/pkg/none", "/deliveries/x/transfer"] {
                let request = with(get(path), name.clone(), value);
                send(&router, request, &format!("{name}: {}", String::from_utf8_lossy(value)), &mut faults).await;
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}\n", faults.len(), faults[..faults.len().min(60)].join("\n"));
}

/// Pages are deep trees of types, and unoptimised code needs a deep stack for them.
#[test]
fn no_address_or_header_makes_a_fault_of_ours() {
    const STACK: usize = 64 * 1024 * 1024;
    let run = || {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        runtime
            .worker_threads(2)
            .thread_stack_size(STACK)
            .enable_all()
            .build()
            .expect("a runtime")
            .block_on(walk_addresses());
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}
