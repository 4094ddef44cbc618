//! The loop as slow and greedy visitors meet it, with real sockets.

use super::*;
use axum::{body::Body, http::StatusCode, routing::get};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Semaphore,
    task::JoinHandle,
};

const SHORT: Duration = Duration::from_millis(80);
const LONG: Duration = Duration::from_secs(600);
const GENEROUS: Bounds = Bounds { connections: 100, by_source: None, header: LONG, idle: LONG };

/// A server that answers at once, or when it is let go.
struct Served {
    address: SocketAddr,
    let_go: Arc<Semaphore>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

async fn served(bounds: Bounds) -> Served {
    let let_go = Arc::new(Semaphore::new(0));
    let slow = Arc::clone(&let_go);
    let pieces = Arc::clone(&let_go);
    let router = Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
        .route("/slow", get(move || async move { slow.acquire().await.map_or(StatusCode::GONE, |_| StatusCode::OK) }))
        .route(
            "/pieces",
            get(move || async move {
                let first = futures::stream::iter([Ok::<_, Infallible>("first ")]);
                let later = futures::stream::once(async move {
                    let _ = pieces.acquire().await;
                    Ok("second")
                });
                Body::from_stream(futures::StreamExt::chain(first, later))
            }),
        )
        .route(
            "/endless",
            get(|| async { Body::from_stream(futures::stream::repeat(Ok::<_, Infallible>([0_u8; 65536].to_vec()))) }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let task = tokio::spawn(serve(listener, router, bounds, stop.clone()));
    Served { address, let_go, stop, task }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn asking(&self, path: &str) -> TcpStream {
        let mut stream = self.connect().await;
        // A caller may be refused before it has asked.
        let _ = stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: here\r\n\r\n").as_bytes()).await;
        stream
    }
}

/// Reads until a word has come.
async fn heard(stream: &mut TcpStream, word: &str) -> String {
    let (mut text, mut piece) = (String::new(), [0; 1024]);
    while !text.contains(word) {
        let n = stream.read(&mut piece).await.unwrap();
        assert!(n > 0, "closed after {text:?}");
        text.push_str(&String::from_utf8_lossy(&piece[..n]));
    }
    text
}

/// Waits until the other side has closed; what came until then.
async fn closed(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end too.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn half_a_head_is_not_waited_for() {
    let served = served(Bounds { header: SHORT, ..GENEROUS }).await;
    let mut silent = served.connect().await;
    silent.write_all(b"GET / HTTP/1.1\r\nhost: he").await.unwrap();
    assert_eq!(closed(&mut silent).await, "");
    // Nor does a byte now and then prolong it.
    let (mut reading, mut writing) = served.connect().await.into_split();
    let dripping = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(SHORT / 8).await;
        }
    });
    let mut rest = Vec::new();
    let _ = reading.read_to_end(&mut rest).await;
    dripping.await.unwrap();
    assert!(heard(&mut served.asking("/").await, "127.0.0.1").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn idle_connections_are_closed_and_busy_ones_are_not() {
    let served = served(Bounds { idle: SHORT, ..GENEROUS }).await;
    let mut slow = served.asking("/slow").await;
    let mut pieces = served.asking("/pieces").await;
    heard(&mut pieces, "first ").await;
    // Of two that are asked nothing, one has been answered before.
    let mut answered = served.asking("/").await;
    heard(&mut answered, "127.0.0.1").await;
    assert_eq!(closed(&mut answered).await, "");
    assert_eq!(closed(&mut served.connect().await).await, "");
    // Meanwhile that time has passed for these as well.
    served.let_go.add_permits(2);
    assert!(heard(&mut slow, "content-length: 0").await.starts_with("HTTP/1.1 200"));
    heard(&mut pieces, "second").await;
    // Once answered they are idle themselves.
    closed(&mut slow).await;
    closed(&mut pieces).await;
}

#[tokio::test]
async fn who_takes_nothing_is_not_sent_to_for_ever() {
    let served = served(Bounds { connections: 1, idle: SHORT, ..GENEROUS }).await;
    let greedy = served.asking("/endless").await;
    // Its seat is free again when it was given up.
    loop {
        let mut next = served.asking("/").await;
        if closed(&mut next).await.starts_with("HTTP/1.1 200") {
            break;
        }
    }
    drop(greedy);
}

#[tokio::test]
async fn one_source_cannot_shut_the_others_out() {
    let served = served(Bounds { by_source: Some(2), ..GENEROUS }).await;
    let first = served.connect().await;
    let mut second = served.asking("/").await;
    heard(&mut second, "127.0.0.1").await;
    let refused = closed(&mut served.connect().await).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after"), "{refused}");
    assert!(refused.ends_with("Please try again in a few seconds.\n"), "{refused}");
    let elsewhere = tokio::net::TcpSocket::new_v4().unwrap();
    elsewhere.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut elsewhere = elsewhere.connect(served.address).await.unwrap();
    elsewhere.write_all(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n").await.unwrap();
    heard(&mut elsewhere, "127.0.0.2").await;
    drop(first);
    loop {
        let mut again = served.asking("/").await;
        let mut start = [0; 12];
        if again.read_exact(&mut start).await.is_ok() && &start == b"HTTP/1.1 200" {
            break;
        }
    }
}

#[tokio::test]
async fn there_are_only_so_many_in_all() {
    let served = served(Bounds { connections: 3, ..GENEROUS }).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut stream = served.asking("/").await;
        heard(&mut stream, "127.0.0.1").await;
        open.push(stream);
    }
    assert!(closed(&mut served.connect().await).await.starts_with("HTTP/1.1 503"));
}

#[tokio::test]
async fn a_stop_lets_requests_end_and_waits_for_nobody_else() {
    let served = served(GENEROUS).await;
    let mut slow = served.asking("/slow").await;
    let mut idle = served.asking("/").await;
    heard(&mut idle, "127.0.0.1").await;
    served.stop.cancel();
    assert_eq!(closed(&mut idle).await, "");
    assert!(!served.task.is_finished());
    served.let_go.add_permits(1);
    assert!(closed(&mut slow).await.starts_with("HTTP/1.1 200"));
    served.task.await.unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[test]
fn connections_leave_files_for_the_rest() {
    assert_eq!(within_files(4096, Some(65536)), 4096);
    assert_eq!(within_files(4096, Some(1024)), 832);
    assert_eq!(within_files(4096, Some(256)), 128);
    assert_eq!(within_files(100, None), 100);
    assert!(raise_open_files().is_some_and(|open| open > 0));
}

#[test]
fn a_network_of_ipv6_is_one_source() {
    let of = |text: &str| caller::network(text.parse().unwrap());
    assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
    assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
}
