//! What is typed into the forms of deliveries, and what it amounts to once it is checked.

use super::*;
use crate::common::ids::{PersonId, SlotId};

/// The largest delivery.
pub const MAX_CAPACITY: i64 = 2000;

/// A delivery's form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeliveryForm {
    /// Which one; made by the server for a new one.
    #[serde(default)]
    pub id: String,
    /// The version that was read; 0 for a new one.
    #[serde(default)]
    pub version: String,
    /// The course, for a new one.
    #[serde(default)]
    pub course: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// The version taught.
    #[serde(default)]
    pub pack: String,
    /// Language.
    #[serde(default)]
    pub language: String,
    /// How it is given.
    #[serde(default)]
    pub mode: String,
    /// First day.
    #[serde(default)]
    pub starts_on: String,
    /// Last day.
    #[serde(default)]
    pub ends_on: String,
    /// Time zone.
    #[serde(default)]
    pub time_zone: String,
    /// Town and room.
    #[serde(default)]
    pub place: String,
    /// Where people meet online.
    #[serde(default)]
    pub link: String,
    /// Places.
    #[serde(default)]
    pub capacity: String,
    /// Last day to enrol.
    #[serde(default)]
    pub call_closes_on: String,
    /// The host.
    #[serde(default)]
    pub host: String,
    /// The area.
    #[serde(default)]
    pub area: String,
    /// What to know beforehand.
    #[serde(default)]
    pub note: String,
    /// `true` where no names are kept.
    #[serde(default)]
    pub sealed: String,
    /// Projects that pay.
    #[serde(default)]
    pub projects: Vec<String>,
}

/// What a form's fields are checked against.
pub struct Bounds<'a> {
    /// What stands, when a delivery is changed.
    pub stands: Option<&'a Plan>,
    /// Places already taken.
    pub taken: i64,
    /// Released versions of the course.
    pub packs: &'a [PackId],
    /// Whether the version may not change any more.
    pub pack_is_fixed: bool,
    /// Whether the zone is one of the IANA database.
    pub zone_known: bool,
    /// First and last day that has half-days.
    pub slot_days: Option<(NaiveDate, NaiveDate)>,
}

impl DeliveryForm {
    /// Checks the fields and returns the plan.
    pub fn check(&self, bounds: &Bounds<'_>) -> Result<Plan, AppError> {
        let mut checks = Checks::default();
        let starts_on = checks.date("starts_on", &self.starts_on);
        let ends_on = checks.date("ends_on", &self.ends_on);
        // Records of the past may have no day; what is planned must.
        let undated = bounds.stands.is_some_and(|plan| plan.starts_on.is_none());
        if !undated {
            for (field, value) in [("starts_on", &self.starts_on), ("ends_on", &self.ends_on)] {
                if value.trim().is_empty() {
                    checks.fault(field, FaultKind::Required);
                }
            }
        }
        if let (Some(start), Some(end)) = (starts_on, ends_on) {
            if end < start {
                checks.fault("ends_on", FaultKind::EndsBeforeStart);
            } else if let Some((first, last)) = bounds.slot_days {
                if first < start {
                    checks.fault("starts_on", FaultKind::OutsideDelivery);
                }
                if last > end {
                    checks.fault("ends_on", FaultKind::OutsideDelivery);
                }
            }
        }
        let call_closes_on = checks.date("call_closes_on", &self.call_closes_on);
        if let (Some(closes), Some(end)) = (call_closes_on, ends_on)
            && closes > end
        {
            checks.fault("call_closes_on", FaultKind::OutsideDelivery);
        }
        let capacity = checks.number("capacity", &self.capacity, 1, MAX_CAPACITY);
        if checks.clean_of("capacity") && capacity < bounds.taken {
            checks.fault("capacity", FaultKind::BelowUsed { used: bounds.taken });
        }
        let mode = checks.choice("mode", &self.mode).unwrap_or(Mode::InPerson);
        let pack_id: Option<PackId> = optional_id(&mut checks, "pack", &self.pack);
        let stood = bounds.stands.and_then(|plan| plan.pack_id);
        if pack_id != stood && (bounds.pack_is_fixed || pack_id.is_some_and(|id| !bounds.packs.contains(&id))) {
            checks.fault("pack", FaultKind::Choice);
        }
        if !bounds.zone_known {
            checks.fault("time_zone", FaultKind::Choice);
        }
        let language = checks.required_line("language", &self.language, 8);
        if !language.is_empty() && !crate::institutions::model::is_language_code(&language) {
            checks.fault("language", FaultKind::Choice);
        }
        let area = self.area.trim();
        let plan = Plan {
            pack_id,
            title: checks.required_line("title", &self.title, 200),
            mode,
            language,
            host_id: optional_id(&mut checks, "host", &self.host),
            area_code: (!area.is_empty()).then(|| area.to_owned()),
            place: checks.line("place", &self.place, 200),
            link: checks.url("link", &self.link),
            starts_on,
            ends_on,
            time_zone: self.time_zone.trim().to_owned(),
            capacity,
            call_closes_on,
            note: checks.text("note", &self.note, 2000),
            sealed: self.sealed == "true",
        };
        checks.finish(plan)
    }
}

fn optional_id<T: std::str::FromStr>(checks: &mut Checks, field: &str, value: &str) -> Option<T> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let id = value.parse().ok();
    if id.is_none() {
        checks.fault(field, FaultKind::Choice);
    }
    id
}

/// The time zone people of an area mean by their clock, as a first proposal.
pub fn zone_of_area(code: &str) -> &'static str {
    match code {
        "AL" => "Europe/Tirane",
        "AM" => "Asia/Yerevan",
        "AZ" => "Asia/Baku",
        "BA" => "Europe/Sarajevo",
        "BY" => "Europe/Minsk",
        "DZ" => "Africa/Algiers",
        "GE" => "Asia/Tbilisi",
        "HR" => "Europe/Zagreb",
        "JO" => "Asia/Amman",
        "LB" => "Asia/Beirut",
        "LK" => "Asia/Colombo",
        "MA" => "Africa/Casablanca",
        "MD" => "Europe/Chisinau",
        "ME" => "Europe/Podgorica",
        "MK" => "Europe/Skopje",
        "MU" => "Indian/Mauritius",
        "NO" => "Europe/Oslo",
        "PH" => "Asia/Manila",
        "RO" => "Europe/Bucharest",
        "RS" | "XK" => "Europe/Belgrade",
        "SN" => "Africa/Dakar",
        "TN" => "Africa/Tunis",
        "TO" => "Pacific/Tongatapu",
        "TR" => "Europe/Istanbul",
        "UA" => "Europe/Kyiv",
        "ZA" => "Africa/Johannesburg",
        _ => "Europe/Paris",
    }
}

/// A step in a delivery's life, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StateForm {
    /// Which delivery.
    #[serde(default)]
    pub id: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
    /// The state it is to have.
    #[serde(default)]
    pub to: String,
    /// Why, where a reason is asked for.
    #[serde(default)]
    pub reason: String,
}

impl StateForm {
    /// Checks the step from a state: where it leads, and why.
    pub fn check(&self, from: DeliveryState) -> Result<(DeliveryState, String), AppError> {
        let to: DeliveryState = self.to.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
        if !from.may_become(to) {
            return Err(Refusal::WrongState.into());
        }
        let mut checks = Checks::default();
        let reason = if from.needs_reason(to) {
            checks.required("reason", &self.reason, 500)
        } else {
            checks.text("reason", &self.reason, 500)
        };
        checks.finish((to, reason))
    }
}

/// What is told to those who hold a place; the payload of the job `enrolment.news`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct News {
    /// The delivery.
    pub delivery: DeliveryId,
    /// What it became.
    pub state: DeliveryState,
    /// Why.
    pub reason: String,
}

/// The kind of job that tells [`News`].
pub const NEWS: &str = "enrolment.news";

crate::text_enum! {
    /// What became of a half-day and its register besides marks.
    pub enum SlotAct {
        /// The register was signed off.
        Closed = "closed",
        /// The register was opened again.
        Reopened = "reopened",
        /// The half-day was called off.
        Cancelled = "cancelled",
        /// It is given after all.
        Restored = "restored",
        /// Its hours were changed.
        Moved = "moved",
    }
}

/// The job that invites trainers and participants to say what they think of the materials.
pub const FEEDBACK: &str = "feedback.invite";

/// A half-day whose hours were changed; the payload of the job [`MOVED`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The half-day.
    pub slot: SlotId,
    /// Who changed them.
    pub by: PersonId,
    /// Who changed them, by name.
    pub by_name: String,
    /// From what to what.
    pub what: String,
}

/// The kind of job that counts the minutes of marks anew where hours were changed.
pub const MOVED: &str = "attendance.moved";

/// What a form does with a trainer, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainerForm {
    /// The delivery.
    #[serde(default)]
    pub id: String,
    /// The person.
    #[serde(default)]
    pub person: String,
    /// `add`, `remove` or `lead`.
    #[serde(default)]
    pub act: String,
}
