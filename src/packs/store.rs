//! SQL: training packs: modules, session plans, materials and files; drafts, releases, versions.

use crate::platform::db::Statement;

/// Every statement of this store.
pub const STATEMENTS: &[Statement] = &[];
