//! Keeping the register. Every act goes through [`write`]: locked slot, decided by the model,
//! history first, marks from it, and the job that looks at completion, in one transaction.

use super::{
    api::{Answer, History, HistoryLine, Marked, Name, Register, SlotTab, Standing},
    model::{
        self, Action, Hours, Keeper, Mark, MarkSource, NOTE_MAX, RegisterForm, Touch, Verdict, ids, merge, nearest,
        not_too_early, replay, writable,
    },
    store::{self, Act, MarkRow, NameRow, SlotRow},
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Conflict, Done, FaultKind, Flash},
        ids::{DeliveryId, EnrolmentId, PersonId, SlotId},
    },
    deliveries::{model::DeliveryHead, store as deliveries},
    people::{
        model::Actor,
        rights::{Record, Right, demand},
    },
    platform::{
        audit,
        context::Ctx,
        db::{Handle, Tx},
        jobs, text, zones,
    },
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

impl SlotRow {
    fn hours(&self) -> Hours {
        Hours { starts_at: self.starts_at, ends_at: self.ends_at }
    }
}

/// The delivery, if who asks may read and keep its register, and as what.
pub(super) async fn desk(cx: &Ctx, h: &mut impl Handle, id: DeliveryId) -> Result<(DeliveryHead, Keeper), AppError> {
    let actor = cx.signed_in()?;
    let head = deliveries::head(h, id).await?.ok_or(AppError::NotFound)?;
    let trains = deliveries::is_trainer(h, id, actor.person_id).await?;
    demand(Some(actor), Right::KeepRegister, Record::of(head.host_id).naming(trains))?;
    Ok((head, if trains { Keeper::Trainer } else { Keeper::Administrator }))
}

pub(super) fn standing(row: &MarkRow, reader: PersonId, zone: &str) -> Option<Standing> {
    Some(Standing {
        mark: row.mark()?,
        source: row.source?,
        by: (row.marked_by != Some(reader)).then(|| row.marked_by_name.clone().unwrap_or_default()),
        at: zones::local(row.marked_at?, zone),
    })
}

pub(super) fn called(family: &str, given: &str) -> String {
    match (family, given) {
        (family, "") => family.to_owned(),
        ("", given) => given.to_owned(),
        (family, given) => format!("{family}, {given}"),
    }
}

/// The register of a slot, or of the nearest one. Four statements, however many names.
pub async fn register(cx: &Ctx, delivery: &str, slot: &str) -> Result<Register, AppError> {
    let actor = cx.signed_in()?;
    let id: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, id).await?;
    let zone = head.time_zone.as_str();
    let now = cx.now();
    let slots = store::slots(&mut reader, id).await?;
    let chosen = if slot.is_empty() {
        nearest(&slots, SlotRow::hours, now)
    } else {
        let wanted: SlotId = slot.parse().map_err(|_| AppError::NotFound)?;
        Some(slots.iter().find(|slot| slot.id == wanted).ok_or(AppError::NotFound)?)
    };
    let mut names = match chosen {
        Some(slot) => store::names(&mut reader, id, slot.id).await?,
        None => Vec::new(),
    };
    names.sort_by_cached_key(|row| (text::fold(&row.family_name), text::fold(&row.given_name)));
    let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
    // What is shown is what was seen, whatever the clock says.
    let seen = names.iter().filter_map(|row| row.mark.marked_at).max().map_or(now, |last| last.max(now));
    Ok(Register {
        delivery: id,
        slot: chosen.map(|slot| slot.id),
        minutes: chosen.map_or(0, |slot| slot.hours().minutes()),
        slots: slots
            .iter()
            .map(|slot| SlotTab {
                id: slot.id,
                starts: zones::local(slot.starts_at, zone),
                ends: zones::local(slot.ends_at, zone),
                room: slot.room.clone(),
                full: count > 0 && slot.marked >= count,
            })
            .collect(),
        names: names
            .into_iter()
            .map(|row| Name {
                id: row.id,
                name: called(&row.family_name, &row.given_name),
                mark: standing(&row.mark, actor.person_id, zone),
                workplace: row.workplace,
            })
            .collect(),
        writable: writable(head.state, keeper),
        today: zones::local(now, zone).date(),
        title: head.title,
        version: seen.timestamp_micros(),
        action: cx.app.entropy.uuid(now),
    })
}

/// The history of a slot, the latest change first.
pub async fn history(cx: &Ctx, delivery: &str, slot: &str, person: &str) -> Result<History, AppError> {
    let (delivery, slot) = ids(delivery, slot)?;
    let person: Option<EnrolmentId> =
        if person.is_empty() { None } else { Some(person.parse().map_err(|_| AppError::NotFound)?) };
    let mut reader = cx.read().await?;
    let (head, _) = desk(cx, &mut reader, delivery).await?;
    let row = store::slot(&mut reader, slot, delivery).await?.ok_or(AppError::NotFound)?;
    let zone = head.time_zone.as_str();
    let mut before: HashMap<EnrolmentId, Mark> = HashMap::new();
    let mut lines = Vec::new();
    for change in store::changes(&mut reader, slot).await? {
        let to = change.mark.mark();
        let from = match &to {
            Some(mark) => before.insert(change.enrolment_id, mark.clone()),
            None => before.remove(&change.enrolment_id),
        };
        if person.is_none_or(|person| person == change.enrolment_id) {
            lines.push(HistoryLine {
                enrolment: change.enrolment_id,
                name: called(&change.family_name, &change.given_name),
                at: zones::local(change.mark.marked_at.unwrap_or(row.starts_at), zone),
                by: change.mark.marked_by_name.clone().unwrap_or_default(),
                source: change.mark.source.unwrap_or(MarkSource::Trainer),
                from,
                to,
                reason: change.reason,
                undid: change.undoes.is_some(),
            });
        }
    }
    lines.reverse();
    Ok(History {
        delivery,
        title: head.title,
        slot,
        starts: zones::local(row.starts_at, zone),
        minutes: row.hours().minutes(),
        person: person.and_then(|_| lines.first().map(|line| line.name.clone())),
        lines,
    })
}

/// An open register, locked until its transaction ends.
struct Open<'a> {
    cx: &'a Ctx,
    actor: &'a Actor,
    head: DeliveryHead,
    slot: SlotRow,
    reason: &'a str,
    closed: bool,
    last: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
}

impl<'a> Open<'a> {
    /// Checks who writes and whether the register is open, and waits for its turn.
    async fn lock(
        cx: &'a Ctx,
        tx: &mut Tx,
        delivery: DeliveryId,
        slot: SlotId,
        reason: Option<&'a str>,
    ) -> Result<Self, AppError> {
        let actor = cx.signed_in()?;
        let (head, keeper) = desk(cx, tx, delivery).await?;
        let closed = writable(head.state, keeper)?;
        let given = reason.unwrap_or_default().trim();
        if closed && reason.is_some() && given.is_empty() {
            return Err(AppError::field("reason", FaultKind::Required));
        }
        if given.chars().count() > NOTE_MAX {
            return Err(AppError::field("reason", FaultKind::TooLong { max: NOTE_MAX }));
        }
        if !store::lock(tx, slot, delivery).await? {
            return Err(AppError::NotFound);
        }
        let slot = store::slot(tx, slot, delivery).await?.ok_or(AppError::NotFound)?;
        // The history must keep its order even where the clock stands still or goes back.
        let last = store::last_change(tx, slot.id).await?;
        let at = last.map_or(cx.now(), |last| cx.now().max(last + TimeDelta::microseconds(1)));
        Ok(Self { cx, actor, head, slot, reason: if closed { given } else { "" }, closed, last, at })
    }

    fn act(&self, id: Uuid, source: MarkSource, undoes: Option<Uuid>) -> Act<'_> {
        Act {
            id,
            slot: self.slot.id,
            source,
            by: self.actor.person_id,
            by_name: &self.actor.name,
            at: self.at,
            address: &self.cx.source,
            reason: self.reason,
            undoes,
        }
    }

    fn in_time(&self, state: model::MarkState) -> Result<(), AppError> {
        let day = |time| zones::local(time, &self.head.time_zone).date();
        Ok(not_too_early(state, day(self.slot.starts_at), day(self.cx.now()))?)
    }

    fn local(&self, row: &MarkRow) -> Option<NaiveDateTime> {
        row.marked_at.map(|at| zones::local(at, &self.head.time_zone))
    }

    /// What the page shows of a mark just written.
    fn fresh(&self, mark: Mark) -> Standing {
        Standing { mark, source: MarkSource::Trainer, by: None, at: zones::local(self.at, &self.head.time_zone) }
    }

    /// The end of every act: the audit trail where a closed register was corrected, and the job.
    async fn finish(&self, tx: &mut Tx, id: Uuid) -> Result<(), AppError> {
        if self.closed {
            let after = (id, self.reason);
            audit::record(self.cx, tx, "correct_register", "slot", self.slot.id, None, Some(&after)).await?;
        }
        Ok(jobs::look_again(self.cx, tx, self.head.id).await?)
    }

    /// The rows of an action that was written before: the answer to one that was sent again.
    async fn again(&self, tx: &mut Tx, id: Uuid, names: &[NameRow]) -> Result<Marked, AppError> {
        let places = store::action_places(tx, id, self.slot.id).await?;
        if places.is_empty() {
            return Err(Refusal::AlreadySent.into());
        }
        let rows = names
            .iter()
            .filter(|name| places.contains(&name.id))
            .map(|name| Answer {
                enrolment: name.id,
                mark: standing(&name.mark, self.actor.person_id, &self.head.time_zone),
                clash: false,
            })
            .collect();
        Ok(Marked { rows })
    }
}

/// Does one action of a page with script.
pub async fn mark(cx: &Ctx, delivery: &str, slot: &str, action: &str) -> Result<Marked, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let action: Action = serde_json::from_str(action).map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let open = Open::lock(cx, &mut tx, delivery, slot, Some(&action.reason)).await?;
    let marked = write(&open, &mut tx, &action, &Seen::Each).await?;
    tx.commit().await?;
    cx.app.marked(slot);
    Ok(marked)
}

/// Saves a form: touched names, then perhaps everybody else as present.
pub async fn save(cx: &Ctx, form: &RegisterForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(&form.delivery, &form.slot)?;
    let here = format!("/deliveries/{delivery}/register/{slot}");
    if form.act == "undo" {
        undo(cx, &form.delivery, &form.slot, &form.id).await?;
        return Ok(Done::at(here, Flash::Undone));
    }
    let malformed = || AppError::field("", FaultKind::Malformed);
    let id: Uuid = form.id.parse().map_err(|_| malformed())?;
    let seen_at = form.version.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or_else(malformed)?;
    let mut touches = Vec::with_capacity(form.marks.len());
    for (key, state) in &form.marks {
        let typed = |fields: &HashMap<String, String>| fields.get(key).cloned().unwrap_or_default();
        touches.push(Touch {
            enrolment: model::place_of(key)?,
            state: state.parse().map_err(|_| malformed())?,
            missed: typed(&form.mins),
            note: typed(&form.notes),
            seen: None,
        });
    }
    let action = Action { id, touches, everyone: form.all == "present", reason: form.reason.clone() };
    let mut tx = cx.begin().await?;
    let open = Open::lock(cx, &mut tx, delivery, slot, Some(&action.reason)).await?;
    // Unless somebody wrote since the form was made, it showed what stands.
    let seen = if open.last.is_some_and(|last| last > seen_at) {
        let history: Vec<_> =
            store::changes(&mut tx, slot).await?.iter().filter_map(store::ChangeRow::change).collect();
        Seen::Then(replay(&history, Some(seen_at)))
    } else {
        Seen::Now
    };
    write(&open, &mut tx, &action, &seen).await?;
    tx.commit().await?;
    cx.app.marked(slot);
    Ok(Done::at(here, Flash::Marked))
}

/// What whoever acts had before their eyes.
enum Seen {
    /// Each touch says itself; a clash leaves only its own name as it is.
    Each,
    /// A form that showed what stands.
    Now,
    /// A form that showed these marks; a clash refuses it whole.
    Then(BTreeMap<EnrolmentId, Mark>),
}

/// Decides and writes an action.
async fn write(open: &Open<'_>, tx: &mut Tx, action: &Action, seen: &Seen) -> Result<Marked, AppError> {
    let zone = open.head.time_zone.as_str();
    let me = open.actor.person_id;
    let known = store::action_known(tx, action.id).await?;
    let names = store::names(tx, open.head.id, open.slot.id).await?;
    if known {
        return open.again(tx, action.id, &names).await;
    }
    let by_id: HashMap<EnrolmentId, &NameRow> = names.iter().map(|row| (row.id, row)).collect();
    let mut changes: BTreeMap<EnrolmentId, Option<Mark>> = BTreeMap::new();
    let mut rows = Vec::with_capacity(action.touches.len());
    let mut clashes: Vec<&NameRow> = Vec::new();
    for touch in &action.touches {
        let name = by_id.get(&touch.enrolment).ok_or(AppError::NotFound)?;
        let stands = name.mark.mark();
        let mark = touch
            .mark(open.slot.hours(), open.cx.now())
            .map_err(|kind| AppError::field(&model::field_of("mins", touch.enrolment), kind))?;
        let shown = match seen {
            Seen::Then(marks) => marks.get(&touch.enrolment),
            Seen::Now => stands.as_ref(),
            // Touched on purpose: only what somebody else has done meanwhile stands against it.
            Seen::Each if name.mark.marked_by == Some(me) || open.local(&name.mark) == touch.seen => stands.as_ref(),
            Seen::Each => None,
        };
        let verdict = merge(shown, stands.as_ref(), &mark);
        match verdict {
            Verdict::Write => {
                open.in_time(mark.state)?;
                changes.insert(touch.enrolment, Some(mark.clone()));
            }
            Verdict::Clash => clashes.push(name),
            Verdict::Keep => {}
        }
        rows.push(Answer {
            enrolment: touch.enrolment,
            mark: if verdict == Verdict::Write { Some(open.fresh(mark)) } else { standing(&name.mark, me, zone) },
            clash: verdict == Verdict::Clash,
        });
    }
    if !matches!(seen, Seen::Each) && !clashes.is_empty() {
        return Err(AppError::Conflict(Box::new(conflict(open, &clashes))));
    }
    let mut wrote = !changes.is_empty();
    let act = open.act(action.id, MarkSource::Trainer, None);
    if wrote {
        let changes: Vec<_> = changes.iter().map(|(id, mark)| (*id, mark.clone())).collect();
        store::write(tx, &act, &changes).await?;
    }
    if action.everyone {
        open.in_time(model::MarkState::Present)?;
        let minutes = open.slot.hours().minutes();
        wrote |= store::everyone_present(tx, &act, open.head.id, minutes).await? > 0;
        let mark = Mark { state: model::MarkState::Present, minutes, note: String::new() };
        rows.extend(
            names.iter().filter(|row| row.mark.mark().is_none() && !changes.contains_key(&row.id)).map(|row| Answer {
                enrolment: row.id,
                mark: Some(open.fresh(mark.clone())),
                clash: false,
            }),
        );
    }
    if wrote {
        open.finish(tx, action.id).await?;
    }
    Ok(Marked { rows })
}

/// A list that came otherwise than by touch: keyed from paper, read from a file.
pub(super) struct Entry<'a> {
    /// The action; entered twice, it is written once.
    pub id: Uuid,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its half-day.
    pub slot: SlotId,
    /// Where the list comes from.
    pub source: MarkSource,
    /// Why, where the register is closed.
    pub reason: &'a str,
}

/// Writes a list for who keeps the register, over whatever stands. The caller commits, and then tells
/// those who watch ([`crate::platform::context::App::marked`]).
pub(super) async fn enter(
    cx: &Ctx,
    tx: &mut Tx,
    entry: &Entry<'_>,
    changes: &[(EnrolmentId, Option<Mark>)],
) -> Result<(), AppError> {
    let open = Open::lock(cx, tx, entry.delivery, entry.slot, Some(entry.reason)).await?;
    if changes.is_empty() || store::action_known(tx, entry.id).await? {
        return Ok(());
    }
    for state in changes.iter().filter_map(|(_, mark)| mark.as_ref()).map(|mark| mark.state) {
        open.in_time(state)?;
    }
    store::write(tx, &open.act(entry.id, entry.source, None), changes).await?;
    open.finish(tx, entry.id).await
}

/// What the second of two people is shown: each name with the mark that stands, as a code and
/// the minutes missed, which the page puts into words.
fn conflict(open: &Open<'_>, clashes: &[&NameRow]) -> Conflict {
    Conflict {
        by: clashes.iter().find_map(|row| row.mark.marked_by_name.clone()).unwrap_or_default(),
        version: open.at.timestamp_micros(),
        theirs: clashes
            .iter()
            .map(|row| {
                let stands = row.mark.mark().map_or_else(String::new, |mark| {
                    format!("{} {}", mark.state.code(), open.slot.hours().minutes() - mark.minutes)
                });
                (called(&row.family_name, &row.given_name), stands)
            })
            .collect(),
    }
}

/// Undoes the last action of who asks, name by name, except where somebody else has marked since.
pub async fn undo(cx: &Ctx, delivery: &str, slot: &str, id: &str) -> Result<Marked, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let id: Uuid = id.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let open = Open::lock(cx, &mut tx, delivery, slot, None).await?;
    let known = store::action_known(&mut tx, id).await?;
    let names = store::names(&mut tx, delivery, slot).await?;
    if known {
        return open.again(&mut tx, id, &names).await;
    }
    let Some(last) = store::last_action(&mut tx, slot, open.actor.person_id).await? else {
        return Ok(Marked::default());
    };
    let history = store::changes(&mut tx, slot).await?;
    let stands: HashMap<EnrolmentId, Option<DateTime<Utc>>> =
        names.iter().map(|row| (row.id, row.mark.marked_at)).collect();
    let mut before: HashMap<EnrolmentId, Mark> = HashMap::new();
    let mut changes = Vec::new();
    for row in &history {
        if row.id == last {
            if stands.get(&row.enrolment_id).is_some_and(|at| *at == row.mark.marked_at) {
                changes.push((row.enrolment_id, before.get(&row.enrolment_id).cloned()));
            }
            continue;
        }
        match row.mark.mark() {
            Some(mark) => before.insert(row.enrolment_id, mark),
            None => before.remove(&row.enrolment_id),
        };
    }
    if changes.is_empty() {
        return Ok(Marked::default());
    }
    store::write(&mut tx, &open.act(id, MarkSource::Trainer, Some(last)), &changes).await?;
    open.finish(&mut tx, id).await?;
    tx.commit().await?;
    cx.app.marked(slot);
    let rows = changes
        .into_iter()
        .map(|(enrolment, mark)| Answer { enrolment, mark: mark.map(|mark| open.fresh(mark)), clash: false })
        .collect();
    Ok(Marked { rows })
}
