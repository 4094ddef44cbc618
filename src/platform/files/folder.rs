//! The folder that was opened, told from another of the same name: a disk that is unmounted leaves an empty folder in
//! its place. What is written there is on the wrong disk, and hidden as soon as the right one is back.

use std::{fs::Metadata, io, os::unix::fs::MetadataExt, path::PathBuf, time::Duration};

/// A folder as it was when it was opened.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// Its file system and its number there.
    identity: (u64, u64),
}

impl Folder {
    /// A folder that is there.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let identity = identity(&std::fs::metadata(&path)?);
        Ok(Self { path, identity })
    }

    /// Refuses where another folder stands there now, or none, or where nobody answers in time.
    pub(super) async fn in_place(&self, silence: Duration) -> io::Result<()> {
        let found = tokio::time::timeout(silence, tokio::fs::metadata(&self.path)).await;
        if found.is_ok_and(|found| found.is_ok_and(|found| identity(&found) == self.identity)) {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "{} is not the folder that was opened at the start: a disk was taken away or another put in its place. \
             Mount the right one and start the server again",
            self.path.display()
        )))
    }
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}
