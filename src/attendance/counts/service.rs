//! Countings of sealed deliveries.

use super::{
    api::{CountLine, CountPage},
    model::{CountForm, Heads, total},
    store::{self, Counting},
};
use crate::{
    attendance::{
        model::{NOTE_MAX, ids, writable},
        service::desk,
        store as marks,
    },
    common::{
        clean,
        error::{AppError, Refusal},
        forms::{Conflict, Done, FaultKind, Flash},
        ids::SlotId,
    },
    institutions,
    platform::{audit, context::Ctx, jobs, zones},
};
use chrono::TimeDelta;
use uuid::Uuid;

/// The counting of a half-day: what stands, or else, as a proposal, that of the half-day before.
pub async fn page(cx: &Ctx, delivery: &str, slot: &str, area: &str, language: &str) -> Result<CountPage, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, delivery).await?;
    if !head.sealed {
        return Err(AppError::NotFound);
    }
    let slots = marks::slots(&mut reader, delivery).await?;
    let position = slots.iter().position(|row| row.id == slot).ok_or(AppError::NotFound)?;
    let countings = store::countings(&mut reader, delivery).await?;
    let latest = |slot: SlotId| countings.iter().find(|counting| counting.slot_id == slot);
    let stands = latest(slot);
    // Mostly the same people come back after lunch.
    let before = slots[..position].iter().rev().find_map(|row| latest(row.id));
    let heads = match stands.or(before) {
        Some(counting) => store::lines(&mut reader, counting.id).await?,
        None => Vec::new(),
    };
    let all = institutions::service::areas(cx, &mut reader, language).await?;
    let mut shown: Vec<&str> = heads.iter().map(|line| line.area_code.as_str()).collect();
    shown.extend(head.area_code.as_deref());
    shown.push(area);
    let (areas, more): (Vec<_>, Vec<_>) = all.iter().partition(|area| shown.contains(&area.code.as_str()));
    let named = |areas: &[&institutions::model::Area]| -> Vec<(String, String)> {
        areas.iter().map(|area| (area.code.clone(), area.name.clone())).collect()
    };
    let zone = head.time_zone.as_str();
    Ok(CountPage {
        delivery,
        slots: slots
            .iter()
            .map(|row| (row.id, zones::local(row.starts_at, zone), latest(row.id).map(|counting| counting.total)))
            .collect(),
        slot,
        seen: stands.map_or_else(String::new, |counting| counting.id.to_string()),
        proposed: stands.is_none() && before.is_some(),
        footnote: areas.iter().any(|area| area.footnote),
        areas: named(&areas),
        more: named(&more),
        history: countings
            .iter()
            .filter(|counting| counting.slot_id == slot)
            .map(|counting| CountLine {
                at: zones::local(counting.counted_at, zone),
                by: counting.counted_by_name.clone(),
                total: counting.total,
                reason: counting.reason.clone(),
            })
            .collect(),
        writable: slots[position].open().and_then(|()| writable(head.state, keeper)),
        heads,
        title: head.title,
        next: cx.app.entropy.uuid(cx.now()),
    })
}

/// What a conflict shows of a counting: how many in all.
fn people(heads: &[Heads]) -> String {
    total(heads).to_string()
}

/// Writes a counting down beside those before it.
pub async fn save(cx: &Ctx, form: &CountForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let (delivery, slot) = ids(&form.delivery, &form.slot)?;
    let id: Uuid = form.id.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let (head, keeper) = desk(cx, &mut tx, delivery).await?;
    if !head.sealed || !marks::lock(&mut tx, slot, delivery).await? {
        return Err(AppError::NotFound);
    }
    let row = marks::slot(&mut tx, slot, delivery).await?.ok_or(AppError::NotFound)?;
    row.open()?;
    let closed = writable(head.state, keeper)?;
    if cx.now() < row.starts_at {
        return Err(Refusal::TooEarly.into());
    }
    let reason = clean::line(&form.reason);
    let reason = reason.as_str();
    if closed && reason.is_empty() {
        return Err(AppError::field("reason", FaultKind::Required));
    }
    if reason.chars().count() > NOTE_MAX {
        return Err(AppError::field("reason", FaultKind::TooLong { max: NOTE_MAX }));
    }
    let areas: Vec<String> = institutions::store::areas(&mut tx).await?.into_iter().map(|area| area.code).collect();
    let heads = form.check(&areas)?;
    let countings = store::countings(&mut tx, delivery).await?;
    if countings.iter().any(|counting| counting.id == id) {
        return Err(Refusal::AlreadySent.into());
    }
    let stands = countings.iter().find(|counting| counting.slot_id == slot);
    if let Some(stands) = stands.filter(|stands| stands.id.to_string() != form.seen) {
        let theirs = store::lines(&mut tx, stands.id).await?;
        return Err(AppError::Conflict(Box::new(Conflict {
            by: stands.counted_by_name.clone(),
            version: 0,
            theirs: vec![("people".to_owned(), people(&theirs))],
        })));
    }
    // The history must keep its order even where the clock stands still or goes back.
    let last = countings.iter().map(|counting| counting.counted_at).max();
    let counting = Counting {
        id,
        slot_id: slot,
        total: total(&heads),
        counted_by_name: actor.name.clone(),
        counted_at: last.map_or(cx.now(), |last| cx.now().max(last + TimeDelta::microseconds(1))),
        reason: if closed { reason.to_owned() } else { String::new() },
    };
    store::add(&mut tx, &counting, &cx.source, &heads).await?;
    audit::note(cx, &mut tx, "count", "slot", slot).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/deliveries/{delivery}/register/{slot}/count"), Flash::Saved))
}
