//! Lanes, with mail servers that are really silent: on a socket, at every point of the conversation.

use super::{JOBS, keeping};
use crate::{
    common::{error::AppError, lane::Lane},
    execute, on_both,
    people::{accounts::letters, house},
    platform::{
        context::{App, Ctx},
        db::{Db, Statement},
        job_store::{self as store, Claim},
        jobs::{self, Handlers, Kind, Pace, watch, work::work_at},
        mail::{self, Letter},
    },
    testing::{House, Kind as Database, house_with},
};
use chrono::TimeDelta;
use futures::future::BoxFuture;
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// What a mail server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Takes the line and says nothing.
    Silent,
    /// Greets, and says nothing more.
    Greets,
    /// Takes the letter and says nothing more.
    TakesData,
    /// Takes the letter and hangs up.
    HangsUp,
    /// All is well.
    Well,
}

/// A letter as the server heard it, and whether it said that it took it.
#[derive(Clone)]
struct Heard {
    letter: String,
    taken: bool,
}

impl Heard {
    fn id(&self) -> String {
        let line = self.letter.lines().find(|line| line.starts_with("Message-ID: ")).expect("a Message-ID");
        line.to_owned()
    }
}

struct Server {
    address: SocketAddr,
    mode: Arc<Mutex<Mode>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Server {
    async fn start(mode: Mode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let it = Self {
            address: listener.local_addr().expect("an address"),
            mode: Arc::new(Mutex::new(mode)),
            heard: Arc::default(),
        };
        let (mode, heard) = (it.mode.clone(), it.heard.clone());
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let mode = *mode.lock().unwrap();
                let heard = heard.clone();
                tokio::spawn(async move { converse(line, mode, &heard).await });
            }
        });
        it
    }

    fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

async fn converse(line: TcpStream, mode: Mode, heard: &Mutex<Vec<Heard>>) -> Option<()> {
    let mut line = BufReader::new(line);
    if mode == Mode::Silent {
        return forever(&mut line).await;
    }
    line.write_all(b"220 here\r\n").await.ok()?;
    if mode == Mode::Greets {
        return forever(&mut line).await;
    }
    loop {
        let word = read(&mut line).await?;
        let answer: &[u8] = match word.get(..4)? {
            "DATA" => {
                line.write_all(b"354 go on\r\n").await.ok()?;
                let mut letter = String::new();
                loop {
                    match read(&mut line).await?.as_str() {
                        "." => break,
                        text => letter = letter + text + "\n",
                    }
                }
                heard.lock().unwrap().push(Heard { letter, taken: mode == Mode::Well });
                match mode {
                    Mode::Well => b"250 taken\r\n",
                    Mode::HangsUp => return None,
                    _ => return forever(&mut line).await,
                }
            }
            _ => b"250 yes\r\n",
        };
        line.write_all(answer).await.ok()?;
    }
}

/// Says nothing until the other side hangs up.
async fn forever(line: &mut BufReader<TcpStream>) -> Option<()> {
    while read(line).await.is_some() {}
    None
}

async fn read(line: &mut BufReader<TcpStream>) -> Option<String> {
    let mut text = String::new();
    match line.read_line(&mut text).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(text.trim_end().to_owned()),
    }
}

/// Waits for a condition, not for time.
async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    for _ in 0..3000 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came to this: {what}");
}

/// Everything short but the lease, since the tests' clock jumps.
fn quick() -> Pace {
    Pace {
        lease: Duration::from_secs(50 * 60),
        beat: Duration::from_millis(100),
        grace: Duration::from_millis(100),
        look: Duration::from_millis(50),
        mail: Duration::from_secs(5),
        longest: Duration::from_secs(60),
    }
}

fn start(app: &App, kinds: Handlers, pace: Pace) -> (CancellationToken, JoinHandle<()>) {
    let stop = CancellationToken::new();
    (stop.clone(), tokio::spawn(work_at(app.clone(), kinds, pace, stop)))
}

fn kind_of(house: &House) -> Database {
    match house.app.db {
        Db::Sqlite { .. } => Database::Sqlite,
        Db::Postgres(_) => Database::Postgres,
    }
}

fn letter(n: usize) -> Letter {
    Letter {
        name: "Ana".into(),
        to: format!("ana{n}@magistra.example"),
        subject: format!("Letter {n}"),
        body: "Good day.\n".into(),
    }
}

const MAIL_DONE: &str = "SELECT COUNT(*) FROM job WHERE kind = 'mail' AND state = 'done'";

/// Three letters meet a server in a mode: everything else goes on, and when the server is well again each letter
/// arrives, once and as itself.
async fn meets(house: &House, mode: Mode) {
    let server = Server::start(mode).await;
    let url = format!("smtp://{}", server.address);
    let house = house_with(kind_of(house), &["--smtp-url", &url, "--mail-timeout", "1"]).await;
    let cx = house.nobody();
    let mut tx = cx.begin().await.unwrap();
    for n in 0..3 {
        mail::send(&cx, &mut tx, &letter(n)).await.unwrap();
    }
    let nobody = letters::Forgotten { email: "nobody@magistra.example".into(), language: "en".into() };
    jobs::enqueue(&cx, &mut tx, letters::FORGOTTEN_JOB, &nobody).await.unwrap();
    jobs::count_again(&cx, &mut tx).await.unwrap();
    jobs::enqueue(&cx, &mut tx, keeping::SWEEP_JOB, &()).await.unwrap();
    tx.commit().await.unwrap();

    let (stop, worker) = start(&house.app, JOBS, quick());
    until("other lanes go on", async || {
        house.count("SELECT COUNT(*) FROM job WHERE kind IN ('people.forgotten', 'reporting.refresh', 'house.sweep', 'cascade.refresh') AND state = 'done'").await >= 4
    })
    .await;
    until("each letter was tried", async || {
        house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND last_error IS NOT NULL").await == 3
    })
    .await;
    assert_eq!(house.count(MAIL_DONE).await, 0);
    let tried: BTreeSet<String> = server.heard().iter().map(Heard::id).collect();
    assert_eq!(tried.len(), if matches!(mode, Mode::TakesData | Mode::HangsUp) { 3 } else { 0 }, "{mode:?}");

    *server.mode.lock().unwrap() = Mode::Well;
    until("the queue empties", async || {
        if house.count("SELECT COUNT(*) FROM job WHERE kind = 'mail' AND state = 'running'").await == 0 {
            house.app.clock.set(house.app.now() + TimeDelta::minutes(5));
            house.app.jobs_waiting.notify_waiters();
        }
        house.count(MAIL_DONE).await == 3
    })
    .await;
    let taken: Vec<String> = server.heard().iter().filter(|heard| heard.taken).map(Heard::id).collect();
    assert_eq!(taken.len(), 3, "no letter twice once the server is well");
    let taken: BTreeSet<String> = taken.into_iter().collect();
    assert_eq!(taken.len(), 3, "no letter is lost");
    assert!(tried.is_subset(&taken), "every try has the letter's own Message-ID: {tried:?} {taken:?}");
    assert!(taken.iter().all(|id| id.ends_with("@127.0.0.1>")), "{taken:?}");
    assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE state = 'parked'").await, 0);
    stop.cancel();
    worker.await.unwrap();
}

on_both! {
    async fn a_mail_server_that_says_nothing_holds_up_nothing_else(house) {
        meets(&house, Mode::Silent).await;
    }
}

on_both! {
    async fn nor_one_that_greets_and_says_nothing_more(house) {
        meets(&house, Mode::Greets).await;
    }
}

on_both! {
    async fn nor_one_that_takes_a_letter_and_says_nothing_more(house) {
        meets(&house, Mode::TakesData).await;
    }
}

on_both! {
    async fn nor_one_that_takes_a_letter_and_hangs_up(house) {
        meets(&house, Mode::HangsUp).await;
    }
}

fn hang(_: Ctx, _: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(std::future::pending())
}

fn ok(_: Ctx, _: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async { Ok(()) })
}

/// Goes on until somebody is marked.
fn wait(cx: Ctx, _: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let _ = cx.app.marks.subscribe().recv().await;
        Ok(())
    })
}

const HANGING: Handlers = &[
    Kind::new(Lane::Reports, "test.hangs", hang),
    Kind::new(Lane::Reports, "test.behind", ok),
    Kind::new(Lane::Letters, "test.beside", ok),
];
const WAITING: Handlers = &[Kind::new(Lane::Reports, "test.waits", wait)];

async fn ask(house: &House, kinds: &[&str]) {
    let cx = house.nobody();
    let mut tx = cx.begin().await.unwrap();
    for (n, kind) in kinds.iter().enumerate() {
        let at = cx.now() - TimeDelta::seconds(60 - n as i64);
        jobs::enqueue_at(&cx, &mut tx, kind, &(), at, None).await.unwrap();
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_job_that_hangs_is_given_up_and_its_lane_goes_on(house) {
        ask(&house, &["test.hangs", "test.behind", "test.beside", "of.a.newer.version"]).await;
        let (stop, worker) = start(&house.app, HANGING, Pace { longest: Duration::from_millis(400), ..quick() });
        until("beside and behind", async || house.count("SELECT COUNT(*) FROM job WHERE state = 'done'").await == 2).await;
        assert_eq!(house.count("SELECT attempts FROM job WHERE kind = 'test.hangs' AND state = 'queued' AND last_error LIKE 'given up after%'").await, 1);
        // What this version does not know waits for a server that does, untried.
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE kind = 'of.a.newer.version' AND state = 'queued' AND attempts = 0").await, 1);
        stop.cancel();
        worker.await.unwrap();
    }
}

on_both! {
    async fn a_server_that_stops_puts_back_what_hangs(house) {
        ask(&house, &["test.hangs"]).await;
        let (stop, worker) = start(&house.app, HANGING, quick());
        until("it runs", async || house.count("SELECT COUNT(*) FROM job WHERE state = 'running'").await == 1).await;
        stop.cancel();
        worker.await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE state = 'queued' AND attempts = 0 AND claim IS NULL").await, 1);
    }
}

on_both! {
    async fn a_heartbeat_holds_a_job_and_nobody_else_does_it(house) {
        ask(&house, &["test.waits"]).await;
        let (stop, worker) = start(&house.app, WAITING, quick());
        until("it runs", async || house.count("SELECT COUNT(*) FROM job WHERE state = 'running'").await == 1).await;
        for _ in 0..4 {
            house.app.clock.set(house.app.now() + TimeDelta::minutes(30));
            let fresh = Statement::<(i64,)>::new("testing::fresh", "SELECT COUNT(*) FROM job WHERE claimed_until >= $1");
            until("the claim is renewed", async || {
                let until = house.app.now() + TimeDelta::minutes(49);
                let (count,): (i64,) = crate::fetch_one!(&mut house.app.db.read().await.unwrap(), fresh, until).unwrap();
                count == 1
            })
            .await;
            assert_eq!(jobs::drain(&house.app, WAITING).await.unwrap(), 0);
        }
        until("it is done", async || {
            house.app.marked(house.app.id());
            house.count("SELECT COUNT(*) FROM job WHERE state = 'done' AND attempts = 1").await == 1
        })
        .await;
        stop.cancel();
        worker.await.unwrap();
    }
}

on_both! {
    async fn who_lost_a_claim_writes_nothing_about_the_job(house) {
        ask(&house, &["test.behind"]).await;
        let now = house.app.now();
        let far = now + TimeDelta::hours(1);
        let job = store::next_job(&mut house.app.db.read().await.unwrap(), ";test.behind;", now, far).await.unwrap().unwrap();
        let claim = |n| Claim { job, token: uuid::Uuid::from_u128(n) };
        let mut tx = house.app.db.begin().await.unwrap();
        assert!(store::claim_job(&mut tx, claim(1), now, now + TimeDelta::minutes(2), far).await.unwrap().is_some());
        assert!(store::claim_job(&mut tx, claim(2), now, now + TimeDelta::minutes(2), far).await.unwrap().is_none());
        tx.commit().await.unwrap();
        // The first died; its claim is over in two minutes, and then somebody else has the job.
        assert_eq!(jobs::drain(&house.app, HANGING).await.unwrap(), 0);
        house.app.clock.set(now + TimeDelta::minutes(3));
        let later = house.app.now();
        let mut tx = house.app.db.begin().await.unwrap();
        assert!(store::claim_job(&mut tx, claim(2), later, later + TimeDelta::minutes(2), far).await.unwrap().is_some());
        assert!(!store::renew_job(&mut tx, claim(1), later).await.unwrap());
        assert!(!store::finish_job(&mut tx, claim(1), later).await.unwrap());
        assert!(!store::retry_job(&mut tx, claim(1), later, "late").await.unwrap());
        assert!(!store::park_job(&mut tx, claim(1), "late", later).await.unwrap());
        assert!(store::finish_job(&mut tx, claim(2), later).await.unwrap());
        assert!(!store::finish_job(&mut tx, claim(2), later).await.unwrap());
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn a_job_that_kills_its_worker_is_given_up_too(house) {
        ask(&house, &["test.behind"]).await;
        let mut tx = house.app.db.begin().await.unwrap();
        let died = Statement::new("testing::died", "UPDATE job SET attempts = 6, state = 'running', claimed_until = $1");
        execute!(&mut tx, died, house.app.now() - TimeDelta::minutes(1)).unwrap();
        tx.commit().await.unwrap();
        jobs::drain(&house.app, HANGING).await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM job WHERE state = 'parked' AND last_error LIKE '%died%'").await, 1);
    }
}

on_both! {
    async fn a_lane_that_stands_still_is_seen(house) {
        let officer = house.as_actor(&house.officer().await);
        let cx = house.nobody();
        let mut tx = cx.begin().await.unwrap();
        mail::send(&cx, &mut tx, &letter(1)).await.unwrap();
        jobs::count_again(&cx, &mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let stand = async || {
            let view = house::service::jobs(&officer).await.unwrap();
            view.lanes.into_iter().filter(|line| line.stands).map(|line| (line.lane, line.late_minutes)).collect::<Vec<_>>()
        };
        house.app.clock.set(house.app.now() + TimeDelta::minutes(11));
        let mut standing = Vec::new();
        watch::look(&house.app, JOBS, &mut standing).await.unwrap();
        assert_eq!((standing.as_slice(), stand().await.len()), (&[][..], 0));
        // Longer than the mail server may take; a report may take a quarter of an hour.
        house.app.clock.set(house.app.now() + TimeDelta::minutes(3));
        watch::look(&house.app, JOBS, &mut standing).await.unwrap();
        assert_eq!(standing, [Lane::Mail]);
        assert_eq!(stand().await, [(Lane::Mail, Some(14))]);
        house.app.clock.set(house.app.now() + TimeDelta::minutes(30));
        watch::look(&house.app, JOBS, &mut standing).await.unwrap();
        assert_eq!(standing, [Lane::Mail, Lane::Reports]);
        jobs::drain(&house.app, JOBS).await.unwrap();
        watch::look(&house.app, JOBS, &mut standing).await.unwrap();
        assert!(standing.is_empty() && stand().await.is_empty());
    }
}

#[test]
fn kinds_have_names_that_statements_can_tell_apart() {
    let names: BTreeSet<&str> = JOBS.iter().map(|kind| kind.name).collect();
    assert_eq!(names.len(), JOBS.len());
    for name in &names {
        assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'.'), "{name}");
    }
    let lanes: BTreeSet<Lane> = JOBS.iter().map(|kind| kind.lane).collect();
    assert_eq!(lanes.len(), Lane::ALL.len(), "every lane has work");
}
