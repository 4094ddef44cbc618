//! Texts that people type, paste and import, without what nobody sees in them: marks of order that make a
//! name read backwards, characters without any width, control characters, and the mark that some programs
//! put at the beginning of a file. What is stored looks like what it is, and two names that look alike are
//! alike.
//!
//! The lists are those of Unicode 17: `Bidi_Control`, `Default_Ignorable_Code_Point` without variation
//! selectors, `Cc`, noncharacters, and blanks that count as letters (Unicode Technical Standard 39).

/// Whether a character shows nothing, or changes how others are shown. Line breaks and tabs are not among
/// them; the two joiners are, though some scripts need them: see [`line`].
pub fn is_unseen(c: char) -> bool {
    let code = u32::from(c);
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))
        || code & 0xfffe == 0xfffe
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}'
            | '\u{e01f0}'..='\u{e0fff}')
}

/// Whether a character belongs to a script in which joiners make one word of another: Arabic and its
/// neighbours, the scripts of India and south-east Asia, Mongolian.
fn takes_joiners(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{1900}'..='\u{1cff}' | '\u{a800}'..='\u{abff}'
        | '\u{fb50}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{11000}'..='\u{11fff}')
}

/// Whether a reader sees an ordinary space: tabs, and spaces of other widths. Spaces that hold words together
/// stay, since French is written with them.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}')
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A text of one line: a name, a title, a place. Breaks, tabs and odd spaces are spaces, ends are trimmed,
/// and letters with accents are composed (NFC), as keyboards write them.
///
/// A joiner stays between two letters of a script that needs it.
pub fn line(text: &str) -> String {
    cleaned(text, |c| if is_break(c) || is_blank(c) { ' ' } else { c })
}

/// A text of several lines: as [`line`], but breaks and tabs stay.
pub fn prose(text: &str) -> String {
    cleaned(text, |c| match c {
        '\t' | '\r' | '\n' => c,
        '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        c if is_blank(c) => ' ',
        c => c,
    })
}

/// So often a text is gone through until nothing changes any more; honest texts need one time.
const PASSES: usize = 8;

fn cleaned(text: &str, blank: impl Fn(char) -> char) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.trim().to_owned();
    }
    let mut clean = gone_through(text, &blank);
    for _ in 0..PASSES {
        // Composing moves marks past one another, and another letter may stand beside a joiner then.
        let again = gone_through(&clean, &blank);
        if again == clean {
            return clean;
        }
        clean = again;
    }
    gone_through(&clean.replace(['\u{200c}', '\u{200d}'], ""), &blank)
}

fn gone_through(text: &str, blank: &impl Fn(char) -> char) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut joiner = None;
    for c in text.chars() {
        if matches!(c, '\u{200c}' | '\u{200d}') {
            joiner = kept.chars().next_back().filter(|before| takes_joiners(*before)).map(|_| c);
            continue;
        }
        let c = blank(c);
        if is_unseen(c) {
            continue;
        }
        if let Some(joiner) = joiner.take().filter(|_| takes_joiners(c)) {
            kept.push(joiner);
        }
        kept.push(c);
    }
    composed(&kept).trim().to_owned()
}

/// The browser's half only shows what is wrong with a form; what is stored comes from the server.
#[cfg(feature = "ssr")]
fn composed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfc().collect()
}

#[cfg(not(feature = "ssr"))]
fn composed(text: &str) -> String {
    text.to_owned()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_sees_goes() {
        for (given, stands) in [
            ("\u{feff}Ana", "Ana"),
            ("Ana\u{202e}hcivokraM", "AnahcivokraM"),
            ("Ma\u{200b}ri\u{ad}ja \u{2066}Horvat\u{2069}", "Marija Horvat"),
            ("Ana\u{0}\u{7f}\u{9b}1", "Ana1"),
            ("  Ana\r\nMarija\tB\u{2028}C ", "Ana  Marija B C"),
            ("\u{3164}\u{2800}\u{200d}", ""),
            ("Jose\u{301}", "José"),
            ("L\u{2019}École\u{a0}: «\u{202f}oui\u{202f}»", "L\u{2019}École\u{a0}: «\u{202f}oui\u{202f}»"),
        ] {
            assert_eq!(line(given), stands, "{given:?}");
        }
        assert_eq!(prose("a\u{feff}\r\n\tb\u{202e}\u{2029}c\u{1b}[2J"), "a\r\n\tb\nc[2J");
    }

    #[test]
    fn a_joiner_stays_where_its_script_needs_it() {
        // Persian: "they want" is written with a non-joiner; Devanagari: "ksha" with a joiner.
        for needed in ["می\u{200c}خواهند", "क्\u{200d}ष"] {
            assert_eq!(line(needed), needed);
        }
        // The mark above is moved behind the virama, and the joiner stands beside no letter that takes it.
        assert_eq!(line("\u{315}\u{94d}\u{200d}ष"), "\u{94d}\u{315}ष");
        for idle in ["A\u{200d}na", "An\u{200c}a", "\u{200d}Ana", "Ana\u{200d}", "می\u{200c}", "می\u{200c}\u{200c} x"]
        {
            assert!(!line(idle).contains(['\u{200c}', '\u{200d}']), "{idle:?}");
        }
    }

    /// Any character, the odd ones often.
    fn text() -> impl Strategy<Value = String> {
        let odd = prop_oneof![
            any::<char>(),
            prop::sample::select(
                "\u{feff}\u{202e}\u{2066}\u{200b}\u{200c}\u{200d}\u{ad}\u{0}\n\r\u{301}\u{3164}aم क्"
                    .chars()
                    .collect::<Vec<_>>()
            ),
            (0x2000_u32..0x2070).prop_filter_map("a character", char::from_u32),
        ];
        prop::collection::vec(odd, 0..40).prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn a_clean_line_is_clean_for_good(given in text()) {
            let once = line(&given);
            prop_assert_eq!(line(&once), once.clone());
            prop_assert!(!once.contains(|c: char| c.is_control() || is_break(c)));
            prop_assert!(!once.contains(|c: char| is_unseen(c) && !matches!(c, '\u{200c}' | '\u{200d}')), "{:?}", once);
            prop_assert!(!once.starts_with(char::is_whitespace) && !once.ends_with(char::is_whitespace));
        }

        #[test]
        fn clean_prose_is_clean_for_good(given in text()) {
            let once = prose(&given);
            prop_assert_eq!(prose(&once), once.clone());
            prop_assert!(!once.contains(|c: char| is_unseen(c) && !matches!(c, '\u{200c}' | '\u{200d}')), "{:?}", once);
        }

        #[test]
        fn what_is_seen_stays(given in "[ -~À-ÖØ-öø-ÿЀ-ӿ]{0,40}") {
            let composed: String = unicode_normalization::UnicodeNormalization::nfc(given.as_str()).collect();
            prop_assert_eq!(line(&given), composed.trim());
        }
    }
}
