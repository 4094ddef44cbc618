//! SQL: cohorts, their steps, places and members.

use super::model::{CohortHead, CohortPlan, CohortState, MemberState, StepKind};
use crate::{
    common::ids::{CohortId, CourseId, DeliveryId, InstitutionId, MemberId, PersonId, ProjectId, StepId},
    deliveries::model::DeliveryState,
    enrolment::model::EnrolmentState,
    execute, fetch_all, fetch_one, fetch_optional,
    people::model::Profession,
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

// The post that somebody holds on a day.
macro_rules! held {
    ($day:literal) => {
        concat!(
            "LEFT JOIN post o ON o.id = (SELECT x.id FROM post x WHERE x.person_id = p.id
                AND (x.starts_on IS NULL OR x.starts_on <= ",
            $day,
            ") AND (x.ends_on IS NULL OR x.ends_on >= ",
            $day,
            ")
                ORDER BY CASE WHEN x.starts_on IS NULL THEN 1 ELSE 0 END, x.starts_on DESC, x.id DESC LIMIT 1)
            LEFT JOIN institution i ON i.id = o.institution_id"
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

statements! {
    HEAD = concat!(head!(), "WHERE c.id = $3");
    // Officers see all; others what they host, can propose for, belong to or mentor.
    LIST = concat!(head!(), "WHERE c.id < $3 AND ($4 = '' OR c.state = $4) AND ($5
            OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $1 AND g.role = 'institution_administrator' AND g.ended_at IS NULL
                AND (g.institution_id = c.host_id OR c.state IN ('selection', 'running')))
            OR EXISTS (SELECT 1 FROM cohort_member m WHERE m.cohort_id = c.id AND (m.person_id = $1 OR m.mentor_id = $1)))
        ORDER BY c.id DESC LIMIT 31");
    PARTS = concat!("SELECT 'step' AS part, s.id, s.position AS number, s.kind AS code, ", course_title!("s.course_id", "k.slug"), " AS name,
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
    MEMBERS = concat!("SELECT m.id, m.person_id, p.given_name || ' ' || p.family_name AS name, m.state, m.area_code, ",
        area_name!("m.area_code"), " AS area_name, m.institution_id, i.name AS institution_name, m.mentor_id,
            t.given_name || ' ' || t.family_name AS mentor_name, m.joined_at, m.reason, p.invented
        FROM cohort_member m JOIN person p ON p.id = m.person_id LEFT JOIN institution i ON i.id = m.institution_id
            LEFT JOIN person t ON t.id = m.mentor_id
        WHERE m.cohort_id = $1 ORDER BY p.folded, m.id");
    FACTS = "SELECT s.id AS step_id, m.person_id, e.state AS place, d.state AS delivery, d.ends_on, CAST(0 AS BIGINT) AS signed
        FROM cohort_member m JOIN cohort_step s ON s.cohort_id = m.cohort_id AND s.kind = 'attend'
            JOIN cohort_step_delivery x ON x.step_id = s.id
            JOIN enrolment e ON e.delivery_id = x.delivery_id AND e.person_id = m.person_id JOIN delivery d ON d.id = e.delivery_id
        WHERE m.cohort_id = $1
        UNION ALL
        SELECT s.id, m.person_id, NULL, d.state, d.ends_on,
            (SELECT COUNT(*) FROM licence l JOIN licence_step z ON z.licence_id = l.id
                WHERE l.person_id = m.person_id AND l.course_id = s.course_id AND z.cause = 'sign_off' AND z.delivery_id = d.id)
        FROM cohort_member m JOIN cohort_step s ON s.cohort_id = m.cohort_id AND s.kind = 'give'
            JOIN delivery_trainer t ON t.person_id = m.person_id JOIN delivery d ON d.id = t.delivery_id AND d.course_id = s.course_id
        WHERE m.cohort_id = $1";
    ADD = "INSERT INTO cohort (id, title, course_id, host_id, state, capacity, starts_on, ends_on, note, created_at, updated_at, updated_by)
        VALUES ($1, $2, $3, $4, 'planned', $5, $6, $7, $8, $9, $9, $10)";
    UPDATE = "UPDATE cohort SET title = $3, course_id = $4, host_id = $5, capacity = $6, starts_on = $7, ends_on = $8, note = $9,
            updated_at = $10, updated_by = $11, version = version + 1
        WHERE id = $1 AND version = $2";
    SET_STATE = "UPDATE cohort SET state = $3, updated_at = $4, updated_by = $5, version = version + 1 WHERE id = $1 AND version = $2";
    // Takes the row, so that what is read after it is what is written upon.
    TOUCH = "UPDATE cohort SET updated_at = $2, updated_by = $3 WHERE id = $1";
    EDITOR = "SELECT updated_by FROM cohort WHERE id = $1";
    PROJECTS_CLEAR = "DELETE FROM cohort_project WHERE cohort_id = $1";
    PROJECT_ADD = "INSERT INTO cohort_project (cohort_id, project_id) VALUES ($1, $2)";
    STEP = "SELECT id, cohort_id, position, kind, course_id, required, due_on FROM cohort_step WHERE id = $1";
    STEP_ADD = "INSERT INTO cohort_step (id, cohort_id, position, kind, course_id, required, due_on)
        VALUES ($1, $2, (SELECT COALESCE(MAX(x.position), 0) + 1 FROM cohort_step x WHERE x.cohort_id = $2), $3, $4, $5, $6)";
    STEP_SET = "UPDATE cohort_step SET required = $2, due_on = $3 WHERE id = $1";
    STEP_REMOVE = "DELETE FROM cohort_step WHERE id = $1";
    STEP_COUNT = "SELECT COUNT(*) FROM cohort_step WHERE cohort_id = $1";
    // The neighbours with which a step trades places.
    STEP_BEFORE = "SELECT id, position FROM cohort_step WHERE cohort_id = $1 AND position < $2 ORDER BY position DESC LIMIT 1";
    STEP_AFTER = "SELECT id, position FROM cohort_step WHERE cohort_id = $1 AND position > $2 ORDER BY position LIMIT 1";
    STEP_PLACE = "UPDATE cohort_step SET position = $2 WHERE id = $1";
    STEP_DELIVERIES_CLEAR = "DELETE FROM cohort_step_delivery WHERE step_id = $1";
    STEP_DELIVERY_ADD = "INSERT INTO cohort_step_delivery (step_id, delivery_id) VALUES ($1, $2)";
    // Those of the step's course: the latest hundred, and those that are chosen already.
    CHOICES = "SELECT d.id, d.title, d.state, d.starts_on, d.ends_on, d.date_note,
            (SELECT COUNT(*) FROM cohort_step_delivery x WHERE x.step_id = $1 AND x.delivery_id = d.id) AS chosen
        FROM delivery d WHERE d.course_id = $2 AND (d.id IN (SELECT z.id FROM delivery z WHERE z.course_id = $2
                ORDER BY CASE WHEN z.starts_on IS NULL THEN 1 ELSE 0 END, z.starts_on DESC, z.id DESC LIMIT 100)
            OR d.id IN (SELECT y.delivery_id FROM cohort_step_delivery y WHERE y.step_id = $1))
        ORDER BY CASE WHEN d.starts_on IS NULL THEN 1 ELSE 0 END, d.starts_on DESC, d.id DESC";
    QUOTAS = "SELECT id, area_code, institution_id, places FROM cohort_quota WHERE cohort_id = $1 ORDER BY id";
    QUOTA_ADD = "INSERT INTO cohort_quota (id, cohort_id, area_code, institution_id, places) VALUES ($1, $2, $3, $4, $5)";
    QUOTA_SET = "UPDATE cohort_quota SET places = $2 WHERE id = $1";
    QUOTA_REMOVE = "DELETE FROM cohort_quota WHERE id = $1";
    SELECTED = "SELECT institution_id, area_code FROM cohort_member WHERE cohort_id = $1 AND state = 'selected'";
    MEMBER = "SELECT m.id, m.cohort_id, m.person_id, p.given_name || ' ' || p.family_name AS name, m.state, m.area_code, m.institution_id,
            m.mentor_id, t.given_name || ' ' || t.family_name AS mentor_name
        FROM cohort_member m JOIN person p ON p.id = m.person_id LEFT JOIN person t ON t.id = m.mentor_id WHERE m.id = $1";
    MEMBER_OF = "SELECT id, state FROM cohort_member WHERE cohort_id = $1 AND person_id = $2";
    MEMBER_ADD = "INSERT INTO cohort_member (id, cohort_id, person_id, state, area_code, institution_id, created_at, updated_at, updated_by)
        VALUES ($1, $2, $3, 'proposed', $4, $5, $6, $6, $7)";
    MEMBER_SET = "UPDATE cohort_member SET state = $3, area_code = $4, institution_id = $5, joined_at = $6, left_at = $7, reason = $8,
            updated_at = $9, updated_by = $10, version = version + 1
        WHERE id = $1 AND state = $2";
    MEMBER_TIMES = "SELECT joined_at, left_at FROM cohort_member WHERE id = $1";
    MENTOR_SET = "UPDATE cohort_member SET mentor_id = $2, updated_at = $3, updated_by = $4, version = version + 1 WHERE id = $1";
    LICENCE_MENTOR = "UPDATE licence SET mentor_id = $3, updated_at = $4, updated_by = $5, version = version + 1
        WHERE person_id = $1 AND course_id = $2";
    CHANGE_ADD = "INSERT INTO cohort_member_change (id, member_id, at, from_state, to_state, changed_by, changed_by_name, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    CHANGES = "SELECT at, from_state, to_state, changed_by_name, reason FROM cohort_member_change WHERE member_id = $1 ORDER BY at, id";
    WHO = concat!("SELECT o.institution_id, COALESCE(i.area_code, p.area_code) AS area_code FROM person p ", held!("$2"), " WHERE p.id = $1");
    // Who could be proposed: everybody for who sees everybody ($4), else those who hold a role or a post at an
    // institution that who asks ($5) administers.
    FOUND = concat!("SELECT p.id, p.given_name || ' ' || p.family_name AS name, o.profession, COALESCE(NULLIF(o.workplace, ''), i.name, '') AS workplace
        FROM person p ", held!("$3"), "
        WHERE p.folded LIKE $2 AND NOT EXISTS (SELECT 1 FROM cohort_member m WHERE m.cohort_id = $1 AND m.person_id = p.id
                AND m.state IN ('proposed', 'selected', 'reserve'))
            AND ($4 OR EXISTS (SELECT 1 FROM role_grant mine WHERE mine.person_id = $5 AND mine.role = 'institution_administrator'
                AND mine.ended_at IS NULL AND (
                    EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id AND g.institution_id = mine.institution_id AND g.ended_at IS NULL)
                    OR EXISTS (SELECT 1 FROM post z WHERE z.person_id = p.id AND z.institution_id = mine.institution_id
                        AND (z.ends_on IS NULL OR z.ends_on >= $3)))))
        ORDER BY p.folded, p.id LIMIT 40");
    // Who may be a mentor: who mentors here, trains in a delivery of the sequence, or has the trainer's role and the name.
    MENTORS = "SELECT p.id, p.given_name || ' ' || p.family_name AS name FROM person p
        WHERE p.id IN (SELECT m.mentor_id FROM cohort_member m WHERE m.cohort_id = $1 AND m.mentor_id IS NOT NULL)
            OR p.id IN (SELECT t.person_id FROM cohort_step s JOIN cohort_step_delivery x ON x.step_id = s.id
                JOIN delivery_trainer t ON t.delivery_id = x.delivery_id WHERE s.cohort_id = $1 AND s.kind = 'attend')
            OR ($2 <> '' AND p.folded LIKE $2 AND (EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id AND g.role = 'trainer' AND g.ended_at IS NULL)
                OR EXISTS (SELECT 1 FROM licence l WHERE l.person_id = p.id AND l.state = 'licensed')))
        ORDER BY p.folded, p.id LIMIT 60";
    MENTOR_KNOWN = "SELECT COUNT(*) FROM person p WHERE p.id = $1 AND (
            EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id AND g.role = 'trainer' AND g.ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM licence l WHERE l.person_id = p.id AND l.state = 'licensed')
            OR EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.person_id = p.id))";
    RECIPIENTS = "SELECT m.id AS member_id, m.state, p.given_name || ' ' || p.family_name AS name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email,
            a.language, t.given_name || ' ' || t.family_name AS mentor_name, COALESCE(NULLIF(t.email, ''), b.email) AS mentor_email,
            b.language AS mentor_language
        FROM cohort_member m JOIN person p ON p.id = m.person_id LEFT JOIN account a ON a.person_id = p.id
            LEFT JOIN person t ON t.id = m.mentor_id LEFT JOIN account b ON b.person_id = t.id
        WHERE m.cohort_id = $1";
    // Of the past, which goes through no form.
    RECORD = "INSERT INTO cohort (id, title, course_id, host_id, state, capacity, starts_on, ends_on, note, invented, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
    RECORD_MEMBER = "INSERT INTO cohort_member (id, cohort_id, person_id, state, area_code, mentor_id, joined_at, created_at, updated_at)
        VALUES ($1, $2, $3, 'selected', $4, $5, $6, $6, $6)";
    COURSE_KNOWN = "SELECT id FROM course WHERE slug = $1";
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

/// A member with names.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MemberRow {
    /// The place.
    pub id: MemberId,
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// The state of the place.
    pub state: MemberState,
    /// The area they count for.
    pub area_code: Option<String>,
    /// Its name.
    pub area_name: Option<String>,
    /// The institution they count for.
    pub institution_id: Option<InstitutionId>,
    /// Its name.
    pub institution_name: Option<String>,
    /// Their mentor.
    pub mentor_id: Option<PersonId>,
    /// The mentor's name.
    pub mentor_name: Option<String>,
    /// When they were selected.
    pub joined_at: Option<DateTime<Utc>>,
    /// Why they were refused or left.
    pub reason: String,
    /// Whether the demonstration made them up.
    pub invented: bool,
}

/// Everybody who was ever proposed, by name.
pub async fn members(
    h: &mut impl Handle,
    id: CohortId,
    language: &str,
    day: NaiveDate,
) -> Result<Vec<MemberRow>, DbError> {
    fetch_all!(h, MEMBERS, id, language, day)
}

/// A delivery in which a member took part for a step, or which they gave.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FactRow {
    /// The step.
    pub step_id: StepId,
    /// The member's person.
    pub person_id: PersonId,
    /// The state of their place; none where they were a trainer.
    pub place: Option<EnrolmentState>,
    /// The delivery's state.
    pub delivery: DeliveryState,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// How often it was signed off.
    pub signed: i64,
}

/// What is known of all members in all steps. One statement.
pub async fn facts(h: &mut impl Handle, id: CohortId) -> Result<Vec<FactRow>, DbError> {
    fetch_all!(h, FACTS, id)
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

/// What those who are selected count for: institution and area.
pub async fn selected(
    h: &mut impl Handle,
    id: CohortId,
) -> Result<Vec<(Option<InstitutionId>, Option<String>)>, DbError> {
    fetch_all!(h, SELECTED, id)
}

/// A member.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OneMember {
    /// The place.
    pub id: MemberId,
    /// Of which cohort.
    pub cohort_id: CohortId,
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// The state of the place.
    pub state: MemberState,
    /// The area they count for.
    pub area_code: Option<String>,
    /// The institution they count for.
    pub institution_id: Option<InstitutionId>,
    /// Their mentor.
    pub mentor_id: Option<PersonId>,
    /// The mentor's name.
    pub mentor_name: Option<String>,
}

/// The member of an id.
pub async fn member(h: &mut impl Handle, id: MemberId) -> Result<Option<OneMember>, DbError> {
    fetch_optional!(h, MEMBER, id)
}

/// A person's place in a cohort.
pub async fn member_of(
    h: &mut impl Handle,
    cohort: CohortId,
    person: PersonId,
) -> Result<Option<(MemberId, MemberState)>, DbError> {
    fetch_optional!(h, MEMBER_OF, cohort, person)
}

/// What somebody counts for by the post held on a day: institution and area; none when there is no
/// such person.
pub async fn origin(
    h: &mut impl Handle,
    person: PersonId,
    day: NaiveDate,
) -> Result<Option<(Option<InstitutionId>, Option<String>)>, DbError> {
    fetch_optional!(h, WHO, person, day)
}

/// Adds a proposed member.
pub async fn add_member(
    tx: &mut Tx,
    id: MemberId,
    (cohort, person): (CohortId, PersonId),
    (institution, area): (Option<InstitutionId>, Option<&str>),
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, MEMBER_ADD, id, cohort, person, area, institution, now, by).map(|_| ())
}

/// What becomes of a member.
pub struct MemberChange<'a> {
    /// Whose place.
    pub id: MemberId,
    /// What it was.
    pub from: MemberState,
    /// What it becomes.
    pub to: MemberState,
    /// The institution they count for.
    pub institution: Option<InstitutionId>,
    /// The area they count for.
    pub area: Option<&'a str>,
    /// Why.
    pub reason: &'a str,
    /// Who decided.
    pub by: &'a str,
}

/// Changes a member's state; false when it is no longer the one that was read.
pub async fn set_member(tx: &mut Tx, change: &MemberChange<'_>, now: DateTime<Utc>) -> Result<bool, DbError> {
    let (joined, left): (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = fetch_one!(tx, MEMBER_TIMES, change.id)?;
    let (joined, left) = match change.to {
        MemberState::Selected => (Some(now), None),
        MemberState::Left => (joined, Some(now)),
        _ => (joined, left),
    };
    execute!(
        tx,
        MEMBER_SET,
        change.id,
        change.from,
        change.to,
        change.area,
        change.institution,
        joined,
        left,
        change.reason,
        now,
        change.by
    )
    .map(|rows| rows == 1)
}

/// Sets a member's mentor, or none.
pub async fn set_mentor(
    tx: &mut Tx,
    id: MemberId,
    mentor: Option<PersonId>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, MENTOR_SET, id, mentor, now, by).map(|_| ())
}

/// Sets the mentor of a person's licence of a course, where there is one.
pub async fn set_licence_mentor(
    tx: &mut Tx,
    (person, course): (PersonId, CourseId),
    mentor: Option<PersonId>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, LICENCE_MENTOR, person, course, mentor, now, by).map(|_| ())
}

/// A line of a member's history.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChangeRow {
    /// When.
    pub at: DateTime<Utc>,
    /// What it was.
    pub from_state: Option<MemberState>,
    /// What it became.
    pub to_state: MemberState,
    /// Who did it.
    pub changed_by_name: String,
    /// Why.
    pub reason: String,
}

/// Writes a line of a member's history.
pub async fn add_change(
    tx: &mut Tx,
    id: Uuid,
    member: MemberId,
    line: &ChangeRow,
    by: Option<PersonId>,
) -> Result<(), DbError> {
    execute!(
        tx,
        CHANGE_ADD,
        id,
        member,
        line.at,
        line.from_state,
        line.to_state,
        by,
        &line.changed_by_name,
        &line.reason
    )
    .map(|_| ())
}

/// A member's history, in order.
pub async fn changes(h: &mut impl Handle, member: MemberId) -> Result<Vec<ChangeRow>, DbError> {
    fetch_all!(h, CHANGES, member)
}

/// A person found by name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FoundRow {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// What they do by profession.
    pub profession: Option<Profession>,
    /// Where they work.
    pub workplace: String,
}

/// Persons who could be proposed, by name.
pub async fn find(
    h: &mut impl Handle,
    cohort: CohortId,
    pattern: &str,
    day: NaiveDate,
    (everybody, asker): (bool, PersonId),
) -> Result<Vec<FoundRow>, DbError> {
    fetch_all!(h, FOUND, cohort, pattern, day, everybody, asker)
}

/// Who may be chosen as a mentor; `pattern` finds further ones by name, empty finds none.
pub async fn mentors(h: &mut impl Handle, cohort: CohortId, pattern: &str) -> Result<Vec<(PersonId, String)>, DbError> {
    fetch_all!(h, MENTORS, cohort, pattern)
}

/// Whether a person may be a mentor: has the trainer's role or a licence, or has taught.
pub async fn may_mentor(h: &mut impl Handle, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, MENTOR_KNOWN, person)?;
    Ok(count > 0)
}

/// Whom a letter goes to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recipient {
    /// The member.
    pub member_id: MemberId,
    /// The state of the place.
    pub state: MemberState,
    /// Their name.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
    /// The language of their account.
    pub language: Option<String>,
    /// Their mentor's name.
    pub mentor_name: Option<String>,
    /// Their mentor's address.
    pub mentor_email: Option<String>,
    /// The language of their mentor's account.
    pub mentor_language: Option<String>,
}

/// Everybody who was ever proposed, with addresses.
pub async fn recipients(h: &mut impl Handle, cohort: CohortId) -> Result<Vec<Recipient>, DbError> {
    fetch_all!(h, RECIPIENTS, cohort)
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

/// Records a member of the past, selected, with area and mentor.
pub async fn record_member(
    tx: &mut Tx,
    id: MemberId,
    (cohort, person): (CohortId, PersonId),
    area: &str,
    mentor: Option<PersonId>,
    joined: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, RECORD_MEMBER, id, cohort, person, area, mentor, joined).map(|_| ())
}
