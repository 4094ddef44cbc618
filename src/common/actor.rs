//! Who is asking: the signed-in person with the roles held.

use super::ids::{AccountId, InstitutionId, PersonId, SessionId};
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// What a person may be in a scope.
    pub enum Role {
        /// Runs projects over all areas.
        ProgrammeOfficer = "programme_officer",
        /// Runs one institution's courses.
        InstitutionAdministrator = "institution_administrator",
        /// Puts people forward from a court, prosecution office or unit.
        FocalPoint = "focal_point",
        /// Publishes materials and teaches.
        Trainer = "trainer",
        /// Learns; every signed-in person may.
        Participant = "participant",
        /// Reads aggregates, never names.
        Observer = "observer",
    }
}

/// A role in a scope; no institution and no area means everywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The institution it is held in.
    pub institution: Option<InstitutionId>,
    /// The area it is held in.
    pub area: Option<String>,
}

/// The signed-in person of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    /// The person.
    pub person_id: PersonId,
    /// The account.
    pub account_id: AccountId,
    /// This browser's session.
    pub session_id: SessionId,
    /// Name as shown.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// Language chosen in the account.
    pub language: Option<String>,
    /// Roles held now.
    pub grants: Vec<Grant>,
    /// Whether they are named as trainer of a delivery, with the role or without.
    pub gives: bool,
    /// Whether licences are their business: they have one, accompany somebody to one, or belong to a cohort.
    pub licences: bool,
}

impl Actor {
    /// Whether the role is held in any scope.
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }

    /// Whether the role is held for this institution.
    pub fn has_at(&self, role: Role, institution: InstitutionId) -> bool {
        self.grants.iter().any(|grant| grant.role == role && grant.institution == Some(institution))
    }

    /// The institutions the person administers.
    pub fn administers(&self) -> Vec<InstitutionId> {
        self.grants
            .iter()
            .filter(|grant| grant.role == Role::InstitutionAdministrator)
            .filter_map(|grant| grant.institution)
            .collect()
    }
}

#[cfg(test)]
impl Actor {
    /// Somebody without a record, who holds these roles.
    pub fn holding(grants: Vec<Grant>) -> Self {
        let nil = uuid::Uuid::nil();
        Self {
            person_id: nil.into(),
            account_id: nil.into(),
            session_id: nil.into(),
            name: String::new(),
            email: String::new(),
            language: None,
            grants,
            gives: false,
            licences: false,
        }
    }
}
