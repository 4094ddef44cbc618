//! Each role's first page, from data: what to do next.

use super::{Filter, numbers};
use crate::{
    common::{
        actor::{Actor, Role},
        error::AppError,
    },
    deliveries::model::DeliveryState,
    institutions::model::KOSOVO,
    people::rights::{Right, may_somewhere},
    platform::{context::Ctx, zones},
    reporting::{
        api::{DeliveryCard, DraftCard, HalfDay, Home, House, LearningCard},
        duty,
        store::{self, DeliveryRow, LearningRow},
    },
};
use chrono::{DateTime, Utc};

/// The first page of who is asking: the sections of the roles held, each from one statement or
/// two, and the numbers from three.
pub async fn home(cx: &Ctx, language: &str) -> Result<Home, AppError> {
    let Some(actor) = &cx.actor else { return Ok(Home::default()) };
    let now = cx.now();
    let mut reader = cx.read().await?;
    let mut home = Home { name: actor.name.clone(), ..Home::default() };
    // Those who read numbers come for them, and those cost enough.
    if !(actor.has(Role::ProgrammeOfficer) || actor.has(Role::Observer)) {
        home.duty = duty::service::this_year(cx, &mut reader, actor.person_id).await?;
    }
    if learns(actor) {
        let rows = store::learning(&mut reader, actor.person_id, now).await?;
        home.certificates = count(rows.iter().filter(|row| row.certificate_id.is_some()));
        home.footnote |= rows.iter().any(|row| row.area_code.as_deref() == Some(KOSOVO));
        home.learning = Some(rows.into_iter().map(|row| learning_card(row, now)).collect());
    }
    if actor.gives || actor.has(Role::Trainer) {
        // What runs, what comes (the next first), what is past (the latest first).
        let rows = store::teaching(&mut reader, actor.person_id, now).await?;
        let over = |state| matches!(state, DeliveryState::Delivered | DeliveryState::Reported);
        let (past, mut rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| over(row.state));
        rows.reverse();
        rows.sort_by_key(|row| row.state != DeliveryState::Running);
        rows.extend(past);
        home.footnote |= in_kosovo(&rows);
        home.teaching = Some(rows.into_iter().map(|row| delivery_card(row, now)).collect());
        home.drafts = store::drafts(&mut reader, actor.person_id)
            .await?
            .into_iter()
            .map(|row| DraftCard {
                id: row.id,
                title: row.title,
                language: row.language,
                version: format!("{}.{}", row.major, row.minor),
            })
            .collect();
    }
    if actor.has(Role::InstitutionAdministrator) {
        let rows = store::hosting(&mut reader, actor.person_id, now).await?;
        home.footnote |= in_kosovo(&rows);
        home.hosting = Some(rows.into_iter().map(|row| delivery_card(row, now)).collect());
    }
    if actor.has(Role::ProgrammeOfficer) {
        let (parked, to_report, running, places, to_confirm) = store::house(&mut reader).await?;
        home.house = Some(House { parked, to_report, running, places, to_confirm });
    }
    if may_somewhere(Some(actor), Right::ReadNumbers) && !actor.has(Role::InstitutionAdministrator)
        || actor.has(Role::ProgrammeOfficer)
    {
        let report = numbers(cx, &mut reader, language, &Filter::default()).await?;
        home.footnote |= report.footnote;
        home.numbers = Some(report);
    }
    if actor.has(Role::FocalPoint) {
        let rows = store::calls(&mut reader, now).await?;
        home.footnote |= in_kosovo(&rows);
        home.calls = Some(rows.into_iter().map(|row| delivery_card(row, now)).collect());
    }
    Ok(home)
}

/// Whoever holds the participant's role, or none at all, comes to learn.
fn learns(actor: &Actor) -> bool {
    actor.has(Role::Participant) || actor.grants.is_empty()
}

fn count<T>(items: impl Iterator<Item = T>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

fn in_kosovo(rows: &[DeliveryRow]) -> bool {
    rows.iter().any(|row| row.area_code.as_deref() == Some(KOSOVO))
}

fn half_day(
    slot: Option<crate::common::ids::SlotId>,
    span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    zone: &str,
    now: DateTime<Utc>,
) -> Option<HalfDay> {
    let (slot, (from, to)) = slot.zip(span)?;
    let (starts, ends) = (zones::local(from, zone), zones::local(to, zone));
    Some(HalfDay { slot, starts, ends, today: starts.date() == zones::local(now, zone).date() })
}

fn learning_card(row: LearningRow, now: DateTime<Utc>) -> LearningCard {
    LearningCard {
        next: half_day(row.slot_id, row.starts_at.zip(row.ends_at), &row.time_zone, now),
        enrolment: row.id,
        state: row.state,
        delivery: row.delivery_id,
        title: row.title,
        delivery_state: row.delivery_state,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        place: row.place,
        items: row.items,
        done: row.done,
        certified: row.certificate_id.is_some(),
        risk: row.risk,
        attended: row
            .attended_minutes
            .zip(row.programme_minutes)
            .filter(|(_, programme)| *programme > 0)
            .map(|(attended, programme)| (attended, programme, row.attendance_percent)),
    }
}

fn delivery_card(row: DeliveryRow, now: DateTime<Utc>) -> DeliveryCard {
    DeliveryCard {
        next: half_day(row.slot_id, row.starts_at.zip(row.ends_at), &row.time_zone, now),
        id: row.id,
        title: row.title,
        state: row.state,
        mode: row.mode,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        date_note: row.date_note,
        place: row.room.filter(|room| !room.is_empty()).unwrap_or(row.place),
        capacity: row.capacity,
        taken: row.taken,
        call_closes_on: row.call_closes_on,
        slots: row.slots,
        trainers: row.trainers,
        waiting: row.waiting,
    }
}
