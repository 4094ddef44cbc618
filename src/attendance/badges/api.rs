//! Server functions of badges, and what they send.

use super::model::PseudonymForm;
use crate::{
    common::{
        error::AppError,
        forms::Done,
        ids::{EnrolmentId, KioskId},
    },
    deliveries::model::DeliveryHead,
};
use chrono::NaiveDateTime;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Somebody's badge in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BadgeLine {
    /// The place held.
    pub id: EnrolmentId,
    /// Family name, given name.
    pub name: String,
    /// Court, office or unit.
    pub workplace: String,
    /// What stands instead of the name; empty where the name does.
    pub pseudonym: String,
    /// The typed form of the badge's code; none without a badge.
    pub short: Option<String>,
    /// When the badge was made, on the venue's clock.
    pub made: Option<NaiveDateTime>,
}

/// A browser that is a kiosk of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KioskLine {
    /// Its id.
    pub id: KioskId,
    /// Who set it up.
    pub by: String,
    /// Since when, on the venue's clock.
    pub since: NaiveDateTime,
    /// Until when.
    pub until: NaiveDateTime,
    /// The browser, as people know it.
    pub browser: String,
}

/// The badges of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Badges {
    /// The delivery.
    pub head: DeliveryHead,
    /// Whether who reads may run the delivery, beyond its register.
    pub may_manage: bool,
    /// Whether badges and kiosks can still be of use.
    pub open: bool,
    /// Whether pseudonyms stand instead of names.
    pub instead: bool,
    /// Whether there are half-days to sign for.
    pub planned: bool,
    /// Everybody who holds a place, by name.
    pub lines: Vec<BadgeLine>,
    /// Open kiosks.
    pub kiosks: Vec<KioskLine>,
}

/// A badge of one's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MyBadge {
    /// The delivery's title.
    pub title: String,
    /// The typed form of the code.
    pub short: String,
    /// The QR code, as SVG.
    pub qr: String,
}

/// Makes a badge for everybody who has none.
#[server(prefix = "/_fn", endpoint = "attendance/make-badges")]
pub async fn make_badges(delivery: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::make(&http::ctx()?, &delivery).await }).await
}

/// Gives somebody a new badge; the one before is worth nothing from now on.
#[server(prefix = "/_fn", endpoint = "attendance/renew-badge")]
pub async fn renew_badge(delivery: String, place: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::renew(&http::ctx()?, &delivery, &place).await }).await
}

/// Saves what people are called where their names must not stand.
#[server(prefix = "/_fn", endpoint = "attendance/pseudonyms")]
pub async fn save_pseudonyms(#[server(flatten)] form: PseudonymForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save_pseudonyms(&http::ctx()?, &form).await }).await
}

#[cfg(feature = "ssr")]
pub use download::{badges_pdf, paper};

#[cfg(feature = "ssr")]
mod download {
    use crate::{
        common::error::AppError,
        platform::{context::Ctx, http},
    };
    use axum::{
        Extension,
        extract::{Path, Request},
        http::header,
        response::{IntoResponse, Response},
    };

    /// `/deliveries/{id}/badges.pdf`: the sheets to cut badges from.
    pub async fn badges_pdf(Extension(cx): Extension<Ctx>, Path(id): Path<String>, request: Request) -> Response {
        let made = super::super::service::paper(&cx, &id).await;
        paper("badges.pdf", made, request).await
    }

    /// A paper just made, or the page that says why there is none.
    pub async fn paper(name: &str, made: Result<Vec<u8>, AppError>, request: Request) -> Response {
        match made {
            Ok(bytes) => (
                [
                    (header::CONTENT_TYPE, "application/pdf".to_owned()),
                    (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
                    (header::CACHE_CONTROL, "private, no-store".to_owned()),
                ],
                bytes,
            )
                .into_response(),
            Err(error) => http::downloads::refused(error, request).await,
        }
    }
}
