//! The server under measurement: the application's router, and beside each page the same from
//! constant data and the same bytes from memory.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State},
    http::Uri,
    middleware,
    response::Response,
    routing::get,
};
use clap::Parser;
use magistra::{
    platform::{
        config::{ServeSettings, Settings},
        context::{App, Ctx},
        http::pages,
    },
    server::{identify, open, router},
    ui::load::Remembered,
};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

#[derive(Parser)]
struct Options {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    serve: ServeSettings,
}

/// By path: the data of a page, and who asked for it.
type Pages = HashMap<String, (Remembered, Option<Ctx>)>;

#[derive(Clone)]
struct Bench {
    app: App,
    pages: Arc<Mutex<Pages>>,
    bytes: Arc<Mutex<HashMap<String, Bytes>>>,
}

/// Serves until it is killed.
pub async fn serve(url: &str, port: u16) {
    let options = Options::parse_from(["bench", "--database-url", url, "--no-worker", "--query-count"]);
    let app = open(&options.settings, Some(&options.serve)).await.expect("opens");
    let bench = Bench { app: app.clone(), pages: Arc::default(), bytes: Arc::default() };
    let beside = Router::new()
        .route("/bench/constant/", get(constant))
        .route("/bench/constant/{*path}", get(constant))
        .route("/bench/bare/", get(bare))
        .route("/bench/bare/{*path}", get(bare))
        .with_state(bench);
    let everything = router(&app).expect("routes").merge(beside);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("listens");
    axum::serve(listener, everything.into_make_service_with_connect_info::<SocketAddr>()).await.expect("serves");
}

fn inner(request: &Request, prefix: &str) -> Uri {
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    path.strip_prefix(prefix).unwrap_or("/").parse().expect("a path")
}

/// The page's components over data that was read once; who asks was found out once, too.
async fn constant(State(bench): State<Bench>, mut request: Request) -> Response {
    let uri = inner(&request, "/bench/constant");
    let key = uri.to_string();
    *request.uri_mut() = uri;
    let (remembered, known) = bench.pages.lock().expect("no panic").entry(key.clone()).or_default().clone();
    request.extensions_mut().insert(remembered);
    if let Some(cx) = known {
        request.extensions_mut().insert(cx);
        return pages::render(request).await;
    }
    let token = magistra::platform::http::cookie(request.headers(), "magistra").unwrap_or_default().to_owned();
    let cx = whose(&bench.app, &token).await;
    if let Some(entry) = bench.pages.lock().expect("no panic").get_mut(&key) {
        entry.1 = Some(cx.clone());
    }
    request.extensions_mut().insert(cx);
    pages::render(request).await
}

async fn whose(app: &App, token: &str) -> Ctx {
    let actor = magistra::people::service::actor(app, token).await.expect("the session is read");
    Ctx { actor, ..Ctx::internal(app) }
}

/// The same bytes from memory.
async fn bare(State(bench): State<Bench>, request: Request) -> Response {
    let uri = inner(&request, "/bench/bare");
    let known = bench.bytes.lock().expect("no panic").get(&uri.to_string()).cloned();
    if let Some(bytes) = known {
        return Response::new(Body::from(bytes));
    }
    let key = uri.to_string();
    let (mut parts, body) = request.into_parts();
    parts.uri = uri;
    parts.extensions.insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
    let once = Router::new()
        .fallback(pages::fallback)
        .layer(middleware::from_fn_with_state(bench.app.clone(), identify::identify));
    let response = tower::ServiceExt::oneshot(once, Request::from_parts(parts, body)).await.expect("answers");
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    bench.bytes.lock().expect("no panic").insert(key, bytes.clone());
    Response::new(Body::from(bytes))
}
