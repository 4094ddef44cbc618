//! Who can no longer meet the rule is told once, and so is the lead trainer: not for a slip of the
//! finger, but once the register is closed or the mark has stood for a day. Trainers get a number and
//! a link: names stay in the house.

use super::Case;
use crate::{
    common::{error::AppError, ids::DeliveryId},
    completion::{
        model::Tally,
        notice_store::{self as store, LostRow},
    },
    deliveries::{model::DeliveryState, notices::store::trainers},
    enrolment::model::Risk,
    i18n::{self, locale_of},
    institutions::{self, model::RiskLetters},
    platform::{
        context::Ctx,
        db::{DbError, Tx},
        jobs::{self, About},
        mail::{self, Letter},
    },
    tr,
};
use chrono::TimeDelta;
use futures::future::BoxFuture;

/// The kind of job that tells them.
pub const LOST_JOB: &str = "completion.lost";
/// How long a mark stands in an open register before it is no slip.
const SETTLES: TimeDelta = TimeDelta::hours(24);

/// Asks that they be told: once for many changes.
pub async fn ask(cx: &Ctx, tx: &mut Tx, delivery: DeliveryId) -> Result<(), DbError> {
    jobs::enqueue_once(cx, tx, LOST_JOB, &About { delivery }, &format!("{LOST_JOB}:{delivery}")).await
}

/// Tells them, as a job.
pub fn lost_job(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let about: About = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        tell(&cx, about.delivery).await
    })
}

async fn tell(cx: &Ctx, id: DeliveryId) -> Result<(), AppError> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let Some(case) = Case::load(&mut tx, id, None).await? else { return Ok(()) };
    if !matches!(case.head.state, DeliveryState::Confirmed | DeliveryState::Running) {
        return Ok(());
    }
    let rows = store::untold(&mut tx, id, now - SETTLES).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let host = match case.head.host_id {
        Some(host) => institutions::store::by_id(&mut tx, host).await?,
        None => None,
    };
    let to = host.map_or(RiskLetters::Both, |host| host.risk_letters);
    let (mut count, mut later) = (0_i64, None);
    for row in &rows {
        if !is_settled(&case, row) {
            later = [later, row.unsettled].into_iter().flatten().min();
            continue;
        }
        if store::told(&mut tx, row.id, now).await? {
            count += 1;
            if to.participants() {
                mail::send(cx, &mut tx, &to_participant(cx, &case, row)).await?;
            }
        }
    }
    if count > 0 && to.trainers() {
        let all = trainers(&mut tx, id).await?;
        let led = all.iter().any(|trainer| trainer.lead);
        for it in all.into_iter().filter(|trainer| trainer.lead || !led) {
            let locale = it.language.as_deref().and_then(locale_of).unwrap_or_default();
            let link = cx.app.settings.link(&format!("/deliveries/{id}/attendance?show=risk"));
            let title = case.head.title.as_str();
            let letter = i18n::speaking(locale, || Letter {
                subject: tr!(notices.lost_subject, title = title),
                body: tr!(
                    notices.lost_trainer,
                    name = it.name.as_str(),
                    count = count,
                    title = title,
                    link = link.as_str()
                ),
                name: it.name.clone(),
                to: it.email.clone(),
            });
            mail::send(cx, &mut tx, &letter).await?;
        }
    }
    if let Some(marked_at) = later {
        // Looked at again when that mark has stood for a day; a key a mark, so that none is forgotten.
        // One that was made while the clock was wrong is from now on at the latest.
        let at = marked_at.min(now) + SETTLES;
        let key = format!("{LOST_JOB}:{id}:{}", at.timestamp());
        jobs::enqueue_at(cx, &mut tx, LOST_JOB, &About { delivery: id }, at, Some(&key)).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether the rule cannot be met even if every mark that may be a slip were mended: those half-days count
/// as if nothing were known of them.
fn is_settled(case: &Case, row: &LostRow) -> bool {
    let tally = Tally {
        attended_minutes: row.attended_minutes.min(case.programme_minutes),
        programme_minutes: case.programme_minutes,
        excused_minutes: row.excused_minutes,
        pending_minutes: (case.open_minutes - row.known_minutes).max(0),
        ..Tally::default()
    };
    case.rule.risk(&tally, case.longest) == Risk::Lost
}

fn to_participant(cx: &Ctx, case: &Case, row: &LostRow) -> Letter {
    let locale = row.language.as_deref().and_then(locale_of).unwrap_or_default();
    let link = cx.app.settings.link(&format!("/deliveries/{}", case.head.id));
    let title = case.head.title.as_str();
    i18n::speaking(locale, || Letter {
        subject: tr!(notices.lost_subject, title = title),
        body: tr!(
            notices.lost_participant,
            name = row.name.as_str(),
            title = title,
            percent = case.rule.attendance_percent,
            link = link.as_str()
        ),
        name: row.name.clone(),
        to: row.email.clone(),
    })
}
