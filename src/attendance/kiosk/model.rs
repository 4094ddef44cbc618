//! Rules: how long a kiosk lasts, which half-day it stands at, and what it answers.

use crate::attendance::{
    checkin::{api::Where, model::OPENS_BEFORE, model::Way},
    model::{Hours, MarkState},
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The most hours a kiosk may be asked to last.
pub const HOURS_MAX: i64 = 24;
/// How long a kiosk lasts on a day without half-days.
const WITHOUT_SLOTS: TimeDelta = TimeDelta::hours(12);
/// How long after the day's last half-day people may still check out.
const AFTER_LAST: TimeDelta = TimeDelta::hours(1);

/// Until when a kiosk lasts: for the hours asked for, or until an hour after the last half-day of today.
pub fn lasts_until(now: DateTime<Utc>, hours: Option<i64>, last_today: Option<DateTime<Utc>>) -> DateTime<Utc> {
    match (hours, last_today) {
        (Some(hours), _) => now + TimeDelta::hours(hours.clamp(1, HOURS_MAX)),
        (None, Some(last)) if last + AFTER_LAST > now => last + AFTER_LAST,
        (None, _) => now + WITHOUT_SLOTS,
    }
}

/// The half-day whose door stands open: the one that runs, or else the next that begins within the hour.
pub fn at_door<T>(slots: &[T], hours: impl Fn(&T) -> Hours, now: DateTime<Utc>) -> Option<&T> {
    slots
        .iter()
        .filter(|slot| {
            let Hours { starts_at, ends_at } = hours(slot);
            starts_at - TimeDelta::minutes(OPENS_BEFORE) <= now && now < ends_at
        })
        .min_by_key(|slot| hours(slot).starts_at)
}

crate::text_enum! {
    /// What a kiosk answers. Each has its sentence in `locales/`.
    pub enum Word {
        /// Marked as there.
        In = "in",
        /// Marked as late.
        Late = "late",
        /// Was in already.
        AlreadyIn = "already_in",
        /// Marked as gone before the end.
        Out = "out",
        /// Goes at the end: nothing is taken from the mark.
        OutFull = "out_full",
        /// Goes without having come.
        NotIn = "not_in",
        /// Belongs to another group.
        WrongGroup = "wrong_group",
        /// No badge of ours.
        Unknown = "unknown",
        /// Lost, and another was made.
        Replaced = "replaced",
        /// Too long before the half-day.
        TooEarly = "too_early",
        /// The register is closed.
        Closed = "closed",
        /// No half-day runs or is about to begin.
        NoSlot = "no_slot",
        /// The kiosk has ended.
        Ended = "ended",
    }
}

impl Word {
    /// How good the news is: `good`, `warn`, `calm` or `bad`, as styles know it.
    pub const fn mood(self) -> &'static str {
        match self {
            Self::In | Self::Out | Self::OutFull => "good",
            Self::AlreadyIn => "calm",
            Self::Late | Self::NotIn | Self::TooEarly | Self::NoSlot => "warn",
            Self::WrongGroup | Self::Unknown | Self::Replaced | Self::Closed | Self::Ended => "bad",
        }
    }

    /// Whether the register says what was wished.
    pub const fn recorded(self) -> bool {
        matches!(self, Self::In | Self::Late | Self::AlreadyIn | Self::Out | Self::OutFull)
    }

    /// What is said of a mark just written.
    pub const fn of_mark(way: Way, state: MarkState) -> Self {
        match (way, state) {
            (Way::Out, _) => Self::Out,
            (Way::In, MarkState::Late) => Self::Late,
            (Way::In, _) => Self::In,
        }
    }
}

/// The answer to a badge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// What it says.
    pub word: Word,
    /// Whose badge it is; empty where that is not known. A pseudonym where those stand instead of names.
    pub name: String,
    /// The time it speaks of, on the venue's clock: now, or since when somebody was in.
    pub at: NaiveDateTime,
    /// Minutes late, or minutes counted of who leaves.
    pub minutes: i64,
    /// Where who is at the wrong door is expected.
    pub elsewhere: Option<Where>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_kiosk_lasts_for_the_day() {
        let now = at("2026-11-24T08:00:00Z");
        let last = at("2026-11-24T16:00:00Z");
        assert_eq!(lasts_until(now, None, Some(last)), at("2026-11-24T17:00:00Z"));
        assert_eq!(lasts_until(now, Some(4), Some(last)), at("2026-11-24T12:00:00Z"));
        assert_eq!(lasts_until(now, None, None), at("2026-11-24T20:00:00Z"));
        let night = at("2026-11-24T19:00:00Z");
        assert!(lasts_until(night, None, Some(last)) > night);
    }

    proptest! {
        #[test]
        fn a_door_is_open_an_hour_before_and_never_after(now in -2000i64..2000, begins in proptest::collection::vec(-1000i64..1000, 0..6)) {
            let zero = at("2026-11-24T08:00:00Z");
            let moment = |minutes: i64| zero + TimeDelta::minutes(minutes);
            let slots: Vec<Hours> = begins.iter().map(|from| Hours { starts_at: moment(*from), ends_at: moment(from + 210) }).collect();
            let open = |slot: &Hours| moment(now + 60) >= slot.starts_at && moment(now) < slot.ends_at;
            match at_door(&slots, |slot| *slot, moment(now)) {
                Some(slot) => {
                    prop_assert!(open(slot));
                    prop_assert!(slots.iter().filter(|other| open(other)).all(|other| other.starts_at >= slot.starts_at));
                }
                None => prop_assert!(!slots.iter().any(open)),
            }
        }

        #[test]
        fn a_kiosk_always_lasts_a_while_and_never_for_days(hours in proptest::option::of(-5i64..100), last in proptest::option::of(-2000i64..1440)) {
            let now = at("2026-11-24T08:00:00Z");
            let until = lasts_until(now, hours, last.map(|minutes| now + TimeDelta::minutes(minutes)));
            prop_assert!(until > now && until <= now + TimeDelta::hours(25));
        }
    }
}
