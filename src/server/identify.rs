//! Middleware that finds out who is asking.

use crate::{
    people::service,
    platform::{
        context::{App, Ctx},
        http::{caller::Caller, cookie, device_cookie_name, forms, session_cookie_name},
    },
};
use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::Response,
};

/// Finds out who is asking and puts the [`Ctx`] into the request.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().and_then(|caller| caller.0);
    let source = caller.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
    let user_agent =
        request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let actor = match cookie(request.headers(), session_cookie_name(&app)) {
        Some(token) if !token.is_empty() => match service::actor(&app, token).await {
            Ok(actor) => actor,
            Err(error) => return forms::keep(request, &error).await,
        },
        _ => None,
    };
    // Ours have 43 characters.
    let device = cookie(request.headers(), device_cookie_name(&app)).filter(|token| token.len() <= 64);
    let device = device.unwrap_or_default().to_owned();
    request.extensions_mut().insert(Ctx { app, actor, source, user_agent, device, job: None });
    next.run(request).await
}
