//! SQL: outcomes by rule, and certificates that anybody can check.

use crate::platform::db::Statement;

/// Every statement of this store.
pub const STATEMENTS: &[Statement] = &[];
