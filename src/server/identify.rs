//! Middleware that finds out who is asking.

use crate::{
    people::service,
    platform::{
        context::{App, Ctx},
        http::{cookie, forms, session_cookie_name},
    },
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::header,
    middleware::Next,
    response::Response,
};
use std::net::SocketAddr;

/// Finds out who is asking and puts the [`Ctx`] into the request.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let forwarded = app
        .trust_proxy
        .then(|| {
            request.headers().get("x-forwarded-for")?.to_str().ok()?.rsplit(',').next().map(|s| s.trim().to_owned())
        })
        .flatten();
    let source = forwarded.unwrap_or_else(|| {
        request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map_or_else(|| "unknown".to_owned(), |info| info.0.ip().to_string())
    });
    let user_agent =
        request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let actor = match cookie(request.headers(), session_cookie_name(&app)) {
        Some(token) if !token.is_empty() => match service::actor(&app, token).await {
            Ok(actor) => actor,
            Err(error) => return forms::keep(request, &error).await,
        },
        _ => None,
    };
    request.extensions_mut().insert(Ctx { app, actor, source, user_agent });
    next.run(request).await
}
