//! The records of persons, kept by programme officers and institution administrators.

pub mod api;
#[cfg(feature = "ssr")]
pub mod change;
pub mod change_api;
#[cfg(feature = "ssr")]
pub mod change_letters;
pub mod change_model;
#[cfg(feature = "ssr")]
pub mod change_store;
#[cfg(feature = "ssr")]
pub mod invited;
pub mod model;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod settle;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod change_tests;
#[cfg(all(test, feature = "ssr"))]
mod invite_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
