//! The one error that crosses from services through the server functions to pages.

use super::forms::{Conflict, Fault, FaultKind};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// What a caller is told. Never carries internals: those go to the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum AppError {
    /// Nobody is signed in, and somebody must be.
    #[error("sign-in required")]
    SignInRequired,
    /// The person may not do this.
    #[error("not allowed")]
    Forbidden,
    /// There is no such record, or the person may not know that there is.
    #[error("not found")]
    NotFound,
    /// Fields are wrong; nothing was written.
    #[error("invalid input: {0:?}")]
    Invalid(Vec<Fault>),
    /// A rule of the field refuses; nothing was written.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Nothing is wrong: the form was sent only to be shown again with a preview.
    #[error("to be shown again")]
    Preview,
    /// Somebody else changed the record since it was read; nothing was written.
    #[error("edited by somebody else")]
    Conflict(Box<Conflict>),
    /// Too many tries; seconds to wait.
    #[error("too many tries, wait {0} s")]
    TooMany(u64),
    /// The database or the object store is away or cannot write: nothing was saved, and trying later may help.
    #[error("unavailable")]
    Unavailable,
    /// No answer came: whether the server has done it is not known. Only a browser says so.
    #[error("unreachable")]
    Unreachable,
    /// Our fault; the log has it under this request's number.
    #[error("internal error")]
    Internal,
}

crate::text_enum! {
    /// Why a rule refuses. Each has its sentence in `locales/`.
    pub enum Refusal {
        /// E-mail and password do not belong together, or the account is disabled.
        WrongSignIn = "wrong_sign_in",
        /// The link was used, is too old or was never issued.
        BadLink = "bad_link",
        /// The form was sent before and its record exists.
        AlreadySent = "already_sent",
        /// The state machine has no such step.
        WrongState = "wrong_state",
        /// A released pack never changes.
        PackReleased = "pack_released",
        /// A pack without a module, or a module without a session plan, is not released.
        PackEmpty = "pack_empty",
        /// A module with materials or sessions is emptied before it is removed.
        NotEmpty = "not_empty",
        /// No place is free.
        Full = "full",
        /// Enrolment is not open.
        CallClosed = "call_closed",
        /// The person holds a place already.
        AlreadyEnrolled = "already_enrolled",
        /// The person is a trainer of this delivery.
        TrainerHere = "trainer_here",
        /// Self-enrolment is not possible: places go by nomination.
        ByNomination = "by_nomination",
        /// The delivery is over.
        Over = "over",
        /// The register of the half-day was closed.
        RegisterClosed = "register_closed",
        /// The delivery keeps no names.
        Sealed = "sealed",
        /// Whether names are kept can no longer change.
        SealFixed = "seal_fixed",
        /// The half-day was called off.
        CalledOff = "called_off",
        /// The slot has not begun.
        TooEarly = "too_early",
        /// The rule of completion is not met.
        RuleNotMet = "rule_not_met",
        /// The file is larger than allowed.
        FileTooLarge = "file_too_large",
        /// The file's bytes are not of a kind we take, or not what its name says.
        FileKind = "file_kind",
        /// The digits are not those of an open check-in of one's own.
        WrongDigits = "wrong_digits",
        /// No such badge opens this door.
        UnknownBadge = "unknown_badge",
        /// The device has not said where it is, and must for this check-in.
        Unplaced = "unplaced",
        /// The device is too far from where check-in is limited to.
        TooFar = "too_far",
        /// The last administrator of everything cannot be removed.
        LastOfficer = "last_officer",
        /// Marks exist, so the slot stays.
        HasMarks = "has_marks",
        /// A delivery's timetable or somebody's progress points to it.
        InUse = "in_use",
        /// The course has no rubric to assess by.
        NoRubric = "no_rubric",
        /// Nobody has sent scores yet.
        NothingScored = "nothing_scored",
        /// The places of where somebody comes from are taken.
        NoPlaceForArea = "no_place_for_area",
        /// The person has no address that a letter could go to.
        NoAddress = "no_address",
        /// Somebody changed what is to be decided since it was read, or decided it already.
        FeedbackMoved = "feedback_moved",
        /// A count without any evidence cannot be confirmed.
        NoEvidence = "no_evidence",
        /// Whoever entered a count does not confirm it.
        OwnCount = "own_count",
        /// The delivery has a count already.
        CountedAlready = "counted_already",
        /// The record is no longer what it was when the change was asked for.
        Overtaken = "overtaken",
        /// The programme office must confirm the invitation first, and was asked.
        Unconfirmed = "unconfirmed",
    }
}

impl AppError {
    /// One wrong field.
    pub fn field(name: &str, kind: FaultKind) -> Self {
        Self::Invalid(vec![Fault::new(name, kind)])
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignInRequired => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Preview => 200,
            Self::Conflict(_) => 409,
            // Not a person's mistake but a damaged or forged request.
            Self::Invalid(faults) if faults.iter().any(|fault| fault.kind == FaultKind::Malformed) => 400,
            Self::Invalid(_) | Self::Refused(_) => 422,
            Self::TooMany(_) => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::Unreachable => 503,
        }
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            // Arguments that do not even parse: a forged or damaged post.
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::field("", FaultKind::Malformed),
            // On the server: a body that is no text, or whose end never came.
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => {
                Self::field("", FaultKind::Malformed)
            }
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Deserialization(_) => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}
