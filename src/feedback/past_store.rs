//! SQL for records of the past: a version that was tried before this system was there, and the one that came of
//! it. What is in use goes through the forms of packs.

use crate::{
    common::ids::{DeliveryId, ModuleId, PackId, SessionPlanId},
    execute,
    platform::db::{DbError, Tx},
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    PILOT = "INSERT INTO pack (id, course_id, language, major, minor, state, title, summary, release_notes, created_at, updated_at, released_at)
        SELECT $1, p.course_id, p.language, $3, $4, 'superseded', p.title, $5, $6, $7, $7, $7 FROM pack p WHERE p.id = $2";
    MODULE = "INSERT INTO pack_module (id, pack_id, position, title, summary, objectives)
        SELECT $1, $2, $3, $4, o.summary, o.objectives FROM pack_module o WHERE o.id = $5";
    ROOT = "UPDATE pack_module SET root_id = $2 WHERE id = $1";
    SESSION = "INSERT INTO session_plan (id, module_id, position, title, minutes, method, objectives, notes)
        SELECT $1, $2, o.position, o.title, o.minutes, o.method, o.objectives, o.notes FROM session_plan o WHERE o.id = $3";
    FOLLOWS = "UPDATE pack SET based_on = $2, release_notes = release_notes || $3 WHERE id = $1";
    TEACH = "UPDATE delivery SET pack_id = $2 WHERE id = $1";
}

/// Adds the version that was tried before another one, with its number, summary and notes.
pub async fn add_pilot(
    tx: &mut Tx,
    (id, before): (PackId, PackId),
    (major, minor): (i64, i64),
    (summary, notes): (&str, &str),
    released_at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, PILOT, id, before, major, minor, summary, notes, released_at).map(|_| ())
}

/// Adds a module to that version, from which one of the next version comes.
pub async fn add_module(
    tx: &mut Tx,
    id: ModuleId,
    (pack, place, title): (PackId, i64, &str),
    became: ModuleId,
) -> Result<(), DbError> {
    execute!(tx, MODULE, id, pack, place, title, became)?;
    execute!(tx, ROOT, became, id).map(|_| ())
}

/// Adds a session plan to that version, like one of the next.
pub async fn add_session(tx: &mut Tx, id: SessionPlanId, module: ModuleId, like: SessionPlanId) -> Result<(), DbError> {
    execute!(tx, SESSION, id, module, like).map(|_| ())
}

/// Says of which version another one was made, with what its release notes say of it.
pub async fn follows(tx: &mut Tx, next: PackId, before: PackId, notes: &str) -> Result<(), DbError> {
    execute!(tx, FOLLOWS, next, before, notes).map(|_| ())
}

/// Says which version was taught.
pub async fn teach(tx: &mut Tx, delivery: DeliveryId, pack: PackId) -> Result<(), DbError> {
    execute!(tx, TEACH, delivery, pack).map(|_| ())
}
