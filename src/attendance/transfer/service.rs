//! Import: a file becomes a draft, the draft is looked at as often as one likes, and what was seen is
//! entered: through the register's own lock and history, all half-days in one transaction.

use super::{
    api::{Draft, LINES, Line, LogChoices, Touched, Transfer, Unmatched, Untaken},
    export::{self, Sheet},
    model::{DraftForm, MINUTES_MAX, Tool, Unreadable, clean},
    people::{Person, Roster},
    plan::{Body, Choices, Known, KnownSlot, Plan, plan},
    reading,
    store::{self, DraftRow, NewDraft},
};
use crate::{
    attendance::{
        model::{Hours, Mark, MarkSource, NOTE_MAX, writable},
        service::{Entry, desk, enter},
        store as register,
    },
    common::{
        error::AppError,
        forms::{Checks, Done, FaultKind, Flash},
        ids::{DeliveryId, EnrolmentId, SlotId},
    },
    deliveries::model::DeliveryHead,
    i18n::Locale,
    platform::{audit, blocking, context::Ctx, db::Handle, text::fold, zones},
};
use chrono::TimeDelta;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// How long a draft is kept that nobody enters.
const KEPT: TimeDelta = TimeDelta::days(7);
/// How many of those who were not found are shown at once: each with a list of everybody.
const UNMATCHED: usize = 40;
/// How much of what was not taken is shown.
const UNTAKEN: usize = 200;

fn delivery_of(id: &str) -> Result<DeliveryId, AppError> {
    id.parse().map_err(|_| AppError::NotFound)
}

/// All that stands: two statements, however many names and half-days.
async fn known(cx: &Ctx, h: &mut impl Handle, head: &DeliveryHead) -> Result<Known, AppError> {
    let zone = head.time_zone.clone();
    let slots = register::slots(h, head.id)
        .await?
        .into_iter()
        .filter(|row| row.cancelled_at.is_none())
        .map(|row| KnownSlot {
            id: row.id,
            starts: zones::local(row.starts_at, &zone),
            hours: Hours { starts_at: row.starts_at, ends_at: row.ends_at },
            closed: row.closed_at.is_some(),
        })
        .collect();
    let mut people = Vec::new();
    let mut marks = HashMap::new();
    for row in store::everything(h, head.id).await? {
        if let Some((slot, mark)) = row.mark() {
            marks.insert((slot, row.id), mark);
            continue;
        }
        let mut emails: Vec<String> = [row.email, row.account_email]
            .iter()
            .map(|it| it.trim().to_lowercase())
            .filter(|it| !it.is_empty())
            .collect();
        emails.dedup();
        people.push(Person {
            id: row.id,
            family: row.family_name,
            given: row.given_name,
            workplace: row.workplace,
            emails,
        });
    }
    people.sort_by_cached_key(|person| (fold(&person.family), fold(&person.given), person.id));
    Ok(Known { people, slots, marks, today: zones::local(cx.now(), &zone).date(), zone })
}

/// The page of import and export. Four statements.
pub async fn transfer(cx: &Ctx, delivery: &str) -> Result<Transfer, AppError> {
    cx.signed_in()?;
    let id = delivery_of(delivery)?;
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, id).await?;
    Ok(Transfer {
        delivery: id,
        people: head.taken,
        slots: store::slots(&mut reader, id).await?,
        writable: writable(head.state, keeper),
        title: head.title,
    })
}

/// The whole register as a sheet, in a language; whoever takes it along is noted.
pub async fn exported(cx: &Ctx, delivery: &str, locale: Locale, kind: &str) -> Result<Sheet, AppError> {
    cx.signed_in()?;
    let id = delivery_of(delivery)?;
    let mut tx = cx.begin().await?;
    let (head, _) = desk(cx, &mut tx, id).await?;
    let known = known(cx, &mut tx, &head).await?;
    audit::record(cx, &mut tx, "export_register", "delivery", id, None, Some(&kind)).await?;
    tx.commit().await?;
    blocking::run(move || export::sheet(locale, &head.title, &known)).await
}

/// Whether who asks may bring files to a delivery.
pub async fn may_import(cx: &Ctx, delivery: &str) -> Result<DeliveryId, AppError> {
    cx.signed_in()?;
    let id = delivery_of(delivery)?;
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, id).await?;
    writable(head.state, keeper)?;
    Ok(id)
}

/// Why an upload was not taken.
#[derive(Debug)]
pub enum Untakeable {
    /// By a rule or a right.
    Error(AppError),
    /// By what the file is.
    File(Unreadable),
}

impl<E: Into<AppError>> From<E> for Untakeable {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// Reads files into a draft, and says where its dry run is.
pub async fn bring(cx: &Ctx, delivery: DeliveryId, given: Vec<(String, Vec<u8>)>) -> Result<Done, Untakeable> {
    let actor = cx.signed_in()?;
    let known = {
        let mut reader = cx.read().await?;
        let (head, keeper) = desk(cx, &mut reader, delivery).await?;
        writable(head.state, keeper).map_err(AppError::from)?;
        known(cx, &mut reader, &head).await?
    };
    let names = given.iter().map(|(name, _)| clean(name)).collect::<Vec<_>>().join(", ");
    let file: String = names.chars().take(120).collect();
    let words: HashSet<String> = known
        .people
        .iter()
        .flat_map(|person| [fold(&person.family), fold(&person.given)])
        .flat_map(|name| name.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let body = reading::body(&cx.app.apart, given, words).await.map_err(Untakeable::File)?;
    let tool = match &body {
        Body::Log(log) => log.tool,
        Body::Sheet(_) | Body::Gone => Tool::Sheet,
    };
    let id: Uuid = cx.app.id();
    let now = cx.now();
    let body = blocking::run(move || json(&body)).await??;
    let choices = json(&Choices::usual(tool))?;
    let mut tx = cx.begin().await?;
    store::forget(&mut tx, now - KEPT).await?;
    let draft =
        NewDraft { id, delivery, by: actor.person_id, at: now, file: &file, tool, body: &body, choices: &choices };
    store::add(&mut tx, &draft).await?;
    tx.commit().await?;
    Ok(Done::quietly(path(delivery, id)))
}

fn path(delivery: DeliveryId, draft: Uuid) -> String {
    format!("/deliveries/{delivery}/transfer/{draft}")
}

fn json<T: Serialize>(value: &T) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|_| AppError::Internal)
}

/// What a draft holds. Opened where it does not hold up others: a large sheet is a million cells.
async fn opened(row: &mut DraftRow) -> Result<(Body, Choices), AppError> {
    let (body, choices) = (std::mem::take(&mut row.body), std::mem::take(&mut row.choices));
    let parse = move || Ok::<_, serde_json::Error>((serde_json::from_str(&body)?, serde_json::from_str(&choices)?));
    blocking::run(parse).await?.map_err(|error| {
        tracing::error!(%error, "a draft cannot be read");
        AppError::Internal
    })
}

/// The plan of a draft, made there too.
async fn planned(body: Body, choices: Choices, known: Known) -> Result<(Plan, Choices, Known), AppError> {
    blocking::run(move || (plan(&body, &choices, &known), choices, known)).await
}

/// The dry run: what a draft would do now. It writes nothing. Five statements.
pub async fn dry_run(cx: &Ctx, delivery: &str, draft: &str, from: &str) -> Result<Draft, AppError> {
    cx.signed_in()?;
    let id = delivery_of(delivery)?;
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, id).await?;
    let draft: Uuid = draft.parse().map_err(|_| AppError::NotFound)?;
    let mut row = store::draft(&mut reader, draft, id).await?.ok_or(AppError::NotFound)?;
    let known = known(cx, &mut reader, &head).await?;
    drop(reader);
    let (body, choices) = opened(&mut row).await?;
    let from = from.to_owned();
    // Computed and compared with every name where it does not hold up others.
    blocking::run(move || {
        let plan = plan(&body, &choices, &known);
        let done = row.done_at.map(|at| (zones::local(at, &head.time_zone), row.entered.unwrap_or(0)));
        let first = from.parse::<usize>().unwrap_or(0).min(plan.changes.len()) / LINES * LINES;
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let fresh = plan.changes.iter().filter(|change| change.from.is_none()).count();
        let open = |used: bool, meant: Option<crate::attendance::model::MarkState>| meant.filter(|_| used);
        let letters = plan.found.letters;
        Draft {
            delivery: id,
            title: head.title.clone(),
            id: draft,
            tool: row.tool,
            file: row.file.clone(),
            done,
            writable: writable(head.state, keeper),
            seen: plan.seen(&known),
            fresh: count(fresh),
            changed: count(plan.changes.len() - fresh),
            same: count(plan.same),
            closed: plan
                .closed
                .iter()
                .map(|(slot, marks)| (known.slots[*slot].id, known.slots[*slot].starts, count(*marks)))
                .collect(),
            lines: plan
                .changes
                .iter()
                .skip(first)
                .take(LINES)
                .map(|change| Line {
                    name: known.people[change.person].called(),
                    starts: known.slots[change.slot].starts,
                    length: known.slots[change.slot].hours.minutes(),
                    from: change.from.clone(),
                    to: change.to.clone(),
                })
                .collect(),
            first: count(first),
            untaken: plan
                .found
                .problems
                .iter()
                .take(UNTAKEN)
                .map(|problem| Untaken { at: problem.at.clone(), text: problem.text.clone(), why: problem.why })
                .collect(),
            untaken_count: count(plan.found.problems.len()),
            unmatched: unmatched(&plan, &known),
            unmatched_count: count(plan.found.strangers.len()),
            people: candidates(&plan, &known),
            ignored: plan.found.ignored.iter().take(30).cloned().collect(),
            x: open(plan.found.usage.x, letters.map(|letters| letters.x)),
            e: open(plan.found.usage.e, letters.map(|letters| letters.e)),
            log: (row.tool != Tool::Sheet).then(|| LogChoices {
                order: plan.found.order,
                ask_order: plan.found.ask_order,
                zone: if choices.zone.is_empty() { known.zone.clone() } else { choices.zone.clone() },
                zones: zones::names().into_iter().map(str::to_owned).collect(),
                tolerance: choices.tolerance,
                least: choices.least,
                absent: choices.absent,
                note: choices.note.clone(),
                slots: plan
                    .found
                    .touched
                    .iter()
                    .map(|(at, taken)| Touched {
                        slot: known.slots[*at].id,
                        starts: known.slots[*at].starts,
                        taken: *taken,
                    })
                    .collect(),
            }),
        }
    })
    .await
}

fn unmatched(plan: &Plan, known: &Known) -> Vec<Unmatched> {
    let roster = Roster::new(&known.people);
    let id = |at: usize| known.people[at].id;
    plan.found
        .strangers
        .iter()
        .take(UNMATCHED)
        .map(|stranger| Unmatched {
            key: stranger.key,
            label: stranger.label.clone(),
            detail: stranger.detail.clone(),
            at: stranger.at.clone(),
            chosen: stranger.chosen.map(id),
            near: roster.near(&stranger.label).into_iter().map(id).collect(),
        })
        .collect()
}

/// Who may be meant by those who were not found: whoever the file has not named, and who was chosen.
fn candidates(plan: &Plan, known: &Known) -> Vec<(EnrolmentId, String)> {
    let chosen: HashSet<usize> = plan.found.strangers.iter().filter_map(|stranger| stranger.chosen).collect();
    if plan.found.strangers.is_empty() {
        return Vec::new();
    }
    known
        .people
        .iter()
        .enumerate()
        .filter(|(at, _)| chosen.contains(at) || !plan.found.met.contains(at))
        .map(|(_, person)| (person.id, person.called()))
        .collect()
}

/// What a form chooses, upon what was chosen before.
fn chosen(form: &DraftForm, tool: Tool, venue: &str, before: &Choices) -> Result<Choices, AppError> {
    let mut checks = Checks::default();
    let mut choices = before.clone();
    for (key, place) in &form.who {
        let Some(number) = key.strip_prefix('p').and_then(|number| number.parse::<u32>().ok()) else { continue };
        match place.parse() {
            Ok(place) => choices.people.insert(number, place),
            Err(_) => choices.people.remove(&number),
        };
    }
    choices.x = form.x.parse().ok();
    choices.e = form.e.parse().ok();
    if tool != Tool::Sheet {
        choices.order = form.order.parse().ok();
        // The venue's zone is what stands where nothing was chosen.
        choices.zone = Some(form.zone.trim()).filter(|zone| *zone != venue).unwrap_or_default().to_owned();
        if !choices.zone.is_empty() && zones::zone(&choices.zone).is_none() {
            checks.fault("zone", FaultKind::Choice);
        }
        choices.tolerance = checks.number("tolerance", &form.tolerance, 0, MINUTES_MAX);
        choices.least = checks.number("least", &form.least, 0, MINUTES_MAX);
        choices.absent = form.absent == "true";
        choices.note = clean(&checks.line("note", &form.note, NOTE_MAX));
        if choices.order != before.order || choices.zone != before.zone {
            // Other times, other half-days: those that the log covers.
            choices.slots = None;
        } else if form.touched == "true" {
            choices.slots = Some(form.slots.iter().filter_map(|slot| slot.parse().ok()).collect());
        }
    }
    checks.finish(choices)
}

/// What is kept in the audit trail of an import.
#[derive(Serialize)]
struct Entered<'a> {
    file: &'a str,
    tool: Tool,
    marks: i64,
}

/// Acts on a draft. What is entered is computed again under the lock, and only if it is exactly what was
/// seen is it written; otherwise the dry run is shown anew.
pub async fn act(cx: &Ctx, form: &DraftForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let delivery = delivery_of(&form.delivery)?;
    let mut tx = cx.begin().await?;
    let (head, _) = desk(cx, &mut tx, delivery).await?;
    let id: Uuid = form.draft.parse().map_err(|_| AppError::NotFound)?;
    let here = path(delivery, id);
    if form.act == "discard" {
        store::discard(&mut tx, id, delivery).await?;
        tx.commit().await?;
        return Ok(Done::at(format!("/deliveries/{delivery}/transfer"), Flash::Removed));
    }
    if form.act == "enter" {
        store::lock_all(&mut tx, delivery).await?;
    }
    let mut row = store::draft(&mut tx, id, delivery).await?.ok_or(AppError::NotFound)?;
    if row.done_at.is_some() {
        return Ok(Done::at(here, Flash::Marked));
    }
    let (body, before) = opened(&mut row).await?;
    let choices = chosen(form, row.tool, &head.time_zone, &before)?;
    if choices != before {
        store::choose(&mut tx, id, delivery, &json(&choices)?).await?;
    }
    if form.act != "enter" {
        tx.commit().await?;
        return Ok(Done::quietly(here));
    }
    let known = known(cx, &mut tx, &head).await?;
    let (plan, _, known) = planned(body, choices, known).await?;
    if plan.seen(&known) != form.seen || plan.changes.is_empty() {
        tx.commit().await?;
        return Ok(Done::quietly(format!("{here}?again=1")));
    }
    let mut slots: BTreeMap<usize, Vec<(EnrolmentId, Option<Mark>)>> = BTreeMap::new();
    for change in &plan.changes {
        slots.entry(change.slot).or_default().push((known.people[change.person].id, Some(change.to.clone())));
    }
    for (slot, changes) in &slots {
        let slot = known.slots[*slot].id;
        let entry = Entry { id: action(id, slot), delivery, slot, source: MarkSource::Import, reason: &form.reason };
        enter(cx, &mut tx, &entry, changes).await?;
    }
    let marks = i64::try_from(plan.changes.len()).unwrap_or(i64::MAX);
    store::finish(&mut tx, id, delivery, cx.now(), marks, &json(&Body::Gone)?).await?;
    let after = Entered { file: &row.file, tool: row.tool, marks };
    audit::record(cx, &mut tx, "import_register", "delivery", delivery, None, Some(&after)).await?;
    tx.commit().await?;
    for slot in slots.keys() {
        cx.app.marked(known.slots[*slot].id);
    }
    Ok(Done::at(here, Flash::Marked))
}

/// The action by which a draft marks in a half-day: always the same, so that it cannot be done twice.
fn action(draft: Uuid, slot: SlotId) -> Uuid {
    let hash = Sha256::new().chain_update(draft.as_bytes()).chain_update(slot.0.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
