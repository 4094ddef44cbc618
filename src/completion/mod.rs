//! Outcomes by rule, and certificates that anybody can check.

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod notice_store;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod rules_tests;
#[cfg(all(test, feature = "ssr"))]
mod lost_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
