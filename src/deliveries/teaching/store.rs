//! SQL: deliveries by trainer.

use super::TeachingLine;
use crate::{
    common::ids::PersonId,
    fetch_all,
    platform::db::{DbError, Handle},
    statements,
};

statements! {
    BY_TRAINER -> TeachingLine = "SELECT d.id, d.title, d.state, d.mode, d.place, d.starts_on, d.ends_on, d.taken
        FROM delivery_trainer t JOIN delivery d ON d.id = t.delivery_id
        WHERE t.person_id = $1 ORDER BY d.starts_on IS NULL DESC, d.starts_on DESC, d.id DESC LIMIT 100";
}

/// The deliveries a person trains in, latest first; at most a hundred.
pub async fn by_trainer(h: &mut impl Handle, person: PersonId) -> Result<Vec<TeachingLine>, DbError> {
    fetch_all!(h, BY_TRAINER, person)
}
