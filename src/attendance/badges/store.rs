//! SQL of badges and pseudonyms.

use crate::{
    attendance::store::holding,
    common::ids::{BadgeId, DeliveryId, EnrolmentId, PersonId},
    execute, execute_bound, fetch_all, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};

statements! {
    LIST = concat!("SELECT e.id, p.given_name, p.family_name, e.workplace, s.name AS pseudonym, b.token, b.short, b.made_at,
            COALESCE((SELECT t.pseudonyms FROM badge_setting t WHERE t.delivery_id = e.delivery_id), FALSE) AS instead,
            CASE WHEN EXISTS (SELECT 1 FROM slot h WHERE h.delivery_id = e.delivery_id) THEN TRUE ELSE FALSE END AS planned
        FROM enrolment e JOIN person p ON p.id = e.person_id
        LEFT JOIN badge b ON b.enrolment_id = e.id AND b.revoked_at IS NULL
        LEFT JOIN pseudonym s ON s.enrolment_id = e.id
        WHERE e.delivery_id = $1 AND e.state IN ", holding!());
    OWN = concat!("SELECT d.title, b.token, b.short FROM enrolment e JOIN delivery d ON d.id = e.delivery_id
            JOIN badge b ON b.enrolment_id = e.id AND b.revoked_at IS NULL
        WHERE e.person_id = $1 AND d.state IN ('call_open', 'selection', 'confirmed', 'running')
            AND COALESCE(d.ends_on, $2) >= $2 AND e.state IN ", holding!(), " ORDER BY d.starts_on, d.id");
    ADD = "INSERT INTO badge (made_at, id, enrolment_id, token, short) VALUES ($1, $2, $3, $4, $5)";
    /// Twenty at once: a group of two hundred is ten statements instead of two hundred.
    ADD_TWENTY = "INSERT INTO badge (id, enrolment_id, token, short, made_at) VALUES
            ($2, $3, $4, $5, $1), ($6, $7, $8, $9, $1), ($10, $11, $12, $13, $1), ($14, $15, $16, $17, $1), ($18, $19, $20, $21, $1),
            ($22, $23, $24, $25, $1), ($26, $27, $28, $29, $1), ($30, $31, $32, $33, $1), ($34, $35, $36, $37, $1), ($38, $39, $40, $41, $1),
            ($42, $43, $44, $45, $1), ($46, $47, $48, $49, $1), ($50, $51, $52, $53, $1), ($54, $55, $56, $57, $1), ($58, $59, $60, $61, $1),
            ($62, $63, $64, $65, $1), ($66, $67, $68, $69, $1), ($70, $71, $72, $73, $1), ($74, $75, $76, $77, $1), ($78, $79, $80, $81, $1)";
    REVOKE = "UPDATE badge SET revoked_at = $2 WHERE enrolment_id = $1 AND revoked_at IS NULL";
    FIND = concat!("SELECT b.id, b.revoked_at, e.id AS enrolment_id, e.person_id, e.delivery_id, p.given_name, p.family_name,
            s.name AS pseudonym, COALESCE(t.pseudonyms, FALSE) AS instead,
            CASE WHEN e.state IN ", holding!(), " THEN TRUE ELSE FALSE END AS holds
        FROM badge b JOIN enrolment e ON e.id = b.enrolment_id JOIN person p ON p.id = e.person_id
        LEFT JOIN pseudonym s ON s.enrolment_id = e.id LEFT JOIN badge_setting t ON t.delivery_id = e.delivery_id
        WHERE b.token = $1 OR b.short = $1");
    PSEUDONYMS_CLEAR = "DELETE FROM pseudonym WHERE delivery_id = $1";
    PSEUDONYM_SET = "INSERT INTO pseudonym (delivery_id, enrolment_id, name, folded) VALUES ($1, $2, $3, $4)";
    PSEUDONYM_SET_TWENTY = "INSERT INTO pseudonym (enrolment_id, delivery_id, name, folded) VALUES
            ($2, $1, $3, $4), ($5, $1, $6, $7), ($8, $1, $9, $10), ($11, $1, $12, $13), ($14, $1, $15, $16),
            ($17, $1, $18, $19), ($20, $1, $21, $22), ($23, $1, $24, $25), ($26, $1, $27, $28), ($29, $1, $30, $31),
            ($32, $1, $33, $34), ($35, $1, $36, $37), ($38, $1, $39, $40), ($41, $1, $42, $43), ($44, $1, $45, $46),
            ($47, $1, $48, $49), ($50, $1, $51, $52), ($53, $1, $54, $55), ($56, $1, $57, $58), ($59, $1, $60, $61)";
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

/// As many rows as one statement writes.
const MANY: usize = 20;

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
    let (batches, rest) = new.as_chunks::<MANY>();
    let batches = batches.iter().map(|batch| (ADD_TWENTY, batch.as_slice()));
    for (statement, batch) in batches.chain(rest.chunks(1).map(|one| (ADD, one))) {
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
    let (batches, rest) = names.as_chunks::<MANY>();
    let batches = batches.iter().map(|batch| (PSEUDONYM_SET_TWENTY, batch.as_slice()));
    for (statement, batch) in batches.chain(rest.chunks(1).map(|one| (PSEUDONYM_SET, one))) {
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
