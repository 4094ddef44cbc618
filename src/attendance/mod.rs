//! The register: marks by half-day and their history, live, and self check-in.

pub mod api;
pub mod checkin;
#[cfg(feature = "ssr")]
pub mod closing;
pub mod counts;
#[cfg(feature = "ssr")]
mod marking;
pub mod merge;
pub mod model;
#[cfg(feature = "ssr")]
pub mod moved;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod past;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
pub mod transfer;
#[cfg(feature = "ssr")]
mod stories;
#[cfg(feature = "ssr")]
pub mod watch;
#[cfg(all(test, feature = "ssr"))]
mod stories_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
