//! SQL of signed sheets.

use crate::{
    attendance::store::{MarkRow, holding},
    common::ids::{DeliveryId, EnrolmentId, FileId, PersonId, ScanId, SlotId},
    execute, fetch_all, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    ROWS -> PaperRow = concat!("SELECT e.id, p.given_name, p.family_name, e.workplace, s.name AS pseudonym,
            COALESCE((SELECT t.pseudonyms FROM badge_setting t WHERE t.delivery_id = e.delivery_id), FALSE) AS instead,
            m.state, m.minutes, m.note, m.source, m.marked_by, m.marked_by_name, m.marked_at
        FROM enrolment e JOIN person p ON p.id = e.person_id LEFT JOIN pseudonym s ON s.enrolment_id = e.id
        LEFT JOIN mark m ON m.slot_id = $2 AND m.enrolment_id = e.id
        WHERE e.delivery_id = $1 AND e.state IN ", holding!());
    SCAN_ADD = "INSERT INTO register_scan (id, slot_id, file_id, added_by, added_by_name, added_at) VALUES ($1, $2, $3, $4, $5, $6)";
    SCANS -> ScanRow = "SELECT s.starts_at, r.id, f.name, f.size, f.sha256, r.added_by_name, r.added_at, r.withdrawn_by_name, r.withdrawn_at, r.withdrawn_reason
        FROM slot s LEFT JOIN register_scan r ON r.slot_id = s.id LEFT JOIN file f ON f.id = r.file_id
        WHERE s.id = $1 AND s.delivery_id = $2 ORDER BY r.added_at, r.id";
    SCAN_FILE -> (FileId,) = "SELECT r.file_id FROM register_scan r JOIN slot s ON s.id = r.slot_id WHERE r.id = $1 AND r.slot_id = $2 AND s.delivery_id = $3";
    SCAN_WITHDRAW = "UPDATE register_scan SET withdrawn_by_name = $3, withdrawn_at = $4, withdrawn_reason = $5
        WHERE id = $1 AND slot_id = $2 AND withdrawn_at IS NULL";
}

/// A row of the sheet, with the mark that stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PaperRow {
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
    /// Whether pseudonyms stand instead of names.
    pub instead: bool,
    /// The mark.
    #[sqlx(flatten)]
    pub mark: MarkRow,
}

/// The rows of a half-day's sheet, in no order.
pub async fn rows(h: &mut impl Handle, delivery: DeliveryId, slot: SlotId) -> Result<Vec<PaperRow>, DbError> {
    fetch_all!(h, ROWS, delivery, slot)
}

/// A half-day with one of its scans; a half-day without any comes once, with none.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ScanRow {
    /// When the half-day begins.
    pub starts_at: DateTime<Utc>,
    /// The scan's id.
    pub id: Option<ScanId>,
    /// The file's name.
    pub name: Option<String>,
    /// The file's size in bytes.
    pub size: Option<i64>,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: Option<String>,
    /// Who added it.
    pub added_by_name: Option<String>,
    /// When.
    pub added_at: Option<DateTime<Utc>>,
    /// Who withdrew it.
    pub withdrawn_by_name: Option<String>,
    /// When.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why.
    pub withdrawn_reason: Option<String>,
}

/// A half-day of a delivery with its scans, the oldest first, withdrawn ones too. Nothing where the delivery has no such
/// half-day.
pub async fn scans(h: &mut impl Handle, slot: SlotId, delivery: DeliveryId) -> Result<Vec<ScanRow>, DbError> {
    fetch_all!(h, SCANS, slot, delivery)
}

/// Adds a scan whose file is recorded.
pub async fn add_scan(
    tx: &mut Tx,
    id: ScanId,
    slot: SlotId,
    file: FileId,
    by: PersonId,
    by_name: &str,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, SCAN_ADD, id, slot, file, by, by_name, at).map(|_| ())
}

/// The file of a scan, if it is of that half-day of that delivery.
pub async fn scan_file(
    h: &mut impl Handle,
    id: ScanId,
    slot: SlotId,
    delivery: DeliveryId,
) -> Result<Option<FileId>, DbError> {
    let row: Option<(FileId,)> = fetch_optional!(h, SCAN_FILE, id, slot, delivery)?;
    Ok(row.map(|(file,)| file))
}

/// Withdraws a scan; it stays, with the reason. False when there is none, or it was withdrawn before.
pub async fn withdraw(
    tx: &mut Tx,
    id: ScanId,
    slot: SlotId,
    by_name: &str,
    at: DateTime<Utc>,
    reason: &str,
) -> Result<bool, DbError> {
    execute!(tx, SCAN_WITHDRAW, id, slot, by_name, at, reason).map(|rows| rows == 1)
}
