//! Jobs that were given up, for whoever runs the house.

use super::{
    api::{BackupView, JobLine, JobsView, LaneLine},
    model::backup_state,
};
use crate::{
    common::{
        error::AppError,
        forms::{Done, Flash},
        ids::JobId,
    },
    people::rights::{Record, Right, demand},
    platform::{
        audit,
        backup_store::{self, BackupRow},
        context::Ctx,
        job_store as store,
        jobs::{Pace, watch},
    },
};
use chrono::{DateTime, Utc};

/// Where mail goes, without the secrets of its address.
fn mail_server(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    rest.split(['/', '?']).next().unwrap_or_default().to_owned()
}

/// Parked jobs, how many wait, and where mail goes. Payloads stay in the database: letters are
/// other people's.
pub async fn jobs(cx: &Ctx) -> Result<JobsView, AppError> {
    demand(cx.actor.as_ref(), Right::RunHouse, Record::default())?;
    let mut reader = cx.read().await?;
    let parked = store::parked_jobs(&mut reader).await?;
    let now = cx.now();
    let lanes = watch::states(&mut reader, cx.app.kinds, &Pace::of(&cx.app.settings), now).await?;
    Ok(JobsView {
        parked: parked
            .into_iter()
            .map(|job| JobLine {
                id: job.id,
                kind: job.kind,
                attempts: job.attempts,
                error: job.last_error.unwrap_or_default(),
                created_at: job.created_at,
            })
            .collect(),
        waiting: store::waiting_jobs(&mut reader).await?,
        lanes: lanes
            .into_iter()
            .map(|state| LaneLine {
                lane: state.lane,
                waiting: state.waiting,
                late_minutes: state.oldest.map(|oldest| (now - oldest).num_minutes()),
                last_done: state.last_done,
                stands: state.stands,
            })
            .collect(),
        mail_server: cx.app.settings.smtp_url.as_deref().map(mail_server),
        mail_folder: cx.app.settings.mail_folder().display().to_string(),
        backup: backups(backup_store::latest(&mut reader).await?, cx.now()),
    })
}

/// How it stands with backups, of the latest one and the latest that was verified.
pub fn backups(rows: Vec<BackupRow>, now: DateTime<Utc>) -> BackupView {
    let verified = rows.iter().rfind(|row| row.verified);
    let failed = rows.last().filter(|row| !row.verified);
    BackupView {
        state: backup_state(verified.map(|row| row.at), failed.map(|row| row.at), now),
        verified_at: verified.map(|row| row.at),
        size: verified.map_or(0, |row| row.size),
        lacking: verified.map_or(0, |row| row.lacking),
        failed: failed.map(|row| (row.at, row.problem.clone())),
    }
}

/// Lets a parked job run again.
pub async fn retry(cx: &Ctx, id: &str) -> Result<Done, AppError> {
    demand(cx.actor.as_ref(), Right::RunHouse, Record::default())?;
    let id: JobId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    if !store::unpark_job(&mut tx, id, cx.now()).await? {
        return Err(AppError::NotFound);
    }
    audit::note(cx, &mut tx, "retry", "job", id).await?;
    tx.commit().await?;
    cx.app.jobs_waiting.notify_waiters();
    Ok(Done::at("/admin/jobs", Flash::JobRetried))
}

#[cfg(test)]
mod tests {
    use super::mail_server;

    #[test]
    fn a_mail_servers_password_is_not_shown() {
        assert_eq!(mail_server("smtps://user:p@ss@mail.example:465/?x=1"), "mail.example:465");
        assert_eq!(mail_server("smtp://mail.example"), "mail.example");
    }
}
