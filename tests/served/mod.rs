//! The program itself, started and asked from outside.

#![allow(dead_code, reason = "each test uses some of it")]

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The password of the demonstration's accounts.
pub const PASSWORD: &str = "correct horse battery 12";

/// The command, with a folder of its own and nothing of this environment.
pub fn magistra(data: &Path, addr: SocketAddr) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_magistra"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MAGISTRA_")) {
        command.env_remove(name);
    }
    command
        .current_dir(data)
        .env("MAGISTRA_DATA", data)
        .env("MAGISTRA_SITE", data)
        .env("MAGISTRA_ADDR", addr.to_string())
        .env("MAGISTRA_PUBLIC_URL", format!("http://{addr}"))
        .env("RUST_LOG", "error")
        .stdout(Stdio::null());
    command
}

/// An address nobody listens on.
pub fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port")
}

/// The server of a test, ended with it.
pub struct Served(pub Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server that is ready.
pub async fn serve(data: &Path, addr: SocketAddr) -> Served {
    let metrics = free_address().to_string();
    let child = magistra(data, addr).arg("serve").env("MAGISTRA_METRICS_ADDR", metrics).spawn().expect("starts");
    let served = Served(child);
    let until = Instant::now() + Duration::from_secs(30);
    while send(addr, "GET", "/health/ready", "", "").await.is_none_or(|answer| !answer.starts_with("HTTP/1.1 200")) {
        assert!(Instant::now() < until, "the server is ready within 30 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    served
}

/// The whole answer as text; none when the line broke before its end.
pub async fn send(addr: SocketAddr, method: &str, path: &str, cookie: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(addr).await.ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\naccept: application/json\r\ncookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned())
}

/// A body as forms send it.
pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The cookie of the demonstration's trainer.
pub async fn sign_in(addr: SocketAddr) -> String {
    let body = form(&[("email", "trainer@magistra.example"), ("password", PASSWORD), ("next", "/")]);
    let answer = send(addr, "POST", "/_fn/people/sign-in", "", &body).await.expect("an answer to the sign-in");
    // Beside the session's there is that by which the browser is known.
    let mut cookies = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookies.find(|cookie| cookie.starts_with("magistra=")).expect(&answer);
    cookie.split(';').next().unwrap_or_default().to_owned()
}
