//! Cohorts: groups that follow a sequence of deliveries, with places, mentors and a calendar of their own.

pub mod api;
#[cfg(feature = "ssr")]
pub mod calendar;
#[cfg(all(test, feature = "ssr"))]
mod leaving_tests;
#[cfg(feature = "ssr")]
pub mod letter_store;
#[cfg(feature = "ssr")]
pub mod letters;
#[cfg(feature = "ssr")]
pub mod member_store;
pub mod model;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod tests;
