//! Check-in: the screen at the door, and those who go through it.

use super::{
    api::{Arriving, Code, Door, Said, Where},
    codes,
    model::{self, Hurdle, OPENS_BEFORE, TOLERANCE_MAX, USUAL_TOLERANCE, Way},
    store::{self, DoorRow, PlaceRow},
};
use crate::{
    attendance::{
        model::{Hours, Keeper, Mark, MarkSource, ids, writable},
        service::desk,
        store as marks,
    },
    common::{
        error::{AppError, Refusal},
        forms::{Done, FaultKind},
        ids::SlotId,
    },
    platform::{audit, context::Ctx, db::Tx, jobs, pdf, zones},
};
use chrono::{DateTime, TimeDelta, Utc};

impl DoorRow {
    fn hours(&self) -> Hours {
        Hours { starts_at: self.starts_at, ends_at: self.ends_at }
    }

    fn at(&self) -> Where {
        Where {
            slot: self.id,
            title: self.title.clone(),
            starts: zones::local(self.starts_at, &self.time_zone),
            ends: zones::local(self.ends_at, &self.time_zone),
            room: self.room.clone(),
            place: self.place.clone(),
        }
    }

    /// The secret and the tolerance, while codes are taken.
    fn opened(&self) -> Result<(&[u8], i64), Hurdle> {
        if self.shut || writable(self.state, Keeper::Trainer).is_err() {
            return Err(Hurdle::Closed);
        }
        match (&self.secret, self.open) {
            (Some(secret), Some(true)) => Ok((secret, self.tolerance.unwrap_or(USUAL_TOLERANCE))),
            _ => Err(Hurdle::NotOpen),
        }
    }
}

fn way_of(text: &str) -> Way {
    text.parse().unwrap_or(Way::In)
}

fn path(slot: SlotId, way: Way) -> String {
    format!("/in/{slot}?way={}", way.code())
}

/// Where the bearer of a ticket reads what stands.
fn path_with(slot: SlotId, way: Way, ticket: &str) -> String {
    let ticket: String = form_urlencoded::byte_serialize(ticket.as_bytes()).collect();
    format!("{}&k={ticket}", path(slot, way))
}

/// The screen at the door. Four statements.
pub async fn door(cx: &Ctx, delivery: &str, slot: &str, way: &str) -> Result<Door, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let way = way_of(way);
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, delivery).await?;
    let row =
        store::door(&mut reader, slot).await?.filter(|row| row.delivery_id == delivery).ok_or(AppError::NotFound)?;
    let (total, inside) = store::count(&mut reader, delivery, slot).await?;
    let now = cx.now();
    let public = cx.app.settings.public_url.trim_end_matches('/');
    let code = row.opened().ok().map(|(secret, _)| Code {
        short: codes::short(secret, way, now),
        qr: pdf::qr_svg(&format!("{public}{}&c={}", path(slot, way), codes::long(secret, way, now))),
        address: format!("{}/in", public.split_once("://").map_or(public, |(_, rest)| rest)),
        seconds: codes::seconds_left(now),
    });
    Ok(Door {
        delivery,
        at: row.at(),
        way,
        code,
        tolerance: row.tolerance.unwrap_or(USUAL_TOLERANCE),
        total,
        inside,
        refused: match writable(head.state, keeper) {
            Ok(false) => None,
            // A register that is corrected afterwards has no door any more.
            Ok(true) => Some(Refusal::Over),
            Err(refusal) => Some(refusal),
        },
    })
}

/// Opens the check-in (anew: what was shown before is worth nothing) or closes it.
pub async fn set_door(cx: &Ctx, delivery: &str, slot: &str, tolerance: &str, act: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let mut tx = cx.begin().await?;
    let (head, keeper) = desk(cx, &mut tx, delivery).await?;
    if !marks::lock(&mut tx, slot, delivery).await? {
        return Err(AppError::NotFound);
    }
    if act == "close" {
        store::close(&mut tx, slot).await?;
        audit::note(cx, &mut tx, "close_check_in", "slot", slot).await?;
    } else {
        if writable(head.state, keeper)? {
            return Err(Refusal::Over.into());
        }
        let range = FaultKind::Number { min: 0, max: TOLERANCE_MAX };
        let tolerance = match tolerance.trim() {
            "" => USUAL_TOLERANCE,
            typed => typed
                .parse()
                .ok()
                .filter(|minutes| (0..=TOLERANCE_MAX).contains(minutes))
                .ok_or_else(|| AppError::field("tolerance", range))?,
        };
        let secret: [u8; 32] = cx.app.entropy.bytes();
        store::open(&mut tx, slot, &secret, tolerance, actor.person_id, cx.now()).await?;
        audit::note(cx, &mut tx, "open_check_in", "slot", slot).await?;
    }
    tx.commit().await?;
    Ok(Done::quietly(format!("/deliveries/{delivery}/register/{slot}/door")))
}

/// What becomes of somebody at the door.
enum Verdict {
    /// A mark is to be written.
    Write(Mark),
    /// Nothing is left to do.
    Done,
}

fn verdict(
    row: &DoorRow,
    way: Way,
    tolerance: i64,
    stands: Option<&Mark>,
    at: DateTime<Utc>,
) -> Result<Verdict, Hurdle> {
    match way {
        Way::In if model::inside(stands) => Ok(Verdict::Done),
        Way::In => model::arrival(row.hours(), tolerance, at).map(Verdict::Write),
        Way::Out => {
            model::departure(row.hours(), tolerance, stands, at).map(|mark| mark.map_or(Verdict::Done, Verdict::Write))
        }
    }
}

/// What somebody sees who has scanned a code. Nothing is written: that is for [`arrive`], which
/// takes the ticket that is given here.
pub async fn arriving(cx: &Ctx, slot: &str, way: &str, scanned: &str, ticket: &str) -> Result<Arriving, AppError> {
    let slot: SlotId = slot.parse().map_err(|_| AppError::NotFound)?;
    let way = way_of(way);
    let now = cx.now();
    let mut reader = cx.read().await?;
    let row = store::door(&mut reader, slot).await?.ok_or(AppError::NotFound)?;
    let admitted = row.opened().and_then(|(secret, tolerance)| {
        let at = if codes::is_long(secret, way, scanned, now) {
            Some(now)
        } else {
            codes::scanned_at(secret, way, ticket, now)
        };
        at.map(|at| (codes::ticket(secret, way, at), tolerance, at)).ok_or(Hurdle::Expired)
    });
    let mut page = Arriving {
        at: row.at(),
        way,
        signed_in: cx.actor.is_some(),
        said: None,
        done: false,
        ticket: admitted.clone().map(|(ticket, ..)| ticket),
        elsewhere: None,
    };
    let Some(actor) = &cx.actor else { return Ok(page) };
    let Some(place) = store::place(&mut reader, slot, row.delivery_id, actor.person_id).await? else {
        page.ticket = Err(Hurdle::WrongGroup);
        let next = store::next(&mut reader, actor.person_id, now, now + TimeDelta::hours(12)).await?;
        page.elsewhere = next.map(|next| Where {
            slot: next.id,
            starts: zones::local(next.starts_at, &next.time_zone),
            ends: zones::local(next.ends_at, &next.time_zone),
            title: next.title,
            room: next.room,
            place: next.place,
        });
        return Ok(page);
    };
    let stands = place.mark.mark();
    page.said = stands.as_ref().zip(place.mark.marked_at).map(|(mark, at)| Said {
        state: mark.state,
        minutes: mark.minutes,
        since: zones::local(at, &row.time_zone),
    });
    match (way, &admitted) {
        // Whoever is in reads so, whatever has become of the code.
        (Way::In, _) if model::inside(stands.as_ref()) => page.done = true,
        (Way::Out, _) if place.mark.source == Some(MarkSource::Own) && left(stands.as_ref()) => page.done = true,
        (_, Ok((_, tolerance, at))) => match verdict(&row, way, *tolerance, stands.as_ref(), *at) {
            Ok(Verdict::Write(_)) => {}
            Ok(Verdict::Done) => page.done = true,
            Err(hurdle) => page.ticket = Err(hurdle),
        },
        (_, Err(_)) => {}
    }
    Ok(page)
}

fn left(mark: Option<&Mark>) -> bool {
    mark.is_some_and(|mark| mark.state == crate::attendance::model::MarkState::LeftEarly)
}

/// Marks who is signed in and bears a ticket.
pub async fn arrive(cx: &Ctx, slot: &str, way: &str, ticket: &str) -> Result<Done, AppError> {
    cx.signed_in()?;
    let slot: SlotId = slot.parse().map_err(|_| AppError::NotFound)?;
    let way = way_of(way);
    let row = store::door(&mut cx.read().await?, slot).await?.ok_or(AppError::NotFound)?;
    let at = row.opened().ok().and_then(|(secret, _)| codes::scanned_at(secret, way, ticket, cx.now()));
    if let Some(at) = at {
        pass(cx, &row, way, at).await?;
    }
    // The page says what stands now, or why nothing does.
    Ok(Done::quietly(path_with(slot, way, ticket)))
}

/// Marks who is signed in and has typed the digits of one of their own half-days.
pub async fn arrive_by_code(cx: &Ctx, digits: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    cx.app.limits.check(&format!("digits of {}", actor.account_id))?;
    let digits: String = digits.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.is_empty() {
        return Err(AppError::field("digits", FaultKind::Required));
    }
    let now = cx.now();
    let before = now + TimeDelta::minutes(OPENS_BEFORE);
    let mut reader = cx.read().await?;
    let doors = store::own_doors(&mut reader, actor.person_id, now, before).await?;
    let found = doors.iter().find_map(|(slot, secret)| {
        let way = Way::ALL.iter().find(|way| codes::is_short(secret, **way, &digits, now))?;
        Some((*slot, *way))
    });
    let (slot, way) = found.ok_or_else(|| AppError::from(Refusal::WrongDigits))?;
    let row = store::door(&mut reader, slot).await?.ok_or(AppError::NotFound)?;
    drop(reader);
    let Ok((secret, _)) = row.opened() else { return Err(Refusal::WrongDigits.into()) };
    let ticket = codes::ticket(secret, way, now);
    pass(cx, &row, way, now).await?;
    Ok(Done::quietly(path_with(slot, way, &ticket)))
}

/// Writes the mark of who is signed in, if one is to be written.
async fn pass(cx: &Ctx, row: &DoorRow, way: Way, at: DateTime<Utc>) -> Result<(), AppError> {
    let actor = cx.signed_in()?;
    let mut tx = cx.begin().await?;
    let Some((place, mark)) = decided(cx, &mut tx, row, way, at).await? else { return Ok(()) };
    // The history must keep its order even where the clock stands still or goes back.
    let last = marks::last_change(&mut tx, row.id).await?;
    let at = last.map_or(cx.now(), |last| cx.now().max(last + TimeDelta::microseconds(1)));
    let act = marks::Act {
        id: cx.app.entropy.uuid(cx.now()),
        slot: row.id,
        source: MarkSource::Own,
        by: actor.person_id,
        by_name: &actor.name,
        at,
        made_at: at,
        address: &cx.source,
        reason: "",
        undoes: None,
    };
    marks::write(&mut tx, &act, &[(place.id, Some(mark))]).await?;
    jobs::look_again(cx, &mut tx, row.delivery_id).await?;
    tx.commit().await?;
    cx.app.marked(row.id);
    Ok(())
}

/// What is to be written of who is signed in: asked again once nobody else can write.
async fn decided(
    cx: &Ctx,
    tx: &mut Tx,
    row: &DoorRow,
    way: Way,
    at: DateTime<Utc>,
) -> Result<Option<(PlaceRow, Mark)>, AppError> {
    let actor = cx.signed_in()?;
    if !marks::lock(tx, row.id, row.delivery_id).await? {
        return Err(AppError::NotFound);
    }
    let place = store::place(tx, row.id, row.delivery_id, actor.person_id).await?;
    let (Some(place), Ok((_, tolerance))) = (place, row.opened()) else { return Ok(None) };
    let stands = place.mark.mark();
    match verdict(row, way, tolerance, stands.as_ref(), at) {
        Ok(Verdict::Write(mark)) => Ok(Some((place, mark))),
        Ok(Verdict::Done) | Err(_) => Ok(None),
    }
}
