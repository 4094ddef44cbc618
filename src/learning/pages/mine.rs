//! `/learn`: my courses, and where I stopped in each.

use super::{names_kosovo, progress_words};
use crate::{
    learning::{
        api::{MyCourse, Shelf},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{format, layout::PageHead},
};
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let courses = service::mine(&visit.cx).await?;
    visit.draw(|| show(courses))
}

fn show(courses: Vec<MyCourse>) -> AnyView {
    if courses.is_empty() {
        return view! {
            <PageHead title=tr!(learning.title) lede=Some(tr!(learning.lede))/>
            <div class="wrap body">
                <div class="empty">
                    <h2>{tr!(learning.empty)}</h2>
                    <p>{tr!(learning.empty_text)}</p>
                    <p><a class="btn" href="/catalogue">{tr!(learning.to_catalogue)}</a></p>
                </div>
            </div>
        }
        .into_any();
    }
    let of = |shelf: Shelf| courses.iter().filter(|course| course.shelf == shelf).cloned().collect::<Vec<_>>();
    let footnote = courses.iter().any(|course| names_kosovo(&course.title) || names_kosovo(&course.place));
    let mut upcoming = of(Shelf::Upcoming);
    upcoming.sort_by_key(|course| course.starts_on);
    view! {
        <PageHead title=tr!(learning.title) lede=Some(tr!(learning.lede))/>
        <div class="wrap body">
            {shelf(tr!(learning.current), of(Shelf::Current))}
            {shelf(tr!(learning.upcoming), upcoming)}
            {shelf(tr!(learning.finished), of(Shelf::Finished))}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn shelf(title: String, courses: Vec<MyCourse>) -> Option<AnyView> {
    (!courses.is_empty()).then(|| {
        view! {
            <section class="section">
                <h2>{title}</h2>
                <ul class="list learning">{courses.into_iter().map(line).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn line(course: MyCourse) -> AnyView {
    let study = format!("/learn/{}", course.delivery);
    let about = format!("/deliveries/{}", course.delivery);
    let mut facts = format::date_range(course.starts_on, course.ends_on);
    if !course.place.is_empty() {
        facts = format!("{facts} · {}", course.place);
    }
    let name = course.title.clone();
    let meter = course.open.then(|| {
        view! {
            <div class="metered">
                <progress class="meter" value=course.progress.done.to_string() max=course.progress.total.to_string() aria-label=tr!(learning.progress)></progress>
                <p>{progress_words(course.progress)}</p>
            </div>
        }
    });
    let finished = course.shelf == Shelf::Finished;
    let label = match (finished, course.begun) {
        (true, _) => tr!(learning.open),
        (false, true) => tr!(learning.go_on),
        (false, false) => tr!(learning.begin),
    };
    let go = course.open.then(|| {
        view! { <a class=if finished { "btn quiet" } else { "btn" } href=study.clone()>{label}<span class="vh">": "{name}</span></a> }
    });
    let certificate =
        finished.then(|| view! { <a class="btn quiet" href="/certificates">{tr!(learning.certificate)}</a> });
    let title_to = if course.open { study } else { about };
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=title_to>{course.title}</a></h3>
                <p class="muted">{facts}</p>
                {meter}
            </div>
            <div class="end">{certificate}{go}</div>
        </li>
    }
    .into_any()
}
