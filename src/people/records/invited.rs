//! Invitations that were not taken up yet, when the account is about to open.
//!
//! An administrator invites alone who belongs to their house alone, to an address that nobody has proven. Ties to
//! other houses may come before the link is used. So the rule is asked again with the facts of that moment, and
//! where the administrator may no longer do it alone, the programme office confirms first.

use super::{
    change,
    change_model::{Act, Asked, ChangeState, Decision, WAITS},
    change_store::{self as changes, ChangeRow},
    service::held,
    store::{self, PersonRow},
};
use crate::{
    common::{
        actor::{Actor, Grant},
        error::AppError,
        ids::AccountId,
    },
    people::accounts::store::{self as accounts, AccountRow},
    platform::{
        context::Ctx,
        db::{Handle, Tx},
    },
};
use uuid::Uuid;

/// An invitation that its administrator may no longer do alone.
#[derive(Debug)]
pub struct Unconfirmed {
    account: AccountRow,
    person: PersonRow,
    inviter: Actor,
}

/// Somebody who is not here, with the roles that they hold today.
fn absent(person: PersonRow, grants: Vec<Grant>) -> Actor {
    Actor {
        person_id: person.id,
        account_id: person.account_id.unwrap_or_else(|| Uuid::nil().into()),
        session_id: Uuid::nil().into(),
        name: format!("{} {}", person.given_name, person.family_name),
        email: person.email,
        language: None,
        grants,
        gives: false,
        licences: false,
    }
}

/// The invitation of an account, where it must be confirmed before anything opens the account; none where it was
/// signed in with, was not invited by an administrator, or may be opened still.
pub async fn unconfirmed(cx: &Ctx, h: &mut impl Handle, id: AccountId) -> Result<Option<Unconfirmed>, AppError> {
    let Some(account) = accounts::account(h, id).await?.filter(|account| account.password_hash.is_none()) else {
        return Ok(None);
    };
    let Some(inviter) = account.invited_by else { return Ok(None) };
    let inviter = store::person(h, inviter).await?.ok_or(AppError::NotFound)?;
    let grants = held(h, inviter.id).await?;
    let inviter = absent(inviter, grants);
    let person = store::person(h, account.person_id).await?.ok_or(AppError::NotFound)?;
    let decision = change::decision(cx, h, &inviter, &person, Act::Invite).await?;
    Ok((decision != Decision::Now).then_some(Unconfirmed { account, person, inviter }))
}

/// Whether an account may not be opened until its invitation is confirmed; the programme office is then asked, once,
/// in this transaction.
pub async fn held_back(cx: &Ctx, tx: &mut Tx, id: AccountId) -> Result<bool, AppError> {
    let Some(Unconfirmed { account, person, inviter }) = unconfirmed(cx, tx, id).await? else { return Ok(false) };
    // Two browsers with one link ask once.
    changes::lock_person(tx, person.id).await?;
    let latest = changes::latest(tx, person.id, Act::Invite, inviter.person_id).await?;
    let asked = Asked::Invite { email: account.email, language: account.language.unwrap_or_default() };
    let answered = latest.is_some_and(|latest| answers(cx, &latest, &asked));
    if !answered {
        change::keep(cx, tx, (inviter.person_id, inviter.name.as_str()), &person, &asked, false).await?;
    }
    Ok(true)
}

/// Whether the office need not be asked again: it has yet to decide, or has refused this lately.
fn answers(cx: &Ctx, latest: &ChangeRow, asked: &Asked) -> bool {
    match latest.state {
        ChangeState::Open => latest.expires_at > cx.now(),
        ChangeState::Refused => {
            let same = serde_json::from_str::<Asked>(&latest.asked).is_ok_and(|was| address(&was) == address(asked));
            same && latest.decided_at.is_some_and(|at| at + WAITS > cx.now())
        }
        _ => false,
    }
}

/// The address of an invitation.
fn address(asked: &Asked) -> Option<&str> {
    match asked {
        Asked::Invite { email, .. } => Some(email),
        Asked::Edit(_) | Asked::Disable | Asked::Enable => None,
    }
}
