//! Server functions of check-in, and what they send.

use super::model::{Hurdle, Way};
use crate::{
    attendance::model::MarkState,
    common::{
        error::{AppError, Refusal},
        forms::Done,
        ids::{DeliveryId, SlotId},
    },
};
use chrono::NaiveDateTime;
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};

/// Where and when a half-day is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Where {
    /// The half-day.
    pub slot: SlotId,
    /// The delivery's title.
    pub title: String,
    /// When it begins, on the venue's clock.
    pub starts: NaiveDateTime,
    /// When it ends.
    pub ends: NaiveDateTime,
    /// Its room.
    pub room: String,
    /// The town.
    pub place: String,
}

/// What is shown on the wall just now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// Six digits.
    pub short: String,
    /// The QR code, as SVG.
    pub qr: String,
    /// Where the digits are typed in.
    pub address: String,
    /// Seconds until both change.
    pub seconds: i64,
}

/// From where one may check in by oneself, as it is typed. Empty: from everywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limited {
    /// Networks, apart by blanks.
    pub networks: String,
    /// Degrees north.
    pub latitude: String,
    /// Degrees east.
    pub longitude: String,
    /// Metres around.
    pub radius: i64,
}

/// The screen at the door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Door {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Where and when.
    pub at: Where,
    /// Which way the code is for.
    pub way: Way,
    /// The code; none while check-in is closed.
    pub code: Option<Code>,
    /// Minutes that cost nobody anything.
    pub tolerance: i64,
    /// How many hold a place.
    pub total: i64,
    /// How many of them are in.
    pub inside: i64,
    /// From where people may check in by themselves.
    pub limits: Limited,
    /// The network of this screen; empty when it is not known.
    pub own_network: String,
    /// How many badges were read without a line, could not be recorded and were not dealt with yet.
    pub unrecorded: i64,
    /// Why it cannot be opened.
    pub refused: Option<Refusal>,
}

/// What stands of somebody at the door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Whether they were there.
    pub state: MarkState,
    /// Minutes attended.
    pub minutes: i64,
    /// When it was marked, on the venue's clock.
    pub since: NaiveDateTime,
}

/// Somebody at the door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arriving {
    /// Where and when.
    pub at: Where,
    /// Which way.
    pub way: Way,
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// What stands already of who is signed in.
    pub said: Option<Said>,
    /// Whether nothing is left to do: who comes is in, who leaves is out.
    pub done: bool,
    /// What lets one be marked, or why one is not.
    pub ticket: Result<String, Hurdle>,
    /// Where who is at the wrong door should be.
    pub elsewhere: Option<Where>,
    /// Whether the device has to say where it is.
    pub place: bool,
}

/// The screen at the door of a half-day, for those who come or those who leave.
#[server(prefix = "/_fn", endpoint = "attendance/door", input = GetUrl, output = Postcard)]
pub async fn get_door(delivery: String, slot: String, #[server(default)] way: String) -> Result<Door, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::door(&http::ctx()?, &delivery, &slot, &way).await }).await
}

/// Opens or closes the check-in of a half-day.
#[server(prefix = "/_fn", endpoint = "attendance/set-door")]
pub async fn set_door(
    delivery: String,
    slot: String,
    #[server(default)] tolerance: String,
    #[server(default)] act: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::set_door(&http::ctx()?, &delivery, &slot, &tolerance, &act).await }).await
}

/// Sets from where people may check in by themselves.
#[server(prefix = "/_fn", endpoint = "attendance/limit-check-in")]
pub async fn limit_check_in(
    delivery: String,
    slot: String,
    #[server(default)] networks: String,
    #[server(default)] latitude: String,
    #[server(default)] longitude: String,
    #[server(default)] radius: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    let place = (latitude.as_str(), longitude.as_str(), radius.as_str());
    http::answer(async { super::allowed::set_limits(&http::ctx()?, (&delivery, &slot), &networks, place).await }).await
}

/// What somebody sees who has scanned a code.
#[server(prefix = "/_fn", endpoint = "attendance/arriving", input = GetUrl, output = Postcard)]
pub async fn get_arriving(
    slot: String,
    #[server(default)] way: String,
    #[server(default)] scanned: String,
    #[server(default)] ticket: String,
    #[server(default)] receipt: String,
) -> Result<Arriving, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::arriving(&http::ctx()?, &slot, &way, &scanned, &ticket, &receipt).await })
        .await
}

/// Marks who has scanned a code.
#[server(prefix = "/_fn", endpoint = "attendance/arrive")]
pub async fn arrive(
    slot: String,
    #[server(default)] way: String,
    #[server(default)] ticket: String,
    #[server(default)] latitude: String,
    #[server(default)] longitude: String,
    #[server(default)] doubt: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    let position = super::limits::Position::parse(&latitude, &longitude, &doubt);
    http::answer(async { super::service::arrive(&http::ctx()?, &slot, &way, &ticket, position).await }).await
}

/// Marks who has typed the six digits.
#[server(prefix = "/_fn", endpoint = "attendance/arrive-by-code")]
pub async fn arrive_by_code(#[server(default)] digits: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::arrive_by_code(&http::ctx()?, &digits).await }).await
}

/// Marks the bearer of a badge who has scanned a code.
#[server(prefix = "/_fn", endpoint = "attendance/arrive-by-badge")]
pub async fn arrive_by_badge(
    slot: String,
    #[server(default)] way: String,
    #[server(default)] ticket: String,
    #[server(default)] badge: String,
    #[server(default)] latitude: String,
    #[server(default)] longitude: String,
    #[server(default)] doubt: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    let position = super::limits::Position::parse(&latitude, &longitude, &doubt);
    http::answer(async { super::service::arrive_by_badge(&http::ctx()?, &slot, &way, &ticket, &badge, position).await })
        .await
}
