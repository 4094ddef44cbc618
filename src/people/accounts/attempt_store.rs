//! SQL of counted tries and of browsers that have signed in before.

use crate::{
    common::ids::{AccountId, DeviceId},
    execute, fetch_all, fetch_one, fetch_optional,
    platform::db::{DbError, Handle, Tx},
    statements,
};
use chrono::{DateTime, TimeDelta, Utc};

/// Expired rows that each counted try takes away at most: rows never pile up, and no try waits for many.
macro_rules! swept {
    () => {
        "20"
    };
}

statements! {
    // Every node counts here; the row is locked until the transaction ends.
    ATTEMPT_HOLD -> AttemptRow = "INSERT INTO attempt (key, tries, last_at, expires_at) VALUES ($1, 0, $2, $3)
        ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING key, tries, last_at";
    ATTEMPT -> AttemptRow = "SELECT key, tries, last_at FROM attempt WHERE key = $1";
    ATTEMPT_SET = "UPDATE attempt SET tries = $2, last_at = $3, expires_at = $4 WHERE key = $1";
    ATTEMPT_DROP = "DELETE FROM attempt WHERE key = $1";
    ATTEMPTS_SWEEP = concat!("DELETE FROM attempt WHERE key IN (SELECT key FROM attempt WHERE expires_at < $1 LIMIT ", swept!(), ")");
    WARN = "UPDATE account SET warned_at = $2 WHERE id = $1 AND (warned_at IS NULL OR warned_at < $3)";
    DEVICE -> (DeviceId,) = "SELECT id FROM known_device WHERE token_hash = $1 AND account_id = $2 AND expires_at > $3";
    DEVICE_ANY -> (i64,) = "SELECT COUNT(*) FROM known_device WHERE token_hash = $1 AND expires_at > $2";
    DEVICE_KEEP = "INSERT INTO known_device (token_hash, account_id, id, created_at, last_seen_at, expires_at, address, user_agent)
        VALUES ($1, $2, $3, $4, $4, $5, $6, $7)
        ON CONFLICT (token_hash, account_id) DO UPDATE SET last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at,
            address = excluded.address, user_agent = excluded.user_agent";
    DEVICES -> DeviceRow = "SELECT id, token_hash, address, user_agent, created_at, last_seen_at FROM known_device
        WHERE account_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, id DESC";
    DEVICES_TRIM = "DELETE FROM known_device WHERE account_id = $1 AND (expires_at < $2 OR id NOT IN (
        SELECT id FROM known_device WHERE account_id = $1 ORDER BY last_seen_at DESC, id DESC LIMIT 20))";
    DEVICE_FORGET = "DELETE FROM known_device WHERE id = $1 AND account_id = $2";
    DEVICES_FORGET_OTHERS = "DELETE FROM known_device WHERE account_id = $1 AND token_hash <> $2";
}

/// How long a browser is known without signing in again.
pub const DEVICE_LASTS: TimeDelta = TimeDelta::days(365);

/// What was counted under a key.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AttemptRow {
    /// The key.
    pub key: String,
    /// How many tries.
    pub tries: i64,
    /// When the last was.
    pub last_at: DateTime<Utc>,
}

/// What was counted under a key.
pub async fn attempt(h: &mut impl Handle, key: &str) -> Result<Option<AttemptRow>, DbError> {
    fetch_optional!(h, ATTEMPT, key)
}

/// The same, for this transaction alone until it ends; made where there was none.
pub async fn hold_attempt(tx: &mut Tx, key: &str, now: DateTime<Utc>) -> Result<AttemptRow, DbError> {
    fetch_one!(tx, ATTEMPT_HOLD, key, now, now)
}

/// Writes what is counted now.
pub async fn set_attempt(
    tx: &mut Tx,
    key: &str,
    tries: i64,
    last: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, ATTEMPT_SET, key, tries, last, expires_at).map(|_| ())
}

/// Forgets what was counted under a key.
pub async fn drop_attempt(tx: &mut Tx, key: &str) -> Result<(), DbError> {
    execute!(tx, ATTEMPT_DROP, key).map(|_| ())
}

/// Takes some rows away whose time is over; how many.
pub async fn sweep_attempts(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64, DbError> {
    execute!(tx, ATTEMPTS_SWEEP, now)
}

/// Notes that the owner is told of wrong tries now, unless they were since `not_since`; false then.
pub async fn warn(
    tx: &mut Tx,
    account: AccountId,
    now: DateTime<Utc>,
    not_since: DateTime<Utc>,
) -> Result<bool, DbError> {
    execute!(tx, WARN, account, now, not_since).map(|rows| rows == 1)
}

/// The browser with this token, if it has signed in to the account before.
pub async fn device(
    h: &mut impl Handle,
    token_hash: &str,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Option<DeviceId>, DbError> {
    let found: Option<(DeviceId,)> = fetch_optional!(h, DEVICE, token_hash, account, now)?;
    Ok(found.map(|(id,)| id))
}

/// Whether the token was given by us, for whatever account.
pub async fn is_device(h: &mut impl Handle, token_hash: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, DEVICE_ANY, token_hash, now)?;
    Ok(count > 0)
}

/// A browser that signs in.
pub struct NewDevice<'a> {
    /// SHA-256 of what it keeps.
    pub token_hash: &'a str,
    /// Its id, for listing.
    pub id: DeviceId,
    /// To which account.
    pub account: AccountId,
    /// From where.
    pub address: &'a str,
    /// How it names itself.
    pub user_agent: &'a str,
}

/// Notes that a browser has signed in to an account; of the account's browsers the latest twenty stay.
pub async fn keep_device(tx: &mut Tx, device: &NewDevice<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(
        tx,
        DEVICE_KEEP,
        device.token_hash,
        device.account,
        device.id,
        now,
        now + DEVICE_LASTS,
        device.address,
        device.user_agent
    )?;
    execute!(tx, DEVICES_TRIM, device.account, now).map(|_| ())
}

/// A browser as its owner sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeviceRow {
    /// Its id.
    pub id: DeviceId,
    /// SHA-256 of what it keeps.
    pub token_hash: String,
    /// From where it last signed in.
    pub address: String,
    /// How it names itself.
    pub user_agent: String,
    /// When it first signed in.
    pub created_at: DateTime<Utc>,
    /// When it last signed in.
    pub last_seen_at: DateTime<Utc>,
}

/// The browsers that have signed in to an account, the latest first.
pub async fn devices(h: &mut impl Handle, account: AccountId, now: DateTime<Utc>) -> Result<Vec<DeviceRow>, DbError> {
    fetch_all!(h, DEVICES, account, now)
}

/// Forgets a browser; false when the account has none of this id.
pub async fn forget_device(tx: &mut Tx, id: DeviceId, account: AccountId) -> Result<bool, DbError> {
    execute!(tx, DEVICE_FORGET, id, account).map(|rows| rows == 1)
}

/// Forgets every browser of an account but the one with this token.
pub async fn forget_other_devices(tx: &mut Tx, account: AccountId, but: &str) -> Result<u64, DbError> {
    execute!(tx, DEVICES_FORGET_OTHERS, account, but)
}
