//! Whether an archive could be restored, found by doing all of it but the last step.

use super::{
    Head, Seal,
    content::{self, Lacking},
    file_key, folder_of,
    read::{self, Contents, Target},
    staging::Staging,
};
use std::{fmt, path::Path};

/// What a whole archive holds.
#[derive(Debug)]
pub struct Verified {
    /// What it says of itself.
    pub head: Head,
    /// How many files are in it.
    pub files: usize,
    /// Keys of files that the store did not have when it was written.
    pub missing: Vec<String>,
    /// Keys of files whose bytes in the store were others than those received.
    pub changed: Vec<String>,
    /// How many files no row of the database names.
    pub unnamed: usize,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Verified {
    /// What somebody should look at, though the archive is as it was written.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let mut tell = |keys: &[String], what: &str| {
            if let Some(first) = keys.first() {
                warnings.push(format!("{} {what}; the first is {first}", keys.len()));
            }
        };
        tell(&self.missing, "files that the database names were not in the store when the archive was written");
        tell(&self.changed, "files in the store were not as they had been received when the archive was written");
        if self.unnamed > 0 {
            warnings.push(format!("{} files in the archive are named by no row of the database", self.unnamed));
        }
        warnings
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Head { version, database, at, .. } = &self.head;
        let at = at.format("%Y-%m-%d %H:%M UTC");
        write!(f, "{database} database and {} files of {at}, by version {version}, ", self.files)?;
        write!(f, "{} bytes, SHA-256 {}", self.size, self.sha256)
    }
}

/// Reads an archive from end to end and looks into its database, in a folder beside it that is gone afterwards.
/// Nothing is changed.
///
/// # Errors
/// Says in one sentence why the archive could not be restored.
pub async fn verify(archive: &Path, seal: Seal) -> Result<Verified, String> {
    let staging = Staging::fresh(folder_of(archive), ".magistra-verify")?;
    verify_in(archive, &staging, seal).await
}

/// As [`verify`], in a folder that is there already.
pub async fn verify_in(archive: &Path, staging: &Staging, seal: Seal) -> Result<Verified, String> {
    let folder = staging.join("verify");
    let contents = read::unpack(archive, seal, &Target { database: &folder, files: None, kind: None })?;
    look(&contents).await
}

/// Looks into what was unpacked: the database, and whether its files are there.
pub async fn look(contents: &Contents) -> Result<Verified, String> {
    let copied = content::inspect(&contents.head, &contents.database).await?;
    let said = contents.head.schema;
    if contents.manifest.is_some() && said != copied.schema {
        return Err(format!("the archive says that its schema is {said}, and its database has {}", copied.schema));
    }
    let Lacking { missing, changed, unnamed } =
        content::compare(&copied.files, &contents.members, contents.manifest.as_ref())?;
    Ok(Verified {
        head: contents.head.clone(),
        files: contents.members.iter().filter(|member| file_key(&member.name).is_some()).count(),
        missing,
        changed,
        unnamed,
        size: contents.size,
        sha256: contents.sha256.clone(),
    })
}
