//! Rules: deliveries, their states and the forms that change them.

use crate::common::{
    error::{AppError, Refusal},
    forms::{Checks, FaultKind},
    ids::{CourseId, DeliveryId, InstitutionId, PackId},
};
use DeliveryState::{CallOpen, Cancelled, Confirmed, Delivered, Planned, Postponed, Reported, Running, Selection};
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

/// A delivery in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct DeliveryLine {
    /// Its id.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: DeliveryState,
    /// How it is given.
    pub mode: Mode,
    /// Language it is given in.
    pub language: String,
    /// Town and room.
    pub place: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Places in all.
    pub capacity: i64,
    /// Places taken.
    pub taken: i64,
    /// Last day to enrol.
    pub call_closes_on: Option<NaiveDate>,
    /// The host's name.
    pub host_name: Option<String>,
    /// The host's address in the site.
    pub host_slug: Option<String>,
    /// The area.
    pub area_code: Option<String>,
}

impl DeliveryState {
    /// The steps there are; any other is refused.
    ///
    /// A call may be skipped (the academy names its participants itself) and opened again from
    /// the selection (too few came). What is confirmed either runs, is put off or is cancelled;
    /// what runs ends as delivered. A report may be taken back to be mended, with a reason. What
    /// was put off is planned anew; what was cancelled stays so.
    pub const fn next(self) -> &'static [DeliveryState] {
        match self {
            Planned => &[CallOpen, Confirmed, Postponed, Cancelled],
            CallOpen => &[Selection, Confirmed, Postponed, Cancelled],
            Selection => &[Confirmed, CallOpen, Postponed, Cancelled],
            Confirmed => &[Running, Postponed, Cancelled],
            Running => &[Delivered],
            Delivered => &[Reported],
            Reported => &[Delivered],
            Postponed => &[Planned, Cancelled],
            Cancelled => &[],
        }
    }

    /// Whether the step exists.
    pub fn may_become(self, to: DeliveryState) -> bool {
        self.next().contains(&to)
    }

    /// Whether a step needs a reason, for those who are told and for the record.
    pub const fn needs_reason(self, to: DeliveryState) -> bool {
        matches!((self, to), (_, Postponed | Cancelled) | (Reported, Delivered))
    }

    /// Whether people can still be given a place, by whoever manages the delivery.
    pub const fn takes_people(self) -> bool {
        matches!(self, Planned | CallOpen | Selection | Confirmed | Running | Delivered)
    }

    /// Whether a place can still be given back.
    pub const fn releases_people(self) -> bool {
        !matches!(self, Delivered | Reported)
    }

    /// Whether the version taught is fixed: nothing changes under people who study it.
    pub const fn pack_is_fixed(self) -> bool {
        matches!(self, Running | Delivered | Reported)
    }

    /// How far the life of a delivery has come, for the line of its states; none where it left
    /// the line.
    pub const fn rank(self) -> Option<usize> {
        match self {
            Planned => Some(0),
            CallOpen => Some(1),
            Selection => Some(2),
            Confirmed => Some(3),
            Running => Some(4),
            Delivered => Some(5),
            Reported => Some(6),
            Postponed | Cancelled => None,
        }
    }
}

crate::text_enum! {
    /// The three lists of deliveries.
    pub enum Tab { Running = "running", Upcoming = "upcoming", Past = "past" }
}

impl Tab {
    /// The states in the list.
    pub const fn states(self) -> &'static [DeliveryState] {
        match self {
            Self::Running => &[Running],
            Self::Upcoming => &[Planned, CallOpen, Selection, Confirmed, Postponed],
            Self::Past => &[Delivered, Reported, Cancelled],
        }
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
    /// Last day to enrol, where there is one.
    pub call_closes_on: Option<NaiveDate>,
    /// Whether places in the course go by nomination only.
    pub by_nomination: bool,
    /// Rule of completion: share of the programme attended, in percent.
    pub attendance_percent: i64,
    /// Rule of completion: whether all modules must be done.
    pub modules_required: bool,
    /// Grows with every change.
    pub version: i64,
}

impl Mode {
    /// Whether people meet somewhere.
    pub const fn has_place(self) -> bool {
        matches!(self, Self::InPerson | Self::Hybrid)
    }

    /// Whether people meet by a link.
    pub const fn has_link(self) -> bool {
        matches!(self, Self::LiveOnline | Self::Hybrid)
    }
}

/// What a form may change of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Plan {
    /// The version taught.
    pub pack_id: Option<PackId>,
    /// Its title.
    pub title: String,
    /// How it is given.
    pub mode: Mode,
    /// Language it is given in.
    pub language: String,
    /// The host.
    pub host_id: Option<InstitutionId>,
    /// The area.
    pub area_code: Option<String>,
    /// Town and room.
    pub place: String,
    /// Where people meet online; for those who take part.
    pub link: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Time zone of the venue.
    pub time_zone: String,
    /// Places in all.
    pub capacity: i64,
    /// Last day to enrol.
    pub call_closes_on: Option<NaiveDate>,
    /// What participants should know beforehand.
    pub note: String,
}

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
        let language = checks.required("language", &self.language, 8);
        if !language.is_empty() && !crate::institutions::model::is_language_code(&language) {
            checks.fault("language", FaultKind::Choice);
        }
        let area = self.area.trim();
        let plan = Plan {
            pack_id,
            title: checks.required("title", &self.title, 200),
            mode,
            language,
            host_id: optional_id(&mut checks, "host", &self.host),
            area_code: (!area.is_empty()).then(|| area.to_owned()),
            place: checks.text("place", &self.place, 200),
            link: checks.url("link", &self.link),
            starts_on,
            ends_on,
            time_zone: self.time_zone.trim().to_owned(),
            capacity,
            call_closes_on,
            note: checks.text("note", &self.note, 2000),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn state() -> impl Strategy<Value = DeliveryState> {
        proptest::sample::select(DeliveryState::ALL.to_vec())
    }

    /// The table once more, by hand, so that a slip in either is seen.
    const STEPS: &[(DeliveryState, DeliveryState)] = &[
        (Planned, CallOpen),
        (Planned, Confirmed),
        (Planned, Postponed),
        (Planned, Cancelled),
        (CallOpen, Selection),
        (CallOpen, Confirmed),
        (CallOpen, Postponed),
        (CallOpen, Cancelled),
        (Selection, Confirmed),
        (Selection, CallOpen),
        (Selection, Postponed),
        (Selection, Cancelled),
        (Confirmed, Running),
        (Confirmed, Postponed),
        (Confirmed, Cancelled),
        (Running, Delivered),
        (Delivered, Reported),
        (Reported, Delivered),
        (Postponed, Planned),
        (Postponed, Cancelled),
    ];

    proptest! {
        #[test]
        fn any_other_step_is_refused(from in state(), to in state()) {
            prop_assert_eq!(from.may_become(to), STEPS.contains(&(from, to)));
        }

        #[test]
        fn what_is_cancelled_stays_so_and_nothing_stands_still(to in state()) {
            prop_assert!(!Cancelled.may_become(to));
            prop_assert!(!to.may_become(to));
        }

        #[test]
        fn every_state_is_in_one_list(state in state()) {
            prop_assert_eq!(Tab::ALL.iter().filter(|tab| tab.states().contains(&state)).count(), 1);
        }

        #[test]
        fn a_checked_plan_never_ends_before_it_starts_nor_holds_fewer_than_taken(
            start in 0u32..60, end in 0u32..60, capacity in -5i64..50, taken in 0i64..50,
        ) {
            let day = |n: u32| (NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(n.into())).to_string();
            let form = DeliveryForm {
                title: "T".into(), language: "en".into(), mode: "in_person".into(), time_zone: "Europe/Tirane".into(),
                starts_on: day(start), ends_on: day(end), capacity: capacity.to_string(), ..Default::default()
            };
            let bounds = Bounds { stands: None, taken, packs: &[], pack_is_fixed: false, zone_known: true, slot_days: None };
            let checked = form.check(&bounds);
            prop_assert_eq!(checked.is_ok(), start <= end && capacity >= 1 && capacity >= taken);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let form = DeliveryForm {
            title: "x".repeat(201),
            language: "en".into(),
            mode: "by_post".into(),
            starts_on: "2026-11-24".into(),
            ends_on: "2026-11-23".into(),
            capacity: "-1".into(),
            pack: "0190".into(),
            link: "javascript:alert(1)".into(),
            ..Default::default()
        };
        let bounds =
            Bounds { stands: None, taken: 0, packs: &[], pack_is_fixed: false, zone_known: false, slot_days: None };
        let AppError::Invalid(faults) = form.check(&bounds).unwrap_err() else { panic!() };
        let mut fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["capacity", "ends_on", "link", "mode", "pack", "time_zone", "title"]);
    }
}
