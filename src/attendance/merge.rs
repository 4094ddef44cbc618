//! Which of several things said of one name stands, in whatever order and however often they arrive.
//!
//! Registers are kept on many devices, some of them without a line for hours. Of two marks the one made
//! later stands ("last writer wins"). What was made knowingly over another counts as later than that one,
//! whatever the clocks say (as in hybrid logical clocks: Kulkarni et al., 2014); equal times are decided
//! by the action's id; what is said of one name outweighs what is said of everyone. The order is total
//! and a property of the changes themselves, so that every order of arrival ends alike. Where two did not
//! know each other and said different things, both stories are shown until somebody decides.

use super::model::Mark;
use crate::common::ids::{EnrolmentId, PersonId};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The longest that a mark may have been on a device: what claims to be older comes from a clock that was
/// lost, and counts as made when it arrived.
pub const OLDEST: TimeDelta = TimeDelta::days(60);

/// What was before the eyes of who made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Whatever had been written of the name before.
    All,
    /// The changes of these actions; nil where there was nothing to see.
    These([Uuid; 2]),
}

/// One row of the history; no mark means it was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The action.
    pub id: Uuid,
    /// Whose place.
    pub enrolment: EnrolmentId,
    /// What was said.
    pub mark: Option<Mark>,
    /// By whom.
    pub by: Option<PersonId>,
    /// When it was written; grows with every action in a slot.
    pub at: DateTime<Utc>,
    /// When it was made; later than what was known, and never later than it was written.
    pub made_at: DateTime<Utc>,
    /// Whether it was said of all who had no mark.
    pub everyone: bool,
    /// What was known.
    pub known: Known,
}

impl Change {
    /// The order of changes: the greatest stands.
    fn weight(&self) -> (bool, DateTime<Utc>, Uuid) {
        (!self.everyone, self.made_at, self.id)
    }

    fn knew(&self, other: &Self) -> bool {
        match self.known {
            Known::All => other.at < self.at,
            Known::These(ids) => ids.contains(&other.id),
        }
    }
}

/// What the changes of one name amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled<'a> {
    /// The change that stands.
    pub stands: &'a Change,
    /// The weightiest of those that said otherwise without knowledge of it.
    pub other: Option<&'a Change>,
}

/// The time that a change counts as made at: not after `now`, and after what its maker had seen written.
pub fn made_at(claimed: Option<DateTime<Utc>>, seen: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    let claimed = claimed.filter(|claimed| now - *claimed < OLDEST).map_or(now, |claimed| claimed.min(now));
    seen.map_or(claimed, |seen| claimed.max(seen + TimeDelta::microseconds(1)))
}

/// What stands of the changes of one name, in whatever order they are given.
pub fn settle<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Option<Settled<'a>> {
    let changes: Vec<&Change> = changes.into_iter().collect();
    let stands = *changes.iter().max_by_key(|change| change.weight())?;
    let nobody = Settled { stands, other: None };
    // Nearly always somebody marked who saw everything there was.
    if stands.known == Known::All && changes.iter().all(|change| change.at <= stands.at) {
        return Some(nobody);
    }
    // What the one that stands rests on, step by step.
    let mut below: Vec<&Change> = Vec::new();
    let mut next = vec![stands];
    while let Some(change) = next.pop() {
        for known in changes.iter().filter(|known| change.knew(known) && known.id != change.id) {
            if !below.iter().any(|it| it.id == known.id) {
                below.push(known);
                next.push(known);
            }
        }
    }
    let other = changes
        .iter()
        .filter(|change| !change.everyone && change.mark != stands.mark)
        // Overruled knowingly: it, or another that said the same.
        .filter(|change| below.iter().all(|it| it.mark != change.mark))
        // Nobody argues with themselves: of one person the later word counts.
        .filter(|change| {
            let own = |it: &Change| change.by.is_some() && it.by == change.by && it.weight() > change.weight();
            !own(stands) && !below.iter().any(|it| own(it))
        })
        .filter(|change| changes.iter().all(|it| it.id == change.id || !it.knew(change)))
        .max_by_key(|change| change.weight());
    Some(Settled { other: other.copied(), ..nobody })
}

/// The changes of each name.
pub fn by_name<'a>(changes: impl IntoIterator<Item = &'a Change>) -> BTreeMap<EnrolmentId, Vec<&'a Change>> {
    let mut names: BTreeMap<EnrolmentId, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        names.entry(change.enrolment).or_default().push(change);
    }
    names
}

/// The marks that the history amounts to, up to a time.
pub fn replay(changes: &[Change], until: Option<DateTime<Utc>>) -> BTreeMap<EnrolmentId, Mark> {
    by_name(changes.iter().filter(|change| until.is_none_or(|until| change.at <= until)))
        .into_iter()
        .filter_map(|(name, changes)| Some((name, settle(changes)?.stands.mark.clone()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attendance::model::MarkState;
    use proptest::prelude::*;

    fn mark(state: MarkState) -> Option<Mark> {
        Some(Mark { state, minutes: 0, note: String::new() })
    }

    fn time(minute: i64) -> DateTime<Utc> {
        "2026-11-24T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
    }

    fn change(id: u128, minute: i64, mark: Option<Mark>, known: [u128; 2]) -> Change {
        Change {
            id: Uuid::from_u128(id),
            enrolment: Uuid::nil().into(),
            mark,
            by: Some(Uuid::from_u128(id).into()),
            at: time(minute),
            made_at: time(minute),
            everyone: false,
            known: Known::These(known.map(Uuid::from_u128)),
        }
    }

    fn outcome(changes: &[Change]) -> Option<(u128, Option<u128>)> {
        settle(changes).map(|it| (it.stands.id.as_u128(), it.other.map(|other| other.id.as_u128())))
    }

    #[test]
    fn the_later_stands_and_the_other_is_not_forgotten() {
        let (late, absent) = (mark(MarkState::Late), mark(MarkState::Absent));
        let tom = change(1, 5, late.clone(), [0, 0]);
        let ada = change(2, 9, absent.clone(), [0, 0]);
        assert_eq!(outcome(&[tom.clone(), ada.clone()]), Some((2, Some(1))));
        assert_eq!(outcome(&[ada.clone(), tom.clone()]), Some((2, Some(1))));
        // Who saw one and marks otherwise leaves nothing to decide.
        let knowing = change(2, 9, absent, [1, 0]);
        assert_eq!(outcome(&[tom.clone(), knowing]), Some((2, None)));
        // Who decides between two has seen both.
        let decided = change(3, 20, late, [2, 1]);
        assert_eq!(outcome(&[decided, ada, tom]), Some((3, None)));
    }

    #[test]
    fn what_says_the_same_contests_nothing() {
        let (present, late) = (mark(MarkState::Present), mark(MarkState::Late));
        let one = change(1, 1, present.clone(), [0, 0]);
        let same = change(2, 2, present.clone(), [0, 0]);
        assert_eq!(outcome(&[one.clone(), same.clone()]), Some((2, None)));
        // "Present" was overruled by somebody who had read it, if from another.
        let overruled = change(3, 9, late.clone(), [1, 0]);
        assert_eq!(outcome(&[one.clone(), overruled.clone(), same]), Some((3, None)));
        // One person on two devices: the later word, and no dispute.
        let mine = Change { by: one.by, ..change(4, 9, late, [0, 0]) };
        assert_eq!(outcome(&[one, mine]), Some((4, None)));
    }

    #[test]
    fn one_name_outweighs_everyone() {
        let all = Change { everyone: true, ..change(1, 30, mark(MarkState::Present), [0, 0]) };
        let absent = change(2, 5, mark(MarkState::Absent), [0, 0]);
        assert_eq!(outcome(&[all.clone(), absent.clone()]), Some((2, None)));
        assert_eq!(outcome(&[absent, all]), Some((2, None)));
    }

    #[test]
    fn clocks_that_are_wrong() {
        let now = time(60);
        assert_eq!(made_at(Some(time(30)), None, now), time(30));
        assert_eq!(made_at(Some(time(300)), None, now), now, "nothing is made in the future");
        assert_eq!(made_at(Some(time(0) - TimeDelta::days(20_000)), None, now), now, "a clock that was lost");
        let after = made_at(Some(time(-120)), Some(time(50)), now);
        assert!(after > time(50), "a clock that is slow does not put an answer before its question");
        assert_eq!(made_at(None, None, now), now);
    }

    /// Devices that mark, hear of each other now and then, and take back; clocks are wrong by hours.
    fn story() -> impl Strategy<Value = Vec<Change>> {
        let step = (0..3usize, 0..4usize, -180..180i64, any::<bool>());
        proptest::collection::vec(step, 1..10).prop_map(|steps| {
            // What each device has before its eyes: the change that stands and the one beside it.
            let mut eyes = [[0u128; 2]; 3];
            let mut told: Vec<Change> = Vec::new();
            for (n, (device, what, skew, hears)) in steps.into_iter().enumerate() {
                if hears && let Some((stands, other)) = outcome(&told) {
                    eyes[device] = [stands, other.unwrap_or(0)];
                }
                let known = eyes[device];
                let seen = told.iter().filter(|it| known.contains(&it.id.as_u128())).map(|it| it.made_at).max();
                let said = if what == 3 { None } else { mark(MarkState::ALL[what]) };
                let id = n as u128 + 1;
                told.push(Change {
                    by: Some(Uuid::from_u128(device as u128 + 1).into()),
                    made_at: made_at(Some(time(n as i64 + skew)), seen, time(600)),
                    ..change(id, n as i64, said, known)
                });
                eyes[device] = [id, 0];
            }
            told
        })
    }

    /// As the server receives: what it has seen before it drops; where the sender had before their eyes
    /// what stands, it looks no further.
    fn received(changes: &[Change]) -> (Uuid, Option<Uuid>, Option<Mark>) {
        let mut history: Vec<Change> = Vec::new();
        let mut stands: Option<(Change, Option<Uuid>)> = None;
        for change in changes {
            if history.iter().any(|it| it.id == change.id) {
                continue;
            }
            history.push(change.clone());
            let saw = |other: &Change| change.known == Known::These([other.id, Uuid::nil()]);
            let knowing = matches!(&stands, Some((other, None)) if saw(other)) || stands.is_none();
            stands = if knowing {
                Some((change.clone(), None))
            } else {
                settle(&history).map(|it| (it.stands.clone(), it.other.map(|other| other.id)))
            };
        }
        let (stands, other) = stands.unwrap();
        (stands.id, other, stands.mark)
    }

    proptest! {
        #[test]
        fn every_order_and_every_double_end_alike(
            (told, shuffled) in story().prop_flat_map(|told| {
                let twice: Vec<Change> = told.iter().chain(&told).cloned().collect();
                (Just(told), Just(twice).prop_shuffle())
            })
        ) {
            let expected = received(&told);
            prop_assert_eq!(&received(&shuffled), &expected);
            let settled = settle(&told).unwrap();
            prop_assert_eq!((settled.stands.id, settled.other.map(|it| it.id)), (expected.0, expected.1));
        }

        #[test]
        fn what_was_made_knowingly_outweighs_what_was_known(told in story()) {
            for change in &told {
                for known in told.iter().filter(|it| change.knew(it)) {
                    prop_assert!(change.weight() > known.weight());
                }
            }
            // Nothing that somebody overruled knowingly stands, or is shown beside what stands.
            let settled = settle(&told).unwrap();
            prop_assert!(told.iter().all(|it| !it.knew(settled.stands)));
            if let Some(other) = settled.other {
                prop_assert!(told.iter().all(|it| !it.knew(other)));
                prop_assert_ne!(&other.mark, &settled.stands.mark);
            }
        }

        #[test]
        fn among_those_who_see_everything_the_last_word_counts(words in proptest::collection::vec((0..4u128, proptest::option::of(0..5usize)), 0..30)) {
            let changes: Vec<Change> = words
                .into_iter()
                .enumerate()
                .map(|(n, (who, state))| Change {
                    enrolment: Uuid::from_u128(who).into(),
                    known: Known::All,
                    ..change(n as u128 + 1, n as i64, state.and_then(|it| mark(MarkState::ALL[it])), [0, 0])
                })
                .collect();
            let marks = replay(&changes, None);
            for who in 0..4u128 {
                let id: EnrolmentId = Uuid::from_u128(who).into();
                let last = changes.iter().rev().find(|change| change.enrolment == id).and_then(|change| change.mark.clone());
                prop_assert_eq!(marks.get(&id).cloned(), last);
            }
            // At any moment it amounts to what had been said by then.
            if let Some(middle) = changes.get(changes.len() / 2) {
                prop_assert_eq!(replay(&changes, Some(middle.at)), replay(&changes[..=changes.len() / 2], None));
            }
        }
    }
}
