//! SQL of passwords, links in letters and sessions.

use super::model::Purpose;
use crate::{
    common::ids::{AccountId, PersonId, SessionId},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::{
        clock::SLACK,
        db::{DbError, Handle, Tx},
        http::SESSION_LASTS,
    },
    statements,
};
use chrono::{DateTime, Utc};

statements! {
    ACCOUNT_BY_ID -> AccountRow = "SELECT a.id, a.email, a.password_hash, a.language, a.disabled, a.invited_by, p.id AS person_id, p.given_name, p.family_name,
            p.version, p.updated_by
        FROM account a JOIN person p ON p.id = a.person_id WHERE a.id = $1";
    ACCOUNT_BY_EMAIL -> AccountRow = "SELECT a.id, a.email, a.password_hash, a.language, a.disabled, a.invited_by, p.id AS person_id, p.given_name, p.family_name,
            p.version, p.updated_by
        FROM account a JOIN person p ON p.id = a.person_id WHERE a.email = $1";
    LANGUAGE_SET = "UPDATE account SET language = $2 WHERE id = $1";
    NAME_SET = "UPDATE person SET given_name = $3, family_name = $4, folded = $5, updated_by = $6, version = version + 1
        WHERE id = $1 AND version = $2";
    PASSWORD_SET = "UPDATE account SET password_hash = $2, invited_by = NULL WHERE id = $1";
    INVITER_SET = "UPDATE account SET invited_by = $2 WHERE id = $1";
    TOKEN_ADD = "INSERT INTO one_time_token (token_hash, account_id, purpose, expires_at) VALUES ($1, $2, $3, $4)";
    TOKEN_GET -> (AccountId, Purpose, String) = "SELECT t.account_id, t.purpose, a.email FROM one_time_token t JOIN account a ON a.id = t.account_id
        WHERE t.token_hash = $1 AND t.used_at IS NULL AND NOT a.disabled AND t.expires_at > $2
            AND t.expires_at <= $4 AND (t.purpose <> 'reset' OR t.expires_at <= $3)";
    TOKEN_USE = "UPDATE one_time_token SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
            AND expires_at <= $4 AND (purpose <> 'reset' OR expires_at <= $3)";
    TOKENS_DROP = "DELETE FROM one_time_token WHERE account_id = $1 AND used_at IS NULL";
    TOKENS_LIVE -> (i64,) = "SELECT COUNT(*) FROM one_time_token WHERE account_id = $1 AND purpose = 'reset' AND expires_at > $2
            AND expires_at <= $3";
    SESSIONS -> SessionRow = "SELECT id, address, user_agent, created_at, last_seen_at FROM session
        WHERE account_id = $1 AND expires_at > $2 AND expires_at <= $3 ORDER BY last_seen_at DESC, id DESC";
    SESSIONS_END_OTHERS = "DELETE FROM session WHERE account_id = $1 AND id <> $2";
    SESSIONS_END_ALL = "DELETE FROM session WHERE account_id = $1";
}

/// An account with its person's name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// The sign-in address.
    pub email: String,
    /// Argon2id; none until the invitation is taken up.
    pub password_hash: Option<String>,
    /// The chosen language.
    pub language: Option<String>,
    /// Whether it was closed.
    pub disabled: bool,
    /// The administrator who invited alone to an address that was never proven.
    pub invited_by: Option<PersonId>,
    /// Whose it is.
    pub person_id: PersonId,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Version of the person's record.
    pub version: i64,
    /// Who changed the person's record last.
    pub updated_by: String,
}

/// The account of an id.
pub async fn account(h: &mut impl Handle, id: AccountId) -> Result<Option<AccountRow>, DbError> {
    fetch_optional!(h, ACCOUNT_BY_ID, id)
}

/// The account of an address.
pub async fn account_by_email(h: &mut impl Handle, email: &str) -> Result<Option<AccountRow>, DbError> {
    fetch_optional!(h, ACCOUNT_BY_EMAIL, email)
}

/// Chooses a language; none follows the browser.
pub async fn set_language(tx: &mut Tx, id: AccountId, language: Option<&str>) -> Result<(), DbError> {
    execute!(tx, LANGUAGE_SET, id, language).map(|_| ())
}

/// A person's changed name.
pub struct NewName<'a> {
    /// Given name.
    pub given: &'a str,
    /// Family name.
    pub family: &'a str,
    /// Both, folded for search.
    pub folded: &'a str,
}

/// Writes a changed name unless the record changed since `version`; false then.
pub async fn set_name(
    tx: &mut Tx,
    person: PersonId,
    version: i64,
    name: NewName<'_>,
    by: &str,
) -> Result<bool, DbError> {
    execute!(tx, NAME_SET, person, version, name.given, name.family, name.folded, by).map(|rows| rows == 1)
}

/// Sets a password's hash; who invited matters no more.
pub async fn set_password(tx: &mut Tx, id: AccountId, hash: &str) -> Result<(), DbError> {
    execute!(tx, PASSWORD_SET, id, hash).map(|_| ())
}

/// Notes the administrator who invites alone; none where the programme office invites or has confirmed it.
pub async fn set_inviter(tx: &mut Tx, id: AccountId, inviter: Option<PersonId>) -> Result<(), DbError> {
    execute!(tx, INVITER_SET, id, inviter).map(|_| ())
}

/// Adds a link's token, by its hash.
pub async fn add_token(
    tx: &mut Tx,
    hash: &str,
    account: AccountId,
    purpose: Purpose,
    expires_at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, TOKEN_ADD, hash, account, purpose, expires_at).map(|_| ())
}

/// The latest end that a link for a purpose can have: a later one was given by a clock that was wrong.
fn latest(purpose: Purpose, now: DateTime<Utc>) -> DateTime<Utc> {
    now + purpose.lasts() + SLACK
}

/// A token that still holds: its account, purpose and the account's address.
pub async fn token(
    h: &mut impl Handle,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<Option<(AccountId, Purpose, String)>, DbError> {
    fetch_optional!(h, TOKEN_GET, hash, now, latest(Purpose::Reset, now), latest(Purpose::Invitation, now))
}

/// Uses a token up; false when somebody did before.
pub async fn use_token(tx: &mut Tx, hash: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let (reset, invitation) = (latest(Purpose::Reset, now), latest(Purpose::Invitation, now));
    execute!(tx, TOKEN_USE, hash, now, reset, invitation).map(|rows| rows == 1)
}

/// Makes every open link of an account worthless.
pub async fn drop_tokens(tx: &mut Tx, account: AccountId) -> Result<(), DbError> {
    execute!(tx, TOKENS_DROP, account).map(|_| ())
}

/// How many links for a forgotten password were sent within their time.
pub async fn live_resets(h: &mut impl Handle, account: AccountId, now: DateTime<Utc>) -> Result<i64, DbError> {
    let (count,): (i64,) = fetch_one!(h, TOKENS_LIVE, account, now, latest(Purpose::Reset, now))?;
    Ok(count)
}

/// A session as its owner sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// From where.
    pub address: String,
    /// With what browser.
    pub user_agent: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last seen.
    pub last_seen_at: DateTime<Utc>,
}

/// The sessions of an account, the latest used first.
pub async fn sessions(h: &mut impl Handle, account: AccountId, now: DateTime<Utc>) -> Result<Vec<SessionRow>, DbError> {
    fetch_all!(h, SESSIONS, account, now, now + SESSION_LASTS + SLACK)
}

/// Ends every session of an account but one.
pub async fn end_other_sessions(tx: &mut Tx, account: AccountId, but: SessionId) -> Result<u64, DbError> {
    execute!(tx, SESSIONS_END_OTHERS, account, but)
}

/// Ends every session of an account.
pub async fn end_sessions(tx: &mut Tx, account: AccountId) -> Result<u64, DbError> {
    execute!(tx, SESSIONS_END_ALL, account)
}
