//! `/admin/jobs`: background work that was given up, and where mail goes.

use super::{lanes::lanes, moment};
use crate::{
    people::house::api::{JobLine, JobsView, RetryJob, get_jobs},
    tr,
    ui::{
        form::{Form, Hidden},
        layout::PageHead,
        load::load,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

#[component]
pub fn JobsPage() -> impl IntoView {
    load(|| (), |()| get_jobs(), show)
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
            meta=view! { <li>{tr!(people.jobs.waiting, count = data.waiting)}</li><li>{mail}</li> }.into_any()
        />
        <div class="wrap body stack wide">{lanes(data.lanes)}{parked}</div>
    }
    .into_any()
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
