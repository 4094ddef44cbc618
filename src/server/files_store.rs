//! SQL that asks who may open a file; it needs packs, deliveries and places at once.

use crate::{
    common::ids::{FileId, PersonId},
    fetch_one,
    platform::db::{DbError, Handle},
    statements,
};

statements! {
    MAY_OPEN -> (i64,) = "SELECT COUNT(*) FROM material m JOIN pack_module pm ON pm.id = m.module_id JOIN pack p ON p.id = pm.pack_id
        WHERE m.file_id = $1 AND (
            EXISTS (SELECT 1 FROM course_author a WHERE a.course_id = p.course_id AND a.person_id = $2)
            OR EXISTS (SELECT 1 FROM delivery d JOIN delivery_trainer t ON t.delivery_id = d.id
                WHERE d.pack_id = p.id AND t.person_id = $2)
            OR (NOT m.trainer_only AND EXISTS (SELECT 1 FROM enrolment e JOIN delivery d ON d.id = e.delivery_id
                WHERE d.pack_id = p.id AND e.person_id = $2 AND e.state IN ('selected', 'invited', 'confirmed', 'attended',
                    'partly_attended', 'not_attended', 'completed', 'not_completed'))))";
    IN_PACK -> (i64,) = "SELECT COUNT(*) FROM material WHERE file_id = $1";
}

/// Whether a person may open a file: as author of a course that uses it, as trainer of a delivery
/// of a pack that uses it, or as holder of a place in one, unless it is for trainers only.
pub async fn may_open(h: &mut impl Handle, file: FileId, person: PersonId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, MAY_OPEN, file, person)?;
    Ok(count > 0)
}

/// Whether a file belongs to a pack at all: only such files are served here.
pub async fn in_pack(h: &mut impl Handle, file: FileId) -> Result<bool, DbError> {
    let (count,): (i64,) = fetch_one!(h, IN_PACK, file)?;
    Ok(count > 0)
}
