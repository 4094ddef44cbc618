//! A power cut while the register is kept: every mark that was acknowledged is there afterwards.

use magistra::{
    attendance::{model, store},
    common::ids::{DeliveryId, EnrolmentId, SlotId},
    fetch_all,
    platform::db::{Db, Statement},
};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

const PASSWORD: &str = "correct horse battery 12";
const MARKS: usize = 1000;
/// Acknowledged marks after which the power goes.
const CUT_AT: usize = 400;

/// Today's first half-day: without marks, so that every mark sent is one to write.
const RUNNING: Statement = Statement {
    name: "kill::running",
    sql: "SELECT s.delivery_id, s.id FROM slot s JOIN delivery d ON d.id = s.delivery_id
        WHERE d.state = 'running' AND NOT EXISTS (SELECT 1 FROM mark m WHERE m.slot_id = s.id)
        ORDER BY s.starts_at LIMIT 1",
};

fn magistra(data: &Path, addr: SocketAddr) -> Command {
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

fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port")
}

/// The server of a test, ended with it.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn serve(data: &Path, addr: SocketAddr) -> Served {
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
async fn send(addr: SocketAddr, method: &str, path: &str, cookie: &str, body: &str) -> Option<String> {
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

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn sign_in(addr: SocketAddr) -> String {
    let body = form(&[("email", "trainer@magistra.example"), ("password", PASSWORD), ("next", "/")]);
    let answer = send(addr, "POST", "/_fn/people/sign-in", "", &body).await.expect("an answer to the sign-in");
    // Beside the session's there is that by which the browser is known.
    let mut cookies = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookies.find(|cookie| cookie.starts_with("magistra=")).expect(&answer);
    cookie.split(';').next().unwrap_or_default().to_owned()
}

fn action(id: Uuid, enrolment: EnrolmentId, n: usize) -> model::Action {
    let touch = model::Touch {
        enrolment,
        state: model::MarkState::Late,
        missed: (n % 60 + 1).to_string(),
        note: String::new(),
        seen: None,
        seen_too: None,
    };
    model::Action { id, touches: vec![touch], everyone: false, reason: String::new(), made_at: None }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_mark_survives_kill_9() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path();
    let addr = free_address();
    let loaded = magistra(data, addr).args(["demo", "--password", PASSWORD]).status().expect("the demonstration runs");
    assert!(loaded.success(), "the demonstration is loaded");
    let url = format!("sqlite://{}/magistra.db", data.display());
    let (delivery, slot, places) = {
        let db = Db::open(&url).await.expect("the database opens");
        let mut reader = db.read().await.expect("reads");
        let running: Vec<(DeliveryId, SlotId)> = fetch_all!(&mut reader, RUNNING).expect("a running delivery");
        let (delivery, slot) = running[0];
        let names = store::names(&mut reader, delivery, slot).await.expect("names");
        drop(reader);
        db.close().await;
        (delivery, slot, names.iter().map(|row| row.id).collect::<Vec<_>>())
    };
    let mut served = serve(data, addr).await;
    let cookie = sign_in(addr).await;

    // Four phones send marks; the power goes in the middle.
    let acknowledged = Arc::new(Mutex::new(Vec::<Uuid>::new()));
    let (next, sent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let phones: Vec<_> = (0..4)
        .map(|_| {
            let (acknowledged, next, sent) = (Arc::clone(&acknowledged), Arc::clone(&next), Arc::clone(&sent));
            let (cookie, places) = (cookie.clone(), places.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    if n >= MARKS {
                        return;
                    }
                    let id = Uuid::from_u128(0x00C0_FFEE_0000 + n as u128);
                    let json = serde_json::to_string(&action(id, places[n % places.len()], n)).expect("JSON");
                    let fields = [("delivery", delivery.to_string()), ("slot", slot.to_string()), ("action", json)];
                    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    sent.fetch_add(1, Ordering::SeqCst);
                    let Some(answer) = send(addr, "POST", "/_fn/attendance/mark", &cookie, &form(&fields)).await else {
                        return;
                    };
                    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                    // Read whole, with the name it touched: the mark is promised.
                    if answer.ends_with("}]}") {
                        acknowledged.lock().expect("no panic").push(id);
                    }
                }
            })
        })
        .collect();
    while acknowledged.lock().expect("no panic").len() < CUT_AT {
        assert!(!phones.iter().all(|phone| phone.is_finished()), "the phones are still sending");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    served.0.kill().expect("SIGKILL");
    served.0.wait().expect("gone");
    for phone in phones {
        phone.await.expect("a phone");
    }
    let acknowledged = acknowledged.lock().expect("no panic").clone();
    assert!((CUT_AT..MARKS).contains(&acknowledged.len()), "the power went in the middle: {}", acknowledged.len());

    // It starts again by itself, shows the register, and has kept its promises.
    let _again = serve(data, addr).await;
    let page = send(addr, "GET", &format!("/deliveries/{delivery}/register/{slot}"), &cookie, "").await;
    assert!(page.is_some_and(|page| page.starts_with("HTTP/1.1 200")), "signed in still, and the register opens");
    let db = Db::open(&url).await.expect("the database opens");
    let mut reader = db.read().await.expect("reads");
    for id in &acknowledged {
        assert!(store::action_known(&mut reader, *id).await.expect("reads"), "{id} was acknowledged");
    }
    let rows = store::changes(&mut reader, slot).await.expect("the history");
    let written = rows.iter().filter(|row| row.id.as_u128() >> 40 == 0).count();
    assert!(written <= sent.load(Ordering::SeqCst), "nothing but what was sent");
    let changes: Vec<_> = rows.iter().filter_map(store::ChangeRow::change).collect();
    let stands: BTreeMap<_, _> = store::names(&mut reader, delivery, slot)
        .await
        .expect("the register")
        .iter()
        .filter_map(|row| Some((row.id, row.mark.mark()?)))
        .collect();
    assert_eq!(model::replay(&changes, None), stands, "the history amounts to the register");
    println!("{} acknowledged, {written} written, {} sent", acknowledged.len(), sent.load(Ordering::SeqCst));
}
