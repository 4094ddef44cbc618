//! What an address asks of its visitor. A page says it beside its route (`pages()` in the capability's
//! `pages/mod.rs`), functions and plain routes in `server/access.rs`.

use super::{
    model::Actor,
    rights::{self, Right, require},
};
use crate::common::error::AppError;

/// What an address asks of its visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: it is public.
    Nothing,
    /// To be signed in; what is shown is one's own.
    SignIn,
    /// The right, for the record concerned.
    For(Right),
    /// The right for some record: what is shown is of those for which it is held.
    Somewhere(Right),
    /// To be tied to the record in one of these ways.
    Those(&'static [Tie]),
    /// The right for the record concerned, or to be tied to it in one of these ways.
    Or(Right, &'static [Tie]),
}

/// How somebody is tied to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Author of the course.
    Author,
    /// Trainer of the delivery; whose absence it is.
    Trainer,
    /// Stands on the roster: has the trainer's role, a licence, or has given a delivery.
    OnRoster,
    /// Has a place in the delivery; it is their certificate, their word on it.
    Student,
    /// Has or had a place in the delivery.
    Placed,
    /// It is their licence.
    Licensee,
    /// Mentor of who has the licence or the place in the cohort.
    Mentor,
    /// Assessor in the assessment.
    Assessor,
    /// Has a place in the cohort.
    Member,
}

/// The ties of those who are named in a record, as rights call it.
pub const NAMED: &[(Right, &[Tie])] = &[
    (Right::EditCourse, &[Tie::Author]),
    (Right::WritePack, &[Tie::Author]),
    (Right::KeepRegister, &[Tie::Trainer]),
    (Right::Study, &[Tie::Student]),
];

impl Asks {
    /// Refuses a visitor who may not open the address for any record. The service knows the record, and asks again.
    pub fn admit(self, actor: Option<&Actor>) -> Result<(), AppError> {
        let could = match self {
            Self::Nothing => true,
            Self::For(right) if rights::is_for_named(right) => actor.is_some(),
            Self::For(right) | Self::Somewhere(right) => rights::may_somewhere(actor, right),
            Self::SignIn | Self::Those(_) | Self::Or(..) => actor.is_some(),
        };
        require(could, rights::refusal(actor))
    }
}
