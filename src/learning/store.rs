//! SQL: study: a participant's courses, lessons, files and progress.

use crate::platform::db::Statement;

/// Every statement of this store.
pub const STATEMENTS: &[Statement] = &[];
