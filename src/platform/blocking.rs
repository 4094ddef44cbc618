//! Work that takes the processor for longer than a moment: off the threads that answer requests, a few
//! at a time, and nobody waits for ever.

use crate::common::error::AppError;
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long one waits for a place. Less than what a request may last.
const PATIENCE: Duration = Duration::from_secs(15);

/// Places of the machine, whatever many applications there are in it: as many as processors, at least two.
static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    Arc::new(Semaphore::new(processors.max(2)))
});

/// Does heavy work. [`AppError::Unavailable`] where no place was free for long; [`AppError::Internal`]
/// where the work panicked.
///
/// The place is kept until the work ends, even when the caller has gone: a thread cannot be stopped.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    among(&PLACES, PATIENCE, work).await
}

/// The same with places of one's own.
pub async fn among<T: Send + 'static>(
    places: &Arc<Semaphore>,
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let place = tokio::time::timeout(patience, Arc::clone(places).acquire_owned())
        .await
        .map_err(|_| {
            tracing::warn!("heavy work was refused: all places are taken");
            AppError::Unavailable
        })?
        .map_err(|_| AppError::Internal)?;
    holding(place, work).await
}

/// Does heavy work in a place that was taken for it, and gives the place back when the work ends.
pub async fn holding<T: Send + 'static>(
    place: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        work()
    });
    done.await.map_err(|error| {
        tracing::error!(%error, "heavy work ended badly");
        AppError::Internal
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn a_place_is_kept_until_the_work_ends() {
        let places = Arc::new(Semaphore::new(1));
        let (go, wait) = channel::<()>();
        let (told, begun) = tokio::sync::oneshot::channel();
        let work = among(&places, PATIENCE, move || {
            let _ = told.send(());
            let _ = wait.recv();
        });
        // The caller goes away while the work is done.
        tokio::select! {
            _ = work => panic!("it cannot have ended"),
            _ = begun => {}
        }
        let second = among(&places, Duration::from_millis(1), || ()).await;
        assert_eq!(second, Err(AppError::Unavailable), "the thread works on, so its place is taken");
        go.send(()).unwrap();
        assert_eq!(among(&places, PATIENCE, || 7).await, Ok(7));
        assert_eq!(among(&places, PATIENCE, || -> i32 { panic!("on purpose") }).await, Err(AppError::Internal));
        assert_eq!(among(&places, PATIENCE, || 7).await, Ok(7), "a panic gives the place back");
    }
}
