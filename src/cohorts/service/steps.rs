//! The sequence of a cohort and the places kept for areas and institutions.

use super::{CohortHead, Parts, managed, open, path};
use crate::{
    cohorts::{
        api::{StepDelivery, StepView},
        member_store,
        model::{
            MAX_STEPS, MemberState, StepForm, StepKind,
            places::{self, Quota, Whose},
        },
        store::{self, QuotaRow, StepRow},
    },
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Done, FaultKind, Flash},
        ids::{CohortId, DeliveryId, PersonId, StepId},
    },
    deliveries::service::id,
    enrolment,
    platform::{audit, context::Ctx, db::Tx, jobs},
};

fn edit_path(id: CohortId) -> String {
    format!("{}/edit", path(id))
}

/// The cohort, held until the commit, while its plan may change.
async fn held(cx: &Ctx, tx: &mut Tx, cohort: CohortId) -> Result<CohortHead, AppError> {
    let actor = cx.signed_in()?;
    store::touch(tx, cohort, &actor.name, cx.now()).await?;
    open(cx, tx, cohort).await
}

/// A step, for whoever manages its cohort.
async fn step_of(cx: &Ctx, tx: &mut Tx, step: &str) -> Result<StepRow, AppError> {
    cx.signed_in()?;
    let step = store::step(tx, id(step)?).await?.ok_or(AppError::NotFound)?;
    held(cx, tx, step.cohort_id).await?;
    Ok(step)
}

/// Adds a step at the end of the sequence.
pub async fn add(cx: &Ctx, form: &StepForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let cohort: CohortId = id(&form.cohort)?;
    let step: StepId = id(&form.step_id)?;
    let mut tx = cx.begin().await?;
    held(cx, &mut tx, cohort).await?;
    let mut checks = Checks::default();
    let kind: Option<StepKind> = checks.choice("kind", &form.kind);
    let due_on = checks.date("due_on", &form.due_on);
    let course = store::course(&mut tx, form.course.trim()).await?;
    if course.is_none() {
        let fault = if form.course.trim().is_empty() { FaultKind::Required } else { FaultKind::Choice };
        checks.fault("course", fault);
    }
    if store::step_count(&mut tx, cohort).await? >= MAX_STEPS as i64 {
        checks.fault("course", FaultKind::Number { min: 1, max: MAX_STEPS as i64 });
    }
    checks.finish(())?;
    let (Some(kind), Some(course_id)) = (kind, course) else { return Err(AppError::Internal) };
    let row = StepRow {
        id: step,
        cohort_id: cohort,
        position: 0,
        kind,
        course_id,
        required: form.required == "true",
        due_on,
    };
    match store::add_step(&mut tx, &row).await {
        Ok(()) => {}
        Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
        Err(error) => return Err(error.into()),
    }
    audit::record(cx, &mut tx, "add_step", "cohort", cohort, None, Some(form)).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    // Its deliveries are chosen next.
    Ok(Done::at(format!("{}/steps/{step}", path(cohort)), Flash::Added))
}

/// A step with what may belong to it.
pub async fn view(cx: &Ctx, step: &str, language: &str) -> Result<StepView, AppError> {
    cx.signed_in()?;
    let mut reader = cx.read().await?;
    let row = store::step(&mut reader, id(step)?).await?.ok_or(AppError::NotFound)?;
    let head = managed(cx, &mut reader, row.cohort_id, language).await?;
    let parts = store::parts(&mut reader, head.id, language, cx.now().date_naive()).await?;
    let choices = store::choices(&mut reader, row.id, row.course_id).await?;
    let parts = Parts::of(parts, &[], head.capacity);
    let step = parts.steps.into_iter().find(|step| step.id == row.id).ok_or(AppError::NotFound)?;
    Ok(StepView {
        head,
        step,
        choices: choices
            .into_iter()
            .map(|row| {
                let chosen = row.chosen > 0;
                let it = StepDelivery {
                    id: row.id,
                    title: row.title,
                    state: row.state,
                    starts_on: row.starts_on,
                    ends_on: row.ends_on,
                    date_note: row.date_note,
                    place: String::new(),
                };
                (it, chosen)
            })
            .collect(),
    })
}

/// Changes a step and the deliveries that belong to it.
pub async fn edit(cx: &Ctx, form: &StepForm) -> Result<Done, AppError> {
    let mut tx = cx.begin().await?;
    let step = step_of(cx, &mut tx, &form.step_id).await?;
    let mut checks = Checks::default();
    let due_on = checks.date("due_on", &form.due_on);
    let there = store::may_belong(&mut tx, step.course_id).await?;
    let mut chosen: Vec<DeliveryId> = Vec::new();
    for delivery in form.deliveries.iter().filter(|it| !it.trim().is_empty()) {
        match delivery.trim().parse::<DeliveryId>() {
            Ok(id) if there.contains(&id) => {
                if !chosen.contains(&id) {
                    chosen.push(id);
                }
            }
            _ => checks.fault("deliveries", FaultKind::Choice),
        }
    }
    checks.finish(())?;
    store::set_step(&mut tx, step.id, form.required == "true", due_on).await?;
    store::set_step_deliveries(&mut tx, step.id, &chosen).await?;
    audit::record(cx, &mut tx, "edit_step", "cohort", step.cohort_id, None, Some(form)).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(edit_path(step.cohort_id), Flash::Saved))
}

/// Moves a step up or down, or removes it.
pub async fn place(cx: &Ctx, step: &str, act: &str) -> Result<Done, AppError> {
    let mut tx = cx.begin().await?;
    let step = step_of(cx, &mut tx, step).await?;
    let flash = match act {
        "up" | "down" => {
            if !store::move_step(&mut tx, &step, act == "up").await? {
                return Err(Refusal::AlreadySent.into());
            }
            Flash::Moved
        }
        "remove" => {
            store::remove_step(&mut tx, step.id).await?;
            Flash::Removed
        }
        _ => return Err(AppError::field("act", FaultKind::Choice)),
    };
    let what = (act.to_owned(), step.id);
    audit::record(cx, &mut tx, "place_step", "cohort", step.cohort_id, None, Some(&what)).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(edit_path(step.cohort_id), flash))
}

/// Gives everybody who is selected a place in a delivery of a step, but who trains there: all who have none
/// yet, or nobody where there are too few. The step's page says how many.
pub async fn enrol(cx: &Ctx, step: &str, delivery: &str) -> Result<Done, AppError> {
    cx.signed_in()?;
    let delivery: DeliveryId = id(delivery)?;
    let mut reader = cx.read().await?;
    let step = store::step(&mut reader, id(step)?).await?.ok_or(AppError::NotFound)?;
    let head = managed(cx, &mut reader, step.cohort_id, "en").await?;
    let belongs =
        store::choices(&mut reader, step.id, step.course_id).await?.iter().any(|it| it.id == delivery && it.chosen > 0);
    if !belongs || step.kind != StepKind::Attend {
        return Err(AppError::NotFound);
    }
    if !head.state.takes_people() {
        return Err(Refusal::WrongState.into());
    }
    let people: Vec<PersonId> = member_store::members(&mut reader, head.id, "en", cx.now().date_naive())
        .await?
        .into_iter()
        .filter(|row| row.state == MemberState::Selected)
        .map(|row| row.person_id)
        .collect();
    drop(reader);
    if people.is_empty() {
        return Err(AppError::field("people", FaultKind::Required));
    }
    // Asks for the right to manage the delivery itself, and takes the places under its lock.
    let put = enrolment::service::enrol_group(cx, delivery, people).await?;
    let counts = format!("added={}&held={}&train={}", put.added, put.held, put.train);
    Ok(Done::quietly(format!("{}/steps/{}?{counts}", path(head.id), step.id)))
}

/// Keeps places for an area or an institution; none takes the quota away. Nobody who is selected loses
/// the place by it.
pub async fn set_quota(cx: &Ctx, cohort: &str, whose: &str, wanted: &str) -> Result<Done, AppError> {
    cx.signed_in()?;
    let cohort: CohortId = id(cohort)?;
    let mut tx = cx.begin().await?;
    let head = held(cx, &mut tx, cohort).await?;
    let mut checks = Checks::default();
    let places = checks.number("places", wanted, 0, head.capacity);
    let whose_read = Whose::parse(whose);
    if whose_read.is_none() {
        checks.fault("whose", if whose.trim().is_empty() { FaultKind::Required } else { FaultKind::Choice });
    }
    checks.finish(())?;
    let Some(whose) = whose_read else { return Err(AppError::Internal) };
    let rows = store::quotas(&mut tx, cohort).await?;
    let stands = rows.iter().find(|row| super::quota(row).is_some_and(|quota| quota.whose == whose));
    let mut after: Vec<Quota> = rows.iter().filter_map(super::quota).filter(|quota| quota.whose != whose).collect();
    if places > 0 {
        after.push(Quota { whose: whose.clone(), places });
    }
    let selected = super::selected(&mut tx, cohort).await?;
    if !places::suits(head.capacity, &after, &selected) {
        let sum: i64 = after.iter().map(|quota| quota.places).sum();
        let kind = if sum > head.capacity {
            FaultKind::Number { min: 0, max: head.capacity - (sum - places) }
        } else {
            let of_them = places::pot(&after, &origin_of(&whose)).map_or(0, |n| places::taken(&after, &selected).0[n]);
            FaultKind::BelowUsed { used: of_them.max(places + 1) }
        };
        return Err(AppError::field("places", kind));
    }
    match (stands, places) {
        (Some(row), 0) => store::remove_quota(&mut tx, row.id).await?,
        (Some(row), _) => store::set_quota(&mut tx, row.id, places).await?,
        (None, 0) => return Err(AppError::field("places", FaultKind::Number { min: 1, max: head.capacity })),
        (None, _) => {
            let (area_code, institution_id) = match &whose {
                Whose::Area(code) => (Some(code.clone()), None),
                Whose::Institution(id) => (None, Some(*id)),
            };
            let row = QuotaRow { id: cx.app.id(), area_code, institution_id, places };
            match store::add_quota(&mut tx, cohort, &row).await {
                Ok(()) => {}
                Err(error) if error.is_constraint_violation() => {
                    return Err(AppError::field("whose", FaultKind::Choice));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    audit::record(cx, &mut tx, "quota", "cohort", cohort, None, Some(&(whose, places))).await?;
    tx.commit().await?;
    Ok(Done::at(edit_path(cohort), Flash::Saved))
}

fn origin_of(whose: &Whose) -> places::Origin {
    match whose {
        Whose::Area(code) => places::Origin { institution: None, area: Some(code.clone()) },
        Whose::Institution(id) => places::Origin { institution: Some(*id), area: None },
    }
}
