//! Studying. Every way in asks [`seat`] whether the person holds a place and the delivery is open.

use super::{
    api::{MyCourse, Shelf, Shown, Study},
    model::{self, DoneForm, POSITION_MAX, Step, neighbours, open_for_study, progress, resume},
    store::{self, ItemRow, PlaceRow},
};
use crate::{
    common::{
        error::AppError,
        forms::{Done, FaultKind},
        ids::{DeliveryId, EnrolmentId, MaterialId, PackId},
    },
    enrolment::model::EnrolmentState,
    people::rights::{Record, Right, demand},
    platform::{context::Ctx, db::Handle, jobs},
};
use std::collections::HashMap;

/// One's own courses with progress. Two statements.
pub async fn mine(cx: &Ctx) -> Result<Vec<MyCourse>, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let places = store::places(&mut reader, actor.person_id).await?;
    let mut by_place: HashMap<EnrolmentId, Vec<ItemRow>> = HashMap::new();
    for (place, item) in store::all_items(&mut reader, actor.person_id).await? {
        by_place.entry(place).or_default().push(item);
    }
    Ok(places
        .into_iter()
        .filter(|place| place.state.holds_place())
        .map(|place| {
            let (items, last) = store::items(by_place.remove(&place.id).unwrap_or_default());
            let open = open_for_study(place.delivery_state, place.mode, place.state);
            MyCourse {
                delivery: place.delivery_id,
                shelf: match (place.state, open) {
                    (EnrolmentState::Completed, _) => Shelf::Finished,
                    (_, true) => Shelf::Current,
                    (_, false) => Shelf::Upcoming,
                },
                open: open && !items.is_empty(),
                progress: progress(&items),
                begun: last.is_some(),
                title: place.title,
                starts_on: place.starts_on,
                ends_on: place.ends_on,
                place: place.place,
            }
        })
        .collect())
}

/// The place of who asks in a delivery that is open for study, and its pack.
async fn seat(cx: &Ctx, h: &mut impl Handle, delivery: &str) -> Result<(PlaceRow, Option<PackId>), AppError> {
    let actor = cx.signed_in()?;
    let id: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let place = store::place(h, id, actor.person_id).await?;
    let open = place.as_ref().is_some_and(|it| open_for_study(it.delivery_state, it.mode, it.state));
    demand(Some(actor), Right::Study, Record::default().naming(open))?;
    let place = place.ok_or(AppError::NotFound)?;
    let pack = place.pack_id;
    Ok((place, pack))
}

/// The study page: contents and one item. Four statements, however long the course.
pub async fn study(cx: &Ctx, delivery: &str, material: &str) -> Result<Study, AppError> {
    let mut reader = cx.read().await?;
    let (place, pack) = seat(cx, &mut reader, delivery).await?;
    let Some(pack) = pack else {
        let (delivery, title) = (place.delivery_id, place.title);
        return Ok(Study { delivery, title, modules: Vec::new(), items: Vec::new(), shown: None });
    };
    let modules = store::modules(&mut reader, pack).await?;
    let (items, last) = store::items(store::pack_items(&mut reader, pack, place.id).await?);
    let wanted = if material.is_empty() {
        resume(&items, last)
    } else {
        Some(material.parse::<MaterialId>().map_err(|_| AppError::NotFound)?)
    };
    let shown = match wanted {
        Some(id) => {
            let row = store::material(&mut reader, id, pack, place.id).await?.ok_or(AppError::NotFound)?;
            // Nobody waits for a connection while a text is rendered.
            drop(reader);
            let html = cx.app.rendered.html(&row.body).await?;
            Some(Shown { html, position: row.position_seconds, line: row.line })
        }
        None => None,
    };
    Ok(Study { delivery: place.delivery_id, title: place.title, modules, items, shown })
}

/// The place and the item, if the item belongs to what is taught there.
async fn item(
    cx: &Ctx,
    h: &mut impl Handle,
    delivery: &str,
    material: &str,
) -> Result<(PlaceRow, PackId, MaterialId), AppError> {
    let (place, pack) = seat(cx, h, delivery).await?;
    let id: MaterialId = material.parse().map_err(|_| AppError::NotFound)?;
    let pack = pack.ok_or(AppError::NotFound)?;
    store::material(h, id, pack, place.id).await?.ok_or(AppError::NotFound)?;
    Ok((place, pack, id))
}

/// Notes that an item was opened.
pub async fn opened(cx: &Ctx, delivery: &str, material: &str) -> Result<(), AppError> {
    cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let (place, _, id) = item(cx, &mut tx, delivery, material).await?;
    store::opened(&mut tx, place.id, id, cx.now()).await?;
    Ok(tx.commit().await?)
}

/// Notes where a recording was left.
pub async fn position(cx: &Ctx, delivery: &str, material: &str, seconds: i64) -> Result<(), AppError> {
    cx.signed_in()?;
    if !(0..=POSITION_MAX).contains(&seconds) {
        return Err(AppError::field("seconds", FaultKind::Number { min: 0, max: POSITION_MAX }));
    }
    let mut tx = cx.begin().await?;
    let (place, _, id) = item(cx, &mut tx, delivery, material).await?;
    store::position(&mut tx, place.id, id, cx.now(), seconds).await?;
    Ok(tx.commit().await?)
}

/// Marks an item as done and says where to go on. Done again changes nothing.
pub async fn done(cx: &Ctx, form: &DoneForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let (place, pack, id) = item(cx, &mut tx, &form.delivery, &form.material).await?;
    let (items, _) = store::items(store::pack_items(&mut tx, pack, place.id).await?);
    if items.iter().any(|item| item.id == id && item.step != Step::Done) {
        store::done(&mut tx, place.id, id, cx.now()).await?;
        jobs::look_again(cx, &mut tx, place.delivery_id).await?;
    }
    tx.commit().await?;
    let next = match neighbours(&items, id) {
        (_, Some(next)) => Some(next.id),
        // The last item leads back to what was left out, if anything was.
        _ => items.iter().find(|item| item.id != id && item.step != Step::Done).map(|item: &model::Item| item.id),
    };
    Ok(Done::quietly(match next {
        Some(next) => format!("/learn/{}/{next}", place.delivery_id),
        None => "/learn".to_owned(),
    }))
}
