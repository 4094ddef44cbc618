//! Rules of passwords and names, and what a browser is called.

use crate::common::forms::{Checks, FaultKind};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Longest given or family name.
pub const NAME_LENGTH: usize = 100;

crate::text_enum! {
    /// What a link in a letter is for.
    pub enum Purpose {
        /// The password was forgotten.
        Reset = "reset",
        /// The account is new.
        Invitation = "invitation",
    }
}

impl Purpose {
    /// How long such a link holds.
    pub const fn lasts(self) -> TimeDelta {
        match self {
            Self::Reset => TimeDelta::hours(1),
            Self::Invitation => TimeDelta::days(14),
        }
    }
}

/// What a person may change of their own account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountForm {
    /// Given name.
    #[serde(default)]
    pub given_name: String,
    /// Family name.
    #[serde(default)]
    pub family_name: String,
    /// Language of pages and letters; empty follows the browser.
    #[serde(default)]
    pub language: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionLine {
    /// Its id.
    pub id: crate::common::ids::SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Its name; empty when it gave none that we know.
    pub browser: String,
    /// From where.
    pub address: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last seen, to some minutes.
    pub last_seen_at: DateTime<Utc>,
}

/// A browser that has signed in before: others' wrong tries do not make it wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceLine {
    /// Its id.
    pub id: crate::common::ids::DeviceId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Its name; empty when it gave none that we know.
    pub browser: String,
    /// From where it last signed in.
    pub address: String,
    /// When it first signed in.
    pub created_at: DateTime<Utc>,
    /// When it last signed in.
    pub last_seen_at: DateTime<Utc>,
}

/// A name in one line with single spaces: breaks and repeated spaces would break letters and documents.
pub fn name(checks: &mut Checks, field: &str, value: &str) -> String {
    let plain = crate::common::clean::line(value);
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    checks.required_line(field, &plain, NAME_LENGTH)
}

/// Checks a new password and its repetition. Nothing is trimmed: a space is a character.
pub fn new_password(checks: &mut Checks, password: &str, again: &str, min: usize, max: usize) {
    let length = password.chars().count();
    if password.is_empty() {
        checks.fault("password", FaultKind::Required);
    } else if length < min {
        checks.fault("password", FaultKind::TooShort { min });
    } else if length > max {
        checks.fault("password", FaultKind::TooLong { max });
    } else if password != again {
        checks.fault("password_again", FaultKind::Mismatch);
    }
}

/// A browser's name from how it introduces itself: "Firefox, Windows". Many claim to be others, so
/// the order matters; empty when nothing is known.
pub fn browser_name(user_agent: &str) -> String {
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find_map(|(mark, name)| user_agent.contains(mark).then_some(*name))
    };
    let browser = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    [browser, system].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn browsers() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(browser_name(edge), "Edge, Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(browser_name(phone), "Safari, iPhone");
        assert_eq!(
            browser_name("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"),
            "Firefox, Linux"
        );
        assert_eq!(browser_name("<script>"), "");
    }

    #[test]
    fn passwords_are_long_enough_and_typed_twice() {
        let faults = |password: &str, again: &str| {
            let mut checks = Checks::default();
            new_password(&mut checks, password, again, 12, 20);
            checks.finish(()).is_err()
        };
        assert!(faults("", ""));
        assert!(faults("elevenchars", "elevenchars"));
        assert!(faults("twelve chars", "twelve chars "));
        assert!(faults(&"x".repeat(21), &"x".repeat(21)));
        assert!(!faults("żółć żółć żó", "żółć żółć żó"));
    }

    proptest! {
        #[test]
        fn a_name_is_one_line(text in "\\PC{0,20}[\r\n\t]{0,3}\\PC{0,20}") {
            let name = name(&mut Checks::default(), "given_name", &text);
            prop_assert!(!name.contains(|c: char| c.is_control()));
            prop_assert!(!name.contains("  "));
        }
    }
}
