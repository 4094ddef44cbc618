//! SQL: the cascade as its pages read it. A few indexed statements, however large the tree.

use super::{growth::Counts, model::Kind};
use crate::{
    common::ids::CohortId,
    fetch_all, fetch_optional,
    platform::db::{DbError, Handle},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// The title of the course $3, in the language $2.
macro_rules! narrowed {
    () => {
        "(SELECT COALESCE(kt.title, ke.title, k.slug) FROM course k LEFT JOIN course_text kt ON kt.course_id = k.id AND kt.language = $2
            LEFT JOIN course_text ke ON ke.course_id = k.id AND ke.language = 'en' WHERE k.slug = $3) AS course_title"
    };
}

statements! {
    OF_COHORT -> HeadRow = concat!("SELECT c.id, c.title, s.undated, s.refreshed_at, ", narrowed!(), "
        FROM cohort c LEFT JOIN cascade_scope s ON s.scope_id = c.id WHERE c.id = $1");
    OF_PROJECT -> HeadRow = concat!("SELECT c.id, c.title, s.undated, s.refreshed_at, ", narrowed!(), "
        FROM project c LEFT JOIN cascade_scope s ON s.scope_id = c.id WHERE c.key = $1");
    OF_COURSE -> HeadRow = concat!("SELECT c.id, COALESCE((SELECT t.title FROM course_text t WHERE t.course_id = c.id AND t.language = $2),
            (SELECT t.title FROM course_text t WHERE t.course_id = c.id AND t.language = 'en'), c.slug) AS title, s.undated, s.refreshed_at, ",
            narrowed!(), "
        FROM course c LEFT JOIN cascade_scope s ON s.scope_id = c.id WHERE c.slug = $1");
    /// Everything that has a cascade, with its numbers from the first generation on.
    ALL -> ScopeLine = "SELECT s.scope_id AS id, s.kind, COALESCE(p.key, o.slug, '') AS key, COALESCE(c.title, p.title,
            (SELECT t.title FROM course_text t WHERE t.course_id = o.id AND t.language = $1),
            (SELECT t.title FROM course_text t WHERE t.course_id = o.id AND t.language = 'en'), o.slug, '') AS title,
            COALESCE(k.deliveries, 0) AS deliveries, COALESCE(k.trainers, 0) AS trainers, COALESCE(k.participations, 0) AS participations,
            COALESCE(k.persons, 0) AS persons, COALESCE(k.sealed, 0) AS sealed, COALESCE(k.heads, 0) AS heads,
            COALESCE(k.by_trainers, 0) AS by_trainers, COALESCE(k.by_payers, 0) AS by_payers
        FROM cascade_scope s LEFT JOIN cascade_cell k ON k.scope_id = s.scope_id AND k.generation = -1 AND k.area_code = '*'
            AND k.year = -1 AND k.course_slug = '*'
        LEFT JOIN cohort c ON c.id = s.scope_id LEFT JOIN project p ON p.id = s.scope_id LEFT JOIN course o ON o.id = s.scope_id
        ORDER BY s.kind, 4, s.scope_id LIMIT 300";
    /// Bound: scope, generation, area, year, course, language, the days that the year begins and ends with. Generations
    /// and areas of the year and the course, years and courses of what else is asked. People whom institutions counted
    /// as a whole are read with the cells and stand in columns of their own: what comes of a count is never in the row of
    /// a cell. A count belongs to the tree in which its delivery is, to the projects that paid for it and to its course.
    CELLS -> CellRow = "SELECT 'cross' AS part, generation, area_code, year, course_slug, '' AS title, deliveries, trainers, participations,
            persons, sealed, heads, by_trainers, by_payers, CAST(0 AS BIGINT) AS confirmed, CAST(0 AS BIGINT) AS unverified
        FROM cascade_cell WHERE scope_id = $1 AND year = $4 AND course_slug = $5
        UNION ALL
        SELECT 'year', generation, area_code, year, course_slug, '', deliveries, trainers, participations, persons, sealed,
            heads, by_trainers, by_payers, 0, 0
        FROM cascade_cell WHERE scope_id = $1 AND generation = $2 AND area_code = $3 AND course_slug = $5 AND year <> -1
        UNION ALL
        SELECT 'course', k.generation, k.area_code, k.year, k.course_slug, COALESCE(t.title, e.title, k.course_slug), k.deliveries,
            k.trainers, k.participations, k.persons, k.sealed, k.heads, k.by_trainers, k.by_payers, 0, 0
        FROM cascade_cell k JOIN course c ON c.slug = k.course_slug
        LEFT JOIN course_text t ON t.course_id = c.id AND t.language = $6
        LEFT JOIN course_text e ON e.course_id = c.id AND e.language = 'en'
        WHERE k.scope_id = $1 AND k.generation = $2 AND k.area_code = $3 AND k.year = $4
        UNION ALL
        SELECT 'tally', -1, '*', -1, '*', '', 0, 0, 0, 0, 0, 0, 0, 0,
            CAST(COALESCE(SUM(CASE WHEN w.state = 'verified' THEN l.people ELSE 0 END), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN w.state = 'verified' THEN 0 ELSE l.people END), 0) AS BIGINT)
        FROM tally w JOIN tally_line l ON l.tally_id = w.id LEFT JOIN course o ON o.id = w.course_id
        LEFT JOIN cascade_delivery x ON x.scope_id = $1 AND x.delivery_id = w.delivery_id
        WHERE w.state <> 'withdrawn' AND (x.generation = $2 OR ($2 = -1 AND COALESCE(x.generation, 1) >= 1))
            AND ($3 = '*' OR l.area_code = $3) AND ($5 = '*' OR o.slug = $5) AND w.starts_on >= $7 AND w.starts_on <= $8
            AND (x.scope_id IS NOT NULL OR w.course_id = $1
                OR EXISTS (SELECT 1 FROM tally_project y WHERE y.tally_id = w.id AND y.project_id = $1)
                OR EXISTS (SELECT 1 FROM delivery_project z WHERE z.delivery_id = w.delivery_id AND z.project_id = $1))";
    /// All generations, areas and years of a course, for a file.
    CROSS -> CellRow = "SELECT 'cross' AS part, generation, area_code, year, course_slug, '' AS title, deliveries, trainers, participations, persons,
            sealed, heads, by_trainers, by_payers FROM cascade_cell
        WHERE scope_id = $1 AND course_slug = $5 AND ($2 = -1 OR generation = $2) AND ($3 = '*' OR area_code = $3)
            AND ($4 = -1 OR year = $4) ORDER BY generation, area_code, year";
    /// What is open in the picture, at most eight of a kind with how many there are; see `picture`. SQLite takes tables
    /// that are joined crosswise in the order in which they stand: from the few trainers, not from all deliveries. Bound: scope, year
    /// and course of deliveries, areas as `;AL;BA;`, since when a trainer is active; then eight trainers and eight
    /// deliveries that are open. Eight graduates or fewer are shown without their areas.
    OPEN -> OpenRow = "SELECT 'area' AS part, t.area_code, CAST(NULL AS UUID) AS parent_id, CAST(NULL AS UUID) AS id, '' AS label,
            CAST(NULL AS DATE) AS day, 0 AS generation, COUNT(CASE WHEN t.last_on >= $5 THEN 1 END) AS number, 0 AS heads, COUNT(*) AS of_all
        FROM cascade_trainer t WHERE t.scope_id = $1 AND t.generation = 0 GROUP BY t.area_code
        UNION ALL
        SELECT 'graduate', area_code, NULL, id, label, day, generation, number, 0, of_all FROM (
            SELECT t.area_code, p.id, p.given_name || ' ' || p.family_name AS label, t.last_on AS day, t.generation, t.deliveries AS number,
                COUNT(*) OVER (PARTITION BY t.area_code) AS of_all,
                ROW_NUMBER() OVER (PARTITION BY t.area_code ORDER BY t.deliveries DESC, p.folded, p.id) AS n
            FROM cascade_trainer t JOIN person p ON p.id = t.person_id
            WHERE t.scope_id = $1 AND t.generation = 0 AND ((SELECT COUNT(*) FROM cascade_trainer s WHERE s.scope_id = $1 AND s.generation = 0) <= 8
                OR $4 LIKE '%;' || t.area_code || ';%')) a WHERE n <= 8
        UNION ALL
        SELECT 'carries', area_code, parent_id, id, label, day, generation, number, 0, of_all FROM (
            SELECT t.area_code, t.by_delivery_id AS parent_id, p.id, p.given_name || ' ' || p.family_name AS label, t.last_on AS day,
                t.generation, t.deliveries AS number, COUNT(*) OVER (PARTITION BY t.by_delivery_id) AS of_all,
                ROW_NUMBER() OVER (PARTITION BY t.by_delivery_id ORDER BY t.deliveries DESC, p.folded, p.id) AS n
            FROM cascade_trainer t JOIN person p ON p.id = t.person_id
            WHERE t.scope_id = $1 AND +t.generation > 0 AND t.by_delivery_id IN ($14, $15, $16, $17, $18, $19, $20, $21)) b WHERE n <= 8
        UNION ALL
        SELECT 'delivery', '', parent_id, id, label, day, generation, number, heads, of_all FROM (
            SELECT t.person_id AS parent_id, d.id, d.title AS label, x.starts_on AS day, x.generation, x.places AS number, x.heads,
                COUNT(*) OVER (PARTITION BY t.person_id) AS of_all,
                ROW_NUMBER() OVER (PARTITION BY t.person_id ORDER BY x.sort_on DESC, x.delivery_id DESC) AS n
            FROM cascade_trainer t CROSS JOIN delivery_trainer y CROSS JOIN cascade_delivery x CROSS JOIN delivery d
            WHERE t.scope_id = $1 AND t.person_id IN ($6, $7, $8, $9, $10, $11, $12, $13) AND y.person_id = t.person_id
                AND x.scope_id = t.scope_id AND x.delivery_id = y.delivery_id AND x.generation > 0 AND d.id = x.delivery_id
                AND (t.counts_from IS NULL OR x.starts_on IS NULL OR t.counts_from <= x.starts_on)
                AND ($2 = -1 OR x.year = $2) AND ($3 = '*' OR x.course_slug = $3)) c WHERE n <= 8";
    /// How many graduates there are, and how many were active since a day.
    GRADUATES -> (String, i64, i64) = "SELECT t.area_code, COUNT(*) AS of_all, COUNT(CASE WHEN t.last_on >= $2 THEN 1 END) AS active
        FROM cascade_trainer t WHERE t.scope_id = $1 AND t.generation = 0 GROUP BY t.area_code";
}

/// A cohort, a project or a course, and when its cascade was counted.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HeadRow {
    /// Its id.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Deliveries without a day.
    pub undated: Option<i64>,
    /// When it was counted.
    pub refreshed_at: Option<DateTime<Utc>>,
    /// The title of the course that narrows it.
    pub course_title: Option<String>,
}

/// What an address names; none if there is no such thing.
pub async fn head(
    h: &mut impl Handle,
    (kind, key): (Kind, &str),
    course: &str,
    language: &str,
) -> Result<Option<HeadRow>, DbError> {
    match kind {
        Kind::Cohort => match key.parse::<CohortId>() {
            Ok(id) => fetch_optional!(h, OF_COHORT, id, language, course),
            Err(_) => Ok(None),
        },
        Kind::Project => fetch_optional!(h, OF_PROJECT, key, language, course),
        Kind::Course => fetch_optional!(h, OF_COURSE, key, language, course),
    }
}

/// Something that has a cascade.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ScopeLine {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Its key or address; a cohort has its id.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its numbers.
    #[sqlx(flatten)]
    pub counts: Counts,
}

/// Everything that has a cascade, by kind and title.
pub async fn all(h: &mut impl Handle, language: &str) -> Result<Vec<ScopeLine>, DbError> {
    fetch_all!(h, ALL, language)
}

/// What numbers are asked for; -1 and `*` for all.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Of what.
    pub scope: Uuid,
    /// Of which generation.
    pub generation: i64,
    /// Of people from where.
    pub area: String,
    /// Of which year.
    pub year: i64,
    /// Of which course.
    pub course: String,
}

/// A cell.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CellRow {
    /// Why it was read: `cross`, `year`, `course` or `tally`.
    pub part: String,
    /// The generation.
    pub generation: i64,
    /// The area.
    pub area_code: String,
    /// The year.
    pub year: i64,
    /// The course.
    pub course_slug: String,
    /// Its title.
    pub title: String,
    /// The numbers.
    #[sqlx(flatten)]
    pub counts: Counts,
    /// Of `tally`: people whose count was confirmed.
    #[sqlx(default)]
    pub confirmed: i64,
    /// Of `tally`: people whose count was not.
    #[sqlx(default)]
    pub unverified: i64,
}

/// The first and the last day of a year; all days where none is asked for, and none of the year 0, since what has
/// no day is in no year.
fn days_of(year: i64) -> (NaiveDate, NaiveDate) {
    let day = |year: i64, month, day| {
        i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day)).unwrap_or_default()
    };
    match year {
        -1 => (day(1, 1, 1), day(9999, 12, 31)),
        0 => (day(9999, 12, 31), day(1, 1, 1)),
        year => (day(year, 1, 1), day(year, 12, 31)),
    }
}

/// The cells of a page, and the people counted without names beside them.
pub async fn cells(h: &mut impl Handle, f: &Filter, language: &str) -> Result<Vec<CellRow>, DbError> {
    let (from, to) = days_of(f.year);
    fetch_all!(h, CELLS, f.scope, f.generation, f.area.as_str(), f.year, f.course.as_str(), language, from, to)
}

/// The cells of a file: everything under the filter.
pub async fn cross(h: &mut impl Handle, f: &Filter) -> Result<Vec<CellRow>, DbError> {
    fetch_all!(h, CROSS, f.scope, f.generation, f.area.as_str(), f.year, f.course.as_str())
}

/// Something in the picture.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OpenRow {
    /// `area` of graduates, `graduate` of an area, who `carries` on from a delivery, or `delivery` of a trainer.
    pub part: String,
    /// The area.
    pub area_code: String,
    /// Under which delivery or trainer.
    pub parent_id: Option<Uuid>,
    /// Its own id.
    pub id: Option<Uuid>,
    /// Its name.
    pub label: String,
    /// Its day, or that of the last delivery given.
    pub day: Option<NaiveDate>,
    /// The generation.
    pub generation: i64,
    /// Graduates who are active, deliveries given, or places.
    pub number: i64,
    /// People counted without names.
    pub heads: i64,
    /// How many there are of the kind under the same parent.
    pub of_all: i64,
}

/// What is open in the picture.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// Areas of graduates.
    pub areas: Vec<String>,
    /// Trainers.
    pub trainers: [Uuid; 8],
    /// Deliveries.
    pub deliveries: [Uuid; 8],
}

/// What stands in the picture under what is open.
pub async fn open(h: &mut impl Handle, f: &Filter, it: &Opened, since: NaiveDate) -> Result<Vec<OpenRow>, DbError> {
    let areas = format!(";{};", it.areas.join(";"));
    let areas = if it.areas.is_empty() { "" } else { areas.as_str() };
    let (t, d) = (&it.trainers, &it.deliveries);
    fetch_all!(
        h,
        OPEN,
        f.scope,
        f.year,
        f.course.as_str(),
        areas,
        since,
        t[0],
        t[1],
        t[2],
        t[3],
        t[4],
        t[5],
        t[6],
        t[7],
        d[0],
        d[1],
        d[2],
        d[3],
        d[4],
        d[5],
        d[6],
        d[7]
    )
}

/// By area: graduates, and how many of them were active since a day.
pub async fn graduates(h: &mut impl Handle, scope: Uuid, since: NaiveDate) -> Result<Vec<(String, i64, i64)>, DbError> {
    fetch_all!(h, GRADUATES, scope, since)
}
