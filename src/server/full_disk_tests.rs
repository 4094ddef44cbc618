//! A disk that fills up and is freed again while a register is kept, files come in and jobs are done. The disk
//! is real: a small file system in memory, which only root may mount.

use super::{
    router,
    web_tests::{Visitor, ask, get, post},
};
use crate::{
    attendance::{
        model::{Action, MarkState, Touch},
        service, store as attendance,
    },
    common::{
        error::AppError,
        ids::{DeliveryId, EnrolmentId, FileId, JobId, SlotId},
        lane::Lane,
    },
    fetch_one,
    people::model::Actor,
    platform::{
        context::Ctx,
        db::Statement,
        job_store::{self, NewJob},
        jobs::{self, Handlers, Kind},
        store::{self, FileRow},
    },
    testing::{House, house_on},
};
use axum::http::{StatusCode, header};
use bytes::Bytes;
use futures::{TryStreamExt, future::BoxFuture};
use sqlx::{Connection, Executor, PgConnection};
use std::{
    collections::BTreeMap,
    fs::File,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use uuid::Uuid;

const SIGN_IN: &str = "__fn=/_fn/people/sign-in&email=ada%40magistra.example&password=correct+horse+battery";
const JOB_KNOWN: Statement<(i64,)> = Statement::new("full_disk::job", "SELECT COUNT(*) FROM job WHERE id = $1");
const KIND: &str = "full_disk.nothing";
const HANDLERS: Handlers = &[Kind::new(Lane::House, KIND, nothing)];
/// How often each thing is tried on a full disk: a page that is not full still takes a row.
const TRIES: usize = 600;

fn nothing(_: Ctx, _: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async { Ok(()) })
}

/// A file system of a few MiB.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn new(mib: u32) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mib}m,mode=1777"), "tmpfs"])
            .arg(folder.path())
            .status();
        assert!(
            mounted.is_ok_and(|status| status.success()),
            "This test fills a disk of its own: run it as root, where tmpfs can be mounted."
        );
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves not a block free.
    fn fill(&self) {
        let ballast = File::options().create(true).append(true).open(self.path().join("ballast"));
        let mut ballast = ballast.expect("a file takes no block");
        let block = [0; 4096];
        while ballast.write_all(&block).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.path().join("ballast")).expect("the ballast is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// What was tried, by its number, and whether it was acknowledged.
#[derive(Default)]
struct Tried {
    marks: BTreeMap<u128, bool>,
    files: BTreeMap<u128, bool>,
    jobs: BTreeMap<u128, bool>,
}

fn refused(tried: &BTreeMap<u128, bool>) -> usize {
    tried.values().filter(|kept| !**kept).count()
}

/// Whether it was acknowledged; refused it must be in the words of an outage.
fn kept(outcome: &Result<(), AppError>) -> bool {
    assert!(matches!(outcome, Ok(()) | Err(AppError::Unavailable)), "{outcome:?}");
    outcome.is_ok()
}

struct Day {
    house: House,
    trainer: Actor,
    visitor: Visitor,
    delivery: DeliveryId,
    slot: SlotId,
    places: Vec<EnrolmentId>,
    tried: Tried,
    next: u128,
}

impl Day {
    async fn new(house: House) -> Self {
        let academy = house.institution("academy").await;
        let course = house.course("introductory").await;
        let delivery = house.delivery(course, academy, 20).await;
        let (trainer, ada) = (house.trainer("Tom").await, house.administrator("Ada", academy).await);
        house.trains(delivery, trainer.person_id).await;
        let mut places = Vec::new();
        for name in ["Ana", "Ben", "Eva"] {
            let person = house.person(name, &[]).await;
            places.push(house.enrol(delivery, person.person_id).await);
        }
        let slot = house.slots(delivery).await[0];
        let visitor = Visitor::signed_in(&house, &ada).await;
        Self { house, trainer, visitor, delivery, slot, places, tried: Tried::default(), next: 1 }
    }

    async fn mark(&self, n: u128) -> Result<(), AppError> {
        let touch = Touch {
            enrolment: self.places[n as usize % self.places.len()],
            state: MarkState::Late,
            missed: (n % 60 + 1).to_string(),
            note: String::new(),
            seen: None,
            seen_too: None,
        };
        let id = Uuid::from_u128(n);
        let action = Action { id, touches: vec![touch], everyone: false, reason: String::new(), made_at: None };
        let action = serde_json::to_string(&action).expect("JSON");
        let cx = self.house.as_actor(&self.trainer);
        service::mark(&cx, &self.delivery.to_string(), &self.slot.to_string(), &action).await.map(|_| ())
    }

    async fn upload(&self, n: u128) -> Result<(), AppError> {
        let app = &self.house.app;
        let id = FileId(Uuid::from_u128(n));
        let mut incoming = app.files.receive(id, "picture.png", 1024 * 1024).await?;
        let mut bytes = vec![0x5a; 100_000];
        bytes[..16].copy_from_slice(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        if let Err(error) = incoming.write(Bytes::from(bytes)).await {
            incoming.abort().await;
            return Err(error);
        }
        let arrived = incoming.finish().await?;
        let file = FileRow {
            id,
            key: arrived.key.clone(),
            name: arrived.name,
            media_type: arrived.media_type.into(),
            size: arrived.size,
            sha256: arrived.sha256,
        };
        let recorded = async {
            let mut tx = app.db.begin().await?;
            store::add_file(&mut tx, &file, None, app.now()).await?;
            tx.commit().await
        };
        if let Err(error) = recorded.await {
            app.files.remove(&arrived.key).await;
            return Err(error.into());
        }
        Ok(())
    }

    async fn enqueue(&self, n: u128) -> Result<(), AppError> {
        let app = &self.house.app;
        // Too varied to be pressed small, and too large for a page that has some room left.
        let payload: String = (0..2000_u128)
            .map(|i| {
                Uuid::from_u128((n + i).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)).simple().to_string()
            })
            .collect();
        let mut tx = app.db.begin().await?;
        let job = NewJob {
            id: JobId(Uuid::from_u128(n)),
            kind: KIND,
            payload: &payload,
            run_at: app.now(),
            dedupe_key: None,
        };
        job_store::add_job(&mut tx, job, app.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Tries one of each.
    async fn round(&mut self) -> bool {
        let n = self.next;
        self.next += 1;
        let (mark, file, job) = (self.mark(n).await, self.upload(n).await, self.enqueue(n).await);
        self.tried.marks.insert(n, kept(&mark));
        self.tried.files.insert(n, kept(&file));
        self.tried.jobs.insert(n, kept(&job));
        mark.is_ok() && file.is_ok() && job.is_ok()
    }

    /// Tries until each was refused a few times more.
    async fn be_refused(&mut self) {
        let counts = |tried: &Tried| [refused(&tried.marks), refused(&tried.files), refused(&tried.jobs)];
        let before = counts(&self.tried);
        for _ in 0..TRIES {
            if counts(&self.tried).iter().zip(before).all(|(now, before)| *now >= before + 3) {
                return;
            }
            self.round().await;
        }
        panic!("a full disk is felt: {:?} refused", counts(&self.tried));
    }

    /// The answer of a check that nobody has made in the last seconds.
    async fn ready(&self) -> (StatusCode, String) {
        let answer = ask(&router(&self.house.app).expect("a router"), get("/health/ready")).await;
        (answer.status, answer.body)
    }

    /// Reading goes on, and what somebody types on a full disk is not lost.
    async fn people_are_told(&self) {
        let router = router(&self.house.app).expect("a router");
        let answer = ask(&router, post("/sign-in", SIGN_IN)).await;
        // A page of the database that is not full may take a session all the same.
        if answer.status != StatusCode::SEE_OTHER || self.house.app.db.kind() == "sqlite" {
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
            assert!(answer.body.contains("value=\"ada@magistra.example\""), "{}", answer.body);
            assert!(
                answer.body.contains("Nothing was saved: the server cannot write at the moment."),
                "{}",
                answer.body
            );
        }
        let register = get(&format!("/deliveries/{}/register/{}", self.delivery, self.slot));
        let register = ask(&router, self.visitor.request(register)).await;
        assert_eq!(register.status, StatusCode::OK, "who reads is not disturbed");
    }

    async fn works_again(&mut self) {
        assert!(self.round().await, "the very next mark, upload and job");
        let (status, text) = self.ready().await;
        assert_eq!(status, StatusCode::OK, "{text}");
        jobs::drain(&self.house.app, HANDLERS).await.expect("jobs are done again");
    }

    /// What was acknowledged is there, and nothing else.
    async fn promises_are_kept(&self) {
        let app = &self.house.app;
        let mut reader = app.db.read().await.expect("reads");
        for (n, kept) in &self.tried.marks {
            let known = attendance::action_known(&mut reader, Uuid::from_u128(*n)).await.expect("reads");
            assert_eq!(known, *kept, "mark {n}");
        }
        for (n, kept) in &self.tried.jobs {
            let (count,): (i64,) = fetch_one!(&mut reader, JOB_KNOWN, JobId(Uuid::from_u128(*n))).expect("reads");
            assert_eq!(count == 1, *kept, "job {n}");
        }
        let mut keys = Vec::new();
        for (n, kept) in &self.tried.files {
            let file = store::file(&mut reader, FileId(Uuid::from_u128(*n))).await.expect("reads");
            assert_eq!(file.is_some(), *kept, "file {n}");
            keys.extend(file.map(|file| file.key));
        }
        let objects: Vec<_> = app.files.store().list(None).try_collect().await.expect("lists");
        let mut stored: Vec<_> = objects.iter().map(|object| object.location.to_string()).collect();
        stored.sort();
        keys.sort();
        assert_eq!(stored, keys, "nothing is left of a refused upload");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_nothing_for_longer_than_it_is_full_sqlite() {
    let disk = SmallDisk::new(24);
    let url = format!("sqlite://{}/magistra.db", disk.path().display());
    let mut day = Day::new(house_on(disk.path(), &url).await).await;
    day.works_again().await;
    for _ in 0..2 {
        assert!(day.round().await);
        disk.fill();
        day.be_refused().await;
        disk.fill();
        let (status, text) = day.ready().await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
        assert!(text.contains("files: cannot be written to") && text.contains("of which 1 must be left"), "{text}");
        assert!(jobs::drain(&day.house.app, HANDLERS).await.is_err(), "a job cannot be noted as done");
        day.people_are_told().await;
        disk.free();
        day.works_again().await;
    }
    day.promises_are_kept().await;
    day.house.app.db.close().await;
}

/// A PostgreSQL whose folder lies on a small disk.
struct Cluster<'a> {
    disk: &'a SmallDisk,
    url: String,
}

impl<'a> Cluster<'a> {
    fn start(disk: &'a SmallDisk) -> Self {
        let made = Self::script(disk).args(["start", "--durable"]).output().expect("bash");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self { disk, url: String::from_utf8_lossy(&made.stdout).trim().to_owned() }
    }

    fn script(disk: &SmallDisk) -> Command {
        let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/postgres.sh"));
        command.env("TMPDIR", disk.path()).stdin(Stdio::null());
        command
    }

    fn pg_ctl(&self, what: &str) -> bool {
        let folder = std::fs::read_dir(self.disk.path())
            .expect("the disk")
            .filter_map(Result::ok)
            .find_map(|entry| entry.file_name().to_string_lossy().starts_with("magistra-pg").then(|| entry.path()));
        let folder = folder.expect("the cluster's folder");
        let bin = "cd / && PATH=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH && \
                   exec runuser -u postgres -- pg_ctl \"$1\" -m immediate -w -t 30 -D \"$2/data\" -l \"$2/server.log\"";
        Command::new("bash")
            .args(["-c", bin, "pg_ctl", what])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Writes more than the log has room for: the server stops in alarm.
    async fn overflow(&self) {
        let mut connection = PgConnection::connect(&self.url).await.expect("connects");
        let sql = "SELECT pg_logical_emit_message(FALSE, 'test', repeat('x', 1000000))";
        for _ in 0..1000 {
            if connection.execute(sql).await.is_err() {
                return;
            }
        }
        panic!("the log has overflowed");
    }

    /// Waits until the server is up again, as its operator would start it.
    async fn revive(&self) {
        let until = Instant::now() + Duration::from_secs(60);
        while PgConnection::connect(&self.url).await.is_err() {
            assert!(Instant::now() < until, "PostgreSQL comes up again");
            if !self.pg_ctl("status") {
                self.pg_ctl("restart");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Cluster<'_> {
    fn drop(&mut self) {
        let _ = Self::script(self.disk).arg("stop").status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_nothing_for_longer_than_it_is_full_postgres() {
    let disk = SmallDisk::new(192);
    let cluster = Cluster::start(&disk);
    let mut day = Day::new(house_on(disk.path(), &cluster.url).await).await;
    day.works_again().await;
    disk.fill();
    day.be_refused().await;
    disk.fill();
    let (status, text) = day.ready().await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{text}");
    assert!(text.contains("database: cannot be written to"), "{text}");
    day.people_are_told().await;
    disk.free();
    day.works_again().await;

    // The log of writes is full too: the server goes down, and comes back when there is room.
    disk.fill();
    cluster.overflow().await;
    cluster.pg_ctl("stop");
    let router = router(&day.house.app).expect("a router");
    let request = day.visitor.request(post("/sign-in", SIGN_IN));
    let (mark, ready, form) = tokio::join!(day.mark(0), day.ready(), ask(&router, request));
    day.tried.marks.insert(0, kept(&mark));
    assert_eq!(mark, Err(AppError::Unavailable));
    assert_eq!(ready.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(form.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(form.body.contains("ada@magistra.example"), "{}", form.body);
    assert_eq!(form.header(header::RETRY_AFTER), "60");
    disk.free();
    cluster.revive().await;
    day.works_again().await;
    day.promises_are_kept().await;
    day.house.app.db.close().await;
}
