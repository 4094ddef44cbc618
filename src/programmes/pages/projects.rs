//! `/projects`: all projects, on a time line and in a table.

use super::{
    parts::{area_links, dates, footnote, money, names_kosovo, tabs},
    timeline::timeline,
};
use crate::{
    platform::http::page::{Drawn, Visit},
    programmes::{api::ProjectLine, service},
    tr,
    ui::{layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let projects = service::projects(&visit.cx, visit.language()).await?;
    visit.draw(|| show(projects))
}

fn show(projects: Vec<ProjectLine>) -> impl IntoView {
    let kosovo = names_kosovo(projects.iter().flat_map(|project| &project.areas));
    let count = projects.len() as i64;
    let picture = timeline(&projects);
    view! {
        <PageHead
            title=tr!(programmes.title)
            lede=tr!(programmes.lede)
            meta=view! { <li>{tr!(programmes.count, count = count)}</li> }.into_any()
        />
        <div class="wrap body stack wide">
            {tabs("/projects")}
            {picture}
            <section class="stack">
                <h2>{tr!(programmes.all)}</h2>
                <table class="cards">
                    <thead>
                        <tr>
                            <th scope="col">{tr!(programmes.project)}</th>
                            <th scope="col">{tr!(programmes.dates)}</th>
                            <th scope="col" class="n">{tr!(programmes.budget)}</th>
                            <th scope="col">{tr!(programmes.funding)}</th>
                            <th scope="col">{tr!(programmes.areas)}</th>
                            <th scope="col">{tr!(programmes.status_label)}</th>
                        </tr>
                    </thead>
                    <tbody>{projects.into_iter().map(row).collect_view()}</tbody>
                </table>
            </section>
            {footnote(kosovo)}
        </div>
    }
    .into_any()
}

fn row(project: ProjectLine) -> impl IntoView {
    let budget =
        project.budget_cents.map_or_else(|| tr!(programmes.not_given), |cents| money(cents, &project.currency));
    view! {
        <tr>
            <th scope="row" data-label=tr!(programmes.project)>
                <a href=format!("/projects/{}", project.key)>{project.title}</a>
            </th>
            <td data-label=tr!(programmes.dates)>{dates(project.starts, project.ends)}</td>
            <td class="n" data-label=tr!(programmes.budget)>{budget}</td>
            <td data-label=tr!(programmes.funding)><span lang="en">{project.funding.join(", ")}</span></td>
            <td data-label=tr!(programmes.areas)>
                {if project.areas.is_empty() {
                    view! { <span class="muted">{tr!(programmes.not_given)}</span> }.into_any()
                } else {
                    view! { <span>{area_links(project.areas)}</span> }.into_any()
                }}
            </td>
            <td data-label=tr!(programmes.status_label)>
                <span class="tags">
                    <span class="tag plain">{words::project_status(project.status)}</span>
                    {project.amended.then(|| view! { <span class="tag calm">{tr!(programmes.amended)}</span> })}
                </span>
            </td>
        </tr>
    }
}
