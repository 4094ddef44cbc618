//! The directory of institutions and its upkeep.

use super::{
    api::{AreaLine, AreaView, Directory, InstitutionEdit, InstitutionView},
    duty,
    model::{Area, Institution, InstitutionForm, former_names, name_at},
    store,
};
use crate::{
    common::{
        error::AppError,
        forms::{Conflict, Done, FaultKind, Flash},
        ids::InstitutionId,
    },
    people::rights::{Record, Right, demand, may},
    platform::{audit, context::Ctx, db::Handle, text},
};
use chrono::Datelike;

/// All areas with their names today.
pub async fn areas(cx: &Ctx, h: &mut impl Handle, language: &str) -> Result<Vec<Area>, AppError> {
    let names = store::area_names(h).await?;
    let today = cx.now().date_naive();
    let mut areas: Vec<Area> = store::areas(h)
        .await?
        .into_iter()
        .map(|row| Area {
            name: name_at(&names, &row.code, language, today),
            code: row.code,
            project_area: row.project_area,
            footnote: row.footnote,
        })
        .collect();
    areas.sort_by_cached_key(|area| text::fold(&area.name));
    Ok(areas)
}

/// All areas with what there is in each.
pub async fn area_lines(cx: &Ctx, language: &str) -> Result<Vec<AreaLine>, AppError> {
    let mut reader = cx.read().await?;
    let areas = areas(cx, &mut reader, language).await?;
    let counts = store::institution_counts(&mut reader).await?;
    Ok(areas
        .into_iter()
        .map(|area| AreaLine {
            institutions: counts.iter().find(|(code, _)| *code == area.code).map_or(0, |(_, count)| *count),
            area,
        })
        .collect())
}

/// An area's page.
pub async fn area(cx: &Ctx, code: &str, language: &str) -> Result<AreaView, AppError> {
    let mut reader = cx.read().await?;
    let row = store::area(&mut reader, code).await?.ok_or(AppError::NotFound)?;
    let names = store::names_of(&mut reader, code).await?;
    let today = cx.now().date_naive();
    let institutions = store::lines_in(&mut reader, code).await?;
    let terms: Vec<_> = duty::store::of_area(&mut reader, code).await?.into_iter().map(|duty| duty.term).collect();
    let keepers = institutions.iter().filter(|line| duty::service::speaks_for(line, code)).map(|line| line.id);
    Ok(AreaView {
        duties: duty::model::to_show(&terms, today.year().into()),
        may_set_duties: duty::service::may_set(cx, keepers),
        area: Area {
            name: name_at(&names, code, language, today),
            code: row.code,
            project_area: row.project_area,
            footnote: row.footnote,
        },
        languages: row.languages,
        convention_deposit: row.convention_deposit,
        convention_in_force: row.convention_in_force,
        former_names: former_names(&names, code, language, today),
        institutions,
    })
}

/// The directory by area.
pub async fn directory(cx: &Ctx, language: &str) -> Result<Directory, AppError> {
    let mut reader = cx.read().await?;
    let areas = areas(cx, &mut reader, language).await?;
    let institutions = store::lines(&mut reader).await?;
    Ok(Directory { areas, institutions })
}

/// An institution's page.
pub async fn view(cx: &Ctx, slug: &str, language: &str) -> Result<InstitutionView, AppError> {
    let mut reader = cx.read().await?;
    let institution = store::by_slug(&mut reader, slug).await?.ok_or(AppError::NotFound)?;
    let areas = areas(cx, &mut reader, language).await?;
    let served = store::served_areas(&mut reader, institution.id).await?;
    Ok(InstitutionView {
        may_edit: may(cx.actor.as_ref(), Right::EditInstitution, Record::of(Some(institution.id))),
        area: areas.iter().find(|area| area.code == institution.area_code).cloned().ok_or(AppError::Internal)?,
        serves: areas.into_iter().filter(|area| served.contains(&area.code)).collect(),
        former_names: store::former_names(&mut reader, institution.id).await?,
        institution,
    })
}

/// The record to edit.
pub async fn for_edit(cx: &Ctx, slug: &str) -> Result<InstitutionEdit, AppError> {
    cx.signed_in()?;
    let institution = store::by_slug(&mut cx.read().await?, slug).await?.ok_or(AppError::NotFound)?;
    demand(cx.actor.as_ref(), Right::EditInstitution, Record::of(Some(institution.id)))?;
    Ok(InstitutionEdit { institution })
}

/// Saves what an administrator changed.
pub async fn edit(cx: &Ctx, form: &InstitutionForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let id: InstitutionId = form.id.parse().map_err(|_| AppError::NotFound)?;
    demand(Some(actor), Right::EditInstitution, Record::of(Some(id)))?;
    let version: i64 = form.version.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;

    let mut tx = cx.begin().await?;
    let stands = store::by_id(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let changed = form.apply(&stands)?;
    if !store::update(&mut tx, &changed, &text::fold(&changed.name), version, &actor.name, cx.now()).await? {
        return Err(AppError::Conflict(Box::new(conflict(form, &stands))));
    }
    audit::record(cx, &mut tx, "edit", "institution", id, Some(&stands), Some(&changed)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/institutions/{}", stands.slug), Flash::Saved))
}

fn conflict(form: &InstitutionForm, stands: &Institution) -> Conflict {
    let risk_letters = if form.risk_letters.is_empty() { stands.risk_letters.code() } else { &form.risk_letters };
    let excused = if form.excused.is_empty() { stands.excused.code() } else { &form.excused };
    Conflict::between(
        &stands.updated_by,
        stands.version,
        &[
            ("name", &form.name, stands.name.clone()),
            ("about", &form.about, stands.about.clone()),
            ("address", &form.address, stands.address.clone()),
            ("email", &form.email, stands.email.clone()),
            ("phone", &form.phone, stands.phone.clone()),
            ("website", &form.website, stands.website.clone()),
            ("languages", &form.languages, stands.languages.replace(';', " ")),
            (
                "attendance_percent",
                &form.attendance_percent,
                stands.attendance_percent.map_or_else(String::new, |share| share.to_string()),
            ),
            ("excused", excused, stands.excused.code().to_owned()),
            ("risk_letters", risk_letters, stands.risk_letters.code().to_owned()),
        ],
    )
}
