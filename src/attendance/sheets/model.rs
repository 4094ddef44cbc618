//! Rules: what a signature, or its absence, makes of the mark that stands.

use crate::{
    attendance::model::{Mark, MarkState},
    common::ids::EnrolmentId,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// What was keyed from a signed sheet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PaperForm {
    /// The action, made with the page.
    pub id: String,
    /// The delivery.
    pub delivery: String,
    /// Its half-day.
    pub slot: String,
    /// `true` by place that signed; see [`crate::attendance::model::field_of`].
    #[serde(default)]
    pub signed: HashMap<String, String>,
    /// `true` where those who did not sign were absent.
    #[serde(default)]
    pub absent: String,
    /// `true` where marks that stand and say otherwise are to be replaced.
    #[serde(default)]
    pub sure: String,
    /// Why a closed register is corrected.
    #[serde(default)]
    pub reason: String,
}

/// What the paper asks to be written, and of that what replaces a mark: place, what stands, what comes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keyed {
    /// Every change.
    pub changes: Vec<(EnrolmentId, Option<Mark>)>,
    /// Those that replace a mark.
    pub replaced: Vec<(EnrolmentId, MarkState, MarkState)>,
}

fn came(state: MarkState) -> bool {
    matches!(state, MarkState::Present | MarkState::Late | MarkState::LeftEarly)
}

/// Compares paper and register. A signature says that somebody came, not for how long: who is marked as late
/// and has signed stays late. `minutes` is the half-day's length; `rest_absent`, whether those who did not
/// sign were absent.
pub fn keyed(
    stands: &[(EnrolmentId, Option<Mark>)],
    signed: &BTreeSet<EnrolmentId>,
    rest_absent: bool,
    minutes: i64,
) -> Keyed {
    let mut keyed = Keyed::default();
    for (place, mark) in stands {
        let to = match (signed.contains(place), mark.as_ref().map(|mark| mark.state)) {
            (true, Some(state)) if came(state) => continue,
            (true, _) => Mark { state: MarkState::Present, minutes, note: String::new() },
            (false, Some(state)) if !came(state) => continue,
            (false, _) if !rest_absent => continue,
            (false, _) => Mark { state: MarkState::Absent, minutes: 0, note: String::new() },
        };
        if let Some(mark) = mark {
            keyed.replaced.push((*place, mark.state, to.state));
        }
        keyed.changes.push((*place, Some(to)));
    }
    keyed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mark() -> impl Strategy<Value = Option<Mark>> {
        proptest::option::of(
            (proptest::sample::select(MarkState::ALL.to_vec()), 0..210i64).prop_map(|(state, minutes)| Mark {
                state,
                minutes,
                note: String::new(),
            }),
        )
    }

    proptest! {
        #[test]
        fn paper_says_what_was_signed_and_says_it_once(
            rows in proptest::collection::vec((mark(), any::<bool>()), 0..12), rest_absent: bool,
        ) {
            let place = |n: usize| EnrolmentId::from(uuid::Uuid::from_u128(n as u128));
            let mut stands: Vec<_> = rows.iter().enumerate().map(|(n, (mark, _))| (place(n), mark.clone())).collect();
            let signed: BTreeSet<_> = rows.iter().enumerate().filter(|(_, (_, signed))| *signed).map(|(n, _)| place(n)).collect();
            let first = keyed(&stands, &signed, rest_absent, 210);
            prop_assert!(first.replaced.len() <= first.changes.len());
            for (place, to) in &first.changes {
                stands.iter_mut().find(|(known, _)| known == place).unwrap().1 = to.clone();
            }
            for (place, mark) in &stands {
                let there = mark.as_ref().is_some_and(|mark| came(mark.state));
                if signed.contains(place) { prop_assert!(there); }
                if rest_absent && !signed.contains(place) { prop_assert!(mark.is_some() && !there); }
            }
            prop_assert_eq!(keyed(&stands, &signed, rest_absent, 210), Keyed::default(), "keyed again, nothing changes");
        }
    }
}
