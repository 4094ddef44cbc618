//! What was asked of the server and what became of it, kept where no trouble reaches.

use crate::http::Answer;
use magistra::common::ids::{DeliveryId, PersonId, SlotId};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};
use uuid::Uuid;

/// Something that was to be kept, by what it is found again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// An action in a register.
    Mark(Uuid),
    /// An undoing.
    Undo(Uuid),
    /// A place taken.
    Place(DeliveryId, PersonId),
    /// Somebody who checked in.
    Arrival(SlotId, PersonId),
    /// A file, by the SHA-256 of its bytes.
    File(String),
    /// A session, by the hash of its token.
    SignIn(String),
    /// A link asked for, by the address and how often it had asked before.
    Link(String, u32),
}

/// What became of it. Of several tries the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was refused.
    Refused,
    /// It was refused while the database itself went down: whether what it was told last was still
    /// written the server cannot know.
    Doubtful,
    /// The line broke.
    Unknown,
    /// It was promised.
    Acknowledged,
}

/// How many, so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub requests: u64,
    pub acknowledged: u64,
    /// Without an answer, or with one that says that it cannot be done now.
    pub failed: u64,
    /// Of these, how many were told that the fault is ours (500).
    pub faults: u64,
}

/// The ledger.
pub struct Ledger {
    begun: Instant,
    requests: AtomicU64,
    acknowledged: AtomicU64,
    failed: AtomicU64,
    faults: AtomicU64,
    /// When the latest write that was acknowledged had been asked for, in microseconds.
    latest: AtomicU64,
    troubled: AtomicBool,
    doubtful: AtomicBool,
    times: Mutex<Vec<f32>>,
    writes: Mutex<BTreeMap<Write, Fate>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ledger {
    /// An empty one.
    pub fn new() -> Self {
        Self {
            begun: Instant::now(),
            requests: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            latest: AtomicU64::new(0),
            troubled: AtomicBool::new(false),
            doubtful: AtomicBool::new(false),
            times: Mutex::default(),
            writes: Mutex::default(),
        }
    }

    /// Since when it is kept.
    pub fn begun(&self) -> Instant {
        self.begun
    }

    /// Says whether there is trouble: times are kept of calm only.
    pub fn set_troubled(&self, troubled: bool) {
        self.troubled.store(troubled, Ordering::Relaxed);
    }

    /// Whether there is trouble.
    pub fn is_troubled(&self) -> bool {
        self.troubled.load(Ordering::Relaxed)
    }

    /// Says whether the database itself goes down: see [`Fate::Doubtful`].
    pub fn set_doubtful(&self, doubtful: bool) {
        self.doubtful.store(doubtful, Ordering::Relaxed);
    }

    /// Notes a question that was asked at a time, in calm or not, and has been answered now.
    pub fn asked(&self, at: Instant, calm: bool, answer: Option<&Answer>) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        match answer {
            Some(answer) if answer.status < 500 => {
                if calm && !self.is_troubled() {
                    held(&self.times).push(at.elapsed().as_secs_f32() * 1000.0);
                }
            }
            answer => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                if answer.is_some_and(|answer| answer.status == 500) {
                    self.faults.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }

    /// Notes what became of a write asked for at a time; `promised` tells from an answer that is no error
    /// whether it is a promise.
    pub fn settle(&self, write: Write, at: Instant, answer: Option<&Answer>, promised: impl Fn(&Answer) -> bool) {
        let fate = match answer {
            None => Fate::Unknown,
            Some(answer) if answer.status < 400 && promised(answer) => Fate::Acknowledged,
            Some(answer) if answer.status >= 400 && answer.status < 500 => Fate::Refused,
            Some(_) if self.doubtful.load(Ordering::Relaxed) => Fate::Doubtful,
            Some(_) => Fate::Refused,
        };
        let mut writes = held(&self.writes);
        let entry = writes.entry(write).or_insert(fate);
        *entry = (*entry).max(fate);
        drop(writes);
        if fate == Fate::Acknowledged {
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
            self.latest.fetch_max(self.micros(at), Ordering::Relaxed);
        }
    }

    fn micros(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.begun).as_micros()).unwrap_or(u64::MAX)
    }

    /// Whether a write was acknowledged that was asked for after a time.
    pub fn acknowledged_since(&self, at: Instant) -> bool {
        self.latest.load(Ordering::Relaxed) > self.micros(at)
    }

    /// How many, so far.
    pub fn counts(&self) -> Counts {
        Counts {
            requests: self.requests.load(Ordering::Relaxed),
            acknowledged: self.acknowledged.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            faults: self.faults.load(Ordering::Relaxed),
        }
    }

    /// Every write and what became of it.
    pub fn writes(&self) -> BTreeMap<Write, Fate> {
        held(&self.writes).clone()
    }

    /// The time in milliseconds within which a share of what was asked in calm was answered.
    pub fn within(&self, share: f64) -> f32 {
        let mut times = held(&self.times).clone();
        times.sort_by(f32::total_cmp);
        let at = (times.len().saturating_sub(1) as f64 * share) as usize;
        times.get(at).copied().unwrap_or_default()
    }
}
