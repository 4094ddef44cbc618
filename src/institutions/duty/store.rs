//! SQL of the duties of continuing education.

use super::model::{Duty, Term};
use crate::{
    common::ids::{DutyId, InstitutionId},
    execute, fetch_all, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    OF_AREA -> Duty = "SELECT id, area_code, profession, from_year, hours, source, version FROM duty
        WHERE area_code = $1 ORDER BY profession, from_year DESC";
    ALL -> Term = "SELECT area_code, profession, from_year, hours, source FROM duty";
    BY_ID -> Duty = "SELECT id, area_code, profession, from_year, hours, source, version FROM duty WHERE id = $1 AND area_code = $2";
    EDITOR -> (String,) = "SELECT updated_by FROM duty WHERE id = $1";
    /// Who speaks for the law of an area: its schools of the professions, its councils, its ministries.
    KEEPERS -> (InstitutionId,) = "SELECT id FROM institution WHERE area_code = $1
        AND kind IN ('judicial_training', 'law_enforcement_training', 'council', 'ministry')";
    ADD = "INSERT INTO duty (id, area_code, profession, from_year, hours, source, updated_at, updated_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    UPDATE = "UPDATE duty SET profession = $3, from_year = $4, hours = $5, source = $6, updated_at = $7, updated_by = $8,
            version = version + 1 WHERE id = $1 AND version = $2";
    REMOVE = "DELETE FROM duty WHERE id = $1 AND version = $2";
}

/// The duties in an area, by profession, the latest first.
pub async fn of_area(h: &mut impl Handle, area: &str) -> Result<Vec<Duty>, DbError> {
    fetch_all!(h, OF_AREA, area)
}

/// The terms of all areas, in no order.
pub async fn all(h: &mut impl Handle) -> Result<Vec<Term>, DbError> {
    fetch_all!(h, ALL)
}

/// A duty, if it is the area's.
pub async fn by_id(h: &mut impl Handle, id: DutyId, area: &str) -> Result<Option<Duty>, DbError> {
    fetch_optional!(h, BY_ID, id, area)
}

/// Who changed a duty last.
pub async fn last_editor(h: &mut impl Handle, id: DutyId) -> Result<String, DbError> {
    let row: Option<(String,)> = fetch_optional!(h, EDITOR, id)?;
    Ok(row.map(|(name,)| name).unwrap_or_default())
}

/// The institutions whose administrators may set the duties of an area.
pub async fn keepers(h: &mut impl Handle, area: &str) -> Result<Vec<InstitutionId>, DbError> {
    let rows: Vec<(InstitutionId,)> = fetch_all!(h, KEEPERS, area)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Adds a duty; a unique violation where the profession has one from that year, or it was added before.
pub async fn add(tx: &mut Tx, id: DutyId, term: &Term, by: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, ADD, id, &term.area_code, term.profession, term.from_year, term.hours, &term.source, now, by)
        .map(|_| ())
}

/// Writes a changed duty unless somebody else did since `version`; false then.
pub async fn update(
    tx: &mut Tx,
    id: DutyId,
    version: i64,
    term: &Term,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, UPDATE, id, version, term.profession, term.from_year, term.hours, &term.source, now, by)
        .map(|rows| rows == 1)
}

/// Removes a duty unless somebody changed it since `version`; false then.
pub async fn remove(tx: &mut Tx, id: DutyId, version: i64) -> Result<bool, DbError> {
    execute!(tx, REMOVE, id, version).map(|rows| rows == 1)
}
