//! The timetable: made from session plans, and changed half-day by half-day.

mod called_off;

pub use called_off::call_off;

use super::{
    api::{Schedule, SessionForm, SessionView, SlotEdit, SlotForm, SlotView},
    model::{DeliveryHead, MOVED, Moved, SlotAct},
    notices::service as notices,
    service::{id, managed, path},
    store::{self, Session, Slot, SlotStep, TimetableRow},
    timetable::{self, HoursForm},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Conflict, Done, FaultKind, Flash},
        ids::{DeliveryId, SlotId, TimetableSessionId},
    },
    platform::{
        audit,
        context::Ctx,
        db::{DbError, Handle, Tx},
        jobs, zones,
    },
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// The rows of a timetable as half-days, in the venue's time.
pub fn slots(rows: Vec<TimetableRow>, zone: &str) -> Vec<SlotView> {
    let mut slots: Vec<SlotView> = Vec::new();
    for row in rows {
        if slots.last().is_none_or(|slot| slot.id != row.slot_id) {
            slots.push(SlotView {
                id: row.slot_id,
                starts: zones::local(row.starts_at, zone),
                ends: zones::local(row.ends_at, zone),
                room: row.room,
                cancelled: row.cancelled_at.map(|_| row.cancelled_reason),
                sessions: Vec::new(),
            });
        }
        if let (Some(slot), Some(id), Some(title), Some(starts), Some(minutes)) =
            (slots.last_mut(), row.session_id, row.title, row.session_starts, row.minutes)
        {
            slot.sessions.push(SessionView { id, title, starts: zones::local(starts, zone), minutes });
        }
    }
    slots
}

/// The half-days of a delivery, in the venue's time.
pub async fn read(h: &mut impl Handle, head: &DeliveryHead) -> Result<Vec<SlotView>, DbError> {
    Ok(slots(store::timetable(h, head.id).await?, &head.time_zone))
}

/// The timetable, for whoever changes it.
pub async fn view(cx: &Ctx, delivery: &str) -> Result<Schedule, AppError> {
    let mut reader = cx.read().await?;
    let head = managed(cx, &mut reader, id(delivery)?).await?;
    let rows = store::timetable(&mut reader, head.id).await?;
    let plans = match head.pack_id {
        Some(pack) => store::plans(&mut reader, pack).await?,
        None => Vec::new(),
    };
    let there: Vec<_> = rows.iter().filter_map(|row| row.session_plan_id).collect();
    let left = if rows.is_empty() {
        Vec::new()
    } else {
        plans.iter().filter(|plan| !there.contains(&plan.id)).map(|plan| (plan.title.clone(), plan.minutes)).collect()
    };
    let slots = slots(rows, &head.time_zone);
    let proposed = slots.last().map(|slot| slot.starts.date()).or(head.starts_on);
    Ok(Schedule {
        plans: plans.len() as i64,
        left,
        slots,
        proposed: proposed.unwrap_or_else(|| zones::local(cx.now(), &head.time_zone).date()),
        new_slot: cx.app.id(),
        head,
    })
}

/// Begins a change of the timetable: who may, what stands, and nobody else meanwhile.
async fn begin(cx: &Ctx, delivery: &str) -> Result<(Tx, DeliveryHead, Vec<SlotView>, String), AppError> {
    let actor = cx.signed_in()?;
    let delivery = id(delivery)?;
    let mut tx = cx.begin().await?;
    managed(cx, &mut tx, delivery).await?;
    let editor = store::last_editor(&mut tx, delivery).await?;
    store::touch(&mut tx, delivery, &actor.name, cx.now()).await?;
    let head = store::head(&mut tx, delivery).await?.ok_or(AppError::NotFound)?;
    let slots = read(&mut tx, &head).await?;
    Ok((tx, head, slots, editor))
}

fn timetable_path(delivery: DeliveryId) -> String {
    format!("{}/timetable", path(delivery))
}

fn unless_marked(error: DbError) -> AppError {
    if error.is_constraint_violation() { Refusal::HasMarks.into() } else { error.into() }
}

/// Makes the timetable anew from the session plans of the pack.
pub async fn generate(cx: &Ctx, form: &HoursForm) -> Result<Done, AppError> {
    let (mut tx, head, before, editor) = begin(cx, &form.id).await?;
    let (hours, room) = form.check()?;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    if version != head.version {
        return Err(AppError::Conflict(Box::new(Conflict::between(&editor, head.version, &[]))));
    }
    let (Some(first), Some(last)) = (head.starts_on, head.ends_on.or(head.starts_on)) else {
        return Err(AppError::field("", FaultKind::Date));
    };
    let plans = match head.pack_id {
        Some(pack) => store::plans(&mut tx, pack).await?,
        None => Vec::new(),
    };
    let made = timetable::generate(&plans, first, last, &hours);
    notices::before_all(cx, &mut tx, &head).await?;
    store::clear_slots(&mut tx, head.id).await.map_err(unless_marked)?;
    for half in &made.halves {
        let slot = Slot {
            id: cx.app.id(),
            starts_at: zones::utc(half.starts, &head.time_zone),
            ends_at: zones::utc(half.ends, &head.time_zone),
            room: room.clone(),
        };
        // Only where clocks jump over the whole of it.
        if slot.ends_at <= slot.starts_at {
            return Err(AppError::field("morning_to", FaultKind::EndsBeforeStart));
        }
        notices::added(cx, &mut tx, &head, slot.id).await?;
        store::add_slot(&mut tx, head.id, &slot).await?;
        for placed in &half.sessions {
            let plan = &plans[placed.plan];
            let session = Session {
                id: cx.app.id(),
                slot: slot.id,
                plan: Some(plan.id),
                title: plan.title.clone(),
                starts_at: zones::utc(placed.starts, &head.time_zone),
                minutes: placed.minutes,
            };
            store::add_session(&mut tx, &session).await?;
        }
    }
    let after = read(&mut tx, &head).await?;
    jobs::look_again(cx, &mut tx, head.id).await?;
    audit::record(cx, &mut tx, "timetable", "delivery", head.id, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(Done::at(timetable_path(head.id), Flash::TimetableMade))
}

/// A half-day to change.
pub async fn slot(cx: &Ctx, delivery: &str, slot: &str) -> Result<SlotEdit, AppError> {
    let mut reader = cx.read().await?;
    let head = managed(cx, &mut reader, id(delivery)?).await?;
    let wanted: SlotId = id(slot)?;
    let slots = read(&mut reader, &head).await?;
    let found = slots.iter().find(|slot| slot.id == wanted).cloned().ok_or(AppError::NotFound)?;
    Ok(SlotEdit {
        head,
        slot: found,
        slots: slots.iter().map(|slot| (slot.id, slot.starts)).collect(),
        new_session: cx.app.id(),
    })
}

fn hm(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// Saves a half-day, new or changed; its sessions move with its start.
pub async fn save_slot(cx: &Ctx, form: &SlotForm) -> Result<Done, AppError> {
    let (mut tx, head, slots, editor) = begin(cx, &form.delivery).await?;
    let slot: SlotId = id(&form.id)?;
    let stands = slots.iter().find(|other| other.id == slot);
    let mut checks = Checks::default();
    let day = checks.date("day", &form.day);
    if form.day.trim().is_empty() {
        checks.fault("day", FaultKind::Required);
    }
    let from = checks.time("from", &form.from);
    let to = checks.time("to", &form.to);
    let room = checks.line("room", &form.room, 100);
    if let (Some(from), Some(to)) = (from, to)
        && to <= from
    {
        checks.fault("to", FaultKind::EndsBeforeStart);
    }
    if let Some(day) = day
        && !is_within(&head, day)
    {
        checks.fault("day", FaultKind::OutsideDelivery);
    }
    let span = day.zip(from).zip(to).map(|((day, from), to)| (day.and_time(from), day.and_time(to)));
    if let Some((starts, ends)) = span
        && slots
            .iter()
            .any(|other| other.id != slot && other.cancelled.is_none() && starts < other.ends && other.starts < ends)
    {
        checks.fault("from", FaultKind::Overlap);
    }
    let shift = span.zip(stands).map_or(TimeDelta::zero(), |((starts, _), stands)| starts - stands.starts);
    if let (Some((_, ends)), Some(stands)) = (span, stands)
        && stands.sessions.iter().any(|s| s.starts + shift + TimeDelta::minutes(s.minutes) > ends)
    {
        // A session would stick out at the end.
        checks.fault("to", FaultKind::Overlap);
    }
    let (starts, ends) = checks.finish(span)?.ok_or(AppError::Internal)?;
    let changed = Slot {
        id: slot,
        starts_at: zones::utc(starts, &head.time_zone),
        ends_at: zones::utc(ends, &head.time_zone),
        room,
    };
    if changed.ends_at <= changed.starts_at {
        return Err(AppError::field("to", FaultKind::EndsBeforeStart));
    }
    let flash = match stands {
        None if form.was.is_empty() => {
            notices::added(cx, &mut tx, &head, slot).await?;
            match store::add_slot(&mut tx, head.id, &changed).await {
                Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
                other => other?,
            }
            Flash::Added
        }
        None => return Err(AppError::NotFound),
        Some(_) if form.was.is_empty() => return Err(Refusal::AlreadySent.into()),
        Some(stands) if stands.as_read() != form.was => {
            let fields = [
                ("day", form.day.as_str(), stands.starts.date().to_string()),
                ("from", form.from.as_str(), hm(stands.starts.time())),
                ("to", form.to.as_str(), hm(stands.ends.time())),
                ("room", form.room.as_str(), stands.room.clone()),
            ];
            return Err(AppError::Conflict(Box::new(Conflict::between(&editor, head.version, &fields))));
        }
        Some(stands) => {
            if stands.cancelled.is_none()
                && ((starts, ends) != (stands.starts, stands.ends) || changed.room != stands.room)
            {
                notices::before(cx, &mut tx, &head, slot).await?;
            }
            store::set_slot(&mut tx, head.id, &changed).await?;
            if (starts, ends) != (stands.starts, stands.ends) {
                moved(cx, &mut tx, &head, stands, (starts, ends)).await?;
            }
            if !shift.is_zero() {
                for session in &stands.sessions {
                    let moved = row_of(session, slot, session.starts + shift, &head.time_zone);
                    store::set_session(&mut tx, &moved).await?;
                }
            }
            Flash::Saved
        }
    };
    jobs::look_again(cx, &mut tx, head.id).await?;
    audit::record(
        cx,
        &mut tx,
        "slot",
        "delivery",
        head.id,
        stands.map(|s| SlotForm::of(&head, s)).as_ref(),
        Some(form),
    )
    .await?;
    tx.commit().await?;
    Ok(Done::at(timetable_path(head.id), flash))
}

/// Writes down that hours were changed, and has the minutes of marks counted anew.
async fn moved(
    cx: &Ctx,
    tx: &mut Tx,
    head: &DeliveryHead,
    from: &SlotView,
    to: (NaiveDateTime, NaiveDateTime),
) -> Result<(), AppError> {
    let actor = cx.signed_in()?;
    let hours = |starts: NaiveDateTime, ends: NaiveDateTime| {
        format!("{} {}–{}", starts.date(), hm(starts.time()), hm(ends.time()))
    };
    let what = format!("{} → {}", hours(from.starts, from.ends), hours(to.0, to.1));
    let step = SlotStep { act: SlotAct::Moved, reason: what.clone(), by_name: actor.name.clone(), at: cx.now() };
    store::add_slot_step(tx, cx.app.id(), from.id, &step).await?;
    let moved = Moved { delivery: head.id, slot: from.id, by: actor.person_id, by_name: actor.name.clone(), what };
    Ok(jobs::enqueue(cx, tx, MOVED, &moved).await?)
}

impl SlotForm {
    /// The form as it would stand for a half-day; what the audit trail keeps as before.
    pub fn of(head: &DeliveryHead, slot: &SlotView) -> Self {
        Self {
            delivery: head.id.to_string(),
            id: slot.id.to_string(),
            was: slot.as_read(),
            day: slot.starts.date().to_string(),
            from: hm(slot.starts.time()),
            to: hm(slot.ends.time()),
            room: slot.room.clone(),
        }
    }
}

fn is_within(head: &DeliveryHead, day: NaiveDate) -> bool {
    head.starts_on.is_none_or(|first| day >= first) && head.ends_on.or(head.starts_on).is_none_or(|last| day <= last)
}

fn row_of(session: &SessionView, slot: SlotId, starts: NaiveDateTime, zone: &str) -> Session {
    Session {
        id: session.id,
        slot,
        plan: None,
        title: session.title.clone(),
        starts_at: zones::utc(starts, zone),
        minutes: session.minutes,
    }
}

/// Removes a half-day with its sessions, unless attendance was marked in it.
pub async fn remove_slot(cx: &Ctx, delivery: &str, slot: &str) -> Result<Done, AppError> {
    let (mut tx, head, slots, _) = begin(cx, delivery).await?;
    let slot: SlotId = id(slot)?;
    let Some(stands) = slots.iter().find(|other| other.id == slot) else {
        return Err(Refusal::AlreadySent.into());
    };
    notices::before(cx, &mut tx, &head, slot).await?;
    store::remove_slot(&mut tx, head.id, slot).await.map_err(unless_marked)?;
    jobs::look_again(cx, &mut tx, head.id).await?;
    audit::record(cx, &mut tx, "remove_slot", "delivery", head.id, Some(stands), None).await?;
    tx.commit().await?;
    Ok(Done::at(timetable_path(head.id), Flash::Removed))
}

/// Saves a session, new, changed or moved to another half-day.
pub async fn save_session(cx: &Ctx, form: &SessionForm) -> Result<Done, AppError> {
    let (mut tx, head, slots, editor) = begin(cx, &form.delivery).await?;
    let session: TimetableSessionId = id(&form.id)?;
    let target: SlotId = id(&form.slot)?;
    let slot = slots.iter().find(|slot| slot.id == target).ok_or(AppError::NotFound)?;
    let stands = slots.iter().flat_map(|slot| &slot.sessions).find(|other| other.id == session);
    let mut checks = Checks::default();
    let title = checks.required_line("title", &form.title, 200);
    let from = checks.time("from", &form.from);
    let minutes = checks.number("minutes", &form.minutes, 1, 24 * 60);
    let starts = from.map(|from| slot.starts.date().and_time(from));
    if let Some(starts) = starts.filter(|_| checks.clean_of("minutes")) {
        let ends = starts + TimeDelta::minutes(minutes);
        if starts < slot.starts || ends > slot.ends {
            checks.fault("from", FaultKind::OutsideSlot);
        } else if slot
            .sessions
            .iter()
            .any(|o| o.id != session && starts < o.starts + TimeDelta::minutes(o.minutes) && o.starts < ends)
        {
            checks.fault("from", FaultKind::Overlap);
        }
    }
    let starts = checks.finish(starts)?.ok_or(AppError::Internal)?;
    let row = Session {
        id: session,
        slot: target,
        plan: None,
        title,
        starts_at: zones::utc(starts, &head.time_zone),
        minutes,
    };
    let flash = match stands {
        None if form.was.is_empty() => {
            match store::add_session(&mut tx, &row).await {
                Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
                other => other?,
            }
            Flash::Added
        }
        None => return Err(AppError::NotFound),
        Some(_) if form.was.is_empty() => return Err(Refusal::AlreadySent.into()),
        Some(stands) if stands.as_read() != form.was => {
            let fields = [
                ("title", form.title.as_str(), stands.title.clone()),
                ("from", form.from.as_str(), hm(stands.starts.time())),
                ("minutes", form.minutes.as_str(), stands.minutes.to_string()),
            ];
            return Err(AppError::Conflict(Box::new(Conflict::between(&editor, head.version, &fields))));
        }
        Some(_) => {
            store::set_session(&mut tx, &row).await?;
            Flash::Saved
        }
    };
    audit::record(cx, &mut tx, "session", "delivery", head.id, None, Some(form)).await?;
    tx.commit().await?;
    let back: SlotId = id(&form.page)?;
    Ok(Done::at(format!("{}/{back}", timetable_path(head.id)), flash))
}

/// Removes a session from the timetable; the session plan stays.
pub async fn remove_session(cx: &Ctx, delivery: &str, session: &str) -> Result<Done, AppError> {
    let (mut tx, head, slots, _) = begin(cx, delivery).await?;
    let session: TimetableSessionId = id(session)?;
    let Some(slot) = slots.iter().find(|slot| slot.sessions.iter().any(|other| other.id == session)) else {
        return Err(Refusal::AlreadySent.into());
    };
    store::remove_session(&mut tx, session).await?;
    audit::record(cx, &mut tx, "remove_session", "delivery", head.id, Some(slot), None).await?;
    tx.commit().await?;
    Ok(Done::at(format!("{}/{}", timetable_path(head.id), slot.id), Flash::Removed))
}

/// After a delivery moved to another time zone its half-days keep their hours on the wall.
pub async fn keep_wall_clock(tx: &mut Tx, delivery: DeliveryId, slots: &[SlotView], zone: &str) -> Result<(), DbError> {
    for slot in slots {
        let moved = Slot {
            id: slot.id,
            starts_at: zones::utc(slot.starts, zone),
            ends_at: zones::utc(slot.ends, zone),
            room: slot.room.clone(),
        };
        store::set_slot(tx, delivery, &moved).await?;
        for session in &slot.sessions {
            store::set_session(tx, &row_of(session, slot.id, session.starts, zone)).await?;
        }
    }
    Ok(())
}
