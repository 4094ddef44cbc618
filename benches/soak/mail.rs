//! A mail server that keeps what it gets, and at times takes every call and says nothing.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// A letter that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its Message-ID, without the angle brackets.
    pub id: String,
    /// Whom it is for.
    pub to: String,
}

type Kept = Arc<Mutex<Vec<Letter>>>;

/// The server.
pub struct MailServer {
    /// Where it listens, on loopback.
    pub port: u16,
    kept: Kept,
    silent: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl MailServer {
    /// Starts it.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let kept = Kept::default();
        let (silent, heard) = watch::channel(false);
        let task = tokio::spawn(listen(listener, Arc::clone(&kept), heard));
        Ok(Self { port, kept, silent, task })
    }

    /// Says nothing any more, or speaks again.
    pub fn set_silent(&self, silent: bool) {
        self.silent.send_replace(silent);
    }

    /// What was taken so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, kept: Kept, silent: watch::Receiver<bool>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (kept, silent) = (Arc::clone(&kept), silent.clone());
        tokio::spawn(async move {
            // A server that hangs up has a reason: the server was killed, or has waited long enough.
            let _ = converse(stream, &kept, silent).await;
        });
    }
}

/// Whether the server is silent: then until it is so no longer, after which the line is dropped.
async fn hushed(silent: &mut watch::Receiver<bool>) -> bool {
    let now = *silent.borrow_and_update();
    if now {
        let _ = silent.wait_for(|silent| !*silent).await;
    }
    now
}

/// A conversation (RFC 5321), as far as letters need one.
async fn converse(stream: TcpStream, kept: &Kept, mut silent: watch::Receiver<bool>) -> io::Result<()> {
    if hushed(&mut silent).await {
        return Ok(());
    }
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    writer.write_all(b"220 soak.example ESMTP\r\n").await?;
    let mut to = String::new();
    while let Some(said) = line(&mut reader).await? {
        if hushed(&mut silent).await {
            return Ok(());
        }
        let verb = said.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-soak.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "RCPT" => {
                let address = said.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
                to = address.map(|(address, _)| address.to_lowercase()).unwrap_or_default();
                b"250 taken\r\n"
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                let Some(id) = message(&mut reader).await? else { return Ok(()) };
                if hushed(&mut silent).await {
                    return Ok(());
                }
                // Kept before it is said: who does not hear it sends again.
                let letter = Letter { id, to: std::mem::take(&mut to) };
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(letter);
                b"250 kept\r\n"
            }
            "QUIT" => {
                writer.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => b"250 yes\r\n",
        };
        writer.write_all(answer).await?;
    }
    Ok(())
}

type Lines = BufReader<tokio::net::tcp::OwnedReadHalf>;

/// A line without its end; none at the end of all.
async fn line(reader: &mut Lines) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if reader.read_until(b'\n', &mut bytes).await? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned()))
}

/// Reads a letter to its end and gives its Message-ID; none when the line broke before.
async fn message(reader: &mut Lines) -> io::Result<Option<String>> {
    let (mut id, mut in_head) = (String::new(), true);
    while let Some(text) = line(reader).await? {
        match text.as_str() {
            "." => return Ok(Some(id)),
            "" => in_head = false,
            _ => {}
        }
        if in_head
            && let Some((name, value)) = text.split_once(':')
            && name.eq_ignore_ascii_case("message-id")
        {
            id = value.trim().trim_matches(['<', '>']).to_owned();
        }
    }
    Ok(None)
}
