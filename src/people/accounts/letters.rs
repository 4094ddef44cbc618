//! Letters with links to set a password, and the jobs that send them.
//!
//! The link is made by the job, in the transaction that writes the letter, so that there is one however
//! often the job runs and however often the letter is tried. Beside the letter, which is erased once it
//! is sent, the database keeps only a hash of it. Asking for a link costs the same whether or not the
//! address is known, since only the job looks.

use super::{model::Purpose, store};
use crate::{
    common::{error::AppError, ids::AccountId},
    i18n::{self, Locale, td_string},
    people::{
        records::invited,
        service::{new_token, token_hash},
    },
    platform::{
        audit,
        context::Ctx,
        db::Tx,
        mail::{self, Letter},
    },
};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// The kind of job that answers a forgotten password.
pub const FORGOTTEN_JOB: &str = "people.forgotten";
/// The kind of job that invites.
pub const INVITATION_JOB: &str = "people.invitation";
/// No more letters to one address than these while their links hold.
const RESETS_AT_ONCE: i64 = 3;

/// Somebody asked for a link.
#[derive(Debug, Serialize, Deserialize)]
pub struct Forgotten {
    /// The address given; perhaps nobody's.
    pub email: String,
    /// The language of the page where it was asked.
    pub language: String,
}

/// Somebody is invited.
#[derive(Debug, Serialize, Deserialize)]
pub struct Invitation {
    /// The new account.
    pub account: AccountId,
    /// Who invites.
    pub by: String,
    /// Language where the account has chosen none.
    pub language: String,
}

fn locale(account: Option<&str>, page: &str) -> Locale {
    account.and_then(i18n::locale_of).or_else(|| i18n::locale_of(page)).unwrap_or_default()
}

/// Sends a link to an address, if it is an account's.
pub fn forgotten(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let asked: Forgotten = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let mut tx = cx.begin().await?;
        let account = store::account_by_email(&mut tx, &asked.email).await?.filter(|account| !account.disabled);
        let Some(account) = account else {
            tracing::info!("a link was asked for an address without an account");
            return Ok(());
        };
        if invited::held_back(&cx, &mut tx, account.id).await? {
            tracing::info!(account = %account.id, "no link: the invitation must be confirmed first");
            return Ok(tx.commit().await?);
        }
        if store::live_resets(&mut tx, account.id, cx.now()).await? >= RESETS_AT_ONCE {
            tracing::info!(account = %account.id, "no further link: enough were sent within the hour");
            return Ok(());
        }
        let locale = locale(account.language.as_deref(), &asked.language);
        let link = link(&cx, &mut tx, account.id, Purpose::Reset).await?;
        let letter = Letter {
            name: format!("{} {}", account.given_name, account.family_name),
            subject: td_string!(locale, people.letter.reset_subject).to_string(),
            body: td_string!(locale, people.letter.reset_body, name = account.given_name, link = link).to_string(),
            to: account.email,
        };
        post(&cx, tx, &letter).await
    })
}

/// Sends an invitation.
pub fn invitation(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let asked: Invitation = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let mut tx = cx.begin().await?;
        let account = store::account(&mut tx, asked.account).await?;
        let Some(account) = account.filter(|account| !account.disabled && account.password_hash.is_none()) else {
            return Ok(());
        };
        // What came between the invitation and its letter counts too.
        if invited::held_back(&cx, &mut tx, account.id).await? {
            return Ok(tx.commit().await?);
        }
        let locale = locale(account.language.as_deref(), &asked.language);
        let link = link(&cx, &mut tx, account.id, Purpose::Invitation).await?;
        let body = td_string!(
            locale,
            people.letter.invitation_body,
            name = account.given_name.clone(),
            by = asked.by,
            email = account.email.clone(),
            link = link
        )
        .to_string();
        let letter = Letter {
            name: format!("{} {}", account.given_name, account.family_name),
            subject: td_string!(locale, people.letter.invitation_subject).to_string(),
            body,
            to: account.email,
        };
        post(&cx, tx, &letter).await
    })
}

async fn link(cx: &Ctx, tx: &mut Tx, account: AccountId, purpose: Purpose) -> Result<String, AppError> {
    let token = new_token(&cx.app);
    store::add_token(tx, &token_hash(&token), account, purpose, cx.now() + purpose.lasts()).await?;
    audit::note(cx, tx, purpose.code(), "account", account).await?;
    Ok(cx.app.settings.link(&format!("/set-password/{token}")))
}

/// Writes the letter and makes its link, both or neither: a job that has written its letter leaves everything as
/// it is.
async fn post(cx: &Ctx, mut tx: Tx, letter: &Letter) -> Result<(), AppError> {
    if mail::send_secret(cx, &mut tx, letter).await? {
        tx.commit().await?;
    }
    Ok(())
}
