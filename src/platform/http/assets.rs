//! The built site: scripts, styles, fonts, icons. From a folder, or from the binary itself.

use super::policy;
use crate::platform::{context::App, text};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};
#[cfg(not(feature = "embed"))]
use tower::ServiceExt;
#[cfg(not(feature = "embed"))]
use tower_http::services::ServeDir;

/// The service worker that keeps registers on a device.
const WORKER: &str = "/sw.js";

#[cfg(not(feature = "embed"))]
fn entries(folder: &Path) -> BTreeSet<String> {
    let listed = std::fs::read_dir(folder).into_iter().flatten().flatten();
    listed.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

#[cfg(feature = "embed")]
fn entries(_: &Path) -> BTreeSet<String> {
    Embedded::iter().filter_map(|path| path.split('/').next().map(str::to_owned)).collect()
}

/// Answers for the site's files before anybody asks who wants them: that would cost a statement each.
pub async fn site(State(app): State<App>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) || !app.assets.owns(request.uri().path()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match app.assets.serve(Request::from_parts(parts.clone(), Body::empty())).await {
        Some(response) => response,
        None => next.run(Request::from_parts(parts, body)).await,
    }
}

/// Where the site is.
#[derive(Clone, Debug)]
pub struct Assets {
    #[cfg_attr(feature = "embed", allow(dead_code, reason = "the embedded site needs no folder"))]
    folder: PathBuf,
    /// What stands at its top: files and folders.
    entries: BTreeSet<String>,
    /// Changes with the site's content, so that browsers may keep what they have for ever.
    pub version: String,
    /// The files, under `pkg/`, of each part of the browser half that is loaded when wanted.
    parts: BTreeMap<String, Vec<String>>,
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "target/site"]
struct Embedded;

impl Assets {
    /// Opens the site and computes its version.
    pub fn open(folder: &Path) -> Self {
        let mut hash = Sha256::new();
        let mut read = |name| {
            #[cfg(feature = "embed")]
            let bytes = Embedded::get(name).map(|file| file.data.into_owned());
            #[cfg(not(feature = "embed"))]
            let bytes = std::fs::read(folder.join(name)).ok();
            if bytes.is_none() {
                tracing::warn!(name, "the site lacks a file; pages work, without style or script");
            }
            hash.update(bytes.as_deref().unwrap_or_default());
            bytes
        };
        for name in ["pkg/magistra.js", "pkg/magistra_bg.wasm", "pkg/magistra.css"] {
            read(name);
        }
        let parts = read("pkg/parts.json").and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let version = text::hex(&hash.finalize()[..6]);
        Self { folder: folder.to_owned(), entries: entries(folder), version, parts }
    }

    /// The files of a part of the browser half, relative to `/pkg/`.
    pub fn parts(&self, part: &str) -> &[String] {
        self.parts.get(part).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a path may be one of the site's: its first part is.
    fn owns(&self, path: &str) -> bool {
        path.split('/').nth(1).is_some_and(|first| self.entries.contains(first))
    }

    /// Serves a file of the site, or nothing.
    async fn serve(&self, request: Request) -> Option<Response> {
        let path = request.uri().path().to_owned();
        let named_by_content = path.starts_with("/fonts/") || path.starts_with("/pkg/parts/");
        let lasting = named_by_content || request.uri().query().is_some_and(|q| q.starts_with("v="));
        let mut response = self.find(request).await?;
        let cache = if lasting { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        if path == WORKER {
            let policy = HeaderValue::from_static(policy::WORKER);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        Some(response)
    }

    #[cfg(not(feature = "embed"))]
    async fn find(&self, request: Request) -> Option<Response> {
        let files =
            ServeDir::new(&self.folder).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
        let response = files.oneshot(request).await.ok()?;
        (response.status() != StatusCode::NOT_FOUND).then(|| response.map(Body::new))
    }

    #[cfg(feature = "embed")]
    async fn find(&self, request: Request) -> Option<Response> {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let accepts = request.headers().get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let media = Embedded::get(&path)?.metadata.mimetype().to_owned();
        let (file, encoding) = [("br", ".br"), ("gzip", ".gz")]
            .into_iter()
            .filter(|(name, _)| accepts.contains(name))
            .find_map(|(name, ending)| Some((Embedded::get(&format!("{path}{ending}"))?, Some(name))))
            .or_else(|| Some((Embedded::get(&path)?, None)))?;
        let mut response = Response::new(Body::from(file.data.into_owned()));
        *response.status_mut() = StatusCode::OK;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_str(&media).ok()?);
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        Some(response)
    }
}
