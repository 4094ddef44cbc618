//! What is written on the disk is for the user that Magistra runs as and for nobody else: the
//! database, uploads, letters and archives hold names, marks and addresses.
//!
//! The process's mask ([`mask`]) covers what libraries and other programs make; what we make
//! ourselves says its mode besides, and what an earlier version left open is closed ([`close`]).

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Mode of folders: read, written and entered by the owner.
const FOLDER: u32 = 0o700;
/// Mode of files: read and written by the owner.
const FILE: u32 = 0o600;
/// What group and others may do.
const OTHERS: u32 = 0o077;

/// Makes everything that this process and its children create private, whatever mask it was started with.
pub fn mask() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(OTHERS));
}

/// Makes a folder and those above it where they are missing. One that is there keeps its mode.
pub fn folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER).create(path)
}

/// Makes a file, which must not be there yet, and opens it for writing and reading.
pub fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(FILE).open(path)
}

/// Writes a whole new file.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create(path)?.write_all(bytes)
}

/// Writes a whole file in the place of one that may be there: a reader sees the old one or the new one, never
/// half of it.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    let written = remove(partial).and_then(|()| write(partial, bytes)).and_then(|()| std::fs::rename(partial, path));
    if written.is_err()
        && let Err(error) = remove(partial)
    {
        tracing::warn!(%error, path = %partial.display(), "half of a file is left");
    }
    written
}

/// Removes a file that may be there.
fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether group or others may do anything with what stands there.
pub fn is_open(path: &Path) -> io::Result<bool> {
    Ok(path.symlink_metadata()?.permissions().mode() & OTHERS != 0)
}

/// Takes from group and others what they may do. What is not there, or not ours to change, stays as it is:
/// `doctor` says so.
fn close(path: &Path, mode: u32) {
    if is_open(path).unwrap_or(false)
        && let Err(error) = std::fs::set_permissions(path, Permissions::from_mode(mode))
    {
        tracing::warn!(%error, path = %path.display(), "others may read this, and its mode could not be changed");
    }
}

/// Closes a folder to group and others.
pub fn close_folder(path: &Path) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(FOLDER))
}

/// The files of an SQLite database: itself, its log and the log's index.
pub fn database_files(database: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

/// Makes the database's file where it is missing (SQLite gives its log the same mode) and closes files and
/// folders that an earlier version left open. The folders must be ours alone.
pub fn keep(database: Option<&Path>, folders: &[&Path]) -> io::Result<()> {
    if let Some(database) = database {
        if !database.exists() {
            create(database)?;
        }
        for file in database_files(database) {
            close(&file, FILE);
        }
    }
    for folder in folders {
        close(folder, FOLDER);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("is there").permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_private_and_what_was_open_is_closed() {
        let home = tempfile::tempdir().expect("a folder");
        let (inner, file) = (home.path().join("a/b"), home.path().join("a/b/c"));
        folder(&inner).expect("made");
        write(&file, b"a name").expect("written");
        assert_eq!((mode(&inner), mode(&home.path().join("a")), mode(&file)), (0o700, 0o700, 0o600));
        assert!(write(&file, b"another").is_err(), "nothing is overwritten");
        // Half of it was written when the power failed.
        std::fs::write(home.path().join("a/b/c.partial"), b"an").expect("written");
        replace(&file, b"another").expect("replaced");
        assert_eq!((std::fs::read(&file).expect("is there"), mode(&file)), (b"another".to_vec(), 0o600));
        assert_eq!(std::fs::read_dir(&inner).expect("a folder").count(), 1, "nothing half is left");

        let database = home.path().join("magistra.db");
        let wal = home.path().join("magistra.db-wal");
        for left in [&database, &wal] {
            std::fs::write(left, b"").expect("written");
            std::fs::set_permissions(left, Permissions::from_mode(0o644)).expect("opened");
        }
        std::fs::set_permissions(&inner, Permissions::from_mode(0o755)).expect("opened");
        keep(Some(&database), &[&inner, &home.path().join("not there")]).expect("kept");
        assert_eq!((mode(&database), mode(&wal), mode(&inner)), (0o600, 0o600, 0o700));

        let fresh = home.path().join("fresh.db");
        keep(Some(&fresh), &[]).expect("kept");
        assert_eq!(mode(&fresh), 0o600);
    }

    #[tokio::test]
    async fn a_letter_is_private() {
        use crate::{
            platform::{context::Ctx, mail},
            testing::{Kind, house},
        };
        let house = house(Kind::Sqlite).await;
        let letter = mail::Letter {
            name: "Ana Hoxha".into(),
            to: "ana@magistra.example".into(),
            subject: "Your place".into(),
            body: "You have one.".into(),
        };
        let payload = serde_json::to_string(&letter).expect("a letter");
        mail::deliver(Ctx::internal(&house.app), payload).await.expect("written");
        let folder = house.app.settings.mail_folder();
        let written = std::fs::read_dir(&folder).expect("a folder").next().expect("a letter").expect("readable");
        assert_eq!((mode(&folder), mode(&written.path())), (0o700, 0o600));
    }
}
