//! Loads the whole demonstration in one transaction: all of it or nothing.

mod catalogue;
mod cohorts;
mod counts;
mod deliveries;
mod feedback;
mod licences;
mod people;
mod reference;

use super::{
    accounts::ACCOUNTS,
    source::{self, Source},
    store,
};
use crate::{
    common::{
        error::{AppError, Refusal},
        ids::{CourseId, DeliveryId, FileId, InstitutionId, MaterialId, PackId, PersonId, ProjectId, SessionPlanId},
    },
    platform::{audit, context::Ctx, db::Tx, jobs, store::FileRow, text},
};
use chrono::{DateTime, Utc};
use object_store::{ObjectStoreExt, path::Path};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What a database holds, as far as the demonstration is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// No record of any kind.
    Empty,
    /// The demonstration was loaded here.
    Demonstration,
    /// Somebody's own records.
    Other,
}

/// What was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// Institutions by `AREA/Name`.
    pub institutions: HashMap<String, InstitutionId>,
    /// Deliveries by key.
    pub deliveries: HashMap<String, DeliveryId>,
    /// Persons by key.
    pub persons: HashMap<String, PersonId>,
}

/// A pack as deliveries need it.
struct Pack {
    id: PackId,
    sessions: Vec<(SessionPlanId, String, i64)>,
    materials: Vec<MaterialId>,
}

/// The state of a load.
struct Loader<'a> {
    cx: &'a Ctx,
    now: DateTime<Utc>,
    source: &'a Source,
    files: HashMap<String, FileId>,
    institutions: HashMap<String, InstitutionId>,
    projects: HashMap<&'a str, ProjectId>,
    persons: HashMap<String, PersonId>,
    courses: HashMap<&'a str, CourseId>,
    packs: HashMap<(&'a str, &'a str), Pack>,
    deliveries: HashMap<String, DeliveryId>,
}

/// What is found in the database.
pub async fn found(cx: &Ctx) -> Result<Found, AppError> {
    let mut reader = cx.read().await?;
    Ok(match (store::records(&mut reader).await?, store::loaded(&mut reader).await?) {
        (0, _) => Found::Empty,
        (_, true) => Found::Demonstration,
        (_, false) => Found::Other,
    })
}

/// Loads everything into an empty database and lets the accounts sign in with `password`.
pub async fn load(cx: &Ctx, password: &str) -> Result<Loaded, AppError> {
    let source = source::read().map_err(broken)?;
    let hash = cx.app.passwords.hash(password.to_owned()).await?;
    let files = put_files(cx, &source).await?;
    let outcome = write(cx, &source, &hash, &files).await;
    if outcome.is_err() {
        for file in &files {
            remove(cx, &file.row.key).await;
        }
    }
    outcome
}

/// Sets the password of the demonstration's accounts.
pub async fn set_password(cx: &Ctx, password: &str) -> Result<(), AppError> {
    let hash = cx.app.passwords.hash(password.to_owned()).await?;
    let mut tx = cx.begin().await?;
    for account in ACCOUNTS {
        if store::set_password(&mut tx, &account.email(), &hash).await? {
            audit::note(cx, &mut tx, "set_password", "account", account.email()).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn write(cx: &Ctx, source: &Source, hash: &str, files: &[Stored]) -> Result<Loaded, AppError> {
    let mut tx = cx.begin().await?;
    if store::records(&mut tx).await? > 0 {
        return Err(Refusal::NotEmpty.into());
    }
    let mut loader = Loader {
        cx,
        now: cx.now(),
        source,
        files: HashMap::new(),
        institutions: HashMap::new(),
        projects: HashMap::new(),
        persons: HashMap::new(),
        courses: HashMap::new(),
        packs: HashMap::new(),
        deliveries: HashMap::new(),
    };
    for file in files {
        crate::platform::store::add_file(&mut tx, &file.row, None, loader.now).await?;
        loader.files.insert(file.path.clone(), file.row.id);
    }
    loader.areas(&mut tx).await?;
    loader.duties(&mut tx).await?;
    loader.institutions(&mut tx).await?;
    loader.projects(&mut tx).await?;
    loader.activities(&mut tx).await?;
    loader.documents(&mut tx).await?;
    loader.served_areas(&mut tx).await?;
    loader.persons(&mut tx, hash).await?;
    loader.courses(&mut tx).await?;
    loader.packs(&mut tx).await?;
    loader.deliveries(&mut tx).await?;
    loader.licences(&mut tx).await?;
    loader.cohorts(&mut tx).await?;
    loader.feedback(&mut tx).await?;
    loader.counts(&mut tx).await?;
    audit::note(cx, &mut tx, "load", "demonstration", "1").await?;
    loader.jobs(&mut tx).await?;
    tx.commit().await?;
    Ok(Loaded { institutions: loader.institutions, deliveries: loader.deliveries, persons: loader.persons })
}

impl Loader<'_> {
    /// A fresh id.
    fn id<T: From<uuid::Uuid>>(&self) -> T {
        self.cx.app.id()
    }

    /// What later capabilities compute from all this.
    async fn jobs(&self, tx: &mut Tx) -> Result<(), AppError> {
        jobs::count_again(self.cx, tx).await?;
        if let Some(delivery) = self.deliveries.get("today-al") {
            jobs::look_again(self.cx, tx, *delivery).await?;
        }
        Ok(())
    }
}

/// A file whose bytes are in the object store already.
struct Stored {
    path: String,
    row: FileRow,
}

/// Stores the bytes before the transaction, which SQLite's one writer should not hold for long.
async fn put_files(cx: &Ctx, source: &Source) -> Result<Vec<Stored>, AppError> {
    let mut stored: Vec<Stored> = Vec::new();
    for path in catalogue::file_paths(source) {
        match put_file(cx, &path).await {
            Ok(row) => stored.push(Stored { path, row }),
            Err(error) => {
                for file in &stored {
                    remove(cx, &file.row.key).await;
                }
                return Err(error);
            }
        }
    }
    Ok(stored)
}

async fn put_file(cx: &Ctx, path: &str) -> Result<FileRow, AppError> {
    let bytes = super::embedded::bytes(path).map_err(broken)?;
    let id: FileId = cx.app.id();
    let row = FileRow {
        id,
        key: format!("demo/{id}"),
        name: path.rsplit('/').next().unwrap_or(path).to_owned(),
        media_type: infer::get(bytes).map_or("application/octet-stream", |kind| kind.mime_type()).to_owned(),
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        sha256: text::hex(Sha256::digest(bytes)),
    };
    cx.app.files.store().put(&Path::from(row.key.as_str()), bytes.into()).await.map_err(|error| {
        tracing::error!(%error, path, "the demonstration's file could not be stored");
        AppError::Unavailable
    })?;
    Ok(row)
}

async fn remove(cx: &Ctx, key: &str) {
    if let Err(error) = cx.app.files.store().delete(&Path::from(key)).await {
        tracing::warn!(%error, key, "a file of the failed load stays in the object store");
    }
}

/// A mistake in the embedded files.
fn broken(what: impl std::fmt::Display) -> AppError {
    tracing::error!("the demonstration's files do not fit: {what}");
    AppError::Internal
}
