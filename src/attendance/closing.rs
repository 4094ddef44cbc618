//! Closing a register, once everybody is content with it, and opening it again for a reason.

use super::{model::ids, service::desk, store};
use crate::{
    attendance::model::{NOTE_MAX, writable},
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Done, FaultKind, Flash},
    },
    deliveries::{
        model::SlotAct,
        store::{SlotStep, add_slot_step},
    },
    platform::{audit, context::Ctx, jobs},
};

/// Closes the register of a slot, or opens it again. Whoever has no mark when it closes is taken to have
/// been absent; nobody else is changed.
pub async fn close(cx: &Ctx, delivery: &str, slot: &str, act: &str, reason: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let mut tx = cx.begin().await?;
    let (head, keeper) = desk(cx, &mut tx, delivery).await?;
    writable(head.state, keeper)?;
    if !store::lock(&mut tx, slot, delivery).await? {
        return Err(AppError::NotFound);
    }
    let row = store::slot(&mut tx, slot, delivery).await?.ok_or(AppError::NotFound)?;
    if row.cancelled_at.is_some() {
        return Err(Refusal::CalledOff.into());
    }
    let (act, reason, changed) = match act {
        "close" if cx.now() < row.starts_at => return Err(Refusal::TooEarly.into()),
        "close" => {
            (SlotAct::Closed, String::new(), store::close(&mut tx, slot, delivery, &actor.name, cx.now()).await?)
        }
        "reopen" => {
            let mut checks = Checks::default();
            let reason = checks.required_line("why", reason, NOTE_MAX);
            let reason = checks.finish(reason)?;
            (SlotAct::Reopened, reason, store::reopen(&mut tx, slot, delivery).await?)
        }
        _ => return Err(AppError::field("", FaultKind::Malformed)),
    };
    if !changed {
        return Err(Refusal::AlreadySent.into());
    }
    let step = SlotStep { act, reason, by_name: actor.name.clone(), at: cx.now() };
    add_slot_step(&mut tx, cx.app.id(), slot, &step).await?;
    audit::record(cx, &mut tx, act.code(), "slot", slot, None, Some(&step)).await?;
    jobs::look_again(cx, &mut tx, delivery).await?;
    tx.commit().await?;
    cx.app.marked(slot);
    Ok(Done::at(format!("/deliveries/{delivery}/register/{slot}"), Flash::Saved))
}
