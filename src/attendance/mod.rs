//! The register: marks by half-day and their history, live, without a network, on paper and in files;
//! self check-in, badges and kiosks; countings where no names are kept, by half-day and as a whole.

pub mod api;
pub mod badges;
pub mod checkin;
#[cfg(feature = "ssr")]
pub mod closing;
pub mod counts;
pub mod kiosk;
#[cfg(feature = "ssr")]
mod marking;
pub mod merge;
pub mod model;
#[cfg(feature = "ssr")]
pub mod moved;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod past;
#[cfg(feature = "ssr")]
pub mod service;
pub mod sheets;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod long_tests;
#[cfg(feature = "ssr")]
mod stories;
#[cfg(all(test, feature = "ssr"))]
mod stories_tests;
pub mod tallies;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub mod transfer;
pub mod walkins;
#[cfg(feature = "ssr")]
pub mod watch;
