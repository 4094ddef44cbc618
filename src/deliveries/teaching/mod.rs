//! The deliveries a person trains in, for the trainer's first page.

#[cfg(feature = "ssr")]
pub mod store;

use super::model::{DeliveryState, Mode};
use crate::common::ids::DeliveryId;
#[cfg(feature = "ssr")]
use crate::{common::error::AppError, platform::context::Ctx};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A delivery that somebody trains in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct TeachingLine {
    /// Its id.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: DeliveryState,
    /// How it is given.
    pub mode: Mode,
    /// Where it is given.
    pub place: String,
    /// First day, where known.
    pub starts_on: Option<NaiveDate>,
    /// Last day, where known.
    pub ends_on: Option<NaiveDate>,
    /// Places taken.
    pub taken: i64,
}

/// The deliveries the signed-in person trains in, latest first.
#[cfg(feature = "ssr")]
pub async fn mine(cx: &Ctx) -> Result<Vec<TeachingLine>, AppError> {
    let person = cx.signed_in()?.person_id;
    Ok(store::by_trainer(&mut cx.read().await?, person).await?)
}
