//! Signing in and out, and who is asking.

use super::{
    accounts::known,
    model::{Actor, Grant},
    store::{self, NewPerson, NewSession},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Done, Flash},
        ids::PersonId,
    },
    platform::{
        audit,
        context::{App, Ctx},
        db::Tx,
        http::SESSION_LASTS,
        text,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

/// Use is noted this often, so that reading a page seldom writes.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(10);

/// What is stored of a token: its SHA-256 in hexadecimal.
pub fn token_hash(token: &str) -> String {
    text::hex(Sha256::digest(token.as_bytes()))
}

/// A fresh token of 256 random bits.
pub fn new_token(app: &App) -> String {
    URL_SAFE_NO_PAD.encode(app.entropy.bytes::<32>())
}

/// The person behind a session's cookie, if it still holds.
pub async fn actor(app: &App, token: &str) -> Result<Option<Actor>, AppError> {
    let now = app.now();
    let found = store::actor_by_token(&mut app.db.read().await?, &token_hash(token), now).await?;
    let Some((actor, last_seen)) = found else { return Ok(None) };
    if now - last_seen > SEEN_EVERY {
        let touched = async {
            let mut tx = app.db.begin().await?;
            store::touch_session(&mut tx, actor.session_id, now, now + SESSION_LASTS).await?;
            tx.commit().await
        };
        // Who can only read must not be sent away because that cannot be noted.
        if let Err(error) = touched.await {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
    }
    Ok(Some(actor))
}

/// A session just opened.
#[derive(Debug)]
pub struct SignedIn {
    /// Its token, for the cookie.
    pub token: String,
    /// The language chosen in the account.
    pub language: Option<String>,
    /// What the browser is known by from now on, for its cookie.
    pub device: String,
}

/// Signs in and opens a session. Wrong address and wrong password are one
/// answer and take the same time.
pub async fn sign_in(cx: &Ctx, email: &str, password: &str) -> Result<SignedIn, AppError> {
    let mut checks = Checks::default();
    let email = checks.email("email", email);
    checks.required_line("email", &email, 254);
    checks.required("password", password, 1000);
    checks.finish(())?;

    let account = store::account_by_email(&mut cx.read().await?, &email).await?.filter(|account| !account.disabled);
    let knock = known::knock(cx, account.as_ref().map(|account| account.id), &email).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let right = cx.app.passwords.verify(password.to_owned(), hash).await?;
    let Some(account) = account.filter(|_| right) else {
        known::refused(cx, &knock, &email).await?;
        return Err(Refusal::WrongSignIn.into());
    };

    let token = new_token(&cx.app);
    let now = cx.now();
    let mut tx = cx.begin().await?;
    // A browser that signs in again leaves no older session behind.
    if let Some(actor) = &cx.actor {
        store::end_session(&mut tx, actor.session_id, actor.account_id).await?;
    }
    store::add_session(
        &mut tx,
        NewSession {
            token_hash: &token_hash(&token),
            id: cx.app.id(),
            account_id: account.id,
            expires_at: now + SESSION_LASTS,
            address: &cx.source,
            user_agent: &cx.user_agent.chars().take(300).collect::<String>(),
        },
        now,
    )
    .await?;
    let device = known::welcomed(cx, &mut tx, &knock, account.id).await?;
    audit::note(cx, &mut tx, "sign_in", "account", account.id).await?;
    tx.commit().await?;
    Ok(SignedIn { token, language: account.language, device })
}

/// Signs this browser out.
pub async fn sign_out(cx: &Ctx) -> Result<Done, AppError> {
    if let Some(actor) = &cx.actor {
        let mut tx = cx.begin().await?;
        store::end_session(&mut tx, actor.session_id, actor.account_id).await?;
        audit::note(cx, &mut tx, "sign_out", "account", actor.account_id).await?;
        tx.commit().await?;
    }
    Ok(Done::at("/", Flash::SignedOut))
}

/// Makes a person with an account and roles; for commands and the demonstration.
pub async fn create_person(
    cx: &Ctx,
    tx: &mut Tx,
    person: NewPerson<'_>,
    account: Option<(&str, Option<&str>)>,
    grants: &[Grant],
) -> Result<PersonId, AppError> {
    let now = cx.now();
    let folded = text::fold(&format!("{} {}", person.given_name, person.family_name));
    let person = NewPerson { folded: &folded, ..person };
    store::add_person(tx, &person, now).await?;
    if let Some((email, hash)) = account {
        store::add_account(tx, cx.app.id(), person.id, email, hash, None, now).await?;
    }
    for grant in grants {
        store::add_grant(tx, cx.app.id(), person.id, grant, now).await?;
    }
    audit::note(cx, tx, "create", "person", person.id).await?;
    Ok(person.id)
}
