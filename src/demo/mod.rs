//! The demonstration: reference data and invented persons, embedded in the binary.

pub mod accounts;
pub mod embedded;
pub mod load;
pub mod names;
pub mod source;
pub mod store;
#[cfg(test)]
mod tests;
