//! Letters about changes of a person's record: the link that confirms, the word to an old address, and the
//! outcome to the requester.

use super::{
    change_model::{Asked, ChangeLine, ChangeState, Stood, told},
    change_store as changes, store,
};
use crate::{
    common::{
        error::AppError,
        ids::{ChangeId, PersonId},
    },
    i18n::{self, Locale, td_string},
    people::{
        accounts::store as accounts,
        service::{new_token, token_hash},
    },
    platform::{
        context::Ctx,
        db::Tx,
        mail::{self, Letter},
    },
};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// The kind of job that sends a link to the address on record.
pub const CHANGE_JOB: &str = "people.change";

/// A change whose link is to be sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// Which.
    pub change: ChangeId,
}

fn locale(language: Option<&str>) -> Locale {
    language.and_then(i18n::locale_of).unwrap_or_default()
}

/// What is asked, in a line.
fn what(locale: Locale, asked: &Asked, stood: &Stood) -> String {
    if let Some((new, old)) = asked.new_address(stood) {
        let (new, old) = (new.to_owned(), old.to_owned());
        return match old.as_str() {
            "" => td_string!(locale, safety.what_first_address, new = new).to_string(),
            _ => td_string!(locale, safety.what_address, old = old, new = new).to_string(),
        };
    }
    match asked {
        Asked::Edit(_) => td_string!(locale, safety.what_edit).to_string(),
        Asked::Invite { email, .. } => td_string!(locale, safety.what_invite, email = email.clone()).to_string(),
        Asked::Disable => td_string!(locale, safety.what_disable).to_string(),
        Asked::Enable => td_string!(locale, safety.what_enable).to_string(),
    }
}

/// Writes the letter with the link to the address on record. The link is made in the transaction that writes the
/// letter, so that the one of the letter holds however often the job runs; beside the letter, which is erased once
/// it is sent, only its hash is kept.
pub fn ask(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let Waiting { change } = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let mut tx = cx.begin().await?;
        let Some(row) = changes::change(&mut tx, change).await? else { return Ok(()) };
        let token = new_token(&cx.app);
        if row.expires_at <= cx.now() || !changes::set_token(&mut tx, change, &token_hash(&token)).await? {
            return Ok(());
        }
        let person = store::person(&mut tx, row.person_id).await?.ok_or(AppError::NotFound)?;
        let asked: Asked = serde_json::from_str(&row.asked).map_err(|_| AppError::Internal)?;
        let stood: Stood = serde_json::from_str(&row.stood).map_err(|_| AppError::Internal)?;
        let to = person.account_email.filter(|email| *email == stood.account_email);
        let Some(to) = to else { return Ok(()) };
        let account = accounts::account_by_email(&mut tx, &to).await?;
        let locale = locale(account.and_then(|account| account.language).as_deref());
        let letter = Letter {
            name: format!("{} {}", person.given_name, person.family_name),
            to,
            subject: td_string!(locale, safety.ask_subject).to_string(),
            body: td_string!(
                locale,
                safety.ask_body,
                name = person.given_name,
                by = row.requested_by_name,
                what = what(locale, &asked, &stood),
                link = cx.app.settings.link(&format!("/confirm-change/{token}")),
                forgotten = cx.app.settings.link("/forgotten")
            )
            .to_string(),
        };
        // Written before: then the link of that letter holds.
        if mail::send_secret(&cx, &mut tx, &letter).await? {
            tx.commit().await?;
        }
        Ok(())
    })
}

/// Tells the addresses that stood that there is another now, and by whom.
pub async fn tell_old(cx: &Ctx, tx: &mut Tx, stood: &Stood, new: &str, by: &str) -> Result<(), AppError> {
    for old in told(stood, new) {
        let account = accounts::account_by_email(tx, old).await?;
        let locale = locale(account.and_then(|account| account.language).as_deref());
        let letter = Letter {
            name: format!("{} {}", stood.details.given_name, stood.details.family_name),
            to: old.to_owned(),
            subject: td_string!(locale, safety.told_subject).to_string(),
            body: td_string!(
                locale,
                safety.told_body,
                name = stood.details.given_name.clone(),
                by = by.to_owned(),
                old = old.to_owned(),
                new = new.to_owned()
            )
            .to_string(),
        };
        mail::send(cx, tx, &letter).await?;
    }
    Ok(())
}

/// Tells the requester what became of it.
pub async fn tell_requester(
    cx: &Ctx,
    tx: &mut Tx,
    requester: PersonId,
    line: &ChangeLine,
    state: ChangeState,
    reason: &str,
) -> Result<(), AppError> {
    let Some(to) = changes::requester(tx, requester).await? else { return Ok(()) };
    let locale = locale(to.language.as_deref());
    let outcome = match state {
        ChangeState::Confirmed => td_string!(locale, safety.outcome_confirmed).to_string(),
        ChangeState::Refused if reason.is_empty() => td_string!(locale, safety.outcome_not_me).to_string(),
        ChangeState::Refused => td_string!(locale, safety.outcome_refused, reason = reason.to_owned()).to_string(),
        _ => td_string!(locale, safety.outcome_overtaken).to_string(),
    };
    let body = td_string!(
        locale,
        safety.outcome_body,
        name = to.given_name.clone(),
        person = line.person.clone(),
        what = what(locale, &line.asked, &line.stood),
        outcome = outcome,
        link = cx.app.settings.link(&format!("/people/{}", line.person_id))
    );
    let letter = Letter {
        name: format!("{} {}", to.given_name, to.family_name),
        to: to.email,
        subject: td_string!(locale, safety.outcome_subject, person = line.person.clone()).to_string(),
        body: body.to_string(),
    };
    Ok(mail::send(cx, tx, &letter).await?)
}
