//! Rules of study: who may, what is done, where to go on.

use crate::{
    common::ids::{MaterialId, ModuleId},
    deliveries::model::{DeliveryState, Mode},
    enrolment::model::EnrolmentState,
};
use serde::{Deserialize, Serialize};

/// How far somebody is with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Not opened yet.
    Fresh,
    /// Opened.
    Begun,
    /// Done.
    Done,
}

/// An item of the contents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The material.
    pub id: MaterialId,
    /// The module it belongs to.
    pub module: ModuleId,
    /// Its title.
    pub title: String,
    /// Minutes it takes.
    pub minutes: i64,
    /// How far one is.
    pub step: Step,
}

/// Whether a delivery's materials can be studied: by who holds a place, once it is certain that
/// it takes place; alone at one's own pace from the moment places are given.
pub fn open_for_study(delivery: DeliveryState, mode: Mode, place: EnrolmentState) -> bool {
    use DeliveryState::{CallOpen, Confirmed, Delivered, Reported, Running};
    place.holds_place()
        && (matches!(delivery, Confirmed | Running | Delivered | Reported)
            || (delivery == CallOpen && mode == Mode::SelfPaced))
}

/// What is done, of how many, and the minutes left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Items done.
    pub done: i64,
    /// Items in all.
    pub total: i64,
    /// Minutes of the items that are not done.
    pub left: i64,
}

/// The progress over some items.
pub fn progress<'a>(items: impl IntoIterator<Item = &'a Item>) -> Progress {
    items.into_iter().fold(Progress::default(), |sum, item| {
        let done = item.step == Step::Done;
        Progress {
            done: sum.done + i64::from(done),
            total: sum.total + 1,
            left: sum.left + if done { 0 } else { item.minutes },
        }
    })
}

/// Where one goes on: at the item opened last, if it is not done; else at the first after it that
/// is not, else at the first at all that is not; else at the end. `last` is what was touched last.
pub fn resume(items: &[Item], last: Option<MaterialId>) -> Option<MaterialId> {
    let open = |item: &&Item| item.step != Step::Done;
    let from = last.and_then(|last| items.iter().position(|item| item.id == last)).unwrap_or(0);
    items[from.min(items.len())..]
        .iter()
        .find(open)
        .or_else(|| items.iter().find(open))
        .or(items.last())
        .map(|item| item.id)
}

/// The items before and after one.
pub fn neighbours(items: &[Item], id: MaterialId) -> (Option<&Item>, Option<&Item>) {
    match items.iter().position(|item| item.id == id) {
        Some(at) => (at.checked_sub(1).and_then(|at| items.get(at)), items.get(at + 1)),
        None => (None, None),
    }
}

/// "Save and continue", as sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DoneForm {
    /// The delivery.
    pub delivery: String,
    /// The material that is done.
    pub material: String,
}

/// The longest recording: a position beyond it is a mistake.
pub const POSITION_MAX: i64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn items(steps: &[Step]) -> Vec<Item> {
        steps
            .iter()
            .enumerate()
            .map(|(n, step)| Item {
                id: Uuid::from_u128(n as u128 + 1).into(),
                module: Uuid::from_u128(99).into(),
                title: String::new(),
                minutes: 10,
                step: *step,
            })
            .collect()
    }

    fn id(n: u128) -> MaterialId {
        Uuid::from_u128(n).into()
    }

    #[test]
    fn going_on() {
        use Step::{Begun, Done, Fresh};
        assert_eq!(resume(&[], None), None);
        assert_eq!(resume(&items(&[Fresh, Fresh]), None), Some(id(1)));
        assert_eq!(resume(&items(&[Done, Begun, Fresh]), Some(id(2))), Some(id(2)));
        assert_eq!(resume(&items(&[Done, Done, Fresh]), Some(id(2))), Some(id(3)));
        assert_eq!(resume(&items(&[Fresh, Done, Done]), Some(id(3))), Some(id(1)), "what was left out comes last");
        assert_eq!(resume(&items(&[Done, Done]), Some(id(1))), Some(id(2)));
        assert_eq!(resume(&items(&[Fresh, Fresh]), Some(id(77))), Some(id(1)), "an item of another pack");
    }

    #[test]
    fn who_may_study() {
        use DeliveryState as D;
        use EnrolmentState as E;
        assert!(open_for_study(D::Running, Mode::InPerson, E::Confirmed));
        assert!(open_for_study(D::CallOpen, Mode::SelfPaced, E::Confirmed));
        assert!(!open_for_study(D::CallOpen, Mode::InPerson, E::Confirmed));
        assert!(!open_for_study(D::Cancelled, Mode::SelfPaced, E::Confirmed));
        for place in [E::Withdrawn, E::Replaced, E::Refused, E::Reserve, E::Nominated] {
            assert!(!open_for_study(D::Running, Mode::InPerson, place), "{place:?}");
        }
    }

    proptest! {
        #[test]
        fn one_always_goes_on_at_something_undone(steps in proptest::collection::vec(0..3u8, 0..12), last in 0..14u128) {
            let steps: Vec<Step> = steps.into_iter().map(|n| [Step::Fresh, Step::Begun, Step::Done][usize::from(n)]).collect();
            let items = items(&steps);
            let at = resume(&items, Some(id(last)));
            prop_assert_eq!(at.is_none(), items.is_empty());
            if let Some(at) = at.and_then(|at| items.iter().find(|item| item.id == at)) {
                prop_assert!(at.step != Step::Done || items.iter().all(|item| item.step == Step::Done));
            }
            let sum = progress(&items);
            prop_assert!(sum.done <= sum.total && sum.left == (sum.total - sum.done) * 10);
        }
    }
}
