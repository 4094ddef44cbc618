//! `/admin/jobs`: background work that was given up, and where mail goes.

use super::{lanes::lanes, moment};
use crate::{
    people::house::{
        api::{BackupView, JobLine, JobsView, RetryJob},
        model::BackupState,
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        form::{Form, Hidden},
        format,
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let jobs = service::jobs(&visit.cx).await?;
    visit.draw(|| show(jobs))
}

fn show(data: JobsView) -> impl IntoView {
    let mail = match data.mail_server {
        Some(host) => tr!(people.jobs.mail_server, host = host),
        None => tr!(people.jobs.mail_folder, folder = data.mail_folder),
    };
    let parked = if data.parked.is_empty() {
        view! { <div class="empty"><h2>{tr!(people.jobs.none)}</h2><p>{tr!(people.jobs.none_text)}</p></div> }
            .into_any()
    } else {
        view! { <ul class="list">{data.parked.into_iter().map(job).collect_view()}</ul> }.into_any()
    };
    view! {
        <PageHead
            title=tr!(people.jobs.title)
            lede=tr!(people.jobs.lede)
            meta=view! {
                <li>{tr!(people.jobs.waiting, count = data.waiting)}</li>
                <li>{mail}</li>
                <li>{last_backup(&data.backup)}</li>
            }
            .into_any()
        />
        <div class="wrap body stack wide">{worry(data.backup)}{lanes(data.lanes)}{parked}</div>
    }
    .into_any()
}

fn last_backup(backup: &BackupView) -> String {
    match backup.verified_at {
        Some(at) => tr!(people.jobs.backup, at = moment(at), size = format::bytes(backup.size)),
        None => tr!(people.jobs.backup_none),
    }
}

/// What is wrong with backups; nothing when all is well.
fn worry(backup: BackupView) -> Option<AnyView> {
    let title = match backup.state {
        BackupState::Good => None,
        BackupState::Never => Some(tr!(people.jobs.backup_never)),
        BackupState::Failed => Some(tr!(people.jobs.backup_failed)),
        BackupState::Old => Some(tr!(people.jobs.backup_old)),
    };
    let lacking = (backup.lacking > 0).then(|| tr!(people.jobs.backup_lacking, count = backup.lacking));
    if title.is_none() && lacking.is_none() {
        return None;
    }
    let failed = backup.failed.map(|(at, problem)| format!("{}: {problem}", moment(at)));
    let look = title.is_some().then(|| tr!(people.jobs.backup_text));
    let lines = [failed, look, lacking].into_iter().flatten().map(|line| view! { <p>{line}</p> }).collect_view();
    let title = title.map(|title| view! { <h2>{title}</h2> });
    Some(view! { <div class="notice warn">{title}{lines}</div> }.into_any())
}

fn job(line: JobLine) -> impl IntoView {
    let id = line.id.to_string();
    view! {
        <li class="item">
            <div class="grow">
                <h3><code>{line.kind}</code></h3>
                <p>{line.error}</p>
                <p class="muted">{tr!(people.jobs.facts, tries = line.attempts, since = moment(line.created_at))}</p>
            </div>
            <div class="end">
                <Form function=RetryJob::PATH key=id.clone()>
                    <Hidden name="id" value=id/>
                    <button class="btn quiet small">{tr!(people.jobs.retry)}</button>
                </Form>
            </div>
        </li>
    }
}
