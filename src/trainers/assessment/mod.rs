//! Practical deliveries of candidates, scored by several people on a rubric, and decided with reasons.

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod model_tests;
