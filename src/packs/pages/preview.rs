//! `/packs/{id}/preview`: the pack as a participant will study it.

use super::show::MaterialView;
use crate::{
    packs::{api::PreviewView, model::MaterialLine, service},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::title::Title,
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let (pack, material) = (visit.param("pack"), visit.param("material"));
    let data = service::preview(&visit.cx, pack, material, visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: PreviewView) -> impl IntoView {
    let PreviewView { head, modules, materials, shown } = data;
    let back = format!("/packs/{}", head.id);
    let at = shown.as_ref().and_then(|shown| materials.iter().position(|line| line.id == shown.line.id));
    let path = |line: &MaterialLine| format!("/packs/{}/preview/{}", head.id, line.id);
    let before = at.and_then(|at| materials.get(at.checked_sub(1)?)).map(|line| (path(line), line.title.clone()));
    let after = at.and_then(|at| materials.get(at + 1)).map(|line| (path(line), line.title.clone()));
    let module_title = shown
        .as_ref()
        .and_then(|shown| modules.iter().find(|module| module.id == shown.line.module_id))
        .map(|module| module.title.clone())
        .unwrap_or_default();
    let current = shown.as_ref().map(|shown| shown.line.id);
    let minutes: i64 = materials.iter().map(|line| line.minutes).sum();
    let count = materials.len() as i64;
    let contents = modules
        .into_iter()
        .map(|module| {
            let lines = materials
                .iter()
                .filter(|line| line.module_id == module.id)
                .map(|line| {
                    view! {
                        <li>
                            <a href=path(line) aria-current=(current == Some(line.id)).then_some("page")>
                                <span>{line.title.clone()}</span>
                                <span class="num">{(line.minutes > 0).then(|| format!("{}′", line.minutes))}</span>
                            </a>
                        </li>
                    }
                })
                .collect_view();
            view! { <h3>{module.title}</h3><ol>{lines}</ol> }
        })
        .collect_view();
    let lesson = match shown {
        Some(shown) => {
            let title = shown.line.title.clone();
            view! {
                <Title text=title.clone()/>
                <p class="crumb"><span>{module_title}</span><a class="toc-jump" href="#toc">{tr!(packs.contents)}</a></p>
                <h1>{title}</h1>
                <MaterialView content=shown/>
                <div class="lesson-foot">
                    {before.map(|(href, title)| view! { <a class="back" href=href>{title}</a> })}
                    {after.map(|(href, title)| view! { <a class="next" href=href>{title}</a> })}
                </div>
            }
            .into_any()
        }
        None => view! {
            <Title text=tr!(packs.preview)/>
            <h1>{head.title.clone()}</h1>
            <p class="notice">{tr!(packs.preview_empty)}</p>
        }
        .into_any(),
    };
    view! {
        <div class="study">
            <aside class="toc" id="toc" aria-label=tr!(packs.contents)>
                <a class="back" href=back>{tr!(packs.preview_back)}</a>
                <h2>{head.title.clone()}</h2>
                <div class="metered">
                    <progress class="meter" value="0" max=count.max(1).to_string() aria-label=tr!(packs.progress)></progress>
                    <p>{tr!(packs.preview_note, count = count, time = crate::ui::format::minutes(minutes))}</p>
                </div>
                {contents}
            </aside>
            <div class="lesson" lang=head.language.clone()>{lesson}</div>
        </div>
    }
    .into_any()
}
