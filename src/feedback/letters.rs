//! Letters about feedback, each in the language of who gets it: the invitation after a delivery, and what
//! was decided.

use super::{
    decision_store::{self as store, DecisionRow, Recipient, ToTell},
    model::Outcome,
};
use crate::{
    common::{error::AppError, ids::DecisionId},
    deliveries::{
        model::{DeliveryHead, DeliveryState, FEEDBACK},
        store as deliveries,
    },
    i18n::{self, locale_of},
    platform::{
        context::Ctx,
        db::{DbError, Tx},
        jobs::{self, About},
        mail::{self, Letter},
        zones,
    },
    tr,
};
use chrono::{Days, NaiveTime, TimeDelta};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// The kind of job that tells who reported what was decided.
pub const TELL: &str = "feedback.tell";

/// How long a decision can be taken back before anybody is told of it.
const GRACE: TimeDelta = TimeDelta::hours(1);

/// The hour, at the venue, at which people are invited on the day after the last.
const MORNING: u32 = 8;

/// Invites the people of a delivery, as a job: once, when it is over.
pub fn invite_job(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let about: About = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        invite(&cx, &about).await
    })
}

async fn invite(cx: &Ctx, about: &About) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    let Some(head) = deliveries::head(&mut tx, about.delivery).await? else { return Ok(()) };
    match head.state {
        DeliveryState::Delivered | DeliveryState::Reported => {}
        // Its days may have changed since this was ordered, so they are read again every time.
        DeliveryState::Running => {
            let Some(last) = head.ends_on.or(head.starts_on) else { return Ok(()) };
            let morning = NaiveTime::from_hms_opt(MORNING, 0, 0).unwrap_or_default();
            let due = zones::utc((last + Days::new(1)).and_time(morning), &head.time_zone);
            if cx.now() < due {
                let key = format!("{FEEDBACK}:{}", head.id);
                jobs::enqueue_at(cx, &mut tx, FEEDBACK, about, due, Some(&key)).await?;
                return Ok(tx.commit().await?);
            }
        }
        _ => return Ok(()),
    }
    if store::invited(&mut tx, head.id, cx.now()).await? {
        for to in store::to_invite(&mut tx, head.id).await? {
            mail::send(cx, &mut tx, &invitation(cx, &head, &to)).await?;
        }
    }
    Ok(tx.commit().await?)
}

fn link(cx: &Ctx, head: &DeliveryHead) -> String {
    cx.app.settings.link(&format!("/deliveries/{}/feedback", head.id))
}

fn invitation(cx: &Ctx, head: &DeliveryHead, to: &Recipient) -> Letter {
    let locale = to.language.as_deref().and_then(locale_of).unwrap_or_default();
    let (subject, body) = i18n::speaking(locale, || {
        let lines = [
            tr!(enrolment.mail_greeting, name = to.name.clone()),
            tr!(feedback.mail.invitation, title = head.title.clone()),
            tr!(feedback.mail.invitation_names),
            link(cx, head),
        ];
        (tr!(feedback.mail.invitation_subject, title = head.title.clone()), lines.join("\n\n"))
    });
    Letter { name: to.name.clone(), to: to.email.clone(), subject, body: format!("{body}\n") }
}

#[derive(Serialize, Deserialize)]
struct Order {
    decision: DecisionId,
}

/// Orders that who reported be told of a decision once it can be taken for settled.
pub async fn tell_later(cx: &Ctx, tx: &mut Tx, decision: DecisionId) -> Result<(), DbError> {
    jobs::enqueue_at(cx, tx, TELL, &Order { decision }, cx.now() + GRACE, None).await
}

/// Tells who reported what was decided, and then forgets who wrote what is not signed.
pub fn tell_job(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let order: Order = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        tell(&cx, order.decision).await
    })
}

async fn tell(cx: &Ctx, id: DecisionId) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    // What was taken back has no items any more, so nobody is told of it.
    let Some(decision) = store::decision(&mut tx, id).await? else { return Ok(()) };
    if store::told(&mut tx, id, cx.now()).await? {
        let mut rows = store::to_tell(&mut tx, id).await?.into_iter().peekable();
        // One letter a person, whatever they said and wherever.
        while let Some(first) = rows.next() {
            let mut modules = vec![first.module_title.clone()];
            while let Some(more) = rows.next_if(|row| row.id == first.id) {
                modules.push(more.module_title);
            }
            mail::send(cx, &mut tx, &answer(&decision, &first, modules)).await?;
        }
        store::forget(&mut tx, id).await?;
    }
    Ok(tx.commit().await?)
}

/// The letter says of which module it speaks, and not what was said: a copy of it must not tell who wrote what.
fn answer(decision: &DecisionRow, first: &ToTell, modules: Vec<Option<String>>) -> Letter {
    let to = &first.to;
    let locale = to.language.as_deref().and_then(locale_of).unwrap_or_default();
    let version = decision.major.zip(decision.minor).map(|(major, minor)| format!("{major}.{minor}"));
    let (subject, body) = i18n::speaking(locale, || {
        let whole = || tr!(feedback.notes.whole);
        let modules: Vec<String> = modules.into_iter().map(|module| module.unwrap_or_else(whole)).collect();
        let course = first.course_title.clone();
        let said = match decision.outcome {
            Outcome::TakenUp => tr!(
                feedback.mail.taken_up,
                version = version.clone().unwrap_or_default(),
                change = decision.change.clone()
            ),
            Outcome::Declined => tr!(feedback.mail.declined, reason = decision.reason.clone()),
            Outcome::Noted if decision.reason.is_empty() => tr!(feedback.mail.noted),
            Outcome::Noted => format!("{} {}", tr!(feedback.mail.noted), decision.reason),
            Outcome::Later => String::new(),
        };
        let lines = [
            tr!(enrolment.mail_greeting, name = to.name.clone()),
            tr!(feedback.mail.answer, course = course.clone(), modules = modules.join(", ")),
            said,
            tr!(feedback.mail.thanks),
        ];
        (tr!(feedback.mail.answer_subject, course = course), lines.join("\n\n"))
    });
    Letter { name: to.name.clone(), to: to.email.clone(), subject, body: format!("{body}\n") }
}
