//! Who knocks: a browser that has signed in before, or one that never did; what each may try, and what the
//! owner is told.
//!
//! A stranger's wrong tries count against the stranger's place, against the address from that place, and,
//! with a short wait only, against the address from anywhere. A browser that has signed in to the account
//! before keeps a random token of its own and is counted by itself: nobody else can make it wait. An
//! owner with a new browser waits half a minute at most while others guess, or asks for a link, which makes
//! the browser known. An address without an account is counted as one with, so nothing tells them apart.

use super::{
    attempt_model::Counted,
    attempt_store::{self as store, NewDevice},
    attempts::{self, Count},
    store as accounts,
};
use crate::{
    common::{error::AppError, ids::AccountId},
    i18n::{self, td_string},
    people::service::{new_token, token_hash},
    platform::{
        audit,
        context::Ctx,
        db::Tx,
        http::guard::network,
        jobs,
        mail::{self, Letter},
    },
};
use chrono::TimeDelta;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The kind of job that tells an owner of wrong tries.
pub const GUESSED_JOB: &str = "people.guessed";
/// After as many wrong tries by strangers the owner is told.
const TELL_AFTER: i64 = 10;
/// And not again within this time.
const TELL_EVERY: TimeDelta = TimeDelta::hours(24);

/// A try to sign in that was let through.
#[derive(Debug)]
pub struct Knock {
    counts: Vec<Count>,
    /// Whether the browser has signed in to the account before.
    pub known: bool,
    /// How many tries of strangers count now.
    tried: i64,
}

/// Counts a try to sign in, or says how long to wait.
pub async fn knock(cx: &Ctx, account: Option<AccountId>, email: &str) -> Result<Knock, AppError> {
    let (place, device) = (network(&cx.source), token_hash(&cx.device));
    let whose = account.unwrap_or_else(|| Uuid::nil().into());
    let known = store::device(&mut cx.read().await?, &device, whose, cx.now()).await?.is_some();
    let counts = if known {
        vec![Count::of(Counted::Device, &[&device, email])]
    } else {
        cx.app.limits.sign_in(&cx.source, email)?;
        vec![
            Count::of(Counted::Place, &[&place]),
            Count::of(Counted::Pair, &[email, &place]),
            Count::of(Counted::Account, &[email]),
        ]
    };
    let tried = attempts::take(cx, &counts).await?;
    Ok(Knock { counts, known, tried })
}

#[derive(Debug, Serialize, Deserialize)]
struct Guessed {
    email: String,
}

/// The try was wrong. The owner is told once there were many; whether there is an owner, only the job looks.
pub async fn refused(cx: &Ctx, knock: &Knock, email: &str) -> Result<(), AppError> {
    tracing::info!(source = cx.source, known = knock.known, "sign-in refused");
    if knock.known || knock.tried < TELL_AFTER || knock.tried % TELL_AFTER != 0 {
        return Ok(());
    }
    let mut tx = cx.begin().await?;
    let key = token_hash(&format!("guessed {email}"));
    jobs::enqueue_once(cx, &mut tx, GUESSED_JOB, &Guessed { email: email.to_owned() }, &key).await?;
    Ok(tx.commit().await?)
}

/// The try was right: what it cost is given back, and the browser is known from now on. Its token, for the
/// cookie.
pub async fn welcomed(cx: &Ctx, tx: &mut Tx, knock: &Knock, account: AccountId) -> Result<String, AppError> {
    attempts::give_back(cx, tx, &knock.counts).await?;
    remember(cx, tx, account).await
}

/// Lets the browser that asks be known to an account. A token that we did not give is never taken over:
/// somebody else may know it.
pub async fn remember(cx: &Ctx, tx: &mut Tx, account: AccountId) -> Result<String, AppError> {
    let ours = store::is_device(tx, &token_hash(&cx.device), cx.now()).await?;
    let token = if ours { cx.device.clone() } else { new_token(&cx.app) };
    let device = NewDevice {
        token_hash: &token_hash(&token),
        id: cx.app.id(),
        account,
        address: &cx.source,
        user_agent: &cx.user_agent.chars().take(300).collect::<String>(),
    };
    store::keep_device(tx, &device, cx.now()).await?;
    Ok(token)
}

/// Tells the owner of an account that somebody tries passwords, once a day at most.
pub fn guessed(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let Guessed { email } = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let mut tx = cx.begin().await?;
        let account = accounts::account_by_email(&mut tx, &email).await?;
        let Some(account) = account.filter(|account| !account.disabled && account.password_hash.is_some()) else {
            return Ok(());
        };
        if !store::warn(&mut tx, account.id, cx.now(), cx.now() - TELL_EVERY).await? {
            return Ok(());
        }
        let locale = account.language.as_deref().and_then(i18n::locale_of).unwrap_or_default();
        let forgotten = cx.app.settings.link("/forgotten");
        let own = cx.app.settings.link("/account");
        let body = td_string!(
            locale,
            safety.guessed_body,
            name = account.given_name.clone(),
            forgotten = forgotten,
            account = own
        );
        let letter = Letter {
            name: format!("{} {}", account.given_name, account.family_name),
            to: account.email,
            subject: td_string!(locale, safety.guessed_subject).to_string(),
            body: body.to_string(),
        };
        mail::send(&cx, &mut tx, &letter).await?;
        audit::note(&cx, &mut tx, "warn", "account", account.id).await?;
        Ok(tx.commit().await?)
    })
}
