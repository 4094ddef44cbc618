//! The table that it all ends with.

use crate::{
    checks::Finding,
    ledger::Counts,
    server::Sample,
    troubles::{Event, Trouble},
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// In less time than this nothing can be said about whether memory stays as it is.
const LONG_ENOUGH: Duration = Duration::from_secs(8 * 60);
/// The mean of the last quarter may be above that of the second by so much.
const FLAT: f64 = 1.25;

/// All that is known of a run on one database.
pub struct Report {
    pub database: &'static str,
    pub sqlite: bool,
    pub seed: u64,
    pub events: Vec<Event>,
    pub counts: Counts,
    /// Milliseconds within which half, and 99 of 100, were answered in calm.
    pub within: (f32, f32),
    pub begun: Instant,
    pub lasted: Duration,
    pub samples: Vec<Sample>,
    pub letters: usize,
    pub clock: &'static str,
    /// How long the queue took to be empty after the load had ended.
    pub emptied: Duration,
    pub findings: Vec<Finding>,
}

/// A number with its thousands apart.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn mib(kib: f64) -> String {
    format!("{:.0} MiB", kib / 1024.0)
}

fn mean(values: impl Iterator<Item = u64>) -> Option<f64> {
    let (count, sum) = values.fold((0_u64, 0_u64), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum as f64 / count as f64)
}

impl Report {
    /// The mean memory of a quarter of the run, from 0, in KiB.
    fn quarter(&self, quarter: u32) -> Option<f64> {
        let length = self.lasted / 4;
        let from = self.begun + length * quarter;
        let within = self.samples.iter().filter(|sample| sample.at >= from && sample.at < from + length);
        mean(within.map(|sample| sample.kib))
    }

    fn peak(&self, phase: Option<&str>) -> u64 {
        let wanted = self.samples.iter().filter(|sample| phase.is_none_or(|phase| phase == sample.phase));
        wanted.map(|sample| sample.kib).max().unwrap_or_default()
    }

    /// Whether the server's memory stays as it is.
    fn flat(&self) -> Finding {
        let what = "memory flat";
        let (Some(second), Some(last)) = (self.quarter(1), self.quarter(3)) else {
            return Finding::new(what, "it was not seen in time", self.lasted < LONG_ENOUGH);
        };
        let said = format!("second quarter {}, last quarter {}", mib(second), mib(last));
        if self.lasted < LONG_ENOUGH {
            return Finding::new(what, format!("{said}; not judged: the run was too short"), true);
        }
        Finding::new(what, said, last <= second * FLAT)
    }

    /// Prints it; whether all of it is well.
    pub fn print(&self) -> bool {
        println!("\n{}, {:.0} s of load, seed {}", self.database, self.lasted.as_secs_f64(), self.seed);
        println!(
            "  {:<24} {:>5} {:>8} {:>14} {:>14} {:>10}",
            "trouble", "times", "refused", "next write, s", "at worst, s", "peak"
        );
        let mut by_trouble: BTreeMap<Trouble, Vec<&Event>> = BTreeMap::new();
        for event in &self.events {
            by_trouble.entry(event.trouble).or_default().push(event);
        }
        for (trouble, events) in &by_trouble {
            let name = trouble.name(self.sqlite);
            let refused: u64 = events.iter().map(|event| event.failed).sum();
            let mut times: Vec<f64> = events.iter().map(|event| event.recovery.as_secs_f64()).collect();
            times.sort_by(f64::total_cmp);
            let middle = times.get(times.len() / 2).copied().unwrap_or_default();
            let worst = times.last().copied().unwrap_or_default();
            println!(
                "  {name:<24} {:>5} {:>8} {middle:>14.2} {worst:>14.2} {:>10}",
                events.len(),
                number(refused),
                mib(self.peak(Some(name)) as f64)
            );
        }
        println!("  The clock: {}.", self.clock);
        let Counts { requests, acknowledged, failed, faults } = self.counts;
        println!(
            "  {} requests, {} writes acknowledged, {} refused or unanswered for an outage ({} as our fault); \
             in calm p50 {:.1} ms, p99 {:.1} ms",
            number(requests),
            number(acknowledged),
            number(failed),
            number(faults),
            self.within.0,
            self.within.1
        );
        println!(
            "  {} letters; memory at most {}; the queue was empty {:.0} s after the load",
            number(self.letters as u64),
            mib(self.peak(None) as f64),
            self.emptied.as_secs_f64()
        );
        let mut all_well = true;
        for finding in self.events.iter().filter_map(wrong).chain(self.findings.iter().cloned()).chain([self.flat()]) {
            all_well &= finding.ok;
            println!("  {:<6} {:<28} {}", if finding.ok { "ok" } else { "FAILED" }, finding.what, finding.said);
        }
        all_well
    }
}

/// What a trouble left that is not as it should be.
fn wrong(event: &Event) -> Option<Finding> {
    let said = event.wrong.clone()?;
    Some(Finding::new("all well after trouble", format!("{:?}: {said}", event.trouble), false))
}
