//! Where somebody is in a sequence, from facts alone.

use super::StepKind;
use crate::{deliveries::model::DeliveryState, enrolment::model::EnrolmentState};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// How somebody stands in a step.
    pub enum Standing {
        /// It is done.
        Done = "done",
        /// It is on its way: a place is held, or a delivery to give is planned.
        Running = "running",
        /// A delivery was given; the mentor's sign-off is missing.
        ToSignOff = "to_sign_off",
        /// It was not done, and it is over.
        Missed = "missed",
        /// It has not begun.
        Ahead = "ahead",
    }
}

/// What is known of somebody in a step: one delivery that they took part in, or gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The state of their place; none where they were a trainer.
    pub place: Option<EnrolmentState>,
    /// The state of the delivery.
    pub delivery: DeliveryState,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// Whether a mentor signed it off.
    pub signed: bool,
}

/// A delivery of a step, as far as it says whether the step can still be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// Its state.
    pub state: DeliveryState,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
}

/// What a step asks for and until when.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What.
    pub kind: StepKind,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Its deliveries.
    pub chances: Vec<Chance>,
}

fn over(state: DeliveryState, ends_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    match state {
        DeliveryState::Delivered | DeliveryState::Reported | DeliveryState::Cancelled => true,
        // What was put off is planned anew.
        DeliveryState::Postponed => false,
        _ => ends_on.is_some_and(|day| day < today),
    }
}

/// How somebody stands in a step.
pub fn standing(asked: &Asked, facts: &[Fact], today: NaiveDate) -> Standing {
    let late = asked.due_on.is_some_and(|day| day < today);
    match asked.kind {
        StepKind::Attend => attending(asked, facts, today, late),
        StepKind::Give => giving(facts, today, late),
    }
}

fn attending(asked: &Asked, facts: &[Fact], today: NaiveDate, late: bool) -> Standing {
    let held = |fact: &&Fact| fact.place.is_some_and(EnrolmentState::holds_place);
    if facts.iter().any(|fact| fact.place == Some(EnrolmentState::Completed)) {
        return Standing::Done;
    }
    if facts.iter().filter(held).any(|fact| !over(fact.delivery, fact.ends_on, today)) {
        return Standing::Running;
    }
    // A step without deliveries has not been planned yet; one whose deliveries are all over, with or
    // without a place in them, was missed.
    let chances_over = !asked.chances.is_empty() && asked.chances.iter().all(|it| over(it.state, it.ends_on, today));
    if chances_over || late { Standing::Missed } else { Standing::Ahead }
}

fn giving(facts: &[Fact], today: NaiveDate, late: bool) -> Standing {
    let given = |fact: &&Fact| matches!(fact.delivery, DeliveryState::Delivered | DeliveryState::Reported);
    if facts.iter().filter(given).any(|fact| fact.signed) {
        Standing::Done
    } else if facts.iter().any(|fact| given(&fact)) {
        Standing::ToSignOff
    } else if facts
        .iter()
        .any(|fact| !matches!(fact.delivery, DeliveryState::Cancelled) && !over(fact.delivery, fact.ends_on, today))
    {
        Standing::Running
    } else if late {
        Standing::Missed
    } else {
        Standing::Ahead
    }
}

/// How many of the required steps are done, and how many there are.
pub fn progress(steps: &[(bool, Standing)]) -> (usize, usize) {
    let required = || steps.iter().filter(|(required, _)| *required);
    (required().filter(|(_, standing)| *standing == Standing::Done).count(), required().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const TODAY: &str = "2026-11-24";

    fn attend(chances: &[(DeliveryState, &str)]) -> Asked {
        Asked {
            kind: StepKind::Attend,
            due_on: None,
            chances: chances.iter().map(|(state, end)| Chance { state: *state, ends_on: Some(day(end)) }).collect(),
        }
    }

    fn place(place: EnrolmentState, delivery: DeliveryState, end: &str) -> Fact {
        Fact { place: Some(place), delivery, ends_on: Some(day(end)), signed: false }
    }

    fn gave(delivery: DeliveryState, end: &str, signed: bool) -> Fact {
        Fact { place: None, delivery, ends_on: Some(day(end)), signed }
    }

    #[test]
    fn attending_is_completing() {
        use DeliveryState::{Cancelled, Confirmed, Delivered, Running};
        let today = day(TODAY);
        let running = attend(&[(Running, "2026-11-25")]);
        let past = attend(&[(Delivered, "2026-11-20")]);
        let cases = [
            (&running, vec![], Standing::Ahead),
            (&running, vec![place(EnrolmentState::Confirmed, Running, "2026-11-25")], Standing::Running),
            (&running, vec![place(EnrolmentState::Withdrawn, Running, "2026-11-25")], Standing::Ahead),
            (&running, vec![place(EnrolmentState::Completed, Running, "2026-11-25")], Standing::Done),
            (&past, vec![], Standing::Missed),
            (&past, vec![place(EnrolmentState::NotCompleted, Delivered, "2026-11-20")], Standing::Missed),
            (&past, vec![place(EnrolmentState::Attended, Delivered, "2026-11-20")], Standing::Missed),
        ];
        for (asked, facts, expected) in cases {
            assert_eq!(standing(asked, &facts, today), expected, "{facts:?}");
        }
        // Another delivery of the step is still to come.
        let two = attend(&[(Delivered, "2026-11-20"), (Confirmed, "2026-12-20")]);
        let missed_one = [place(EnrolmentState::NotCompleted, Delivered, "2026-11-20")];
        assert_eq!(standing(&two, &missed_one, today), Standing::Ahead);
        assert_eq!(standing(&attend(&[(Cancelled, "2026-12-20")]), &[], today), Standing::Missed);
        assert_eq!(standing(&attend(&[]), &[], today), Standing::Ahead);
        assert_eq!(standing(&Asked { due_on: Some(day("2026-11-23")), ..attend(&[]) }, &[], today), Standing::Missed);
    }

    #[test]
    fn giving_is_being_signed_off() {
        use DeliveryState::{Cancelled, Confirmed, Delivered, Reported};
        let today = day(TODAY);
        let give = Asked { kind: StepKind::Give, due_on: None, chances: vec![] };
        let late = Asked { due_on: Some(day("2026-11-01")), ..give.clone() };
        for (asked, facts, expected) in [
            (&give, vec![], Standing::Ahead),
            (&late, vec![], Standing::Missed),
            (&late, vec![gave(Confirmed, "2026-12-01", false)], Standing::Running),
            (&give, vec![gave(Cancelled, "2026-12-01", false)], Standing::Ahead),
            (&give, vec![gave(Delivered, "2026-11-01", false)], Standing::ToSignOff),
            (&give, vec![gave(Reported, "2026-11-01", false), gave(Delivered, "2026-11-01", true)], Standing::Done),
            // Nothing can be signed off before it was given.
            (&give, vec![gave(Confirmed, "2026-12-01", true)], Standing::Running),
        ] {
            assert_eq!(standing(asked, &facts, today), expected, "{facts:?}");
        }
    }

    proptest! {
        /// What was done stays done, whatever else is known and however late it is.
        #[test]
        fn what_is_done_stays_done(
            others in proptest::collection::vec((0..EnrolmentState::ALL.len(), 0..DeliveryState::ALL.len()), 0..6),
            at in 0usize..6, days in 0u64..2000,
        ) {
            let today = day(TODAY) + chrono::Days::new(days);
            let mut facts: Vec<Fact> = others
                .into_iter()
                .map(|(e, d)| place(EnrolmentState::ALL[e], DeliveryState::ALL[d], "2026-11-24"))
                .collect();
            facts.insert(at.min(facts.len()), place(EnrolmentState::Completed, DeliveryState::Reported, "2020-01-01"));
            prop_assert_eq!(standing(&attend(&[]), &facts, today), Standing::Done);
            let given: Vec<Fact> = facts.iter().map(|fact| Fact { place: None, signed: true, ..fact.clone() }).collect();
            let give = Asked { kind: StepKind::Give, due_on: Some(day("2020-01-01")), chances: vec![] };
            prop_assert_eq!(standing(&give, &given, today), Standing::Done);
        }
    }

    #[test]
    fn only_required_steps_count() {
        assert_eq!(progress(&[(true, Standing::Done), (false, Standing::Done), (true, Standing::Missed)]), (1, 2));
    }
}
