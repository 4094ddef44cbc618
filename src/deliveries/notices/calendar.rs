//! Half-days for people's own calendars (RFC 5545), as a letter carries them.

use super::model::{Change, Stand, What};
use crate::deliveries::{
    board_feed::{escape, fold},
    model::DeliveryHead,
};
use chrono::{DateTime, Utc};

/// What a letter says of a timetable, for a calendar: a half-day keeps its name there, so that a later
/// letter moves or cancels what an earlier one put in. Of two the later counts (SEQUENCE).
pub fn of_changes(head: &DeliveryHead, changes: &[Change], now: DateTime<Utc>, site: &str) -> String {
    let mut text = String::new();
    let mut line = |content: String| fold(&mut text, &content);
    line("BEGIN:VCALENDAR".into());
    line("VERSION:2.0".into());
    line("PRODID:-//Magistra//Timetable//EN".into());
    line("METHOD:PUBLISH".into());
    let stamp = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    for change in changes {
        let Stand { starts_at, ends_at, room, .. } = &change.stand;
        line("BEGIN:VEVENT".into());
        line(format!("UID:{}@magistra", change.slot));
        line(format!("DTSTAMP:{}", stamp(now)));
        line(format!("SEQUENCE:{}", now.timestamp() / 60));
        line(format!("DTSTART:{}", stamp(*starts_at)));
        line(format!("DTEND:{}", stamp(*ends_at)));
        line(format!("SUMMARY:{}", escape(&head.title)));
        let place: Vec<&str> = [room.as_str(), &head.place].into_iter().filter(|part| !part.is_empty()).collect();
        if !place.is_empty() {
            line(format!("LOCATION:{}", escape(&place.join(", "))));
        }
        line(format!("STATUS:{}", if change.what == What::Off { "CANCELLED" } else { "CONFIRMED" }));
        line(format!("URL:{site}/deliveries/{}", head.id));
        line("END:VEVENT".into());
    }
    line("END:VCALENDAR".into());
    text
}
