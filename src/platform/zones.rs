//! Time zones: UTC in the database, the venue's time on the page.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// A zone of the IANA database by name.
pub fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// The names people can choose from: regions' zones, without the old aliases.
pub fn names() -> Vec<&'static str> {
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name())
        .filter(|name| {
            *name == "UTC"
                || name.split_once('/').is_some_and(|(region, _)| {
                    ["Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"]
                        .contains(&region)
                })
        })
        .collect()
}

/// A time as the clock on the wall of a zone shows it.
pub fn local(time: DateTime<Utc>, zone_name: &str) -> NaiveDateTime {
    zone(zone_name).map_or_else(|| time.naive_utc(), |zone| time.with_timezone(&zone).naive_local())
}

/// The instant of a wall-clock time. When clocks are set back the first of the two is meant;
/// when they are set forward over it, the instant the clock jumps to.
pub fn utc(wall: NaiveDateTime, zone_name: &str) -> DateTime<Utc> {
    let Some(zone) = zone(zone_name) else { return wall.and_utc() };
    zone.from_local_datetime(&wall).earliest().map_or_else(
        || {
            let later = wall + chrono::TimeDelta::hours(1);
            zone.from_local_datetime(&later).earliest().map_or_else(|| wall.and_utc(), |t| t.with_timezone(&Utc))
        },
        |t| t.with_timezone(&Utc),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn summer_and_winter() {
        let wall = |m, d, h| NaiveDate::from_ymd_opt(2026, m, d).unwrap().and_hms_opt(h, 30, 0).unwrap();
        assert_eq!(utc(wall(11, 21, 9), "Europe/Tirane").to_rfc3339(), "2026-11-21T08:30:00+00:00");
        assert_eq!(utc(wall(7, 1, 9), "Europe/Tirane").to_rfc3339(), "2026-07-01T07:30:00+00:00");
        // 29 March 2026, 02:30 does not exist in Tirana.
        assert_eq!(utc(wall(3, 29, 2), "Europe/Tirane").to_rfc3339(), "2026-03-29T01:30:00+00:00");
        assert_eq!(local(utc(wall(7, 1, 9), "Europe/Tirane"), "Europe/Tirane"), wall(7, 1, 9));
        assert!(names().contains(&"Europe/Sarajevo"));
    }
}
