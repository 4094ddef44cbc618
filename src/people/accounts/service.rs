//! Forgotten passwords, invitations taken up, one's own name, language and sessions.

use super::{
    api::{AccountView, ForgottenInfo, PasswordLink},
    attempt_model::Counted,
    attempt_store as devices,
    attempts::{self, Count},
    known,
    letters::{FORGOTTEN_JOB, Forgotten},
    model::{self, AccountForm, DeviceLine, SessionLine},
    store::{self, NewName},
    weak,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Conflict, Done, FaultKind, Flash},
        ids::{DeviceId, SessionId},
    },
    i18n,
    people::{records::invited, service::token_hash, store as people},
    platform::{
        audit,
        context::Ctx,
        http::guard::network,
        jobs,
        passwords::{MAX_LENGTH, MIN_LENGTH},
        pdf, text,
    },
};

/// A password was set by a link.
#[derive(Debug, PartialEq)]
pub struct PasswordSet {
    /// Where to go and what to say.
    pub done: Done,
    /// What the browser is known by from now on, for its cookie.
    pub device: String,
}

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
    let place = network(&cx.source);
    let counts = [Count::of(Counted::LinkPlace, &[&place]), Count::of(Counted::LinkPair, &[&email, &place])];
    attempts::take(cx, &counts).await?;
    let language = i18n::locale_of(language).map(i18n::code).unwrap_or_default().to_owned();
    let mut tx = cx.begin().await?;
    jobs::enqueue(cx, &mut tx, FORGOTTEN_JOB, &Forgotten { email, language }).await?;
    tx.commit().await?;
    Ok(Done::at("/forgotten?sent=1", Flash::MailSent))
}

/// What a link of a letter is good for; nothing when it is not. Where its invitation must be confirmed first, the
/// programme office is asked.
pub async fn password_link(cx: &Ctx, token: &str) -> Result<PasswordLink, AppError> {
    let nothing = PasswordLink {
        purpose: None,
        email: String::new(),
        min_length: MIN_LENGTH,
        max_length: MAX_LENGTH,
        unconfirmed: false,
    };
    let mut reader = cx.read().await?;
    let found = store::token(&mut reader, &token_hash(token), cx.now()).await?;
    let Some((account, purpose, email)) = found else { return Ok(nothing) };
    let unconfirmed = invited::unconfirmed(cx, &mut reader, account).await?.is_some();
    drop(reader);
    if !unconfirmed {
        return Ok(PasswordLink { purpose: Some(purpose), email, ..nothing });
    }
    let mut tx = cx.begin().await?;
    invited::held_back(cx, &mut tx, account).await?;
    tx.commit().await?;
    Ok(PasswordLink { unconfirmed, ..nothing })
}

/// Sets a password by a link. The link and all others of the account are used up, and whoever was
/// signed in with the old password no longer is.
pub async fn set_password(cx: &Ctx, token: &str, password: &str, again: &str) -> Result<PasswordSet, AppError> {
    let hash = token_hash(token);
    let mut reader = cx.read().await?;
    let found = store::token(&mut reader, &hash, cx.now()).await?;
    let (account, ..) = found.ok_or(Refusal::BadLink)?;
    let row = store::account(&mut reader, account).await?.ok_or(Refusal::BadLink)?;
    drop(reader);
    let mut checks = Checks::default();
    check_new(&mut checks, password, again, &row);
    checks.finish(())?;
    let password_hash = cx.app.passwords.hash(password.to_owned()).await?;

    let mut tx = cx.begin().await?;
    if invited::held_back(cx, &mut tx, account).await? {
        tx.commit().await?;
        return Err(Refusal::Unconfirmed.into());
    }
    // Two browsers with one link: the row decides.
    if !store::use_token(&mut tx, &hash, cx.now()).await? {
        return Err(Refusal::BadLink.into());
    }
    store::set_password(&mut tx, account, &password_hash).await?;
    store::drop_tokens(&mut tx, account).await?;
    store::end_sessions(&mut tx, account).await?;
    // The owner reads the account's mail: this browser need not wait because strangers try.
    let device = known::remember(cx, &mut tx, account).await?;
    devices::forget_other_devices(&mut tx, account, &token_hash(&device)).await?;
    audit::note(cx, &mut tx, "set_password", "account", account).await?;
    tx.commit().await?;
    Ok(PasswordSet { done: Done::at("/sign-in", Flash::PasswordSet), device })
}

/// A new password must be long enough, typed twice, and nothing that is tried first.
fn check_new(checks: &mut Checks, password: &str, again: &str, whose: &store::AccountRow) {
    model::new_password(checks, password, again, MIN_LENGTH, MAX_LENGTH);
    if checks.clean_of("password")
        && let Some(fault) = weak::fault(password, &[&whose.given_name, &whose.family_name, &whose.email])
    {
        checks.fault("password", fault);
    }
}

/// One's own account.
pub async fn view(cx: &Ctx) -> Result<AccountView, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let account = store::account(&mut reader, actor.account_id).await?.ok_or(AppError::NotFound)?;
    let sessions = store::sessions(&mut reader, actor.account_id, cx.now()).await?;
    let devices = devices::devices(&mut reader, actor.account_id, cx.now()).await?;
    let here = token_hash(&cx.device);
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
        devices: devices
            .into_iter()
            .map(|row| DeviceLine {
                current: row.token_hash == here,
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
    let account = store::account(&mut cx.read().await?, actor.account_id).await?.ok_or(AppError::NotFound)?;
    let mut checks = Checks::default();
    if present.is_empty() {
        checks.fault("present_password", FaultKind::Required);
    }
    check_new(&mut checks, password, again, &account);
    checks.finish(())?;
    // An open browser left alone must not become a place to guess; other browsers are not held up by it.
    let session = actor.session_id.to_string();
    let tries = [Count::of(Counted::Session, &[&session])];
    attempts::take(cx, &tries).await?;
    let present: String = present.chars().take(1000).collect();
    if !cx.app.passwords.verify(present, account.password_hash).await? {
        return Err(AppError::field("present_password", FaultKind::WrongPassword));
    }
    let hash = cx.app.passwords.hash(password.to_owned()).await?;
    let mut tx = cx.begin().await?;
    store::set_password(&mut tx, account.id, &hash).await?;
    store::drop_tokens(&mut tx, account.id).await?;
    store::end_other_sessions(&mut tx, account.id, actor.session_id).await?;
    devices::forget_other_devices(&mut tx, account.id, &token_hash(&cx.device)).await?;
    attempts::give_back(cx, &mut tx, &tries).await?;
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
    devices::forget_other_devices(&mut tx, actor.account_id, &token_hash(&cx.device)).await?;
    audit::note(cx, &mut tx, "end_other_sessions", "account", actor.account_id).await?;
    tx.commit().await?;
    Ok(Done::at("/account", Flash::SessionEnded))
}

/// Forgets one of one's own browsers: the next time it is one that never signed in.
pub async fn forget_device(cx: &Ctx, id: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let id: DeviceId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    // One that is forgotten already, as by a second click, is no fault.
    if !devices::forget_device(&mut tx, id, actor.account_id).await? {
        return Ok(Done::at("/account", Flash::Removed));
    }
    audit::note(cx, &mut tx, "forget_device", "account", actor.account_id).await?;
    tx.commit().await?;
    Ok(Done::at("/account", Flash::Removed))
}
