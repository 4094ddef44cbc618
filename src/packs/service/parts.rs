//! What a pack is made of, written: modules, session plans, materials and files.

use super::{
    super::model::{LESSON_MAX, Material, SessionPlan, TEXT_MAX},
    *,
};

/// What is wrong with a text as Markdown. The text is rendered to find out, before anything is held for writing, so
/// it is ready when people read it. This is done for authors only. A text that is too long is refused for its length.
async fn wrong(cx: &Ctx, text: &str, max: usize) -> Result<Option<FaultKind>, AppError> {
    if !may_somewhere(cx.actor.as_ref(), Right::WritePack) || text.trim().is_empty() || text.chars().count() > 2 * max {
        return Ok(None);
    }
    Ok(cx.app.rendered.look(text).await?.fault.clone())
}

// Modules ---------------------------------------------------------------------------------------

/// Adds a module at the end.
pub async fn add_module(cx: &Ctx, form: &ModuleForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let module: ModuleId = fresh(&form.id)?;
    let pack: PackId = id(&form.pack)?;
    let mut tx = cx.begin().await?;
    let (actor, _) = held(cx, &mut tx, pack).await?;
    let fields = form.check()?;
    once(store::add_module(&mut tx, module, pack, &fields, &actor.name).await)?;
    audit::record(cx, &mut tx, "create", "module", module, None, Some(&fields)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/packs/{pack}#m-{module}"), Flash::Added))
}

/// Saves a module.
pub async fn edit_module(cx: &Ctx, form: &ModuleForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let read = version(&form.version)?;
    let mut tx = cx.begin().await?;
    let (actor, stands) = held_module(cx, &mut tx, id(&form.id)?).await?;
    let fields = form.check()?;
    if !store::edit_module(&mut tx, stands.id, read, &fields, &actor.name).await? {
        return Err(conflict(
            &stands.updated_by,
            stands.version,
            &[
                ("title", &form.title, stands.title.clone()),
                ("summary", &form.summary, stands.summary.clone()),
                ("objectives", &form.objectives, stands.objectives.clone()),
            ],
        ));
    }
    changed(cx, &mut tx, "module", stands.id, &stands, &fields).await?;
    tx.commit().await?;
    Ok(Done::at(module_path(&stands), Flash::Saved))
}

async fn changed(
    cx: &Ctx,
    tx: &mut Tx,
    record: &str,
    id: impl ToString,
    before: &impl Serialize,
    after: &impl Serialize,
) -> Result<(), AppError> {
    let json = |value: Result<serde_json::Value, _>| value.unwrap_or(serde_json::Value::Null);
    let (before, after) = (json(serde_json::to_value(before)), json(serde_json::to_value(after)));
    audit::record(cx, tx, "edit", record, id, Some(&before), Some(&after)).await?;
    Ok(())
}

/// Removes an empty module.
pub async fn remove_module(cx: &Ctx, form: &IdForm) -> Result<Done, AppError> {
    let mut tx = cx.begin().await?;
    let (_, module) = held_module(cx, &mut tx, id(&form.id)?).await?;
    if store::module_parts(&mut tx, module.id).await? != (0, 0) {
        return Err(Refusal::NotEmpty.into());
    }
    unless_used(store::remove_module(&mut tx, &module).await)?;
    audit::record(cx, &mut tx, "remove", "module", module.id, Some(&module), None).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/packs/{}", module.pack_id), Flash::Removed))
}

/// Moves a module among the modules.
pub async fn move_module(cx: &Ctx, form: &MoveForm) -> Result<Done, AppError> {
    let mut tx = cx.begin().await?;
    let (_, module) = held_module(cx, &mut tx, id(&form.id)?).await?;
    let length = store::module_count(&mut tx, module.pack_id).await?;
    if let Some(shift) = shift(module.position, form.target(module.position)?, length) {
        store::shift_module(&mut tx, module.pack_id, module.id, shift).await?;
        audit::record(cx, &mut tx, "move", "module", module.id, Some(&module.position), Some(&shift.to)).await?;
    }
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Moved))
}

// Session plans ---------------------------------------------------------------------------------

/// A session plan that may be changed, with its module: read again once nobody else can write it.
async fn held_session<'a>(cx: &'a Ctx, tx: &mut Tx, text: &str) -> Result<(&'a Actor, Module, SessionPlan), AppError> {
    let plan: SessionPlanId = id(text)?;
    let module = store::session(tx, plan).await?.ok_or(AppError::NotFound)?.module_id;
    let (actor, module) = held_module(cx, tx, module).await?;
    Ok((actor, module, store::session(tx, plan).await?.ok_or(AppError::NotFound)?))
}

/// Adds a session plan at the end of a module.
pub async fn add_session(cx: &Ctx, form: &SessionForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let session: SessionPlanId = fresh(&form.id)?;
    let wrong = wrong(cx, &form.notes, TEXT_MAX).await?;
    let mut tx = cx.begin().await?;
    let (actor, module) = held_module(cx, &mut tx, id(&form.module)?).await?;
    let fields = form.check(wrong)?;
    once(store::add_session(&mut tx, session, module.id, &fields, &actor.name).await)?;
    audit::record(cx, &mut tx, "create", "session_plan", session, None, Some(&fields)).await?;
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Added))
}

/// Saves a session plan.
pub async fn edit_session(cx: &Ctx, form: &SessionForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let read = version(&form.version)?;
    let wrong = wrong(cx, &form.notes, TEXT_MAX).await?;
    let mut tx = cx.begin().await?;
    let (actor, module, stands) = held_session(cx, &mut tx, &form.id).await?;
    let fields = form.check(wrong)?;
    if !store::edit_session(&mut tx, stands.id, read, &fields, &actor.name).await? {
        return Err(conflict(
            &stands.updated_by,
            stands.version,
            &[
                ("title", &form.title, stands.title.clone()),
                ("minutes", &form.minutes, stands.minutes.to_string()),
                ("method", &form.method, stands.method.code().to_owned()),
                ("objectives", &form.objectives, stands.objectives.clone()),
                ("notes", &form.notes, stands.notes.clone()),
            ],
        ));
    }
    changed(cx, &mut tx, "session_plan", stands.id, &stands, &fields).await?;
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Saved))
}

/// Removes a session plan.
pub async fn remove_session(cx: &Ctx, form: &IdForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let (_, module, session) = held_session(cx, &mut tx, &form.id).await?;
    unless_used(store::remove_session(&mut tx, &session).await)?;
    audit::record(cx, &mut tx, "remove", "session_plan", session.id, Some(&session), None).await?;
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Removed))
}

/// Moves a session plan within its module.
pub async fn move_session(cx: &Ctx, form: &MoveForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let (_, module, session) = held_session(cx, &mut tx, &form.id).await?;
    let (length, _) = store::module_parts(&mut tx, module.id).await?;
    if let Some(shift) = shift(session.position, form.target(session.position)?, length) {
        store::shift_session(&mut tx, module.id, session.id, shift).await?;
        audit::record(cx, &mut tx, "move", "session_plan", session.id, Some(&session.position), Some(&shift.to))
            .await?;
    }
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Moved))
}

// Materials -------------------------------------------------------------------------------------

/// A material that may be changed, with its module: read again once nobody else can write it.
async fn held_material<'a>(cx: &'a Ctx, tx: &mut Tx, text: &str) -> Result<(&'a Actor, Module, Material), AppError> {
    let which: MaterialId = id(text)?;
    let module = store::material(tx, which).await?.ok_or(AppError::NotFound)?.line.module_id;
    let (actor, module) = held_module(cx, tx, module).await?;
    Ok((actor, module, store::material(tx, which).await?.ok_or(AppError::NotFound)?))
}

/// Adds a lesson or a link at the end of a module.
pub async fn add_material(cx: &Ctx, form: &MaterialForm, kind: MaterialKind) -> Result<Done, AppError> {
    cx.signed_in()?;
    let material: MaterialId = fresh(&form.id)?;
    let wrong = wrong(cx, &form.body, LESSON_MAX).await?;
    let mut tx = cx.begin().await?;
    let (actor, module) = held_module(cx, &mut tx, id(&form.module)?).await?;
    shown_only(form)?;
    let fields = form.check(kind, wrong)?;
    once(store::add_material(&mut tx, material, module.id, &fields, None, &actor.name).await)?;
    audit::record(cx, &mut tx, "create", "material", material, None, Some(&fields)).await?;
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Added))
}

/// Without JavaScript the text is previewed by coming back with the form.
fn shown_only(form: &MaterialForm) -> Result<(), AppError> {
    if form.preview.is_empty() { Ok(()) } else { Err(AppError::Preview) }
}

/// Saves a material.
pub async fn edit_material(cx: &Ctx, form: &MaterialForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let read = version(&form.version)?;
    let wrong = wrong(cx, &form.body, LESSON_MAX).await?;
    let mut tx = cx.begin().await?;
    let (actor, module, stands) = held_material(cx, &mut tx, &form.id).await?;
    let which = stands.line.id;
    shown_only(form)?;
    let fields = form.check(stands.line.kind, wrong)?;
    if !store::edit_material(&mut tx, which, read, &fields, &actor.name).await? {
        let trainer_only = if stands.line.trainer_only { "true" } else { "" };
        let body = form.body.replace("\r\n", "\n");
        return Err(conflict(
            &stands.updated_by,
            stands.version,
            &[
                ("title", &form.title, stands.line.title.clone()),
                ("minutes", &form.minutes, stands.line.minutes.to_string()),
                ("body", &body, stands.body.clone()),
                ("url", &form.url, stands.line.url.clone()),
                ("trainer_only", &form.trainer_only, trainer_only.to_owned()),
            ],
        ));
    }
    changed(cx, &mut tx, "material", which, &stands, &fields).await?;
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Saved))
}

/// Removes a material.
pub async fn remove_material(cx: &Ctx, form: &IdForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let (_, module, material) = held_material(cx, &mut tx, &form.id).await?;
    unless_used(store::remove_material(&mut tx, &material.line).await)?;
    audit::record(cx, &mut tx, "remove", "material", material.line.id, Some(&material), None).await?;
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Removed))
}

/// Moves a material within its module.
pub async fn move_material(cx: &Ctx, form: &MoveForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let (_, module, Material { line, .. }) = held_material(cx, &mut tx, &form.id).await?;
    let (_, length) = store::module_parts(&mut tx, module.id).await?;
    if let Some(shift) = shift(line.position, form.target(line.position)?, length) {
        store::shift_material(&mut tx, module.id, line.id, shift).await?;
        audit::record(cx, &mut tx, "move", "material", line.id, Some(&line.position), Some(&shift.to)).await?;
    }
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Moved))
}

// Files -----------------------------------------------------------------------------------------

/// Refuses who cannot be the author of anything, before a byte is read.
pub fn may_write_somewhere(cx: &Ctx) -> Result<(), AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::WritePack)
}

/// Whether a file may be added to the form's module, asked before its bytes are read.
pub async fn may_upload(cx: &Ctx, form: &MaterialForm) -> Result<(), AppError> {
    cx.signed_in()?;
    let mut reader = cx.read().await?;
    let module = store::module(&mut reader, id(&form.module)?).await?.ok_or(AppError::NotFound)?;
    let head = authored(cx, &mut reader, module.pack_id, ANY).await?;
    if !head.state.editable() {
        return Err(Refusal::PackReleased.into());
    }
    uploaded(form, "file").check(MaterialKind::File, None)?;
    if !form.id.is_empty() && store::material(&mut reader, fresh(&form.id)?).await?.is_some() {
        return Err(Refusal::AlreadySent.into());
    }
    Ok(())
}

/// The form with the file's name for a title that was left empty.
fn uploaded(form: &MaterialForm, name: &str) -> MaterialForm {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let title = if form.title.trim().is_empty() { stem.to_owned() } else { form.title.clone() };
    MaterialForm { title, ..form.clone() }
}

/// Adds a file whose bytes are stored: the file's record and the material in one transaction.
pub async fn add_file(cx: &Ctx, form: &MaterialForm, file: FileId, arrived: Arrived) -> Result<Done, AppError> {
    let material: MaterialId = if form.id.is_empty() { cx.app.id() } else { fresh(&form.id)? };
    let mut tx = cx.begin().await?;
    let (actor, module) = held_module(cx, &mut tx, id(&form.module)?).await?;
    let fields = uploaded(form, &arrived.name).check(MaterialKind::File, None)?;
    let row = FileRow {
        id: file,
        key: arrived.key,
        name: arrived.name,
        media_type: arrived.media_type.to_owned(),
        size: arrived.size,
        sha256: arrived.sha256,
    };
    crate::platform::store::add_file(&mut tx, &row, Some(actor.person_id), cx.now()).await?;
    once(store::add_material(&mut tx, material, module.id, &fields, Some(file), &actor.name).await)?;
    audit::record(cx, &mut tx, "upload", "file", file, None, Some(&row)).await?;
    audit::record(cx, &mut tx, "create", "material", material, None, Some(&fields)).await?;
    tx.commit().await?;
    Ok(Done::at(module_path(&module), Flash::Uploaded))
}
