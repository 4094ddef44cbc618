//! Rules: deliveries, their states, half-days and timetable.

use crate::common::ids::{CourseId, DeliveryId, InstitutionId, PackId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// The state of a delivery.
    pub enum DeliveryState {
        Planned = "planned",
        CallOpen = "call_open",
        Selection = "selection",
        Confirmed = "confirmed",
        Running = "running",
        Delivered = "delivered",
        Reported = "reported",
        Postponed = "postponed",
        Cancelled = "cancelled",
    }
}

crate::text_enum! {
    /// How a delivery is given.
    pub enum Mode {
        InPerson = "in_person",
        LiveOnline = "live_online",
        SelfPaced = "self_paced",
        Hybrid = "hybrid",
    }
}

/// What every page about a delivery says of it, and what rights are decided by. One statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct DeliveryHead {
    /// Its id.
    pub id: DeliveryId,
    /// The course given.
    pub course_id: CourseId,
    /// The course's address in the site.
    pub course_slug: String,
    /// The version taught, where known.
    pub pack_id: Option<PackId>,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: DeliveryState,
    /// How it is given.
    pub mode: Mode,
    /// Language it is given in.
    pub language: String,
    /// The host, where known.
    pub host_id: Option<InstitutionId>,
    /// The host's name.
    pub host_name: Option<String>,
    /// The host's address in the site.
    pub host_slug: Option<String>,
    /// The area, where known.
    pub area_code: Option<String>,
    /// Town and room, as people need it.
    pub place: String,
    /// First day, where known.
    pub starts_on: Option<NaiveDate>,
    /// Last day, where known.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Time zone of the venue (IANA).
    pub time_zone: String,
    /// Places in all.
    pub capacity: i64,
    /// Places taken.
    pub taken: i64,
    /// Rule of completion: share of the programme attended, in percent.
    pub attendance_percent: i64,
    /// Rule of completion: whether all modules must be done.
    pub modules_required: bool,
    /// Grows with every change.
    pub version: i64,
}
