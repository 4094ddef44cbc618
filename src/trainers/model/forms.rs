//! What forms about licences carry, as typed, and their checks.

use super::{LicenceState, Rule};
use crate::common::{
    error::AppError,
    forms::{Checks, FaultKind},
    ids::{CourseId, DeliveryId, PersonId},
};
use serde::{Deserialize, Serialize};

/// The longest reason or note.
pub const NOTE_MAX: usize = 2000;

/// The rules of a course's licences.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// The course's address in the site.
    pub slug: String,
    /// Version that was read; 0 where there were no rules yet.
    pub version: String,
    /// `true` when ticked.
    pub assessed: String,
    /// `true` when ticked.
    pub supervised: String,
    /// Months; empty for never.
    pub active_months: String,
    /// Months; empty for never.
    pub uptake_months: String,
    /// Days.
    pub notice_days: String,
    /// Courses that train.
    pub train: Vec<String>,
    /// Courses that keep a licence alive.
    pub refresh: Vec<String>,
}

/// A rule with the courses that lead to it and keep it alive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WholeRule {
    /// The rule.
    pub rule: Rule,
    /// Courses that train.
    pub train: Vec<CourseId>,
    /// Courses that keep a licence alive.
    pub refresh: Vec<CourseId>,
}

impl RuleForm {
    /// The rules, or what is wrong with them; `courses` are those there are.
    pub fn check(&self, own: CourseId, courses: &[CourseId]) -> Result<WholeRule, AppError> {
        let mut checks = Checks::default();
        let mut optional =
            |field: &str, value: &str| (!value.trim().is_empty()).then(|| checks.number(field, value, 1, 120));
        let active_months = optional("active_months", &self.active_months);
        let uptake_months = optional("uptake_months", &self.uptake_months);
        let notice_days = checks.number("notice_days", &self.notice_days, 0, 365);
        let mut known = |field: &str, ids: &[String], own_allowed: bool| {
            let mut found: Vec<CourseId> = Vec::new();
            for id in ids.iter().filter(|id| !id.trim().is_empty()) {
                match id.trim().parse::<CourseId>() {
                    Ok(id) if courses.contains(&id) && (own_allowed || id != own) => {
                        if !found.contains(&id) {
                            found.push(id);
                        }
                    }
                    _ => checks.fault(field, FaultKind::Choice),
                }
            }
            found.sort_unstable();
            found
        };
        // Taking part in the course once more may refresh; it does not make a trainer of it.
        let train = known("train", &self.train, false);
        let refresh = known("refresh", &self.refresh, true);
        checks.finish(WholeRule {
            rule: Rule {
                assessed: self.assessed == "true",
                supervised: self.supervised == "true",
                active_months,
                uptake_months,
                notice_days,
            },
            train,
            refresh,
        })
    }
}

/// Puts somebody forward.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CandidateForm {
    /// The course's address in the site.
    pub slug: String,
    /// The person.
    pub person: String,
    /// Why.
    pub reason: String,
}

crate::text_enum! {
    /// What can be decided about a licence.
    pub enum Act {
        /// Take it away.
        Withdraw = "withdraw",
        /// Open a withdrawn one again.
        Reopen = "reopen",
        /// Give a lapsed one back.
        Renew = "renew",
        /// Count training done elsewhere.
        CountTraining = "count_training",
        /// Count an assessment made elsewhere.
        CountAssessment = "count_assessment",
        /// Count a supervised delivery given elsewhere.
        CountSignOff = "count_sign_off",
    }
}

impl Act {
    /// What can be decided while a licence is in a state.
    pub fn possible(state: LicenceState) -> &'static [Act] {
        match state {
            LicenceState::Candidate => &[Act::CountTraining, Act::CountAssessment, Act::CountSignOff, Act::Withdraw],
            LicenceState::Trained => &[Act::CountAssessment, Act::CountSignOff, Act::Withdraw],
            LicenceState::Assessed => &[Act::CountSignOff, Act::Withdraw],
            LicenceState::Licensed => &[Act::Withdraw],
            LicenceState::Lapsed => &[Act::Renew, Act::Withdraw],
            LicenceState::Withdrawn => &[Act::Reopen],
        }
    }
}

/// Decides about a licence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DecisionForm {
    /// The licence.
    pub licence: String,
    /// Version that was read.
    pub version: String,
    /// What, as a code of [`Act`].
    pub act: String,
    /// Why.
    pub reason: String,
}

impl DecisionForm {
    /// What and why, or what is wrong.
    pub fn check(&self, state: LicenceState) -> Result<(Act, String), AppError> {
        let mut checks = Checks::default();
        let act: Option<Act> = checks.choice("act", &self.act);
        let reason = checks.required("reason", &self.reason, NOTE_MAX);
        if act.is_some_and(|act| !Act::possible(state).contains(&act)) {
            checks.fault("act", FaultKind::Choice);
        }
        let act = act.unwrap_or(Act::Withdraw);
        checks.finish((act, reason))
    }
}

/// Names the mentor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MentorForm {
    /// The licence.
    pub licence: String,
    /// The mentor; empty for none.
    pub person: String,
}

impl MentorForm {
    /// The mentor, never the holder; whether the person can be one is asked of the database.
    pub fn check(&self, holder: PersonId) -> Result<Option<PersonId>, AppError> {
        if self.person.trim().is_empty() {
            return Ok(None);
        }
        match self.person.trim().parse::<PersonId>() {
            Ok(person) if person != holder => Ok(Some(person)),
            _ => Err(AppError::field("person", FaultKind::Choice)),
        }
    }
}

/// The mentor's word on a supervised delivery.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignOffForm {
    /// The licence.
    pub licence: String,
    /// The delivery looked at.
    pub delivery: String,
    /// `passed` or `again`.
    pub outcome: String,
    /// What was seen.
    pub note: String,
}

impl SignOffForm {
    /// Delivery, whether it is signed off, and the note; `taught` are the deliveries that can be.
    pub fn check(&self, taught: &[DeliveryId]) -> Result<(DeliveryId, bool, String), AppError> {
        let mut checks = Checks::default();
        let delivery: Option<DeliveryId> = checks.choice("delivery", &self.delivery);
        if delivery.is_some_and(|delivery| !taught.contains(&delivery)) {
            checks.fault("delivery", FaultKind::Choice);
        }
        let passed = match self.outcome.as_str() {
            "passed" => Some(true),
            "again" => Some(false),
            "" => {
                checks.fault("outcome", FaultKind::Required);
                None
            }
            _ => {
                checks.fault("outcome", FaultKind::Choice);
                None
            }
        };
        let note = checks.required("note", &self.note, NOTE_MAX);
        checks.finish(())?;
        match (delivery, passed) {
            (Some(delivery), Some(passed)) => Ok((delivery, passed, note)),
            _ => Err(AppError::field("", FaultKind::Malformed)),
        }
    }
}
