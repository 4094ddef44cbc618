//! From where one may check in by oneself: setting it, and asking it at the door.

use super::{
    api::Limited,
    limits::{self, Barred, Limits, Position},
    store::{self, DoorRow},
};
use crate::{
    attendance::{
        model::{ids, writable},
        service::desk,
    },
    common::{
        error::{AppError, Refusal},
        forms::{Done, Flash},
    },
    platform::{audit, context::Ctx},
};

impl DoorRow {
    pub(super) fn limits(&self) -> Limits {
        let place = self.latitude.zip(self.longitude).zip(self.radius);
        let place = place.map(|((latitude, longitude), radius)| (latitude, longitude, radius));
        Limits::read(self.networks.as_deref().unwrap_or_default(), place)
    }
}

/// As it is typed.
pub(super) fn shown(limits: &Limits) -> Limited {
    let (point, radius) = limits.place.map_or((None, limits::USUAL_RADIUS), |(point, radius)| (Some(point), radius));
    let (latitude, longitude) = point.map(limits::Point::degrees).unwrap_or_default();
    let networks = limits.networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    Limited { networks, latitude, longitude, radius }
}

/// From where people may check in by themselves, for all half-days of the delivery.
pub async fn set_limits(
    cx: &Ctx,
    (delivery, slot): (&str, &str),
    networks: &str,
    (latitude, longitude, radius): (&str, &str, &str),
) -> Result<Done, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let mut tx = cx.begin().await?;
    let (head, keeper) = desk(cx, &mut tx, delivery).await?;
    let row = store::door(&mut tx, slot).await?.filter(|row| row.delivery_id == delivery).ok_or(AppError::NotFound)?;
    if writable(head.state, keeper)? {
        return Err(Refusal::Over.into());
    }
    let limits = Limits::parse(networks, latitude, longitude, radius).map_err(AppError::Invalid)?;
    store::limit(&mut tx, delivery, &limits).await?;
    let (before, after) = (shown(&row.limits()), shown(&limits));
    audit::record(cx, &mut tx, "limit_check_in", "delivery", delivery, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    Ok(Done::at(format!("/deliveries/{delivery}/register/{slot}/door"), Flash::Saved))
}

/// Whether one may check in from here; what only the page can say is left to it.
pub(super) fn admitted(cx: &Ctx, row: &DoorRow, position: Option<Position>) -> Result<bool, Refusal> {
    match row.limits().admit(&cx.source, position) {
        Ok(()) => Ok(true),
        Err(Barred::Network) => Ok(false),
        Err(Barred::Unplaced) => Err(Refusal::Unplaced),
        Err(Barred::Far) => Err(Refusal::TooFar),
    }
}
