//! How many statements a request makes, those of the tasks that draw its page among them.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

tokio::task_local! {
    static QUERIES: Arc<AtomicU32>;
}

/// Counts a statement for the request or test that runs it.
pub fn count_query() {
    let _ = QUERIES.try_with(|count| count.fetch_add(1, Ordering::Relaxed));
}

/// Runs a future and says how many statements it and the tasks of its pages made.
pub async fn counted<T>(future: impl Future<Output = T>) -> (T, u32) {
    let count = Arc::new(AtomicU32::new(0));
    let value = QUERIES.scope(count.clone(), future).await;
    (value, count.load(Ordering::Relaxed))
}

/// Spawns what Leptos renders on tokio, and lets statements made there count for the request.
pub struct CountingExecutor;

impl any_spawner::CustomExecutor for CountingExecutor {
    fn spawn(&self, future: any_spawner::PinnedFuture<()>) {
        match QUERIES.try_with(Arc::clone) {
            Ok(count) => tokio::spawn(QUERIES.scope(count, future)),
            Err(_) => tokio::spawn(future),
        };
    }

    fn spawn_local(&self, future: any_spawner::PinnedLocalFuture<()>) {
        tokio::task::spawn_local(future);
    }

    fn poll_local(&self) {}
}
