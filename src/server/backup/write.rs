//! Writing an archive, reading it again, and noting what became of it.

use super::{
    DIGEST, FILES, FORM, HEAD, Head, MANIFEST, MARK, Manifest, Member, Seal,
    content::{self, Copied},
    digest_line, entry_name, file_key, folder_of, seal,
    seal::Digesting,
    staging::Staging,
    told,
    verify::{self, Verified},
};
use crate::platform::{
    backup_store::{self, BackupRow},
    context::{App, Ctx},
    files::PROBES,
    private,
};
use chrono::TimeDelta;
use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, path::Path as ObjectPath};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

/// How long it is remembered what became of a backup.
const REMEMBERED: TimeDelta = TimeDelta::days(400);

/// An archive that was written and read again.
#[derive(Debug)]
pub struct Written {
    /// Where it is.
    pub archive: PathBuf,
    /// What it holds.
    pub verified: Verified,
    /// What somebody should look at.
    pub warnings: Vec<String>,
}

/// Writes an archive, reads it again from end to end, and notes what became of it in the database. `place` is
/// the archive to write or a folder, in which it gets a name with its time.
///
/// # Errors
/// Says what went wrong. An archive that was written but not found whole is kept under a name that ends
/// with `.unverified`.
pub async fn backup(app: &App, place: &Path) -> Result<Written, String> {
    let archive = if place.is_dir() {
        place.join(app.now().format("magistra-%Y-%m-%d-%H%M%S.tar.gz").to_string())
    } else {
        place.to_owned()
    };
    let mut outcome = make(app, &archive).await;
    let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Err(error) = note(app, name, &outcome).await {
        let said = format!("what became of this backup could not be noted in the database: {error}");
        match &mut outcome {
            Ok(written) => written.warnings.push(said),
            Err(problem) => *problem = format!("{problem} ({said})"),
        }
    }
    outcome
}

async fn note(app: &App, archive: String, outcome: &Result<Written, String>) -> Result<(), String> {
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let row = match outcome {
        Ok(Written { verified, .. }) => BackupRow {
            at: app.now(),
            verified: true,
            archive,
            size: whole(verified.size),
            sha256: verified.sha256.clone(),
            lacking: whole((verified.missing.len() + verified.changed.len()) as u64),
            problem: String::new(),
        },
        Err(problem) => BackupRow {
            at: app.now(),
            verified: false,
            archive,
            size: 0,
            sha256: String::new(),
            lacking: 0,
            problem: problem.chars().take(1000).collect(),
        },
    };
    let cx = Ctx::internal(app);
    let noted = async {
        let mut tx = cx.begin().await?;
        backup_store::add(&mut tx, app.id(), &row).await?;
        backup_store::forget(&mut tx, app.now() - REMEMBERED).await?;
        tx.commit().await
    };
    noted.await.map_err(|error| error.to_string())
}

async fn make(app: &App, archive: &Path) -> Result<Written, String> {
    let unverified = ended(archive, ".unverified");
    for taken in [archive, &unverified] {
        if taken.exists() {
            return Err(format!("{} exists already; a backup overwrites nothing", taken.display()));
        }
    }
    let folder = folder_of(archive);
    let staging = Staging::fresh(folder, ".magistra-backup")?;
    let partial = staging.join("archive");
    let mut warnings = write(app, &partial, &staging).await?;
    let verified = match verify::verify_in(&partial, &staging, Seal::Required).await {
        Ok(verified) => verified,
        Err(problem) => {
            std::fs::rename(&partial, &unverified).map_err(told("cannot name the archive"))?;
            return Err(format!("{problem}. What was written is kept as {}", unverified.display()));
        }
    };
    std::fs::rename(&partial, archive)
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(told("cannot name the archive"))?;
    warnings.extend(verified.warnings());
    Ok(Written { archive: archive.to_owned(), verified, warnings })
}

fn ended(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The archive while it grows.
struct Growing<W: Write> {
    tar: tar::Builder<GzEncoder<W>>,
    at: u64,
    members: Vec<Member>,
}

impl<W: Write> Growing<W> {
    fn add(&mut self, name: &str, size: u64, bytes: impl Read) -> Result<(), String> {
        let failed = told("cannot write the archive");
        let mut header = tar::Header::new_ustar();
        header.set_path(name).map_err(&failed)?;
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(size);
        header.set_mode(0o600);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(self.at);
        header.set_cksum();
        let mut bytes = Digesting::new(bytes);
        self.tar.append(&header, &mut bytes).map_err(&failed)?;
        let (read, sha256, _) = bytes.finish();
        if read != size {
            return Err(format!("{name} changed while it was read"));
        }
        self.members.push(Member { name: name.to_owned(), size, sha256 });
        Ok(())
    }

    fn add_file(&mut self, name: &str, mut file: File) -> Result<(), String> {
        file.rewind().map_err(told("cannot read what was staged"))?;
        let size = file.metadata().map_err(told("cannot read what was staged"))?.len();
        self.add(name, size, file)
    }
}

async fn write(app: &App, partial: &Path, staging: &Staging) -> Result<Vec<String>, String> {
    let kind = app.db.kind();
    let dump = staging.join(entry_name(kind));
    let Copied { schema, files } = content::copy(app, &dump).await?;
    let head = Head {
        what: MARK.into(),
        form: FORM,
        version: env!("CARGO_PKG_VERSION").into(),
        database: kind.into(),
        schema,
        at: app.now(),
    };

    let failed = told("cannot write the archive");
    let out = Digesting::new(private::create(partial).map_err(&failed)?);
    let mut archive = Growing {
        tar: tar::Builder::new(GzEncoder::new(out, Compression::default())),
        at: u64::try_from(head.at.timestamp()).unwrap_or_default(),
        members: Vec::new(),
    };
    let text = serde_json::to_vec_pretty(&head).map_err(|e| e.to_string())?;
    archive.add(HEAD, text.len() as u64, text.as_slice())?;
    archive.add_file(entry_name(kind), File::open(&dump).map_err(&failed)?)?;
    std::fs::remove_file(&dump).map_err(&failed)?;

    let store = app.files.store();
    let staged = staging.join("object");
    let named: BTreeSet<&str> = files.iter().map(|file| file.key.as_str()).collect();
    let mut warnings = Vec::new();
    let mut objects = store.list(None);
    while let Some(object) = objects.try_next().await.map_err(|e| format!("cannot list the files: {e}"))? {
        let key = object.location.as_ref();
        // A trial of the store's health, which may be gone by the time it is read.
        if object.location.prefix_matches(&ObjectPath::from(PROBES)) {
            continue;
        }
        let name = format!("{FILES}{key}");
        if file_key(&name).is_none() {
            warnings.push(format!("the store holds {key}, which is no file of Magistra's: it was left out"));
            continue;
        }
        match fetch(store.as_ref(), &object.location, &staged).await? {
            Some(file) => archive.add_file(&name, file)?,
            // An upload that was given up meanwhile; one that the database names is counted below.
            None if !named.contains(key) => {}
            None => warnings.push(format!("{key} went away while it was read")),
        }
    }

    let manifest = manifest(head, archive.members.clone(), &files);
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| e.to_string())?;
    archive.add(MANIFEST, text.len() as u64, text.as_slice())?;
    let line = archive.members.last().map(|member| digest_line(&member.sha256)).unwrap_or_default();
    archive.add(DIGEST, line.len() as u64, line.as_bytes())?;

    let failed = told("cannot finish the archive");
    let out = archive.tar.into_inner().and_then(GzEncoder::finish).map_err(&failed)?;
    let (size, sha256, mut file) = out.finish();
    file.write_all(&seal::seal(size, &sha256)).and_then(|()| file.sync_all()).map_err(&failed)?;
    Ok(warnings)
}

/// Says what the archive lacks of what the database names.
fn manifest(head: Head, members: Vec<Member>, files: &[crate::platform::health_store::NamedFile]) -> Manifest {
    let kept: BTreeMap<&str, &Member> =
        members.iter().filter_map(|member| Some((file_key(&member.name)?, member))).collect();
    let (mut missing, mut changed) = (Vec::new(), Vec::new());
    for file in files {
        match kept.get(file.key.as_str()) {
            None => missing.push(file.key.clone()),
            Some(member) if content::is_same(member, file) => {}
            Some(_) => changed.push(file.key.clone()),
        }
    }
    Manifest { head, members, missing, changed }
}

/// Takes a file out of the store, whole, so that its size is known; none when it is gone.
async fn fetch(store: &dyn ObjectStore, key: &ObjectPath, staged: &Path) -> Result<Option<File>, String> {
    let failed = |e: object_store::Error| format!("cannot read the file {key}: {e}");
    let mut bytes = match store.get(key).await {
        Ok(found) => found.into_stream(),
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    if staged.exists() {
        std::fs::remove_file(staged).map_err(told("cannot stage a file"))?;
    }
    let mut out = private::create(staged).map_err(told("cannot stage a file"))?;
    while let Some(chunk) = bytes.next().await {
        out.write_all(&chunk.map_err(failed)?).map_err(told("cannot stage a file"))?;
    }
    Ok(Some(out))
}
