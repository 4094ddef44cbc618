//! Rules: how long a kiosk lasts, which half-day it stands at, when a badge was read, and what is answered.

use crate::{
    attendance::{
        checkin::{api::Where, model::OPENS_BEFORE, model::Way},
        model::{Hours, MarkState},
    },
    common::ids::KioskId,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most hours a kiosk may be asked to last.
pub const HOURS_MAX: i64 = 24;
/// For so long after its end a kiosk may send what it read before.
pub const SENT_WITHIN: TimeDelta = TimeDelta::days(7);
/// A device knows the server's time only so well.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);
/// Longest text that can be a badge's code, in characters.
pub const CODE_MAX: usize = 100;
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

/// A badge that a kiosk has read, as it is kept on the device and sent. It names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Given by the device: sent twice, it is recorded once.
    pub id: Uuid,
    /// The kiosk that the device was.
    pub kiosk: KioskId,
    /// What was read.
    pub code: String,
    /// Which way.
    pub way: Way,
    /// When: microseconds by the server's clock, as the device knows it.
    pub at: i64,
    /// Whether the device had lost its clock, so that `at` says no more than after what it comes.
    #[serde(default)]
    pub unsure: bool,
    /// Whether who showed the badge was told only that it is kept.
    #[serde(default)]
    pub late: bool,
}

impl Reading {
    /// When the badge was read, at a kiosk that lasts between two times; otherwise, why it does not count.
    pub fn moment(&self, from: DateTime<Utc>, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Word> {
        let at = DateTime::from_timestamp_micros(self.at).filter(|at| !self.unsure && *at >= from - CLOCKS_DIFFER);
        match at.map(|at| at.clamp(from.min(now), now)) {
            None => Err(Word::NoTime),
            Some(at) if at >= until => Err(Word::Ended),
            Some(at) => Ok(at),
        }
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
        /// The half-day was called off.
        CalledOff = "called_off",
        /// No half-day runs or is about to begin.
        NoSlot = "no_slot",
        /// The device had lost its clock: nobody can say when it was.
        NoTime = "no_time",
        /// Recorded, but what somebody else marked later stands.
        Overruled = "overruled",
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
            Self::Late | Self::NotIn | Self::TooEarly | Self::NoSlot | Self::NoTime | Self::Overruled => "warn",
            Self::WrongGroup | Self::Unknown | Self::Replaced | Self::Closed | Self::CalledOff | Self::Ended => "bad",
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

    fn reading(at: DateTime<Utc>) -> Reading {
        Reading {
            id: Uuid::nil(),
            kiosk: Uuid::nil().into(),
            code: String::new(),
            way: Way::In,
            at: at.timestamp_micros(),
            unsure: false,
            late: true,
        }
    }

    #[test]
    fn when_a_badge_was_read() {
        let (from, until, now) = (at("2026-11-24T08:00:00Z"), at("2026-11-24T17:00:00Z"), at("2026-11-24T12:00:00Z"));
        let said = |text: &str| reading(at(text)).moment(from, until, now);
        assert_eq!(said("2026-11-24T09:05:00Z"), Ok(at("2026-11-24T09:05:00Z")));
        assert_eq!(said("2026-11-25T09:05:00Z"), Ok(now), "nothing was read in the future");
        assert_eq!(said("2026-11-24T07:58:00Z"), Ok(from), "clocks differ a little");
        assert_eq!(said("1970-01-01T00:05:00Z"), Err(Word::NoTime));
        let unsure = Reading { unsure: true, ..reading(at("2026-11-24T09:05:00Z")) };
        assert_eq!(unsure.moment(from, until, now), Err(Word::NoTime));
        let night = at("2026-11-24T20:00:00Z");
        assert_eq!(reading(at("2026-11-24T18:00:00Z")).moment(from, until, night), Err(Word::Ended));
        assert_eq!(reading(at("2026-11-24T16:59:00Z")).moment(from, until, night), Ok(at("2026-11-24T16:59:00Z")));
    }

    proptest! {
        #[test]
        fn a_moment_is_within_the_kiosk_s_life(said in any::<i64>(), after in 0i64..20_000) {
            let (from, until) = (at("2026-11-24T08:00:00Z"), at("2026-11-24T17:00:00Z"));
            let now = from + TimeDelta::minutes(after);
            if let Ok(moment) = (Reading { at: said, ..reading(from) }).moment(from, until, now) {
                prop_assert!(moment >= from && moment <= now && moment < until);
            }
        }

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
