//! The document, the routes, and what a page knows of its request.

use crate::{
    common::{error::AppError, escape, forms::Flash},
    i18n,
    people::model::Actor,
    tr,
    ui::{self, fault::Fault},
};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Router, Routes};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the server knows of the request and the browser must know alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageInfo {
    /// Language of the page.
    pub language: String,
    /// Who is signed in.
    pub actor: Option<Actor>,
    /// A word of success from the page before.
    pub flash: Option<Flash>,
    /// A form that was refused, with what was typed.
    pub submitted: Option<Submitted>,
    /// The path of the page.
    pub path: String,
    /// Its query, without the question mark.
    pub query: String,
}

impl PageInfo {
    /// A value of the query, the last of its name; empty where there is none.
    pub fn query(&self, name: &str) -> String {
        let pairs = form_urlencoded::parse(self.query.as_bytes()).filter(|(key, _)| key == name);
        pairs.last().map(|(_, value)| value.into_owned()).unwrap_or_default()
    }

    /// The path and query, for coming back to the page.
    pub fn here(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }
}

/// A form that was sent without JavaScript and refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// The server function it named.
    pub function: String,
    /// What was typed, passwords left out.
    pub values: Vec<(String, String)>,
    /// What is wrong.
    pub error: AppError,
}

/// What changes while a live page is open.
#[derive(Clone, Copy)]
pub struct PageState {
    /// A word of success to show.
    pub flash: RwSignal<Option<Flash>>,
    /// Grows when something was saved, so that what is shown is read again.
    pub refresh: RwSignal<u32>,
}

/// What this page knows of its request.
pub fn info() -> Arc<PageInfo> {
    use_context::<Arc<PageInfo>>().unwrap_or_default()
}

/// The signed-in person of this page.
pub fn actor() -> Option<Actor> {
    info().actor.clone()
}

/// Lets views know the page's request and language while `draw` runs.
#[cfg(feature = "ssr")]
pub fn within<T>(info: &Arc<PageInfo>, draw: impl FnOnce() -> T) -> T {
    let owner = Owner::new();
    owner.with(|| {
        provide_context(i18n::locale_of(&info.language).unwrap_or_default());
        provide_context(Arc::clone(info));
        draw()
    })
}

/// A text as part of a query.
pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The document's title. Every page's text comes through here, and on the server it is escaped here: leptos_meta
/// 0.8 writes it between the tags as it is. In the browser it is text, and stays text.
fn whole_title(title: String) -> String {
    let whole = ui::title::whole(&title);
    if cfg!(feature = "ssr") { escape::html(&whole).into_owned() } else { whole }
}

#[cfg(feature = "hydrate")]
fn info_from_document() -> PageInfo {
    document()
        .get_element_by_id("page")
        .and_then(|element| element.text_content())
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

#[cfg(not(feature = "hydrate"))]
fn info_from_document() -> PageInfo {
    PageInfo::default()
}

/// Header, flash line and footer around the page of an address.
fn around(routes: fn() -> AnyView) -> impl IntoView {
    provide_meta_context();
    let info = use_context::<Arc<PageInfo>>().unwrap_or_else(|| Arc::new(info_from_document()));
    provide_context(i18n::locale_of(&info.language).unwrap_or_default());
    let state = PageState { flash: RwSignal::new(info.flash), refresh: RwSignal::new(0) };
    provide_context(state);
    provide_context(info);
    view! {
        <Title formatter=whole_title/>
        <Router>
            <ui::layout::Header/>
            <ui::layout::FlashLine/>
            <main id="main" tabindex="-1">{routes()}</main>
            <ui::layout::Footer/>
        </Router>
    }
}

fn not_found() -> AnyView {
    view! { <Fault error=AppError::NotFound/> }.into_any()
}

/// The pages that go on living in the browser; the server draws them first.
#[component]
pub fn Live() -> impl IntoView {
    around(|| {
        view! {
            <Routes fallback=not_found>
                <crate::catalogue::pages::CatalogueLive/>
                <crate::packs::pages::PackLive/>
                <crate::attendance::pages::AttendanceLive/>
                <crate::learning::pages::LearningLive/>
            </Routes>
        }
        .into_any()
    })
}

/// The path and query of this page, for coming back to it.
pub fn here() -> String {
    info().here()
}

/// The title of the application, for pages that are about nothing narrower.
pub fn name() -> String {
    tr!(app.name)
}
