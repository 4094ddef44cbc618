//! The pages about trainers.

pub mod roster;
