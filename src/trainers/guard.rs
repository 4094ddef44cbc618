//! Who may stand before a class: where a course's trainers are licensed, only who is licensed leads, and who is
//! on the way teaches beside a licensed lead. Deliveries know nothing of licences; their trainers are put on
//! them here.

use super::{
    api::{DeliveryLack, DeliveryTrainer, DeliveryTrainers},
    look_store::{self, TrainerRow},
    model::{LicenceState, lack},
    store,
};
use crate::{
    common::{
        error::AppError,
        forms::{Done, FaultKind},
        ids::{DeliveryId, PersonId},
    },
    deliveries::{
        self,
        model::{DeliveryState, TrainerForm},
        service::{id, managed},
    },
    people::rights::{Record, Right, may},
    platform::{context::Ctx, jobs, text},
};

fn licensed(row: &TrainerRow) -> bool {
    row.state == Some(LicenceState::Licensed)
}

/// What is lacking, trainer by trainer, of those who stand there.
fn lacks(rows: &[TrainerRow]) -> Vec<Option<super::model::Lack>> {
    rows.iter()
        .map(|row| {
            let other = rows.iter().any(|it| it.lead && it.person_id != row.person_id && licensed(it));
            lack(row.state, row.lead, other)
        })
        .collect()
}

/// The trainers of a delivery with their licences, and persons with the trainer's role found by name. Four
/// statements.
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
    if form.act != "remove" && store::rule(&mut tx, head.course_id).await?.is_some() {
        let rows = look_store::at_delivery(&mut tx, delivery).await?;
        let state = store::of_person(&mut tx, person, head.course_id).await?.map(|(_, state)| state);
        // The first one leads.
        let leads = form.act == "lead" || rows.is_empty();
        let licensed_lead = rows.iter().any(|row| row.lead && row.person_id != person && licensed(row));
        if let Some(lack) = lack(state, leads, licensed_lead) {
            let name = store::name(&mut tx, person).await?.ok_or(AppError::NotFound)?;
            let state = state.map_or("", LicenceState::code).to_owned();
            return Err(AppError::field("person", FaultKind::Unlicensed { name, lack: lack.code().to_owned(), state }));
        }
    }
    let done = deliveries::service::put_trainer(cx, &mut tx, &head, form).await?;
    // Who is named afterwards as having given it has given it.
    if matches!(head.state, DeliveryState::Delivered | DeliveryState::Reported) {
        jobs::licences_again(cx, &mut tx, delivery).await?;
    }
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
    let over = matches!(head.state, DeliveryState::Delivered | DeliveryState::Reported | DeliveryState::Cancelled);
    if over || store::rule(&mut reader, head.course_id).await?.is_none() {
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
