//! Rules: outcomes by rule, and certificates that anybody can check.

use crate::{
    common::ids::CertificateId,
    deliveries::model::DeliveryState,
    enrolment::model::{EnrolmentState, Risk},
    institutions::model::Excused,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// What a certificate attests.
    pub enum CertificateKind {
        /// Enough of the programme was attended.
        Attendance = "attendance",
        /// What was to be worked through was worked through.
        Achievement = "achievement",
        /// Somebody may train others.
        Trainer = "trainer",
    }
}

/// The rule of completion of one delivery: of its course, its host, or as it was fixed when the
/// delivery was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Share of the programme to be attended, in percent.
    pub attendance_percent: i64,
    /// What an excused absence counts as.
    pub excused: Excused,
    /// Whether all that the pack holds for participants must be done.
    pub modules_required: bool,
    /// Whether each studies at their own pace.
    pub self_paced: bool,
}

/// What one person has done, and what there was to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Minutes of presence.
    pub attended_minutes: i64,
    /// Minutes of all half-days that were not called off.
    pub programme_minutes: i64,
    /// Minutes of the half-days that somebody was excused from.
    pub excused_minutes: i64,
    /// Minutes of the half-days of which nothing is known yet: still to come, or not marked and the
    /// register not closed.
    pub pending_minutes: i64,
    /// Materials done.
    pub items_done: i64,
    /// Materials for participants in the pack.
    pub items_required: i64,
}

/// Where somebody stands against the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// The record has neither half-days nor materials to go by: nothing is concluded from it.
    Unmeasured,
    /// This much is missing.
    Short { minutes: i64, items: i64 },
    /// The rule is met.
    Met,
}

impl Rule {
    /// Minutes that must be attended, rounded up; none where there are no half-days to attend.
    pub fn minutes_needed(&self, programme_minutes: i64) -> i64 {
        (programme_minutes.max(0) * self.attendance_percent.clamp(0, 100) + 99) / 100
    }

    /// Minutes that count as attended, and the minutes they are a share of. Who was never there is not
    /// helped by excuses.
    pub fn counted(&self, tally: &Tally) -> (i64, i64) {
        self.shares(tally, tally.attended_minutes > 0)
    }

    fn shares(&self, tally: &Tally, was_there: bool) -> (i64, i64) {
        let (attended, of) = (tally.attended_minutes, tally.programme_minutes);
        match self.excused {
            _ if !was_there => (attended, of),
            Excused::Missed => (attended, of),
            Excused::Neutral => (attended, (of - tally.excused_minutes).max(0)),
            Excused::Attended => ((attended + tally.excused_minutes).min(of), of),
        }
    }

    /// Whether attendance is measured here: not where each studies at their own pace without half-days.
    fn attendance_counts(&self, tally: &Tally) -> bool {
        self.attendance_percent > 0 && !(self.self_paced && tally.programme_minutes == 0)
    }

    /// Whether enough can still be attended, while the delivery lasts. At risk is who has missed something
    /// and could not pass any more after missing one more half-day, the longest there is (`longest`, in
    /// minutes).
    pub fn risk(&self, tally: &Tally, longest: i64) -> Risk {
        if !self.attendance_counts(tally) || tally.programme_minutes == 0 {
            return Risk::None;
        }
        // Who has only been excused so far may still come.
        let (have, of) = self.shares(tally, tally.attended_minutes + tally.pending_minutes > 0);
        let needed = self.minutes_needed(of);
        let possible = have + tally.pending_minutes;
        if have >= needed || possible >= of {
            Risk::None
        } else if possible < needed {
            Risk::Lost
        } else if possible - longest.min(tally.pending_minutes) < needed {
            Risk::AtRisk
        } else {
            Risk::None
        }
    }

    /// Where somebody stands. Who studies at their own pace without half-days is measured by
    /// the materials alone, whatever the course asks elsewhere.
    pub fn standing(&self, tally: &Tally) -> Standing {
        let by_pace = self.self_paced && tally.programme_minutes == 0;
        let attendance_counts = self.attendance_counts(tally);
        let items_count = by_pace || self.modules_required;
        let measured = (!attendance_counts || tally.programme_minutes > 0)
            && (attendance_counts || (items_count && tally.items_required > 0));
        if !measured {
            return Standing::Unmeasured;
        }
        let minutes = if attendance_counts {
            let (have, of) = self.counted(tally);
            (self.minutes_needed(of) - have).max(0)
        } else {
            0
        };
        let items = if items_count { (tally.items_required - tally.items_done).max(0) } else { 0 };
        if minutes == 0 && items == 0 { Standing::Met } else { Standing::Short { minutes, items } }
    }

    /// What a certificate of this rule attests.
    pub fn certificate_kind(&self) -> CertificateKind {
        if self.modules_required || self.self_paced {
            CertificateKind::Achievement
        } else {
            CertificateKind::Attendance
        }
    }

    /// Whether certificates go out now: from the last day on, or at once where each has their
    /// own pace.
    pub fn certifies_now(&self, state: DeliveryState, ends_on: Option<NaiveDate>, today: NaiveDate) -> bool {
        match state {
            DeliveryState::Delivered | DeliveryState::Reported => true,
            DeliveryState::Running => self.self_paced || ends_on.is_some_and(|last| today >= last),
            DeliveryState::CallOpen | DeliveryState::Confirmed => self.self_paced,
            _ => false,
        }
    }
}

/// The steps a place goes through when its delivery is over (or, at one's own pace, when the
/// rule is met). Each is recorded; none when nothing is to be concluded.
pub fn steps(
    from: EnrolmentState,
    standing: Standing,
    tally: &Tally,
    over: bool,
    by_pace: bool,
) -> Vec<EnrolmentState> {
    use EnrolmentState::{
        Attended, Completed, Confirmed, Invited, NotAttended, NotCompleted, PartlyAttended, Selected,
    };
    let met = standing == Standing::Met;
    if !from.holds_place() || standing == Standing::Unmeasured || !(over || (by_pace && met)) {
        return Vec::new();
    }
    let never_came = tally.attended_minutes == 0 && tally.items_done == 0;
    let presence = if met {
        Attended
    } else if never_came || (tally.programme_minutes > 0 && tally.attended_minutes == 0) {
        NotAttended
    } else if tally.attended_minutes < tally.programme_minutes || tally.programme_minutes == 0 {
        PartlyAttended
    } else {
        Attended
    };
    let outcome = match presence {
        // Who never came stays that: it is not counted as reached.
        NotAttended if from != Completed => None,
        _ if met => Some(Completed),
        _ => Some(NotCompleted),
    };
    // Who came holds a confirmed place, whatever the papers say. A corrected register leads from
    // one outcome to the other; presence is recorded anew only where no outcome stands yet.
    let confirmed = matches!(from, Selected | Invited).then_some(Confirmed);
    let present = (from != Completed && (from != NotCompleted || presence == NotAttended)).then_some(presence);
    let mut steps: Vec<EnrolmentState> = [confirmed, present, outcome].into_iter().flatten().collect();
    if steps.last() == Some(&from) {
        return Vec::new();
    }
    if steps.first() == Some(&from) {
        steps.remove(0);
    }
    steps
}

/// A certificate's code, shown as XXXX-XXXX-XXXX: eleven characters of chance (55 bits) and one that
/// checks them.
pub type Code = crate::common::crockford::Code<12>;

/// A certificate as its holder sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MyCertificate {
    /// Its id.
    pub id: CertificateId,
    /// Its code.
    pub code: String,
    /// What it attests.
    pub kind: CertificateKind,
    /// The course.
    pub course_title: String,
    /// Who certifies.
    pub institution_name: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Length of the programme.
    pub minutes: i64,
    /// The day of issue at the venue.
    pub issued_on: NaiveDate,
    /// Whether whoever checks it sees the name.
    pub name_public: bool,
    /// The day it was withdrawn.
    pub revoked_on: Option<NaiveDate>,
    /// Whether the footnote on the area's name belongs under it.
    pub footnote: bool,
}

/// What anybody may know of a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// We issued it and it stands.
    Genuine(Attested),
    /// We issued it and took it back on that day.
    Revoked { on: NaiveDate },
    /// We know nothing of it.
    Unknown,
}

/// What a genuine certificate says to anybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attested {
    /// Its code.
    pub code: String,
    /// What it attests.
    pub kind: CertificateKind,
    /// The holder, where the holder allows it.
    pub name: Option<String>,
    /// The course.
    pub course_title: String,
    /// Who certifies.
    pub institution_name: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Length of the programme.
    pub minutes: i64,
    /// The day of issue at the venue.
    pub issued_on: NaiveDate,
    /// Whether the footnote on the area's name belongs under it.
    pub footnote: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULE: Rule =
        Rule { attendance_percent: 80, excused: Excused::Missed, modules_required: true, self_paced: false };

    fn tally(attended: i64, programme: i64, done: i64, required: i64) -> Tally {
        Tally {
            attended_minutes: attended,
            programme_minutes: programme,
            items_done: done,
            items_required: required,
            ..Tally::default()
        }
    }

    #[test]
    fn the_last_minute_decides() {
        assert_eq!(RULE.standing(&tally(671, 840, 2, 2)), Standing::Short { minutes: 1, items: 0 });
        assert_eq!(RULE.standing(&tally(672, 840, 2, 2)), Standing::Met);
        assert_eq!(RULE.standing(&tally(840, 840, 1, 2)), Standing::Short { minutes: 0, items: 1 });
        assert_eq!(RULE.standing(&tally(0, 0, 2, 2)), Standing::Unmeasured);
        // A share that is no whole minute is rounded up, never down.
        assert_eq!(RULE.minutes_needed(1), 1);
    }

    #[test]
    fn excuses_count_as_the_institution_says() {
        // Four half-days of 210 minutes, one excused.
        let excused = Tally { excused_minutes: 210, ..tally(630, 840, 2, 2) };
        let by = |excused| Rule { excused, ..RULE };
        assert_eq!(by(Excused::Missed).standing(&excused), Standing::Short { minutes: 42, items: 0 });
        assert_eq!(by(Excused::Neutral).standing(&excused), Standing::Met, "all that was left was attended");
        assert_eq!(by(Excused::Attended).standing(&excused), Standing::Met);
        let late = Tally { attended_minutes: 420, ..excused };
        assert_eq!(by(Excused::Neutral).standing(&late), Standing::Short { minutes: 84, items: 0 });
        assert_eq!(by(Excused::Attended).standing(&late), Standing::Short { minutes: 42, items: 0 });
        // Excused from everything is not attended.
        let never = Tally { excused_minutes: 840, ..tally(0, 840, 2, 2) };
        for rule in Excused::ALL.iter().copied().map(by) {
            assert_eq!(rule.standing(&never), Standing::Short { minutes: 672, items: 0 });
        }
    }

    #[test]
    fn whoever_cannot_pass_any_more_is_told() {
        // Five half-days of 200 minutes; 800 are needed, so one may be missed.
        let at = |attended, pending| RULE.risk(&Tally { pending_minutes: pending, ..tally(attended, 1000, 0, 2) }, 200);
        assert_eq!(at(0, 1000), Risk::None, "nothing has begun");
        assert_eq!(at(200, 800), Risk::None);
        assert_eq!(at(185, 800), Risk::AtRisk, "a quarter of an hour late: no whole half-day may be missed any more");
        assert_eq!(at(0, 800), Risk::AtRisk, "one missed");
        assert_eq!(at(200, 400), Risk::Lost, "two missed");
        assert_eq!(at(800, 0), Risk::None, "enough, whatever was missed");
        let free = Rule { attendance_percent: 0, ..RULE };
        assert_eq!(free.risk(&Tally { pending_minutes: 200, ..tally(0, 1000, 0, 2) }, 200), Risk::None);
    }

    #[test]
    fn at_ones_own_pace_only_the_materials_count() {
        let paced = Rule { self_paced: true, modules_required: false, ..RULE };
        assert_eq!(paced.standing(&tally(0, 0, 1, 2)), Standing::Short { minutes: 0, items: 1 });
        assert_eq!(paced.standing(&tally(0, 0, 2, 2)), Standing::Met);
        assert_eq!(paced.standing(&tally(0, 0, 0, 0)), Standing::Unmeasured);
    }

    #[test]
    fn certificates_wait_for_the_last_day() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let now = |state, today| RULE.certifies_now(state, Some(day("2026-11-26")), day(today));
        assert!(!now(DeliveryState::Running, "2026-11-25"));
        assert!(now(DeliveryState::Running, "2026-11-26"));
        assert!(now(DeliveryState::Delivered, "2026-11-20"));
        assert!(!now(DeliveryState::Cancelled, "2026-11-30"));
    }

    #[test]
    fn places_end_as_the_register_says() {
        use EnrolmentState::*;
        let at = |from, t: Tally, over| steps(from, RULE.standing(&t), &t, over, false);
        assert_eq!(at(Confirmed, tally(840, 840, 2, 2), true), [Attended, Completed]);
        assert_eq!(at(Confirmed, tally(400, 840, 2, 2), true), [PartlyAttended, NotCompleted]);
        assert_eq!(at(Confirmed, tally(0, 840, 2, 2), true), [NotAttended]);
        assert_eq!(at(Confirmed, tally(840, 840, 2, 2), false), []);
        assert_eq!(at(Completed, tally(840, 840, 2, 2), true), []);
        assert_eq!(at(NotCompleted, tally(840, 840, 2, 2), true), [Completed]);
        assert_eq!(at(NotAttended, tally(840, 840, 2, 2), true), [Attended, Completed]);
        assert_eq!(at(Completed, tally(0, 0, 0, 0), true), []);
        assert_eq!(at(Withdrawn, tally(840, 840, 2, 2), true), []);
    }

    proptest! {
        #[test]
        fn steps_lead_somewhere_once(
            from in proptest::sample::select(EnrolmentState::ALL),
            attended in 0i64..900, done in 0i64..4, over: bool, paced: bool,
        ) {
            let rule = Rule { self_paced: paced, ..RULE };
            let t = tally(attended.min(840), if paced { 0 } else { 840 }, done, 3);
            let taken = steps(from, rule.standing(&t), &t, over, paced);
            if let Some(last) = taken.last() {
                prop_assert!(from.holds_place());
                prop_assert_eq!(steps(*last, rule.standing(&t), &t, over, paced), vec![]);
            }
        }

        #[test]
        fn who_is_lost_fails_whatever_comes_and_who_is_not_can_still_pass(
            percent in 0i64..=100, marks in proptest::collection::vec(0usize..4, 0..8), pending in 0i64..8,
            excused in proptest::sample::select(Excused::ALL.to_vec()),
        ) {
            // Half-days of 100 minutes: missed, attended, half of it, excused.
            let rule = Rule { attendance_percent: percent, excused, modules_required: false, self_paced: false };
            let count = |kind| marks.iter().filter(|mark| **mark == kind).count() as i64;
            let now = Tally {
                attended_minutes: 100 * count(1) + 50 * count(2),
                excused_minutes: 100 * count(3),
                programme_minutes: 100 * (marks.len() as i64 + pending),
                pending_minutes: 100 * pending,
                ..Tally::default()
            };
            let attended = |more: i64| Tally { attended_minutes: now.attended_minutes + 100 * more, pending_minutes: 0, ..now };
            let passes = |more| rule.standing(&attended(more)) == Standing::Met;
            let risk = rule.risk(&now, 100);
            if percent > 0 && now.programme_minutes > 0 {
                if pending > 0 {
                    prop_assert_eq!(risk == Risk::Lost, !passes(pending), "{:?}", now);
                }
                if risk == Risk::AtRisk && pending > 0 {
                    prop_assert!(passes(pending) && !passes(pending - 1), "{:?}", now);
                }
            } else {
                prop_assert_eq!(risk, Risk::None);
            }
        }

        #[test]
        fn more_is_never_less(attended in 0i64..2000, programme in 1i64..2000, percent in 0i64..=100, done in 0i64..9, more in 0i64..500) {
            let rule = Rule { attendance_percent: percent, ..RULE };
            if rule.standing(&tally(attended, programme, done, 8)) == Standing::Met {
                prop_assert_eq!(rule.standing(&tally(attended + more, programme, done, 8)), Standing::Met);
            }
        }
    }
}
