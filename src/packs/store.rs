//! SQL of packs. Every statement that writes a part says itself that the pack must be editable,
//! so that a released pack cannot change whatever a caller does.

use super::model::{
    AuthoredCourse, Material, MaterialFields, MaterialLine, Module, ModuleFields, NewPack, OutlineModule, PackHead,
    PackLine, PackState, SessionFields, SessionLine, SessionPlan, Shift,
};
use crate::{
    common::ids::{CourseId, FileId, MaterialId, ModuleId, PackId, PersonId, SessionPlanId},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

/// Condition that a pack `p` is editable.
macro_rules! editable {
    () => {
        "p.state IN ('draft', 'piloted', 'feedback')"
    };
}

/// Condition that the pack of a module is editable: for a row with the module's id in `$column`.
macro_rules! module_open {
    ($column:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM pack_module pm JOIN pack p ON p.id = pm.pack_id WHERE pm.id = ",
            $column,
            " AND ",
            editable!(),
            ")"
        )
    };
}

/// A material in a list, for SELECT.
macro_rules! material_line {
    () => {
        "SELECT m.id, m.module_id, m.position, m.kind, m.title, m.minutes, m.file_id, f.name AS file_name, f.media_type, f.size,
            m.url, m.trainer_only"
    };
}

statements! {
    HEAD -> PackHead = "SELECT p.id, p.course_id, c.slug AS course_slug, COALESCE(t.title, e.title, c.slug) AS course_title,
            c.minutes AS course_minutes, c.days AS course_days, p.language, p.major, p.minor, p.state, p.title, p.summary,
            p.release_notes, p.based_on, p.version, p.updated_by, p.updated_at, p.released_at
        FROM pack p JOIN course c ON c.id = p.course_id
        LEFT JOIN course_text t ON t.course_id = c.id AND t.language = $2
        LEFT JOIN course_text e ON e.course_id = c.id AND e.language = 'en'
        WHERE p.id = $1";
    IS_AUTHOR -> (i64,) = "SELECT COUNT(*) FROM course_author WHERE course_id = $1 AND person_id = $2";
    AUTHOR_ADD = "INSERT INTO course_author (course_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    AUTHORED -> AuthoredCourse = "SELECT c.id, c.slug, COALESCE(t.title, e.title, c.slug) AS title, c.languages, c.minutes, c.days
        FROM course c
        LEFT JOIN course_text t ON t.course_id = c.id AND t.language = $2
        LEFT JOIN course_text e ON e.course_id = c.id AND e.language = 'en'
        WHERE $3 OR EXISTS (SELECT 1 FROM course_author a WHERE a.course_id = c.id AND a.person_id = $1)
        ORDER BY 3, c.id";
    AUTHORED_PACKS -> PackLine = "SELECT p.id, p.course_id, p.language, p.major, p.minor, p.state, p.title, p.updated_by, p.updated_at
        FROM pack p
        WHERE $2 OR EXISTS (SELECT 1 FROM course_author a WHERE a.course_id = p.course_id AND a.person_id = $1)
        ORDER BY p.language, p.major DESC, p.minor DESC";
    OF_COURSE -> PackLine = "SELECT p.id, p.course_id, p.language, p.major, p.minor, p.state, p.title, p.updated_by, p.updated_at
        FROM pack p WHERE p.course_id = $1 ORDER BY p.language, p.major DESC, p.minor DESC";
    MODULES -> Module = "SELECT id, pack_id, position, title, summary, objectives, version, updated_by
        FROM pack_module WHERE pack_id = $1 ORDER BY position, id";
    SESSIONS -> SessionLine = "SELECT s.id, s.module_id, s.position, s.title, s.minutes, s.method
        FROM session_plan s JOIN pack_module m ON m.id = s.module_id WHERE m.pack_id = $1 ORDER BY m.position, s.position, s.id";
    MATERIALS -> MaterialLine = concat!(material_line!(), " FROM material m JOIN pack_module pm ON pm.id = m.module_id LEFT JOIN file f ON f.id = m.file_id
        WHERE pm.pack_id = $1 ORDER BY pm.position, m.position, m.id");
    MODULE -> Module = "SELECT id, pack_id, position, title, summary, objectives, version, updated_by FROM pack_module WHERE id = $1";
    SESSION -> SessionPlan = "SELECT id, module_id, position, title, minutes, method, objectives, notes, version, updated_by
        FROM session_plan WHERE id = $1";
    SESSION_NOTES -> SessionPlan = "SELECT s.id, s.module_id, s.position, s.title, s.minutes, s.method, s.objectives, s.notes, s.version, s.updated_by
        FROM session_plan s JOIN pack_module m ON m.id = s.module_id WHERE m.pack_id = $1 ORDER BY m.position, s.position, s.id";
    MATERIAL -> Material = concat!(material_line!(), ", m.body, m.version, m.updated_by
        FROM material m LEFT JOIN file f ON f.id = m.file_id WHERE m.id = $1");

    ADD = "INSERT INTO pack (id, course_id, language, major, minor, state, title, summary, based_on, created_at, updated_at, updated_by)
        VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9, $9, $10)";
    HOLD = concat!("UPDATE pack AS p SET updated_at = $2, updated_by = $3 WHERE p.id = $1 AND ", editable!());
    EDIT = concat!("UPDATE pack AS p SET title = $3, summary = $4, updated_at = $5, updated_by = $6, version = version + 1
        WHERE p.id = $1 AND p.version = $2 AND ", editable!());
    STEP = concat!("UPDATE pack AS p SET state = $3, updated_at = $4, updated_by = $5, version = version + 1
        WHERE p.id = $1 AND p.state = $2 AND ", editable!());
    RELEASE = concat!("UPDATE pack AS p SET state = 'released', release_notes = $3, released_at = $4, updated_at = $4, updated_by = $5,
        version = version + 1 WHERE p.id = $1 AND p.version = $2 AND ", editable!());
    SUPERSEDE = "UPDATE pack SET state = 'superseded', version = version + 1
        WHERE course_id = $1 AND language = $2 AND state = 'released' AND id <> $3";

    MODULE_ADD = concat!("INSERT INTO pack_module (id, pack_id, position, title, summary, objectives, updated_by)
        SELECT $1, p.id, (SELECT COUNT(*) FROM pack_module o WHERE o.pack_id = p.id), $3, $4, $5, $6
        FROM pack p WHERE p.id = $2 AND ", editable!());
    MODULE_EDIT = concat!("UPDATE pack_module SET title = $3, summary = $4, objectives = $5, updated_by = $6, version = version + 1
        WHERE id = $1 AND version = $2 AND ", module_open!("pack_module.id"));
    MODULE_REMOVE = concat!("DELETE FROM pack_module WHERE id = $1 AND ", module_open!("pack_module.id"));
    MODULE_CLOSE_UP = concat!("UPDATE pack_module SET position = position - 1 WHERE pack_id = $1 AND position > $2 AND ",
        module_open!("pack_module.id"));
    MODULE_SHIFT = concat!("UPDATE pack_module SET position = CASE WHEN id = $2 THEN $3 ELSE position + $4 END
        WHERE pack_id = $1 AND position BETWEEN $5 AND $6 AND ", module_open!("pack_module.id"));
    MODULE_PARTS -> (i64, i64) = "SELECT (SELECT COUNT(*) FROM session_plan WHERE module_id = $1), (SELECT COUNT(*) FROM material WHERE module_id = $1)";
    MODULE_COUNT -> (i64,) = "SELECT COUNT(*) FROM pack_module WHERE pack_id = $1";

    SESSION_ADD = concat!("INSERT INTO session_plan (id, module_id, position, title, minutes, method, objectives, notes, updated_by)
        SELECT $1, pm.id, (SELECT COUNT(*) FROM session_plan o WHERE o.module_id = pm.id), $3, $4, $5, $6, $7, $8
        FROM pack_module pm JOIN pack p ON p.id = pm.pack_id WHERE pm.id = $2 AND ", editable!());
    SESSION_EDIT = concat!("UPDATE session_plan SET title = $3, minutes = $4, method = $5, objectives = $6, notes = $7, updated_by = $8,
        version = version + 1 WHERE id = $1 AND version = $2 AND ", module_open!("session_plan.module_id"));
    SESSION_REMOVE = concat!("DELETE FROM session_plan WHERE id = $1 AND ", module_open!("session_plan.module_id"));
    SESSION_CLOSE_UP = concat!("UPDATE session_plan SET position = position - 1 WHERE module_id = $1 AND position > $2 AND ",
        module_open!("session_plan.module_id"));
    SESSION_SHIFT = concat!("UPDATE session_plan SET position = CASE WHEN id = $2 THEN $3 ELSE position + $4 END
        WHERE module_id = $1 AND position BETWEEN $5 AND $6 AND ", module_open!("session_plan.module_id"));

    MATERIAL_ADD = concat!("INSERT INTO material (id, module_id, position, kind, title, minutes, body, file_id, url, trainer_only, updated_by)
        SELECT $1, pm.id, (SELECT COUNT(*) FROM material o WHERE o.module_id = pm.id), $3, $4, $5, $6, $7, $8, $9, $10
        FROM pack_module pm JOIN pack p ON p.id = pm.pack_id WHERE pm.id = $2 AND ", editable!());
    MATERIAL_EDIT = concat!("UPDATE material SET title = $3, minutes = $4, body = $5, url = $6, trainer_only = $7, updated_by = $8,
        version = version + 1 WHERE id = $1 AND version = $2 AND ", module_open!("material.module_id"));
    MATERIAL_REMOVE = concat!("DELETE FROM material WHERE id = $1 AND ", module_open!("material.module_id"));
    MATERIAL_CLOSE_UP = concat!("UPDATE material SET position = position - 1 WHERE module_id = $1 AND position > $2 AND ",
        module_open!("material.module_id"));
    MATERIAL_SHIFT = concat!("UPDATE material SET position = CASE WHEN id = $2 THEN $3 ELSE position + $4 END
        WHERE module_id = $1 AND position BETWEEN $5 AND $6 AND ", module_open!("material.module_id"));

    MODULE_COPY = concat!("INSERT INTO pack_module (id, pack_id, position, title, summary, objectives, updated_by, root_id)
        SELECT $1, p.id, $4, o.title, o.summary, o.objectives, o.updated_by, COALESCE(o.root_id, o.id)
        FROM pack_module o, pack p WHERE o.id = $3 AND p.id = $2 AND ", editable!());
    SESSION_COPY = concat!("INSERT INTO session_plan (id, module_id, position, title, minutes, method, objectives, notes, updated_by)
        SELECT $1, pm.id, $4, o.title, o.minutes, o.method, o.objectives, o.notes, o.updated_by
        FROM session_plan o, pack_module pm JOIN pack p ON p.id = pm.pack_id WHERE o.id = $3 AND pm.id = $2 AND ", editable!());
    MATERIAL_COPY = concat!("INSERT INTO material (id, module_id, position, kind, title, minutes, body, file_id, url, trainer_only, updated_by)
        SELECT $1, pm.id, $4, o.kind, o.title, o.minutes, o.body, o.file_id, o.url, o.trainer_only, o.updated_by
        FROM material o, pack_module pm JOIN pack p ON p.id = pm.pack_id WHERE o.id = $3 AND pm.id = $2 AND ", editable!());
}

/// What is said of a pack everywhere, with the course's title in `language`.
pub async fn head(h: &mut impl Handle, id: PackId, language: &str) -> Result<Option<PackHead>, DbError> {
    fetch_optional!(h, HEAD, id, language)
}

/// Modules with their session plans, in order: what a timetable is made from. Two statements.
pub async fn outline(h: &mut impl Handle, id: PackId) -> Result<Vec<OutlineModule>, DbError> {
    let modules: Vec<Module> = fetch_all!(h, MODULES, id)?;
    let mut sessions = sessions(h, id).await?.into_iter().peekable();
    Ok(modules
        .into_iter()
        .map(|module| {
            let mut of_module = Vec::new();
            while let Some(session) = sessions.next_if(|session| session.module_id == module.id) {
                of_module.push(session);
            }
            OutlineModule { module, sessions: of_module }
        })
        .collect())
}

async fn sessions(h: &mut impl Handle, id: PackId) -> Result<Vec<SessionLine>, DbError> {
    fetch_all!(h, SESSIONS, id)
}

/// All materials of a pack in order of modules and places, those for trainers too: whoever shows
/// them to participants leaves out `trainer_only`. One statement, without the lessons' texts.
pub async fn materials(h: &mut impl Handle, id: PackId) -> Result<Vec<MaterialLine>, DbError> {
    fetch_all!(h, MATERIALS, id)
}

/// One material with its text.
pub async fn material(h: &mut impl Handle, id: MaterialId) -> Result<Option<Material>, DbError> {
    fetch_optional!(h, MATERIAL, id)
}

/// One module.
pub async fn module(h: &mut impl Handle, id: ModuleId) -> Result<Option<Module>, DbError> {
    fetch_optional!(h, MODULE, id)
}

/// One session plan.
pub async fn session(h: &mut impl Handle, id: SessionPlanId) -> Result<Option<SessionPlan>, DbError> {
    fetch_optional!(h, SESSION, id)
}

/// All session plans of a pack with their notes, in order; for trainers.
pub async fn session_plans(h: &mut impl Handle, id: PackId) -> Result<Vec<SessionPlan>, DbError> {
    fetch_all!(h, SESSION_NOTES, id)
}

/// Whether a person may write a course's packs.
pub async fn is_author(h: &mut impl Handle, course: CourseId, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, IS_AUTHOR, course, person)?;
    Ok(count > 0)
}

/// Lets a person write a course's packs.
pub async fn add_author(tx: &mut Tx, course: CourseId, person: PersonId) -> Result<(), DbError> {
    execute!(tx, AUTHOR_ADD, course, person).map(|_| ())
}

/// The courses whose packs a person may write, or all of them.
pub async fn authored(
    h: &mut impl Handle,
    person: PersonId,
    all: bool,
    language: &str,
) -> Result<Vec<AuthoredCourse>, DbError> {
    fetch_all!(h, AUTHORED, person, language, all)
}

/// The packs of those courses, latest version first within a language.
pub async fn authored_packs(h: &mut impl Handle, person: PersonId, all: bool) -> Result<Vec<PackLine>, DbError> {
    fetch_all!(h, AUTHORED_PACKS, person, all)
}

/// A course's packs, latest version first within a language.
pub async fn of_course(h: &mut impl Handle, course: CourseId) -> Result<Vec<PackLine>, DbError> {
    fetch_all!(h, OF_COURSE, course)
}

/// Adds a draft.
#[expect(clippy::too_many_arguments, reason = "one row")]
pub async fn add(
    tx: &mut Tx,
    id: PackId,
    course: CourseId,
    pack: &NewPack,
    (major, minor): (i64, i64),
    based_on: Option<PackId>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, ADD, id, course, &pack.language, major, minor, &pack.title, &pack.summary, based_on, now, by)
        .map(|_| ())
}

/// Takes hold of an editable pack for the rest of the transaction; false when it is released.
pub async fn hold(tx: &mut Tx, id: PackId, by: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, HOLD, id, now, by).map(|rows| rows == 1)
}

/// Writes title and summary; false when the version is another or the pack released.
pub async fn edit(
    tx: &mut Tx,
    id: PackId,
    version: i64,
    (title, summary): (&str, &str),
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, EDIT, id, version, title, summary, now, by).map(|rows| rows == 1)
}

/// Moves an editable pack on.
pub async fn step(
    tx: &mut Tx,
    id: PackId,
    from: PackState,
    to: PackState,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, STEP, id, from, to, now, by).map(|rows| rows == 1)
}

/// Releases a pack for good; false when the version is another or it is released already.
pub async fn release(
    tx: &mut Tx,
    id: PackId,
    version: i64,
    notes: &str,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, RELEASE, id, version, notes, now, by).map(|rows| rows == 1)
}

/// Supersedes the released versions of a course in a language, but for one.
pub async fn supersede(tx: &mut Tx, course: CourseId, language: &str, but: PackId) -> Result<u64, DbError> {
    execute!(tx, SUPERSEDE, course, language, but)
}

/// Adds a module at the end; false when the pack is not editable.
pub async fn add_module(
    tx: &mut Tx,
    id: ModuleId,
    pack: PackId,
    fields: &ModuleFields,
    by: &str,
) -> Result<bool, DbError> {
    execute!(tx, MODULE_ADD, id, pack, &fields.title, &fields.summary, &fields.objectives, by).map(|rows| rows == 1)
}

/// Writes a module; false when the version is another or the pack not editable.
pub async fn edit_module(
    tx: &mut Tx,
    id: ModuleId,
    version: i64,
    fields: &ModuleFields,
    by: &str,
) -> Result<bool, DbError> {
    execute!(tx, MODULE_EDIT, id, version, &fields.title, &fields.summary, &fields.objectives, by).map(|rows| rows == 1)
}

/// Removes an empty module and closes the gap.
pub async fn remove_module(tx: &mut Tx, module: &Module) -> Result<bool, DbError> {
    // The gap is closed first: the guard finds the pack through the module that goes.
    execute!(tx, MODULE_CLOSE_UP, module.pack_id, module.position)?;
    execute!(tx, MODULE_REMOVE, module.id).map(|rows| rows == 1)
}

/// Moves a module.
pub async fn shift_module(tx: &mut Tx, pack: PackId, id: ModuleId, shift: Shift) -> Result<u64, DbError> {
    execute!(tx, MODULE_SHIFT, pack, id, shift.to, shift.by, shift.low, shift.high)
}

/// How many session plans and materials a module has.
pub async fn module_parts(h: &mut impl Handle, id: ModuleId) -> Result<(i64, i64), DbError> {
    fetch_one!(h, MODULE_PARTS, id)
}

/// How many modules a pack has.
pub async fn module_count(h: &mut impl Handle, id: PackId) -> Result<i64, DbError> {
    let (count,): (i64,) = fetch_one!(h, MODULE_COUNT, id)?;
    Ok(count)
}

/// Adds a session plan at the end of a module; false when the pack is not editable.
pub async fn add_session(
    tx: &mut Tx,
    id: SessionPlanId,
    module: ModuleId,
    fields: &SessionFields,
    by: &str,
) -> Result<bool, DbError> {
    execute!(
        tx,
        SESSION_ADD,
        id,
        module,
        &fields.title,
        fields.minutes,
        fields.method,
        &fields.objectives,
        &fields.notes,
        by
    )
    .map(|rows| rows == 1)
}

/// Writes a session plan; false when the version is another or the pack not editable.
pub async fn edit_session(
    tx: &mut Tx,
    id: SessionPlanId,
    version: i64,
    fields: &SessionFields,
    by: &str,
) -> Result<bool, DbError> {
    execute!(
        tx,
        SESSION_EDIT,
        id,
        version,
        &fields.title,
        fields.minutes,
        fields.method,
        &fields.objectives,
        &fields.notes,
        by
    )
    .map(|rows| rows == 1)
}

/// Removes a session plan and closes the gap.
pub async fn remove_session(tx: &mut Tx, session: &SessionPlan) -> Result<bool, DbError> {
    let removed = execute!(tx, SESSION_REMOVE, session.id)?;
    execute!(tx, SESSION_CLOSE_UP, session.module_id, session.position)?;
    Ok(removed == 1)
}

/// Moves a session plan within its module.
pub async fn shift_session(tx: &mut Tx, module: ModuleId, id: SessionPlanId, shift: Shift) -> Result<u64, DbError> {
    execute!(tx, SESSION_SHIFT, module, id, shift.to, shift.by, shift.low, shift.high)
}

/// Adds a material at the end of a module; false when the pack is not editable.
pub async fn add_material(
    tx: &mut Tx,
    id: MaterialId,
    module: ModuleId,
    fields: &MaterialFields,
    file: Option<FileId>,
    by: &str,
) -> Result<bool, DbError> {
    execute!(
        tx,
        MATERIAL_ADD,
        id,
        module,
        fields.kind,
        &fields.title,
        fields.minutes,
        &fields.body,
        file,
        &fields.url,
        fields.trainer_only,
        by
    )
    .map(|rows| rows == 1)
}

/// Writes a material; false when the version is another or the pack not editable.
pub async fn edit_material(
    tx: &mut Tx,
    id: MaterialId,
    version: i64,
    fields: &MaterialFields,
    by: &str,
) -> Result<bool, DbError> {
    execute!(
        tx,
        MATERIAL_EDIT,
        id,
        version,
        &fields.title,
        fields.minutes,
        &fields.body,
        &fields.url,
        fields.trainer_only,
        by
    )
    .map(|rows| rows == 1)
}

/// Removes a material and closes the gap. Its file stays: other versions may use it.
pub async fn remove_material(tx: &mut Tx, material: &MaterialLine) -> Result<bool, DbError> {
    let removed = execute!(tx, MATERIAL_REMOVE, material.id)?;
    execute!(tx, MATERIAL_CLOSE_UP, material.module_id, material.position)?;
    Ok(removed == 1)
}

/// Moves a material within its module.
pub async fn shift_material(tx: &mut Tx, module: ModuleId, id: MaterialId, shift: Shift) -> Result<u64, DbError> {
    execute!(tx, MATERIAL_SHIFT, module, id, shift.to, shift.by, shift.low, shift.high)
}

/// Copies a module's own fields into an editable pack; the copy knows which module it goes back to.
pub async fn copy_module(tx: &mut Tx, id: ModuleId, into: PackId, from: ModuleId, at: i64) -> Result<bool, DbError> {
    execute!(tx, MODULE_COPY, id, into, from, at).map(|rows| rows == 1)
}

/// Copies a session plan into a module of an editable pack.
pub async fn copy_session(
    tx: &mut Tx,
    id: SessionPlanId,
    into: ModuleId,
    from: SessionPlanId,
    at: i64,
) -> Result<bool, DbError> {
    execute!(tx, SESSION_COPY, id, into, from, at).map(|rows| rows == 1)
}

/// Copies a material into a module of an editable pack; its file is shared.
pub async fn copy_material(
    tx: &mut Tx,
    id: MaterialId,
    into: ModuleId,
    from: MaterialId,
    at: i64,
) -> Result<bool, DbError> {
    execute!(tx, MATERIAL_COPY, id, into, from, at).map(|rows| rows == 1)
}
