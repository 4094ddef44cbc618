//! The register as it stood at any moment, from its history.

use super::{
    api::{PastRegister, Standing},
    merge::replay,
    model::ids,
    service::{called, desk, standing},
    store::{self, ChangeRow},
};
use crate::{
    common::{error::AppError, forms::FaultKind, ids::EnrolmentId},
    deliveries::{model::SlotAct, store::slot_steps},
    platform::{context::Ctx, text, zones},
};
use chrono::{NaiveDateTime, TimeDelta};
use std::collections::BTreeMap;

/// Times as browsers type them: to the minute, to the second, or finer.
const FORMS: [&str; 3] = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"];

/// The register of a slot at a moment of the venue's clock; now when that is empty.
pub async fn register(cx: &Ctx, delivery: &str, slot: &str, at: &str) -> Result<PastRegister, AppError> {
    let actor = cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let mut reader = cx.read().await?;
    let (head, _) = desk(cx, &mut reader, delivery).await?;
    let zone = head.time_zone.as_str();
    let row = store::slot(&mut reader, slot, delivery).await?.ok_or(AppError::NotFound)?;
    let at = match at.trim() {
        "" => zones::local(cx.now(), zone),
        typed => FORMS
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(typed, form).ok())
            .ok_or_else(|| AppError::field("at", FaultKind::Time))?,
    };
    // A moment typed to the second holds what was written within it.
    let whole = if at.and_utc().timestamp_subsec_micros() == 0 { 999_999 } else { 0 };
    let until = zones::utc(at, zone) + TimeDelta::microseconds(whole);
    let rows = store::changes(&mut reader, slot).await?;
    let steps = slot_steps(&mut reader, slot).await?;
    let changes: Vec<_> = rows.iter().filter_map(ChangeRow::change).collect();
    let stood = replay(&changes, Some(until));
    let mut names: BTreeMap<EnrolmentId, (String, Option<Standing>)> = store::names(&mut reader, delivery, slot)
        .await?
        .into_iter()
        .map(|row| (row.id, (called(&row.family_name, &row.given_name), None)))
        .collect();
    for (place, mark) in &stood {
        // The change that the mark comes from: the latest until then that says the same.
        let said = rows.iter().rev().find(|row| {
            row.enrolment_id == *place
                && row.mark.marked_at.is_some_and(|at| at <= until)
                && row.mark.mark().as_ref() == Some(mark)
        });
        if let Some(said) = said {
            let shown = standing(&said.mark, actor.person_id, zone);
            names.insert(*place, (called(&said.family_name, &said.given_name), shown));
        }
    }
    let mut names: Vec<_> = names.into_values().collect();
    names.sort_by_cached_key(|(name, _)| text::fold(name));
    let closed = steps
        .iter()
        .rev()
        .find(|step| step.at <= until && matches!(step.act, SlotAct::Closed | SlotAct::Reopened))
        .is_some_and(|step| step.act == SlotAct::Closed);
    let mut moments: Vec<NaiveDateTime> = rows
        .iter()
        .filter_map(|row| row.mark.marked_at)
        .chain(steps.iter().map(|step| step.at))
        .map(|at| zones::local(at, zone))
        .collect();
    moments.sort_unstable();
    moments.dedup();
    moments.reverse();
    Ok(PastRegister {
        delivery,
        title: head.title.clone(),
        slot,
        starts: zones::local(row.starts_at, zone),
        minutes: row.hours().minutes(),
        at,
        closed,
        moments,
        names,
    })
}
