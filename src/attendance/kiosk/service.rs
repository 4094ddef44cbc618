//! Setting kiosks up, and what they do with badges.
//!
//! A kiosk is known by a token in a cookie that is sent to the kiosk's page and functions alone; whoever set
//! it up is signed out of the browser and answers for its marks. What it reads without a line it keeps, and
//! sends within a week; each reading carries the time at which it was made.

use super::{
    api::{Kiosk, Unrecorded, UnrecordedLine},
    model::{CODE_MAX, HOURS_MAX, Heard, Reading, SENT_WITHIN, Word, at_door, lasts_until},
    passing::{before, minutes, pass},
    store::{self, KioskRow, NearRow, NewKiosk, NewUnrecorded, UnrecordedRow},
};
use crate::{
    attendance::{
        badges::{model::Read, store as badges},
        checkin::{
            api::Where,
            model::{Hurdle, OPENS_BEFORE, USUAL_TOLERANCE, Way},
            service::{Passage, Passed, expected},
            store as doors,
        },
        model::{Hours, Keeper, MarkSource, MarkState, writable},
        service::{called, desk},
        store as marks,
    },
    common::{
        error::{AppError, Refusal},
        forms::{Done, FaultKind, Flash},
        ids::{DeliveryId, EnrolmentId, KioskId, SlotId},
    },
    people::{
        accounts::model::browser_name,
        rights::{Record, Right, may},
        service::{new_token, sign_out, token_hash},
    },
    platform::{
        audit,
        clock::SLACK,
        context::Ctx,
        db::{Handle, Reader},
        zones,
    },
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use uuid::Uuid;

/// How long a page without script may still read what was answered.
const SAID_LASTS: TimeDelta = TimeDelta::seconds(20);

impl NearRow {
    fn hours(&self) -> Hours {
        Hours { starts_at: self.starts_at, ends_at: self.ends_at }
    }

    fn given(&self, at: DateTime<Utc>) -> bool {
        self.closed_at.into_iter().chain(self.cancelled_at).all(|over| at < over)
    }
}

impl KioskRow {
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        zones::local(at, &self.time_zone)
    }

    /// The half-day whose door stood open at a time: neither closed nor called off by then.
    async fn door(&self, h: &mut impl Handle, at: DateTime<Utc>) -> Result<Option<NearRow>, AppError> {
        let mut near = store::slots(h, self.delivery_id, at, at + TimeDelta::minutes(OPENS_BEFORE + 1)).await?;
        near.retain(|slot| slot.given(at));
        Ok(at_door(&near, NearRow::hours, at).cloned())
    }

    /// One that was started later than now was started while the clock was wrong, and would last for as long again.
    fn lasts(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at && self.created_at <= now + SLACK
    }
}

fn way_of(text: &str) -> Way {
    text.parse().unwrap_or(Way::In)
}

/// Makes the asking browser a kiosk of a delivery: its token, and for how long the browser is to keep it, so
/// that it can still send what it read without a line. Its person is signed out.
pub async fn start(cx: &Ctx, delivery: &str, hours: &str) -> Result<(String, TimeDelta), AppError> {
    let actor = cx.signed_in()?;
    let delivery: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let hours = match hours.trim() {
        "" => None,
        typed => Some(
            typed
                .parse()
                .ok()
                .filter(|hours| (1..=HOURS_MAX).contains(hours))
                .ok_or_else(|| AppError::field("hours", FaultKind::Number { min: 1, max: HOURS_MAX }))?,
        ),
    };
    let now = cx.now();
    let token = new_token(&cx.app);
    let mut tx = cx.begin().await?;
    let (head, keeper) = desk(cx, &mut tx, delivery).await?;
    if writable(head.state, keeper)? {
        return Err(Refusal::Over.into());
    }
    let day = |at| zones::local(at, &head.time_zone).date();
    let slots = marks::slots(&mut tx, delivery).await?;
    let last = slots
        .iter()
        .filter(|slot| slot.cancelled_at.is_none() && day(slot.starts_at) == day(now))
        .map(|slot| slot.ends_at)
        .max();
    let until = lasts_until(now, hours, last);
    let new = NewKiosk {
        id: cx.app.id(),
        token_hash: &token_hash(&token),
        delivery,
        by: actor.person_id,
        by_name: &actor.name,
        at: now,
        until,
        browser: &cx.user_agent.chars().take(300).collect::<String>(),
    };
    store::add(&mut tx, &new).await?;
    audit::record(cx, &mut tx, "start_kiosk", "delivery", delivery, None, Some(&(new.id, until))).await?;
    tx.commit().await?;
    sign_out(cx).await?;
    Ok((token, until - now + SENT_WITHIN))
}

/// Ends a kiosk of a delivery.
pub async fn end(cx: &Ctx, delivery: &str, kiosk: &str) -> Result<Done, AppError> {
    cx.signed_in()?;
    let delivery: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let kiosk: KioskId = kiosk.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    desk(cx, &mut tx, delivery).await?;
    if !store::end(&mut tx, kiosk, delivery, cx.now()).await? {
        return Err(AppError::NotFound);
    }
    audit::note(cx, &mut tx, "end_kiosk", "kiosk", kiosk).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/deliveries/{delivery}/badges"), Flash::Saved))
}

/// What a kiosk shows. Two statements.
pub async fn kiosk(cx: &Ctx, token: &str, way: &str) -> Result<Option<Kiosk>, AppError> {
    let now = cx.now();
    let mut reader = cx.read().await?;
    let found = store::by_token(&mut reader, &token_hash(token), now).await?;
    let Some(row) = found.filter(|row| row.lasts(now)) else { return Ok(None) };
    let mut day = store::slots(&mut reader, row.delivery_id, now, row.expires_at).await?;
    day.retain(|slot| slot.given(now));
    let said = row.said.as_deref().filter(|_| row.said_at.is_some_and(|at| now - at < SAID_LASTS));
    Ok(Some(Kiosk {
        id: row.id,
        day: day
            .into_iter()
            .map(|slot| Where {
                slot: slot.id,
                title: row.title.clone(),
                starts: row.local(slot.starts_at),
                ends: row.local(slot.ends_at),
                room: slot.room,
                place: row.place.clone(),
            })
            .collect(),
        way: way_of(way),
        now: row.local(now),
        clock: now.timestamp_micros(),
        until: row.expires_at.timestamp_micros(),
        said: said.and_then(|said| serde_json::from_str(said).ok()),
        title: row.title,
    }))
}

/// Takes a badge that was read at a kiosk, now or while it had no line, marks who bears it, and says what was
/// done or why nothing was. Nothing where the token is no kiosk's, or of one long over.
///
/// Where nothing was done and who showed the badge has not been told so, it is listed for the keeper of the
/// register.
pub async fn scan(cx: &Ctx, token: &str, reading: &str) -> Result<Option<Heard>, AppError> {
    let reading: Reading = serde_json::from_str(reading).map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let now = cx.now();
    let mut reader = cx.read().await?;
    let found = store::by_token(&mut reader, &token_hash(token), now - SENT_WITHIN).await?;
    let Some(own) = found else { return Ok(None) };
    let ended = own.revoked_at.is_some();
    // What the device read as a kiosk that it is no longer is for the keeper to decide.
    let (kiosk, over) = if reading.kiosk == own.id {
        (own, ended)
    } else {
        (store::by_id(&mut reader, reading.kiosk).await?.unwrap_or(own), true)
    };
    let at = if over { Err(Word::Ended) } else { reading.moment(kiosk.created_at, kiosk.expires_at, now) };
    let code: String = reading.code.chars().take(CODE_MAX).collect();
    let shown = Shown { code: &code, way: reading.way, at, id: reading.id, again: reading.late };
    let told = read(cx, reader, &kiosk, &shown).await?;
    if reading.late && !told.heard.word.recorded() {
        let said = DateTime::from_timestamp_micros(reading.at).unwrap_or(now);
        let mut tx = cx.begin().await?;
        let new = NewUnrecorded {
            id: reading.id,
            kiosk: kiosk.id,
            delivery: kiosk.delivery_id,
            slot: told.slot,
            place: told.place,
            code: if told.place.is_some() { "" } else { &code.chars().take(4).collect::<String>() },
            way: reading.way,
            word: told.heard.word,
            read_at: shown.at.unwrap_or(said.min(now)),
            arrived_at: now,
        };
        store::add_unrecorded(&mut tx, &new).await?;
        tx.commit().await?;
    }
    Ok(Some(told.heard))
}

/// Reads a badge for a browser without script, which is told on its next page.
pub async fn scan_and_tell(cx: &Ctx, token: &str, code: &str, way: &str) -> Result<Done, AppError> {
    let (now, way) = (cx.now(), way_of(way));
    let to = Done::quietly(format!("/kiosk?way={}", way.code()));
    if code.trim().is_empty() {
        return Ok(to);
    }
    let mut reader = cx.read().await?;
    let found = store::by_token(&mut reader, &token_hash(token), now).await?;
    let Some(kiosk) = found.filter(|row| row.lasts(now)) else { return Ok(to) };
    let shown = Shown { code, way, at: Ok(now), id: cx.app.entropy.uuid(now), again: false };
    let told = read(cx, reader, &kiosk, &shown).await?;
    let said = serde_json::to_string(&told.heard).map_err(|_| AppError::Internal)?;
    let mut tx = cx.begin().await?;
    store::say(&mut tx, kiosk.id, &said, now).await?;
    tx.commit().await?;
    Ok(to)
}

/// A badge before a kiosk.
struct Shown<'a> {
    code: &'a str,
    way: Way,
    /// When, or why that does not count.
    at: Result<DateTime<Utc>, Word>,
    /// The reading.
    id: Uuid,
    /// Whether it may have been sent before.
    again: bool,
}

/// What came of a badge.
struct Told {
    heard: Heard,
    place: Option<EnrolmentId>,
    slot: Option<SlotId>,
}

async fn read(cx: &Ctx, mut reader: Reader, kiosk: &KioskRow, shown: &Shown<'_>) -> Result<Told, AppError> {
    let (at, way) = (shown.at.unwrap_or(cx.now()), shown.way);
    let wall = kiosk.local(at);
    let heard = |word, name: &str, at, minutes| Heard { word, name: name.to_owned(), at, minutes, elsewhere: None };
    cx.app.limits.badge(&kiosk.id.to_string())?;
    let bearer = match Read::parse(shown.code) {
        Some(read) => badges::find(&mut reader, &read.stored()).await?,
        None => None,
    };
    let Some(bearer) = bearer else {
        // Nobody tries codes at an unwatched tablet.
        cx.app.limits.check(&format!("badges at {}", kiosk.id))?;
        return Ok(Told { heard: heard(Word::Unknown, "", wall, 0), place: None, slot: None });
    };
    let place = Some(bearer.enrolment_id);
    let name = bearer.shown();
    if shown.again
        && let Some((written, passed)) = before(&mut reader, shown.id, bearer.enrolment_id).await?
    {
        let row = doors::door(&mut reader, written.slot_id).await?.ok_or(AppError::NotFound)?;
        let heard = said(&passed, way, row.whole(), &name, wall, |at| kiosk.local(at));
        return Ok(Told { heard, place, slot: Some(written.slot_id) });
    }
    let plain = |word| Ok(Told { heard: heard(word, "", wall, 0), place, slot: None });
    if let Err(word) = shown.at {
        return plain(word);
    }
    // The same to whoever finds a lost badge as to whoever lost it: no name.
    if bearer.revoked_at.is_some() {
        return plain(Word::Replaced);
    }
    let say = |word, slot| Ok(Told { heard: heard(word, &name, wall, 0), place, slot });
    if bearer.delivery_id != kiosk.delivery_id || !bearer.holds {
        let elsewhere = expected(&mut reader, bearer.person_id, at).await?;
        let heard = Heard { elsewhere, ..heard(Word::WrongGroup, &name, wall, 0) };
        return Ok(Told { heard, place, slot: None });
    }
    if writable(kiosk.state, Keeper::Trainer).is_err() {
        return say(Word::Closed, None);
    }
    let Some(near) = kiosk.door(&mut reader, at).await? else { return say(Word::NoSlot, None) };
    let slot = Some(near.id);
    if near.cancelled_at.is_some() {
        return say(Word::CalledOff, slot);
    }
    if near.closed_at.is_some() {
        return say(Word::Closed, slot);
    }
    let row = doors::door(&mut reader, near.id).await?.ok_or(AppError::NotFound)?;
    // A transaction is about to begin; the reader must not wait for it.
    drop(reader);
    let passage = Passage {
        row: &row,
        way,
        at,
        tolerance: row.tolerance.unwrap_or(USUAL_TOLERANCE),
        who: bearer.person_id,
        source: MarkSource::Kiosk,
        by: kiosk.created_by,
        by_name: &kiosk.created_by_name,
    };
    let passed = pass(cx, &passage, shown.id).await?;
    Ok(Told { heard: said(&passed, way, near.hours().minutes(), &name, wall, |at| kiosk.local(at)), place, slot })
}

/// What is said of somebody at the door.
fn said(
    passed: &Passed,
    way: Way,
    whole: i64,
    name: &str,
    wall: NaiveDateTime,
    local: impl Fn(DateTime<Utc>) -> NaiveDateTime,
) -> Heard {
    let heard = |word, at, minutes| Heard { word, name: name.to_owned(), at, minutes, elsewhere: None };
    match passed {
        Passed::Marked(mark) => heard(Word::of_mark(way, mark.state), wall, minutes(way, whole, mark)),
        Passed::Stands(_, since) if way == Way::In => heard(Word::AlreadyIn, local(*since), 0),
        Passed::Stands(mark, since) if mark.state == MarkState::LeftEarly => {
            heard(Word::Out, local(*since), mark.minutes)
        }
        Passed::Stands(mark, _) => heard(Word::OutFull, wall, mark.minutes),
        Passed::Outweighed => heard(Word::Overruled, wall, 0),
        Passed::Hindered(Hurdle::TooEarly) => heard(Word::TooEarly, wall, 0),
        Passed::Hindered(Hurdle::NotIn) => heard(Word::NotIn, wall, 0),
        Passed::Hindered(_) => heard(Word::Closed, wall, 0),
        Passed::Nowhere => heard(Word::WrongGroup, wall, 0),
    }
}

/// What kiosks of a delivery read without a line and could not be recorded. Three statements.
pub async fn unrecorded(cx: &Ctx, delivery: &str) -> Result<Unrecorded, AppError> {
    cx.signed_in()?;
    let delivery: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let mut reader = cx.read().await?;
    let (head, _) = desk(cx, &mut reader, delivery).await?;
    let rows = store::unrecorded(&mut reader, delivery).await?;
    let local = |at| zones::local(at, &head.time_zone);
    let line = |row: UnrecordedRow| UnrecordedLine {
        id: row.id,
        who: match (row.family_name, row.given_name) {
            (Some(family), given) => Ok(called(&family, given.as_deref().unwrap_or_default())),
            (None, _) => Err(row.code),
        },
        way: row.way,
        word: row.word,
        at: local(row.read_at),
        arrived: local(row.arrived_at),
        slot: row.slot_id,
        browser: browser_name(&row.browser),
        settled: row.settled_at.map(|at| (row.settled_by_name, local(at))),
    };
    Ok(Unrecorded {
        lines: rows.into_iter().map(line).collect(),
        may_manage: may(cx.actor.as_ref(), Right::ManageDelivery, Record::of(head.host_id)),
        head,
    })
}

/// Says that a badge that could not be recorded was dealt with.
pub async fn settle(cx: &Ctx, delivery: &str, id: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let delivery: DeliveryId = delivery.parse().map_err(|_| AppError::NotFound)?;
    let id: Uuid = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    desk(cx, &mut tx, delivery).await?;
    if !store::settle(&mut tx, id, delivery, &actor.name, cx.now()).await? {
        return Err(AppError::NotFound);
    }
    audit::note(cx, &mut tx, "settle_reading", "delivery", delivery).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/deliveries/{delivery}/unrecorded"), Flash::Saved))
}
