//! Somebody who showed a badge at a kiosk, perhaps hours ago: marked as of that time, beside whatever was
//! marked since.

use super::store;
use crate::{
    attendance::{
        checkin::{
            model::Way,
            service::{Passage, Passed, Verdict, verdict, write_through},
            store as doors,
        },
        merge::{Change, settle},
        model::{Mark, Touch},
        store as marks, stories,
    },
    common::{
        error::{AppError, Refusal},
        ids::EnrolmentId,
    },
    platform::{context::Ctx, db::Handle, jobs, zones},
};
use chrono::TimeDelta;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What became of a reading that was sent before; nothing of one that wrote nothing.
pub(super) async fn before(
    h: &mut impl Handle,
    reading: Uuid,
    place: EnrolmentId,
) -> Result<Option<(store::WrittenRow, Passed)>, AppError> {
    let Some(written) = store::written(h, reading).await? else { return Ok(None) };
    if written.enrolment_id != place {
        return Err(Refusal::AlreadySent.into());
    }
    let rows = marks::changes(h, written.slot_id).await?;
    let told: Vec<Change> = rows.iter().filter_map(marks::ChangeRow::change).collect();
    let then = told.iter().filter(|it| it.enrolment == place && it.at <= written.marked_at);
    let stood = settle(then).is_some_and(|it| it.stands.id == reading);
    let mark = Mark { state: written.state, minutes: written.minutes, note: String::new() };
    Ok(Some((written, if stood { Passed::Marked(mark) } else { Passed::Outweighed })))
}

/// Lets somebody through as of the time of reading, once however often it is sent.
///
/// What was marked before that time was known at the door, as in [`write_through`]. What was marked after it
/// was not, nor did its maker know of the badge: which of the two stands says [`crate::attendance::merge`],
/// and the register shows both.
pub(super) async fn pass(cx: &Ctx, passage: &Passage<'_>, reading: Uuid) -> Result<Passed, AppError> {
    let (row, at) = (passage.row, passage.at);
    let mut tx = cx.begin().await?;
    if !marks::lock(&mut tx, row.id, row.delivery_id).await? {
        return Err(AppError::NotFound);
    }
    let Some(place) = doors::place(&mut tx, row.id, row.delivery_id, passage.who).await? else {
        return Ok(Passed::Nowhere);
    };
    let last = marks::last_change(&mut tx, row.id).await?;
    if last.is_none_or(|last| last < at) {
        return write_through(cx, tx, passage, &place, reading, Some(at)).await;
    }
    if let Some((_, passed)) = before(&mut tx, reading, place.id).await? {
        return Ok(passed);
    }
    let rows = marks::changes(&mut tx, row.id).await?;
    let told: Vec<Change> =
        rows.iter().filter_map(marks::ChangeRow::change).filter(|it| it.enrolment == place.id).collect();
    if told.iter().all(|it| it.made_at <= at) {
        // What is said knowingly is said after what is known.
        let known = told.iter().map(|it| it.made_at).max();
        let made_at = known.map_or(at, |known| at.max(known + TimeDelta::microseconds(1)));
        return write_through(cx, tx, passage, &place, reading, Some(made_at)).await;
    }
    let stood = settle(told.iter().filter(|it| it.made_at <= at)).map(|it| it.stands);
    let mark = match verdict(row, passage.way, passage.tolerance, stood.and_then(|it| it.mark.as_ref()), at) {
        Ok(Verdict::Write(mark)) => mark,
        Ok(Verdict::Done) => {
            let known = stood.and_then(|it| Some(Passed::Stands(it.mark.clone()?, it.made_at)));
            return Ok(known.unwrap_or(Passed::Nowhere));
        }
        Err(hurdle) => return Ok(Passed::Hindered(hurdle)),
    };
    // Two who say the same need no story.
    if let (Some(stands), Some(since)) = (place.mark.mark(), place.mark.marked_at)
        && (stands.state, stands.minutes) == (mark.state, mark.minutes)
    {
        return Ok(Passed::Stands(stands, since));
    }
    let touch = Touch {
        enrolment: place.id,
        state: mark.state,
        missed: String::new(),
        note: String::new(),
        seen: stood.map(|it| zones::local(it.at, &row.time_zone)),
        seen_too: None,
    };
    let written = last.map_or(cx.now(), |last| cx.now().max(last + TimeDelta::microseconds(1)));
    let act = passage.act(cx, reading, written, at);
    stories::weigh(&mut tx, &act, &row.time_zone, &BTreeMap::from([(place.id, (&touch, mark.clone()))])).await?;
    let stands = doors::mark_of(&mut tx, row.id, place.id).await?.and_then(|it| it.mark());
    jobs::look_again(cx, &mut tx, row.delivery_id).await?;
    tx.commit().await?;
    cx.app.marked(row.id);
    Ok(if stands.as_ref() == Some(&mark) { Passed::Marked(mark) } else { Passed::Outweighed })
}

/// What is said to who passed: minutes late of who comes, minutes counted of who leaves.
pub(super) fn minutes(way: Way, whole: i64, mark: &Mark) -> i64 {
    if way == Way::In { whole - mark.minutes } else { mark.minutes }
}
