//! The one table of rights: who may do what, and which server function and page ask for it.
//!
//! Services ask [`may`] with what they know of the record; the tests walk every server function
//! and every route as nobody and as each role and compare with this table.

use super::model::{Actor, Role};
use crate::common::{error::AppError, ids::InstitutionId};

/// Something a person may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// Read what is public.
    ReadPublic,
    /// Change an institution's public record.
    EditInstitution,
    /// See persons and grant roles.
    ManagePeople,
    /// Make courses and change their description.
    EditCourse,
    /// Write a course's packs.
    WritePack,
    /// Schedule and change deliveries of an institution.
    ManageDelivery,
    /// Read who takes part, and keep the register.
    KeepRegister,
    /// Study one's own course.
    Study,
    /// Read numbers, never names.
    ReadNumbers,
    /// See by name who trains and who does not, and remind them.
    FollowTrainers,
    /// Decide about trainers' licences: withdraw, give back, name mentors, decide assessments. Not an
    /// institution's administrator: no house licenses its own trainers.
    DecideLicence,
    /// Confirm people counted without names, from the evidence.
    VerifyCounts,
    /// Confirm what an administrator asks for somebody who belongs to another house too.
    ConfirmChanges,
    /// Put people forward for a cohort: anybody, or those of one's own institution.
    ProposeMembers,
    /// Read counts so small that they may tell of somebody.
    ReadSmallCounts,
    /// See and retry parked jobs.
    RunHouse,
}

/// Who holds a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Everybody, signed in or not.
    Anybody,
    /// Who holds the role in any scope.
    Anywhere(Role),
    /// Who holds the role for the record's institution.
    AtInstitution(Role),
    /// Who is named in the record: author of the course, trainer of the delivery, holder of
    /// the place.
    Named,
}

use Holder::{Anybody, Anywhere, AtInstitution, Named};
use Role::{InstitutionAdministrator, Observer, ProgrammeOfficer, Trainer};

/// The table.
pub const RIGHTS: &[(Right, &[Holder])] = &[
    (Right::ReadPublic, &[Anybody]),
    (Right::EditInstitution, &[Anywhere(ProgrammeOfficer), AtInstitution(InstitutionAdministrator)]),
    (Right::ManagePeople, &[Anywhere(ProgrammeOfficer), AtInstitution(InstitutionAdministrator)]),
    (Right::EditCourse, &[Anywhere(ProgrammeOfficer), Named]),
    (Right::WritePack, &[Anywhere(ProgrammeOfficer), Named]),
    (Right::ManageDelivery, &[Anywhere(ProgrammeOfficer), AtInstitution(InstitutionAdministrator)]),
    (Right::KeepRegister, &[Anywhere(ProgrammeOfficer), AtInstitution(InstitutionAdministrator), Named]),
    (Right::Study, &[Named]),
    (Right::ReadNumbers, &[Anywhere(ProgrammeOfficer), Anywhere(InstitutionAdministrator), Anywhere(Observer)]),
    (Right::FollowTrainers, &[Anywhere(ProgrammeOfficer)]),
    (Right::DecideLicence, &[Anywhere(ProgrammeOfficer)]),
    (Right::VerifyCounts, &[Anywhere(ProgrammeOfficer)]),
    (Right::ConfirmChanges, &[Anywhere(ProgrammeOfficer)]),
    (Right::ProposeMembers, &[Anywhere(ProgrammeOfficer), Anywhere(InstitutionAdministrator)]),
    (Right::ReadSmallCounts, &[Anywhere(ProgrammeOfficer), AtInstitution(InstitutionAdministrator)]),
    (Right::RunHouse, &[Anywhere(ProgrammeOfficer)]),
];

/// What a service knows of the record when it asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record {
    /// The institution it belongs to.
    pub institution: Option<InstitutionId>,
    /// Whether the person is named in it; see [`Holder::Named`].
    pub named: bool,
}

impl Record {
    /// A record of an institution.
    pub fn of(institution: Option<InstitutionId>) -> Self {
        Self { institution, named: false }
    }

    /// The same, with whether the person is named in it.
    pub fn naming(self, named: bool) -> Self {
        Self { named, ..self }
    }
}

/// Whether the right is held for the record.
pub fn may(actor: Option<&Actor>, right: Right, record: Record) -> bool {
    let holders = RIGHTS.iter().find(|(r, _)| *r == right).map_or(&[][..], |(_, holders)| *holders);
    holders.iter().any(|holder| match (holder, actor) {
        (Anybody, _) => true,
        (_, None) => false,
        (Anywhere(role), Some(actor)) => actor.has(*role),
        (AtInstitution(role), Some(actor)) => {
            record.institution.is_some_and(|institution| actor.has_at(*role, institution))
        }
        (Named, Some(_)) => record.named,
    })
}

/// Whether the right is held for every record, whatever its institution: what decides whether a list is of
/// everything or of one's own.
pub fn may_everywhere(actor: Option<&Actor>, right: Right) -> bool {
    may(actor, right, Record::default())
}

/// Whether the right is also held by who is named in a record, whatever their roles.
pub fn is_for_named(right: Right) -> bool {
    RIGHTS.iter().any(|(it, holders)| *it == right && holders.contains(&Named))
}

/// Whether some record could exist for which the person holds the right; what menus ask.
pub fn may_somewhere(actor: Option<&Actor>, right: Right) -> bool {
    let Some(actor) = actor else { return may(None, right, Record::default()) };
    let holders = RIGHTS.iter().find(|(r, _)| *r == right).map_or(&[][..], |(_, holders)| *holders);
    holders.iter().any(|holder| match holder {
        Anybody => true,
        Anywhere(role) | AtInstitution(role) => actor.has(*role),
        // A delivery's trainer may have come by a licence alone.
        Named => actor.has(Trainer) || (right == Right::KeepRegister && actor.gives),
    })
}

/// [`may`] as an error: sign in first, or not allowed.
#[track_caller]
pub fn demand(actor: Option<&Actor>, right: Right, record: Record) -> Result<(), AppError> {
    require(may(actor, right, record), refusal(actor))
}

/// [`may_somewhere`] as an error: asked before what is not of one record, like a list of what is one's own.
#[track_caller]
pub fn demand_somewhere(actor: Option<&Actor>, right: Right) -> Result<(), AppError> {
    require(may_somewhere(actor, right), refusal(actor))
}

/// Refuses unless a condition holds that the table cannot know of, such as whose record it is.
///
/// Every refusal of this kind passes here, so that a test can leave out one at a time and see that it is
/// missed (`server/rights_tests`).
#[track_caller]
pub fn require(holds: bool, otherwise: AppError) -> Result<(), AppError> {
    #[cfg(all(test, feature = "ssr"))]
    let holds = super::gates::pass(std::panic::Location::caller(), holds);
    if holds { Ok(()) } else { Err(otherwise) }
}

/// Why somebody is refused: nobody is signed in, or they may not.
pub fn refusal(actor: Option<&Actor>) -> AppError {
    if actor.is_none() { AppError::SignInRequired } else { AppError::Forbidden }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::model::Grant;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn right() -> impl Strategy<Value = Right> {
        proptest::sample::select(RIGHTS.iter().map(|(right, _)| *right).collect::<Vec<_>>())
    }

    #[test]
    fn who_gives_a_delivery_without_the_role_keeps_its_register_and_nothing_else() {
        let graduate = Actor { gives: true, ..Actor::holding(vec![]) };
        for (right, _) in RIGHTS {
            let other = may_somewhere(Some(&Actor::holding(vec![])), *right);
            assert_eq!(may_somewhere(Some(&graduate), *right), other || *right == Right::KeepRegister, "{right:?}");
        }
    }

    proptest! {
        #[test]
        fn nobody_has_only_what_is_public(right in right(), named: bool) {
            prop_assert_eq!(may(None, right, Record::default().naming(named)), right == Right::ReadPublic);
        }

        #[test]
        fn an_administrator_has_nothing_at_another_institution(right in right(), own in 1u128..9, other in 1u128..9) {
            let administrator = Actor::holding(vec![Grant {
                role: Role::InstitutionAdministrator,
                institution: Some(Uuid::from_u128(own).into()),
                area: None,
            }]);
            let allowed = may(Some(&administrator), right, Record::of(Some(Uuid::from_u128(other).into())));
            let scoped = matches!(right, Right::EditInstitution | Right::ManagePeople | Right::ManageDelivery | Right::KeepRegister);
            if scoped {
                prop_assert_eq!(allowed, own == other);
            }
        }

        #[test]
        fn demand_agrees_with_may(right in right(), named: bool, signed_in: bool) {
            let actor = signed_in.then(|| Actor::holding(vec![]));
            let record = Record::default().naming(named);
            prop_assert_eq!(demand(actor.as_ref(), right, record).is_ok(), may(actor.as_ref(), right, record));
        }
    }
}
