//! The embedded letters: Source Serif and Source Sans whole, and Noto for the scripts they lack.
//!
//! `assets/fonts/README.md` says where each file comes from. They are parsed once, on first use.

use std::sync::LazyLock;

use serde_json::Value;
use typst::{
    foundations::Bytes,
    text::{Font, FontBook, is_default_ignorable},
    utils::LazyHash,
};

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        [$((include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts/", $name)) as &'static [u8])),*]
    };
}

static FILES: [&[u8]; 20] = embedded![
    "SourceSerif4-Regular.otf",
    "SourceSerif4Display-Regular.otf",
    "SourceSerif4Display-Semibold.otf",
    "SourceSans3-Regular.otf",
    "SourceSans3-Semibold.otf",
    "NotoNaskhArabic-Regular.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansArmenian-Regular.ttf",
    "NotoSansGeorgian-Regular.ttf",
    "NotoSansLao-Regular.ttf",
    "NotoSansSinhala-Regular.ttf",
    "NotoSansTamil-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansTifinagh-Regular.ttf",
    "NotoSerifArmenian-Regular.ttf",
    "NotoSerifGeorgian-Regular.ttf",
    "NotoSerifLao-Regular.ttf",
    "NotoSerifSinhala-Regular.ttf",
    "NotoSerifTamil-Regular.ttf",
    "NotoSerifThai-Regular.ttf",
];

static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| Font::new(Bytes::new(*file), 0)).collect());

static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// What typst chooses from.
pub(super) fn book() -> &'static LazyHash<FontBook> {
    &BOOK
}

/// The font at a place in the book.
pub(super) fn font(index: usize) -> Option<Font> {
    FONTS.get(index).cloned()
}

/// The characters of `text` that no embedded font has, each once: for a form to refuse a name that
/// no certificate could carry, before one is due.
pub fn unprintable(text: &str) -> String {
    let mut missing = String::new();
    for c in text.chars() {
        let unseen = c.is_whitespace() || c.is_control() || is_default_ignorable(c);
        if !unseen && !missing.contains(c) && !FONTS.iter().any(|font| font.info().coverage.contains(u32::from(c))) {
            missing.push(c);
        }
    }
    missing
}

/// The same for every text in a document's data.
pub(super) fn missing(data: &Value) -> String {
    match data {
        Value::String(text) => unprintable(text),
        Value::Array(items) => join(items.iter().map(missing)),
        Value::Object(fields) => join(fields.values().map(missing)),
        _ => String::new(),
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    let mut all = String::new();
    for c in parts.flat_map(|part| part.chars().collect::<Vec<_>>()) {
        if !all.contains(c) {
            all.push(c);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_font_is_read() {
        assert_eq!(FONTS.len(), FILES.len());
    }

    #[test]
    fn names_the_characters_it_cannot_print() {
        assert_eq!(unprintable("Đorđe Ћирић, 90 %\n"), "");
        assert_eq!(unprintable("漢 Ana 漢字 🙂"), "漢字🙂");
    }
}
