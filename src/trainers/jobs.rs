//! Jobs: what a delivery that is over means for licences, what the day brings, what new rules change.

use super::{
    letters::{self, Word},
    life::{By, ensure, ground, hold, undo},
    look_store,
    model::{Cause, Ground, LicenceState, RouteKind, licensed_on},
    store::{self, NewGround},
};
use crate::{
    common::{
        error::AppError,
        ids::{CourseId, DeliveryId, LicenceId},
    },
    deliveries::{self, model::DeliveryState},
    platform::{context::Ctx, db::Tx, jobs},
};
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// The job that looks at every licence whose time comes; once a day.
pub const DAILY: &str = "trainers.daily";
/// The job that looks at all licences of a course whose rules changed.
pub const RULES: &str = "trainers.rules";

/// How long before the lapse somebody is reminded once more.
const SOON: TimeDelta = TimeDelta::days(14);
/// How long a mentor is left in peace after a supervised delivery.
const PEACE: TimeDelta = TimeDelta::days(3);
/// How far ahead the daily job looks: notice is given at most a year before.
const AHEAD: TimeDelta = TimeDelta::days(366);

/// What a job about a course is told.
#[derive(Debug, Serialize, Deserialize)]
struct OfCourse {
    course: CourseId,
}

/// Looks at what a delivery means for licences, as a job.
pub fn look_job(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let about: jobs::About = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        look(&cx, about.delivery).await
    })
}

/// The daily look, as a job; it asks for the next one first.
pub fn daily_job(cx: Ctx, _: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let mut tx = cx.begin().await?;
        jobs::tomorrow(&cx, &mut tx, DAILY).await?;
        tx.commit().await?;
        daily(&cx).await
    })
}

/// Looks at the licences of a course whose rules changed, as a job.
pub fn rules_job(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let about: OfCourse = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let ids = look_store::of_course(&mut cx.read().await?, about.course).await?;
        for id in ids {
            let mut tx = cx.begin().await?;
            hold(&cx, &mut tx, id).await?.settle(&cx, &mut tx, By::of(Cause::Decision, None)).await?;
            tx.commit().await?;
        }
        // What was done before there were rules counts as well.
        let mut tx = cx.begin().await?;
        for delivery in look_store::past_of_course(&mut tx, about.course).await? {
            jobs::licences_again(&cx, &mut tx, delivery).await?;
        }
        Ok(tx.commit().await?)
    })
}

/// Asks for a look at all licences of a course.
pub async fn look_at_course(cx: &Ctx, tx: &mut Tx, course: CourseId) -> Result<(), AppError> {
    Ok(jobs::enqueue_once(cx, tx, RULES, &OfCourse { course }, &format!("{RULES}:{course}")).await?)
}

/// What a delivery means for licences: who completed a course that trains or refreshes, and who gave it; and
/// what it means no more. Bears being run twice.
pub async fn look(cx: &Ctx, delivery: DeliveryId) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    let Some(head) = deliveries::store::head(&mut tx, delivery).await? else { return Ok(()) };
    // A delivery counts from its last day on, whenever that is entered. One whose day nobody knows is written
    // down today and keeps nothing alive.
    let day: Option<DateTime<Utc>> =
        head.ends_on.or(head.starts_on).map(|day| day.and_time(NaiveTime::MIN).and_utc().min(cx.now()));
    let pack = look_store::major(&mut tx, delivery).await?;
    let by = By::of(Cause::Completion, Some(delivery));
    let new = |kind, met, course: CourseId| NewGround {
        kind,
        at: day.unwrap_or(cx.now()),
        dated: day.is_some(),
        met,
        delivery: Some(delivery),
        major: pack.filter(|(of, _)| *of == course).map(|(_, major)| major),
        by: None,
        by_name: "",
        note: "",
    };
    for (course, kind, person) in look_store::completed(&mut tx, delivery).await? {
        let (id, kind) = match kind {
            RouteKind::Train => (ensure(cx, &mut tx, person, course, by).await?.0, Ground::Trained),
            // Only who is a trainer already is refreshed.
            RouteKind::Refresh => match store::of_person(&mut tx, person, course).await? {
                Some((id, _)) => (id, Ground::Refreshed),
                None => continue,
            },
        };
        let mut held = hold(cx, &mut tx, id).await?;
        if ground(cx, &mut tx, &mut held, &new(kind, true, course)).await? {
            held.settle(cx, &mut tx, by).await?;
        }
    }
    for (ground, id) in look_store::undone(&mut tx, delivery).await? {
        let mut held = hold(cx, &mut tx, id).await?;
        undo(cx, &mut tx, &mut held, ground, delivery).await?;
    }
    if matches!(head.state, DeliveryState::Delivered | DeliveryState::Reported) {
        let given = look_store::taught(&mut tx, delivery).await?;
        // As they stood when it was given, not as they stand now.
        let was: Vec<bool> = given.iter().map(|it| licensed_on(&it.steps, day)).collect();
        for (one, alone) in given.iter().zip(&was) {
            let beside = given.iter().zip(&was).any(|(it, was)| it.lead && *was && it.licence != one.licence);
            let mut held = hold(cx, &mut tx, one.licence).await?;
            let new = new(Ground::Taught, *alone || beside, head.course_id);
            if ground(cx, &mut tx, &mut held, &new).await? {
                held.settle(cx, &mut tx, by).await?;
            }
        }
    }
    Ok(tx.commit().await?)
}

/// Gives notice, lapses, reminds: whatever the day brings. Each licence in a transaction of its own.
pub async fn daily(cx: &Ctx) -> Result<(), AppError> {
    let now = cx.now();
    let (due, unsigned) = {
        let mut reader = cx.read().await?;
        (look_store::due(&mut reader, now + AHEAD).await?, look_store::unsigned(&mut reader, now - PEACE).await?)
    };
    for id in due {
        tend(cx, id).await?;
    }
    for (id, delivery) in unsigned {
        let mut tx = cx.begin().await?;
        let held = hold(cx, &mut tx, id).await?;
        letters::tell(cx, &mut tx, &held.licence, Word::Unsigned(delivery)).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn tend(cx: &Ctx, id: LicenceId) -> Result<(), AppError> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let mut held = hold(cx, &mut tx, id).await?;
    if held.licence.state != LicenceState::Licensed {
        return Ok(());
    }
    if let (Some(release), Some(until)) = (held.facts.to_take_up(), held.rule.uptake_until(&held.facts)) {
        letters::tell(cx, &mut tx, &held.licence, Word::Version(release.major, until)).await?;
    }
    let tended = held.tended(cx);
    held.licence.noticed_at = tended.noticed_at;
    held.licence.lapses_at = tended.lapses_at;
    if let (Some(at), Some(why)) = (tended.lapses_at, tended.why) {
        if tended.notice {
            letters::tell(cx, &mut tx, &held.licence, Word::Notice(at, why)).await?;
        } else if tended.noticed_at.is_some() && !tended.lapses && at - now <= SOON {
            letters::tell(cx, &mut tx, &held.licence, Word::Soon(at, why)).await?;
        }
    }
    if tended.lapses {
        held.go(cx, &mut tx, LicenceState::Lapsed, By::of(Cause::Lapse, None)).await?;
    }
    store::set(&mut tx, &held.licence, "", now).await?;
    Ok(tx.commit().await?)
}
