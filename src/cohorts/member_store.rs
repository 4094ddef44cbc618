//! SQL: the members of cohorts, their mentors, histories and places in coming deliveries.

use super::model::MemberState;
use crate::{
    common::ids::{CohortId, CourseId, DeliveryId, EnrolmentId, InstitutionId, LicenceId, MemberId, PersonId, StepId},
    deliveries::model::DeliveryState,
    enrolment::model::EnrolmentState,
    execute, fetch_all, fetch_one, fetch_optional,
    people::model::Profession,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

// An area's name in the language $2 on the day $3.
macro_rules! area_name {
    ($code:literal) => {
        concat!(
            "(SELECT n.name FROM area_name n WHERE n.area_code = ",
            $code,
            " AND n.language IN ($2, 'en') AND n.starts_on <= $3
                ORDER BY CASE WHEN n.language = $2 THEN 0 ELSE 1 END, n.starts_on DESC LIMIT 1)"
        )
    };
}

// The post that somebody holds on a day.
macro_rules! held {
    ($day:literal) => {
        concat!(
            "LEFT JOIN post o ON o.id = (SELECT x.id FROM post x WHERE x.person_id = p.id
                AND (x.starts_on IS NULL OR x.starts_on <= ",
            $day,
            ") AND (x.ends_on IS NULL OR x.ends_on >= ",
            $day,
            ")
                ORDER BY CASE WHEN x.starts_on IS NULL THEN 1 ELSE 0 END, x.starts_on DESC, x.id DESC LIMIT 1)
            LEFT JOIN institution i ON i.id = o.institution_id"
        )
    };
}

statements! {
    MEMBERS -> MemberRow = concat!("SELECT m.id, m.person_id, p.given_name || ' ' || p.family_name AS name, m.state, m.area_code, ",
        area_name!("m.area_code"), " AS area_name, m.institution_id, i.name AS institution_name, m.mentor_id,
            t.given_name || ' ' || t.family_name AS mentor_name, m.reason, l.id AS licence_id, l.mentor_id AS licence_mentor_id,
            (f.consented_at IS NOT NULL) AS consented,
            (EXISTS (SELECT 1 FROM licence y WHERE y.person_id = m.person_id)
                OR EXISTS (SELECT 1 FROM role_grant y WHERE y.person_id = m.person_id AND y.role = 'trainer' AND y.ended_at IS NULL)
                OR EXISTS (SELECT 1 FROM delivery_trainer y WHERE y.person_id = m.person_id)) AS teaches
        FROM cohort_member m JOIN cohort c ON c.id = m.cohort_id JOIN person p ON p.id = m.person_id
            LEFT JOIN institution i ON i.id = m.institution_id LEFT JOIN person t ON t.id = m.mentor_id
            LEFT JOIN licence l ON l.person_id = m.person_id AND l.course_id = c.course_id
            LEFT JOIN trainer_profile f ON f.person_id = m.person_id
        WHERE m.cohort_id = $1 ORDER BY p.folded, m.id");
    // A delivery given is signed off by the mentor's word on it, whenever that was said and whatever the licence
    // still lacks.
    FACTS -> FactRow = "SELECT s.id AS step_id, m.person_id, e.state AS place, d.state AS delivery, d.ends_on, CAST(0 AS BIGINT) AS signed
        FROM cohort_member m JOIN cohort_step s ON s.cohort_id = m.cohort_id AND s.kind = 'attend'
            JOIN cohort_step_delivery x ON x.step_id = s.id
            JOIN enrolment e ON e.delivery_id = x.delivery_id AND e.person_id = m.person_id JOIN delivery d ON d.id = e.delivery_id
        WHERE m.cohort_id = $1
        UNION ALL
        SELECT s.id, m.person_id, NULL, d.state, d.ends_on,
            (SELECT COUNT(*) FROM licence l JOIN licence_ground z ON z.licence_id = l.id
                WHERE l.person_id = m.person_id AND l.course_id = s.course_id AND z.kind = 'signed_off' AND z.met AND z.delivery_id = d.id)
        FROM cohort_member m JOIN cohort_step s ON s.cohort_id = m.cohort_id AND s.kind = 'give'
            JOIN delivery_trainer t ON t.person_id = m.person_id JOIN delivery d ON d.id = t.delivery_id AND d.course_id = s.course_id
        WHERE m.cohort_id = $1";
    // Places in deliveries of the sequence that have not begun on the day $3.
    COMING -> ComingRow = "SELECT e.id AS enrolment_id, d.id AS delivery_id, d.title, d.starts_on, d.ends_on, d.date_note, d.host_id
        FROM enrolment e JOIN delivery d ON d.id = e.delivery_id
        WHERE e.person_id = $2 AND e.state IN ('selected', 'invited', 'confirmed') AND (d.starts_on IS NULL OR d.starts_on > $3)
            AND d.state IN ('planned', 'call_open', 'selection', 'confirmed', 'postponed')
            AND d.id IN (SELECT x.delivery_id FROM cohort_step s JOIN cohort_step_delivery x ON x.step_id = s.id
                WHERE s.cohort_id = $1 AND s.kind = 'attend')
        ORDER BY CASE WHEN d.starts_on IS NULL THEN 1 ELSE 0 END, d.starts_on, d.id";
    SELECTED -> (Option<InstitutionId>, Option<String>) = "SELECT institution_id, area_code FROM cohort_member WHERE cohort_id = $1 AND state = 'selected'";
    MEMBER -> OneMember = "SELECT m.id, m.cohort_id, m.person_id, p.given_name || ' ' || p.family_name AS name, m.state, m.area_code, m.institution_id,
            m.mentor_id, t.given_name || ' ' || t.family_name AS mentor_name, m.reason
        FROM cohort_member m JOIN person p ON p.id = m.person_id LEFT JOIN person t ON t.id = m.mentor_id WHERE m.id = $1";
    MEMBER_OF -> (MemberId, MemberState) = "SELECT id, state FROM cohort_member WHERE cohort_id = $1 AND person_id = $2";
    MEMBER_ADD = "INSERT INTO cohort_member (id, cohort_id, person_id, state, area_code, institution_id, created_at, updated_at, updated_by)
        VALUES ($1, $2, $3, 'proposed', $4, $5, $6, $6, $7)";
    MEMBER_SET = "UPDATE cohort_member SET state = $3, area_code = $4, institution_id = $5, joined_at = $6, left_at = $7, reason = $8,
            updated_at = $9, updated_by = $10, version = version + 1
        WHERE id = $1 AND state = $2";
    MEMBER_TIMES -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = "SELECT joined_at, left_at FROM cohort_member WHERE id = $1";
    MENTOR_SET = "UPDATE cohort_member SET mentor_id = $2, updated_at = $3, updated_by = $4, version = version + 1 WHERE id = $1";
    LICENCE_MENTOR = "UPDATE licence SET mentor_id = $3, updated_at = $4, updated_by = $5, version = version + 1
        WHERE person_id = $1 AND course_id = $2";
    CHANGE_ADD = "INSERT INTO cohort_member_change (id, member_id, at, from_state, to_state, changed_by, changed_by_name, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    CHANGES -> ChangeRow = "SELECT at, from_state, to_state, changed_by_name, reason FROM cohort_member_change WHERE member_id = $1 ORDER BY at, id";
    WHO -> (Option<InstitutionId>, Option<String>) = concat!("SELECT o.institution_id, COALESCE(i.area_code, p.area_code) AS area_code FROM person p ", held!("$2"), " WHERE p.id = $1");
    // Who could be proposed: everybody for who sees everybody ($4), else those who hold a role or a post at an
    // institution that who asks ($5) administers.
    FOUND -> FoundRow = concat!("SELECT p.id, p.given_name || ' ' || p.family_name AS name, o.profession, COALESCE(NULLIF(o.workplace, ''), i.name, '') AS workplace
        FROM person p ", held!("$3"), "
        WHERE p.folded LIKE $2 AND NOT EXISTS (SELECT 1 FROM cohort_member m WHERE m.cohort_id = $1 AND m.person_id = p.id
                AND m.state IN ('proposed', 'selected', 'reserve'))
            AND ($4 OR EXISTS (SELECT 1 FROM role_grant mine WHERE mine.person_id = $5 AND mine.role = 'institution_administrator'
                AND mine.ended_at IS NULL AND (
                    EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id AND g.institution_id = mine.institution_id AND g.ended_at IS NULL)
                    OR EXISTS (SELECT 1 FROM post z WHERE z.person_id = p.id AND z.institution_id = mine.institution_id
                        AND (z.ends_on IS NULL OR z.ends_on >= $3)))))
        ORDER BY p.folded, p.id LIMIT 40");
    // Who may be a mentor: who mentors here; and of those who can sign in, who trains in a delivery of the
    // sequence, or has the trainer's role or a licence, and the name.
    MENTORS -> (PersonId, String) = "SELECT p.id, p.given_name || ' ' || p.family_name AS name FROM person p
        WHERE p.id IN (SELECT m.mentor_id FROM cohort_member m WHERE m.cohort_id = $1 AND m.mentor_id IS NOT NULL)
            OR (EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id AND NOT a.disabled) AND (
                p.id IN (SELECT t.person_id FROM cohort_step s JOIN cohort_step_delivery x ON x.step_id = s.id
                JOIN delivery_trainer t ON t.delivery_id = x.delivery_id WHERE s.cohort_id = $1 AND s.kind = 'attend')
            OR ($2 <> '' AND p.folded LIKE $2 AND (EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id AND g.role = 'trainer' AND g.ended_at IS NULL)
                OR EXISTS (SELECT 1 FROM licence l WHERE l.person_id = p.id AND l.state = 'licensed')))))
        ORDER BY p.folded, p.id LIMIT 60";
    // A mentor's word is given signed in.
    MENTOR_KNOWN -> (i64,) = "SELECT COUNT(*) FROM person p WHERE p.id = $1
        AND EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id AND NOT a.disabled) AND (
            EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id AND g.role = 'trainer' AND g.ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM licence l WHERE l.person_id = p.id AND l.state = 'licensed')
            OR EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.person_id = p.id))";
    RECORD_MEMBER = "INSERT INTO cohort_member (id, cohort_id, person_id, state, area_code, mentor_id, joined_at, created_at, updated_at)
        VALUES ($1, $2, $3, 'selected', $4, $5, $6, $6, $6)";
}

/// A member with names.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MemberRow {
    /// The place.
    pub id: MemberId,
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// The state of the place.
    pub state: MemberState,
    /// The area they count for.
    pub area_code: Option<String>,
    /// Its name.
    pub area_name: Option<String>,
    /// The institution they count for.
    pub institution_id: Option<InstitutionId>,
    /// Its name.
    pub institution_name: Option<String>,
    /// Their mentor.
    pub mentor_id: Option<PersonId>,
    /// The mentor's name.
    pub mentor_name: Option<String>,
    /// Why they were refused or left.
    pub reason: String,
    /// Their licence of the cohort's course.
    pub licence_id: Option<LicenceId>,
    /// Who mentors on the way to it.
    pub licence_mentor_id: Option<PersonId>,
    /// Whether they agreed to be found as a trainer.
    pub consented: bool,
    /// Whether they have to do with teaching, and so a trainer's page.
    pub teaches: bool,
}

/// Everybody who was ever proposed, by name.
pub async fn members(
    h: &mut impl Handle,
    id: CohortId,
    language: &str,
    day: NaiveDate,
) -> Result<Vec<MemberRow>, DbError> {
    fetch_all!(h, MEMBERS, id, language, day)
}

/// A delivery in which a member took part for a step, or which they gave.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FactRow {
    /// The step.
    pub step_id: StepId,
    /// The member's person.
    pub person_id: PersonId,
    /// The state of their place; none where they were a trainer.
    pub place: Option<EnrolmentState>,
    /// The delivery's state.
    pub delivery: DeliveryState,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// How often it was signed off.
    pub signed: i64,
}

/// What is known of all members in all steps. One statement.
pub async fn facts(h: &mut impl Handle, id: CohortId) -> Result<Vec<FactRow>, DbError> {
    fetch_all!(h, FACTS, id)
}

/// A place in a delivery of the sequence that has not begun.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ComingRow {
    /// The place.
    pub enrolment_id: EnrolmentId,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its first day.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Its host.
    pub host_id: Option<InstitutionId>,
}

/// The places that somebody holds in deliveries of the sequence that have not begun.
pub async fn coming(
    h: &mut impl Handle,
    cohort: CohortId,
    person: PersonId,
    today: NaiveDate,
) -> Result<Vec<ComingRow>, DbError> {
    fetch_all!(h, COMING, cohort, person, today)
}

/// What those who are selected count for: institution and area.
pub async fn selected(
    h: &mut impl Handle,
    id: CohortId,
) -> Result<Vec<(Option<InstitutionId>, Option<String>)>, DbError> {
    fetch_all!(h, SELECTED, id)
}

/// A member.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OneMember {
    /// The place.
    pub id: MemberId,
    /// Of which cohort.
    pub cohort_id: CohortId,
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// The state of the place.
    pub state: MemberState,
    /// The area they count for.
    pub area_code: Option<String>,
    /// The institution they count for.
    pub institution_id: Option<InstitutionId>,
    /// Their mentor.
    pub mentor_id: Option<PersonId>,
    /// The mentor's name.
    pub mentor_name: Option<String>,
    /// Why they were refused or left.
    pub reason: String,
}

/// The member of an id.
pub async fn member(h: &mut impl Handle, id: MemberId) -> Result<Option<OneMember>, DbError> {
    fetch_optional!(h, MEMBER, id)
}

/// A person's place in a cohort.
pub async fn member_of(
    h: &mut impl Handle,
    cohort: CohortId,
    person: PersonId,
) -> Result<Option<(MemberId, MemberState)>, DbError> {
    fetch_optional!(h, MEMBER_OF, cohort, person)
}

/// What somebody counts for by the post held on a day: institution and area; none when there is no
/// such person.
pub async fn origin(
    h: &mut impl Handle,
    person: PersonId,
    day: NaiveDate,
) -> Result<Option<(Option<InstitutionId>, Option<String>)>, DbError> {
    fetch_optional!(h, WHO, person, day)
}

/// Adds a proposed member.
pub async fn add_member(
    tx: &mut Tx,
    id: MemberId,
    (cohort, person): (CohortId, PersonId),
    (institution, area): (Option<InstitutionId>, Option<&str>),
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, MEMBER_ADD, id, cohort, person, area, institution, now, by).map(|_| ())
}

/// What becomes of a member.
pub struct MemberChange<'a> {
    /// Whose place.
    pub id: MemberId,
    /// What it was.
    pub from: MemberState,
    /// What it becomes.
    pub to: MemberState,
    /// The institution they count for.
    pub institution: Option<InstitutionId>,
    /// The area they count for.
    pub area: Option<&'a str>,
    /// Why.
    pub reason: &'a str,
    /// Who decided.
    pub by: &'a str,
}

/// Changes a member's state; false when it is no longer the one that was read.
pub async fn set_member(tx: &mut Tx, change: &MemberChange<'_>, now: DateTime<Utc>) -> Result<bool, DbError> {
    let (joined, left): (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = fetch_one!(tx, MEMBER_TIMES, change.id)?;
    let (joined, left) = match change.to {
        MemberState::Selected => (Some(now), None),
        // Who joined, left, was proposed again and withdrew was a member until the first time.
        MemberState::Left if change.from == MemberState::Selected => (joined, Some(now)),
        MemberState::Left => (joined, left.or(Some(now))),
        _ => (joined, left),
    };
    execute!(
        tx,
        MEMBER_SET,
        change.id,
        change.from,
        change.to,
        change.area,
        change.institution,
        joined,
        left,
        change.reason,
        now,
        change.by
    )
    .map(|rows| rows == 1)
}

/// Sets a member's mentor, or none.
pub async fn set_mentor(
    tx: &mut Tx,
    id: MemberId,
    mentor: Option<PersonId>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, MENTOR_SET, id, mentor, now, by).map(|_| ())
}

/// Sets the mentor of a person's licence of a course, where there is one.
pub async fn set_licence_mentor(
    tx: &mut Tx,
    (person, course): (PersonId, CourseId),
    mentor: Option<PersonId>,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, LICENCE_MENTOR, person, course, mentor, now, by).map(|_| ())
}

/// A line of a member's history.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChangeRow {
    /// When.
    pub at: DateTime<Utc>,
    /// What it was.
    pub from_state: Option<MemberState>,
    /// What it became.
    pub to_state: MemberState,
    /// Who did it.
    pub changed_by_name: String,
    /// Why.
    pub reason: String,
}

/// Writes a line of a member's history.
pub async fn add_change(
    tx: &mut Tx,
    id: Uuid,
    member: MemberId,
    line: &ChangeRow,
    by: Option<PersonId>,
) -> Result<(), DbError> {
    execute!(
        tx,
        CHANGE_ADD,
        id,
        member,
        line.at,
        line.from_state,
        line.to_state,
        by,
        &line.changed_by_name,
        &line.reason
    )
    .map(|_| ())
}

/// A member's history, in order.
pub async fn changes(h: &mut impl Handle, member: MemberId) -> Result<Vec<ChangeRow>, DbError> {
    fetch_all!(h, CHANGES, member)
}

/// A person found by name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FoundRow {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// What they do by profession.
    pub profession: Option<Profession>,
    /// Where they work.
    pub workplace: String,
}

/// Persons who could be proposed, by name.
pub async fn find(
    h: &mut impl Handle,
    cohort: CohortId,
    pattern: &str,
    day: NaiveDate,
    (everybody, asker): (bool, PersonId),
) -> Result<Vec<FoundRow>, DbError> {
    fetch_all!(h, FOUND, cohort, pattern, day, everybody, asker)
}

/// Who may be chosen as a mentor; `pattern` finds further ones by name, empty finds none.
pub async fn mentors(h: &mut impl Handle, cohort: CohortId, pattern: &str) -> Result<Vec<(PersonId, String)>, DbError> {
    fetch_all!(h, MENTORS, cohort, pattern)
}

/// Whether a person may be a mentor: can sign in, and has the trainer's role or a licence, or has taught.
pub async fn may_mentor(h: &mut impl Handle, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, MENTOR_KNOWN, person)?;
    Ok(count > 0)
}

/// Records a member of the past, selected, with area and mentor.
pub async fn record_member(
    tx: &mut Tx,
    id: MemberId,
    (cohort, person): (CohortId, PersonId),
    area: &str,
    mentor: Option<PersonId>,
    joined: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, RECORD_MEMBER, id, cohort, person, area, mentor, joined).map(|_| ())
}
