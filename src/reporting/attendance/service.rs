//! Person by half-day, and who is at risk.

mod evidence;
mod numbers;
mod years;

pub use evidence::{Bundle, bundle};
pub use numbers::{SUM, catch_up, numbers, sum, sum_job};
pub use years::{my_years, years_of};

use super::{
    api::{Grid, GridPerson, GridSlot, RiskDelivery, RiskPerson, Risks, SIDE_BY_SIDE},
    model::{Cell, Outlook, Show, came, cells, outlook},
    store::{self, PersonRow, RunningRow, SlotRow},
};
use crate::{
    common::{error::AppError, ids::DeliveryId},
    completion::model::{Rule, Tally},
    deliveries::{
        self,
        model::{DeliveryHead, DeliveryState, Mode},
    },
    institutions::model::{Excused, KOSOVO},
    people::rights::{Record, Right, demand, demand_somewhere, may, may_everywhere},
    platform::{context::Ctx, db::Handle, text, zones},
};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// What of a delivery's report is wanted, as the address has it.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// Which rows; see [`Show`].
    pub show: String,
    /// Letters of a name.
    pub q: String,
    /// Which part of the half-days, from 0; everything if it says `all`.
    pub part: String,
}

/// A half-day as the rules see it.
#[derive(Clone, Copy, Debug)]
struct Half {
    minutes: i64,
    ended: bool,
    /// Whether nothing can be marked in it any more.
    closed: bool,
}

fn half(slot: &SlotRow, over: bool, now: DateTime<Utc>) -> Half {
    let minutes = (slot.ends_at - slot.starts_at).num_minutes().max(0);
    Half { minutes, ended: slot.ends_at <= now, closed: over || slot.closed }
}

/// What the marks of a delivery amount to.
#[derive(Debug)]
struct Course {
    halves: Vec<Half>,
    /// In which half-days anybody has a mark.
    kept: Vec<bool>,
    programme: i64,
    needed: i64,
    rule: Rule,
}

impl Course {
    fn new(halves: Vec<Half>, rule: &Rule, marks: &[Vec<Cell>]) -> Self {
        let programme = halves.iter().map(|half| half.minutes).sum();
        let kept = (0..halves.len()).map(|n| marks.iter().any(|row| row[n].0 != 0)).collect();
        Self { needed: rule.minutes_needed(programme), programme, kept, halves, rule: *rule }
    }

    fn attended(&self, marks: &[Cell]) -> i64 {
        marks.iter().map(|(_, minutes)| i64::from(*minutes)).sum::<i64>().min(self.programme)
    }

    /// Minutes of the half-days that can still be marked for somebody.
    fn to_come(&self, marks: &[Cell]) -> i64 {
        self.minutes(marks, |mark, half| mark.0 == 0 && !half.closed)
    }

    fn minutes(&self, marks: &[Cell], wanted: impl Fn(&Cell, &Half) -> bool) -> i64 {
        marks.iter().zip(&self.halves).filter(|(mark, half)| wanted(mark, half)).map(|(_, half)| half.minutes).sum()
    }

    fn outlook(&self, marks: &[Cell]) -> Outlook {
        let tally = Tally {
            attended_minutes: self.attended(marks),
            programme_minutes: self.programme,
            excused_minutes: self.minutes(marks, |mark, _| mark.0 == b'x'),
            pending_minutes: self.to_come(marks),
            ..Tally::default()
        };
        outlook(&self.rule, &tally, self.halves.iter().map(|half| half.minutes).max().unwrap_or_default())
    }
}

fn rule(attendance_percent: i64, excused: Excused, mode: Mode) -> Rule {
    Rule { attendance_percent, excused, modules_required: false, self_paced: mode == Mode::SelfPaced }
}

/// Whether the registers of a delivery are all over.
fn over(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Delivered | DeliveryState::Reported)
}

fn called(row: &PersonRow) -> String {
    match (row.family_name.as_str(), row.given_name.as_str()) {
        (family, "") => family.to_owned(),
        ("", given) => given.to_owned(),
        (family, given) => format!("{family}, {given}"),
    }
}

/// A delivery, for who keeps its register. Two statements.
async fn kept(cx: &Ctx, h: &mut impl Handle, delivery: &str) -> Result<DeliveryHead, AppError> {
    let actor = cx.signed_in()?;
    let id: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let head = deliveries::store::head(h, id).await?.ok_or(AppError::NotFound)?;
    let trains = deliveries::store::is_trainer(h, id, actor.person_id).await?;
    demand(Some(actor), Right::KeepRegister, Record::of(head.host_id).naming(trains))?;
    Ok(head)
}

/// Person by half-day of a delivery. Four statements, however many marks.
pub async fn grid(cx: &Ctx, delivery: &str, wanted: &Wanted) -> Result<Grid, AppError> {
    let mut reader = cx.read().await?;
    let head = kept(cx, &mut reader, delivery).await?;
    let slots = store::slots(&mut reader, head.id).await?;
    let people = store::people(&mut reader, head.id).await?;
    drop(reader);
    Ok(grid_of(cx, head, &slots, people, wanted))
}

fn grid_of(cx: &Ctx, head: DeliveryHead, slots: &[SlotRow], mut people: Vec<PersonRow>, wanted: &Wanted) -> Grid {
    let now = cx.now();
    people.sort_by_cached_key(|row| (text::fold(&row.family_name), text::fold(&row.given_name)));
    let marks: Vec<Vec<Cell>> =
        people.iter().map(|row| cells(row.marks.as_deref().unwrap_or_default(), slots.len())).collect();
    let halves = slots.iter().map(|slot| half(slot, over(head.state), now)).collect();
    let course = Course::new(halves, &rule(head.attendance_percent, head.excused, head.mode), &marks);
    let (part, parts, shown) = part_of(slots, &wanted.part, now);
    let show = Show::of(&wanted.show);
    let query: String = wanted.q.trim().chars().take(80).collect();
    let folded = text::fold(&query);
    // A person's hours elsewhere are not a trainer's business.
    // Hours over the years are for who may know of everybody: a host knows of its participants here alone.
    let opens = may(cx.actor.as_ref(), Right::ManagePeople, Record::default());
    let (everybody, mut risky, mut short) = (people.len(), 0, 0);
    let mut rows = Vec::with_capacity(people.len());
    for (row, marks) in people.iter().zip(&marks) {
        let outlook = course.outlook(marks);
        risky += usize::from(Show::Risk.takes(outlook));
        short += usize::from(Show::Short.takes(outlook));
        let name = called(row);
        if show.takes(outlook) && (folded.is_empty() || text::fold(&name).contains(&folded)) {
            rows.push(GridPerson {
                person: opens.then_some(row.person_id),
                cells: marks[shown.clone()].to_vec(),
                attended: course.attended(marks),
                workplace: row.workplace.clone(),
                name,
                outlook,
            });
        }
    }
    let zone = head.time_zone.as_str();
    let slots = slots[shown.clone()]
        .iter()
        .enumerate()
        .map(|(n, slot)| GridSlot {
            id: slot.id,
            starts: zones::local(slot.starts_at, zone),
            minutes: u16::try_from(course.halves[shown.start + n].minutes).unwrap_or(u16::MAX),
            came: rows.iter().filter(|row| came(row.cells[n])).count(),
            marked: rows.iter().filter(|row| row.cells[n].0 != 0).count(),
        })
        .collect();
    Grid {
        slots,
        part,
        parts,
        people: rows,
        everybody,
        risky,
        short,
        programme: course.programme,
        needed: course.needed,
        show,
        query,
        may_manage: opens,
        footnote: head.area_code.as_deref() == Some(KOSOVO),
        head,
    }
}

/// The half-days to show: a part that fits side by side, by default the one of today.
fn part_of(slots: &[SlotRow], wanted: &str, now: DateTime<Utc>) -> (usize, usize, std::ops::Range<usize>) {
    if wanted == "all" {
        return (0, 1, 0..slots.len());
    }
    let parts = slots.len().div_ceil(SIDE_BY_SIDE).max(1);
    let today = slots.iter().position(|slot| slot.ends_at > now).unwrap_or(slots.len().saturating_sub(1));
    let part = wanted.parse().unwrap_or(today / SIDE_BY_SIDE).min(parts - 1);
    (part, parts, part * SIDE_BY_SIDE..slots.len().min((part + 1) * SIDE_BY_SIDE))
}

/// Who is at risk, or can no longer pass, in the running deliveries whose register the reader
/// keeps: all of them for the programme office, those of an administrator's institutions, those
/// that a trainer teaches. Two statements.
pub async fn risks(cx: &Ctx) -> Result<Risks, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::KeepRegister)?;
    let all = may_everywhere(Some(actor), Right::KeepRegister);
    let mut reader = cx.read().await?;
    let halves = store::running(&mut reader, all, actor.person_id).await?;
    let people = store::running_people(&mut reader, all, actor.person_id).await?;
    drop(reader);
    let now = cx.now();
    let mut of: HashMap<DeliveryId, Vec<PersonRow>> = HashMap::new();
    for person in people {
        of.entry(person.delivery_id).or_default().push(person.row);
    }
    let mut risks = Risks::default();
    for slots in halves.chunk_by(|a, b| a.delivery_id == b.delivery_id) {
        risks.running += 1;
        let people = of.remove(&slots[0].delivery_id).unwrap_or_default();
        if let Some(delivery) = risk_of(slots, people, now) {
            risks.footnote |= slots[0].area_code.as_deref() == Some(KOSOVO);
            risks.deliveries.push(delivery);
        }
    }
    Ok(risks)
}

fn risk_of(slots: &[RunningRow], people: Vec<PersonRow>, now: DateTime<Utc>) -> Option<RiskDelivery> {
    let marks: Vec<Vec<Cell>> =
        people.iter().map(|row| cells(row.marks.as_deref().unwrap_or_default(), slots.len())).collect();
    let halves = slots.iter().map(|row| half(&row.slot, false, now)).collect();
    let first = slots.first()?;
    let course = Course::new(halves, &rule(first.attendance_percent, first.excused, first.mode), &marks);
    let mut found: Vec<RiskPerson> = people
        .iter()
        .zip(&marks)
        .map(|(row, marks)| RiskPerson {
            name: called(row),
            workplace: row.workplace.clone(),
            attended: course.attended(marks),
            to_come: course.to_come(marks),
            outlook: course.outlook(marks),
        })
        .filter(|person| Show::Risk.takes(person.outlook))
        .collect();
    found.sort_by_cached_key(|person| (person.outlook == Outlook::AtRisk, text::fold(&person.name)));
    (!found.is_empty()).then(|| RiskDelivery {
        id: first.delivery_id,
        title: first.title.clone(),
        needed: course.needed,
        programme: course.programme,
        people: found,
    })
}
