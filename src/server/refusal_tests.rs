//! What was refused is in the log, in one short line without secrets.

use super::{
    router,
    web_tests::{ask, get, post},
};
use crate::testing::{Kind, house};
use axum::http::StatusCode;
use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

/// A log that is kept to be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The lines about refusals since the last time.
    fn taken(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.lines().filter(|line| line.contains("request refused")).map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn forged(path: &str) -> axum::http::Request<axum::body::Body> {
    let mut request = post(path, "word=of-the-body");
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().expect("a value"));
    request.headers_mut().insert("x-forwarded-for", "203.0.113.5".parse().expect("a value"));
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_is_in_the_log() {
    let house = house(Kind::Sqlite).await;
    let router = router(&house.app).expect("a router");
    // The log decides at the first use of a line whether anybody listens. So the line is used once here before this
    // test listens: no other thread can be the first to use it.
    ask(&router, forged("/account")).await;
    let log = Log::default();
    let writer = log.clone();
    let listener = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _listening = tracing::subscriber::set_default(listener);

    ask(&router, get("/sign-in")).await;
    assert!(log.taken().is_empty(), "nothing was refused");

    assert_eq!(ask(&router, forged("/account?word=of-the-query")).await.status, StatusCode::FORBIDDEN);
    let lines = log.taken();
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in ["INFO", "POST", "\"/account\"", "403", "203.0.113.5", "another site"] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert!(!lines[0].contains("of-the"), "{}", lines[0]);

    for path in ["/set-password/the-key", "/confirm-change/the-key"] {
        assert_eq!(ask(&router, forged(path)).await.status, StatusCode::FORBIDDEN);
        let lines = log.taken();
        assert!(lines.len() == 1 && !lines[0].contains("the-key"), "{lines:?}");
    }
    ask(&router, forged(&format!("/{}", "x".repeat(20_000)))).await;
    let lines = log.taken();
    assert!(lines.len() == 1 && lines[0].len() < 600, "{lines:?}");

    while house.app.limits.sign_in("127.0.0.1", "nobody@court.example").is_ok() {}
    let form = "email=nobody%40court.example&password=correct+horse+battery";
    let answer = ask(&router, post("/_fn/people/sign-in", form)).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.body);
    let lines = log.taken();
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in ["\"/_fn/people/sign-in\"", "429", "127.0.0.1", "too often"] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert!(!lines[0].contains("nobody"), "{}", lines[0]);
}
