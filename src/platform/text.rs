//! Folding of names and words, so that search ignores case and accents, slugs, and what addresses encode.

use crate::common::clean::is_unseen;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Bytes in hexadecimal, two lower-case digits each: how digests are kept and shown.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Undoes the percent-encoding of a name or a password in an address.
pub fn percent_decoded(text: &str) -> String {
    // In an address, unlike in a form, these two stand for themselves.
    let pair = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Lower case, without accents, single spaces: what a search compares. Letters that have no
/// decomposition and that people type without their stroke are spelled out.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        // Nothing to decompose, and most names are.
        let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        return words.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    // What nobody sees parts no word in two.
    let seen = text.chars().filter(|c| !is_unseen(*c)).nfkd();
    for c in seen.filter(|c| !is_combining_mark(*c) && !is_unseen(*c)).flat_map(char::to_lowercase) {
        let plain = match c {
            'đ' | 'ð' => "d",
            'ł' => "l",
            'ø' => "o",
            'ı' => "i",
            'ß' => "ss",
            'æ' => "ae",
            'œ' => "oe",
            'þ' => "th",
            'ə' => "e",
            _ if c.is_alphanumeric() => {
                if gap && !folded.is_empty() {
                    folded.push(' ');
                }
                gap = false;
                folded.push(c);
                continue;
            }
            _ => {
                gap = true;
                continue;
            }
        };
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = false;
        folded.push_str(plain);
    }
    folded.nfkd().filter(|c| !is_combining_mark(*c)).collect()
}

/// A pattern for LIKE that finds the folded words of `query` in a folded column, in their order.
/// Folding leaves no `%` or `_`, so nothing needs escaping.
pub fn like_pattern(query: &str) -> String {
    let folded = fold(query);
    if folded.is_empty() { String::from("%") } else { format!("%{}%", folded.replace(' ', "%")) }
}

/// The part of an address that stands for a name: ASCII letters, digits and hyphens.
pub fn slug(name: &str) -> String {
    let slug: String = fold(name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let slug = slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    slug.chars().take(80).collect::<String>().trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_what_people_type() {
        assert_eq!(fold("École  supérieure"), "ecole superieure");
        assert_eq!(fold("Pravosuđe «Đorđe»"), "pravosude dorde");
        assert_eq!(fold("İstanbul"), "istanbul");
        assert_eq!(fold("Łódź"), "lodz");
        assert_eq!(fold("\u{feff}Ma\u{200b}ri\u{ad}ja"), "marija");
        assert_eq!(slug("Academy for Judges \"Pavel Shatev\""), "academy-for-judges-pavel-shatev");
        assert_eq!(like_pattern("100% _x"), "%100%x%");
    }

    proptest! {
        #[test]
        fn the_short_way_says_the_same(text in "[ -~]{0,40}") {
            let (short, long) = (format!("{} d", fold(&text)), fold(&format!("{text} đ")));
            prop_assert_eq!(short.trim_start(), long);
        }

        #[test]
        fn folding_twice_is_folding_once(text in ".{0,60}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
            prop_assert!(!once.contains(['%', '_']));
        }
    }
}
