//! Keeps what stood before a change, and asks for the letter about it. Called in the transaction of the
//! change, before it is written.

use super::{
    model::{CHANGED, WAIT, told_in},
    store,
};
use crate::{
    common::ids::SlotId,
    deliveries::model::DeliveryHead,
    platform::{
        context::Ctx,
        db::{DbError, Tx},
        jobs::{self, About},
    },
};

/// A half-day is about to be changed.
pub async fn before(cx: &Ctx, tx: &mut Tx, head: &DeliveryHead, slot: SlotId) -> Result<(), DbError> {
    if told_in(head.state) {
        store::keep(tx, head.id, slot).await?;
        soon(cx, tx, head).await?;
    }
    Ok(())
}

/// All half-days are about to be made anew.
pub async fn before_all(cx: &Ctx, tx: &mut Tx, head: &DeliveryHead) -> Result<(), DbError> {
    if told_in(head.state) {
        store::keep_all(tx, head.id).await?;
        soon(cx, tx, head).await?;
    }
    Ok(())
}

/// A half-day is new.
pub async fn added(cx: &Ctx, tx: &mut Tx, head: &DeliveryHead, slot: SlotId) -> Result<(), DbError> {
    if told_in(head.state) {
        store::keep_new(tx, head.id, slot).await?;
        soon(cx, tx, head).await?;
    }
    Ok(())
}

/// The delivery is about to be given in another place.
pub async fn before_place(cx: &Ctx, tx: &mut Tx, head: &DeliveryHead, place: &str) -> Result<(), DbError> {
    if told_in(head.state) {
        store::keep_place(tx, head.id, place).await?;
        soon(cx, tx, head).await?;
    }
    Ok(())
}

/// One letter for all that is changed within minutes of the first change.
async fn soon(cx: &Ctx, tx: &mut Tx, head: &DeliveryHead) -> Result<(), DbError> {
    let key = format!("{CHANGED}:{}", head.id);
    jobs::enqueue_at(cx, tx, CHANGED, &About { delivery: head.id }, cx.now() + WAIT, Some(&key)).await
}
