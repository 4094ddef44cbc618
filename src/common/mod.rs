//! What both halves and every capability share: ids, errors, forms' faults, lists, dates.
//! Pure: no I/O, no clock.

pub mod actor;
pub mod clean;
pub mod codes;
pub mod crockford;
pub mod dates;
pub mod error;
pub mod escape;
pub mod few;
pub mod forms;
pub mod ids;
pub mod lane;
