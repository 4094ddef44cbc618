//! `/learn/{delivery}` and `/learn/{delivery}/{material}`: where I am, how long it takes, one
//! thing to do.

use super::{media, names_kosovo, progress_words};
use crate::ui::title::Title;
use crate::{
    learning::{
        api::{ItemDone, Shown, Study, get_study},
        model::{Item, Step, neighbours, progress},
    },
    packs::{api::ContentView, pages::show::MaterialView},
    tr,
    ui::{
        form::{Form, Hidden, Submit},
        layout::PageHead,
        load::load,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

#[component]
pub fn StudyPage() -> impl IntoView {
    let params = use_params_map();
    load(
        move || {
            let params = params.read();
            (params.get("delivery").unwrap_or_default(), params.get("material").unwrap_or_default())
        },
        |(delivery, material)| get_study(delivery, material),
        show,
    )
}

fn show(data: Study) -> AnyView {
    let Some(shown) = data.shown.clone() else {
        let about = format!("/deliveries/{}", data.delivery);
        return view! {
            <PageHead title=data.title crumbs=vec![(tr!(learning.title), "/learn".to_owned())]/>
            <div class="wrap body">
                <div class="empty">
                    <h2>{tr!(learning.no_materials)}</h2>
                    <p>{tr!(learning.no_materials_text)}</p>
                    <p><a class="btn" href=about>{tr!(learning.to_delivery)}</a></p>
                </div>
            </div>
        }
        .into_any();
    };
    let delivery = data.delivery;
    let (before, after) = neighbours(&data.items, shown.line.id);
    let module = data.items.iter().find(|item| item.id == shown.line.id).map(|item| item.module);
    let part = data.modules.iter().find(|(id, _)| Some(*id) == module).map(|(_, title)| title.clone());
    let back = before.map(|item| {
        view! { <a class="back" href=format!("/learn/{delivery}/{}", item.id)>{item.title.clone()}</a> }
    });
    let last = after.is_none();
    let footnote = names_kosovo(&data.title).then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> });
    let id = shown.line.id;
    let position = shown.position;
    Effect::new(move |_| media::attend(delivery, id, position));
    view! {
        <Title text=format!("{} · {}", shown.line.title, data.title)/>
        <div class="study">
            <aside class="toc" id="toc" aria-label=tr!(learning.contents)>{contents(&data, &shown)}</aside>
            <div class="lesson">
                <p class="crumb">{part.unwrap_or_default()}" "<a class="toc-jump" href="#toc">{tr!(learning.jump)}</a></p>
                <h1>{shown.line.title.clone()}</h1>
                <MaterialView content=ContentView { line: shown.line, html: shown.html }/>
                <Form function=ItemDone::PATH class="lesson-foot">
                    <Hidden name="delivery" value=delivery.to_string()/>
                    <Hidden name="material" value=id.to_string()/>
                    {back}
                    <Submit label=if last { tr!(learning.save_finish) } else { tr!(learning.save_continue) }/>
                </Form>
                {footnote}
            </div>
        </div>
    }
    .into_any()
}

fn contents(data: &Study, shown: &Shown) -> AnyView {
    let sum = progress(&data.items);
    let modules = data
        .modules
        .iter()
        .filter_map(|(module, title)| {
            let here: Vec<&Item> = data.items.iter().filter(|item| item.module == *module).collect();
            (!here.is_empty()).then(|| {
                let lines = here.into_iter().map(|item| line(data, item, item.id == shown.line.id)).collect_view();
                view! { <h3>{title.clone()}</h3><ol>{lines}</ol> }
            })
        })
        .collect_view();
    view! {
        <a class="back" href="/learn">{tr!(learning.title)}</a>
        <h2>{data.title.clone()}</h2>
        <div class="metered">
            <progress class="meter" value=sum.done.to_string() max=sum.total.max(1).to_string() aria-label=tr!(learning.progress)></progress>
            <p>{progress_words(sum)}</p>
        </div>
        {modules}
    }
    .into_any()
}

fn line(data: &Study, item: &Item, current: bool) -> impl IntoView + use<> {
    // What is open before one's eyes is begun, even before the note of it has arrived.
    let (class, said) = match (item.step, current) {
        (Step::Done, _) => (Some("done"), Some(tr!(learning.done))),
        (Step::Begun, _) | (Step::Fresh, true) => (Some("half"), Some(tr!(learning.begun))),
        (Step::Fresh, false) => (None, None),
    };
    view! {
        <li>
            <a class=class aria-current=current.then_some("page") href=format!("/learn/{}/{}", data.delivery, item.id)>
                <span>{item.title.clone()}</span>
                {said.map(|said| view! { <span class="vh">{said}</span> })}
                {(item.minutes > 0).then(|| view! { <span class="num">{format!("{}′", item.minutes)}</span> })}
            </a>
        </li>
    }
}
