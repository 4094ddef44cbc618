//! SQL: first pages by role, and the numbers.

use crate::platform::db::Statement;

/// Every statement of this store.
pub const STATEMENTS: &[Statement] = &[];
