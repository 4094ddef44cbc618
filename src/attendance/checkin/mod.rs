//! Self check-in: codes on the wall that change by the quarter of a minute, and those who scan them.

#[cfg(feature = "ssr")]
pub mod allowed;
pub mod api;
#[cfg(feature = "ssr")]
pub mod codes;
#[cfg(feature = "ssr")]
pub mod limits;
pub mod model;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
