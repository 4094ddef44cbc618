//! Sheets to sign: names in the order of the register, so that a number on paper is one on the screen.

use crate::{
    attendance::{
        badges::{service::unset, store as badges},
        pages::papers,
        service::desk,
        store::{self, SlotRow},
    },
    common::{
        error::AppError,
        ids::{DeliveryId, SlotId},
    },
    deliveries::store as deliveries,
    platform::{audit, context::Ctx, pdf},
};

/// The sheets of a delivery, or that of one half-day. That a list of names was taken is noted.
pub async fn sheets(cx: &Ctx, delivery: &str, slot: Option<&str>) -> Result<Vec<u8>, AppError> {
    cx.signed_in()?;
    let delivery: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let slot: Option<SlotId> = slot.map(str::parse).transpose().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    let (head, _) = desk(cx, &mut tx, delivery).await?;
    let slots: Vec<SlotRow> = store::slots(&mut tx, delivery)
        .await?
        .into_iter()
        .filter(|row| row.cancelled_at.is_none() && slot.is_none_or(|slot| slot == row.id))
        .collect();
    if slots.is_empty() {
        return Err(AppError::NotFound);
    }
    let mut names = badges::list(&mut tx, delivery).await?;
    badges_in_order(&mut names);
    let trainers: Vec<String> = deliveries::parts(&mut tx, delivery)
        .await?
        .into_iter()
        .filter(|part| part.part == "trainer")
        .map(|part| part.name)
        .collect();
    match slot {
        Some(slot) => audit::note(cx, &mut tx, "print_sheet", "slot", slot).await?,
        None => audit::note(cx, &mut tx, "print_sheets", "delivery", delivery).await?,
    }
    tx.commit().await?;
    let (at, settings) = (cx.now(), cx.app.settings.clone());
    let link = move |path: &str| settings.link(path);
    cx.set_paper(move || pdf::signatures(&papers::signatures(&head, &slots, &names, &trainers, &link, at)))
        .await?
        .map_err(|error| unset(&error, delivery))
}

/// The order of the register: by family name.
pub(in crate::attendance) fn badges_in_order(rows: &mut [badges::BadgeRow]) {
    use crate::platform::text::fold;
    rows.sort_by_cached_key(|row| (fold(&row.family_name), fold(&row.given_name), row.id));
}
