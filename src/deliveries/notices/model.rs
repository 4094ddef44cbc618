//! Rules: what of a timetable's changes is worth a letter.

use crate::{common::ids::SlotId, deliveries::model::DeliveryState};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};

/// The kind of job that writes letters about what changed in a timetable.
pub const CHANGED: &str = "deliveries.changed";
/// How long further changes are waited for.
pub const WAIT: TimeDelta = TimeDelta::minutes(5);

/// Whether changes of a delivery's timetable are told: people rely on it, and it is not over.
pub const fn told_in(state: DeliveryState) -> bool {
    matches!(state, DeliveryState::Confirmed | DeliveryState::Running)
}

/// How a half-day stands, or stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub room: String,
    /// Whether it is called off.
    pub cancelled: bool,
}

/// What became of a half-day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Called off, or taken off the timetable.
    Off,
    /// Given after all.
    Back,
    /// Other hours, or another room: as they were.
    Moved(Stand),
    /// New on the timetable.
    Added,
}

/// A change to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The half-day.
    pub slot: SlotId,
    /// What became of it.
    pub what: What,
    /// How it stands now; how it stood, where it is off.
    pub stand: Stand,
}

/// What is to be told of a timetable, in the order of its hours: `was` is how half-days stood when they
/// were last told (none where they were not on the timetable), `now` how the same stand now. What is as it
/// was is not told, nor what lies wholly in the past. A half-day that was replaced by one of the same hours
/// in the same room is as it was.
pub fn changes(was: &[(SlotId, Option<Stand>)], now: &HashMap<SlotId, Stand>, at: DateTime<Utc>) -> Vec<Change> {
    let on = |stand: Option<&Stand>| stand.filter(|stand| !stand.cancelled).cloned();
    let mut found: Vec<Change> = was
        .iter()
        .filter_map(|(slot, before)| {
            let after = now.get(slot);
            let (what, stand) = match (on(before.as_ref()), on(after)) {
                (None, None) => return None,
                (Some(before), None) => (What::Off, before),
                (None, Some(after)) if before.is_some() => (What::Back, after),
                (None, Some(after)) => (What::Added, after),
                (Some(before), Some(after)) if before == after => return None,
                (Some(before), Some(after)) => (What::Moved(before), after),
            };
            Some(Change { slot: *slot, what, stand })
        })
        .collect();
    let mut replaced = BTreeMap::<_, (usize, usize)>::new();
    let key = |stand: &Stand| (stand.starts_at, stand.ends_at, stand.room.clone());
    for change in &found {
        let count = replaced.entry(key(&change.stand)).or_default();
        match change.what {
            What::Off => count.0 += 1,
            What::Added => count.1 += 1,
            What::Back | What::Moved(_) => {}
        }
    }
    let mut same: BTreeMap<_, _> =
        replaced.into_iter().map(|(key, (off, added))| (key, (off.min(added), off.min(added)))).collect();
    found.retain(|change| {
        let Some((off, added)) = same.get_mut(&key(&change.stand)) else { return true };
        let left = match change.what {
            What::Off => off,
            What::Added => added,
            What::Back | What::Moved(_) => return true,
        };
        let tell = *left == 0;
        *left = left.saturating_sub(1);
        tell
    });
    found.retain(|change| {
        let before = if let What::Moved(before) = &change.what { before.ends_at > at } else { false };
        change.stand.ends_at > at || before
    });
    found.sort_by_key(|change| (change.stand.starts_at, change.slot));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hour: i64) -> DateTime<Utc> {
        "2026-11-24T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hour)
    }

    fn stand(hour: i64, room: &str) -> Stand {
        Stand { starts_at: at(hour), ends_at: at(hour + 3), room: room.into(), cancelled: false }
    }

    fn off(stand: Stand) -> Stand {
        Stand { cancelled: true, ..stand }
    }

    fn id(n: u128) -> SlotId {
        uuid::Uuid::from_u128(n).into()
    }

    #[test]
    fn each_kind_of_change_has_its_words() {
        let was = [
            (id(1), Some(stand(1, "A"))),
            (id(2), Some(off(stand(5, "A")))),
            (id(3), Some(stand(24, "A"))),
            (id(4), None),
            (id(5), Some(stand(48, "A"))),
            (id(6), Some(stand(72, "A"))),
            (id(7), None),
        ];
        let now = HashMap::from([
            (id(1), off(stand(1, "A"))),
            (id(2), stand(5, "A")),
            (id(3), stand(24, "B")),
            (id(4), stand(30, "A")),
            (id(6), stand(72, "A")),
        ]);
        let kinds: Vec<What> = changes(&was, &now, at(0)).into_iter().map(|change| change.what).collect();
        assert_eq!(kinds, [What::Off, What::Back, What::Moved(stand(24, "A")), What::Added, What::Off]);
    }

    #[test]
    fn a_timetable_made_anew_with_the_same_hours_is_no_news() {
        let was = [(id(1), Some(stand(1, "A"))), (id(2), Some(stand(5, "A"))), (id(3), None), (id(4), None)];
        let now = HashMap::from([(id(3), stand(1, "A")), (id(4), stand(6, "A"))]);
        let told = changes(&was, &now, at(0));
        assert_eq!(
            told.iter().map(|change| (change.slot, &change.what)).collect::<Vec<_>>(),
            [(id(2), &What::Off), (id(4), &What::Added)]
        );
    }

    #[test]
    fn nobody_hears_of_the_past() {
        let was = [(id(1), Some(stand(-10, "A"))), (id(2), Some(stand(-10, "A"))), (id(3), Some(stand(20, "A")))];
        let now = HashMap::from([(id(1), stand(-10, "B")), (id(2), stand(10, "A")), (id(3), stand(-20, "A"))]);
        let told: Vec<SlotId> = changes(&was, &now, at(0)).into_iter().map(|change| change.slot).collect();
        assert_eq!(told, [id(3), id(2)], "who would come to the old hours hears of it");
    }

    fn stands() -> impl Strategy<Value = Option<Stand>> {
        proptest::option::of(
            (-3i64..6, "[AB]", any::<bool>())
                .prop_map(|(half, room, cancelled)| Stand { cancelled, ..stand(half * 4, &room) }),
        )
    }

    proptest! {
        #[test]
        fn what_stands_as_it_stood_is_never_told(list in proptest::collection::vec(stands(), 0..8)) {
            let was: Vec<_> = list.iter().enumerate().map(|(n, stand)| (id(n as u128), stand.clone())).collect();
            let now = was.iter().filter_map(|(id, stand)| Some((*id, stand.clone()?))).collect();
            prop_assert_eq!(changes(&was, &now, at(0)), []);
        }

        #[test]
        fn each_half_day_is_told_once_and_only_what_is_to_come(
            before in proptest::collection::vec(stands(), 0..8),
            after in proptest::collection::vec(stands(), 8),
        ) {
            let was: Vec<_> = before.into_iter().enumerate().map(|(n, stand)| (id(n as u128), stand)).collect();
            let now: HashMap<_, _> =
                after.into_iter().enumerate().filter_map(|(n, stand)| Some((id(n as u128), stand?))).collect();
            let told = changes(&was, &now, at(0));
            let mut slots: Vec<_> = told.iter().map(|change| change.slot).collect();
            slots.sort();
            slots.dedup();
            prop_assert_eq!(slots.len(), told.len());
            for change in &told {
                let moved = matches!(&change.what, What::Moved(before) if before.ends_at > at(0));
                prop_assert!(change.stand.ends_at > at(0) || moved);
                prop_assert!(!change.stand.cancelled);
            }
        }
    }
}
