//! One's own account: passwords, letters with links, sessions.

pub mod api;
#[cfg(feature = "ssr")]
pub mod attempt_model;
#[cfg(feature = "ssr")]
pub mod attempt_store;
#[cfg(feature = "ssr")]
pub mod attempts;
#[cfg(feature = "ssr")]
pub mod known;
#[cfg(feature = "ssr")]
pub mod letters;
pub mod model;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod weak;
#[cfg(all(test, feature = "ssr"))]
mod known_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
