//! Rules: the codes on badges, and what somebody is called where the name must not stand.

use crate::common::{crockford::Code, forms::FaultKind, ids::EnrolmentId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a badge's QR code carries: 26 characters of chance (130 bits) and one that checks them. Capital
/// letters and figures alone, so that the code is small and a scanner types it on any keyboard.
pub type Long = Code<27>;
/// What is printed beside it, to be typed: nine characters of chance (45 bits) and one that checks them.
pub type Short = Code<10>;

/// Longest pseudonym, in characters.
pub const PSEUDONYM_MAX: usize = 40;

/// A code that was scanned or typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// From the QR code.
    Long(Long),
    /// Typed by hand.
    Short(Short),
}

impl Read {
    /// What was read, if it can be a badge of ours.
    pub fn parse(text: &str) -> Option<Self> {
        Long::parse(text).map(Self::Long).or_else(|| Short::parse(text).map(Self::Short))
    }

    /// As it is stored.
    pub fn stored(&self) -> String {
        match self {
            Self::Long(code) => code.plain(),
            Self::Short(code) => code.plain(),
        }
    }
}

/// What the form of pseudonyms sends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PseudonymForm {
    /// The delivery.
    pub delivery: String,
    /// Pseudonym by place; see [`crate::attendance::model::field_of`].
    #[serde(default)]
    pub names: HashMap<String, String>,
    /// `true` where pseudonyms stand instead of names.
    #[serde(default)]
    pub instead: String,
    /// `number` where those without one are to be numbered.
    #[serde(default)]
    pub act: String,
}

/// Gives a number to each of `places`, in their order, that has no pseudonym yet: P-1, P-2 …, leaving out
/// what is taken.
pub fn numbered(places: &[EnrolmentId], given: &mut BTreeMap<EnrolmentId, String>) {
    let taken: BTreeSet<String> = given.values().map(|name| name.to_lowercase()).collect();
    let mut free = (1_u32..).map(|n| format!("P-{n}")).filter(|name| !taken.contains(&name.to_lowercase()));
    for place in places {
        if given.get(place).is_none_or(|name| name.is_empty())
            && let Some(name) = free.next()
        {
            given.insert(*place, name);
        }
    }
}

/// What is wrong with pseudonyms: too long, or two people of one name. `fold` makes names comparable.
pub fn faults(given: &BTreeMap<EnrolmentId, String>, fold: impl Fn(&str) -> String) -> Vec<(EnrolmentId, FaultKind)> {
    let mut seen = BTreeSet::new();
    given
        .iter()
        .filter(|(_, name)| !name.is_empty())
        .filter_map(|(place, name)| {
            let kind = if name.chars().count() > PSEUDONYM_MAX {
                FaultKind::TooLong { max: PSEUDONYM_MAX }
            } else if !seen.insert(fold(name)) {
                FaultKind::Taken
            } else {
                return None;
            };
            Some((*place, kind))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(n: u128) -> EnrolmentId {
        uuid::Uuid::from_u128(n).into()
    }

    #[test]
    fn long_and_short_are_told_apart() {
        let (long, short) = (Long::from_entropy([9; 27]), Short::from_entropy([9; 10]));
        assert_eq!(Read::parse(&long.to_string()), Some(Read::Long(long)));
        assert_eq!(Read::parse(&format!(" {} ", short.to_string().to_lowercase())), Some(Read::Short(short)));
        assert_eq!(Read::parse("https://elsewhere.example/x"), None);
        assert_eq!(Read::Short(short).stored().len(), 10);
    }

    proptest! {
        #[test]
        fn numbers_are_given_once_each(chosen in proptest::collection::btree_map(0u128..20, "P-[1-9]|[a-z]{0,3}", 0..20)) {
            let places: Vec<_> = (0..20).map(place).collect();
            let mut given: BTreeMap<_, _> = chosen.iter().map(|(n, name)| (place(*n), name.clone())).collect();
            let before = given.clone();
            numbered(&places, &mut given);
            let clashed = faults(&before, str::to_lowercase);
            prop_assert_eq!(given.len(), 20);
            prop_assert!(given.values().all(|name| !name.is_empty()));
            prop_assert_eq!(faults(&given, str::to_lowercase).len(), clashed.len(), "numbering makes no new clash");
            for (place, name) in before.iter().filter(|(_, name)| !name.is_empty()) {
                prop_assert_eq!(&given[place], name);
            }
        }

        #[test]
        fn any_text_can_be_scanned(text in "\\PC{0,40}") {
            if let Some(read) = Read::parse(&text) {
                prop_assert_eq!(Read::parse(&read.stored()), Some(read));
            }
        }
    }
}
