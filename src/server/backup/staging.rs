//! A folder to work in, beside what is made, which never outlives its work.

use super::told;
use crate::platform::private;
use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

/// A folder of our own; gone with this value, whatever happened. What a killed run left is removed by
/// the next; a run that is still at work is not disturbed.
pub struct Staging {
    folder: PathBuf,
    _held: File,
}

const HELD: &str = "held";

impl Staging {
    /// Makes the folder `name` in `parent`.
    pub fn fresh(parent: &Path, name: &str) -> Result<Self, String> {
        let folder = parent.join(name);
        let no_folder = format!("cannot make a folder to work in, {}", folder.display());
        let failed = told(&no_folder);
        if !folder.exists() {
            fs::create_dir(&folder).map_err(&failed)?;
        }
        let held = File::options().write(true).create(true).truncate(false).open(folder.join(HELD)).map_err(&failed)?;
        match held.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!("another run is at work in {}", folder.display()));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let staging = Self { folder, _held: held };
        staging.clear().map_err(&failed)?;
        Ok(staging)
    }

    fn clear(&self) -> std::io::Result<()> {
        private::close_folder(&self.folder)?;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name() == HELD {
                continue;
            }
            if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
        }
        Ok(())
    }

    /// The path of something in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "a working folder could not be removed");
        }
    }
}

/// How many bytes the disk of a folder takes from us.
pub fn free(folder: &Path) -> Result<u64, String> {
    rustix::fs::statvfs(folder)
        .map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))
        .map_err(|e| format!("cannot ask how much room there is in {}: {e}", folder.display()))
}

/// Refuses what would not fit, before it is written.
pub fn room_for(what: &str, size: u64, folder: &Path) -> Result<(), String> {
    let free = free(folder)?;
    if size > free {
        return Err(format!(
            "there is no room for {what}: it takes {size} bytes, and {free} are free in {}",
            folder.display()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_with_its_work_and_what_was_left_in_it_with_the_next() {
        let home = tempfile::tempdir().expect("a folder");
        let staging = Staging::fresh(home.path(), ".work").expect("made");
        assert!(Staging::fresh(home.path(), ".work").is_err_and(|e| e.contains("another run")));
        fs::write(staging.join("a"), b"x").expect("written");
        drop(staging);
        assert!(!home.path().join(".work").exists());

        // A killed run leaves this.
        fs::create_dir_all(home.path().join(".work/files")).expect("made");
        fs::write(home.path().join(".work/files/x"), b"x").expect("written");
        let staging = Staging::fresh(home.path(), ".work").expect("made again");
        assert!(!staging.join("files").exists());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(room_for("a file", 1, Path::new(".")).is_ok());
        assert!(room_for("a file", u64::MAX, Path::new(".")).is_err_and(|e| e.contains("no room")));
    }
}
