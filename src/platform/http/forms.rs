//! Forms sent without JavaScript: posted to the page's own address with the name of a server
//! function. On success the browser is sent on; otherwise the page is rendered again with what
//! was typed and what is wrong, so that nothing is lost.

use super::{guard, pages, see_other};
use crate::{
    app::Submitted,
    common::{error::AppError, forms::Done},
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

/// Runs the server function that a form names and answers as a browser without script expects.
pub async fn dispatch(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(cx) = parts.extensions.get::<Ctx>().cloned() else { return guard::outage(&AppError::Internal) };
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
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
            page.extensions_mut().insert(Submitted { function, values, error });
            pages::render(page).await
        }
    };
    for cookie in answer_parts.headers.get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}
