//! SQL of what jobs and guards look at: what deliveries mean for licences, who stands before a class, what is
//! due, which letters went out.

use super::model::{LicenceState, RouteKind};
use crate::{
    common::ids::{CourseId, DeliveryId, LicenceId, PersonId},
    execute, fetch_all, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

statements! {
    // What a completed delivery means for licences of other courses.
    COMPLETED -> (CourseId, RouteKind, PersonId) = "SELECT r.course_id, r.kind, e.person_id FROM licence_route r JOIN delivery d ON d.course_id = r.by_course_id
        JOIN enrolment e ON e.delivery_id = d.id AND e.state = 'completed'
        WHERE d.id = $1 ORDER BY r.course_id, e.person_id, r.kind";
    // Who gave a delivery and is on the way to a licence of its course or holds one, with every step of it.
    TAUGHT -> (LicenceId, bool, DateTime<Utc>, LicenceState) = "SELECT l.id, t.lead, s.at, s.to_state FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
        JOIN licence l ON l.person_id = t.person_id AND l.course_id = d.course_id
        JOIN licence_step s ON s.licence_id = l.id
        WHERE d.id = $1 ORDER BY l.id, s.at, s.id";
    // Who was taken off a delivery has not given it, and whose completion was taken back has not completed it.
    // Who was never entered with a place is left alone: that is a record of the past.
    UNDONE -> (Uuid, LicenceId) = "SELECT g.id, g.licence_id FROM licence_ground g JOIN licence l ON l.id = g.licence_id
        WHERE g.delivery_id = $1 AND g.ended_at IS NULL AND (
            (g.kind = 'taught' AND NOT EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.delivery_id = $1 AND t.person_id = l.person_id))
            OR (g.kind IN ('trained', 'refreshed')
                AND EXISTS (SELECT 1 FROM enrolment e WHERE e.delivery_id = $1 AND e.person_id = l.person_id)
                AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.delivery_id = $1 AND e.person_id = l.person_id AND e.state = 'completed')))
        ORDER BY g.licence_id, g.id";
    MAJOR -> (CourseId, i64) = "SELECT p.course_id, p.major FROM delivery d JOIN pack p ON p.id = d.pack_id WHERE d.id = $1";
    AT_DELIVERY -> TrainerRow = "SELECT t.person_id, p.given_name || ' ' || p.family_name AS name, t.lead, l.id AS licence_id, l.state, l.since
        FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id JOIN person p ON p.id = t.person_id
        LEFT JOIN licence l ON l.person_id = t.person_id AND l.course_id = d.course_id
        WHERE t.delivery_id = $1 ORDER BY t.lead DESC, p.folded, p.id";
    FOUND_TRAINERS -> (PersonId, String, Option<LicenceState>) = "SELECT p.id, p.given_name || ' ' || p.family_name AS name, l.state
        FROM person p LEFT JOIN licence l ON l.person_id = p.id AND l.course_id = $2
        WHERE p.folded LIKE $3
            AND (l.state <> 'withdrawn'
                OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id AND g.role = 'trainer' AND g.ended_at IS NULL))
            AND NOT EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.delivery_id = $1 AND t.person_id = p.id)
        ORDER BY CASE WHEN l.state = 'licensed' THEN 0 WHEN l.state IS NULL THEN 2 ELSE 1 END, p.folded, p.id LIMIT 30";
    // What the day's job looks at: what may lapse within a year, and whoever has a version to take up.
    DUE -> (LicenceId,) = "SELECT l.id FROM licence l JOIN licence_rule r ON r.course_id = l.course_id
        WHERE l.state = 'licensed' AND ((l.lapses_at IS NOT NULL AND l.lapses_at <= $1)
            OR (r.uptake_months IS NOT NULL AND EXISTS (SELECT 1 FROM pack k WHERE k.course_id = l.course_id
                AND k.released_at IS NOT NULL AND k.major > COALESCE(l.major, 0))))
        ORDER BY l.id";
    // Supervised deliveries that wait for the mentor's word since before $1.
    UNSIGNED -> (LicenceId, DeliveryId) = "SELECT l.id, g.delivery_id FROM licence l JOIN licence_rule r ON r.course_id = l.course_id AND r.supervised
        JOIN licence_ground g ON g.licence_id = l.id AND g.kind = 'taught' AND g.met AND g.ended_at IS NULL AND g.delivery_id IS NOT NULL
        WHERE l.state IN ('candidate', 'trained', 'assessed') AND l.mentor_id IS NOT NULL AND g.recorded_at <= $1
            AND NOT EXISTS (SELECT 1 FROM licence_ground s WHERE s.licence_id = l.id AND s.kind = 'signed_off'
                AND (s.met OR s.delivery_id = g.delivery_id))
        ORDER BY l.id, g.at";
    OF_COURSE -> (LicenceId,) = "SELECT id FROM licence WHERE course_id = $1 AND state <> 'withdrawn' ORDER BY id";
    // Deliveries of the past that mean something for a course's licences.
    PAST_OF_COURSE -> (DeliveryId,) = "SELECT d.id FROM delivery d WHERE d.course_id = $1 AND d.state IN ('delivered', 'reported')
            AND EXISTS (SELECT 1 FROM delivery_trainer t JOIN licence l ON l.person_id = t.person_id AND l.course_id = $1 WHERE t.delivery_id = d.id)
        UNION
        SELECT d.id FROM licence_route r JOIN delivery d ON d.course_id = r.by_course_id
        WHERE r.course_id = $1 AND EXISTS (SELECT 1 FROM enrolment e WHERE e.delivery_id = d.id AND e.state = 'completed')";
    PAST_OF_PERSON -> (DeliveryId,) = "SELECT d.id FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
        WHERE t.person_id = $2 AND d.course_id = $1 AND d.state IN ('delivered', 'reported')
        UNION
        SELECT d.id FROM enrolment e JOIN delivery d ON d.id = e.delivery_id JOIN licence_route r ON r.by_course_id = d.course_id
        WHERE e.person_id = $2 AND e.state = 'completed' AND r.course_id = $1";
    LETTER_ADD = "INSERT INTO licence_letter (licence_id, kind, about, sent_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
}

/// What a completed delivery means for licences: course, how, and who.
pub async fn completed(
    h: &mut impl Handle,
    delivery: DeliveryId,
) -> Result<Vec<(CourseId, RouteKind, PersonId)>, DbError> {
    fetch_all!(h, COMPLETED, delivery)
}

/// Somebody who gave a delivery.
#[derive(Clone, Debug)]
pub struct Taught {
    /// The licence.
    pub licence: LicenceId,
    /// Whether they led.
    pub lead: bool,
    /// The steps of the licence, in their order.
    pub steps: Vec<(DateTime<Utc>, LicenceState)>,
}

/// Who gave a delivery and has a licence for its course, whatever its state.
pub async fn taught(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<Taught>, DbError> {
    let rows: Vec<(LicenceId, bool, DateTime<Utc>, LicenceState)> = fetch_all!(h, TAUGHT, delivery)?;
    let mut found: Vec<Taught> = Vec::new();
    for (licence, lead, at, to) in rows {
        match found.last_mut() {
            Some(last) if last.licence == licence => last.steps.push((at, to)),
            _ => found.push(Taught { licence, lead, steps: vec![(at, to)] }),
        }
    }
    Ok(found)
}

/// What a delivery meant and means no more: grounds with their licences.
pub async fn undone(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<(Uuid, LicenceId)>, DbError> {
    fetch_all!(h, UNDONE, delivery)
}

/// The course and major version of the pack that a delivery was given with.
pub async fn major(h: &mut impl Handle, delivery: DeliveryId) -> Result<Option<(CourseId, i64)>, DbError> {
    fetch_optional!(h, MAJOR, delivery)
}

/// A trainer of a delivery, with the licence for its course.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TrainerRow {
    /// The trainer.
    pub person_id: PersonId,
    /// By name.
    pub name: String,
    /// Whether it is the lead.
    pub lead: bool,
    /// The licence.
    pub licence_id: Option<LicenceId>,
    /// Its state.
    pub state: Option<LicenceState>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
}

/// The trainers of a delivery, lead first. One statement.
pub async fn at_delivery(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<TrainerRow>, DbError> {
    fetch_all!(h, AT_DELIVERY, delivery)
}

/// Persons with the trainer's role or a licence for the course that was not withdrawn, whose folded name matches,
/// not yet in the delivery, with the state of their licence; who is licensed comes first.
pub async fn find_trainers(
    h: &mut impl Handle,
    delivery: DeliveryId,
    course: CourseId,
    pattern: &str,
) -> Result<Vec<(PersonId, String, Option<LicenceState>)>, DbError> {
    fetch_all!(h, FOUND_TRAINERS, delivery, course, pattern)
}

/// What the day's job looks at.
pub async fn due(h: &mut impl Handle, until: DateTime<Utc>) -> Result<Vec<LicenceId>, DbError> {
    let rows: Vec<(LicenceId,)> = fetch_all!(h, DUE, until)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Supervised deliveries that have waited for the mentor's word since before a time.
pub async fn unsigned(h: &mut impl Handle, before: DateTime<Utc>) -> Result<Vec<(LicenceId, DeliveryId)>, DbError> {
    fetch_all!(h, UNSIGNED, before)
}

/// The licences of a course that were not withdrawn.
pub async fn of_course(h: &mut impl Handle, course: CourseId) -> Result<Vec<LicenceId>, DbError> {
    let rows: Vec<(LicenceId,)> = fetch_all!(h, OF_COURSE, course)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Notes that a letter goes out; false when it went out before.
pub async fn add_letter(
    tx: &mut Tx,
    licence: LicenceId,
    kind: &str,
    about: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, LETTER_ADD, licence, kind, about, now).map(|rows| rows == 1)
}

/// Deliveries of the past that mean something for the licences of a course.
pub async fn past_of_course(h: &mut impl Handle, course: CourseId) -> Result<Vec<DeliveryId>, DbError> {
    let rows: Vec<(DeliveryId,)> = fetch_all!(h, PAST_OF_COURSE, course)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Deliveries of the past that mean something for the licence of a person.
pub async fn past_of_person(
    h: &mut impl Handle,
    course: CourseId,
    person: PersonId,
) -> Result<Vec<DeliveryId>, DbError> {
    let rows: Vec<(DeliveryId,)> = fetch_all!(h, PAST_OF_PERSON, course, person)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
