//! Names on which two disagree, on the server: what is shown of them, and what is written when a mark comes
//! from somebody who had not seen what stands.

use super::{
    api::{Answer, Story},
    merge::{self, Change, Known, settle},
    model::{Mark, MarkSource, Touch},
    service::standing,
    store::{self, Act, HeadRow, MarkRow, OtherRow},
};
use crate::{
    common::{
        error::AppError,
        ids::{EnrolmentId, PersonId, SlotId},
    },
    platform::{
        db::{Handle, Tx},
        zones,
    },
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// When a mark was made, if so much before it was written that it is worth saying.
pub(super) fn earlier(made_at: DateTime<Utc>, written: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (written - made_at >= TimeDelta::minutes(1)).then_some(made_at)
}

/// What does not stand, of the names among these on which two disagree. A statement only where there are such.
pub(super) async fn others(
    h: &mut impl Handle,
    slot: SlotId,
    mut heads: impl Iterator<Item = &HeadRow>,
) -> Result<HashMap<EnrolmentId, OtherRow>, AppError> {
    if !heads.any(|head| head.contested.is_some()) {
        return Ok(HashMap::new());
    }
    let rows = store::others(h, slot).await?;
    Ok(rows.into_iter().map(|row| (row.enrolment_id, row)).collect())
}

/// Who reads, and where.
pub(super) struct Eyes<'a> {
    /// The reader.
    pub reader: PersonId,
    /// The venue's time zone.
    pub zone: &'a str,
    /// What does not stand of names on which two disagree.
    pub others: HashMap<EnrolmentId, OtherRow>,
}

impl Eyes<'_> {
    /// What stands of a name, and what does not.
    pub fn answer(&self, enrolment: EnrolmentId, mark: &MarkRow, head: &HeadRow) -> Answer {
        let local = |at| zones::local(at, self.zone);
        let made = head.made_at.zip(mark.marked_at).and_then(|(made, at)| earlier(made, at));
        Answer {
            enrolment,
            mark: standing(mark, self.reader, self.zone).map(|it| super::api::Standing { made: made.map(local), ..it }),
            gone: head.gone_at.map(local),
            other: head.contested.and_then(|_| self.others.get(&enrolment)).and_then(|row| self.story(row)),
        }
    }

    fn story(&self, row: &OtherRow) -> Option<Story> {
        let at = row.mark.marked_at?;
        let by = row.mark.marked_by_name.clone().unwrap_or_default();
        Some(Story {
            mark: row.mark.mark(),
            source: row.mark.source.unwrap_or(MarkSource::Trainer),
            by: (row.mark.marked_by != Some(self.reader)).then_some(by),
            at: zones::local(at, self.zone),
            made: zones::local(row.made_at.unwrap_or(at), self.zone),
        })
    }
}

/// The touch that decides between two stories for the one that was written at a time.
pub(super) fn choose(name: &Answer, written: NaiveDateTime, minutes: i64) -> Option<Touch> {
    let other = name.other.as_ref()?;
    let stands = name.mark.as_ref();
    let mark = if other.at == written {
        other.mark.as_ref()
    } else {
        stands.filter(|it| it.at == written).map(|it| &it.mark)
    }?;
    Some(Touch {
        enrolment: name.enrolment,
        state: mark.state,
        missed: if mark.state.asks_minutes() { (minutes - mark.minutes).to_string() } else { String::new() },
        note: mark.note.clone(),
        seen: stands.map(|it| it.at).or(name.gone),
        seen_too: Some(other.at),
    })
}

/// Writes what was said of names by somebody who had not seen what stands, and lets [`merge`] decide.
pub(super) async fn weigh(
    tx: &mut Tx,
    act: &Act<'_>,
    zone: &str,
    told: &BTreeMap<EnrolmentId, (&Touch, Mark)>,
) -> Result<(), AppError> {
    let rows = store::changes(tx, act.slot).await?;
    let mut history: Vec<Change> =
        rows.iter().filter_map(store::ChangeRow::change).filter(|it| told.contains_key(&it.enrolment)).collect();
    for (name, (touch, mark)) in told {
        let saw = |seen: Option<NaiveDateTime>| {
            let mut written = history.iter().filter(|it| it.enrolment == *name);
            seen.and_then(|seen| written.find(|it| zones::local(it.at, zone) == seen))
        };
        let (seen, seen_too) = (saw(touch.seen), saw(touch.seen_too));
        let id = |it: Option<&Change>| it.map_or(Uuid::nil(), |it| it.id);
        let change = Change {
            id: act.id,
            enrolment: *name,
            mark: Some(mark.clone()),
            by: Some(act.by),
            at: act.at,
            made_at: merge::made_at(Some(act.made_at), seen.into_iter().chain(seen_too).map(|it| it.at).max(), act.at),
            everyone: false,
            known: Known::These([id(seen), id(seen_too)]),
        };
        store::tell(tx, act, &change).await?;
        history.push(change);
        if let Some(settled) = settle(history.iter().filter(|it| it.enrolment == *name)) {
            store::put(tx, act.slot, *name, settled.stands.id, settled.other.map(|it| it.id)).await?;
        }
    }
    Ok(())
}
