//! Persons as records: what forms send, and who may give which role and keep whose account.

use crate::{
    common::{
        actor::{Actor, Grant, Role},
        forms::{Checks, FaultKind},
        ids::{GrantId, InstitutionId, PersonId, PostId},
    },
    people::{
        accounts::model::name,
        model::{Profession, Sex},
        rights::{Record, Right, may, may_everywhere},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Roles that an institution's administrator may give there.
pub const ADMINISTRATORS_GIVE: &[Role] = &[Role::Trainer, Role::FocalPoint, Role::InstitutionAdministrator];

/// What is wrong with the scope of a role: some are held everywhere, some at an institution.
pub fn scope_fault(role: Role, institution: Option<InstitutionId>) -> Option<FaultKind> {
    match (role, institution) {
        (Role::InstitutionAdministrator, None) => Some(FaultKind::Required),
        (Role::ProgrammeOfficer | Role::Observer, Some(_)) => Some(FaultKind::Choice),
        _ => None,
    }
}

/// Whether a person may give or end a role in a scope.
pub fn may_grant(actor: &Actor, role: Role, institution: Option<InstitutionId>) -> bool {
    may_everywhere(Some(actor), Right::ManagePeople)
        || (ADMINISTRATORS_GIVE.contains(&role) && may(Some(actor), Right::ManagePeople, Record::of(institution)))
}

/// A person's record as sent by the form, new or changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonForm {
    /// The person; for a new one made with the page.
    #[serde(default)]
    pub id: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
    /// Given name.
    #[serde(default)]
    pub given_name: String,
    /// Family name.
    #[serde(default)]
    pub family_name: String,
    /// Sex, where it is stated.
    #[serde(default)]
    pub sex: String,
    /// Area.
    #[serde(default)]
    pub area_code: String,
    /// Where mail goes, and for a new account the sign-in address.
    #[serde(default)]
    pub email: String,
    /// `true` to invite.
    #[serde(default)]
    pub account: String,
    /// Language of the invitation.
    #[serde(default)]
    pub language: String,
    /// Role, for a new person.
    #[serde(default)]
    pub role: String,
    /// Institution of role and post, for a new person.
    #[serde(default)]
    pub institution_id: String,
    /// Profession, for a new person.
    #[serde(default)]
    pub profession: String,
}

/// A person's record, checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Sex.
    pub sex: Option<Sex>,
    /// Area.
    pub area_code: Option<String>,
    /// Where mail goes.
    pub email: String,
}

/// What a new person starts with.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// Whether they are invited.
    pub account: bool,
    /// The role.
    pub role: Option<Role>,
    /// Institution of role and post.
    pub institution: Option<InstitutionId>,
    /// Profession of the post.
    pub profession: Option<Profession>,
}

fn optional<T: std::str::FromStr>(checks: &mut Checks, field: &str, value: &str) -> Option<T> {
    if value.trim().is_empty() { None } else { checks.choice(field, value) }
}

impl PersonForm {
    /// Checks name, sex, area and address.
    pub fn details(&self, checks: &mut Checks) -> Details {
        let area = checks.line("area_code", &self.area_code, 10);
        Details {
            given_name: name(checks, "given_name", &self.given_name),
            family_name: name(checks, "family_name", &self.family_name),
            sex: optional(checks, "sex", &self.sex),
            area_code: Some(area).filter(|code| !code.is_empty()),
            email: checks.email("email", &self.email),
        }
    }

    /// Checks what a new person starts with. An administrator's new person belongs to the
    /// institution at once: by a role or by a post.
    pub fn start(&self, checks: &mut Checks, everywhere: bool) -> Start {
        let start = Start {
            account: self.account == "true",
            role: optional(checks, "role", &self.role),
            institution: optional(checks, "institution_id", &self.institution_id),
            profession: optional(checks, "profession", &self.profession),
        };
        if start.account && self.email.trim().is_empty() {
            checks.fault("email", FaultKind::Required);
        }
        if let Some(role) = start.role
            && let Some(fault) = scope_fault(role, start.institution)
        {
            checks.fault("institution_id", fault);
        }
        if !everywhere {
            if start.institution.is_none() {
                checks.fault("institution_id", FaultKind::Required);
            }
            if start.role.is_none() && start.profession.is_none() {
                checks.fault("profession", FaultKind::Required);
            }
        }
        start
    }
}

/// A role to give.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GrantForm {
    /// The grant's id, made with the page.
    #[serde(default)]
    pub id: String,
    /// To whom.
    #[serde(default)]
    pub person_id: String,
    /// Which role.
    #[serde(default)]
    pub role: String,
    /// Where; empty is everywhere.
    #[serde(default)]
    pub institution_id: String,
}

impl GrantForm {
    /// The role and its scope.
    pub fn check(&self) -> Result<(Role, Option<InstitutionId>), crate::common::error::AppError> {
        let mut checks = Checks::default();
        let role = checks.choice("role", &self.role);
        let institution = optional(&mut checks, "institution_id", &self.institution_id);
        if let Some(role) = role
            && let Some(fault) = scope_fault(role, institution)
        {
            checks.fault("institution_id", fault);
        }
        checks.finish((role.unwrap_or(Role::Participant), institution))
    }
}

/// A post to add.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PostForm {
    /// The post's id, made with the page.
    #[serde(default)]
    pub id: String,
    /// Whose.
    #[serde(default)]
    pub person_id: String,
    /// As what.
    #[serde(default)]
    pub profession: String,
    /// At which institution of the directory.
    #[serde(default)]
    pub institution_id: String,
    /// Court, office or unit in words.
    #[serde(default)]
    pub workplace: String,
    /// First day.
    #[serde(default)]
    pub starts_on: String,
    /// Last day.
    #[serde(default)]
    pub ends_on: String,
}

/// A post, checked or stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Whose.
    pub person_id: PersonId,
    /// As what.
    pub profession: Profession,
    /// At which institution of the directory.
    pub institution_id: Option<InstitutionId>,
    /// Court, office or unit in words.
    pub workplace: String,
    /// First day, where known.
    pub starts_on: Option<NaiveDate>,
    /// Last day; none while it is held.
    pub ends_on: Option<NaiveDate>,
}

impl PostForm {
    /// Checks everything but who may add it.
    pub fn check(&self, id: PostId, person: PersonId) -> Result<Post, crate::common::error::AppError> {
        let mut checks = Checks::default();
        let profession = checks.choice("profession", &self.profession);
        let post = Post {
            id,
            person_id: person,
            profession: profession.unwrap_or(Profession::Other),
            institution_id: optional(&mut checks, "institution_id", &self.institution_id),
            workplace: checks.line("workplace", &self.workplace, 200),
            starts_on: checks.date("starts_on", &self.starts_on),
            ends_on: checks.date("ends_on", &self.ends_on),
        };
        if let (Some(starts), Some(ends)) = (post.starts_on, post.ends_on)
            && ends < starts
        {
            checks.fault("ends_on", FaultKind::EndsBeforeStart);
        }
        checks.finish(post)
    }
}

/// An account to make or an invitation to repeat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InviteForm {
    /// Whom.
    #[serde(default)]
    pub person_id: String,
    /// The sign-in address.
    #[serde(default)]
    pub email: String,
    /// Language of the letter.
    #[serde(default)]
    pub language: String,
}

/// How far an account has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountState {
    /// There is none.
    None,
    /// The invitation was not taken up yet.
    Invited,
    /// The person can sign in.
    Open,
    /// Nobody can sign in with it.
    Disabled,
}

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonLine {
    /// Their id.
    pub id: PersonId,
    /// Name as shown.
    pub name: String,
    /// Where mail goes.
    pub email: String,
    /// Whether the demonstration made them up.
    pub invented: bool,
    /// How far the account has come.
    pub account: AccountState,
    /// Roles held now, each once.
    pub roles: Vec<Role>,
}

/// A role as a record shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct GrantLine {
    /// Its id.
    pub id: GrantId,
    /// Whose.
    pub person_id: PersonId,
    /// The role.
    pub role: Role,
    /// Where; none is everywhere.
    pub institution_id: Option<InstitutionId>,
    /// In which area, where it is bound to one.
    pub area_code: Option<String>,
    /// Since when.
    pub granted_at: DateTime<Utc>,
    /// Until when; none while it is held.
    pub ended_at: Option<DateTime<Utc>>,
}

impl GrantLine {
    /// As rights see it.
    pub fn grant(&self) -> Grant {
        Grant { role: self.role, institution: self.institution_id, area: self.area_code.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn administrator(at: u128) -> Actor {
        let institution = Some(Uuid::from_u128(at).into());
        Actor::holding(vec![Grant { role: Role::InstitutionAdministrator, institution, area: None }])
    }

    fn role() -> impl Strategy<Value = Role> {
        proptest::sample::select(Role::ALL)
    }

    proptest! {
        #[test]
        fn an_administrator_never_gives_more_than_they_hold(role in role(), own in 1u128..5, at in proptest::option::of(1u128..5)) {
            let institution = at.map(|at| Uuid::from_u128(at).into());
            let allowed = may_grant(&administrator(own), role, institution);
            prop_assert_eq!(allowed, at == Some(own) && ADMINISTRATORS_GIVE.contains(&role));
        }
    }

    #[test]
    fn a_new_person_of_an_administrator_belongs_somewhere() {
        let form = PersonForm {
            given_name: "A".into(),
            family_name: "B".into(),
            account: "true".into(),
            ..Default::default()
        };
        let mut checks = Checks::default();
        form.details(&mut checks);
        form.start(&mut checks, false);
        let Err(crate::common::error::AppError::Invalid(faults)) = checks.finish(()) else { panic!() };
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["email", "institution_id", "profession"]);
    }
}
