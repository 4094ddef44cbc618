//! Keeping the register. Every act goes through [`write`]: locked slot, decided by the model,
//! history first, marks from it, and the job that looks at completion, in one transaction.

use super::{
    api::{Answer, History, HistoryLine, Marked, Name, Register, SlotTab, Standing, StepLine},
    marking::{Seen, write},
    merge::{self, Change, settle},
    model::{
        self, Action, Hours, Keeper, Mark, MarkSource, NOTE_MAX, RegisterForm, Touch, ids, nearest, not_too_early,
        replay, writable,
    },
    store::{self, Act, MarkRow, NameRow, NearRow, SlotRow},
    stories,
};
use crate::{
    common::{
        clean,
        dates::parse_date,
        error::{AppError, Refusal},
        forms::{Done, FaultKind, Flash},
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
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use std::collections::HashMap;
use uuid::Uuid;

impl SlotRow {
    /// Its hours.
    pub(super) fn hours(&self) -> Hours {
        Hours { starts_at: self.starts_at, ends_at: self.ends_at }
    }

    /// Whether marks can be written: not once the register is closed or the half-day called off.
    pub(super) fn open(&self) -> Result<(), Refusal> {
        if self.cancelled_at.is_some() {
            return Err(Refusal::CalledOff);
        }
        if self.closed_at.is_some() { Err(Refusal::RegisterClosed) } else { Ok(()) }
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
        made: None,
    })
}

pub(super) fn called(family: &str, given: &str) -> String {
    match (family, given) {
        (family, "") => family.to_owned(),
        ("", given) => given.to_owned(),
        (family, given) => format!("{family}, {given}"),
    }
}

/// The register of a slot; or of the first one from a day on (`2026-11-24`, at the venue), of the last one
/// where there is none; or of the nearest. Four statements, however many names.
pub async fn register(cx: &Ctx, delivery: &str, slot: &str) -> Result<Register, AppError> {
    let actor = cx.signed_in()?;
    let id: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, id).await?;
    let zone = head.time_zone.as_str();
    let now = cx.now();
    let from = parse_date(slot);
    let since = from.map_or(now, |day| zones::utc(day.and_time(NaiveTime::MIN), zone));
    let rows = store::slots_near(&mut reader, id, slot.parse().ok(), since).await?;
    let total = rows.first().map_or(0, |row| row.total);
    let at = if let Some(day) = from {
        first_from(&rows, day, zone)
    } else if slot.is_empty() {
        let given: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].slot.cancelled_at.is_none()).collect();
        nearest(&given, |at| rows[*at].slot.hours(), now).copied().or(if rows.is_empty() { None } else { Some(0) })
    } else {
        let wanted: SlotId = slot.parse().map_err(|_| AppError::NotFound)?;
        Some(rows.iter().position(|row| row.slot.id == wanted).ok_or(AppError::NotFound)?)
    };
    let chosen = at.map(|at| &rows[at].slot);
    let mut names = match chosen {
        Some(slot) => store::names(&mut reader, id, slot.id).await?,
        None => Vec::new(),
    };
    let others = match chosen {
        Some(slot) => stories::others(&mut reader, slot.id, names.iter().map(|row| &row.head)).await?,
        None => HashMap::new(),
    };
    let eyes = stories::Eyes { reader: actor.person_id, zone, others };
    names.sort_by_cached_key(|row| (text::fold(&row.family_name), text::fold(&row.given_name)));
    let count = i64::try_from(names.len()).unwrap_or(i64::MAX);
    let shown = near(&rows, at);
    let tab = |NearRow { slot, marked, .. }: &NearRow| SlotTab {
        id: slot.id,
        starts: zones::local(slot.starts_at, zone),
        ends: zones::local(slot.ends_at, zone),
        room: slot.room.clone(),
        full: count > 0 && *marked >= count,
        cancelled: slot.cancelled_at.is_some(),
        closed: slot.closed_at.is_some(),
    };
    // The last change that these names show: read with them, so that what is being written meanwhile is not
    // taken for seen.
    let seen = names.iter().filter_map(NameRow::written).max();
    Ok(Register {
        delivery: id,
        slot: chosen.map(|slot| slot.id),
        minutes: chosen.map_or(0, |slot| slot.hours().minutes()),
        far: (
            rows.first().filter(|row| !shown.iter().any(|it| it.slot.id == row.slot.id)).map(tab),
            rows.last().filter(|row| !shown.iter().any(|it| it.slot.id == row.slot.id)).map(tab),
        ),
        day: chosen.filter(|_| total == rows.len() as i64).and_then(|chosen| day_of(&rows, chosen, zone)),
        slots: shown.iter().map(tab).collect(),
        by_given: order(&names, |row| text::fold(&row.given_name)),
        by_workplace: order(&names, |row| text::fold(&row.workplace)),
        closed: chosen.and_then(|slot| Some((slot.closed_by_name.clone(), zones::local(slot.closed_at?, zone)))),
        cancelled: chosen.and_then(|slot| slot.cancelled_at.map(|_| slot.cancelled_reason.clone())),
        sealed: head.sealed,
        may_reopen: writable(head.state, keeper).is_ok(),
        names: names
            .into_iter()
            .map(|row| {
                let Answer { enrolment, mark, gone, other } = eyes.answer(row.id, &row.mark, &row.head);
                let name = called(&row.family_name, &row.given_name);
                Name { id: enrolment, name, workplace: row.workplace, risk: row.risk, mark, gone, other }
            })
            .collect(),
        writable: chosen.map_or(Ok(()), SlotRow::open).and_then(|()| writable(head.state, keeper)),
        today: zones::local(now, zone).date(),
        now: now.timestamp_micros(),
        read: zones::local(now, zone),
        title: head.title,
        version: seen.map_or(0, |seen| seen.timestamp_micros()),
        action: cx.app.entropy.uuid(now),
    })
}

/// The names in another order, as positions.
fn order<K: Ord>(names: &[NameRow], key: impl Fn(&NameRow) -> K) -> Vec<u16> {
    let mut order: Vec<u16> = (0..u16::try_from(names.len()).unwrap_or(u16::MAX)).collect();
    order.sort_by_cached_key(|at| key(&names[usize::from(*at)]));
    order
}

/// The first half-day from a day on, rather one that was not called off; the last one where there is none.
fn first_from(rows: &[NearRow], day: NaiveDate, zone: &str) -> Option<usize> {
    let later = |row: &&NearRow| zones::local(row.slot.starts_at, zone).date() >= day;
    let found = rows.iter().filter(later).find(|row| row.slot.cancelled_at.is_none()).or(rows.iter().find(later));
    let found = found.or(rows.last())?;
    rows.iter().position(|row| row.slot.id == found.slot.id)
}

/// As many half-days as are shown before and after the one looked at.
const NEAR: usize = 30;

/// The half-days near the one looked at, for a page that is not to list thousands; the one before and
/// the one after lead on.
fn near(rows: &[NearRow], at: Option<usize>) -> &[NearRow] {
    let at = at.unwrap_or(0);
    &rows[at.saturating_sub(NEAR)..rows.len().min(at + NEAR + 1)]
}

/// The day of a half-day among the days of the delivery, and how many there are.
fn day_of(rows: &[NearRow], chosen: &SlotRow, zone: &str) -> Option<(usize, usize)> {
    let day = |slot: &SlotRow| zones::local(slot.starts_at, zone).date();
    let mut days: Vec<_> = rows.iter().map(|row| day(&row.slot)).collect();
    days.dedup();
    Some((days.iter().position(|it| *it == day(chosen))? + 1, days.len()))
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
    let mut told: HashMap<EnrolmentId, Vec<Change>> = HashMap::new();
    let mut lines = Vec::new();
    for row in store::changes(&mut reader, slot).await? {
        let Some(change) = row.change() else { continue };
        let told = told.entry(change.enrolment).or_default();
        let from = settle(told.iter()).and_then(|it| it.stands.mark.clone());
        told.push(change.clone());
        let outweighed = settle(told.iter()).filter(|it| it.stands.id != change.id).map(|it| it.stands.made_at);
        if person.is_none_or(|person| person == change.enrolment) {
            lines.push(HistoryLine {
                enrolment: change.enrolment,
                name: called(&row.family_name, &row.given_name),
                at: zones::local(change.at, zone),
                by: row.mark.marked_by_name.clone().unwrap_or_default(),
                source: row.mark.source.unwrap_or(MarkSource::Trainer),
                from,
                to: change.mark,
                reason: row.reason,
                undid: row.undoes.is_some(),
                made: stories::earlier(change.made_at, change.at).map(|made| zones::local(made, zone)),
                outweighed: outweighed.map(|made| zones::local(made, zone)),
            });
        }
    }
    lines.reverse();
    let steps = match person {
        Some(_) => Vec::new(),
        None => deliveries::slot_steps(&mut reader, slot).await?,
    };
    Ok(History {
        steps: steps
            .into_iter()
            .rev()
            .map(|step| StepLine {
                act: step.act,
                at: zones::local(step.at, zone),
                by: step.by_name,
                reason: step.reason,
            })
            .collect(),
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
pub(super) struct Open<'a> {
    pub cx: &'a Ctx,
    pub actor: &'a Actor,
    pub head: DeliveryHead,
    pub slot: SlotRow,
    pub reason: String,
    pub closed: bool,
    pub last: Option<DateTime<Utc>>,
    pub at: DateTime<Utc>,
}

impl<'a> Open<'a> {
    /// Checks who writes and whether the register is open, and waits for its turn.
    async fn lock(
        cx: &'a Ctx,
        tx: &mut Tx,
        delivery: DeliveryId,
        slot: SlotId,
        reason: Option<&str>,
    ) -> Result<Self, AppError> {
        let actor = cx.signed_in()?;
        let (head, keeper) = desk(cx, tx, delivery).await?;
        let closed = writable(head.state, keeper)?;
        let given = clean::line(reason.unwrap_or_default());
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
        slot.open()?;
        // The history must keep its order even where the clock stands still or goes back.
        let last = store::last_change(tx, slot.id).await?;
        let at = last.map_or(cx.now(), |last| cx.now().max(last + TimeDelta::microseconds(1)));
        Ok(Self { cx, actor, head, slot, reason: if closed { given } else { String::new() }, closed, last, at })
    }

    pub fn act(&self, id: Uuid, source: MarkSource, undoes: Option<Uuid>) -> Act<'_> {
        Act {
            id,
            slot: self.slot.id,
            source,
            by: self.actor.person_id,
            by_name: &self.actor.name,
            at: self.at,
            made_at: self.at,
            address: &self.cx.source,
            reason: &self.reason,
            undoes,
        }
    }

    pub fn in_time(&self, state: model::MarkState) -> Result<(), AppError> {
        let day = |time| zones::local(time, &self.head.time_zone).date();
        Ok(not_too_early(state, day(self.slot.starts_at), day(self.cx.now()))?)
    }

    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        zones::local(at, &self.head.time_zone)
    }

    /// Whether the sender had before their eyes what stands, and nobody disagrees with it.
    pub fn knew(&self, touch: &Touch, name: &NameRow) -> bool {
        name.head.contested.is_none() && name.written().is_none_or(|at| touch.seen == Some(self.local(at)))
    }

    /// What the page shows of a mark just written.
    pub fn fresh(&self, enrolment: EnrolmentId, mark: Option<Mark>, made_at: DateTime<Utc>) -> Answer {
        let at = self.local(self.at);
        let gone = mark.is_none().then_some(at);
        let made = stories::earlier(made_at, self.at).map(|made| self.local(made));
        let mark = mark.map(|mark| Standing { mark, source: MarkSource::Trainer, by: None, at, made });
        Answer { enrolment, mark, gone, other: None }
    }

    /// What stands of some names.
    pub async fn answers(
        &self,
        tx: &mut Tx,
        names: &[NameRow],
        wanted: impl Fn(EnrolmentId) -> bool,
    ) -> Result<Vec<Answer>, AppError> {
        let others = stories::others(tx, self.slot.id, names.iter().map(|name| &name.head)).await?;
        let eyes = stories::Eyes { reader: self.actor.person_id, zone: &self.head.time_zone, others };
        let wanted = names.iter().filter(|name| wanted(name.id));
        Ok(wanted.map(|name| eyes.answer(name.id, &name.mark, &name.head)).collect())
    }

    /// The end of every act: the audit trail where a closed register was corrected, and the job.
    pub async fn finish(&self, tx: &mut Tx, id: Uuid) -> Result<(), AppError> {
        if self.closed {
            let after = (id, &self.reason);
            audit::record(self.cx, tx, "correct_register", "slot", self.slot.id, None, Some(&after)).await?;
        }
        Ok(jobs::look_again(self.cx, tx, self.head.id).await?)
    }

    /// The rows of an action that was written before: the answer to one that was sent again.
    pub async fn again(&self, tx: &mut Tx, id: Uuid, names: &[NameRow]) -> Result<Marked, AppError> {
        let places = store::action_places(tx, id, self.slot.id).await?;
        if places.is_empty() {
            return Err(Refusal::AlreadySent.into());
        }
        Ok(Marked { rows: self.answers(tx, names, |id| places.contains(&id)).await? })
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
            seen_too: None,
        });
    }
    let everyone = form.all == "present";
    let mut action = Action { id, made_at: None, touches, everyone, reason: form.reason.clone() };
    let mut tx = cx.begin().await?;
    let open = Open::lock(cx, &mut tx, delivery, slot, Some(&form.reason)).await?;
    if let Some((place, written)) = model::chosen(&form.settle) {
        let names = store::names(&mut tx, delivery, slot).await?;
        let stories = open.answers(&mut tx, &names, |id| id == place).await?;
        action.touches.retain(|touch| touch.enrolment != place);
        // Nothing is chosen where somebody has decided meanwhile: the page shows what.
        action.touches.extend(stories.iter().find_map(|it| stories::choose(it, written, open.slot.hours().minutes())));
    }
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
    let history: Vec<Change> =
        store::changes(&mut tx, slot).await?.iter().filter_map(store::ChangeRow::change).collect();
    let stands: HashMap<EnrolmentId, Option<DateTime<Utc>>> = names.iter().map(|row| (row.id, row.written())).collect();
    let mut changes = Vec::new();
    for (name, told) in merge::by_name(&history) {
        let undone = told.iter().find(|change| change.id == last);
        if undone.is_some_and(|change| stands.get(&name) == Some(&Some(change.at))) {
            let before = settle(told.into_iter().filter(|change| change.id != last));
            changes.push((name, before.and_then(|it| it.stands.mark.clone())));
        }
    }
    if changes.is_empty() {
        return Ok(Marked::default());
    }
    store::write(&mut tx, &open.act(id, MarkSource::Trainer, Some(last)), &changes).await?;
    open.finish(&mut tx, id).await?;
    tx.commit().await?;
    cx.app.marked(slot);
    let rows = changes.into_iter().map(|(name, mark)| open.fresh(name, mark, open.at)).collect();
    Ok(Marked { rows })
}
