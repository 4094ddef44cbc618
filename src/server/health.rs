//! `/health/ready`: whether what people do can be kept just now. It is tried and not guessed: something of no
//! meaning is written into the database and into the store of files. A line names each part; what exactly is
//! wrong stands in the log only.

use crate::platform::{
    context::{App, Ctx},
    job_store,
};
use axum::http::StatusCode;
use chrono::TimeDelta;
use std::{
    fmt::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// For how long a report is given again, so that asking costs the server nothing.
const KEPT: Duration = Duration::from_secs(2);
/// How long each part may take to answer.
const PATIENCE: Duration = Duration::from_secs(6);
/// A job that has been due for so long says that nobody works on jobs.
const LATE: TimeDelta = TimeDelta::minutes(10);
const MIB: u64 = 1024 * 1024;

/// Tries whether the server is ready.
#[derive(Clone, Debug)]
pub struct Health {
    last: Arc<Mutex<Option<(Instant, StatusCode, String)>>>,
    probe: uuid::Uuid,
}

/// One part: what is said of it, and whether people's work can be kept without it.
struct Part {
    line: String,
    broken: bool,
}

impl Part {
    fn well(line: String) -> Self {
        Self { line, broken: false }
    }

    fn broken(line: String) -> Self {
        Self { line, broken: true }
    }
}

impl Health {
    /// Nothing has been tried yet.
    pub fn new(app: &App) -> Self {
        Self { last: Arc::default(), probe: app.id() }
    }

    /// The answer to `/health/ready`. Who asks while it is being tried waits for the same answer.
    pub async fn ready(&self, app: &App) -> (StatusCode, String) {
        let mut last = self.last.lock().await;
        if let Some((at, status, text)) = &*last
            && at.elapsed() < KEPT
        {
            return (*status, text.clone());
        }
        let (status, text) = self.look(app).await;
        *last = Some((Instant::now(), status, text.clone()));
        (status, text)
    }

    async fn look(&self, app: &App) -> (StatusCode, String) {
        let (database, files, disk, jobs) = tokio::join!(database(app), self.files(app), disk(app), jobs(app));
        let parts = [("database", database), ("files", files), ("disk", disk), ("jobs", jobs)];
        let broken = parts.iter().any(|(_, part)| part.broken);
        let mut text = String::from(if broken { "not ready\n" } else { "ready\n" });
        for (name, part) in &parts {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{name}: {}", part.line);
        }
        (if broken { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }, text)
    }

    async fn files(&self, app: &App) -> Part {
        match tokio::time::timeout(PATIENCE, app.files.try_to_write(self.probe)).await {
            Ok(Ok(())) => Part::well("written, read and removed".into()),
            Ok(Err(error)) => {
                tracing::error!(%error, "not ready: the store of files");
                Part::broken("cannot be written to".into())
            }
            Err(_) => {
                tracing::error!("not ready: the store of files does not answer");
                Part::broken("no answer".into())
            }
        }
    }
}

async fn database(app: &App) -> Part {
    match tokio::time::timeout(PATIENCE, app.db.try_to_write()).await {
        Ok(Ok(())) => Part::well("written".into()),
        Ok(Err(error)) => {
            tracing::error!(%error, "not ready: the database");
            Part::broken("cannot be written to".into())
        }
        Err(_) => {
            tracing::error!("not ready: the database does not answer");
            Part::broken("no answer".into())
        }
    }
}

async fn disk(app: &App) -> Part {
    let needed = app.settings.min_free_mib;
    let folders = folders(app);
    let looked = tokio::task::spawn_blocking(move || folders.iter().map(|folder| free(folder)).min().flatten());
    match tokio::time::timeout(PATIENCE, looked).await {
        Ok(Ok(Some(free))) if free / MIB < needed => {
            tracing::error!(free_mib = free / MIB, needed_mib = needed, "not ready: the disk is full");
            Part::broken(format!("{} MiB free, of which {needed} must be left", free / MIB))
        }
        Ok(Ok(Some(free))) => Part::well(format!("{} MiB free", free / MIB)),
        _ => {
            tracing::error!("not ready: the folder of data cannot be looked at");
            Part::broken("cannot be looked at".into())
        }
    }
}

/// The folders of this machine that are written to.
fn folders(app: &App) -> Vec<PathBuf> {
    let settings = &app.settings;
    let mut folders = vec![settings.data.clone()];
    let files = settings.files();
    if !files.contains("://") {
        folders.push(files.into());
    }
    if let Some(file) = settings.database_url().strip_prefix("sqlite://")
        && let Some(folder) = Path::new(file.split('?').next().unwrap_or_default()).parent()
        && folder.is_dir()
    {
        folders.push(folder.to_owned());
    }
    folders.retain(|folder| folder.exists());
    folders
}

/// The bytes that are free in a folder's file system.
fn free(folder: &Path) -> Option<u64> {
    rustix::fs::statvfs(folder).ok().map(|found| found.f_bavail.saturating_mul(found.f_frsize))
}

async fn jobs(app: &App) -> Part {
    let cx = Ctx::internal(app);
    let oldest = async {
        let mut reader = cx.read().await?;
        job_store::oldest_due_job(&mut reader, cx.now()).await
    };
    match tokio::time::timeout(PATIENCE, oldest).await {
        // What people do is kept all the same, and done when somebody works again.
        Ok(Ok(Some(due))) if cx.now() - due > LATE => {
            let minutes = (cx.now() - due).num_minutes();
            tracing::error!(minutes, "jobs are due and nobody works on them");
            Part::well(format!("late: the oldest has been due for {minutes} minutes"))
        }
        Ok(Ok(_)) => Part::well("none is late".into()),
        _ => Part::well("not known".into()),
    }
}
