//! From a training of trainers over its graduates and their deliveries to the people reached.

pub mod api;
#[cfg(all(test, feature = "ssr"))]
mod apart_tests;
#[cfg(feature = "ssr")]
pub mod download;
#[cfg(feature = "ssr")]
pub mod growth;
#[cfg(all(test, feature = "ssr"))]
mod growth_tests;
#[cfg(feature = "ssr")]
pub mod list_store;
#[cfg(feature = "ssr")]
pub mod lists;
#[cfg(all(test, feature = "ssr"))]
mod lists_tests;
pub mod model;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod picture;
#[cfg(feature = "ssr")]
pub mod rebuild;
#[cfg(feature = "ssr")]
pub mod rebuild_store;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
#[cfg(feature = "ssr")]
mod world;
