//! SQL of persons, accounts, sessions and roles.

use super::model::{Actor, Grant, Role};
use crate::{
    common::ids::{AccountId, GrantId, InstitutionId, PersonId, SessionId},
    execute, fetch_all, fetch_optional,
    platform::{
        clock::SLACK,
        db::{DbError, Handle, Tx},
        http::SESSION_LASTS,
    },
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    ACCOUNT_BY_EMAIL -> AccountRow = "SELECT id, person_id, email, password_hash, language, disabled FROM account WHERE email = $1";
    SESSION_ADD = "INSERT INTO session (token_hash, id, account_id, created_at, last_seen_at, expires_at, address, user_agent)
        VALUES ($1, $2, $3, $4, $4, $5, $6, $7)";
    SESSION_ACTOR -> ActorRow = "SELECT s.id AS session_id, s.last_seen_at, a.id AS account_id, a.email, a.language,
            p.id AS person_id, p.given_name, p.family_name, r.role, r.institution_id, r.area_code,
            EXISTS (SELECT 1 FROM delivery_trainer t WHERE t.person_id = p.id) AS gives,
            (EXISTS (SELECT 1 FROM licence l WHERE l.person_id = p.id) OR EXISTS (SELECT 1 FROM licence l WHERE l.mentor_id = p.id)
                OR EXISTS (SELECT 1 FROM cohort_member m WHERE m.person_id = p.id AND m.state = 'selected')) AS licences
        FROM session s JOIN account a ON a.id = s.account_id JOIN person p ON p.id = a.person_id
        LEFT JOIN role_grant r ON r.person_id = p.id AND r.ended_at IS NULL
        WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.expires_at <= $3 AND NOT a.disabled
        ORDER BY r.granted_at";
    SESSION_SEEN = "UPDATE session SET last_seen_at = $2, expires_at = $3 WHERE id = $1";
    SESSION_END = "DELETE FROM session WHERE id = $1 AND account_id = $2";
    SIGNED_IN = "UPDATE account SET last_sign_in_at = $2 WHERE id = $1";
    PERSON_ADD = "INSERT INTO person (id, given_name, family_name, folded, sex, area_code, email, invented, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    ACCOUNT_ADD = "INSERT INTO account (id, person_id, email, password_hash, language, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    GRANT_ADD = "INSERT INTO role_grant (id, person_id, role, institution_id, area_code, granted_at) VALUES ($1, $2, $3, $4, $5, $6)";
}

/// An account as sign-in needs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// Whose it is.
    pub person_id: PersonId,
    /// The sign-in address.
    pub email: String,
    /// Argon2id; none until the invitation is taken up.
    pub password_hash: Option<String>,
    /// The chosen language.
    pub language: Option<String>,
    /// Whether it was closed.
    pub disabled: bool,
}

/// The account of an address.
pub async fn account_by_email(h: &mut impl Handle, email: &str) -> Result<Option<AccountRow>, DbError> {
    fetch_optional!(h, ACCOUNT_BY_EMAIL, email)
}

/// A new session.
pub struct NewSession<'a> {
    /// SHA-256 of the token.
    pub token_hash: &'a str,
    /// Its id, for listing.
    pub id: SessionId,
    /// Whose it is.
    pub account_id: AccountId,
    /// When it ends unless used.
    pub expires_at: DateTime<Utc>,
    /// From where.
    pub address: &'a str,
    /// With what browser.
    pub user_agent: &'a str,
}

/// Opens a session and notes the sign-in.
pub async fn add_session(tx: &mut Tx, session: NewSession<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(
        tx,
        SESSION_ADD,
        session.token_hash,
        session.id,
        session.account_id,
        now,
        session.expires_at,
        session.address,
        session.user_agent
    )?;
    execute!(tx, SIGNED_IN, session.account_id, now).map(|_| ())
}

#[derive(sqlx::FromRow)]
struct ActorRow {
    session_id: SessionId,
    last_seen_at: DateTime<Utc>,
    account_id: AccountId,
    email: String,
    language: Option<String>,
    person_id: PersonId,
    given_name: String,
    family_name: String,
    role: Option<Role>,
    institution_id: Option<InstitutionId>,
    area_code: Option<String>,
    gives: bool,
    licences: bool,
}

/// The person behind a session's token, with the roles held now, and when the session was last
/// seen. One that would last longer than sessions do was made while the clock was wrong, and holds no
/// more: when it should end nobody knows. One statement.
pub async fn actor_by_token(
    h: &mut impl Handle,
    token_hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Actor, DateTime<Utc>)>, DbError> {
    let rows: Vec<ActorRow> = fetch_all!(h, SESSION_ACTOR, token_hash, now, now + SESSION_LASTS + SLACK)?;
    let Some(first) = rows.first() else { return Ok(None) };
    let actor = Actor {
        person_id: first.person_id,
        account_id: first.account_id,
        session_id: first.session_id,
        name: format!("{} {}", first.given_name, first.family_name),
        email: first.email.clone(),
        language: first.language.clone(),
        grants: rows
            .iter()
            .filter_map(|row| {
                row.role.map(|role| Grant { role, institution: row.institution_id, area: row.area_code.clone() })
            })
            .collect(),
        gives: first.gives,
        licences: first.licences,
    };
    Ok(Some((actor, first.last_seen_at)))
}

/// Notes that a session is in use and lets it last longer.
pub async fn touch_session(
    tx: &mut Tx,
    id: SessionId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, SESSION_SEEN, id, now, expires_at).map(|_| ())
}

/// Ends one of an account's sessions; false when there was none.
pub async fn end_session(tx: &mut Tx, id: SessionId, account: AccountId) -> Result<bool, DbError> {
    execute!(tx, SESSION_END, id, account).map(|rows| rows == 1)
}

/// A new person.
#[derive(Clone, Debug)]
pub struct NewPerson<'a> {
    /// Their id.
    pub id: PersonId,
    /// Given name.
    pub given_name: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Both names, folded for search.
    pub folded: &'a str,
    /// Sex, where stated.
    pub sex: Option<super::model::Sex>,
    /// Area.
    pub area_code: Option<&'a str>,
    /// Where mail goes.
    pub email: &'a str,
    /// Whether the demonstration made them up.
    pub invented: bool,
}

/// Adds a person.
pub async fn add_person(tx: &mut Tx, person: &NewPerson<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(
        tx,
        PERSON_ADD,
        person.id,
        person.given_name,
        person.family_name,
        person.folded,
        person.sex,
        person.area_code,
        person.email,
        person.invented,
        now
    )
    .map(|_| ())
}

/// Adds an account.
pub async fn add_account(
    tx: &mut Tx,
    id: AccountId,
    person: PersonId,
    email: &str,
    password_hash: Option<&str>,
    language: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, ACCOUNT_ADD, id, person, email, password_hash, language, now).map(|_| ())
}

/// Gives a role.
pub async fn add_grant(
    tx: &mut Tx,
    id: GrantId,
    person: PersonId,
    grant: &Grant,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, GRANT_ADD, id, person, grant.role, grant.institution, grant.area.as_deref(), now).map(|_| ())
}
