//! The router as an attacker or a broken browser meets it.

use super::{heavy_tests::watched, router};
use crate::{
    common::actor::Actor,
    people::{accounts, service::token_hash, store as people},
    platform::http::{SESSION_LASTS, session_cookie_name},
    testing::{House, Kind, house},
};
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, Request, StatusCode, header, request::Builder},
};
use http_body_util::BodyExt;
use std::net::SocketAddr;
use tower::ServiceExt;

/// A browser with its cookie.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    cookie: Option<String>,
}

impl Visitor {
    /// Signed in as a person with an account, by a session of its own.
    pub async fn signed_in(house: &House, actor: &Actor) -> Self {
        let app = &house.app;
        let mut tx = app.db.begin().await.expect("begins");
        let account =
            accounts::store::account_by_email(&mut tx, &actor.email).await.expect("reads").expect("an account");
        let token = crate::people::service::new_token(app);
        let session = people::NewSession {
            token_hash: &token_hash(&token),
            id: app.id(),
            account_id: account.id,
            expires_at: app.now() + SESSION_LASTS,
            address: "127.0.0.1",
            user_agent: "test",
        };
        people::add_session(&mut tx, session, app.now()).await.expect("a session");
        tx.commit().await.expect("commits");
        Self { cookie: Some(format!("{}={token}", session_cookie_name(app))) }
    }

    /// The request with the browser's cookie.
    pub fn request(&self, mut request: Request<Body>) -> Request<Body> {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().expect("a cookie"));
        }
        request
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// A header, or nothing.
    pub fn header(&self, name: HeaderName) -> String {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    }

    fn cookies(&self) -> Vec<String> {
        self.headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok()).map(str::to_owned).collect()
    }
}

fn builder(path: &str) -> Builder {
    Request::builder()
        .uri(path)
        .header(header::HOST, "127.0.0.1:3000")
        .header(header::ACCEPT_LANGUAGE, "en")
        .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000))))
}

/// A page or a reading function.
pub fn get(path: &str) -> Request<Body> {
    builder(path).body(Body::empty()).expect("a request")
}

/// A form from our own page.
pub fn post(path: &str, form: &str) -> Request<Body> {
    builder(path)
        .method("POST")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Body::from(form.to_owned()))
        .expect("a request")
}

/// Sends a request through the router; no answer may keep the thread that gives it.
pub async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let what = format!("{} {}", request.method(), request.uri());
    let response = watched(&what, router.clone().oneshot(request)).await.expect("the router does not fail");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map(|b| b.to_bytes()).unwrap_or_default();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
}

async fn site() -> (House, Router) {
    let house = house(Kind::Sqlite).await;
    let router = router(&house.app).expect("a router");
    (house, router)
}

const SIGN_IN: &str = "__fn=/_fn/people/sign-in&email=officer%40magistra.example&password=correct+horse+battery";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_posts_are_refused() {
    let (house, router) = site().await;
    let officer = house.officer().await;
    let visitor = Visitor::signed_in(&house, &officer).await;
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        for path in ["/_fn/people/end-other-sessions", "/account"] {
            let mut request = visitor.request(post(path, "__fn=/_fn/people/end-other-sessions"));
            request.headers_mut().remove("sec-fetch-site");
            request.headers_mut().insert(name, value.parse().unwrap());
            let answer = ask(&router, request).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {name}: {value}");
        }
    }
    let still = ask(&router, visitor.request(post("/_fn/people/end-other-sessions", ""))).await;
    assert_eq!(still.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_never_writes() {
    let (house, router) = site().await;
    let officer = house.officer().await;
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        if method == axum::http::Method::GET {
            continue;
        }
        let visitor = Visitor::signed_in(&house, &officer).await;
        let answer = ask(&router, visitor.request(get(path))).await;
        assert!(
            matches!(answer.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST),
            "GET {path}: {}",
            answer.status
        );
    }
    // Not even by the field that a form without script carries.
    let visitor = Visitor::signed_in(&house, &officer).await;
    ask(&router, visitor.request(get("/?__fn=/_fn/people/sign-out"))).await;
    let me = ask(&router, visitor.request(get("/account"))).await;
    assert_eq!(me.status, StatusCode::OK, "still signed in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_carry_their_guards() {
    let (_house, router) = site().await;
    for (path, live) in [("/sign-in", false), ("/no-such-page", false), ("/catalogue", true), ("/kiosk", true)] {
        let answer = ask(&router, get(path)).await;
        let csp = answer.header(header::CONTENT_SECURITY_POLICY);
        assert!(csp.contains("default-src 'none'") && csp.contains("form-action 'self'"), "{csp}");
        assert!(!csp.contains("unsafe-inline") && !csp.contains("'unsafe-eval'"), "{csp}");
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(answer.header(header::REFERRER_POLICY), "same-origin");
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
        if !live {
            assert!(!csp.contains("script-src"), "a page that no script touches allows none: {csp}");
            assert!(!answer.body.contains("<script") && answer.body.ends_with("</html>"), "{path} carries a script");
            continue;
        }
        let nonce = csp.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce").to_owned();
        assert!(answer.body.contains(&format!("nonce=\"{nonce}\"")), "the page's script carries the nonce");
        let again = ask(&router, get(path)).await.header(header::CONTENT_SECURITY_POLICY);
        assert!(!again.contains(&nonce), "a nonce is used once");
    }
    let function = ask(&router, get("/_fn/people/me")).await;
    assert_eq!(function.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(function.header(header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_answer_has_its_policy() {
    let (house, router) = site().await;
    let mut forged = post("/account", "");
    forged.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    let huge = "a".repeat(3 * 1024 * 1024);
    let requests = [
        get("/sign-in"),
        get("/no-such-page"),
        get("/_fn/people/me"),
        get("/_fn/none"),
        get("/account"),
        get("/catalogue.ics"),
        get("/trainers.csv"),
        get("/files/x/y"),
        get("/health/live"),
        post("/forgotten", &huge),
        post("/uploads", "x"),
        forged,
    ];
    for request in requests {
        let path = request.uri().to_string();
        let answer = ask(&router, request).await;
        let csp = answer.header(header::CONTENT_SECURITY_POLICY);
        for part in ["default-src 'none'", "base-uri 'none'", "form-action '", "frame-ancestors '"] {
            assert!(csp.contains(part), "{path} ({}): {csp}", answer.status);
        }
    }
    let of_file = crate::platform::http::policy::of_file;
    for (media_type, part) in
        [("application/pdf", "object-src 'self'"), ("image/png", "sandbox"), ("text/html", "sandbox")]
    {
        let csp = of_file(media_type);
        for part in [part, "default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"] {
            assert!(csp.contains(part), "{media_type}: {csp}");
        }
    }
    house.app.db.close().await;
    let visitor = Visitor { cookie: Some(format!("{}=x", session_cookie_name(&house.app))) };
    let outage = ask(&router, visitor.request(get("/"))).await;
    assert_eq!(outage.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(outage.header(header::CONTENT_SECURITY_POLICY).contains("base-uri 'none'"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_script_reads_a_cookie() {
    let house = crate::testing::house_with(Kind::Sqlite, &["--public-url", "https://learn.example"]).await;
    let router = router(&house.app).expect("a router");
    house.officer().await;
    let mut seen = Vec::new();
    for request in [
        get("/sign-in?lang=fr"),
        post("/sign-in", SIGN_IN),
        post("/forgotten", "__fn=/_fn/people/forgotten&email=a%40b.example&language=en"),
    ] {
        for cookie in ask(&router, request).await.cookies() {
            for flag in ["HttpOnly", "Secure", "SameSite=Lax"] {
                assert!(cookie.split("; ").any(|part| part == flag), "{cookie} lacks {flag}");
            }
            seen.push(cookie.split('=').next().unwrap_or_default().to_owned());
        }
    }
    for name in ["lang", "__Host-magistra", "flash"] {
        assert!(seen.iter().any(|known| known == name), "{name} among {seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_hop_does_not_hide_the_caller() {
    let (house, router) = site().await;
    house.officer().await;
    // The client's own lines, and then the one of the proxy, which calls from this machine.
    let mut request = post("/sign-in", SIGN_IN);
    for hop in ["198.51.100.1", "198.51.100.2, 127.0.0.1", "203.0.113.5"] {
        request.headers_mut().append("x-forwarded-for", hop.parse().unwrap());
    }
    let answer = ask(&router, request).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let cookie = answer.cookies().into_iter().find(|c| c.starts_with("magistra=")).expect("a session's cookie");
    let visitor = Visitor { cookie: cookie.split(';').next().map(str::to_owned) };
    let page = ask(&router, visitor.request(get("/account"))).await;
    assert!(page.body.contains("203.0.113.5") && !page.body.contains("198.51.100"), "{}", page.body);
    // A caller without a proxy says nothing of where it is.
    let mut direct = post("/sign-in", SIGN_IN);
    direct.headers_mut().append("x-forwarded-for", "198.51.100.3".parse().unwrap());
    direct.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 4000))));
    assert_eq!(ask(&router, direct).await.status, StatusCode::SEE_OTHER);
    let page = ask(&router, visitor.request(get("/account"))).await;
    assert!(page.body.contains("203.0.113.9") && !page.body.contains("198.51.100"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_in_rotates_the_session_and_guards_its_cookie() {
    let (house, router) = site().await;
    let officer = house.officer().await;
    let before = Visitor::signed_in(&house, &officer).await;
    let answer = ask(&router, before.request(post("/sign-in", SIGN_IN))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let cookie = answer.cookies().into_iter().find(|c| c.starts_with("magistra=")).expect("a session's cookie");
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "by http it would not come back: {cookie}");
    assert_ne!(before.cookie.as_deref(), cookie.split(';').next());
    // A cookie planted before is worth nothing after.
    let planted = ask(&router, before.request(get("/account"))).await;
    assert_eq!(planted.header(header::LOCATION), "/sign-in?next=%2Faccount");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_https_the_cookie_is_bound_to_the_host() {
    let house = crate::testing::house_with(Kind::Sqlite, &["--public-url", "https://learn.example"]).await;
    let router = router(&house.app).expect("a router");
    house.officer().await;
    let answer = ask(&router, post("/sign-in", SIGN_IN)).await;
    let cookie = answer.cookies().into_iter().find(|c| c.starts_with("__Host-magistra=")).expect("a bound cookie");
    assert!(cookie.contains("Secure") && cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    assert!(answer.header(header::STRICT_TRANSPORT_SECURITY).contains("max-age"));
    // The public address is an origin of ours, although the host that the proxy names is another.
    let mut request = post("/sign-in", SIGN_IN);
    request.headers_mut().remove("sec-fetch-site");
    request.headers_mut().insert(header::ORIGIN, "https://learn.example".parse().unwrap());
    assert_eq!(ask(&router, request).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_a_page_not_a_panic() {
    let (house, router) = site().await;
    let officer = house.officer().await;
    let visitor = Visitor::signed_in(&house, &officer).await;
    house.app.db.close().await;
    for request in [visitor.request(get("/account")), get("/institutions"), get("/_fn/deliveries/board?language=en")] {
        let path = request.uri().to_string();
        let answer = ask(&router, request).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    let form = ask(&router, post("/sign-in", SIGN_IN)).await;
    assert_eq!(form.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(form.body.contains("officer@magistra.example"), "what was typed is still there");
    assert!(!form.body.contains("correct horse"), "but not the password");
    assert_eq!(ask(&router, get("/health/live")).await.status, StatusCode::OK);
    assert_eq!(ask(&router, get("/health/ready")).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_posts_are_refused_and_change_nothing() {
    let (_house, router) = site().await;
    let huge = format!("__fn=/_fn/people/forgotten&email={}", "a".repeat(3 * 1024 * 1024));
    for path in ["/forgotten", "/_fn/people/forgotten"] {
        let answer = ask(&router, post(path, &huge)).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    assert_eq!(ask(&router, post("/forgotten", &huge)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    for unknown in ["__fn=/_fn/people/none", "__fn=https://evil.example/", "__fn=/etc/passwd", "__fn=", "email=a"] {
        let answer = ask(&router, post("/forgotten", unknown)).await;
        assert!(
            matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::METHOD_NOT_ALLOWED),
            "{unknown}: {}",
            answer.status
        );
    }
    let mut json = post("/forgotten", "{}");
    json.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    assert_eq!(ask(&router, json).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let mut multipart = post("/_fn/people/forgotten", "--x");
    multipart.headers_mut().insert(header::CONTENT_TYPE, "multipart/form-data".parse().unwrap());
    assert!(ask(&router, multipart).await.status.is_client_error());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_next_elsewhere_leads_home() {
    let (house, router) = site().await;
    house.officer().await;
    for (next, to) in [
        ("/account", "/account"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("\t//evil.example", "/"),
        ("/\u{feff}/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/%0d%0aSet-Cookie: a=b", "/"),
        ("\r\nLocation: https://evil.example", "/"),
    ] {
        let next = form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>();
        let answer = ask(&router, post("/sign-in", &format!("{SIGN_IN}&next={next}"))).await;
        assert_eq!((answer.status, answer.header(header::LOCATION).as_str()), (StatusCode::SEE_OTHER, to), "{next}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_keeps_the_address_and_says_why() {
    let (house, router) = site().await;
    house.officer().await;
    let wrong = SIGN_IN.replace("horse", "house");
    let known = ask(&router, post("/sign-in", &wrong)).await;
    assert_eq!(known.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(known.body.contains("value=\"officer@magistra.example\""));
    assert!(!known.body.contains("correct+house") && !known.body.contains("correct house"));
    let unknown = ask(&router, post("/sign-in", &wrong.replace("officer", "nobody"))).await;
    assert_eq!(unknown.status, known.status);
    let why = "E-mail address and password do not belong together.";
    assert!(known.body.contains(why) && unknown.body.contains(why));
}
