//! SQL of check-in.

use super::limits::Limits;
use crate::{
    attendance::store::{MarkRow, holding},
    common::ids::{DeliveryId, EnrolmentId, PersonId, SlotId},
    deliveries::model::DeliveryState,
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    DOOR -> DoorRow = "SELECT s.id, s.delivery_id, s.starts_at, s.ends_at, s.room, d.title, d.state, d.time_zone, d.place,
            c.secret, c.tolerance, c.open, s.closed_at IS NOT NULL OR s.cancelled_at IS NOT NULL AS shut,
            l.networks, l.latitude, l.longitude, l.radius
        FROM slot s JOIN delivery d ON d.id = s.delivery_id LEFT JOIN check_in c ON c.slot_id = s.id
            LEFT JOIN check_in_limit l ON l.delivery_id = s.delivery_id WHERE s.id = $1";
    LIMIT = "INSERT INTO check_in_limit (delivery_id, networks, latitude, longitude, radius) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (delivery_id) DO UPDATE SET networks = excluded.networks, latitude = excluded.latitude,
            longitude = excluded.longitude, radius = excluded.radius";
    UNLIMIT = "DELETE FROM check_in_limit WHERE delivery_id = $1";
    OPEN = "INSERT INTO check_in (slot_id, secret, tolerance, open, opened_at, opened_by) VALUES ($1, $2, $3, TRUE, $4, $5)
        ON CONFLICT (slot_id) DO UPDATE SET secret = excluded.secret, tolerance = excluded.tolerance, open = TRUE,
            opened_at = excluded.opened_at, opened_by = excluded.opened_by";
    CLOSE = "UPDATE check_in SET open = FALSE WHERE slot_id = $1";
    COUNT -> (i64, i64, i64) = concat!("SELECT COUNT(*), COUNT(CASE WHEN m.state IN ('present', 'late') THEN 1 END),
            (SELECT COUNT(*) FROM kiosk_unrecorded u WHERE u.delivery_id = $1 AND u.settled_at IS NULL)
        FROM enrolment e LEFT JOIN mark m ON m.slot_id = $2 AND m.enrolment_id = e.id
        WHERE e.delivery_id = $1 AND e.state IN ", holding!());
    PLACE -> PlaceRow = concat!("SELECT e.id, m.state, m.minutes, m.note, m.source, m.marked_by, m.marked_by_name, m.marked_at
        FROM enrolment e LEFT JOIN mark m ON m.slot_id = $1 AND m.enrolment_id = e.id
        WHERE e.delivery_id = $2 AND e.person_id = $3 AND e.state IN ", holding!());
    MARK_OF -> MarkRow = "SELECT state, minutes, note, source, marked_by, marked_by_name, marked_at FROM mark WHERE slot_id = $1 AND enrolment_id = $2";
    OWN_DOORS -> (SlotId, Vec<u8>) = concat!("SELECT s.id, c.secret FROM enrolment e JOIN slot s ON s.delivery_id = e.delivery_id
            JOIN check_in c ON c.slot_id = s.id
        WHERE e.person_id = $1 AND c.open AND s.closed_at IS NULL AND s.cancelled_at IS NULL AND s.ends_at > $2 AND s.starts_at < $3 AND e.state IN ", holding!());
    NEXT -> NextRow = concat!("SELECT s.id, d.title, s.starts_at, s.ends_at, s.room, d.place, d.time_zone FROM enrolment e JOIN delivery d ON d.id = e.delivery_id
            JOIN slot s ON s.delivery_id = d.id
        WHERE e.person_id = $1 AND s.ends_at > $2 AND s.starts_at < $3 AND s.cancelled_at IS NULL AND d.state IN ('confirmed', 'running') AND e.state IN ", holding!(), "
        ORDER BY s.starts_at, s.id LIMIT 1");
}

/// A half-day with its check-in, where there is one.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DoorRow {
    /// The half-day.
    pub id: SlotId,
    /// Its delivery.
    pub delivery_id: DeliveryId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub room: String,
    /// The delivery's title.
    pub title: String,
    /// The delivery's state.
    pub state: DeliveryState,
    /// The venue's time zone.
    pub time_zone: String,
    /// The venue's town.
    pub place: String,
    /// What codes are made from.
    pub secret: Option<Vec<u8>>,
    /// Minutes that cost nobody anything.
    pub tolerance: Option<i64>,
    /// Whether codes are taken.
    pub open: Option<bool>,
    /// Whether the register was closed or the half-day called off.
    pub shut: bool,
    /// Networks that check-in is limited to, as kept.
    pub networks: Option<String>,
    /// Where it is limited to, in millionths of a degree.
    pub latitude: Option<i64>,
    /// The same.
    pub longitude: Option<i64>,
    /// Metres around.
    pub radius: Option<i64>,
}

/// A half-day with its check-in.
pub async fn door(h: &mut impl Handle, slot: SlotId) -> Result<Option<DoorRow>, DbError> {
    fetch_optional!(h, DOOR, slot)
}

/// Opens a check-in, with a new secret: what was shown before is worth nothing.
pub async fn open(
    tx: &mut Tx,
    slot: SlotId,
    secret: &[u8],
    tolerance: i64,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, OPEN, slot, secret, tolerance, now, by).map(|_| ())
}

/// Sets from where one may check in; without limits, from everywhere.
pub async fn limit(tx: &mut Tx, delivery: DeliveryId, limits: &Limits) -> Result<(), DbError> {
    let Limits { networks, place } = limits;
    if networks.is_empty() && place.is_none() {
        return execute!(tx, UNLIMIT, delivery).map(|_| ());
    }
    let (point, radius) = (place.map(|(point, _)| point), place.map(|(_, radius)| radius));
    let (latitude, longitude) = (point.map(|it| it.latitude), point.map(|it| it.longitude));
    execute!(tx, LIMIT, delivery, limits.stored_networks(), latitude, longitude, radius).map(|_| ())
}

/// Closes a check-in.
pub async fn close(tx: &mut Tx, slot: SlotId) -> Result<(), DbError> {
    execute!(tx, CLOSE, slot).map(|_| ())
}

/// How many hold a place, how many of them are in, and how many badges of the delivery were read without a
/// line, could not be recorded and wait for somebody to deal with them.
pub async fn count(h: &mut impl Handle, delivery: DeliveryId, slot: SlotId) -> Result<(i64, i64, i64), DbError> {
    fetch_one!(h, COUNT, delivery, slot)
}

/// A person's place in a delivery and the mark of a half-day.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PlaceRow {
    /// The place.
    pub id: EnrolmentId,
    /// The mark.
    #[sqlx(flatten)]
    pub mark: MarkRow,
}

/// The place of a person who holds one.
pub async fn place(
    h: &mut impl Handle,
    slot: SlotId,
    delivery: DeliveryId,
    person: PersonId,
) -> Result<Option<PlaceRow>, DbError> {
    fetch_optional!(h, PLACE, slot, delivery, person)
}

/// The mark of a place in a half-day.
pub async fn mark_of(h: &mut impl Handle, slot: SlotId, place: EnrolmentId) -> Result<Option<MarkRow>, DbError> {
    fetch_optional!(h, MARK_OF, slot, place)
}

/// The open check-ins of a person's half-days between two times, with their secrets.
pub async fn own_doors(
    h: &mut impl Handle,
    person: PersonId,
    ends_after: DateTime<Utc>,
    begins_before: DateTime<Utc>,
) -> Result<Vec<(SlotId, Vec<u8>)>, DbError> {
    fetch_all!(h, OWN_DOORS, person, ends_after, begins_before)
}

/// Where a person is to be.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NextRow {
    /// The half-day.
    pub id: SlotId,
    /// The delivery's title.
    pub title: String,
    /// When the half-day begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Its room.
    pub room: String,
    /// The town.
    pub place: String,
    /// The venue's time zone.
    pub time_zone: String,
}

/// The next half-day of a person between two times.
pub async fn next(
    h: &mut impl Handle,
    person: PersonId,
    ends_after: DateTime<Utc>,
    begins_before: DateTime<Utc>,
) -> Result<Option<NextRow>, DbError> {
    fetch_optional!(h, NEXT, person, ends_after, begins_before)
}
