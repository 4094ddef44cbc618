//! Rules: cohorts, their states, who may join, and the forms that change them.

pub mod places;
pub mod progress;

use crate::common::{
    error::AppError,
    forms::{Checks, FaultKind},
    ids::{CohortId, CourseId, InstitutionId},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The largest cohort.
pub const MAX_CAPACITY: i64 = 500;
/// The longest sequence.
pub const MAX_STEPS: usize = 20;

crate::text_enum! {
    /// The state of a cohort.
    pub enum CohortState {
        Planned = "planned",
        Selection = "selection",
        Running = "running",
        Finished = "finished",
        Cancelled = "cancelled",
    }
}

impl CohortState {
    /// The steps there are; any other is refused. A cohort may be cancelled until it is finished.
    pub const fn next(self) -> &'static [CohortState] {
        match self {
            Self::Planned => &[Self::Selection, Self::Cancelled],
            Self::Selection => &[Self::Running, Self::Cancelled],
            Self::Running => &[Self::Finished, Self::Cancelled],
            Self::Finished | Self::Cancelled => &[],
        }
    }

    /// Whether the step exists.
    pub fn may_become(self, to: CohortState) -> bool {
        self.next().contains(&to)
    }

    /// Whether a step needs a reason, for those who are told and for the record.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Cancelled)
    }

    /// Whether people can be proposed, selected and let go. While a cohort runs too: a place that
    /// becomes free may be given again.
    pub const fn takes_people(self) -> bool {
        matches!(self, Self::Selection | Self::Running)
    }

    /// Whether its plan may still change.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Finished | Self::Cancelled)
    }

    /// How far its life has come; none where it left the line.
    pub const fn rank(self) -> Option<usize> {
        match self {
            Self::Planned => Some(0),
            Self::Selection => Some(1),
            Self::Running => Some(2),
            Self::Finished => Some(3),
            Self::Cancelled => None,
        }
    }
}

crate::text_enum! {
    /// The state of somebody's place in a cohort.
    pub enum MemberState {
        Proposed = "proposed",
        Selected = "selected",
        Reserve = "reserve",
        Refused = "refused",
        Left = "left",
    }
}

impl MemberState {
    /// The steps there are. Who was refused or has left may be proposed anew, in the same record.
    pub const fn next(self) -> &'static [MemberState] {
        match self {
            Self::Proposed => &[Self::Selected, Self::Reserve, Self::Refused, Self::Left],
            Self::Reserve => &[Self::Selected, Self::Refused, Self::Left],
            Self::Selected => &[Self::Left],
            Self::Refused | Self::Left => &[Self::Proposed],
        }
    }

    /// Whether the step exists.
    pub fn may_become(self, to: MemberState) -> bool {
        self.next().contains(&to)
    }

    /// Whether becoming this needs a reason.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Refused | Self::Left)
    }
}

crate::text_enum! {
    /// What a step asks for.
    pub enum StepKind {
        /// To complete one of the step's deliveries.
        Attend = "attend",
        /// To give a delivery of the step's course that a mentor signs off.
        Give = "give",
    }
}

/// What is said of a cohort everywhere, to who looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct CohortHead {
    /// Its id.
    pub id: CohortId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: CohortState,
    /// The course its members are to give.
    pub course_id: CourseId,
    /// That course's address in the site.
    pub course_slug: String,
    /// That course's title.
    pub course_title: String,
    /// The host.
    pub host_id: Option<InstitutionId>,
    /// The host's name.
    pub host_name: Option<String>,
    /// The host's address in the site.
    pub host_slug: Option<String>,
    /// Places in all.
    pub capacity: i64,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What to know of it.
    pub note: String,
    /// Whether the demonstration made it up.
    pub invented: bool,
    /// Version of the record.
    pub version: i64,
    /// Places taken.
    pub selected: i64,
    /// The state of the own place of who looks.
    pub own: Option<MemberState>,
    /// How many selected members who looks is the mentor of.
    pub mentees: i64,
}

/// What a form may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CohortPlan {
    /// Title.
    pub title: String,
    /// The host.
    pub host_id: Option<InstitutionId>,
    /// Places.
    pub capacity: i64,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What to know of it.
    pub note: String,
}

/// A cohort's form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CohortForm {
    /// Which one; made by the server for a new one.
    #[serde(default)]
    pub id: String,
    /// The version that was read; 0 for a new one.
    #[serde(default)]
    pub version: String,
    /// Title.
    #[serde(default)]
    pub title: String,
    /// Address of the course its members are to give.
    #[serde(default)]
    pub course: String,
    /// The host.
    #[serde(default)]
    pub host: String,
    /// Places.
    #[serde(default)]
    pub capacity: String,
    /// First day.
    #[serde(default)]
    pub starts_on: String,
    /// Last day.
    #[serde(default)]
    pub ends_on: String,
    /// What to know of it.
    #[serde(default)]
    pub note: String,
    /// Projects that pay.
    #[serde(default)]
    pub projects: Vec<String>,
}

impl CohortForm {
    /// Checks the fields; places already promised (taken, or reserved by quotas) cannot be taken away.
    pub fn check(&self, promised: i64) -> Result<CohortPlan, AppError> {
        let mut checks = Checks::default();
        let starts_on = checks.date("starts_on", &self.starts_on);
        let ends_on = checks.date("ends_on", &self.ends_on);
        if starts_on.zip(ends_on).is_some_and(|(start, end)| end < start) {
            checks.fault("ends_on", FaultKind::EndsBeforeStart);
        }
        let capacity = checks.number("capacity", &self.capacity, 1, MAX_CAPACITY);
        if checks.clean_of("capacity") && capacity < promised {
            checks.fault("capacity", FaultKind::BelowUsed { used: promised });
        }
        let host = self.host.trim();
        let host_id = host.parse().ok();
        if !host.is_empty() && host_id.is_none() {
            checks.fault("host", FaultKind::Choice);
        }
        if self.course.trim().is_empty() {
            checks.fault("course", FaultKind::Required);
        }
        let plan = CohortPlan {
            title: checks.required_line("title", &self.title, 200),
            host_id,
            capacity,
            starts_on,
            ends_on,
            note: checks.text("note", &self.note, 4000),
        };
        checks.finish(plan)
    }
}

/// A step's form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StepForm {
    /// The cohort, for a new one.
    #[serde(default)]
    pub cohort: String,
    /// Which step; made by the server for a new one.
    #[serde(default)]
    pub step_id: String,
    /// What it asks for, for a new one.
    #[serde(default)]
    pub kind: String,
    /// Address of its course, for a new one.
    #[serde(default)]
    pub course: String,
    /// `true` where nobody finishes without it.
    #[serde(default)]
    pub required: String,
    /// By when it is to be done.
    #[serde(default)]
    pub due_on: String,
    /// Its deliveries.
    #[serde(default)]
    pub deliveries: Vec<String>,
}

/// What is to become of a member, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DecisionForm {
    /// Whose place.
    #[serde(default)]
    pub member: String,
    /// What it is to become.
    #[serde(default)]
    pub to: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// `true` where the form stands on the list of members, to which it leads back.
    #[serde(default)]
    pub list: String,
    /// `true` where places in deliveries that have not begun are given back with it, of who leaves.
    #[serde(default)]
    pub give_back: String,
}

impl DecisionForm {
    /// The new state and the reason, if the step exists.
    pub fn check(&self, from: MemberState) -> Result<(MemberState, String), AppError> {
        let mut checks = Checks::default();
        let to: MemberState = self.to.trim().parse().map_err(|_| AppError::field("to", FaultKind::Choice))?;
        if !from.may_become(to) {
            return Err(crate::common::error::Refusal::WrongState.into());
        }
        let reason = if to.needs_reason() {
            checks.required("reason", &self.reason, 500)
        } else {
            checks.text("reason", &self.reason, 500)
        };
        checks.finish((to, reason))
    }
}

/// A step in a cohort's life, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CohortStateForm {
    /// Which cohort.
    #[serde(default)]
    pub cohort: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
    /// What it is to become.
    #[serde(default)]
    pub to: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cohort_goes_its_way_or_is_cancelled() {
        use CohortState::{Cancelled, Finished, Planned, Running, Selection};
        let steps = [
            (Planned, Selection),
            (Planned, Cancelled),
            (Selection, Running),
            (Selection, Cancelled),
            (Running, Finished),
            (Running, Cancelled),
        ];
        for from in CohortState::ALL {
            for to in CohortState::ALL {
                assert_eq!(from.may_become(*to), steps.contains(&(*from, *to)), "{from:?} {to:?}");
            }
            assert_eq!(from.is_open(), !from.next().is_empty());
        }
    }

    #[test]
    fn a_place_goes_its_way() {
        use MemberState::{Left, Proposed, Refused, Reserve, Selected};
        let steps = [
            (Proposed, Selected),
            (Proposed, Reserve),
            (Proposed, Refused),
            (Proposed, Left),
            (Reserve, Selected),
            (Reserve, Refused),
            (Reserve, Left),
            (Selected, Left),
            (Refused, Proposed),
            (Left, Proposed),
        ];
        for from in MemberState::ALL {
            for to in MemberState::ALL {
                assert_eq!(from.may_become(*to), steps.contains(&(*from, *to)), "{from:?} {to:?}");
            }
        }
    }

    #[test]
    fn who_goes_is_told_why() {
        let form = |to: &str, reason: &str| DecisionForm { to: to.into(), reason: reason.into(), ..Default::default() };
        assert!(form("left", " ").check(MemberState::Selected).is_err());
        assert!(form("left", "Ill").check(MemberState::Selected).is_ok());
        assert!(form("selected", "").check(MemberState::Reserve).is_ok());
        assert!(form("selected", "").check(MemberState::Left).is_err());
        assert!(form("gone", "").check(MemberState::Left).is_err());
    }

    proptest! {
        #[test]
        fn no_form_breaks_a_promise(capacity in "[0-9]{0,4}", promised in 0i64..50, a in "[0-9-]{0,10}", b in "[0-9-]{0,10}") {
            let form = CohortForm {
                title: "A cohort".into(),
                course: "a".into(),
                capacity,
                starts_on: a,
                ends_on: b,
                ..Default::default()
            };
            if let Ok(plan) = form.check(promised) {
                prop_assert!(plan.capacity >= promised.max(1) && plan.capacity <= MAX_CAPACITY);
                prop_assert!(plan.starts_on.zip(plan.ends_on).is_none_or(|(start, end)| start <= end));
            }
        }
    }
}
