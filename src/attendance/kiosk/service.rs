//! Setting kiosks up, and what they do with badges.
//!
//! A kiosk is known by a token in a cookie that is sent to the kiosk's page and functions alone; whoever set
//! it up is signed out of the browser and answers for its marks.

use super::{
    api::Kiosk,
    model::{HOURS_MAX, Heard, Word, at_door, lasts_until},
    store::{self, KioskRow, NearRow, NewKiosk},
};
use crate::{
    attendance::{
        badges::{model::Read, store as badges},
        checkin::{
            api::Where,
            model::{Hurdle, OPENS_BEFORE, USUAL_TOLERANCE, Way},
            service::{Passage, Passed, expected, go_through},
            store as doors,
        },
        model::{Hours, Keeper, MarkSource, MarkState, writable},
        service::desk,
        store as marks,
    },
    common::{
        error::{AppError, Refusal},
        forms::{Done, FaultKind, Flash},
        ids::{DeliveryId, KioskId},
    },
    people::service::{new_token, sign_out, token_hash},
    platform::{audit, context::Ctx, db::Handle, zones},
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// How long a page without script may still read what was answered.
const SAID_LASTS: TimeDelta = TimeDelta::seconds(20);

impl NearRow {
    fn hours(&self) -> Hours {
        Hours { starts_at: self.starts_at, ends_at: self.ends_at }
    }
}

impl KioskRow {
    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        zones::local(at, &self.time_zone)
    }

    async fn door(&self, h: &mut impl Handle, now: DateTime<Utc>) -> Result<Option<NearRow>, AppError> {
        let near = store::slots(h, self.delivery_id, now, now + TimeDelta::minutes(OPENS_BEFORE + 1)).await?;
        Ok(at_door(&near, NearRow::hours, now).cloned())
    }
}

fn way_of(text: &str) -> Way {
    text.parse().unwrap_or(Way::In)
}

/// Makes the asking browser a kiosk of a delivery: its token, and for how long. Its person is signed out.
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
    let slots = marks::slots(&mut tx, delivery, None, cx.now()).await?;
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
    Ok((token, until - now))
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
    let Some(row) = store::by_token(&mut reader, &token_hash(token), now).await? else { return Ok(None) };
    let door = row.door(&mut reader, now).await?;
    let said = row.said.as_deref().filter(|_| row.said_at.is_some_and(|at| now - at < SAID_LASTS));
    Ok(Some(Kiosk {
        at: door.map(|slot| Where {
            slot: slot.id,
            title: row.title.clone(),
            starts: row.local(slot.starts_at),
            ends: row.local(slot.ends_at),
            room: slot.room,
            place: row.place.clone(),
        }),
        way: way_of(way),
        now: row.local(now),
        said: said.and_then(|said| serde_json::from_str(said).ok()),
        title: row.title,
    }))
}

/// Reads a badge at a kiosk, marks who bears it, and says what was done or why nothing was.
pub async fn scan(cx: &Ctx, token: &str, code: &str, way: &str) -> Result<Heard, AppError> {
    read(cx, token, code, way).await.map(|(_, heard)| heard)
}

/// As [`scan`], for a browser that is told on its next page.
pub async fn scan_and_tell(cx: &Ctx, token: &str, code: &str, way: &str) -> Result<Done, AppError> {
    let to = Done::quietly(format!("/kiosk?way={}", way_of(way).code()));
    if code.trim().is_empty() {
        return Ok(to);
    }
    let (kiosk, heard) = read(cx, token, code, way).await?;
    if let Some(kiosk) = kiosk {
        let said = serde_json::to_string(&heard).map_err(|_| AppError::Internal)?;
        let mut tx = cx.begin().await?;
        store::say(&mut tx, kiosk, &said, cx.now()).await?;
        tx.commit().await?;
    }
    Ok(to)
}

async fn read(cx: &Ctx, token: &str, code: &str, way: &str) -> Result<(Option<KioskId>, Heard), AppError> {
    let (now, way) = (cx.now(), way_of(way));
    let mut reader = cx.read().await?;
    let found = store::by_token(&mut reader, &token_hash(token), now).await?;
    let heard = |word, name: &str, at, minutes| Heard { word, name: name.to_owned(), at, minutes, elsewhere: None };
    let Some(kiosk) = found else { return Ok((None, heard(Word::Ended, "", now.naive_utc(), 0))) };
    let wall = kiosk.local(now);
    let plain = |word| Ok((Some(kiosk.id), heard(word, "", wall, 0)));
    cx.app.limits.badge(&kiosk.id.to_string())?;

    let bearer = match Read::parse(code) {
        Some(read) => badges::find(&mut reader, &read.stored()).await?,
        None => None,
    };
    let Some(bearer) = bearer else {
        // Nobody tries codes at an unwatched tablet.
        cx.app.limits.check(&format!("badges at {}", kiosk.id))?;
        return plain(Word::Unknown);
    };
    // The same to whoever finds a lost badge as to whoever lost it: no name.
    if bearer.revoked_at.is_some() {
        return plain(Word::Replaced);
    }
    let name = bearer.shown();
    let say = |word, at, minutes| Ok((Some(kiosk.id), heard(word, &name, at, minutes)));
    if bearer.delivery_id != kiosk.delivery_id || !bearer.holds {
        let elsewhere = expected(&mut reader, bearer.person_id, now).await?;
        return Ok((Some(kiosk.id), Heard { elsewhere, ..heard(Word::WrongGroup, &name, wall, 0) }));
    }
    if writable(kiosk.state, Keeper::Trainer).is_err() {
        return say(Word::Closed, wall, 0);
    }
    let Some(near) = kiosk.door(&mut reader, now).await? else { return say(Word::NoSlot, wall, 0) };
    let row = doors::door(&mut reader, near.id).await?.ok_or(AppError::NotFound)?;
    // A transaction is about to begin; the reader must not wait for it.
    drop(reader);
    let passage = Passage {
        row: &row,
        way,
        at: now,
        tolerance: row.tolerance.unwrap_or(USUAL_TOLERANCE),
        who: bearer.person_id,
        source: MarkSource::Kiosk,
        by: kiosk.created_by,
        by_name: &kiosk.created_by_name,
    };
    let whole = near.hours().minutes();
    match go_through(cx, &passage).await? {
        Passed::Marked(mark) => {
            let minutes = if way == Way::In { whole - mark.minutes } else { mark.minutes };
            say(Word::of_mark(way, mark.state), wall, minutes)
        }
        Passed::Stands(_, since) if way == Way::In => say(Word::AlreadyIn, kiosk.local(since), 0),
        Passed::Stands(mark, since) if mark.state == MarkState::LeftEarly => {
            say(Word::Out, kiosk.local(since), mark.minutes)
        }
        Passed::Stands(mark, _) => say(Word::OutFull, wall, mark.minutes),
        Passed::Hindered(Hurdle::TooEarly) => say(Word::TooEarly, wall, 0),
        Passed::Hindered(Hurdle::NotIn) => say(Word::NotIn, wall, 0),
        Passed::Hindered(_) => say(Word::Closed, wall, 0),
        Passed::Nowhere => say(Word::WrongGroup, wall, 0),
    }
}
