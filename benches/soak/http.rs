//! Asking over loopback: one connection for each question, and an answer only where it came whole.

use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// The server answers within half a minute, or says that it cannot.
const PATIENCE: Duration = Duration::from_secs(45);
const BOUNDARY: &str = "soak-7c15-9e37-79b9";
/// What forms are sent as.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// A question.
pub struct Question<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub cookie: &'a str,
    /// The kind of its body.
    pub kind: &'a str,
    pub body: &'a [u8],
}

impl<'a> Question<'a> {
    /// For a page.
    pub fn page(path: &'a str, cookie: &'a str) -> Self {
        Self { method: "GET", path, cookie, kind: FORM, body: b"" }
    }

    /// For a server function.
    pub fn function(path: &'a str, cookie: &'a str, body: &'a str) -> Self {
        Self { method: "POST", path, cookie, kind: FORM, body: body.as_bytes() }
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as far as it is text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A body as forms send it.
pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A body with a file, and its kind.
pub fn with_file(fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> (Vec<u8>, String) {
    let mut body = Vec::with_capacity(bytes.len() + 1024);
    for (field, value) in fields {
        let part = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let part = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(part.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    (body, format!("multipart/form-data; boundary={BOUNDARY}"))
}

/// The head of a question that comes from somebody at an address of their own, as a proxy tells it.
pub fn head(addr: SocketAddr, question: &Question<'_>, caller: u32) -> String {
    let [_, a, b, c] = caller.to_be_bytes();
    let Question { method, path, cookie, kind, body } = question;
    format!(
        "{method} {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\naccept: application/json\r\ncookie: {cookie}\r\n\
         x-forwarded-for: 10.{a}.{b}.{c}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
}

/// The answer; none when the line broke before its end, or nothing came for too long.
pub async fn ask(addr: SocketAddr, question: &Question<'_>, caller: u32) -> Option<Answer> {
    timeout(PATIENCE, converse(addr, question, caller)).await.ok()?
}

async fn converse(addr: SocketAddr, question: &Question<'_>, caller: u32) -> Option<Answer> {
    let mut stream = TcpStream::connect(addr).await.ok()?;
    stream.write_all(head(addr, question, caller).as_bytes()).await.ok()?;
    stream.write_all(question.body).await.ok()?;
    let mut bytes = Vec::new();
    // A line that breaks after the last byte has done its work.
    while stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {}
    whole(&bytes)
}

fn whole(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let body = &bytes[end + 4..];
    let status = head.split_whitespace().nth(1)?.parse().ok()?;
    let is_whole = match header(&head, "content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => body.len() == length,
        None => header(&head, "transfer-encoding").is_none() || body.ends_with(b"0\r\n\r\n"),
    };
    is_whole.then(|| Answer { status, body: body.to_vec(), head })
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|it| it.1)
}
