//! The list of every statement of every store, for the test that prepares them all.

use crate::platform::db::Statement;

/// All registered statements. A test reads the source tree and fails when a store is missing here.
pub fn all() -> Vec<Statement> {
    [crate::platform::store::STATEMENTS, crate::people::store::STATEMENTS, crate::institutions::store::STATEMENTS]
        .concat()
}
