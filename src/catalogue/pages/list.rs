//! `/catalogue`: what can be learnt, for whom, where and when.

use super::{
    filters::{filters, sentence},
    parts::{dates, duration, other_language},
};
use crate::ui::title::Title;
use crate::{
    deliveries::{
        board_api::{Board, BoardCourse, get_board},
        board_model::BoardQuery,
    },
    i18n, tr,
    ui::{load::load, words},
};
use chrono::NaiveDate;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn CataloguePage() -> impl IntoView {
    let search = use_location().search;
    load(
        move || BoardQuery::parse(&search.get()).to_query(),
        |query| get_board(query, i18n::code(i18n::locale()).to_owned()),
        show,
    )
}

/// The search field: the filters stay as they are.
fn search_form(query: &BoardQuery) -> AnyView {
    let others = query.pairs().into_iter().filter(|(name, _)| !["q", "after"].contains(name));
    view! {
        <form class="field" role="search" method="get" action="/catalogue">
            <label class="vh" for="q">{tr!(catalogue.search_label)}</label>
            <input id="q" name="q" type="search" maxlength="200" value=query.q.clone()/>
            {others.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
            <button class="btn">{tr!(catalogue.search)}</button>
        </form>
    }
    .into_any()
}

fn show(board: Board) -> impl IntoView {
    let query = BoardQuery::parse(&board.query);
    let said = sentence(&query, &board.choices);
    let said = if said.is_empty() { said } else { format!(" {said}") };
    let new = board.may_create.then(
        || view! { <div class="actions"><a class="btn quiet small" href="/courses/new">{tr!(catalogue.new)}</a></div> },
    );
    let today = board.today;
    let feed = format!(
        "/catalogue.ics?{}",
        [("lang", i18n::code(i18n::locale()).to_owned())]
            .into_iter()
            .chain(query.pairs().into_iter().filter(|(name, _)| *name != "after"))
            .fold(form_urlencoded::Serializer::new(String::new()), |mut to, (name, value)| {
                to.append_pair(name, &value);
                to
            })
            .finish()
    );
    let pages = pages(&board, &query);
    let courses = if board.courses.is_empty() {
        empty(&query)
    } else {
        view! {
            <ul class="courses">
                {board.courses.into_iter().map(|course| course_view(course, today)).collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <Title text=tr!(nav.catalogue)/>
        <div class="head">
            <div class="wrap">
                <div class="head-row"><h1>{tr!(catalogue.title)}</h1>{new}</div>
                <p class="lede">{tr!(catalogue.lede)}</p>
                {search_form(&query)}
            </div>
        </div>
        <div class="wrap body cols start">
            {filters(&query, board.choices)}
            <div>
                <div class="results">
                    <p role="status"><b>{tr!(catalogue.courses, count = board.total as i64)}</b>{said}</p>
                    <a href=feed rel="external">{tr!(catalogue.feed)}</a>
                </div>
                {courses}
                {pages}
                {board.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
            </div>
        </div>
    }
    .into_any()
}

fn course_view(course: BoardCourse, today: NaiveDate) -> AnyView {
    let lang = other_language(&course.text_language);
    let needs = (!course.needs.is_empty()).then(|| {
        let links = course
            .needs
            .into_iter()
            .enumerate()
            .map(|(n, (slug, title))| {
                view! { {(n > 0).then_some(", ")}<a href=format!("/courses/{slug}")>{title}</a> }
            })
            .collect_view();
        view! { <li>{tr!(catalogue.needs)}" "{links}</li> }
    });
    let languages = course.languages as i64;
    let when = if course.dates.is_empty() {
        view! { <p class="when none">{tr!(catalogue.no_date)}</p> }.into_any()
    } else {
        dates(course.dates, today)
    };
    view! {
        <li class="course">
            <div class="what">
                <p class="tags"><span class="tag">{words::course_kind(course.kind)}</span></p>
                <h2 lang=lang.clone()><a href=format!("/courses/{}", course.slug)>{course.title}</a></h2>
                <p lang=lang>{course.summary}</p>
                <ul class="meta">
                    <li>{duration(course.days, course.minutes)}</li>
                    <li><b>{languages}</b>" "{tr!(catalogue.languages, count = languages)}</li>
                    {course.pack.map(|version| view! { <li>{tr!(catalogue.pack)}" "<b>{version}</b></li> })}
                    {needs}
                    {course.by_nomination.then(|| view! { <li>{tr!(catalogue.by_nomination)}</li> })}
                </ul>
            </div>
            {when}
        </li>
    }
    .into_any()
}

fn empty(query: &BoardQuery) -> AnyView {
    if query.q.is_empty() && query.filters() == 0 {
        return view! { <div class="empty"><h2>{tr!(catalogue.none_title)}</h2><p>{tr!(catalogue.none_text)}</p></div> }
            .into_any();
    }
    view! {
        <div class="empty">
            <h2>{tr!(catalogue.empty_title)}</h2>
            <p>{tr!(catalogue.empty_text)}</p>
            <p><a class="btn" href="/catalogue">{tr!(catalogue.empty_all)}</a></p>
        </div>
    }
    .into_any()
}

fn pages(board: &Board, query: &BoardQuery) -> Option<AnyView> {
    if board.earlier.is_none() && board.later.is_none() {
        return None;
    }
    let at = |after: &String| BoardQuery { after: after.clone(), ..query.clone() }.href();
    let range = tr!(
        catalogue.range,
        first = board.first as i64,
        last = (board.first + board.courses.len()).saturating_sub(1) as i64,
        total = board.total as i64
    );
    let earlier = board
        .earlier
        .as_ref()
        .map(|after| view! { <a class="back" href=at(after) rel="prev">{tr!(catalogue.earlier)}</a> });
    let later = board
        .later
        .as_ref()
        .map(|after| view! { <a class="next" href=at(after) rel="next">{tr!(catalogue.later)}</a> });
    Some(
        view! { <nav class="pages" aria-label=tr!(catalogue.pages)>{earlier}<span>{range}</span>{later}</nav> }
            .into_any(),
    )
}
