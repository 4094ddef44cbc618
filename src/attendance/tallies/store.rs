//! SQL: people counted without names.

use super::model::{Act, Given, TallyState};
use crate::{
    attendance::counts::model::Heads,
    common::ids::{CourseId, DeliveryId, FileId, InstitutionId, PersonId, ProjectId, TallyId},
    execute, fetch_all, fetch_optional,
    people::model::{Profession, Sex},
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// What every page says of a count, for SELECT: `$lang` is the bind with the language.
macro_rules! tally {
    ($lang:literal) => {
        concat!(
            "SELECT t.id, t.institution_id, i.name AS institution_name, i.slug AS institution_slug, t.delivery_id, t.course_id,
            (SELECT x.title FROM course_text x WHERE x.course_id = t.course_id AND x.language IN (",
            $lang,
            ", 'en') ORDER BY CASE WHEN x.language = ",
            $lang,
            " THEN 0 ELSE 1 END LIMIT 1) AS course_title, t.title, t.area_code,
            COALESCE((SELECT n.name FROM area_name n WHERE n.area_code = t.area_code AND n.language IN (",
            $lang,
            ", 'en') AND n.starts_on <= t.starts_on ORDER BY CASE WHEN n.language = ",
            $lang,
            " THEN 0 ELSE 1 END, n.starts_on DESC LIMIT 1), t.area_code) AS area_name,
            t.place, t.starts_on, t.ends_on, t.total, t.state, t.entered_by, t.entered_by_name, t.entered_at, t.verified_by_name,
            t.verified_at, t.version,
            (SELECT COUNT(*) FROM tally_evidence e WHERE e.tally_id = t.id AND e.withdrawn_at IS NULL) AS evidence,
            (SELECT string_agg(p.title, '; ') FROM project p WHERE p.id IN (SELECT y.project_id FROM tally_project y WHERE y.tally_id = t.id)
                OR p.id IN (SELECT z.project_id FROM delivery_project z WHERE z.delivery_id = t.delivery_id)) AS projects
        FROM tally t JOIN institution i ON i.id = t.institution_id "
        )
    };
}

statements! {
    ONE -> TallyRow = concat!(tally!("$2"), "WHERE t.id = $1");
    OF_DELIVERY -> (TallyId,) = "SELECT t.id FROM tally t WHERE t.delivery_id = $1 AND t.state <> 'withdrawn'";
    LIST -> TallyRow = concat!(tally!("$1"), "WHERE ($2 OR t.institution_id IN (SELECT g.institution_id FROM role_grant g WHERE g.person_id = $3
            AND g.role = 'institution_administrator' AND g.ended_at IS NULL))
        AND ($4 = '' OR i.slug = $4) AND ($5 = '' OR t.state = $5) AND t.id < $6 ORDER BY t.id DESC LIMIT 51");
    INSTITUTIONS -> InstitutionRow = "SELECT i.id, i.name, i.slug, i.area_code FROM institution i
        WHERE $1 OR i.id IN (SELECT g.institution_id FROM role_grant g WHERE g.person_id = $2
            AND g.role = 'institution_administrator' AND g.ended_at IS NULL)
        ORDER BY i.name, i.id";
    COURSES -> (CourseId, String) = "SELECT c.id, COALESCE((SELECT x.title FROM course_text x WHERE x.course_id = c.id AND x.language IN ($1, 'en')
            ORDER BY CASE WHEN x.language = $1 THEN 0 ELSE 1 END LIMIT 1), c.slug) AS title
        FROM course c WHERE c.published ORDER BY 2, 1";
    LINES -> Heads = "SELECT area_code, profession, sex, people FROM tally_line WHERE tally_id = $1 ORDER BY area_code, profession, sex";
    NAMED_LINES -> (String, Profession, Sex, i64, String) = "SELECT l.area_code, l.profession, l.sex, l.people,
            COALESCE((SELECT n.name FROM area_name n WHERE n.area_code = l.area_code AND n.language IN ($2, 'en') AND n.starts_on <= t.starts_on
                ORDER BY CASE WHEN n.language = $2 THEN 0 ELSE 1 END, n.starts_on DESC LIMIT 1), l.area_code) AS area_name
        FROM tally_line l JOIN tally t ON t.id = l.tally_id WHERE l.tally_id = $1 ORDER BY 5, l.area_code, l.profession, l.sex";
    PAYERS -> (ProjectId,) = "SELECT project_id FROM tally_project WHERE tally_id = $1";
    // The half-day with the most people of a delivery that keeps no names: at least so many came.
    FULLEST -> Heads = "SELECT l.area_code, l.profession, l.sex, l.people FROM head_count_line l WHERE l.head_count_id = (
            SELECT c.id FROM head_count c JOIN slot s ON s.id = c.slot_id
            WHERE s.delivery_id = $1 AND s.cancelled_at IS NULL AND NOT EXISTS (SELECT 1 FROM head_count y WHERE y.slot_id = c.slot_id
                AND (y.counted_at > c.counted_at OR (y.counted_at = c.counted_at AND y.id > c.id)))
            ORDER BY c.total DESC, c.id LIMIT 1)
        ORDER BY l.area_code, l.profession, l.sex";
    EVIDENCE -> EvidenceRow = "SELECT e.id, e.title, f.name, f.media_type, f.size, f.sha256, e.added_by_name, e.added_at, e.withdrawn_by_name, e.withdrawn_at,
            e.withdrawn_reason
        FROM tally_evidence e JOIN file f ON f.id = e.file_id WHERE e.tally_id = $1 ORDER BY e.added_at, e.id";
    EVIDENCE_FILE -> (FileId,) = "SELECT e.file_id FROM tally_evidence e WHERE e.id = $1 AND e.tally_id = $2";
    EVIDENCE_ADD = "INSERT INTO tally_evidence (id, tally_id, file_id, title, added_by_name, added_at) VALUES ($1, $2, $3, $4, $5, $6)";
    EVIDENCE_WITHDRAW = "UPDATE tally_evidence SET withdrawn_by_name = $3, withdrawn_at = $4, withdrawn_reason = $5
        WHERE id = $1 AND tally_id = $2 AND withdrawn_at IS NULL";
    STEPS -> StepRow = "SELECT act, total, note, by_name, at FROM tally_step WHERE tally_id = $1 ORDER BY at, id";

    ADD = "INSERT INTO tally (id, institution_id, delivery_id, course_id, title, area_code, place, starts_on, ends_on, total, state,
            entered_by, entered_by_name, entered_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'unverified', $11, $12, $13)";
    // Takes the row: what is read after it is what is written upon.
    HOLD = "UPDATE tally SET version = version + 1 WHERE id = $1";
    CHANGE = "UPDATE tally SET course_id = $2, title = $3, area_code = $4, place = $5, starts_on = $6, ends_on = $7, total = $8,
            state = 'unverified', verified_at = NULL, verified_by_name = '', entered_by = $9, entered_by_name = $10, entered_at = $11
        WHERE id = $1";
    SET_STATE = "UPDATE tally SET state = $2, verified_by_name = $3, verified_at = $4 WHERE id = $1";
    LINES_CLEAR = "DELETE FROM tally_line WHERE tally_id = $1";
    LINE_ADD = "INSERT INTO tally_line (tally_id, area_code, profession, sex, people) VALUES ($1, $2, $3, $4, $5)";
    PAYERS_CLEAR = "DELETE FROM tally_project WHERE tally_id = $1";
    PAYER_ADD = "INSERT INTO tally_project (tally_id, project_id) VALUES ($1, $2)";
    STEP_ADD = "INSERT INTO tally_step (id, tally_id, act, total, note, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
}

/// A count.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TallyRow {
    /// Its id.
    pub id: TallyId,
    /// Who gave it.
    pub institution_id: InstitutionId,
    /// Its name.
    pub institution_name: String,
    /// Its address in the site.
    pub institution_slug: String,
    /// Our delivery.
    pub delivery_id: Option<DeliveryId>,
    /// Our course.
    pub course_id: Option<CourseId>,
    /// The course's title.
    pub course_title: Option<String>,
    /// What was given, in words.
    pub title: String,
    /// Where.
    pub area_code: String,
    /// The area's name then.
    pub area_name: String,
    /// The town.
    pub place: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// How many people.
    pub total: i64,
    /// Its state.
    pub state: TallyState,
    /// Who entered it, or changed it last.
    pub entered_by: PersonId,
    /// By name.
    pub entered_by_name: String,
    /// When.
    pub entered_at: DateTime<Utc>,
    /// Who confirmed it.
    pub verified_by_name: String,
    /// When.
    pub verified_at: Option<DateTime<Utc>>,
    /// Grows with everything that is done to it.
    pub version: i64,
    /// Pieces of evidence that stand.
    pub evidence: i64,
    /// Titles of the projects that paid, parted by semicolons.
    pub projects: Option<String>,
}

/// One count.
pub async fn one(h: &mut impl Handle, id: TallyId, language: &str) -> Result<Option<TallyRow>, DbError> {
    fetch_optional!(h, ONE, id, language)
}

/// The count of one of our deliveries, if it has one.
pub async fn of_delivery(h: &mut impl Handle, delivery: DeliveryId) -> Result<Option<TallyId>, DbError> {
    let found: Option<(TallyId,)> = fetch_optional!(h, OF_DELIVERY, delivery)?;
    Ok(found.map(|(id,)| id))
}

/// As many counts as a page shows; one more is read to know whether there is another page.
pub const PAGE: usize = 50;

/// A page of the counts of all institutions, or of those somebody administers; the latest first.
pub async fn list(
    h: &mut impl Handle,
    language: &str,
    (all, person): (bool, PersonId),
    (institution, state): (&str, &str),
    before: Uuid,
) -> Result<Vec<TallyRow>, DbError> {
    fetch_all!(h, LIST, language, all, person, institution, state, before)
}

/// An institution to choose: id, name, address and area.
pub type InstitutionRow = (InstitutionId, String, String, String);

/// The institutions somebody may enter counts for.
pub async fn institutions(h: &mut impl Handle, all: bool, person: PersonId) -> Result<Vec<InstitutionRow>, DbError> {
    fetch_all!(h, INSTITUTIONS, all, person)
}

/// Our courses: id and title.
pub async fn courses(h: &mut impl Handle, language: &str) -> Result<Vec<(CourseId, String)>, DbError> {
    fetch_all!(h, COURSES, language)
}

/// What a count says.
pub async fn lines(h: &mut impl Handle, id: TallyId) -> Result<Vec<Heads>, DbError> {
    fetch_all!(h, LINES, id)
}

/// What a count says, with the areas' names.
pub async fn named_lines(
    h: &mut impl Handle,
    id: TallyId,
    language: &str,
) -> Result<Vec<(String, Profession, Sex, i64, String)>, DbError> {
    fetch_all!(h, NAMED_LINES, id, language)
}

/// The projects that paid for what is not a delivery of ours.
pub async fn payers(h: &mut impl Handle, id: TallyId) -> Result<Vec<ProjectId>, DbError> {
    let rows: Vec<(ProjectId,)> = fetch_all!(h, PAYERS, id)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The half-day with the most people of a delivery.
pub async fn fullest(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<Heads>, DbError> {
    fetch_all!(h, FULLEST, delivery)
}

/// A piece of evidence.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EvidenceRow {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub title: String,
    /// The file's name.
    pub name: String,
    /// The file's media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size: i64,
    /// The hash of its bytes.
    pub sha256: String,
    /// Who attached it.
    pub added_by_name: String,
    /// When.
    pub added_at: DateTime<Utc>,
    /// Who withdrew it.
    pub withdrawn_by_name: Option<String>,
    /// When.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why.
    pub withdrawn_reason: Option<String>,
}

/// The evidence of a count, what was withdrawn too.
pub async fn evidence(h: &mut impl Handle, id: TallyId) -> Result<Vec<EvidenceRow>, DbError> {
    fetch_all!(h, EVIDENCE, id)
}

/// The file of a piece of evidence.
pub async fn evidence_file(h: &mut impl Handle, piece: Uuid, tally: TallyId) -> Result<Option<FileId>, DbError> {
    let found: Option<(FileId,)> = fetch_optional!(h, EVIDENCE_FILE, piece, tally)?;
    Ok(found.map(|(id,)| id))
}

/// Attaches a piece of evidence.
pub async fn add_evidence(
    tx: &mut Tx,
    id: Uuid,
    tally: TallyId,
    file: FileId,
    title: &str,
    (by, at): (&str, DateTime<Utc>),
) -> Result<(), DbError> {
    execute!(tx, EVIDENCE_ADD, id, tally, file, title, by, at).map(|_| ())
}

/// Withdraws a piece of evidence; false when it was before.
pub async fn withdraw_evidence(
    tx: &mut Tx,
    id: Uuid,
    tally: TallyId,
    (by, at): (&str, DateTime<Utc>),
    reason: &str,
) -> Result<bool, DbError> {
    execute!(tx, EVIDENCE_WITHDRAW, id, tally, by, at, reason).map(|rows| rows == 1)
}

/// What was done to a count.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepRow {
    /// What.
    pub act: Act,
    /// How many people it then had.
    pub total: i64,
    /// A reason or a title.
    pub note: String,
    /// Who did it.
    pub by_name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Everything that was done to a count, the oldest first.
pub async fn steps(h: &mut impl Handle, id: TallyId) -> Result<Vec<StepRow>, DbError> {
    fetch_all!(h, STEPS, id)
}

/// Notes what is done to a count.
pub async fn add_step(
    tx: &mut Tx,
    id: Uuid,
    tally: TallyId,
    (act, total, note): (Act, i64, &str),
    (by, at): (&str, DateTime<Utc>),
) -> Result<(), DbError> {
    execute!(tx, STEP_ADD, id, tally, act, total, note, by, at).map(|_| ())
}

/// Adds a count; a unique violation when it was sent before or the delivery has one.
pub async fn add(
    tx: &mut Tx,
    id: TallyId,
    delivery: Option<DeliveryId>,
    it: &Given,
    total: i64,
    (person, by, at): (PersonId, &str, DateTime<Utc>),
) -> Result<(), DbError> {
    execute!(
        tx,
        ADD,
        id,
        it.institution,
        delivery,
        it.course,
        &it.title,
        &it.area,
        &it.place,
        it.starts_on,
        it.ends_on,
        total,
        person,
        by,
        at
    )
    .map(|_| ())
}

/// Takes hold of a count for the rest of the transaction; false when there is none.
pub async fn hold(tx: &mut Tx, id: TallyId) -> Result<bool, DbError> {
    execute!(tx, HOLD, id).map(|rows| rows == 1)
}

/// Changes a count, which is unverified from then on.
pub async fn change(
    tx: &mut Tx,
    id: TallyId,
    it: &Given,
    total: i64,
    (person, by, at): (PersonId, &str, DateTime<Utc>),
) -> Result<(), DbError> {
    execute!(tx, CHANGE, id, it.course, &it.title, &it.area, &it.place, it.starts_on, it.ends_on, total, person, by, at)
        .map(|_| ())
}

/// Sets a count's state, with who confirmed it and when, where that is what it says.
pub async fn set_state(
    tx: &mut Tx,
    id: TallyId,
    state: TallyState,
    confirmed: Option<(&str, DateTime<Utc>)>,
) -> Result<(), DbError> {
    let (by, at) = confirmed.unzip();
    execute!(tx, SET_STATE, id, state, by.unwrap_or_default(), at).map(|_| ())
}

/// Writes what a count says, and which projects paid.
pub async fn set_lines(tx: &mut Tx, id: TallyId, heads: &[Heads], projects: &[ProjectId]) -> Result<(), DbError> {
    execute!(tx, LINES_CLEAR, id)?;
    for it in heads {
        execute!(tx, LINE_ADD, id, &it.area_code, it.profession, it.sex, it.people)?;
    }
    execute!(tx, PAYERS_CLEAR, id)?;
    for project in projects {
        execute!(tx, PAYER_ADD, id, *project)?;
    }
    Ok(())
}
