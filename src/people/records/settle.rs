//! Deciding changes that were asked for: by the programme office, or by a link to the address on record.

use super::{
    change::{Inviter, proven, stood, write_details, write_invitation, write_state},
    change_letters,
    change_model::{Asked, ChangeLine, ChangeState},
    change_store::{self as changes, ChangeRow},
    store,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Done, FaultKind, Flash},
        ids::{ChangeId, PersonId},
    },
    people::{
        rights::{Record, Right, demand},
        service::token_hash,
    },
    platform::{
        audit,
        context::Ctx,
        db::{Handle, Tx},
    },
};

/// The answer that confirms.
pub const CONFIRM: &str = "confirm";
/// The answer that refuses.
pub const REFUSE: &str = "refuse";

fn line(cx: &Ctx, row: ChangeRow) -> Result<ChangeLine, AppError> {
    let late = row.state == ChangeState::Open && row.expires_at <= cx.now();
    Ok(ChangeLine {
        id: row.id,
        person_id: row.person_id,
        person: format!("{} {}", row.given_name, row.family_name),
        asked: serde_json::from_str(&row.asked).map_err(|_| AppError::Internal)?,
        stood: serde_json::from_str(&row.stood).map_err(|_| AppError::Internal)?,
        requested_by: row.requested_by_name,
        requested_at: row.requested_at,
        expires_at: row.expires_at,
        by_address: row.by_address,
        state: if late { ChangeState::Expired } else { row.state },
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        reason: row.reason,
    })
}

/// The latest changes asked for a person and what became of them. A viewer who sees the person may read them.
pub async fn of_person(cx: &Ctx, h: &mut impl Handle, person: PersonId) -> Result<Vec<ChangeLine>, AppError> {
    changes::of_person(h, person).await?.into_iter().map(|row| line(cx, row)).collect()
}

/// Every change that waits, for the programme office.
pub async fn waiting(cx: &Ctx) -> Result<Vec<ChangeLine>, AppError> {
    demand(cx.actor.as_ref(), Right::ConfirmChanges, Record::default())?;
    let rows = changes::open(&mut cx.read().await?, cx.now()).await?;
    rows.into_iter().map(|row| line(cx, row)).collect()
}

/// The programme office confirms or refuses.
pub async fn settle(cx: &Ctx, id: &str, answer: &str, reason: &str) -> Result<Done, AppError> {
    demand(cx.actor.as_ref(), Right::ConfirmChanges, Record::default())?;
    let actor = cx.signed_in()?;
    let id: ChangeId = id.parse().map_err(|_| AppError::NotFound)?;
    let row = changes::change(&mut cx.read().await?, id).await?.ok_or(AppError::NotFound)?;
    let back = Done::at("/people/changes", Flash::Decided);
    match answer {
        CONFIRM => confirm(cx, row, &actor.name).await.map(|()| back),
        REFUSE => {
            let mut checks = Checks::default();
            let reason = checks.required("reason", reason, 500);
            checks.finish(())?;
            refuse(cx, row, &actor.name, &reason).await.map(|()| back)
        }
        _ => Err(AppError::field("", FaultKind::Malformed)),
    }
}

/// What a link to the address on record asks about; nothing when it no longer holds.
pub async fn asked_by_link(cx: &Ctx, token: &str) -> Result<Option<ChangeLine>, AppError> {
    let mut reader = cx.read().await?;
    let Some(row) = changes::by_token(&mut reader, &token_hash(token), cx.now()).await? else { return Ok(None) };
    let person = store::person(&mut reader, row.person_id).await?.ok_or(AppError::NotFound)?;
    let line = line(cx, row)?;
    // The link went to an address that is no longer that of the account.
    let holds = proven(&person) && stood(&person).account_email == line.stood.account_email;
    Ok(holds.then_some(line))
}

/// The reader of the address on record confirms, or says that somebody else asked.
pub async fn answer_link(cx: &Ctx, token: &str, answer: &str) -> Result<Done, AppError> {
    let line = asked_by_link(cx, token).await?.ok_or(Refusal::BadLink)?;
    let row = changes::change(&mut cx.read().await?, line.id).await?.ok_or(Refusal::BadLink)?;
    match answer {
        CONFIRM => confirm(cx, row, "").await?,
        REFUSE => refuse(cx, row, "", "").await?,
        _ => return Err(AppError::field("", FaultKind::Malformed)),
    }
    Ok(Done::at("/", Flash::Decided))
}

/// Does what was asked. What no longer fits is noted as overtaken, and nothing is done.
async fn confirm(cx: &Ctx, row: ChangeRow, by: &str) -> Result<(), AppError> {
    let (id, requester) = (row.id, row.requested_by);
    let line = line(cx, row)?;
    let mut tx = cx.begin().await?;
    changes::lock_person(&mut tx, line.person_id).await?;
    // Two who decide at once: the row lets one of them.
    if !changes::decide(&mut tx, id, ChangeState::Confirmed, by, "", cx.now()).await? {
        return Err(Refusal::WrongState.into());
    }
    match apply(cx, &mut tx, &line).await {
        Ok(true) => {}
        // Such as an address that somebody else has by now.
        Ok(false) | Err(AppError::Invalid(_) | AppError::Refused(Refusal::WrongState)) => {
            drop(tx);
            let mut tx = cx.begin().await?;
            if changes::decide(&mut tx, id, ChangeState::Overtaken, by, "", cx.now()).await? {
                change_letters::tell_requester(cx, &mut tx, requester, &line, ChangeState::Overtaken, "").await?;
            }
            tx.commit().await?;
            return Err(Refusal::Overtaken.into());
        }
        Err(error) => return Err(error),
    }
    changes::overtake(&mut tx, line.person_id, line.asked.act(), id, cx.now()).await?;
    change_letters::tell_requester(cx, &mut tx, requester, &line, ChangeState::Confirmed, "").await?;
    audit::note(cx, &mut tx, "confirm", "pending_change", id).await?;
    Ok(tx.commit().await?)
}

async fn refuse(cx: &Ctx, row: ChangeRow, by: &str, reason: &str) -> Result<(), AppError> {
    let (id, requester) = (row.id, row.requested_by);
    let line = line(cx, row)?;
    let mut tx = cx.begin().await?;
    if !changes::decide(&mut tx, id, ChangeState::Refused, by, reason, cx.now()).await? {
        return Err(Refusal::WrongState.into());
    }
    change_letters::tell_requester(cx, &mut tx, requester, &line, ChangeState::Refused, reason).await?;
    audit::note(cx, &mut tx, "refuse", "pending_change", id).await?;
    Ok(tx.commit().await?)
}

/// Writes what was asked; false when the record is no longer what it was then.
async fn apply(cx: &Ctx, tx: &mut Tx, line: &ChangeLine) -> Result<bool, AppError> {
    let person = store::person(tx, line.person_id).await?.ok_or(AppError::NotFound)?;
    if !line.stood.still(line.asked.act(), &stood(&person)) {
        return Ok(false);
    }
    let by = &line.requested_by;
    match &line.asked {
        Asked::Edit(details) => return write_details(cx, tx, &person, line.stood.version, details, by).await,
        Asked::Invite { email, language } => {
            // The person who confirmed answers for the address.
            let by = Inviter { name: by, alone: None };
            write_invitation(cx, tx, &person, email, language, by).await?;
        }
        Asked::Disable => write_state(cx, tx, &person, true).await?,
        Asked::Enable => write_state(cx, tx, &person, false).await?,
    }
    Ok(true)
}
