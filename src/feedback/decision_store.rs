//! SQL: what was decided, what a version takes up, and who is told. A decision that a released version lists
//! is never written again, whatever a caller does: the statement says so itself.

use super::model::{ItemState, Outcome, TakenUp};
use crate::{
    common::ids::{CourseId, DecisionId, DeliveryId, FeedbackId, PackId, PersonId},
    execute, fetch_all, fetch_optional,
    packs::model::PackState,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

/// Condition that a decision may still be taken back: `$id` is the bind with its id.
macro_rules! not_fixed {
    ($id:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM feedback_decision f JOIN pack k ON k.id = f.pack_id WHERE f.id = ",
            $id,
            " AND f.listed AND k.state IN ('released', 'superseded'))"
        )
    };
}

statements! {
    DECIDED_ITEM = "UPDATE feedback_item SET state = $4, decision_id = $5, version = version + 1
        WHERE id = $1 AND course_id = $2 AND version = $3 AND state = $6";
    STATES -> (FeedbackId, ItemState) = "SELECT i.id, i.state FROM feedback_item i WHERE i.course_id = $1 AND i.state IN ('open', 'later')";
    DECISION_ADD = "INSERT INTO feedback_decision (id, course_id, outcome, pack_id, change, reason, listed, decided_by_name, decided_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    DECISION -> DecisionRow = "SELECT z.id, z.course_id, c.slug, z.outcome, z.pack_id, z.change, z.reason, z.listed, z.decided_by_name, z.decided_at,
            p.state AS pack_state, p.major, p.minor
        FROM feedback_decision z JOIN course c ON c.id = z.course_id LEFT JOIN pack p ON p.id = z.pack_id WHERE z.id = $1";
    REOPEN = concat!("UPDATE feedback_item SET state = 'open', decision_id = NULL, version = version + 1
        WHERE decision_id = $1 AND ", not_fixed!("$1"));
    // Modules in the order of the version that lists them; one that it no longer has comes last.
    TAKEN_UP -> TakenUp = "SELECT COALESCE(n.title, MIN(m.title)) AS module, z.change, COUNT(*) AS reports, COUNT(DISTINCT i.delivery_id) AS deliveries
        FROM feedback_decision z JOIN feedback_item i ON i.decision_id = z.id
        LEFT JOIN pack_module m ON m.id = i.module_id
        LEFT JOIN pack_module n ON n.pack_id = z.pack_id AND COALESCE(n.root_id, n.id) = i.root_id
        WHERE z.pack_id = $1 AND z.listed AND i.state = 'taken_up'
        GROUP BY z.id, z.change, z.decided_at, n.id, n.title, n.position, CASE WHEN i.root_id IS NULL THEN 0 ELSE 1 END
        ORDER BY CASE WHEN i.root_id IS NULL THEN 0 ELSE 1 END, CASE WHEN n.position IS NULL THEN 1 ELSE 0 END, n.position, n.id, z.decided_at, z.id";
    INVITED = "INSERT INTO feedback_invitation (delivery_id, invited_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    TO_INVITE -> Recipient = "SELECT p.given_name || ' ' || p.family_name AS name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language
        FROM person p LEFT JOIN account a ON a.person_id = p.id
        WHERE p.id IN (SELECT t.person_id FROM delivery_trainer t WHERE t.delivery_id = $1)
            OR p.id IN (SELECT e.person_id FROM enrolment e WHERE e.delivery_id = $1 AND e.state IN ('selected', 'invited', 'confirmed',
                'attended', 'partly_attended', 'completed', 'not_completed'))
        ORDER BY p.id";
    TO_TELL -> ToTell = "SELECT DISTINCT p.id, p.given_name || ' ' || p.family_name AS name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language,
            m.title AS module_title, COALESCE(t.title, e.title, c.slug) AS course_title
        FROM feedback_item i JOIN person p ON p.id = i.person_id LEFT JOIN account a ON a.person_id = p.id
        JOIN course c ON c.id = i.course_id LEFT JOIN course_text t ON t.course_id = c.id AND t.language = a.language
        LEFT JOIN course_text e ON e.course_id = c.id AND e.language = 'en'
        LEFT JOIN pack_module m ON m.id = i.module_id
        WHERE i.decision_id = $1 AND i.wants_answer ORDER BY p.id";
    TOLD = "UPDATE feedback_decision SET told_at = $2 WHERE id = $1 AND told_at IS NULL";
    FORGET = "UPDATE feedback_item SET person_id = NULL WHERE decision_id = $1 AND NOT signed AND state IN ('taken_up', 'declined', 'noted')";
}

/// The items of a course that are to be decided.
pub async fn undecided(h: &mut impl Handle, course: CourseId) -> Result<Vec<(FeedbackId, ItemState)>, DbError> {
    fetch_all!(h, STATES, course)
}

/// A decision.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DecisionRow {
    /// Its id.
    pub id: DecisionId,
    /// The course.
    pub course_id: CourseId,
    /// The course's address.
    pub slug: String,
    /// What was decided.
    pub outcome: Outcome,
    /// In which version.
    pub pack_id: Option<PackId>,
    /// What changes.
    pub change: String,
    /// Why.
    pub reason: String,
    /// Whether the version's release notes list it.
    pub listed: bool,
    /// Who decided.
    pub decided_by_name: String,
    /// When.
    pub decided_at: DateTime<Utc>,
    /// The state of the version.
    pub pack_state: Option<PackState>,
    /// The version.
    pub major: Option<i64>,
    /// The version.
    pub minor: Option<i64>,
}

/// One decision.
pub async fn decision(h: &mut impl Handle, id: DecisionId) -> Result<Option<DecisionRow>, DbError> {
    fetch_optional!(h, DECISION, id)
}

/// A new decision.
#[derive(Clone, Debug)]
pub struct NewDecision<'a> {
    /// Its id.
    pub id: DecisionId,
    /// The course.
    pub course: CourseId,
    /// What is decided.
    pub outcome: Outcome,
    /// In which version.
    pub pack: Option<PackId>,
    /// What changes.
    pub change: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Whether the version's release notes list it.
    pub listed: bool,
    /// Who decides.
    pub by: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// Adds a decision; a unique violation when it was sent before.
pub async fn add_decision(tx: &mut Tx, it: &NewDecision<'_>) -> Result<(), DbError> {
    execute!(tx, DECISION_ADD, it.id, it.course, it.outcome, it.pack, it.change, it.reason, it.listed, it.by, it.at)
        .map(|_| ())
}

/// Decides an item from the state and version that were read; false when it has another by now.
pub async fn decide(
    tx: &mut Tx,
    (id, version): (FeedbackId, i64),
    course: CourseId,
    from: ItemState,
    to: ItemState,
    decision: DecisionId,
) -> Result<bool, DbError> {
    execute!(tx, DECIDED_ITEM, id, course, version, to, decision, from).map(|rows| rows == 1)
}

/// Opens the items of a decision again; none where a released version lists it.
pub async fn reopen(tx: &mut Tx, decision: DecisionId) -> Result<u64, DbError> {
    execute!(tx, REOPEN, decision)
}

/// What a version takes up, by module.
pub async fn taken_up(h: &mut impl Handle, pack: PackId) -> Result<Vec<TakenUp>, DbError> {
    fetch_all!(h, TAKEN_UP, pack)
}

/// Notes that a delivery's people were invited; false when they were before.
pub async fn invited(tx: &mut Tx, delivery: DeliveryId, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, INVITED, delivery, now).map(|rows| rows == 1)
}

/// Who gets a letter: name, address and language.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recipient {
    /// The person's name.
    pub name: String,
    /// Where mail goes.
    pub email: String,
    /// The account's language.
    pub language: Option<String>,
}

/// The trainers of a delivery, and who took part.
pub async fn to_invite(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<Recipient>, DbError> {
    fetch_all!(h, TO_INVITE, delivery)
}

/// Who wants to be told of a decision, once for each module they spoke of.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ToTell {
    /// The person.
    pub id: PersonId,
    /// Who.
    #[sqlx(flatten)]
    pub to: Recipient,
    /// The module.
    pub module_title: Option<String>,
    /// The course.
    pub course_title: String,
}

/// Who wants to be told of a decision.
pub async fn to_tell(h: &mut impl Handle, decision: DecisionId) -> Result<Vec<ToTell>, DbError> {
    fetch_all!(h, TO_TELL, decision)
}

/// Notes that those who reported are told of a decision; false when they were before.
pub async fn told(tx: &mut Tx, decision: DecisionId, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, TOLD, decision, now).map(|rows| rows == 1)
}

/// Forgets who wrote what is not signed, once they were told.
pub async fn forget(tx: &mut Tx, decision: DecisionId) -> Result<u64, DbError> {
    execute!(tx, FORGET, decision)
}
