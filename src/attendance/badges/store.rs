//! SQL of badges and pseudonyms.

use crate::{
    attendance::store::holding,
    common::ids::{BadgeId, DeliveryId, EnrolmentId, PersonId},
    execute, execute_bound, fetch_all, fetch_optional,
    platform::db::{
        DbError, Handle, Tx,
        many::{Rows, batches},
    },
    sql_of_rows, statements,
};
use chrono::{DateTime, NaiveDate, Utc};

/// Badges, all made at one time.
const BADGES: Rows = Rows {
    head: "INSERT INTO badge (id, enrolment_id, token, short, made_at) VALUES ",
    row: "(?, ?, ?, ?, $1)",
    between: ", ",
    tail: "",
    shared: 1,
};

/// Pseudonyms of a delivery.
const PSEUDONYMS: Rows = Rows {
    head: "INSERT INTO pseudonym (enrolment_id, delivery_id, name, folded) VALUES ",
    row: "(?, $1, ?, ?)",
    between: ", ",
    tail: "",
    shared: 1,
};

statements! {
    LIST -> BadgeRow = concat!("SELECT e.id, p.given_name, p.family_name, e.workplace, s.name AS pseudonym, b.token, b.short, b.made_at,
            COALESCE((SELECT t.pseudonyms FROM badge_setting t WHERE t.delivery_id = e.delivery_id), FALSE) AS instead,
            CASE WHEN EXISTS (SELECT 1 FROM slot h WHERE h.delivery_id = e.delivery_id) THEN TRUE ELSE FALSE END AS planned
        FROM enrolment e JOIN person p ON p.id = e.person_id
        LEFT JOIN badge b ON b.enrolment_id = e.id AND b.revoked_at IS NULL
        LEFT JOIN pseudonym s ON s.enrolment_id = e.id
        WHERE e.delivery_id = $1 AND e.state IN ", holding!());
    OWN -> (String, String, String) = concat!("SELECT d.title, b.token, b.short FROM enrolment e JOIN delivery d ON d.id = e.delivery_id
            JOIN badge b ON b.enrolment_id = e.id AND b.revoked_at IS NULL
        WHERE e.person_id = $1 AND d.state IN ('call_open', 'selection', 'confirmed', 'running')
            AND COALESCE(d.ends_on, $2) >= $2 AND e.state IN ", holding!(), " ORDER BY d.starts_on, d.id");
    ADD = sql_of_rows!(1, BADGES);
    ADD_TEN = sql_of_rows!(10, BADGES);
    ADD_HUNDRED = sql_of_rows!(100, BADGES);
    REVOKE = "UPDATE badge SET revoked_at = $2 WHERE enrolment_id = $1 AND revoked_at IS NULL";
    FIND -> BearerRow = concat!("SELECT b.id, b.revoked_at, e.id AS enrolment_id, e.person_id, e.delivery_id, p.given_name, p.family_name,
            s.name AS pseudonym, COALESCE(t.pseudonyms, FALSE) AS instead,
            CASE WHEN e.state IN ", holding!(), " THEN TRUE ELSE FALSE END AS holds
        FROM badge b JOIN enrolment e ON e.id = b.enrolment_id JOIN person p ON p.id = e.person_id
        LEFT JOIN pseudonym s ON s.enrolment_id = e.id LEFT JOIN badge_setting t ON t.delivery_id = e.delivery_id
        WHERE b.token = $1 OR b.short = $1");
    PSEUDONYMS_CLEAR = "DELETE FROM pseudonym WHERE delivery_id = $1";
    PSEUDONYM_SET = sql_of_rows!(1, PSEUDONYMS);
    PSEUDONYM_SET_TEN = sql_of_rows!(10, PSEUDONYMS);
    PSEUDONYM_SET_HUNDRED = sql_of_rows!(100, PSEUDONYMS);
    SETTING_SET = "INSERT INTO badge_setting (delivery_id, pseudonyms) VALUES ($1, $2)
        ON CONFLICT (delivery_id) DO UPDATE SET pseudonyms = excluded.pseudonyms";
    DELIVERY_LOCK = "UPDATE delivery SET version = version WHERE id = $1";
}

/// Somebody who holds a place, with the badge.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BadgeRow {
    /// The place.
    pub id: EnrolmentId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Court, office or unit.
    pub workplace: String,
    /// What they are called instead.
    pub pseudonym: Option<String>,
    /// What the QR code carries.
    pub token: Option<String>,
    /// What is typed.
    pub short: Option<String>,
    /// When the badge was made.
    pub made_at: Option<DateTime<Utc>>,
    /// Whether pseudonyms stand instead of names in this delivery.
    pub instead: bool,
    /// Whether the delivery has half-days.
    pub planned: bool,
}

/// Everybody who holds a place, in no order.
pub async fn list(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<BadgeRow>, DbError> {
    fetch_all!(h, LIST, delivery)
}

/// A badge of one's own: title of the delivery, QR code's text, typed form.
pub async fn own(
    h: &mut impl Handle,
    person: PersonId,
    today: NaiveDate,
) -> Result<Vec<(String, String, String)>, DbError> {
    fetch_all!(h, OWN, person, today)
}

/// A badge to be made.
pub struct NewBadge {
    /// Its id.
    pub id: BadgeId,
    /// Whose place.
    pub place: EnrolmentId,
    /// What the QR code carries.
    pub token: String,
    /// What is typed.
    pub short: String,
}

/// Adds badges, all made at one time.
pub async fn add(tx: &mut Tx, new: &[NewBadge], at: DateTime<Utc>) -> Result<(), DbError> {
    for (statement, batch) in batches(new, [(100, ADD_HUNDRED), (10, ADD_TEN), (1, ADD)]) {
        execute_bound!(tx, statement, |query| {
            let mut query = query.bind(at);
            for badge in batch {
                query = query.bind(badge.id).bind(badge.place).bind(badge.token.as_str()).bind(badge.short.as_str());
            }
            query
        })?;
    }
    Ok(())
}

/// Takes the badge of a place out of use; false when it has none.
pub async fn revoke(tx: &mut Tx, place: EnrolmentId, at: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, REVOKE, place, at).map(|rows| rows > 0)
}

/// The bearer of a badge.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BearerRow {
    /// The badge.
    pub id: BadgeId,
    /// When it was taken out of use.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The place.
    pub enrolment_id: EnrolmentId,
    /// Whose.
    pub person_id: PersonId,
    /// Where.
    pub delivery_id: DeliveryId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// What they are called instead.
    pub pseudonym: Option<String>,
    /// Whether pseudonyms stand instead of names in this delivery.
    pub instead: bool,
    /// Whether the place is still held.
    pub holds: bool,
}

/// The bearer of a badge by either of its codes.
pub async fn find(h: &mut impl Handle, code: &str) -> Result<Option<BearerRow>, DbError> {
    fetch_optional!(h, FIND, code)
}

/// Waits until nobody else makes badges or pseudonyms for a delivery.
pub async fn lock(tx: &mut Tx, delivery: DeliveryId) -> Result<(), DbError> {
    execute!(tx, DELIVERY_LOCK, delivery).map(|_| ())
}

/// Replaces the pseudonyms of a delivery: place, name, folded name.
pub async fn set_pseudonyms(
    tx: &mut Tx,
    delivery: DeliveryId,
    names: &[(EnrolmentId, &str, String)],
) -> Result<(), DbError> {
    execute!(tx, PSEUDONYMS_CLEAR, delivery)?;
    let sizes = [(100, PSEUDONYM_SET_HUNDRED), (10, PSEUDONYM_SET_TEN), (1, PSEUDONYM_SET)];
    for (statement, batch) in batches(names, sizes) {
        execute_bound!(tx, statement, |query| {
            let mut query = query.bind(delivery);
            for (place, name, folded) in batch {
                query = query.bind(*place).bind(*name).bind(folded.as_str());
            }
            query
        })?;
    }
    Ok(())
}

/// Sets whether pseudonyms stand instead of names.
pub async fn set_instead(tx: &mut Tx, delivery: DeliveryId, instead: bool) -> Result<(), DbError> {
    execute!(tx, SETTING_SET, delivery, instead).map(|_| ())
}
