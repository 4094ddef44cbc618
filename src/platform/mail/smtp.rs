//! Lines to the mail server: opened when needed, kept for a while, never more than a few, and none waited for
//! longer than a deadline.
//!
//! The library's own pool is not used. It limits how long connecting may take and nothing after it, and it takes a
//! line back into the pool when a conversation on it was dropped half way: the answer that comes late would then be
//! taken for the answer to the next letter. Here a line belongs to the conversation and is dropped with it; only
//! what was said to the end goes back.

use crate::platform::text::percent_decoded;
use lettre::{
    Message,
    transport::smtp::{
        SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Tls, TlsParameters},
        extension::ClientId,
    },
};
use reqwest::Url;
use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

/// How many conversations there may be at once.
pub const LINES: usize = 2;
/// How long a line is kept that nobody uses; servers hang up after a minute or more.
const IDLE: Duration = Duration::from_secs(20);

/// The mail server, and the lines to it.
pub struct Mailer {
    host: String,
    port: u16,
    hello: ClientId,
    tls: Tls,
    credentials: Option<Credentials>,
    patience: Duration,
    turns: Semaphore,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailer({}:{})", self.host, self.port)
    }
}

impl Mailer {
    /// The server of an address, `smtp://USER:PASSWORD@HOST:PORT/NAME?tls=required` or `smtps://…`, as lettre
    /// reads them: NAME is what we greet with, `tls` may be `required` or `opportunistic`. A letter may take
    /// `patience` in all, a turn in the queue not counted.
    pub fn open(url: &str, patience: Duration) -> Result<Self, String> {
        let wrong = |what: &dyn fmt::Display| format!("MAGISTRA_SMTP_URL: {what}");
        let url = Url::parse(url).map_err(|error| wrong(&error))?;
        let host = url.host_str().ok_or_else(|| wrong(&"it names no host"))?.to_owned();
        let encrypted = || TlsParameters::new(host.clone()).map_err(|error| wrong(&error));
        let asked = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let (tls, port) = match (url.scheme(), asked.as_deref()) {
            ("smtp", None) => (Tls::None, SMTP_PORT),
            ("smtp", Some("required")) => (Tls::Required(encrypted()?), SUBMISSION_PORT),
            ("smtp", Some("opportunistic")) => (Tls::Opportunistic(encrypted()?), SUBMISSION_PORT),
            ("smtps", _) => (Tls::Wrapper(encrypted()?), SUBMISSIONS_PORT),
            _ => return Err(wrong(&"smtp:// or smtps://, with tls=required or tls=opportunistic")),
        };
        let name = url.path().trim_matches('/');
        Ok(Self {
            port: url.port().unwrap_or(port),
            hello: if name.is_empty() { ClientId::default() } else { ClientId::Domain(name.to_owned()) },
            tls,
            credentials: url
                .password()
                .map(|word| Credentials::new(percent_decoded(url.username()), percent_decoded(word))),
            patience,
            turns: Semaphore::new(LINES),
            idle: Mutex::new(Vec::new()),
            host,
        })
    }

    /// Sends a letter. What the server says to it is an error too; so is silence.
    pub async fn send(&self, message: &Message) -> Result<(), String> {
        let _turn = self.turns.acquire().await.map_err(|error| error.to_string())?;
        timeout(self.patience, self.converse(message))
            .await
            .map_err(|_| format!("the mail server did not take it within {} s", self.patience.as_secs_f64()))?
            .map_err(|error| error.to_string())
    }

    async fn converse(&self, message: &Message) -> Result<(), lettre::transport::smtp::Error> {
        let mut line = match self.kept().await {
            Some(line) => line,
            None => self.connect().await?,
        };
        line.send(message.envelope(), &message.formatted()).await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((line, Instant::now()));
        Ok(())
    }

    /// A line that was kept and still answers.
    async fn kept(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut line, since) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() < IDLE && line.test_connected().await {
                return Some(line);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let wrapper = match &self.tls {
            Tls::Wrapper(tls) => Some(tls.clone()),
            _ => None,
        };
        let server = (self.host.as_str(), self.port);
        let mut line =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.patience), &self.hello, wrapper, None).await?;
        match &self.tls {
            Tls::Required(tls) => line.starttls(tls.clone(), &self.hello).await?,
            Tls::Opportunistic(tls) if line.can_starttls() => line.starttls(tls.clone(), &self.hello).await?,
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            line.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_before() {
        let open = |url: &str| Mailer::open(url, Duration::from_secs(1));
        let it = open("smtp://mail.example").unwrap();
        assert_eq!((it.port, it.credentials.is_none(), matches!(it.tls, Tls::None)), (25, true, true));
        let it = open("smtps://us%40er:p%2B+%25&s@mail.example/greets.example").unwrap();
        assert_eq!((it.port, matches!(it.tls, Tls::Wrapper(_))), (465, true));
        assert_eq!(it.credentials, Some(Credentials::new("us@er".into(), "p++%&s".into())));
        assert_eq!(it.hello, ClientId::Domain("greets.example".into()));
        let it = open("smtp://mail.example:2525?tls=required").unwrap();
        assert_eq!((it.port, matches!(it.tls, Tls::Required(_))), (2525, true));
        for wrong in ["smtp://", "http://mail.example", "smtp://mail.example?tls=perhaps", "mail.example"] {
            assert!(open(wrong).unwrap_err().starts_with("MAGISTRA_SMTP_URL: "), "{wrong}");
        }
    }
}
