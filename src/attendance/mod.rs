//! The register: marks by half-day and their history, live, and self check-in.

pub mod api;
pub mod checkin;
pub mod model;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
pub mod transfer;
#[cfg(feature = "ssr")]
pub mod watch;
#[cfg(all(test, feature = "ssr"))]
mod tests;
