//! `/teach`: what a trainer writes and teaches, and the form for a new pack.

use crate::{
    deliveries::teaching::{self, TeachingLine},
    feedback::pages::parts::{waiting, waiting_of},
    packs::{
        api::{CreatePack, NewPackView, Teaching},
        model::{AuthoredCourse, PackLine},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, TextArea},
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::teaching(&visit.cx, visit.language()).await?;
    let lines = teaching::mine(&visit.cx).await?;
    let undecided = waiting_of(&visit).await;
    visit.draw(|| {
        view! {
            <PageHead
                title=tr!(packs.teach)
                lede=tr!(packs.teach_lede)
                actions=view! { <a class="btn" href="/teach/new">{tr!(packs.new_pack)}</a> }.into_any()
            />
            {waiting(undecided)}
            <div class="wrap body">{courses(data)} {deliveries(lines)}</div>
        }
    })
}

fn courses(data: Teaching) -> impl IntoView {
    let Teaching { courses, packs } = data;
    if courses.is_empty() {
        return view! {
            <div class="empty"><h2>{tr!(packs.no_courses)}</h2><p>{tr!(packs.no_courses_text)}</p></div>
        }
        .into_any();
    }
    let sections = courses
        .into_iter()
        .map(|course| {
            let own: Vec<PackLine> = packs.iter().filter(|pack| pack.course_id == course.id).cloned().collect();
            course_section(course, own)
        })
        .collect_view();
    view! { {sections} }.into_any()
}

fn course_section(course: AuthoredCourse, packs: Vec<PackLine>) -> impl IntoView {
    let new = format!("/teach/new?course={}", course.id);
    let list = if packs.is_empty() {
        view! { <p class="muted">{tr!(packs.no_packs)}</p> }.into_any()
    } else {
        view! {
            <ul class="list">
                {packs
                    .into_iter()
                    .map(|pack| view! {
                        <li class="item">
                            <div class="grow">
                                <h3><a href=format!("/packs/{}", pack.id)>{pack.title.clone()}</a></h3>
                                <p class="muted">
                                    {words::language(&pack.language)}" · "
                                    {tr!(packs.version, version = format!("{}.{}", pack.major, pack.minor))}" · "
                                    {super::changed(pack.updated_at, &pack.updated_by)}
                                </p>
                            </div>
                            <div class="end"><span class=super::state_tag(pack.state)>{words::pack_state(pack.state)}</span></div>
                        </li>
                    })
                    .collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <section class="section">
            <div class="between">
                <h2><a href=format!("/courses/{}", course.slug)>{course.title.clone()}</a></h2>
                <a href=new aria-label=tr!(packs.new_pack_for, title = course.title.clone())>{tr!(packs.new_pack)}</a>
            </div>
            <p class="muted">
                {tr!(packs.days, count = course.days)}" · "{format::minutes(course.minutes)}" · "{words::languages(&course.languages)}
            </p>
            {list}
        </section>
    }
}

fn deliveries(lines: Vec<TeachingLine>) -> impl IntoView {
    let list = if lines.is_empty() {
        view! { <p class="muted">{tr!(packs.no_deliveries)}</p> }.into_any()
    } else {
        view! {
            <ul class="list">
                {lines
                    .into_iter()
                    .map(|line| {
                        let place = line.place.clone();
                        view! {
                            <li class="item">
                                <div class="grow">
                                    <h3><a href=format!("/deliveries/{}", line.id)>{line.title.clone()}</a></h3>
                                    <p class="muted">
                                        {format::date_range(line.starts_on, line.ends_on)}
                                        {(!place.is_empty()).then(|| format!(" · {place}"))}
                                        " · "{tr!(packs.participants, count = line.taken)}
                                    </p>
                                </div>
                                <div class="end">
                                    <a
                                        class="btn quiet small"
                                        href=format!("/deliveries/{}/register", line.id)
                                        aria-label=tr!(packs.register_of, title = line.title.clone())
                                    >
                                        {tr!(packs.register)}
                                    </a>
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
        .into_any()
    };
    view! { <section class="section"><h2>{tr!(packs.my_deliveries)}</h2>{list}</section> }.into_any()
}

pub async fn new_page(visit: Visit) -> Drawn {
    let data = service::for_new(&visit.cx, visit.language()).await?;
    visit.draw(|| new_pack(data, visit.query("course")))
}

fn new_pack(data: NewPackView, course: String) -> impl IntoView {
    let chosen = data.courses.iter().find(|known| known.id.to_string() == course).cloned();
    let mut languages: Vec<String> = Vec::new();
    for known in data.courses.iter().filter(|known| chosen.as_ref().is_none_or(|chosen| chosen.id == known.id)) {
        for code in crate::common::codes::split_list(&known.languages) {
            if !languages.iter().any(|have| have == code) {
                languages.push(code.to_owned());
            }
        }
    }
    let labels = vec![
        ("course", tr!(packs.course)),
        ("language", tr!(packs.language)),
        ("major", tr!(packs.major)),
        ("minor", tr!(packs.minor)),
        ("title", tr!(packs.title)),
        ("summary", tr!(packs.summary)),
    ];
    view! {
        <PageHead title=tr!(packs.new_pack) crumbs=vec![(tr!(packs.teach), "/teach".to_owned())]/>
        <div class="wrap body">
            <Form function=CreatePack::PATH class="form" labels=labels>
                <Hidden name="id" value=data.id.to_string()/>
                <Select
                    name="course"
                    label=tr!(packs.course)
                    options=data.courses.iter().map(|known| (known.id.to_string(), known.title.clone())).collect()
                    value=course
                    empty=tr!(packs.choose)
                />
                <Select
                    name="language"
                    label=tr!(packs.language)
                    hint=tr!(packs.language_hint)
                    options=languages.into_iter().map(|code| (code.clone(), words::language(&code))).collect()
                    empty=tr!(packs.choose)
                    class="mid"
                />
                <fieldset class="group">
                    <legend>{tr!(packs.version_legend)}</legend>
                    <p class="hint">{tr!(packs.version_hint)}</p>
                    <div class="row">
                        <Input name="major" kind="number" class="short" label=tr!(packs.major) optional=true/>
                        <Input name="minor" kind="number" class="short" label=tr!(packs.minor) optional=true/>
                    </div>
                </fieldset>
                <Input name="title" label=tr!(packs.title) value=chosen.map(|chosen| chosen.title).unwrap_or_default()/>
                <TextArea name="summary" label=tr!(packs.summary) hint=tr!(packs.summary_hint) optional=true/>
                <div class="actions">
                    <Submit label=tr!(packs.create)/>
                    <a class="btn quiet" href="/teach">{tr!(form.cancel)}</a>
                </div>
            </Form>
        </div>
    }
    .into_any()
}
