//! `/areas`: where the projects work, and the hosts and partners beside.

use crate::{
    institutions::{api::AreaLine, service},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::layout::PageHead,
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let lines = service::area_lines(&visit.cx, visit.language()).await?;
    visit.draw(|| show(lines))
}

fn show(lines: Vec<AreaLine>) -> impl IntoView {
    let footnote = lines.iter().any(|line| line.area.footnote);
    let (project, hosts): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.area.project_area);
    let count = project.len() as i64;
    view! {
        <PageHead
            title=tr!(areas.title)
            lede=tr!(areas.lede)
            meta=view! { <li>{tr!(areas.count, count = count)}</li> }.into_any()
        />
        <div class="wrap body">
            <section class="dir" id="project">
                <h2>{tr!(areas.project)}</h2>
                <ul class="dir-list">{project.into_iter().map(item).collect_view()}</ul>
            </section>
            {(!hosts.is_empty())
                .then(|| view! {
                    <section class="dir" id="hosts">
                        <h2>{tr!(areas.hosts)}</h2>
                        <ul class="dir-list">{hosts.into_iter().map(item).collect_view()}</ul>
                    </section>
                })}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn item(line: AreaLine) -> impl IntoView {
    let count = line.institutions;
    view! {
        <li>
            <a href=format!("/areas/{}", line.area.code)>{line.area.name}</a>
            {(count > 0).then(|| view! { <span>{tr!(areas.institution_count, count = count)}</span> })}
        </li>
    }
}
