//! SQL of kiosks.

use super::model::Word;
use crate::{
    attendance::{checkin::model::Way, model::MarkState},
    common::ids::{DeliveryId, EnrolmentId, KioskId, PersonId, SlotId},
    deliveries::model::DeliveryState,
    execute, fetch_all, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Kiosks as they work.
macro_rules! at_work {
    () => {
        "SELECT k.id, k.delivery_id, k.created_by, k.created_by_name, k.created_at, k.expires_at, k.revoked_at, k.said, k.said_at,
            d.title, d.state, d.time_zone, d.place FROM kiosk k JOIN delivery d ON d.id = k.delivery_id "
    };
}

statements! {
    ADD = "INSERT INTO kiosk (id, token_hash, delivery_id, created_by, created_by_name, created_at, expires_at, browser)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    OPEN_AT -> OpenRow = "SELECT id, created_by_name, created_at, expires_at, browser FROM kiosk
        WHERE delivery_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY created_at, id";
    END = "UPDATE kiosk SET revoked_at = $3 WHERE id = $1 AND delivery_id = $2 AND revoked_at IS NULL";
    BY_TOKEN -> KioskRow = concat!(at_work!(), "WHERE k.token_hash = $1 AND k.expires_at > $2");
    BY_ID -> KioskRow = concat!(at_work!(), "WHERE k.id = $1");
    SLOTS -> NearRow = "SELECT id, starts_at, ends_at, room, closed_at, cancelled_at FROM slot
        WHERE delivery_id = $1 AND ends_at > $2 AND starts_at < $3 ORDER BY starts_at, id";
    WRITTEN -> WrittenRow = "SELECT slot_id, enrolment_id, state, minutes, marked_at FROM mark_change WHERE id = $1 AND source = 'kiosk' AND state IS NOT NULL";
    UNRECORDED_ADD = "INSERT INTO kiosk_unrecorded (id, kiosk_id, delivery_id, slot_id, enrolment_id, code, way, word, read_at, arrived_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING";
    UNRECORDED -> UnrecordedRow = "SELECT u.id, u.slot_id, u.code, u.way, u.word, u.read_at, u.arrived_at, u.settled_by_name, u.settled_at,
            p.given_name, p.family_name, k.browser
        FROM kiosk_unrecorded u JOIN kiosk k ON k.id = u.kiosk_id
        LEFT JOIN enrolment e ON e.id = u.enrolment_id LEFT JOIN person p ON p.id = e.person_id
        WHERE u.delivery_id = $1 ORDER BY u.settled_at IS NOT NULL, u.read_at DESC, u.id LIMIT 500";
    SETTLE = "UPDATE kiosk_unrecorded SET settled_by_name = $3, settled_at = $4 WHERE id = $1 AND delivery_id = $2 AND settled_at IS NULL";
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
    /// Since when it is one.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
    /// When it was ended before that.
    pub revoked_at: Option<DateTime<Utc>>,
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

/// The kiosk of a token, if it was to last until after a time; it may have been ended.
pub async fn by_token(
    h: &mut impl Handle,
    token_hash: &str,
    after: DateTime<Utc>,
) -> Result<Option<KioskRow>, DbError> {
    fetch_optional!(h, BY_TOKEN, token_hash, after)
}

/// A kiosk, whether it lasts or not.
pub async fn by_id(h: &mut impl Handle, id: KioskId) -> Result<Option<KioskRow>, DbError> {
    fetch_optional!(h, BY_ID, id)
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
    /// When its register was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it was called off.
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// The half-days of a delivery that touch a span of time; closed ones and those called off too.
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

/// What a reading has written.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WrittenRow {
    /// The half-day.
    pub slot_id: SlotId,
    /// Whose place.
    pub enrolment_id: EnrolmentId,
    /// What was said.
    pub state: MarkState,
    /// Minutes attended.
    pub minutes: i64,
    /// When it was written.
    pub marked_at: DateTime<Utc>,
}

/// What a reading wrote that was sent before.
pub async fn written(h: &mut impl Handle, reading: Uuid) -> Result<Option<WrittenRow>, DbError> {
    fetch_optional!(h, WRITTEN, reading)
}

/// A reading that could not be recorded.
pub struct NewUnrecorded<'a> {
    /// Given by the device.
    pub id: Uuid,
    /// The kiosk.
    pub kiosk: KioskId,
    /// Its delivery.
    pub delivery: DeliveryId,
    /// The half-day that ran.
    pub slot: Option<SlotId>,
    /// Whose badge it is.
    pub place: Option<EnrolmentId>,
    /// The beginning of what was read, where nobody is known by it.
    pub code: &'a str,
    /// Which way.
    pub way: Way,
    /// Why.
    pub word: Word,
    /// When it was read.
    pub read_at: DateTime<Utc>,
    /// When it came here.
    pub arrived_at: DateTime<Utc>,
}

/// Lists a reading that could not be recorded, once.
pub async fn add_unrecorded(tx: &mut Tx, new: &NewUnrecorded<'_>) -> Result<(), DbError> {
    execute!(
        tx,
        UNRECORDED_ADD,
        new.id,
        new.kiosk,
        new.delivery,
        new.slot,
        new.place,
        new.code,
        new.way,
        new.word,
        new.read_at,
        new.arrived_at
    )
    .map(|_| ())
}

/// A reading that could not be recorded, as the keeper sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UnrecordedRow {
    /// Given by the device.
    pub id: Uuid,
    /// The half-day that ran.
    pub slot_id: Option<SlotId>,
    /// The beginning of what was read, where nobody is known by it.
    pub code: String,
    /// Which way.
    pub way: Way,
    /// Why.
    pub word: Word,
    /// When it was read.
    pub read_at: DateTime<Utc>,
    /// When it came here.
    pub arrived_at: DateTime<Utc>,
    /// Who has dealt with it.
    pub settled_by_name: String,
    /// When.
    pub settled_at: Option<DateTime<Utc>>,
    /// Given name of who bears the badge.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// The kiosk's browser, as it names itself.
    pub browser: String,
}

/// Readings of a delivery that could not be recorded: those to be dealt with first, the latest first; not
/// more than a page bears.
pub async fn unrecorded(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<UnrecordedRow>, DbError> {
    fetch_all!(h, UNRECORDED, delivery)
}

/// Somebody has dealt with a reading; false when it is none of the delivery's, or was dealt with before.
pub async fn settle(
    tx: &mut Tx,
    id: Uuid,
    delivery: DeliveryId,
    by_name: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, SETTLE, id, delivery, by_name, now).map(|rows| rows == 1)
}
