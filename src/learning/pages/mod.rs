//! One's own courses, and studying them.

mod media;
#[cfg(feature = "ssr")]
mod mine;
mod study;

use super::model::Progress;
use crate::{lazy, tr, ui::format};
#[cfg(feature = "ssr")]
use crate::{
    people::asks::Asks,
    platform::http::page::{Page, page},
};
use leptos::prelude::*;
use leptos_router::{
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::Route,
    path,
};

/// The pages of this capability that the server draws.
#[cfg(feature = "ssr")]
pub fn pages() -> Vec<Page> {
    vec![page("/learn", Asks::SignIn, mine::page)]
}

/// The routes of the pages that go on living in the browser.
#[component(transparent)]
pub fn LearningLive() -> AnyNestedRoute {
    view! {
        <Route path=path!("/learn/:delivery") view=lazy!(learn: study::StudyPage)/>
        <Route path=path!("/learn/:delivery/:material") view=lazy!(learn: study::StudyPage)/>
    }
    .into_inner()
    .into_any_nested_route()
}

/// 11 of 26 done · about 6 h left.
fn progress_words(progress: Progress) -> String {
    let done = tr!(learning.done_of, done = progress.done, total = progress.total);
    if progress.left > 0 { format!("{done} · {}", tr!(learning.left, time = about(progress.left))) } else { done }
}

/// Whether a title or a place prints the name that carries the footnote.
fn names_kosovo(text: &str) -> bool {
    text.contains("Kosovo")
}

/// A time as one says it: whole hours above two, else hours and minutes.
fn about(minutes: i64) -> String {
    if minutes > 120 { format::minutes((minutes + 30) / 60 * 60) } else { format::minutes(minutes) }
}
