//! SQL: courses actually given.

use super::model::DeliveryHead;
use crate::{
    common::ids::{DeliveryId, PersonId},
    fetch_one, fetch_optional,
    platform::db::{DbError, Handle},
    statements,
};

statements! {
    HEAD = "SELECT d.id, d.course_id, c.slug AS course_slug, d.pack_id, d.title, d.state, d.mode, d.language,
            d.host_id, i.name AS host_name, i.slug AS host_slug, d.area_code, d.place, d.starts_on, d.ends_on, d.date_note,
            d.time_zone, d.capacity, d.taken, c.attendance_percent, c.modules_required, d.version
        FROM delivery d JOIN course c ON c.id = d.course_id LEFT JOIN institution i ON i.id = d.host_id
        WHERE d.id = $1";
    IS_TRAINER = "SELECT COUNT(*) FROM delivery_trainer WHERE delivery_id = $1 AND person_id = $2";
}

/// What is said of a delivery everywhere.
pub async fn head(h: &mut impl Handle, id: DeliveryId) -> Result<Option<DeliveryHead>, DbError> {
    fetch_optional!(h, HEAD, id)
}

/// Whether a person trains in a delivery.
pub async fn is_trainer(h: &mut impl Handle, id: DeliveryId, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, IS_TRAINER, id, person)?;
    Ok(count > 0)
}
