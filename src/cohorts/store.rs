//! SQL: cohorts, their steps, places and members.

use super::model::{CohortHead, CohortPlan, CohortState, StepKind};
use crate::{
    common::ids::{CohortId, CourseId, DeliveryId, InstitutionId, PersonId, ProjectId, StepId},
    deliveries::model::DeliveryState,
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

// A course's title in the language $2, its address where it has none.
macro_rules! course_title {
    ($course:literal, $slug:literal) => {
        concat!(
            "COALESCE((SELECT x.title FROM course_text x WHERE x.course_id = ",
            $course,
            " AND x.language IN ($2, 'en')
                ORDER BY CASE WHEN x.language = $2 THEN 0 ELSE 1 END LIMIT 1), ",
            $slug,
            ")"
        )
    };
}

// An area's name in the language $2 on the day $3.
macro_rules! area_name {
    ($code:literal) => {
        concat!(
            "(SELECT n.name FROM area_name n WHERE n.area_code = ",
            $code,
            " AND n.language IN ($2, 'en') AND n.starts_on <= $3
                ORDER BY CASE WHEN n.language = $2 THEN 0 ELSE 1 END, n.starts_on DESC LIMIT 1)"
        )
    };
}

// What is said of a cohort everywhere, to the person $1.
macro_rules! head {
    () => {
        concat!(
            "SELECT c.id, c.title, c.state, c.course_id, k.slug AS course_slug, ",
            course_title!("c.course_id", "k.slug"),
            " AS course_title, c.host_id, h.name AS host_name, h.slug AS host_slug, c.capacity, c.starts_on, c.ends_on,
                c.note, c.invented, c.version,
                (SELECT COUNT(*) FROM cohort_member m WHERE m.cohort_id = c.id AND m.state = 'selected') AS selected,
                (SELECT m.state FROM cohort_member m WHERE m.cohort_id = c.id AND m.person_id = $1) AS own,
                (SELECT COUNT(*) FROM cohort_member m WHERE m.cohort_id = c.id AND m.mentor_id = $1 AND m.state = 'selected') AS mentees
            FROM cohort c JOIN course k ON k.id = c.course_id LEFT JOIN institution h ON h.id = c.host_id "
        )
    };
}

// What the person $1 sees: what they host, can propose for, have sent people to, belong to or mentor; all if $5.
macro_rules! visible {
    () => {
        "($5 OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $1 AND g.role = 'institution_administrator' AND g.ended_at IS NULL
                AND (g.institution_id = c.host_id OR c.state IN ('selection', 'running')
                    OR EXISTS (SELECT 1 FROM cohort_member n WHERE n.cohort_id = c.id AND n.institution_id = g.institution_id)))
            OR EXISTS (SELECT 1 FROM cohort_member m WHERE m.cohort_id = c.id
                AND (m.person_id = $1 OR (m.mentor_id = $1 AND m.state = 'selected'))))"
    };
}

statements! {
    HEAD -> CohortHead = concat!(head!(), "WHERE c.id = $3");
    LIST -> CohortHead = concat!(head!(), "WHERE c.id < $3 AND ($4 = '' OR c.state = $4) AND ", visible!(), " ORDER BY c.id DESC LIMIT 31");
    OF_PROJECT -> CohortHead = concat!(head!(), "WHERE c.id IN (SELECT y.cohort_id FROM cohort_project y JOIN project j ON j.id = y.project_id WHERE j.key = $3)
        AND ($4 = '' OR c.state = $4) AND ", visible!(), " ORDER BY c.id DESC LIMIT 31");
    OF_DELIVERY -> CohortHead = concat!(head!(), "WHERE c.id IN (SELECT s.cohort_id FROM cohort_step s JOIN cohort_step_delivery x ON x.step_id = s.id
            WHERE x.delivery_id = $3)
        AND ($4 = '' OR c.state = $4) AND ", visible!(), " ORDER BY c.id DESC LIMIT 31");
    PARTS -> PartRow = concat!("SELECT 'step' AS part, s.id, s.position AS number, s.kind AS code, ", course_title!("s.course_id", "k.slug"), " AS name,
            k.slug, s.required, s.due_on, d.id AS other, d.title, d.state, d.starts_on, d.ends_on, d.date_note, d.place
        FROM cohort_step s JOIN course k ON k.id = s.course_id LEFT JOIN cohort_step_delivery x ON x.step_id = s.id
            LEFT JOIN delivery d ON d.id = x.delivery_id WHERE s.cohort_id = $1
        UNION ALL
        SELECT 'area', q.id, q.places, q.area_code, COALESCE(", area_name!("q.area_code"), ", q.area_code), '', FALSE,
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM cohort_quota q WHERE q.cohort_id = $1 AND q.area_code IS NOT NULL
        UNION ALL
        SELECT 'institution', q.id, q.places, '', i.name, i.slug, FALSE, NULL, i.id, NULL, NULL, NULL, NULL, NULL, NULL
        FROM cohort_quota q JOIN institution i ON i.id = q.institution_id WHERE q.cohort_id = $1
        UNION ALL
        SELECT 'project', j.id, 0, j.key, j.title, '', FALSE, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM cohort_project y JOIN project j ON j.id = y.project_id WHERE y.cohort_id = $1
        ORDER BY 1, 3, 5, 2");
    ADD = "INSERT INTO cohort (id, title, course_id, host_id, state, capacity, starts_on, ends_on, note, created_at, updated_at, updated_by)
        VALUES ($1, $2, $3, $4, 'planned', $5, $6, $7, $8, $9, $9, $10)";
    UPDATE = "UPDATE cohort SET title = $3, course_id = $4, host_id = $5, capacity = $6, starts_on = $7, ends_on = $8, note = $9,
            updated_at = $10, updated_by = $11, version = version + 1
        WHERE id = $1 AND version = $2";
    SET_STATE = "UPDATE cohort SET state = $3, updated_at = $4, updated_by = $5, version = version + 1 WHERE id = $1 AND version = $2";
    // Takes the row, so that what is read after it is what is written upon.
    TOUCH = "UPDATE cohort SET updated_at = $2, updated_by = $3 WHERE id = $1";
    EDITOR -> (String,) = "SELECT updated_by FROM cohort WHERE id = $1";
    PROJECTS_CLEAR = "DELETE FROM cohort_project WHERE cohort_id = $1";
    PROJECT_ADD = "INSERT INTO cohort_project (cohort_id, project_id) VALUES ($1, $2)";
    STEP -> StepRow = "SELECT id, cohort_id, position, kind, course_id, required, due_on FROM cohort_step WHERE id = $1";
    STEP_ADD = "INSERT INTO cohort_step (id, cohort_id, position, kind, course_id, required, due_on)
        VALUES ($1, $2, (SELECT COALESCE(MAX(x.position), 0) + 1 FROM cohort_step x WHERE x.cohort_id = $2), $3, $4, $5, $6)";
    STEP_SET = "UPDATE cohort_step SET required = $2, due_on = $3 WHERE id = $1";
    STEP_REMOVE = "DELETE FROM cohort_step WHERE id = $1";
    STEP_COUNT -> (i64,) = "SELECT COUNT(*) FROM cohort_step WHERE cohort_id = $1";
    // The neighbours with which a step trades places.
    STEP_BEFORE -> (StepId, i64) = "SELECT id, position FROM cohort_step WHERE cohort_id = $1 AND position < $2 ORDER BY position DESC LIMIT 1";
    STEP_AFTER -> (StepId, i64) = "SELECT id, position FROM cohort_step WHERE cohort_id = $1 AND position > $2 ORDER BY position LIMIT 1";
    STEP_PLACE = "UPDATE cohort_step SET position = $2 WHERE id = $1";
    STEP_DELIVERIES_CLEAR = "DELETE FROM cohort_step_delivery WHERE step_id = $1";
    STEP_DELIVERY_ADD = "INSERT INTO cohort_step_delivery (step_id, delivery_id) VALUES ($1, $2)";
    // Those of the step's course: the latest hundred, and those that are chosen already.
    CHOICES -> ChoiceRow = "SELECT d.id, d.title, d.state, d.starts_on, d.ends_on, d.date_note,
            (SELECT COUNT(*) FROM cohort_step_delivery x WHERE x.step_id = $1 AND x.delivery_id = d.id) AS chosen
        FROM delivery d WHERE d.course_id = $2 AND (d.id IN (SELECT z.id FROM delivery z WHERE z.course_id = $2
                ORDER BY CASE WHEN z.starts_on IS NULL THEN 1 ELSE 0 END, z.starts_on DESC, z.id DESC LIMIT 100)
            OR d.id IN (SELECT y.delivery_id FROM cohort_step_delivery y WHERE y.step_id = $1))
        ORDER BY CASE WHEN d.starts_on IS NULL THEN 1 ELSE 0 END, d.starts_on DESC, d.id DESC";
    // All of them, for what a form chose.
    MAY_BELONG -> (DeliveryId,) = "SELECT d.id FROM delivery d WHERE d.course_id = $1";
    QUOTAS -> QuotaRow = "SELECT id, area_code, institution_id, places FROM cohort_quota WHERE cohort_id = $1 ORDER BY id";
    QUOTA_ADD = "INSERT INTO cohort_quota (id, cohort_id, area_code, institution_id, places) VALUES ($1, $2, $3, $4, $5)";
    QUOTA_SET = "UPDATE cohort_quota SET places = $2 WHERE id = $1";
    QUOTA_REMOVE = "DELETE FROM cohort_quota WHERE id = $1";
    // Of the past, which goes through no form.
    RECORD = "INSERT INTO cohort (id, title, course_id, host_id, state, capacity, starts_on, ends_on, note, invented, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
    COURSE_KNOWN -> (CourseId,) = "SELECT id FROM course WHERE slug = $1";
}

/// What is said of a cohort everywhere, to a person.
pub async fn head(
    h: &mut impl Handle,
    id: CohortId,
    language: &str,
    viewer: PersonId,
) -> Result<Option<CohortHead>, DbError> {
    fetch_optional!(h, HEAD, viewer, language, id)
}

/// Which cohorts, and for whom.
pub struct Wanted<'a> {
    /// Language of titles.
    pub language: &'a str,
    /// Who looks.
    pub viewer: PersonId,
    /// Whether they see all.
    pub all: bool,
    /// Code of a state, or empty.
    pub state: &'a str,
    /// Only those made before this one.
    pub before: CohortId,
}

/// Cohorts, the newest first: a page of thirty and one more.
pub async fn list(h: &mut impl Handle, wanted: &Wanted<'_>) -> Result<Vec<CohortHead>, DbError> {
    fetch_all!(h, LIST, wanted.viewer, wanted.language, wanted.before, wanted.state, wanted.all)
}

/// Of what cohorts are asked for.
pub enum Of<'a> {
    /// Those that a project pays for.
    Project(&'a str),
    /// Those of whose sequence a delivery is a step.
    Delivery(DeliveryId),
}

/// Cohorts of something that a person sees, the newest first.
pub async fn of(h: &mut impl Handle, of: Of<'_>, wanted: &Wanted<'_>) -> Result<Vec<CohortHead>, DbError> {
    match of {
        Of::Project(key) => fetch_all!(h, OF_PROJECT, wanted.viewer, wanted.language, key, wanted.state, wanted.all),
        Of::Delivery(id) => fetch_all!(h, OF_DELIVERY, wanted.viewer, wanted.language, id, wanted.state, wanted.all),
    }
}

/// A step with one of its deliveries or none, a quota, or a project of a cohort.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PartRow {
    /// `step`, `area`, `institution` or `project`.
    pub part: String,
    /// Its id.
    pub id: Uuid,
    /// Position of the step, or places of the quota.
    pub number: i64,
    /// Kind of the step, code of the area, key of the project.
    pub code: String,
    /// Title of the step's course, name of the area or institution, title of the project.
    pub name: String,
    /// Address of the course or institution.
    pub slug: String,
    /// Whether nobody finishes without the step.
    pub required: bool,
    /// By when the step is to be done.
    pub due_on: Option<NaiveDate>,
    /// The step's delivery, or the quota's institution.
    pub other: Option<Uuid>,
    /// The delivery's title.
    pub title: Option<String>,
    /// The delivery's state.
    pub state: Option<DeliveryState>,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: Option<String>,
    /// Town and room.
    pub place: Option<String>,
}

/// Steps with their deliveries, quotas and projects. One statement.
pub async fn parts(h: &mut impl Handle, id: CohortId, language: &str, day: NaiveDate) -> Result<Vec<PartRow>, DbError> {
    fetch_all!(h, PARTS, id, language, day)
}

/// The id of a course's address.
pub async fn course(h: &mut impl Handle, slug: &str) -> Result<Option<CourseId>, DbError> {
    let row: Option<(CourseId,)> = fetch_optional!(h, COURSE_KNOWN, slug)?;
    Ok(row.map(|(id,)| id))
}

/// Adds a cohort, planned.
pub async fn add(
    tx: &mut Tx,
    id: CohortId,
    course: CourseId,
    plan: &CohortPlan,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        ADD,
        id,
        &plan.title,
        course,
        plan.host_id,
        plan.capacity,
        plan.starts_on,
        plan.ends_on,
        &plan.note,
        now,
        by
    )
    .map(|_| ())
}

/// Writes a changed cohort unless somebody else did since `version`; false then.
pub async fn update(
    tx: &mut Tx,
    (id, version): (CohortId, i64),
    course: CourseId,
    plan: &CohortPlan,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(
        tx,
        UPDATE,
        id,
        version,
        &plan.title,
        course,
        plan.host_id,
        plan.capacity,
        plan.starts_on,
        plan.ends_on,
        &plan.note,
        now,
        by
    )
    .map(|rows| rows == 1)
}

/// Writes a state unless somebody else changed the cohort since `version`; false then.
pub async fn set_state(
    tx: &mut Tx,
    (id, version): (CohortId, i64),
    state: CohortState,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, SET_STATE, id, version, state, now, by).map(|rows| rows == 1)
}

/// Notes who changed a cohort's people or steps last, and holds the row until the commit.
pub async fn touch(tx: &mut Tx, id: CohortId, by: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, TOUCH, id, now, by).map(|rows| rows == 1)
}

/// Who changed a cohort last.
pub async fn last_editor(h: &mut impl Handle, id: CohortId) -> Result<String, DbError> {
    let (name,): (String,) = fetch_one!(h, EDITOR, id)?;
    Ok(name)
}

/// Replaces the projects that pay.
pub async fn set_projects(tx: &mut Tx, id: CohortId, projects: &[ProjectId]) -> Result<(), DbError> {
    execute!(tx, PROJECTS_CLEAR, id)?;
    for project in projects {
        execute!(tx, PROJECT_ADD, id, *project)?;
    }
    Ok(())
}

/// A step.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepRow {
    /// Its id.
    pub id: StepId,
    /// Its cohort.
    pub cohort_id: CohortId,
    /// Its position.
    pub position: i64,
    /// What it asks for.
    pub kind: StepKind,
    /// Of which course.
    pub course_id: CourseId,
    /// Whether nobody finishes without it.
    pub required: bool,
    /// By when.
    pub due_on: Option<NaiveDate>,
}

/// The step of an id.
pub async fn step(h: &mut impl Handle, id: StepId) -> Result<Option<StepRow>, DbError> {
    fetch_optional!(h, STEP, id)
}

/// How many steps a cohort has.
pub async fn step_count(h: &mut impl Handle, id: CohortId) -> Result<i64, DbError> {
    let (count,): (i64,) = fetch_one!(h, STEP_COUNT, id)?;
    Ok(count)
}

/// Adds a step at the end; its position is not looked at.
pub async fn add_step(tx: &mut Tx, step: &StepRow) -> Result<(), DbError> {
    execute!(tx, STEP_ADD, step.id, step.cohort_id, step.kind, step.course_id, step.required, step.due_on).map(|_| ())
}

/// Changes whether a step is required and until when.
pub async fn set_step(tx: &mut Tx, id: StepId, required: bool, due_on: Option<NaiveDate>) -> Result<(), DbError> {
    execute!(tx, STEP_SET, id, required, due_on).map(|_| ())
}

/// Removes a step.
pub async fn remove_step(tx: &mut Tx, id: StepId) -> Result<(), DbError> {
    execute!(tx, STEP_REMOVE, id).map(|_| ())
}

/// Lets a step trade places with the one before or after it; false at the end.
pub async fn move_step(tx: &mut Tx, step: &StepRow, up: bool) -> Result<bool, DbError> {
    let statement = if up { STEP_BEFORE } else { STEP_AFTER };
    let neighbour: Option<(StepId, i64)> = fetch_optional!(tx, statement, step.cohort_id, step.position)?;
    let Some((other, position)) = neighbour else { return Ok(false) };
    execute!(tx, STEP_PLACE, step.id, position)?;
    execute!(tx, STEP_PLACE, other, step.position)?;
    Ok(true)
}

/// Replaces the deliveries of a step.
pub async fn set_step_deliveries(tx: &mut Tx, id: StepId, deliveries: &[DeliveryId]) -> Result<(), DbError> {
    execute!(tx, STEP_DELIVERIES_CLEAR, id)?;
    for delivery in deliveries {
        execute!(tx, STEP_DELIVERY_ADD, id, *delivery)?;
    }
    Ok(())
}

/// A delivery that may belong to a step.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChoiceRow {
    /// Its id.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: DeliveryState,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// One if it belongs to the step.
    pub chosen: i64,
}

/// The deliveries of a course, the latest first, with whether they belong to a step.
pub async fn choices(h: &mut impl Handle, step: StepId, course: CourseId) -> Result<Vec<ChoiceRow>, DbError> {
    fetch_all!(h, CHOICES, step, course)
}

/// Every delivery that may belong to a step of the course, however many.
pub async fn may_belong(h: &mut impl Handle, course: CourseId) -> Result<Vec<DeliveryId>, DbError> {
    let rows: Vec<(DeliveryId,)> = fetch_all!(h, MAY_BELONG, course)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A quota.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct QuotaRow {
    /// Its id.
    pub id: Uuid,
    /// Of an area.
    pub area_code: Option<String>,
    /// Or of an institution.
    pub institution_id: Option<InstitutionId>,
    /// How many places.
    pub places: i64,
}

/// The quotas of a cohort.
pub async fn quotas(h: &mut impl Handle, id: CohortId) -> Result<Vec<QuotaRow>, DbError> {
    fetch_all!(h, QUOTAS, id)
}

/// Adds a quota.
pub async fn add_quota(tx: &mut Tx, cohort: CohortId, quota: &QuotaRow) -> Result<(), DbError> {
    execute!(tx, QUOTA_ADD, quota.id, cohort, quota.area_code.as_deref(), quota.institution_id, quota.places)
        .map(|_| ())
}

/// Changes how many places a quota has.
pub async fn set_quota(tx: &mut Tx, id: Uuid, places: i64) -> Result<(), DbError> {
    execute!(tx, QUOTA_SET, id, places).map(|_| ())
}

/// Removes a quota.
pub async fn remove_quota(tx: &mut Tx, id: Uuid) -> Result<(), DbError> {
    execute!(tx, QUOTA_REMOVE, id).map(|_| ())
}

/// Records a cohort of the past in the state it came to.
pub async fn record(
    tx: &mut Tx,
    id: CohortId,
    course: CourseId,
    (plan, state, invented): (&CohortPlan, CohortState, bool),
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        RECORD,
        id,
        &plan.title,
        course,
        plan.host_id,
        state,
        plan.capacity,
        plan.starts_on,
        plan.ends_on,
        &plan.note,
        invented,
        now
    )
    .map(|_| ())
}
