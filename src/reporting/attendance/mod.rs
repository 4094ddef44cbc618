//! Reports on attendance: person by half-day, who is at risk, a person's hours over the years, the
//! numbers of institutions and areas, and the bundle that auditors take away.

pub mod api;
#[cfg(feature = "ssr")]
pub mod download;
pub mod model;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
