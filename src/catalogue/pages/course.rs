//! `/courses/{slug}`: what a course is, what it asks for, and when it is given.

use super::parts::{dates, duration};
use crate::{
    app,
    cascade::pages as cascade,
    common::codes::split_list,
    deliveries::{
        board,
        board_api::{CoursePage as Data, Outline},
    },
    people::rights::{Right, may_somewhere},
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead, words},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let data = board::course(&visit.cx, visit.param("slug"), visit.language()).await?;
    visit.draw(|| show(data))
}

/// The rule of completion in words.
fn rule(attendance: i64, modules: bool) -> String {
    match (attendance, modules) {
        (0, false) => tr!(catalogue.rule_none),
        (0, true) => tr!(catalogue.rule_modules),
        (percent, false) => tr!(catalogue.rule_attendance, percent = percent),
        (percent, true) => tr!(catalogue.rule_both, percent = percent),
    }
}

fn links(base: &'static str, items: Vec<(String, String)>) -> AnyView {
    items
        .into_iter()
        .map(|(slug, name)| view! { <dd><a href=format!("{base}/{slug}")>{name}</a></dd> })
        .collect_view()
        .into_any()
}

fn contents(outline: Option<Outline>) -> AnyView {
    let Some(outline) = outline else {
        return view! { <p class="muted">{tr!(catalogue.no_outline)}</p> }.into_any();
    };
    let sum = |sessions: &[(String, i64)]| sessions.iter().map(|(_, minutes)| minutes).sum::<i64>();
    let total: i64 = outline.modules.iter().map(|module| sum(&module.sessions)).sum();
    let lang = super::parts::other_language(&outline.language);
    view! {
        <p class="muted">
            {tr!(
                catalogue.outline_of,
                version = outline.version.clone(),
                language = words::language(&outline.language),
                minutes = format::minutes(total)
            )}
        </p>
        <ol class="outline" lang=lang>
            {outline
                .modules
                .into_iter()
                .map(|module| {
                    let minutes = sum(&module.sessions);
                    view! {
                        <li>
                            <b>
                                <span>{module.title}</span>
                                {(minutes > 0).then(|| view! { <span class="num">{format::minutes(minutes)}</span> })}
                            </b>
                            {(!module.sessions.is_empty()).then(|| view! {
                                <ol>
                                    {module
                                        .sessions
                                        .into_iter()
                                        .map(|(title, minutes)| view! {
                                            <li><span>{title}</span><span class="num">{format::minutes(minutes)}</span></li>
                                        })
                                        .collect_view()}
                                </ol>
                            })}
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}

fn aside(data: &mut Data) -> AnyView {
    let today = data.today;
    let next = std::mem::take(&mut data.dates);
    let past = std::mem::take(&mut data.past);
    let count = data.past_count;
    let next = if next.is_empty() {
        view! { <p class="muted">{tr!(catalogue.no_dates)}</p> }.into_any()
    } else {
        dates(next, today)
    };
    let past = (!past.is_empty()).then(|| {
        let summary = if count > 100 { tr!(catalogue.past_hundred) } else { tr!(catalogue.past, count = count) };
        view! {
            <details class="more">
                <summary>{summary}</summary>
                {(count > 10).then(|| view! { <p class="muted small">{tr!(catalogue.past_latest)}</p> })}
                {dates(past, today)}
            </details>
        }
    });
    view! { <div class="sheet pad dates"><h2>{tr!(catalogue.dates)}</h2>{next}{past}</div> }.into_any()
}

fn facts(data: &Data) -> AnyView {
    let course = &data.course;
    let audiences: Vec<String> =
        split_list(&course.audiences).filter_map(|code| code.parse().ok()).map(words::audience).collect();
    let needs = if data.needs.is_empty() {
        view! { <dd>{tr!(catalogue.no_prerequisites)}</dd> }.into_any()
    } else {
        links("/courses", data.needs.clone())
    };
    let institutions = if data.institutions.is_empty() {
        view! { <dd>{tr!(catalogue.no_institutions)}</dd> }.into_any()
    } else {
        links("/institutions", data.institutions.clone())
    };
    view! {
        <div class="sheet pad">
            <h2>{tr!(catalogue.facts)}</h2>
            <dl class="facts side">
                <div><dt>{tr!(catalogue.who)}</dt><dd>{audiences.join(", ")}</dd></div>
                <div><dt>{tr!(catalogue.duration)}</dt><dd>{duration(course.days, course.minutes)}</dd></div>
                <div><dt>{tr!(catalogue.prerequisites)}</dt>{needs}</div>
                <div><dt>{tr!(catalogue.given_in)}</dt><dd>{words::languages(&course.languages)}</dd></div>
                <div><dt>{tr!(catalogue.institutions)}</dt>{institutions}</div>
                <div><dt>{tr!(catalogue.completion)}</dt><dd>{rule(course.attendance_percent, course.modules_required)}</dd></div>
            </dl>
        </div>
    }
    .into_any()
}

fn show(mut data: Data) -> impl IntoView {
    let slug = data.course.slug.clone();
    // Whether they may for an institution of their own is asked again by the form's service.
    let may_schedule = may_somewhere(app::actor().as_ref(), Right::ManageDelivery);
    let may_list = may_somewhere(app::actor().as_ref(), Right::ManagePeople);
    let may_count = may_somewhere(app::actor().as_ref(), Right::ReadNumbers);
    let actions = (data.may_edit || data.may_write || may_schedule || may_list || may_count).then(|| {
        view! {
            {may_schedule.then(|| view! { <a class="btn small" href=format!("/deliveries/new?course={slug}")>{tr!(deliveries.new_title)}</a> })}
            {data.may_edit.then(|| view! { <a class="btn quiet small" href=format!("/courses/{slug}/edit")>{tr!(catalogue.edit)}</a> })}
            {data.may_write.then(|| view! { <a class="btn quiet small" href="/teach">{tr!(catalogue.packs)}</a> })}
            {if may_list {
                view! { <a class="btn quiet small" href=format!("/courses/{slug}/licences")>{tr!(licences.title)}</a> }.into_any()
            } else if data.may_edit {
                view! { <a class="btn quiet small" href=format!("/courses/{slug}/licences/rules")>{tr!(licences.rules)}</a> }.into_any()
            } else {
                ().into_any()
            }}
            {may_count.then(|| view! { <a class="btn quiet small" href=format!("/courses/{slug}/coverage")>{tr!(roster.coverage)}</a> })}
            {(data.may_write || data.may_edit).then(|| view! { <a class="btn quiet small" href=format!("/courses/{slug}/feedback")>{tr!(feedback.title)}</a> })}
        }
        .into_any()
    });
    let tags = view! {
        <span class="tag">{words::course_kind(data.course.kind)}</span>
        {data.course.by_nomination.then(|| view! { " "<span class="tag calm">{tr!(catalogue.by_nomination)}</span> })}
        {(!data.course.published).then(|| view! { " "<span class="tag plain">{tr!(catalogue.draft)}</span> })}
    }
    .into_any();
    let languages = split_list(&data.course.languages).count() as i64;
    let meta = view! {
        <li>{duration(data.course.days, data.course.minutes)}</li>
        <li><b>{languages}</b>" "{tr!(catalogue.languages, count = languages)}</li>
        {data.outline.as_ref().map(|outline| view! { <li>{tr!(catalogue.pack)}" "<b>{outline.version.clone()}</b></li> })}
        {cascade::link("course", &data.course.slug)}
    }
    .into_any();
    let objectives: Vec<String> = data.objectives.lines().map(str::to_owned).collect();
    let lang = super::parts::other_language(&data.text_language);
    let outline = contents(data.outline.take());
    let dates = aside(&mut data);
    view! {
        <PageHead
            title=data.title.clone()
            crumbs=vec![(tr!(nav.catalogue), "/catalogue".to_owned())]
            tags=tags
            lede=Some(data.summary.clone()).filter(|summary| !summary.is_empty())
            meta=meta
            actions=actions
        />
        <div class="wrap body cols">
            {(!objectives.is_empty()).then(|| view! {
                <section class="section">
                    <h2>{tr!(catalogue.objectives)}</h2>
                    <div class="prose" lang=lang>
                        <ul>{objectives.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                    </div>
                </section>
            })}
            // Before the contents, which are long: on a phone the dates come first.
            <aside class="stack early">{dates}{facts(&data)}</aside>
            <section class="section rest"><h2>{tr!(catalogue.contents)}</h2>{outline}</section>
            {data.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}
