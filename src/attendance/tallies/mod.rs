//! People counted without names, for a delivery as a whole: of an institution that cannot share names.
//!
//! Such a count is unverified until evidence is attached and a programme officer, who did not enter it
//! themselves, confirms it with name and date. It never becomes a place or a person: reports show it beside.

pub mod api;
#[cfg(feature = "ssr")]
pub mod evidence;
#[cfg(feature = "ssr")]
pub mod files;
pub mod model;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
