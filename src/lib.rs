//! Magistra: training courses, their materials, attendance and certificates for judges,
//! prosecutors and law-enforcement officers.
//!
//! One crate, two halves: `ssr` is the server, `hydrate` the browser. The map is in
//! ARCHITECTURE.md; a test keeps the order of the capabilities below.

#![recursion_limit = "512"]

pub mod app;
pub mod common;
pub mod i18n;
#[cfg(feature = "ssr")]
pub mod platform;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;

// Capabilities, each using only those above it; a test keeps the order.
pub mod people;
pub mod institutions;
pub mod programmes;
pub mod catalogue;
pub mod packs;
pub mod deliveries;
pub mod enrolment;
pub mod attendance;
pub mod learning;
pub mod completion;
pub mod feedback;
pub mod trainers;
pub mod cohorts;
pub mod cascade;
pub mod reporting;
#[cfg(feature = "ssr")]
pub mod demo;

#[cfg(all(test, feature = "ssr"))]
pub mod testing;

/// The browser's entry: attaches the application to the page the server sent.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(ui::lazy::attach(app::Live));
}
