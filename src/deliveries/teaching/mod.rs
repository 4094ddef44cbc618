//! The deliveries a person trains in, for the trainer's first page.

#[cfg(feature = "ssr")]
pub mod store;

use super::model::{DeliveryState, Mode};
use crate::common::{error::AppError, ids::DeliveryId};
use chrono::NaiveDate;
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
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
#[server(prefix = "/_fn", endpoint = "deliveries/teaching", input = GetUrl, output = Postcard)]
pub async fn get_my_deliveries() -> Result<Vec<TeachingLine>, AppError> {
    use crate::platform::http;
    http::answer(async {
        let cx = http::ctx()?;
        let person = cx.signed_in()?.person_id;
        Ok(store::by_trainer(&mut cx.read().await?, person).await?)
    })
    .await
}
