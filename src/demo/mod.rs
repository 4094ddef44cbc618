//! The demonstration: reference data and invented persons, embedded in the binary.

pub mod store;
