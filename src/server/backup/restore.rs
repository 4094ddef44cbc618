//! Putting an archive into an empty place: all of it or nothing.
//!
//! The archive is unpacked beside its target and checked there. Only then are the files moved into their
//! folder (or sent to their bucket), and the database last, by one rename or in one transaction: until it is
//! there, nothing points to the files. Whatever fails, what was put in place is taken away again.

use super::{
    Seal, client, copy_store, file_key, folder_of,
    read::{self, Contents, Target},
    staging::Staging,
    told, tool,
    verify::{self, Verified},
};
use crate::platform::{config::Settings, files::Files, private};
use futures::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt, buffered::BufWriter, path::Path as ObjectPath};
use std::{
    fs::{self, File},
    io::ErrorKind,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::io::AsyncWriteExt;

const WORK: &str = ".magistra-restore";

/// Restores an archive into an empty database and an empty store of files.
///
/// # Errors
/// Says why not; then the place is as it was before.
pub async fn restore(settings: &Settings, archive: &Path, seal: Seal) -> Result<Verified, String> {
    let folder = (!settings.files().starts_with("s3://")).then(|| PathBuf::from(settings.files()));
    let made: Vec<PathBuf> =
        [Some(settings.data.clone()), folder.clone()].into_iter().flatten().filter(|it| !it.exists()).collect();
    let outcome = into_empty(settings, archive, seal, folder.as_deref()).await;
    if outcome.is_err() {
        // Files first, for they usually lie in the other. One that is not empty stays.
        for folder in made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
    outcome
}

async fn into_empty(
    settings: &Settings,
    archive: &Path,
    seal: Seal,
    folder: Option<&Path>,
) -> Result<Verified, String> {
    settings.check()?;
    let files = Files::open(&settings.files())?;
    let beside = match folder {
        Some(folder) => beside(folder)?,
        None => settings.data.clone(),
    };
    let staging = Staging::fresh(&beside, WORK)?;
    // A working folder inside the target is no file of the target's.
    let mut there = files.store().list(None).filter(|found| {
        let ours = found.as_ref().is_ok_and(|object| object.location.as_ref().starts_with(WORK));
        std::future::ready(!ours)
    });
    match there.next().await {
        None => {}
        Some(Ok(_)) => return Err(format!("{} is not empty; restore only fills an empty place", settings.files())),
        Some(Err(error)) => return Err(format!("cannot look into {}: {error}", settings.files())),
    }
    drop(there);
    refuse_a_full_database(settings).await?;

    let sqlite = settings.sqlite_file();
    // The database must be renamed into its place: it may lie on another disk than the files.
    let database = match &sqlite {
        Some(file) => Some(Staging::fresh(folder_of(file), ".magistra-restore-database")?),
        None => None,
    };
    let (unpacked, database) = (staging.join("files"), database.as_ref().unwrap_or(&staging).join("database"));
    private::folder(&unpacked).map_err(told("cannot make a folder to unpack in"))?;
    let into = Target {
        database: &database,
        files: Some(&unpacked),
        kind: Some(if sqlite.is_some() { "sqlite" } else { "postgres" }),
    };
    let contents = read::unpack(archive, seal, &into)?;
    let verified = verify::look(&contents).await?;
    kept_by_the_disk(&unpacked)?;

    let mut placed = Placed { folder, store: files.store(), names: Vec::new() };
    let outcome = match placed.put(&unpacked, &contents).await {
        Ok(()) => put_database(settings, &contents.database, sqlite.as_deref()).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => Ok(verified),
        Err(error) => {
            placed.take_away().await;
            Err(error)
        }
    }
}

/// A folder from which everything can be renamed into `folder`: the one above it, or itself where a disk begins.
fn beside(folder: &Path) -> Result<PathBuf, String> {
    let disk = |path: &Path| path.metadata().map(|it| it.dev());
    let above = folder_of(folder);
    match (disk(above), disk(folder)) {
        (Ok(a), Ok(b)) if a == b => Ok(above.to_owned()),
        (_, Ok(_)) => Ok(folder.to_owned()),
        (_, Err(error)) => Err(format!("cannot look into {}: {error}", folder.display())),
    }
}

async fn refuse_a_full_database(settings: &Settings) -> Result<(), String> {
    let Some(path) = settings.sqlite_file() else {
        return match copy_store::tables(&settings.database_url()).await? {
            0 => Ok(()),
            _ => Err("the database is not empty; restore only fills an empty place".into()),
        };
    };
    // A log that was left would be played into the database that is put beside it.
    for file in private::database_files(&path) {
        if file.exists() {
            return Err(format!("{} exists; restore only fills an empty place", file.display()));
        }
    }
    Ok(())
}

/// What was unpacked is on the disk before anything is said to be restored.
fn kept_by_the_disk(folder: &Path) -> Result<(), String> {
    let folder = File::open(folder).map_err(told("cannot unpack the archive"))?;
    rustix::fs::syncfs(&folder).map_err(|e| format!("cannot unpack the archive: {e}"))
}

/// The files that were put in place, to be taken away if the rest fails.
struct Placed<'a> {
    /// None when they went to a bucket.
    folder: Option<&'a Path>,
    store: &'a Arc<dyn ObjectStore>,
    /// Of folders and files in the folder, or keys in the bucket.
    names: Vec<String>,
}

impl Placed<'_> {
    async fn put(&mut self, unpacked: &Path, contents: &Contents) -> Result<(), String> {
        let Some(folder) = self.folder else {
            for key in contents.members.iter().filter_map(|member| file_key(&member.name)) {
                self.names.push(key.to_owned());
                send(self.store, key, &unpacked.join(key)).await?;
            }
            return Ok(());
        };
        let failed = told("cannot put the files in their place");
        for entry in fs::read_dir(unpacked).map_err(&failed)? {
            let entry = entry.map_err(&failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            fs::rename(entry.path(), folder.join(&name)).map_err(&failed)?;
            self.names.push(name);
        }
        File::open(folder).and_then(|it| it.sync_all()).map_err(&failed)
    }

    async fn take_away(self) {
        for name in self.names {
            let gone = match self.folder.map(|folder| folder.join(&name)) {
                Some(path) if path.is_dir() => fs::remove_dir_all(path).map_err(|e| e.to_string()),
                Some(path) => fs::remove_file(path).map_err(|e| e.to_string()),
                None => match self.store.delete(&ObjectPath::from(name.as_str())).await {
                    Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
                    Err(error) => Err(error.to_string()),
                },
            };
            if let Err(error) = gone {
                tracing::error!(name, error, "what was put in place could not be taken away again");
            }
        }
    }
}

async fn send(store: &Arc<dyn ObjectStore>, key: &str, from: &Path) -> Result<(), String> {
    let failed = told("cannot store a file");
    let mut from = tokio::fs::File::open(from).await.map_err(&failed)?;
    let mut to = BufWriter::new(store.clone(), ObjectPath::from(key));
    tokio::io::copy(&mut from, &mut to).await.map_err(&failed)?;
    to.shutdown().await.map_err(&failed)
}

async fn put_database(settings: &Settings, dump: &Path, sqlite: Option<&Path>) -> Result<(), String> {
    let Some(path) = sqlite else {
        let args = ["--exit-on-error", "--single-transaction", "--no-owner", "--dbname"];
        let (mut pg_restore, address) = client("pg_restore", &settings.database_url());
        return tool("pg_restore", pg_restore.args(args).arg(address).arg(dump)).await.map(|_| ());
    };
    let failed = told("cannot put the database in its place");
    File::open(dump).and_then(|it| it.sync_all()).map_err(&failed)?;
    // A link fails where a file came into being meanwhile; a rename would replace it.
    fs::hard_link(dump, path)
        .or_else(|_| if path.exists() { Err(ErrorKind::AlreadyExists.into()) } else { fs::rename(dump, path) })
        .map_err(&failed)?;
    File::open(folder_of(path)).and_then(|it| it.sync_all()).map_err(|error| {
        let _ = fs::remove_file(path);
        failed(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::backup::{Head, Member};

    /// What a bucket does is what every object store does: one in memory stands for it.
    #[tokio::test]
    async fn what_was_sent_to_a_bucket_is_taken_away_when_the_rest_fails() {
        let unpacked = tempfile::tempdir().expect("a folder");
        fs::create_dir(unpacked.path().join("ab")).expect("made");
        fs::write(unpacked.path().join("ab/cd"), b"a lesson").expect("written");
        let files = Files::memory();
        let member = |name: &str| Member { name: name.into(), size: 8, sha256: String::new() };
        let contents = |members| Contents {
            head: Head {
                what: String::new(),
                form: 2,
                version: String::new(),
                database: "postgres".into(),
                schema: 0,
                at: chrono::DateTime::UNIX_EPOCH,
            },
            manifest: None,
            members,
            database: PathBuf::new(),
            size: 0,
            sha256: String::new(),
        };
        let mut placed = Placed { folder: None, store: files.store(), names: Vec::new() };
        placed.put(unpacked.path(), &contents(vec![member("files/ab/cd")])).await.expect("sent");
        let there = files.store().get(&ObjectPath::from("ab/cd")).await.expect("there").bytes().await.expect("read");
        assert_eq!(&there[..], b"a lesson");
        placed.put(unpacked.path(), &contents(vec![member("files/ab/ef")])).await.expect_err("was never unpacked");
        placed.take_away().await;
        assert!(files.store().list(None).next().await.is_none());
    }
}
