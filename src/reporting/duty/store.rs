//! SQL: who owes continuing education, and the minutes attended in each year.

use crate::{
    common::ids::{DeliveryId, PersonId},
    execute, fetch_all,
    people::model::Profession,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};

statements! {
    /// Names, posts and what is asked of them in one: a row at least, where the person is there.
    PERSON -> PersonRow = "SELECT x.given_name, x.family_name, COALESCE(i.area_code, x.area_code) AS area_code, p.profession, p.starts_on, p.ends_on,
            d.from_year, d.hours, d.source,
            COALESCE((SELECT CAST(SUM(y.minutes) AS BIGINT) FROM attendance_year y WHERE y.person_id = x.id AND y.year = $2), 0) AS minutes
        FROM person x LEFT JOIN post p ON p.person_id = x.id LEFT JOIN institution i ON i.id = p.institution_id
        LEFT JOIN duty d ON d.area_code = COALESCE(i.area_code, x.area_code) AND d.profession = p.profession
        WHERE x.id = $1";
    /// Posts held on a day, of the professions that owe something, with the minutes attended in a year.
    PEOPLE -> PostRow = "SELECT p.person_id, COALESCE(i.area_code, x.area_code, '') AS area_code, COALESCE(i.slug, '') AS institution, p.profession,
            COALESCE((SELECT CAST(SUM(y.minutes) AS BIGINT) FROM attendance_year y WHERE y.person_id = p.person_id AND y.year = $1), 0) AS minutes
        FROM post p JOIN person x ON x.id = p.person_id LEFT JOIN institution i ON i.id = p.institution_id
        WHERE (p.starts_on IS NULL OR p.starts_on <= $2) AND (p.ends_on IS NULL OR p.ends_on >= $2)
            AND EXISTS (SELECT 1 FROM duty d WHERE d.area_code = COALESCE(i.area_code, x.area_code) AND d.profession = p.profession
                AND d.from_year <= $1)
        ORDER BY p.person_id, p.id";
    YEAR_CLEAR = "DELETE FROM attendance_year WHERE delivery_id = $1";
    YEAR_ADD = "INSERT INTO attendance_year (person_id, year, delivery_id, minutes)
        SELECT e.person_id, $2, e.delivery_id, CAST(SUM(m.minutes) AS BIGINT)
        FROM slot s JOIN mark m ON m.slot_id = s.id JOIN enrolment e ON e.id = m.enrolment_id
        WHERE s.delivery_id = $1 AND s.cancelled_at IS NULL AND s.starts_at >= $3 AND s.starts_at < $4
            AND e.state IN ('selected', 'invited', 'confirmed', 'attended', 'partly_attended', 'not_attended', 'completed', 'not_completed')
        GROUP BY e.person_id, e.delivery_id HAVING SUM(m.minutes) > 0";
}

/// A person with a post, if there is one, and a duty of it, if there is one.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PersonRow {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// The area of the post, or of the person.
    pub area_code: Option<String>,
    /// The profession.
    pub profession: Option<Profession>,
    /// First day of the post.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// The first year of the duty.
    pub from_year: Option<i64>,
    /// Its hours.
    pub hours: Option<i64>,
    /// Where it comes from.
    pub source: Option<String>,
    /// Minutes attended in the year asked for, as last added up.
    pub minutes: i64,
}

/// A person with posts and duties, and the minutes attended in a year; nothing where there is no such person.
pub async fn person(h: &mut impl Handle, id: PersonId, year: i64) -> Result<Vec<PersonRow>, DbError> {
    fetch_all!(h, PERSON, id, year)
}

/// A post of somebody who may owe something.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PostRow {
    /// Who.
    pub person_id: PersonId,
    /// The area of the post, or of the person.
    pub area_code: String,
    /// Address of the institution; empty where there is none.
    pub institution: String,
    /// The profession.
    pub profession: Profession,
    /// Minutes the person attended in the year.
    pub minutes: i64,
}

/// The posts held on a day, with the minutes attended in a year; a person's side by side.
pub async fn people(h: &mut impl Handle, year: i64, day: NaiveDate) -> Result<Vec<PostRow>, DbError> {
    fetch_all!(h, PEOPLE, year, day)
}

/// Forgets the minutes of a delivery's years.
pub async fn clear_years(tx: &mut Tx, delivery: DeliveryId) -> Result<(), DbError> {
    execute!(tx, YEAR_CLEAR, delivery).map(|_| ())
}

/// Adds up the minutes of a delivery in a year, from one instant to another.
pub async fn add_year(
    tx: &mut Tx,
    delivery: DeliveryId,
    year: i64,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, YEAR_ADD, delivery, year, from, to).map(|_| ())
}
