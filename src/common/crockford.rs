//! Codes that people read, type and show: random, without letters that are mistaken, and with a
//! character that checks the others. After Crockford's base 32.

use std::fmt;

/// The alphabet: no I, L, O or U, which are mistaken or spell words.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code of `N` characters (at most 31): each but the last is five bits of chance, the last checks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code<const N: usize>([u8; N]);

impl<const N: usize> Code<N> {
    /// A code from random bytes; the last one is not used.
    pub fn from_entropy(bytes: [u8; N]) -> Self {
        let mut digits = bytes.map(|byte| byte & 31);
        digits[N - 1] = check(&digits[..N - 1]);
        Self(digits)
    }

    /// Reads a code as people type it: any case, with or without spaces and hyphens, O for 0
    /// and I or L for 1. None when it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = [0; N];
        let mut count = 0;
        for c in text.chars() {
            let c = match c.to_ascii_uppercase() {
                c if c.is_whitespace() || "-‐‑‒–—_.".contains(c) => continue,
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            };
            let value = ALPHABET.iter().position(|letter| char::from(*letter) == c)?;
            *digits.get_mut(count)? = u8::try_from(value).ok()?;
            count += 1;
        }
        (count == N && check(&digits[..N - 1]) == digits[N - 1]).then_some(Self(digits))
    }

    /// Its characters alone, as a machine reads them.
    pub fn plain(&self) -> String {
        self.0.iter().map(|digit| char::from(ALPHABET[usize::from(*digit) % 32])).collect()
    }
}

impl<const N: usize> fmt::Display for Code<N> {
    /// In groups of four, or of five where that leaves nothing over.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let group = if N.is_multiple_of(5) { 5 } else { 4 };
        for (i, letter) in self.plain().chars().enumerate() {
            if i > 0 && i % group == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

/// The checking character: a sum in GF(32) in which each place has its own weight, so that one
/// wrong character or two exchanged ones are always noticed.
fn check(digits: &[u8]) -> u8 {
    // Horner's rule with the generator x, modulo x^5 + x^2 + 1.
    digits.iter().fold(0, |sum, digit| times_x(sum ^ digit))
}

fn times_x(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { (doubled ^ 0b10_0101) & 31 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_as_people_type_them() {
        let code = Code::<12>::from_entropy([0, 1, 31, 7, 8, 9, 10, 11, 12, 13, 14, 99]);
        let shown = code.to_string();
        assert_eq!(shown.len(), 14);
        let typed = shown.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(Code::parse(&typed), Some(code), "{typed}");
        for bad in ["", "0", "1234-5678-9ABU", &shown[..13], &format!("{shown}0")] {
            assert_eq!(Code::<12>::parse(bad), None, "{bad}");
        }
        assert_eq!(Code::<10>::from_entropy([3; 10]).to_string().find('-'), Some(5));
    }

    fn reads_back<const N: usize>(bytes: [u8; N]) {
        let code = Code::from_entropy(bytes);
        assert_eq!(Code::parse(&code.to_string()), Some(code));
        assert_eq!(Code::parse(&code.plain()), Some(code));
    }

    fn noticed<const N: usize>(bytes: [u8; N], at: usize, other: usize, add: u8) {
        let code = Code::from_entropy(bytes);
        let (at, other) = (at % N, other % N);
        let mut wrong = code.0;
        wrong[at] ^= add;
        assert_eq!(Code::<N>::parse(&Code(wrong).to_string()), None);
        let mut exchanged = code.0;
        exchanged.swap(at, other);
        if exchanged != code.0 {
            assert_eq!(Code::<N>::parse(&Code(exchanged).to_string()), None);
        }
    }

    proptest! {
        #[test]
        fn a_code_reads_back(short: [u8; 10], middle: [u8; 12], long: [u8; 27]) {
            reads_back(short);
            reads_back(middle);
            reads_back(long);
        }

        #[test]
        fn one_wrong_character_or_two_exchanged_are_noticed(
            short: [u8; 10], middle: [u8; 12], long: [u8; 27], at in 0usize..27, other in 0usize..27, add in 1u8..32,
        ) {
            noticed(short, at, other, add);
            noticed(middle, at, other, add);
            noticed(long, at, other, add);
        }

        #[test]
        fn any_text_can_be_tried(text in ".{0,40}") {
            if let Some(code) = Code::<12>::parse(&text) {
                prop_assert_eq!(Code::parse(&code.to_string()), Some(code));
            }
        }
    }
}
