//! Server functions of walk-ins, and what they send.

use crate::{
    common::{
        error::{AppError, Refusal},
        forms::Done,
        ids::{DeliveryId, EnrolmentId, PersonId, SlotId},
    },
    enrolment::model::NewPersonForm,
    people::model::Profession,
};
use chrono::NaiveDateTime;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The form at the door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtTheDoor {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// The half-day.
    pub slot: SlotId,
    /// When it begins, on the venue's clock.
    pub starts: NaiveDateTime,
    /// Places left.
    pub free: i64,
    /// The id of the next person.
    pub person: PersonId,
    /// Why nobody can be added.
    pub refused: Option<Refusal>,
}

/// Somebody who was added at the door.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalkIn {
    /// The place they got.
    pub enrolment: EnrolmentId,
    /// The name they gave.
    pub name: String,
    /// What they are by profession.
    pub profession: Profession,
    /// Court, office or unit.
    pub workplace: String,
    /// Who added them.
    pub added_by: String,
    /// When, on the venue's clock.
    pub added: NaiveDateTime,
    /// Who they turned out to be, who said so, and when.
    pub matched: Option<(String, String, NaiveDateTime)>,
}

/// Somebody a walk-in may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// Given name, family name.
    pub name: String,
    /// What they are by profession.
    pub profession: Option<Profession>,
    /// Court, office or unit.
    pub workplace: String,
}

/// The walk-ins of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalkIns {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// Everybody who was added at the door.
    pub people: Vec<WalkIn>,
    /// The one to be matched.
    pub chosen: Option<EnrolmentId>,
    /// What was searched for.
    pub query: String,
    /// Who they may be.
    pub candidates: Vec<Candidate>,
}

/// Adds somebody at the door and marks them as there.
#[server(prefix = "/_fn", endpoint = "attendance/walk-in")]
pub async fn add_walk_in(slot: String, #[server(flatten)] form: NewPersonForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::add(&http::ctx()?, &slot, &form).await }).await
}

/// Says who a walk-in is.
#[server(prefix = "/_fn", endpoint = "attendance/match-walk-in")]
pub async fn match_walk_in(delivery: String, enrolment: String, person: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::recognise(&http::ctx()?, &delivery, &enrolment, &person).await }).await
}
