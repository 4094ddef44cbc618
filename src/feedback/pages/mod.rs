//! Pages: saying what one thinks of a delivery's materials, and deciding what becomes of it.

#[cfg(feature = "ssr")]
mod editor;
pub mod parts;
#[cfg(feature = "ssr")]
mod say;

#[cfg(feature = "ssr")]
use crate::{
    people::{
        asks::{Asks, Tie},
        rights::Right,
    },
    platform::http::page::{Page, page},
};

/// The pages of this capability.
#[cfg(feature = "ssr")]
pub fn pages() -> Vec<Page> {
    vec![
        page("/deliveries/{id}/feedback", Asks::Those(&[Tie::Student, Tie::Trainer]), say::page),
        page("/courses/{slug}/feedback", Asks::For(Right::WritePack), editor::page),
    ]
}
