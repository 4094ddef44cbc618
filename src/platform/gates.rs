//! How much of what is dear one may have at once: connections, streams of events, papers being set.

use super::{blocking, config::Settings};
use crate::common::{error::AppError, ids::PersonId};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Semaphore;

/// How many may wait for a paper at once, for each that is being set.
const QUEUE: usize = 4;
/// How long one waits for one's turn.
const TURN: Duration = Duration::from_secs(10);

/// The gates of an application.
pub struct Gates {
    /// Open streams of events, by person.
    pub streams: Arc<Seats<PersonId>>,
    /// Papers being set.
    pub papers: Papers,
}

impl Gates {
    /// As wide as the settings say.
    pub fn new(settings: &Settings) -> Self {
        Self {
            streams: Seats::new(settings.max_streams, settings.max_streams_by_person),
            papers: Papers::new(settings.max_papers),
        }
    }
}

/// A number of seats, of which each visitor may take only so many.
#[derive(Debug)]
pub struct Seats<K> {
    most: usize,
    each: usize,
    taken: Mutex<Taken<K>>,
}

#[derive(Debug)]
struct Taken<K> {
    by: HashMap<K, usize>,
    all: usize,
}

/// A seat, given back when it is dropped.
#[derive(Debug)]
pub struct Seat<K: Copy + Eq + Hash> {
    seats: Arc<Seats<K>>,
    who: Option<K>,
}

/// Why there is no seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSeat {
    /// All are taken.
    All,
    /// This visitor has as many as one may have.
    Own,
}

impl<K: Copy + Eq + Hash> Seats<K> {
    /// `most` in all, `each` for one visitor.
    pub fn new(most: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { most, each, taken: Mutex::new(Taken { by: HashMap::new(), all: 0 }) })
    }

    /// Takes a seat; for nobody in particular where only the number of all of them counts.
    pub fn take(self: &Arc<Self>, who: Option<K>) -> Result<Seat<K>, NoSeat> {
        let mut taken = self.lock();
        if taken.all >= self.most {
            return Err(NoSeat::All);
        }
        if let Some(who) = who {
            let own = taken.by.get(&who).copied().unwrap_or_default();
            if own >= self.each {
                return Err(NoSeat::Own);
            }
            taken.by.insert(who, own + 1);
        }
        taken.all += 1;
        Ok(Seat { seats: Arc::clone(self), who })
    }

    /// How many are taken.
    pub fn taken(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Taken<K>> {
        // Nothing that may panic is done under the lock.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.all = taken.all.saturating_sub(1);
        if let Some(who) = self.who {
            match taken.by.get_mut(&who) {
                Some(own) if *own > 1 => *own -= 1,
                _ => {
                    taken.by.remove(&who);
                }
            }
        }
    }
}

/// The setting of papers: each takes a processor and some 16 MB while it lasts.
#[derive(Debug)]
pub struct Papers {
    at_once: Arc<Semaphore>,
    queue: Semaphore,
}

impl Papers {
    fn new(at_once: usize) -> Self {
        let at_once = at_once.max(1);
        Self { at_once: Arc::new(Semaphore::new(at_once)), queue: Semaphore::new(at_once * QUEUE) }
    }

    /// Sets a paper off the threads that answer requests. Background work waits for its turn; a request waits a
    /// little, unless many wait already. The turn ends with the work, also where nobody waits for it any more.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when too many papers are asked for at once.
    pub async fn set<T: Send + 'static>(
        &self,
        background: bool,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = match Arc::clone(&self.at_once).try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => {
                let waiting = Arc::clone(&self.at_once).acquire_owned();
                let turn = if background {
                    waiting.await
                } else {
                    let _place = self.queue.try_acquire().map_err(|_| crowded())?;
                    tokio::time::timeout(TURN, waiting).await.map_err(|_| crowded())?
                };
                turn.map_err(|_| AppError::Internal)?
            }
        };
        blocking::holding(turn, work).await
    }
}

fn crowded() -> AppError {
    tracing::warn!("too many papers are asked for at once");
    AppError::Unavailable
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_visitor_has_so_many_seats_and_all_together_so_many() {
        let seats = Seats::new(3, 2);
        let first = seats.take(Some(1)).unwrap();
        let second = seats.take(Some(1)).unwrap();
        assert_eq!(seats.take(Some(1)).unwrap_err(), NoSeat::Own);
        let _other = seats.take(Some(2)).unwrap();
        assert_eq!(seats.take(Some(3)).unwrap_err(), NoSeat::All);
        assert_eq!(seats.take(None).unwrap_err(), NoSeat::All);
        drop(first);
        assert_eq!(seats.taken(), 2);
        let _nobody = seats.take(None).unwrap();
        drop(second);
        assert!(seats.take(Some(1)).is_ok(), "what was given back is there again");
    }

    #[tokio::test]
    async fn papers_wait_for_one_another_and_too_many_are_refused() {
        let papers = Arc::new(Papers::new(1));
        let (let_go, held) = mpsc::channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let papers = Arc::clone(&papers);
            async move {
                let work = move || {
                    let _ = begun.send(());
                    let _ = held.recv();
                };
                papers.set(false, work).await
            }
        });
        has_begun.await.unwrap();
        let waiting: Vec<_> = (0..QUEUE)
            .map(|n| {
                let papers = Arc::clone(&papers);
                tokio::spawn(async move { papers.set(false, move || n).await })
            })
            .collect();
        while papers.queue.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(papers.set(false, || 0).await, Err(AppError::Unavailable), "the queue is full");
        let job = tokio::spawn({
            let papers = Arc::clone(&papers);
            async move { papers.set(true, || 7).await }
        });
        drop(let_go);
        assert_eq!(first.await.unwrap(), Ok(()));
        for (n, waiting) in waiting.into_iter().enumerate() {
            assert_eq!(waiting.await.unwrap(), Ok(n));
        }
        assert_eq!(job.await.unwrap(), Ok(7), "background work waits however long it takes");
        assert_eq!(papers.set(false, || 1).await, Ok(1));
    }
}
