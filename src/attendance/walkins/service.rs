//! Walk-ins: added by who keeps the register, recognised by who manages the delivery. Whoever adds sees
//! nobody else's record: who they are is for the second step.

use super::{
    api::{AtTheDoor, Candidate, WalkIn, WalkIns},
    store,
};
use crate::{
    attendance::{
        checkin::model::{Hurdle, USUAL_TOLERANCE, arrival},
        model::{Mark, MarkSource, MarkState, ids, writable},
        service::{Entry, called, desk, enter},
        store as marks,
    },
    common::{
        error::{AppError, Refusal},
        forms::{Done, FaultKind, Flash},
        ids::{DeliveryId, EnrolmentId, PersonId},
    },
    deliveries::service::{id, managed},
    enrolment::{self, model::NewPersonForm},
    platform::{audit, context::Ctx, jobs, text, zones},
};

/// The form at the door of a half-day.
pub async fn at_the_door(cx: &Ctx, delivery: &str, slot: &str) -> Result<AtTheDoor, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, delivery).await?;
    let row = marks::slot(&mut reader, slot, delivery).await?.ok_or(AppError::NotFound)?;
    let free = head.capacity - head.taken;
    let refused = if head.sealed {
        Some(Refusal::Sealed)
    } else if free <= 0 {
        Some(Refusal::Full)
    } else {
        row.open().and_then(|()| writable(head.state, keeper)).err()
    };
    Ok(AtTheDoor {
        delivery,
        slot,
        starts: zones::local(row.starts_at, &head.time_zone),
        title: head.title,
        free,
        person: cx.app.id(),
        refused,
    })
}

/// Gives a place to somebody who is not on the list, and marks them as the clock says.
pub async fn add(cx: &Ctx, slot: &str, form: &NewPersonForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let (delivery, slot) = ids(&form.delivery, slot)?;
    let person: PersonId = form.id.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let (head, keeper) = desk(cx, &mut tx, delivery).await?;
    if writable(head.state, keeper)? {
        // Corrected afterwards, nobody comes through the door any more.
        return Err(Refusal::Over.into());
    }
    let row = marks::slot(&mut tx, slot, delivery).await?.ok_or(AppError::NotFound)?;
    row.open()?;
    let newcomer = form.check()?;
    let place = enrolment::service::admit(cx, &mut tx, &head, person, &newcomer).await?;
    let name = called(&newcomer.family_name, &newcomer.given_name);
    store::add(&mut tx, place, &name, &actor.name, cx.now()).await?;
    let hours = row.hours();
    let mark = match arrival(hours, USUAL_TOLERANCE, cx.now()) {
        Ok(mark) => mark,
        Err(Hurdle::TooEarly) => return Err(Refusal::TooEarly.into()),
        // Written down in the evening: they were there.
        Err(_) => Mark { state: MarkState::Present, minutes: hours.minutes(), note: String::new() },
    };
    let entry = Entry { id: cx.app.entropy.uuid(cx.now()), delivery, slot, source: MarkSource::Trainer, reason: "" };
    enter(cx, &mut tx, &entry, &[(place, Some(mark))]).await?;
    audit::record(cx, &mut tx, "walk_in", "enrolment", place, None, Some(&name)).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    cx.app.marked(slot);
    Ok(Done::at(format!("/deliveries/{delivery}/register/{slot}"), Flash::Added))
}

/// Who was added at the door; with people that one of them may be, found by name.
pub async fn list(cx: &Ctx, delivery: &str, who: &str, q: &str) -> Result<WalkIns, AppError> {
    let delivery: DeliveryId = id(delivery)?;
    let mut reader = cx.read().await?;
    let head = managed(cx, &mut reader, delivery).await?;
    let rows = store::all(&mut reader, delivery).await?;
    let chosen = rows.iter().find(|row| row.matched_at.is_none() && row.enrolment_id.to_string() == who);
    let query: String = match (q.trim(), chosen) {
        ("", Some(row)) => row.family_name.clone(),
        (typed, _) => typed.chars().take(80).collect(),
    };
    let day = enrolment::views::day_that_counts(cx, &head);
    let candidates = match chosen {
        Some(row) => enrolment::store::find(&mut reader, delivery, &text::like_pattern(&query), day)
            .await?
            .into_iter()
            .filter(|found| found.id != row.person_id)
            .map(|found| Candidate {
                person: found.id,
                name: format!("{} {}", found.given_name, found.family_name),
                profession: found.profession,
                workplace: found.workplace,
            })
            .collect(),
        None => Vec::new(),
    };
    let zone = head.time_zone.as_str();
    Ok(WalkIns {
        delivery,
        chosen: chosen.map(|row| row.enrolment_id),
        query,
        candidates,
        people: rows
            .iter()
            .map(|row| WalkIn {
                enrolment: row.enrolment_id,
                name: row.name.clone(),
                profession: row.profession,
                workplace: row.workplace.clone(),
                added_by: row.added_by_name.clone(),
                added: zones::local(row.added_at, zone),
                matched: row.matched_at.map(|at| {
                    let name = called(&row.family_name, &row.given_name);
                    (name, row.matched_by_name.clone(), zones::local(at, zone))
                }),
            })
            .collect(),
        title: head.title,
    })
}

/// Gives a walk-in's place, with all its marks, to the person they are.
pub async fn recognise(cx: &Ctx, delivery: &str, enrolment: &str, person: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let delivery: DeliveryId = id(delivery)?;
    let (place, person): (EnrolmentId, PersonId) = (id(enrolment)?, id(person)?);
    let mut tx = cx.begin().await?;
    managed(cx, &mut tx, delivery).await?;
    let rows = store::all(&mut tx, delivery).await?;
    let row = rows.iter().find(|row| row.enrolment_id == place).ok_or(AppError::NotFound)?;
    if !store::matched(&mut tx, place, &actor.name, cx.now()).await? {
        return Err(Refusal::AlreadySent.into());
    }
    match store::reassign(&mut tx, place, row.person_id, person, cx.now()).await {
        Ok(true) => {}
        Ok(false) => return Err(AppError::NotFound),
        Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadyEnrolled.into()),
        // No such person.
        Err(error) if error.is_constraint_violation() => return Err(AppError::NotFound),
        Err(error) => return Err(error.into()),
    }
    audit::record(cx, &mut tx, "match_walk_in", "enrolment", place, Some(&row.person_id), Some(&person)).await?;
    jobs::look_again(cx, &mut tx, delivery).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/deliveries/{delivery}/walk-ins"), Flash::Saved))
}
