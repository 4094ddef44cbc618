//! SQL of the demonstration's loader.

use crate::platform::db::Statement;

/// Every statement of this store.
pub const STATEMENTS: &[Statement] = &[];
