//! Server functions of packs, and what they send.

use super::model::{
    AuthoredCourse, CopyForm, IdForm, Material, MaterialForm, MaterialLine, Missing, Module, ModuleForm, MoveForm,
    OutlineModule, PackEditForm, PackForm, PackHead, PackLine, SessionForm, SessionPlan, StepForm,
};
use crate::common::{
    error::AppError,
    forms::{Done, FaultKind},
    ids::PackId,
};
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The courses a person writes for, with their packs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Teaching {
    /// Courses by title.
    pub courses: Vec<AuthoredCourse>,
    /// Packs of all of them.
    pub packs: Vec<PackLine>,
}

/// What the form for a new pack needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewPackView {
    /// Id of the pack to be.
    pub id: PackId,
    /// Courses to choose from.
    pub courses: Vec<AuthoredCourse>,
}

/// A pack as its authors see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackView {
    /// The pack.
    pub head: PackHead,
    /// Modules with session plans.
    pub outline: Vec<OutlineModule>,
    /// Materials of all modules.
    pub materials: Vec<MaterialLine>,
    /// What is missing before it can be released.
    pub missing: Vec<Missing>,
    /// Id of the version that may be made from it.
    pub copy_id: PackId,
}

/// A pack and an id for something new in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorView {
    /// The pack.
    pub head: PackHead,
    /// A fresh id.
    pub id: Uuid,
}

/// A module to edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModuleEdit {
    /// The pack.
    pub head: PackHead,
    /// The module.
    pub module: Module,
    /// Whether nothing is in it, so that it can be removed.
    pub empty: bool,
}

/// What the form for a new part of a module needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewPart {
    /// A fresh id.
    pub id: Uuid,
    /// The pack.
    pub head: PackHead,
    /// The module.
    pub module: Module,
    /// Largest upload, in MiB.
    pub max_mib: u64,
}

/// A session plan to edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionEdit {
    /// The pack.
    pub head: PackHead,
    /// The module.
    pub module: Module,
    /// The plan.
    pub session: SessionPlan,
    /// Its notes, rendered.
    pub notes_html: String,
}

/// A material to edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaterialEdit {
    /// The pack.
    pub head: PackHead,
    /// The module.
    pub module: Module,
    /// The material.
    pub material: Material,
    /// A lesson's text, rendered.
    pub html: String,
}

/// A material ready to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContentView {
    /// The material.
    pub line: MaterialLine,
    /// A lesson's text, rendered and safe; empty otherwise.
    pub html: String,
}

/// A pack as a participant studies it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewView {
    /// The pack.
    pub head: PackHead,
    /// Modules in order.
    pub modules: Vec<Module>,
    /// What participants see.
    pub materials: Vec<MaterialLine>,
    /// The one that is open.
    pub shown: Option<ContentView>,
}

/// What an author's Markdown looks like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LessonPreview {
    /// HTML, safe to show.
    pub html: String,
    /// What is wrong with the text, for which it is not taken.
    pub fault: Option<FaultKind>,
}

/// A pack as its authors see it.
#[server(prefix = "/_fn", endpoint = "packs/view", input = GetUrl, output = Postcard)]
pub async fn get_pack(pack: String, language: String) -> Result<PackView, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::pack(&http::ctx()?, &pack, &language).await }).await
}

/// What the form for a new part of a module needs.
#[server(prefix = "/_fn", endpoint = "packs/new-part", input = GetUrl, output = Postcard)]
pub async fn get_new_part(module: String, language: String) -> Result<NewPart, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::new_part(&http::ctx()?, &module, &language).await }).await
}

/// A material to edit.
#[server(prefix = "/_fn", endpoint = "packs/material", input = GetUrl, output = Postcard)]
pub async fn get_material(material: String, language: String) -> Result<MaterialEdit, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::material(&http::ctx()?, &material, &language).await }).await
}

/// Renders an author's text; changes nothing, but is too long for an address.
#[server(prefix = "/_fn", endpoint = "packs/render")]
pub async fn render_markdown(text: String) -> Result<LessonPreview, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::render(&http::ctx()?, &text).await }).await
}

/// Makes a draft.
#[server(prefix = "/_fn", endpoint = "packs/create")]
pub async fn create_pack(#[server(flatten)] form: PackForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::create(&http::ctx()?, &form).await }).await
}

/// Makes a draft from a released pack.
#[server(prefix = "/_fn", endpoint = "packs/copy")]
pub async fn copy_pack(#[server(flatten)] form: CopyForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::copy(&http::ctx()?, &form).await }).await
}

/// Saves title and summary.
#[server(prefix = "/_fn", endpoint = "packs/edit")]
pub async fn edit_pack(#[server(flatten)] form: PackEditForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::edit(&http::ctx()?, &form).await }).await
}

/// Takes a pack a step further.
#[server(prefix = "/_fn", endpoint = "packs/step")]
pub async fn step_pack(#[server(flatten)] form: StepForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::step(&http::ctx()?, &form).await }).await
}

/// Adds a module.
#[server(prefix = "/_fn", endpoint = "packs/module/add")]
pub async fn add_module(#[server(flatten)] form: ModuleForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::add_module(&http::ctx()?, &form).await }).await
}

/// Saves a module.
#[server(prefix = "/_fn", endpoint = "packs/module/edit")]
pub async fn edit_module(#[server(flatten)] form: ModuleForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::edit_module(&http::ctx()?, &form).await }).await
}

/// Removes an empty module.
#[server(prefix = "/_fn", endpoint = "packs/module/remove")]
pub async fn remove_module(#[server(flatten)] form: IdForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::remove_module(&http::ctx()?, &form).await }).await
}

/// Moves a module.
#[server(prefix = "/_fn", endpoint = "packs/module/move")]
pub async fn move_module(#[server(flatten)] form: MoveForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::move_module(&http::ctx()?, &form).await }).await
}

/// Adds a session plan.
#[server(prefix = "/_fn", endpoint = "packs/session/add")]
pub async fn add_session(#[server(flatten)] form: SessionForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::add_session(&http::ctx()?, &form).await }).await
}

/// Saves a session plan.
#[server(prefix = "/_fn", endpoint = "packs/session/edit")]
pub async fn edit_session(#[server(flatten)] form: SessionForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::edit_session(&http::ctx()?, &form).await }).await
}

/// Removes a session plan.
#[server(prefix = "/_fn", endpoint = "packs/session/remove")]
pub async fn remove_session(#[server(flatten)] form: IdForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::remove_session(&http::ctx()?, &form).await }).await
}

/// Moves a session plan.
#[server(prefix = "/_fn", endpoint = "packs/session/move")]
pub async fn move_session(#[server(flatten)] form: MoveForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::move_session(&http::ctx()?, &form).await }).await
}

/// Adds a lesson.
#[server(prefix = "/_fn", endpoint = "packs/lesson/add")]
pub async fn add_lesson(#[server(flatten)] form: MaterialForm) -> Result<Done, AppError> {
    use crate::{packs::model::MaterialKind, platform::http};
    http::answer(async { super::service::add_material(&http::ctx()?, &form, MaterialKind::Lesson).await }).await
}

/// Adds a link.
#[server(prefix = "/_fn", endpoint = "packs/link/add")]
pub async fn add_link(#[server(flatten)] form: MaterialForm) -> Result<Done, AppError> {
    use crate::{packs::model::MaterialKind, platform::http};
    http::answer(async { super::service::add_material(&http::ctx()?, &form, MaterialKind::Link).await }).await
}

/// Saves a material.
#[server(prefix = "/_fn", endpoint = "packs/material/edit")]
pub async fn edit_material(#[server(flatten)] form: MaterialForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::edit_material(&http::ctx()?, &form).await }).await
}

/// Removes a material.
#[server(prefix = "/_fn", endpoint = "packs/material/remove")]
pub async fn remove_material(#[server(flatten)] form: IdForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::remove_material(&http::ctx()?, &form).await }).await
}

/// Moves a material.
#[server(prefix = "/_fn", endpoint = "packs/material/move")]
pub async fn move_material(#[server(flatten)] form: MoveForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::move_material(&http::ctx()?, &form).await }).await
}
