//! What proves a count: files with a title, kept for good.

use super::{
    model::{Act, Standing},
    service::{because, counting, held, id, own, path, step},
    store,
};
use crate::{
    attendance::model::NOTE_MAX,
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Done, Flash},
        ids::{FileId, TallyId},
    },
    platform::{
        audit,
        context::Ctx,
        files::Arrived,
        store::{self as platform, FileRow},
    },
};
use uuid::Uuid;

/// The largest file, in MiB.
pub const EVIDENCE_MAX_MIB: u64 = 25;

/// Whether who asks may attach evidence to a count.
pub async fn may_attach(cx: &Ctx, tally: &str) -> Result<TallyId, AppError> {
    counting(cx)?;
    let mut reader = cx.read().await?;
    Ok(own(cx, &mut reader, id(tally)?, "en").await?.id)
}

/// Attaches a file whose bytes are stored: its record and the evidence's in one transaction.
pub async fn attach(cx: &Ctx, tally: TallyId, title: &str, file: FileId, arrived: Arrived) -> Result<Done, AppError> {
    let actor = counting(cx)?;
    if !["application/pdf", "image/png", "image/jpeg"].contains(&arrived.media_type) {
        return Err(Refusal::FileKind.into());
    }
    let mut checks = Checks::default();
    let title = checks.required_line("title", title, NOTE_MAX);
    checks.finish(())?;
    let row = FileRow {
        id: file,
        key: arrived.key,
        name: arrived.name,
        media_type: arrived.media_type.to_owned(),
        size: arrived.size,
        sha256: arrived.sha256,
    };
    let mut tx = cx.begin().await?;
    let stands = held(cx, &mut tx, tally).await?;
    stands.state.after(Act::Attach, Standing { evidence: stands.evidence + 1, own: true })?;
    platform::add_file(&mut tx, &row, Some(actor.person_id), cx.now()).await?;
    let by = (actor.name.as_str(), cx.now());
    store::add_evidence(&mut tx, cx.app.entropy.uuid(cx.now()), tally, file, &title, by).await?;
    step(cx, &mut tx, tally, Act::Attach, stands.total, &title).await?;
    audit::record(cx, &mut tx, "attach", "tally", tally, None, Some(&row)).await?;
    tx.commit().await?;
    Ok(Done::at(path(tally), Flash::Uploaded))
}

/// The file of a piece of evidence. That it was opened is noted: it may name people.
pub async fn open_evidence(cx: &Ctx, tally: &str, piece: &str) -> Result<FileRow, AppError> {
    counting(cx)?;
    let tally = id(tally)?;
    let piece: Uuid = piece.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    own(cx, &mut tx, tally, "en").await?;
    let file = store::evidence_file(&mut tx, piece, tally).await?.ok_or(AppError::NotFound)?;
    let row = platform::file(&mut tx, file).await?.ok_or(AppError::NotFound)?;
    audit::note(cx, &mut tx, "open_evidence", "tally", tally).await?;
    tx.commit().await?;
    Ok(row)
}

/// Withdraws a piece of evidence; it stays in the list. A count without any is unverified again.
pub async fn withdraw_evidence(cx: &Ctx, tally: &str, piece: &str, reason: &str) -> Result<Done, AppError> {
    let actor = counting(cx)?;
    let tally = id(tally)?;
    let mut tx = cx.begin().await?;
    let row = held(cx, &mut tx, tally).await?;
    let piece: Uuid = piece.parse().map_err(|_| AppError::NotFound)?;
    store::evidence_file(&mut tx, piece, tally).await?.ok_or(AppError::NotFound)?;
    let reason = because(reason)?;
    if !store::withdraw_evidence(&mut tx, piece, tally, (&actor.name, cx.now()), &reason).await? {
        return Err(Refusal::AlreadySent.into());
    }
    let left = Standing { evidence: row.evidence - 1, own: true };
    let state = row.state.after(Act::WithdrawEvidence, left)?;
    if state != row.state {
        store::set_state(&mut tx, tally, state, None).await?;
    }
    step(cx, &mut tx, tally, Act::WithdrawEvidence, row.total, &reason).await?;
    audit::record(cx, &mut tx, "withdraw_evidence", "tally", tally, None, Some(&reason)).await?;
    tx.commit().await?;
    Ok(Done::at(path(tally), Flash::Withdrawn))
}
