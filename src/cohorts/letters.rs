//! Letters about places in cohorts, each in the language of who gets it. They are written by a job that
//! is enqueued in the transaction of their cause.

use super::{
    letter_store::{self, Recipient, Teller},
    model::MemberState,
    store,
};
use crate::{
    common::{
        error::AppError,
        ids::{CohortId, MemberId, PersonId},
    },
    i18n::{Locale, locale_of},
    platform::{
        context::Ctx,
        db::{DbError, Tx},
        jobs,
        mail::{self, Letter},
    },
};
use futures::future::BoxFuture;
use leptos_i18n::td_string;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The kind of job that writes letters about places in cohorts.
pub const JOB: &str = "cohorts.letters";

/// Why a letter is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Occasion {
    /// The person is selected.
    Selected,
    /// The person is on the reserve list.
    Reserve,
    /// The person is refused.
    Refused,
    /// The person was let go.
    Left,
    /// The person has left; whoever manages the cohort is told too.
    LeftOwn,
    /// The person has a mentor now; the mentor is told too.
    Mentor,
    /// The cohort is cancelled: whoever is not out of it already is told.
    Cancelled,
}

#[derive(Serialize, Deserialize)]
struct Order {
    cohort: CohortId,
    occasion: Occasion,
    members: Vec<MemberId>,
    reason: String,
    /// Who caused it, and need not be told.
    #[serde(default)]
    by: Option<PersonId>,
}

/// Orders a letter to each member, with the cause.
pub async fn send_later(
    cx: &Ctx,
    tx: &mut Tx,
    cohort: CohortId,
    occasion: Occasion,
    members: Vec<MemberId>,
    reason: &str,
) -> Result<(), DbError> {
    let by = cx.actor.as_ref().map(|actor| actor.person_id);
    jobs::enqueue(cx, tx, JOB, &Order { cohort, occasion, members, reason: reason.to_owned(), by }).await
}

/// Writes the letters that were ordered.
pub fn write(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let order: Order = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let mut tx = cx.begin().await?;
        let nobody = PersonId(Uuid::nil());
        let Some(head) = store::head(&mut tx, order.cohort, "en", nobody).await? else { return Ok(()) };
        for to in letter_store::recipients(&mut tx, order.cohort).await? {
            let meant = match order.occasion {
                Occasion::Cancelled => {
                    matches!(to.state, MemberState::Proposed | MemberState::Selected | MemberState::Reserve)
                }
                _ => order.members.contains(&to.member_id),
            };
            if !meant {
                continue;
            }
            mail::send(&cx, &mut tx, &to_member(&cx, &order, &head.title, &to)).await?;
            if order.occasion == Occasion::Mentor
                && let Some(letter) = to_mentor(&cx, &order, &head.title, &to)
            {
                mail::send(&cx, &mut tx, &letter).await?;
            }
            tell_others(&cx, &mut tx, &order, &head.title, &to).await?;
        }
        tx.commit().await?;
        Ok(())
    })
}

/// Tells who else has to know what became of a member: the institution that put them forward, and whoever
/// manages the cohort where it was not they who decided.
async fn tell_others(cx: &Ctx, tx: &mut Tx, order: &Order, title: &str, of: &Recipient) -> Result<(), AppError> {
    let by = order.by.unwrap_or(PersonId(Uuid::nil()));
    let mut told = Vec::new();
    if order.occasion == Occasion::LeftOwn {
        for to in letter_store::managers(tx, order.cohort, by).await? {
            let text = td_string!(locale(to.language.as_deref()), cohorts.mail_left_own, name = of.name.clone());
            mail::send(cx, tx, &to_other(cx, order, title, &to, text.to_string())).await?;
            told.push(to.id);
        }
    }
    if !matches!(order.occasion, Occasion::Mentor | Occasion::Cancelled)
        && let Some(to) = letter_store::proposer(tx, of.member_id, by).await?
        && !told.contains(&to.id)
    {
        let (locale, name) = (locale(to.language.as_deref()), of.name.clone());
        let text = match order.occasion {
            Occasion::Selected => td_string!(locale, cohorts.mail_proposed_selected, name = name).to_string(),
            Occasion::Reserve => td_string!(locale, cohorts.mail_proposed_reserve, name = name).to_string(),
            Occasion::Refused => td_string!(locale, cohorts.mail_proposed_refused, name = name).to_string(),
            _ => td_string!(locale, cohorts.mail_proposed_left, name = name).to_string(),
        };
        mail::send(cx, tx, &to_other(cx, order, title, &to, text)).await?;
    }
    Ok(())
}

/// A letter about a member to somebody else.
fn to_other(cx: &Ctx, order: &Order, title: &str, to: &Teller, text: String) -> Letter {
    let locale = locale(to.language.as_deref());
    let mut body =
        vec![td_string!(locale, cohorts.mail_greeting, name = to.name.clone()).to_string(), text, title.to_owned()];
    if !order.reason.is_empty() {
        body.push(td_string!(locale, cohorts.mail_reason, reason = order.reason.clone()).to_string());
    }
    body.push(link(cx, order.cohort));
    Letter {
        name: to.name.clone(),
        to: to.email.clone(),
        subject: td_string!(locale, cohorts.mail_subject_other, title = title.to_owned()).to_string(),
        body: format!("{}\n", body.join("\n\n")),
    }
}

fn locale(language: Option<&str>) -> Locale {
    language.and_then(locale_of).unwrap_or_default()
}

fn link(cx: &Ctx, cohort: CohortId) -> String {
    format!("{}/cohorts/{cohort}", cx.app.settings.public_url.trim_end_matches('/'))
}

fn to_member(cx: &Ctx, order: &Order, title: &str, to: &Recipient) -> Letter {
    let locale = locale(to.language.as_deref());
    let text = match order.occasion {
        Occasion::Selected => td_string!(locale, cohorts.mail_selected).to_string(),
        Occasion::Reserve => td_string!(locale, cohorts.mail_reserve).to_string(),
        Occasion::Refused => td_string!(locale, cohorts.mail_refused).to_string(),
        Occasion::Left | Occasion::LeftOwn => td_string!(locale, cohorts.mail_left).to_string(),
        Occasion::Cancelled => td_string!(locale, cohorts.mail_cancelled).to_string(),
        Occasion::Mentor => {
            td_string!(locale, cohorts.mail_mentor, name = to.mentor_name.clone().unwrap_or_default()).to_string()
        }
    };
    let mut body =
        vec![td_string!(locale, cohorts.mail_greeting, name = to.name.clone()).to_string(), text, title.to_owned()];
    if !order.reason.is_empty() {
        body.push(td_string!(locale, cohorts.mail_reason, reason = order.reason.clone()).to_string());
    }
    body.push(link(cx, order.cohort));
    Letter {
        name: to.name.clone(),
        to: to.email.clone(),
        subject: td_string!(locale, cohorts.mail_subject, title = title.to_owned()).to_string(),
        body: format!("{}\n", body.join("\n\n")),
    }
}

fn to_mentor(cx: &Ctx, order: &Order, title: &str, to: &Recipient) -> Option<Letter> {
    let (name, email) = to.mentor_name.clone().zip(to.mentor_email.clone())?;
    let locale = locale(to.mentor_language.as_deref());
    let body = [
        td_string!(locale, cohorts.mail_greeting, name = name.clone()).to_string(),
        td_string!(locale, cohorts.mail_mentor_of, name = to.name.clone()).to_string(),
        title.to_owned(),
        link(cx, order.cohort),
    ];
    Some(Letter {
        name,
        to: email,
        subject: td_string!(locale, cohorts.mail_subject, title = title.to_owned()).to_string(),
        body: format!("{}\n", body.join("\n\n")),
    })
}
