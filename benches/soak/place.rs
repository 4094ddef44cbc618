//! Where it happens: a small disk of its own, and on it, if it is to be PostgreSQL, a cluster of its own.

use sqlx::{Connection, Executor, PgConnection};
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{process::Command, time::sleep};

/// How long a PostgreSQL may take to be up again after its disk was full or it was stopped.
const REVIVAL: Duration = Duration::from_secs(60);

/// A file system in memory.
pub struct Disk(TempDir);

impl Disk {
    /// Mounts one of so many MiB.
    pub fn new(mib: u64) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mib}m,mode=1777"), "tmpfs"])
            .arg(folder.path())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Ok(Self(folder));
        }
        Err("a small disk of its own (tmpfs) could not be mounted: this fills it, so it takes no other. \
             Run it as root, where mounting is allowed"
            .to_owned())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves not a block free.
    pub fn fill(&self) {
        let ballast = File::options().create(true).append(true).open(self.path().join("ballast"));
        let Ok(mut ballast) = ballast else { return };
        for size in [1 << 20, 4096] {
            let block = vec![0_u8; size];
            while ballast.write_all(&block).is_ok() {}
        }
    }

    /// Gives the room back.
    pub fn free(&self) -> Result<(), String> {
        std::fs::remove_file(self.path().join("ballast")).map_err(|error| format!("the disk was never full: {error}"))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

/// A PostgreSQL whose folder lies on the small disk.
pub struct Cluster {
    disk: PathBuf,
    /// Where it answers.
    pub url: String,
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/postgres.sh")
}

impl Cluster {
    /// Makes it, with all its safety.
    pub async fn start(disk: &Disk) -> Result<Self, String> {
        let made = Command::new(script())
            .args(["start", "--durable"])
            .env("TMPDIR", disk.path())
            .stdin(Stdio::null())
            .output()
            .await
            .map_err(|error| format!("scripts/postgres.sh: {error}"))?;
        if !made.status.success() {
            return Err(format!("PostgreSQL could not be started: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let url = String::from_utf8_lossy(&made.stdout).trim().to_owned();
        let cluster = Self { disk: disk.path().to_owned(), url };
        // Its log of writes would else fill the small disk by itself.
        let mut connection = PgConnection::connect(&cluster.url).await.map_err(|error| error.to_string())?;
        for sql in [
            "ALTER SYSTEM SET min_wal_size = '32MB'",
            "ALTER SYSTEM SET max_wal_size = '96MB'",
            "SELECT pg_reload_conf()",
        ] {
            connection.execute(sql).await.map_err(|error| format!("{sql}: {error}"))?;
        }
        let _ = connection.close().await;
        Ok(cluster)
    }

    async fn pg_ctl(&self, what: &str) -> bool {
        let folder = std::fs::read_dir(&self.disk).ok().and_then(|entries| {
            entries
                .filter_map(Result::ok)
                .find_map(|entry| entry.file_name().to_string_lossy().starts_with("magistra-pg").then(|| entry.path()))
        });
        let Some(folder) = folder else { return false };
        // PostgreSQL refuses to run as root.
        let bin = "cd / && PATH=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1):$PATH && \
                   exec runuser -u postgres -- pg_ctl \"$1\" -m immediate -w -t 30 -D \"$2/data\" -l \"$2/server.log\"";
        Command::new("bash")
            .args(["-c", bin, "pg_ctl", what])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await
            .is_ok_and(|status| status.success())
    }

    /// Stops it as a power cut would.
    pub async fn stop(&self) -> Result<(), String> {
        if self.pg_ctl("stop").await { Ok(()) } else { Err("PostgreSQL could not be stopped".to_owned()) }
    }

    /// Waits until it is up, and starts it where it is down, as its operator would.
    pub async fn revive(&self) -> Result<(), String> {
        let until = Instant::now() + REVIVAL;
        loop {
            if let Ok(connection) = PgConnection::connect(&self.url).await {
                let _ = connection.close().await;
                return Ok(());
            }
            if Instant::now() > until {
                return Err("PostgreSQL does not come up again".to_owned());
            }
            if !self.pg_ctl("status").await {
                // With the options it had.
                self.pg_ctl("restart").await;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = std::process::Command::new(script());
        let _ = stop.arg("stop").env("TMPDIR", &self.disk).stdin(Stdio::null()).status();
    }
}
