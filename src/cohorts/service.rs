//! Cohorts: lists, pages, forms and states.

pub mod leaving;
pub mod members;
mod shown;
pub mod steps;

use super::{
    api::{CohortChoices, CohortList, CohortStep, CohortView, MemberLine},
    letters::{self, Occasion},
    member_store::{self, MemberRow},
    model::{
        CohortForm, CohortHead, CohortPlan, CohortState, CohortStateForm, MemberState,
        places::{self, Origin, Quota, Whose},
    },
    store::{self, Of, Wanted},
};
use crate::{
    common::{
        actor::Actor,
        error::{AppError, Refusal},
        forms::{Checks, Conflict, Done, FaultKind, Flash},
        ids::{CohortId, ProjectId},
    },
    deliveries::{service::id, store as deliveries},
    institutions::{self, model::KOSOVO},
    people::rights::{Record, Right, demand, demand_somewhere, may, may_everywhere, may_somewhere, require},
    platform::{audit, context::Ctx, db::Handle, jobs},
};
use shown::{Parts, lines};
use uuid::Uuid;

/// Cohorts on a page of the list.
const PAGE: usize = 30;

/// The page of a cohort.
pub fn path(id: CohortId) -> String {
    format!("/cohorts/{id}")
}

fn manages(actor: &Actor, head: &CohortHead) -> bool {
    may(Some(actor), Right::ManageDelivery, Record::of(head.host_id))
}

/// Whether somebody may put people forward now: who manages the cohort, and institutions' administrators
/// for their own people.
fn proposes(actor: &Actor, head: &CohortHead) -> bool {
    head.state.takes_people() && may_everywhere(Some(actor), Right::ProposeMembers)
}

/// The cohort, for whoever manages it.
async fn managed(cx: &Ctx, h: &mut impl Handle, id: CohortId, language: &str) -> Result<CohortHead, AppError> {
    let actor = cx.signed_in()?;
    let head = store::head(h, id, language, actor.person_id).await?.ok_or(AppError::NotFound)?;
    demand(Some(actor), Right::ManageDelivery, Record::of(head.host_id))?;
    Ok(head)
}

/// The cohort, for whoever manages it, while its plan may change.
async fn open(cx: &Ctx, h: &mut impl Handle, id: CohortId) -> Result<CohortHead, AppError> {
    let head = managed(cx, h, id, "en").await?;
    if head.state.is_open() { Ok(head) } else { Err(Refusal::WrongState.into()) }
}

/// Cohorts that who looks manages, may propose people for, belongs to or mentors in.
pub async fn list(cx: &Ctx, state: &str, before: &str, language: &str) -> Result<CohortList, AppError> {
    let actor = cx.signed_in()?;
    let wanted = Wanted {
        language,
        viewer: actor.person_id,
        all: may_everywhere(Some(actor), Right::ManageDelivery),
        state: state.parse::<CohortState>().map_or("", CohortState::code),
        before: before.parse().unwrap_or(CohortId(Uuid::max())),
    };
    let mut cohorts = store::list(&mut cx.read().await?, &wanted).await?;
    let more = cohorts.len() > PAGE;
    cohorts.truncate(PAGE);
    Ok(CohortList {
        next: cohorts.last().filter(|_| more).map(|last| last.id),
        cohorts,
        may_make: may_somewhere(Some(actor), Right::ManageDelivery),
    })
}

/// The cohorts of a project or a delivery that who looks may see.
pub async fn of(cx: &Ctx, kind: &str, key: &str, language: &str) -> Result<Vec<CohortHead>, AppError> {
    let actor = cx.signed_in()?;
    let of = match kind {
        "project" => Of::Project(key),
        "delivery" => Of::Delivery(id(key)?),
        _ => return Err(AppError::NotFound),
    };
    let wanted = Wanted {
        language,
        viewer: actor.person_id,
        all: may_everywhere(Some(actor), Right::ManageDelivery),
        state: "",
        before: CohortId(Uuid::max()),
    };
    Ok(store::of(&mut cx.read().await?, of, &wanted).await?)
}

/// A cohort's page, as far as who looks may see it. Five statements, however many members and steps, and one
/// more for who has a place in it.
pub async fn view(cx: &Ctx, cohort: &str, language: &str) -> Result<CohortView, AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let head = store::head(&mut reader, id(cohort)?, language, actor.person_id).await?.ok_or(AppError::NotFound)?;
    let may_manage = manages(actor, &head);
    let may_propose = proposes(actor, &head);
    let today = cx.now().date_naive();
    let rows = member_store::members(&mut reader, head.id, language, today).await?;
    looks(actor, &head, &rows)?;
    let parts = store::parts(&mut reader, head.id, language, head.starts_on.unwrap_or(today)).await?;
    let facts = member_store::facts(&mut reader, head.id).await?;
    let shown = Parts::of(parts, &rows, head.capacity);
    let all = lines(actor, &rows, &shown.steps, facts, today);
    let coming = match head.own {
        Some(_) => leaving::coming(cx, &mut reader, head.id, actor.person_id).await?,
        None => Vec::new(),
    };
    let fellows = if head.own == Some(MemberState::Selected) && !may_manage {
        rows.iter()
            .filter(|row| row.state == MemberState::Selected && row.person_id != actor.person_id)
            .map(|row| row.name.clone())
            .collect()
    } else {
        Vec::new()
    };
    let members: Vec<MemberLine> =
        rows.iter().zip(all).filter(|(row, _)| may_manage || sees(actor, row)).map(|(_, line)| line).collect();
    let footnote = rows.iter().any(|row| row.area_code.as_deref() == Some(KOSOVO))
        || shown.quotas.iter().any(|quota| quota.whose == format!("area:{KOSOVO}"));
    if may_manage || members.iter().any(|line| line.person != actor.person_id) {
        drop(reader);
        let mut tx = cx.begin().await?;
        audit::note(cx, &mut tx, "view", "cohort", head.id).await?;
        tx.commit().await?;
    }
    Ok(CohortView {
        today,
        may_manage,
        may_propose,
        steps: shown.steps,
        quotas: shown.quotas,
        unreserved: shown.unreserved,
        projects: shown.projects.into_iter().map(|(_, key, title)| (key, title)).collect(),
        members,
        fellows,
        coming,
        footnote,
        head,
    })
}

/// Asks that who looks may see the cohort: whoever manages it or may propose people now, and who may see one
/// of its members, whatever became of cohort and place. Nobody else learns that it is there.
fn looks(actor: &Actor, head: &CohortHead, rows: &[MemberRow]) -> Result<(), AppError> {
    let may = manages(actor, head) || proposes(actor, head) || rows.iter().any(|row| sees(actor, row));
    require(may, AppError::NotFound)
}

/// Whether somebody who does not manage the cohort may see a member's way: their own, of those whose
/// mentor they are, and of those whom their institution sent.
fn sees(actor: &Actor, row: &MemberRow) -> bool {
    row.person_id == actor.person_id
        || (row.mentor_id == Some(actor.person_id) && row.state == MemberState::Selected)
        || may(Some(actor), Right::ManagePeople, Record::of(row.institution_id))
}

/// The form of a new cohort.
pub async fn for_new(cx: &Ctx, language: &str) -> Result<CohortChoices, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::ManageDelivery)?;
    let plan = CohortPlan {
        title: String::new(),
        host_id: actor.administers().first().copied(),
        capacity: 24,
        starts_on: None,
        ends_on: None,
        note: String::new(),
    };
    let none = Parts { steps: Vec::new(), quotas: Vec::new(), unreserved: (0, 0), projects: Vec::new() };
    choices(cx, &mut cx.read().await?, (cx.app.id(), 0), plan, String::new(), none, language).await
}

/// The form of a cohort that stands.
pub async fn for_edit(cx: &Ctx, cohort: &str, language: &str) -> Result<CohortChoices, AppError> {
    cx.signed_in()?;
    let mut reader = cx.read().await?;
    let head = managed(cx, &mut reader, id(cohort)?, language).await?;
    let today = cx.now().date_naive();
    let parts = store::parts(&mut reader, head.id, language, today).await?;
    let rows = member_store::members(&mut reader, head.id, language, today).await?;
    let parts = Parts::of(parts, &rows, head.capacity);
    let plan = plan_of(&head);
    choices(cx, &mut reader, (head.id, head.version), plan, head.course_slug, parts, language).await
}

fn plan_of(head: &CohortHead) -> CohortPlan {
    CohortPlan {
        title: head.title.clone(),
        host_id: head.host_id,
        capacity: head.capacity,
        starts_on: head.starts_on,
        ends_on: head.ends_on,
        note: head.note.clone(),
    }
}

async fn choices(
    cx: &Ctx,
    h: &mut impl Handle,
    (id, version): (CohortId, i64),
    plan: CohortPlan,
    course: String,
    parts: Parts,
    language: &str,
) -> Result<CohortChoices, AppError> {
    let actor = cx.signed_in()?;
    let officer = may_everywhere(Some(actor), Right::ManageDelivery);
    let areas = institutions::service::areas(cx, h, language).await?;
    let lines = institutions::store::lines(h).await?;
    let whose = areas
        .iter()
        .map(|area| (Whose::Area(area.code.clone()).code(), area.name.clone()))
        .chain(lines.iter().map(|line| (Whose::Institution(line.id).code(), line.name.clone())))
        .collect();
    Ok(CohortChoices {
        id,
        version,
        plan,
        course,
        paying: parts.projects.iter().map(|(id, ..)| *id).collect(),
        courses: deliveries::courses(h, language).await?,
        hosts: lines
            .into_iter()
            .filter(|line| may(Some(actor), Right::ManageDelivery, Record::of(Some(line.id))))
            .map(|line| (line.id, line.name))
            .collect(),
        hostless: officer,
        projects: deliveries::projects(h).await?,
        steps: parts.steps,
        quotas: parts.quotas,
        whose,
        new_step: cx.app.id(),
        footnote: areas.iter().any(|area| area.footnote),
    })
}

/// Saves a cohort: plans a new one, or changes one.
pub async fn save(cx: &Ctx, form: &CohortForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let cohort: CohortId = id(&form.id)?;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let head = if version == 0 {
        None
    } else {
        // Whoever selects meanwhile waits, so that places promised are counted with theirs.
        store::touch(&mut tx, cohort, &actor.name, now).await?;
        Some(open(cx, &mut tx, cohort).await?)
    };
    let promised = match &head {
        Some(head) => promised(&mut tx, head).await?,
        None => 0,
    };
    // Whoever gives a cohort to an institution must be one of its administrators.
    demand(Some(actor), Right::ManageDelivery, Record::of(form.host.trim().parse().ok()))?;
    let plan = form.check(promised)?;
    let course = store::course(&mut tx, form.course.trim())
        .await?
        .ok_or_else(|| AppError::field("course", FaultKind::Choice))?;
    if let Some(host) = plan.host_id
        && institutions::store::by_id(&mut tx, host).await?.is_none()
    {
        return Err(AppError::field("host", FaultKind::Choice));
    }
    let projects = known_projects(&mut tx, &form.projects).await?;
    if let Some(head) = &head {
        if !store::update(&mut tx, (cohort, version), course, &plan, &actor.name, now).await? {
            drop(tx);
            let by = store::last_editor(&mut cx.read().await?, cohort).await?;
            return Err(AppError::Conflict(Box::new(conflict(form, head, &by))));
        }
        audit::record(cx, &mut tx, "edit", "cohort", cohort, Some(&plan_of(head)), Some(&plan)).await?;
    } else {
        match store::add(&mut tx, cohort, course, &plan, &actor.name, now).await {
            Ok(()) => {}
            Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
            Err(error) => return Err(error.into()),
        }
        audit::record(cx, &mut tx, "create", "cohort", cohort, None, Some(&plan)).await?;
    }
    store::set_projects(&mut tx, cohort, &projects).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    // A new one needs its steps and places next.
    Ok(if version == 0 {
        Done::at(format!("{}/edit", path(cohort)), Flash::Created)
    } else {
        Done::at(path(cohort), Flash::Saved)
    })
}

/// The fewest places a cohort may come to have: those that quotas keep, and those taken beside them.
async fn promised(h: &mut impl Handle, head: &CohortHead) -> Result<i64, AppError> {
    let quotas = quotas(h, head.id).await?;
    let (_, elsewhere) = places::taken(&quotas, &selected(h, head.id).await?);
    Ok(quotas.iter().map(|quota| quota.places).sum::<i64>() + elsewhere)
}

async fn quotas(h: &mut impl Handle, id: CohortId) -> Result<Vec<Quota>, AppError> {
    Ok(store::quotas(h, id).await?.iter().filter_map(quota).collect())
}

fn quota(row: &store::QuotaRow) -> Option<Quota> {
    let whose = match (row.institution_id, &row.area_code) {
        (Some(id), _) => Whose::Institution(id),
        (None, code) => Whose::Area(code.clone()?),
    };
    Some(Quota { whose, places: row.places })
}

async fn selected(h: &mut impl Handle, id: CohortId) -> Result<Vec<Origin>, AppError> {
    let rows = member_store::selected(h, id).await?;
    Ok(rows.into_iter().map(|(institution, area)| Origin { institution, area }).collect())
}

async fn known_projects(h: &mut impl Handle, projects: &[String]) -> Result<Vec<ProjectId>, AppError> {
    let there = deliveries::projects(h).await?;
    let mut chosen: Vec<ProjectId> = Vec::new();
    for project in projects.iter().filter(|project| !project.trim().is_empty()) {
        match project.trim().parse::<ProjectId>() {
            Ok(id) if there.iter().any(|(known, _)| *known == id) => {
                if !chosen.contains(&id) {
                    chosen.push(id);
                }
            }
            _ => return Err(AppError::field("projects", FaultKind::Choice)),
        }
    }
    Ok(chosen)
}

fn conflict(form: &CohortForm, head: &CohortHead, by: &str) -> Conflict {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    Conflict::between(
        by,
        head.version,
        &[
            ("title", &form.title, head.title.clone()),
            ("course", &form.course, head.course_slug.clone()),
            ("host", &form.host, text(head.host_id)),
            ("capacity", &form.capacity, head.capacity.to_string()),
            ("starts_on", &form.starts_on, text(head.starts_on)),
            ("ends_on", &form.ends_on, text(head.ends_on)),
            ("note", &form.note, head.note.clone()),
        ],
    )
}

/// A step in a cohort's life that is to be confirmed.
pub async fn next_state(cx: &Ctx, cohort: &str, to: &str, language: &str) -> Result<CohortStep, AppError> {
    cx.signed_in()?;
    let head = managed(cx, &mut cx.read().await?, id(cohort)?, language).await?;
    Ok(CohortStep { head, to: to.parse().map_err(|_| AppError::NotFound)? })
}

/// Takes a step in a cohort's life.
pub async fn change_state(cx: &Ctx, form: &CohortStateForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let cohort: CohortId = id(&form.cohort)?;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut tx = cx.begin().await?;
    let head = managed(cx, &mut tx, cohort, "en").await?;
    let to: CohortState = form.to.trim().parse().map_err(|_| AppError::field("to", FaultKind::Choice))?;
    if !head.state.may_become(to) {
        return Err(Refusal::WrongState.into());
    }
    let mut checks = Checks::default();
    let reason = if to.needs_reason() {
        checks.required("reason", &form.reason, 500)
    } else {
        checks.text("reason", &form.reason, 500)
    };
    checks.finish(())?;
    if !store::set_state(&mut tx, (cohort, version), to, &actor.name, cx.now()).await? {
        drop(tx);
        let by = store::last_editor(&mut cx.read().await?, cohort).await?;
        let stands = [("state", "", head.state.code().to_owned())];
        return Err(AppError::Conflict(Box::new(Conflict::between(&by, head.version, &stands))));
    }
    let (before, after) = ((head.state, String::new()), (to, reason.clone()));
    audit::record(cx, &mut tx, "state", "cohort", cohort, Some(&before), Some(&after)).await?;
    if to == CohortState::Cancelled {
        letters::send_later(cx, &mut tx, cohort, Occasion::Cancelled, Vec::new(), &reason).await?;
    }
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(path(cohort), Flash::StateChanged))
}
