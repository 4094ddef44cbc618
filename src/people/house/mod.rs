//! What keeps the house running: jobs that were given up, and where mail goes.

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
pub mod service;
