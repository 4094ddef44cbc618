//! SQL of areas and institutions.

use super::model::{AreaName, Institution, InstitutionKind, InstitutionLine};
use crate::{
    common::ids::InstitutionId,
    execute, fetch_all, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};

statements! {
    AREAS -> AreaRow = "SELECT code, languages, convention_deposit, convention_in_force, project_area, footnote, note FROM area ORDER BY code";
    AREA -> AreaRow = "SELECT code, languages, convention_deposit, convention_in_force, project_area, footnote, note FROM area WHERE code = $1";
    AREA_COUNTS -> (String, i64) = "SELECT area_code, COUNT(*) FROM institution GROUP BY area_code";
    AREA_LINES -> InstitutionLine = "SELECT i.id, i.slug, i.name, i.kind, i.area_code FROM institution i
        WHERE i.area_code = $1 OR EXISTS (SELECT 1 FROM institution_serves s WHERE s.institution_id = i.id AND s.area_code = $1)
        ORDER BY i.name";
    NAMES_OF -> AreaName = "SELECT area_code, language, starts_on, name FROM area_name WHERE area_code = $1 ORDER BY starts_on";
    AREA_NAMES -> AreaName = "SELECT area_code, language, starts_on, name FROM area_name";
    AREA_ADD = "INSERT INTO area (code, languages, convention_deposit, convention_in_force, project_area, footnote, note)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    AREA_NAME_ADD = "INSERT INTO area_name (area_code, language, starts_on, name) VALUES ($1, $2, $3, $4)";
    LINES -> InstitutionLine = "SELECT id, slug, name, kind, area_code FROM institution ORDER BY area_code, name";
    BY_SLUG -> Institution = "SELECT id, slug, area_code, name, kind, address, email, phone, website, languages, about, note, attendance_percent, excused, risk_letters, version, updated_by
        FROM institution WHERE slug = $1";
    BY_ID -> Institution = "SELECT id, slug, area_code, name, kind, address, email, phone, website, languages, about, note, attendance_percent, excused, risk_letters, version, updated_by
        FROM institution WHERE id = $1";
    ADD = "INSERT INTO institution (id, slug, area_code, name, folded, kind, note, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    UPDATE = "UPDATE institution SET name = $3, folded = $4, about = $5, address = $6, email = $7, phone = $8, website = $9,
        languages = $10, attendance_percent = $11, excused = $12, risk_letters = $13, updated_at = $14, updated_by = $15, version = version + 1 WHERE id = $1 AND version = $2";
    FORMER_ADD = "INSERT INTO institution_former_name (institution_id, name, ends_on) VALUES ($1, $2, $3)";
    FORMER -> (String, NaiveDate) = "SELECT name, ends_on FROM institution_former_name WHERE institution_id = $1 ORDER BY ends_on DESC";
    SERVES_ADD = "INSERT INTO institution_serves (institution_id, area_code) VALUES ($1, $2)";
    SERVES -> (String,) = "SELECT area_code FROM institution_serves WHERE institution_id = $1 ORDER BY area_code";
}

/// An area as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AreaRow {
    /// ISO code.
    pub code: String,
    /// Its languages, as a list.
    pub languages: String,
    /// When the Convention on Cybercrime was ratified or acceded to, where confirmed.
    pub convention_deposit: Option<NaiveDate>,
    /// When it entered into force there, where confirmed.
    pub convention_in_force: Option<NaiveDate>,
    /// Whether projects work here.
    pub project_area: bool,
    /// Whether the name carries the footnote.
    pub footnote: bool,
    /// What the sources remark.
    pub note: String,
}

/// All areas; there are some dozens.
pub async fn areas(h: &mut impl Handle) -> Result<Vec<AreaRow>, DbError> {
    fetch_all!(h, AREAS)
}

/// An area.
pub async fn area(h: &mut impl Handle, code: &str) -> Result<Option<AreaRow>, DbError> {
    fetch_optional!(h, AREA, code)
}

/// How many institutions each area has.
pub async fn institution_counts(h: &mut impl Handle) -> Result<Vec<(String, i64)>, DbError> {
    fetch_all!(h, AREA_COUNTS)
}

/// The institutions in an area and those of other areas that serve it.
pub async fn lines_in(h: &mut impl Handle, area: &str) -> Result<Vec<InstitutionLine>, DbError> {
    fetch_all!(h, AREA_LINES, area)
}

/// All names of an area, the earliest first.
pub async fn names_of(h: &mut impl Handle, area: &str) -> Result<Vec<AreaName>, DbError> {
    fetch_all!(h, NAMES_OF, area)
}

/// All names of all areas.
pub async fn area_names(h: &mut impl Handle) -> Result<Vec<AreaName>, DbError> {
    fetch_all!(h, AREA_NAMES)
}

/// Adds an area.
pub async fn add_area(tx: &mut Tx, area: &AreaRow) -> Result<(), DbError> {
    execute!(
        tx,
        AREA_ADD,
        &area.code,
        &area.languages,
        area.convention_deposit,
        area.convention_in_force,
        area.project_area,
        area.footnote,
        &area.note
    )
    .map(|_| ())
}

/// Adds a name of an area.
pub async fn add_area_name(tx: &mut Tx, name: &AreaName) -> Result<(), DbError> {
    execute!(tx, AREA_NAME_ADD, &name.area_code, &name.language, name.starts_on, &name.name).map(|_| ())
}

/// All institutions, in a line each.
pub async fn lines(h: &mut impl Handle) -> Result<Vec<InstitutionLine>, DbError> {
    fetch_all!(h, LINES)
}

/// The institution of an address.
pub async fn by_slug(h: &mut impl Handle, slug: &str) -> Result<Option<Institution>, DbError> {
    fetch_optional!(h, BY_SLUG, slug)
}

/// The institution of an id.
pub async fn by_id(h: &mut impl Handle, id: InstitutionId) -> Result<Option<Institution>, DbError> {
    fetch_optional!(h, BY_ID, id)
}

/// A new institution.
pub struct NewInstitution<'a> {
    /// Its id.
    pub id: InstitutionId,
    /// Its address in the site.
    pub slug: &'a str,
    /// Its area.
    pub area_code: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The name, folded for search.
    pub folded: &'a str,
    /// What it is.
    pub kind: InstitutionKind,
    /// What the sources remark.
    pub note: &'a str,
}

/// Adds an institution.
pub async fn add(tx: &mut Tx, new: &NewInstitution<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, ADD, new.id, new.slug, new.area_code, new.name, new.folded, new.kind, new.note, now).map(|_| ())
}

/// Writes a changed institution unless somebody else did since `version`; false then.
pub async fn update(
    tx: &mut Tx,
    institution: &Institution,
    folded: &str,
    version: i64,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(
        tx,
        UPDATE,
        institution.id,
        version,
        &institution.name,
        folded,
        &institution.about,
        &institution.address,
        &institution.email,
        &institution.phone,
        &institution.website,
        &institution.languages,
        institution.attendance_percent,
        institution.excused,
        institution.risk_letters,
        now,
        by
    )
    .map(|rows| rows == 1)
}

/// Adds a former name.
pub async fn add_former_name(tx: &mut Tx, id: InstitutionId, name: &str, ends_on: NaiveDate) -> Result<(), DbError> {
    execute!(tx, FORMER_ADD, id, name, ends_on).map(|_| ())
}

/// Former names, latest first, each with its last day.
pub async fn former_names(h: &mut impl Handle, id: InstitutionId) -> Result<Vec<(String, NaiveDate)>, DbError> {
    fetch_all!(h, FORMER, id)
}

/// Notes a further area that an institution serves.
pub async fn add_served_area(tx: &mut Tx, id: InstitutionId, area: &str) -> Result<(), DbError> {
    execute!(tx, SERVES_ADD, id, area).map(|_| ())
}

/// The further areas an institution serves.
pub async fn served_areas(h: &mut impl Handle, id: InstitutionId) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = fetch_all!(h, SERVES, id)?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}
