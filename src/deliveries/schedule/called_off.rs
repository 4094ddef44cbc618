//! Half-days that are called off: their marks stay in the record and count no more.

use super::{begin, timetable_path};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Done, FaultKind, Flash},
        ids::SlotId,
    },
    deliveries::{
        model::SlotAct,
        notices::service as notices,
        service::id,
        store::{self, SlotStep},
    },
    platform::{audit, context::Ctx, jobs},
};

/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// Calls a half-day off, for a reason, or gives it after all.
pub async fn call_off(cx: &Ctx, delivery: &str, slot: &str, act: &str, reason: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let (mut tx, head, slots, _) = begin(cx, delivery).await?;
    let slot: SlotId = id(slot)?;
    let stands = slots.iter().find(|other| other.id == slot).ok_or(AppError::NotFound)?;
    let (act, reason) = match act {
        "cancel" => {
            let mut checks = Checks::default();
            let reason = checks.required_line("reason", reason, REASON_MAX);
            (SlotAct::Cancelled, checks.finish(reason)?)
        }
        "restore" => (SlotAct::Restored, String::new()),
        _ => return Err(AppError::field("", FaultKind::Malformed)),
    };
    if act == SlotAct::Restored
        && slots.iter().any(|other| {
            other.id != slot && other.cancelled.is_none() && stands.starts < other.ends && other.starts < stands.ends
        })
    {
        // Something else was put into its hours.
        return Err(AppError::field("", FaultKind::Overlap));
    }
    notices::before(cx, &mut tx, &head, slot).await?;
    let changed = if act == SlotAct::Cancelled {
        store::cancel_slot(&mut tx, head.id, slot, &reason, cx.now()).await?
    } else {
        store::restore_slot(&mut tx, head.id, slot).await?
    };
    if !changed {
        return Err(Refusal::AlreadySent.into());
    }
    let step = SlotStep { act, reason, by_name: actor.name.clone(), at: cx.now() };
    store::add_slot_step(&mut tx, cx.app.id(), slot, &step).await?;
    audit::record(cx, &mut tx, act.code(), "slot", slot, None, Some(&step)).await?;
    jobs::look_again(cx, &mut tx, head.id).await?;
    tx.commit().await?;
    cx.app.marked(slot);
    Ok(Done::at(timetable_path(head.id), Flash::Saved))
}
