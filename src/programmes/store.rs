//! SQL: projects with their phases, amendments and expected results; activities; documents.

use crate::platform::db::Statement;

/// Every statement of this store.
pub const STATEMENTS: &[Statement] = &[];
