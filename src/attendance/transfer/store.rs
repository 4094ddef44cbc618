//! SQL of import and export: drafts, and the whole of a register at once.

use super::model::Tool;
use crate::{
    attendance::{
        model::{Mark, MarkState},
        store::holding,
    },
    common::ids::{DeliveryId, EnrolmentId, PersonId, SlotId},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

statements! {
    ADD = "INSERT INTO mark_draft (id, delivery_id, made_by, made_at, file, tool, body, choices) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    DRAFT -> DraftRow = "SELECT id, made_at, file, tool, body, choices, done_at, entered FROM mark_draft WHERE id = $1 AND delivery_id = $2";
    CHOOSE = "UPDATE mark_draft SET choices = $3 WHERE id = $1 AND delivery_id = $2 AND done_at IS NULL";
    FINISH = "UPDATE mark_draft SET done_at = $3, entered = $4, body = $5 WHERE id = $1 AND delivery_id = $2 AND done_at IS NULL";
    DISCARD = "DELETE FROM mark_draft WHERE id = $1 AND delivery_id = $2";
    SLOTS -> (i64,) = "SELECT COUNT(*) FROM slot WHERE delivery_id = $1";
    FORGET = "DELETE FROM mark_draft WHERE made_at < $1";
    /// Whoever marks in any half-day of the delivery waits here for who came before.
    LOCK_ALL = "UPDATE slot SET room = room WHERE delivery_id = $1";
    /// Names once, with every mark; whoever has none has one row without.
    EVERYTHING -> CellRow = concat!("SELECT e.id, p.family_name, p.given_name, e.workplace, p.email, COALESCE(a.email, '') AS account_email,
            CAST(NULL AS TEXT) AS state, CAST(NULL AS BIGINT) AS minutes, '' AS note, m0.slot_id
        FROM enrolment e JOIN person p ON p.id = e.person_id LEFT JOIN account a ON a.person_id = p.id
            LEFT JOIN mark m0 ON m0.enrolment_id = e.id AND 1 = 0
        WHERE e.delivery_id = $1 AND e.state IN ", holding!(), "
        UNION ALL
        SELECT e.id, '', '', '', '', '', m.state, m.minutes, m.note, m.slot_id
        FROM enrolment e JOIN mark m ON m.enrolment_id = e.id WHERE e.delivery_id = $1 AND e.state IN ", holding!());
}

/// How many half-days a delivery has.
pub async fn slots(h: &mut impl Handle, delivery: DeliveryId) -> Result<i64, DbError> {
    let (count,): (i64,) = fetch_one!(h, SLOTS, delivery)?;
    Ok(count)
}

/// A draft.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DraftRow {
    /// Its id.
    pub id: Uuid,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The file's name.
    pub file: String,
    /// What the file is.
    pub tool: Tool,
    /// What was read, as JSON.
    pub body: String,
    /// What was chosen, as JSON.
    pub choices: String,
    /// When it was entered.
    pub done_at: Option<DateTime<Utc>>,
    /// How many marks were entered.
    pub entered: Option<i64>,
}

/// A name, or a mark of one: a mark has a slot and no name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CellRow {
    /// The place.
    pub id: EnrolmentId,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Court, office or unit.
    pub workplace: String,
    /// Where their mail goes.
    pub email: String,
    /// With what they sign in.
    pub account_email: String,
    state: Option<MarkState>,
    minutes: Option<i64>,
    note: String,
    /// The half-day, where this is a mark.
    pub slot_id: Option<SlotId>,
}

impl CellRow {
    /// The mark and its half-day.
    pub fn mark(&self) -> Option<(SlotId, Mark)> {
        Some((self.slot_id?, Mark { state: self.state?, minutes: self.minutes?, note: self.note.clone() }))
    }
}

/// A draft to be kept.
pub struct NewDraft<'a> {
    /// Its id.
    pub id: Uuid,
    /// Whose register.
    pub delivery: DeliveryId,
    /// Who made it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// The file's name.
    pub file: &'a str,
    /// What the file is.
    pub tool: Tool,
    /// What was read, as JSON.
    pub body: &'a str,
    /// What is chosen, as JSON.
    pub choices: &'a str,
}

/// Keeps a draft.
pub async fn add(tx: &mut Tx, draft: &NewDraft<'_>) -> Result<(), DbError> {
    execute!(tx, ADD, draft.id, draft.delivery, draft.by, draft.at, draft.file, draft.tool, draft.body, draft.choices)
        .map(|_| ())
}

/// A draft, if it is the delivery's.
pub async fn draft(h: &mut impl Handle, id: Uuid, delivery: DeliveryId) -> Result<Option<DraftRow>, DbError> {
    fetch_optional!(h, DRAFT, id, delivery)
}

/// Keeps what was chosen.
pub async fn choose(tx: &mut Tx, id: Uuid, delivery: DeliveryId, choices: &str) -> Result<(), DbError> {
    execute!(tx, CHOOSE, id, delivery, choices).map(|_| ())
}

/// Notes that a draft was entered, and forgets what it contained; false where it was before.
pub async fn finish(
    tx: &mut Tx,
    id: Uuid,
    delivery: DeliveryId,
    at: DateTime<Utc>,
    entered: i64,
    body: &str,
) -> Result<bool, DbError> {
    execute!(tx, FINISH, id, delivery, at, entered, body).map(|rows| rows == 1)
}

/// Throws a draft away.
pub async fn discard(tx: &mut Tx, id: Uuid, delivery: DeliveryId) -> Result<(), DbError> {
    execute!(tx, DISCARD, id, delivery).map(|_| ())
}

/// Throws away what was made before a time.
pub async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, FORGET, before).map(|_| ())
}

/// Waits until nobody else marks in any half-day of a delivery.
pub async fn lock_all(tx: &mut Tx, delivery: DeliveryId) -> Result<(), DbError> {
    execute!(tx, LOCK_ALL, delivery).map(|_| ())
}

/// Every name of a register and every mark, in no order.
pub async fn everything(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<CellRow>, DbError> {
    fetch_all!(h, EVERYTHING, delivery)
}
