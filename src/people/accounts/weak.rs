//! Passwords that are tried first. NIST SP 800-63B-4, section 3.1.1.2, has new passwords compared with a
//! list of those "known to be commonly used, expected, or compromised", with words of the context (the
//! service's name, the person's) and with what is derived from them, and has the person told why.
//!
//! The list (`assets/common-passwords.txt`) holds words and cores; what people put around them is found by
//! rule: case, accents, spaces, digits and signs at both ends, letters written as digits, a core twice.

use crate::{common::forms::FaultKind, platform::text};
use std::{collections::HashSet, sync::LazyLock};

static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../../../assets/common-passwords.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// Rows of keyboards and what is recited: pieces of them are typed, not thought of.
const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertzuiop",
    "yxcvbnm",
];
/// What the product is called.
const PRODUCT: &[&str] = &["magistra"];
/// Letters that must be left of a password once names are taken out of it.
const OWN_LETTERS: usize = 6;

/// What is wrong with a password that is long enough; `about` are the person's names and address.
pub fn fault(password: &str, about: &[&str]) -> Option<FaultKind> {
    let plain: String = text::fold(password).chars().filter(|c| c.is_alphanumeric()).collect();
    if common(&plain) || common(&spelled(password)) {
        return Some(FaultKind::CommonPassword);
    }
    own(&plain, about).then_some(FaultKind::OwnPassword)
}

/// Letters for the digits and signs that stand for them.
fn spelled(password: &str) -> String {
    let trimmed = password.trim_end_matches(|c: char| !c.is_alphabetic());
    let trimmed = if trimmed.is_empty() { password } else { trimmed };
    let letters: String = trimmed
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' | '|' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect();
    text::fold(&letters).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn common(plain: &str) -> bool {
    let core = plain.trim_matches(|c: char| c.is_ascii_digit());
    let digits = plain.chars().rev().take_while(char::is_ascii_digit).count();
    // "abc123" stands in the list and "abc1232026" does not: some of the digits may be its own.
    (0..=digits.min(8)).any(|cut| COMMON.contains(&plain[..plain.len() - cut]))
        || COMMON.contains(core)
        || repeats(plain)
        || runs(plain)
        || two_words(core)
        || halves(core).is_some_and(|half| COMMON.contains(half))
}

/// The half of what is written twice.
fn halves(core: &str) -> Option<&str> {
    let middle = core.len() / 2;
    (core.len().is_multiple_of(2) && core.is_char_boundary(middle) && core[..middle] == core[middle..])
        .then(|| &core[..middle])
}

/// Two words of the list, whatever digits stand between them.
fn two_words(core: &str) -> bool {
    core.char_indices().skip(1).any(|(at, _)| {
        let (one, other) = core.split_at(at);
        COMMON.contains(one.trim_end_matches(|c: char| c.is_ascii_digit())) && COMMON.contains(other)
    })
}

/// Something short, over and over.
fn repeats(plain: &str) -> bool {
    let letters: Vec<char> = plain.chars().collect();
    (1..=4).any(|period| {
        letters.len() >= 3 * period && letters.iter().skip(period).eq(letters.iter().take(letters.len() - period))
    })
}

/// Nothing but pieces of rows, forwards or backwards, of three keys and more each; two keys may be others.
fn runs(plain: &str) -> bool {
    let letters: Vec<char> = plain.chars().collect();
    let (mut at, mut others) = (0, 0);
    while at < letters.len() {
        let run = run_at(&letters[at..]);
        if run >= 3 {
            at += run;
        } else {
            others += 1;
            at += 1;
        }
    }
    !letters.is_empty() && others <= 2
}

/// How many keys from here are one piece of a row, or one key again and again.
fn run_at(letters: &[char]) -> usize {
    let same = letters.iter().take_while(|letter| Some(*letter) == letters.first()).count();
    let in_row = |row: &[char]| {
        let begins = row.iter().enumerate().filter(|(_, key)| Some(*key) == letters.first()).map(|(at, _)| at);
        begins
            .map(|at| row[at..].iter().zip(letters).take_while(|(key, letter)| key == letter).count())
            .max()
            .unwrap_or(0)
    };
    ROWS.iter()
        .flat_map(|row| {
            let row: Vec<char> = row.chars().collect();
            let back: Vec<char> = row.iter().rev().copied().collect();
            [in_row(&row), in_row(&back)]
        })
        .chain([same])
        .max()
        .unwrap_or(0)
}

/// Whether little is left once the person's and the product's names and all digits are taken out.
fn own(plain: &str, about: &[&str]) -> bool {
    let mut words: Vec<String> = about
        .iter()
        .flat_map(|text| text::fold(text).split(' ').map(str::to_owned).collect::<Vec<_>>())
        .chain(PRODUCT.iter().map(|word| (*word).to_owned()))
        .filter(|word| word.chars().count() >= 3)
        .collect();
    // The longest first: "annamaria" before "anna".
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut left = plain.to_owned();
    for word in &words {
        left = left.replace(word.as_str(), "");
    }
    left.chars().count() < plain.chars().count() && left.chars().filter(|c| c.is_alphabetic()).count() < OWN_LETTERS
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANA: &[&str] = &["Ana-Marija", "Kovač", "a.kovac@court.example"];

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "Password123!",
            "p@ssw0rd2026",
            "PASSWORD PASSWORD",
            "passwordpassword1",
            "qwertyuiop123",
            "QWERTZuiop!!",
            "azertyuiop2026",
            "123456789012",
            "1234567890qwerty",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "hahahahahaha",
            "abcdefghijkl",
            "lkjhgfdsaqwe",
            "Iloveyou1234",
            "letmein-letmein",
            "administrator1",
            "Welcome-2026!",
            "Summer2026!!!",
            "sunshine dragon",
            "motdepasse2026",
            "correct horse battery staple",
            "1q2w3e4r5t6y",
            "passw0rdpassw0rd",
        ] {
            assert_eq!(fault(password, ANA), Some(FaultKind::CommonPassword), "{password}");
        }
    }

    #[test]
    fn what_is_like_the_person_is_refused() {
        for password in [
            "Kovac.Ana.1984",
            "KOVAČ-kovač-1",
            "anamarija2026",
            "magistra2026!",
            "a.kovac@court.example",
            "Magistra Kovac",
        ] {
            assert_eq!(fault(password, ANA), Some(FaultKind::OwnPassword), "{password}");
        }
    }

    #[test]
    fn what_somebody_thought_of_is_taken() {
        for password in [
            "correct horse battery",
            "four words of mine",
            "of these tests alone",
            "another four word phrase",
            "of another hand",
            "Kovač walks along the river",
            "tri žute kruške na stolu",
            "7 plums & a violin",
            "v8#kQz!72mTp",
            "Sommerregen auf Blech",
        ] {
            assert_eq!(fault(password, ANA), None, "{password}");
        }
    }

    #[test]
    fn the_list_is_folded_and_has_each_word_once() {
        let lines: Vec<&str> = include_str!("../../../assets/common-passwords.txt")
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        assert!(lines.len() >= 1000, "{}", lines.len());
        let once: HashSet<&&str> = lines.iter().collect();
        assert_eq!(once.len(), lines.len());
        for line in lines {
            assert!(line.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{line}");
        }
    }

    proptest! {
        #[test]
        fn dress_does_not_help(which in 0usize..1000, year in 1900u32..2100, upper: bool, sign in "[!?.#*]{0,3}") {
            let core = {
                let mut words: Vec<&&str> = COMMON.iter().collect();
                words.sort_unstable();
                *words[which % words.len()]
            };
            let core = if upper { core.to_uppercase() } else { core.to_owned() };
            let password = format!("{core}{year}{sign}");
            prop_assert!(fault(&password, &[]).is_some(), "{}", password);
        }

        #[test]
        fn whatever_is_typed_is_judged(password in "\\PC{0,60}", name in "\\PC{0,20}") {
            let _ = fault(&password, &[&name]);
        }
    }
}
