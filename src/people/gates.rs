//! For tests: the places where somebody is refused (`rights::demand` and its like), which of them a request
//! passed, and a switch that leaves some of them out.

use std::{
    collections::BTreeMap,
    panic::Location,
    sync::{Arc, Mutex},
};

/// Where a refusal stands: file and line.
pub type Gate = (&'static str, u32);

/// What happens at the gates while a future runs.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    passed: Arc<Mutex<BTreeMap<Gate, bool>>>,
    open: Option<Gate>,
    open_file: Option<&'static str>,
}

tokio::task_local! {
    static WATCH: Watch;
}

impl Watch {
    /// One that lets everybody through the gates of a file.
    pub fn without_those_of(file: &'static str) -> Self {
        Self { open_file: Some(file), ..Self::default() }
    }

    /// The same, and through one gate more.
    pub fn without(self, gate: Gate) -> Self {
        Self { open: Some(gate), ..self }
    }

    /// Runs a future under this watch; what it spawns is not watched.
    pub async fn over<T>(&self, future: impl Future<Output = T>) -> T {
        WATCH.scope(self.clone(), future).await
    }

    /// The gates that were passed, and whether each let through.
    pub fn passed(&self) -> BTreeMap<Gate, bool> {
        self.passed.lock().map(|passed| passed.clone()).unwrap_or_default()
    }
}

/// Notes that a gate was reached; answers whether it lets through.
pub fn pass(at: &'static Location<'static>, holds: bool) -> bool {
    let gate = (at.file(), at.line());
    WATCH
        .try_with(|watch| {
            let open = holds || watch.open == Some(gate) || watch.open_file == Some(gate.0);
            if let Ok(mut passed) = watch.passed.lock() {
                *passed.entry(gate).or_insert(true) &= open;
            }
            open
        })
        .unwrap_or(holds)
}
