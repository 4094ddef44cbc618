//! Persons, their posts, accounts, sessions and roles; and the one table of rights.

pub mod api;
pub mod model;
pub mod pages;
pub mod rights;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
