//! Hostile files against the program itself: they are read in a process that the operating system ends, and
//! the server goes on.

mod served;
mod workbooks;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use magistra::{
    attendance::transfer::READ,
    common::ids::DeliveryId,
    fetch_all,
    platform::{
        apart::{Apart, Bounds, Ended},
        db::{Db, Statement},
    },
};
use served::{PASSWORD, free_address, magistra, send, serve, sign_in};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Deliveries whose register may be written.
const RUNNING: Statement<(DeliveryId,)> = Statement::new(
    "hostile::running",
    "SELECT DISTINCT d.id FROM delivery d JOIN slot s ON s.delivery_id = d.id WHERE d.state = 'running' ORDER BY d.id",
);

fn apart(bounds: Bounds) -> Apart {
    Apart::of(PathBuf::from(env!("CARGO_BIN_EXE_magistra")), bounds)
}

/// What the process gets: files, and the words of names.
fn given(bytes: Vec<u8>) -> Vec<u8> {
    postcard::to_allocvec(&(vec![("register".to_owned(), bytes)], Vec::<String>::new())).expect("packs")
}

async fn read(apart: &Apart, bytes: Vec<u8>) -> Result<String, Ended> {
    apart.run(READ, given(bytes)).await.map(|answer| String::from_utf8(answer).expect("JSON"))
}

/// What took 12.5 GB is refused by a process that may take 256 MB, as is everything of its kind.
#[tokio::test]
async fn no_file_takes_more_than_it_may() {
    let apart =
        apart(Bounds { memory: 256 * 1024 * 1024, processor: 60, lasts: Duration::from_secs(120), ..Bounds::USUAL });
    for (name, bytes, code) in workbooks::hostile() {
        assert_eq!(read(&apart, bytes).await, Ok(format!("{{\"Err\":\"{code}\"}}")), "{name}");
    }
    let answer = read(&apart, workbooks::good()).await.expect("read");
    assert!(answer.starts_with("{\"Ok\":") && answer.contains("Hoxha Ana"), "{answer}");
    assert!(read(&apart, workbooks::large()).await.expect("read").starts_with("{\"Ok\":"));
}

/// What no budget foresees meets the limits of the operating system.
#[tokio::test]
async fn the_system_ends_what_takes_too_much() {
    let patient = Bounds { processor: 120, lasts: Duration::from_secs(240), ..Bounds::USUAL };
    let little = apart(Bounds { memory: 32 * 1024 * 1024, ..patient });
    assert_eq!(read(&little, workbooks::large()).await, Err(Ended::TooMuch), "a good file, and no memory for it");
    // A workbook that says it has nine thousand million texts, for which its reader makes room.
    let said = workbooks::workbook(1, "uniqueCount=\"9000000000\"><si><t>a</t></si>", "", "");
    assert_eq!(read(&apart(Bounds::USUAL), said).await, Err(Ended::TooMuch));
    // Fifty times the same thirty megabytes of nothing.
    let long = workbooks::workbook(1_000, ">", &" ".repeat(30_000_000), "");
    let hasty = apart(Bounds { processor: 1, ..Bounds::USUAL });
    assert_eq!(read(&hasty, long.clone()).await, Err(Ended::TooLong), "too much of the processor");
    let impatient = apart(Bounds { lasts: Duration::from_millis(300), ..Bounds::USUAL });
    assert_eq!(read(&impatient, long).await, Err(Ended::TooLong), "too long");
    // Those that were ended took nobody's place.
    for apart in [little, hasty] {
        assert!(read(&apart, workbooks::good()).await.is_ok());
    }
}

/// Sends a file as a browser does; gives back the status line, where it leads, and the cookie that says why.
async fn upload(addr: SocketAddr, path: &str, cookie: &str, bytes: &[u8]) -> (String, String, String) {
    let head = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"register.xlsx\"\r\n\r\n";
    let body = [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\nsec-fetch-site: same-origin\r\ncookie: {cookie}\r\n\
         content-type: multipart/form-data; boundary=x\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(addr).await.expect("connects");
    stream.write_all(request.as_bytes()).await.expect("sends");
    stream.write_all(&body).await.expect("sends");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("answers");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let to = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default().to_owned();
    let mut cookies = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    let why = cookies.find(|cookie| cookie.starts_with("returned=")).unwrap_or_default().to_owned();
    (answer.lines().next().unwrap_or_default().to_owned(), to, why)
}

/// The most memory a process has had, in kilobytes.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_says_why_and_goes_on() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path();
    let addr = free_address();
    let loaded = magistra(data, addr).args(["demo", "--password", PASSWORD]).status().expect("the demonstration runs");
    assert!(loaded.success(), "the demonstration is loaded");
    let db = Db::open(&format!("sqlite://{}/magistra.db", data.display())).await.expect("the database opens");
    let mut reader = db.read().await.expect("reads");
    let running: Vec<(DeliveryId,)> = fetch_all!(&mut reader, RUNNING).expect("running deliveries");
    drop(reader);
    db.close().await;
    let served = serve(data, addr).await;
    let cookie = sign_in(addr).await;
    let mut page = None;
    for (delivery,) in running {
        let path = format!("/deliveries/{delivery}/transfer");
        let answer = send(addr, "GET", &path, &cookie, "").await.expect("an answer");
        if answer.starts_with("HTTP/1.1 200") && answer.contains("/transfer/upload") {
            page = Some(path);
        }
    }
    let page = page.expect("a register that the trainer keeps");
    let (status, to, _) = upload(addr, &format!("{page}/upload"), &cookie, &workbooks::good()).await;
    assert!(status.contains("303") && to.starts_with(&format!("{page}/")), "{status} {to}");
    let before = peak(served.0.id());
    let declared = workbooks::workbook(1, "uniqueCount=\"9000000000\"><si><t>a</t></si>", "", "");
    let mut files = workbooks::hostile();
    files.push(("a count of nine thousand million", declared, "memory"));
    for (name, bytes, code) in files {
        let (status, to, why) = upload(addr, &format!("{page}/upload"), &cookie, &bytes).await;
        assert!(status.contains("303"), "{name}: {status}");
        assert_eq!(to, page, "{name}");
        let said = URL_SAFE_NO_PAD.decode(why.trim_start_matches("returned=")).expect("a cookie of ours");
        let said = String::from_utf8(said).expect("text");
        assert!(said.contains(&format!("\"{code}\"")), "{name}: {said}");
        let told = send(addr, "GET", &to, &format!("{cookie}; {why}"), "").await.expect("an answer");
        assert!(told.contains("id=\"f-file-e\""), "{name}: it is said beside the field");
        let alive = send(addr, "GET", "/health/live", "", "").await.expect("an answer");
        assert!(alive.starts_with("HTTP/1.1 200"), "{name}: {alive}");
    }
    let more = peak(served.0.id()) - before;
    assert!(more < 200 * 1024, "the server itself took {more} kB more");
}
