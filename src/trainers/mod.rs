//! Trainer licences: how one is earned, kept and lost; assessments; who can be found.

pub mod api;
pub mod assessment;
#[cfg(feature = "ssr")]
pub mod guard;
#[cfg(feature = "ssr")]
pub mod jobs;
#[cfg(feature = "ssr")]
mod letters;
#[cfg(feature = "ssr")]
mod life;
#[cfg(feature = "ssr")]
pub mod look_store;
pub mod model;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod roster;
#[cfg(feature = "ssr")]
pub mod service;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(all(test, feature = "ssr"))]
mod choice_tests;
#[cfg(all(test, feature = "ssr"))]
mod guard_tests;
#[cfg(all(test, feature = "ssr"))]
mod life_tests;
#[cfg(all(test, feature = "ssr"))]
mod model_tests;
#[cfg(all(test, feature = "ssr"))]
mod tests;
