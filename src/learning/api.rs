//! Server functions of study, and what they send.

use super::model::{DoneForm, Item, Progress};
use crate::{
    common::{
        error::AppError,
        forms::Done,
        ids::{DeliveryId, ModuleId},
    },
    packs::model::MaterialLine,
};
use chrono::NaiveDate;
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};

/// Where a course stands among one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shelf {
    /// Can be studied now.
    Current,
    /// Not open yet.
    Upcoming,
    /// Completed.
    Finished,
}

/// One of one's own courses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MyCourse {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Where.
    pub place: String,
    /// Where it stands.
    pub shelf: Shelf,
    /// Whether there is something to study now.
    pub open: bool,
    /// What is done.
    pub progress: Progress,
    /// Whether anything was opened.
    pub begun: bool,
}

/// A material open in the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// What it is.
    pub line: MaterialLine,
    /// A lesson's HTML, safe.
    pub html: String,
    /// Where a recording was left, in seconds.
    pub position: i64,
}

/// The study page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// Modules in order.
    pub modules: Vec<(ModuleId, String)>,
    /// Items in order.
    pub items: Vec<Item>,
    /// The item shown; none when there is none.
    pub shown: Option<Shown>,
}

/// An item to study; where one stopped when `material` is empty.
#[server(prefix = "/_fn", endpoint = "learning/study", input = GetUrl, output = Postcard)]
pub async fn get_study(delivery: String, material: String) -> Result<Study, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::study(&http::ctx()?, &delivery, &material).await }).await
}

/// Notes that an item was opened in the page.
#[server(prefix = "/_fn", endpoint = "learning/opened")]
pub async fn note_opened(delivery: String, material: String) -> Result<(), AppError> {
    use crate::platform::http;
    http::answer(async { super::service::opened(&http::ctx()?, &delivery, &material).await }).await
}

/// Notes where a recording was left.
#[server(prefix = "/_fn", endpoint = "learning/position")]
pub async fn note_position(delivery: String, material: String, seconds: i64) -> Result<(), AppError> {
    use crate::platform::http;
    http::answer(async { super::service::position(&http::ctx()?, &delivery, &material, seconds).await }).await
}

/// Marks an item as done and goes on to the next.
#[server(prefix = "/_fn", endpoint = "learning/done")]
pub async fn item_done(#[server(flatten)] form: DoneForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::done(&http::ctx()?, &form).await }).await
}
