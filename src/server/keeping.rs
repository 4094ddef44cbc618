//! What keeps the house clean, as daily jobs: rows whose time is over, and objects of the store that no row names.

use super::{
    keeping_store::{self as store, BATCH},
    retention::{RETENTION, Rule},
};
use crate::{
    common::error::AppError,
    platform::{
        clock::SLACK,
        context::{App, Ctx},
        db::DbError,
        jobs,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use futures::{TryStreamExt, future::BoxFuture};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use std::collections::HashSet;

/// The job that removes what is kept no longer.
pub const RETENTION_JOB: &str = "house.retention";
/// The job that removes files that nothing names.
pub const SWEEP_JOB: &str = "house.sweep";

/// An object must be so old before it can be one that nobody is about to name: uploads are named when their last
/// byte has come, and an upload that is silent for a minute is given up.
const SETTLED: TimeDelta = TimeDelta::days(1);
/// So many batches of a table go in one run; the rest waits for the next day.
const BATCHES: usize = 200;
/// From so many objects on it is asked whether most of them are unnamed: then this is not the store of this
/// database.
const MANY: usize = 20;

/// Rows written at a time that is still to come: how many and the latest, by kind of record, where there are any. A
/// clock was ahead when they were written.
pub async fn written_ahead(app: &App) -> Result<Vec<(String, i64, DateTime<Utc>)>, DbError> {
    let rows = store::ahead(&mut app.db.read().await?, app.now() + SLACK).await?;
    Ok(rows.into_iter().filter_map(|(record, many, latest)| Some((record, many, latest?))).collect())
}

/// Removes what is kept no longer, as a job.
pub fn retention_job(cx: Ctx, _: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        if begin(&cx, RETENTION_JOB).await? {
            retain(&cx).await?;
        }
        Ok(())
    })
}

/// Removes files that nothing names, as a job.
pub fn sweep_job(cx: Ctx, _: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        if begin(&cx, SWEEP_JOB).await? {
            sweep(&cx).await?;
        }
        Ok(())
    })
}

/// Asks for the next run; says whether this one may remove anything.
async fn begin(cx: &Ctx, kind: &str) -> Result<bool, AppError> {
    let mut tx = cx.begin().await?;
    jobs::tomorrow(cx, &mut tx, kind).await?;
    tx.commit().await?;
    for (record, many, latest) in written_ahead(&cx.app).await? {
        tracing::warn!(record, many, %latest, "rows are dated later than now: a clock was ahead when they were written");
    }
    let steady = jobs::steady(cx, kind).await?;
    if !steady {
        tracing::warn!(kind, "nothing is removed today: the last run is days ago, and the clock may be wrong");
    }
    Ok(steady)
}

/// Removes what is over, table by table and in batches, so that nobody waits for it. Says how many rows.
pub async fn retain(cx: &Ctx) -> Result<u64, AppError> {
    let mut all = 0;
    for (table, rule) in RETENTION {
        let Rule::Removed(removals) = rule else { continue };
        for removal in *removals {
            let time = cx.now() - TimeDelta::days(removal.days);
            let mut rows = 0;
            for _ in 0..BATCHES {
                let mut tx = cx.begin().await?;
                let removed = store::remove(&mut tx, removal.what, time).await?;
                tx.commit().await?;
                rows += removed;
                if removed < BATCH {
                    break;
                }
            }
            if rows > 0 {
                tracing::info!(table, rows, "removed what is kept no longer");
            }
            metrics::counter!("magistra_rows_removed_total", "table" => *table).increment(rows);
            all += rows;
        }
    }
    Ok(all)
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects that were removed.
    pub removed: usize,
    /// Their size in bytes.
    pub bytes: u64,
    /// Pieces of uploads that were cut off.
    pub parts: usize,
    /// Objects that no row names and that are none of ours.
    pub strange: usize,
}

/// Removes objects older than a day that no row names. They are left of uploads during which the server was killed.
pub async fn sweep(cx: &Ctx) -> Result<Swept, AppError> {
    let before = cx.now() - SETTLED;
    let away = |error: object_store::Error| {
        tracing::error!(%error, "the store of files could not be swept");
        AppError::Unavailable
    };
    // Objects first: whatever is named by the time the rows are read is safe.
    let objects: Vec<ObjectMeta> = cx.app.files.store().list(None).try_collect().await.map_err(away)?;
    let named = named(cx).await?;
    let unnamed: Vec<_> = objects
        .iter()
        .filter(|object| object.last_modified < before && !named.contains(object.location.as_ref()))
        .collect();
    if unnamed.len() >= MANY && unnamed.len() * 2 > objects.len() {
        tracing::error!(
            objects = objects.len(),
            unnamed = unnamed.len(),
            "most of the store is named by no row: it may be another database's, and is left alone"
        );
        return Err(AppError::Internal);
    }
    let mut swept = Swept::default();
    for object in unnamed {
        let key = object.location.as_ref();
        if !is_ours(key) {
            swept.strange += 1;
            continue;
        }
        // A certificate's paper is made again under the same key: once more, now.
        if store::is_named(&mut cx.read().await?, key).await? {
            continue;
        }
        match cx.app.files.store().head(&object.location).await {
            Ok(now) if now.last_modified == object.last_modified => {
                cx.app.files.store().delete(&object.location).await.map_err(away)?;
                swept.removed += 1;
                swept.bytes += now.size;
            }
            Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(away(error)),
        }
    }
    swept.parts = cx.app.files.sweep_parts(before).await.map_err(|error| {
        tracing::error!(%error, "what uploads have left could not be removed");
        AppError::Unavailable
    })?;
    let Swept { removed, bytes, parts, strange } = swept;
    tracing::info!(removed, bytes, parts, strange, "swept the store of files");
    metrics::counter!("magistra_files_swept_total").increment((removed + parts) as u64);
    metrics::gauge!("magistra_files_strange").set(f64::from(u32::try_from(strange).unwrap_or(u32::MAX)));
    Ok(swept)
}

async fn named(cx: &Ctx) -> Result<HashSet<String>, AppError> {
    let mut all = HashSet::new();
    let mut after = String::new();
    loop {
        let keys = store::file_keys(&mut cx.read().await?, &after).await?;
        let Some(last) = keys.last() else { return Ok(all) };
        after.clone_from(last);
        all.extend(keys);
    }
}

/// Whether a key is of a shape that we give: `ab/0123…` (uploads), `certificates/ID.pdf`, `demo/ID`. Whatever else
/// lies in the store is somebody else's.
fn is_ours(key: &str) -> bool {
    let hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit());
    match key.split_once('/') {
        Some(("certificates", name)) => name.strip_suffix(".pdf").is_some_and(|id| id.parse::<uuid::Uuid>().is_ok()),
        Some(("demo", id)) => id.parse::<uuid::Uuid>().is_ok(),
        Some((folder, name)) => hex(folder, 2) && hex(name, 32) && name.ends_with(folder),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn only_keys_that_we_give_are_ours() {
        for ours in [
            "ef/0123456789abcdef0123456789abcdef",
            "certificates/01234567-89ab-7def-8123-456789abcdef.pdf",
            "demo/01234567-89ab-7def-8123-456789abcdef",
        ] {
            assert!(is_ours(ours), "{ours}");
        }
        for strange in [
            "backup.tar.gz",
            "ef/0123",
            "ab/0123456789abcdef0123456789abcdef",
            "certificates/x.pdf",
            "backups/ef/0123456789abcdef0123456789abcdef",
        ] {
            assert!(!is_ours(strange), "{strange}");
        }
    }
}
