//! Keying what was signed, and the scans that prove it.

use super::{
    api::{Paper, PaperLine, ScanLine},
    model::{PaperForm, keyed},
    store::{self, PaperRow, ScanRow},
};
use crate::{
    attendance::{
        model::{Hours, MarkSource, NOTE_MAX, ids, place_of, writable},
        service::{Entry, called, desk, enter},
        store as marks,
    },
    common::{
        error::{AppError, Refusal},
        forms::{Checks, Done, Fault, FaultKind, Flash},
        ids::{DeliveryId, FileId, ScanId, SlotId},
    },
    platform::{
        audit,
        context::Ctx,
        files::Arrived,
        store::{self as platform, FileRow},
        text, zones,
    },
};
use std::collections::{BTreeSet, HashMap};

/// The largest scan, in MiB: some dozens of pages.
pub const SCAN_MAX_MIB: u64 = 25;

impl PaperRow {
    fn anonymous(&self) -> bool {
        self.instead && self.pseudonym.is_some()
    }

    fn shown(&self) -> String {
        match &self.pseudonym {
            Some(name) if self.instead => name.clone(),
            _ => called(&self.family_name, &self.given_name),
        }
    }
}

fn path(delivery: DeliveryId, slot: SlotId) -> String {
    format!("/deliveries/{delivery}/register/{slot}/paper")
}

/// A half-day's paper. Four statements.
pub async fn paper(cx: &Ctx, delivery: &str, slot: &str) -> Result<Paper, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let mut reader = cx.read().await?;
    let (head, keeper) = desk(cx, &mut reader, delivery).await?;
    let scans = store::scans(&mut reader, slot, delivery).await?;
    let starts_at = scans.first().ok_or(AppError::NotFound)?.starts_at;
    let mut rows = store::rows(&mut reader, delivery, slot).await?;
    rows.sort_by_cached_key(|row| (text::fold(&row.family_name), text::fold(&row.given_name), row.id));
    let zone = head.time_zone.as_str();
    Ok(Paper {
        delivery,
        slot,
        starts: zones::local(starts_at, zone),
        writable: writable(head.state, keeper),
        lines: rows
            .into_iter()
            .map(|row| PaperLine {
                id: row.id,
                name: row.shown(),
                state: row.mark.mark().map(|mark| mark.state),
                workplace: if row.anonymous() { String::new() } else { row.workplace },
            })
            .collect(),
        scans: scans.into_iter().filter_map(|scan| line(scan, zone)).collect(),
        max_mib: SCAN_MAX_MIB.min(cx.app.settings.max_upload_mib),
        action: cx.app.entropy.uuid(cx.now()),
        title: head.title,
    })
}

fn line(scan: ScanRow, zone: &str) -> Option<ScanLine> {
    let (by, why) = (scan.withdrawn_by_name.unwrap_or_default(), scan.withdrawn_reason.unwrap_or_default());
    Some(ScanLine {
        id: scan.id?,
        name: scan.name?,
        size: scan.size?,
        sha256: scan.sha256?,
        by: scan.added_by_name?,
        at: zones::local(scan.added_at?, zone),
        withdrawn: scan.withdrawn_at.map(|at| (by, zones::local(at, zone), why)),
    })
}

/// Saves what was keyed. Where a mark stands that says otherwise, nothing is written until that is confirmed.
pub async fn key(cx: &Ctx, form: &PaperForm) -> Result<Done, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(&form.delivery, &form.slot)?;
    let id = form.id.parse().map_err(|_| AppError::field("", FaultKind::Malformed))?;
    let mut signed = BTreeSet::new();
    for (key, value) in &form.signed {
        let place = place_of(key)?;
        if value == "true" {
            signed.insert(place);
        }
    }
    let mut tx = cx.begin().await?;
    desk(cx, &mut tx, delivery).await?;
    // What is compared from here on stays so.
    if !marks::lock(&mut tx, slot, delivery).await? {
        return Err(AppError::NotFound);
    }
    let half_day = marks::slot(&mut tx, slot, delivery).await?.ok_or(AppError::NotFound)?;
    let rows = store::rows(&mut tx, delivery, slot).await?;
    let names: HashMap<_, _> = rows.iter().map(|row| (row.id, row.shown())).collect();
    if signed.iter().any(|place| !names.contains_key(place)) {
        return Err(AppError::NotFound);
    }
    let stands: Vec<_> = rows.iter().map(|row| (row.id, row.mark.mark())).collect();
    let hours = Hours { starts_at: half_day.starts_at, ends_at: half_day.ends_at };
    let keyed = keyed(&stands, &signed, form.absent == "true", hours.minutes());
    if !keyed.replaced.is_empty() && form.sure != "true" {
        let mut faults: Vec<Fault> = keyed
            .replaced
            .iter()
            .map(|(place, stands, paper)| {
                let kind = FaultKind::MarkStands {
                    name: names.get(place).cloned().unwrap_or_default(),
                    stands: stands.code().to_owned(),
                    paper: paper.code().to_owned(),
                };
                Fault::new("", kind)
            })
            .collect();
        faults.push(Fault::new("sure", FaultKind::Required));
        return Err(AppError::Invalid(faults));
    }
    let entry = Entry { id, delivery, slot, source: MarkSource::Paper, reason: &form.reason };
    enter(cx, &mut tx, &entry, &keyed.changes).await?;
    tx.commit().await?;
    cx.app.marked(slot);
    Ok(Done::at(path(delivery, slot), Flash::Marked))
}

/// Whether who asks may add a scan to a half-day.
pub async fn may_scan(cx: &Ctx, delivery: &str, slot: &str) -> Result<(DeliveryId, SlotId), AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let mut reader = cx.read().await?;
    desk(cx, &mut reader, delivery).await?;
    marks::slot(&mut reader, slot, delivery).await?.ok_or(AppError::NotFound)?;
    Ok((delivery, slot))
}

/// Adds a scan whose bytes are stored: the file's record and the scan's in one transaction.
pub async fn add_scan(
    cx: &Ctx,
    (delivery, slot): (DeliveryId, SlotId),
    file: FileId,
    arrived: Arrived,
) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    if !["application/pdf", "image/png", "image/jpeg"].contains(&arrived.media_type) {
        return Err(Refusal::FileKind.into());
    }
    let row = FileRow {
        id: file,
        key: arrived.key,
        name: arrived.name,
        media_type: arrived.media_type.to_owned(),
        size: arrived.size,
        sha256: arrived.sha256,
    };
    let mut tx = cx.begin().await?;
    desk(cx, &mut tx, delivery).await?;
    let id: ScanId = cx.app.id();
    platform::add_file(&mut tx, &row, Some(actor.person_id), cx.now()).await?;
    store::add_scan(&mut tx, id, slot, file, actor.person_id, &actor.name, cx.now()).await?;
    audit::record(cx, &mut tx, "add_scan", "slot", slot, None, Some(&row)).await?;
    tx.commit().await?;
    Ok(Done::at(path(delivery, slot), Flash::Uploaded))
}

/// The file of a scan, for who keeps the register. That it was opened is noted.
pub async fn open_scan(cx: &Ctx, delivery: &str, slot: &str, scan: &str) -> Result<FileRow, AppError> {
    cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let scan: ScanId = scan.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    desk(cx, &mut tx, delivery).await?;
    let file = store::scan_file(&mut tx, scan, slot, delivery).await?.ok_or(AppError::NotFound)?;
    let row = platform::file(&mut tx, file).await?.ok_or(AppError::NotFound)?;
    audit::note(cx, &mut tx, "open_scan", "scan", scan).await?;
    tx.commit().await?;
    Ok(row)
}

/// Withdraws a scan; it stays in the list, with the reason.
pub async fn withdraw(cx: &Ctx, delivery: &str, slot: &str, scan: &str, reason: &str) -> Result<Done, AppError> {
    let actor = cx.signed_in()?;
    let (delivery, slot) = ids(delivery, slot)?;
    let scan: ScanId = scan.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = cx.begin().await?;
    desk(cx, &mut tx, delivery).await?;
    store::scan_file(&mut tx, scan, slot, delivery).await?.ok_or(AppError::NotFound)?;
    let mut checks = Checks::default();
    let reason = checks.required_line("reason", reason, NOTE_MAX);
    checks.finish(())?;
    if !store::withdraw(&mut tx, scan, slot, &actor.name, cx.now(), &reason).await? {
        return Err(Refusal::AlreadySent.into());
    }
    audit::record(cx, &mut tx, "withdraw_scan", "scan", scan, None, Some(&reason)).await?;
    tx.commit().await?;
    Ok(Done::at(path(delivery, slot), Flash::Withdrawn))
}
