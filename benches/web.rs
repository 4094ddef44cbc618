//! `make bench`: what a page costs, beside a bare handler that sends the same bytes, on a large data set, for one
//! kind of database.
//!
//! The server runs in a process of its own (this program, called with `serve`), on the same two
//! cores as the eight connections that ask it. Compare within one run; machines differ.

#[path = "web/cascade.rs"]
mod cascade;
#[path = "web/client.rs"]
mod client;
#[path = "web/data.rs"]
mod data;
#[path = "web/hall.rs"]
mod hall;
#[path = "web/house.rs"]
mod house;

use client::{Asked, ask_for};
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const CONNECTIONS: usize = 8;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    if args.get(1).is_some_and(|arg| arg == "serve") {
        runtime.block_on(house::serve(&args[2], args[3].parse().expect("a port")));
        return;
    }
    let kind = args.iter().skip(1).find(|arg| !arg.starts_with('-')).map_or("sqlite", String::as_str).to_owned();
    let sizes: Vec<usize> = std::env::var("MAGISTRA_BENCH_SIZES")
        .unwrap_or_else(|_| "200,1000,5000".into())
        .split(',')
        .filter_map(|size| size.trim().parse().ok())
        .collect();
    runtime.block_on(async {
        for deliveries in sizes {
            run(&kind, deliveries).await;
        }
        for deliveries in cascade_sizes() {
            run_cascade(&kind, deliveries).await;
        }
    });
}

/// `MAGISTRA_BENCH_CASCADE` names other sizes of the programme, or `none`; `MAGISTRA_BENCH_SIZES` those of the rest.
fn cascade_sizes() -> Vec<usize> {
    match std::env::var("MAGISTRA_BENCH_CASCADE") {
        Ok(sizes) => sizes.split(',').filter_map(|size| size.trim().parse().ok()).collect(),
        Err(_) => cascade::SIZES.to_vec(),
    }
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn peak_memory_mib(server: &Server) -> u64 {
    std::fs::read_to_string(format!("/proc/{}/status", server.0.id()))
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("VmHWM:"))?.to_owned();
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kib| kib / 1024)
}

/// Starts the server on a database and waits until it answers.
async fn serve(url: &str, folder: &Path) -> (Server, u16) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let started = Instant::now();
    let server = Server(
        Command::new(std::env::current_exe().expect("this program"))
            .args(["serve", url, &port.to_string()])
            .env("MAGISTRA_DATA", folder)
            .stdout(Stdio::null())
            .spawn()
            .expect("the server starts"),
    );
    while ask_for(port, "/health/ready", "").await.is_none_or(|answer| answer.status != 200) {
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(started.elapsed() < Duration::from_secs(60), "the server does not answer");
    }
    println!("start to ready: {} ms", started.elapsed().as_millis());
    (server, port)
}

/// Measures pages: name, path and cookie of each. `MAGISTRA_BENCH_PAGES` is a part of the names of those
/// wanted, for a profiler beside it.
async fn measure(port: u16, pages: &[(String, String, String)]) {
    let wanted = std::env::var("MAGISTRA_BENCH_PAGES").unwrap_or_default();
    println!(
        "{:<26} {:>9} {:>8} {:>8} {:>8} | {:>9} {:>7}",
        "page", "req/s", "p50 ms", "p99 ms", "queries", "bare", "kB"
    );
    for (name, path, cookie) in pages.iter().filter(|(name, ..)| name.contains(&wanted)) {
        let once = ask_for(port, path, cookie).await.expect("an answer");
        if once.status != 200 {
            println!("{name:<26} answers {}", once.status);
            continue;
        }
        // The server keeps the bytes for the bare handler.
        let bare_path = format!("/bench/bare{path}");
        ask_for(port, &bare_path, cookie).await;
        let real = load(port, path, cookie).await;
        let bare = load(port, &bare_path, cookie).await;
        println!(
            "{:<26} {:>9.0} {:>8.2} {:>8.2} {:>8} | {:>9.0} {:>7.1}",
            name,
            real.rate,
            real.p50,
            real.p99,
            once.queries.map_or("-".into(), |n| n.to_string()),
            bare.rate,
            once.bytes as f64 / 1000.0,
        );
    }
}

/// The cascade of a programme of some size.
async fn run_cascade(kind: &str, deliveries: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let programme = cascade::prepare(kind, deliveries, folder.path()).await;
    let (server, port) = serve(&programme.url, folder.path()).await;
    // One who asks alone: what "answers in under 200 ms" means. Then eight at once, as for every page.
    for (name, path, cookie) in &programme.pages {
        let mut times = Vec::new();
        for _ in 0..20 {
            let begun = Instant::now();
            let answer = ask_for(port, path, cookie).await.expect("an answer");
            assert_eq!(answer.status, 200, "{path}");
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        println!("{name:<26} alone: p50 {:.1} ms, worst of {} {:.1} ms", times[10], times.len(), times[19]);
    }
    measure(port, &programme.pages).await;
    println!("peak memory of the server: {} MiB", peak_memory_mib(&server));
}

async fn run(kind: &str, deliveries: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let begun = Instant::now();
    let (url, subjects) = data::prepare(kind, deliveries, folder.path()).await;
    println!(
        "\n{kind}: {deliveries} deliveries, {} enrolments, {} marks (made in {:.0} s)",
        deliveries * 100,
        deliveries * 400,
        begun.elapsed().as_secs_f32()
    );
    let (server, port) = serve(&url, folder.path()).await;
    measure(port, &subjects.pages).await;
    for (name, act) in &subjects.acts {
        let mut times: Vec<f64> = Vec::new();
        for turn in 0..20 {
            let begun = Instant::now();
            let answer = client::post(port, act, turn).await;
            if answer != 303 {
                println!("{name:<26} answers {answer}");
                break;
            }
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        if let (Some(p50), Some(worst)) = (times.get(times.len() / 2), times.last()) {
            println!("{name:<26} p50 {p50:.1} ms, worst of {} {worst:.1} ms", times.len());
        }
    }
    hall::nine_o_clock(port, &subjects.hall).await;
    first_visit(port, "/courses/introductory-judges-prosecutors").await;
    println!("peak memory of the server: {} MiB", peak_memory_mib(&server));
}

/// What a browser that was never here asks for to show and use a page: the page, and what it names
/// (style, script, WebAssembly, fonts, icons), compressed as it is sent.
async fn first_visit(port: u16, path: &str) {
    let mut client = client::Client::connect(port).await;
    let (page, _) = client.visit(path, "br").await.expect("the page");
    let (_, html) = client.visit(path, "identity").await.expect("the page");
    let mut wanted: Vec<String> = html
        .split(['"', '\'', ' ', '#'])
        .filter(|word| ["/pkg/", "/fonts/", "/icons.svg", "/favicon"].iter().any(|start| word.starts_with(start)))
        .map(|word| word.replace("&amp;", "&"))
        .collect();
    wanted.sort();
    wanted.dedup();
    let (mut requests, mut bytes, mut wasm) = (1, page.bytes, 0);
    for path in &wanted {
        let (asked, _) = client.visit(path, "br").await.expect("a file");
        assert_eq!(asked.status, 200, "{path}");
        requests += 1;
        bytes += asked.bytes;
        if path.contains(".wasm") {
            wasm += asked.bytes;
        }
    }
    println!(
        "first visit of {path}: {requests} requests, {:.0} kB, of it {:.0} kB WebAssembly",
        bytes as f64 / 1000.0,
        wasm as f64 / 1000.0
    );
}

struct Load {
    rate: f64,
    p50: f64,
    p99: f64,
}

async fn load(port: u16, path: &str, cookie: &str) -> Load {
    let seconds = std::env::var("MAGISTRA_BENCH_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(3.0);
    let until = Duration::from_secs_f64(seconds);
    // Warm: statements prepared, pages in the cache.
    for _ in 0..20 {
        ask_for(port, path, cookie).await;
    }
    let begun = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (path, cookie) = (path.to_owned(), cookie.to_owned());
            tokio::spawn(async move {
                let mut client = client::Client::connect(port).await;
                let mut times = Vec::with_capacity(20_000);
                while begun.elapsed() < until {
                    let asked = Instant::now();
                    let Asked { status, .. } = client.get(&path, &cookie).await.expect("an answer");
                    assert_eq!(status, 200, "{path}");
                    times.push(asked.elapsed().as_secs_f64() * 1000.0);
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a connection's times"));
    }
    let elapsed = begun.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Load { rate: times.len() as f64 / elapsed, p50: at(0.5), p99: at(0.99) }
}
