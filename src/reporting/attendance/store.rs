//! SQL: attendance of a delivery by person and half-day, of a person over years, and of everything.

use super::model::Sum;
use crate::{
    attendance::model::{MarkSource, MarkState},
    common::ids::{CertificateId, DeliveryId, EnrolmentId, PersonId, SlotId},
    completion::model::CertificateKind,
    deliveries::model::{DeliveryState, Mode, SlotAct},
    enrolment::model::EnrolmentState,
    execute, fetch_all,
    institutions::model::Excused,
    platform::{
        clock::SLACK,
        db::{DbError, Handle, Tx},
    },
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};

/// The states of who holds a place, as [`EnrolmentState::holds_place`].
macro_rules! holding {
    () => {
        "('selected', 'invited', 'confirmed', 'attended', 'partly_attended', 'not_attended', 'completed', 'not_completed')"
    };
}

/// A person's marks as one text; see `model::cells`. Thousands of marks cost as many rows as there
/// are people.
macro_rules! marks {
    () => {
        "string_agg(CAST(n.i AS TEXT) || CASE m.state WHEN 'present' THEN 'p' WHEN 'late' THEN 'l' WHEN 'left_early' THEN 'e'
            WHEN 'excused' THEN 'x' ELSE 'a' END || CAST(m.minutes AS TEXT), ' ') AS marks"
    };
}

statements! {
    SLOTS -> SlotRow = "SELECT id, starts_at, ends_at, room, closed_at IS NOT NULL AS closed FROM slot
        WHERE delivery_id = $1 AND cancelled_at IS NULL ORDER BY starts_at, id";
    PEOPLE -> PersonRow = concat!("WITH n AS (SELECT id, ROW_NUMBER() OVER (ORDER BY starts_at, id) - 1 AS i FROM slot
            WHERE delivery_id = $1 AND cancelled_at IS NULL),
        k AS (SELECT m.enrolment_id, ", marks!(), " FROM n JOIN mark m ON m.slot_id = n.id GROUP BY m.enrolment_id)
        SELECT e.id, e.person_id, e.state, e.workplace, p.family_name, p.given_name, c.met, k.marks
        FROM enrolment e JOIN person p ON p.id = e.person_id
        LEFT JOIN k ON k.enrolment_id = e.id LEFT JOIN completion c ON c.enrolment_id = e.id
        WHERE e.delivery_id = $1 AND e.state IN ", holding!());
    /// Running deliveries within reach: of everybody, of the institutions administered, of a trainer.
    RUNNING -> RunningRow = "SELECT d.id AS delivery_id, d.title, d.time_zone, d.area_code, d.mode,
            COALESCE(d.attendance_percent, i.attendance_percent, c.attendance_percent) AS attendance_percent,
            COALESCE(d.excused, i.excused, 'missed') AS excused,
            s.id, s.starts_at, s.ends_at, s.room, s.closed_at IS NOT NULL AS closed
        FROM delivery d JOIN course c ON c.id = d.course_id JOIN slot s ON s.delivery_id = d.id AND s.cancelled_at IS NULL
        LEFT JOIN institution i ON i.id = d.host_id
        WHERE d.state IN ('confirmed', 'running') AND ($1
            OR d.host_id IN (SELECT g.institution_id FROM role_grant g WHERE g.person_id = $2
                AND g.role = 'institution_administrator' AND g.ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.delivery_id = d.id AND t.person_id = $2))
        ORDER BY d.starts_on, d.id, s.starts_at, s.id";
    RUNNING_PEOPLE -> RunningPerson = concat!("WITH r AS (SELECT d.id FROM delivery d WHERE d.state IN ('confirmed', 'running') AND ($1
            OR d.host_id IN (SELECT g.institution_id FROM role_grant g WHERE g.person_id = $2
                AND g.role = 'institution_administrator' AND g.ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.delivery_id = d.id AND t.person_id = $2))),
        n AS (SELECT s.id, s.delivery_id, ROW_NUMBER() OVER (PARTITION BY s.delivery_id ORDER BY s.starts_at, s.id) - 1 AS i
            FROM slot s JOIN r ON r.id = s.delivery_id WHERE s.cancelled_at IS NULL),
        k AS (SELECT m.enrolment_id, ", marks!(), " FROM n JOIN mark m ON m.slot_id = n.id GROUP BY m.enrolment_id)
        SELECT e.delivery_id, e.id, e.person_id, e.state, e.workplace, p.family_name, p.given_name, c.met, k.marks
        FROM r JOIN enrolment e ON e.delivery_id = r.id JOIN person p ON p.id = e.person_id
        LEFT JOIN k ON k.enrolment_id = e.id LEFT JOIN completion c ON c.enrolment_id = e.id
        WHERE e.state IN ", holding!());
    /// Gives a number to everybody of a delivery who has none.
    NUMBER = "INSERT INTO person_number (person_id, number)
        SELECT e.person_id, (SELECT COALESCE(MAX(number), -1) FROM person_number) + ROW_NUMBER() OVER (ORDER BY e.person_id)
        FROM enrolment e WHERE e.delivery_id = $1 AND NOT EXISTS (SELECT 1 FROM person_number n WHERE n.person_id = e.person_id)";
    NUMBERS -> (EnrolmentId, i64) = "SELECT e.id, n.number FROM enrolment e JOIN person_number n ON n.person_id = e.person_id WHERE e.delivery_id = $1";
    SUM_SET = "INSERT INTO attendance_sum (delivery_id, places, participations, delivered_minutes, possible_minutes, attended_minutes,
            completed, at_risk, cannot_pass, persons, looked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (delivery_id) DO UPDATE SET places = excluded.places, participations = excluded.participations,
            delivered_minutes = excluded.delivered_minutes, possible_minutes = excluded.possible_minutes,
            attended_minutes = excluded.attended_minutes, completed = excluded.completed, at_risk = excluded.at_risk,
            cannot_pass = excluded.cannot_pass, persons = excluded.persons, looked_at = excluded.looked_at";
    /// Deliveries that count and whose row is missing, older than what it is made from, or dated by a clock ahead.
    STALE -> (DeliveryId,) = "SELECT d.id FROM delivery d LEFT JOIN attendance_sum a ON a.delivery_id = d.id
        WHERE d.state IN ('running', 'delivered', 'reported') AND (a.looked_at IS NULL OR a.looked_at > $1 OR d.updated_at >= a.looked_at
            OR EXISTS (SELECT 1 FROM enrolment e WHERE e.delivery_id = d.id AND e.updated_at >= a.looked_at))
        ORDER BY d.id";
    SUMS -> SumRow = "SELECT a.places, a.participations, a.delivered_minutes, a.possible_minutes, a.attended_minutes, a.completed,
            a.at_risk, a.cannot_pass, a.persons, a.looked_at, COALESCE(d.area_code, '') AS area_code,
            COALESCE(i.slug, '') AS host_slug, c.slug AS course_slug, d.starts_on,
            CAST(0 AS BIGINT) AS people, CAST(0 AS BIGINT) AS unverified
        FROM attendance_sum a JOIN delivery d ON d.id = a.delivery_id JOIN course c ON c.id = d.course_id
        LEFT JOIN institution i ON i.id = d.host_id
        WHERE d.state IN ('running', 'delivered', 'reported')
        UNION ALL
        SELECT 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, t.area_code, i.slug AS host_slug, COALESCE(c.slug, '') AS course_slug, t.starts_on,
            t.total AS people, CASE WHEN t.state = 'verified' THEN 0 ELSE t.total END AS unverified
        FROM tally t JOIN institution i ON i.id = t.institution_id LEFT JOIN course c ON c.id = t.course_id
        WHERE t.state <> 'withdrawn'";
    HOSTS -> (String, String) = "SELECT i.slug, i.name FROM institution i WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.host_id = i.id)
            OR EXISTS (SELECT 1 FROM tally t WHERE t.institution_id = i.id) ORDER BY i.name";
    OF_PERSON -> PlaceRow = concat!("SELECT e.id, e.state, d.id AS delivery_id, d.title, d.state AS delivery_state, d.starts_on, d.ends_on, d.time_zone,
            d.area_code, c.slug AS course_slug, i.name AS host_name, f.id AS certificate_id, f.code, f.kind, f.issued_at
        FROM enrolment e JOIN delivery d ON d.id = e.delivery_id JOIN course c ON c.id = d.course_id
        LEFT JOIN institution i ON i.id = d.host_id
        LEFT JOIN certificate f ON f.enrolment_id = e.id AND f.revoked_at IS NULL
        WHERE e.person_id = $1 AND e.state IN ", holding!(), " ORDER BY d.starts_on DESC, d.id");
    MINUTES_OF_PERSON -> MinutesRow = "SELECT e.id, s.starts_at, s.ends_at, m.minutes FROM enrolment e JOIN slot s ON s.delivery_id = e.delivery_id AND s.cancelled_at IS NULL
        LEFT JOIN mark m ON m.slot_id = s.id AND m.enrolment_id = e.id WHERE e.person_id = $1";
    HISTORY -> ChangeRow = "SELECT c.id, c.slot_id, c.enrolment_id, p.family_name, p.given_name, c.state, c.minutes, c.note, c.source, c.marked_by_name,
            c.marked_at, c.address, c.reason, c.undoes
        FROM mark_change c JOIN slot s ON s.id = c.slot_id JOIN enrolment e ON e.id = c.enrolment_id JOIN person p ON p.id = e.person_id
        WHERE s.delivery_id = $1 ORDER BY c.marked_at, c.id, c.enrolment_id";
    AGENDA -> AgendaRow = "SELECT s.id AS slot_id, s.starts_at, s.ends_at, s.room, s.cancelled_at, s.cancelled_reason, t.title, t.starts_at AS session_at, t.minutes
        FROM slot s LEFT JOIN timetable_session t ON t.slot_id = s.id
        WHERE s.delivery_id = $1 ORDER BY s.starts_at, s.id, t.starts_at, t.id";
    STEPS -> StepRow = "SELECT s.starts_at, t.act, t.reason, t.by_name, t.at FROM slot s JOIN slot_step t ON t.slot_id = s.id
        WHERE s.delivery_id = $1 ORDER BY t.at, t.id";
    OUTCOMES -> OutcomeRow = concat!("SELECT e.id, e.profession, e.area_code, e.created_at, k.met, f.code, f.kind, f.issued_at
        FROM enrolment e LEFT JOIN completion k ON k.enrolment_id = e.id
        LEFT JOIN certificate f ON f.enrolment_id = e.id AND f.revoked_at IS NULL
        WHERE e.delivery_id = $1 AND e.state IN ", holding!());
    SCANS -> ScanRow = "SELECT s.starts_at, r.withdrawn_at, f.media_type, f.key, f.size
        FROM slot s JOIN register_scan r ON r.slot_id = s.id JOIN file f ON f.id = r.file_id
        WHERE s.delivery_id = $1 ORDER BY s.starts_at, s.id, r.added_at, r.id";
    PAPERS -> (String, String, i64) = "SELECT f.code, x.key, x.size FROM enrolment e JOIN certificate f ON f.enrolment_id = e.id AND f.revoked_at IS NULL
        JOIN file x ON x.id = f.file_id WHERE e.delivery_id = $1 ORDER BY f.code";
}

/// A half-day.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SlotRow {
    /// Its id.
    pub id: SlotId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub room: String,
    /// Whether its register is closed.
    pub closed: bool,
}

/// A person in a delivery, with all marks.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PersonRow {
    /// The place held.
    pub id: EnrolmentId,
    /// Who.
    pub person_id: PersonId,
    /// The place's state.
    pub state: EnrolmentState,
    /// Court, office or unit.
    pub workplace: String,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Whether the rule of completion was met, as last looked at.
    pub met: Option<bool>,
    /// The marks; see `model::cells`.
    pub marks: Option<String>,
}

/// The half-days of a delivery, in order.
pub async fn slots(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<SlotRow>, DbError> {
    fetch_all!(h, SLOTS, delivery)
}

/// Who holds a place in a delivery, with all their marks, in no order.
pub async fn people(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<PersonRow>, DbError> {
    fetch_all!(h, PEOPLE, delivery)
}

/// A half-day of a running delivery.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RunningRow {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its title.
    pub title: String,
    /// The venue's time zone.
    pub time_zone: String,
    /// The area.
    pub area_code: Option<String>,
    /// Share of the programme to be attended, in percent.
    pub attendance_percent: i64,
    /// What an excused absence counts as.
    pub excused: Excused,
    /// How it is given.
    pub mode: Mode,
    /// The half-day.
    #[sqlx(flatten)]
    pub slot: SlotRow,
}

/// The half-days of running deliveries that somebody keeps the register of.
pub async fn running(h: &mut impl Handle, all: bool, who: PersonId) -> Result<Vec<RunningRow>, DbError> {
    fetch_all!(h, RUNNING, all, who)
}

/// A person in a running delivery.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RunningPerson {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The person.
    #[sqlx(flatten)]
    pub row: PersonRow,
}

/// Who holds a place in these deliveries.
pub async fn running_people(h: &mut impl Handle, all: bool, who: PersonId) -> Result<Vec<RunningPerson>, DbError> {
    fetch_all!(h, RUNNING_PEOPLE, all, who)
}

/// A scan of a signed sheet.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ScanRow {
    /// When its half-day begins.
    pub starts_at: DateTime<Utc>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// What it is.
    pub media_type: String,
    /// Where it is stored.
    pub key: String,
    /// Its size in bytes.
    pub size: i64,
}

/// The scans of a delivery's signed sheets, those withdrawn too.
pub async fn scans(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<ScanRow>, DbError> {
    fetch_all!(h, SCANS, delivery)
}

/// The numbers of everybody in a delivery, given where missing.
pub async fn numbers(tx: &mut Tx, delivery: DeliveryId) -> Result<Vec<(EnrolmentId, i64)>, DbError> {
    execute!(tx, NUMBER, delivery)?;
    fetch_all!(tx, NUMBERS, delivery)
}

/// Keeps the sums of a delivery.
pub async fn set_sum(
    tx: &mut Tx,
    delivery: DeliveryId,
    sum: &Sum,
    persons: &[u8],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        SUM_SET,
        delivery,
        sum.places,
        sum.participations,
        sum.delivered_minutes,
        sum.possible_minutes,
        sum.attended_minutes,
        sum.completed,
        sum.at_risk,
        sum.cannot_pass,
        persons,
        now
    )
    .map(|_| ())
}

/// Deliveries whose sums are missing or may be out of date.
pub async fn stale(h: &mut impl Handle, now: DateTime<Utc>) -> Result<Vec<(DeliveryId,)>, DbError> {
    fetch_all!(h, STALE, now + SLACK)
}

/// The sums of a delivery, with what they are grouped by.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SumRow {
    /// The sums.
    #[sqlx(flatten)]
    pub sum: Sum,
    /// Who took part; none for people counted without names, whose sums are all nought.
    pub persons: Option<Vec<u8>>,
    /// When it was counted.
    pub looked_at: Option<DateTime<Utc>>,
    /// Where it was given; empty where unknown.
    pub area_code: String,
    /// Who gave it.
    pub host_slug: String,
    /// What was given.
    pub course_slug: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// People counted without names.
    pub people: i64,
    /// Those of them whose count nobody has confirmed.
    pub unverified: i64,
}

/// The sums of all deliveries that count, and beside them people counted without names.
pub async fn sums(h: &mut impl Handle) -> Result<Vec<SumRow>, DbError> {
    fetch_all!(h, SUMS)
}

/// Institutions that give something: address and name.
pub async fn hosts(h: &mut impl Handle) -> Result<Vec<(String, String)>, DbError> {
    fetch_all!(h, HOSTS)
}

/// A place that somebody held.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PlaceRow {
    /// The place.
    pub id: EnrolmentId,
    /// Its state.
    pub state: EnrolmentState,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub delivery_state: DeliveryState,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// The venue's time zone.
    pub time_zone: String,
    /// The area.
    pub area_code: Option<String>,
    /// The course's address.
    pub course_slug: String,
    /// Who gave it.
    pub host_name: Option<String>,
    /// The certificate that stands.
    pub certificate_id: Option<CertificateId>,
    /// Its code.
    pub code: Option<String>,
    /// What it attests.
    pub kind: Option<CertificateKind>,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
}

/// The places somebody held, the latest first.
pub async fn places_of(h: &mut impl Handle, person: PersonId) -> Result<Vec<PlaceRow>, DbError> {
    fetch_all!(h, OF_PERSON, person)
}

/// A half-day of a place, with the minutes attended of it.
pub type MinutesRow = (EnrolmentId, DateTime<Utc>, DateTime<Utc>, Option<i64>);

/// All half-days of somebody's places.
pub async fn minutes_of(h: &mut impl Handle, person: PersonId) -> Result<Vec<MinutesRow>, DbError> {
    fetch_all!(h, MINUTES_OF_PERSON, person)
}

/// A change of a mark.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ChangeRow {
    /// The action.
    pub id: uuid::Uuid,
    /// The half-day.
    pub slot_id: SlotId,
    /// Whose place.
    pub enrolment_id: EnrolmentId,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// What was said; none where a mark was taken back.
    pub state: Option<MarkState>,
    /// Minutes attended.
    pub minutes: i64,
    /// A remark.
    pub note: String,
    /// How it came about.
    pub source: MarkSource,
    /// Who made it.
    pub marked_by_name: String,
    /// When.
    pub marked_at: DateTime<Utc>,
    /// From where.
    pub address: String,
    /// Why, in a closed register.
    pub reason: String,
    /// The action that it undid.
    pub undoes: Option<uuid::Uuid>,
}

/// Every change of every mark of a delivery, the oldest first.
pub async fn history(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<ChangeRow>, DbError> {
    fetch_all!(h, HISTORY, delivery)
}

/// A session of the timetable, or a half-day without one.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AgendaRow {
    /// The half-day.
    pub slot_id: SlotId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub room: String,
    /// When it was called off.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// Why.
    pub cancelled_reason: String,
    /// The session.
    pub title: Option<String>,
    /// When it begins.
    pub session_at: Option<DateTime<Utc>>,
    /// How long it takes.
    pub minutes: Option<i64>,
}

/// The timetable of a delivery.
pub async fn agenda(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<AgendaRow>, DbError> {
    fetch_all!(h, AGENDA, delivery)
}

/// What became of a half-day's register besides its marks.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepRow {
    /// When the half-day begins.
    pub starts_at: DateTime<Utc>,
    /// What was done.
    pub act: SlotAct,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by_name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of the registers of a delivery, oldest first.
pub async fn steps(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<StepRow>, DbError> {
    fetch_all!(h, STEPS, delivery)
}

/// What became of a place.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OutcomeRow {
    /// The place.
    pub id: EnrolmentId,
    /// What the person was on the delivery's date.
    pub profession: crate::people::model::Profession,
    /// The area the person came from.
    pub area_code: Option<String>,
    /// When the place was taken.
    pub created_at: DateTime<Utc>,
    /// Whether the rule of completion was met.
    pub met: Option<bool>,
    /// The code of the certificate that stands.
    pub code: Option<String>,
    /// What it attests.
    pub kind: Option<CertificateKind>,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
}

/// What became of each place of a delivery.
pub async fn outcomes(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<OutcomeRow>, DbError> {
    fetch_all!(h, OUTCOMES, delivery)
}

/// The stored papers of the certificates that stand: code, key and size.
pub async fn papers(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<(String, String, i64)>, DbError> {
    fetch_all!(h, PAPERS, delivery)
}
