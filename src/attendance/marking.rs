//! Deciding an action: what of it is written over what stands, what is weighed against it, what is refused.

use super::{
    api::{Answer, Marked},
    merge,
    model::{self, Action, Mark, MarkSource, Touch, Verdict, merge},
    service::{Open, called},
    store::{self, Act, NameRow},
    stories,
};
use crate::{
    common::{error::AppError, forms::Conflict, ids::EnrolmentId},
    platform::db::Tx,
};
use chrono::{DateTime, TimeDelta};
use std::collections::{BTreeMap, HashMap};

/// What whoever acts had before their eyes.
pub(super) enum Seen {
    /// Each touch says itself; a clash leaves only its own name as it is.
    Each,
    /// A form that showed what stands.
    Now,
    /// A form that showed these marks; a clash refuses it whole.
    Then(BTreeMap<EnrolmentId, Mark>),
}

/// Decides and writes an action.
pub(super) async fn write(open: &Open<'_>, tx: &mut Tx, action: &Action, seen: &Seen) -> Result<Marked, AppError> {
    let known = store::action_known(tx, action.id).await?;
    let names = store::names(tx, open.head.id, open.slot.id).await?;
    if known {
        return open.again(tx, action.id, &names).await;
    }
    let claimed = action.made_at.and_then(DateTime::from_timestamp_micros);
    let mut made_at = if claimed.is_some() { merge::made_at(claimed, None, open.cx.now()) } else { open.at };
    let by_id: HashMap<EnrolmentId, &NameRow> = names.iter().map(|row| (row.id, row)).collect();
    let mut changes: BTreeMap<EnrolmentId, Option<Mark>> = BTreeMap::new();
    let mut unaware: BTreeMap<EnrolmentId, (&Touch, Mark)> = BTreeMap::new();
    let mut kept: Vec<EnrolmentId> = Vec::new();
    let mut clashes: Vec<&NameRow> = Vec::new();
    for touch in &action.touches {
        let name = by_id.get(&touch.enrolment).ok_or(AppError::NotFound)?;
        let stands = name.mark.mark();
        let mark = touch
            .mark(open.slot.hours(), made_at)
            .map_err(|kind| AppError::field(&model::field_of("mins", touch.enrolment), kind))?;
        // Touched on purpose, and not one field of a whole form.
        let alone = matches!(seen, Seen::Each) || touch.seen.is_some();
        let verdict = match seen {
            _ if alone => Verdict::Write,
            Seen::Then(marks) => merge(marks.get(&touch.enrolment), stands.as_ref(), &mark),
            Seen::Now | Seen::Each => merge(stands.as_ref(), stands.as_ref(), &mark),
        };
        match verdict {
            Verdict::Write => {
                open.in_time(mark.state)?;
                changes.remove(&name.id);
                unaware.remove(&name.id);
                if alone && !open.knew(touch, name) {
                    unaware.insert(name.id, (touch, mark));
                } else {
                    changes.insert(name.id, Some(mark));
                }
            }
            Verdict::Clash => clashes.push(name),
            Verdict::Keep => kept.push(name.id),
        }
    }
    if !clashes.is_empty() {
        return Err(AppError::Conflict(Box::new(conflict(open, &clashes))));
    }
    let present = Mark { state: model::MarkState::Present, minutes: open.slot.hours().minutes(), note: String::new() };
    let untouched = |name: &&NameRow| {
        name.mark.mark().is_none() && !changes.contains_key(&name.id) && !unaware.contains_key(&name.id)
    };
    let mut everyone: Vec<EnrolmentId> = Vec::new();
    if action.everyone {
        open.in_time(present.state)?;
        // Where a mark was taken back, everyone is present who was not taken back after it was said.
        let unmarked = names.iter().filter(untouched).filter(|name| name.head.gone_at.is_none_or(|at| at < made_at));
        everyone = unmarked.map(|name| name.id).collect();
        let taken_back = everyone.iter().filter(|id| by_id[*id].head.gone_at.is_some());
        let taken_back: Vec<_> = taken_back.map(|id| (*id, Some(present.clone()))).collect();
        changes.extend(taken_back);
    }
    // What was made knowingly over another was made after it.
    made_at = changes
        .keys()
        .filter_map(|id| by_id[id].written())
        .fold(made_at, |made_at, written| made_at.max(written + TimeDelta::microseconds(1)));
    let act = Act { made_at, ..open.act(action.id, MarkSource::Trainer, None) };
    let mut wrote = !changes.is_empty() || !unaware.is_empty();
    if !changes.is_empty() {
        let changes: Vec<_> = changes.iter().map(|(id, mark)| (*id, mark.clone())).collect();
        store::write(tx, &act, &changes).await?;
    }
    if action.everyone {
        wrote |= store::everyone_present(tx, &act, open.head.id, present.minutes).await? > 0;
    }
    let mut rows: Vec<Answer> = changes.into_iter().map(|(id, mark)| open.fresh(id, mark, made_at)).collect();
    rows.extend(
        everyone
            .into_iter()
            .filter(|id| rows.iter().all(|row| row.enrolment != *id))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|id| open.fresh(id, Some(present.clone()), made_at)),
    );
    if !unaware.is_empty() {
        stories::weigh(tx, &act, &open.head.time_zone, &unaware).await?;
        kept.extend(unaware.keys());
    }
    if wrote {
        open.finish(tx, action.id).await?;
    }
    if !kept.is_empty() {
        let names = if unaware.is_empty() { names } else { store::names(tx, open.head.id, open.slot.id).await? };
        rows.extend(open.answers(tx, &names, |id| kept.contains(&id)).await?);
    }
    Ok(Marked { rows })
}

/// What the second of two people is shown: each name with the mark that stands, as a code and
/// the minutes missed, which the page puts into words.
fn conflict(open: &Open<'_>, clashes: &[&NameRow]) -> Conflict {
    Conflict {
        by: clashes.iter().find_map(|row| row.mark.marked_by_name.clone()).unwrap_or_default(),
        version: open.last.map_or(0, |last| last.timestamp_micros()),
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
