//! SQL: trainer licences, their rules and what they stand on.

use super::model::{Cause, Facts, Ground, LicenceState, Release, RouteKind, Rule, WholeRule};
use crate::{
    common::ids::{CourseId, DeliveryId, LicenceId, PersonId},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

/// Whose licences somebody sees in a list: $1 for everybody's, else those of persons with a role or a post (on
/// day $3) at an institution that $2 administers.
macro_rules! seen {
    () => {
        "($1 OR EXISTS (SELECT 1 FROM role_grant mine WHERE mine.person_id = $2 AND mine.role = 'institution_administrator'
            AND mine.ended_at IS NULL AND (
                EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = l.person_id AND g.institution_id = mine.institution_id AND g.ended_at IS NULL)
                OR EXISTS (SELECT 1 FROM post o WHERE o.person_id = l.person_id AND o.institution_id = mine.institution_id
                    AND (o.ends_on IS NULL OR o.ends_on >= $3)))))"
    };
}

macro_rules! title {
    ($language:literal) => {
        concat!(
            "COALESCE((SELECT x.title FROM course_text x WHERE x.course_id = c.id AND x.language IN (",
            $language,
            ", 'en') ORDER BY CASE WHEN x.language = ",
            $language,
            " THEN 0 ELSE 1 END LIMIT 1), c.slug) AS course_title"
        )
    };
}

/// Persons who can be a mentor for the licences of a course ($1). They can sign in, and they are licensed, write the
/// course, or train in one that leads to it.
macro_rules! mentors {
    () => {
        "person p JOIN account a ON a.person_id = p.id AND NOT a.disabled
        WHERE (EXISTS (SELECT 1 FROM licence l WHERE l.person_id = p.id AND l.course_id = $1 AND l.state = 'licensed')
            OR EXISTS (SELECT 1 FROM course_author u WHERE u.person_id = p.id AND u.course_id = $1)
            OR EXISTS (SELECT 1 FROM licence_route r JOIN delivery d ON d.course_id = r.by_course_id
                JOIN delivery_trainer t ON t.delivery_id = d.id
                WHERE r.course_id = $1 AND r.kind = 'train' AND t.person_id = p.id))"
    };
}

statements! {
    RULE -> RuleRow = "SELECT assessed, supervised, active_months, uptake_months, notice_days, version, updated_by
        FROM licence_rule WHERE course_id = $1";
    ROUTES -> (CourseId, RouteKind) = "SELECT by_course_id, kind FROM licence_route WHERE course_id = $1 ORDER BY by_course_id";
    RULE_ADD = "INSERT INTO licence_rule (course_id, assessed, supervised, active_months, uptake_months, notice_days, updated_at, updated_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    RULE_SET = "UPDATE licence_rule SET assessed = $3, supervised = $4, active_months = $5, uptake_months = $6, notice_days = $7,
            updated_at = $8, updated_by = $9, version = version + 1
        WHERE course_id = $1 AND version = $2";
    ROUTES_CLEAR = "DELETE FROM licence_route WHERE course_id = $1";
    ROUTE_ADD = "INSERT INTO licence_route (course_id, by_course_id, kind) VALUES ($1, $2, $3)";
    LICENCE -> Licence = concat!("SELECT l.id, l.person_id, l.course_id, c.slug AS course_slug, ", title!("$2"), ", l.state, l.since, l.mentor_id,
            l.major, l.lapses_at, l.noticed_at, l.invented, l.version, l.updated_by,
            EXISTS (SELECT 1 FROM trainer_profile f WHERE f.person_id = l.person_id AND f.consented_at IS NOT NULL) AS public,
            p.given_name || ' ' || p.family_name AS name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language,
            m.given_name || ' ' || m.family_name AS mentor_name, COALESCE(NULLIF(m.email, ''), b.email) AS mentor_email, b.language AS mentor_language,
            (r.course_id IS NOT NULL) AS ruled, r.assessed, r.supervised, r.active_months, r.uptake_months, r.notice_days
        FROM licence l JOIN course c ON c.id = l.course_id JOIN person p ON p.id = l.person_id
        LEFT JOIN account a ON a.person_id = p.id
        LEFT JOIN person m ON m.id = l.mentor_id LEFT JOIN account b ON b.person_id = m.id
        LEFT JOIN licence_rule r ON r.course_id = l.course_id
        WHERE l.id = $1");
    // Takes the row, so that what is read after it is what is written upon.
    HOLD = "UPDATE licence SET updated_at = $2 WHERE id = $1";
    OF_PERSON -> (LicenceId, LicenceState) = "SELECT id, state FROM licence WHERE person_id = $1 AND course_id = $2";
    ADD = "INSERT INTO licence (id, person_id, course_id, state, since, created_at, updated_at, updated_by, mentor_id)
        VALUES ($1, $2, $3, 'candidate', $4, $4, $4, $5, $6) ON CONFLICT DO NOTHING";
    // Who was named in the cohort that leads to the course, of several the latest.
    COHORT_MENTOR -> (PersonId,) = "SELECT m.mentor_id FROM cohort_member m JOIN cohort h ON h.id = m.cohort_id
        WHERE m.person_id = $1 AND h.course_id = $2 AND m.state = 'selected' AND m.mentor_id IS NOT NULL AND m.mentor_id <> $1
            AND h.state <> 'cancelled'
        ORDER BY m.updated_at DESC, m.id DESC LIMIT 1";
    SET = "UPDATE licence SET state = $2, since = $3, major = $4, lapses_at = $5, noticed_at = $6, updated_at = $7, updated_by = $8,
            version = version + 1
        WHERE id = $1";
    SET_MENTOR = "UPDATE licence SET mentor_id = $2, updated_at = $3, updated_by = $4, version = version + 1 WHERE id = $1";
    // As a record of the past has it: what led there is written beside it.
    RECORD_ADD = "INSERT INTO licence (id, person_id, course_id, state, since, mentor_id, major, lapses_at, noticed_at, invented,
            created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE, $10, $10)";
    STEP_ADD = "INSERT INTO licence_step (id, licence_id, at, from_state, to_state, cause, delivery_id, changed_by, changed_by_name, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    GROUND_ADD = "INSERT INTO licence_ground (id, licence_id, kind, at, met, delivery_id, major, by_id, by_name, note, recorded_at, dated)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    // What is known by now of what a delivery means; a day that nobody knows replaces none.
    GROUND_REVISE = "UPDATE licence_ground SET at = CASE WHEN $5 THEN $4 ELSE at END, dated = $5, met = $6
        WHERE licence_id = $1 AND kind = $2 AND delivery_id = $3 AND ended_at IS NULL
            AND kind IN ('trained', 'taught', 'refreshed') AND (dated <> $5 OR met <> $6 OR ($5 AND at <> $4))";
    GROUND_END = "UPDATE licence_ground SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    // Everything that is known of a licence, in the order of time: steps, grounds, assessments, versions.
    STORY -> StoryRow = "SELECT 'step' AS part, s.id, s.at, s.to_state AS what, s.cause AS cause, TRUE AS met, s.delivery_id, d.title AS delivery_title,
                CAST(NULL AS BIGINT) AS major, s.changed_by_name AS by_name, s.reason AS note,
                TRUE AS dated, CAST(NULL AS TIMESTAMPTZ) AS ended_at
            FROM licence_step s LEFT JOIN delivery d ON d.id = s.delivery_id WHERE s.licence_id = $1
        UNION ALL
        SELECT 'ground' AS part, g.id, g.at, g.kind AS what, '' AS cause, g.met, g.delivery_id, d.title AS delivery_title,
                g.major, g.by_name, g.note, g.dated, g.ended_at
            FROM licence_ground g LEFT JOIN delivery d ON d.id = g.delivery_id WHERE g.licence_id = $1
        UNION ALL
        SELECT 'assessment' AS part, q.id, q.created_at AS at, COALESCE(q.outcome, 'open') AS what, '' AS cause, q.released AS met,
                q.delivery_id, d.title AS delivery_title, CAST(NULL AS BIGINT) AS major, q.decided_by_name AS by_name, q.part AS note,
                TRUE AS dated, CAST(NULL AS TIMESTAMPTZ) AS ended_at
            FROM assessment q LEFT JOIN delivery d ON d.id = q.delivery_id WHERE q.licence_id = $1
        UNION ALL
        SELECT 'release' AS part, CAST(NULL AS UUID) AS id, MIN(k.released_at) AS at, '' AS what, '' AS cause, TRUE AS met,
                CAST(NULL AS UUID) AS delivery_id, CAST(NULL AS TEXT) AS delivery_title, k.major, '' AS by_name, '' AS note,
                TRUE AS dated, CAST(NULL AS TIMESTAMPTZ) AS ended_at
            FROM pack k JOIN licence l ON l.course_id = k.course_id
            WHERE l.id = $1 AND k.released_at IS NOT NULL AND k.state IN ('released', 'superseded') GROUP BY k.major
        ORDER BY 3, 2";
    NOTES -> (String, i64, String) = "SELECT language, minor, release_notes FROM pack WHERE course_id = $1 AND major = $2 AND released_at IS NOT NULL
        ORDER BY CASE WHEN language = $3 THEN 0 WHEN language = 'en' THEN 1 ELSE 2 END, minor LIMIT 1";
    // The first of them, to choose from; who may be one is asked by MAY_MENTOR.
    MENTORS -> (PersonId, String) = concat!("SELECT p.id, p.given_name || ' ' || p.family_name AS name FROM ", mentors!(), " ORDER BY p.folded, p.id LIMIT 300");
    MAY_MENTOR -> (i64,) = concat!("SELECT COUNT(*) FROM ", mentors!(), " AND p.id = $2");
    LIST -> ListRow = concat!("SELECT l.id, p.given_name || ' ' || p.family_name AS name, p.folded, l.state, l.since, l.lapses_at, l.noticed_at, l.invented,
            m.given_name || ' ' || m.family_name AS mentor_name,
            (SELECT MAX(g.at) FROM licence_ground g WHERE g.licence_id = l.id AND g.met AND g.dated AND g.ended_at IS NULL
                AND g.kind IN ('taught', 'refreshed')) AS active_at
        FROM licence l JOIN person p ON p.id = l.person_id LEFT JOIN person m ON m.id = l.mentor_id
        WHERE l.course_id = $4 AND ($5 = '' OR l.state = $5) AND (p.folded > $6 OR (p.folded = $6 AND l.id > $7)) AND ", seen!(),
        " ORDER BY p.folded, l.id LIMIT 51");
    COUNTS -> (LicenceState, i64) = concat!("SELECT l.state, COUNT(*) FROM licence l WHERE l.course_id = $4 AND ", seen!(), " GROUP BY l.state");
    FOUND -> (PersonId, String) = "SELECT p.id, p.given_name || ' ' || p.family_name AS name FROM person p
        WHERE p.folded LIKE $2 AND NOT EXISTS (SELECT 1 FROM licence l WHERE l.person_id = p.id AND l.course_id = $1)
        ORDER BY p.folded, p.id LIMIT 30";
    MINE -> MineRow = concat!("SELECT l.id, (l.person_id = $1) AS own, p.given_name || ' ' || p.family_name AS name, ", title!("$2"), ",
            l.state, l.since, l.lapses_at, l.noticed_at
        FROM licence l JOIN course c ON c.id = l.course_id JOIN person p ON p.id = l.person_id
        WHERE l.person_id = $1 OR l.mentor_id = $1
        ORDER BY CASE WHEN l.person_id = $1 THEN 0 ELSE 1 END, p.folded, l.id LIMIT 200");
    NAME -> (String,) = "SELECT given_name || ' ' || family_name FROM person WHERE id = $1";
    ROUTE_TITLES -> (RouteKind, String, String) = concat!("SELECT r.kind, c.slug, ", title!("$2"), " FROM licence_route r JOIN course c ON c.id = r.by_course_id
        WHERE r.course_id = $1 ORDER BY r.kind, c.slug");
}

/// The rule of a course's licences, as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RuleRow {
    /// The rule.
    #[sqlx(flatten)]
    pub rule: Rule,
    /// Its version.
    pub version: i64,
    /// Who wrote it.
    pub updated_by: String,
}

/// The rule of a course's licences, if its trainers are licensed.
pub async fn rule(h: &mut impl Handle, course: CourseId) -> Result<Option<RuleRow>, DbError> {
    fetch_optional!(h, RULE, course)
}

/// Which courses train for a course and which refresh.
pub async fn routes(h: &mut impl Handle, course: CourseId) -> Result<Vec<(CourseId, RouteKind)>, DbError> {
    fetch_all!(h, ROUTES, course)
}

/// Writes the rule of a course unless somebody else did since `version` (0: there was none); false then.
pub async fn set_rule(
    tx: &mut Tx,
    course: CourseId,
    version: i64,
    whole: &WholeRule,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let r = whole.rule;
    let written = if version == 0 {
        execute!(
            tx,
            RULE_ADD,
            course,
            r.assessed,
            r.supervised,
            r.active_months,
            r.uptake_months,
            r.notice_days,
            now,
            by
        )?
    } else {
        execute!(
            tx,
            RULE_SET,
            course,
            version,
            r.assessed,
            r.supervised,
            r.active_months,
            r.uptake_months,
            r.notice_days,
            now,
            by
        )?
    };
    if written == 0 {
        return Ok(false);
    }
    execute!(tx, ROUTES_CLEAR, course)?;
    for (courses, kind) in [(&whole.train, RouteKind::Train), (&whole.refresh, RouteKind::Refresh)] {
        for by_course in courses {
            execute!(tx, ROUTE_ADD, course, *by_course, kind)?;
        }
    }
    Ok(true)
}

/// A licence with its holder, its mentor and its rule.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Licence {
    /// Its id.
    pub id: LicenceId,
    /// The holder.
    pub person_id: PersonId,
    /// The course.
    pub course_id: CourseId,
    /// The course's address in the site.
    pub course_slug: String,
    /// The course's title in the language asked for.
    pub course_title: String,
    /// How far it has come.
    pub state: LicenceState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The mentor.
    pub mentor_id: Option<PersonId>,
    /// The major version taken up last.
    pub major: Option<i64>,
    /// When it lapses if nothing happens.
    pub lapses_at: Option<DateTime<Utc>>,
    /// Since when notice is given.
    pub noticed_at: Option<DateTime<Utc>>,
    /// Whether the demonstration invented it.
    pub invented: bool,
    /// Its version.
    pub version: i64,
    /// Who changed it last.
    pub updated_by: String,
    /// Whether the holder's page among the trainers is public.
    pub public: bool,
    /// The holder's name.
    pub name: String,
    /// Where the holder's mail goes; empty where no address is known.
    pub email: String,
    /// The language the holder chose.
    pub language: Option<String>,
    /// The mentor's name.
    pub mentor_name: Option<String>,
    /// Where the mentor's mail goes.
    pub mentor_email: Option<String>,
    /// The language the mentor chose.
    pub mentor_language: Option<String>,
    ruled: bool,
    assessed: Option<bool>,
    supervised: Option<bool>,
    active_months: Option<i64>,
    uptake_months: Option<i64>,
    notice_days: Option<i64>,
}

impl Licence {
    /// The rule of the course, or what is proposed where it has none.
    pub fn rule(&self) -> Rule {
        if !self.ruled {
            return Rule::default();
        }
        let default = Rule::default();
        Rule {
            assessed: self.assessed.unwrap_or(default.assessed),
            supervised: self.supervised.unwrap_or(default.supervised),
            active_months: self.active_months,
            uptake_months: self.uptake_months,
            notice_days: self.notice_days.unwrap_or(default.notice_days),
        }
    }
}

/// A licence; its course's title is in `language` where there is one.
pub async fn licence(h: &mut impl Handle, id: LicenceId, language: &str) -> Result<Option<Licence>, DbError> {
    fetch_optional!(h, LICENCE, id, language)
}

/// Holds a licence until the commit; false when there is none.
pub async fn hold(tx: &mut Tx, id: LicenceId, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, HOLD, id, now).map(|rows| rows == 1)
}

/// The licence of a person for a course, and its state.
pub async fn of_person(
    h: &mut impl Handle,
    person: PersonId,
    course: CourseId,
) -> Result<Option<(LicenceId, LicenceState)>, DbError> {
    fetch_optional!(h, OF_PERSON, person, course)
}

/// Adds a candidate, with the mentor named in a cohort that leads to the course; false when there is a licence
/// already.
pub async fn add(
    tx: &mut Tx,
    id: LicenceId,
    person: PersonId,
    course: CourseId,
    by: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let mentor: Option<(PersonId,)> = fetch_optional!(tx, COHORT_MENTOR, person, course)?;
    execute!(tx, ADD, id, person, course, now, by, mentor.map(|(mentor,)| mentor)).map(|rows| rows == 1)
}

/// Writes where a licence stands.
pub async fn set(tx: &mut Tx, licence: &Licence, by: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    let l = licence;
    execute!(tx, SET, l.id, l.state, l.since, l.major, l.lapses_at, l.noticed_at, now, by).map(|_| ())
}

/// A licence of the demonstration, as its invented history left it.
pub struct NewRecord {
    /// Its id.
    pub id: LicenceId,
    /// The holder.
    pub person: PersonId,
    /// The course.
    pub course: CourseId,
    /// How far it has come.
    pub state: LicenceState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The mentor.
    pub mentor: Option<PersonId>,
    /// The major version taken up last.
    pub major: Option<i64>,
    /// When it lapses.
    pub lapses_at: Option<DateTime<Utc>>,
    /// Since when notice is given.
    pub noticed_at: Option<DateTime<Utc>>,
}

/// Adds a licence of the demonstration.
pub async fn add_record(tx: &mut Tx, r: &NewRecord, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(
        tx,
        RECORD_ADD,
        r.id,
        r.person,
        r.course,
        r.state,
        r.since,
        r.mentor,
        r.major,
        r.lapses_at,
        r.noticed_at,
        now
    )
    .map(|_| ())
}

/// Names the mentor.
pub async fn set_mentor(
    tx: &mut Tx,
    id: LicenceId,
    mentor: Option<PersonId>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, SET_MENTOR, id, mentor, now, by).map(|_| ())
}

/// A step in a licence's life.
#[derive(Clone, Debug)]
pub struct NewStep<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// From where.
    pub from: Option<LicenceState>,
    /// To where.
    pub to: LicenceState,
    /// By what.
    pub cause: Cause,
    /// By which delivery.
    pub delivery: Option<DeliveryId>,
    /// By whom.
    pub by: Option<PersonId>,
    /// By whom, by name.
    pub by_name: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// Writes a step down.
pub async fn add_step(tx: &mut Tx, id: Uuid, licence: LicenceId, s: &NewStep<'_>) -> Result<(), DbError> {
    execute!(tx, STEP_ADD, id, licence, s.at, s.from, s.to, s.cause, s.delivery, s.by, s.by_name, s.reason).map(|_| ())
}

/// Something that a licence stands on.
#[derive(Clone, Debug)]
pub struct NewGround<'a> {
    /// What.
    pub kind: Ground,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether that is known; what has no day keeps no licence alive.
    pub dated: bool,
    /// Whether it counts.
    pub met: bool,
    /// The delivery.
    pub delivery: Option<DeliveryId>,
    /// The major version of the pack.
    pub major: Option<i64>,
    /// By whom.
    pub by: Option<PersonId>,
    /// By whom, by name.
    pub by_name: &'a str,
    /// What was said.
    pub note: &'a str,
}

/// Writes a ground down; false when it stands there already.
pub async fn add_ground(
    tx: &mut Tx,
    id: Uuid,
    licence: LicenceId,
    g: &NewGround<'_>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(
        tx, GROUND_ADD, id, licence, g.kind, g.at, g.met, g.delivery, g.major, g.by, g.by_name, g.note, now, g.dated
    )
    .map(|rows| rows == 1)
}

/// Brings what a delivery means up to what is known by now; false when nothing changes.
pub async fn revise_ground(tx: &mut Tx, licence: LicenceId, g: &NewGround<'_>) -> Result<bool, DbError> {
    let Some(delivery) = g.delivery else { return Ok(false) };
    execute!(tx, GROUND_REVISE, licence, g.kind, delivery, g.at, g.dated, g.met).map(|rows| rows > 0)
}

/// Takes a ground back: it stays, and counts no more.
pub async fn end_ground(tx: &mut Tx, ground: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, GROUND_END, ground, now).map(|_| ())
}

/// A line of a licence's story: a step, a ground, an assessment or a version of the pack.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoryRow {
    /// `step`, `ground`, `assessment` or `release`.
    pub part: String,
    /// Its id.
    pub id: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
    /// The state, the ground or the outcome.
    pub what: String,
    /// What made a step.
    pub cause: String,
    /// Whether a ground counts; whether an assessment's notes are released.
    pub met: bool,
    /// The delivery.
    pub delivery_id: Option<DeliveryId>,
    /// Its title.
    pub delivery_title: Option<String>,
    /// The major version.
    pub major: Option<i64>,
    /// By whom.
    pub by_name: String,
    /// What was said.
    pub note: String,
    /// Whether the day of a ground is known.
    pub dated: bool,
    /// Since when a ground counts no more.
    pub ended_at: Option<DateTime<Utc>>,
}

impl StoryRow {
    /// Whether it is a ground of the kind that counts.
    pub fn counts(&self, kind: Ground) -> bool {
        self.part == "ground" && self.what == kind.code() && self.met && self.ended_at.is_none()
    }
}

/// Everything that is known of a licence, oldest first. One statement.
pub async fn story(h: &mut impl Handle, id: LicenceId) -> Result<Vec<StoryRow>, DbError> {
    fetch_all!(h, STORY, id)
}

/// What a story comes to.
pub fn facts(story: &[StoryRow], major: Option<i64>) -> Facts {
    let mut facts = Facts { major: major.unwrap_or(0), ..Facts::default() };
    // What was mended by something that was taken back since was not mended.
    let stands = |row: &StoryRow| {
        row.cause != Cause::Mended.code()
            || row.delivery_id.is_none()
            || story.iter().any(|it| {
                it.delivery_id == row.delivery_id && (it.counts(Ground::Taught) || it.counts(Ground::Refreshed))
            })
    };
    for row in story {
        match (row.part.as_str(), row.what.parse::<Ground>()) {
            ("step", _) if row.what == LicenceState::Licensed.code() && stands(row) => facts.licensed_at = Some(row.at),
            ("release", _) => {
                facts.releases.extend(row.major.map(|major| Release { major, at: row.at }));
            }
            ("ground", Ok(ground)) if row.met && row.ended_at.is_none() => match ground {
                Ground::Trained => facts.trained = true,
                Ground::Assessed => facts.passed = true,
                Ground::SignedOff => facts.signed_off = true,
                // What has no day cannot say for how long.
                Ground::Taught | Ground::Refreshed if row.dated => {
                    facts.active_at = facts.active_at.max(Some(row.at));
                }
                Ground::Taught | Ground::Refreshed | Ground::TakenUp => {}
            },
            _ => {}
        }
    }
    facts
}

/// What the release notes of a major version say: language and text.
pub async fn release_notes(
    h: &mut impl Handle,
    course: CourseId,
    major: i64,
    language: &str,
) -> Result<Option<(String, i64, String)>, DbError> {
    fetch_optional!(h, NOTES, course, major, language)
}

/// Who can be a mentor or an assessor: who is licensed, who writes the course, who trains its trainers, and
/// can sign in.
pub async fn mentors(h: &mut impl Handle, course: CourseId) -> Result<Vec<(PersonId, String)>, DbError> {
    fetch_all!(h, MENTORS, course)
}

/// Whether somebody may be a mentor for the course's licences.
pub async fn may_mentor(h: &mut impl Handle, course: CourseId, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, MAY_MENTOR, course, person)?;
    Ok(count > 0)
}

/// Whose licences a list shows.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Everybody's.
    pub all: bool,
    /// Who asks.
    pub asker: PersonId,
    /// Today.
    pub today: NaiveDate,
}

/// A licence in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListRow {
    /// Its id.
    pub id: LicenceId,
    /// The holder.
    pub name: String,
    /// The name to sort by.
    pub folded: String,
    /// How far it has come.
    pub state: LicenceState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it lapses.
    pub lapses_at: Option<DateTime<Utc>>,
    /// Since when notice is given.
    pub noticed_at: Option<DateTime<Utc>>,
    /// Whether the demonstration invented it.
    pub invented: bool,
    /// The mentor.
    pub mentor_name: Option<String>,
    /// The last delivery or refresher that counts.
    pub active_at: Option<DateTime<Utc>>,
}

/// A page of a course's licences by name: one more than fifty where it goes on. `state` is empty for all.
pub async fn list(
    h: &mut impl Handle,
    seen: Seen,
    course: CourseId,
    state: &str,
    after: (&str, LicenceId),
) -> Result<Vec<ListRow>, DbError> {
    fetch_all!(h, LIST, seen.all, seen.asker, seen.today, course, state, after.0, after.1)
}

/// How many licences of a course stand in which state.
pub async fn counts(h: &mut impl Handle, seen: Seen, course: CourseId) -> Result<Vec<(LicenceState, i64)>, DbError> {
    fetch_all!(h, COUNTS, seen.all, seen.asker, seen.today, course)
}

/// Persons without a licence for the course whose folded name matches.
pub async fn find(h: &mut impl Handle, course: CourseId, pattern: &str) -> Result<Vec<(PersonId, String)>, DbError> {
    fetch_all!(h, FOUND, course, pattern)
}

/// One's own licence, or that of somebody one is the mentor of.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MineRow {
    /// Its id.
    pub id: LicenceId,
    /// Whether it is one's own.
    pub own: bool,
    /// The holder.
    pub name: String,
    /// The course.
    pub course_title: String,
    /// How far it has come.
    pub state: LicenceState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it lapses.
    pub lapses_at: Option<DateTime<Utc>>,
    /// Since when notice is given.
    pub noticed_at: Option<DateTime<Utc>>,
}

/// One's own licences, and those one is the mentor of.
pub async fn mine(h: &mut impl Handle, person: PersonId, language: &str) -> Result<Vec<MineRow>, DbError> {
    fetch_all!(h, MINE, person, language)
}

/// A person's name.
pub async fn name(h: &mut impl Handle, person: PersonId) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = fetch_optional!(h, NAME, person)?;
    Ok(row.map(|(name,)| name))
}

/// The courses that train for a course and refresh, with address and title.
pub async fn route_titles(
    h: &mut impl Handle,
    course: CourseId,
    language: &str,
) -> Result<Vec<(RouteKind, String, String)>, DbError> {
    fetch_all!(h, ROUTE_TITLES, course, language)
}
