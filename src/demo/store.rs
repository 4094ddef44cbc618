//! SQL of the demonstration's loader: one INSERT a table, for tables whose own stores write
//! through forms and rules that a record of the past does not go through.

use crate::{
    attendance::model::{MarkSource, MarkState},
    common::ids::{
        CourseId, DeliveryId, EnrolmentId, FileId, InstitutionId, MaterialId, ModuleId, PackId, PersonId, PostId,
        ProjectId, SessionPlanId, SlotId,
    },
    deliveries::model::{DeliveryState, Mode},
    enrolment::model::{EnrolmentSource, EnrolmentState},
    execute, fetch_one,
    packs::model::{MaterialKind, Method},
    people::model::Profession,
    platform::db::{DbError, Handle, Tx},
    programmes::model::{ActivityKind, DocumentKind, ProjectStatus},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

statements! {
    RECORDS -> (i64,) = "SELECT (SELECT COUNT(*) FROM person) + (SELECT COUNT(*) FROM area) + (SELECT COUNT(*) FROM institution)
        + (SELECT COUNT(*) FROM course) + (SELECT COUNT(*) FROM project)";
    LOADED -> (i64,) = "SELECT COUNT(*) FROM audit WHERE record = 'demonstration' AND action = 'load'";
    PASSWORD = "UPDATE account SET password_hash = $2, disabled = $3 WHERE email = $1";
    PROJECT = "INSERT INTO project (id, key, title, predecessor, starts, ends, months, budget_cents, funding, status, note)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    PROJECT_AREA = "INSERT INTO project_area (project_id, area_code) VALUES ($1, $2)";
    AMENDMENT = "INSERT INTO project_amendment (id, project_id, known_by, field, old_value, new_value) VALUES ($1, $2, $3, $4, $5, $6)";
    RESULT = "INSERT INTO expected_result (id, project_id, number, text, indicator_due) VALUES ($1, $2, $3, $4, $5)";
    ACTIVITY = "INSERT INTO activity (id, position, title, kind, starts, ends, place, area_code, participants, papers, note)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    ACTIVITY_PROJECT = "INSERT INTO activity_project (activity_id, project_id) VALUES ($1, $2)";
    DOCUMENT = "INSERT INTO document (id, position, title, kind, project_id, history) VALUES ($1, $2, $3, $4, $5, $6)";
    TRANSLATION = "INSERT INTO document_translation (document_id, language, published, published_on, note) VALUES ($1, $2, $3, $4, $5)";
    POST = "INSERT INTO post (id, person_id, profession, institution_id, workplace, starts_on) VALUES ($1, $2, $3, $4, $5, $6)";
    COURSE = "INSERT INTO course (id, slug, kind, audiences, languages, minutes, days, attendance_percent, modules_required,
            by_nomination, published, folded, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)";
    COURSE_TEXT = "INSERT INTO course_text (course_id, language, title, summary, objectives) VALUES ($1, $2, $3, $4, $5)";
    COURSE_REQUIRES = "INSERT INTO course_prerequisite (course_id, required_id) VALUES ($1, $2)";
    COURSE_INSTITUTION = "INSERT INTO course_institution (course_id, institution_id) VALUES ($1, $2)";
    COURSE_AUTHOR = "INSERT INTO course_author (course_id, person_id) VALUES ($1, $2)";
    PACK = "INSERT INTO pack (id, course_id, language, major, minor, state, title, summary, release_notes, created_at, updated_at, released_at)
        VALUES ($1, $2, $3, $4, $5, 'released', $6, $7, $8, $9, $9, $9)";
    MODULE = "INSERT INTO pack_module (id, pack_id, position, title, summary, objectives) VALUES ($1, $2, $3, $4, $5, $6)";
    SESSION = "INSERT INTO session_plan (id, module_id, position, title, minutes, method, objectives, notes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    MATERIAL = "INSERT INTO material (id, module_id, position, kind, title, minutes, body, file_id, url)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    DELIVERY = "INSERT INTO delivery (id, course_id, pack_id, title, state, mode, language, host_id, area_code, place, link,
            starts_on, ends_on, date_note, time_zone, capacity, taken, call_closes_on, note, invented, created_at, updated_at, excused, attendance_percent)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $21, 'missed',
            (SELECT c.attendance_percent FROM course c WHERE c.id = $2))";
    DELIVERY_PROJECT = "INSERT INTO delivery_project (delivery_id, project_id) VALUES ($1, $2)";
    DELIVERY_TRAINER = "INSERT INTO delivery_trainer (delivery_id, person_id, lead) VALUES ($1, $2, $3)";
    SLOT = "INSERT INTO slot (id, delivery_id, starts_at, ends_at, room, minutes) VALUES ($1, $2, $3, $4, $5, $6)";
    TIMETABLE = "INSERT INTO timetable_session (id, slot_id, session_plan_id, title, starts_at, minutes) VALUES ($1, $2, $3, $4, $5, $6)";
    ENROLMENT = "INSERT INTO enrolment (id, delivery_id, person_id, state, source, profession, workplace, area_code, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    ENROLMENT_CHANGE = "INSERT INTO enrolment_change (id, enrolment_id, at, from_state, to_state, reason) VALUES ($1, $2, $3, NULL, $4, $5)";
    MARK = "INSERT INTO mark (slot_id, enrolment_id, state, minutes, source, marked_by, marked_by_name, marked_at, of_minutes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT s.minutes FROM slot s WHERE s.id = $1))";
    MARK_CHANGE = "INSERT INTO mark_change (id, slot_id, enrolment_id, state, minutes, source, marked_by, marked_by_name, marked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    PROGRESS = "INSERT INTO progress (enrolment_id, material_id, opened_at, done_at, touched_at) VALUES ($1, $2, $3, $4, $5)";
}

/// How many records of any kind there are.
pub async fn records(h: &mut impl Handle) -> Result<i64, DbError> {
    let (count,): (i64,) = fetch_one!(h, RECORDS)?;
    Ok(count)
}

/// Whether the demonstration was loaded here.
pub async fn loaded(h: &mut impl Handle) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, LOADED)?;
    Ok(count > 0)
}

/// Sets the password of an account and opens it; false when there is none.
pub async fn set_password(tx: &mut Tx, email: &str, hash: &str) -> Result<bool, DbError> {
    execute!(tx, PASSWORD, email, hash, false).map(|rows| rows == 1)
}

/// A project.
pub struct NewProject<'a> {
    pub id: ProjectId,
    pub key: &'a str,
    pub title: &'a str,
    pub predecessor: Option<&'a str>,
    pub starts: Option<&'a str>,
    pub ends: Option<&'a str>,
    pub months: Option<i64>,
    pub budget_cents: Option<i64>,
    pub funding: &'a str,
    pub status: ProjectStatus,
    pub note: &'a str,
}

/// Adds a project and the areas it works in.
pub async fn add_project<'a>(
    tx: &mut Tx,
    p: &NewProject<'_>,
    areas: impl Iterator<Item = &'a str>,
) -> Result<(), DbError> {
    execute!(
        tx,
        PROJECT,
        p.id,
        p.key,
        p.title,
        p.predecessor,
        p.starts,
        p.ends,
        p.months,
        p.budget_cents,
        p.funding,
        p.status,
        p.note
    )?;
    for area in areas {
        execute!(tx, PROJECT_AREA, p.id, area)?;
    }
    Ok(())
}

/// Adds an amendment.
pub async fn add_amendment(
    tx: &mut Tx,
    id: Uuid,
    project: ProjectId,
    a: &super::source::Amendment,
) -> Result<(), DbError> {
    execute!(tx, AMENDMENT, id, project, &a.known_by, &a.field, &a.from, &a.to).map(|_| ())
}

/// Adds an expected result.
pub async fn add_result(
    tx: &mut Tx,
    id: Uuid,
    project: ProjectId,
    r: &super::source::ExpectedResult,
) -> Result<(), DbError> {
    execute!(tx, RESULT, id, project, r.number, &r.text, &r.indicator_due).map(|_| ())
}

/// Adds an activity of some projects.
pub async fn add_activity(
    tx: &mut Tx,
    id: Uuid,
    position: i64,
    kind: ActivityKind,
    a: &super::source::Activity,
    projects: &[ProjectId],
) -> Result<(), DbError> {
    execute!(
        tx,
        ACTIVITY,
        id,
        position,
        &a.title,
        kind,
        a.start.as_deref(),
        a.end.as_deref(),
        &a.place,
        a.area.as_deref(),
        &a.participants,
        &a.documents,
        &a.note
    )?;
    for project in projects {
        execute!(tx, ACTIVITY_PROJECT, id, *project)?;
    }
    Ok(())
}

/// A document.
pub struct NewDocument<'a> {
    pub id: Uuid,
    pub position: i64,
    pub title: &'a str,
    pub kind: DocumentKind,
    pub project: Option<ProjectId>,
    pub history: &'a str,
}

/// Adds a document and its translations.
pub async fn add_document(
    tx: &mut Tx,
    d: &NewDocument<'_>,
    translations: &[crate::programmes::model::Translation],
) -> Result<(), DbError> {
    execute!(tx, DOCUMENT, d.id, d.position, d.title, d.kind, d.project, d.history)?;
    for t in translations {
        execute!(tx, TRANSLATION, d.id, &t.language, t.published, t.published_on, &t.note)?;
    }
    Ok(())
}

/// Adds a post.
pub async fn add_post(
    tx: &mut Tx,
    id: PostId,
    person: PersonId,
    profession: Profession,
    at: (Option<InstitutionId>, &str),
    starts_on: NaiveDate,
) -> Result<(), DbError> {
    execute!(tx, POST, id, person, profession, at.0, at.1, starts_on).map(|_| ())
}

/// A course.
pub struct NewCourse<'a> {
    pub id: CourseId,
    pub source: &'a super::source::Course,
    pub audiences: &'a str,
    pub languages: &'a str,
    pub by_nomination: bool,
    pub folded: &'a str,
}

/// Adds a published course.
pub async fn add_course(tx: &mut Tx, c: &NewCourse<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    let s = c.source;
    execute!(
        tx,
        COURSE,
        c.id,
        &s.slug,
        s.kind,
        c.audiences,
        c.languages,
        s.minutes,
        s.days,
        s.attendance_percent,
        s.modules_required,
        c.by_nomination,
        true,
        c.folded,
        now
    )?;
    for (language, title) in &s.title {
        let objectives = s.objectives.get(language).map(|lines| lines.join("\n")).unwrap_or_default();
        execute!(tx, COURSE_TEXT, c.id, language, title, super::source::text(&s.summary, language), objectives)?;
    }
    Ok(())
}

/// Notes that a course builds on another.
pub async fn add_prerequisite(tx: &mut Tx, course: CourseId, required: CourseId) -> Result<(), DbError> {
    execute!(tx, COURSE_REQUIRES, course, required).map(|_| ())
}

/// Notes that an institution offers a course.
pub async fn add_offer(tx: &mut Tx, course: CourseId, institution: InstitutionId) -> Result<(), DbError> {
    execute!(tx, COURSE_INSTITUTION, course, institution).map(|_| ())
}

/// Notes who may write a course's packs.
pub async fn add_author(tx: &mut Tx, course: CourseId, person: PersonId) -> Result<(), DbError> {
    execute!(tx, COURSE_AUTHOR, course, person).map(|_| ())
}

/// Adds a released pack.
pub async fn add_pack(
    tx: &mut Tx,
    id: PackId,
    course: CourseId,
    number: (i64, i64),
    p: &super::source::Pack,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, PACK, id, course, &p.language, number.0, number.1, &p.title, &p.summary, &p.release_notes, now)
        .map(|_| ())
}

/// Adds a module.
pub async fn add_module(
    tx: &mut Tx,
    id: ModuleId,
    pack: PackId,
    position: i64,
    m: &super::source::Module,
) -> Result<(), DbError> {
    execute!(tx, MODULE, id, pack, position, &m.title, &m.summary, m.objectives.join("\n")).map(|_| ())
}

/// Adds a session plan.
pub async fn add_session_plan(
    tx: &mut Tx,
    id: SessionPlanId,
    module: ModuleId,
    position: i64,
    s: &super::source::Session,
) -> Result<(), DbError> {
    let method: Method = s.method;
    execute!(tx, SESSION, id, module, position, &s.title, s.minutes, method, s.objectives.join("\n"), &s.notes)
        .map(|_| ())
}

/// A study item.
pub struct NewMaterial<'a> {
    pub id: MaterialId,
    pub module: ModuleId,
    pub position: i64,
    pub kind: MaterialKind,
    pub title: &'a str,
    pub minutes: i64,
    pub body: &'a str,
    pub file: Option<FileId>,
    pub url: &'a str,
}

/// Adds a study item.
pub async fn add_material(tx: &mut Tx, m: &NewMaterial<'_>) -> Result<(), DbError> {
    execute!(tx, MATERIAL, m.id, m.module, m.position, m.kind, m.title, m.minutes, m.body, m.file, m.url).map(|_| ())
}

/// A delivery.
pub struct NewDelivery<'a> {
    pub id: DeliveryId,
    pub course: CourseId,
    pub pack: Option<PackId>,
    pub title: &'a str,
    pub state: DeliveryState,
    pub mode: Mode,
    pub language: &'a str,
    pub host: Option<InstitutionId>,
    pub area: &'a str,
    pub place: &'a str,
    pub link: &'a str,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub date_note: &'a str,
    pub time_zone: &'a str,
    pub capacity: i64,
    pub taken: i64,
    pub call_closes_on: Option<NaiveDate>,
    pub note: &'a str,
    pub invented: bool,
}

/// Adds a delivery.
pub async fn add_delivery(tx: &mut Tx, d: &NewDelivery<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(
        tx,
        DELIVERY,
        d.id,
        d.course,
        d.pack,
        d.title,
        d.state,
        d.mode,
        d.language,
        d.host,
        d.area,
        d.place,
        d.link,
        d.starts_on,
        d.ends_on,
        d.date_note,
        d.time_zone,
        d.capacity,
        d.taken,
        d.call_closes_on,
        d.note,
        d.invented,
        now
    )
    .map(|_| ())
}

/// Notes which project pays for a delivery.
pub async fn add_payer(tx: &mut Tx, delivery: DeliveryId, project: ProjectId) -> Result<(), DbError> {
    execute!(tx, DELIVERY_PROJECT, delivery, project).map(|_| ())
}

/// Notes who teaches a delivery.
pub async fn add_trainer(tx: &mut Tx, delivery: DeliveryId, person: PersonId, lead: bool) -> Result<(), DbError> {
    execute!(tx, DELIVERY_TRAINER, delivery, person, lead).map(|_| ())
}

/// Adds a half-day.
pub async fn add_slot(
    tx: &mut Tx,
    id: SlotId,
    delivery: DeliveryId,
    span: (DateTime<Utc>, DateTime<Utc>),
    room: &str,
) -> Result<(), DbError> {
    execute!(tx, SLOT, id, delivery, span.0, span.1, room, (span.1 - span.0).num_minutes()).map(|_| ())
}

/// Adds a session to a half-day.
pub async fn add_timetable(
    tx: &mut Tx,
    id: Uuid,
    slot: SlotId,
    plan: (SessionPlanId, &str, i64),
    starts_at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, TIMETABLE, id, slot, plan.0, plan.1, starts_at, plan.2).map(|_| ())
}

/// A person's place in a delivery.
pub struct NewEnrolment<'a> {
    pub id: EnrolmentId,
    pub delivery: DeliveryId,
    pub person: PersonId,
    pub state: EnrolmentState,
    pub source: EnrolmentSource,
    pub profession: Profession,
    pub workplace: &'a str,
    pub area: &'a str,
}

/// Adds a place and the first line of its history.
pub async fn add_enrolment(
    tx: &mut Tx,
    e: &NewEnrolment<'_>,
    change: Uuid,
    reason: &str,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, ENROLMENT, e.id, e.delivery, e.person, e.state, e.source, e.profession, e.workplace, e.area, at)?;
    execute!(tx, ENROLMENT_CHANGE, change, e.id, at, e.state, reason).map(|_| ())
}

/// A mark.
pub struct NewMark<'a> {
    pub slot: SlotId,
    pub enrolment: EnrolmentId,
    pub state: MarkState,
    pub minutes: i64,
    pub by: PersonId,
    pub by_name: &'a str,
    pub at: DateTime<Utc>,
}

/// Adds a mark and its history.
pub async fn add_mark(tx: &mut Tx, m: &NewMark<'_>, change: Uuid) -> Result<(), DbError> {
    let source = MarkSource::Trainer;
    execute!(tx, MARK, m.slot, m.enrolment, m.state, m.minutes, source, m.by, m.by_name, m.at)?;
    execute!(tx, MARK_CHANGE, change, m.slot, m.enrolment, m.state, m.minutes, source, m.by, m.by_name, m.at)
        .map(|_| ())
}

/// Notes that a study item was opened and, perhaps, done.
pub async fn add_progress(
    tx: &mut Tx,
    enrolment: EnrolmentId,
    material: MaterialId,
    opened: DateTime<Utc>,
    done: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    execute!(tx, PROGRESS, enrolment, material, opened, done, done.unwrap_or(opened)).map(|_| ())
}
