//! Who may stand before a class: where a course's trainers are licensed, only who is licensed leads, and who is
//! on the way teaches beside a licensed lead. Deliveries know nothing of licences; their trainers are put on
//! them here, and here a delivery is confirmed and begun.

use super::{
    api::{DeliveryLack, DeliveryTrainer, DeliveryTrainers},
    look_store::{self, TrainerRow},
    model::{Lack, LicenceState, lack},
    store,
};
use crate::{
    common::{
        error::AppError,
        forms::{Done, Fault, FaultKind},
        ids::{DeliveryId, PersonId},
    },
    deliveries::{
        self,
        model::{DeliveryHead, DeliveryState, StateForm, TrainerForm},
        service::{id, managed},
    },
    people::rights::{Record, Right, may},
    platform::{context::Ctx, db::Tx, jobs, text},
};

fn licensed(row: &TrainerRow) -> bool {
    row.state == Some(LicenceState::Licensed)
}

/// What is lacking, trainer by trainer, of those who stand there.
fn lacks(rows: &[TrainerRow]) -> Vec<Option<Lack>> {
    rows.iter()
        .map(|row| {
            let other = rows.iter().any(|it| it.lead && it.person_id != row.person_id && licensed(it));
            lack(row.state, row.lead, other)
        })
        .collect()
}

/// Whether nobody will stand before this class any more.
const fn over(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Delivered | DeliveryState::Reported | DeliveryState::Cancelled)
}

fn fault(field: &str, name: &str, lack: Lack, state: Option<LicenceState>) -> Fault {
    let state = state.map_or("", LicenceState::code).to_owned();
    Fault::new(field, FaultKind::Unlicensed { name: name.to_owned(), lack: lack.code().to_owned(), state })
}

fn refused(faults: Vec<Fault>) -> Result<(), AppError> {
    if faults.is_empty() { Ok(()) } else { Err(AppError::Invalid(faults)) }
}

/// The trainers of a delivery with their licences, and persons with the trainer's role or a licence found by
/// name. Four statements.
pub async fn trainers(cx: &Ctx, delivery: &str, query: &str) -> Result<DeliveryTrainers, AppError> {
    let mut reader = cx.read().await?;
    let head = managed(cx, &mut reader, id(delivery)?).await?;
    let guarded = store::rule(&mut reader, head.course_id).await?.is_some();
    let rows = look_store::at_delivery(&mut reader, head.id).await?;
    let lacks = lacks(&rows);
    let pattern = text::like_pattern(&query.chars().filter(|c| !"%_\\".contains(*c)).take(80).collect::<String>());
    let found = look_store::find_trainers(&mut reader, head.id, head.course_id, &pattern).await?;
    Ok(DeliveryTrainers {
        guarded,
        trainers: rows
            .into_iter()
            .zip(lacks)
            .map(|(row, lack)| DeliveryTrainer {
                id: row.person_id,
                name: row.name,
                lead: row.lead,
                licence: row.licence_id,
                state: row.state,
                lack: lack.filter(|_| guarded),
            })
            .collect(),
        query: query.chars().take(80).collect(),
        found,
        head,
    })
}

/// Adds a trainer, takes one off, or makes one lead, where the licences of the course allow it.
pub async fn change_trainer(cx: &Ctx, form: &TrainerForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let delivery: DeliveryId = id(&form.id)?;
    let person: PersonId = id(&form.person)?;
    let mut tx = cx.begin().await?;
    let head = managed(cx, &mut tx, delivery).await?;
    deliveries::store::touch(&mut tx, delivery, &actor.name, cx.now()).await?;
    if form.act == "remove" {
        may_go(&mut tx, &head, person).await?;
    } else {
        may_come(&mut tx, &head, person, &form.act).await?;
    }
    let done = deliveries::service::put_trainer(cx, &mut tx, &head, form).await?;
    // Who is named afterwards as having given it has given it.
    if matches!(head.state, DeliveryState::Delivered | DeliveryState::Reported) {
        jobs::licences_again(cx, &mut tx, delivery).await?;
    }
    tx.commit().await?;
    Ok(done)
}

/// Whether somebody can be put on a delivery or lead it. Where licences are asked for, by the licence; else by
/// the trainer's role or a licence for the course: whoever trained to give it needs no role.
async fn may_come(tx: &mut Tx, head: &DeliveryHead, person: PersonId, act: &str) -> Result<(), AppError> {
    let state = store::of_person(tx, person, head.course_id).await?.map(|(_, state)| state);
    if store::rule(tx, head.course_id).await?.is_none() {
        let known = state.is_some_and(|state| state != LicenceState::Withdrawn)
            || act != "add"
            || deliveries::store::holds_trainer_role(tx, person).await?;
        return if known { Ok(()) } else { Err(AppError::field("", FaultKind::Choice)) };
    }
    let rows = look_store::at_delivery(tx, head.id).await?;
    // The first one leads.
    let leads = act == "lead" || rows.is_empty();
    let licensed_lead = rows.iter().any(|row| row.lead && row.person_id != person && licensed(row));
    let Some(lack) = lack(state, leads, licensed_lead) else { return Ok(()) };
    let name = store::name(tx, person).await?.ok_or(AppError::NotFound)?;
    refused(vec![fault("person", &name, lack, state)])
}

/// Whether somebody can be taken off a delivery: not the licensed lead from beside those who need one. Who
/// lacked something before is no reason.
async fn may_go(tx: &mut Tx, head: &DeliveryHead, person: PersonId) -> Result<(), AppError> {
    if over(head.state) || store::rule(tx, head.course_id).await?.is_none() {
        return Ok(());
    }
    let rows = look_store::at_delivery(tx, head.id).await?;
    let before = lacks(&rows);
    let (stay, before): (Vec<TrainerRow>, Vec<Option<Lack>>) =
        rows.into_iter().zip(before).filter(|(row, _)| row.person_id != person).unzip();
    let left = stay
        .iter()
        .zip(lacks(&stay))
        .zip(before)
        .filter(|((_, after), before)| *after == Some(Lack::NeedsLead) && before.is_none());
    refused(left.map(|((row, _), _)| fault("person", &row.name, Lack::LeftAlone, row.state)).collect())
}

/// Takes a step in a delivery's life. It is neither confirmed nor begun with trainers who may not give it.
pub async fn change_state(cx: &Ctx, form: &StateForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let head = managed(cx, &mut tx, id(&form.id)?).await?;
    let begins = form.to.parse().is_ok_and(|to: DeliveryState| {
        matches!(to, DeliveryState::Confirmed | DeliveryState::Running) && head.state.may_become(to)
    });
    if begins && store::rule(&mut tx, head.course_id).await?.is_some() {
        let rows = look_store::at_delivery(&mut tx, head.id).await?;
        let lacks = lacks(&rows);
        let faults =
            rows.iter().zip(lacks).filter_map(|(row, lack)| Some(fault("trainers", &row.name, lack?, row.state)));
        refused(faults.collect())?;
    }
    let done = deliveries::service::take_step(cx, &mut tx, &head, form).await?;
    tx.commit().await?;
    Ok(done)
}

/// What is lacking before a delivery can be given, for whoever manages it; nothing once it is over, and
/// nothing for anybody else: it stands on a page that all may read.
pub async fn lacking(cx: &Ctx, delivery: &str) -> Result<Vec<DeliveryLack>, AppError> {
    let mut reader = cx.read().await?;
    let head = deliveries::store::head(&mut reader, id(delivery)?).await?.ok_or(AppError::NotFound)?;
    if !may(cx.actor.as_ref(), Right::ManageDelivery, Record::of(head.host_id)) {
        return Ok(Vec::new());
    }
    if over(head.state) || store::rule(&mut reader, head.course_id).await?.is_none() {
        return Ok(Vec::new());
    }
    let rows = look_store::at_delivery(&mut reader, head.id).await?;
    let lacks = lacks(&rows);
    Ok(rows
        .into_iter()
        .zip(lacks)
        .filter_map(|(row, lack)| {
            lack.map(|lack| DeliveryLack { name: row.name, licence: row.licence_id, state: row.state, lack })
        })
        .collect())
}
