//! SQL of walk-ins.

use crate::{
    common::ids::{DeliveryId, EnrolmentId, PersonId},
    execute, fetch_all,
    people::model::Profession,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    ADD = "INSERT INTO walk_in (enrolment_id, name, added_by_name, added_at) VALUES ($1, $2, $3, $4)";
    ALL -> WalkInRow = "SELECT w.enrolment_id, w.name, w.added_by_name, w.added_at, w.matched_by_name, w.matched_at, e.person_id, e.profession,
            e.workplace, p.given_name, p.family_name
        FROM walk_in w JOIN enrolment e ON e.id = w.enrolment_id JOIN person p ON p.id = e.person_id
        WHERE e.delivery_id = $1 ORDER BY w.added_at, w.enrolment_id";
    MATCH = "UPDATE walk_in SET matched_by_name = $2, matched_at = $3 WHERE enrolment_id = $1 AND matched_at IS NULL";
    REASSIGN = "UPDATE enrolment SET person_id = $3, updated_at = $4 WHERE id = $1 AND person_id = $2";
}

/// Somebody who was added at the door.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WalkInRow {
    /// The place they got.
    pub enrolment_id: EnrolmentId,
    /// The name they gave.
    pub name: String,
    /// Who added them.
    pub added_by_name: String,
    /// When.
    pub added_at: DateTime<Utc>,
    /// Who said who they are.
    pub matched_by_name: String,
    /// When.
    pub matched_at: Option<DateTime<Utc>>,
    /// Who holds the place now.
    pub person_id: PersonId,
    /// What they are by profession.
    pub profession: Profession,
    /// Court, office or unit.
    pub workplace: String,
    /// Given name of who holds the place.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
}

/// Notes that a place was given at the door.
pub async fn add(
    tx: &mut Tx,
    place: EnrolmentId,
    name: &str,
    by_name: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, ADD, place, name, by_name, now).map(|_| ())
}

/// Everybody who was added at the door of a delivery.
pub async fn all(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<WalkInRow>, DbError> {
    fetch_all!(h, ALL, delivery)
}

/// Notes that somebody was recognised; false when they were before.
pub async fn matched(tx: &mut Tx, place: EnrolmentId, by_name: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, MATCH, place, by_name, now).map(|rows| rows == 1)
}

/// Gives a place to the person its holder is; a unique violation when that person has one there.
pub async fn reassign(
    tx: &mut Tx,
    place: EnrolmentId,
    from: PersonId,
    to: PersonId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, REASSIGN, place, from, to, now).map(|rows| rows == 1)
}
