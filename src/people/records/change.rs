//! Changing a person's record and account: at once where the administrator may do it alone, else once it
//! is confirmed.

use super::{
    change_letters::{self, CHANGE_JOB, Waiting},
    change_model::{Act, Asked, Decision, Stood, WAITS, decide},
    change_store::{self as changes, NewChange},
    model::{Details, InviteForm, PersonForm},
    service::{held, keeper, known, no_such, sees_everybody},
    store::{self, PersonRow},
};
use crate::{
    common::{
        actor::{Actor, Role},
        error::{AppError, Refusal},
        forms::{Checks, Conflict, Done, FaultKind, Flash},
        ids::{AccountId, ChangeId, PersonId},
    },
    i18n,
    people::{
        accounts::{
            letters::{INVITATION_JOB, Invitation},
            service::printable,
            store as accounts,
        },
        rights::require,
        store as people,
    },
    platform::{
        audit,
        context::Ctx,
        db::{Handle, Tx},
        jobs, text,
    },
};

/// What the rule says of an act of somebody on a person.
pub async fn decision(
    cx: &Ctx,
    h: &mut impl Handle,
    actor: &Actor,
    person: &PersonRow,
    act: Act,
) -> Result<Decision, AppError> {
    if sees_everybody(actor) {
        return Ok(Decision::Now);
    }
    let held = held(h, person.id).await?;
    let ties = changes::ties(h, person.id, actor.person_id, cx.now().date_naive()).await?;
    Ok(decide(actor, act, &held, ties, proven(person)))
}

/// Whether the account's address is known to be the person's.
pub(super) fn proven(person: &PersonRow) -> bool {
    person.has_password && person.disabled == Some(false)
}

/// A person whom the asker may act on, or ask to, and whether the act waits: then whether the address on
/// record may confirm it.
async fn kept(
    cx: &Ctx,
    h: &mut impl Handle,
    actor: &Actor,
    id: PersonId,
    act: Act,
) -> Result<(PersonRow, Option<bool>), AppError> {
    let person = known(cx, h, actor, id).await?;
    let decision = decision(cx, h, actor, &person, act).await?;
    require(decision != Decision::Refuse, AppError::Forbidden)?;
    let waits = match decision {
        Decision::Confirm { by_address } => Some(by_address),
        Decision::Now | Decision::Refuse => None,
    };
    Ok((person, waits))
}

pub(super) fn stood(person: &PersonRow) -> Stood {
    Stood {
        version: person.version,
        details: Details {
            given_name: person.given_name.clone(),
            family_name: person.family_name.clone(),
            sex: person.sex,
            area_code: person.area_code.clone(),
            email: person.email.clone(),
        },
        account_email: person.account_email.clone().unwrap_or_default(),
    }
}

/// A record as the form has it, checked.
pub fn checked(form: &PersonForm, checks: &mut Checks) -> Details {
    let details = form.details(checks);
    printable(checks, "given_name", &details.given_name);
    printable(checks, "family_name", &details.family_name);
    details
}

/// Keeps what is asked until it is confirmed, and has a link sent to the address on record where that may
/// confirm it.
async fn ask(
    cx: &Ctx,
    mut tx: Tx,
    actor: &Actor,
    person: &PersonRow,
    asked: &Asked,
    by_address: bool,
) -> Result<Done, AppError> {
    // Each may be a letter to somebody.
    cx.app.limits.contact(&format!("change of {}", person.id))?;
    keep(cx, &mut tx, (actor.person_id, actor.name.as_str()), person, asked, by_address).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/people/{}", person.id), Flash::Asked))
}

/// Keeps what somebody, by id and name, asks; the link is sent by a job.
pub(super) async fn keep(
    cx: &Ctx,
    tx: &mut Tx,
    (by, by_name): (PersonId, &str),
    person: &PersonRow,
    asked: &Asked,
    by_address: bool,
) -> Result<(), AppError> {
    let json = |value: Result<String, serde_json::Error>| value.map_err(|_| AppError::Internal);
    let id: ChangeId = cx.app.id();
    let change = NewChange {
        id,
        person: person.id,
        act: asked.act(),
        asked: &json(serde_json::to_string(asked))?,
        stood: &json(serde_json::to_string(&stood(person)))?,
        by,
        by_name,
        expires_at: cx.now() + WAITS,
        by_address,
    };
    changes::add(tx, &change, cx.now()).await.map_err(|error| {
        if error.is_unique_violation() { Refusal::AlreadySent.into() } else { AppError::from(error) }
    })?;
    if by_address {
        jobs::enqueue(cx, tx, CHANGE_JOB, &Waiting { change: id }).await?;
    }
    audit::record(cx, tx, "ask", "person", person.id, None, Some(asked)).await?;
    Ok(())
}

/// Saves a changed record, or asks to.
pub async fn edit(cx: &Ctx, form: &PersonForm) -> Result<Done, AppError> {
    let actor = keeper(cx)?;
    let id: PersonId = form.id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    let (person, waits) = kept(cx, &mut tx, actor, id, Act::Edit).await?;
    let mut checks = Checks::default();
    let details = checked(form, &mut checks);
    checks.finish(())?;
    let version: i64 = form.version.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    if let Some(by_address) = waits {
        if version != person.version {
            return Err(conflict(&person, form));
        }
        return ask(cx, tx, actor, &person, &Asked::Edit(details), by_address).await;
    }
    if !write_details(cx, &mut tx, &person, version, &details, &actor.name).await? {
        return Err(conflict(&person, form));
    }
    tx.commit().await?;
    Ok(Done::at(format!("/people/{id}"), Flash::Saved))
}

fn conflict(person: &PersonRow, form: &PersonForm) -> AppError {
    let stands = stood(person).details;
    AppError::Conflict(Box::new(Conflict::between(
        &person.updated_by,
        person.version,
        &[
            ("given_name", &form.given_name, stands.given_name),
            ("family_name", &form.family_name, stands.family_name),
            ("sex", &form.sex, stands.sex.map(|sex| sex.code().to_owned()).unwrap_or_default()),
            ("area_code", &form.area_code, stands.area_code.unwrap_or_default()),
            ("email", &form.email, stands.email),
        ],
    )))
}

/// Writes a record unless it changed since `version`; false then.
pub(super) async fn write_details(
    cx: &Ctx,
    tx: &mut Tx,
    person: &PersonRow,
    version: i64,
    details: &Details,
    by: &str,
) -> Result<bool, AppError> {
    let folded = text::fold(&format!("{} {}", details.given_name, details.family_name));
    if !store::update(tx, person.id, version, details, &folded, by).await.map_err(no_such("area_code"))? {
        return Ok(false);
    }
    let stood = stood(person);
    if details.email != stood.details.email {
        change_letters::tell_old(cx, tx, &stood, &details.email, by).await?;
    }
    audit::record(cx, tx, "edit", "person", person.id, Some(&stood.details), Some(details)).await?;
    Ok(true)
}

/// Who invites.
#[derive(Clone, Copy, Debug)]
pub struct Inviter<'a> {
    /// Their name, for the letter.
    pub name: &'a str,
    /// The administrator who does it alone; none where the programme office does it or has confirmed it.
    pub alone: Option<PersonId>,
}

impl<'a> Inviter<'a> {
    /// Somebody who may invite at once.
    pub fn of(actor: &'a Actor) -> Self {
        Self { name: &actor.name, alone: (!sees_everybody(actor)).then_some(actor.person_id) }
    }
}

/// Makes an account without a password and sends the invitation.
pub async fn open_account(
    cx: &Ctx,
    tx: &mut Tx,
    person: PersonId,
    email: &str,
    language: &str,
    by: Inviter<'_>,
) -> Result<(), AppError> {
    if accounts::account_by_email(tx, email).await?.is_some() {
        return Err(AppError::field("email", FaultKind::Taken));
    }
    let account: AccountId = cx.app.id();
    let chosen = i18n::locale_of(language).map(i18n::code);
    people::add_account(tx, account, person, email, None, chosen, cx.now()).await.map_err(|error| {
        if error.is_unique_violation() { AppError::field("email", FaultKind::Taken) } else { error.into() }
    })?;
    enqueue_invitation(cx, tx, account, language, by).await
}

async fn enqueue_invitation(
    cx: &Ctx,
    tx: &mut Tx,
    account: AccountId,
    language: &str,
    by: Inviter<'_>,
) -> Result<(), AppError> {
    accounts::set_inviter(tx, account, by.alone).await?;
    let job = Invitation { account, by: by.name.to_owned(), language: language.chars().take(10).collect() };
    jobs::enqueue(cx, tx, INVITATION_JOB, &job).await?;
    audit::note(cx, tx, "invite", "account", account).await?;
    Ok(())
}

/// Invites a person who has no account yet, or again who has not taken it up; a wrong address is
/// mended on the way. Or asks to.
pub async fn invite(cx: &Ctx, form: &InviteForm) -> Result<Done, AppError> {
    let actor = keeper(cx)?;
    let id: PersonId = form.person_id.parse().map_err(|_| AppError::NotFound)?;
    let mut checks = Checks::default();
    let email = checks.email("email", &form.email);
    checks.required("email", &email, 254);
    checks.finish(())?;
    let mut tx = cx.begin().await?;
    let (person, waits) = kept(cx, &mut tx, actor, id, Act::Invite).await?;
    let Some(by_address) = waits else {
        write_invitation(cx, &mut tx, &person, &email, &form.language, Inviter::of(actor)).await?;
        tx.commit().await?;
        return Ok(Done::at(format!("/people/{id}"), Flash::Invited));
    };
    invitable(&mut tx, &person, &email).await?;
    let language = form.language.chars().take(10).collect();
    ask(cx, tx, actor, &person, &Asked::Invite { email, language }, by_address).await
}

/// Whether a person can be invited to an address at all.
async fn invitable(tx: &mut Tx, person: &PersonRow, email: &str) -> Result<(), AppError> {
    if person.has_password || person.disabled == Some(true) {
        return Err(Refusal::WrongState.into());
    }
    let other = accounts::account_by_email(tx, email).await?;
    if other.is_some_and(|other| Some(other.id) != person.account_id) {
        return Err(AppError::field("email", FaultKind::Taken));
    }
    Ok(())
}

pub(super) async fn write_invitation(
    cx: &Ctx,
    tx: &mut Tx,
    person: &PersonRow,
    email: &str,
    language: &str,
    by: Inviter<'_>,
) -> Result<(), AppError> {
    invitable(tx, person, email).await?;
    let stood = stood(person);
    match person.account_id {
        None => open_account(cx, tx, person.id, email, language, by).await?,
        Some(account) => {
            let chosen = i18n::locale_of(language).map(i18n::code);
            if !store::set_address(tx, account, &stood.account_email, email, chosen).await? {
                return Err(Refusal::WrongState.into());
            }
            // Links to the address that was wrong open nothing any more.
            accounts::drop_tokens(tx, account).await?;
            enqueue_invitation(cx, tx, account, language, by).await?;
        }
    }
    let asked = Asked::Invite { email: email.to_owned(), language: String::new() };
    if asked.new_address(&stood).is_some() {
        change_letters::tell_old(cx, tx, &stood, email, by.name).await?;
    }
    Ok(())
}

/// Closes an account, which signs every browser of it out, or opens it again; or asks to. Nobody closes
/// their own, nor that of the last programme officer.
pub async fn set_account_state(cx: &Ctx, person: &str, disabled: bool) -> Result<Done, AppError> {
    let actor = keeper(cx)?;
    let id: PersonId = person.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    let asked = if disabled { Asked::Disable } else { Asked::Enable };
    let (person, waits) = kept(cx, &mut tx, actor, id, asked.act()).await?;
    require(id != actor.person_id, AppError::Forbidden)?;
    if let Some(by_address) = waits {
        person.account_id.ok_or(AppError::NotFound)?;
        return ask(cx, tx, actor, &person, &asked, by_address).await;
    }
    write_state(cx, &mut tx, &person, disabled).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/people/{id}"), Flash::Saved))
}

pub(super) async fn write_state(cx: &Ctx, tx: &mut Tx, person: &PersonRow, disabled: bool) -> Result<(), AppError> {
    let account = person.account_id.ok_or(AppError::NotFound)?;
    store::lock_officers(tx).await?;
    store::set_disabled(tx, account, disabled).await?;
    if disabled {
        let officer = held(tx, person.id).await?.iter().any(|grant| grant.role == Role::ProgrammeOfficer);
        if officer && store::officers_left(tx).await? == 0 {
            return Err(Refusal::LastOfficer.into());
        }
        accounts::end_sessions(tx, account).await?;
        accounts::drop_tokens(tx, account).await?;
    }
    audit::note(cx, tx, if disabled { "disable" } else { "enable" }, "account", account).await?;
    Ok(())
}
