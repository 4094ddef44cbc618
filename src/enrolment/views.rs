//! What pages show of deliveries and of the people in them, as far as who looks may see it.

use super::{
    api::{ChangeLine, DeliveryView, FoundPerson, People, PlaceLine, PlaceToLeave},
    model::{EnrolmentState, self_enrolment, withdrawal},
    store,
};
use crate::{
    common::{error::AppError, ids::EnrolmentId},
    deliveries::{
        api::TrainerLine,
        model::DeliveryHead,
        schedule,
        service::{id, is_staff},
        store as deliveries,
    },
    institutions::model::KOSOVO,
    people::rights::{Record, Right, demand, may},
    platform::{audit, context::Ctx, text, zones},
};
use chrono::NaiveDate;

/// Today at the venue.
pub fn today(cx: &Ctx, head: &DeliveryHead) -> NaiveDate {
    zones::local(cx.now(), &head.time_zone).date()
}

/// The day whose posts count: the first of the delivery.
pub fn day_that_counts(cx: &Ctx, head: &DeliveryHead) -> NaiveDate {
    head.starts_on.unwrap_or_else(|| today(cx, head))
}

/// A delivery's page. Four statements.
pub async fn delivery(cx: &Ctx, delivery: &str, language: &str) -> Result<DeliveryView, AppError> {
    let viewer = cx.actor.as_ref().map(|actor| actor.person_id);
    let mut reader = cx.read().await?;
    let head = deliveries::head(&mut reader, id(delivery)?).await?.ok_or(AppError::NotFound)?;
    let page =
        store::page(&mut reader, head.id, language, cx.now().date_naive(), viewer).await?.ok_or(AppError::NotFound)?;
    let trains = page.trains > 0;
    let may_keep = is_staff(cx, &head, trains);
    // What is not in the catalogue is not there for the public, nor is a delivery of it.
    if !page.published && !may_keep && page.own.is_none() {
        return Err(AppError::NotFound);
    }
    let slots = schedule::slots(deliveries::timetable(&mut reader, head.id).await?, &head.time_zone);
    let parts = deliveries::parts(&mut reader, head.id).await?;
    let takes_part = page.own.is_some_and(EnrolmentState::holds_place);
    let trainers = (may_keep || takes_part).then(|| {
        parts
            .iter()
            .filter(|part| part.part == "trainer")
            .map(|part| TrainerLine { id: part.id.into(), name: part.name.clone(), lead: part.lead })
            .collect()
    });
    Ok(DeliveryView {
        course_title: page.course_title.unwrap_or_else(|| head.title.clone()),
        course_kind: page.course_kind,
        footnote: head.area_code.as_deref() == Some(KOSOVO),
        area_name: page.area_name,
        pack_version: page.major.zip(page.minor).map(|(major, minor)| format!("{major}.{minor}")),
        note: page.note,
        link: Some(page.link).filter(|link| !link.is_empty() && (may_keep || takes_part)),
        invented: page.invented,
        slots,
        now: zones::local(cx.now(), &head.time_zone),
        trainers,
        projects: parts.into_iter().filter(|part| part.part == "project").map(|part| part.name).collect(),
        own: page.own,
        refusal: self_enrolment(&head, today(cx, &head), trains, page.own),
        may_withdraw: page.own.is_some_and(|own| own.holds_place() && withdrawal(head.state, own).is_ok()),
        may_manage: may(cx.actor.as_ref(), Right::ManageDelivery, Record::of(head.host_id)),
        may_keep,
        head,
    })
}

/// Who takes part in a delivery, and persons found by name. Looking at names is noted.
pub async fn people(cx: &Ctx, delivery: &str, query: &str) -> Result<People, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let head = deliveries::head(&mut reader, id(delivery)?).await?.ok_or(AppError::NotFound)?;
    let trains = deliveries::is_trainer(&mut reader, head.id, actor.person_id).await?;
    demand(Some(actor), Right::KeepRegister, Record::of(head.host_id).naming(trains))?;
    let may_manage = may(Some(actor), Right::ManageDelivery, Record::of(head.host_id));
    let rows = store::people(&mut reader, head.id).await?;
    let mut history = std::collections::HashMap::<EnrolmentId, Vec<ChangeLine>>::new();
    for row in store::history(&mut reader, head.id).await? {
        history.entry(row.enrolment_id).or_default().push(ChangeLine {
            at: zones::local(row.at, &head.time_zone),
            by: row.by_name.unwrap_or_default(),
            from: row.from_state,
            to: row.to_state,
            reason: row.reason,
        });
    }
    let folded: String = text::fold(query).chars().filter(|c| !"%_\\".contains(*c)).take(80).collect();
    let found = if may_manage && folded.trim().chars().count() >= 2 {
        store::find(&mut reader, head.id, &format!("%{}%", folded.trim()), day_that_counts(cx, &head)).await?
    } else {
        Vec::new()
    };
    drop(reader);
    let mut tx = cx.begin().await?;
    audit::note(cx, &mut tx, "view_people", "delivery", head.id).await?;
    tx.commit().await?;

    let (holding, others) = rows
        .into_iter()
        .map(|row| PlaceLine {
            name: format!("{} {}", row.given_name, row.family_name),
            state: row.state,
            source: row.source,
            profession: row.profession,
            workplace: row.workplace,
            reachable: !row.email.is_empty(),
            changes: history.remove(&row.id).unwrap_or_default(),
            id: row.id,
        })
        .partition(|line| line.state.holds_place());
    Ok(People {
        head,
        may_manage,
        holding,
        others,
        query: query.chars().take(80).collect(),
        found: found
            .into_iter()
            .map(|row| FoundPerson {
                id: row.id,
                name: format!("{} {}", row.given_name, row.family_name),
                profession: row.profession,
                workplace: row.workplace,
            })
            .collect(),
        new_person: cx.app.id(),
    })
}

/// The place to be given back: one's own, or one in a delivery one manages.
pub async fn place_to_leave(cx: &Ctx, delivery: &str, place: &str) -> Result<PlaceToLeave, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let head = deliveries::head(&mut reader, id(delivery)?).await?.ok_or(AppError::NotFound)?;
    if place.is_empty() {
        let (id, state) = store::own(&mut reader, head.id, actor.person_id).await?.ok_or(AppError::NotFound)?;
        return Ok(PlaceToLeave { head, id, name: actor.name.clone(), state, own: true });
    }
    demand(Some(actor), Right::ManageDelivery, Record::of(head.host_id))?;
    let wanted: EnrolmentId = id(place)?;
    let rows = store::people(&mut reader, head.id).await?;
    let row = rows.into_iter().find(|row| row.id == wanted).ok_or(AppError::NotFound)?;
    Ok(PlaceToLeave {
        id: row.id,
        name: format!("{} {}", row.given_name, row.family_name),
        state: row.state,
        own: row.person_id == actor.person_id,
        head,
    })
}
