//! SQL: the roster of trainers.

use super::model::{Feedback, Held, Profile};
use crate::{
    common::ids::{CourseId, DeliveryId, LicenceId, PersonId},
    deliveries::model::DeliveryState,
    enrolment::model::EnrolmentState,
    execute, fetch_all, fetch_optional,
    people::model::Profession,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

// Everybody who has to do with teaching: by licence, by role, or by having taught.
macro_rules! teaches {
    ($person:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM licence y WHERE y.person_id = ",
            $person,
            ") OR EXISTS (SELECT 1 FROM role_grant y WHERE y.person_id = ",
            $person,
            " AND y.role = 'trainer' AND y.ended_at IS NULL) OR EXISTS (SELECT 1 FROM delivery_trainer y WHERE y.person_id = ",
            $person,
            "))"
        )
    };
}

pub(crate) use teaches;

// Person q with the post held on day $2 and the profile.
macro_rules! person {
    () => {
        person!("person q")
    };
    ($from:literal) => {
        concat!(
            "FROM ",
            $from,
            " LEFT JOIN post o ON o.id = (SELECT x.id FROM post x WHERE x.person_id = q.id
                AND (x.starts_on IS NULL OR x.starts_on <= $2) AND (x.ends_on IS NULL OR x.ends_on >= $2)
                ORDER BY CASE WHEN x.starts_on IS NULL THEN 1 ELSE 0 END, x.starts_on DESC, x.id DESC LIMIT 1)
            LEFT JOIN institution i ON i.id = o.institution_id LEFT JOIN trainer_profile f ON f.person_id = q.id "
        )
    };
}

macro_rules! area_name {
    ($code:literal) => {
        concat!(
            "(SELECT n.name FROM area_name n WHERE n.area_code = ",
            $code,
            " AND n.language IN ($1, 'en') AND n.starts_on <= $2
                ORDER BY CASE WHEN n.language = $1 THEN 0 ELSE 1 END, n.starts_on DESC LIMIT 1)"
        )
    };
}

macro_rules! course_title {
    ($course:literal, $slug:literal) => {
        concat!(
            "COALESCE((SELECT x.title FROM course_text x WHERE x.course_id = ",
            $course,
            " AND x.language IN ($1, 'en')
                ORDER BY CASE WHEN x.language = $1 THEN 0 ELSE 1 END LIMIT 1), ",
            $slug,
            ")"
        )
    };
}

// The deliveries that somebody gave or is giving.
macro_rules! taught {
    ($what:literal, $person:literal) => {
        concat!(
            "(SELECT ",
            $what,
            " FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
                WHERE t.person_id = ",
            $person,
            " AND d.state IN ('running', 'delivered', 'reported'))"
        )
    };
}

// What participants said of the deliveries that somebody gave; see `model::Feedback`.
macro_rules! said {
    ($what:literal, $person:literal) => {
        concat!(
            "(SELECT ",
            $what,
            " FROM delivery_trainer t JOIN feedback_item g ON g.delivery_id = t.delivery_id
                WHERE t.person_id = ",
            $person,
            " AND NOT g.by_trainer)"
        )
    };
}

// A page of the roster. What the search asks about a part is asked of nobody who does not show that part:
// the literals add it for who sees only what trainers chose.
macro_rules! roster {
    ($scope:expr, $institution:literal, $languages:literal, $licences:literal, $teaching:literal, $availability:literal) => {
        concat!(
            "SELECT p.id, p.given_name || ' ' || p.family_name AS name, p.folded, p.area_code, ",
            area_name!("p.area_code"),
            " AS area_name, p.institution_name, p.profession, p.languages, p.shows, p.consented_at, ",
            taught!("COUNT(*)", "p.id"),
            " AS taught, ",
            taught!("MAX(COALESCE(d.ends_on, d.starts_on))", "p.id"),
            " AS last_on, ",
            said!("COUNT(*)", "p.id"),
            " AS remarks, ",
            said!("COUNT(CASE WHEN g.kind = 'praise' THEN 1 END)", "p.id"),
            " AS praise, ",
            course_title!("k.id", "k.slug"),
            " AS course_title, l.state AS licence
            FROM (SELECT q.id, q.given_name, q.family_name, q.folded, COALESCE(i.area_code, q.area_code) AS area_code,
                    i.name AS institution_name, o.profession, COALESCE(f.languages, '') AS languages,
                    COALESCE(f.shows, '') AS shows, f.consented_at ",
            person!(),
            "WHERE ",
            $scope,
            " AND q.folded LIKE $3 AND (q.folded > $4 OR (q.folded = $4 AND q.id > $5))
                AND (($6 = '' AND NOT $7)
                    OR (",
            $licences,
            " EXISTS (SELECT 1 FROM licence a JOIN course b ON b.id = a.course_id WHERE a.person_id = q.id
                        AND ($6 = '' OR b.slug = $6) AND (NOT $7 OR a.state = 'licensed')))
                    OR (",
            $teaching,
            " NOT $7 AND EXISTS (SELECT 1 FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
                        JOIN course b ON b.id = d.course_id WHERE t.person_id = q.id AND b.slug = $6)))
                AND ($8 = '' OR (",
            $languages,
            " f.languages LIKE '%;' || $8 || ';%')
                    OR (",
            $teaching,
            " EXISTS (SELECT 1 FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
                        WHERE t.person_id = q.id AND d.language = $8)))
                AND ($9 = '' OR COALESCE(i.area_code, q.area_code) = $9)
                AND ($10 = '' OR (",
            $institution,
            " i.slug = $10))
                AND ($11 = '' OR o.profession = $11)
                AND (NOT $12 OR (",
            $availability,
            " NOT EXISTS (SELECT 1 FROM trainer_away w WHERE w.person_id = q.id AND w.starts_on <= $14 AND w.ends_on >= $13)
                    AND NOT EXISTS (SELECT 1 FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
                        WHERE t.person_id = q.id AND d.state NOT IN ('cancelled', 'postponed')
                            AND d.starts_on <= $14 AND COALESCE(d.ends_on, d.starts_on) >= $13)))
                AND (NOT $15 OR (",
            $teaching,
            " EXISTS (SELECT 1 FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id WHERE t.person_id = q.id
                        AND d.state IN ('running', 'delivered', 'reported') AND COALESCE(d.ends_on, d.starts_on) >= $16)))
                AND ($18 = '' OR (",
            $teaching,
            said!(
                " CASE WHEN COUNT(*) >= $19 AND ($18 <> 'praised' OR 2 * COUNT(CASE WHEN g.kind = 'praise' THEN 1 END) >= COUNT(*))
                    THEN 1 ELSE 0 END",
                "q.id"
            ),
            " = 1))
                ORDER BY q.folded, q.id LIMIT $17) p
            LEFT JOIN licence l ON l.person_id = p.id LEFT JOIN course k ON k.id = l.course_id
            ORDER BY p.folded, p.id, k.slug"
        )
    };
}

statements! {
    ALL -> RosterRow = roster!(
        "q.id IN (SELECT y.person_id FROM delivery_trainer y UNION SELECT y.person_id FROM licence y
            UNION SELECT y.person_id FROM role_grant y WHERE y.role = 'trainer' AND y.ended_at IS NULL)",
        "", "", "", "", ""
    );
    PUBLIC -> RosterRow = roster!(
        // Who teaches no more has no page, whatever they once agreed to.
        concat!("q.id IN (SELECT y.person_id FROM trainer_profile y WHERE y.consented_at IS NOT NULL) AND ", teaches!("q.id")),
        "f.shows LIKE '%;institution;%' AND", "f.shows LIKE '%;languages;%' AND", "f.shows LIKE '%;licences;%' AND",
        "f.shows LIKE '%;teaching;%' AND", "f.shows LIKE '%;availability;%' AND"
    );
    FACETS -> (String, String, String) = concat!("SELECT 'course' AS facet, k.slug AS value, ", course_title!("k.id", "k.slug"), " AS label FROM course k WHERE k.published
        UNION ALL SELECT 'institution', i.slug, i.name FROM institution i
        UNION ALL SELECT 'area', a.code, COALESCE(", area_name!("a.code"), ", a.code) FROM area a
        ORDER BY 1, 3, 2");
    ONE -> TrainerRow = concat!("SELECT q.id, q.given_name || ' ' || q.family_name AS name, COALESCE(i.area_code, q.area_code) AS area_code, ",
        area_name!("COALESCE(i.area_code, q.area_code)"), " AS area_name, i.name AS institution_name, o.profession,
            COALESCE(f.languages, '') AS languages, COALESCE(f.shows, '') AS shows, f.consented_at, COALESCE(f.contact, FALSE) AS contact,
            COALESCE(f.about, '') AS about, COALESCE(f.version, 0) AS version, q.invented,
            COALESCE(NULLIF(q.email, ''), (SELECT a.email FROM account a WHERE a.person_id = q.id), '') AS email,
            (SELECT a.language FROM account a WHERE a.person_id = q.id) AS speaks ",
        person!(), "WHERE q.id = $3 AND ", teaches!("q.id"));
    // Whose page may be opened is decided by `service::sees` of the licences: the holder, the mentor, who manages all
    // people ($4) and the administrators of the holder's institutions.
    LICENCES -> LicenceRow = concat!("SELECT l.id, k.slug, ", course_title!("k.id", "k.slug"), " AS title, l.state, l.since, l.lapses_at,
            ($4 OR l.person_id = $3 OR COALESCE(l.mentor_id = $3, FALSE) OR EXISTS (SELECT 1 FROM role_grant mine WHERE mine.person_id = $3
                AND mine.role = 'institution_administrator' AND mine.ended_at IS NULL AND (
                    EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = $2 AND g.institution_id = mine.institution_id AND g.ended_at IS NULL)
                    OR EXISTS (SELECT 1 FROM post o WHERE o.person_id = $2 AND o.institution_id = mine.institution_id
                        AND (o.ends_on IS NULL OR o.ends_on >= $5))))) AS open
        FROM licence l JOIN course k ON k.id = l.course_id WHERE l.person_id = $2 ORDER BY 2, 1");
    // What they taught, with how many came, and what they were trained in; the latest two hundred of each.
    PAST -> PastRow = concat!("SELECT z.part, z.id, z.title, k.slug AS course_slug, ", course_title!("k.id", "k.slug"), " AS course_title, z.state,
            z.starts_on, z.ends_on, z.date_note, z.place, z.language, z.lead, z.reached, z.completed,
            CASE WHEN z.sealed THEN COALESCE(w.total, (SELECT MAX(h.total) FROM head_count h JOIN slot s ON s.id = h.slot_id
                WHERE s.delivery_id = z.id AND s.cancelled_at IS NULL AND NOT EXISTS (SELECT 1 FROM head_count n WHERE n.slot_id = h.slot_id
                    AND (n.counted_at > h.counted_at OR (n.counted_at = h.counted_at AND n.id > h.id)))), 0) END AS heads,
            CASE WHEN w.state = 'verified' THEN TRUE ELSE FALSE END AS verified,
            (SELECT COUNT(*) FROM feedback_item g WHERE g.delivery_id = z.id AND NOT g.by_trainer) AS remarks,
            (SELECT COUNT(*) FROM feedback_item g WHERE g.delivery_id = z.id AND NOT g.by_trainer AND g.kind = 'praise') AS praise, z.own
        FROM (SELECT 'taught' AS part, d.id, d.course_id, d.title, d.state, d.starts_on, d.ends_on, d.date_note, d.place, d.language, d.sealed,
                t.lead, (SELECT COUNT(*) FROM enrolment e WHERE e.delivery_id = d.id
                    AND e.state IN ('attended', 'partly_attended', 'completed', 'not_completed')) AS reached,
                (SELECT COUNT(*) FROM enrolment e LEFT JOIN completion c ON c.enrolment_id = e.id WHERE e.delivery_id = d.id
                    AND e.state IN ('attended', 'partly_attended', 'completed', 'not_completed') AND (e.state = 'completed' OR c.met)) AS completed,
                NULL AS own
            FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id WHERE t.person_id = $2 AND d.state NOT IN ('cancelled', 'postponed')
            UNION ALL
            SELECT 'trained', d.id, d.course_id, d.title, d.state, d.starts_on, d.ends_on, d.date_note, d.place, d.language, d.sealed, FALSE, 0, 0, e.state
            FROM enrolment e JOIN delivery d ON d.id = e.delivery_id WHERE e.person_id = $2
                AND e.state IN ('confirmed', 'attended', 'partly_attended', 'completed', 'not_completed')) z
        JOIN course k ON k.id = z.course_id LEFT JOIN tally w ON w.delivery_id = z.id AND w.state <> 'withdrawn'
        ORDER BY z.part, CASE WHEN z.starts_on IS NULL THEN 1 ELSE 0 END, z.starts_on DESC, z.id DESC LIMIT 400");
    AWAY -> (Uuid, NaiveDate, NaiveDate) = "SELECT id, starts_on, ends_on FROM trainer_away WHERE person_id = $1 AND ends_on >= $2 ORDER BY starts_on, id";
    AWAY_ADD = "INSERT INTO trainer_away (id, person_id, starts_on, ends_on) VALUES ($1, $2, $3, $4)";
    AWAY_REMOVE = "DELETE FROM trainer_away WHERE id = $1 AND person_id = $2";
    PROFILE_ADD = "INSERT INTO trainer_profile (person_id, consented_at, shows, contact, languages, about, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    PROFILE_SET = "UPDATE trainer_profile SET consented_at = $3, shows = $4, contact = $5, languages = $6, about = $7, updated_at = $8,
            version = version + 1 WHERE person_id = $1 AND version = $2";
    COURSE -> CourseRow = concat!("SELECT k.id, k.slug, ", course_title!("k.id", "k.slug"), " AS title, k.languages FROM course k WHERE k.slug = $2");
    HOLDERS -> HolderRow = concat!("SELECT q.id, COALESCE(i.area_code, q.area_code) AS area_code, l.state, COALESCE(f.languages, '') AS languages,
            (SELECT COUNT(*) FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id WHERE t.person_id = q.id AND d.course_id = $1
                AND d.state IN ('running', 'delivered', 'reported') AND COALESCE(d.ends_on, d.starts_on) >= $3) AS lately ",
        person!("licence l JOIN person q ON q.id = l.person_id"), "WHERE l.course_id = $1");
    SPOKEN -> (PersonId, String) = "SELECT DISTINCT t.person_id, d.language FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
        JOIN licence l ON l.person_id = t.person_id AND l.course_id = d.course_id WHERE d.course_id = $1";
    PLACES -> PlaceRow = concat!("SELECT 'area' AS part, a.code, COALESCE(", area_name!("a.code"), ", a.code) AS name, a.languages,
            (SELECT COUNT(*) FROM project_area y JOIN project j ON j.id = y.project_id WHERE y.area_code = a.code AND ($3 = '' OR j.key = $3)) AS projects
        FROM area a
        UNION ALL SELECT 'project', j.key, j.title, '', 0 FROM project j ORDER BY 1, 3");
}

/// What is asked of the roster.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Whether everybody who teaches is searched, or only those who consented, by what they show.
    pub whole: bool,
    /// Language of titles.
    pub speak: &'a str,
    /// Today.
    pub today: NaiveDate,
    /// Pattern of the folded name.
    pub pattern: &'a str,
    /// Beyond which folded name and id.
    pub after: (&'a str, PersonId),
    /// Address of a course, or empty.
    pub course: &'a str,
    /// Only who is licensed now.
    pub licensed: bool,
    /// Code of a language, or empty.
    pub language: &'a str,
    /// Code of an area, or empty.
    pub area: &'a str,
    /// Address of an institution, or empty.
    pub institution: &'a str,
    /// Code of a profession, or empty.
    pub profession: &'a str,
    /// Days on which they are free.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// Only who taught since.
    pub active_since: Option<NaiveDate>,
    /// Only of whose deliveries participants said something, or praise.
    pub feedback: Option<Feedback>,
    /// How many remarks that takes.
    pub least_remarks: i64,
    /// How many.
    pub limit: i64,
}

/// A trainer with one licence or none.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RosterRow {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// The key of the list's order.
    pub folded: String,
    /// Their area.
    pub area_code: Option<String>,
    /// Its name.
    pub area_name: Option<String>,
    /// Where they work.
    pub institution_name: Option<String>,
    /// What they do by profession.
    pub profession: Option<Profession>,
    /// Languages they say they teach in.
    pub languages: String,
    /// What they let everybody see.
    pub shows: String,
    /// Since when they stand in the public roster.
    pub consented_at: Option<DateTime<Utc>>,
    /// How many deliveries they gave.
    pub taught: i64,
    /// The last day they taught.
    pub last_on: Option<NaiveDate>,
    /// How much participants said of what they gave.
    pub remarks: i64,
    /// Praise among it.
    pub praise: i64,
    /// Title of the licence's course.
    pub course_title: Option<String>,
    /// The licence's state.
    pub licence: Option<Held>,
}

/// Trainers in the order of their names, a row for each licence.
pub async fn roster(h: &mut impl Handle, asked: &Asked<'_>) -> Result<Vec<RosterRow>, DbError> {
    let statement = if asked.whole { ALL } else { PUBLIC };
    let (from, to) = asked.days.unwrap_or((asked.today, asked.today));
    fetch_all!(
        h,
        statement,
        asked.speak,
        asked.today,
        asked.pattern,
        asked.after.0,
        asked.after.1,
        asked.course,
        asked.licensed,
        asked.language,
        asked.area,
        asked.institution,
        asked.profession,
        asked.days.is_some(),
        from,
        to,
        asked.active_since.is_some(),
        asked.active_since.unwrap_or(asked.today),
        asked.limit,
        asked.feedback.map_or("", Feedback::code),
        asked.least_remarks
    )
}

/// What the roster can be narrowed by: facet, value, label.
pub async fn facets(
    h: &mut impl Handle,
    speak: &str,
    today: NaiveDate,
) -> Result<Vec<(String, String, String)>, DbError> {
    fetch_all!(h, FACETS, speak, today)
}

/// A trainer with the profile.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TrainerRow {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their area.
    pub area_code: Option<String>,
    /// Its name.
    pub area_name: Option<String>,
    /// Where they work.
    pub institution_name: Option<String>,
    /// What they do by profession.
    pub profession: Option<Profession>,
    /// Languages they say they teach in.
    pub languages: String,
    /// What they let everybody see.
    pub shows: String,
    /// Since when they stand in the public roster.
    pub consented_at: Option<DateTime<Utc>>,
    /// Whether strangers may write.
    pub contact: bool,
    /// A few words.
    pub about: String,
    /// Version of the profile; 0 where there is none.
    pub version: i64,
    /// Whether the demonstration made them up.
    pub invented: bool,
    /// Where mail goes; never shown.
    pub email: String,
    /// The language of their account.
    pub speaks: Option<String>,
}

/// A person who has to do with teaching.
pub async fn one(
    h: &mut impl Handle,
    id: PersonId,
    speak: &str,
    today: NaiveDate,
) -> Result<Option<TrainerRow>, DbError> {
    fetch_optional!(h, ONE, speak, today, id)
}

/// A licence with its course.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LicenceRow {
    /// Its id.
    pub id: LicenceId,
    /// Address of the course.
    pub slug: String,
    /// Title of the course.
    pub title: String,
    /// The state.
    pub state: Held,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it lapses if nothing happens.
    pub lapses_at: Option<DateTime<Utc>>,
    /// Whether who looks may open its page.
    pub open: bool,
}

/// A person's licences, as somebody sees them who manages all people or does not.
pub async fn licences(
    h: &mut impl Handle,
    id: PersonId,
    speak: &str,
    (asker, manages): (PersonId, bool),
    today: NaiveDate,
) -> Result<Vec<LicenceRow>, DbError> {
    fetch_all!(h, LICENCES, speak, id, asker, manages, today)
}

/// A delivery that somebody taught or was trained in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PastRow {
    /// `taught` or `trained`.
    pub part: String,
    /// The delivery.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Address of its course.
    pub course_slug: String,
    /// Title of its course.
    pub course_title: String,
    /// Its state.
    pub state: DeliveryState,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Town and room.
    pub place: String,
    /// Its language.
    pub language: String,
    /// Whether they led it.
    pub lead: bool,
    /// How many came.
    pub reached: i64,
    /// How many of them completed it.
    pub completed: i64,
    /// How many were counted, where it keeps no names.
    pub heads: Option<i64>,
    /// Whether their count was confirmed.
    pub verified: bool,
    /// How much participants said of it.
    pub remarks: i64,
    /// Praise among it.
    pub praise: i64,
    /// What became of their place in it.
    pub own: Option<EnrolmentState>,
}

/// What somebody taught and was trained in, the latest first. One statement.
pub async fn past(h: &mut impl Handle, id: PersonId, speak: &str) -> Result<Vec<PastRow>, DbError> {
    fetch_all!(h, PAST, speak, id)
}

/// When somebody cannot teach, from a day on.
pub async fn away(
    h: &mut impl Handle,
    id: PersonId,
    from: NaiveDate,
) -> Result<Vec<(Uuid, NaiveDate, NaiveDate)>, DbError> {
    fetch_all!(h, AWAY, id, from)
}

/// Notes when somebody cannot teach.
pub async fn add_away(
    tx: &mut Tx,
    id: Uuid,
    person: PersonId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<(), DbError> {
    execute!(tx, AWAY_ADD, id, person, from, to).map(|_| ())
}

/// Takes such a time away again; false when there was none of this person's.
pub async fn remove_away(tx: &mut Tx, id: Uuid, person: PersonId) -> Result<bool, DbError> {
    execute!(tx, AWAY_REMOVE, id, person).map(|rows| rows == 1)
}

/// Writes a profile unless somebody else did since `version`; false then.
pub async fn set_profile(
    tx: &mut Tx,
    (person, version): (PersonId, i64),
    profile: &Profile,
    consented_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let p = profile;
    let rows = if version == 0 {
        execute!(tx, PROFILE_ADD, person, consented_at, &p.shows, p.contact, &p.languages, &p.about, now)?
    } else {
        execute!(tx, PROFILE_SET, person, version, consented_at, &p.shows, p.contact, &p.languages, &p.about, now)?
    };
    Ok(rows == 1)
}

/// A course whose coverage is looked at.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CourseRow {
    /// Its id.
    pub id: CourseId,
    /// Its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Languages it is given in.
    pub languages: String,
}

/// The course of an address.
pub async fn course(h: &mut impl Handle, slug: &str, speak: &str) -> Result<Option<CourseRow>, DbError> {
    fetch_optional!(h, COURSE, speak, slug)
}

/// A licence of a course.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HolderRow {
    /// Whose.
    pub id: PersonId,
    /// Their area.
    pub area_code: Option<String>,
    /// The state.
    pub state: Held,
    /// Languages they say they teach in.
    pub languages: String,
    /// How many deliveries of the course they gave since a day.
    pub lately: i64,
}

/// All licences of a course, with who taught it since a day.
pub async fn holders(
    h: &mut impl Handle,
    course: CourseId,
    today: NaiveDate,
    since: NaiveDate,
) -> Result<Vec<HolderRow>, DbError> {
    fetch_all!(h, HOLDERS, course, today, since)
}

/// The languages in which licence holders taught a course.
pub async fn spoken(h: &mut impl Handle, course: CourseId) -> Result<Vec<(PersonId, String)>, DbError> {
    fetch_all!(h, SPOKEN, course)
}

/// An area with how many projects work there, or a project.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PlaceRow {
    /// `area` or `project`.
    pub part: String,
    /// Its code or key.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Languages of the area, as a list of codes.
    pub languages: String,
    /// Projects in the area; only that of the key, if one is given.
    pub projects: i64,
}

/// Areas and projects, by name.
pub async fn places(
    h: &mut impl Handle,
    speak: &str,
    today: NaiveDate,
    project: &str,
) -> Result<Vec<PlaceRow>, DbError> {
    fetch_all!(h, PLACES, speak, today, project)
}
