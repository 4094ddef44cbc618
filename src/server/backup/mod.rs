//! `backup` writes one archive of database and files while the server runs, reads it again and notes
//! what became of it; `restore` puts it into an empty place and refuses any other.
//!
//! The archive is a gzipped tar that ends with a seal over all its bytes ([`seal`]). In it stand, in
//! this order and nothing else:
//!
//! 1. `magistra.json` ([`Head`]): what this is, of which program, schema and kind of database;
//! 2. `database.sqlite` (VACUUM INTO) or `database.dump` (pg_dump's custom format);
//! 3. `files/…` as in the object store;
//! 4. `manifest.json` ([`Manifest`]): size and SHA-256 of each member before it;
//! 5. `manifest.sha256`: the manifest's own SHA-256, as `sha256sum --check` reads it.
//!
//! The manifest comes last, so that an archive is written as it is read, once; memory holds a line a
//! file, never a file. The database is taken first: files are written before the rows that name them
//! and are never changed, so every file that the database names is in the archive. Where the store has
//! lost one, the manifest says so, and the backup says it aloud: what is left must still be kept.
//!
//! The seal finds what damage does. The manifest says which member it did it to, lets a person check an
//! unpacked archive by hand, and stands when an archive was packed anew. The database's own digests of
//! uploads bind both together.
//!
//! Archives of earlier versions have neither seal nor manifest, so that nothing tells a damaged one from
//! a good one. They are refused, unless `--unsealed` says that somebody knows; everything else is
//! checked of them too, every upload against its digest in the database among it.

mod content;
mod copy_store;
mod read;
mod restore;
pub mod seal;
mod staging;
mod verify;
mod write;

pub use restore::restore;
pub use staging::free;
pub use verify::{Verified, verify};
pub use write::{Written, backup};

use crate::platform::db::address::without_password;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::path::Path;
use tokio::process::Command;

/// What the archive is.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Head {
    /// Always `magistra-backup`.
    pub what: String,
    /// The form of the archive: 2, or 1 for what earlier versions wrote.
    #[serde(default = "first_form")]
    pub form: u32,
    /// Version of the program that wrote it.
    pub version: String,
    /// `sqlite` or `postgres`; it is restored into the same kind.
    pub database: String,
    /// The newest migration of the database in it; 0 where it is not said.
    #[serde(default)]
    pub schema: i64,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// A member of the archive.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Member {
    name: String,
    /// In bytes.
    size: u64,
    /// In hexadecimal.
    sha256: String,
}

/// What the archive holds.
#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub struct Manifest {
    head: Head,
    /// The members before this one, in their order.
    members: Vec<Member>,
    /// Keys of files that the database named and the store did not have.
    missing: Vec<String>,
    /// Keys of files whose bytes in the store were not those that the database knew.
    changed: Vec<String>,
}

/// Whether an archive whose seal is missing or does not fit is read all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// It is refused.
    Required,
    /// It is read: somebody knows where it comes from.
    Waived,
}

const MARK: &str = "magistra-backup";
const FORM: u32 = 2;
const HEAD: &str = "magistra.json";
const MANIFEST: &str = "manifest.json";
const DIGEST: &str = "manifest.sha256";
const FILES: &str = "files/";

fn first_form() -> u32 {
    1
}

fn entry_name(kind: &str) -> &'static str {
    if kind == "sqlite" { "database.sqlite" } else { "database.dump" }
}

/// The key of a member that is a file; none for another member, and for a name that no file of ours has: keys
/// are a few plain words parted by strokes, so that none leads out of a folder or hides in it.
fn file_key(name: &str) -> Option<&str> {
    let key = name.strip_prefix(FILES)?;
    let plain = |word: &str| {
        !word.is_empty()
            && !word.starts_with('.')
            && word.len() <= 100
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    (key.len() <= 200 && key.split('/').all(plain)).then_some(key)
}

/// What `sha256sum --check` reads.
fn digest_line(sha256: &str) -> String {
    format!("{sha256}  {MANIFEST}\n")
}

fn told(what: &str) -> impl Fn(std::io::Error) -> String + '_ {
    move |error| format!("{what}: {error}")
}

/// The folder in which a file stands.
fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A program of PostgreSQL and the address to call it with. The password goes by the environment: other users of
/// the machine see a program's arguments, and the program repeats in its errors what it was called with.
fn client(name: &str, url: &str) -> (Command, String) {
    let (address, password) = without_password(url);
    let mut command = Command::new(name);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    (command, address)
}

/// Runs a program of PostgreSQL and gives what it wrote.
async fn tool(name: &str, command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|e| format!("cannot run {name}: {e} (it comes with PostgreSQL's client programs)"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
