//! The web: who is asking, how answers leave, and the rules every response obeys.

pub mod assets;
pub mod caller;
pub mod downloads;
pub mod forms;
pub mod guard;
pub mod page;
pub mod pages;
pub mod policy;
pub mod returned;

use super::context::{App, Ctx};
use crate::common::{error::AppError, forms::Done};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

/// A session ends after this long without use.
pub const SESSION_LASTS: chrono::TimeDelta = chrono::TimeDelta::days(14);
/// Prefix of server functions; private to our own pages.
pub const FN_PREFIX: &str = "/_fn/";

/// The request's context, inside a server function or a page.
pub fn ctx() -> Result<Ctx, AppError> {
    use_context::<Ctx>().ok_or(AppError::Internal)
}

/// Gives the answer of a server function the HTTP status of its outcome.
pub async fn answer<T>(work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    let outcome = work.await;
    if let Err(error) = &outcome
        && let Some(response) = use_context::<ResponseOptions>()
    {
        response.set_status(status(error));
    }
    outcome
}

/// The status of an error.
pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A path of this application that is safe to redirect to: never another host, never control
/// characters.
pub fn safe_path(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let plain = !rest.starts_with(['/', '\\'])
        && path.len() < 2000
        && path.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    plain.then_some(path)
}

/// Sends the browser to a path of this application, from within a page.
pub fn redirect(path: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    let path = safe_path(path).unwrap_or("/");
    if let Ok(value) = HeaderValue::from_str(path) {
        response.insert_header(header::LOCATION, value);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

/// Sets a header on the page being rendered.
pub fn set_header(name: HeaderName, value: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        response.append_header(name, value);
    }
}

/// The name of the session's cookie: bound to the host where we are reached by https.
pub fn session_cookie_name(app: &App) -> &'static str {
    if app.settings.is_https() { "__Host-magistra" } else { "magistra" }
}

/// Sets the session's cookie, or takes it away.
pub fn set_session_cookie(app: &App, token: Option<&str>) {
    let age = if token.is_some() { SESSION_LASTS.num_seconds() } else { 0 };
    let secure = if app.settings.is_https() { "; Secure" } else { "" };
    set_header(
        header::SET_COOKIE,
        &format!(
            "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}",
            session_cookie_name(app),
            token.unwrap_or_default()
        ),
    );
}

/// The name of the cookie by which a browser that has signed in before is known.
pub fn device_cookie_name(app: &App) -> &'static str {
    if app.settings.is_https() { "__Host-device" } else { "device" }
}

/// Lets a browser be known as one that has signed in before. It opens nothing: it says only that a
/// stranger's wrong tries are not this browser's.
pub fn set_device_cookie(app: &App, token: &str) {
    let secure = if app.settings.is_https() { "; Secure" } else { "" };
    let name = device_cookie_name(app);
    // A year: browsers keep no cookie longer than 400 days.
    set_header(
        header::SET_COOKIE,
        &format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000{secure}"),
    );
}

/// The name of the cookie that makes a browser a kiosk.
fn kiosk_cookie_name(app: &App) -> &'static str {
    // Not `__Host-`, which would have to be sent everywhere.
    if app.settings.is_https() { "__Secure-kiosk" } else { "kiosk" }
}

/// Makes a browser a kiosk for a time. The cookie goes to the kiosk's page and its functions alone.
pub fn set_kiosk_cookie(app: &App, token: &str, lasts: chrono::TimeDelta) {
    let age = lasts.num_seconds();
    let secure = if app.settings.is_https() { "; Secure" } else { "" };
    for path in ["/kiosk", "/_fn/kiosk"] {
        let name = kiosk_cookie_name(app);
        let cookie = format!("{name}={token}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
        set_header(header::SET_COOKIE, &cookie);
    }
}

/// The token of the kiosk that the asking browser is; empty where it is none.
pub fn kiosk_token(app: &App) -> String {
    let parts = pages::parts();
    let token = parts.as_ref().and_then(|parts| cookie(&parts.headers, kiosk_cookie_name(app)));
    token.unwrap_or_default().to_owned()
}

/// Remembers a language chosen in the account, or forgets the one chosen by hand.
pub fn set_language_cookie(language: Option<&str>) {
    let age = if language.is_some() { 31_536_000 } else { 0 };
    let name = pages::LANGUAGE_COOKIE;
    set_header(
        header::SET_COOKIE,
        &format!("{name}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}", language.unwrap_or_default()),
    );
}

/// The value of a cookie of the request.
pub fn cookie<'a>(headers: &'a axum::http::HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Sends the browser to sign in, and then back to a path of this application.
pub fn to_sign_in(path: &str) -> axum::response::Response {
    see_other(&Done::quietly(format!("/sign-in?next={}", crate::app::encode(path))))
}

/// Where a form's answer leads, as a response to a form sent without JavaScript.
pub fn see_other(done: &Done) -> axum::response::Response {
    let mut response = axum::response::Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let to = safe_path(&done.to).unwrap_or("/");
    if let Ok(value) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    carry_flash(&mut response, done);
    response
}

/// Lets the next page say the word of success of what was done.
pub fn carry_flash(response: &mut axum::response::Response, done: &Done) {
    if let Some(flash) = done.flash
        && let Ok(value) = HeaderValue::from_str(&format!(
            "{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60",
            pages::FLASH_COOKIE,
            flash.code()
        ))
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_our_own_paths() {
        for good in ["/", "/courses/a?b=c#d"] {
            assert_eq!(safe_path(good), Some(good));
        }
        for bad in [
            "",
            "courses",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/a b",
            "/é",
        ] {
            assert_eq!(safe_path(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_safe_path_is_always_a_header(path in ".{0,40}") {
            if let Some(path) = safe_path(&path) {
                prop_assert!(HeaderValue::from_str(path).is_ok());
                prop_assert!(path.starts_with('/') && !path.starts_with("//"));
            }
        }
    }
}
