//! SQL of the catalogue's board. A list and a course page take three statements each, whatever
//! there is in the database; what was given long ago is never read for the list.

use super::model::{DeliveryState, Mode};
use crate::{
    catalogue::model::{Course, CourseKind},
    common::ids::{CourseId, DeliveryId, PersonId},
    fetch_all, fetch_optional,
    platform::db::{DbError, Handle},
    statements,
};
use chrono::NaiveDate;

/// How many past dates a course's page shows.
pub const PAST: usize = 10;

statements! {
    COURSES -> CourseRow = "SELECT c.id, c.slug, c.kind, c.audiences, c.languages, c.minutes, c.days, c.by_nomination,
            COALESCE(a.language, b.language, x.language, 'en') AS text_language,
            COALESCE(a.title, b.title, x.title, c.slug) AS title,
            COALESCE(a.summary, b.summary, x.summary, '') AS summary,
            CAST(CASE WHEN c.folded LIKE $2 THEN 1 ELSE 0 END AS BIGINT) AS found
        FROM course c
        LEFT JOIN course_text a ON a.course_id = c.id AND a.language = $1
        LEFT JOIN course_text b ON b.course_id = c.id AND b.language = 'en'
        LEFT JOIN course_text x ON x.course_id = c.id
            AND x.language = (SELECT MIN(y.language) FROM course_text y WHERE y.course_id = c.id)
        WHERE c.published";
    // What a course needs, where it is offered, which versions of its pack are released.
    FACTS -> (CourseId, String, String) = "SELECT p.course_id, 'needs' AS what, r.slug AS value
            FROM course_prerequisite p JOIN course r ON r.id = p.required_id WHERE r.published
        UNION
        SELECT o.course_id, 'area' AS what, i.area_code AS value
            FROM course_institution o JOIN institution i ON i.id = o.institution_id
        UNION
        SELECT k.course_id, 'pack' AS what, CAST(k.major AS TEXT) || '.' || CAST(k.minor AS TEXT) AS value
            FROM pack k WHERE k.state = 'released'";
    // The partial index delivery_upcoming holds these states alone.
    UPCOMING -> DateRow = "SELECT d.course_id, d.id, d.state, d.mode, d.language, d.area_code, d.place, d.starts_on, d.ends_on, d.date_note,
            d.capacity, d.taken, d.call_closes_on, i.name AS host_name, CAST(0 AS BIGINT) AS past
        FROM delivery d LEFT JOIN institution i ON i.id = d.host_id
        WHERE d.state IN ('call_open', 'selection', 'confirmed', 'running') AND (d.ends_on IS NULL OR d.ends_on >= $1)
        ORDER BY d.starts_on, d.id LIMIT 2000";
    COURSE -> CoursePageRow = "SELECT c.id, c.slug, c.kind, c.audiences, c.languages, c.minutes, c.days, c.attendance_percent, c.modules_required,
            c.by_nomination, c.published, c.version, c.updated_by,
            COALESCE(a.language, b.language, x.language, 'en') AS text_language,
            COALESCE(a.title, b.title, x.title, c.slug) AS title,
            COALESCE(a.summary, b.summary, x.summary, '') AS summary,
            COALESCE(a.objectives, b.objectives, x.objectives, '') AS objectives,
            (SELECT COUNT(*) FROM course_author o WHERE o.course_id = c.id AND o.person_id = $3) AS named
        FROM course c
        LEFT JOIN course_text a ON a.course_id = c.id AND a.language = $2
        LEFT JOIN course_text b ON b.course_id = c.id AND b.language = 'en'
        LEFT JOIN course_text x ON x.course_id = c.id
            AND x.language = (SELECT MIN(y.language) FROM course_text y WHERE y.course_id = c.id)
        WHERE c.slug = $1";
    LINKS -> LinkRow = "SELECT 'needs' AS what, c.slug, COALESCE(a.title, b.title, c.slug) AS name, '' AS area_code
            FROM course_prerequisite p JOIN course c ON c.id = p.required_id
            LEFT JOIN course_text a ON a.course_id = c.id AND a.language = $2
            LEFT JOIN course_text b ON b.course_id = c.id AND b.language = 'en'
            WHERE p.course_id = $1 AND c.published
        UNION ALL
        SELECT 'offers' AS what, i.slug, i.name, i.area_code
            FROM course_institution o JOIN institution i ON i.id = o.institution_id WHERE o.course_id = $1
        ORDER BY what, name";
    // The newest version in the reader's language, or else in English, or else in any.
    OUTLINE -> OutlineRow = "SELECT k.language, k.major, k.minor, m.position, m.title AS module, s.title, s.minutes
        FROM pack k LEFT JOIN pack_module m ON m.pack_id = k.id LEFT JOIN session_plan s ON s.module_id = m.id
        WHERE k.id = (SELECT n.id FROM pack n WHERE n.course_id = $1 AND n.state = 'released'
            ORDER BY CASE WHEN n.language = $2 THEN 0 WHEN n.language = 'en' THEN 1 ELSE 2 END, n.major DESC, n.minor DESC LIMIT 1)
        ORDER BY m.position, m.id, s.position, s.id";
    // Next dates, past ones (the latest ten, and ten without a day, so that there are ten in any case),
    // and how many past ones there are, up to a hundred.
    DATES -> DateRow = "SELECT u.course_id, u.id, u.state, u.mode, u.language, u.area_code, u.place, u.starts_on, u.ends_on, u.date_note,
            u.capacity, u.taken, u.call_closes_on, i.name AS host_name, u.past
        FROM (SELECT d.*, CAST(0 AS BIGINT) AS past FROM delivery d
                WHERE d.course_id = $1 AND d.state IN ('call_open', 'selection', 'confirmed', 'running')
                AND (d.ends_on IS NULL OR d.ends_on >= $2)) u
            LEFT JOIN institution i ON i.id = u.host_id
        UNION ALL
        SELECT v.course_id, v.id, v.state, v.mode, v.language, v.area_code, v.place, v.starts_on, v.ends_on, v.date_note,
            v.capacity, v.taken, v.call_closes_on, i.name AS host_name,
            (SELECT COUNT(*) FROM (SELECT e.id FROM delivery e
                WHERE e.course_id = $1 AND e.state IN ('delivered', 'reported') LIMIT 101) counted) AS past
        FROM delivery v LEFT JOIN institution i ON i.id = v.host_id
        WHERE v.id IN (
            SELECT x.id FROM (SELECT d.id FROM delivery d
                WHERE d.course_id = $1 AND d.state IN ('delivered', 'reported') AND d.starts_on IS NOT NULL
                ORDER BY d.starts_on DESC, d.id DESC LIMIT 10) x
            UNION ALL
            SELECT y.id FROM (SELECT d.id FROM delivery d
                WHERE d.course_id = $1 AND d.state IN ('delivered', 'reported') AND d.starts_on IS NULL
                ORDER BY d.id DESC LIMIT 10) y)";
}

/// A published course of the list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CourseRow {
    /// Its id.
    pub id: CourseId,
    /// Its address in the site.
    pub slug: String,
    /// Its kind.
    pub kind: CourseKind,
    /// For whom, as a list.
    pub audiences: String,
    /// Languages, as a list.
    pub languages: String,
    /// Minutes of teaching.
    pub minutes: i64,
    /// Days.
    pub days: i64,
    /// Whether places go by nomination.
    pub by_nomination: bool,
    /// Language of title and summary.
    pub text_language: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// 1 where the words asked for were found.
    pub found: i64,
}

/// A delivery beside a course.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DateRow {
    /// The course.
    pub course_id: CourseId,
    /// Its id.
    pub id: DeliveryId,
    /// Its state.
    pub state: DeliveryState,
    /// How it is given.
    pub mode: Mode,
    /// Language.
    pub language: String,
    /// Area, where known.
    pub area_code: Option<String>,
    /// Town.
    pub place: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Places in all.
    pub capacity: i64,
    /// Places taken.
    pub taken: i64,
    /// Last day of the call.
    pub call_closes_on: Option<NaiveDate>,
    /// The host's name.
    pub host_name: Option<String>,
    /// 0 for a date to come; otherwise how many past ones there are, up to 101.
    pub past: i64,
}

/// A course for its page.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CoursePageRow {
    /// The record.
    #[sqlx(flatten)]
    pub course: Course,
    /// Language of the texts.
    pub text_language: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Objectives, one a line.
    pub objectives: String,
    /// 1 where the reader is an author.
    pub named: i64,
}

/// A course or institution that a course leads to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LinkRow {
    /// `needs` or `offers`.
    pub what: String,
    /// Address in the site.
    pub slug: String,
    /// Name or title.
    pub name: String,
    /// Area of an institution.
    pub area_code: String,
}

/// A line of a pack's outline; a pack without modules has one line without them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OutlineRow {
    /// Language of the pack.
    pub language: String,
    /// Version before the dot.
    pub major: i64,
    /// Version after the dot.
    pub minor: i64,
    /// Place of the module.
    pub position: Option<i64>,
    /// Title of the module.
    pub module: Option<String>,
    /// Title of the session.
    pub title: Option<String>,
    /// Minutes of the session.
    pub minutes: Option<i64>,
}

/// All published courses; `pattern` marks those whose words are found.
pub async fn courses(h: &mut impl Handle, language: &str, pattern: &str) -> Result<Vec<CourseRow>, DbError> {
    fetch_all!(h, COURSES, language, pattern)
}

/// Course, kind of fact, value.
pub async fn facts(h: &mut impl Handle) -> Result<Vec<(CourseId, String, String)>, DbError> {
    fetch_all!(h, FACTS)
}

/// Deliveries that the public can still expect, earliest first.
pub async fn upcoming(h: &mut impl Handle, today: NaiveDate) -> Result<Vec<DateRow>, DbError> {
    fetch_all!(h, UPCOMING, today)
}

/// A course by its address, and whether a person is its author.
pub async fn course(
    h: &mut impl Handle,
    slug: &str,
    language: &str,
    reader: Option<PersonId>,
) -> Result<Option<CoursePageRow>, DbError> {
    fetch_optional!(h, COURSE, slug, language, reader)
}

/// What a course needs and who offers it.
pub async fn links(h: &mut impl Handle, id: CourseId, language: &str) -> Result<Vec<LinkRow>, DbError> {
    fetch_all!(h, LINKS, id, language)
}

/// The outline of the newest released pack.
pub async fn outline(h: &mut impl Handle, id: CourseId, language: &str) -> Result<Vec<OutlineRow>, DbError> {
    fetch_all!(h, OUTLINE, id, language)
}

/// Next and latest dates of a course.
pub async fn dates(h: &mut impl Handle, id: CourseId, today: NaiveDate) -> Result<Vec<DateRow>, DbError> {
    fetch_all!(h, DATES, id, today)
}
