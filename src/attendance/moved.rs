//! Where the hours of a half-day were changed, the minutes of its marks are counted anew, as a job.

use super::{
    model::{Mark, MarkSource, remeasured},
    store::{self, Act},
};
use crate::{
    common::error::AppError,
    deliveries::model::Moved,
    platform::{context::Ctx, jobs},
};
use chrono::TimeDelta;
use futures::future::BoxFuture;

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
            .filter(|row| row.source == *source)
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
    jobs::look_again(cx, &mut tx, moved.delivery).await?;
    tx.commit().await?;
    cx.app.marked(moved.slot);
    Ok(())
}
