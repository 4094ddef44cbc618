//! The list of every statement of every store, for the test that prepares them all and reads a row of each.

use crate::platform::db::Listed;

/// Every store's statements. A test reads the source tree and fails when a store is missing here.
const STORES: &[&[Listed]] = &[
    crate::platform::store::STATEMENTS,
    crate::platform::backup_store::STATEMENTS,
    crate::platform::health_store::STATEMENTS,
    crate::platform::job_store::STATEMENTS,
    crate::people::store::STATEMENTS,
    crate::people::accounts::store::STATEMENTS,
    crate::people::accounts::attempt_store::STATEMENTS,
    crate::people::records::store::STATEMENTS,
    crate::people::records::change_store::STATEMENTS,
    crate::institutions::store::STATEMENTS,
    crate::institutions::duty::store::STATEMENTS,
    crate::programmes::store::STATEMENTS,
    crate::catalogue::store::STATEMENTS,
    crate::packs::store::STATEMENTS,
    crate::deliveries::list_store::STATEMENTS,
    crate::deliveries::store::STATEMENTS,
    crate::deliveries::teaching::store::STATEMENTS,
    crate::deliveries::board_store::STATEMENTS,
    crate::deliveries::notices::store::STATEMENTS,
    crate::enrolment::store::STATEMENTS,
    crate::attendance::store::STATEMENTS,
    crate::attendance::checkin::store::STATEMENTS,
    crate::attendance::counts::store::STATEMENTS,
    crate::attendance::tallies::store::STATEMENTS,
    crate::attendance::transfer::store::STATEMENTS,
    crate::attendance::walkins::store::STATEMENTS,
    crate::attendance::badges::store::STATEMENTS,
    crate::attendance::kiosk::store::STATEMENTS,
    crate::attendance::sheets::store::STATEMENTS,
    crate::learning::store::STATEMENTS,
    crate::completion::store::STATEMENTS,
    crate::trainers::store::STATEMENTS,
    crate::trainers::look_store::STATEMENTS,
    crate::trainers::assessment::store::STATEMENTS,
    crate::completion::notice_store::STATEMENTS,
    crate::cascade::rebuild_store::STATEMENTS,
    crate::cascade::store::STATEMENTS,
    crate::cascade::list_store::STATEMENTS,
    crate::trainers::roster::store::STATEMENTS,
    crate::cohorts::store::STATEMENTS,
    crate::cohorts::member_store::STATEMENTS,
    crate::cohorts::letter_store::STATEMENTS,
    crate::feedback::store::STATEMENTS,
    crate::feedback::decision_store::STATEMENTS,
    crate::feedback::past_store::STATEMENTS,
    crate::reporting::store::STATEMENTS,
    crate::reporting::attendance::store::STATEMENTS,
    crate::reporting::duty::store::STATEMENTS,
    crate::demo::store::STATEMENTS,
    crate::server::files_store::STATEMENTS,
    crate::server::keeping_store::STATEMENTS,
];

/// All registered statements.
pub fn all() -> Vec<Listed> {
    STORES.concat()
}
