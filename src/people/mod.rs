//! Persons, their posts, accounts, sessions and roles; and the one table of rights.

pub mod accounts;
pub mod api;
pub mod asks;
#[cfg(all(test, feature = "ssr"))]
pub mod gates;
pub mod house;
pub mod model;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod records;
pub mod rights;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
