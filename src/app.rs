//! The document, the routes, and what a page knows of its request.

use crate::{
    common::{error::AppError, escape, forms::Flash},
    i18n,
    people::model::Actor,
    tr,
    ui::{self, fault::Fault},
};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    components::{Router, Routes},
    hooks::use_location,
};
use serde::{Deserialize, Serialize};

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

/// The signed-in person of this page.
pub fn actor() -> Option<Actor> {
    use_context::<PageInfo>().and_then(|info| info.actor)
}

/// A text as part of a query.
pub fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The HTML document around the application; rendered on the server only.
#[component]
pub fn Shell(
    /// Version of the built site, for lasting caches.
    version: String,
    /// Whether the page goes on living in the browser.
    live: bool,
    children: Children,
) -> impl IntoView {
    let info = expect_context::<PageInfo>();
    let css = format!("/pkg/magistra.css?v={version}");
    let language = info.language.clone();
    let scripts = live.then(|| scripts(&info, &version));
    view! {
        <!DOCTYPE html>
        <html lang=language dir="ltr">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="preload" href="/fonts/source-serif-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="preload" href="/fonts/source-sans-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href=css/>
                {scripts}
                <MetaTags/>
            </head>
            <body>{children()}</body>
        </html>
    }
}

/// What a live page loads, and what it must know of the request.
fn scripts(info: &PageInfo, version: &str) -> impl IntoView + use<> {
    let nonce = leptos::nonce::use_nonce();
    // In a data block only `<` could end it early.
    let data = serde_json::to_string(info).unwrap_or_default().replace('<', "\\u003c");
    let js = format!("/pkg/magistra.js?v={version}");
    let wasm = format!("/pkg/magistra_bg.wasm?v={version}");
    let boot = format!("import init,{{hydrate}} from '{js}';init({{module_or_path:'{wasm}'}}).then(()=>hydrate());");
    view! {
        <link rel="modulepreload" href=js/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="application/json" id="page" inner_html=data></script>
        <script type="module" nonce=nonce inner_html=boot></script>
    }
}

/// The document's title. Every page's text comes through here, and on the server it is escaped here: leptos_meta
/// 0.8 writes it between the tags as it is. In the browser it is text, and stays text.
fn whole_title(title: String) -> String {
    let whole = if title.is_empty() { "Magistra".to_owned() } else { format!("{title} · Magistra") };
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
    let info = use_context::<PageInfo>().unwrap_or_else(info_from_document);
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

/// The pages that the server draws and no script touches.
#[cfg(feature = "ssr")]
#[component]
pub fn App() -> impl IntoView {
    around(|| {
        view! {
            <Routes fallback=not_found>
                <crate::people::pages::PeopleRoutes/>
                <crate::institutions::pages::InstitutionRoutes/>
                <crate::programmes::pages::ProgrammeRoutes/>
                <crate::catalogue::pages::CatalogueRoutes/>
                <crate::packs::pages::PackRoutes/>
                <crate::deliveries::pages::DeliveryRoutes/>
                <crate::enrolment::pages::EnrolmentRoutes/>
                <crate::attendance::pages::AttendanceRoutes/>
                <crate::learning::pages::LearningRoutes/>
                <crate::completion::pages::CompletionRoutes/>
                <crate::feedback::pages::FeedbackRoutes/>
                <crate::trainers::pages::LicenceRoutes/>
                <crate::trainers::pages::roster::RosterRoutes/>
                <crate::cohorts::pages::CohortRoutes/>
                <crate::cascade::pages::CascadeRoutes/>
                <crate::reporting::pages::ReportingRoutes/>
            </Routes>
        }
        .into_any()
    })
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
    let location = use_location();
    let search = location.search.get_untracked();
    let path = location.pathname.get_untracked();
    if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
}

/// The title of the application, for pages that are about nothing narrower.
pub fn name() -> String {
    tr!(app.name)
}
