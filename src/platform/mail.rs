//! Mail, always through the job table. Without a mail server a letter becomes an .eml file.
//!
//! A letter gets its Message-ID (RFC 5322, 3.6.4) and its date when it is written and keeps them through every try,
//! so that a reader who gets it twice can tell. Letters that a job writes have ids made from that of the job: when
//! the job runs again, it finds that they exist.

pub mod smtp;

use super::{
    context::{App, Ctx},
    db::{DbError, Tx},
    jobs, private, text,
};
use crate::common::{clean, error::AppError, ids::JobId};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use lettre::{
    Message,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The kind of job that sends a letter.
pub const JOB: &str = "mail";

/// A letter in plain text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Letter {
    /// The recipient's name, for the envelope.
    pub name: String,
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// Enqueues a letter with its cause. Nobody without an address gets one.
pub async fn send(cx: &Ctx, tx: &mut Tx, letter: &Letter) -> Result<(), DbError> {
    send_with_dates(cx, tx, letter, None).await
}

/// [`send`], with dates for the reader's own calendar as an attachment.
pub async fn send_with_dates(cx: &Ctx, tx: &mut Tx, letter: &Letter, dates: Option<&str>) -> Result<(), DbError> {
    let id = id_of(cx, &[&letter.to, &letter.subject, &letter.body]);
    post(cx, tx, id, Parcel { dates: dates.map(str::to_owned), ..Parcel::of(letter) }).await.map(|_| ())
}

/// Enqueues a letter that carries a link which opens an account; false when the job that writes it has written it
/// before: the link that was made for this one must then be forgotten. Such a letter is erased once it is sent.
pub async fn send_secret(cx: &Ctx, tx: &mut Tx, letter: &Letter) -> Result<bool, DbError> {
    // Not the text: it has another link each time.
    let id = id_of(cx, &[&letter.to, &letter.subject]);
    post(cx, tx, id, Parcel { secret: true, ..Parcel::of(letter) }).await
}

/// A letter on its way, with what goes along.
#[derive(Serialize, Deserialize)]
struct Parcel {
    #[serde(flatten)]
    letter: Letter,
    /// Dates for the reader's calendar (RFC 5545).
    #[serde(default)]
    dates: Option<String>,
    /// Whether it opens an account.
    #[serde(default)]
    secret: bool,
    /// Its Message-ID, with the angle brackets; none in letters that wait from before there was one.
    #[serde(default)]
    message_id: Option<String>,
    /// When it was written.
    #[serde(default)]
    written_at: Option<DateTime<Utc>>,
}

impl Parcel {
    fn of(letter: &Letter) -> Self {
        Self { letter: letter.clone(), dates: None, secret: false, message_id: None, written_at: None }
    }
}

/// The id of a letter's job. What a job writes has an id made from the job's and from what tells one of its letters
/// from another, so that writing it again is needless.
fn id_of(cx: &Ctx, about: &[&str]) -> JobId {
    let Some(job) = cx.job else { return cx.app.id() };
    let mut hash = Sha256::new();
    hash.update(job.0.as_bytes());
    for part in about {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = *job.0.as_bytes();
    // The time in front stays, so that ids sort by creation.
    bytes[6..].copy_from_slice(&hash.finalize()[..10]);
    let version = uuid::Version::SortRand;
    uuid::Builder::from_bytes(bytes).with_version(version).with_variant(uuid::Variant::RFC4122).into_uuid().into()
}

async fn post(cx: &Ctx, tx: &mut Tx, id: JobId, parcel: Parcel) -> Result<bool, DbError> {
    if parcel.letter.to.is_empty() {
        return Ok(false);
    }
    let message_id = Some(format!("<{id}@{}>", cx.app.settings.host()));
    jobs::enqueue_as(cx, tx, id, JOB, &Parcel { message_id, written_at: Some(cx.now()), ..parcel }).await
}

/// Sends a letter from the outbox.
pub fn deliver(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let mut parcel: Parcel = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let failed = |what: &str, error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "{what}");
            AppError::Unavailable
        };
        let host = cx.app.settings.host();
        let message_id = parcel.message_id.take().unwrap_or_else(|| format!("<{}@{host}>", digest(&payload)));
        let name = message_id.trim_start_matches('<').split('@').next().unwrap_or_default();
        let file = format!("{name}.eml");
        let message = message(&cx.app, parcel, message_id).map_err(|e| failed("letter could not be written", &e))?;
        match &cx.app.mailer {
            Some(mailer) => {
                mailer.send(&message).await.map_err(|e| failed("mail server did not take a letter", &e))?;
            }
            None => {
                let folder = cx.app.settings.mail_folder();
                private::folder(&folder).map_err(|e| failed("no folder for mail", &e))?;
                let letter = (folder.join(file), message.formatted());
                // It may be there from a try whose end was not noted.
                tokio::task::spawn_blocking(move || private::replace(&letter.0, &letter.1))
                    .await
                    .map_err(|e| failed("letter could not be written", &e))?
                    .map_err(|e| failed("letter could not be written", &e))?;
            }
        }
        Ok(())
    })
}

/// What a letter from before there were Message-IDs is known by, the same at every try.
fn digest(payload: &str) -> String {
    text::hex(&Sha256::digest(payload.as_bytes())[..16])
}

fn message(app: &App, parcel: Parcel, message_id: String) -> Result<Message, String> {
    let Parcel { letter, dates, written_at, .. } = parcel;
    let from: Mailbox = app.settings.mail_from.parse().map_err(|e| format!("{e}"))?;
    // The library panics at a name with a line break.
    let to = Mailbox::new(
        Some(clean::line(&letter.name)).filter(|name| !name.is_empty()),
        letter.to.parse().map_err(|e| format!("{e}"))?,
    );
    let builder = Message::builder()
        .from(from)
        .to(to)
        .subject(clean::line(&letter.subject))
        .message_id(Some(message_id))
        .date(std::time::SystemTime::from(written_at.unwrap_or_else(|| app.now())));
    let message = match dates {
        None => builder.header(ContentType::TEXT_PLAIN).body(letter.body),
        Some(dates) => {
            let kind = ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH").map_err(|e| e.to_string())?;
            let dates = Attachment::new("timetable.ics".to_owned()).body(dates, kind);
            let text = SinglePart::plain(letter.body);
            builder.multipart(MultiPart::mixed().singlepart(text).singlepart(dates))
        }
    };
    message.map_err(|e| e.to_string())
}
