//! SQL of changes that wait to be confirmed, and of what ties a person to other houses.

use super::change_model::{Act, ChangeState, Ties};
use crate::{
    common::ids::{ChangeId, PersonId},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};

/// Whether $2 does not administer an institution.
macro_rules! beyond {
    ($institution:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM role_grant mine WHERE mine.person_id = $2 AND mine.role = 'institution_administrator'
                AND mine.ended_at IS NULL AND mine.institution_id = ",
            $institution,
            ")"
        )
    };
}

macro_rules! change {
    ($where:literal) => {
        concat!(
            "SELECT c.id, c.person_id, p.given_name, p.family_name, c.asked, c.stood, c.requested_by, c.requested_by_name,
                c.requested_at, c.expires_at, c.by_address, c.state, c.decided_by, c.decided_at, c.reason
            FROM pending_change c JOIN person p ON p.id = c.person_id ",
            $where
        )
    };
}

statements! {
    // A place counts whatever came of it: certificates and marks are kept by it.
    TIES -> Ties = concat!("SELECT
        EXISTS (SELECT 1 FROM post o WHERE o.person_id = $1 AND o.institution_id IS NOT NULL AND (o.ends_on IS NULL OR o.ends_on >= $3)
            AND ", beyond!("o.institution_id"), ") AS post,
        (EXISTS (SELECT 1 FROM enrolment e JOIN delivery d ON d.id = e.delivery_id WHERE e.person_id = $1
                AND e.state NOT IN ('refused', 'declined', 'withdrawn') AND ", beyond!("d.host_id"), ")
            OR EXISTS (SELECT 1 FROM cohort_member m JOIN cohort k ON k.id = m.cohort_id WHERE m.person_id = $1
                AND m.state IN ('selected', 'reserve') AND ", beyond!("k.host_id"), ")) AS place,
        EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.person_id = $1) AS gives,
        (EXISTS (SELECT 1 FROM licence l WHERE l.person_id = $1) OR EXISTS (SELECT 1 FROM licence l WHERE l.mentor_id = $1)
            OR EXISTS (SELECT 1 FROM cohort_member m WHERE m.mentor_id = $1)
            OR EXISTS (SELECT 1 FROM assessor a WHERE a.person_id = $1)) AS licence,
        EXISTS (SELECT 1 FROM course_author a WHERE a.person_id = $1) AS writes");
    ADD = "INSERT INTO pending_change (id, person_id, act, asked, stood, requested_by, requested_by_name, requested_at, expires_at, by_address)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    REPLACE = "UPDATE pending_change SET state = 'replaced', decided_at = $4
        WHERE person_id = $1 AND act = $2 AND requested_by = $3 AND state = 'open'";
    OVERTAKE = "UPDATE pending_change SET state = 'overtaken', decided_at = $4
        WHERE person_id = $1 AND act = $2 AND id <> $3 AND state = 'open'";
    DECIDE = "UPDATE pending_change SET state = $2, decided_by = $3, decided_at = $4, reason = $5, token_hash = NULL
        WHERE id = $1 AND state = 'open' AND expires_at > $4";
    PERSON_LOCK = "UPDATE person SET version = version WHERE id = $1";
    TOKEN_SET = "UPDATE pending_change SET token_hash = $2 WHERE id = $1 AND state = 'open' AND by_address";
    ONE -> ChangeRow = change!("WHERE c.id = $1");
    BY_TOKEN -> ChangeRow = change!("WHERE c.token_hash = $1 AND c.state = 'open' AND c.expires_at > $2");
    OPEN -> ChangeRow = change!("WHERE c.state = 'open' AND c.expires_at > $1 ORDER BY c.requested_at, c.id LIMIT 200");
    OF_PERSON -> ChangeRow = change!("WHERE c.person_id = $1 ORDER BY c.requested_at DESC, c.id DESC LIMIT 10");
    LATEST -> ChangeRow = change!("WHERE c.person_id = $1 AND c.act = $2 AND c.requested_by = $3 ORDER BY c.requested_at DESC, c.id DESC LIMIT 1");
    REQUESTER -> Requester = "SELECT p.given_name, p.family_name, a.email, a.language FROM person p JOIN account a ON a.person_id = p.id
        WHERE p.id = $1 AND NOT a.disabled";
}

/// What ties a person to more than the houses that `asker` administers, on a day.
pub async fn ties(h: &mut impl Handle, person: PersonId, asker: PersonId, today: NaiveDate) -> Result<Ties, DbError> {
    fetch_one!(h, TIES, person, asker, today)
}

/// A change to keep until it is confirmed.
pub struct NewChange<'a> {
    /// Its id.
    pub id: ChangeId,
    /// Whose record.
    pub person: PersonId,
    /// What is done.
    pub act: Act,
    /// What is asked, as JSON.
    pub asked: &'a str,
    /// What stands, as JSON.
    pub stood: &'a str,
    /// Who asks.
    pub by: PersonId,
    /// Their name.
    pub by_name: &'a str,
    /// Until when it waits.
    pub expires_at: DateTime<Utc>,
    /// Whether the address on record may confirm it.
    pub by_address: bool,
}

/// Keeps a change, in the place of an open one of the same kind by the same person.
pub async fn add(tx: &mut Tx, change: &NewChange<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, REPLACE, change.person, change.act, change.by, now)?;
    execute!(
        tx,
        ADD,
        change.id,
        change.person,
        change.act,
        change.asked,
        change.stood,
        change.by,
        change.by_name,
        now,
        change.expires_at,
        change.by_address
    )
    .map(|_| ())
}

/// Lets one transaction at a time decide about a person's changes, on PostgreSQL too: each touches the record
/// and the other changes, and two must not wait for one another.
pub async fn lock_person(tx: &mut Tx, person: PersonId) -> Result<(), DbError> {
    execute!(tx, PERSON_LOCK, person).map(|_| ())
}

/// Decides an open change; false when it was decided before or its time is over.
pub async fn decide(
    tx: &mut Tx,
    id: ChangeId,
    state: ChangeState,
    by: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, DECIDE, id, state, by, now, reason).map(|rows| rows == 1)
}

/// Other open changes of the same kind no longer fit.
pub async fn overtake(
    tx: &mut Tx,
    person: PersonId,
    act: Act,
    but: ChangeId,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    execute!(tx, OVERTAKE, person, act, but, now)
}

/// Notes the hash of the link that is sent; false when there is nothing to confirm by it.
pub async fn set_token(tx: &mut Tx, id: ChangeId, hash: &str) -> Result<bool, DbError> {
    execute!(tx, TOKEN_SET, id, hash).map(|rows| rows == 1)
}

/// A change with the name of the person it concerns.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChangeRow {
    /// Its id.
    pub id: ChangeId,
    /// Whose record.
    pub person_id: PersonId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// What is asked, as JSON.
    pub asked: String,
    /// What stood, as JSON.
    pub stood: String,
    /// Who asked.
    pub requested_by: PersonId,
    /// Their name.
    pub requested_by_name: String,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// Until when it waits.
    pub expires_at: DateTime<Utc>,
    /// Whether the address on record may confirm it.
    pub by_address: bool,
    /// What became of it.
    pub state: ChangeState,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was refused.
    pub reason: String,
}

/// The change of an id.
pub async fn change(h: &mut impl Handle, id: ChangeId) -> Result<Option<ChangeRow>, DbError> {
    fetch_optional!(h, ONE, id)
}

/// The open change that a link belongs to.
pub async fn by_token(h: &mut impl Handle, hash: &str, now: DateTime<Utc>) -> Result<Option<ChangeRow>, DbError> {
    fetch_optional!(h, BY_TOKEN, hash, now)
}

/// Changes that wait, the oldest first.
pub async fn open(h: &mut impl Handle, now: DateTime<Utc>) -> Result<Vec<ChangeRow>, DbError> {
    fetch_all!(h, OPEN, now)
}

/// The latest changes asked for a person.
pub async fn of_person(h: &mut impl Handle, person: PersonId) -> Result<Vec<ChangeRow>, DbError> {
    fetch_all!(h, OF_PERSON, person)
}

/// The latest change of a kind that somebody asked for a person.
pub async fn latest(
    h: &mut impl Handle,
    person: PersonId,
    act: Act,
    by: PersonId,
) -> Result<Option<ChangeRow>, DbError> {
    fetch_optional!(h, LATEST, person, act, by)
}

/// Somebody who asked, as a letter needs them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Requester {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Where they read mail.
    pub email: String,
    /// The chosen language.
    pub language: Option<String>,
}

/// Who asked, if they can still sign in.
pub async fn requester(h: &mut impl Handle, person: PersonId) -> Result<Option<Requester>, DbError> {
    fetch_optional!(h, REQUESTER, person)
}
