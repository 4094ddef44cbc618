//! Server functions of places in deliveries, and what they send.

use super::model::{EnrolmentSource, EnrolmentState, NewPersonForm};
use crate::{
    catalogue::model::CourseKind,
    common::{
        error::{AppError, Refusal},
        forms::Done,
        ids::{EnrolmentId, PersonId},
    },
    deliveries::{
        api::{SlotView, TrainerLine},
        model::DeliveryHead,
    },
    people::model::Profession,
};
use chrono::NaiveDateTime;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A delivery's page, as far as who looks may see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// The delivery.
    pub head: DeliveryHead,
    /// The course's title.
    pub course_title: String,
    /// The course's kind.
    pub course_kind: CourseKind,
    /// The area's name when the delivery began.
    pub area_name: Option<String>,
    /// Whether the footnote belongs on the page.
    pub footnote: bool,
    /// Version of the pack.
    pub pack_version: Option<String>,
    /// What to know beforehand.
    pub note: String,
    /// Where people meet online; for those who take part and for staff.
    pub link: Option<String>,
    /// Whether the demonstration made it up.
    pub invented: bool,
    /// The timetable, in the venue's time.
    pub slots: Vec<SlotView>,
    /// Now, at the venue.
    pub now: NaiveDateTime,
    /// The trainers; names are for those who take part and for staff.
    pub trainers: Option<Vec<TrainerLine>>,
    /// Projects that pay.
    pub projects: Vec<String>,
    /// The state of the place of who looks.
    pub own: Option<EnrolmentState>,
    /// Why who looks cannot enrol; none when they can.
    pub refusal: Option<Refusal>,
    /// Whether who looks may give their place back.
    pub may_withdraw: bool,
    /// Whether who looks manages the delivery.
    pub may_manage: bool,
    /// Whether who looks may see the people and keep the register.
    pub may_keep: bool,
}

/// A step in the history of a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeLine {
    /// When, at the venue.
    pub at: NaiveDateTime,
    /// Who did it.
    pub by: String,
    /// What it was.
    pub from: Option<EnrolmentState>,
    /// What it became.
    pub to: EnrolmentState,
    /// Why.
    pub reason: String,
}

/// A place with its person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceLine {
    /// The place.
    pub id: EnrolmentId,
    /// The person's name.
    pub name: String,
    /// The state of the place.
    pub state: EnrolmentState,
    /// How it came to be held.
    pub source: EnrolmentSource,
    /// What they do by profession.
    pub profession: Profession,
    /// Where they work.
    pub workplace: String,
    /// Whether a letter can reach them.
    pub reachable: bool,
    /// Its history, in order.
    pub changes: Vec<ChangeLine>,
}

/// A person found by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundPerson {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// What they do by profession.
    pub profession: Option<Profession>,
    /// Where they work.
    pub workplace: String,
}

/// Who takes part in a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct People {
    /// The delivery.
    pub head: DeliveryHead,
    /// Whether who looks may change it.
    pub may_manage: bool,
    /// Those who hold a place, by name.
    pub holding: Vec<PlaceLine>,
    /// Those who do not, or no longer.
    pub others: Vec<PlaceLine>,
    /// What was searched for.
    pub query: String,
    /// Persons found who hold no place.
    pub found: Vec<FoundPerson>,
    /// An id for a new person, and for a list of them.
    pub new_person: PersonId,
}

/// A place to be given back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceToLeave {
    /// The delivery.
    pub head: DeliveryHead,
    /// The place.
    pub id: EnrolmentId,
    /// Whose it is.
    pub name: String,
    /// Its state.
    pub state: EnrolmentState,
    /// Whether it is the own place of who looks.
    pub own: bool,
}

/// Enrols who is signed in.
#[server(prefix = "/_fn", endpoint = "enrolment/enrol")]
pub async fn enrol(delivery: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::enrol(&http::ctx()?, &delivery).await }).await
}

/// Gives a place back.
#[server(prefix = "/_fn", endpoint = "enrolment/withdraw")]
pub async fn withdraw(enrolment: String, #[server(default)] reason: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::withdraw(&http::ctx()?, &enrolment, &reason).await }).await
}

/// Gives places to persons that were found, or to a pasted list of new ones.
#[server(prefix = "/_fn", endpoint = "enrolment/many")]
pub async fn enrol_many(
    delivery: String,
    #[server(default)] batch: String,
    #[server(default)] people: Vec<String>,
    #[server(default)] list: String,
) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::enrol_many(&http::ctx()?, &delivery, &batch, &people, &list).await }).await
}

/// Gives a place to a new person.
#[server(prefix = "/_fn", endpoint = "enrolment/new-person")]
pub async fn enrol_new_person(#[server(flatten)] form: NewPersonForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::enrol_new_person(&http::ctx()?, &form).await }).await
}
