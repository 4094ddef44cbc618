//! Letters about places, each in the language of who gets it. They are written by a job that is
//! enqueued in the transaction of their cause.

use super::store::{self, Recipient};
use crate::{
    common::{
        error::AppError,
        ids::{DeliveryId, PersonId},
    },
    deliveries::{
        model::{DeliveryHead, DeliveryState, News},
        store as deliveries,
    },
    i18n::{Locale, locale_of},
    platform::{
        context::Ctx,
        db::{DbError, Tx},
        jobs,
        mail::{self, Letter},
    },
};
use chrono::{Datelike, NaiveDate};
use futures::future::BoxFuture;
use leptos_i18n::td_string;
use serde::{Deserialize, Serialize};

/// The kind of job that writes letters about places.
pub const JOB: &str = "enrolment.letters";

/// Why a letter is written.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Occasion {
    /// The person took a place.
    Enrolled,
    /// The person was given a place.
    Added,
    /// The person gave the place back.
    Withdrawn,
    /// The place was taken back.
    Removed,
    /// The delivery is put off.
    Postponed,
    /// The delivery will not take place.
    Cancelled,
}

#[derive(Serialize, Deserialize)]
struct Order {
    delivery: DeliveryId,
    occasion: Occasion,
    people: Vec<PersonId>,
    reason: String,
}

/// Orders a letter to each person, with the cause.
pub async fn send_later(
    cx: &Ctx,
    tx: &mut Tx,
    delivery: DeliveryId,
    occasion: Occasion,
    people: Vec<PersonId>,
    reason: &str,
) -> Result<(), DbError> {
    jobs::enqueue(cx, tx, JOB, &Order { delivery, occasion, people, reason: reason.to_owned() }).await
}

/// Writes the letters that were ordered.
pub fn write(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let order: Order = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        write_to(&cx, order.delivery, order.occasion, &order.reason, |it| order.people.contains(&it.person_id)).await
    })
}

/// Tells everybody who holds a place what became of the delivery.
pub fn tell(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let news: News = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let occasion = match news.state {
            DeliveryState::Cancelled => Occasion::Cancelled,
            DeliveryState::Postponed => Occasion::Postponed,
            _ => return Ok(()),
        };
        write_to(&cx, news.delivery, occasion, &news.reason, |it| it.state.holds_place()).await
    })
}

async fn write_to(
    cx: &Ctx,
    delivery: DeliveryId,
    occasion: Occasion,
    reason: &str,
    to: impl Fn(&Recipient) -> bool,
) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    let Some(head) = deliveries::head(&mut tx, delivery).await? else { return Ok(()) };
    for recipient in store::recipients(&mut tx, delivery).await?.into_iter().filter(|recipient| to(recipient)) {
        mail::send(cx, &mut tx, &letter(cx, &head, occasion, reason, &recipient)).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn letter(cx: &Ctx, head: &DeliveryHead, occasion: Occasion, reason: &str, to: &Recipient) -> Letter {
    let locale = to.language.as_deref().and_then(locale_of).unwrap_or_default();
    let title = head.title.clone();
    let subject = match occasion {
        Occasion::Enrolled | Occasion::Added => {
            td_string!(locale, enrolment.mail_place_subject, title = title).to_string()
        }
        Occasion::Withdrawn | Occasion::Removed => {
            td_string!(locale, enrolment.mail_back_subject, title = title).to_string()
        }
        Occasion::Postponed => td_string!(locale, enrolment.mail_postponed_subject, title = title).to_string(),
        Occasion::Cancelled => td_string!(locale, enrolment.mail_cancelled_subject, title = title).to_string(),
    };
    let first = match occasion {
        Occasion::Enrolled => td_string!(locale, enrolment.mail_enrolled).to_string(),
        Occasion::Added => td_string!(locale, enrolment.mail_added).to_string(),
        Occasion::Withdrawn => td_string!(locale, enrolment.mail_withdrawn).to_string(),
        Occasion::Removed => td_string!(locale, enrolment.mail_removed).to_string(),
        Occasion::Postponed => td_string!(locale, enrolment.mail_postponed).to_string(),
        Occasion::Cancelled => td_string!(locale, enrolment.mail_cancelled).to_string(),
    };
    let mut facts = vec![head.title.clone(), dates(locale, head)];
    facts.extend([head.place.clone(), head.host_name.clone().unwrap_or_default()]);
    facts.retain(|fact| !fact.is_empty());
    let mut body = vec![td_string!(locale, enrolment.mail_greeting, name = to.name.clone()).to_string(), first];
    body.push(facts.join("\n"));
    if !reason.is_empty() {
        body.push(td_string!(locale, enrolment.mail_reason, reason = reason.to_owned()).to_string());
    }
    body.push(format!("{}/deliveries/{}", cx.app.settings.public_url.trim_end_matches('/'), head.id));
    Letter { name: to.name.clone(), to: to.email.clone(), subject, body: format!("{}\n", body.join("\n\n")) }
}

fn dates(locale: Locale, head: &DeliveryHead) -> String {
    match (head.starts_on, head.ends_on.or(head.starts_on)) {
        (Some(first), Some(last)) if first != last => format!("{} – {}", date(locale, first), date(locale, last)),
        (Some(day), _) => date(locale, day),
        _ => head.date_note.clone(),
    }
}

/// A day in words, where there is no page.
pub fn date(locale: Locale, day: NaiveDate) -> String {
    let month = match day.month() {
        1 => td_string!(locale, date.m1),
        2 => td_string!(locale, date.m2),
        3 => td_string!(locale, date.m3),
        4 => td_string!(locale, date.m4),
        5 => td_string!(locale, date.m5),
        6 => td_string!(locale, date.m6),
        7 => td_string!(locale, date.m7),
        8 => td_string!(locale, date.m8),
        9 => td_string!(locale, date.m9),
        10 => td_string!(locale, date.m10),
        11 => td_string!(locale, date.m11),
        _ => td_string!(locale, date.m12),
    };
    let number =
        if day.day() == 1 { td_string!(locale, date.first_of_month).to_owned() } else { day.day().to_string() };
    format!("{number} {month} {}", day.year())
}
