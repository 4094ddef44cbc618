//! Making badges, and what stands on them.

use super::{
    api::{BadgeLine, Badges, KioskLine, MyBadge},
    model::{self, Long, PseudonymForm, Short},
    store::{self, BadgeRow, BearerRow, NewBadge},
};
use crate::{
    attendance::{
        kiosk::store as kiosks,
        model::{field_of, place_of, writable},
        pages::papers,
        service::{called, desk},
        sheets::service::badges_in_order as in_order,
    },
    common::{
        clean,
        error::{AppError, Refusal},
        forms::{Done, Fault, Flash},
        ids::{DeliveryId, EnrolmentId},
    },
    people::{
        accounts::model::browser_name,
        rights::{Record, Right, may},
    },
    platform::{audit, context::Ctx, db::Tx, pdf, text, zones},
};
use std::collections::BTreeMap;

fn path(delivery: DeliveryId) -> String {
    format!("/deliveries/{delivery}/badges")
}

fn id(delivery: &str) -> Result<DeliveryId, AppError> {
    delivery.parse().map_err(|_| AppError::NotFound)
}

/// What stands on a badge and on a kiosk's screen.
fn shown(given: &str, family: &str, pseudonym: Option<&str>, instead: bool) -> String {
    match pseudonym {
        Some(name) if instead => name.to_owned(),
        _ => format!("{given} {family}").trim().to_owned(),
    }
}

impl BadgeRow {
    /// The name, or what stands instead of it.
    pub fn shown(&self) -> String {
        shown(&self.given_name, &self.family_name, self.pseudonym.as_deref(), self.instead)
    }

    /// Whether the workplace may stand beside it.
    pub fn anonymous(&self) -> bool {
        self.instead && self.pseudonym.is_some()
    }
}

impl BearerRow {
    /// The name, or what stands instead of it.
    pub fn shown(&self) -> String {
        shown(&self.given_name, &self.family_name, self.pseudonym.as_deref(), self.instead)
    }
}

/// The badges of a delivery. Four statements.
pub async fn badges(cx: &Ctx, delivery: &str) -> Result<Badges, AppError> {
    cx.signed_in()?;
    let delivery = id(delivery)?;
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, delivery).await?;
    let mut rows = store::list(&mut reader, delivery).await?;
    let open = kiosks::open_at(&mut reader, delivery, cx.now()).await?;
    in_order(&mut rows);
    let zone = head.time_zone.clone();
    Ok(Badges {
        may_manage: may(cx.actor.as_ref(), Right::ManageDelivery, Record::of(head.host_id)),
        open: writable(head.state, keeper) == Ok(false),
        instead: rows.iter().any(|row| row.instead),
        planned: rows.iter().any(|row| row.planned),
        lines: rows
            .into_iter()
            .map(|row| BadgeLine {
                id: row.id,
                name: called(&row.family_name, &row.given_name),
                workplace: row.workplace,
                pseudonym: row.pseudonym.unwrap_or_default(),
                short: row.short.as_deref().and_then(Short::parse).map(|code| code.to_string()),
                made: row.made_at.map(|at| zones::local(at, &zone)),
            })
            .collect(),
        kiosks: open
            .into_iter()
            .map(|row| KioskLine {
                id: row.id,
                by: row.created_by_name,
                since: zones::local(row.created_at, &zone),
                until: zones::local(row.expires_at, &zone),
                browser: browser_name(&row.browser),
            })
            .collect(),
        head,
    })
}

async fn give(cx: &Ctx, tx: &mut Tx, places: &[EnrolmentId]) -> Result<(), AppError> {
    let new = |place: &EnrolmentId| NewBadge {
        id: cx.app.id(),
        place: *place,
        token: Long::from_entropy(cx.app.entropy.bytes()).plain(),
        short: Short::from_entropy(cx.app.entropy.bytes()).plain(),
    };
    let new: Vec<NewBadge> = places.iter().map(new).collect();
    Ok(store::add(tx, &new, cx.now()).await?)
}

/// Makes a badge for everybody who has none.
pub async fn make(cx: &Ctx, delivery: &str) -> Result<Done, AppError> {
    cx.signed_in()?;
    let delivery = id(delivery)?;
    let mut tx = cx.begin().await?;
    desk(cx, &mut tx, delivery).await?;
    // What is read from here on stays so.
    store::lock(&mut tx, delivery).await?;
    let without: Vec<EnrolmentId> =
        store::list(&mut tx, delivery).await?.iter().filter(|row| row.token.is_none()).map(|row| row.id).collect();
    give(cx, &mut tx, &without).await?;
    if !without.is_empty() {
        audit::record(cx, &mut tx, "make_badges", "delivery", delivery, None, Some(&without.len())).await?;
    }
    tx.commit().await?;
    Ok(Done::at(path(delivery), Flash::Created))
}

/// Gives somebody a new badge; the one before is worth nothing from now on.
pub async fn renew(cx: &Ctx, delivery: &str, place: &str) -> Result<Done, AppError> {
    cx.signed_in()?;
    let delivery = id(delivery)?;
    let place: EnrolmentId = place.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    desk(cx, &mut tx, delivery).await?;
    store::lock(&mut tx, delivery).await?;
    if !store::list(&mut tx, delivery).await?.iter().any(|row| row.id == place) {
        return Err(AppError::NotFound);
    }
    store::revoke(&mut tx, place, cx.now()).await?;
    give(cx, &mut tx, &[place]).await?;
    audit::note(cx, &mut tx, "renew_badge", "enrolment", place).await?;
    tx.commit().await?;
    Ok(Done::at(path(delivery), Flash::Created))
}

/// Saves what people are called where their names must not stand; numbers those who have nothing, where
/// that was asked for.
pub async fn save_pseudonyms(cx: &Ctx, form: &PseudonymForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let delivery = id(&form.delivery)?;
    let mut tx = cx.begin().await?;
    desk(cx, &mut tx, delivery).await?;
    store::lock(&mut tx, delivery).await?;
    let mut rows = store::list(&mut tx, delivery).await?;
    in_order(&mut rows);
    let places: Vec<EnrolmentId> = rows.iter().map(|row| row.id).collect();
    let stands: BTreeMap<EnrolmentId, String> =
        rows.iter().filter_map(|row| Some((row.id, row.pseudonym.clone()?))).collect();
    // Whoever came onto the list since the form was made keeps what they have.
    let mut given = stands.clone();
    for (key, name) in &form.names {
        let place = place_of(key)?;
        if !places.contains(&place) {
            return Err(AppError::NotFound);
        }
        given.insert(place, clean::line(name));
    }
    if form.act == "number" {
        model::numbered(&places, &mut given);
    }
    given.retain(|_, name| !name.is_empty());
    let faults = model::faults(&given, text::fold);
    if !faults.is_empty() {
        let faults = faults.into_iter().map(|(place, kind)| Fault::new(&field_of("names", place), kind));
        return Err(AppError::Invalid(faults.collect()));
    }
    if given != stands {
        let names: Vec<_> = given.iter().map(|(place, name)| (*place, name.as_str(), text::fold(name))).collect();
        store::set_pseudonyms(&mut tx, delivery, &names).await?;
    }
    let instead = form.instead == "true";
    store::set_instead(&mut tx, delivery, instead).await?;
    let was = (rows.iter().any(|row| row.instead), stands);
    audit::record(cx, &mut tx, "set_pseudonyms", "delivery", delivery, Some(&was), Some(&(instead, given))).await?;
    tx.commit().await?;
    Ok(Done::at(path(delivery), Flash::Saved))
}

/// The sheets to cut badges from: everybody who has one. That they were taken is noted.
pub async fn paper(cx: &Ctx, delivery: &str) -> Result<Vec<u8>, AppError> {
    cx.signed_in()?;
    let delivery = id(delivery)?;
    let mut tx = cx.begin().await?;
    let (head, _) = desk(cx, &mut tx, delivery).await?;
    let mut rows = store::list(&mut tx, delivery).await?;
    rows.retain(|row| row.token.is_some());
    if rows.is_empty() {
        return Err(AppError::NotFound);
    }
    in_order(&mut rows);
    audit::record(cx, &mut tx, "print_badges", "delivery", delivery, None, Some(&rows.len())).await?;
    tx.commit().await?;
    let at = rows.iter().filter_map(|row| row.made_at).max().unwrap_or_else(|| cx.now());
    cx.set_paper(move || pdf::badges(&papers::badges(&head, &rows, at))).await?.map_err(|error| unset(&error, delivery))
}

/// A paper that typst refused: said in the log, and to the reader where a name is the cause.
pub(in crate::attendance) fn unset(error: &pdf::PdfError, delivery: DeliveryId) -> AppError {
    tracing::error!(%error, %delivery, "a paper could not be set");
    match error {
        pdf::PdfError::TooLong | pdf::PdfError::Unprintable(_) => Refusal::WrongState.into(),
        _ => AppError::Internal,
    }
}

/// The reader's own badges, in deliveries that are not over.
pub async fn mine(cx: &Ctx) -> Result<Vec<MyBadge>, AppError> {
    let actor = cx.signed_in()?;
    let rows = store::own(&mut cx.read().await?, actor.person_id, cx.now().date_naive()).await?;
    Ok(rows
        .into_iter()
        .map(|(title, token, short)| MyBadge {
            title,
            qr: pdf::qr_svg(&token),
            short: Short::parse(&short).map_or(short, |code| code.to_string()),
        })
        .collect())
}
