//! Counting tries in the database, for all nodes, and letting those wait who tried too often.
//!
//! A try is counted before it is made, and given back when it was right. So a caller that sends a hundred tries at
//! once is no quicker than one that sends them one after the other.

use super::{
    attempt_model::{Counted, Pace, Tries, seconds},
    attempt_store::{self as store, AttemptRow},
};
use crate::{
    common::error::AppError,
    people::service::token_hash,
    platform::{context::Ctx, db::Tx},
};

/// Something that is counted, and under which key.
#[derive(Clone, Debug)]
pub struct Count {
    what: Counted,
    key: String,
}

impl Count {
    /// Counts under the parts given. Only a hash of them is kept: it takes no room and names nobody.
    pub fn of(what: Counted, parts: &[&str]) -> Self {
        let key = token_hash(&format!("{}\n{}", what.name(), parts.join("\n")));
        Self { what, key }
    }

    fn pace(&self) -> Pace {
        self.what.pace()
    }
}

fn tries(row: &AttemptRow) -> Option<Tries> {
    (row.tries > 0).then_some(Tries { count: row.tries, last: row.last_at })
}

fn waits(cx: &Ctx, count: &Count, row: &AttemptRow) -> Result<(), AppError> {
    let wait = tries(row).and_then(|tries| seconds(count.pace().wait(tries, cx.now())));
    wait.map_or(Ok(()), |seconds| Err(AppError::TooMany(seconds)))
}

/// Refuses who must still wait. Only reads: a flood of refused tries never holds the writer.
pub async fn check(cx: &Ctx, counts: &[Count]) -> Result<(), AppError> {
    let mut reader = cx.read().await?;
    for count in counts {
        if let Some(row) = store::attempt(&mut reader, &count.key).await? {
            waits(cx, count, &row)?;
        }
    }
    Ok(())
}

/// Counts a try, or refuses it while one must wait; what is refused is not counted. Says how many of the
/// last kind count now.
pub async fn take(cx: &Ctx, counts: &[Count]) -> Result<i64, AppError> {
    check(cx, counts).await?;
    let mut tx = cx.begin().await?;
    let now = cx.now();
    let mut ordered: Vec<&Count> = counts.iter().collect();
    // Two that hold several rows take them in one order.
    ordered.sort_by(|one, other| one.key.cmp(&other.key));
    let (mut counted, mut made) = (0, false);
    for count in ordered {
        let row = store::hold_attempt(&mut tx, &count.key, now).await?;
        // Others may have tried since they were read.
        waits(cx, count, &row)?;
        let more = add(cx, &mut tx, count, &row).await?;
        if counts.last().is_some_and(|last| last.key == count.key) {
            counted = more.count;
        }
        made |= row.tries == 0;
    }
    tx.commit().await?;
    if made {
        sweep(cx).await;
    }
    Ok(counted)
}

/// Adds one to what is held, and answers what counts now.
async fn add(cx: &Ctx, tx: &mut Tx, count: &Count, row: &AttemptRow) -> Result<Tries, AppError> {
    let more = count.pace().with_one(tries(row), cx.now());
    store::set_attempt(tx, &count.key, more.count, more.last, count.pace().forgotten_at(more)).await?;
    Ok(more)
}

/// Counts a try that has failed, whether or not one must wait.
pub async fn failed(cx: &Ctx, count: &Count) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    let row = store::hold_attempt(&mut tx, &count.key, cx.now()).await?;
    add(cx, &mut tx, count, &row).await?;
    tx.commit().await?;
    if row.tries == 0 {
        sweep(cx).await;
    }
    Ok(())
}

/// Takes some rows away whose time is over, as often as one is made, so that they never pile up. In a
/// transaction of its own: it must not wait for rows that another try holds while holding some itself.
async fn sweep(cx: &Ctx) {
    let swept = async {
        let mut tx = cx.begin().await?;
        store::sweep_attempts(&mut tx, cx.now()).await?;
        tx.commit().await
    };
    if let Err(error) = swept.await {
        tracing::warn!(%error, "old tries stay until the next time");
    }
}

/// A try was right: those who own what they tried begin anew, and those that others share get it back.
pub async fn give_back(cx: &Ctx, tx: &mut Tx, counts: &[Count]) -> Result<(), AppError> {
    let mut ordered: Vec<&Count> = counts.iter().collect();
    ordered.sort_by(|one, other| one.key.cmp(&other.key));
    for count in ordered {
        if !matches!(count.what, Counted::Account | Counted::Place) {
            store::drop_attempt(tx, &count.key).await?;
            continue;
        }
        let row = store::hold_attempt(tx, &count.key, cx.now()).await?;
        if let Some(tries) = tries(&row) {
            let less = count.pace().without_one(tries, cx.now());
            store::set_attempt(tx, &count.key, less.count, less.last, count.pace().forgotten_at(less)).await?;
        }
    }
    Ok(())
}
