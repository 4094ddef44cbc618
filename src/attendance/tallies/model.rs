//! Rules: what a count says, and how it comes to be confirmed.

use crate::{
    attendance::counts::model::{CountForm, Heads, total},
    common::{
        error::{AppError, Refusal},
        forms::{Checks, FaultKind},
        ids::{CourseId, InstitutionId, ProjectId},
    },
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

crate::text_enum! {
    /// The state of a count.
    pub enum TallyState {
        /// Nobody has confirmed it.
        Unverified = "unverified",
        /// A programme officer has seen the evidence.
        Verified = "verified",
        /// It counts no more.
        Withdrawn = "withdrawn",
    }
}

crate::text_enum! {
    /// What is done to a count.
    pub enum Act {
        Enter = "enter",
        Change = "change",
        Attach = "attach",
        WithdrawEvidence = "withdraw_evidence",
        Verify = "verify",
        Doubt = "doubt",
        Withdraw = "withdraw",
    }
}

/// What decides whether something may be done.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Pieces of evidence that stand once it is done.
    pub evidence: i64,
    /// Whether who does it entered the count, or changed it last.
    pub own: bool,
}

impl TallyState {
    /// The state after an act; any other act is refused.
    ///
    /// What was confirmed is what the evidence shows, so a change, or the loss of the last evidence, takes
    /// the confirmation away. Nobody confirms their own count.
    pub const fn after(self, act: Act, it: Standing) -> Result<Self, Refusal> {
        match (self, act) {
            (Self::Withdrawn, _) | (_, Act::Enter) => Err(Refusal::WrongState),
            (_, Act::Change) => Ok(Self::Unverified),
            (state, Act::Attach) => Ok(state),
            (_, Act::WithdrawEvidence) if it.evidence <= 0 => Ok(Self::Unverified),
            (state, Act::WithdrawEvidence) => Ok(state),
            (Self::Unverified, Act::Verify) if it.own => Err(Refusal::OwnCount),
            (Self::Unverified, Act::Verify) if it.evidence <= 0 => Err(Refusal::NoEvidence),
            (Self::Unverified, Act::Verify) => Ok(Self::Verified),
            (Self::Verified, Act::Doubt) => Ok(Self::Unverified),
            (_, Act::Withdraw) => Ok(Self::Withdrawn),
            (Self::Verified, Act::Verify) | (Self::Unverified, Act::Doubt) => Err(Refusal::WrongState),
        }
    }
}

/// A count, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TallyForm {
    /// The count, made with the page.
    #[serde(default)]
    pub id: String,
    /// The version that was read; 0 for a new one.
    #[serde(default)]
    pub version: String,
    /// Our delivery, where it is one of ours.
    #[serde(default)]
    pub delivery: String,
    /// Who gave it.
    #[serde(default)]
    pub institution: String,
    /// What was given, if it is one of our courses.
    #[serde(default)]
    pub course: String,
    /// What was given, as the institution calls it.
    #[serde(default)]
    pub title: String,
    /// Where.
    #[serde(default)]
    pub area: String,
    /// The town.
    #[serde(default)]
    pub place: String,
    /// First day.
    #[serde(default)]
    pub starts_on: String,
    /// Last day.
    #[serde(default)]
    pub ends_on: String,
    /// Projects that paid.
    #[serde(default)]
    pub projects: Vec<String>,
    /// Numbers by [`crate::attendance::counts::model::cell`].
    #[serde(default)]
    pub n: HashMap<String, String>,
}

/// What a count is of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Given {
    /// Who gave it.
    pub institution: InstitutionId,
    /// What, if it is one of our courses.
    pub course: Option<CourseId>,
    /// What, in words.
    pub title: String,
    /// Where.
    pub area: String,
    /// The town.
    pub place: String,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

/// A count, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counted {
    /// Of what.
    pub given: Given,
    /// Projects that paid.
    pub projects: Vec<ProjectId>,
    /// How many people of each kind.
    pub heads: Vec<Heads>,
}

impl Counted {
    /// How many people in all.
    pub fn total(&self) -> i64 {
        total(&self.heads)
    }
}

/// What there is to choose from, for checking a form.
#[derive(Clone, Debug)]
pub struct Choices<'a> {
    /// Codes of areas.
    pub areas: &'a [String],
    /// Courses.
    pub courses: &'a [CourseId],
    /// Projects.
    pub projects: &'a [ProjectId],
    /// Today: nobody was counted on a day still to come.
    pub today: NaiveDate,
}

impl TallyForm {
    /// Checks the numbers: somebody must have come.
    pub fn heads(&self, areas: &[String]) -> Result<Vec<Heads>, AppError> {
        let heads = CountForm { n: self.n.clone(), ..CountForm::default() }.check(areas)?;
        if heads.is_empty() { Err(AppError::field("people", FaultKind::Required)) } else { Ok(heads) }
    }

    /// Checks the count of a delivery that is not one of ours.
    pub fn check(&self, there: &Choices<'_>) -> Result<Counted, AppError> {
        let mut checks = Checks::default();
        let institution = checks.choice::<InstitutionId>("institution", &self.institution);
        let course = match self.course.trim() {
            "" => None,
            text => match text.parse::<CourseId>() {
                Ok(id) if there.courses.contains(&id) => Some(id),
                _ => {
                    checks.fault("course", FaultKind::Choice);
                    None
                }
            },
        };
        let title = checks.required_line("title", &self.title, 200);
        let area = self.area.trim().to_owned();
        if !there.areas.contains(&area) {
            checks.fault("area", FaultKind::Choice);
        }
        let place = checks.line("place", &self.place, 200);
        let (starts_on, ends_on) = self.days(&mut checks, there.today);
        let mut projects: Vec<ProjectId> = Vec::new();
        for text in self.projects.iter().filter(|text| !text.trim().is_empty()) {
            match text.trim().parse::<ProjectId>() {
                Ok(id) if there.projects.contains(&id) => {
                    if !projects.contains(&id) {
                        projects.push(id);
                    }
                }
                _ => checks.fault("projects", FaultKind::Choice),
            }
        }
        let heads = match self.heads(there.areas) {
            Ok(heads) => heads,
            Err(AppError::Invalid(faults)) => {
                for fault in faults {
                    checks.fault(&fault.field, fault.kind);
                }
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let nil = InstitutionId(uuid::Uuid::nil());
        let given = Given { institution: institution.unwrap_or(nil), course, title, area, place, starts_on, ends_on };
        checks.finish(Counted { given, projects, heads })
    }

    /// The days, as typed: both, in order, and none still to come.
    fn days(&self, checks: &mut Checks, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let mut day = |field: &'static str, text: &str| {
            let day = checks.date(field, text);
            match day {
                None if text.trim().is_empty() => checks.fault(field, FaultKind::Required),
                Some(day) if day > today => checks.fault(field, FaultKind::InFuture),
                _ => {}
            }
            day
        };
        let (first, last) = (day("starts_on", &self.starts_on), day("ends_on", &self.ends_on));
        if first.zip(last).is_some_and(|(first, last)| last < first) {
            checks.fault("ends_on", FaultKind::EndsBeforeStart);
        }
        (first.unwrap_or(today), last.unwrap_or(today))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn act() -> impl Strategy<Value = Act> {
        proptest::sample::select(Act::ALL.to_vec())
    }

    proptest! {
        /// However acts follow: what is confirmed has evidence and was confirmed by somebody else, a change
        /// takes the confirmation away, and what was withdrawn stays so.
        #[test]
        fn a_confirmation_is_always_proved(acts in proptest::collection::vec((act(), any::<bool>()), 0..60)) {
            let mut state = TallyState::Unverified;
            let mut evidence = 0_i64;
            for (act, own) in acts {
                let after = match act {
                    Act::Attach => evidence + 1,
                    Act::WithdrawEvidence if evidence == 0 => continue,
                    Act::WithdrawEvidence => evidence - 1,
                    _ => evidence,
                };
                let before = state;
                match state.after(act, Standing { evidence: after, own }) {
                    Ok(next) => {
                        evidence = after;
                        state = next;
                        prop_assert!(before != TallyState::Withdrawn);
                        if act == Act::Verify {
                            prop_assert!(!own && evidence > 0);
                        }
                        if act == Act::Change {
                            prop_assert_eq!(state, TallyState::Unverified);
                        }
                    }
                    Err(_) => prop_assert_eq!(state, before),
                }
                prop_assert!(state != TallyState::Verified || evidence > 0);
            }
        }

        #[test]
        fn any_form_can_be_tried(text in ".{0,30}", key in ".{0,12}") {
            let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
            let there = Choices { areas: &["AL".to_owned()], courses: &[], projects: &[], today };
            let form = TallyForm {
                institution: text.clone(), course: text.clone(), area: text.clone(), starts_on: text.clone(), ends_on: text.clone(),
                projects: vec![text.clone()], n: [(key, text)].into(), ..TallyForm::default()
            };
            prop_assert!(form.check(&there).is_err());
        }
    }

    #[test]
    fn what_a_form_must_say() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let areas = ["AL".to_owned()];
        let there = Choices { areas: &areas, courses: &[], projects: &[], today };
        let form = TallyForm {
            institution: uuid::Uuid::from_u128(1).to_string(),
            title: "Closed course".into(),
            area: "AL".into(),
            starts_on: "2026-11-02".into(),
            ends_on: "2026-11-03".into(),
            n: [("AL.judge.f".to_owned(), "12".to_owned())].into(),
            ..TallyForm::default()
        };
        assert_eq!(form.check(&there).unwrap().total(), 12);
        let fault = |form: TallyForm| match form.check(&there).unwrap_err() {
            AppError::Invalid(faults) => faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>(),
            error => panic!("{error}"),
        };
        assert_eq!(fault(TallyForm { n: HashMap::new(), ..form.clone() }), ["people"]);
        assert_eq!(fault(TallyForm { ends_on: "2026-11-01".into(), ..form.clone() }), ["ends_on"]);
        assert_eq!(fault(TallyForm { ends_on: "2026-11-25".into(), ..form.clone() }), ["ends_on"]);
        assert_eq!(fault(TallyForm { starts_on: String::new(), title: " ".into(), ..form }), ["title", "starts_on"]);
    }
}
