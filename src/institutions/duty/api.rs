//! Server functions of the duties of continuing education, and what they send.

use super::model::{Duty, DutyForm};
use crate::{
    common::{error::AppError, forms::Done, ids::DutyId},
    institutions::model::Area,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The duties of an area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duties {
    /// The area by its name today.
    pub area: Area,
    /// Its duties, by profession, the latest first.
    pub duties: Vec<Duty>,
    /// The id of the next one.
    pub new: DutyId,
    /// This year (UTC).
    pub year: i64,
}

/// Saves a duty, new or changed.
#[server(prefix = "/_fn", endpoint = "institutions/save-duty")]
pub async fn save_duty(#[server(flatten)] form: DutyForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save(&http::ctx()?, &form).await }).await
}

/// Removes a duty.
#[server(prefix = "/_fn", endpoint = "institutions/remove-duty")]
pub async fn remove_duty(area: String, id: String, version: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::remove(&http::ctx()?, &area, &id, &version).await }).await
}
