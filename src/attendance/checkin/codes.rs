//! What the wall shows: codes made from a half-day's secret and the time, so that a picture sent to
//! somebody at home is worth nothing when it arrives. After RFC 6238 (time-based one-time passwords),
//! with SHA-256 and windows of fifteen seconds.

use super::model::Way;
use crate::common::ids::EnrolmentId;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Seconds that a code is shown.
pub const WINDOW: i64 = 15;
/// Codes before the shown one that are still taken: it must be scanned, or read and typed.
const GRACE: i64 = 2;
/// Seconds that somebody who has scanned may take to sign in.
const TICKET: i64 = 10 * 60;

fn mac(secret: &[u8], use_: &str, way: Way, number: i64) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    for part in [use_, "|", way.code(), "|", &number.to_string()] {
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

/// Compares without telling by its time how much is right.
fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn window(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(WINDOW)
}

/// Seconds until the shown code changes.
pub fn seconds_left(now: DateTime<Utc>) -> i64 {
    WINDOW - now.timestamp().rem_euclid(WINDOW)
}

fn short_of(secret: &[u8], way: Way, window: i64) -> String {
    let mac = mac(secret, "short", way, window);
    let number = u32::from_be_bytes([mac[0], mac[1], mac[2], mac[3]]);
    format!("{:06}", number % 1_000_000)
}

fn long_of(secret: &[u8], way: Way, window: i64) -> String {
    URL_SAFE_NO_PAD.encode(&mac(secret, "long", way, window)[..16])
}

/// The six digits that are shown now.
pub fn short(secret: &[u8], way: Way, now: DateTime<Utc>) -> String {
    short_of(secret, way, window(now))
}

/// What the QR code carries now.
pub fn long(secret: &[u8], way: Way, now: DateTime<Utc>) -> String {
    long_of(secret, way, window(now))
}

/// Whether six digits are, or just were, shown.
pub fn is_short(secret: &[u8], way: Way, typed: &str, now: DateTime<Utc>) -> bool {
    (0..=GRACE).any(|ago| same(&short_of(secret, way, window(now) - ago), typed))
}

/// Whether what was scanned is, or just was, shown.
pub fn is_long(secret: &[u8], way: Way, scanned: &str, now: DateTime<Utc>) -> bool {
    (0..=GRACE).any(|ago| same(&long_of(secret, way, window(now) - ago), scanned))
}

/// Says that somebody has scanned at a time.
pub fn ticket(secret: &[u8], way: Way, at: DateTime<Utc>) -> String {
    let at = at.timestamp();
    format!("{at}.{}", URL_SAFE_NO_PAD.encode(&mac(secret, "ticket", way, at)[..16]))
}

/// When the bearer of a ticket has scanned, if the ticket is ours and not old.
pub fn scanned_at(secret: &[u8], way: Way, text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at = DateTime::from_timestamp(text.split_once('.')?.0.parse().ok()?, 0)?;
    let fresh = (0..=TICKET).contains(&(now - at).num_seconds());
    (fresh && same(&ticket(secret, way, at), text)).then_some(at)
}

/// Says whose mark was just written, to a browser that nobody is signed in with.
pub fn receipt(secret: &[u8], way: Way, place: EnrolmentId) -> String {
    let mac = mac(secret, &format!("receipt {place}"), way, 0);
    format!("{place}.{}", URL_SAFE_NO_PAD.encode(&mac[..16]))
}

/// Whose mark a receipt speaks of, if it is ours.
pub fn receipt_of(secret: &[u8], way: Way, text: &str) -> Option<EnrolmentId> {
    let place: EnrolmentId = text.split_once('.')?.0.parse().ok()?;
    same(&receipt(secret, way, place), text).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    const SECRET: &[u8] = b"a secret of a half-day";

    proptest! {
        #[test]
        fn a_code_is_good_for_some_seconds_and_for_its_way_only(at in 1_700_000_000..1_900_000_000i64, later in 0..300i64) {
            let shown = DateTime::from_timestamp(at, 0).unwrap();
            let now = shown + TimeDelta::seconds(later);
            let (short, long) = (short(SECRET, Way::In, shown), long(SECRET, Way::In, shown));
            let good = window(now) - window(shown) <= GRACE;
            prop_assert_eq!(is_long(SECRET, Way::In, &long, now), good);
            if good {
                prop_assert!(is_short(SECRET, Way::In, &short, now));
            }
            prop_assert!(!is_long(SECRET, Way::Out, &long, now));
            prop_assert!(!is_long(b"another", Way::In, &long, now));
            prop_assert!(seconds_left(now) > 0 && seconds_left(now) <= WINDOW);
        }

        #[test]
        fn a_receipt_speaks_of_one_place(n: u128, forged in "[0-9a-f-]{36}\\.[A-Za-z0-9_-]{22}|.{0,40}") {
            let place: EnrolmentId = uuid::Uuid::from_u128(n).into();
            let text = receipt(SECRET, Way::In, place);
            prop_assert_eq!(receipt_of(SECRET, Way::In, &text), Some(place));
            prop_assert_eq!(receipt_of(SECRET, Way::Out, &text), None);
            prop_assert_eq!(receipt_of(b"another", Way::In, &text), None);
            prop_assert_eq!(receipt_of(SECRET, Way::In, &forged), None);
        }

        #[test]
        fn a_ticket_says_when_and_cannot_be_made(at in 1_700_000_000..1_900_000_000i64, later in -100..1_000i64, forged in "[0-9]{10}\\.[A-Za-z0-9_-]{22}|.{0,40}") {
            let scanned = DateTime::from_timestamp(at, 0).unwrap();
            let now = scanned + TimeDelta::seconds(later);
            let text = ticket(SECRET, Way::In, scanned);
            let expected = (0..=TICKET).contains(&later).then_some(scanned);
            prop_assert_eq!(scanned_at(SECRET, Way::In, &text, now), expected);
            prop_assert_eq!(scanned_at(SECRET, Way::Out, &text, now), None);
            prop_assert_eq!(scanned_at(SECRET, Way::In, &forged, now), None);
        }
    }
}
