//! SQL: how half-days stood when they were last told, and whom to tell.

use super::model::Stand;
use crate::{
    common::ids::{DeliveryId, PersonId, SlotId},
    execute, fetch_all, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    /// The first change counts: what stood before it is what people know.
    KEEP = "INSERT INTO slot_notice (slot_id, delivery_id, starts_at, ends_at, room, cancelled)
        SELECT id, delivery_id, starts_at, ends_at, room, cancelled_at IS NOT NULL FROM slot WHERE id = $1 AND delivery_id = $2
        ON CONFLICT (slot_id) DO NOTHING";
    KEEP_ALL = "INSERT INTO slot_notice (slot_id, delivery_id, starts_at, ends_at, room, cancelled)
        SELECT id, delivery_id, starts_at, ends_at, room, cancelled_at IS NOT NULL FROM slot WHERE delivery_id = $1
        ON CONFLICT (slot_id) DO NOTHING";
    KEEP_NEW = "INSERT INTO slot_notice (slot_id, delivery_id) VALUES ($1, $2) ON CONFLICT (slot_id) DO NOTHING";
    KEPT -> KeptRow = "SELECT slot_id, starts_at, ends_at, room, cancelled FROM slot_notice WHERE delivery_id = $1";
    STANDS -> StandRow = "SELECT s.id, s.starts_at, s.ends_at, s.room, s.cancelled_at IS NOT NULL AS cancelled, s.cancelled_reason
        FROM slot s JOIN slot_notice n ON n.slot_id = s.id WHERE n.delivery_id = $1";
    FORGET = "DELETE FROM slot_notice WHERE delivery_id = $1";
    PLACE_KEEP = "UPDATE delivery SET told_place = COALESCE(told_place, $2) WHERE id = $1";
    PLACE_KEPT -> (Option<String>,) = "SELECT told_place FROM delivery WHERE id = $1";
    PLACE_FORGET = "UPDATE delivery SET told_place = NULL WHERE id = $1 AND told_place IS NOT NULL";
    TRAINERS -> TrainerRow = "SELECT t.person_id, t.lead, p.given_name || ' ' || p.family_name AS name,
            COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language
        FROM delivery_trainer t JOIN person p ON p.id = t.person_id LEFT JOIN account a ON a.person_id = p.id
        WHERE t.delivery_id = $1 ORDER BY t.person_id";
}

/// Keeps how a half-day stands, before it is changed.
pub async fn keep(tx: &mut Tx, delivery: DeliveryId, slot: SlotId) -> Result<(), DbError> {
    execute!(tx, KEEP, slot, delivery).map(|_| ())
}

/// Keeps how all half-days of a delivery stand, before they are made anew.
pub async fn keep_all(tx: &mut Tx, delivery: DeliveryId) -> Result<(), DbError> {
    execute!(tx, KEEP_ALL, delivery).map(|_| ())
}

/// Keeps that a half-day was not on the timetable.
pub async fn keep_new(tx: &mut Tx, delivery: DeliveryId, slot: SlotId) -> Result<(), DbError> {
    execute!(tx, KEEP_NEW, slot, delivery).map(|_| ())
}

/// A half-day as it was last told.
#[derive(Clone, Debug, sqlx::FromRow)]
struct KeptRow {
    slot_id: SlotId,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    room: String,
    cancelled: bool,
}

/// How half-days of a delivery stood when they were last told.
pub async fn kept(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<(SlotId, Option<Stand>)>, DbError> {
    let rows: Vec<KeptRow> = fetch_all!(h, KEPT, delivery)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (room, cancelled) = (row.room, row.cancelled);
            let stand = row.starts_at.zip(row.ends_at);
            (row.slot_id, stand.map(|(starts_at, ends_at)| Stand { starts_at, ends_at, room, cancelled }))
        })
        .collect())
}

/// A half-day as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
struct StandRow {
    id: SlotId,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    room: String,
    cancelled: bool,
    cancelled_reason: String,
}

/// How the same half-days stand now, with why they are called off; those that were removed are missing.
pub async fn stands(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<(SlotId, Stand, String)>, DbError> {
    let rows: Vec<StandRow> = fetch_all!(h, STANDS, delivery)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let stand =
                Stand { starts_at: row.starts_at, ends_at: row.ends_at, room: row.room, cancelled: row.cancelled };
            (row.id, stand, row.cancelled_reason)
        })
        .collect())
}

/// Keeps the place that people know, before it is changed.
pub async fn keep_place(tx: &mut Tx, delivery: DeliveryId, place: &str) -> Result<(), DbError> {
    execute!(tx, PLACE_KEEP, delivery, place).map(|_| ())
}

/// The place that people know, where it was changed since.
pub async fn kept_place(h: &mut impl Handle, delivery: DeliveryId) -> Result<Option<String>, DbError> {
    let row: Option<(Option<String>,)> = fetch_optional!(h, PLACE_KEPT, delivery)?;
    Ok(row.and_then(|(place,)| place))
}

/// Forgets what stood: it is told now.
pub async fn forget(tx: &mut Tx, delivery: DeliveryId) -> Result<(), DbError> {
    execute!(tx, FORGET, delivery)?;
    execute!(tx, PLACE_FORGET, delivery).map(|_| ())
}

/// A trainer to write to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TrainerRow {
    /// The person.
    pub person_id: PersonId,
    /// Whether it is the lead trainer.
    pub lead: bool,
    /// Their name.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
    /// The language of their account.
    pub language: Option<String>,
}

/// The trainers of a delivery.
pub async fn trainers(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<TrainerRow>, DbError> {
    fetch_all!(h, TRAINERS, delivery)
}
