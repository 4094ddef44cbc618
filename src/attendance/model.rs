//! Rules: what a mark is worth in minutes, who may set it and when, and what happens when two
//! people mark one name.

use crate::{
    common::{
        clean,
        error::{AppError, Refusal},
        forms::FaultKind,
        ids::{DeliveryId, EnrolmentId, SlotId},
    },
    deliveries::model::DeliveryState,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

pub use super::merge::{Change, replay};

crate::text_enum! {
    /// Whether somebody was there for a half-day.
    pub enum MarkState {
        Present = "present",
        Late = "late",
        LeftEarly = "left_early",
        Excused = "excused",
        Absent = "absent",
    }
}

crate::text_enum! {
    /// How a mark came about.
    pub enum MarkSource { Trainer = "trainer", Own = "self", Kiosk = "kiosk", Paper = "paper", Import = "import" }
}

/// Longest note or reason, in characters.
pub const NOTE_MAX: usize = 200;
/// What a latecomer is taken to have missed where the clock cannot tell.
const USUAL_DELAY: i64 = 15;

/// What is said of somebody for a half-day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Whether they were there.
    pub state: MarkState,
    /// Minutes attended.
    pub minutes: i64,
    /// A remark: why excused, above all.
    pub note: String,
}

impl MarkState {
    /// Whether minutes missed are asked for.
    pub const fn asks_minutes(self) -> bool {
        matches!(self, Self::Late | Self::LeftEarly)
    }
}

/// The hours of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
}

impl Hours {
    /// Its length.
    pub fn minutes(self) -> i64 {
        (self.ends_at - self.starts_at).num_minutes().max(0)
    }

    /// Minutes attended: the whole slot, the slot less what was missed, or nothing.
    pub fn attended(self, state: MarkState, missed: i64) -> i64 {
        match state {
            MarkState::Present => self.minutes(),
            MarkState::Late | MarkState::LeftEarly => (self.minutes() - missed).clamp(0, self.minutes()),
            MarkState::Excused | MarkState::Absent => 0,
        }
    }

    /// What somebody has missed who comes, or goes, at a time within the slot; the usual delay
    /// where the mark is made before or after it.
    pub fn missed_at(self, state: MarkState, at: DateTime<Utc>) -> i64 {
        if at <= self.starts_at || at >= self.ends_at {
            return USUAL_DELAY.min(self.minutes());
        }
        let missed = if state == MarkState::Late { at - self.starts_at } else { self.ends_at - at };
        missed.num_minutes().clamp(1, self.minutes().max(1))
    }
}

/// What a form or a touch says of one name; the minutes as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// Whose place.
    #[serde(rename = "e")]
    pub enrolment: EnrolmentId,
    /// Whether they were there.
    #[serde(rename = "s")]
    pub state: MarkState,
    /// Minutes missed, as typed; empty asks for the usual.
    #[serde(rename = "m", default, skip_serializing_if = "String::is_empty")]
    pub missed: String,
    /// A remark.
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When what the sender had before their eyes was written, on the venue's clock.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<NaiveDateTime>,
    /// The same of what was shown beside it as saying otherwise.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub seen_too: Option<NaiveDateTime>,
}

impl Touch {
    /// The mark that is meant, made at `at`.
    pub fn mark(&self, hours: Hours, at: DateTime<Utc>) -> Result<Mark, FaultKind> {
        let missed = match (self.state.asks_minutes(), self.missed.trim()) {
            (false, _) => 0,
            (true, "") => hours.missed_at(self.state, at),
            (true, typed) => typed
                .parse()
                .ok()
                .filter(|missed| (0..=hours.minutes()).contains(missed))
                .ok_or(FaultKind::Number { min: 0, max: hours.minutes() })?,
        };
        let note = clean::line(&self.note);
        if note.chars().count() > NOTE_MAX {
            return Err(FaultKind::TooLong { max: NOTE_MAX });
        }
        Ok(Mark { state: self.state, minutes: hours.attended(self.state, missed), note })
    }
}

/// One act of somebody who keeps the register: some names, or all that have no mark yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Given by who acts: sent twice, it is done once.
    pub id: uuid::Uuid,
    /// When it was done: microseconds by the server's clock, as the device knows it. Now, where it is missing.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<i64>,
    /// The names touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub touches: Vec<Touch>,
    /// Whether everybody without a mark is present.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub everyone: bool,
    /// Why a register is corrected that was closed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Who wants to mark, as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keeper {
    /// Teaches this delivery.
    Trainer,
    /// Runs the institution or the programme.
    Administrator,
}

/// Whether a register may be written, and whether a reason must be given.
pub fn writable(state: DeliveryState, keeper: Keeper) -> Result<bool, Refusal> {
    use DeliveryState::{Confirmed, Delivered, Reported, Running};
    match (state, keeper) {
        // On the first morning the delivery may not have been set running yet.
        (Confirmed | Running, _) | (Delivered, Keeper::Trainer) => Ok(false),
        (Delivered | Reported, Keeper::Administrator) => Ok(true),
        (Reported, Keeper::Trainer) => Err(Refusal::Over),
        _ => Err(Refusal::WrongState),
    }
}

/// Minutes attended of a half-day that was `of` minutes long and is `now`: who was there is there for the
/// whole of it, who came late or left early has missed as much as before.
pub fn remeasured(state: MarkState, minutes: i64, of: i64, now: i64) -> i64 {
    match state {
        MarkState::Present => now,
        MarkState::Late | MarkState::LeftEarly => (now - (of - minutes)).clamp(0, now),
        MarkState::Excused | MarkState::Absent => 0,
    }
}

/// Nobody was there before the day came; only who is excused may be known.
pub fn not_too_early(state: MarkState, slot_day: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    if today < slot_day && state != MarkState::Excused { Err(Refusal::TooEarly) } else { Ok(()) }
}

/// What becomes of one name of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// What stands stays.
    Keep,
    /// What was sent is written.
    Write,
    /// Sender and somebody else changed it to different things.
    Clash,
}

/// Three versions of a mark meet: the one the sender saw, the one that stands, the one sent.
pub fn merge(seen: Option<&Mark>, stands: Option<&Mark>, sent: &Mark) -> Verdict {
    if Some(sent) == stands || Some(sent) == seen {
        Verdict::Keep
    } else if stands == seen {
        Verdict::Write
    } else {
        Verdict::Clash
    }
}

/// The slot one means on opening the register: the one that runs, or else the nearest.
pub fn nearest<T>(slots: &[T], hours: impl Fn(&T) -> Hours, now: DateTime<Utc>) -> Option<&T> {
    slots.iter().min_by_key(|slot| {
        let Hours { starts_at, ends_at } = hours(slot);
        if now < starts_at {
            starts_at - now
        } else if now > ends_at {
            now - ends_at
        } else {
            chrono::TimeDelta::zero()
        }
    })
}

/// The register as the form without script sends it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RegisterForm {
    /// The action, made with the page.
    pub id: String,
    /// The delivery.
    pub delivery: String,
    /// Its slot.
    pub slot: String,
    /// The last change that the page showed, in microseconds: what the sender saw.
    #[serde(default)]
    pub version: String,
    /// A name on which two disagree, and which of the two is meant: see [`chosen`].
    #[serde(default)]
    pub settle: String,
    /// `present` where "everyone present" was pressed.
    #[serde(default)]
    pub all: String,
    /// `undo` where that was pressed.
    #[serde(default)]
    pub act: String,
    /// State by place.
    #[serde(default)]
    pub marks: HashMap<String, String>,
    /// Minutes missed by place.
    #[serde(default)]
    pub mins: HashMap<String, String>,
    /// Remark by place.
    #[serde(default)]
    pub notes: HashMap<String, String>,
    /// Why a closed register is corrected.
    #[serde(default)]
    pub reason: String,
}

/// The name of a place's field in a form. (serde_qs takes a key that begins with a digit for the
/// position in a list; ids do.)
pub fn field_of(field: &str, place: impl std::fmt::Display) -> String {
    format!("{field}[p{place}]")
}

/// The place that a key of [`RegisterForm`]'s maps names.
pub fn place_of(key: &str) -> Result<EnrolmentId, AppError> {
    key.strip_prefix('p').and_then(|id| id.parse().ok()).ok_or(AppError::NotFound)
}

/// How a button names the story that it chooses, of a name on which two disagree.
pub fn choice(place: impl std::fmt::Display, written: NaiveDateTime) -> String {
    format!("{} {}", field_of("", place), written.format(WRITTEN))
}

/// What [`choice`] names.
pub fn chosen(text: &str) -> Option<(EnrolmentId, NaiveDateTime)> {
    let (place, written) = text.split_once(' ')?;
    let place = place_of(place.trim_matches(['[', ']'])).ok()?;
    Some((place, NaiveDateTime::parse_from_str(written, WRITTEN).ok()?))
}

const WRITTEN: &str = "%Y-%m-%dT%H:%M:%S%.6f";

/// The ids of a form.
pub fn ids(delivery: &str, slot: &str) -> Result<(DeliveryId, SlotId), AppError> {
    Ok((delivery.parse().map_err(|_| AppError::NotFound)?, slot.parse().map_err(|_| AppError::NotFound)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hours(minutes: i64) -> Hours {
        let starts_at = "2026-11-24T08:00:00Z".parse().unwrap();
        Hours { starts_at, ends_at: starts_at + chrono::TimeDelta::minutes(minutes) }
    }

    fn state() -> impl Strategy<Value = MarkState> {
        proptest::sample::select(MarkState::ALL.to_vec())
    }

    fn mark() -> impl Strategy<Value = Mark> {
        (state(), 0..3i64).prop_map(|(state, minutes)| Mark { state, minutes, note: String::new() })
    }

    fn touch(state: MarkState, missed: &str) -> Touch {
        Touch {
            enrolment: uuid::Uuid::nil().into(),
            state,
            missed: missed.to_owned(),
            note: String::new(),
            seen: None,
            seen_too: None,
        }
    }

    #[test]
    fn minutes_of_a_half_day() {
        let slot = hours(210);
        let at = slot.starts_at + chrono::TimeDelta::minutes(20);
        let minutes = |state, missed: &str| touch(state, missed).mark(slot, at).map(|mark| mark.minutes);
        assert_eq!(minutes(MarkState::Present, "99"), Ok(210));
        assert_eq!(minutes(MarkState::Late, "30"), Ok(180));
        assert_eq!(minutes(MarkState::Late, ""), Ok(190), "as late as the clock says");
        assert_eq!(minutes(MarkState::LeftEarly, ""), Ok(20), "leaves now");
        assert_eq!(minutes(MarkState::Excused, ""), Ok(0));
        assert_eq!(minutes(MarkState::Absent, "5"), Ok(0));
        for bad in ["-1", "211", "ten", "1e3"] {
            assert_eq!(minutes(MarkState::Late, bad), Err(FaultKind::Number { min: 0, max: 210 }), "{bad}");
        }
        let evening = touch(MarkState::Late, "").mark(slot, slot.ends_at + chrono::TimeDelta::hours(5)).unwrap();
        assert_eq!(evening.minutes, 195, "afterwards, the usual delay");
    }

    #[test]
    fn a_choice_between_two_stories() {
        let (place, written) = (uuid::Uuid::from_u128(7), "2026-11-24T09:00:00.000012".parse().unwrap());
        assert_eq!(chosen(&choice(place, written)), Some((place.into(), written)));
        for bad in ["", "[p]", "x 2026", "[p1] 2026-11-24"] {
            assert_eq!(chosen(bad), None, "{bad}");
        }
    }

    #[test]
    fn who_may_write_when() {
        use DeliveryState as S;
        for state in [S::Planned, S::CallOpen, S::Selection, S::Postponed, S::Cancelled] {
            assert!(writable(state, Keeper::Administrator).is_err() && writable(state, Keeper::Trainer).is_err());
        }
        assert_eq!(writable(S::Running, Keeper::Trainer), Ok(false));
        assert_eq!(writable(S::Delivered, Keeper::Trainer), Ok(false));
        assert_eq!(writable(S::Delivered, Keeper::Administrator), Ok(true));
        assert_eq!(writable(S::Reported, Keeper::Trainer), Err(Refusal::Over));
    }

    #[test]
    fn the_nearest_slot() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let slots = [
            Hours { starts_at: at("2026-11-24T08:00:00Z"), ends_at: at("2026-11-24T11:30:00Z") },
            Hours { starts_at: at("2026-11-24T12:30:00Z"), ends_at: at("2026-11-24T16:00:00Z") },
            Hours { starts_at: at("2026-11-25T08:00:00Z"), ends_at: at("2026-11-25T11:30:00Z") },
        ];
        let pick = |now: &str| nearest(&slots, |slot| *slot, at(now)).copied();
        assert_eq!(pick("2026-11-01T00:00:00Z"), Some(slots[0]));
        assert_eq!(pick("2026-11-24T11:45:00Z"), Some(slots[0]));
        assert_eq!(pick("2026-11-24T12:15:00Z"), Some(slots[1]));
        assert_eq!(pick("2026-11-25T09:00:00Z"), Some(slots[2]));
        assert_eq!(nearest(&[] as &[Hours], |slot| *slot, at("2026-11-25T09:00:00Z")), None);
    }

    #[test]
    fn hours_that_change_take_the_marks_along() {
        assert_eq!(remeasured(MarkState::Present, 210, 210, 180), 180);
        assert_eq!(remeasured(MarkState::Late, 190, 210, 240), 220, "twenty minutes late stay twenty");
        assert_eq!(remeasured(MarkState::LeftEarly, 30, 210, 120), 0);
        assert_eq!(remeasured(MarkState::Excused, 0, 210, 240), 0);
    }

    proptest! {
        #[test]
        fn minutes_never_leave_the_slot(state in state(), length in 0..600i64, typed in "[0-9]{0,4}|.{0,6}", at in -900..900i64) {
            let slot = hours(length);
            let at = slot.starts_at + chrono::TimeDelta::minutes(at);
            if let Ok(mark) = touch(state, &typed).mark(slot, at) {
                prop_assert!((0..=slot.minutes()).contains(&mark.minutes));
                prop_assert_eq!(mark.state, state);
                if state == MarkState::Present { prop_assert_eq!(mark.minutes, length); }
            }
        }

        #[test]
        fn nothing_unseen_is_overwritten(seen in proptest::option::of(mark()), stands in proptest::option::of(mark()), sent in mark()) {
            let verdict = merge(seen.as_ref(), stands.as_ref(), &sent);
            if verdict == Verdict::Write {
                prop_assert_eq!(&seen, &stands);
                prop_assert_ne!(Some(&sent), stands.as_ref());
            }
            if verdict == Verdict::Clash {
                prop_assert_ne!(&seen, &stands);
            }
            // After the clash was shown, sending again writes.
            if verdict == Verdict::Clash {
                prop_assert_eq!(merge(stands.as_ref(), stands.as_ref(), &sent), Verdict::Write);
            }
        }
    }
}
