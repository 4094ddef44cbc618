//! Who may change the record and the account of whom, and what must be confirmed first. Pure: facts in,
//! decision out.
//!
//! An account's letters open everything that its person may do. So an administrator does alone what
//! concerns somebody of their own house, and for somebody who belongs to another house too, or who trains,
//! they ask: the programme office confirms, or the person by a link to the address on record.

use super::model::{Details, may_grant};
use crate::{
    common::{
        actor::{Actor, Grant, Role},
        ids::{ChangeId, PersonId},
    },
    people::rights::{Right, may_everywhere, may_somewhere},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long a change waits to be confirmed.
pub const WAITS: TimeDelta = TimeDelta::days(14);

crate::text_enum! {
    /// What is done to a person's record or account.
    pub enum Act {
        /// Name, sex, area, address for letters.
        Edit = "edit",
        /// An account is made, its address mended, or the invitation sent again.
        Invite = "invite",
        /// The account is closed.
        Disable = "disable",
        /// The account is opened again.
        Enable = "enable",
    }
}

crate::text_enum! {
    /// What became of a change that was asked for.
    pub enum ChangeState {
        /// It waits.
        Open = "open",
        /// It was confirmed and done.
        Confirmed = "confirmed",
        /// It was refused.
        Refused = "refused",
        /// The requester asked for something else instead.
        Replaced = "replaced",
        /// The record was changed meanwhile, so what was asked no longer fits.
        Overtaken = "overtaken",
        /// Nobody confirmed it in time.
        Expired = "expired",
    }
}

/// Who can confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmer {
    /// A programme officer.
    Office,
    /// The reader of the address that the account is signed in with.
    Address,
}

/// The table: who confirms what an administrator may not do alone. Giving and ending a role or a post at
/// the administrator's own institution is not in it: it opens nothing beyond that house. An account that
/// was closed is not opened by its own address, since the office may have closed it.
pub const CONFIRMERS: &[(Act, &[Confirmer])] = &[
    (Act::Edit, &[Confirmer::Office, Confirmer::Address]),
    (Act::Invite, &[Confirmer::Office, Confirmer::Address]),
    (Act::Disable, &[Confirmer::Office, Confirmer::Address]),
    (Act::Enable, &[Confirmer::Office]),
];

/// What ties a person to more than the houses of the administrator who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Ties {
    /// A post held at another institution.
    pub post: bool,
    /// A place, now or once, in a delivery or a cohort of another institution.
    pub place: bool,
    /// Being a trainer of a delivery, wherever.
    pub gives: bool,
    /// A licence, being a mentor, or an assessor.
    pub licence: bool,
    /// Being an author of a course.
    pub writes: bool,
}

impl Ties {
    /// Whether there are any.
    pub fn any(self) -> bool {
        self.post || self.place || self.gives || self.licence || self.writes
    }
}

/// What follows from the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is done at once.
    Now,
    /// It waits to be confirmed.
    Confirm {
        /// Whether the address on record may do so, besides the programme office.
        by_address: bool,
    },
    /// It is refused.
    Refuse,
}

/// Whether an act on somebody is done at once, waits, or is refused. `held` are the person's roles, and
/// `proven` says that the account's address is known to be the person's: it was signed in with, and the
/// account is not closed. What an administrator once wrote into a record confirms nothing.
pub fn decide(actor: &Actor, act: Act, held: &[Grant], ties: Ties, proven: bool) -> Decision {
    if may_everywhere(Some(actor), Right::ManagePeople) {
        return Decision::Now;
    }
    let everywhere = |grant: &Grant| matches!(grant.role, Role::ProgrammeOfficer | Role::Observer);
    if !may_somewhere(Some(actor), Right::ManagePeople) || held.iter().any(everywhere) {
        return Decision::Refuse;
    }
    let beyond = held.iter().any(|grant| !may_grant(actor, grant.role, grant.institution));
    if !beyond && !ties.any() {
        return Decision::Now;
    }
    let confirmers = CONFIRMERS.iter().find(|(known, _)| *known == act).map_or(&[][..], |(_, confirmers)| *confirmers);
    Decision::Confirm { by_address: proven && confirmers.contains(&Confirmer::Address) }
}

/// What is asked, as it is kept until it is confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Asked {
    /// This record.
    Edit(Details),
    /// An invitation to this address.
    Invite {
        /// The sign-in address.
        email: String,
        /// Language of the letter.
        language: String,
    },
    /// The account closed.
    Disable,
    /// The account opened.
    Enable,
}

impl Asked {
    /// The act.
    pub fn act(&self) -> Act {
        match self {
            Self::Edit(_) => Act::Edit,
            Self::Invite { .. } => Act::Invite,
            Self::Disable => Act::Disable,
            Self::Enable => Act::Enable,
        }
    }

    /// The address that it brings, and the one that stands; none where no address changes.
    pub fn new_address<'a>(&'a self, stood: &'a Stood) -> Option<(&'a str, &'a str)> {
        let (new, old) = match self {
            Self::Edit(details) => (details.email.as_str(), stood.details.email.as_str()),
            Self::Invite { email, .. } if stood.account_email.is_empty() => {
                (email.as_str(), stood.details.email.as_str())
            }
            Self::Invite { email, .. } => (email.as_str(), stood.account_email.as_str()),
            Self::Disable | Self::Enable => return None,
        };
        (new != old).then_some((new, old))
    }
}

/// What stood when it was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stood {
    /// Version of the record.
    pub version: i64,
    /// The record.
    pub details: Details,
    /// The sign-in address; empty without an account.
    pub account_email: String,
}

impl Stood {
    /// Whether what was asked then still fits what stands now.
    pub fn still(&self, act: Act, now: &Self) -> bool {
        match act {
            Act::Edit => self.version == now.version,
            Act::Invite | Act::Disable | Act::Enable => self.account_email == now.account_email,
        }
    }
}

/// The addresses that are told of a new one: those that stood and are another.
pub fn told<'a>(stood: &'a Stood, new: &str) -> Vec<&'a str> {
    let mut all = vec![stood.details.email.as_str(), stood.account_email.as_str()];
    all.retain(|old| !old.is_empty() && *old != new);
    all.dedup();
    all
}

/// A change that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeLine {
    /// Its id.
    pub id: ChangeId,
    /// Whose record.
    pub person_id: PersonId,
    /// Their name.
    pub person: String,
    /// What is asked.
    pub asked: Asked,
    /// What stood then.
    pub stood: Stood,
    /// Who asked.
    pub requested_by: String,
    /// When.
    pub requested_at: DateTime<Utc>,
    /// Until when it waits.
    pub expires_at: DateTime<Utc>,
    /// Whether a link was sent to the address on record.
    pub by_address: bool,
    /// What became of it.
    pub state: ChangeState,
    /// Who decided; empty for the person themselves.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was refused.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn grant(role: Role, at: Option<u128>) -> Grant {
        Grant { role, institution: at.map(|at| Uuid::from_u128(at).into()), area: None }
    }

    fn act() -> impl Strategy<Value = Act> {
        proptest::sample::select(Act::ALL)
    }

    fn role() -> impl Strategy<Value = Role> {
        proptest::sample::select(Role::ALL)
    }

    fn ties() -> impl Strategy<Value = Ties> {
        any::<[bool; 5]>().prop_map(|[post, place, gives, licence, writes]| Ties {
            post,
            place,
            gives,
            licence,
            writes,
        })
    }

    #[test]
    fn every_act_has_somebody_who_confirms_it() {
        for act in Act::ALL {
            let found: Vec<_> = CONFIRMERS.iter().filter(|(known, _)| known == act).collect();
            assert_eq!(found.len(), 1, "{act:?}");
            assert!(found[0].1.contains(&Confirmer::Office), "{act:?}: the office always can");
        }
    }

    proptest! {
        #[test]
        fn an_administrator_alone_changes_only_who_is_theirs_alone(act in act(), ties in ties(), proven: bool, held in proptest::collection::vec((role(), proptest::option::of(1u128..4)), 0..4)) {
            let administrator = Actor::holding(vec![grant(Role::InstitutionAdministrator, Some(1))]);
            let roles: Vec<Grant> = held.iter().map(|(role, at)| grant(*role, *at)).collect();
            let beyond = roles.iter().any(|it| !may_grant(&administrator, it.role, it.institution));
            let decision = decide(&administrator, act, &roles, ties, proven);
            prop_assert_eq!(decision == Decision::Now, !beyond && !ties.any());
            let everywhere = held.iter().any(|(role, _)| matches!(role, Role::ProgrammeOfficer | Role::Observer));
            prop_assert_eq!(decision == Decision::Refuse, everywhere);
            if let Decision::Confirm { by_address } = decision {
                prop_assert!(!by_address || proven, "an address that was only written down confirms nothing");
            }
        }

        #[test]
        fn the_office_waits_for_nobody_and_others_never_do_anything(act in act(), ties in ties(), proven: bool, role in role(), at in proptest::option::of(1u128..4)) {
            let held = [grant(role, at)];
            prop_assert_eq!(decide(&Actor::holding(vec![grant(Role::ProgrammeOfficer, None)]), act, &held, ties, proven), Decision::Now);
            let other = [Role::Trainer, Role::FocalPoint, Role::Participant, Role::Observer].map(|role| grant(role, Some(1))).to_vec();
            prop_assert_eq!(decide(&Actor::holding(other), act, &held, ties, proven), Decision::Refuse);
        }

        #[test]
        fn every_old_address_is_told(contact in "[a-c]{0,1}", account in "[a-c]{0,1}", new in "[a-c]{1}") {
            let details = Details { given_name: String::new(), family_name: String::new(), sex: None, area_code: None, email: contact.clone() };
            let stood = Stood { version: 1, details, account_email: account.clone() };
            let told = told(&stood, &new);
            for old in [contact, account] {
                prop_assert_eq!(told.iter().filter(|it| **it == old).count() == 1, !old.is_empty() && old != new);
            }
        }
    }
}
