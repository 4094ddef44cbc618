//! The register: marks by half-day and their history, live, and self check-in.

pub mod api;
pub mod badges;
pub mod checkin;
pub mod kiosk;
pub mod model;
pub mod pages;
pub mod sheets;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod watch;
#[cfg(all(test, feature = "ssr"))]
mod tests;
