//! What is wrong with an upload, on its way back to its form. It travels in a cookie of that one page and
//! not in the address: whatever stands in an address may have been put there by a stranger, and would be read
//! as a message of ours.

use super::{cookie, safe_path, see_other};
use crate::{
    app::Submitted,
    common::{
        error::AppError,
        forms::{Done, UploadForm},
    },
};
use axum::{
    extract::Request,
    http::{HeaderValue, Method, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

const NAME: &str = "returned";
/// Browsers keep four kilobytes of a cookie, its name and attributes included.
const LARGEST: usize = 3500;
/// The longest of what was typed that goes along, in characters.
const VALUE_MAX: usize = 300;

/// Back to a form's page, which says what is wrong and keeps what was typed.
pub fn to_form(page: &str, form: UploadForm, values: &[(&str, &str)], error: AppError) -> Response {
    let mut response = see_other(&Done::quietly(page));
    let values =
        values.iter().map(|(name, value)| ((*name).to_owned(), value.chars().take(VALUE_MAX).collect())).collect();
    let mut returned = Submitted { function: form.code().to_owned(), values, error };
    let mut packed = pack(&returned);
    if packed.len() > LARGEST {
        returned.values.clear();
        packed = pack(&returned);
    }
    // The path is an attribute's value, and ends at a semicolon.
    let path = safe_path(page).filter(|path| !path.contains([';', '?', '#']));
    if let Some(path) = path.filter(|_| packed.len() <= LARGEST) {
        let cookie = format!("{NAME}={packed}; Path={path}; HttpOnly; SameSite=Lax; Max-Age=60");
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

fn pack(returned: &Submitted) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(returned).unwrap_or_default())
}

/// What a request for a form's page brings back with it. Only uploads come back so.
pub fn of(request: &Request) -> Option<Submitted> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cookie(request.headers(), NAME)?).ok()?;
    let returned: Submitted = serde_json::from_slice(&bytes).ok()?;
    returned.function.parse::<UploadForm>().is_ok().then_some(returned)
}

/// Takes the cookie away: what was wrong is said once.
pub fn forget(path: &str) -> Option<HeaderValue> {
    let path = safe_path(path).filter(|path| !path.contains(';'))?;
    HeaderValue::from_str(&format!("{NAME}=; Path={path}; HttpOnly; SameSite=Lax; Max-Age=0")).ok()
}
