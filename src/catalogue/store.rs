//! SQL of courses.

use super::model::{Author, Course, CourseLine, CourseText, WholeCourse};
use crate::{
    common::ids::{CourseId, InstitutionId, PersonId},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    BY_SLUG -> Course = "SELECT id, slug, kind, audiences, languages, minutes, days, attendance_percent, modules_required, by_nomination,
            published, version, updated_by
        FROM course WHERE slug = $1";
    BY_ID -> Course = "SELECT id, slug, kind, audiences, languages, minutes, days, attendance_percent, modules_required, by_nomination,
            published, version, updated_by
        FROM course WHERE id = $1";
    SLUGS -> (String,) = "SELECT slug FROM course WHERE slug LIKE $1";
    TEXTS -> CourseText = "SELECT language, title, summary, objectives FROM course_text WHERE course_id = $1 ORDER BY language";
    PREREQUISITES -> (CourseId,) = "SELECT required_id FROM course_prerequisite WHERE course_id = $1 ORDER BY required_id";
    ALL_PREREQUISITES -> (CourseId, CourseId) = "SELECT course_id, required_id FROM course_prerequisite";
    INSTITUTIONS -> (InstitutionId,) = "SELECT institution_id FROM course_institution WHERE course_id = $1 ORDER BY institution_id";
    IS_AUTHOR -> (i64,) = "SELECT COUNT(*) FROM course_author WHERE course_id = $1 AND person_id = $2";
    AUTHORS -> Author = "SELECT a.person_id, p.given_name, p.family_name FROM course_author a JOIN person p ON p.id = a.person_id
        WHERE a.course_id = $1 ORDER BY p.family_name, p.given_name, a.person_id";
    AUTHOR_ADD = "INSERT INTO course_author (course_id, person_id) VALUES ($1, $2)";
    AUTHOR_REMOVE = "DELETE FROM course_author WHERE course_id = $1 AND person_id = $2";
    TITLES -> CourseLine = "SELECT c.id, c.slug, c.kind, COALESCE(a.title, b.title, x.title, c.slug) AS title,
            COALESCE(a.language, b.language, x.language, 'en') AS text_language, '' AS summary, c.days, c.minutes
        FROM course c
        LEFT JOIN course_text a ON a.course_id = c.id AND a.language = $1
        LEFT JOIN course_text b ON b.course_id = c.id AND b.language = 'en'
        LEFT JOIN course_text x ON x.course_id = c.id
            AND x.language = (SELECT MIN(y.language) FROM course_text y WHERE y.course_id = c.id)
        ORDER BY c.slug";
    AT_INSTITUTION -> CourseLine = "SELECT c.id, c.slug, c.kind, COALESCE(a.title, b.title, x.title, c.slug) AS title,
            COALESCE(a.language, b.language, x.language, 'en') AS text_language,
            COALESCE(a.summary, b.summary, x.summary, '') AS summary, c.days, c.minutes
        FROM institution i JOIN course_institution ci ON ci.institution_id = i.id JOIN course c ON c.id = ci.course_id
        LEFT JOIN course_text a ON a.course_id = c.id AND a.language = $2
        LEFT JOIN course_text b ON b.course_id = c.id AND b.language = 'en'
        LEFT JOIN course_text x ON x.course_id = c.id
            AND x.language = (SELECT MIN(y.language) FROM course_text y WHERE y.course_id = c.id)
        WHERE i.slug = $1 AND c.published ORDER BY c.slug";
    IN_AREA -> CourseLine = "SELECT c.id, c.slug, c.kind, COALESCE(a.title, b.title, x.title, c.slug) AS title,
            COALESCE(a.language, b.language, x.language, 'en') AS text_language,
            COALESCE(a.summary, b.summary, x.summary, '') AS summary, c.days, c.minutes
        FROM course c
        LEFT JOIN course_text a ON a.course_id = c.id AND a.language = $2
        LEFT JOIN course_text b ON b.course_id = c.id AND b.language = 'en'
        LEFT JOIN course_text x ON x.course_id = c.id
            AND x.language = (SELECT MIN(y.language) FROM course_text y WHERE y.course_id = c.id)
        WHERE c.published AND c.id IN (
            SELECT ci.course_id FROM course_institution ci JOIN institution i ON i.id = ci.institution_id
            WHERE i.area_code = $1
            UNION
            SELECT ci.course_id FROM course_institution ci JOIN institution_serves s ON s.institution_id = ci.institution_id
            WHERE s.area_code = $1)
        ORDER BY c.slug";
    ADD = "INSERT INTO course (id, slug, kind, audiences, languages, minutes, days, attendance_percent, modules_required,
            by_nomination, published, folded, created_at, updated_at, updated_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14)";
    UPDATE = "UPDATE course SET kind = $3, audiences = $4, languages = $5, minutes = $6, days = $7, attendance_percent = $8,
            modules_required = $9, by_nomination = $10, published = $11, folded = $12, updated_at = $13, updated_by = $14,
            version = version + 1
        WHERE id = $1 AND version = $2";
    TEXTS_CLEAR = "DELETE FROM course_text WHERE course_id = $1";
    TEXT_ADD = "INSERT INTO course_text (course_id, language, title, summary, objectives) VALUES ($1, $2, $3, $4, $5)";
    PREREQUISITES_CLEAR = "DELETE FROM course_prerequisite WHERE course_id = $1";
    PREREQUISITE_ADD = "INSERT INTO course_prerequisite (course_id, required_id) VALUES ($1, $2)";
    INSTITUTIONS_CLEAR = "DELETE FROM course_institution WHERE course_id = $1";
    INSTITUTION_ADD = "INSERT INTO course_institution (course_id, institution_id) VALUES ($1, $2)";
}

/// The course of an address.
pub async fn by_slug(h: &mut impl Handle, slug: &str) -> Result<Option<Course>, DbError> {
    fetch_optional!(h, BY_SLUG, slug)
}

/// The course of an id.
pub async fn by_id(h: &mut impl Handle, id: CourseId) -> Result<Option<Course>, DbError> {
    fetch_optional!(h, BY_ID, id)
}

/// A course with all that its form changes.
pub async fn whole(h: &mut impl Handle, course: Course) -> Result<WholeCourse, DbError> {
    let texts: Vec<CourseText> = fetch_all!(h, TEXTS, course.id)?;
    let prerequisites: Vec<(CourseId,)> = fetch_all!(h, PREREQUISITES, course.id)?;
    let institutions: Vec<(InstitutionId,)> = fetch_all!(h, INSTITUTIONS, course.id)?;
    Ok(WholeCourse {
        course,
        texts,
        prerequisites: prerequisites.into_iter().map(|(id,)| id).collect(),
        institutions: institutions.into_iter().map(|(id,)| id).collect(),
    })
}

/// The addresses that begin so.
pub async fn slugs_like(h: &mut impl Handle, start: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = fetch_all!(h, SLUGS, format!("{start}%"))?;
    Ok(rows.into_iter().map(|(slug,)| slug).collect())
}

/// Every course with what it needs.
pub async fn all_prerequisites(h: &mut impl Handle) -> Result<Vec<(CourseId, CourseId)>, DbError> {
    fetch_all!(h, ALL_PREREQUISITES)
}

/// Whether a person may write the course and its packs.
pub async fn is_author(h: &mut impl Handle, id: CourseId, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, IS_AUTHOR, id, person)?;
    Ok(count > 0)
}

/// Who may write the course and its packs.
pub async fn authors(h: &mut impl Handle, id: CourseId) -> Result<Vec<Author>, DbError> {
    fetch_all!(h, AUTHORS, id)
}

/// Lets a person write the course and its packs.
pub async fn add_author(tx: &mut Tx, id: CourseId, person: PersonId) -> Result<(), DbError> {
    execute!(tx, AUTHOR_ADD, id, person).map(|_| ())
}

/// Ends that; false when the person was no author.
pub async fn remove_author(tx: &mut Tx, id: CourseId, person: PersonId) -> Result<bool, DbError> {
    execute!(tx, AUTHOR_REMOVE, id, person).map(|rows| rows == 1)
}

/// All courses, published or not, with titles and without summaries.
pub async fn titles(h: &mut impl Handle, language: &str) -> Result<Vec<CourseLine>, DbError> {
    fetch_all!(h, TITLES, language)
}

/// Published courses that an institution offers.
pub async fn at_institution(h: &mut impl Handle, slug: &str, language: &str) -> Result<Vec<CourseLine>, DbError> {
    fetch_all!(h, AT_INSTITUTION, slug, language)
}

/// Published courses that institutions of an area, or serving it, offer.
pub async fn in_area(h: &mut impl Handle, code: &str, language: &str) -> Result<Vec<CourseLine>, DbError> {
    fetch_all!(h, IN_AREA, code, language)
}

/// Adds a course with its texts and links.
pub async fn add(tx: &mut Tx, new: &WholeCourse, folded: &str, by: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    let c = &new.course;
    execute!(
        tx,
        ADD,
        c.id,
        &c.slug,
        c.kind,
        &c.audiences,
        &c.languages,
        c.minutes,
        c.days,
        c.attendance_percent,
        c.modules_required,
        c.by_nomination,
        c.published,
        folded,
        now,
        by
    )?;
    add_parts(tx, new).await
}

/// Writes a changed course unless somebody else did since `version`; false then.
pub async fn update(
    tx: &mut Tx,
    changed: &WholeCourse,
    folded: &str,
    version: i64,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let c = &changed.course;
    let rows = execute!(
        tx,
        UPDATE,
        c.id,
        version,
        c.kind,
        &c.audiences,
        &c.languages,
        c.minutes,
        c.days,
        c.attendance_percent,
        c.modules_required,
        c.by_nomination,
        c.published,
        folded,
        now,
        by
    )?;
    if rows != 1 {
        return Ok(false);
    }
    execute!(tx, TEXTS_CLEAR, c.id)?;
    execute!(tx, PREREQUISITES_CLEAR, c.id)?;
    execute!(tx, INSTITUTIONS_CLEAR, c.id)?;
    add_parts(tx, changed).await?;
    Ok(true)
}

async fn add_parts(tx: &mut Tx, whole: &WholeCourse) -> Result<(), DbError> {
    let id = whole.course.id;
    for text in &whole.texts {
        execute!(tx, TEXT_ADD, id, &text.language, &text.title, &text.summary, &text.objectives)?;
    }
    for required in &whole.prerequisites {
        execute!(tx, PREREQUISITE_ADD, id, *required)?;
    }
    for institution in &whole.institutions {
        execute!(tx, INSTITUTION_ADD, id, *institution)?;
    }
    Ok(())
}
