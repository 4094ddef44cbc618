//! Writing packs: who may, in which state, and what follows.

mod parts;

pub use parts::*;

use super::{
    api::{
        AuthorView, ContentView, LessonPreview, MaterialEdit, ModuleEdit, NewPackView, NewPart, PackView, PreviewView,
        SessionEdit, Teaching,
    },
    model::{
        CopyForm, IdForm, MaterialForm, MaterialKind, Module, ModuleForm, MoveForm, NewPack, PackEditForm, PackForm,
        PackHead, PackState, PackStep, SessionForm, StepForm, missing, next_version, shift,
    },
    store,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Conflict, Done, FaultKind, Flash},
        ids::{CourseId, FileId, MaterialId, ModuleId, PackId, SessionPlanId},
    },
    people::{
        model::Actor,
        rights::{Record, Right, demand, demand_somewhere, may_everywhere, may_somewhere},
    },
    platform::{
        audit,
        context::Ctx,
        db::{DbError, Handle, Reader, Tx},
        files::Arrived,
        store::FileRow,
    },
};
use serde::Serialize;
use std::str::FromStr;

/// Language in which audit and checks read a course's title; it does not matter there.
const ANY: &str = "en";

fn id<T: FromStr>(text: &str) -> Result<T, AppError> {
    text.parse().map_err(|_| AppError::NotFound)
}

/// The id that came with a form.
fn fresh<T: FromStr>(text: &str) -> Result<T, AppError> {
    text.parse().map_err(|_| AppError::field("", FaultKind::Malformed))
}

fn version(text: &str) -> Result<i64, AppError> {
    text.parse().map_err(|_| AppError::field("", FaultKind::Malformed))
}

/// A replayed form finds its record there already.
fn once(added: Result<bool, DbError>) -> Result<(), AppError> {
    match added {
        Ok(true) => Ok(()),
        Ok(false) => Err(Refusal::PackReleased.into()),
        Err(error) if error.is_unique_violation() => Err(Refusal::AlreadySent.into()),
        Err(error) => Err(error.into()),
    }
}

/// What a delivery's timetable or somebody's progress points to stays.
fn unless_used(removed: Result<bool, DbError>) -> Result<(), AppError> {
    match removed {
        Ok(true) => Ok(()),
        Ok(false) => Err(Refusal::PackReleased.into()),
        Err(error) if error.is_constraint_violation() => Err(Refusal::InUse.into()),
        Err(error) => Err(error.into()),
    }
}

/// The pack, if the person may write it; whether in a state to be written is another question.
async fn authored(cx: &Ctx, h: &mut impl Handle, id: PackId, language: &str) -> Result<PackHead, AppError> {
    let actor = cx.signed_in()?;
    let head = store::head(h, id, language).await?.ok_or(AppError::NotFound)?;
    let named = store::is_author(h, head.course_id, actor.person_id).await?;
    demand(Some(actor), Right::WritePack, Record::default().naming(named))?;
    Ok(head)
}

/// The pack, held for writing: nobody else writes or releases it until the transaction ends.
async fn held<'a>(cx: &'a Ctx, tx: &mut Tx, id: PackId) -> Result<(&'a Actor, PackHead), AppError> {
    let actor = cx.signed_in()?;
    let head = authored(cx, tx, id, ANY).await?;
    if !store::hold(tx, id, &actor.name, cx.now()).await? {
        return Err(Refusal::PackReleased.into());
    }
    Ok((actor, head))
}

async fn held_module<'a>(cx: &'a Ctx, tx: &mut Tx, id: ModuleId) -> Result<(&'a Actor, Module), AppError> {
    cx.signed_in()?;
    let module = store::module(tx, id).await?.ok_or(AppError::NotFound)?;
    let (actor, _) = held(cx, tx, module.pack_id).await?;
    Ok((actor, module))
}

fn writes_everything(actor: &Actor) -> bool {
    may_everywhere(Some(actor), Right::WritePack)
}

/// Where a module stands on its pack's page.
fn module_path(module: &Module) -> String {
    format!("/packs/{}#m-{}", module.pack_id, module.id)
}

// Reading ---------------------------------------------------------------------------------------

/// The courses whose packs the person writes, with the packs there are.
pub async fn teaching(cx: &Ctx, language: &str) -> Result<Teaching, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::WritePack)?;
    let all = writes_everything(actor);
    let mut reader = cx.read().await?;
    Ok(Teaching {
        courses: store::authored(&mut reader, actor.person_id, all, language).await?,
        packs: store::authored_packs(&mut reader, actor.person_id, all).await?,
    })
}

/// What the form for a new pack needs.
pub async fn for_new(cx: &Ctx, language: &str) -> Result<NewPackView, AppError> {
    let Teaching { courses, .. } = teaching(cx, language).await?;
    Ok(NewPackView { id: cx.app.id(), courses })
}

/// A pack as its authors see it: two statements for the head and the right, three for the parts.
pub async fn pack(cx: &Ctx, pack: &str, language: &str) -> Result<PackView, AppError> {
    let mut reader = cx.read().await?;
    let head = authored(cx, &mut reader, id(pack)?, language).await?;
    let outline = store::outline(&mut reader, head.id).await?;
    Ok(PackView {
        materials: store::materials(&mut reader, head.id).await?,
        missing: missing(&outline),
        copy_id: cx.app.id(),
        outline,
        head,
    })
}

/// A pack's title and summary to edit.
pub async fn for_edit(cx: &Ctx, pack: &str, language: &str) -> Result<AuthorView, AppError> {
    let head = authored(cx, &mut cx.read().await?, id(pack)?, language).await?;
    editable(&head)?;
    Ok(AuthorView { head, id: cx.app.id() })
}

fn editable(head: &PackHead) -> Result<(), AppError> {
    if head.state.editable() { Ok(()) } else { Err(AppError::NotFound) }
}

/// A module to edit.
pub async fn module(cx: &Ctx, module: &str, language: &str) -> Result<ModuleEdit, AppError> {
    cx.signed_in()?;
    let mut reader = cx.read().await?;
    let module = store::module(&mut reader, id(module)?).await?.ok_or(AppError::NotFound)?;
    let head = authored(cx, &mut reader, module.pack_id, language).await?;
    editable(&head)?;
    let (sessions, materials) = store::module_parts(&mut reader, module.id).await?;
    Ok(ModuleEdit { head, module, empty: sessions + materials == 0 })
}

/// What the form for a new part of a module needs.
pub async fn new_part(cx: &Ctx, module: &str, language: &str) -> Result<NewPart, AppError> {
    let ModuleEdit { head, module, .. } = self::module(cx, module, language).await?;
    Ok(NewPart { id: cx.app.id(), head, module, max_mib: cx.app.settings.max_upload_mib })
}

/// A session plan to edit, or to read once the pack is released.
pub async fn session(cx: &Ctx, session: &str, language: &str) -> Result<SessionEdit, AppError> {
    cx.signed_in()?;
    let mut reader = cx.read().await?;
    let session = store::session(&mut reader, id(session)?).await?.ok_or(AppError::NotFound)?;
    let module = store::module(&mut reader, session.module_id).await?.ok_or(AppError::NotFound)?;
    let head = authored(cx, &mut reader, module.pack_id, language).await?;
    drop(reader);
    Ok(SessionEdit { head, module, notes_html: cx.app.rendered.html(&session.notes).await?, session })
}

/// A material to edit, or to read once the pack is released.
pub async fn material(cx: &Ctx, material: &str, language: &str) -> Result<MaterialEdit, AppError> {
    cx.signed_in()?;
    let mut reader = cx.read().await?;
    let material = store::material(&mut reader, id(material)?).await?.ok_or(AppError::NotFound)?;
    let module = store::module(&mut reader, material.line.module_id).await?.ok_or(AppError::NotFound)?;
    let head = authored(cx, &mut reader, module.pack_id, language).await?;
    drop(reader);
    Ok(MaterialEdit { head, module, html: cx.app.rendered.html(&material.body).await?, material })
}

/// The pack as a participant will study it: without what is for trainers only. `material` is
/// the one to show; empty for the first.
pub async fn preview(cx: &Ctx, pack: &str, material: &str, language: &str) -> Result<PreviewView, AppError> {
    let mut reader = cx.read().await?;
    let head = authored(cx, &mut reader, id(pack)?, language).await?;
    let modules = store::outline(&mut reader, head.id).await?.into_iter().map(|m| m.module).collect();
    let mut materials = store::materials(&mut reader, head.id).await?;
    materials.retain(|material| !material.trainer_only);
    let chosen = if material.is_empty() {
        materials.first().map(|line| line.id)
    } else {
        let chosen: MaterialId = id(material)?;
        if !materials.iter().any(|line| line.id == chosen) {
            return Err(AppError::NotFound);
        }
        Some(chosen)
    };
    let shown = match chosen {
        Some(chosen) => Some(content(cx, reader, chosen).await?),
        None => None,
    };
    Ok(PreviewView { head, modules, materials, shown })
}

/// A material ready to be shown: a lesson's text rendered. Rights are the caller's business.
async fn content(cx: &Ctx, mut reader: Reader, material: MaterialId) -> Result<ContentView, AppError> {
    let material = store::material(&mut reader, material).await?.ok_or(AppError::NotFound)?;
    // Nobody waits for a connection while a text is rendered.
    drop(reader);
    let html = match material.line.kind {
        MaterialKind::Lesson => cx.app.rendered.html(&material.body).await?,
        _ => String::new(),
    };
    Ok(ContentView { line: material.line, html })
}

/// What an author's Markdown looks like.
pub async fn render(cx: &Ctx, text: &str) -> Result<LessonPreview, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::WritePack)?;
    if text.chars().count() > super::model::LESSON_MAX {
        return Err(AppError::field("body", FaultKind::TooLong { max: super::model::LESSON_MAX }));
    }
    let look = cx.app.rendered.look(text).await?;
    Ok(LessonPreview { html: look.html.clone(), fault: look.fault.clone() })
}

// Packs -----------------------------------------------------------------------------------------

/// Makes a draft.
pub async fn create(cx: &Ctx, form: &PackForm) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let course: CourseId = form.course.parse().map_err(|_| AppError::field("course", FaultKind::Required))?;
    let pack: PackId = fresh(&form.id)?;
    let mut tx = cx.begin().await?;
    let named = store::is_author(&mut tx, course, actor.person_id).await?;
    demand(Some(actor), Right::WritePack, Record::default().naming(named))?;
    // Of all courses: whether they may write this one has been asked.
    let courses = store::authored(&mut tx, actor.person_id, true, ANY).await?;
    let course = courses.into_iter().find(|known| known.id == course).ok_or(AppError::NotFound)?;
    if store::head(&mut tx, pack, ANY).await?.is_some() {
        return Err(Refusal::AlreadySent.into());
    }
    let new = form.check(&course.languages)?;
    let at = match new.version {
        Some(version) => version,
        None => following(&mut tx, course.id, &new.language).await?,
    };
    add(cx, &mut tx, pack, course.id, &new, at, None).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/packs/{pack}"), Flash::Created))
}

/// The version that follows those of a course in a language.
async fn following(tx: &mut Tx, course: CourseId, language: &str) -> Result<(i64, i64), AppError> {
    let packs = store::of_course(tx, course).await?;
    Ok(next_version(packs.iter().filter(|p| p.language == language).map(|p| (p.major, p.minor))))
}

async fn add(
    cx: &Ctx,
    tx: &mut Tx,
    pack: PackId,
    course: CourseId,
    new: &NewPack,
    at: (i64, i64),
    based_on: Option<PackId>,
) -> Result<(), AppError> {
    let actor = cx.signed_in()?;
    store::add(tx, pack, course, new, at, based_on, &actor.name, cx.now()).await.map_err(|error| {
        if error.is_unique_violation() { AppError::field("minor", FaultKind::Taken) } else { error.into() }
    })?;
    audit::record(cx, tx, "create", "pack", pack, None, Some(new)).await?;
    Ok(())
}

/// Makes a draft from a released pack: modules, session plans and materials are copied in one
/// transaction; files are shared.
pub async fn copy(cx: &Ctx, form: &CopyForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let pack: PackId = fresh(&form.id)?;
    let mut tx = cx.begin().await?;
    let source = authored(cx, &mut tx, id(&form.from)?, ANY).await?;
    if !matches!(source.state, PackState::Released | PackState::Superseded) {
        return Err(Refusal::WrongState.into());
    }
    if store::head(&mut tx, pack, ANY).await?.is_some() {
        return Err(Refusal::AlreadySent.into());
    }
    let at = following(&mut tx, source.course_id, &source.language).await?;
    let new = NewPack {
        language: source.language.clone(),
        version: Some(at),
        title: source.title.clone(),
        summary: source.summary.clone(),
    };
    add(cx, &mut tx, pack, source.course_id, &new, at, Some(source.id)).await?;
    let outline = store::outline(&mut tx, source.id).await?;
    let materials = store::materials(&mut tx, source.id).await?;
    let mut whole = true;
    for (at, from) in (0..).zip(&outline) {
        let module: ModuleId = cx.app.id();
        whole &= store::copy_module(&mut tx, module, pack, from.module.id, at).await?;
        for (at, session) in (0..).zip(&from.sessions) {
            whole &= store::copy_session(&mut tx, cx.app.id(), module, session.id, at).await?;
        }
        for (at, material) in (0..).zip(materials.iter().filter(|line| line.module_id == from.module.id)) {
            whole &= store::copy_material(&mut tx, cx.app.id(), module, material.id, at).await?;
        }
    }
    if !whole {
        return Err(AppError::Internal);
    }
    tx.commit().await?;
    Ok(Done::at(format!("/packs/{pack}"), Flash::NewVersion))
}

/// Saves title and summary.
pub async fn edit(cx: &Ctx, form: &PackEditForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let read = version(&form.version)?;
    let mut tx = cx.begin().await?;
    let pack: PackId = id(&form.id)?;
    let (actor, stands) = held(cx, &mut tx, pack).await?;
    let (title, summary) = form.check()?;
    if !store::edit(&mut tx, pack, read, (&title, &summary), &actor.name, cx.now()).await? {
        return Err(conflict(
            &stands.updated_by,
            stands.version,
            &[("title", &form.title, stands.title.clone()), ("summary", &form.summary, stands.summary.clone())],
        ));
    }
    audit::record(cx, &mut tx, "edit", "pack", pack, Some(&(stands.title, stands.summary)), Some(&(title, summary)))
        .await?;
    tx.commit().await?;
    Ok(Done::at(format!("/packs/{pack}"), Flash::Saved))
}

fn conflict(by: &str, version: i64, fields: &[(&str, &str, String)]) -> AppError {
    AppError::Conflict(Box::new(Conflict::between(by, version, fields)))
}

/// Takes the pack a step further. Releasing supersedes the version that was taught so far.
pub async fn step(cx: &Ctx, form: &StepForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let step: PackStep = form.step.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let read = version(&form.version)?;
    let mut tx = cx.begin().await?;
    let pack: PackId = id(&form.id)?;
    let (actor, stands) = held(cx, &mut tx, pack).await?;
    let next = stands.state.after(step)?;
    if stands.version != read {
        return Err(conflict(&stands.updated_by, stands.version, &[]));
    }
    let flash = match step {
        PackStep::Release => {
            let mut checks = Checks::default();
            let notes = checks.required("notes", &form.notes, 4000);
            checks.finish(())?;
            if !missing(&store::outline(&mut tx, pack).await?).is_empty() {
                return Err(Refusal::PackEmpty.into());
            }
            if !store::release(&mut tx, pack, read, &notes, &actor.name, cx.now()).await? {
                return Err(Refusal::PackReleased.into());
            }
            store::supersede(&mut tx, stands.course_id, &stands.language, pack).await?;
            Flash::Released
        }
        PackStep::Pilot | PackStep::Collect => {
            if !store::step(&mut tx, pack, stands.state, next, &actor.name, cx.now()).await? {
                return Err(Refusal::WrongState.into());
            }
            Flash::StateChanged
        }
        PackStep::Supersede => return Err(Refusal::WrongState.into()),
    };
    audit::record(cx, &mut tx, "step", "pack", pack, Some(&stands.state), Some(&next)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/packs/{pack}"), flash))
}
