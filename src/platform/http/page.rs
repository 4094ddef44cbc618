//! Pages that the server draws: a route, what it asks of who comes, and a handler that asks the services and then
//! draws at once. Nothing in a view waits, so status, title and language are known before the first byte.
//!
//! ```ignore
//! // In a capability's pages/mod.rs:
//! pub fn pages() -> Vec<Page> {
//!     vec![page("/projects/{key}", Asks::Nothing, project::page)]
//! }
//! // In pages/project.rs:
//! pub async fn page(visit: Visit) -> Drawn {
//!     let project = service::project(&visit.cx, visit.param("key"), visit.language()).await?;
//!     visit.draw(|| show(project))
//! }
//! ```

use super::{status, to_sign_in};
use crate::{
    app::{self, PageInfo},
    common::{error::AppError, forms::Flash},
    people::asks::Asks,
    platform::context::Ctx,
    ui::{document, fault::Fault, title},
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;
use leptos::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// A visit of a page. It knows the visitor, the address, and what came with the request.
pub struct Visit {
    /// The visitor's request, as services take it.
    pub cx: Ctx,
    info: Arc<PageInfo>,
    params: BTreeMap<String, String>,
}

/// What a handler gives: a page, or what is wrong. Who must sign in is sent to do so and comes back.
pub type Drawn = Result<Drawing, AppError>;

/// The content of a drawn page. Header, footer and document are put around it afterwards.
pub struct Drawing {
    status: StatusCode,
    title: String,
    html: String,
}

impl Drawing {
    /// The same page with another status.
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl Visit {
    /// A part of the path by the name it has in the route; empty where the route has no such part.
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// A value of the query, the last of its name; empty where there is none.
    pub fn query(&self, name: &str) -> String {
        self.info.query(name)
    }

    /// Whether the query has a name, with a value or without.
    pub fn has_query(&self, name: &str) -> bool {
        form_urlencoded::parse(self.search().as_bytes()).any(|(key, _)| key == name)
    }

    /// The whole query as it stands in the address, without the question mark.
    pub fn search(&self) -> &str {
        &self.info.query
    }

    /// The code of the page's language (BCP 47).
    pub fn language(&self) -> &str {
        &self.info.language
    }

    /// The word of success that the page before left for this one.
    pub fn flash(&self) -> Option<Flash> {
        self.info.flash
    }

    /// Draws the page's own content. Texts (`tr!`) have the page's language in here and nowhere else.
    ///
    /// # Errors
    /// None; a `Result` so that a handler can end with it.
    pub fn draw<V: IntoView>(&self, view: impl FnOnce() -> V) -> Drawn {
        Ok(drawing(&self.info, view))
    }
}

fn drawing<V: IntoView>(info: &Arc<PageInfo>, view: impl FnOnce() -> V) -> Drawing {
    app::within(info, || {
        let title = title::Place::provide();
        let html = view().into_view().to_html();
        Drawing { status: StatusCode::OK, title: title.take(), html }
    })
}

/// The answer to what a page shows below its own content. An error there does not hide the page: the part is left out.
pub fn below<T>(asked: Result<T, AppError>) -> Option<T> {
    asked.ok()
}

/// What Leptos writes where text meets text and where nothing was drawn, for a browser half that takes the page over.
/// No text contains such a mark: a `<` in a text is escaped.
const MARKS: [&str; 2] = ["<!>", "<!--<() />-->"];

fn without_marks(html: &str) -> String {
    let mut clean = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<!") {
        let (before, mark) = rest.split_at(at);
        clean.push_str(before);
        match MARKS.iter().find_map(|it| mark.strip_prefix(it)) {
            Some(after) => rest = after,
            None => {
                clean.push_str("<!");
                rest = &mark[2..];
            }
        }
    }
    clean.push_str(rest);
    clean
}

/// A route with its handler.
pub struct Page {
    /// The address, with its parts in braces.
    pub path: &'static str,
    /// What it asks of who comes.
    pub asks: Asks,
    draw: Box<dyn Fn(Visit) -> BoxFuture<'static, Drawn> + Send + Sync>,
}

/// A page of an address.
pub fn page<F, Fut>(path: &'static str, asks: Asks, draw: F) -> Page
where
    F: Fn(Visit) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Drawn> + Send + 'static,
{
    Page { path, asks, draw: Box::new(move |visit| Box::pin(draw(visit))) }
}

/// All pages, to be found by their address.
pub struct Pages {
    pages: Vec<Page>,
    router: matchit::Router<usize>,
}

impl Pages {
    /// # Panics
    /// When two pages have one address.
    pub fn new(pages: Vec<Page>) -> Self {
        let mut router = matchit::Router::new();
        for (at, page) in pages.iter().enumerate() {
            router.insert(page.path, at).expect("every page has an address of its own");
        }
        Self { pages, router }
    }

    /// All of them, in the order of the capabilities.
    pub fn iter(&self) -> impl Iterator<Item = &Page> {
        self.pages.iter()
    }

    /// The page of a path, with the parts of the path by their names. A path in which a part is no text has no page.
    fn find(&self, path: &str) -> Option<(&Page, BTreeMap<String, String>)> {
        let found = self.router.at(path).ok()?;
        let decoded = |(name, value): (&str, &str)| {
            let value = percent_encoding::percent_decode_str(value).decode_utf8().ok()?;
            Some((name.to_owned(), value.into_owned()))
        };
        Some((self.pages.get(*found.value)?, found.params.iter().map(decoded).collect::<Option<_>>()?))
    }

    /// Answers a request for a path: with its page, or with the one that says that there is none.
    pub async fn answer(&self, cx: Ctx, info: PageInfo, path: &str) -> Response {
        let (info, app) = (Arc::new(info), cx.app.clone());
        let drawn = match self.find(path) {
            None => Err(AppError::NotFound),
            Some((page, params)) => match page.asks.admit(cx.actor.as_ref()) {
                Ok(()) => (page.draw)(Visit { cx, info: Arc::clone(&info), params }).await,
                Err(error) => Err(error),
            },
        };
        let drawing = match drawn {
            Ok(drawing) => drawing,
            Err(AppError::SignInRequired) => return to_sign_in(&info.here()),
            Err(error) => {
                let code = status(&error);
                drawing(&info, || view! { <Fault error=error/> }).with_status(code)
            }
        };
        whole(&app.assets.version, &info, drawing)
    }
}

/// The document around a page.
fn whole(version: &str, info: &Arc<PageInfo>, drawing: Drawing) -> Response {
    let Drawing { status, title, html } = drawing;
    let document = app::within(info, || document::quiet(version, title, html).into_view().to_html());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(super::policy::QUIET)),
    ];
    (status, headers, without_marks(&document)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        people::rights::Right,
        testing::{Kind, house},
        ui::layout::PageHead,
    };

    async fn greet(visit: Visit) -> Drawn {
        let name = visit.param("name").to_owned();
        visit.draw(|| view! { <PageHead title=format!("<{name}>")/><p>{visit.query("q")}{Some("!")}</p> })
    }

    async fn no_such(_: Visit) -> Drawn {
        Err(AppError::NotFound)
    }

    fn pages() -> Pages {
        Pages::new(vec![
            page("/greet/{name}", Asks::Nothing, greet),
            page("/greet/nobody", Asks::Nothing, no_such),
            page("/own", Asks::SignIn, greet),
            page("/jobs", Asks::For(Right::RunHouse), greet),
        ])
    }

    async fn ask(actor: bool, path: &str) -> (StatusCode, String, String) {
        let house = house(Kind::Sqlite).await;
        let cx = if actor { house.as_actor(&house.person("Ada", &[]).await) } else { house.nobody() };
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let info = PageInfo {
            language: "en".into(),
            path: path.into(),
            query: query.into(),
            actor: cx.actor.clone(),
            ..PageInfo::default()
        };
        let response = pages().answer(cx, info, path).await;
        let to = response.headers().get(header::LOCATION).map(|to| to.to_str().expect("text").to_owned());
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        (status, to.unwrap_or_default(), String::from_utf8(body.to_vec()).expect("text"))
    }

    #[tokio::test]
    async fn a_page_has_its_title_its_parts_and_no_marks() {
        let (status, _, html) = ask(false, "/greet/J%C3%B6rg%20%2F?q=c&q=a%26b").await;
        assert_eq!(status, StatusCode::OK);
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\""), "{html}");
        assert!(html.contains("<title>&lt;Jörg /&gt; · Magistra</title>"), "{html}");
        assert!(html.contains("<p>a&amp;b!</p>"), "{html}");
        assert!(
            !html.contains("<!>") && !html.contains("<!--") && !html.contains("<script") && html.ends_with("</html>"),
            "{html}"
        );
    }

    #[tokio::test]
    async fn what_a_route_asks_is_enforced_there() {
        let (status, to, _) = ask(false, "/own?tab=a").await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fown%3Ftab%3Da"));
        assert_eq!(ask(true, "/own").await.0, StatusCode::OK);
        assert_eq!(ask(false, "/jobs").await.0, StatusCode::SEE_OTHER);
        assert_eq!(ask(true, "/jobs").await.0, StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn what_is_not_there_has_a_page_that_says_so() {
        for path in ["/greet/nobody", "/greet/%FF", "/elsewhere"] {
            let (status, _, html) = ask(false, path).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(html.contains("<h1>"), "{html}");
        }
    }
}
