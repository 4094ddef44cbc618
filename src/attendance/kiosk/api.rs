//! Server functions of kiosks, and what they send.

use super::model::Heard;
use crate::{
    attendance::checkin::{api::Where, model::Way},
    common::{error::AppError, forms::Done},
};
use chrono::NaiveDateTime;
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};

/// What a kiosk shows; never a name but that of the badge it has just read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kiosk {
    /// The delivery's title.
    pub title: String,
    /// The half-day that runs or is about to begin.
    pub at: Option<Where>,
    /// Which way people go.
    pub way: Way,
    /// The venue's clock.
    pub now: NaiveDateTime,
    /// What was answered just now, for a browser without script.
    pub said: Option<Heard>,
}

/// The kiosk that this browser is; nothing once it has ended.
#[server(prefix = "/_fn", endpoint = "kiosk/view", input = GetUrl, output = Postcard)]
pub async fn get_kiosk(#[server(default)] way: String) -> Result<Option<Kiosk>, AppError> {
    use crate::platform::http;
    http::answer(async {
        let cx = http::ctx()?;
        super::service::kiosk(&cx, &http::kiosk_token(&cx.app), &way).await
    })
    .await
}

/// Reads a badge.
#[server(prefix = "/_fn", endpoint = "kiosk/scan", output = Postcard)]
pub async fn scan_badge(code: String, #[server(default)] way: String) -> Result<Heard, AppError> {
    use crate::platform::http;
    http::answer(async {
        let cx = http::ctx()?;
        super::service::scan(&cx, &http::kiosk_token(&cx.app), &code, &way).await
    })
    .await
}

/// Reads a badge for a browser without script, which is told on its next page.
#[server(prefix = "/_fn", endpoint = "kiosk/type")]
pub async fn type_badge(#[server(default)] code: String, #[server(default)] way: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async {
        let cx = http::ctx()?;
        super::service::scan_and_tell(&cx, &http::kiosk_token(&cx.app), &code, &way).await
    })
    .await
}

/// Makes this browser a kiosk, and signs its person out of it.
#[server(prefix = "/_fn", endpoint = "attendance/start-kiosk")]
pub async fn start_kiosk(delivery: String, #[server(default)] hours: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async {
        let cx = http::ctx()?;
        let (token, lasts) = super::service::start(&cx, &delivery, &hours).await?;
        http::set_kiosk_cookie(&cx.app, &token, lasts);
        http::set_session_cookie(&cx.app, None);
        Ok(Done::quietly("/kiosk"))
    })
    .await
}

/// Ends a kiosk.
#[server(prefix = "/_fn", endpoint = "attendance/end-kiosk")]
pub async fn end_kiosk(delivery: String, kiosk: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::end(&http::ctx()?, &delivery, &kiosk).await }).await
}
