//! Server functions of feedback, and what they send.

use super::model::{DecideForm, Facet, ItemForm, ItemState, Kind, Outcome, TakenUp, Voice};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::Done,
        ids::{DecisionId, DeliveryId, FeedbackId, ModuleId, PackId},
    },
    packs::model::PackLine,
};
use chrono::NaiveDate;
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A choice of what an item is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// As [`super::model::About`] writes it.
    pub code: String,
    /// The module's title.
    pub module: String,
    /// The part's title; none for the module itself.
    pub part: Option<String>,
}

/// What was decided about an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The decision.
    pub id: DecisionId,
    /// What was decided.
    pub outcome: Outcome,
    /// The version it is taken up in.
    pub version: Option<String>,
    /// What changes.
    pub change: String,
    /// Why.
    pub reason: String,
    /// Whether it can no longer be taken back: a released version lists it.
    pub fixed: bool,
    /// Who decided.
    pub by: String,
    /// On which day (UTC).
    pub on: NaiveDate,
}

/// An item in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: FeedbackId,
    /// Grows with every change.
    pub version: i64,
    /// What it is about, as [`super::model::About`] writes it.
    pub about: String,
    /// The session plan or material it names.
    pub part: Option<String>,
    /// What kind.
    pub kind: Kind,
    /// What is said.
    pub text: String,
    /// Its state.
    pub state: ItemState,
    /// Whether a trainer says it.
    pub by_trainer: bool,
    /// Whether it is signed.
    pub signed: bool,
    /// Whether its author wants to be told.
    pub wants_answer: bool,
    /// Who signed it.
    pub signed_by: Option<String>,
    /// The day it was written.
    pub on: NaiveDate,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub delivery_title: String,
    /// Whether the demonstration made it up.
    pub invented: bool,
    /// What was decided.
    pub verdict: Option<Verdict>,
}

/// The items about one module of one version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The module's title in that version; none for the course as a whole.
    pub module: Option<String>,
    /// The version spoken of, with its language.
    pub version: Option<(String, String)>,
    /// What it became in the newest version of the language: title, pack and module. None where that is the
    /// very module spoken of.
    pub now: Now,
    /// The items.
    pub items: Vec<Item>,
}

/// What became of a module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Now {
    /// The version spoken of is the newest, or there is none.
    Same,
    /// It goes on in the newest version.
    Became {
        /// Its title there.
        title: String,
        /// That version.
        pack: PackId,
        /// It in that version.
        module: ModuleId,
    },
    /// The newest version has it no more.
    Gone,
}

/// `/deliveries/{id}/feedback`: what somebody says of a delivery's materials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SayPage {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// As what one speaks.
    pub voice: Voice,
    /// Why one cannot speak now.
    pub closed: Option<Refusal>,
    /// The last day, from which participants may.
    pub last_day: Option<NaiveDate>,
    /// Title and version of the pack taught, where known.
    pub pack: Option<(String, String)>,
    /// What an item can be about.
    pub parts: Vec<Part>,
    /// One's own items.
    pub own: Vec<Item>,
    /// The id of the next item.
    pub next: FeedbackId,
}

/// `/courses/{slug}/feedback`: what was said of a course's packs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditorPage {
    /// The course's address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// How many items there are of each sort.
    pub facets: Vec<Facet>,
    /// Items by module and version.
    pub groups: Vec<Group>,
    /// The key of the next page.
    pub next: Option<String>,
    /// The course's versions, the latest first within a language.
    pub packs: Vec<PackLine>,
    /// The id of the next decision.
    pub decision: Uuid,
}

/// What a version takes up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TakenUpList {
    /// By module.
    pub lines: Vec<TakenUp>,
    /// Release notes made of them, in the language of the pack; for a version in work.
    pub proposed: String,
}

/// Says something, or says it otherwise.
#[server(prefix = "/_fn", endpoint = "feedback/say")]
pub async fn say_feedback(#[server(flatten)] form: ItemForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::say(&http::ctx()?, &form).await }).await
}

/// Takes back what one said.
#[server(prefix = "/_fn", endpoint = "feedback/unsay")]
pub async fn unsay_feedback(delivery: String, id: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::unsay(&http::ctx()?, &delivery, &id).await }).await
}

/// Decides several items as one matter.
#[server(prefix = "/_fn", endpoint = "feedback/decide")]
pub async fn decide_feedback(#[server(flatten)] form: DecideForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::decide(&http::ctx()?, &form).await }).await
}

/// Takes a decision back.
#[server(prefix = "/_fn", endpoint = "feedback/reopen")]
pub async fn reopen_feedback(id: String, #[server(default)] filters: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::reopen(&http::ctx()?, &id, &filters).await }).await
}

/// What a version takes up.
#[server(prefix = "/_fn", endpoint = "feedback/taken-up", input = GetUrl, output = Postcard)]
pub async fn get_taken_up(pack: String) -> Result<TakenUpList, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::taken_up(&http::ctx()?, &pack).await }).await
}
