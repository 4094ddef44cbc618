//! SQL: courses actually given.

use super::{
    model::{DeliveryHead, DeliveryState, Plan, SlotAct},
    timetable::PlanLine,
};
use crate::{
    common::ids::{CourseId, DeliveryId, PackId, PersonId, ProjectId, SessionPlanId, SlotId, TimetableSessionId},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

statements! {
    HEAD -> DeliveryHead = "SELECT d.id, d.course_id, c.slug AS course_slug, d.pack_id, d.title, d.state, d.mode, d.language,
            d.host_id, i.name AS host_name, i.slug AS host_slug, d.area_code, d.place, d.starts_on, d.ends_on, d.date_note,
            d.time_zone, d.sealed, d.capacity, d.taken, d.call_closes_on, c.by_nomination, c.modules_required, d.version,
            COALESCE(d.attendance_percent, i.attendance_percent, c.attendance_percent) AS attendance_percent,
            COALESCE(d.excused, i.excused, 'missed') AS excused
        FROM delivery d JOIN course c ON c.id = d.course_id LEFT JOIN institution i ON i.id = d.host_id
        WHERE d.id = $1";
    IS_TRAINER -> (i64,) = "SELECT COUNT(*) FROM delivery_trainer WHERE delivery_id = $1 AND person_id = $2";
    EDITOR -> (String,) = "SELECT updated_by FROM delivery WHERE id = $1";
    PLAN -> Plan = "SELECT pack_id, title, mode, language, host_id, area_code, place, link, starts_on, ends_on, time_zone, capacity,
            call_closes_on, note, sealed FROM delivery WHERE id = $1";
    ADD = "INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, link,
            starts_on, ends_on, time_zone, capacity, call_closes_on, note, created_at, updated_at, updated_by, sealed)
        VALUES ($1, $2, $3, $4, 'planned', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18, $19)";
    UPDATE = "UPDATE delivery SET pack_id = $3, title = $4, mode = $5, language = $6, host_id = $7, area_code = $8, place = $9,
            link = $10, starts_on = $11, ends_on = $12, time_zone = $13, capacity = $14, call_closes_on = $15, note = $16,
            updated_at = $17, updated_by = $18, sealed = $19, version = version + 1
        WHERE id = $1 AND version = $2";
    SET_STATE = "UPDATE delivery SET state = $3, updated_at = $4, updated_by = $5, version = version + 1
        WHERE id = $1 AND version = $2";
    // What people were told when their places were confirmed holds to the end.
    FIX_RULES = "UPDATE delivery SET attendance_percent = $2, excused = $3 WHERE id = $1";
    // Takes the row, so that what is read after it is what is written upon.
    TOUCH = "UPDATE delivery SET updated_at = $2, updated_by = $3 WHERE id = $1";
    PROJECTS_CLEAR = "DELETE FROM delivery_project WHERE delivery_id = $1";
    PROJECT_ADD = "INSERT INTO delivery_project (delivery_id, project_id) VALUES ($1, $2)";
    PEOPLE -> PartRow = "SELECT 'trainer' AS part, p.id, p.given_name || ' ' || p.family_name AS name, t.lead AS lead
            FROM delivery_trainer t JOIN person p ON p.id = t.person_id WHERE t.delivery_id = $1
        UNION ALL
        SELECT 'project' AS part, j.id, j.title AS name, FALSE AS lead
            FROM delivery_project x JOIN project j ON j.id = x.project_id WHERE x.delivery_id = $1
        ORDER BY 1, 4 DESC, 3";
    PACKS -> PackRow = "SELECT id, language, major, minor, title FROM pack WHERE course_id = $1 AND state = 'released' ORDER BY language, major DESC, minor DESC";
    PROJECTS -> (ProjectId, String) = "SELECT id, title FROM project ORDER BY status, title";
    COURSE -> CourseRow = "SELECT c.id, c.slug, c.published, (SELECT x.title FROM course_text x WHERE x.course_id = c.id AND x.language IN ($2, 'en')
            ORDER BY CASE WHEN x.language = $2 THEN 0 ELSE 1 END LIMIT 1) AS title
        FROM course c WHERE c.slug = $1";
    COURSES -> (String, String) = "SELECT c.slug, COALESCE((SELECT x.title FROM course_text x WHERE x.course_id = c.id AND x.language IN ($1, 'en')
            ORDER BY CASE WHEN x.language = $1 THEN 0 ELSE 1 END LIMIT 1), c.slug) AS title
        FROM course c WHERE c.published ORDER BY 2";
    TIMETABLE -> TimetableRow = "SELECT s.id AS slot_id, s.starts_at, s.ends_at, s.room, s.cancelled_at, s.cancelled_reason, t.id AS session_id, t.session_plan_id, t.title,
            t.starts_at AS session_starts, t.minutes
        FROM slot s LEFT JOIN timetable_session t ON t.slot_id = s.id
        WHERE s.delivery_id = $1 ORDER BY s.starts_at, s.id, t.starts_at, t.id";
    PLANS -> PlanLine = "SELECT p.id, p.title, p.minutes FROM session_plan p JOIN pack_module m ON m.id = p.module_id
        WHERE m.pack_id = $1 ORDER BY m.position, m.id, p.position, p.id";
    SLOTS_CLEAR = "DELETE FROM slot WHERE delivery_id = $1";
    SLOT_ADD = "INSERT INTO slot (id, delivery_id, starts_at, ends_at, room, minutes) VALUES ($1, $2, $3, $4, $5, $6)";
    SLOT_SET = "UPDATE slot SET starts_at = $3, ends_at = $4, room = $5, minutes = $6 WHERE id = $1 AND delivery_id = $2";
    SLOT_REMOVE = "DELETE FROM slot WHERE id = $1 AND delivery_id = $2";
    SLOT_CANCEL = "UPDATE slot SET cancelled_at = $3, cancelled_reason = $4 WHERE id = $1 AND delivery_id = $2 AND cancelled_at IS NULL";
    SLOT_RESTORE = "UPDATE slot SET cancelled_at = NULL, cancelled_reason = '' WHERE id = $1 AND delivery_id = $2 AND cancelled_at IS NOT NULL";
    STEP_ADD = "INSERT INTO slot_step (id, slot_id, act, reason, by_name, at) VALUES ($1, $2, $3, $4, $5, $6)";
    STEPS -> SlotStep = "SELECT act, reason, by_name, at FROM slot_step WHERE slot_id = $1 ORDER BY at, id";
    SESSION_ADD = "INSERT INTO timetable_session (id, slot_id, session_plan_id, title, starts_at, minutes) VALUES ($1, $2, $3, $4, $5, $6)";
    SESSION_SET = "UPDATE timetable_session SET slot_id = $2, title = $3, starts_at = $4, minutes = $5 WHERE id = $1";
    SESSION_REMOVE = "DELETE FROM timetable_session WHERE id = $1";
    TRAINER_ADD = "INSERT INTO delivery_trainer (delivery_id, person_id, lead) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    TRAINER_REMOVE = "DELETE FROM delivery_trainer WHERE delivery_id = $1 AND person_id = $2";
    TRAINER_LEAD = "UPDATE delivery_trainer SET lead = (person_id = $2) WHERE delivery_id = $1";
    IS_TRAINER_BY_ROLE -> (i64,) = "SELECT COUNT(*) FROM role_grant WHERE person_id = $1 AND role = 'trainer' AND ended_at IS NULL";
}

/// What is said of a delivery everywhere.
pub async fn head(h: &mut impl Handle, id: DeliveryId) -> Result<Option<DeliveryHead>, DbError> {
    fetch_optional!(h, HEAD, id)
}

/// Whether a person trains in a delivery.
pub async fn is_trainer(h: &mut impl Handle, id: DeliveryId, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, IS_TRAINER, id, person)?;
    Ok(count > 0)
}

/// Who changed a delivery last.
pub async fn last_editor(h: &mut impl Handle, id: DeliveryId) -> Result<String, DbError> {
    let (name,): (String,) = fetch_one!(h, EDITOR, id)?;
    Ok(name)
}

/// What a form may change.
pub async fn plan(h: &mut impl Handle, id: DeliveryId) -> Result<Option<Plan>, DbError> {
    fetch_optional!(h, PLAN, id)
}

/// Adds a delivery, planned.
pub async fn add(
    tx: &mut Tx,
    id: DeliveryId,
    course: CourseId,
    plan: &Plan,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        ADD,
        id,
        course,
        plan.pack_id,
        &plan.title,
        plan.mode,
        &plan.language,
        plan.host_id,
        plan.area_code.as_deref(),
        &plan.place,
        &plan.link,
        plan.starts_on,
        plan.ends_on,
        &plan.time_zone,
        plan.capacity,
        plan.call_closes_on,
        &plan.note,
        now,
        by,
        plan.sealed
    )
    .map(|_| ())
}

/// Writes a changed delivery unless somebody else did since `version`; false then.
pub async fn update(
    tx: &mut Tx,
    id: DeliveryId,
    version: i64,
    plan: &Plan,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(
        tx,
        UPDATE,
        id,
        version,
        plan.pack_id,
        &plan.title,
        plan.mode,
        &plan.language,
        plan.host_id,
        plan.area_code.as_deref(),
        &plan.place,
        &plan.link,
        plan.starts_on,
        plan.ends_on,
        &plan.time_zone,
        plan.capacity,
        plan.call_closes_on,
        &plan.note,
        now,
        by,
        plan.sealed
    )
    .map(|rows| rows == 1)
}

/// Writes a state unless somebody else changed the delivery since `version`; false then.
pub async fn set_state(
    tx: &mut Tx,
    id: DeliveryId,
    version: i64,
    state: DeliveryState,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, SET_STATE, id, version, state, now, by).map(|rows| rows == 1)
}

/// Notes who changed a delivery's timetable or people last, and holds the row until the commit.
pub async fn touch(tx: &mut Tx, id: DeliveryId, by: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, TOUCH, id, now, by).map(|rows| rows == 1)
}

/// Replaces the projects that pay.
pub async fn set_projects(tx: &mut Tx, id: DeliveryId, projects: &[ProjectId]) -> Result<(), DbError> {
    execute!(tx, PROJECTS_CLEAR, id)?;
    for project in projects {
        execute!(tx, PROJECT_ADD, id, *project)?;
    }
    Ok(())
}

/// A trainer or a project of a delivery.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PartRow {
    /// `trainer` or `project`.
    pub part: String,
    /// Its id.
    pub id: uuid::Uuid,
    /// Name or title.
    pub name: String,
    /// Whether it is the lead trainer.
    pub lead: bool,
}

/// Trainers, lead first, and projects. One statement.
pub async fn parts(h: &mut impl Handle, id: DeliveryId) -> Result<Vec<PartRow>, DbError> {
    fetch_all!(h, PEOPLE, id)
}

/// A released version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct PackRow {
    /// Its id.
    pub id: PackId,
    /// Its language.
    pub language: String,
    /// Its version.
    pub major: i64,
    /// Its version.
    pub minor: i64,
    /// Its title.
    pub title: String,
}

/// Released versions of a course.
pub async fn packs(h: &mut impl Handle, course: CourseId) -> Result<Vec<PackRow>, DbError> {
    fetch_all!(h, PACKS, course)
}

/// All projects.
pub async fn projects(h: &mut impl Handle) -> Result<Vec<(ProjectId, String)>, DbError> {
    fetch_all!(h, PROJECTS)
}

/// The course of an address.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CourseRow {
    /// Its id.
    pub id: CourseId,
    /// Its address in the site.
    pub slug: String,
    /// Whether it is in the catalogue.
    pub published: bool,
    /// Its title.
    pub title: Option<String>,
}

/// The course of an address.
pub async fn course(h: &mut impl Handle, slug: &str, language: &str) -> Result<Option<CourseRow>, DbError> {
    fetch_optional!(h, COURSE, slug, language)
}

/// Courses that can be scheduled: address and title.
pub async fn courses(h: &mut impl Handle, language: &str) -> Result<Vec<(String, String)>, DbError> {
    fetch_all!(h, COURSES, language)
}

/// A half-day with one of its sessions, or with none.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TimetableRow {
    /// The half-day.
    pub slot_id: SlotId,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub room: String,
    /// When it was called off.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// Why it was called off.
    pub cancelled_reason: String,
    /// The session.
    pub session_id: Option<TimetableSessionId>,
    /// What it was planned as.
    pub session_plan_id: Option<SessionPlanId>,
    /// Its title.
    pub title: Option<String>,
    /// When it starts.
    pub session_starts: Option<DateTime<Utc>>,
    /// How long it takes.
    pub minutes: Option<i64>,
}

/// The whole timetable, in order. One statement.
pub async fn timetable(h: &mut impl Handle, id: DeliveryId) -> Result<Vec<TimetableRow>, DbError> {
    fetch_all!(h, TIMETABLE, id)
}

/// The session plans of a pack, in order.
pub async fn plans(h: &mut impl Handle, pack: PackId) -> Result<Vec<PlanLine>, DbError> {
    fetch_all!(h, PLANS, pack)
}

/// Removes every half-day with its sessions; a constraint violation when one has marks.
pub async fn clear_slots(tx: &mut Tx, id: DeliveryId) -> Result<(), DbError> {
    execute!(tx, SLOTS_CLEAR, id).map(|_| ())
}

/// A half-day.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Its id.
    pub id: SlotId,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub room: String,
}

impl Slot {
    /// Its length.
    fn minutes(&self) -> i64 {
        (self.ends_at - self.starts_at).num_minutes()
    }
}

/// Fixes the rules of completion of a delivery as they stand.
pub async fn fix_rules(tx: &mut Tx, head: &DeliveryHead) -> Result<(), DbError> {
    execute!(tx, FIX_RULES, head.id, head.attendance_percent, head.excused).map(|_| ())
}

/// Adds a half-day.
pub async fn add_slot(tx: &mut Tx, delivery: DeliveryId, slot: &Slot) -> Result<(), DbError> {
    execute!(tx, SLOT_ADD, slot.id, delivery, slot.starts_at, slot.ends_at, &slot.room, slot.minutes()).map(|_| ())
}

/// Changes a half-day.
pub async fn set_slot(tx: &mut Tx, delivery: DeliveryId, slot: &Slot) -> Result<bool, DbError> {
    execute!(tx, SLOT_SET, slot.id, delivery, slot.starts_at, slot.ends_at, &slot.room, slot.minutes())
        .map(|rows| rows == 1)
}

/// Removes a half-day with its sessions; a constraint violation when it has marks.
pub async fn remove_slot(tx: &mut Tx, delivery: DeliveryId, slot: SlotId) -> Result<bool, DbError> {
    execute!(tx, SLOT_REMOVE, slot, delivery).map(|rows| rows == 1)
}

/// Calls a half-day off; false when it was before.
pub async fn cancel_slot(
    tx: &mut Tx,
    delivery: DeliveryId,
    slot: SlotId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, SLOT_CANCEL, slot, delivery, now, reason).map(|rows| rows == 1)
}

/// Gives a half-day after all; false when it was not called off.
pub async fn restore_slot(tx: &mut Tx, delivery: DeliveryId, slot: SlotId) -> Result<bool, DbError> {
    execute!(tx, SLOT_RESTORE, slot, delivery).map(|rows| rows == 1)
}

/// What became of a half-day besides its marks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, sqlx::FromRow)]
pub struct SlotStep {
    /// What.
    pub act: SlotAct,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by_name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writes down what became of a half-day.
pub async fn add_slot_step(tx: &mut Tx, id: uuid::Uuid, slot: SlotId, step: &SlotStep) -> Result<(), DbError> {
    execute!(tx, STEP_ADD, id, slot, step.act, &step.reason, &step.by_name, step.at).map(|_| ())
}

/// What became of a half-day, oldest first.
pub async fn slot_steps(h: &mut impl Handle, slot: SlotId) -> Result<Vec<SlotStep>, DbError> {
    fetch_all!(h, STEPS, slot)
}

/// A line of the timetable.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its id.
    pub id: TimetableSessionId,
    /// The half-day it is in.
    pub slot: SlotId,
    /// What it was planned as.
    pub plan: Option<SessionPlanId>,
    /// Its title.
    pub title: String,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// How long it takes.
    pub minutes: i64,
}

/// Adds a session.
pub async fn add_session(tx: &mut Tx, session: &Session) -> Result<(), DbError> {
    execute!(
        tx,
        SESSION_ADD,
        session.id,
        session.slot,
        session.plan,
        &session.title,
        session.starts_at,
        session.minutes
    )
    .map(|_| ())
}

/// Changes a session.
pub async fn set_session(tx: &mut Tx, session: &Session) -> Result<bool, DbError> {
    execute!(tx, SESSION_SET, session.id, session.slot, &session.title, session.starts_at, session.minutes)
        .map(|rows| rows == 1)
}

/// Removes a session.
pub async fn remove_session(tx: &mut Tx, id: TimetableSessionId) -> Result<bool, DbError> {
    execute!(tx, SESSION_REMOVE, id).map(|rows| rows == 1)
}

/// Makes a person a trainer of a delivery; nothing happens when they are.
pub async fn add_trainer(tx: &mut Tx, id: DeliveryId, person: PersonId, lead: bool) -> Result<bool, DbError> {
    execute!(tx, TRAINER_ADD, id, person, lead).map(|rows| rows == 1)
}

/// Takes a trainer off a delivery.
pub async fn remove_trainer(tx: &mut Tx, id: DeliveryId, person: PersonId) -> Result<bool, DbError> {
    execute!(tx, TRAINER_REMOVE, id, person).map(|rows| rows == 1)
}

/// Makes one trainer the lead, and no other.
pub async fn set_lead(tx: &mut Tx, id: DeliveryId, person: PersonId) -> Result<(), DbError> {
    execute!(tx, TRAINER_LEAD, id, person).map(|_| ())
}

/// Whether a person holds the trainer's role.
pub async fn holds_trainer_role(h: &mut impl Handle, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, IS_TRAINER_BY_ROLE, person)?;
    Ok(count > 0)
}
