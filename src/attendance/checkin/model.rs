//! Rules: what an arrival or a departure is worth, and why somebody at the door is not marked.

use crate::attendance::model::{Hours, Mark, MarkState};
use chrono::{DateTime, TimeDelta, Utc};

/// Minutes before a half-day from which one may check in.
pub const OPENS_BEFORE: i64 = 60;
/// Minutes after the beginning, and before the end, that usually cost nobody anything.
pub const USUAL_TOLERANCE: i64 = 10;
/// The most that may be forgiven, in minutes.
pub const TOLERANCE_MAX: i64 = 60;

crate::text_enum! {
    /// Which way somebody goes through the door.
    pub enum Way { In = "in", Out = "out" }
}

crate::text_enum! {
    /// Why somebody at the door is not marked. Each has its sentence in `locales/`.
    pub enum Hurdle {
        /// No check-in is open for this half-day.
        NotOpen = "not_open",
        /// The code is not one of those shown just now.
        Expired = "expired",
        /// The half-day is too far away.
        TooEarly = "too_early",
        /// The half-day is over, or its register closed.
        Closed = "closed",
        /// Who scans holds no place in this delivery.
        WrongGroup = "wrong_group",
        /// Who leaves has not been marked as there.
        NotIn = "not_in",
        /// Check-in is limited to networks, and this is none of them.
        WrongNetwork = "wrong_network",
    }
}

/// The mark of somebody who arrives at a time. Nobody is late within the tolerance (minutes); who is,
/// has missed what has passed since the beginning.
pub fn arrival(hours: Hours, tolerance: i64, at: DateTime<Utc>) -> Result<Mark, Hurdle> {
    if at < hours.starts_at - TimeDelta::minutes(OPENS_BEFORE) {
        return Err(Hurdle::TooEarly);
    }
    if at >= hours.ends_at {
        return Err(Hurdle::Closed);
    }
    let late = at > hours.starts_at + TimeDelta::minutes(tolerance);
    let state = if late { MarkState::Late } else { MarkState::Present };
    let minutes = hours.attended(state, hours.missed_at(state, at));
    Ok(Mark { state, minutes, note: String::new() })
}

/// Whether a mark says that somebody is in the room.
pub fn inside(mark: Option<&Mark>) -> bool {
    mark.is_some_and(|mark| matches!(mark.state, MarkState::Present | MarkState::Late))
}

/// The mark of somebody who leaves at a time; none where it takes nothing from the one that stands.
pub fn departure(
    hours: Hours,
    tolerance: i64,
    stands: Option<&Mark>,
    at: DateTime<Utc>,
) -> Result<Option<Mark>, Hurdle> {
    let Some(stands) = stands.filter(|mark| inside(Some(mark))) else { return Err(Hurdle::NotIn) };
    if at >= hours.ends_at - TimeDelta::minutes(tolerance) {
        return Ok(None);
    }
    let missed = (hours.ends_at - at.max(hours.starts_at)).num_minutes();
    let minutes = (stands.minutes - missed).max(0);
    Ok(Some(Mark { state: MarkState::LeftEarly, minutes, note: String::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hours() -> Hours {
        let starts_at = "2026-11-24T08:00:00Z".parse().unwrap();
        Hours { starts_at, ends_at: starts_at + TimeDelta::minutes(210) }
    }

    fn after(minutes: i64) -> DateTime<Utc> {
        hours().starts_at + TimeDelta::minutes(minutes)
    }

    #[test]
    fn who_comes_when() {
        let said = |minutes| arrival(hours(), 10, after(minutes)).map(|mark| (mark.state, mark.minutes));
        assert_eq!(said(-61), Err(Hurdle::TooEarly));
        assert_eq!(said(-60), Ok((MarkState::Present, 210)));
        assert_eq!(said(10), Ok((MarkState::Present, 210)), "within the tolerance");
        assert_eq!(said(11), Ok((MarkState::Late, 199)), "what was missed is missed from the beginning");
        assert_eq!(said(209), Ok((MarkState::Late, 1)));
        assert_eq!(said(210), Err(Hurdle::Closed));
    }

    #[test]
    fn who_goes_when() {
        let came = arrival(hours(), 10, after(30)).unwrap();
        let said = |stands: Option<&Mark>, minutes| {
            departure(hours(), 10, stands, after(minutes)).map(|mark| mark.map(|mark| (mark.state, mark.minutes)))
        };
        assert_eq!(said(Some(&came), 150), Ok(Some((MarkState::LeftEarly, 120))), "late and gone early");
        assert_eq!(said(Some(&came), 200), Ok(None));
        assert_eq!(said(None, 150), Err(Hurdle::NotIn));
        let absent = Mark { state: MarkState::Absent, minutes: 0, note: String::new() };
        assert_eq!(said(Some(&absent), 150), Err(Hurdle::NotIn));
    }

    proptest! {
        #[test]
        fn a_visit_is_never_longer_than_the_time_between_the_doors(tolerance in 0..=TOLERANCE_MAX, came in -60..209i64, stayed in 0..300i64) {
            let mark = arrival(hours(), tolerance, after(came)).unwrap();
            prop_assert!((0..=210).contains(&mark.minutes));
            match departure(hours(), tolerance, Some(&mark), after(came + stayed)).unwrap() {
                None => prop_assert!(came + stayed >= 210 - tolerance),
                Some(left) => {
                    prop_assert!((0..=mark.minutes).contains(&left.minutes));
                    prop_assert!(left.minutes <= stayed + tolerance, "{} after {stayed}", left.minutes);
                }
            }
        }
    }
}
