//! Training packs: modules, session plans, materials and files; drafts, releases, versions.

pub mod api;
pub mod model;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod upload;
#[cfg(all(test, feature = "ssr"))]
mod tests;
