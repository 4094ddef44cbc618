//! The server under measurement: the application's router, and beside each page the same bytes from memory.

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
        context::App,
        http::pages,
    },
    server::{identify, open, router},
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

#[derive(Clone)]
struct Bench {
    app: App,
    bytes: Arc<Mutex<HashMap<String, Bytes>>>,
}

/// Serves until it is killed.
pub async fn serve(url: &str, port: u16) {
    let options = Options::parse_from(["bench", "--database-url", url, "--no-worker", "--query-count"]);
    let app = open(&options.settings, Some(&options.serve)).await.expect("opens");
    let bench = Bench { app: app.clone(), bytes: Arc::default() };
    let beside =
        Router::new().route("/bench/bare/", get(bare)).route("/bench/bare/{*path}", get(bare)).with_state(bench);
    let everything = router(&app).expect("routes").merge(beside);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("listens");
    axum::serve(listener, everything.into_make_service_with_connect_info::<SocketAddr>()).await.expect("serves");
}

fn inner(request: &Request, prefix: &str) -> Uri {
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    path.strip_prefix(prefix).unwrap_or("/").parse().expect("a path")
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
