//! Forms sent without JavaScript: posted to the page's own address with the name of a server
//! function. On success the browser is sent on; otherwise the page is rendered again with what
//! was typed and what is wrong, so that nothing is lost.

use super::{guard, pages, see_other};
use crate::{
    app::Submitted,
    common::{error::AppError, escape, forms::Done},
    platform::context::Ctx,
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use leptos::prelude::provide_context;

/// The hidden field that names the server function.
pub const FUNCTION_FIELD: &str = "__fn";
/// The largest form: a long lesson and its fields.
const MAX_FORM: usize = 2 * 1024 * 1024;

/// The whole of a form, unless it is larger than forms are.
pub async fn collect(body: Body) -> Option<bytes::Bytes> {
    http_body_util::Limited::new(body, MAX_FORM).collect().await.ok().map(|body| body.to_bytes())
}

/// Keeps what was typed when nobody can be found to ask whose form it is: the body of a form that was sent
/// without script comes back as it was sent, to be sent again.
pub async fn keep(request: Request, error: &AppError) -> Response {
    let (parts, body) = request.into_parts();
    let is_form = parts.method == Method::POST && !parts.uri.path().starts_with(super::FN_PREFIX) && is_form(&parts);
    let bytes = if is_form { collect(body).await } else { None };
    let Some(bytes) = bytes else { return guard::outage(error) };
    let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
    match pairs.iter().find(|(name, _)| name == FUNCTION_FIELD) {
        Some((_, function)) if pages::is_function(function) => kept(here, function, &pairs),
        _ => guard::outage(error),
    }
}

/// The page with its form, or a plain form with what was typed where that page cannot be shown either.
async fn unless_lost(shown: Response, here: &str, submitted: &Submitted) -> Response {
    let (parts, body) = shown.into_parts();
    let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let named = format!("value=\"{}\"", submitted.function);
    if bytes.windows(named.len()).any(|window| window == named.as_bytes()) {
        Response::from_parts(parts, Body::from(bytes))
    } else {
        kept(here, &submitted.function, &submitted.values)
    }
}

/// A plain form that sends again what was typed, and shows it so that it can be copied.
fn kept(here: &str, function: &str, pairs: &[(String, String)]) -> Response {
    let function = (FUNCTION_FIELD.to_owned(), function.to_owned());
    let secret = |name: &str| name == FUNCTION_FIELD || name.contains("password");
    let pairs: Vec<_> = pairs.iter().filter(|(name, _)| !secret(name)).collect();
    let fields: String = std::iter::once(&function)
        .chain(pairs.iter().copied())
        .map(|(name, value)| {
            // A line break in an attribute would be kept, but one at either end may not be.
            let value = escape::html(value).replace('\r', "&#13;").replace('\n', "&#10;");
            format!("<input type=\"hidden\" name=\"{}\" value=\"{value}\">\n", escape::html(name))
        })
        .collect();
    let typed: String = pairs
        .iter()
        .filter(|(name, value)| !name.starts_with("__") && !value.is_empty() && value.parse::<uuid::Uuid>().is_err())
        .map(|(_, value)| format!("<li>{}</li>\n", escape::html(value)))
        .collect();
    let page = format!(include_str!("kept.html"), action = escape::html(here), fields = fields, typed = typed);
    let mut response =
        (super::status(&AppError::Unavailable), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page)
            .into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_form(parts: &axum::http::request::Parts) -> bool {
    parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"))
}

/// Runs the server function that a form names and answers as a browser without script expects.
pub async fn dispatch(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(cx) = parts.extensions.get::<Ctx>().cloned() else { return guard::outage(&AppError::Internal) };
    if !is_form(&parts) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let Some(bytes) = collect(body).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&bytes).into_owned().collect();
    let Some(function) = pairs.iter().find_map(|(name, value)| (name == FUNCTION_FIELD).then(|| value.clone())) else {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    };
    if !pages::is_function(&function) {
        return StatusCode::BAD_REQUEST.into_response();
    }

    let mut call_parts = parts.clone();
    call_parts.uri = function.parse::<Uri>().unwrap_or_default();
    call_parts.method = Method::POST;
    call_parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let call = Request::from_parts(call_parts, Body::from(bytes));
    let call_cx = cx.clone();
    let answer = leptos_axum::handle_server_fns_with_context(move || provide_context(call_cx.clone()), call)
        .await
        .into_response();
    let (answer_parts, answer_body) = answer.into_parts();
    let answer_bytes = answer_body.collect().await.map(|b| b.to_bytes()).unwrap_or_default();

    // A form that is only shown again answers with success and an error that says so.
    let outcome: Result<Done, AppError> = serde_json::from_slice::<Done>(&answer_bytes)
        .map_err(|_| serde_json::from_slice::<AppError>(&answer_bytes).unwrap_or(AppError::Internal));
    let here = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut response = match outcome {
        Ok(done) => see_other(&done),
        Err(AppError::SignInRequired) => {
            see_other(&Done::quietly(format!("/sign-in?next={}", crate::app::encode(&here))))
        }
        Err(error) => {
            let mut page = Request::from_parts(parts, Body::empty());
            *page.method_mut() = Method::GET;
            let values =
                pairs.into_iter().filter(|(name, _)| name != FUNCTION_FIELD && !name.contains("password")).collect();
            let away = error == AppError::Unavailable;
            let submitted = Submitted { function, values, error };
            page.extensions_mut().insert(submitted.clone());
            let shown = pages::render(page).await;
            if away { unless_lost(shown, &here, &submitted).await } else { shown }
        }
    };
    for cookie in answer_parts.headers.get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}
