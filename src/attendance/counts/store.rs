//! SQL of countings.

use super::model::Heads;
use crate::{
    common::ids::{DeliveryId, SlotId},
    execute, fetch_all,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

statements! {
    ADD = "INSERT INTO head_count (id, slot_id, total, counted_by_name, counted_at, address, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LINE_ADD = "INSERT INTO head_count_line (head_count_id, area_code, profession, sex, people) VALUES ($1, $2, $3, $4, $5)";
    COUNTINGS -> Counting = "SELECT c.id, c.slot_id, c.total, c.counted_by_name, c.counted_at, c.reason
        FROM head_count c JOIN slot s ON s.id = c.slot_id WHERE s.delivery_id = $1 ORDER BY c.counted_at DESC, c.id DESC";
    LINES -> Heads = "SELECT area_code, profession, sex, people FROM head_count_line WHERE head_count_id = $1 ORDER BY area_code, profession, sex";
}

/// A counting of a half-day.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Counting {
    /// Its id.
    pub id: Uuid,
    /// The half-day.
    pub slot_id: SlotId,
    /// How many came in all.
    pub total: i64,
    /// Who counted.
    pub counted_by_name: String,
    /// When.
    pub counted_at: DateTime<Utc>,
    /// Why, where the delivery was over.
    pub reason: String,
}

/// All countings of a delivery, the latest first.
pub async fn countings(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<Counting>, DbError> {
    fetch_all!(h, COUNTINGS, delivery)
}

/// What a counting says.
pub async fn lines(h: &mut impl Handle, counting: Uuid) -> Result<Vec<Heads>, DbError> {
    fetch_all!(h, LINES, counting)
}

/// Writes a counting down; a unique violation when it was before.
pub async fn add(tx: &mut Tx, counting: &Counting, address: &str, heads: &[Heads]) -> Result<(), DbError> {
    execute!(
        tx,
        ADD,
        counting.id,
        counting.slot_id,
        counting.total,
        &counting.counted_by_name,
        counting.counted_at,
        address,
        &counting.reason
    )?;
    for line in heads {
        execute!(tx, LINE_ADD, counting.id, &line.area_code, line.profession, line.sex, line.people)?;
    }
    Ok(())
}
