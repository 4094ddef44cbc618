//! Pages: the Leptos application rendered for a request, GET or the answer to a wrong form.

use super::{FN_PREFIX, cookie, forms, guard, policy, returned};
use crate::{
    app::{self, Live, PageInfo},
    common::error::AppError,
    i18n,
    platform::context::Ctx,
    ui::document,
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use std::sync::{Arc, LazyLock};

/// The cookie that carries a word of success over a redirect.
pub const FLASH_COOKIE: &str = "flash";
/// The cookie that remembers a language chosen by hand.
pub const LANGUAGE_COOKIE: &str = "lang";

/// Renders the page of a path.
pub async fn render(request: Request) -> Response {
    let mut info = info(&request);
    let Some(cx) = request.extensions().get::<Ctx>().cloned() else {
        return guard::outage(&AppError::Internal);
    };
    let chosen = chosen_language(&request);
    let had_flash = info.flash.is_some();
    let status = info.submitted.as_ref().map(|submitted| super::status(&submitted.error));
    // What comes back from an upload is shown by the page of its form, which answers as it always does.
    let forgotten = if info.submitted.is_none() {
        info.submitted = returned::of(&request);
        info.submitted.as_ref().and_then(|_| returned::forget(request.uri().path()))
    } else {
        None
    };
    let path = request.uri().path().to_owned();
    let mut response =
        if is_live(&path) { render_live(request, cx, info).await } else { cx.app.pages.answer(cx, info, &path).await };
    if let Some(status) = status
        && response.status() == StatusCode::OK
    {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    if had_flash {
        headers
            .append(header::SET_COOKIE, HeaderValue::from_static("flash=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
    }
    headers.extend(forgotten.map(|value| (header::SET_COOKIE, value)));
    if let Some(language) = chosen
        && let Ok(value) = HeaderValue::from_str(&format!(
            "{LANGUAGE_COOKIE}={language}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"
        ))
    {
        headers.append(header::SET_COOKIE, value);
    }
    response
}

/// Renders a live page, whose data arrive while Leptos draws it.
async fn render_live(request: Request, cx: Ctx, info: PageInfo) -> Response {
    let version = cx.app.assets.version.clone();
    let info = Arc::new(info);
    let handler = leptos_axum::render_app_async_with_context(
        move || {
            provide_context(cx.clone());
            provide_context(Arc::clone(&info));
        },
        move || {
            if let Some(nonce) = leptos::nonce::use_nonce() {
                super::set_header(header::CONTENT_SECURITY_POLICY, &policy::live(&nonce));
            }
            document::live(&version, view! { <Live/> }.into_any())
        },
    );
    handler(request).await
}

/// Whether the page of a path goes on living in the browser: [`Live`] has a route for it.
pub fn is_live(path: &str) -> bool {
    static ADDRESSES: LazyLock<Vec<String>> =
        LazyLock::new(|| leptos_axum::generate_route_list(Live).iter().map(|route| route.path().to_owned()).collect());
    let given = || path.split('/');
    ADDRESSES.iter().any(|address| {
        let parts = || address.split('/');
        parts().count() == given().count()
            && parts().zip(given()).all(|(part, given)| part.starts_with('{') || part == given)
    })
}

/// Everything that no other route took: pages, and forms sent to pages.
pub async fn fallback(request: Request) -> Response {
    match *request.method() {
        Method::GET | Method::HEAD => render(request).await,
        Method::POST => forms::dispatch(request).await,
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// A server function called by our own script.
pub async fn function(request: Request) -> Response {
    let Some(cx) = request.extensions().get::<Ctx>().cloned() else {
        return guard::outage(&AppError::Internal);
    };
    if !is_function(request.uri().path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let info = Arc::new(info(&request));
    // Leptos would read a body of any size; files come by other ways.
    let (mut parts, body) = request.into_parts();
    let Some(bytes) = forms::collect(body).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    // A client that takes HTML would be sent back to where its request names, with the outcome in the address.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let request = Request::from_parts(parts, Body::from(bytes));
    let answer = leptos_axum::handle_server_fns_with_context(
        move || {
            provide_context(cx.clone());
            provide_context(Arc::clone(&info));
        },
        request,
    )
    .await
    .into_response();
    with_its_status(answer).await
}

/// A server function's answer with the status of the error in it. Leptos says 500 to every error that comes
/// before the function itself: to arguments that cannot be read.
async fn with_its_status(answer: Response) -> Response {
    if answer.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let bytes = forms::collect(body).await.unwrap_or_default();
    if let Ok(error) = serde_json::from_slice::<AppError>(&bytes) {
        parts.status = super::status(&error);
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether a path is that of a registered server function.
pub fn is_function(path: &str) -> bool {
    path.starts_with(FN_PREFIX) && leptos::server_fn::axum::server_fn_paths().any(|(known, _)| known == path)
}

fn info(request: &Request) -> PageInfo {
    let parts_language = chosen_language(request);
    let headers = request.headers();
    let actor = request.extensions().get::<Ctx>().and_then(|cx| cx.actor.clone());
    let locale = parts_language
        .or_else(|| cookie(headers, LANGUAGE_COOKIE).and_then(i18n::locale_of))
        .or_else(|| actor.as_ref()?.language.as_deref().and_then(i18n::locale_of))
        .or_else(|| i18n::best_of(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?))
        .unwrap_or_default();
    PageInfo {
        language: i18n::code(locale).to_owned(),
        actor,
        flash: cookie(headers, FLASH_COOKIE).and_then(|code| code.parse().ok()),
        submitted: request.extensions().get::<app::Submitted>().cloned(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
    }
}

fn chosen_language(request: &Request) -> Option<i18n::Locale> {
    request.uri().query()?.split('&').find_map(|pair| i18n::locale_of(pair.strip_prefix("lang=")?))
}

/// The request's parts, inside a page.
pub fn parts() -> Option<Parts> {
    use_context::<Parts>()
}
