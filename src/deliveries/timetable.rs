//! Rules: a timetable from session plans. Pure: days, half-days and sessions in wall-clock time.

use crate::common::{
    error::AppError,
    forms::{Checks, FaultKind},
    ids::SessionPlanId,
};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use serde::{Deserialize, Serialize};

/// A session plan as the timetable needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
pub struct PlanLine {
    /// The plan.
    pub id: SessionPlanId,
    /// Its title.
    pub title: String,
    /// How long it takes.
    pub minutes: i64,
}

/// When people work on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Hours {
    /// From and to, before noon.
    pub morning: (NaiveTime, NaiveTime),
    /// From and to, after noon.
    pub afternoon: (NaiveTime, NaiveTime),
    /// The longest break within a half-day; where time is short it shrinks to half of it.
    pub break_minutes: i64,
    /// Whether Saturdays and Sundays are used.
    pub weekends: bool,
}

/// A session in a half-day.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Which of the plans.
    pub plan: usize,
    /// When it starts.
    pub starts: NaiveDateTime,
    /// How long it takes.
    pub minutes: i64,
}

/// A half-day with its sessions.
#[derive(Clone, Debug, PartialEq)]
pub struct HalfDay {
    /// When it starts.
    pub starts: NaiveDateTime,
    /// When it ends.
    pub ends: NaiveDateTime,
    /// Its sessions, in order.
    pub sessions: Vec<Placed>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Timetable {
    /// Half-days in order; only those that are needed.
    pub halves: Vec<HalfDay>,
    /// Plans that found no room: the days were too few or the plan is longer than a half-day.
    pub left: Vec<usize>,
}

/// Puts the sessions, in order and whole, into half-days from the first day to the last. A
/// further day is begun only when the one before is full. Without any plan every half-day of
/// every day is made, empty, so that attendance can be kept.
pub fn generate(plans: &[PlanLine], first: NaiveDate, last: NaiveDate, hours: &Hours) -> Timetable {
    let mut free = half_days(first, last, hours);
    if plans.is_empty() {
        return Timetable { halves: free.collect(), left: Vec::new() };
    }
    let mut table = Timetable::default();
    let mut queue = (0..plans.len()).peekable();
    while queue.peek().is_some() {
        let Some(mut half) = free.next() else {
            table.left.extend(queue);
            break;
        };
        let room = (half.ends - half.starts).num_minutes();
        let longest = hours_longest(hours);
        let mut taken: Vec<usize> = Vec::new();
        let mut used = 0;
        while let Some(&plan) = queue.peek() {
            let minutes = plans[plan].minutes;
            if minutes > longest {
                table.left.push(plan);
                queue.next();
                continue;
            }
            // More than one session means a break between two of them.
            let pause = if taken.is_empty() { 0 } else { (hours.break_minutes + 1) / 2 };
            if used + minutes + pause > room {
                break;
            }
            used += minutes;
            taken.push(plan);
            queue.next();
        }
        if !taken.is_empty() {
            half.sessions = lay_out(plans, &taken, half.starts, hours.break_minutes.min(room - used));
            table.halves.push(half);
        }
    }
    table.left.sort_unstable();
    table
}

fn hours_longest(hours: &Hours) -> i64 {
    [hours.morning, hours.afternoon].iter().map(|(from, to)| (*to - *from).num_minutes()).max().unwrap_or(0)
}

/// Sessions one after the other, with the break at the joint nearest to the middle.
fn lay_out(plans: &[PlanLine], taken: &[usize], starts: NaiveDateTime, pause: i64) -> Vec<Placed> {
    let total: i64 = taken.iter().map(|&plan| plans[plan].minutes).sum();
    let mut before = 0;
    let joint = (1..taken.len())
        .min_by_key(|&n| (taken[..n].iter().map(|&plan| plans[plan].minutes).sum::<i64>() * 2 - total).abs());
    taken
        .iter()
        .enumerate()
        .map(|(n, &plan)| {
            if Some(n) == joint {
                before += pause;
            }
            let placed = Placed { plan, starts: starts + TimeDelta::minutes(before), minutes: plans[plan].minutes };
            before += placed.minutes;
            placed
        })
        .collect()
}

fn half_days(first: NaiveDate, last: NaiveDate, hours: &Hours) -> impl Iterator<Item = HalfDay> + use<> {
    let only_weekend = !days(first, last).any(is_weekday);
    let weekends = hours.weekends || only_weekend;
    let halves = [hours.morning, hours.afternoon];
    days(first, last).filter(move |day| weekends || is_weekday(*day)).flat_map(move |day| {
        halves.into_iter().filter(|(from, to)| to > from).map(move |(from, to)| HalfDay {
            starts: day.and_time(from),
            ends: day.and_time(to),
            sessions: Vec::new(),
        })
    })
}

fn is_weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// From the first day to the last; a year at most, whatever is asked.
fn days(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    (0..366).map_while(move |n| first.checked_add_days(Days::new(n))).take_while(move |day| *day <= last)
}

/// The form that makes a timetable, as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HoursForm {
    /// The delivery.
    #[serde(default)]
    pub id: String,
    /// The version that was read.
    #[serde(default)]
    pub version: String,
    /// When mornings begin.
    #[serde(default)]
    pub morning_from: String,
    /// When mornings end.
    #[serde(default)]
    pub morning_to: String,
    /// When afternoons begin.
    #[serde(default)]
    pub afternoon_from: String,
    /// When afternoons end.
    #[serde(default)]
    pub afternoon_to: String,
    /// The longest break, in minutes.
    #[serde(default)]
    pub break_minutes: String,
    /// Whether weekends are used: `true` or nothing.
    #[serde(default)]
    pub weekends: String,
    /// The room for all half-days.
    #[serde(default)]
    pub room: String,
}

impl HoursForm {
    /// Checks the fields: the hours, and the room.
    pub fn check(&self) -> Result<(Hours, String), AppError> {
        let mut checks = Checks::default();
        let mut time = |field: &str, value: &str| checks.time(field, value).unwrap_or_default();
        let morning = (time("morning_from", &self.morning_from), time("morning_to", &self.morning_to));
        let afternoon = (time("afternoon_from", &self.afternoon_from), time("afternoon_to", &self.afternoon_to));
        if checks.clean() {
            if morning.1 <= morning.0 {
                checks.fault("morning_to", FaultKind::EndsBeforeStart);
            }
            if afternoon.1 <= afternoon.0 {
                checks.fault("afternoon_to", FaultKind::EndsBeforeStart);
            }
            if afternoon.0 < morning.1 {
                checks.fault("afternoon_from", FaultKind::Overlap);
            }
        }
        let break_minutes = checks.number("break_minutes", &self.break_minutes, 0, 60);
        let room = checks.line("room", &self.room, 100);
        let weekends = self.weekends == "true";
        checks.finish((Hours { morning, afternoon, break_minutes, weekends }, room))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    fn usual() -> Hours {
        Hours {
            morning: (at(9, 0), at(12, 30)),
            afternoon: (at(13, 30), at(17, 0)),
            break_minutes: 30,
            weekends: false,
        }
    }

    fn plans(minutes: &[i64]) -> Vec<PlanLine> {
        minutes
            .iter()
            .enumerate()
            .map(|(n, minutes)| PlanLine {
                id: uuid::Uuid::from_u128(n as u128).into(),
                title: format!("Session {n}"),
                minutes: *minutes,
            })
            .collect()
    }

    /// A Tuesday.
    fn tuesday() -> NaiveDate {
        "2026-11-24".parse().unwrap()
    }

    #[test]
    fn three_days_hold_1080_minutes_with_a_break_in_every_half_day() {
        let plans = plans(&[90; 12]);
        let table = generate(&plans, tuesday(), tuesday() + Days::new(2), &usual());
        assert_eq!((table.halves.len(), table.left.len()), (6, 0));
        assert_eq!(table.halves[0].sessions[1].starts, tuesday().and_time(at(11, 0)));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let table = generate(&plans(&[90, 300, 90, 90, 90, 90]), tuesday(), tuesday(), &usual());
        assert_eq!(table.left, [1, 5]);
    }

    #[test]
    fn weekends_are_left_out_unless_there_is_nothing_else() {
        let friday = tuesday() + Days::new(3);
        let over = generate(&plans(&[180; 4]), friday, friday + Days::new(3), &usual());
        assert_eq!(over.halves[2].starts.date(), friday + Days::new(3));
        let saturday = friday + Days::new(1);
        assert_eq!(generate(&plans(&[60]), saturday, saturday, &usual()).halves.len(), 1);
    }

    #[test]
    fn without_plans_there_are_empty_half_days() {
        assert_eq!(generate(&[], tuesday(), tuesday() + Days::new(1), &usual()).halves.len(), 4);
    }

    proptest! {
        #[test]
        fn every_session_once_in_order_inside_and_apart(
            minutes in proptest::collection::vec(5i64..260, 0..40),
            length in 0u64..8, pause in 0i64..60, weekends: bool,
        ) {
            let plans = plans(&minutes);
            let hours = Hours { break_minutes: pause, weekends, ..usual() };
            let last = tuesday() + Days::new(length);
            let table = generate(&plans, tuesday(), last, &hours);
            prop_assert_eq!(&table, &generate(&plans, tuesday(), last, &hours));
            let placed: Vec<&Placed> = table.halves.iter().flat_map(|half| &half.sessions).collect();
            prop_assert!(placed.windows(2).all(|two| two[0].plan < two[1].plan));
            let mut all: Vec<usize> = placed.iter().map(|p| p.plan).chain(table.left.iter().copied()).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..plans.len()).collect::<Vec<_>>());
            for half in &table.halves {
                prop_assert!((tuesday()..=last).contains(&half.starts.date()));
                let mut free_from = half.starts;
                for session in &half.sessions {
                    prop_assert!(session.starts >= free_from);
                    prop_assert_eq!(session.minutes, plans[session.plan].minutes);
                    free_from = session.starts + TimeDelta::minutes(session.minutes);
                }
                prop_assert!(free_from <= half.ends);
            }
            prop_assert!(table.halves.windows(2).all(|two| two[0].ends <= two[1].starts));
        }
    }
}
