//! SQL of marks. What is written goes into `mark_change` first; `mark` is made from it, so that
//! the register and its history cannot tell different stories.

use super::model::{Change, Mark, MarkSource, MarkState};
use crate::{
    common::ids::{DeliveryId, EnrolmentId, PersonId, SlotId},
    execute, execute_bound, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Statement, Tx},
    statements,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The states of who holds a place, as [`crate::enrolment::model::EnrolmentState::holds_place`].
macro_rules! holding {
    () => {
        "('selected', 'invited', 'confirmed', 'attended', 'partly_attended', 'not_attended', 'completed', 'not_completed')"
    };
}

pub(super) use holding;

macro_rules! change_insert {
    () => {
        "INSERT INTO mark_change (id, slot_id, source, marked_by, marked_by_name, marked_at, address, reason, undoes, enrolment_id, state, minutes, note) "
    };
}

statements! {
    /// Marks are counted near the half-day that is looked at, since no more of them are shown: a delivery may have thousands.
    SLOTS = concat!("WITH n AS (SELECT id, starts_at, ends_at, room, ROW_NUMBER() OVER (ORDER BY starts_at, id) AS i FROM slot WHERE delivery_id = $1),
        c AS (SELECT COALESCE((SELECT i FROM n WHERE id = $2), (SELECT MIN(i) FROM n WHERE ends_at > $3), (SELECT MAX(i) FROM n)) AS i)
        SELECT n.id, n.starts_at, n.ends_at, n.room, CASE WHEN n.i BETWEEN c.i - 40 AND c.i + 40 THEN
            (SELECT COUNT(*) FROM mark m JOIN enrolment e ON e.id = m.enrolment_id WHERE m.slot_id = n.id AND e.state IN ", holding!(), ")
            ELSE 0 END AS marked
        FROM n CROSS JOIN c ORDER BY n.starts_at, n.id");
    SLOT = "SELECT id, starts_at, ends_at, room, CAST(0 AS BIGINT) AS marked FROM slot WHERE id = $1 AND delivery_id = $2";
    /// Whoever marks in a slot waits here for who came before.
    SLOT_LOCK = "UPDATE slot SET room = room WHERE id = $1 AND delivery_id = $2";
    NAMES = concat!("SELECT e.id, p.family_name, p.given_name, e.workplace, m.state, m.minutes, m.note, m.source, m.marked_by, m.marked_by_name, m.marked_at
        FROM enrolment e JOIN person p ON p.id = e.person_id
        LEFT JOIN mark m ON m.slot_id = $2 AND m.enrolment_id = e.id
        WHERE e.delivery_id = $1 AND e.state IN ", holding!());
    CHANGES = "SELECT c.id, c.enrolment_id, p.family_name, p.given_name, c.state, c.minutes, c.note, c.source, c.marked_by, c.marked_by_name, c.marked_at, c.reason, c.undoes
        FROM mark_change c JOIN enrolment e ON e.id = c.enrolment_id JOIN person p ON p.id = e.person_id
        WHERE c.slot_id = $1 ORDER BY c.marked_at, c.enrolment_id";
    CHANGES_SINCE = "SELECT enrolment_id, state, minutes, note, source, marked_by, marked_by_name, marked_at
        FROM mark_change WHERE slot_id = $1 AND marked_at > $2 ORDER BY marked_at, enrolment_id";
    ACTION_KNOWN = "SELECT COUNT(*) FROM mark_change WHERE id = $1";
    ACTION_PLACES = "SELECT enrolment_id FROM mark_change WHERE id = $1 AND slot_id = $2";
    LAST_CHANGE = "SELECT marked_at FROM mark_change WHERE slot_id = $1 ORDER BY marked_at DESC LIMIT 1";
    EVERYONE = concat!(change_insert!(), "SELECT $1, $2, $3, $4, $5, $6, $7, $8, NULL, e.id, 'present', $9, ''
        FROM enrolment e WHERE e.delivery_id = $10 AND e.state IN ", holding!(), "
            AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.slot_id = $2 AND m.enrolment_id = e.id)");
    CHANGE_ADD = concat!(change_insert!(), "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
    /// Ten names at once: a form of two hundred is twenty statements instead of two hundred.
    CHANGE_ADD_TEN = concat!(change_insert!(), "VALUES
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13), ($1, $2, $3, $4, $5, $6, $7, $8, $9, $14, $15, $16, $17),
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $18, $19, $20, $21), ($1, $2, $3, $4, $5, $6, $7, $8, $9, $22, $23, $24, $25),
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $26, $27, $28, $29), ($1, $2, $3, $4, $5, $6, $7, $8, $9, $30, $31, $32, $33),
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $34, $35, $36, $37), ($1, $2, $3, $4, $5, $6, $7, $8, $9, $38, $39, $40, $41),
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $42, $43, $44, $45), ($1, $2, $3, $4, $5, $6, $7, $8, $9, $46, $47, $48, $49)");
    APPLY = "INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, note, marked_by, marked_by_name, marked_at)
        SELECT slot_id, enrolment_id, state, minutes, source, note, marked_by, marked_by_name, marked_at
        FROM mark_change WHERE id = $1 AND state IS NOT NULL
        ON CONFLICT (slot_id, enrolment_id) DO UPDATE SET state = excluded.state, minutes = excluded.minutes, source = excluded.source,
            note = excluded.note, marked_by = excluded.marked_by, marked_by_name = excluded.marked_by_name, marked_at = excluded.marked_at";
    TAKE_BACK = "DELETE FROM mark WHERE slot_id = $2
        AND enrolment_id IN (SELECT enrolment_id FROM mark_change WHERE id = $1 AND state IS NULL)";
    /// The latest act of a person in a slot that is no undoing and was not undone.
    LAST_ACTION = "SELECT c.id FROM mark_change c WHERE c.slot_id = $1 AND c.marked_by = $2 AND c.undoes IS NULL
            AND NOT EXISTS (SELECT 1 FROM mark_change u WHERE u.undoes = c.id)
        ORDER BY c.marked_at DESC LIMIT 1";
}

/// A half-day of a delivery.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SlotRow {
    /// Its id.
    pub id: SlotId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub room: String,
    /// How many names have a mark.
    pub marked: i64,
}

/// A name of the register with the mark that stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NameRow {
    /// The place held.
    pub id: EnrolmentId,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Court, office or unit.
    pub workplace: String,
    /// The mark.
    #[sqlx(flatten)]
    pub mark: MarkRow,
}

/// A mark and where it comes from; no state means there is none.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct MarkRow {
    state: Option<MarkState>,
    minutes: Option<i64>,
    note: Option<String>,
    /// How it came about.
    pub source: Option<MarkSource>,
    /// Who made it.
    pub marked_by: Option<PersonId>,
    /// Who made it, by name.
    pub marked_by_name: Option<String>,
    /// When.
    pub marked_at: Option<DateTime<Utc>>,
}

impl MarkRow {
    /// What it says.
    pub fn mark(&self) -> Option<Mark> {
        Some(Mark { state: self.state?, minutes: self.minutes?, note: self.note.clone().unwrap_or_default() })
    }
}

/// A row of the history.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChangeRow {
    /// The action.
    pub id: Uuid,
    /// Whose place.
    pub enrolment_id: EnrolmentId,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// What was said.
    #[sqlx(flatten)]
    pub mark: MarkRow,
    /// Why, after the delivery.
    pub reason: String,
    /// The action that this one undid.
    pub undoes: Option<Uuid>,
}

impl ChangeRow {
    /// The row as the rules see it.
    pub fn change(&self) -> Option<Change> {
        Some(Change { enrolment: self.enrolment_id, mark: self.mark.mark(), at: self.mark.marked_at? })
    }
}

/// The slots of a delivery, with the number of marks in each of those near the one looked at, or else
/// near the time.
pub async fn slots(
    h: &mut impl Handle,
    delivery: DeliveryId,
    at: Option<SlotId>,
    now: DateTime<Utc>,
) -> Result<Vec<SlotRow>, DbError> {
    fetch_all!(h, SLOTS, delivery, at, now)
}

/// A slot, if it is the delivery's.
pub async fn slot(h: &mut impl Handle, slot: SlotId, delivery: DeliveryId) -> Result<Option<SlotRow>, DbError> {
    fetch_optional!(h, SLOT, slot, delivery)
}

/// Waits until nobody else marks in the slot; false when it is not the delivery's.
pub async fn lock(tx: &mut Tx, slot: SlotId, delivery: DeliveryId) -> Result<bool, DbError> {
    execute!(tx, SLOT_LOCK, slot, delivery).map(|rows| rows == 1)
}

/// The names of a register with their marks in one slot, in no order.
pub async fn names(h: &mut impl Handle, delivery: DeliveryId, slot: SlotId) -> Result<Vec<NameRow>, DbError> {
    fetch_all!(h, NAMES, delivery, slot)
}

/// The history of a slot, oldest first.
pub async fn changes(h: &mut impl Handle, slot: SlotId) -> Result<Vec<ChangeRow>, DbError> {
    fetch_all!(h, CHANGES, slot)
}

/// What has been said of one place.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NewsRow {
    /// Whose place.
    pub enrolment_id: EnrolmentId,
    /// What was said; no state where a mark was taken back.
    #[sqlx(flatten)]
    pub mark: MarkRow,
}

/// What was marked in a slot after a time, oldest first.
pub async fn changes_since(h: &mut impl Handle, slot: SlotId, since: DateTime<Utc>) -> Result<Vec<NewsRow>, DbError> {
    fetch_all!(h, CHANGES_SINCE, slot, since)
}

/// Whether an action was written before.
pub async fn action_known(h: &mut impl Handle, action: Uuid) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, ACTION_KNOWN, action)?;
    Ok(count > 0)
}

/// The places that an action touched in a slot.
pub async fn action_places(h: &mut impl Handle, action: Uuid, slot: SlotId) -> Result<Vec<EnrolmentId>, DbError> {
    let rows: Vec<(EnrolmentId,)> = fetch_all!(h, ACTION_PLACES, action, slot)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// When the slot was last changed.
pub async fn last_change(h: &mut impl Handle, slot: SlotId) -> Result<Option<DateTime<Utc>>, DbError> {
    let row: Option<(DateTime<Utc>,)> = fetch_optional!(h, LAST_CHANGE, slot)?;
    Ok(row.map(|(at,)| at))
}

/// The latest act of a person in a slot that can be undone.
pub async fn last_action(h: &mut impl Handle, slot: SlotId, by: PersonId) -> Result<Option<Uuid>, DbError> {
    let row: Option<(Uuid,)> = fetch_optional!(h, LAST_ACTION, slot, by)?;
    Ok(row.map(|(id,)| id))
}

/// What the rows of one action have in common.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// The action.
    pub id: Uuid,
    /// The slot.
    pub slot: SlotId,
    /// How the marks come about.
    pub source: MarkSource,
    /// Who acts.
    pub by: PersonId,
    /// Who acts, by name.
    pub by_name: &'a str,
    /// When.
    pub at: DateTime<Utc>,
    /// From where.
    pub address: &'a str,
    /// Why, after the delivery.
    pub reason: &'a str,
    /// The action undone.
    pub undoes: Option<Uuid>,
}

/// Everybody without a mark was there the whole time.
pub async fn everyone_present(tx: &mut Tx, act: &Act<'_>, delivery: DeliveryId, minutes: i64) -> Result<u64, DbError> {
    let added = execute!(
        tx,
        EVERYONE,
        act.id,
        act.slot,
        act.source,
        act.by,
        act.by_name,
        act.at,
        act.address,
        act.reason,
        minutes,
        delivery
    )?;
    execute!(tx, APPLY, act.id)?;
    Ok(added)
}

/// Writes what an action says of each place, and makes the marks from it.
pub async fn write(tx: &mut Tx, act: &Act<'_>, changes: &[(EnrolmentId, Option<Mark>)]) -> Result<(), DbError> {
    for chunk in changes.chunks(10) {
        if chunk.len() == 10 {
            add(tx, CHANGE_ADD_TEN, act, chunk).await?;
        } else {
            for one in chunk {
                add(tx, CHANGE_ADD, act, std::slice::from_ref(one)).await?;
            }
        }
    }
    execute!(tx, APPLY, act.id)?;
    if changes.iter().any(|(_, mark)| mark.is_none()) {
        execute!(tx, TAKE_BACK, act.id, act.slot)?;
    }
    Ok(())
}

async fn add(
    tx: &mut Tx,
    statement: Statement,
    act: &Act<'_>,
    changes: &[(EnrolmentId, Option<Mark>)],
) -> Result<(), DbError> {
    execute_bound!(tx, statement, |query| {
        let mut query = query
            .bind(act.id)
            .bind(act.slot)
            .bind(act.source)
            .bind(act.by)
            .bind(act.by_name)
            .bind(act.at)
            .bind(act.address)
            .bind(act.reason)
            .bind(act.undoes);
        for (enrolment, mark) in changes {
            query = query
                .bind(*enrolment)
                .bind(mark.as_ref().map(|mark| mark.state))
                .bind(mark.as_ref().map_or(0, |mark| mark.minutes))
                .bind(mark.as_ref().map_or("", |mark| mark.note.as_str()));
        }
        query
    })
    .map(|_| ())
}
