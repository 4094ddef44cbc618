//! `make soak`: the program itself, under a mixed load for half an hour, while it is killed, its disk fills up,
//! its mail server says nothing, its database stops, its files are away and a clock is wrong; on SQLite and on
//! PostgreSQL. At the end what was acknowledged must be there, and what was refused must not.
//!
//! `cargo run --features ssr --example soak -- [sqlite|postgres|both] [--minutes 30] [--seed N]`; the
//! minutes are those of all databases together, and each trouble comes at least once however few they are.
//! `MAGISTRA_SOAK_BINARY` names another program than `target/release/magistra`. Root mounts the small disk.

mod checks;
mod dice;
mod http;
mod ledger;
mod load;
mod mail;
mod place;
mod server;
mod table;
mod troubles;
mod world;
mod wrong_clock;

use checks::{Evidence, Finding};
use dice::Dice;
use ledger::Ledger;
use load::{Load, PASSWORD};
use magistra::platform::db::Db;
use mail::MailServer;
use place::{Cluster, Disk};
use server::{Server, Setting, Watch, free_address};
use std::{
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};
use table::{Report, number};
use tokio::{task::JoinSet, time::sleep};
use troubles::{Maker, Trouble};
use wrong_clock::WrongClock;

/// How long the queue may take to be empty: a letter that met trouble several times waits a quarter of an hour.
const EMPTY: Duration = Duration::from_secs(25 * 60);
/// How often it is said how things go.
const SAID: Duration = Duration::from_secs(30);
/// A run shorter than this has short troubles with short pauses.
const SHORT: Duration = Duration::from_secs(4 * 60);

/// What was asked for.
struct Asked {
    databases: Vec<&'static str>,
    minutes: u64,
    seed: u64,
    binary: PathBuf,
}

impl Asked {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let usage = "soak [sqlite|postgres|both] [--minutes 30] [--seed N]";
        let (mut databases, mut minutes, mut seed) = (vec!["sqlite", "postgres"], 30, 1);
        while let Some(word) = words.next() {
            let mut value = || words.next().and_then(|value| value.parse::<u64>().ok()).ok_or(usage);
            match word.as_str() {
                "sqlite" => databases = vec!["sqlite"],
                "postgres" => databases = vec!["postgres"],
                "both" => {}
                "--minutes" => minutes = value()?,
                "--seed" => seed = value()?,
                _ => return Err(usage.to_owned()),
            }
        }
        let binary = match std::env::var_os("MAGISTRA_SOAK_BINARY") {
            Some(path) => PathBuf::from(path),
            // This program is in the folder `examples` beside it.
            None => std::env::current_exe()
                .ok()
                .and_then(|own| Some(own.parent()?.parent()?.join("magistra")))
                .ok_or("where this program is could not be found out")?,
        };
        let binary = binary.canonicalize().map_err(|error| {
            format!("{}: {error}. Build it (make build), or name it by MAGISTRA_SOAK_BINARY", binary.display())
        })?;
        Ok(Self { databases, minutes, seed, binary })
    }
}

fn main() -> ExitCode {
    let outcome = Asked::read(std::env::args().skip(1)).and_then(|asked| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.map_err(|error| error.to_string())?.block_on(async {
            tokio::select! {
                outcome = run(&asked) => outcome,
                // What was mounted and started is given back as this ends.
                _ = tokio::signal::ctrl_c() => Err("stopped".to_owned()),
            }
        })
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(asked: &Asked) -> Result<bool, String> {
    let seconds = 60 * asked.minutes / asked.databases.len() as u64;
    let (mut reports, mut failed) = (Vec::new(), None);
    for database in &asked.databases {
        match soak(asked, database, Duration::from_secs(seconds)).await {
            Ok(report) => reports.push(report),
            Err(error) => failed = Some(format!("{database}: {error}")),
        }
    }
    // Each part of the table, whatever the others say.
    let well: Vec<bool> = reports.iter().map(Report::print).collect();
    failed.map_or_else(|| Ok(well.into_iter().all(|well| well)), Err)
}

/// A run on one database.
async fn soak(asked: &Asked, database: &'static str, lasts: Duration) -> Result<Report, String> {
    let sqlite = database == "sqlite";
    let logs = tempfile::Builder::new().prefix("magistra-soak.").tempdir().map_err(|error| error.to_string())?;
    // A new PostgreSQL takes some 150 MiB with its log of writes; files come in all the time.
    let minutes = lasts.as_secs().div_ceil(60);
    let disk = Arc::new(Disk::new(if sqlite { 300 } else { 500 } + 4 * minutes)?);
    let cluster = if sqlite { None } else { Some(Cluster::start(&disk).await?) };
    let mail = Arc::new(MailServer::start().await.map_err(|error| error.to_string())?);
    let data = disk.path().join("data");
    std::fs::create_dir(&data).map_err(|error| error.to_string())?;
    let url = match &cluster {
        Some(cluster) => cluster.url.clone(),
        None => format!("sqlite://{}/magistra.db", data.display()),
    };
    let setting = Setting {
        binary: asked.binary.clone(),
        data: data.clone(),
        log: logs.path().join("server.log"),
        addr: free_address()?,
        metrics: free_address()?,
        database: url.clone(),
        mail: mail.port,
    };
    println!("{database}: loading the demonstration");
    let loaded = setting.command(&[])?.args(["demo", "--password", PASSWORD]).status().await;
    if !loaded.is_ok_and(|status| status.success()) {
        return Err(format!("the demonstration could not be loaded: {}", logged(&setting)));
    }
    let db = Db::open(&url).await.map_err(|error| error.to_string())?;
    let world = Arc::new(world::prepare(&db, minutes, asked.seed).await?);
    db.close().await;
    let server = Server::start(setting.clone()).await.map_err(|error| format!("{error}\n{}", logged(&setting)))?;
    let watch = Arc::clone(&server.watch);
    let ledger = Arc::new(Ledger::new());
    // Ended with this run, however it ends.
    let mut beside = JoinSet::new();
    beside.spawn(Arc::clone(&watch).look());
    beside.spawn(say(database, Arc::clone(&ledger), Arc::clone(&watch), Arc::clone(&mail)));
    let load = Load::begin(setting.addr, Arc::clone(&world), Arc::clone(&ledger), asked.seed);
    let mut maker = Maker {
        server,
        disk: Arc::clone(&disk),
        cluster,
        mail: Arc::clone(&mail),
        ledger: Arc::clone(&ledger),
        clock: WrongClock::found().await,
        dice: Dice::new(asked.seed, 2),
        lasts: if lasts < SHORT { (3000, 5000) } else { (8000, 20_000) },
        events: Vec::new(),
        setting,
    };
    trouble(&mut maker, lasts).await;
    let lasted = ledger.begun().elapsed();
    let mut findings = Vec::new();
    if let Err(error) = load.end().await {
        findings.push(Finding::new("the load ends", error, false));
    }
    println!("{database}: the load has ended; waiting for the queue to be empty");
    watch.enter("the queue empties");
    let ended = Instant::now();
    let db = Db::open(&url).await.map_err(|error| error.to_string())?;
    while checks::open_jobs(&db).await.map_err(|error| error.to_string())? > 0 && ended.elapsed() < EMPTY {
        sleep(Duration::from_millis(500)).await;
    }
    let emptied = ended.elapsed();
    if let Err(error) = maker.server.stop().await {
        findings.push(Finding::new("stops when told to", error, false));
    }
    beside.abort_all();
    println!("{database}: looking at what is there");
    let letters = mail.letters();
    let files = data.join("files");
    let evidence = Evidence {
        db: &db,
        files: &files,
        world: &world,
        ledger: &ledger,
        letters: &letters,
        // Mail is sent by the worker with the wrong clock, too, and that one is killed.
        cuts: maker.events.iter().filter(|event| event.trouble != Trouble::Store).count(),
    };
    findings.extend(checks::look(&evidence).await?);
    db.close().await;
    let report = Report {
        database,
        sqlite,
        seed: asked.seed,
        events: std::mem::take(&mut maker.events),
        counts: ledger.counts(),
        within: (ledger.within(0.5), ledger.within(0.99)),
        begun: ledger.begun(),
        lasted,
        samples: watch.samples(),
        letters: letters.len(),
        clock: maker.clock.note(),
        emptied,
        findings,
    };
    let well = report.events.iter().all(|event| event.wrong.is_none()) && report.findings.iter().all(|it| it.ok);
    if !well {
        println!("{database}: the server's log is kept: {}", logs.keep().display());
    }
    Ok(report)
}

/// The end of the server's log.
fn logged(setting: &Setting) -> String {
    let text = std::fs::read_to_string(&setting.log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

/// Lets one thing after the other go wrong, in an order of chance, with calm between, until the time is over and
/// each was there.
async fn trouble(maker: &mut Maker, lasts: Duration) {
    let calm = if lasts < SHORT { (2000, 4000) } else { (8000, 20_000) };
    let first = (lasts / 20).min(Duration::from_secs(60));
    let mut is_first = true;
    loop {
        let mut round = Trouble::ROUND;
        maker.dice.shuffle(&mut round);
        for trouble in round {
            // The first round is gone through to its end.
            if !is_first && maker.ledger.begun().elapsed() >= lasts {
                return;
            }
            let calm = maker.dice.millis(calm.0, calm.1);
            sleep(if maker.events.is_empty() { calm.max(first) } else { calm }).await;
            maker.happen(trouble).await;
        }
        is_first = false;
        if maker.ledger.begun().elapsed() >= lasts {
            return;
        }
    }
}

/// Says now and then how things go.
async fn say(database: &'static str, ledger: Arc<Ledger>, watch: Arc<Watch>, mail: Arc<MailServer>) {
    loop {
        sleep(SAID).await;
        let counts = ledger.counts();
        println!(
            "{database}, {} s: {}; {} requests, {} writes acknowledged, {} refused or unanswered, {} letters, {} MiB",
            ledger.begun().elapsed().as_secs(),
            watch.phase(),
            number(counts.requests),
            number(counts.acknowledged),
            number(counts.failed),
            number(mail.letters().len() as u64),
            watch.samples().last().map_or(0, |sample| sample.kib / 1024),
        );
    }
}
