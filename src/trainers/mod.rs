//! Trainer licences: how one is earned, kept and lost; assessments; who can be found.

pub mod pages;
pub mod roster;
