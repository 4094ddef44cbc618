//! Where the hours of a half-day were changed, the minutes of its marks are counted anew, as a job.

use super::{
    merge::{Change, Known, settle},
    model::{Mark, MarkSource, remeasured},
    store::{self, Act, ChangeRow, OutdatedRow},
};
use crate::{
    common::error::AppError,
    deliveries::model::Moved,
    platform::{context::Ctx, db::Tx, jobs},
};
use chrono::TimeDelta;
use futures::future::BoxFuture;
use uuid::Uuid;

/// The job [`crate::deliveries::model::MOVED`].
pub fn job(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let moved: Moved = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        remeasure(&cx, &moved).await
    })
}

/// Writes marks anew that were made for other hours. Each keeps its source, and its history says that the
/// hours were changed, and by whom.
async fn remeasure(cx: &Ctx, moved: &Moved) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    // A half-day that was removed meanwhile has no marks.
    if !store::lock(&mut tx, moved.slot, moved.delivery).await? {
        return Ok(());
    }
    let rows = store::outdated(&mut tx, moved.slot).await?;
    if rows.is_empty() {
        return Ok(());
    }
    for source in MarkSource::ALL {
        let changes: Vec<_> = rows
            .iter()
            .filter(|row| row.source == *source && row.contested.is_none())
            .map(|row| {
                let minutes = remeasured(row.state, row.minutes, row.of_minutes, row.slot_minutes);
                (row.enrolment_id, Some(Mark { state: row.state, minutes, note: row.note.clone() }))
            })
            .collect();
        if changes.is_empty() {
            continue;
        }
        let last = store::last_change(&mut tx, moved.slot).await?;
        let at = last.map_or(cx.now(), |last| cx.now().max(last + TimeDelta::microseconds(1)));
        let act = Act {
            id: cx.app.entropy.uuid(cx.now()),
            slot: moved.slot,
            source: *source,
            by: moved.by,
            by_name: &moved.by_name,
            at,
            made_at: at,
            address: &cx.source,
            reason: &moved.what,
            undoes: None,
        };
        store::write(&mut tx, &act, &changes).await?;
    }
    let contested: Vec<_> = rows.iter().filter(|row| row.contested.is_some()).collect();
    if !contested.is_empty() {
        disputed(cx, &mut tx, moved, &contested).await?;
    }
    jobs::look_again(cx, &mut tx, moved.delivery).await?;
    tx.commit().await?;
    cx.app.marked(moved.slot);
    Ok(())
}

/// Names on which two disagree stay so: each of the two stories is told again for the new hours, by who told it
/// and without knowledge of the other. It counts as made when the story was, so that whatever else was made since
/// and is still on its way is later.
async fn disputed(cx: &Ctx, tx: &mut Tx, moved: &Moved, rows: &[&OutdatedRow]) -> Result<(), AppError> {
    let told = store::changes(tx, moved.slot).await?;
    let step = TimeDelta::microseconds(1);
    let last = store::last_change(tx, moved.slot).await?;
    let mut at = last.map_or(cx.now(), |last| cx.now().max(last + step));
    for row in rows {
        let own = told.iter().filter(|it| it.enrolment_id == row.enrolment_id);
        let mut history: Vec<Change> = own.filter_map(ChangeRow::change).collect();
        let Some(settled) = settle(&history) else { continue };
        let stories: Vec<Change> = settled.other.into_iter().chain([settled.stands]).cloned().collect();
        for story in stories {
            // That a mark was taken back is the same for whatever hours.
            let Some(mark) = &story.mark else { continue };
            let teller = told.iter().find(|it| it.id == story.id && it.enrolment_id == story.enrolment);
            let act = Act {
                id: cx.app.entropy.uuid(cx.now()),
                slot: moved.slot,
                source: teller.and_then(|it| it.mark.source).unwrap_or(row.source),
                by: story.by.unwrap_or(moved.by),
                by_name: &moved.by_name,
                at,
                made_at: story.made_at + step,
                address: &cx.source,
                reason: &moved.what,
                undoes: None,
            };
            let minutes = remeasured(mark.state, mark.minutes, row.of_minutes, row.slot_minutes);
            let change = Change {
                id: act.id,
                enrolment: row.enrolment_id,
                mark: Some(Mark { minutes, ..mark.clone() }),
                by: Some(act.by),
                at,
                made_at: act.made_at,
                everyone: false,
                known: Known::These([story.id, Uuid::nil()]),
            };
            store::tell(tx, &act, &change).await?;
            history.push(change);
            at += step;
        }
        if let Some(settled) = settle(&history) {
            let other = settled.other.map(|it| it.id);
            store::put(tx, moved.slot, row.enrolment_id, settled.stands.id, other).await?;
        }
    }
    Ok(())
}
