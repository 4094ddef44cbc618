//! The program itself, started, watched, killed and started again.

use crate::http::{Question, ask};
use std::{
    fs::File,
    net::SocketAddr,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

/// Within this time of its start, or of the end of any trouble, it must be ready.
pub const BOUND: Duration = Duration::from_secs(60);
/// How long it may take to stop when it is told to.
const FAREWELL: Duration = Duration::from_secs(45);
/// After its start its memory is not looked at for so long: it has hardly any yet.
const YOUNG: Duration = Duration::from_secs(5);
/// How often its memory is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// An address nobody listens on.
pub fn free_address() -> Result<SocketAddr, String> {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).map_err(|error| error.to_string())
}

/// What the program is started with.
#[derive(Clone)]
pub struct Setting {
    pub binary: PathBuf,
    /// Its folder, on the small disk.
    pub data: PathBuf,
    /// Where it logs to, off the small disk.
    pub log: PathBuf,
    pub addr: SocketAddr,
    pub metrics: SocketAddr,
    pub database: String,
    /// Where the mail server listens.
    pub mail: u16,
}

impl Setting {
    /// The command, with nothing of this environment; `before` is what it is run by, if anything.
    pub fn command(&self, before: &[&str]) -> Result<Command, String> {
        let log = File::options().create(true).append(true).open(&self.log).map_err(|error| error.to_string())?;
        let mut command = match before {
            [] => Command::new(&self.binary),
            [program, rest @ ..] => {
                let mut command = Command::new(program);
                command.args(rest).arg(&self.binary);
                command
            }
        };
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MAGISTRA_")) {
            command.env_remove(name);
        }
        command
            .current_dir(&self.data)
            .env("MAGISTRA_DATA", &self.data)
            .env("MAGISTRA_SITE", &self.data)
            .env("MAGISTRA_DATABASE_URL", &self.database)
            .env("MAGISTRA_ADDR", self.addr.to_string())
            .env("MAGISTRA_METRICS_ADDR", self.metrics.to_string())
            .env("MAGISTRA_PUBLIC_URL", format!("http://{}", self.addr))
            .env("MAGISTRA_SMTP_URL", format!("smtp://127.0.0.1:{}", self.mail))
            // Silence is noticed soon, so that a letter that met it is not given up.
            .env("MAGISTRA_MAIL_TIMEOUT", "5")
            .env("MAGISTRA_FILES_TIMEOUT", "10")
            .env("MAGISTRA_MIN_FREE_MIB", "8")
            // We are a proxy that many people come through, each from an address of their own.
            .env("MAGISTRA_TRUSTED_PROXIES", "127.0.0.1")
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(log))
            .kill_on_drop(true);
        Ok(command)
    }
}

/// The memory that the server held at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub at: Instant,
    pub kib: u64,
    /// What was going on.
    pub phase: &'static str,
}

/// What is seen of the server from outside, whichever process it is.
pub struct Watch {
    pid: AtomicU32,
    phase: Mutex<(&'static str, Instant)>,
    samples: Mutex<Vec<Sample>>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// Says what is going on from now on.
    pub fn enter(&self, phase: &'static str) {
        held(&self.phase).0 = phase;
    }

    /// What is going on.
    pub fn phase(&self) -> &'static str {
        held(&self.phase).0
    }

    /// What was seen.
    pub fn samples(&self) -> Vec<Sample> {
        held(&self.samples).clone()
    }

    /// Looks at the server's memory until nobody wants to know any more.
    pub async fn look(self: Arc<Self>) {
        loop {
            sleep(LOOK).await;
            let (phase, born) = *held(&self.phase);
            if born.elapsed() < YOUNG {
                continue;
            }
            if let Some(kib) = resident(self.pid.load(Ordering::Relaxed)) {
                held(&self.samples).push(Sample { at: Instant::now(), kib, phase });
            }
        }
    }
}

/// The memory that a process holds, in KiB.
fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}

/// The running server.
pub struct Server {
    setting: Setting,
    child: Child,
    pub watch: Arc<Watch>,
}

fn spawn(setting: &Setting) -> Result<Child, String> {
    let mut command = setting.command(&[])?;
    command.arg("serve").spawn().map_err(|error| format!("{}: {error}", setting.binary.display()))
}

impl Server {
    /// Starts it and waits until it is ready.
    pub async fn start(setting: Setting) -> Result<Self, String> {
        let child = spawn(&setting)?;
        let watch = Watch {
            pid: AtomicU32::new(child.id().unwrap_or_default()),
            phase: Mutex::new(("calm", Instant::now())),
            samples: Mutex::default(),
        };
        let mut server = Self { setting, child, watch: Arc::new(watch) };
        server.ready().await?;
        Ok(server)
    }

    /// Kills it, as a power cut would, and starts it again.
    pub async fn restart(&mut self) -> Result<(), String> {
        self.child.kill().await.map_err(|error| format!("SIGKILL: {error}"))?;
        self.child = spawn(&self.setting)?;
        self.watch.pid.store(self.child.id().unwrap_or_default(), Ordering::Relaxed);
        held(&self.watch.phase).1 = Instant::now();
        Ok(())
    }

    /// Waits until it says that it is ready.
    pub async fn ready(&mut self) -> Result<(), String> {
        let until = Instant::now() + BOUND;
        loop {
            let answer = ask(self.setting.addr, &Question::page("/health/ready", ""), 1).await;
            if answer.as_ref().is_some_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("the server ended by itself: {status} (its log: {})", self.setting.log.display()));
            }
            if Instant::now() > until {
                let said = answer.map_or_else(|| "nothing".to_owned(), |answer| answer.text());
                return Err(format!("not ready after {} s: {}", BOUND.as_secs(), said.trim().replace('\n', "; ")));
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Tells it to stop and waits until it has.
    pub async fn stop(&mut self) -> Result<(), String> {
        let pid = self.child.id().ok_or("the server had ended before it was told to")?;
        let told = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await;
        told.map_err(|error| format!("kill: {error}"))?;
        match timeout(FAREWELL, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(format!("told to stop, the server ended with {status}")),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("told to stop, the server had not after {} s", FAREWELL.as_secs())),
        }
    }
}
