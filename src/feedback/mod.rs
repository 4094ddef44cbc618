//! What trainers and participants say of a pack's modules, and what becomes of it.

pub mod api;
#[cfg(feature = "ssr")]
pub mod decision_store;
#[cfg(feature = "ssr")]
pub mod letters;
pub mod model;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod past_store;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
