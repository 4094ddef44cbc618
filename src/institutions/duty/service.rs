//! The duties of continuing education of an area, and their upkeep.

use super::{
    api::Duties,
    model::{Duty, DutyForm, Term},
    store,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Conflict, Done, FaultKind, Flash},
        ids::{DutyId, InstitutionId},
    },
    institutions::{
        model::{Area, InstitutionKind, InstitutionLine, name_at},
        store::{self as institutions, AreaRow},
    },
    people::rights::{Record, Right, demand, may},
    platform::{audit, context::Ctx, db::Handle},
};
use chrono::Datelike;

/// Whether the administrators of an institution may set the duties of an area: it must stand there,
/// and be a school of the professions, a council or a ministry.
pub fn speaks_for(line: &InstitutionLine, area: &str) -> bool {
    use InstitutionKind::{Council, JudicialTraining, LawEnforcementTraining, Ministry};
    line.area_code == area && matches!(line.kind, JudicialTraining | LawEnforcementTraining | Council | Ministry)
}

/// Whether who asks may set the duties of an area whose `keepers` these are.
pub fn may_set(cx: &Ctx, keepers: impl IntoIterator<Item = InstitutionId>) -> bool {
    let may = |institution| may(cx.actor.as_ref(), Right::EditInstitution, Record::of(institution));
    may(None) || keepers.into_iter().any(|id| may(Some(id)))
}

/// An area, for who may set its duties.
async fn kept(cx: &Ctx, h: &mut impl Handle, code: &str) -> Result<AreaRow, AppError> {
    cx.signed_in()?;
    let area = institutions::area(h, code).await?.ok_or(AppError::NotFound)?;
    if !may_set(cx, store::keepers(h, code).await?) {
        demand(cx.actor.as_ref(), Right::EditInstitution, Record::default())?;
    }
    Ok(area)
}

/// The duties of an area, for who may set them. Four statements.
pub async fn view(cx: &Ctx, code: &str, language: &str) -> Result<Duties, AppError> {
    let mut reader = cx.read().await?;
    let row = kept(cx, &mut reader, code).await?;
    let names = institutions::names_of(&mut reader, code).await?;
    let today = cx.now().date_naive();
    Ok(Duties {
        duties: store::of_area(&mut reader, code).await?,
        area: Area {
            name: name_at(&names, code, language, today),
            code: row.code,
            project_area: row.project_area,
            footnote: row.footnote,
        },
        new: cx.app.id(),
        year: today.year().into(),
    })
}

fn path(area: &str) -> String {
    format!("/areas/{area}/duties")
}

/// Saves a duty, new or changed.
pub async fn save(cx: &Ctx, form: &DutyForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let area = kept(cx, &mut tx, &form.area).await?;
    let id: DutyId = form.id.parse().map_err(|_| AppError::NotFound)?;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let there = store::of_area(&mut tx, &area.code).await?;
    let stands = there.iter().find(|duty| duty.id == id);
    let others: Vec<Term> = there.iter().filter(|duty| duty.id != id).map(|duty| duty.term.clone()).collect();
    let term = form.check(&area.code, &others)?;
    let taken = || AppError::field("from_year", FaultKind::Taken);
    let (flash, before) = match (version, stands) {
        (0, Some(_)) => return Err(Refusal::AlreadySent.into()),
        (0, None) => match store::add(&mut tx, id, &term, &actor.name, cx.now()).await {
            // Somebody else added it just now.
            Err(error) if error.is_unique_violation() => return Err(taken()),
            other => {
                other?;
                (Flash::Added, None)
            }
        },
        (_, None) => return Err(AppError::NotFound),
        (_, Some(stands)) => match store::update(&mut tx, id, version, &term, &actor.name, cx.now()).await {
            Ok(true) => (Flash::Saved, Some(&stands.term)),
            Ok(false) => {
                let by = store::last_editor(&mut tx, id).await?;
                return Err(AppError::Conflict(Box::new(conflict(form, stands, &by))));
            }
            Err(error) if error.is_unique_violation() => return Err(taken()),
            Err(error) => return Err(error.into()),
        },
    };
    audit::record(cx, &mut tx, "set_duty", "area", &area.code, before, Some(&term)).await?;
    tx.commit().await?;
    Ok(Done::at(path(&area.code), flash))
}

fn conflict(form: &DutyForm, stands: &Duty, by: &str) -> Conflict {
    let term = &stands.term;
    Conflict::between(
        by,
        stands.version,
        &[
            ("profession", &form.profession, term.profession.code().to_owned()),
            ("from_year", &form.from_year, term.from_year.to_string()),
            ("hours", &form.hours, term.hours.to_string()),
            ("source", &form.source, term.source.clone()),
        ],
    )
}

/// Removes a duty that was entered by mistake; one that ended gets a successor of no hours.
pub async fn remove(cx: &Ctx, area: &str, id: &str, version: &str) -> Result<Done, AppError> {
    let mut tx = cx.begin().await?;
    let area = kept(cx, &mut tx, area).await?;
    let id: DutyId = id.parse().map_err(|_| AppError::NotFound)?;
    let version: i64 = version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let stands = store::by_id(&mut tx, id, &area.code).await?.ok_or(AppError::NotFound)?;
    if !store::remove(&mut tx, id, version).await? {
        let by = store::last_editor(&mut tx, id).await?;
        return Err(AppError::Conflict(Box::new(Conflict::between(&by, stands.version, &[]))));
    }
    audit::record(cx, &mut tx, "remove_duty", "area", &area.code, Some(&stands.term), None).await?;
    tx.commit().await?;
    Ok(Done::at(path(&area.code), Flash::Removed))
}
