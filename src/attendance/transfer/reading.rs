//! Files from strangers to what a draft holds: in a process of its own, which gets the files and the words
//! of the names expected, and nothing else.

use super::{
    files::{self, Table},
    logs,
    model::{FILE_MAX, Unreadable},
    plan::Body,
    sheet,
};
use crate::platform::{
    apart::{Apart, Ended, Task},
    blocking,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Reads the files of an upload.
pub const READ: Task = Task { name: "read-register", work: read };

/// What the process gets.
#[derive(Serialize, Deserialize)]
struct Given {
    /// Names and bytes.
    files: Vec<(String, Vec<u8>)>,
    /// Folded words of the names expected.
    words: HashSet<String>,
}

/// Says what a file is. A process of its own does this, and may be ended in the middle.
pub async fn body(apart: &Apart, files: Vec<(String, Vec<u8>)>, words: HashSet<String>) -> Result<Body, Unreadable> {
    let packed = blocking::run(move || postcard::to_allocvec(&Given { files, words }));
    let input = packed.await.map_err(|_| Unreadable::Busy)?.map_err(|_| Unreadable::Broken)?;
    let answer = apart.run(READ, input).await.map_err(|ended| match ended {
        Ended::Busy => Unreadable::Busy,
        Ended::TooLong => Unreadable::TooSlow,
        Ended::TooMuch => Unreadable::Memory,
        Ended::Broke => Unreadable::Broken,
    })?;
    blocking::run(move || serde_json::from_slice::<Result<Body, Unreadable>>(&answer))
        .await
        .map_err(|_| Unreadable::Busy)?
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "what was read of a file cannot be understood");
            Err(Unreadable::Broken)
        })
}

/// The work itself.
fn read(input: &[u8]) -> Vec<u8> {
    let body = match postcard::from_bytes::<Given>(input) {
        Ok(Given { files, words }) => understood(&files, &words),
        Err(_) => Err(Unreadable::Broken),
    };
    // An empty answer is not understood, and so refused.
    serde_json::to_vec(&body).unwrap_or_default()
}

/// What files are: one table of marks, or logs of one tool.
fn understood(given: &[(String, Vec<u8>)], words: &HashSet<String>) -> Result<Body, Unreadable> {
    let mut whole: Option<logs::Log> = None;
    let mut sheet: Option<Table> = None;
    if given.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > FILE_MAX {
        return Err(Unreadable::TooLarge);
    }
    for (_, bytes) in given {
        let table = files::table(bytes, words)?;
        match (logs::log(&table), &mut whole) {
            (Some(log), None) => whole = Some(log?),
            (Some(log), Some(whole)) => {
                let log = log?;
                if log.tool != whole.tool {
                    return Err(Unreadable::Mixed);
                }
                whole.entries.extend(log.entries);
            }
            // Of two tables neither is kept while the other is read.
            (None, _) if sheet::has_days(&table) && sheet.is_some() => return Err(Unreadable::Mixed),
            (None, _) if sheet::has_days(&table) => sheet = Some(table),
            (None, _) => return Err(Unreadable::NothingKnown),
        }
    }
    match (whole, sheet) {
        (Some(log), None) => Ok(Body::Log(log)),
        (None, Some(table)) => Ok(Body::Sheet(table)),
        (None, None) => Err(Unreadable::Empty),
        (Some(_), Some(_)) => Err(Unreadable::Mixed),
    }
}
