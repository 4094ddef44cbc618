//! SQL: courses: what can be taught, for whom, by which institutions.

use crate::platform::db::Statement;

/// Every statement of this store.
pub const STATEMENTS: &[Statement] = &[];
