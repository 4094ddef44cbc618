//! Scheduling deliveries: lists, forms, states and trainers.

use super::{
    api::{Around, DeliveryList, FormChoices, Step},
    list_store::{self, Filter, Scope},
    model::{
        Bounds, DeliveryForm, DeliveryHead, DeliveryState, FEEDBACK, Mode, NEWS, News, Plan, StateForm, Tab,
        TrainerForm, zone_of_area,
    },
    notices, schedule, store,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Conflict, Done, FaultKind, Flash},
        ids::{DeliveryId, InstitutionId, PersonId, ProjectId},
    },
    institutions,
    people::rights::{Record, Right, demand, demand_somewhere, may, may_everywhere, may_somewhere},
    platform::{
        audit,
        context::Ctx,
        db::{Handle, Tx},
        jobs, zones,
    },
};

/// The page of a delivery.
pub fn path(id: DeliveryId) -> String {
    format!("/deliveries/{id}")
}

/// The id in an address; what is none leads nowhere.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, AppError> {
    text.trim().parse().map_err(|_| AppError::NotFound)
}

/// The delivery, for whoever manages it.
pub async fn managed(cx: &Ctx, h: &mut impl Handle, id: DeliveryId) -> Result<DeliveryHead, AppError> {
    cx.signed_in()?;
    let head = store::head(h, id).await?.ok_or(AppError::NotFound)?;
    demand(cx.actor.as_ref(), Right::ManageDelivery, Record::of(head.host_id))?;
    Ok(head)
}

/// A page of the list of deliveries that the person manages or trains in.
pub async fn list(cx: &Ctx, tab: &str, institution: &str, state: &str, after: &str) -> Result<DeliveryList, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::KeepRegister)?;
    let scope = Scope { all: may_everywhere(Some(actor), Right::KeepRegister), person: actor.person_id };
    let filter = Filter { host: institution.parse().ok(), state: state.parse().ok() };
    let chosen: Option<Tab> = tab.parse().ok();
    let after = after.split_once('_').and_then(|(day, id)| Some((day, id.parse::<DeliveryId>().ok()?)));

    let mut reader = cx.read().await?;
    let counts = list_store::counts(&mut reader, scope, &filter).await?;
    let of = |tab: Tab| counts.iter().filter(|(state, _)| tab.states().contains(state)).map(|(_, n)| n).sum::<i64>();
    // What runs now comes first, if anything does.
    let tab = chosen.unwrap_or(if of(Tab::Running) > 0 { Tab::Running } else { Tab::Upcoming });
    let mut lines = list_store::page(&mut reader, scope, tab, &filter, after).await?;
    let more = lines.len() > list_store::PAGE;
    lines.truncate(list_store::PAGE);
    let next = lines
        .last()
        .filter(|_| more)
        .map(|line| format!("{}_{}", line.starts_on.map(|day| day.to_string()).unwrap_or_default(), line.id));
    Ok(DeliveryList {
        tab,
        counts: Tab::ALL.iter().map(|tab| (*tab, of(*tab))).collect(),
        lines,
        next,
        hosts: list_store::hosts(&mut reader, scope).await?,
        may_schedule: may_somewhere(Some(actor), Right::ManageDelivery),
    })
}

/// Courses that can be scheduled: address and title.
pub async fn courses(cx: &Ctx, language: &str) -> Result<Vec<(String, String)>, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::ManageDelivery)?;
    Ok(store::courses(&mut cx.read().await?, language).await?)
}

/// The form of a new delivery.
pub async fn for_new(cx: &Ctx, course: &str, language: &str) -> Result<FormChoices, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::ManageDelivery)?;
    let mut reader = cx.read().await?;
    let course = store::course(&mut reader, course, language).await?.ok_or(AppError::NotFound)?;
    let packs = store::packs(&mut reader, course.id).await?;
    let host = actor.administers().first().copied();
    let area = match host {
        Some(host) => institutions::store::by_id(&mut reader, host).await?.map(|it| it.area_code),
        None => None,
    };
    let newest = packs.first();
    let plan = Plan {
        pack_id: newest.map(|pack| pack.id),
        title: course.title.clone().unwrap_or_default(),
        mode: Mode::InPerson,
        language: newest.map_or_else(|| language.to_owned(), |pack| pack.language.clone()),
        host_id: host,
        time_zone: zone_of_area(area.as_deref().unwrap_or_default()).to_owned(),
        area_code: area,
        place: String::new(),
        link: String::new(),
        starts_on: None,
        ends_on: None,
        capacity: 24,
        call_closes_on: None,
        note: String::new(),
        sealed: false,
    };
    let blank = Blank { id: cx.app.id(), version: 0, taken: 0, pack_is_fixed: false, paying: Vec::new() };
    choices(cx, &mut reader, blank, course, plan, packs, language).await
}

/// The form of a delivery that stands.
pub async fn for_edit(cx: &Ctx, delivery: &str, language: &str) -> Result<FormChoices, AppError> {
    let mut reader = cx.read().await?;
    let head = managed(cx, &mut reader, id(delivery)?).await?;
    let plan = store::plan(&mut reader, head.id).await?.ok_or(AppError::NotFound)?;
    let course = store::course(&mut reader, &head.course_slug, language).await?.ok_or(AppError::Internal)?;
    let packs = store::packs(&mut reader, head.course_id).await?;
    let parts = store::parts(&mut reader, head.id).await?;
    let paying = parts.iter().filter(|part| part.part == "project").map(|part| part.id.into()).collect();
    let stands = Blank {
        id: head.id,
        version: head.version,
        taken: head.taken,
        pack_is_fixed: head.state.pack_is_fixed(),
        paying,
    };
    choices(cx, &mut reader, stands, course, plan, packs, language).await
}

struct Blank {
    id: DeliveryId,
    version: i64,
    taken: i64,
    pack_is_fixed: bool,
    paying: Vec<ProjectId>,
}

async fn choices(
    cx: &Ctx,
    h: &mut impl Handle,
    blank: Blank,
    course: store::CourseRow,
    plan: Plan,
    packs: Vec<store::PackRow>,
    language: &str,
) -> Result<FormChoices, AppError> {
    let actor = cx.signed_in()?;
    let officer = may_everywhere(Some(actor), Right::ManageDelivery);
    let areas = institutions::service::areas(cx, h, language).await?;
    let hosts = institutions::store::lines(h)
        .await?
        .into_iter()
        .filter(|line| may(Some(actor), Right::ManageDelivery, Record::of(Some(line.id))))
        .map(|line| (line.id, line.name))
        .collect();
    Ok(FormChoices {
        id: blank.id,
        version: blank.version,
        course_title: course.title.unwrap_or_else(|| course.slug.clone()),
        course_slug: course.slug,
        plan,
        paying: blank.paying,
        taken: blank.taken,
        pack_is_fixed: blank.pack_is_fixed,
        packs: packs
            .into_iter()
            .map(|pack| (pack.id, pack.language, format!("{}.{} · {}", pack.major, pack.minor, pack.title)))
            .collect(),
        hosts,
        hostless: officer,
        footnote: areas.iter().any(|area| area.footnote),
        areas: areas.into_iter().map(|area| (area.code, area.name)).collect(),
        projects: store::projects(h).await?,
        zones: zones::names().into_iter().map(str::to_owned).collect(),
    })
}

/// Saves a delivery: plans a new one, or changes one.
pub async fn save(cx: &Ctx, form: &DeliveryForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let delivery: DeliveryId = id(&form.id)?;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let host: Option<InstitutionId> = form.host.trim().parse().ok();

    let mut tx = cx.begin().await?;
    let (course, head, stands) = if version == 0 {
        let course = store::course(&mut tx, &form.course, "en").await?.ok_or(AppError::NotFound)?;
        (course.id, None, None)
    } else {
        let head = managed(cx, &mut tx, delivery).await?;
        (head.course_id, Some(head), store::plan(&mut tx, delivery).await?)
    };
    // Whoever gives a delivery to an institution must be one of its administrators.
    demand(Some(actor), Right::ManageDelivery, Record::of(host))?;
    let packs: Vec<_> = store::packs(&mut tx, course).await?.iter().map(|pack| pack.id).collect();
    let slots = match &head {
        Some(head) => schedule::read(&mut tx, head).await?,
        None => Vec::new(),
    };
    let bounds = Bounds {
        stands: stands.as_ref(),
        taken: head.as_ref().map_or(0, |head| head.taken),
        packs: &packs,
        pack_is_fixed: head.as_ref().is_some_and(|head| head.state.pack_is_fixed()),
        zone_known: zones::zone(form.time_zone.trim()).is_some(),
        slot_days: slots.first().zip(slots.last()).map(|(a, b)| (a.starts.date(), b.ends.date())),
    };
    let plan = form.check(&bounds)?;
    if let (Some(head), Some(stands)) = (&head, &stands)
        && stands.sealed != plan.sealed
        && !head.may_change_seal()
    {
        return Err(Refusal::SealFixed.into());
    }
    let projects = known(&mut tx, &plan, &form.projects).await?;

    let now = cx.now();
    if let (Some(head), Some(stands)) = (&head, &stands) {
        if stands.place != plan.place {
            notices::service::before_place(cx, &mut tx, head, &stands.place).await?;
        }
        match store::update(&mut tx, delivery, version, &plan, &actor.name, now).await {
            Ok(true) => {}
            Ok(false) => {
                let by = store::last_editor(&mut tx, delivery).await?;
                return Err(AppError::Conflict(Box::new(conflict(form, stands, &by, head.version))));
            }
            // Somebody took a place since the check.
            Err(error) if error.is_constraint_violation() => {
                return Err(AppError::field("capacity", FaultKind::BelowUsed { used: head.taken }));
            }
            Err(error) => return Err(error.into()),
        }
        // What was given on another day, or on a day that nobody knew, counts from the new one.
        if (stands.starts_on, stands.ends_on) != (plan.starts_on, plan.ends_on)
            && matches!(head.state, DeliveryState::Delivered | DeliveryState::Reported)
        {
            jobs::licences_again(cx, &mut tx, delivery).await?;
        }
        if stands.time_zone != plan.time_zone {
            schedule::keep_wall_clock(&mut tx, delivery, &slots, &plan.time_zone).await?;
        }
        audit::record(cx, &mut tx, "edit", "delivery", delivery, Some(stands), Some(&plan)).await?;
    } else {
        match store::add(&mut tx, delivery, course, &plan, &actor.name, now).await {
            Ok(()) => {}
            Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
            Err(error) => return Err(error.into()),
        }
        audit::record(cx, &mut tx, "create", "delivery", delivery, None, Some(&plan)).await?;
    }
    store::set_projects(&mut tx, delivery, &projects).await?;
    jobs::count_again(cx, &mut tx).await?;
    tx.commit().await?;
    Ok(Done::at(path(delivery), if version == 0 { Flash::Created } else { Flash::Saved }))
}

/// Refuses a host, an area or a project that is not there, and returns the projects.
async fn known(h: &mut impl Handle, plan: &Plan, projects: &[String]) -> Result<Vec<ProjectId>, AppError> {
    if let Some(host) = plan.host_id
        && institutions::store::by_id(h, host).await?.is_none()
    {
        return Err(AppError::field("host", FaultKind::Choice));
    }
    if let Some(area) = &plan.area_code
        && !institutions::store::areas(h).await?.iter().any(|row| row.code == *area)
    {
        return Err(AppError::field("area", FaultKind::Choice));
    }
    let there = store::projects(h).await?;
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

fn conflict(form: &DeliveryForm, stands: &Plan, by: &str, version: i64) -> Conflict {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    Conflict::between(
        by,
        version,
        &[
            ("title", &form.title, stands.title.clone()),
            ("pack", &form.pack, text(stands.pack_id)),
            ("language", &form.language, stands.language.clone()),
            ("mode", &form.mode, stands.mode.code().to_owned()),
            ("starts_on", &form.starts_on, text(stands.starts_on)),
            ("ends_on", &form.ends_on, text(stands.ends_on)),
            ("time_zone", &form.time_zone, stands.time_zone.clone()),
            ("place", &form.place, stands.place.clone()),
            ("link", &form.link, stands.link.clone()),
            ("capacity", &form.capacity, stands.capacity.to_string()),
            ("call_closes_on", &form.call_closes_on, text(stands.call_closes_on)),
            ("host", &form.host, text(stands.host_id)),
            ("area", &form.area, text(stands.area_code.clone())),
            ("note", &form.note, stands.note.clone()),
        ],
    )
}

/// A step to be confirmed, if there is one.
pub async fn step(cx: &Ctx, delivery: &str, to: &str) -> Result<Step, AppError> {
    let mut reader = cx.read().await?;
    let head = managed(cx, &mut reader, id(delivery)?).await?;
    let to: DeliveryState = to.parse().map_err(|_| AppError::NotFound)?;
    Ok(Step { head, to })
}

/// Takes a step in a delivery's life. The delivery comes from [`managed`], which asked whether they may; whether
/// its trainers may give it is asked by `trainers`, which calls this.
pub async fn take_step(cx: &Ctx, tx: &mut Tx, head: &DeliveryHead, form: &StateForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let delivery = head.id;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let (to, reason) = form.check(head.state)?;
    if to == DeliveryState::CallOpen && head.sealed {
        return Err(Refusal::Sealed.into());
    }
    if to == DeliveryState::CallOpen
        && head.call_closes_on.or(head.ends_on).is_some_and(|day| day < cx.now().date_naive())
    {
        return Err(Refusal::Over.into());
    }
    if !store::set_state(tx, delivery, version, to, &actor.name, cx.now()).await? {
        let by = store::last_editor(tx, delivery).await?;
        let stands = [("state", "", head.state.code().to_owned())];
        return Err(AppError::Conflict(Box::new(Conflict::between(&by, head.version, &stands))));
    }
    if to == DeliveryState::Confirmed {
        store::fix_rules(tx, head).await?;
    }
    let news = News { delivery, state: to, reason };
    let before = News { delivery, state: head.state, reason: String::new() };
    audit::record(cx, tx, "state", "delivery", delivery, Some(&before), Some(&news)).await?;
    if matches!(to, DeliveryState::Cancelled | DeliveryState::Postponed) {
        jobs::enqueue(cx, tx, NEWS, &news).await?;
    }
    // Whoever had met the rule before the end has been waiting for it.
    if matches!(to, DeliveryState::Running | DeliveryState::Delivered | DeliveryState::Reported) {
        jobs::look_again(cx, tx, delivery).await?;
    }
    // From the beginning, so that they are invited even where nobody takes the last step.
    if matches!(to, DeliveryState::Running | DeliveryState::Delivered) {
        jobs::enqueue(cx, tx, FEEDBACK, &jobs::About { delivery }).await?;
    }
    jobs::count_again(cx, tx).await?;
    Ok(Done::at(path(delivery), Flash::StateChanged))
}

/// Adds a trainer, takes one off, or makes one lead. The delivery comes from [`managed`], which asked whether they
/// may; who may stand before the class is asked by `trainers`, which calls this.
pub async fn put_trainer(cx: &Ctx, tx: &mut Tx, head: &DeliveryHead, form: &TrainerForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let person: PersonId = id(&form.person)?;
    let delivery = head.id;
    let trainers = store::parts(tx, delivery).await?.into_iter().filter(|part| part.part == "trainer").count();
    let flash = match form.act.as_str() {
        "add" => {
            if !store::add_trainer(tx, delivery, person, trainers == 0).await? {
                return Err(Refusal::AlreadySent.into());
            }
            Flash::Added
        }
        "remove" => {
            if !store::remove_trainer(tx, delivery, person).await? {
                return Err(Refusal::AlreadySent.into());
            }
            Flash::Removed
        }
        "lead" => {
            if !store::is_trainer(tx, delivery, person).await? {
                return Err(AppError::NotFound);
            }
            store::set_lead(tx, delivery, person).await?;
            Flash::Saved
        }
        _ => return Err(AppError::field("", FaultKind::Malformed)),
    };
    audit::record(cx, tx, "trainer", "delivery", delivery, None, Some(form)).await?;
    // Who gave it decides where it stands in the cascade.
    jobs::count_again(cx, tx).await?;
    Ok(Done::at(format!("{}/trainers", path(delivery)), flash))
}

const AROUND: i64 = 6;

/// An institution's deliveries.
pub async fn at_institution(cx: &Ctx, institution: &str) -> Result<Around, AppError> {
    let mut reader = cx.read().await?;
    let institution = institutions::store::by_slug(&mut reader, institution).await?.ok_or(AppError::NotFound)?;
    Ok(around(list_store::at_institution(&mut reader, institution.id, AROUND).await?))
}

/// An area's deliveries.
pub async fn in_area(cx: &Ctx, area: &str) -> Result<Around, AppError> {
    Ok(around(list_store::in_area(&mut cx.read().await?, area, AROUND).await?))
}

/// The deliveries that a project pays for: a dozen, since a project is read with all it did.
pub async fn paid_by(cx: &Ctx, project: &str) -> Result<Around, AppError> {
    Ok(around(list_store::paid_by(&mut cx.read().await?, project, 2 * AROUND).await?))
}

fn around((coming, past, counts): list_store::Around) -> Around {
    let of = |wanted: fn(&DeliveryState) -> bool| counts.iter().filter(|(s, _)| wanted(s)).map(|(_, n)| n).sum();
    Around {
        coming,
        past,
        coming_count: of(|state| !Tab::Past.states().contains(state)),
        past_count: of(|state| matches!(state, DeliveryState::Delivered | DeliveryState::Reported)),
    }
}

/// Whether the person may keep the register of a delivery, as staff or as one of its trainers.
pub fn is_staff(cx: &Ctx, head: &DeliveryHead, trains: bool) -> bool {
    may(cx.actor.as_ref(), Right::KeepRegister, Record::of(head.host_id).naming(trains))
}
