//! Many half-days at once: the register out to a spreadsheet and back in again, and the logs of
//! conferencing tools. A file is read once into a draft; what it would change is computed anew each
//! time it is looked at, and entered in one transaction.

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
mod archive;
#[cfg(feature = "ssr")]
mod cells;
#[cfg(feature = "ssr")]
mod conference;
#[cfg(feature = "ssr")]
mod dates;
#[cfg(feature = "ssr")]
pub mod export;
#[cfg(feature = "ssr")]
pub mod files;
#[cfg(feature = "ssr")]
mod logs;
#[cfg(feature = "ssr")]
mod people;
#[cfg(feature = "ssr")]
mod plan;
#[cfg(feature = "ssr")]
mod reading;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
pub(super) mod service;
#[cfg(feature = "ssr")]
mod sheet;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod fuzz_tests;
#[cfg(all(test, feature = "ssr"))]
mod hostile_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;

#[cfg(feature = "ssr")]
pub use reading::READ;
#[cfg(feature = "ssr")]
pub use routes::{export_csv, export_xlsx, receive};
