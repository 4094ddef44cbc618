//! SQL: places in deliveries: taking, giving and giving back.

use crate::platform::db::Statement;

/// Every statement of this store.
pub const STATEMENTS: &[Statement] = &[];
