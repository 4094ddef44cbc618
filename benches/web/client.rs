//! A small HTTP/1.1 client that costs little beside the server it measures.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What came back.
pub struct Asked {
    pub status: u16,
    pub bytes: usize,
    pub queries: Option<u32>,
}

/// A connection that is kept.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub async fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket's option");
        Self { stream, buffer: Vec::with_capacity(256 * 1024) }
    }

    pub async fn get(&mut self, path: &str, cookie: &str) -> Option<Asked> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await.ok()?;
        self.answer().await
    }

    /// As a browser asks that takes compressed answers; with the body as far as it is text.
    pub async fn visit(&mut self, path: &str, encoding: &str) -> Option<(Asked, String)> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept-encoding: {encoding}\r\n\r\n");
        self.stream.write_all(request.as_bytes()).await.ok()?;
        let asked = self.answer().await?;
        let body = &self.buffer[self.buffer.len() - asked.bytes..];
        Some((asked, String::from_utf8_lossy(body).into_owned()))
    }

    pub async fn post(&mut self, path: &str, cookie: &str, body: &str) -> Option<Asked> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.ok()?;
        self.answer().await
    }

    /// Asks for a stream and hands on what comes, until the connection ends.
    pub async fn listen(&mut self, path: &str, cookie: &str, mut heard: impl FnMut(&str)) {
        let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {cookie}\r\n\r\n");
        if self.stream.write_all(request.as_bytes()).await.is_err() {
            return;
        }
        // A word may be cut by the end of what was read: lines are handed on whole.
        self.buffer.clear();
        while self.stream.read_buf(&mut self.buffer).await.is_ok_and(|read| read > 0) {
            if let Some(end) = self.buffer.iter().rposition(|byte| *byte == b'\n') {
                let whole: Vec<u8> = self.buffer.drain(..=end).collect();
                heard(&String::from_utf8_lossy(&whole));
            }
        }
    }

    async fn answer(&mut self) -> Option<Asked> {
        self.buffer.clear();
        let mut head_end = None;
        let mut length = None;
        let mut chunked = false;
        loop {
            if head_end.is_none()
                && let Some(at) = find(&self.buffer, b"\r\n\r\n")
            {
                let head = String::from_utf8_lossy(&self.buffer[..at]).to_lowercase();
                length = header(&head, "content-length").and_then(|n| n.parse::<usize>().ok());
                chunked = header(&head, "transfer-encoding").is_some_and(|v| v.contains("chunked"));
                head_end = Some(at + 4);
            }
            if let Some(start) = head_end {
                let body = &self.buffer[start..];
                let whole = match length {
                    Some(length) => body.len() >= length,
                    None => !chunked || body.ends_with(b"0\r\n\r\n"),
                };
                if whole {
                    let head = String::from_utf8_lossy(&self.buffer[..start]).into_owned();
                    let lower = head.to_lowercase();
                    return Some(Asked {
                        status: head.split_whitespace().nth(1)?.parse().ok()?,
                        bytes: body.len(),
                        queries: header(&lower, "x-queries").and_then(|n| n.parse().ok()),
                    });
                }
            }
            if self.stream.read_buf(&mut self.buffer).await.ok()? == 0 {
                return None;
            }
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// One question on a connection of its own.
pub async fn ask_for(port: u16, path: &str, cookie: &str) -> Option<Asked> {
    TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    Client::connect(port).await.get(path, cookie).await
}

/// A form to send; `{id}` in the body is replaced by a new id for each sending.
pub struct Act {
    pub path: String,
    pub cookie: String,
    pub body: String,
    /// Bodies are sent in turn, if there are several.
    pub others: Vec<String>,
}

/// Sends a form and returns the status.
pub async fn post(port: u16, act: &Act, turn: usize) -> u16 {
    let bodies: Vec<&String> = std::iter::once(&act.body).chain(&act.others).collect();
    let body = bodies[turn % bodies.len()].replace("{id}", &format!("00000000-0000-4000-8000-{turn:012}"));
    Client::connect(port).await.post(&act.path, &act.cookie, &body).await.map_or(0, |answer| answer.status)
}
