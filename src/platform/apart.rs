//! Work on bytes that strangers sent, in a process of its own: what takes too much memory or time is
//! ended there by the operating system, and the server goes on.
//!
//! The process is this program again, told by [`WORD`] what to do. It gets nothing but the bytes: no
//! environment (with its secrets), no open files, no database. Limits hold before the first byte is read.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{ExitCode, ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    sync::Semaphore,
};

/// The first argument of a process that works apart.
pub const WORD: &str = "work-apart";

/// How many work apart at once; together they may take so many times [`Bounds::memory`].
const AT_ONCE: usize = 2;
/// How long one waits for others to be through.
const PATIENCE: Duration = Duration::from_secs(15);
/// Files that the process may have open: its three ends of pipes.
const OPEN_FILES: u64 = 3;
/// What is mapped besides memory that is written: the program itself.
const MAPPED: u64 = 1024 * 1024 * 1024;

/// A kind of work that can be done apart: from bytes to bytes, with nothing else to see.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Its name on the command line.
    pub name: &'static str,
    /// The work.
    pub work: fn(&[u8]) -> Vec<u8>,
}

/// What one piece of work may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of memory that may be written (RLIMIT_DATA).
    pub memory: u64,
    /// Seconds of processor (RLIMIT_CPU).
    pub processor: u64,
    /// How long it may take in all.
    pub lasts: Duration,
    /// Bytes of an answer.
    pub answer: u64,
}

impl Bounds {
    /// For a file of a few megabytes that a person waits for.
    pub const USUAL: Self =
        Self { memory: 384 * 1024 * 1024, processor: 10, lasts: Duration::from_secs(20), answer: 48 * 1024 * 1024 };
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// Others kept all places for too long.
    #[error("too many at once")]
    Busy,
    /// It took too long.
    #[error("took too long")]
    TooLong,
    /// It wanted more memory than it may have, or said more.
    #[error("took too much memory")]
    TooMuch,
    /// It ended badly in another way.
    #[error("broke")]
    Broke,
}

#[derive(Clone, Debug)]
enum Place {
    Process { program: PathBuf, bounds: Bounds },
    Within,
}

/// Where work on strange bytes is done.
#[derive(Clone, Debug)]
pub struct Apart {
    place: Place,
    slots: Arc<Semaphore>,
    patience: Duration,
}

impl Apart {
    /// In processes of this very program, also when its file was replaced meanwhile by a newer one.
    pub fn own() -> Result<Self, String> {
        let itself = Path::new("/proc/self/exe");
        let program = if itself.exists() {
            itself.to_owned()
        } else {
            std::env::current_exe().map_err(|error| format!("cannot find this program's own file: {error}"))?
        };
        Ok(Self::of(program, Bounds::USUAL))
    }

    /// In processes of a program that answers to [`WORD`].
    pub fn of(program: PathBuf, bounds: Bounds) -> Self {
        Self { place: Place::Process { program, bounds }, slots: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE }
    }

    /// In this process, without limits: for tests of the library, whose program is no `magistra`.
    pub fn within() -> Self {
        Self { place: Place::Within, slots: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE }
    }

    /// Does a piece of work and gives its answer back.
    pub async fn run(&self, task: Task, input: Vec<u8>) -> Result<Vec<u8>, Ended> {
        let slots = Arc::clone(&self.slots);
        let slot = tokio::time::timeout(self.patience, slots.acquire_owned())
            .await
            .map_err(|_| Ended::Busy)?
            .map_err(|_| Ended::Broke)?;
        match &self.place {
            Place::Within => tokio::task::spawn_blocking(move || {
                let _slot = slot;
                (task.work)(&input)
            })
            .await
            .map_err(|_| Ended::Broke),
            Place::Process { program, bounds } => {
                let child = started(program, task, bounds).map_err(|error| {
                    tracing::error!(%error, task = task.name, "a process to work apart could not be started");
                    Ended::Broke
                })?;
                let outcome = watched(child, &input, bounds).await;
                drop(slot);
                if let Err(ended) = outcome {
                    tracing::warn!(task = task.name, %ended, "work apart was ended");
                }
                outcome
            }
        }
    }
}

fn started(program: &Path, task: Task, bounds: &Bounds) -> std::io::Result<Child> {
    Command::new(program)
        .args([WORD, task.name, &bounds.memory.to_string(), &bounds.processor.to_string()])
        .env_clear()
        // Memory is asked of the system as it is needed, and not by the gigabyte: limits mean what they say.
        .env("MIMALLOC_ARENA_RESERVE", "0")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

/// Hands the bytes over and waits for the answer, but not for ever and not for any length.
async fn watched(mut child: Child, input: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Ended> {
    let (Some(mut into), Some(mut from)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Ended::Broke);
    };
    let talk = async {
        // A process that ended while it read says why below.
        let _ = into.write_all(input).await;
        drop(into);
        let mut answer = Vec::new();
        let read = (&mut from).take(bounds.answer + 1).read_to_end(&mut answer).await;
        if read.is_err() || answer.len() as u64 > bounds.answer {
            return Err(Ended::TooMuch);
        }
        let status = child.wait().await.map_err(|_| Ended::Broke)?;
        said(status).map(|()| answer)
    };
    let outcome = tokio::time::timeout(bounds.lasts, talk).await.unwrap_or(Err(Ended::TooLong));
    if outcome.is_err() {
        // Gone already, perhaps; what is not is waited for, so that nothing is left of it.
        let _ = child.kill().await;
    }
    outcome
}

/// What a process's end says of its work.
fn said(status: ExitStatus) -> Result<(), Ended> {
    use std::os::unix::process::ExitStatusExt;
    // SIGABRT is how Rust says that memory was refused; SIGKILL how a system that has none left does.
    const ABORTED: i32 = 6;
    const KILLED: i32 = 9;
    const PROCESSOR: i32 = 24;
    match (status.success(), status.signal()) {
        (true, _) => Ok(()),
        (false, Some(ABORTED | KILLED)) => Err(Ended::TooMuch),
        (false, Some(PROCESSOR)) => Err(Ended::TooLong),
        (false, _) => Err(Ended::Broke),
    }
}

/// In the process itself: does what the command line asks for, if it asks for work apart. Called before
/// anything else of the program begins.
pub fn asked(tasks: &[Task]) -> Option<ExitCode> {
    let mut given = std::env::args_os().skip(1).map(|word| word.into_string().unwrap_or_default());
    if given.next()? != WORD {
        return None;
    }
    let name = given.next().unwrap_or_default();
    let mut number = || given.next().unwrap_or_default().parse::<u64>().ok();
    let done = match (tasks.iter().find(|task| task.name == name), number(), number()) {
        (Some(task), Some(memory), Some(processor)) => work(task, memory, processor),
        _ => None,
    };
    Some(if done.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn work(task: &Task, memory: u64, processor: u64) -> Option<()> {
    for (what, most) in [
        (Resource::Core, 0),
        // Nothing is written but the answer, which goes into a pipe.
        (Resource::Fsize, 0),
        (Resource::Nofile, OPEN_FILES),
        (Resource::Cpu, processor),
        (Resource::Data, memory),
        (Resource::As, memory + MAPPED),
    ] {
        setrlimit(what, Rlimit { current: Some(most), maximum: Some(most + u64::from(what == Resource::Cpu)) }).ok()?;
    }
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input).ok()?;
    let answer = (task.work)(&input);
    let mut out = std::io::stdout().lock();
    out.write_all(&answer).ok()?;
    out.flush().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reversed(input: &[u8]) -> Vec<u8> {
        input.iter().rev().copied().collect()
    }

    fn broken(_: &[u8]) -> Vec<u8> {
        panic!("as a reader of strange bytes may")
    }

    #[tokio::test]
    async fn what_breaks_is_told_and_the_place_is_free_again() {
        let apart = Apart::within();
        let task = Task { name: "broken", work: broken };
        for _ in 0..=AT_ONCE {
            assert_eq!(apart.run(task, Vec::new()).await, Err(Ended::Broke));
        }
        let task = Task { name: "reversed", work: reversed };
        assert_eq!(apart.run(task, b"abc".to_vec()).await, Ok(b"cba".to_vec()));
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let apart = Apart { patience: Duration::from_millis(1), ..Apart::within() };
        let all = apart.slots.clone().acquire_many_owned(AT_ONCE as u32).await.unwrap();
        let task = Task { name: "reversed", work: reversed };
        assert_eq!(apart.run(task, Vec::new()).await, Err(Ended::Busy));
        drop(all);
        assert!(Apart { patience: PATIENCE, ..apart }.run(task, Vec::new()).await.is_ok());
    }

    #[tokio::test]
    async fn a_program_that_says_nothing_is_ended() {
        let bounds = Bounds { lasts: Duration::from_millis(50), ..Bounds::USUAL };
        let task = Task { name: "1000", work: reversed };
        // Ignores its standard input and never answers.
        let child = Command::new("sleep").arg("1000").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let id = child.id().unwrap();
        assert_eq!(watched(child, &vec![0; 1 << 20], &bounds).await, Err(Ended::TooLong));
        assert!(!Path::new(&format!("/proc/{id}")).exists(), "nothing is left of it");
        let apart = Apart::of(PathBuf::from("/nowhere/magistra"), bounds);
        assert_eq!(apart.run(task, Vec::new()).await, Err(Ended::Broke));
        // Talks without end.
        let child = Command::new("yes").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let bounds = Bounds { answer: 100_000, ..Bounds::USUAL };
        assert_eq!(watched(child, b"", &bounds).await, Err(Ended::TooMuch));
    }
}
