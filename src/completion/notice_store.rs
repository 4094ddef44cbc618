//! SQL: who was told that the rule can no longer be met.

use crate::{
    common::ids::{DeliveryId, EnrolmentId},
    execute, fetch_all,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    /// Marks count as settled where their register is closed or they were made before $2.
    UNTOLD -> LostRow = "SELECT e.id, p.given_name || ' ' || p.family_name AS name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language,
            COALESCE(t.attended, 0) AS attended_minutes, COALESCE(t.excused, 0) AS excused_minutes, COALESCE(t.known, 0) AS known_minutes,
            t.unsettled
        FROM enrolment e JOIN person p ON p.id = e.person_id LEFT JOIN account a ON a.person_id = p.id
        LEFT JOIN (SELECT k.enrolment_id,
                CAST(SUM(CASE WHEN s.closed_at IS NOT NULL OR k.marked_at <= $2 THEN k.minutes ELSE 0 END) AS BIGINT) AS attended,
                CAST(SUM(CASE WHEN k.state = 'excused' AND (s.closed_at IS NOT NULL OR k.marked_at <= $2) THEN s.minutes ELSE 0 END) AS BIGINT) AS excused,
                CAST(SUM(CASE WHEN s.closed_at IS NULL AND k.marked_at <= $2 THEN s.minutes ELSE 0 END) AS BIGINT) AS known,
                MIN(CASE WHEN s.closed_at IS NULL AND k.marked_at > $2 THEN k.marked_at END) AS unsettled
            FROM slot s JOIN mark k ON k.slot_id = s.id WHERE s.delivery_id = $1 AND s.cancelled_at IS NULL
            GROUP BY k.enrolment_id) t ON t.enrolment_id = e.id
        WHERE e.delivery_id = $1 AND e.risk = 'lost' AND NOT EXISTS (SELECT 1 FROM risk_notice n WHERE n.enrolment_id = e.id)
            AND e.state IN ('selected', 'invited', 'confirmed', 'attended', 'partly_attended', 'not_attended', 'completed', 'not_completed')
        ORDER BY e.id";
    TOLD = "INSERT INTO risk_notice (enrolment_id, told_at) VALUES ($1, $2) ON CONFLICT (enrolment_id) DO NOTHING";
    MENDED = "DELETE FROM risk_notice WHERE enrolment_id = $1";
}

/// Somebody who can no longer meet the rule and was not told.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LostRow {
    /// The place.
    pub id: EnrolmentId,
    /// The holder's name.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
    /// The language of their account.
    pub language: Option<String>,
    /// Minutes of presence, by settled marks.
    pub attended_minutes: i64,
    /// Minutes of the half-days excused from, by settled marks.
    pub excused_minutes: i64,
    /// Minutes of the half-days with a settled mark whose register is open.
    pub known_minutes: i64,
    /// When the oldest mark was made that is not settled.
    pub unsettled: Option<DateTime<Utc>>,
}

/// Who can no longer meet the rule and was not told; marks made before `settled` are not taken for slips.
pub async fn untold(
    h: &mut impl Handle,
    delivery: DeliveryId,
    settled: DateTime<Utc>,
) -> Result<Vec<LostRow>, DbError> {
    fetch_all!(h, UNTOLD, delivery, settled)
}

/// Notes that somebody is told; false when they were before.
pub async fn told(tx: &mut Tx, place: EnrolmentId, now: DateTime<Utc>) -> Result<bool, DbError> {
    execute!(tx, TOLD, place, now).map(|rows| rows == 1)
}

/// Forgets that somebody was told: it is no longer so.
pub async fn mended(tx: &mut Tx, place: EnrolmentId) -> Result<(), DbError> {
    execute!(tx, MENDED, place).map(|_| ())
}
