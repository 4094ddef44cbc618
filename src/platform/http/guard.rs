//! Middleware: who is asking, limits, security headers, metrics.

use super::{
    caller::{self, Caller},
    policy,
};
use crate::{
    common::error::AppError,
    platform::{context::App, db},
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, header::Entry},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
    time::Instant,
};
use tower_http::csrf::ProtectionError;

/// The longest path in the log, in characters: ours are shorter, and a stranger's fills no disk.
const LONGEST_PATH: usize = 200;

/// The network that a caller's address counts as, see [`caller::network`]; what is no address stays as it is.
pub fn network(source: &str) -> String {
    match source.parse().map(caller::network) {
        Ok(IpAddr::V6(network)) => format!("{network}/64"),
        Ok(address) => address.to_string(),
        Err(_) => source.to_owned(),
    }
}

/// How fast one account or one place may try: the first fence, in this process alone. What must hold for
/// all nodes and over time is counted in the database (`people::accounts::attempts`).
#[derive(Clone)]
pub struct Limits {
    by_pair: Arc<DefaultKeyedRateLimiter<String>>,
    by_source: Arc<DefaultKeyedRateLimiter<String>>,
    by_check: Arc<DefaultKeyedRateLimiter<String>>,
    by_badge: Arc<DefaultKeyedRateLimiter<String>>,
    by_contact: Arc<DefaultKeyedRateLimiter<String>>,
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Limits")
    }
}

impl Limits {
    /// Ten tries at once for one address from one place, then one every twelve seconds; many more from
    /// one place, since an academy's computers share one. Never for one address alone: a stranger would
    /// shut its owner out.
    pub fn new() -> Self {
        let per_minute = |n: u32, burst: u32| {
            let n = NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
            Quota::per_minute(n).allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
        };
        Self {
            by_pair: Arc::new(RateLimiter::keyed(per_minute(5, 10))),
            by_source: Arc::new(RateLimiter::keyed(per_minute(60, 120))),
            by_check: Arc::new(RateLimiter::keyed(per_minute(60, 60))),
            by_badge: Arc::new(RateLimiter::keyed(per_minute(240, 240))),
            by_contact: Arc::new(RateLimiter::keyed(
                Quota::per_hour(NonZeroU32::new(10).unwrap_or(NonZeroU32::MIN))
                    .allow_burst(NonZeroU32::new(5).unwrap_or(NonZeroU32::MIN)),
            )),
        }
    }

    /// Counts a certificate's code that somebody asks about: a hall may check its holders, nobody
    /// may try codes.
    pub fn check(&self, source: &str) -> Result<(), AppError> {
        try_one(&self.by_check, &network(source))
    }

    /// Counts a badge that is read at a door: a queue may pass, four in a second at most.
    pub fn badge(&self, door: &str) -> Result<(), AppError> {
        try_one(&self.by_badge, door)
    }

    /// Counts a letter that somebody sends to a trainer through the system: five at once, then one every six
    /// minutes.
    pub fn contact(&self, sender: &str) -> Result<(), AppError> {
        try_one(&self.by_contact, sender)
    }

    /// Counts a try to sign in or to have a link sent.
    pub fn sign_in(&self, source: &str, email: &str) -> Result<(), AppError> {
        let network = network(source);
        try_one(&self.by_source, &network)?;
        try_one(&self.by_pair, &format!("{network} {email}"))
    }
}

fn try_one(limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<(), AppError> {
    limiter.check_key(&key.to_owned()).map_err(|until| {
        use governor::clock::{Clock, DefaultClock};
        AppError::TooMany(until.wait_time_from(DefaultClock::default().now()).as_secs() + 1)
    })
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// The page that needs no database, in the languages we have.
pub fn outage(error: &AppError) -> Response {
    let mut response = (
        super::status(error),
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::RETRY_AFTER, "30")],
        include_str!("outage.html"),
    )
        .into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer to a request whose handler panicked.
pub fn after_panic(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    metrics::counter!("magistra_panics_total").increment(1);
    outage(&AppError::Internal)
}

/// No script reads a cookie of ours, and none goes over a line that others read where there is a safe one.
fn guard_cookies(headers: &mut HeaderMap, https: bool) {
    let Entry::Occupied(cookies) = headers.entry(header::SET_COOKIE) else { return };
    let (name, cookies) = cookies.remove_entry_mult();
    let cookies: Vec<HeaderValue> = cookies.collect();
    for cookie in cookies {
        let text = cookie.to_str().unwrap_or_default();
        let has = |flag: &str| text.split(';').any(|part| part.trim().eq_ignore_ascii_case(flag));
        let http_only = if has("HttpOnly") { "" } else { "; HttpOnly" };
        let secure = if !https || has("Secure") { "" } else { "; Secure" };
        let guarded = HeaderValue::from_str(&format!("{text}{http_only}{secure}"));
        headers.append(name.clone(), guarded.unwrap_or(cookie));
    }
}

/// A path as the log has it: short, and without what opens an account.
fn path_for_log(path: &str) -> String {
    let links = ["/set-password/", "/confirm-change/"];
    match links.iter().find(|link| path.starts_with(**link)) {
        Some(link) => format!("{link}…"),
        None => match path.char_indices().nth(LONGEST_PATH) {
            Some((end, _)) => format!("{}…", &path[..end]),
            None => path.to_owned(),
        },
    }
}

/// Why an answer refuses what was asked, where it does.
fn refusal(response: &Response) -> Option<&'static str> {
    match response.status() {
        _ if response.extensions().get::<ProtectionError>().is_some() => Some("sent from another site"),
        StatusCode::FORBIDDEN => Some("not allowed"),
        StatusCode::TOO_MANY_REQUESTS => Some("too often"),
        _ => None,
    }
}

/// Headers that every answer carries, unless the handler chose stricter ones, metrics, and a line in the log for
/// what failed and what was refused.
pub async fn protect(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let path = path_for_log(request.uri().path());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let source = caller::of(peer, request.headers().get_all("x-forwarded-for").iter(), &app.trusted_proxies);
    request.extensions_mut().insert(Caller(source));
    let (mut response, queries) = db::counted(next.run(request)).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (header::CONTENT_SECURITY_POLICY, policy::PLAIN),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(self), geolocation=(self), microphone=()"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    if app.settings.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    guard_cookies(headers, app.settings.is_https());
    let elapsed = begun.elapsed();
    let status = response.status();
    let kind = match path.split('/').nth(1) {
        Some("_fn") => "function",
        Some("pkg" | "fonts") => "asset",
        Some("files" | "uploads") => "file",
        _ => "page",
    };
    metrics::histogram!("magistra_request_seconds", "kind" => kind).record(elapsed.as_secs_f64());
    metrics::counter!("magistra_requests_total", "kind" => kind, "status" => status.as_str().to_owned()).increment(1);
    metrics::histogram!("magistra_request_queries", "kind" => kind).record(f64::from(queries));
    if status.is_server_error() {
        tracing::error!(%method, path, status = status.as_u16(), ms = elapsed.as_millis() as u64, queries, "request failed");
    } else if let Some(why) = refusal(&response) {
        let source = source.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
        tracing::info!(%method, path, status = status.as_u16(), source, why, "request refused");
    } else {
        tracing::debug!(%method, path, status = status.as_u16(), ms = elapsed.as_millis() as u64, queries, "request");
    }
    if app.query_count {
        response.headers_mut().insert("x-queries", HeaderValue::from(queries));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_place() {
        assert_eq!(network("2001:db8:1:2:aaaa::1"), network("2001:db8:1:2::ffff"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_ne!(network("192.0.2.7"), network("192.0.2.8"));
        assert_eq!(network("unknown"), "unknown");
    }

    #[test]
    fn a_path_is_short_and_opens_nothing() {
        assert_eq!(path_for_log("/account"), "/account");
        assert_eq!(path_for_log("/set-password/key"), "/set-password/…");
        assert_eq!(path_for_log("/confirm-change/key"), "/confirm-change/…");
        assert_eq!(path_for_log(&format!("/{}", "é".repeat(4000))).chars().count(), LONGEST_PATH + 1);
    }

    #[test]
    fn a_stranger_uses_up_nothing_of_somebody_elses() {
        let limits = Limits::new();
        let mut last = Ok(());
        for _ in 0..40 {
            last = limits.sign_in("192.0.2.7", "tom@court.example");
        }
        assert!(matches!(last, Err(AppError::TooMany(_))));
        assert!(limits.sign_in("192.0.2.8", "tom@court.example").is_ok());
        for n in 0..200 {
            last = limits.sign_in(&format!("2001:db8:1:2::{n:x}"), &format!("{n}@court.example"));
        }
        assert!(matches!(last, Err(AppError::TooMany(_))), "a network is one place, however many addresses it has");
    }
}
