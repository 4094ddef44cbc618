//! The built site: scripts, styles, fonts, icons. From a folder, or from the binary itself.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
#[cfg(not(feature = "embed"))]
use tower::ServiceExt;
#[cfg(not(feature = "embed"))]
use tower_http::services::ServeDir;

/// Where the site is.
#[derive(Clone, Debug)]
pub struct Assets {
    #[cfg_attr(feature = "embed", allow(dead_code, reason = "the embedded site needs no folder"))]
    folder: PathBuf,
    /// Changes with the site's content, so that browsers may keep what they have for ever.
    pub version: String,
}

#[cfg(feature = "embed")]
#[derive(rust_embed::RustEmbed)]
#[folder = "target/site"]
struct Embedded;

impl Assets {
    /// Opens the site and computes its version.
    pub fn open(folder: &Path) -> Self {
        let mut hash = Sha256::new();
        for name in ["pkg/magistra.js", "pkg/magistra_bg.wasm", "pkg/magistra.css"] {
            #[cfg(feature = "embed")]
            let bytes = Embedded::get(name).map(|file| file.data.into_owned());
            #[cfg(not(feature = "embed"))]
            let bytes = std::fs::read(folder.join(name)).ok();
            match bytes {
                Some(bytes) => hash.update(&bytes),
                None => tracing::warn!(name, "the site lacks a file; pages work, without style or script"),
            }
        }
        let version = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Self { folder: folder.to_owned(), version }
    }

    /// Serves a file of the site, or nothing.
    pub async fn serve(&self, request: Request) -> Option<Response> {
        let path = request.uri().path().to_owned();
        let lasting = path.starts_with("/fonts/") || request.uri().query().is_some_and(|q| q.starts_with("v="));
        let mut response = self.find(request).await?;
        let cache = if lasting { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
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
