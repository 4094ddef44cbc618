//! SQL of marks. What is written goes into `mark_change` first; `mark` is made from it, so that
//! the register and its history cannot tell different stories.

use super::{
    merge::{Change, Known},
    model::{Mark, MarkSource, MarkState},
};
use crate::{
    common::ids::{DeliveryId, EnrolmentId, PersonId, SlotId},
    enrolment::model::Risk,
    execute, execute_bound, fetch_all, fetch_one, fetch_optional,
    platform::db::{
        DbError, Handle, Statement, Tx,
        many::{Rows, batches},
    },
    sql_of_rows, statements,
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

/// What an action says of places.
const CHANGES_OF: Rows = Rows {
    head: "INSERT INTO mark_change (id, slot_id, source, marked_by, marked_by_name, marked_at, address, reason, undoes, made_at, \
           enrolment_id, state, minutes, note) VALUES ",
    row: "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ?, ?, ?, ?)",
    between: ", ",
    tail: "",
    shared: 10,
};

macro_rules! apply {
    () => {
        "INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, note, marked_by, marked_by_name, marked_at, made_at, contested, of_minutes) "
    };
}

macro_rules! over {
    () => {
        " ON CONFLICT (slot_id, enrolment_id) DO UPDATE SET state = excluded.state, minutes = excluded.minutes, source = excluded.source,
            note = excluded.note, marked_by = excluded.marked_by, marked_by_name = excluded.marked_by_name,
            marked_at = excluded.marked_at, made_at = excluded.made_at, contested = excluded.contested, of_minutes = excluded.of_minutes"
    };
}

/// Besides the mark: when it was made, when it was taken back if there is none, and who says otherwise.
macro_rules! head {
    () => {
        "m.made_at, CASE WHEN m.slot_id IS NULL THEN g.marked_at END AS gone_at,
            CASE WHEN m.slot_id IS NULL THEN g.contested ELSE m.contested END AS contested "
    };
}

statements! {
    SLOTS -> SlotRow = "SELECT id, starts_at, ends_at, room, closed_at, closed_by_name, cancelled_at, cancelled_reason
        FROM slot WHERE delivery_id = $1 ORDER BY starts_at, id";
    /// A delivery may have thousands: the first, the last, and those near the one looked at, or else near a time. Marks
    /// of who holds no place any more are few, and are taken off.
    SLOTS_NEAR -> NearRow = concat!("WITH n AS (SELECT id, starts_at, ends_at, room, closed_at, closed_by_name, cancelled_at, cancelled_reason,
            ROW_NUMBER() OVER (ORDER BY starts_at, id) AS i, COUNT(*) OVER () AS total FROM slot WHERE delivery_id = $1),
        c AS (SELECT COALESCE((SELECT i FROM n WHERE id = $2), (SELECT MIN(i) FROM n WHERE ends_at > $3), (SELECT MAX(i) FROM n)) AS i),
        w AS MATERIALIZED (SELECT id FROM enrolment WHERE delivery_id = $1 AND state NOT IN ", holding!(), ")
        SELECT n.id, n.starts_at, n.ends_at, n.room, n.closed_at, n.closed_by_name, n.cancelled_at, n.cancelled_reason, n.total,
            (SELECT COUNT(*) FROM mark m WHERE m.slot_id = n.id)
                - (SELECT COUNT(*) FROM w JOIN mark m ON m.slot_id = n.id AND m.enrolment_id = w.id) AS marked
        FROM n CROSS JOIN c WHERE n.i BETWEEN c.i - 40 AND c.i + 40 OR n.i IN (1, n.total) ORDER BY n.starts_at, n.id");
    SLOT -> SlotRow = "SELECT id, starts_at, ends_at, room, closed_at, closed_by_name, cancelled_at, cancelled_reason FROM slot WHERE id = $1 AND delivery_id = $2";
    /// Whoever marks in a slot waits here for who came before.
    SLOT_LOCK = "UPDATE slot SET room = room WHERE id = $1 AND delivery_id = $2";
    NAMES -> NameRow = concat!("SELECT e.id, p.family_name, p.given_name, e.workplace, e.risk, m.state, m.minutes, m.note, m.source, m.marked_by, m.marked_by_name, m.marked_at, ", head!(), "
        FROM enrolment e JOIN person p ON p.id = e.person_id
        LEFT JOIN mark m ON m.slot_id = $2 AND m.enrolment_id = e.id
        LEFT JOIN mark_gone g ON g.slot_id = $2 AND g.enrolment_id = e.id
        WHERE e.delivery_id = $1 AND e.state IN ", holding!());
    CHANGES -> ChangeRow = "SELECT c.id, c.enrolment_id, p.family_name, p.given_name, c.state, c.minutes, c.note, c.source, c.marked_by, c.marked_by_name, c.marked_at, c.reason, c.undoes,
            c.made_at, c.everyone, c.seen, c.seen_too
        FROM mark_change c JOIN enrolment e ON e.id = c.enrolment_id JOIN person p ON p.id = e.person_id
        WHERE c.slot_id = $1 ORDER BY c.marked_at, c.enrolment_id";
    /// What stands now of each name of which anything was said since.
    NEWS -> NewsRow = concat!("SELECT n.enrolment_id, n.changed_at, m.state, m.minutes, m.note, m.source, m.marked_by, m.marked_by_name, m.marked_at, ", head!(), "
        FROM (SELECT enrolment_id, MAX(marked_at) AS changed_at FROM mark_change WHERE slot_id = $1 AND marked_at > $2 GROUP BY enrolment_id) n
        LEFT JOIN mark m ON m.slot_id = $1 AND m.enrolment_id = n.enrolment_id
        LEFT JOIN mark_gone g ON g.slot_id = $1 AND g.enrolment_id = n.enrolment_id");
    /// Of each name on which two disagree, what does not stand.
    OTHERS -> OtherRow = "SELECT c.enrolment_id, c.state, c.minutes, c.note, c.source, c.marked_by, c.marked_by_name, c.marked_at, c.made_at
        FROM mark_change c LEFT JOIN mark m ON m.slot_id = c.slot_id AND m.enrolment_id = c.enrolment_id
        LEFT JOIN mark_gone g ON g.slot_id = c.slot_id AND g.enrolment_id = c.enrolment_id
        WHERE c.slot_id = $1 AND c.id = CASE WHEN m.slot_id IS NULL THEN g.contested ELSE m.contested END";
    ACTION_KNOWN -> (i64,) = "SELECT COUNT(*) FROM mark_change WHERE id = $1";
    ACTION_PLACES -> (EnrolmentId,) = "SELECT enrolment_id FROM mark_change WHERE id = $1 AND slot_id = $2";
    LAST_CHANGE -> (DateTime<Utc>,) = "SELECT marked_at FROM mark_change WHERE slot_id = $1 ORDER BY marked_at DESC LIMIT 1";
    EVERYONE = concat!("INSERT INTO mark_change (id, slot_id, source, marked_by, marked_by_name, marked_at, address, reason, made_at, everyone, enrolment_id, state, minutes, note)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE, e.id, 'present', $10, ''
        FROM enrolment e WHERE e.delivery_id = $11 AND e.state IN ", holding!(), "
            AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.slot_id = $2 AND m.enrolment_id = e.id)
            AND NOT EXISTS (SELECT 1 FROM mark_gone g WHERE g.slot_id = $2 AND g.enrolment_id = e.id)");
    CHANGE_ADD = sql_of_rows!(1, CHANGES_OF);
    CHANGE_ADD_TEN = sql_of_rows!(10, CHANGES_OF);
    CHANGE_ADD_HUNDRED = sql_of_rows!(100, CHANGES_OF);
    /// A change whose maker had not seen what stands.
    CHANGE_TELL = "INSERT INTO mark_change (id, slot_id, source, marked_by, marked_by_name, marked_at, address, reason, made_at, enrolment_id, state, minutes, note, seen, seen_too)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// What was said by who knew what stood; the others are weighed one by one.
    APPLY = concat!(apply!(), "SELECT slot_id, enrolment_id, state, minutes, source, note, marked_by, marked_by_name, marked_at, made_at, NULL,
            (SELECT s.minutes FROM slot s WHERE s.id = slot_id)
        FROM mark_change WHERE id = $1 AND state IS NOT NULL AND seen IS NULL", over!());
    APPLY_ONE = concat!(apply!(), "SELECT slot_id, enrolment_id, state, minutes, source, note, marked_by, marked_by_name, marked_at, made_at, $3,
            (SELECT s.minutes FROM slot s WHERE s.id = slot_id)
        FROM mark_change WHERE id = $1 AND enrolment_id = $2 AND state IS NOT NULL", over!());
    CONTEST = "UPDATE mark SET contested = $3 WHERE slot_id = $1 AND enrolment_id = $2";
    CONTEST_GONE = "UPDATE mark_gone SET contested = $3 WHERE slot_id = $1 AND enrolment_id = $2";
    CLOSE = "UPDATE slot SET closed_at = $3, closed_by_name = $4 WHERE id = $1 AND delivery_id = $2 AND closed_at IS NULL";
    REOPEN = "UPDATE slot SET closed_at = NULL, closed_by_name = '' WHERE id = $1 AND delivery_id = $2 AND closed_at IS NOT NULL";
    OUTDATED -> OutdatedRow = "SELECT m.enrolment_id, m.state, m.minutes, m.note, m.source, m.of_minutes, s.minutes AS slot_minutes, m.contested
        FROM mark m JOIN slot s ON s.id = m.slot_id WHERE m.slot_id = $1 AND m.of_minutes <> s.minutes ORDER BY m.source, m.enrolment_id";
    TAKE_BACK = "DELETE FROM mark WHERE slot_id = $2
        AND enrolment_id IN (SELECT enrolment_id FROM mark_change WHERE id = $1 AND state IS NULL)";
    GONE = "INSERT INTO mark_gone (slot_id, enrolment_id, marked_at)
        SELECT slot_id, enrolment_id, marked_at FROM mark_change WHERE id = $1 AND state IS NULL
        ON CONFLICT (slot_id, enrolment_id) DO UPDATE SET marked_at = excluded.marked_at, contested = NULL";
    /// The latest act of a person in a slot that is no undoing and was not undone.
    LAST_ACTION -> (Uuid,) = "SELECT c.id FROM mark_change c WHERE c.slot_id = $1 AND c.marked_by = $2 AND c.undoes IS NULL
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
    /// When its register was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Who closed it.
    pub closed_by_name: String,
    /// When it was called off.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// Why.
    pub cancelled_reason: String,
}

/// A half-day among those of its delivery.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NearRow {
    /// The half-day.
    #[sqlx(flatten)]
    pub slot: SlotRow,
    /// How many names have a mark.
    pub marked: i64,
    /// How many half-days the delivery has.
    pub total: i64,
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
    /// Whether enough can still be attended.
    pub risk: Risk,
    /// The mark.
    #[sqlx(flatten)]
    pub mark: MarkRow,
    /// What there is besides.
    #[sqlx(flatten)]
    pub head: HeadRow,
}

/// What there is besides the mark of a name.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct HeadRow {
    /// When the mark was made, if not when it was written.
    pub made_at: Option<DateTime<Utc>>,
    /// When the last mark was taken back, if none stands.
    pub gone_at: Option<DateTime<Utc>>,
    /// The action that says otherwise.
    pub contested: Option<Uuid>,
}

impl NameRow {
    /// When what stands was written: a mark, or that it was taken back.
    pub fn written(&self) -> Option<DateTime<Utc>> {
        self.mark.marked_at.or(self.head.gone_at)
    }
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
    /// When it was made, if not when it was written.
    pub made_at: Option<DateTime<Utc>>,
    /// Whether it was said of everyone.
    pub everyone: bool,
    seen: Option<Uuid>,
    seen_too: Option<Uuid>,
}

impl ChangeRow {
    /// The row as the rules see it.
    pub fn change(&self) -> Option<Change> {
        let at = self.mark.marked_at?;
        Some(Change {
            id: self.id,
            enrolment: self.enrolment_id,
            mark: self.mark.mark(),
            by: self.mark.marked_by,
            at,
            made_at: self.made_at.unwrap_or(at),
            everyone: self.everyone,
            known: self.seen.map_or(Known::All, |seen| Known::These([seen, self.seen_too.unwrap_or_default()])),
        })
    }
}

/// The slots of a delivery.
pub async fn slots(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<SlotRow>, DbError> {
    fetch_all!(h, SLOTS, delivery)
}

/// The slots near the one looked at, or else near a time, with the first and the last of the delivery.
pub async fn slots_near(
    h: &mut impl Handle,
    delivery: DeliveryId,
    at: Option<SlotId>,
    now: DateTime<Utc>,
) -> Result<Vec<NearRow>, DbError> {
    fetch_all!(h, SLOTS_NEAR, delivery, at, now)
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

/// What stands of a name of which something was said.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NewsRow {
    /// Whose place.
    pub enrolment_id: EnrolmentId,
    /// When something was last said of it.
    pub changed_at: DateTime<Utc>,
    /// The mark; no state where there is none.
    #[sqlx(flatten)]
    pub mark: MarkRow,
    /// What there is besides.
    #[sqlx(flatten)]
    pub head: HeadRow,
}

/// What stands of each name of which something was said in a slot after a time, in no order.
pub async fn news(h: &mut impl Handle, slot: SlotId, since: DateTime<Utc>) -> Result<Vec<NewsRow>, DbError> {
    fetch_all!(h, NEWS, slot, since)
}

/// What was said of a name and does not stand, though who said otherwise did not know of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OtherRow {
    /// Whose place.
    pub enrolment_id: EnrolmentId,
    /// What was said; no state where a mark was taken back.
    #[sqlx(flatten)]
    pub mark: MarkRow,
    /// When it was made, if not when it was written.
    pub made_at: Option<DateTime<Utc>>,
}

/// What does not stand of the names of a slot on which two disagree.
pub async fn others(h: &mut impl Handle, slot: SlotId) -> Result<Vec<OtherRow>, DbError> {
    fetch_all!(h, OTHERS, slot)
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

/// Closes a register; false when it is closed.
pub async fn close(
    tx: &mut Tx,
    slot: SlotId,
    delivery: DeliveryId,
    by_name: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, CLOSE, slot, delivery, now, by_name).map(|rows| rows == 1)
}

/// Opens a closed register again; false when it is open.
pub async fn reopen(tx: &mut Tx, slot: SlotId, delivery: DeliveryId) -> Result<bool, DbError> {
    execute!(tx, REOPEN, slot, delivery).map(|rows| rows == 1)
}

/// A mark made when its half-day was longer or shorter than it is now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OutdatedRow {
    /// Whose place.
    pub enrolment_id: EnrolmentId,
    /// What it says.
    pub state: MarkState,
    /// Minutes attended.
    pub minutes: i64,
    /// A remark.
    pub note: String,
    /// How it came about.
    pub source: MarkSource,
    /// How long the half-day was.
    pub of_minutes: i64,
    /// How long it is.
    pub slot_minutes: i64,
    /// The action that says otherwise.
    pub contested: Option<Uuid>,
}

/// The marks of a slot that were made for other hours, by source.
pub async fn outdated(h: &mut impl Handle, slot: SlotId) -> Result<Vec<OutdatedRow>, DbError> {
    fetch_all!(h, OUTDATED, slot)
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
    /// When it is written.
    pub at: DateTime<Utc>,
    /// When it was made: the same, but for what was kept on a device until now.
    pub made_at: DateTime<Utc>,
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
        act.made_at,
        minutes,
        delivery
    )?;
    execute!(tx, APPLY, act.id)?;
    Ok(added)
}

/// Writes what an action says of each place over whatever stands there, and makes the marks from it: for
/// who knows what stands.
pub async fn write(tx: &mut Tx, act: &Act<'_>, changes: &[(EnrolmentId, Option<Mark>)]) -> Result<(), DbError> {
    for (statement, batch) in batches(changes, [(100, CHANGE_ADD_HUNDRED), (10, CHANGE_ADD_TEN), (1, CHANGE_ADD)]) {
        add(tx, statement, act, batch).await?;
    }
    execute!(tx, APPLY, act.id)?;
    if changes.iter().any(|(_, mark)| mark.is_none()) {
        execute!(tx, TAKE_BACK, act.id, act.slot)?;
        execute!(tx, GONE, act.id)?;
    }
    Ok(())
}

/// Writes what was said of one name by who had not seen what stands.
pub async fn tell(tx: &mut Tx, act: &Act<'_>, told: &Change) -> Result<(), DbError> {
    let Known::These([seen, seen_too]) = told.known else { return Ok(()) };
    let mark = told.mark.as_ref();
    execute!(
        tx,
        CHANGE_TELL,
        act.id,
        act.slot,
        act.source,
        act.by,
        act.by_name,
        act.at,
        act.address,
        act.reason,
        told.made_at,
        told.enrolment,
        mark.map(|mark| mark.state),
        mark.map_or(0, |mark| mark.minutes),
        mark.map_or("", |mark| mark.note.as_str()),
        seen,
        seen_too
    )
    .map(|_| ())
}

/// Makes a name's mark from the action that stands, and notes the one that says otherwise.
pub async fn put(
    tx: &mut Tx,
    slot: SlotId,
    enrolment: EnrolmentId,
    stands: Uuid,
    other: Option<Uuid>,
) -> Result<(), DbError> {
    execute!(tx, APPLY_ONE, stands, enrolment, other)?;
    // Nothing was made where what stands is that the mark was taken back.
    execute!(tx, CONTEST, slot, enrolment, other)?;
    execute!(tx, CONTEST_GONE, slot, enrolment, other).map(|_| ())
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
            .bind(act.undoes)
            .bind(act.made_at);
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
