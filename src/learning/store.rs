//! SQL of study. What only trainers see is left out here, so that no caller can forget it.

use super::model::{Item, Step};
use crate::{
    common::ids::{DeliveryId, EnrolmentId, MaterialId, ModuleId, PackId, PersonId},
    deliveries::model::{DeliveryState, Mode},
    enrolment::model::EnrolmentState,
    execute, fetch_all, fetch_optional,
    packs::model::MaterialLine,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, NaiveDate, Utc};

statements! {
    PLACE -> PlaceRow = "SELECT e.id, e.state, d.id AS delivery_id, d.title, d.state AS delivery_state, d.mode, d.pack_id, d.starts_on, d.ends_on, d.place
        FROM enrolment e JOIN delivery d ON d.id = e.delivery_id WHERE e.delivery_id = $1 AND e.person_id = $2";
    PLACES -> PlaceRow = "SELECT e.id, e.state, d.id AS delivery_id, d.title, d.state AS delivery_state, d.mode, d.pack_id, d.starts_on, d.ends_on, d.place
        FROM enrolment e JOIN delivery d ON d.id = e.delivery_id WHERE e.person_id = $1 ORDER BY d.starts_on DESC, d.id";
    MODULES -> (ModuleId, String) = "SELECT id, title FROM pack_module WHERE pack_id = $1 ORDER BY position, id";
    ITEMS -> ItemRow = "SELECT m.id, m.module_id, m.title, m.minutes, g.opened_at, g.done_at, g.touched_at
        FROM material m JOIN pack_module p ON p.id = m.module_id
        LEFT JOIN progress g ON g.material_id = m.id AND g.enrolment_id = $2
        WHERE p.pack_id = $1 AND NOT m.trainer_only ORDER BY p.position, p.id, m.position, m.id";
    /// Of all of a person's places at once, so that the list of courses is one statement.
    ALL_ITEMS -> PlacedItemRow = "SELECT e.id AS enrolment_id, m.id, m.module_id, m.title, m.minutes, g.opened_at, g.done_at, g.touched_at
        FROM enrolment e JOIN delivery d ON d.id = e.delivery_id
        JOIN pack_module p ON p.pack_id = d.pack_id JOIN material m ON m.module_id = p.id
        LEFT JOIN progress g ON g.material_id = m.id AND g.enrolment_id = e.id
        WHERE e.person_id = $1 AND NOT m.trainer_only ORDER BY e.id, p.position, p.id, m.position, m.id";
    MATERIAL -> MaterialRow = "SELECT m.id, m.module_id, m.position, m.kind, m.title, m.minutes, m.file_id, f.name AS file_name, f.media_type, f.size,
            m.url, m.trainer_only, m.body,
            COALESCE(g.position_seconds, CAST(0 AS BIGINT)) AS position_seconds
        FROM material m JOIN pack_module p ON p.id = m.module_id LEFT JOIN file f ON f.id = m.file_id
        LEFT JOIN progress g ON g.material_id = m.id AND g.enrolment_id = $3
        WHERE m.id = $1 AND p.pack_id = $2 AND NOT m.trainer_only";
    OPENED = "INSERT INTO progress (enrolment_id, material_id, opened_at, touched_at) VALUES ($1, $2, $3, $3)
        ON CONFLICT (enrolment_id, material_id) DO UPDATE SET touched_at = excluded.touched_at";
    POSITION = "INSERT INTO progress (enrolment_id, material_id, opened_at, touched_at, position_seconds) VALUES ($1, $2, $3, $3, $4)
        ON CONFLICT (enrolment_id, material_id) DO UPDATE SET touched_at = excluded.touched_at, position_seconds = excluded.position_seconds";
    /// Done once is done: the first time stays.
    DONE = "INSERT INTO progress (enrolment_id, material_id, opened_at, touched_at, done_at) VALUES ($1, $2, $3, $3, $3)
        ON CONFLICT (enrolment_id, material_id) DO UPDATE SET touched_at = excluded.touched_at, done_at = COALESCE(progress.done_at, excluded.done_at)";
}

/// A person's place in a delivery.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PlaceRow {
    /// The place.
    pub id: EnrolmentId,
    /// Its state.
    pub state: EnrolmentState,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The delivery's title.
    pub title: String,
    /// The delivery's state.
    pub delivery_state: DeliveryState,
    /// How it is given.
    pub mode: Mode,
    /// What is taught.
    pub pack_id: Option<PackId>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Where.
    pub place: String,
}

/// An item with the progress of one place.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ItemRow {
    id: MaterialId,
    module_id: ModuleId,
    title: String,
    minutes: i64,
    opened_at: Option<DateTime<Utc>>,
    done_at: Option<DateTime<Utc>>,
    /// When it was touched last.
    pub touched_at: Option<DateTime<Utc>>,
}

impl From<ItemRow> for Item {
    fn from(row: ItemRow) -> Self {
        let step = match (row.done_at, row.opened_at) {
            (Some(_), _) => Step::Done,
            (None, Some(_)) => Step::Begun,
            (None, None) => Step::Fresh,
        };
        Self { id: row.id, module: row.module_id, title: row.title, minutes: row.minutes, step }
    }
}

/// Items in order, and which of them was touched last.
pub fn items(rows: Vec<ItemRow>) -> (Vec<Item>, Option<MaterialId>) {
    let last = rows.iter().filter(|row| row.touched_at.is_some()).max_by_key(|row| row.touched_at).map(|row| row.id);
    (rows.into_iter().map(Item::from).collect(), last)
}

#[derive(sqlx::FromRow)]
struct PlacedItemRow {
    enrolment_id: EnrolmentId,
    #[sqlx(flatten)]
    item: ItemRow,
}

/// A material to study.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MaterialRow {
    /// What lists show.
    #[sqlx(flatten)]
    pub line: MaterialLine,
    /// Markdown of a lesson.
    pub body: String,
    /// Where a recording was left.
    pub position_seconds: i64,
}

/// A person's place in one delivery.
pub async fn place(h: &mut impl Handle, delivery: DeliveryId, person: PersonId) -> Result<Option<PlaceRow>, DbError> {
    fetch_optional!(h, PLACE, delivery, person)
}

/// All of a person's places, the latest first.
pub async fn places(h: &mut impl Handle, person: PersonId) -> Result<Vec<PlaceRow>, DbError> {
    fetch_all!(h, PLACES, person)
}

/// The titles of a pack's modules in order.
pub async fn modules(h: &mut impl Handle, pack: PackId) -> Result<Vec<(ModuleId, String)>, DbError> {
    fetch_all!(h, MODULES, pack)
}

/// The items of a pack with the progress of a place.
pub async fn pack_items(h: &mut impl Handle, pack: PackId, place: EnrolmentId) -> Result<Vec<ItemRow>, DbError> {
    fetch_all!(h, ITEMS, pack, place)
}

/// The items of all of a person's places.
pub async fn all_items(h: &mut impl Handle, person: PersonId) -> Result<Vec<(EnrolmentId, ItemRow)>, DbError> {
    let rows: Vec<PlacedItemRow> = fetch_all!(h, ALL_ITEMS, person)?;
    Ok(rows.into_iter().map(|row| (row.enrolment_id, row.item)).collect())
}

/// A material of a pack.
pub async fn material(
    h: &mut impl Handle,
    material: MaterialId,
    pack: PackId,
    place: EnrolmentId,
) -> Result<Option<MaterialRow>, DbError> {
    fetch_optional!(h, MATERIAL, material, pack, place)
}

/// Notes that an item was opened.
pub async fn opened(tx: &mut Tx, place: EnrolmentId, item: MaterialId, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, OPENED, place, item, now).map(|_| ())
}

/// Notes where a recording was left.
pub async fn position(
    tx: &mut Tx,
    place: EnrolmentId,
    item: MaterialId,
    now: DateTime<Utc>,
    seconds: i64,
) -> Result<(), DbError> {
    execute!(tx, POSITION, place, item, now, seconds).map(|_| ())
}

/// Notes that an item is done.
pub async fn done(tx: &mut Tx, place: EnrolmentId, item: MaterialId, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, DONE, place, item, now).map(|_| ())
}
