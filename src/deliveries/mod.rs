//! Courses actually given: dates, places, trainers, timetable, states.

pub mod api;
pub mod model;
pub mod notices;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod timetable;
#[cfg(feature = "ssr")]
pub mod list_store;
#[cfg(feature = "ssr")]
pub mod schedule;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
pub mod teaching;

// The catalogue's view of deliveries.
#[cfg(feature = "ssr")]
pub mod board;
pub mod board_api;
#[cfg(feature = "ssr")]
pub mod board_feed;
pub mod board_model;
#[cfg(feature = "ssr")]
pub mod board_store;
#[cfg(all(test, feature = "ssr"))]
mod board_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
