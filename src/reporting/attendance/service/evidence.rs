//! The bundle for auditors: everything that is on record of a delivery's attendance, with a list of
//! hashes, in one file. The same record gives the same files in the same order.

use super::{Wanted, grid_of, kept};
use crate::{
    common::{error::AppError, ids::DeliveryId},
    deliveries::model::DeliveryHead,
    i18n::{self, Locale},
    platform::{
        audit, blocking,
        context::Ctx,
        db::Handle,
        export::{self, Format, Sheet},
        text, zones,
    },
    reporting::{attendance::store, pages::attendance::paper},
};
use bytes::Bytes;
use chrono::{DateTime, Datelike, Timelike, Utc};
use futures::{StreamExt, stream::BoxStream};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{Seek, Write},
    sync::atomic::{AtomicU64, Ordering},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A finished bundle: a temporary file that is gone once it is closed.
#[derive(Debug)]
pub struct Bundle {
    /// Name to save it under.
    pub name: String,
    /// Its bytes, from the beginning.
    pub file: File,
    /// How many there are.
    pub size: u64,
}

/// A file of the bundle.
struct Part {
    /// Its name in the bundle.
    path: String,
    bytes: Source,
}

/// Where a part's bytes come from.
enum Source {
    /// Made from the record.
    Made(Sheet, Format),
    /// Words.
    Text(String),
    /// Kept in the object store (key and size), and never whole in memory.
    Stored(String, u64),
}

/// What the manifest says of a file.
#[derive(Serialize)]
struct Listed {
    path: String,
    bytes: u64,
    sha256: String,
}

/// What the manifest says.
#[derive(Serialize)]
struct Manifest<'a> {
    software: &'static str,
    version: &'static str,
    made_at: DateTime<Utc>,
    made_by: &'a str,
    delivery: DeliveryId,
    delivery_version: i64,
    title: &'a str,
    state: &'static str,
    last_change_of_marks: Option<DateTime<Utc>>,
    changes_of_marks: usize,
    half_days: usize,
    people: usize,
    files: Vec<Listed>,
}

/// The record as it was read, once, for all parts.
struct Record {
    parts: Vec<Part>,
    last_change: Option<DateTime<Utc>>,
    changes: usize,
    half_days: usize,
    people: usize,
}

/// Makes the bundle for who keeps the register, and notes that it was taken away.
pub async fn bundle(cx: &Ctx, delivery: &str, locale: Locale) -> Result<Bundle, AppError> {
    let actor = cx.signed_in()?;
    let now = cx.now();
    let mut reader = cx.read().await?;
    let head = kept(cx, &mut reader, delivery).await?;
    let record = read(cx, &mut reader, &head, locale).await?;
    drop(reader);
    let mut tx = cx.begin().await?;
    audit::note(cx, &mut tx, "take_evidence", "delivery", head.id).await?;
    tx.commit().await?;
    let file = temporary()?;
    let mut zip = Zip::new(file, now);
    let mut listed = Vec::new();
    for part in record.parts {
        let (path, bytes) = (part.path.clone(), part.bytes);
        let (next, sha256, size) = zip.add(cx, &path, bytes).await?;
        zip = next;
        listed.push(Listed { path, bytes: size, sha256 });
    }
    let sums: String = listed.iter().map(|file| format!("{}  {}\n", file.sha256, file.path)).collect();
    let manifest = Manifest {
        software: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        made_at: now,
        made_by: &actor.name,
        delivery: head.id,
        delivery_version: head.version,
        title: &head.title,
        state: head.state.code(),
        last_change_of_marks: record.last_change,
        changes_of_marks: record.changes,
        half_days: record.half_days,
        people: record.people,
        files: listed,
    };
    let manifest = serde_json::to_string_pretty(&manifest).map_err(|_| AppError::Internal)?;
    // The manifest is listed too, so that the list of hashes answers for everything but itself.
    let (next, sha256, _) = zip.add(cx, "manifest.json", Source::Text(manifest)).await?;
    let sums = format!("{sums}{sha256}  manifest.json\n");
    let (zip, ..) = next.add(cx, "MANIFEST.sha256", Source::Text(sums)).await?;
    let (file, size) = zip.finish()?;
    Ok(Bundle { name: format!("evidence-{}.zip", head.id), file, size })
}

/// Reads everything the bundle is made of: a fixed number of statements.
async fn read(cx: &Ctx, h: &mut impl Handle, head: &DeliveryHead, locale: Locale) -> Result<Record, AppError> {
    let now = cx.now();
    let slots = store::slots(h, head.id).await?;
    let people = store::people(h, head.id).await?;
    let agenda = store::agenda(h, head.id).await?;
    let steps = store::steps(h, head.id).await?;
    let outcomes = store::outcomes(h, head.id).await?;
    let history = store::history(h, head.id).await?;
    let last_change = history.last().map(|change| change.marked_at);
    let (changes, half_days, count) = (history.len(), slots.len(), people.len());
    let wanted = Wanted { part: "all".into(), ..Wanted::default() };
    let (grid, head_of) = (grid_of(cx, head.clone(), &slots, people.clone(), &wanted), head.clone());
    // Each mark there ever was becomes a line of text.
    let made = move || {
        let head = &head_of;
        let agenda = paper::agenda(head, &agenda, now);
        let participants = paper::participants(head, &people, &outcomes, now);
        let results = paper::outcomes(head, &people, &outcomes, now);
        let history = paper::history(head, &slots, &history, now);
        let steps = paper::steps(head, &steps, now);
        let register = paper::grid(&grid, now);
        let made = |path: &str, sheet: &Sheet, format| Part {
            path: path.to_owned(),
            bytes: Source::Made(sheet.clone(), format),
        };
        vec![
            made("agenda.csv", &agenda, Format::Csv),
            made("agenda.pdf", &agenda, Format::Pdf),
            made("history.csv", &history, Format::Csv),
            made("participants.csv", &participants, Format::Csv),
            made("register.csv", &register, Format::Csv),
            made("register.pdf", &register, Format::Pdf),
            made("results.csv", &results, Format::Csv),
            made("steps.csv", &steps, Format::Csv),
        ]
    };
    let parts = blocking::run(move || i18n::speaking(locale, made)).await?;
    let mut record = Record { parts, last_change, changes, half_days, people: count };
    record.parts.extend(certificates(h, head.id).await?);
    record.parts.extend(scans(h, head).await?);
    record.parts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(record)
}

/// The papers of the certificates that stand, as they were stored.
async fn certificates(h: &mut impl Handle, delivery: DeliveryId) -> Result<Vec<Part>, AppError> {
    let stored = store::papers(h, delivery).await?;
    Ok(stored
        .into_iter()
        .map(|(code, key, size)| Part {
            path: format!("certificates/{code}.pdf"),
            bytes: Source::Stored(key, u64::try_from(size).unwrap_or(0)),
        })
        .collect())
}

/// The scans of signed sheets, named by half-day; those withdrawn stand apart.
async fn scans(h: &mut impl Handle, head: &DeliveryHead) -> Result<Vec<Part>, AppError> {
    let rows = store::scans(h, head.id).await?;
    Ok(rows
        .into_iter()
        .enumerate()
        .map(|(n, row)| {
            let kind = row.media_type.rsplit('/').next().unwrap_or_default();
            let ending: String = kind.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
            let folder = if row.withdrawn_at.is_some() { "scans/withdrawn" } else { "scans" };
            let half_day = zones::local(row.starts_at, &head.time_zone).format("%Y-%m-%d-%H%M");
            Part {
                path: format!("{folder}/{half_day}-{:02}.{ending}", n + 1),
                bytes: Source::Stored(row.key, u64::try_from(row.size).unwrap_or(0)),
            }
        })
        .collect())
}

/// Bytes that are written at once.
const BATCH: usize = 1024 * 1024;

/// Numbers the temporary files of this process.
static MADE: AtomicU64 = AtomicU64::new(0);

/// A file that nobody else sees, gone once it is closed.
fn temporary() -> Result<File, AppError> {
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("magistra-{}-{number}.zip", std::process::id()));
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(|error| failed(&error))?;
    std::fs::remove_file(&path).map_err(|error| failed(&error))?;
    Ok(file)
}

fn failed(error: &dyn std::fmt::Display) -> AppError {
    tracing::error!(%error, "a bundle of evidence could not be written");
    AppError::Internal
}

/// The file on its way; every entry carries the one time at which the bundle was made.
struct Zip {
    writer: ZipWriter<File>,
    options: SimpleFileOptions,
}

impl Zip {
    fn new(file: File, now: DateTime<Utc>) -> Self {
        let time = moment(now).unwrap_or_default();
        let options = SimpleFileOptions::default().last_modified_time(time).unix_permissions(0o644);
        Self { writer: ZipWriter::new(file), options }
    }

    /// Adds a file; gives back its hash and its size.
    async fn add(mut self, cx: &Ctx, path: &str, from: Source) -> Result<(Self, String, u64), AppError> {
        if let Source::Stored(key, size) = from {
            let stream = cx.app.files.read(&key, 0..size).await?;
            return self.pour(path, stream).await;
        }
        let path = path.to_owned();
        // Setting and pressing take long: not on a thread that answers requests.
        let added = cx.set_paper(move || {
            let bytes = match from {
                Source::Made(sheet, format) => export::make(&sheet, format)?,
                Source::Text(text) => text.into_bytes(),
                Source::Stored(..) => Vec::new(),
            };
            let options = self.options.compression_method(CompressionMethod::Deflated);
            self.writer.start_file(path, options).map_err(|error| failed(&error))?;
            self.writer.write_all(&bytes).map_err(|error| failed(&error))?;
            Ok((self, text::hex(Sha256::digest(&bytes)), bytes.len() as u64))
        });
        added.await?
    }

    /// Adds what comes in pieces; pictures and papers are pressed already.
    async fn pour(
        self,
        path: &str,
        mut stream: BoxStream<'static, object_store::Result<Bytes>>,
    ) -> Result<(Self, String, u64), AppError> {
        let options = self.options.compression_method(CompressionMethod::Stored).large_file(true);
        let mut zip = self;
        zip.writer.start_file(path, options).map_err(|error| failed(&error))?;
        let (mut hash, mut size, mut batch) = (Sha256::new(), 0, Vec::new());
        loop {
            let piece = stream.next().await.transpose().map_err(|error| failed(&error))?;
            batch.extend_from_slice(piece.as_deref().unwrap_or_default());
            if batch.len() < BATCH && piece.is_some() {
                continue;
            }
            // Disks and hashes take their time: not on a thread that answers requests.
            let whole = std::mem::take(&mut batch);
            size += whole.len() as u64;
            (zip, hash) = blocking::run(move || {
                zip.writer.write_all(&whole).map_err(|error| failed(&error))?;
                hash.update(&whole);
                Ok::<_, AppError>((zip, hash))
            })
            .await??;
            if piece.is_none() {
                return Ok((zip, text::hex(hash.finalize()), size));
            }
        }
    }

    fn finish(self) -> Result<(File, u64), AppError> {
        let mut file = self.writer.finish().map_err(|error| failed(&error))?;
        let size = file.stream_position().map_err(|error| failed(&error))?;
        file.rewind().map_err(|error| failed(&error))?;
        Ok((file, size))
    }
}

/// The time as zip files keep it: to two seconds, from 1980 on.
fn moment(now: DateTime<Utc>) -> Option<zip::DateTime> {
    let part = |n: u32| u8::try_from(n).ok();
    let year = u16::try_from(now.year()).ok()?;
    zip::DateTime::from_date_and_time(
        year,
        part(now.month())?,
        part(now.day())?,
        part(now.hour())?,
        part(now.minute())?,
        part(now.second())?,
    )
    .ok()
}
