//! SQL: outcomes by rule, and certificates that anybody can check.

use super::model::{CertificateKind, Tally};
use crate::{
    common::ids::{CertificateId, CourseId, DeliveryId, EnrolmentId, FileId, InstitutionId, PersonId},
    deliveries::model::Mode,
    enrolment::model::{EnrolmentState, Risk},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};

statements! {
    SLOTS -> (i64, bool) = "SELECT minutes, closed_at IS NOT NULL AS closed FROM slot WHERE delivery_id = $1 AND cancelled_at IS NULL";
    MEASURES -> (i64, i64) = "SELECT
            (SELECT COUNT(*) FROM material t JOIN pack_module m ON m.id = t.module_id
                WHERE m.pack_id = (SELECT pack_id FROM delivery WHERE id = $1) AND NOT t.trainer_only),
            (SELECT COUNT(*) FROM delivery_trainer WHERE delivery_id = $1 AND person_id = $2)";
    PLACES -> Place = "SELECT e.id, e.state, e.workplace, p.given_name, p.family_name, p.email, a.language AS account_language,
            e.risk, COALESCE(t.attended, 0) AS attended_minutes, COALESCE(t.excused, 0) AS excused_minutes,
            COALESCE(t.known, 0) AS known_minutes,
            (SELECT COUNT(*) FROM progress g JOIN material t ON t.id = g.material_id JOIN pack_module m ON m.id = t.module_id
                WHERE g.enrolment_id = e.id AND g.done_at IS NOT NULL AND NOT t.trainer_only
                AND m.pack_id = (SELECT pack_id FROM delivery WHERE id = $1)) AS items_done,
            c.attended_minutes AS was_attended, c.programme_minutes AS was_programme, c.excused_minutes AS was_excused, c.items_done AS was_done,
            c.items_required AS was_required, c.met AS was_met,
            f.id AS certificate_id, f.code, f.issued_at,
            (SELECT MAX(r.revoked_at) FROM certificate r WHERE r.enrolment_id = e.id) AS revoked_at
        FROM enrolment e JOIN person p ON p.id = e.person_id
        LEFT JOIN (SELECT k.enrolment_id, CAST(SUM(k.minutes) AS BIGINT) AS attended,
                CAST(SUM(CASE WHEN k.state = 'excused' THEN s.minutes ELSE 0 END) AS BIGINT) AS excused,
                CAST(SUM(CASE WHEN s.closed_at IS NULL THEN s.minutes ELSE 0 END) AS BIGINT) AS known
            FROM slot s JOIN mark k ON k.slot_id = s.id WHERE s.delivery_id = $1 AND s.cancelled_at IS NULL
            GROUP BY k.enrolment_id) t ON t.enrolment_id = e.id
        LEFT JOIN account a ON a.person_id = p.id
        LEFT JOIN completion c ON c.enrolment_id = e.id
        LEFT JOIN certificate f ON f.enrolment_id = e.id AND f.revoked_at IS NULL
        WHERE e.delivery_id = $1 AND e.state IN ('selected', 'invited', 'confirmed', 'attended', 'partly_attended',
            'not_attended', 'completed', 'not_completed')
        ORDER BY e.id";
    OUTCOME_SET = "INSERT INTO completion (enrolment_id, attended_minutes, programme_minutes, items_done, items_required, met, looked_at, excused_minutes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (enrolment_id) DO UPDATE SET attended_minutes = excluded.attended_minutes,
            programme_minutes = excluded.programme_minutes, items_done = excluded.items_done,
            items_required = excluded.items_required, met = excluded.met, looked_at = excluded.looked_at,
            excused_minutes = excluded.excused_minutes";
    RISK_SET = "UPDATE enrolment SET risk = $2 WHERE id = $1";
    PLACE_SET = "UPDATE enrolment SET state = $3, updated_at = $4 WHERE id = $1 AND state = $2";
    PLACE_CHANGE = "INSERT INTO enrolment_change (id, enrolment_id, at, from_state, to_state, changed_by)
        VALUES ($1, $2, $3, $4, $5, $6)";
    COURSE_TITLES -> (String, String, i64) = "SELECT t.language, t.title, c.minutes FROM course c JOIN course_text t ON t.course_id = c.id WHERE c.id = $1";
    ISSUE = "INSERT INTO certificate (id, enrolment_id, code, kind, language, person_name, course_title, institution_name,
            area_code, place, starts_on, ends_on, minutes, issued_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (enrolment_id) WHERE revoked_at IS NULL DO NOTHING";
    OF_PERSON -> Certificate = "SELECT f.id, f.enrolment_id, e.person_id, e.delivery_id, d.host_id, d.mode, d.language AS taught_in, d.time_zone,
            f.code, f.kind, f.language, f.person_name, f.course_title, f.institution_name, f.area_code, f.place,
            f.starts_on, f.ends_on, f.minutes, f.issued_at, f.name_public, f.revoked_at, f.file_id,
            c.attended_minutes, c.programme_minutes, c.items_done
        FROM certificate f JOIN enrolment e ON e.id = f.enrolment_id JOIN delivery d ON d.id = e.delivery_id
        LEFT JOIN completion c ON c.enrolment_id = e.id
        WHERE e.person_id = $1 ORDER BY f.issued_at DESC, f.id";
    BY_ID -> Certificate = "SELECT f.id, f.enrolment_id, e.person_id, e.delivery_id, d.host_id, d.mode, d.language AS taught_in, d.time_zone,
            f.code, f.kind, f.language, f.person_name, f.course_title, f.institution_name, f.area_code, f.place,
            f.starts_on, f.ends_on, f.minutes, f.issued_at, f.name_public, f.revoked_at, f.file_id,
            c.attended_minutes, c.programme_minutes, c.items_done
        FROM certificate f JOIN enrolment e ON e.id = f.enrolment_id JOIN delivery d ON d.id = e.delivery_id
        LEFT JOIN completion c ON c.enrolment_id = e.id
        WHERE f.id = $1";
    BY_CODE -> Certificate = "SELECT f.id, f.enrolment_id, e.person_id, e.delivery_id, d.host_id, d.mode, d.language AS taught_in, d.time_zone,
            f.code, f.kind, f.language, f.person_name, f.course_title, f.institution_name, f.area_code, f.place,
            f.starts_on, f.ends_on, f.minutes, f.issued_at, f.name_public, f.revoked_at, f.file_id,
            c.attended_minutes, c.programme_minutes, c.items_done
        FROM certificate f JOIN enrolment e ON e.id = f.enrolment_id JOIN delivery d ON d.id = e.delivery_id
        LEFT JOIN completion c ON c.enrolment_id = e.id
        WHERE f.code = $1";
    SHOW_NAME = "UPDATE certificate SET name_public = $2 WHERE id = $1";
    REVOKE = "UPDATE certificate SET revoked_at = $2, revoked_reason = $3 WHERE id = $1 AND revoked_at IS NULL";
    FILED = "UPDATE certificate SET file_id = $2 WHERE id = $1 AND file_id IS NULL";
    DELIVERY_OF -> (DeliveryId,) = "SELECT delivery_id FROM enrolment WHERE id = $1";
}

/// A place with everything its outcome is decided by.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Place {
    /// The enrolment.
    pub id: EnrolmentId,
    /// Its state.
    pub state: EnrolmentState,
    /// Where the person works.
    pub workplace: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Where mail goes.
    pub email: String,
    /// The language the person chose.
    pub account_language: Option<String>,
    /// What is known to be at risk.
    pub risk: Risk,
    /// Minutes of presence.
    pub attended_minutes: i64,
    /// Minutes of the half-days excused from.
    pub excused_minutes: i64,
    /// Minutes of the half-days with a mark whose register is open.
    pub known_minutes: i64,
    /// Materials done.
    pub items_done: i64,
    was_excused: Option<i64>,
    was_attended: Option<i64>,
    was_programme: Option<i64>,
    was_done: Option<i64>,
    was_required: Option<i64>,
    was_met: Option<bool>,
    /// The certificate that stands, if there is one.
    pub certificate_id: Option<CertificateId>,
    /// Its code.
    pub code: Option<String>,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When one was last withdrawn.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Place {
    /// The outcome as it is stored.
    pub fn stored(&self) -> Option<(Tally, bool)> {
        let tally = Tally {
            attended_minutes: self.was_attended?,
            programme_minutes: self.was_programme?,
            excused_minutes: self.was_excused?,
            pending_minutes: 0,
            items_done: self.was_done?,
            items_required: self.was_required?,
        };
        Some((tally, self.was_met?))
    }
}

/// The half-days of a delivery that were not called off: their minutes, and whether the register is closed.
pub async fn slots(h: &mut impl Handle, id: DeliveryId) -> Result<Vec<(i64, bool)>, DbError> {
    fetch_all!(h, SLOTS, id)
}

/// How many materials a participant has to do, and whether a person trains here.
pub async fn measures(h: &mut impl Handle, id: DeliveryId, person: Option<PersonId>) -> Result<(i64, bool), DbError> {
    let (items, trainer): (i64, i64) = fetch_one!(h, MEASURES, id, person)?;
    Ok((items, trainer > 0))
}

/// Everybody who holds a place. One statement.
pub async fn places(h: &mut impl Handle, id: DeliveryId) -> Result<Vec<Place>, DbError> {
    fetch_all!(h, PLACES, id)
}

/// Keeps an outcome.
pub async fn set_outcome(
    tx: &mut Tx,
    id: EnrolmentId,
    tally: &Tally,
    met: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        OUTCOME_SET,
        id,
        tally.attended_minutes,
        tally.programme_minutes,
        tally.items_done,
        tally.items_required,
        met,
        now,
        tally.excused_minutes
    )
    .map(|_| ())
}

/// Notes whether a place can still be completed.
pub async fn set_risk(tx: &mut Tx, id: EnrolmentId, risk: Risk) -> Result<(), DbError> {
    execute!(tx, RISK_SET, id, risk).map(|_| ())
}

/// Moves a place on, unless it has moved meanwhile; false then.
pub async fn set_place(
    tx: &mut Tx,
    id: EnrolmentId,
    from: EnrolmentState,
    to: EnrolmentState,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, PLACE_SET, id, from, to, now).map(|rows| rows == 1)
}

/// Records that a place moved.
pub async fn add_place_change(
    tx: &mut Tx,
    change: uuid::Uuid,
    id: EnrolmentId,
    from: EnrolmentState,
    to: EnrolmentState,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, PLACE_CHANGE, change, id, now, from, to, by).map(|_| ())
}

/// Titles of a course by language, and its length in minutes.
pub async fn course_titles(h: &mut impl Handle, id: CourseId) -> Result<Vec<(String, String, i64)>, DbError> {
    fetch_all!(h, COURSE_TITLES, id)
}

/// A certificate to issue.
pub struct NewCertificate<'a> {
    /// Its id.
    pub id: CertificateId,
    /// The place it is for.
    pub enrolment: EnrolmentId,
    /// Its code.
    pub code: &'a str,
    /// What it attests.
    pub kind: CertificateKind,
    /// The language of its words.
    pub language: &'a str,
    /// The holder's name.
    pub person_name: &'a str,
    /// The course.
    pub course_title: &'a str,
    /// Who certifies.
    pub institution_name: &'a str,
    /// The area it was given in.
    pub area_code: Option<&'a str>,
    /// The town.
    pub place: &'a str,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Length of the programme.
    pub minutes: i64,
}

/// Issues a certificate; false when the place has one already.
pub async fn issue(tx: &mut Tx, new: &NewCertificate<'_>, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(
        tx,
        ISSUE,
        new.id,
        new.enrolment,
        new.code,
        new.kind,
        new.language,
        new.person_name,
        new.course_title,
        new.institution_name,
        new.area_code,
        new.place,
        new.starts_on,
        new.ends_on,
        new.minutes,
        now
    )
    .map(|rows| rows == 1)
}

/// A certificate with what its paper says.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Certificate {
    /// Its id.
    pub id: CertificateId,
    /// The place it is for.
    pub enrolment_id: EnrolmentId,
    /// The holder.
    pub person_id: PersonId,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The delivery's host.
    pub host_id: Option<InstitutionId>,
    /// How it was given.
    pub mode: Mode,
    /// The language it was given in.
    pub taught_in: String,
    /// The venue's time zone.
    pub time_zone: String,
    /// Its code.
    pub code: String,
    /// What it attests.
    pub kind: CertificateKind,
    /// The language of its words.
    pub language: String,
    /// The holder's name.
    pub person_name: String,
    /// The course.
    pub course_title: String,
    /// Who certifies.
    pub institution_name: String,
    /// The area it was given in.
    pub area_code: Option<String>,
    /// The town.
    pub place: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Length of the programme.
    pub minutes: i64,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Whether whoever checks it sees the name.
    pub name_public: bool,
    /// When it was withdrawn.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The stored paper.
    pub file_id: Option<FileId>,
    /// Minutes of presence, as last looked at.
    pub attended_minutes: Option<i64>,
    /// Minutes of the half-days, as last looked at.
    pub programme_minutes: Option<i64>,
    /// Materials done, as last looked at.
    pub items_done: Option<i64>,
}

/// Somebody's certificates, latest first.
pub async fn of_person(h: &mut impl Handle, person: PersonId) -> Result<Vec<Certificate>, DbError> {
    fetch_all!(h, OF_PERSON, person)
}

/// The certificate of an id.
pub async fn by_id(h: &mut impl Handle, id: CertificateId) -> Result<Option<Certificate>, DbError> {
    fetch_optional!(h, BY_ID, id)
}

/// The certificate of a code.
pub async fn by_code(h: &mut impl Handle, code: &str) -> Result<Option<Certificate>, DbError> {
    fetch_optional!(h, BY_CODE, code)
}

/// Shows or hides the holder's name.
pub async fn show_name(tx: &mut Tx, id: CertificateId, show: bool) -> Result<(), DbError> {
    execute!(tx, SHOW_NAME, id, show).map(|_| ())
}

/// Takes a certificate back; false when it was taken back before.
pub async fn revoke(tx: &mut Tx, id: CertificateId, reason: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, REVOKE, id, now, reason).map(|rows| rows == 1)
}

/// Notes the stored paper of a certificate; false when it has one.
pub async fn set_file(tx: &mut Tx, id: CertificateId, file: FileId) -> Result<bool, DbError> {
    execute!(tx, FILED, id, file).map(|rows| rows == 1)
}

/// The delivery of a place.
pub async fn delivery_of(h: &mut impl Handle, id: EnrolmentId) -> Result<Option<DeliveryId>, DbError> {
    let row: Option<(DeliveryId,)> = fetch_optional!(h, DELIVERY_OF, id)?;
    Ok(row.map(|(id,)| id))
}
