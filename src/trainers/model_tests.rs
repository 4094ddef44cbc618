//! The licence over random time: what happens, when, and what the job makes of it.

use super::model::{
    Cause, Facts, LicenceState, Release, Rule, Why, advance, falls_back, lack, licensed_on, mended, reopened, replay,
    step, tend,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

/// What may happen to a licence.
#[derive(Clone, Copy, Debug)]
enum Event {
    Train,
    /// The training is taken back.
    Untrain,
    Pass,
    SignOff,
    Teach,
    TakeUp,
    Release,
    Withdraw,
    Reopen,
    Renew,
    /// The job runs.
    Night,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => Just(Event::Train),
        1 => Just(Event::Untrain),
        1 => Just(Event::Pass),
        1 => Just(Event::SignOff),
        1 => Just(Event::Teach),
        1 => Just(Event::TakeUp),
        1 => Just(Event::Release),
        1 => Just(Event::Withdraw),
        1 => Just(Event::Reopen),
        1 => Just(Event::Renew),
        8 => Just(Event::Night),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    (any::<bool>(), any::<bool>(), proptest::option::of(1_i64..30), proptest::option::of(1_i64..24), 0_i64..120)
        .prop_map(|(assessed, supervised, active_months, uptake_months, notice_days)| Rule {
            assessed,
            supervised,
            active_months,
            uptake_months,
            notice_days,
        })
}

fn start() -> DateTime<Utc> {
    "2012-02-24T00:00:00Z".parse().expect("a time")
}

/// A licence as the service keeps it.
struct Kept {
    rule: Rule,
    facts: Facts,
    state: LicenceState,
    noticed_at: Option<DateTime<Utc>>,
    history: Vec<(LicenceState, Cause)>,
}

impl Kept {
    fn new(rule: Rule) -> Self {
        Self {
            rule,
            facts: Facts::default(),
            state: LicenceState::Candidate,
            noticed_at: None,
            history: vec![(LicenceState::Candidate, Cause::Decision)],
        }
    }

    fn go(&mut self, to: LicenceState, cause: Cause, now: DateTime<Utc>) {
        step(Some(self.state), to, cause).expect("only steps that exist");
        if to == LicenceState::Licensed {
            assert_eq!(self.rule.missing(&self.facts), [], "licensed without its conditions");
            self.facts.licensed_at = Some(now);
            if self.state != LicenceState::Lapsed {
                self.facts.major = self.facts.major.max(self.facts.newest());
            }
            self.noticed_at = None;
        }
        self.state = to;
        self.history.push((to, cause));
    }

    fn happen(&mut self, event: Event, now: DateTime<Utc>) {
        let mut cause = Cause::Completion;
        match event {
            Event::Train => self.facts.trained = true,
            // Of who is licensed nothing is taken away but by decision, which this does not follow further.
            Event::Untrain if !matches!(self.state, LicenceState::Licensed | LicenceState::Lapsed) => {
                self.facts.trained = false;
                if falls_back(self.state, &self.facts) {
                    self.go(LicenceState::Candidate, Cause::TakenBack, now);
                }
            }
            Event::Pass => {
                self.facts.passed = true;
                cause = Cause::Assessment;
            }
            Event::SignOff => {
                self.facts.signed_off = true;
                cause = Cause::SignOff;
            }
            Event::Teach => self.facts.active_at = Some(now),
            Event::TakeUp => self.facts.major = self.facts.newest(),
            Event::Release => {
                let major = self.facts.newest() + 1;
                self.facts.releases.push(Release { major, at: now });
            }
            Event::Withdraw if self.state != LicenceState::Withdrawn => {
                self.go(LicenceState::Withdrawn, Cause::Decision, now);
            }
            Event::Reopen if self.state == LicenceState::Withdrawn => {
                self.go(reopened(&self.rule, &self.facts), Cause::Decision, now);
            }
            Event::Renew if self.state == LicenceState::Lapsed => self.go(LicenceState::Licensed, Cause::Decision, now),
            Event::Untrain | Event::Withdraw | Event::Reopen | Event::Renew | Event::Night => {}
        }
        for to in advance(self.state, &self.rule, &self.facts) {
            self.go(to, cause, now);
        }
        if self.state == LicenceState::Lapsed && mended(&self.rule, &self.facts, now) {
            self.go(LicenceState::Licensed, Cause::Mended, now);
        }
        if matches!(event, Event::Night) && self.state == LicenceState::Licensed {
            let tended = tend(&self.rule, &self.facts, self.noticed_at, now);
            self.noticed_at = tended.noticed_at;
            if tended.lapses {
                let given = self.noticed_at.expect("notice was given");
                assert!(now - given >= TimeDelta::days(self.rule.notice_days), "lapsed before its notice was over");
                let deadline = self.rule.deadline(&self.facts).expect("a reason");
                assert!(deadline.at <= now, "lapsed before its time");
                self.go(LicenceState::Lapsed, Cause::Lapse, now);
            }
        }
    }
}

proptest! {
    #[test]
    fn over_random_time_every_rule_holds(
        rule in rule(),
        events in proptest::collection::vec((event(), 0_i64..90), 1..80),
    ) {
        let mut kept = Kept::new(rule);
        let mut now = start();
        for (event, days) in events {
            now += TimeDelta::days(days);
            kept.happen(event, now);
            prop_assert_eq!(replay(kept.history.iter().copied()), Ok(Some(kept.state)));
        }
    }

    /// Whatever the lapse came from, doing what is missing brings the licence back at once.
    #[test]
    fn mending_brings_it_back(rule in rule(), wait in 0_i64..2000, again in 1_i64..900) {
        let mut kept = Kept::new(rule);
        kept.facts = Facts { trained: true, passed: true, signed_off: true, ..Facts::default() };
        kept.happen(Event::Night, start());
        prop_assert_eq!(kept.state, LicenceState::Licensed);
        kept.happen(Event::Release, start() + TimeDelta::days(1));
        let mut now = start() + TimeDelta::days(wait);
        for _ in 0..2 {
            now += TimeDelta::days(again);
            kept.happen(Event::Night, now);
        }
        kept.happen(Event::TakeUp, now);
        kept.happen(Event::Teach, now);
        prop_assert_eq!(kept.state, LicenceState::Licensed);
    }

    /// Withdrawn stays withdrawn, whatever is done, until somebody decides.
    #[test]
    fn withdrawn_is_left_by_decision_alone(rule in rule(), events in proptest::collection::vec((event(), 0_i64..60), 0..40)) {
        let mut kept = Kept::new(rule);
        kept.happen(Event::Withdraw, start());
        let mut now = start();
        for (event, days) in events.into_iter().filter(|(event, _)| !matches!(event, Event::Reopen)) {
            now += TimeDelta::days(days);
            kept.happen(event, now);
            prop_assert_eq!(kept.state, LicenceState::Withdrawn);
        }
        kept.happen(Event::Reopen, now);
        prop_assert_ne!(kept.state, LicenceState::Withdrawn);
    }

    /// No step but those of the table, whatever its cause.
    #[test]
    fn nothing_else_is_a_step(
        from in proptest::option::of(proptest::sample::select(LicenceState::ALL)),
        to in proptest::sample::select(LicenceState::ALL),
        cause in proptest::sample::select(Cause::ALL),
    ) {
        let taken = step(from, to, cause).is_ok();
        if to == LicenceState::Withdrawn || from == Some(LicenceState::Withdrawn) {
            prop_assert!(!taken || matches!(cause, Cause::Decision | Cause::Record));
        }
        if to == LicenceState::Lapsed {
            prop_assert!(!taken || (from == Some(LicenceState::Licensed) && matches!(cause, Cause::Lapse | Cause::Record)));
        }
        if from == Some(to) {
            prop_assert!(!taken);
        }
        if from.is_none() {
            prop_assert!(!taken || to == LicenceState::Candidate);
        }
    }

    /// A licence never lapses later for having been used, and a later deed never brings the day forward.
    #[test]
    fn teaching_never_brings_the_day_forward(rule in rule(), taught in 0_i64..1000, later in 1_i64..1000) {
        let facts = Facts { licensed_at: Some(start()), active_at: Some(start() + TimeDelta::days(taught)), ..Facts::default() };
        let more = Facts { active_at: Some(start() + TimeDelta::days(taught + later)), ..facts.clone() };
        prop_assert!(rule.deadline(&more).map(|d| d.at) >= rule.deadline(&facts).map(|d| d.at));
    }
}

#[test]
fn the_earlier_reason_counts_and_versions_wait_in_turn() {
    let rule = Rule::default();
    let at = |text: &str| format!("{text}T00:00:00Z").parse::<DateTime<Utc>>().expect("a time");
    let mut facts = Facts { licensed_at: Some(at("2012-06-01")), major: 1, ..Facts::default() };
    facts.releases = vec![Release { major: 1, at: at("2012-01-01") }];
    let deadline = rule.deadline(&facts).expect("one");
    assert_eq!((deadline.at, deadline.why), (at("2014-06-01"), Why::Inactive));
    facts.releases.push(Release { major: 2, at: at("2012-07-15") });
    facts.releases.push(Release { major: 3, at: at("2013-09-01") });
    let deadline = rule.deadline(&facts).expect("one");
    assert_eq!((deadline.at, deadline.why), (at("2013-07-15"), Why::Version));
    // The second taken up, the third waits.
    facts.major = 2;
    assert_eq!(rule.deadline(&facts).map(|d| d.at), Some(at("2014-06-01")));
    assert_eq!(rule.uptake_until(&facts), Some(at("2014-09-01")));
    facts.major = 3;
    assert_eq!(rule.uptake_until(&facts), None);
    // Nothing asked for, nothing lapses.
    let free = Rule { active_months: None, uptake_months: None, ..rule };
    assert_eq!(free.deadline(&facts), None);
    assert!(!tend(&free, &facts, None, at("2090-01-01")).lapses);
}

#[test]
fn notice_first_then_the_lapse() {
    let rule = Rule { notice_days: 60, ..Rule::default() };
    let at = |text: &str| format!("{text}T00:00:00Z").parse::<DateTime<Utc>>().expect("a time");
    let facts = Facts { licensed_at: Some(at("2012-06-01")), ..Facts::default() };
    assert!(!tend(&rule, &facts, None, at("2014-04-01")).notice);
    let given = tend(&rule, &facts, None, at("2014-04-03"));
    assert!(given.notice && !given.lapses);
    assert_eq!(given.lapses_at, Some(at("2014-06-02")));
    // The server slept for a year: notice is given all the same, and the days are waited for.
    let late = tend(&rule, &facts, None, at("2015-06-01"));
    assert!(late.notice && !late.lapses);
    assert!(!tend(&rule, &facts, Some(at("2015-06-01")), at("2015-07-30")).lapses);
    assert!(tend(&rule, &facts, Some(at("2015-06-01")), at("2015-07-31")).lapses);
}

#[test]
fn who_was_licensed_on_a_day() {
    use LicenceState::{Lapsed, Licensed, Trained};
    let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
    let day = |text: &str| Some(at(&format!("{text}T00:00:00Z")));
    let steps = [
        (at("2026-01-05T09:00:00Z"), Trained),
        (at("2026-03-10T16:00:00Z"), Licensed),
        (at("2026-06-20T09:00:00Z"), Lapsed),
    ];
    assert!(!licensed_on(&steps, day("2026-03-09")));
    // Licensed in the afternoon, lapsed in the morning: both days count.
    assert!(licensed_on(&steps, day("2026-03-10")) && licensed_on(&steps, day("2026-06-20")));
    assert!(licensed_on(&steps, day("2026-05-01")));
    assert!(!licensed_on(&steps, day("2026-06-21")));
    // Nobody knows the day.
    assert!(licensed_on(&steps, None) && !licensed_on(&steps[..1], None));
}

#[test]
fn who_may_stand_before_a_class() {
    use LicenceState::{Candidate, Lapsed, Licensed, Trained, Withdrawn};
    assert!(lack(Some(Licensed), true, false).is_none());
    for state in [Candidate, Trained, Lapsed] {
        assert!(lack(Some(state), false, true).is_none());
        assert!(lack(Some(state), false, false).is_some());
        assert!(lack(Some(state), true, true).is_some());
    }
    assert!(lack(Some(Withdrawn), false, true).is_some() && lack(None, false, true).is_some());
}
