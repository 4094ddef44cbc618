//! Rules: deliveries, their states and the forms that change them.

mod forms;

pub use forms::*;

use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, FaultKind},
        ids::{CourseId, DeliveryId, InstitutionId, PackId},
    },
    institutions::model::Excused,
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
    /// Whether no names are kept, only counts.
    pub sealed: bool,
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
    /// Rule of completion: what an excused absence counts as.
    pub excused: Excused,
    /// Rule of completion: whether all modules must be done.
    pub modules_required: bool,
    /// Grows with every change.
    pub version: i64,
}

impl DeliveryHead {
    /// Whether it can still be decided if names are kept: not once there are names, or counts.
    pub fn may_change_seal(&self) -> bool {
        self.taken == 0 && matches!(self.state, Planned | CallOpen | Selection | Postponed)
    }
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
    /// Whether no names are kept, only counts.
    pub sealed: bool,
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
