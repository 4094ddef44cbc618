//! Forgotten passwords, invitations taken up, one's own name, language and sessions.

use super::{
    api::{AccountView, ForgottenInfo, PasswordLink},
    letters::{FORGOTTEN_JOB, Forgotten},
    model::{self, AccountForm, SessionLine},
    store::{self, NewName},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Conflict, Done, FaultKind, Flash},
        ids::SessionId,
    },
    i18n,
    people::{service::token_hash, store as people},
    platform::{
        audit,
        context::Ctx,
        jobs,
        passwords::{MAX_LENGTH, MIN_LENGTH},
        pdf, text,
    },
};

/// What the page of forgotten passwords must know.
pub fn forgotten_info(cx: &Ctx) -> ForgottenInfo {
    ForgottenInfo { mail_to_folder: cx.app.settings.smtp_url.is_none() }
}

/// Asks for a link. The answer and the work are the same whether or not the address is known.
pub async fn forgotten(cx: &Ctx, email: &str, language: &str) -> Result<Done, AppError> {
    let mut checks = Checks::default();
    let email = checks.email("email", email);
    checks.required_line("email", &email, 254);
    checks.finish(())?;
    cx.app.limits.sign_in(&cx.source, &format!("forgotten {email}"))?;
    let language = i18n::locale_of(language).map(i18n::code).unwrap_or_default().to_owned();
    let mut tx = cx.begin().await?;
    jobs::enqueue(cx, &mut tx, FORGOTTEN_JOB, &Forgotten { email, language }).await?;
    tx.commit().await?;
    Ok(Done::at("/forgotten?sent=1", Flash::MailSent))
}

/// What a link of a letter is good for; nothing when it is not.
pub async fn password_link(cx: &Ctx, token: &str) -> Result<PasswordLink, AppError> {
    let found = store::token(&mut cx.read().await?, &token_hash(token), cx.now()).await?;
    Ok(match found {
        Some((_, purpose, email)) => {
            PasswordLink { purpose: Some(purpose), email, min_length: MIN_LENGTH, max_length: MAX_LENGTH }
        }
        None => PasswordLink { purpose: None, email: String::new(), min_length: MIN_LENGTH, max_length: MAX_LENGTH },
    })
}

/// Sets a password by a link. The link and all others of the account are used up, and whoever was
/// signed in with the old password no longer is.
pub async fn set_password(cx: &Ctx, token: &str, password: &str, again: &str) -> Result<Done, AppError> {
    let hash = token_hash(token);
    let found = store::token(&mut cx.read().await?, &hash, cx.now()).await?;
    let (account, ..) = found.ok_or(Refusal::BadLink)?;
    let mut checks = Checks::default();
    model::new_password(&mut checks, password, again, MIN_LENGTH, MAX_LENGTH);
    checks.finish(())?;
    let password_hash = cx.app.passwords.hash(password.to_owned()).await?;

    let mut tx = cx.begin().await?;
    // Two browsers with one link: the row decides.
    if !store::use_token(&mut tx, &hash, cx.now()).await? {
        return Err(Refusal::BadLink.into());
    }
    store::set_password(&mut tx, account, &password_hash).await?;
    store::drop_tokens(&mut tx, account).await?;
    store::end_sessions(&mut tx, account).await?;
    audit::note(cx, &mut tx, "set_password", "account", account).await?;
    tx.commit().await?;
    Ok(Done::at("/sign-in", Flash::PasswordSet))
}

/// One's own account.
pub async fn view(cx: &Ctx) -> Result<AccountView, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let account = store::account(&mut reader, actor.account_id).await?.ok_or(AppError::NotFound)?;
    let sessions = store::sessions(&mut reader, actor.account_id, cx.now()).await?;
    Ok(AccountView {
        given_name: account.given_name,
        family_name: account.family_name,
        version: account.version,
        email: account.email,
        language: account.language.unwrap_or_default(),
        min_length: MIN_LENGTH,
        sessions: sessions
            .into_iter()
            .map(|row| SessionLine {
                current: row.id == actor.session_id,
                id: row.id,
                browser: model::browser_name(&row.user_agent),
                address: row.address,
                created_at: row.created_at,
                last_seen_at: row.last_seen_at,
            })
            .collect(),
    })
}

/// A name that a certificate can print.
pub fn printable(checks: &mut Checks, field: &str, name: &str) {
    let text = pdf::unprintable(name);
    if !text.is_empty() {
        checks.fault(field, FaultKind::Unprintable { text });
    }
}

/// Saves one's own name and language.
pub async fn edit(cx: &Ctx, form: &AccountForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut checks = Checks::default();
    let given = model::name(&mut checks, "given_name", &form.given_name);
    let family = model::name(&mut checks, "family_name", &form.family_name);
    printable(&mut checks, "given_name", &given);
    printable(&mut checks, "family_name", &family);
    let language = form.language.trim();
    let locale = i18n::locale_of(language);
    if !language.is_empty() && locale.is_none() {
        checks.fault("language", FaultKind::Choice);
    }
    checks.finish(())?;
    let version: i64 = form.version.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;

    let mut tx = cx.begin().await?;
    let stands = store::account(&mut tx, actor.account_id).await?.ok_or(AppError::NotFound)?;
    let folded = text::fold(&format!("{given} {family}"));
    let name = NewName { given: &given, family: &family, folded: &folded };
    if !store::set_name(&mut tx, stands.person_id, version, name, &actor.name).await? {
        return Err(AppError::Conflict(Box::new(Conflict::between(
            &stands.updated_by,
            stands.version,
            &[
                ("given_name", &form.given_name, stands.given_name.clone()),
                ("family_name", &form.family_name, stands.family_name.clone()),
            ],
        ))));
    }
    store::set_language(&mut tx, actor.account_id, locale.map(i18n::code)).await?;
    let names = |given: &str, family: &str, language: Option<&str>| {
        [given, family, language.unwrap_or_default()].map(str::to_owned)
    };
    audit::record(
        cx,
        &mut tx,
        "edit",
        "account",
        actor.account_id,
        Some(&names(&stands.given_name, &stands.family_name, stands.language.as_deref())),
        Some(&names(&given, &family, locale.map(i18n::code))),
    )
    .await?;
    tx.commit().await?;
    Ok(Done::at("/account", Flash::Saved))
}

/// Changes one's own password; every other browser is signed out.
pub async fn change_password(cx: &Ctx, present: &str, password: &str, again: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut checks = Checks::default();
    if present.is_empty() {
        checks.fault("present_password", FaultKind::Required);
    }
    model::new_password(&mut checks, password, again, MIN_LENGTH, MAX_LENGTH);
    checks.finish(())?;
    // An open browser left alone must not become a place to guess.
    cx.app.limits.sign_in(&cx.source, &format!("password {}", actor.account_id))?;
    let account = store::account(&mut cx.read().await?, actor.account_id).await?.ok_or(AppError::NotFound)?;
    let present: String = present.chars().take(1000).collect();
    if !cx.app.passwords.verify(present, account.password_hash).await? {
        return Err(AppError::field("present_password", FaultKind::WrongPassword));
    }
    let hash = cx.app.passwords.hash(password.to_owned()).await?;
    let mut tx = cx.begin().await?;
    store::set_password(&mut tx, account.id, &hash).await?;
    store::drop_tokens(&mut tx, account.id).await?;
    store::end_other_sessions(&mut tx, account.id, actor.session_id).await?;
    audit::note(cx, &mut tx, "change_password", "account", account.id).await?;
    tx.commit().await?;
    Ok(Done::at("/account", Flash::Saved))
}

/// Signs one of one's own browsers out. Somebody else's session is as if it were not there.
pub async fn end_session(cx: &Ctx, id: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let id: SessionId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    if !people::end_session(&mut tx, id, actor.account_id).await? {
        return Err(AppError::NotFound);
    }
    audit::note(cx, &mut tx, "end_session", "session", id).await?;
    tx.commit().await?;
    Ok(Done::at("/account", Flash::SessionEnded))
}

/// Signs every other browser out.
pub async fn end_other_sessions(cx: &Ctx) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    store::end_other_sessions(&mut tx, actor.account_id, actor.session_id).await?;
    audit::note(cx, &mut tx, "end_other_sessions", "account", actor.account_id).await?;
    tx.commit().await?;
    Ok(Done::at("/account", Flash::SessionEnded))
}
