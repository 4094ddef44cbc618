//! SQL: numbers: who was reached, by area, course and project; and what each role's first page
//! says is to be done.

use super::model::Reach;
use crate::{
    common::ids::{CertificateId, DeliveryId, EnrolmentId, PackId, PersonId, SlotId},
    deliveries::model::{DeliveryState, Mode},
    enrolment::model::{EnrolmentState, Risk},
    execute, fetch_all, fetch_one,
    packs::model::PackState,
    platform::{
        clock::SLACK,
        db::{DbError, Handle, Tx},
    },
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};

statements! {
    // A place counts unless the register says that its holder never came. Bound: whether all
    // areas, and whether all courses, are counted as one.
    COUNT_ALL -> Reach = "SELECT CASE WHEN $1 THEN '*' ELSE COALESCE(e.area_code, d.area_code, '') END AS area_code,
            CASE WHEN $2 THEN '*' ELSE c.slug END AS course_slug,
            COUNT(DISTINCT d.id) AS deliveries, COUNT(e.id) AS participations, COUNT(DISTINCT e.person_id) AS persons,
            COUNT(CASE WHEN e.state = 'completed' OR k.met THEN 1 END) AS completions
        FROM delivery d JOIN course c ON c.id = d.course_id
        LEFT JOIN enrolment e ON e.delivery_id = d.id AND e.state IN ('selected', 'invited', 'confirmed', 'attended',
            'partly_attended', 'completed', 'not_completed')
        LEFT JOIN completion k ON k.enrolment_id = e.id
        WHERE d.state IN ('running', 'delivered', 'reported')
        GROUP BY 1, 2";
    COUNT_BY_PROJECT -> ProjectReach = "SELECT p.key AS project_key, CASE WHEN $1 THEN '*' ELSE COALESCE(e.area_code, d.area_code, '') END AS area_code,
            CASE WHEN $2 THEN '*' ELSE c.slug END AS course_slug,
            COUNT(DISTINCT d.id) AS deliveries, COUNT(e.id) AS participations, COUNT(DISTINCT e.person_id) AS persons,
            COUNT(CASE WHEN e.state = 'completed' OR k.met THEN 1 END) AS completions
        FROM delivery_project dp JOIN project p ON p.id = dp.project_id JOIN delivery d ON d.id = dp.delivery_id
        JOIN course c ON c.id = d.course_id
        LEFT JOIN enrolment e ON e.delivery_id = d.id AND e.state IN ('selected', 'invited', 'confirmed', 'attended',
            'partly_attended', 'completed', 'not_completed')
        LEFT JOIN completion k ON k.enrolment_id = e.id
        WHERE d.state IN ('running', 'delivered', 'reported')
        GROUP BY 1, 2, 3";
    REACH_SET = "INSERT INTO reach (project_key, area_code, course_slug, deliveries, participations, persons, completions, refreshed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (project_key, area_code, course_slug) DO UPDATE SET deliveries = excluded.deliveries,
            participations = excluded.participations, persons = excluded.persons, completions = excluded.completions,
            refreshed_at = excluded.refreshed_at";
    REACH_FORGET = "DELETE FROM reach WHERE refreshed_at < $1 OR refreshed_at > $2";
    // People counted without names are read with the counts, and stand in columns of their own: what comes of
    // a count is never in the same row as what comes of places.
    REACH -> ReachRow = "SELECT r.area_code, r.course_slug, r.deliveries, r.participations, r.persons, r.completions, r.refreshed_at,
            CAST(0 AS BIGINT) AS people, CAST(0 AS BIGINT) AS unverified
        FROM reach r WHERE r.project_key = $1
        UNION ALL
        SELECT l.area_code, COALESCE(c.slug, '') AS course_slug, 0, 0, 0, 0, NULL, CAST(SUM(l.people) AS BIGINT) AS people,
            CAST(SUM(CASE WHEN t.state = 'verified' THEN 0 ELSE l.people END) AS BIGINT) AS unverified
        FROM tally t JOIN tally_line l ON l.tally_id = t.id LEFT JOIN course c ON c.id = t.course_id
        WHERE t.state <> 'withdrawn' AND ($1 = '*'
            OR EXISTS (SELECT 1 FROM tally_project x JOIN project p ON p.id = x.project_id WHERE x.tally_id = t.id AND p.key = $1)
            OR EXISTS (SELECT 1 FROM delivery_project y JOIN project p ON p.id = y.project_id WHERE y.delivery_id = t.delivery_id AND p.key = $1))
        GROUP BY l.area_code, c.slug
        ORDER BY 1, 2";
    // An area's are those who come from there, as in `REACH` and as with places, wherever it was held.
    UNNAMED -> (i64, i64) = "SELECT CAST(COALESCE(SUM(l.people), 0) AS BIGINT) AS people,
            CAST(COALESCE(SUM(CASE WHEN t.state = 'verified' THEN 0 ELSE l.people END), 0) AS BIGINT) AS unverified
        FROM tally t JOIN tally_line l ON l.tally_id = t.id JOIN institution i ON i.id = t.institution_id
        WHERE t.state <> 'withdrawn' AND ($2 = '' OR i.slug = $2) AND ($3 = '' OR l.area_code = $3) AND ($1 = ''
            OR EXISTS (SELECT 1 FROM tally_project x JOIN project p ON p.id = x.project_id WHERE x.tally_id = t.id AND p.key = $1)
            OR EXISTS (SELECT 1 FROM delivery_project y JOIN project p ON p.id = y.project_id WHERE y.delivery_id = t.delivery_id AND p.key = $1))";
    COURSE_TITLES -> (String, String, String) = "SELECT c.slug, t.language, t.title FROM course c JOIN course_text t ON t.course_id = c.id ORDER BY c.slug";
    PROJECTS -> (String, String) = "SELECT key, title FROM project ORDER BY key";
    HOUSE -> (i64, i64, i64, i64, i64) = "SELECT (SELECT COUNT(*) FROM job WHERE state = 'parked'),
            (SELECT COUNT(*) FROM delivery WHERE state = 'delivered'),
            (SELECT COUNT(*) FROM delivery WHERE state = 'running'),
            (SELECT CAST(COALESCE(SUM(taken), 0) AS BIGINT) FROM delivery WHERE state = 'running'),
            (SELECT COUNT(*) FROM tally t WHERE t.state = 'unverified'
                AND EXISTS (SELECT 1 FROM tally_evidence e WHERE e.tally_id = t.id AND e.withdrawn_at IS NULL))";
    LEARNING -> LearningRow = "SELECT e.id, e.state, d.id AS delivery_id, d.title, d.state AS delivery_state, d.mode, d.starts_on, d.ends_on,
            d.time_zone, d.place, d.area_code,
            (SELECT COUNT(*) FROM material t JOIN pack_module m ON m.id = t.module_id
                WHERE m.pack_id = d.pack_id AND NOT t.trainer_only) AS items,
            (SELECT COUNT(*) FROM progress g JOIN material t ON t.id = g.material_id JOIN pack_module m ON m.id = t.module_id
                WHERE g.enrolment_id = e.id AND g.done_at IS NOT NULL AND NOT t.trainer_only AND m.pack_id = d.pack_id) AS done,
            s.id AS slot_id, s.starts_at, s.ends_at, f.id AS certificate_id, e.risk, k.attended_minutes, k.programme_minutes,
            COALESCE(d.attendance_percent, h.attendance_percent, c.attendance_percent) AS attendance_percent
        FROM enrolment e JOIN delivery d ON d.id = e.delivery_id JOIN course c ON c.id = d.course_id
        LEFT JOIN institution h ON h.id = d.host_id LEFT JOIN completion k ON k.enrolment_id = e.id
        LEFT JOIN slot s ON s.id = (SELECT n.id FROM slot n WHERE n.delivery_id = d.id AND n.ends_at > $2 AND n.cancelled_at IS NULL ORDER BY n.starts_at LIMIT 1)
        LEFT JOIN certificate f ON f.enrolment_id = e.id AND f.revoked_at IS NULL
        WHERE e.person_id = $1 AND e.state NOT IN ('withdrawn', 'refused', 'declined', 'replaced')
        ORDER BY d.starts_on DESC, e.id DESC LIMIT 50";
    TEACHING -> DeliveryRow = "SELECT d.id, d.title, d.state, d.mode, d.starts_on, d.ends_on, d.date_note, d.time_zone, d.place, d.area_code, d.capacity, d.taken,
            d.call_closes_on, (SELECT COUNT(*) FROM slot x WHERE x.delivery_id = d.id) AS slots,
            (SELECT COUNT(*) FROM delivery_trainer y WHERE y.delivery_id = d.id) AS trainers,
            (SELECT COUNT(*) FROM enrolment w WHERE w.delivery_id = d.id AND w.state IN ('nominated', 'applied', 'endorsed', 'selected', 'invited')) AS waiting,
            s.id AS slot_id, s.starts_at, s.ends_at, s.room
        FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
        LEFT JOIN slot s ON s.id = (SELECT n.id FROM slot n WHERE n.delivery_id = d.id AND n.ends_at > $2 AND n.cancelled_at IS NULL ORDER BY n.starts_at LIMIT 1)
        WHERE t.person_id = $1 AND d.state NOT IN ('cancelled', 'postponed') ORDER BY d.starts_on DESC, d.id DESC LIMIT 30";
    HOSTING -> DeliveryRow = "SELECT d.id, d.title, d.state, d.mode, d.starts_on, d.ends_on, d.date_note, d.time_zone, d.place, d.area_code, d.capacity, d.taken,
            d.call_closes_on, (SELECT COUNT(*) FROM slot x WHERE x.delivery_id = d.id) AS slots,
            (SELECT COUNT(*) FROM delivery_trainer y WHERE y.delivery_id = d.id) AS trainers,
            (SELECT COUNT(*) FROM enrolment w WHERE w.delivery_id = d.id AND w.state IN ('nominated', 'applied', 'endorsed', 'selected', 'invited')) AS waiting,
            s.id AS slot_id, s.starts_at, s.ends_at, s.room
        FROM delivery d
        LEFT JOIN slot s ON s.id = (SELECT n.id FROM slot n WHERE n.delivery_id = d.id AND n.ends_at > $2 AND n.cancelled_at IS NULL ORDER BY n.starts_at LIMIT 1)
        WHERE d.host_id IN (SELECT g.institution_id FROM role_grant g WHERE g.person_id = $1
                AND g.role = 'institution_administrator' AND g.ended_at IS NULL)
            AND d.state IN ('planned', 'call_open', 'selection', 'confirmed', 'running', 'delivered')
        ORDER BY d.starts_on, d.id LIMIT 60";
    CALLS -> DeliveryRow = "SELECT d.id, d.title, d.state, d.mode, d.starts_on, d.ends_on, d.date_note, d.time_zone, d.place, d.area_code, d.capacity, d.taken,
            d.call_closes_on, (SELECT COUNT(*) FROM slot x WHERE x.delivery_id = d.id) AS slots,
            (SELECT COUNT(*) FROM delivery_trainer y WHERE y.delivery_id = d.id) AS trainers,
            CAST(0 AS BIGINT) AS waiting, s.id AS slot_id, s.starts_at, s.ends_at, s.room
        FROM delivery d
        LEFT JOIN slot s ON s.id = (SELECT n.id FROM slot n WHERE n.delivery_id = d.id AND n.ends_at > $1 AND n.cancelled_at IS NULL ORDER BY n.starts_at LIMIT 1)
        WHERE d.state = 'call_open' ORDER BY d.call_closes_on, d.starts_on, d.id LIMIT 30";
    DRAFTS -> DraftRow = "SELECT p.id, p.title, p.language, p.major, p.minor, p.state, c.slug
        FROM course_author a JOIN pack p ON p.course_id = a.course_id JOIN course c ON c.id = p.course_id
        WHERE a.person_id = $1 AND p.state IN ('draft', 'piloted', 'feedback') ORDER BY p.updated_at DESC, p.id LIMIT 20";
}

/// Counts the reach in all projects together; see `COUNT_ALL`.
pub async fn count_all(h: &mut impl Handle, all_areas: bool, all_courses: bool) -> Result<Vec<Reach>, DbError> {
    fetch_all!(h, COUNT_ALL, all_areas, all_courses)
}

/// One count of a project.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProjectReach {
    /// The project.
    pub project_key: String,
    /// Its count.
    #[sqlx(flatten)]
    pub reach: Reach,
}

/// Counts the reach of each project.
pub async fn count_by_project(
    h: &mut impl Handle,
    all_areas: bool,
    all_courses: bool,
) -> Result<Vec<ProjectReach>, DbError> {
    fetch_all!(h, COUNT_BY_PROJECT, all_areas, all_courses)
}

/// Keeps a count.
pub async fn set_reach(tx: &mut Tx, project: &str, it: &Reach, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(
        tx,
        REACH_SET,
        project,
        &it.area_code,
        &it.course_slug,
        it.deliveries,
        it.participations,
        it.persons,
        it.completions,
        now
    )
    .map(|_| ())
}

/// Forgets counts that were not confirmed since, and those that a clock ahead has dated.
pub async fn forget_reach(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, REACH_FORGET, before, before + SLACK).map(|_| ())
}

/// A count as kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReachRow {
    /// The count.
    #[sqlx(flatten)]
    pub reach: Reach,
    /// When it was made; none for people counted without names, who are read as they stand.
    pub refreshed_at: Option<DateTime<Utc>>,
    /// People counted without names.
    pub people: i64,
    /// Those of them whose count nobody has confirmed.
    pub unverified: i64,
}

/// The counts of a project, or of all.
pub async fn reach(h: &mut impl Handle, project: &str) -> Result<Vec<ReachRow>, DbError> {
    fetch_all!(h, REACH, project)
}

/// People counted without names, and those of them whose count nobody has confirmed: of a project, an
/// institution and an area; empty means all.
pub async fn unnamed(h: &mut impl Handle, project: &str, institution: &str, area: &str) -> Result<(i64, i64), DbError> {
    fetch_one!(h, UNNAMED, project, institution, area)
}

/// Titles of all courses: address, language, title.
pub async fn course_titles(h: &mut impl Handle) -> Result<Vec<(String, String, String)>, DbError> {
    fetch_all!(h, COURSE_TITLES)
}

/// Keys and titles of all projects.
pub async fn projects(h: &mut impl Handle) -> Result<Vec<(String, String)>, DbError> {
    fetch_all!(h, PROJECTS)
}

/// Jobs parked, deliveries to be reported, deliveries running, places taken in these, and counts of people
/// without names that wait for confirmation.
pub async fn house(h: &mut impl Handle) -> Result<(i64, i64, i64, i64, i64), DbError> {
    fetch_one!(h, HOUSE)
}

/// A place, with what to do next in it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LearningRow {
    /// The place.
    pub id: EnrolmentId,
    /// Its state.
    pub state: EnrolmentState,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub delivery_state: DeliveryState,
    /// How it is given.
    pub mode: Mode,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// The venue's time zone.
    pub time_zone: String,
    /// The town.
    pub place: String,
    /// The area.
    pub area_code: Option<String>,
    /// Materials to do.
    pub items: i64,
    /// Materials done.
    pub done: i64,
    /// The next half-day.
    pub slot_id: Option<SlotId>,
    /// When it begins.
    pub starts_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// The certificate that stands.
    pub certificate_id: Option<CertificateId>,
    /// Whether enough can still be attended.
    pub risk: Risk,
    /// Minutes of presence so far.
    pub attended_minutes: Option<i64>,
    /// Minutes of the programme.
    pub programme_minutes: Option<i64>,
    /// Share to be attended, in percent.
    pub attendance_percent: i64,
}

/// Somebody's places, latest first.
pub async fn learning(h: &mut impl Handle, person: PersonId, now: DateTime<Utc>) -> Result<Vec<LearningRow>, DbError> {
    fetch_all!(h, LEARNING, person, now)
}

/// A delivery, with what is to be done for it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeliveryRow {
    /// The delivery.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: DeliveryState,
    /// How it is given.
    pub mode: Mode,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// The venue's time zone.
    pub time_zone: String,
    /// The town.
    pub place: String,
    /// The area.
    pub area_code: Option<String>,
    /// Places in all.
    pub capacity: i64,
    /// Places taken.
    pub taken: i64,
    /// Last day of the call.
    pub call_closes_on: Option<NaiveDate>,
    /// Half-days.
    pub slots: i64,
    /// Trainers.
    pub trainers: i64,
    /// People who wait for an answer.
    pub waiting: i64,
    /// The next half-day.
    pub slot_id: Option<SlotId>,
    /// When it begins.
    pub starts_at: Option<DateTime<Utc>>,
    /// When it ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// Where.
    pub room: Option<String>,
}

/// What somebody teaches, latest first.
pub async fn teaching(h: &mut impl Handle, person: PersonId, now: DateTime<Utc>) -> Result<Vec<DeliveryRow>, DbError> {
    fetch_all!(h, TEACHING, person, now)
}

/// What the institutions somebody administers give, in order of dates.
pub async fn hosting(h: &mut impl Handle, person: PersonId, now: DateTime<Utc>) -> Result<Vec<DeliveryRow>, DbError> {
    fetch_all!(h, HOSTING, person, now)
}

/// Open calls, the first to close first.
pub async fn calls(h: &mut impl Handle, now: DateTime<Utc>) -> Result<Vec<DeliveryRow>, DbError> {
    fetch_all!(h, CALLS, now)
}

/// A pack in work.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DraftRow {
    /// The pack.
    pub id: PackId,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: String,
    /// Its version.
    pub major: i64,
    /// Its version.
    pub minor: i64,
    /// Its state.
    pub state: PackState,
    /// The course's address.
    pub slug: String,
}

/// The packs somebody is writing.
pub async fn drafts(h: &mut impl Handle, person: PersonId) -> Result<Vec<DraftRow>, DbError> {
    fetch_all!(h, DRAFTS, person)
}
