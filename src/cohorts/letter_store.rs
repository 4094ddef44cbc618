//! SQL: to whom letters about places in cohorts go.

use super::model::MemberState;
use crate::{
    common::ids::{CohortId, MemberId, PersonId},
    fetch_all, fetch_optional,
    platform::db::{DbError, Handle},
    statements,
};

statements! {
    RECIPIENTS -> Recipient = "SELECT m.id AS member_id, m.state, p.given_name || ' ' || p.family_name AS name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email,
            a.language, t.given_name || ' ' || t.family_name AS mentor_name, COALESCE(NULLIF(t.email, ''), b.email) AS mentor_email,
            b.language AS mentor_language
        FROM cohort_member m JOIN person p ON p.id = m.person_id LEFT JOIN account a ON a.person_id = p.id
            LEFT JOIN person t ON t.id = m.mentor_id LEFT JOIN account b ON b.person_id = t.id
        WHERE m.cohort_id = $1";
    // The host's administrators and the programme office, but for $2.
    MANAGERS -> Teller = "SELECT DISTINCT p.id, p.given_name || ' ' || p.family_name AS name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language,
            (g.role = 'institution_administrator') AS of_host
        FROM cohort c JOIN role_grant g ON g.ended_at IS NULL AND (g.role = 'programme_officer'
                OR (g.role = 'institution_administrator' AND g.institution_id = c.host_id))
            JOIN person p ON p.id = g.person_id LEFT JOIN account a ON a.person_id = p.id
        WHERE c.id = $1 AND p.id <> $2 ORDER BY p.id";
    // Who put a member forward last, for an institution other than the host; where that person speaks for it no
    // longer, another of its administrators.
    PROPOSER -> Teller = "SELECT p.id, p.given_name || ' ' || p.family_name AS name, COALESCE(NULLIF(p.email, ''), a.email, '') AS email, a.language,
            (g.institution_id = c.host_id) AS of_host
        FROM cohort_member m JOIN cohort c ON c.id = m.cohort_id
            JOIN cohort_member_change x ON x.id = (SELECT z.id FROM cohort_member_change z
                WHERE z.member_id = m.id AND z.to_state = 'proposed' ORDER BY z.at DESC, z.id DESC LIMIT 1)
            JOIN role_grant w ON w.person_id = x.changed_by AND w.role = 'institution_administrator'
            JOIN role_grant g ON g.institution_id = w.institution_id AND g.role = 'institution_administrator' AND g.ended_at IS NULL
            JOIN person p ON p.id = g.person_id LEFT JOIN account a ON a.person_id = p.id
        WHERE m.id = $1 AND p.id <> $2 AND (c.host_id IS NULL OR g.institution_id <> c.host_id)
        ORDER BY CASE WHEN g.institution_id = m.institution_id THEN 0 ELSE 1 END,
            CASE WHEN p.id = x.changed_by THEN 0 ELSE 1 END, p.folded, p.id LIMIT 1";
}

/// Whom a letter goes to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recipient {
    /// The member.
    pub member_id: MemberId,
    /// The state of the place.
    pub state: MemberState,
    /// Their name.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
    /// The language of their account.
    pub language: Option<String>,
    /// Their mentor's name.
    pub mentor_name: Option<String>,
    /// Their mentor's address.
    pub mentor_email: Option<String>,
    /// The language of their mentor's account.
    pub mentor_language: Option<String>,
}

/// Everybody who was ever proposed, with addresses.
pub async fn recipients(h: &mut impl Handle, cohort: CohortId) -> Result<Vec<Recipient>, DbError> {
    fetch_all!(h, RECIPIENTS, cohort)
}

/// Somebody beside the members who is told.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Teller {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
    /// The language of their account.
    pub language: Option<String>,
    /// Whether they speak for the host.
    pub of_host: Option<bool>,
}

/// Who manages a cohort, but for one who knows: the host's administrators or, where it has none, the
/// programme office.
pub async fn managers(h: &mut impl Handle, cohort: CohortId, but: PersonId) -> Result<Vec<Teller>, DbError> {
    let mut all: Vec<Teller> = fetch_all!(h, MANAGERS, cohort, but)?;
    let hosted = all.iter().any(|it| it.of_host == Some(true));
    all.retain(|it| !hosted || it.of_host == Some(true));
    // Somebody may be both.
    all.dedup_by_key(|it| it.id);
    Ok(all)
}

/// Who speaks for the institution that put a member forward, if an institution did; not who decided.
pub async fn proposer(h: &mut impl Handle, member: MemberId, but: PersonId) -> Result<Option<Teller>, DbError> {
    fetch_optional!(h, PROPOSER, member, but)
}
