//! The policies (CSP) of every kind of answer. `default-src` stands for neither `base-uri`, `form-action`
//! nor `frame-ancestors`, so each says all of them.
//!
//! No policy keeps a page from leading elsewhere by a link or a `<meta http-equiv="refresh">`:
//! `navigate-to` was taken out of Content Security Policy Level 3 and no browser has it, and `sandbox`
//! stops a refresh only where it stops scripts too. What stops one is that no text becomes markup.

/// A page that no script touches.
pub const QUIET: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
                         media-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; \
                         frame-ancestors 'none'; base-uri 'none'";

/// A page that goes on living in the browser; the script in it carries `nonce`.
pub fn live(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; \
         img-src 'self' data:; media-src 'self'; frame-src 'self'; connect-src 'self'; worker-src 'self'; \
         manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
}

/// Whatever chose none: data, downloads, redirects, the site's own files, the page of an outage.
pub const PLAIN: &str = "default-src 'none'; form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

/// The service worker's script: what the worker may fetch is said by the policy of its own script (Content
/// Security Policy Level 3, section 4.1.2).
pub const WORKER: &str = "default-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

/// A file that somebody brought.
pub const FILE: &str = "default-src 'none'; sandbox; form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

/// A PDF that somebody brought. It opens in our page with the browser's own viewer, which a sandbox would stop.
pub const PDF: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; \
                       frame-ancestors 'self'; base-uri 'none'";

/// The policy of a file that somebody brought, by its kind.
pub fn of_file(media_type: &str) -> &'static str {
    if media_type == "application/pdf" { PDF } else { FILE }
}
