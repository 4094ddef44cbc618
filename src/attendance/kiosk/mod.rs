//! The kiosk: a browser locked to the door of a delivery, which reads badges and knows no list of names.

pub mod api;
#[cfg(all(test, feature = "ssr"))]
mod late_tests;
pub mod model;
#[cfg(feature = "ssr")]
mod passing;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
