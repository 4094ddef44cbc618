//! SQL: rubrics, assessments and scores.

use super::model::{AssessorKind, Criterion, Outcome, Rubric};
use crate::{
    common::ids::{AssessmentId, CourseId, DeliveryId, LicenceId, PersonId},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
    trainers::model::LicenceState,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// Persons who can assess a candidate ($2) of a course ($1): possible mentors, and others on the way to a licence.
macro_rules! assessors {
    () => {
        "person p JOIN account a ON a.person_id = p.id AND NOT a.disabled
        WHERE p.id <> $2 AND (EXISTS (SELECT 1 FROM licence l WHERE l.person_id = p.id AND l.course_id = $1 AND l.state <> 'withdrawn')
            OR EXISTS (SELECT 1 FROM course_author u WHERE u.person_id = p.id AND u.course_id = $1)
            OR EXISTS (SELECT 1 FROM licence_route r JOIN delivery d ON d.course_id = r.by_course_id
                JOIN delivery_trainer t ON t.delivery_id = d.id
                WHERE r.course_id = $1 AND r.kind = 'train' AND t.person_id = p.id))"
    };
}

/// Deliveries that a candidate ($1) trained or took part in.
macro_rules! taken_part {
    () => {
        "delivery d WHERE (EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.delivery_id = d.id AND t.person_id = $1)
            OR EXISTS (SELECT 1 FROM enrolment e WHERE e.delivery_id = d.id AND e.person_id = $1))"
    };
}

statements! {
    LATEST -> RubricRow = "SELECT id, number, scale, pass_mark, spread FROM rubric WHERE course_id = $1 ORDER BY number DESC LIMIT 1";
    CRITERIA -> (String, i64, String) = "SELECT title, weight, levels FROM rubric_criterion WHERE rubric_id = $1 ORDER BY position, id";
    RUBRIC_ADD = "INSERT INTO rubric (id, course_id, number, scale, pass_mark, spread, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    CRITERION_ADD = "INSERT INTO rubric_criterion (id, rubric_id, position, title, weight, levels) VALUES ($1, $2, $3, $4, $5, $6)";
    ASSESSMENT -> Assessment = "SELECT q.id, q.licence_id, l.person_id, l.course_id, l.state, c.slug AS course_slug,
            COALESCE((SELECT x.title FROM course_text x WHERE x.course_id = c.id AND x.language IN ($2, 'en')
                ORDER BY CASE WHEN x.language = $2 THEN 0 ELSE 1 END LIMIT 1), c.slug) AS course_title,
            p.given_name || ' ' || p.family_name AS name, r.number, r.scale, r.pass_mark, r.spread,
            q.delivery_id, d.title AS delivery_title, q.part, q.held_on, q.outcome, q.reason, q.released, q.decided_at,
            q.decided_by_name, q.invented
        FROM assessment q JOIN licence l ON l.id = q.licence_id JOIN course c ON c.id = l.course_id
        JOIN person p ON p.id = l.person_id JOIN rubric r ON r.id = q.rubric_id LEFT JOIN delivery d ON d.id = q.delivery_id
        WHERE q.id = $1";
    // Takes the row, so that nobody decides or sends meanwhile.
    HOLD = "UPDATE assessment SET reason = reason WHERE id = $1";
    ADD = "INSERT INTO assessment (id, licence_id, rubric_id, delivery_id, part, held_on, created_at, created_by, invented)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    DECIDE = "UPDATE assessment SET outcome = $2, reason = $3, released = $4, decided_at = $5, decided_by = $6, decided_by_name = $7
        WHERE id = $1 AND outcome IS NULL";
    ASSESSORS -> AssessorRow = "SELECT s.person_id, p.given_name || ' ' || p.family_name AS name, s.kind, s.remark, s.sent_at
        FROM assessor s JOIN person p ON p.id = s.person_id WHERE s.assessment_id = $1 ORDER BY s.kind, p.folded, p.id";
    ASSESSOR_ADD = "INSERT INTO assessor (assessment_id, person_id, kind) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    ASSESSOR_SCORES_CLEAR = "DELETE FROM assessment_score WHERE assessment_id = $1 AND person_id = $2";
    ASSESSOR_REMOVE = "DELETE FROM assessor WHERE assessment_id = $1 AND person_id = $2 AND sent_at IS NULL";
    ASSESSOR_SET = "UPDATE assessor SET remark = $3, sent_at = $4 WHERE assessment_id = $1 AND person_id = $2 AND sent_at IS NULL";
    // Each criterion with each score that it has, or with none.
    SHEETS -> SheetRow = "SELECT c.id, c.title, c.weight, c.levels, s.person_id, s.score, s.note
        FROM assessment q JOIN rubric_criterion c ON c.rubric_id = q.rubric_id
        LEFT JOIN assessment_score s ON s.assessment_id = q.id AND s.criterion_id = c.id
        WHERE q.id = $1 ORDER BY c.position, c.id, s.person_id";
    SCORE_SET = "INSERT INTO assessment_score (assessment_id, person_id, criterion_id, score, note) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (assessment_id, person_id, criterion_id) DO UPDATE SET score = excluded.score, note = excluded.note";
    // The first of them, to choose from; who may assess is asked by MAY_ASSESS.
    POSSIBLE -> (PersonId, String) = concat!("SELECT p.id, p.given_name || ' ' || p.family_name AS name FROM ", assessors!(), " ORDER BY p.folded, p.id LIMIT 300");
    MAY_ASSESS -> (i64,) = concat!("SELECT COUNT(*) FROM ", assessors!(), " AND p.id = $3");
    // The latest, to choose from; whether the candidate was in one is asked by TOOK_PART.
    DELIVERIES -> (DeliveryId, String) = concat!("SELECT d.id, d.title FROM ", taken_part!(), " ORDER BY d.starts_on IS NULL, d.starts_on DESC, d.id DESC LIMIT 30");
    TOOK_PART -> (i64,) = concat!("SELECT COUNT(*) FROM ", taken_part!(), " AND d.id = $2");
    TO_SCORE -> (AssessmentId, String, String) = "SELECT q.id, p.given_name || ' ' || p.family_name AS name,
            COALESCE((SELECT x.title FROM course_text x WHERE x.course_id = c.id AND x.language IN ($2, 'en')
                ORDER BY CASE WHEN x.language = $2 THEN 0 ELSE 1 END LIMIT 1), c.slug) AS course_title
        FROM assessor s JOIN assessment q ON q.id = s.assessment_id JOIN licence l ON l.id = q.licence_id
        JOIN person p ON p.id = l.person_id JOIN course c ON c.id = l.course_id
        WHERE s.person_id = $1 AND s.sent_at IS NULL AND q.outcome IS NULL ORDER BY q.created_at, q.id";
    LETTER_TO -> (String, String, Option<String>) = "SELECT p.given_name || ' ' || p.family_name AS name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language
        FROM person p LEFT JOIN account a ON a.person_id = p.id WHERE p.id = $1";
}

#[derive(sqlx::FromRow)]
struct RubricRow {
    id: Uuid,
    number: i64,
    scale: i64,
    pass_mark: i64,
    spread: i64,
}

/// The rubric that stands for a course: its id and number, and what it says.
pub async fn latest(h: &mut impl Handle, course: CourseId) -> Result<Option<(Uuid, i64, Rubric)>, DbError> {
    let row: Option<RubricRow> = fetch_optional!(h, LATEST, course)?;
    let Some(RubricRow { id, number, scale, pass_mark, spread }) = row else { return Ok(None) };
    let rows: Vec<(String, i64, String)> = fetch_all!(h, CRITERIA, id)?;
    let criteria = rows.into_iter().map(|(title, weight, levels)| Criterion { title, weight, levels }).collect();
    Ok(Some((id, number, Rubric { scale, pass_mark, spread, criteria })))
}

/// Adds a rubric with its number and the ids of its criteria; false when somebody else has added one of that
/// number.
pub async fn add_rubric(
    tx: &mut Tx,
    (id, criteria): (Uuid, &[Uuid]),
    (course, number): (CourseId, i64),
    rubric: &Rubric,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let (scale, mark, spread) = (rubric.scale, rubric.pass_mark, rubric.spread);
    if execute!(tx, RUBRIC_ADD, id, course, number, scale, mark, spread, now, by)? == 0 {
        return Ok(false);
    }
    for ((position, criterion), new) in (1_i64..).zip(&rubric.criteria).zip(criteria) {
        execute!(tx, CRITERION_ADD, *new, id, position, &criterion.title, criterion.weight, &criterion.levels)?;
    }
    Ok(true)
}

/// An assessment with its candidate and rubric.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Assessment {
    /// Its id.
    pub id: AssessmentId,
    /// The licence.
    pub licence_id: LicenceId,
    /// The candidate.
    pub person_id: PersonId,
    /// The course.
    pub course_id: CourseId,
    /// How far the licence has come.
    pub state: LicenceState,
    /// The course's address in the site.
    pub course_slug: String,
    /// The course's title.
    pub course_title: String,
    /// The candidate's name.
    pub name: String,
    /// The rubric's number.
    pub number: i64,
    /// Scores go from 1 to this.
    pub scale: i64,
    /// The mean expected, in hundredths.
    pub pass_mark: i64,
    /// From what difference on assessors disagree.
    pub spread: i64,
    /// The delivery.
    pub delivery_id: Option<DeliveryId>,
    /// Its title.
    pub delivery_title: Option<String>,
    /// What was taught.
    pub part: String,
    /// When.
    pub held_on: Option<NaiveDate>,
    /// What was decided.
    pub outcome: Option<Outcome>,
    /// Why.
    pub reason: String,
    /// Whether the candidate reads the notes.
    pub released: bool,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// By whom.
    pub decided_by_name: String,
    /// Whether the demonstration invented it.
    pub invented: bool,
}

/// An assessment.
pub async fn assessment(h: &mut impl Handle, id: AssessmentId, language: &str) -> Result<Option<Assessment>, DbError> {
    fetch_optional!(h, ASSESSMENT, id, language)
}

/// Holds an assessment until the commit.
pub async fn hold(tx: &mut Tx, id: AssessmentId) -> Result<bool, DbError> {
    execute!(tx, HOLD, id).map(|rows| rows == 1)
}

/// An assessment to open.
pub struct NewAssessment<'a> {
    /// Its id.
    pub id: AssessmentId,
    /// The licence.
    pub licence: LicenceId,
    /// The rubric.
    pub rubric: Uuid,
    /// The delivery.
    pub delivery: Option<DeliveryId>,
    /// What was taught.
    pub part: &'a str,
    /// When.
    pub held_on: Option<NaiveDate>,
    /// Whether the demonstration invented it.
    pub invented: bool,
}

/// Opens an assessment; a unique violation when one is open.
pub async fn add(tx: &mut Tx, n: &NewAssessment<'_>, by: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, ADD, n.id, n.licence, n.rubric, n.delivery, n.part, n.held_on, now, by, n.invented).map(|_| ())
}

/// Decides an assessment; false when it was.
pub async fn decide(
    tx: &mut Tx,
    id: AssessmentId,
    (outcome, reason, released): (Outcome, &str, bool),
    by: (PersonId, &str),
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, DECIDE, id, outcome, reason, released, now, by.0, by.1).map(|rows| rows == 1)
}

/// Who assesses.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AssessorRow {
    /// Who.
    pub person_id: PersonId,
    /// By name.
    pub name: String,
    /// As whom.
    pub kind: AssessorKind,
    /// What is said beside the criteria.
    pub remark: String,
    /// When the scores were sent.
    pub sent_at: Option<DateTime<Utc>>,
}

/// Who assesses.
pub async fn assessors(h: &mut impl Handle, id: AssessmentId) -> Result<Vec<AssessorRow>, DbError> {
    fetch_all!(h, ASSESSORS, id)
}

/// Adds an assessor; false when they are one.
pub async fn add_assessor(
    tx: &mut Tx,
    id: AssessmentId,
    person: PersonId,
    kind: AssessorKind,
) -> Result<bool, DbError> {
    execute!(tx, ASSESSOR_ADD, id, person, kind).map(|rows| rows == 1)
}

/// Takes an assessor off who has not sent anything; false for anybody else.
pub async fn remove_assessor(tx: &mut Tx, id: AssessmentId, person: PersonId) -> Result<bool, DbError> {
    execute!(tx, ASSESSOR_SCORES_CLEAR, id, person)?;
    execute!(tx, ASSESSOR_REMOVE, id, person).map(|rows| rows == 1)
}

/// Writes an assessor's remark and, when sent, that nothing changes any more; false when it was sent before.
pub async fn set_assessor(
    tx: &mut Tx,
    id: AssessmentId,
    person: PersonId,
    remark: &str,
    sent_at: Option<DateTime<Utc>>,
) -> Result<bool, DbError> {
    execute!(tx, ASSESSOR_SET, id, person, remark, sent_at).map(|rows| rows == 1)
}

/// A criterion with one of its scores, or with none.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SheetRow {
    /// The criterion.
    pub id: Uuid,
    /// What is looked at.
    pub title: String,
    /// How much it counts.
    pub weight: i64,
    /// What each score means.
    pub levels: String,
    /// Whose score.
    pub person_id: Option<PersonId>,
    /// The score.
    pub score: Option<i64>,
    /// The note.
    pub note: Option<String>,
}

/// Criteria and scores of an assessment. One statement.
pub async fn sheets(h: &mut impl Handle, id: AssessmentId) -> Result<Vec<SheetRow>, DbError> {
    fetch_all!(h, SHEETS, id)
}

/// Writes a score.
pub async fn set_score(
    tx: &mut Tx,
    id: AssessmentId,
    person: PersonId,
    criterion: Uuid,
    (score, note): (Option<i64>, &str),
) -> Result<(), DbError> {
    execute!(tx, SCORE_SET, id, person, criterion, score, note).map(|_| ())
}

/// Who can assess a candidate for a course.
pub async fn possible(
    h: &mut impl Handle,
    course: CourseId,
    candidate: PersonId,
) -> Result<Vec<(PersonId, String)>, DbError> {
    fetch_all!(h, POSSIBLE, course, candidate)
}

/// Whether somebody may assess a candidate (of whose licence the course and the person are given).
pub async fn may_assess(
    h: &mut impl Handle,
    (course, candidate): (CourseId, PersonId),
    person: PersonId,
) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, MAY_ASSESS, course, candidate, person)?;
    Ok(count > 0)
}

/// Whether a candidate trained or took part in a delivery.
pub async fn took_part(h: &mut impl Handle, candidate: PersonId, delivery: DeliveryId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, TOOK_PART, candidate, delivery)?;
    Ok(count > 0)
}

/// Deliveries that a candidate trained or took part in, latest first.
pub async fn deliveries(h: &mut impl Handle, person: PersonId) -> Result<Vec<(DeliveryId, String)>, DbError> {
    fetch_all!(h, DELIVERIES, person)
}

/// Assessments that wait for somebody's scores: which, whose, of which course.
pub async fn to_score(
    h: &mut impl Handle,
    person: PersonId,
    language: &str,
) -> Result<Vec<(AssessmentId, String, String)>, DbError> {
    fetch_all!(h, TO_SCORE, person, language)
}

/// Name, address and language of somebody who gets a letter.
pub async fn letter_to(
    h: &mut impl Handle,
    person: PersonId,
) -> Result<Option<(String, String, Option<String>)>, DbError> {
    fetch_optional!(h, LETTER_TO, person)
}
