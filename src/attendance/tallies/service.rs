//! Counts of people without names: entering, proving and confirming them.

use super::{
    api::{Evidence, Step, TallyEdit, TallyLine, TallyList, TallyPage},
    evidence::EVIDENCE_MAX_MIB,
    model::{Act, Choices, Counted, Given, Standing, TallyForm, TallyState},
    store::{self, TallyRow},
};
use crate::{
    attendance::model::NOTE_MAX,
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Conflict, Done, FaultKind, Flash},
        ids::{DeliveryId, InstitutionId, TallyId},
    },
    deliveries::{
        model::{DeliveryHead, DeliveryState},
        service::managed,
        store as deliveries,
    },
    institutions::{self, model::KOSOVO},
    people::{
        model::Actor,
        rights::{Record, Right, demand, demand_somewhere, may, may_everywhere},
    },
    platform::{
        audit,
        context::Ctx,
        db::{Handle, Tx},
    },
};
use uuid::Uuid;

/// The page of a count.
pub(super) fn path(id: TallyId) -> String {
    format!("/counts/{id}")
}

/// The id in an address; what is none leads nowhere.
pub(super) fn id(text: &str) -> Result<TallyId, AppError> {
    text.trim().parse().map_err(|_| AppError::NotFound)
}

/// Who may enter counts for some institution.
pub(super) fn counting(cx: &Ctx) -> Result<&Actor, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::ManageDelivery)?;
    Ok(actor)
}

/// The count, for who manages its institution's deliveries.
pub(super) async fn own(cx: &Ctx, h: &mut impl Handle, id: TallyId, language: &str) -> Result<TallyRow, AppError> {
    let actor = counting(cx)?;
    let row = store::one(h, id, language).await?.ok_or(AppError::NotFound)?;
    demand(Some(actor), Right::ManageDelivery, Record::of(Some(row.institution_id)))?;
    Ok(row)
}

/// The count, held until the transaction ends: nobody else does anything to it meanwhile. Its version has
/// grown by one already.
pub(super) async fn held(cx: &Ctx, tx: &mut Tx, id: TallyId) -> Result<TallyRow, AppError> {
    own(cx, tx, id, "en").await?;
    store::hold(tx, id).await?;
    own(cx, tx, id, "en").await
}

fn line(row: TallyRow) -> TallyLine {
    let place: Vec<String> = [row.place, row.area_name].into_iter().filter(|part| !part.is_empty()).collect();
    TallyLine {
        id: row.id,
        title: row.title,
        institution: (row.institution_name, row.institution_slug),
        delivery: row.delivery_id,
        course: row.course_title,
        place: place.join(", "),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        projects: row.projects.unwrap_or_default(),
        total: row.total,
        state: row.state,
        evidence: row.evidence,
        entered: (row.entered_by_name, row.entered_at.date_naive()),
        verified: row.verified_at.map(|at| (row.verified_by_name, at.date_naive())),
        footnote: row.area_code == KOSOVO,
    }
}

/// The counts that somebody may see, a page of them. Two statements.
pub async fn list(
    cx: &Ctx,
    language: &str,
    institution: &str,
    state: &str,
    before: &str,
) -> Result<TallyList, AppError> {
    let actor = counting(cx)?;
    let scope = (may_everywhere(Some(actor), Right::ManageDelivery), actor.person_id);
    let before = before.parse().unwrap_or(Uuid::max());
    let mut reader = cx.read().await?;
    let mut rows = store::list(&mut reader, language, scope, (institution, state), before).await?;
    let more = rows.len() > store::PAGE;
    rows.truncate(store::PAGE);
    let institutions = store::institutions(&mut reader, scope.0, scope.1).await?;
    Ok(TallyList {
        next: rows.last().filter(|_| more).map(|row| row.id.to_string()),
        lines: rows.into_iter().map(line).collect(),
        institutions: institutions.into_iter().map(|(_, name, slug, _)| (slug, name)).collect(),
    })
}

/// A count with its evidence and history. Four statements.
pub async fn view(cx: &Ctx, tally: &str, language: &str) -> Result<TallyPage, AppError> {
    let actor = counting(cx)?;
    let mut reader = cx.read().await?;
    let row = own(cx, &mut reader, id(tally)?, language).await?;
    let heads = store::named_lines(&mut reader, row.id, language).await?;
    let evidence = store::evidence(&mut reader, row.id).await?;
    let steps = store::steps(&mut reader, row.id).await?;
    let officer = may(Some(actor), Right::VerifyCounts, Record::default());
    let footnote = heads.iter().any(|(code, ..)| code == KOSOVO);
    let (version, by) = (row.version, row.entered_by);
    let mut head = line(row);
    head.footnote |= footnote;
    Ok(TallyPage {
        head,
        version,
        heads: heads.into_iter().map(|(_, profession, sex, people, area)| (area, profession, sex, people)).collect(),
        evidence: evidence
            .into_iter()
            .map(|it| Evidence {
                id: it.id,
                title: it.title,
                name: it.name,
                size: it.size,
                sha256: it.sha256,
                added: (it.added_by_name, it.added_at.date_naive()),
                withdrawn: it.withdrawn_at.map(|at| {
                    (it.withdrawn_by_name.unwrap_or_default(), at.date_naive(), it.withdrawn_reason.unwrap_or_default())
                }),
            })
            .collect(),
        steps: steps
            .into_iter()
            .rev()
            .map(|it| Step { act: it.act, total: it.total, note: it.note, by: it.by_name, on: it.at.date_naive() })
            .collect(),
        may_verify: officer && by != actor.person_id,
        officer,
        max_mib: EVIDENCE_MAX_MIB.min(cx.app.settings.max_upload_mib),
    })
}

/// Our delivery, if its people may be counted as a whole: one that keeps no names and has begun.
async fn countable(cx: &Ctx, h: &mut impl Handle, text: &str) -> Result<DeliveryHead, AppError> {
    let delivery: DeliveryId = text.trim().parse().map_err(|_| AppError::NotFound)?;
    let head = managed(cx, h, delivery).await?;
    let begun = matches!(head.state, DeliveryState::Running | DeliveryState::Delivered | DeliveryState::Reported);
    if head.sealed && begun { Ok(head) } else { Err(AppError::NotFound) }
}

/// The form of a new count: of one of our deliveries, or (`of` is empty) of one held elsewhere.
pub async fn for_new(cx: &Ctx, of: &str, area: &str, language: &str) -> Result<TallyEdit, AppError> {
    let actor = counting(cx)?;
    let mut reader = cx.read().await?;
    let mut form = TallyForm { version: "0".into(), ..TallyForm::default() };
    let mut heads = Vec::new();
    let mut delivery = None;
    if !of.is_empty() {
        let head = countable(cx, &mut reader, of).await?;
        heads = store::fullest(&mut reader, head.id).await?;
        form.area = head.area_code.clone().unwrap_or_default();
        form.delivery = head.id.to_string();
        delivery = Some((head.id, head.title));
    }
    let edit = edit(cx, &mut reader, actor, form, heads, delivery, area, language).await?;
    Ok(TallyEdit { id: cx.app.id(), ..edit })
}

/// The form of a count that stands.
pub async fn for_edit(cx: &Ctx, tally: &str, area: &str, language: &str) -> Result<TallyEdit, AppError> {
    let actor = counting(cx)?;
    let mut reader = cx.read().await?;
    let row = own(cx, &mut reader, id(tally)?, language).await?;
    if row.state == TallyState::Withdrawn {
        return Err(AppError::NotFound);
    }
    let heads = store::lines(&mut reader, row.id).await?;
    let payers = store::payers(&mut reader, row.id).await?;
    let form = TallyForm {
        id: row.id.to_string(),
        version: row.version.to_string(),
        delivery: row.delivery_id.map(|id| id.to_string()).unwrap_or_default(),
        institution: row.institution_id.to_string(),
        course: row.course_id.map(|id| id.to_string()).unwrap_or_default(),
        title: row.title.clone(),
        area: row.area_code.clone(),
        place: row.place.clone(),
        starts_on: row.starts_on.to_string(),
        ends_on: row.ends_on.to_string(),
        projects: payers.iter().map(ToString::to_string).collect(),
        ..TallyForm::default()
    };
    let delivery = row.delivery_id.map(|id| (id, row.title.clone()));
    let edit = edit(cx, &mut reader, actor, form, heads, delivery, area, language).await?;
    Ok(TallyEdit { id: row.id, version: row.version, proposed: false, ..edit })
}

#[expect(clippy::too_many_arguments, reason = "what the two forms have in common")]
async fn edit(
    cx: &Ctx,
    h: &mut impl Handle,
    actor: &Actor,
    mut form: TallyForm,
    heads: Vec<crate::attendance::counts::model::Heads>,
    delivery: Option<(DeliveryId, String)>,
    area: &str,
    language: &str,
) -> Result<TallyEdit, AppError> {
    let all = may_everywhere(Some(actor), Right::ManageDelivery);
    let institutions = store::institutions(h, all, actor.person_id).await?;
    if form.area.is_empty() && !all {
        form.area = institutions.first().map(|(.., area)| area.clone()).unwrap_or_default();
    }
    let areas = institutions::service::areas(cx, h, language).await?;
    let mut counted: Vec<String> = heads.iter().map(|it| it.area_code.clone()).collect();
    counted.extend([form.area.clone(), area.to_owned()]);
    counted.sort();
    counted.dedup();
    counted.retain(|code| areas.iter().any(|area| area.code == *code));
    // Somewhere people must come from.
    if counted.is_empty() {
        counted.extend(areas.iter().find(|area| area.project_area).or(areas.first()).map(|area| area.code.clone()));
    }
    Ok(TallyEdit {
        id: TallyId(Uuid::nil()),
        version: 0,
        institutions: institutions.into_iter().map(|(id, name, ..)| (id, name)).collect(),
        courses: store::courses(h, language).await?,
        projects: deliveries::projects(h).await?,
        footnote: counted.iter().any(|code| code == KOSOVO),
        areas: areas.into_iter().map(|area| (area.code, area.name)).collect(),
        proposed: delivery.is_some() && !heads.is_empty(),
        counted,
        form,
        heads,
        delivery,
    })
}

/// Enters a count, or changes one, which is unverified from then on.
pub async fn save(cx: &Ctx, form: &TallyForm) -> Result<Done, AppError> {
    let actor = counting(cx)?;
    let malformed = || AppError::field("", FaultKind::Malformed);
    let tally: TallyId = form.id.trim().parse().map_err(|_| malformed())?;
    let version: i64 = form.version.trim().parse().map_err(|_| malformed())?;
    let today = cx.now().date_naive();
    let mut tx = cx.begin().await?;
    let stands = if version == 0 { None } else { Some(held(cx, &mut tx, tally).await?) };
    if let Some(row) = stands.as_ref().filter(|row| row.version - 1 != version) {
        return Err(conflict(row));
    }
    let areas: Vec<String> = institutions::store::areas(&mut tx).await?.into_iter().map(|area| area.code).collect();
    let courses: Vec<_> = store::courses(&mut tx, "en").await?.into_iter().map(|(id, _)| id).collect();
    let projects: Vec<_> = deliveries::projects(&mut tx).await?.into_iter().map(|(id, _)| id).collect();
    let there = Choices { areas: &areas, courses: &courses, projects: &projects, today };
    let of = match &stands {
        Some(row) => row.delivery_id.map(|id| id.to_string()).unwrap_or_default(),
        None => form.delivery.clone(),
    };
    let (delivery, mut counted) = if of.is_empty() {
        (None, form.check(&there)?)
    } else {
        let head = countable(cx, &mut tx, &of).await?;
        (Some(head.id), of_delivery(&head, form, &areas, today)?)
    };
    match &stands {
        Some(row) => counted.given.institution = row.institution_id,
        None => {
            let host = Record::of(Some(counted.given.institution));
            demand(Some(actor), Right::ManageDelivery, host)?;
            if institutions::store::by_id(&mut tx, counted.given.institution).await?.is_none() {
                return Err(AppError::field("institution", FaultKind::Choice));
            }
        }
    }
    let by = (actor.person_id, actor.name.as_str(), cx.now());
    let act = match &stands {
        Some(row) => {
            row.state.after(Act::Change, Standing { evidence: row.evidence, own: true })?;
            store::change(&mut tx, tally, &counted.given, counted.total(), by).await?;
            Act::Change
        }
        None => {
            if let Some(delivery) = delivery
                && store::of_delivery(&mut tx, delivery).await?.is_some_and(|there| there != tally)
            {
                return Err(Refusal::CountedAlready.into());
            }
            match store::add(&mut tx, tally, delivery, &counted.given, counted.total(), by).await {
                Ok(()) => {}
                Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
                Err(error) => return Err(error.into()),
            }
            Act::Enter
        }
    };
    store::set_lines(&mut tx, tally, &counted.heads, &counted.projects).await?;
    step(cx, &mut tx, tally, act, counted.total(), "").await?;
    audit::record(cx, &mut tx, act.code(), "tally", tally, None, Some(&counted)).await?;
    tx.commit().await?;
    Ok(Done::at(path(tally), if act == Act::Enter { Flash::Created } else { Flash::Saved }))
}

/// What is counted of one of our deliveries: its record says the rest.
fn of_delivery(
    head: &DeliveryHead,
    form: &TallyForm,
    areas: &[String],
    today: chrono::NaiveDate,
) -> Result<Counted, AppError> {
    let host: Option<InstitutionId> = head.host_id.or_else(|| form.institution.trim().parse().ok());
    let institution = host.ok_or_else(|| AppError::field("institution", FaultKind::Required))?;
    let area = head.area_code.clone().unwrap_or_else(|| form.area.trim().to_owned());
    if !areas.contains(&area) {
        return Err(AppError::field("area", FaultKind::Choice));
    }
    let starts_on = head.starts_on.unwrap_or(today);
    let given = Given {
        institution,
        course: Some(head.course_id),
        title: head.title.clone(),
        area,
        place: head.place.clone(),
        starts_on,
        ends_on: head.ends_on.unwrap_or(starts_on),
    };
    // Who pays stands with the delivery.
    Ok(Counted { given, projects: Vec::new(), heads: form.heads(areas)? })
}

fn conflict(row: &TallyRow) -> AppError {
    AppError::Conflict(Box::new(Conflict {
        by: row.entered_by_name.clone(),
        version: row.version - 1,
        theirs: vec![("people".to_owned(), row.total.to_string())],
    }))
}

/// Keeps what is done to a count.
pub(super) async fn step(
    cx: &Ctx,
    tx: &mut Tx,
    tally: TallyId,
    act: Act,
    total: i64,
    note: &str,
) -> Result<(), AppError> {
    let by = cx.signed_in()?.name.as_str();
    store::add_step(tx, cx.app.entropy.uuid(cx.now()), tally, (act, total, note), (by, cx.now())).await?;
    Ok(())
}

/// Who confirms counts.
fn officer(cx: &Ctx) -> Result<&Actor, AppError> {
    let actor = cx.signed_in()?;
    demand(Some(actor), Right::VerifyCounts, Record::default())?;
    Ok(actor)
}

/// Confirms a count, just as it was read, from the evidence.
pub async fn verify(cx: &Ctx, tally: &str, version: &str, sure: &str) -> Result<Done, AppError> {
    let actor = officer(cx)?;
    let tally = id(tally)?;
    let version: i64 = version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let row = held(cx, &mut tx, tally).await?;
    if sure != "true" {
        return Err(AppError::field("sure", FaultKind::Required));
    }
    if row.version - 1 != version {
        return Err(conflict(&row));
    }
    let standing = Standing { evidence: row.evidence, own: row.entered_by == actor.person_id };
    let state = row.state.after(Act::Verify, standing)?;
    store::set_state(&mut tx, tally, state, Some((&actor.name, cx.now()))).await?;
    step(cx, &mut tx, tally, Act::Verify, row.total, "").await?;
    audit::record(cx, &mut tx, "verify", "tally", tally, Some(&row.state), Some(&state)).await?;
    tx.commit().await?;
    Ok(Done::at(path(tally), Flash::StateChanged))
}

/// A reason that must be given.
pub(super) fn because(reason: &str) -> Result<String, AppError> {
    let mut checks = Checks::default();
    let reason = checks.required_line("reason", reason, NOTE_MAX);
    checks.finish(reason)
}

/// Takes a confirmation back, for a reason.
pub async fn doubt(cx: &Ctx, tally: &str, reason: &str) -> Result<Done, AppError> {
    officer(cx)?;
    end(cx, id(tally)?, Act::Doubt, reason).await
}

/// Withdraws a count, for a reason; it leaves every total.
pub async fn withdraw(cx: &Ctx, tally: &str, reason: &str) -> Result<Done, AppError> {
    end(cx, id(tally)?, Act::Withdraw, reason).await
}

async fn end(cx: &Ctx, tally: TallyId, act: Act, reason: &str) -> Result<Done, AppError> {
    let mut tx = cx.begin().await?;
    let row = held(cx, &mut tx, tally).await?;
    let reason = because(reason)?;
    let state = row.state.after(act, Standing { evidence: row.evidence, own: false })?;
    store::set_state(&mut tx, tally, state, None).await?;
    step(cx, &mut tx, tally, act, row.total, &reason).await?;
    audit::record(cx, &mut tx, act.code(), "tally", tally, Some(&row.state), Some(&state)).await?;
    tx.commit().await?;
    Ok(Done::at(path(tally), Flash::StateChanged))
}
