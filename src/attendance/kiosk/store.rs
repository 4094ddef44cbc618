//! SQL of kiosks.

use crate::{
    common::ids::{DeliveryId, KioskId, PersonId, SlotId},
    deliveries::model::DeliveryState,
    execute, fetch_all, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    ADD = "INSERT INTO kiosk (id, token_hash, delivery_id, created_by, created_by_name, created_at, expires_at, browser)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    OPEN_AT = "SELECT id, created_by_name, created_at, expires_at, browser FROM kiosk
        WHERE delivery_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY created_at, id";
    END = "UPDATE kiosk SET revoked_at = $3 WHERE id = $1 AND delivery_id = $2 AND revoked_at IS NULL";
    BY_TOKEN = "SELECT k.id, k.delivery_id, k.created_by, k.created_by_name, k.said, k.said_at, d.title, d.state, d.time_zone, d.place
        FROM kiosk k JOIN delivery d ON d.id = k.delivery_id
        WHERE k.token_hash = $1 AND k.revoked_at IS NULL AND k.expires_at > $2";
    SLOTS = "SELECT id, starts_at, ends_at, room FROM slot
        WHERE delivery_id = $1 AND cancelled_at IS NULL AND closed_at IS NULL AND ends_at > $2 AND starts_at < $3 ORDER BY starts_at, id";
    SAY = "UPDATE kiosk SET said = $2, said_at = $3 WHERE id = $1";
}

/// A kiosk to be opened.
pub struct NewKiosk<'a> {
    /// Its id.
    pub id: KioskId,
    /// What is kept of its token.
    pub token_hash: &'a str,
    /// The delivery whose door it stands at.
    pub delivery: DeliveryId,
    /// Who sets it up, and answers for its marks.
    pub by: PersonId,
    /// Who, by name.
    pub by_name: &'a str,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when it lasts.
    pub until: DateTime<Utc>,
    /// The browser, as it names itself.
    pub browser: &'a str,
}

/// Opens a kiosk.
pub async fn add(tx: &mut Tx, new: &NewKiosk<'_>) -> Result<(), DbError> {
    execute!(tx, ADD, new.id, new.token_hash, new.delivery, new.by, new.by_name, new.at, new.until, new.browser)
        .map(|_| ())
}

/// A kiosk as those see it who may end it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OpenRow {
    /// Its id.
    pub id: KioskId,
    /// Who set it up.
    pub created_by_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when it lasts.
    pub expires_at: DateTime<Utc>,
    /// The browser, as it names itself.
    pub browser: String,
}

/// The open kiosks of a delivery.
pub async fn open_at(h: &mut impl Handle, delivery: DeliveryId, now: DateTime<Utc>) -> Result<Vec<OpenRow>, DbError> {
    fetch_all!(h, OPEN_AT, delivery, now)
}

/// Ends a kiosk; false when the delivery has no such kiosk, or it was ended before.
pub async fn end(tx: &mut Tx, id: KioskId, delivery: DeliveryId, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, END, id, delivery, now).map(|rows| rows == 1)
}

/// A kiosk at work.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KioskRow {
    /// Its id.
    pub id: KioskId,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Who answers for its marks.
    pub created_by: PersonId,
    /// Who, by name.
    pub created_by_name: String,
    /// The last answer, where the browser has no script.
    pub said: Option<String>,
    /// When it was given.
    pub said_at: Option<DateTime<Utc>>,
    /// The delivery's title.
    pub title: String,
    /// The delivery's state.
    pub state: DeliveryState,
    /// The venue's time zone.
    pub time_zone: String,
    /// The venue's town.
    pub place: String,
}

/// The kiosk of a token, while it lasts.
pub async fn by_token(h: &mut impl Handle, token_hash: &str, now: DateTime<Utc>) -> Result<Option<KioskRow>, DbError> {
    fetch_optional!(h, BY_TOKEN, token_hash, now)
}

/// A half-day near now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NearRow {
    /// Its id.
    pub id: SlotId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Its room.
    pub room: String,
}

/// The half-days of a delivery that touch a span of time.
pub async fn slots(
    h: &mut impl Handle,
    delivery: DeliveryId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<NearRow>, DbError> {
    fetch_all!(h, SLOTS, delivery, from, to)
}

/// Keeps the last answer for a browser that reads it on its next page.
pub async fn say(tx: &mut Tx, id: KioskId, said: &str, at: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, SAY, id, said, at).map(|_| ())
}
