//! Places in deliveries: taking, giving and giving back.

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod changes;
#[cfg(feature = "ssr")]
pub mod letters;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod views;
#[cfg(all(test, feature = "ssr"))]
mod changes_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
