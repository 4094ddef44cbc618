//! Server functions of kiosks, and what they send.

use super::model::{Heard, Word, at_door};
use crate::{
    attendance::{
        checkin::{api::Where, model::Way},
        model::Hours,
    },
    common::{
        error::AppError,
        forms::Done,
        ids::{KioskId, SlotId},
    },
    deliveries::model::DeliveryHead,
};
use chrono::NaiveDateTime;
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a kiosk shows; never a name but that of the badge it has just read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kiosk {
    /// Which kiosk this browser is.
    pub id: KioskId,
    /// The delivery's title.
    pub title: String,
    /// The half-days that run or will begin while it lasts.
    pub day: Vec<Where>,
    /// Which way people go.
    pub way: Way,
    /// The venue's clock.
    pub now: NaiveDateTime,
    /// The same in microseconds, as the server counts.
    pub clock: i64,
    /// When the kiosk ends, in microseconds.
    pub until: i64,
    /// What was answered just now, for a browser without script.
    pub said: Option<Heard>,
}

impl Kiosk {
    /// The half-day at whose door it stands at a time of the venue's clock.
    pub fn at(day: &[Where], now: NaiveDateTime) -> Option<&Where> {
        let hours = |at: &Where| Hours { starts_at: at.starts.and_utc(), ends_at: at.ends.and_utc() };
        at_door(day, hours, now.and_utc())
    }
}

/// A badge that was read without a line and could not be recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnrecordedLine {
    /// Which.
    pub id: Uuid,
    /// Whose badge it is; the beginning of its code where nobody is known by it.
    pub who: Result<String, String>,
    /// Which way.
    pub way: Way,
    /// Why.
    pub word: Word,
    /// When it was read, on the venue's clock.
    pub at: NaiveDateTime,
    /// When the server heard of it.
    pub arrived: NaiveDateTime,
    /// The half-day that ran.
    pub slot: Option<SlotId>,
    /// The kiosk's browser, as people know it.
    pub browser: String,
    /// Who has dealt with it, and when.
    pub settled: Option<(String, NaiveDateTime)>,
}

/// What kiosks of a delivery read without a line and could not be recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unrecorded {
    /// The delivery.
    pub head: DeliveryHead,
    /// Whether who reads may run the delivery, beyond its register.
    pub may_manage: bool,
    /// Those to be dealt with first.
    pub lines: Vec<UnrecordedLine>,
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

/// Takes a [`super::model::Reading`], as JSON; nothing where this browser is no kiosk (any more).
#[server(prefix = "/_fn", endpoint = "kiosk/scan", output = Postcard)]
pub async fn scan_badge(reading: String) -> Result<Option<Heard>, AppError> {
    use crate::platform::http;
    http::answer(async {
        let cx = http::ctx()?;
        super::service::scan(&cx, &http::kiosk_token(&cx.app), &reading).await
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

/// Says that a badge that could not be recorded was dealt with.
#[server(prefix = "/_fn", endpoint = "attendance/settle-reading")]
pub async fn settle_reading(delivery: String, id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::settle(&http::ctx()?, &delivery, &id).await }).await
}
