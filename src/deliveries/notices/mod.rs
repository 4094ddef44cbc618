//! Changes of a timetable that people hold places for: what stood when it was last told is kept, and a
//! few minutes later one letter says what stands now.

#[cfg(feature = "ssr")]
pub mod calendar;
pub mod model;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
