//! The roster: finding trainers, their own pages, what they let others see, and where they are missing.

pub mod api;
pub mod cover;
#[cfg(feature = "ssr")]
pub mod export;
pub mod model;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
