//! `/institutions`: the public directory by area.

use crate::{
    institutions::{api::Directory, service},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let directory = service::directory(&visit.cx, visit.language()).await?;
    visit.draw(|| show(directory))
}

fn show(directory: Directory) -> impl IntoView {
    let Directory { areas, institutions } = directory;
    let footnote = areas.iter().any(|area| area.footnote);
    let count = institutions.len();
    let sections: Vec<_> = areas
        .into_iter()
        .filter_map(|area| {
            let here: Vec<_> = institutions.iter().filter(|line| line.area_code == area.code).cloned().collect();
            (!here.is_empty()).then_some((area, here))
        })
        .collect();
    let jumps = sections
        .iter()
        .map(|(area, _)| view! { <a href=format!("#{}", area.code)>{area.name.clone()}</a> })
        .collect_view();
    view! {
        <PageHead
            title=tr!(institutions.title)
            lede=tr!(institutions.lede)
            meta=view! { <li>{tr!(institutions.count, count = count as i64)}</li> }.into_any()
        />
        <div class="wrap body">
            <nav class="az" aria-label=tr!(areas.title)>{jumps}</nav>
            {sections
                .into_iter()
                .map(|(area, here)| view! {
                    <section class="dir" id=area.code.clone()>
                        <h2><a href=format!("/areas/{}", area.code)>{area.name}</a></h2>
                        <ul class="dir-list">
                            {here
                                .into_iter()
                                .map(|line| view! {
                                    <li>
                                        <a href=format!("/institutions/{}", line.slug)>{line.name}</a>
                                        <span>{words::institution_kind(line.kind)}</span>
                                    </li>
                                })
                                .collect_view()}
                        </ul>
                    </section>
                })
                .collect_view()}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
}
