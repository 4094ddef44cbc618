//! Courses and their upkeep: description, rule of completion, authors.

use super::{
    api::CourseEdit,
    model::{Course, CourseForm, CourseKind, CourseLine, WholeCourse, free_slug, goes_round},
    store,
};
use crate::{
    common::{
        actor::Actor,
        error::{AppError, Refusal},
        forms::{Conflict, Done, FaultKind, Flash},
        ids::{CourseId, PersonId},
    },
    institutions,
    people::{
        self,
        rights::{Record, Right, demand, demand_somewhere, may_everywhere},
    },
    platform::{
        audit,
        context::Ctx,
        db::{DbError, Handle},
        jobs, text,
    },
};

/// The version that an empty form carries.
const NEW: &str = "0";

/// What search compares: titles, summaries and objectives in all languages.
pub fn folded(whole: &WholeCourse) -> String {
    let all: Vec<&str> =
        whole.texts.iter().flat_map(|text| [&*text.title, &*text.summary, &*text.objectives]).collect();
    text::fold(&all.join(" "))
}

async fn demand_edit(cx: &Ctx, h: &mut impl Handle, id: CourseId) -> Result<Actor, AppError> {
    let actor = cx.signed_in()?;
    let named = store::is_author(h, id, actor.person_id).await?;
    demand(Some(actor), Right::EditCourse, Record::default().naming(named))?;
    Ok(actor.clone())
}

/// Who makes a course becomes its author, so whoever could be an author may.
fn demand_new(cx: &Ctx) -> Result<Actor, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::EditCourse)?;
    Ok(actor.clone())
}

/// A course to edit, or an empty form when there is no slug.
pub async fn for_edit(cx: &Ctx, slug: Option<&str>, language: &str) -> Result<CourseEdit, AppError> {
    let whole;
    let mut authors = Vec::new();
    let mut reader = cx.read().await?;
    match slug {
        None => {
            demand_new(cx)?;
            whole = empty(cx.app.id());
        }
        Some(slug) => {
            cx.signed_in()?;
            let course = store::by_slug(&mut reader, slug).await?.ok_or(AppError::NotFound)?;
            demand_edit(cx, &mut reader, course.id).await?;
            authors = store::authors(&mut reader, course.id).await?;
            whole = store::whole(&mut reader, course).await?;
        }
    }
    let courses = store::titles(&mut reader, language)
        .await?
        .into_iter()
        .filter(|line| line.id != whole.course.id)
        .map(|line| (line.id, line.title))
        .collect();
    let institutions =
        institutions::store::lines(&mut reader).await?.into_iter().map(|line| (line.id, line.name)).collect();
    Ok(CourseEdit { whole, authors, courses, institutions })
}

fn empty(id: CourseId) -> WholeCourse {
    WholeCourse {
        course: Course {
            id,
            slug: String::new(),
            kind: CourseKind::Introductory,
            audiences: String::new(),
            languages: String::new(),
            minutes: 1080,
            days: 3,
            attendance_percent: 80,
            modules_required: true,
            by_nomination: false,
            published: false,
            version: 0,
            updated_by: String::new(),
        },
        texts: Vec::new(),
        prerequisites: Vec::new(),
        institutions: Vec::new(),
    }
}

/// An id of a course or institution that does not exist can only come from a forged form.
fn unknown_link(error: DbError) -> AppError {
    if error.is_constraint_violation() { AppError::field("", FaultKind::Malformed) } else { error.into() }
}

/// Saves a course: a new one, or a changed one.
pub async fn save(cx: &Ctx, form: &CourseForm) -> Result<Done, AppError> {
    let id: CourseId = form.id.parse().map_err(|_| AppError::NotFound)?;
    if form.version.trim() == NEW { create(cx, id, form).await } else { edit(cx, id, form).await }
}

async fn create(cx: &Ctx, id: CourseId, form: &CourseForm) -> Result<Done, AppError> {
    let actor = demand_new(cx)?;
    let mut made = form.apply(&empty(id))?;
    let wanted = text::slug(made.texts.first().map_or("", |text| text.title.as_str()));
    let folded = folded(&made);

    let mut tx = cx.begin().await?;
    if store::by_id(&mut tx, id).await?.is_some() {
        return Err(Refusal::AlreadySent.into());
    }
    made.course.slug = free_slug(&wanted, &store::slugs_like(&mut tx, &wanted).await?);
    match store::add(&mut tx, &made, &folded, &actor.name, cx.now()).await {
        Err(error) if error.is_unique_violation() => return Err(Refusal::AlreadySent.into()),
        other => other.map_err(unknown_link)?,
    }
    store::add_author(&mut tx, id, actor.person_id).await?;
    audit::record(cx, &mut tx, "create", "course", id, None, Some(&made)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/courses/{}", made.course.slug), Flash::Created))
}

async fn edit(cx: &Ctx, id: CourseId, form: &CourseForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let version: i64 = form.version.trim().parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;

    let mut tx = cx.begin().await?;
    let course = store::by_id(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    let actor = demand_edit(cx, &mut tx, id).await?;
    let stands = store::whole(&mut tx, course).await?;
    let changed = form.apply(&stands)?;
    if goes_round(id, &changed.prerequisites, &store::all_prerequisites(&mut tx).await?) {
        return Err(AppError::field("prerequisites", FaultKind::Choice));
    }
    let written = store::update(&mut tx, &changed, &folded(&changed), version, &actor.name, cx.now()).await;
    if !written.map_err(unknown_link)? {
        return Err(AppError::Conflict(Box::new(conflict(&mut tx, &changed, &stands).await?)));
    }
    audit::record(cx, &mut tx, "edit", "course", id, Some(&stands), Some(&changed)).await?;
    if changed.course.kind != stands.course.kind {
        // A training of trainers is counted otherwise than what it trains for.
        jobs::count_again(cx, &mut tx).await?;
    }
    tx.commit().await?;
    Ok(Done::at(format!("/courses/{}", stands.course.slug), Flash::Saved))
}

/// Compares what was sent with what stands; links by their names, since ids say nothing to people.
async fn conflict(h: &mut impl Handle, sent: &WholeCourse, stands: &WholeCourse) -> Result<Conflict, AppError> {
    let titles = store::titles(h, "en").await?;
    let names = institutions::store::lines(h).await?;
    let (ours, theirs) = (fields(sent, &titles, &names), fields(stands, &titles, &names));
    let compared: Vec<(&str, &str, String)> =
        ours.iter().zip(theirs).map(|((name, sent), (_, stands))| (*name, sent.as_str(), stands)).collect();
    Ok(Conflict::between(&stands.course.updated_by, stands.course.version, &compared))
}

fn fields(
    whole: &WholeCourse,
    titles: &[CourseLine],
    names: &[institutions::model::InstitutionLine],
) -> Vec<(&'static str, String)> {
    let c = &whole.course;
    let of = |language: &str| whole.texts.iter().find(|text| text.language == language).cloned().unwrap_or_default();
    let spaced = |list: &str| list.replace(';', " ").trim().to_owned();
    let mark = |on: bool| if on { "✓" } else { "–" }.to_owned();
    let joined = |names: Vec<&str>| names.join(", ");
    let (en, fr) = (of("en"), of("fr"));
    vec![
        ("kind", c.kind.code().to_owned()),
        ("audiences", spaced(&c.audiences)),
        ("languages", spaced(&c.languages)),
        ("days", c.days.to_string()),
        ("minutes", c.minutes.to_string()),
        ("title_en", en.title),
        ("summary_en", en.summary),
        ("objectives_en", en.objectives),
        ("title_fr", fr.title),
        ("summary_fr", fr.summary),
        ("objectives_fr", fr.objectives),
        (
            "prerequisites",
            joined(titles.iter().filter(|t| whole.prerequisites.contains(&t.id)).map(|t| &*t.title).collect()),
        ),
        (
            "institutions",
            joined(names.iter().filter(|n| whole.institutions.contains(&n.id)).map(|n| &*n.name).collect()),
        ),
        ("attendance_percent", c.attendance_percent.to_string()),
        ("modules_required", mark(c.modules_required)),
        ("by_nomination", mark(c.by_nomination)),
        ("published", mark(c.published)),
    ]
}

/// Lets the person of an account write the course and its packs.
pub async fn add_author(cx: &Ctx, id: &str, email: &str) -> Result<Done, AppError> {
    cx.signed_in()?;
    let id: CourseId = id.parse().map_err(|_| AppError::NotFound)?;
    let email = email.trim().to_lowercase();
    if email.is_empty() {
        return Err(AppError::field("email", FaultKind::Required));
    }

    let mut tx = cx.begin().await?;
    let course = store::by_id(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    demand_edit(cx, &mut tx, id).await?;
    let account = people::store::account_by_email(&mut tx, &email).await?.filter(|account| !account.disabled);
    let Some(account) = account else { return Err(AppError::field("email", FaultKind::Choice)) };
    if store::is_author(&mut tx, id, account.person_id).await? {
        return Err(Refusal::AlreadySent.into());
    }
    store::add_author(&mut tx, id, account.person_id).await?;
    audit::record(cx, &mut tx, "add author", "course", id, None, Some(&account.person_id)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/courses/{}/edit", course.slug), Flash::Added))
}

/// Ends a person's right to write the course.
pub async fn remove_author(cx: &Ctx, id: &str, person: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let id: CourseId = id.parse().map_err(|_| AppError::NotFound)?;
    let person: PersonId = person.parse().map_err(|_| AppError::NotFound)?;

    let mut tx = cx.begin().await?;
    let course = store::by_id(&mut tx, id).await?.ok_or(AppError::NotFound)?;
    demand_edit(cx, &mut tx, id).await?;
    if !store::remove_author(&mut tx, id, person).await? {
        return Err(AppError::NotFound);
    }
    audit::record(cx, &mut tx, "remove author", "course", id, Some(&person), None).await?;
    tx.commit().await?;
    // Who gave up the own right could not open the edit page again.
    let own = person == actor.person_id && !may_everywhere(Some(actor), Right::EditCourse);
    let to = if own { format!("/courses/{}", course.slug) } else { format!("/courses/{}/edit", course.slug) };
    Ok(Done::at(to, Flash::Removed))
}

/// Published courses that an institution offers.
pub async fn at_institution(cx: &Ctx, slug: &str, language: &str) -> Result<Vec<CourseLine>, AppError> {
    Ok(by_title(store::at_institution(&mut cx.read().await?, slug, language).await?))
}

/// Published courses that institutions of an area, or serving it, offer.
pub async fn in_area(cx: &Ctx, code: &str, language: &str) -> Result<Vec<CourseLine>, AppError> {
    Ok(by_title(store::in_area(&mut cx.read().await?, code, language).await?))
}

fn by_title(mut lines: Vec<CourseLine>) -> Vec<CourseLine> {
    lines.sort_by_cached_key(|line| (line.kind, text::fold(&line.title)));
    lines
}
