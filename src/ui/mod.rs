//! The design system: the pieces every page is made of. Classes are those of style/README.md.

#[cfg(feature = "ssr")]
pub mod document;
pub mod fault;
pub mod field;
pub mod form;
pub mod format;
pub mod layout;
pub mod lazy;
pub mod load;
pub mod title;
pub mod words;
