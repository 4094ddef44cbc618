//! Check-in: the screen at the door, and those who go through it.

use super::{
    allowed::{admitted, shown},
    api::{Arriving, Code, Door, Said, Where},
    codes,
    limits::{Barred, Position, network_of},
    model::{self, Hurdle, OPENS_BEFORE, TOLERANCE_MAX, USUAL_TOLERANCE, Way},
    store::{self, DoorRow},
};
use crate::{
    attendance::{
        badges::{model::Read, store as badges},
        model::{Hours, Keeper, Mark, MarkSource, ids, writable},
        service::desk,
        store as marks,
    },
    common::{
        error::{AppError, Refusal},
        forms::{Done, FaultKind},
        ids::{PersonId, SlotId},
    },
    people::accounts::{
        attempt_model::Counted,
        attempts::{self, Count},
    },
    platform::{
        audit,
        context::Ctx,
        db::{Handle, Tx},
        http::guard::network,
        jobs, pdf, zones,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

impl DoorRow {
    fn hours(&self) -> Hours {
        Hours { starts_at: self.starts_at, ends_at: self.ends_at }
    }

    /// Its length in minutes.
    pub(in crate::attendance) fn whole(&self) -> i64 {
        self.hours().minutes()
    }

    /// As people are told.
    pub(in crate::attendance) fn at(&self) -> Where {
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
    let (total, inside, unrecorded) = store::count(&mut reader, delivery, slot).await?;
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
        limits: shown(&row.limits()),
        own_network: network_of(&cx.source).unwrap_or_default(),
        unrecorded,
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
pub(in crate::attendance) enum Verdict {
    /// A mark is to be written.
    Write(Mark),
    /// Nothing is left to do.
    Done,
}

/// Decides about somebody at the door.
pub(in crate::attendance) fn verdict(
    row: &DoorRow,
    way: Way,
    tolerance: i64,
    stands: Option<&Mark>,
    at: DateTime<Utc>,
) -> Result<Verdict, Hurdle> {
    match way {
        Way::In if model::inside(stands) => Ok(Verdict::Done),
        Way::In => model::arrival(row.hours(), tolerance, at).map(Verdict::Write),
        Way::Out if left(stands) => Ok(Verdict::Done),
        Way::Out => {
            model::departure(row.hours(), tolerance, stands, at).map(|mark| mark.map_or(Verdict::Done, Verdict::Write))
        }
    }
}

/// What somebody sees who has scanned a code. Nothing is written: that is for [`arrive`], which
/// takes the ticket that is given here.
pub async fn arriving(
    cx: &Ctx,
    slot: &str,
    way: &str,
    scanned: &str,
    ticket: &str,
    receipt: &str,
) -> Result<Arriving, AppError> {
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
        place: false,
    };
    match row.limits().admit(&cx.source, None) {
        Err(Barred::Network) if page.ticket.is_ok() => page.ticket = Err(Hurdle::WrongNetwork),
        Err(Barred::Unplaced | Barred::Far) => page.place = true,
        _ => {}
    }
    let Some(actor) = &cx.actor else {
        // Who came by a badge bears a receipt that says whose.
        let place = row.secret.as_deref().and_then(|secret| codes::receipt_of(secret, way, receipt));
        if let Some(place) = place
            && let Some(mark) = store::mark_of(&mut reader, slot, place).await?
        {
            page.said = said(&mark, &row.time_zone);
            page.done = page.said.is_some();
        }
        return Ok(page);
    };
    let Some(place) = store::place(&mut reader, slot, row.delivery_id, actor.person_id).await? else {
        page.ticket = Err(Hurdle::WrongGroup);
        page.elsewhere = expected(&mut reader, actor.person_id, now).await?;
        return Ok(page);
    };
    let stands = place.mark.mark();
    page.said = said(&place.mark, &row.time_zone);
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

fn said(row: &marks::MarkRow, zone: &str) -> Option<Said> {
    let (mark, at) = row.mark().zip(row.marked_at)?;
    Some(Said { state: mark.state, minutes: mark.minutes, since: zones::local(at, zone) })
}

fn left(mark: Option<&Mark>) -> bool {
    mark.is_some_and(|mark| mark.state == crate::attendance::model::MarkState::LeftEarly)
}

/// Marks who is signed in and bears a ticket.
pub async fn arrive(
    cx: &Ctx,
    slot: &str,
    way: &str,
    ticket: &str,
    position: Option<Position>,
) -> Result<Done, AppError> {
    cx.signed_in()?;
    let slot: SlotId = slot.parse().map_err(|_| AppError::NotFound)?;
    let way = way_of(way);
    let row = store::door(&mut cx.read().await?, slot).await?.ok_or(AppError::NotFound)?;
    let at = row.opened().ok().and_then(|(secret, _)| codes::scanned_at(secret, way, ticket, cx.now()));
    if let Some(at) = at
        && admitted(cx, &row, position)?
    {
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
    let guesses = Count::of(Counted::Digits, &[&actor.person_id.to_string()]);
    attempts::check(cx, std::slice::from_ref(&guesses)).await?;
    let now = cx.now();
    let before = now + TimeDelta::minutes(OPENS_BEFORE);
    let mut reader = cx.read().await?;
    let doors = store::own_doors(&mut reader, actor.person_id, now, before).await?;
    let found = doors.iter().find_map(|(slot, secret)| {
        let way = Way::ALL.iter().find(|way| codes::is_short(secret, **way, &digits, now))?;
        Some((*slot, *way))
    });
    let Some((slot, way)) = found else {
        drop(reader);
        attempts::failed(cx, &guesses).await?;
        return Err(Refusal::WrongDigits.into());
    };
    let row = store::door(&mut reader, slot).await?.ok_or(AppError::NotFound)?;
    drop(reader);
    let Ok((secret, _)) = row.opened() else { return Err(Refusal::WrongDigits.into()) };
    let ticket = codes::ticket(secret, way, now);
    // Where a place must be shown, the page that the ticket leads to asks for it.
    if row.limits().admit(&cx.source, None).is_ok() {
        pass(cx, &row, way, now).await?;
    }
    Ok(Done::quietly(path_with(slot, way, &ticket)))
}

/// Writes the mark of who is signed in, if one is to be written. The page says what came of it.
async fn pass(cx: &Ctx, row: &DoorRow, way: Way, at: DateTime<Utc>) -> Result<(), AppError> {
    let actor = cx.signed_in()?;
    let Ok((_, tolerance)) = row.opened() else { return Ok(()) };
    let passage = Passage {
        row,
        way,
        at,
        tolerance,
        who: actor.person_id,
        source: MarkSource::Own,
        by: actor.person_id,
        by_name: &actor.name,
    };
    go_through(cx, &passage).await.map(|_| ())
}

/// Marks the bearer of a badge who has scanned the code on the wall and has no account, or is not signed in.
pub async fn arrive_by_badge(
    cx: &Ctx,
    slot: &str,
    way: &str,
    ticket: &str,
    badge: &str,
    position: Option<Position>,
) -> Result<Done, AppError> {
    let slot: SlotId = slot.parse().map_err(|_| AppError::NotFound)?;
    let way = way_of(way);
    let row = store::door(&mut cx.read().await?, slot).await?.ok_or(AppError::NotFound)?;
    let back = path_with(slot, way, ticket);
    let Ok((secret, tolerance)) = row.opened() else { return Ok(Done::quietly(back)) };
    // Only who is in the room can try badges at all.
    let Some(at) = codes::scanned_at(secret, way, ticket, cx.now()) else { return Ok(Done::quietly(back)) };
    if !admitted(cx, &row, position)? {
        return Ok(Done::quietly(back));
    }
    if badge.trim().is_empty() {
        return Err(AppError::field("badge", FaultKind::Required));
    }
    // By who is signed in, else by the network: nobody uses up the tries of another.
    let who = cx.actor.as_ref().map_or_else(|| network(&cx.source), |actor| actor.person_id.to_string());
    cx.app.limits.badge(&format!("{slot} {who}"))?;
    let unknown = || AppError::from(Refusal::UnknownBadge);
    let bearer = match Read::parse(badge) {
        Some(read) => badges::find(&mut cx.read().await?, &read.stored()).await?,
        None => None,
    };
    let bearer = bearer.filter(|bearer| bearer.revoked_at.is_none() && bearer.delivery_id == row.delivery_id);
    let Some(bearer) = bearer else {
        cx.app.limits.check(&format!("badges from {who}"))?;
        return Err(unknown());
    };
    let name = format!("{} {}", bearer.given_name, bearer.family_name);
    let passage = Passage {
        row: &row,
        way,
        at,
        tolerance,
        who: bearer.person_id,
        source: MarkSource::Own,
        by: bearer.person_id,
        by_name: name.trim(),
    };
    if matches!(go_through(cx, &passage).await?, Passed::Nowhere) {
        return Err(unknown());
    }
    let receipt = codes::receipt(secret, way, bearer.enrolment_id);
    Ok(Done::quietly(format!("{back}&r={receipt}")))
}

/// Somebody who goes through a door, and who answers for the mark.
pub(in crate::attendance) struct Passage<'a> {
    /// The half-day.
    pub row: &'a DoorRow,
    /// Which way.
    pub way: Way,
    /// When they did.
    pub at: DateTime<Utc>,
    /// Minutes that cost nobody anything.
    pub tolerance: i64,
    /// Who goes.
    pub who: PersonId,
    /// How it is known.
    pub source: MarkSource,
    /// Who answers for the mark.
    pub by: PersonId,
    /// Who answers for it, by name.
    pub by_name: &'a str,
}

impl Passage<'_> {
    /// The action that writes it.
    pub fn act<'a>(&'a self, cx: &'a Ctx, id: Uuid, at: DateTime<Utc>, made_at: DateTime<Utc>) -> marks::Act<'a> {
        marks::Act {
            id,
            slot: self.row.id,
            source: self.source,
            by: self.by,
            by_name: self.by_name,
            at,
            made_at,
            address: &cx.source,
            reason: "",
            undoes: None,
        }
    }
}

/// What became of somebody at a door.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::attendance) enum Passed {
    /// This was written.
    Marked(Mark),
    /// Nothing was left to do: this stands since then.
    Stands(Mark, DateTime<Utc>),
    /// This was written, but what somebody else has marked meanwhile stands.
    Outweighed,
    /// Nothing is written, and why.
    Hindered(Hurdle),
    /// They hold no place here.
    Nowhere,
}

/// Lets somebody through: decided under the half-day's lock, once nobody else can write, and written.
pub(in crate::attendance) async fn go_through(cx: &Ctx, passage: &Passage<'_>) -> Result<Passed, AppError> {
    let row = passage.row;
    let mut tx = cx.begin().await?;
    if !marks::lock(&mut tx, row.id, row.delivery_id).await? {
        return Err(AppError::NotFound);
    }
    let Some(place) = store::place(&mut tx, row.id, row.delivery_id, passage.who).await? else {
        return Ok(Passed::Nowhere);
    };
    write_through(cx, tx, passage, &place, cx.app.entropy.uuid(cx.now()), None).await
}

/// The end of [`go_through`], under the half-day's lock: decided by what stands of a place, and written as an
/// action of this id, made at this time if not now.
pub(in crate::attendance) async fn write_through(
    cx: &Ctx,
    mut tx: Tx,
    passage: &Passage<'_>,
    place: &store::PlaceRow,
    id: Uuid,
    made_at: Option<DateTime<Utc>>,
) -> Result<Passed, AppError> {
    let row = passage.row;
    let stands = place.mark.mark();
    let mark = match verdict(row, passage.way, passage.tolerance, stands.as_ref(), passage.at) {
        Ok(Verdict::Write(mark)) => mark,
        Ok(Verdict::Done) => {
            return Ok(match (stands, place.mark.marked_at) {
                (Some(mark), Some(since)) => Passed::Stands(mark, since),
                _ => Passed::Hindered(Hurdle::NotIn),
            });
        }
        Err(hurdle) => return Ok(Passed::Hindered(hurdle)),
    };
    // The history must keep its order even where the clock stands still or goes back.
    let last = marks::last_change(&mut tx, row.id).await?;
    let at = last.map_or(cx.now(), |last| cx.now().max(last + TimeDelta::microseconds(1)));
    let act = passage.act(cx, id, at, made_at.unwrap_or(at));
    marks::write(&mut tx, &act, &[(place.id, Some(mark.clone()))]).await?;
    jobs::look_again(cx, &mut tx, row.delivery_id).await?;
    tx.commit().await?;
    cx.app.marked(row.id);
    Ok(Passed::Marked(mark))
}

/// Where somebody who stands at the wrong door is expected, now or in the next hours.
pub(in crate::attendance) async fn expected(
    h: &mut impl Handle,
    who: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<Where>, AppError> {
    let next = store::next(h, who, now, now + TimeDelta::hours(12)).await?;
    Ok(next.map(|next| Where {
        slot: next.id,
        starts: zones::local(next.starts_at, &next.time_zone),
        ends: zones::local(next.ends_at, &next.time_zone),
        title: next.title,
        room: next.room,
        place: next.place,
    }))
}
