//! Who did what to which record, when, from where, before and after.

use super::{
    context::Ctx,
    db::{DbError, Tx},
    store::{self, AuditRow},
};
use serde::Serialize;

/// Notes a change in the transaction that makes it.
pub async fn record<T: Serialize>(
    cx: &Ctx,
    tx: &mut Tx,
    action: &str,
    record: &str,
    record_id: impl ToString,
    before: Option<&T>,
    after: Option<&T>,
) -> Result<(), DbError> {
    let json = |value: Option<&T>| value.and_then(|value| serde_json::to_string(value).ok());
    store::add_audit(
        tx,
        AuditRow {
            id: cx.app.entropy.uuid(cx.now()),
            at: cx.now(),
            person: cx.actor.as_ref().map(|actor| actor.person_id),
            action,
            record,
            record_id: record_id.to_string(),
            source: &cx.source,
            before: json(before),
            after: json(after),
        },
    )
    .await
}

/// Notes an act that has no before and after worth keeping.
pub async fn note(cx: &Ctx, tx: &mut Tx, action: &str, record: &str, record_id: impl ToString) -> Result<(), DbError> {
    self::record::<()>(cx, tx, action, record, record_id, None, None).await
}
