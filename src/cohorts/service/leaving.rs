//! Leaving a cohort, and what becomes of places in deliveries that have not begun.

use super::{manages, members, path};
use crate::{
    cohorts::{
        api::ComingPlace,
        letters::{self, Occasion},
        member_store::{self, ComingRow, OneMember},
        model::{CohortHead, DecisionForm, MemberState, places::Origin},
        store,
    },
    common::{
        actor::Actor,
        error::{AppError, Refusal},
        forms::{Done, Flash},
        ids::{CohortId, MemberId, PersonId},
    },
    deliveries::service::id,
    enrolment,
    people::rights::{Record, Right, may, require},
    platform::{
        audit,
        context::Ctx,
        db::{Handle, Tx},
    },
};

/// Places are given back by who holds them and by who manages the delivery.
fn may_give_back(actor: &Actor, person: PersonId, row: &ComingRow) -> bool {
    person == actor.person_id || may(Some(actor), Right::ManageDelivery, Record::of(row.host_id))
}

/// Places of somebody in deliveries of the sequence that have not begun.
pub(super) async fn coming(
    cx: &Ctx,
    h: &mut impl Handle,
    cohort: CohortId,
    person: PersonId,
) -> Result<Vec<ComingPlace>, AppError> {
    let actor = cx.signed_in()?;
    let rows = member_store::coming(h, cohort, person, cx.now().date_naive()).await?;
    Ok(rows
        .into_iter()
        .map(|row| ComingPlace {
            may_give_back: may_give_back(actor, person, &row),
            delivery: row.delivery_id,
            title: row.title,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            date_note: row.date_note,
        })
        .collect())
}

/// Gives back those of these places that who asks may give back.
pub(super) async fn give_back(
    cx: &Ctx,
    tx: &mut Tx,
    cohort: CohortId,
    person: PersonId,
    reason: &str,
) -> Result<(), AppError> {
    let actor = cx.signed_in()?;
    for row in member_store::coming(tx, cohort, person, cx.now().date_naive()).await? {
        if may_give_back(actor, person, &row) {
            enrolment::service::give_back(cx, tx, row.enrolment_id, reason).await?;
        }
    }
    Ok(())
}

/// A member whose cohort is held until the commit, for the member and for whoever manages the cohort.
async fn held(cx: &Ctx, tx: &mut Tx, member: &str) -> Result<(CohortHead, OneMember), AppError> {
    let actor = cx.signed_in()?;
    let member: MemberId = id(member)?;
    let found = member_store::member(tx, member).await?.ok_or(AppError::NotFound)?;
    let head = store::head(tx, found.cohort_id, "en", actor.person_id).await?.ok_or(AppError::NotFound)?;
    require(found.person_id == actor.person_id || manages(actor, &head), AppError::NotFound)?;
    store::touch(tx, head.id, &actor.name, cx.now()).await?;
    // Read again: somebody may have decided before the cohort was held.
    let head = store::head(tx, head.id, "en", actor.person_id).await?.ok_or(AppError::NotFound)?;
    let found = member_store::member(tx, member).await?.ok_or(AppError::NotFound)?;
    Ok((head, found))
}

/// Leaves a cohort, and says why. Whoever manages it is told.
pub async fn leave_own(cx: &Ctx, member: &str, reason: &str, back: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let (head, member) = held(cx, &mut tx, member).await?;
    require(member.person_id == actor.person_id, AppError::NotFound)?;
    if !head.state.takes_people() {
        return Err(Refusal::WrongState.into());
    }
    let form =
        DecisionForm { to: MemberState::Left.code().into(), reason: reason.to_owned(), ..DecisionForm::default() };
    let (to, reason) = form.check(member.state)?;
    let who = Origin { institution: member.institution_id, area: member.area_code.clone() };
    members::set(cx, &mut tx, &member, to, &who, &reason).await?;
    if back == "true" {
        give_back(cx, &mut tx, head.id, member.person_id, &reason).await?;
    }
    letters::send_later(cx, &mut tx, head.id, Occasion::LeftOwn, vec![member.id], &reason).await?;
    tx.commit().await?;
    Ok(Done::at(path(head.id), Flash::StateChanged))
}

/// Gives back the places of somebody who has left, as far as they have not begun.
pub async fn give_back_places(cx: &Ctx, member: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let (head, member) = held(cx, &mut tx, member).await?;
    if member.state != MemberState::Left {
        return Err(Refusal::WrongState.into());
    }
    give_back(cx, &mut tx, head.id, member.person_id, &member.reason).await?;
    audit::note(cx, &mut tx, "give_back", "cohort_member", member.id).await?;
    tx.commit().await?;
    let own = member.person_id == actor.person_id;
    Ok(Done::at(if own { path(head.id) } else { members::member_path(head.id, member.id) }, Flash::Withdrawn))
}
