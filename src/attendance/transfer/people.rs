//! Who is meant: by the number of the place, by e-mail, by name in any order.

use crate::{common::ids::EnrolmentId, platform::text::fold};
use std::collections::{BTreeSet, HashMap};

/// Somebody who holds a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The place.
    pub id: EnrolmentId,
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Court, office or unit.
    pub workplace: String,
    /// Their addresses, in small letters.
    pub emails: Vec<String>,
}

impl Person {
    /// Family name, given name.
    pub fn called(&self) -> String {
        match (self.family.as_str(), self.given.as_str()) {
            (one, "") | ("", one) => one.to_owned(),
            (family, given) => format!("{family}, {given}"),
        }
    }
}

/// Those who hold a place, by all that they may be known by. Positions are those of the list given.
pub struct Roster {
    ids: HashMap<EnrolmentId, usize>,
    emails: HashMap<String, Option<usize>>,
    names: HashMap<String, Option<usize>>,
    words: Vec<Vec<String>>,
}

/// How many suggestions are made.
const NEAR: usize = 5;

impl Roster {
    /// The roster of a list.
    pub fn new(people: &[Person]) -> Self {
        let mut roster = Self {
            ids: HashMap::new(),
            emails: HashMap::new(),
            names: HashMap::new(),
            words: Vec::with_capacity(people.len()),
        };
        // What two people have says nothing of either: offices share mailboxes.
        let note = |map: &mut HashMap<String, Option<usize>>, key: String, at: usize| {
            if !key.is_empty() {
                map.entry(key).and_modify(|held| *held = held.filter(|held| *held == at)).or_insert(Some(at));
            }
        };
        for (at, person) in people.iter().enumerate() {
            roster.ids.insert(person.id, at);
            for email in &person.emails {
                note(&mut roster.emails, email.clone(), at);
            }
            let full = format!("{} {}", person.family, person.given);
            note(&mut roster.names, name_key(&full), at);
            roster.words.push(fold(&full).split(' ').map(str::to_owned).collect());
        }
        roster
    }

    /// Who holds a place.
    pub fn by_id(&self, id: EnrolmentId) -> Option<usize> {
        self.ids.get(&id).copied()
    }

    /// Who alone has an address.
    pub fn by_email(&self, email: &str) -> Option<usize> {
        self.emails.get(&email.trim().to_lowercase()).copied().flatten()
    }

    /// Who alone has a name, its words in any order.
    pub fn by_name(&self, name: &str) -> Option<usize> {
        self.names.get(&name_key(name)).copied().flatten()
    }

    /// Who is meant by what a conference calls them: see [`called`].
    pub fn by_display_name(&self, name: &str) -> Option<usize> {
        called(name).iter().find_map(|name| self.by_name(name))
    }

    /// Those whose names are most like a name, the likest first.
    pub fn near(&self, name: &str) -> Vec<usize> {
        let folded = fold(name);
        let sought: Vec<&str> = folded.split(' ').filter(|word| word.chars().count() > 1).collect();
        let mut found: Vec<(usize, usize)> = self
            .words
            .iter()
            .enumerate()
            .filter_map(|(at, words)| {
                let score: usize =
                    sought.iter().map(|word| words.iter().map(|it| likeness(word, it)).max().unwrap_or(0)).sum();
                (score > 0).then_some((score, at))
            })
            .collect();
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        found.into_iter().take(NEAR).map(|(_, at)| at).collect()
    }
}

fn name_key(name: &str) -> String {
    let folded = fold(name);
    let words: BTreeSet<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

fn likeness(a: &str, b: &str) -> usize {
    if a == b {
        4
    } else if a.chars().count() > 3 && within_two(a, b) {
        2
    } else if a.chars().count() > 2 && (b.starts_with(a) || a.starts_with(b)) && b.chars().count() > 2 {
        1
    } else {
        0
    }
}

/// Whether at most two letters must be changed, added or left out (Levenshtein).
fn within_two(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return false;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()] <= 2
}

/// The names that a display name may hold, the whole first: without what stands in brackets, what stands
/// in them ("JS (John Smith)"), before a dash ("Ana Hoxha - Court of Tirana"), and without a device.
fn called(name: &str) -> Vec<String> {
    const DEVICES: &[&str] =
        &["iphone", "ipad", "android", "samsung", "galaxy", "huawei", "xiaomi", "laptop", "pc", "phone"];
    let mut names = vec![name.to_owned()];
    if let Some((before, rest)) = name.split_once(['(', '[']) {
        names.push(before.to_owned());
        names.push(rest.split([')', ']']).next().unwrap_or_default().to_owned());
    }
    for mark in [" - ", " – ", " — ", "|", "/", "_", ","] {
        if let Some((before, after)) = name.split_once(mark) {
            names.push(before.to_owned());
            names.push(after.to_owned());
        }
    }
    let folded = fold(name);
    let words: Vec<&str> = folded
        .split(' ')
        .filter(|word| !DEVICES.contains(word) && !["s", "de", "guest", "invite"].contains(word))
        .collect();
    names.push(words.join(" "));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster(names: &[(&str, &str, &str)]) -> Roster {
        let people: Vec<Person> = names
            .iter()
            .enumerate()
            .map(|(at, (family, given, email))| Person {
                id: uuid::Uuid::from_u128(at as u128).into(),
                family: (*family).into(),
                given: (*given).into(),
                workplace: String::new(),
                emails: if email.is_empty() { vec![] } else { vec![(*email).into()] },
            })
            .collect();
        Roster::new(&people)
    }

    #[test]
    fn who_is_meant() {
        let roster = roster(&[
            ("Hoxha", "Ana", "office@court.example"),
            ("Đorđević", "Miloš", "office@court.example"),
            ("Smith", "John", "john@court.example"),
            ("Smith-Jones", "Mary Ann", ""),
            ("Krasniqi", "Arta", ""),
            ("Krasniqi", "Arta", ""),
        ]);
        assert_eq!(roster.by_name("ANA HOXHA"), Some(0));
        assert_eq!(roster.by_name("Hoxha, Ana"), Some(0));
        assert_eq!(roster.by_name("Milos Dordevic"), Some(1));
        assert_eq!(roster.by_name("Jones Smith Ann Mary"), Some(3));
        assert_eq!(roster.by_name("Arta Krasniqi"), None, "two have this name");
        assert_eq!(roster.by_email("Office@court.example"), None, "a shared mailbox is nobody");
        assert_eq!(roster.by_email("JOHN@court.example "), Some(2));
        for name in [
            "Ana Hoxha (Guest)",
            "Ana Hoxha - Court of Tirana",
            "AH (Ana Hoxha)",
            "Ana Hoxha’s iPhone",
            "Court of Tirana | Hoxha Ana",
        ] {
            assert_eq!(roster.by_display_name(name), Some(0), "{name}");
        }
        assert_eq!(roster.by_display_name("iPhone"), None);
        assert_eq!(roster.near("John Smyth").first(), Some(&2));
        assert_eq!(roster.near("Anna Hodza").first(), Some(&0));
        assert!(roster.near("Zzz").is_empty());
    }
}
