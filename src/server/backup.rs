//! `backup` writes one archive of database and files while the server runs; `restore` puts it
//! into an empty place and refuses any other.
//!
//! The archive is a gzipped tar: `manifest.json`, then `database.sqlite` (VACUUM INTO) or
//! `database.dump` (pg_dump's custom format), then `files/…` as in the object store. The database
//! is taken first: files are written before the rows that name them and are never changed, so
//! every file that the database names is in the archive.

use crate::platform::{config::Settings, context::App, db::Db, files::Files};
use chrono::{DateTime, Utc};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use futures::{StreamExt, TryStreamExt};
use object_store::{ObjectStoreExt, path::Path as ObjectPath};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};
use tokio::process::Command;

/// What the archive is.
#[derive(Debug, Serialize, Deserialize, PartialEq)]
struct Manifest {
    /// Always `magistra-backup`.
    what: String,
    /// Version of the program that wrote it.
    version: String,
    /// `sqlite` or `postgres`; it is restored into the same kind.
    database: String,
    /// When it was written.
    at: DateTime<Utc>,
}

const MARK: &str = "magistra-backup";
const MANIFEST: &str = "manifest.json";
const FILES: &str = "files/";

fn entry_name(kind: &str) -> &'static str {
    if kind == "sqlite" { "database.sqlite" } else { "database.dump" }
}

fn told(what: &str) -> impl Fn(std::io::Error) -> String + '_ {
    move |error| format!("{what}: {error}")
}

/// Writes the archive. It appears under its name only when it is whole.
pub async fn backup(app: &App, archive: &Path) -> Result<(), String> {
    if archive.exists() {
        return Err(format!("{} exists already; a backup overwrites nothing", archive.display()));
    }
    let parent = archive.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let work = tempdir_in(parent, app)?;
    let outcome = write(app, archive, &work).await;
    let _ = std::fs::remove_dir_all(&work);
    outcome
}

async fn write(app: &App, archive: &Path, work: &Path) -> Result<(), String> {
    let kind = app.db.kind();
    let dump = work.join(entry_name(kind));
    dump_database(app, &dump).await?;

    let partial = work.join("archive");
    let file = File::create(&partial).map_err(told("cannot write the archive"))?;
    let mut tar = tar::Builder::new(GzEncoder::new(file, Compression::default()));
    let manifest =
        Manifest { what: MARK.into(), version: env!("CARGO_PKG_VERSION").into(), database: kind.into(), at: app.now() };
    let manifest = serde_json::to_vec_pretty(&manifest).map_err(|e| e.to_string())?;
    let mut header = tar::Header::new_gnu();
    header.set_size(manifest.len() as u64);
    header.set_mode(0o600);
    tar.append_data(&mut header, MANIFEST, manifest.as_slice()).map_err(told("cannot write the archive"))?;
    tar.append_path_with_name(&dump, entry_name(kind)).map_err(told("cannot write the archive"))?;

    let store = app.files.store();
    let mut objects = store.list(None);
    let staged = work.join("object");
    while let Some(object) = objects.try_next().await.map_err(|e| format!("cannot list the files: {e}"))? {
        // It may be gone by the time it is read.
        if object.location.prefix_matches(&object_store::path::Path::from(crate::platform::files::PROBES)) {
            continue;
        }
        let mut bytes = store
            .get(&object.location)
            .await
            .map_err(|e| format!("cannot read the file {}: {e}", object.location))?
            .into_stream();
        let mut out = File::create(&staged).map_err(told("cannot stage a file"))?;
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(|e| format!("cannot read the file {}: {e}", object.location))?;
            out.write_all(&chunk).map_err(told("cannot stage a file"))?;
        }
        drop(out);
        tar.append_path_with_name(&staged, format!("{FILES}{}", object.location))
            .map_err(told("cannot write the archive"))?;
    }
    let file = tar.into_inner().and_then(GzEncoder::finish).map_err(told("cannot finish the archive"))?;
    file.sync_all().map_err(told("cannot finish the archive"))?;
    std::fs::rename(&partial, archive).map_err(told("cannot name the archive"))
}

async fn dump_database(app: &App, to: &Path) -> Result<(), String> {
    match &app.db {
        Db::Sqlite { readers, .. } => {
            let path = to.to_str().ok_or("the archive's folder has a name that is not text")?;
            sqlx::query("VACUUM INTO $1")
                .bind(path)
                .execute(readers)
                .await
                .map(|_| ())
                .map_err(|e| format!("the database could not be copied: {e}"))
        }
        Db::Postgres(_) => {
            let args = ["--format=custom", "--no-owner", "--file"];
            tool("pg_dump", Command::new("pg_dump").args(args).arg(to).arg(app.settings.database_url())).await
        }
    }
}

/// Restores an archive into an empty database and an empty store of files.
pub async fn restore(settings: &Settings, archive: &Path) -> Result<(), String> {
    settings.check()?;
    let url = settings.database_url();
    let target = if url.starts_with("sqlite:") { "sqlite" } else { "postgres" };
    let files = Files::open(&settings.files())?;
    if files.store().list(None).next().await.is_some() {
        return Err(format!("{} is not empty; restore only fills an empty place", settings.files()));
    }
    refuse_a_full_database(&url).await?;

    let work = settings.data.join(format!("restore-{}", std::process::id()));
    std::fs::create_dir_all(&work).map_err(told("cannot make a folder to unpack in"))?;
    let outcome = unpack(&url, target, archive, &work, &files).await;
    let _ = std::fs::remove_dir_all(&work);
    outcome
}

async fn refuse_a_full_database(url: &str) -> Result<(), String> {
    if let Some(path) = sqlite_path(url) {
        return if path.exists() {
            Err(format!("{} exists; restore only fills an empty place", path.display()))
        } else {
            Ok(())
        };
    }
    let pool = sqlx::PgPool::connect(url).await.map_err(|e| format!("cannot open the database: {e}"))?;
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'")
        .fetch_one(&pool)
        .await
        .map_err(|e| format!("cannot look into the database: {e}"))?;
    pool.close().await;
    if tables > 0 { Err("the database is not empty; restore only fills an empty place".into()) } else { Ok(()) }
}

async fn unpack(url: &str, target: &str, archive: &Path, work: &Path, files: &Files) -> Result<(), String> {
    let file = File::open(archive).map_err(told("cannot open the archive"))?;
    let mut tar = tar::Archive::new(GzDecoder::new(file));
    let broken = told("the archive is damaged");
    let mut known = false;
    let dump = work.join(entry_name(target));
    for entry in tar.entries().map_err(&broken)? {
        let mut entry = entry.map_err(&broken)?;
        let name = entry.path().map_err(&broken)?.to_string_lossy().into_owned();
        if name == MANIFEST {
            let manifest: Manifest =
                serde_json::from_reader(&mut entry).map_err(|_| "this is not a backup of Magistra".to_owned())?;
            if manifest.what != MARK {
                return Err("this is not a backup of Magistra".into());
            }
            if manifest.database != target {
                return Err(format!(
                    "this is a backup of a {} database and MAGISTRA_DATABASE_URL names a {target} one",
                    manifest.database
                ));
            }
            known = true;
        } else if !known {
            return Err("this is not a backup of Magistra".into());
        } else if name == entry_name(target) {
            entry.unpack(&dump).map_err(&broken)?;
        } else if let Some(key) = name.strip_prefix(FILES) {
            let key = ObjectPath::parse(key).map_err(|_| format!("the archive names a file oddly: {name}"))?;
            let staged = work.join("object");
            let _ = std::fs::remove_file(&staged);
            entry.unpack(&staged).map_err(&broken)?;
            put(files, &key, &staged).await?;
        }
    }
    if !known {
        return Err("this is not a backup of Magistra".into());
    }
    // The database last: until it is there, nothing points to the files.
    match sqlite_path(url) {
        Some(path) => std::fs::rename(&dump, &path).map_err(told("cannot put the database in its place")),
        None => {
            let args = ["--exit-on-error", "--single-transaction", "--no-owner", "--dbname"];
            tool("pg_restore", Command::new("pg_restore").args(args).arg(url).arg(&dump)).await
        }
    }
}

async fn put(files: &Files, key: &ObjectPath, staged: &Path) -> Result<(), String> {
    use tokio::io::AsyncWriteExt;
    let mut from = tokio::fs::File::open(staged).await.map_err(told("cannot read what was unpacked"))?;
    let mut to = object_store::buffered::BufWriter::new(files.store().clone(), key.clone());
    tokio::io::copy(&mut from, &mut to).await.map_err(told("cannot store a file"))?;
    to.shutdown().await.map_err(told("cannot store a file"))
}

async fn tool(name: &str, command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .await
        .map_err(|e| format!("cannot run {name}: {e} (it comes with PostgreSQL's client programs)"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

fn sqlite_path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

fn tempdir_in(parent: &Path, app: &App) -> Result<PathBuf, String> {
    let folder = parent.join(format!(".magistra-backup-{}", app.entropy.uuid(app.now()).simple()));
    std::fs::create_dir(&folder).map_err(|e| format!("cannot write to {}: {e}", parent.display()))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        institutions::store,
        on_both,
        testing::{House, empty_database},
    };
    use bytes::Bytes;

    async fn fill(house: &House) -> ObjectPath {
        house.institution("academy").await;
        let key = ObjectPath::from("ab/cdef");
        house.app.files.store().put(&key, Bytes::from_static(b"a lesson").into()).await.unwrap();
        key
    }

    on_both! {
        async fn what_was_backed_up_comes_back_and_only_into_an_empty_place(house) {
            let key = fill(&house).await;
            let folder = tempfile::tempdir().unwrap();
            let archive = folder.path().join("b.tar.gz");
            backup(&house.app, &archive).await.unwrap();
            assert!(backup(&house.app, &archive).await.unwrap_err().contains("overwrites nothing"));

            let data = folder.path().join("new");
            let mut settings = house.app.settings.clone();
            settings.data = data.clone();
            settings.files = None;
            settings.database_url = Some(empty_database(&house, &data).await);
            restore(&settings, &archive).await.unwrap();

            let db = Db::open(&settings.database_url()).await.unwrap();
            db.migrate().await.unwrap();
            let lines = store::lines(&mut db.read().await.unwrap()).await.unwrap();
            assert_eq!(lines.iter().map(|line| line.slug.as_str()).collect::<Vec<_>>(), ["academy"]);
            let files = Files::open(&settings.files()).unwrap();
            let bytes = files.store().get(&key).await.unwrap().bytes().await.unwrap();
            assert_eq!(&bytes[..], b"a lesson");
            db.close().await;

            assert!(restore(&settings, &archive).await.unwrap_err().contains("not empty"));
            settings.files = Some(folder.path().join("elsewhere").display().to_string());
            let refused = restore(&settings, &archive).await.unwrap_err();
            assert!(refused.contains("empty place"), "{refused}");
        }
    }

    #[tokio::test]
    async fn other_archives_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("x.tar.gz");
        std::fs::write(&archive, b"not an archive").unwrap();
        let house = crate::testing::house(crate::testing::Kind::Sqlite).await;
        let mut settings = house.app.settings.clone();
        settings.data = folder.path().join("new");
        settings.database_url = None;
        assert!(restore(&settings, &archive).await.is_err());
        assert!(!settings.data.join("magistra.db").exists());
    }
}
