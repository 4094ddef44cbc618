//! Mail, always through the job table. Without a mail server a letter becomes an .eml file.

use super::{
    context::{App, Ctx},
    db::{DbError, Tx},
    jobs, private,
};
use crate::common::error::AppError;
use futures::future::BoxFuture;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
};
use serde::{Deserialize, Serialize};

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
    if letter.to.is_empty() {
        return Ok(());
    }
    jobs::enqueue(cx, tx, JOB, letter).await
}

/// A letter on its way, with what goes along.
#[derive(Serialize, Deserialize)]
struct Parcel {
    #[serde(flatten)]
    letter: Letter,
    /// Dates for the reader's calendar (RFC 5545).
    #[serde(default)]
    dates: Option<String>,
}

/// [`send`], with dates for the reader's own calendar as an attachment.
pub async fn send_with_dates(cx: &Ctx, tx: &mut Tx, letter: &Letter, dates: Option<&str>) -> Result<(), DbError> {
    if letter.to.is_empty() {
        return Ok(());
    }
    jobs::enqueue(cx, tx, JOB, &Parcel { letter: letter.clone(), dates: dates.map(str::to_owned) }).await
}

/// Sends a letter from the outbox.
pub fn deliver(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let Parcel { letter, dates } = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let failed = |what: &str, error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "{what}");
            AppError::Unavailable
        };
        let message = message(&cx.app, &letter, dates).map_err(|e| failed("letter could not be written", &e))?;
        match &cx.app.settings.smtp_url {
            Some(url) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .map_err(|e| failed("mail server's address is wrong", &e))?
                    .build();
                transport.send(message).await.map_err(|e| failed("mail server did not take a letter", &e))?;
            }
            None => {
                let folder = cx.app.settings.mail_folder();
                private::folder(&folder).map_err(|e| failed("no folder for mail", &e))?;
                let name = format!("{}.eml", cx.app.entropy.uuid(cx.now()));
                let letter = (folder.join(name), message.formatted());
                tokio::task::spawn_blocking(move || private::write(&letter.0, &letter.1))
                    .await
                    .map_err(|e| failed("letter could not be written", &e))?
                    .map_err(|e| failed("letter could not be written", &e))?;
            }
        }
        Ok(())
    })
}

fn message(app: &App, letter: &Letter, dates: Option<String>) -> Result<Message, String> {
    let from: Mailbox = app.settings.mail_from.parse().map_err(|e| format!("{e}"))?;
    let to = Mailbox::new(
        Some(letter.name.clone()).filter(|name| !name.is_empty()),
        letter.to.parse().map_err(|e| format!("{e}"))?,
    );
    let builder = Message::builder()
        .from(from)
        .to(to)
        .subject(letter.subject.replace(['\r', '\n'], " "))
        .date(std::time::SystemTime::from(app.now()));
    let message = match dates {
        None => builder.header(ContentType::TEXT_PLAIN).body(letter.body.clone()),
        Some(dates) => {
            let kind = ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH").map_err(|e| e.to_string())?;
            let dates = Attachment::new("timetable.ics".to_owned()).body(dates, kind);
            let text = SinglePart::plain(letter.body.clone());
            builder.multipart(MultiPart::mixed().singlepart(text).singlepart(dates))
        }
    };
    message.map_err(|e| e.to_string())
}
