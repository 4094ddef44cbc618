//! What goes wrong, one thing at a time, and how long it takes until all is well again.

use crate::{
    dice::Dice,
    ledger::{Counts, Ledger},
    mail::MailServer,
    place::{Cluster, Disk},
    server::{BOUND, Server, Setting},
    wrong_clock::WrongClock,
};
use magistra::{
    fetch_one,
    platform::{
        db::{Db, DbError, Statement},
        mail,
    },
};
use sqlx::{Connection, Executor, SqliteConnection};
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How often it is looked whether all is well again.
const LOOK: Duration = Duration::from_millis(20);

const DONE: Statement<(i64,)> =
    Statement::new("soak::done", "SELECT COUNT(*) FROM job WHERE state = 'done' AND kind <> $1");

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The server is killed and started again.
    Kill,
    /// The disk is full for a while.
    Disk,
    /// The mail server takes every call and says nothing.
    Mail,
    /// The database stops; an SQLite database is held by another process.
    Database,
    /// The store of files is away.
    Store,
    /// A process whose clock is a thousand days ahead works on the same database.
    Clock,
}

impl Trouble {
    /// All of them, in a round; the server is killed more often.
    pub const ROUND: [Self; 8] =
        [Self::Kill, Self::Disk, Self::Mail, Self::Database, Self::Store, Self::Clock, Self::Kill, Self::Kill];

    /// As the table calls it.
    pub const fn name(self, sqlite: bool) -> &'static str {
        match self {
            Self::Kill => "SIGKILL and restart",
            Self::Disk => "full disk",
            Self::Mail => "silent mail server",
            Self::Database if sqlite => "writer locked",
            Self::Database => "database stopped",
            Self::Store => "store of files away",
            Self::Clock => "clock ahead 1,000 days",
        }
    }
}

/// One trouble that was.
#[derive(Clone, Debug)]
pub struct Event {
    pub trouble: Trouble,
    /// Requests without an answer, or told that it cannot be done now.
    pub failed: u64,
    /// From its end to the next write that was acknowledged.
    pub recovery: Duration,
    /// What was not as it should be.
    pub wrong: Option<String>,
}

/// Who makes trouble.
pub struct Maker {
    pub setting: Setting,
    pub server: Server,
    pub disk: Arc<Disk>,
    pub cluster: Option<Cluster>,
    pub mail: Arc<MailServer>,
    pub ledger: Arc<Ledger>,
    pub clock: WrongClock,
    pub dice: Dice,
    /// How long a trouble lasts, in milliseconds: from, to.
    pub lasts: (u64, u64),
    pub events: Vec<Event>,
}

impl Maker {
    fn is_sqlite(&self) -> bool {
        self.cluster.is_none()
    }

    /// Lets one thing go wrong, mends it, and waits until all is well.
    pub async fn happen(&mut self, trouble: Trouble) {
        let Counts { failed: before, .. } = self.ledger.counts();
        self.server.watch.enter(trouble.name(self.is_sqlite()));
        self.ledger.set_troubled(true);
        // Only a database that goes down leaves in doubt what it was told last.
        self.ledger.set_doubtful(!self.is_sqlite() && matches!(trouble, Trouble::Database | Trouble::Disk));
        let lasts = self.dice.millis(self.lasts.0, self.lasts.1);
        let mended = match trouble {
            Trouble::Kill => self.kill().await,
            Trouble::Disk => self.fill(lasts).await,
            Trouble::Mail => self.hush(lasts).await,
            Trouble::Database => self.stop_database(lasts).await,
            Trouble::Store => self.take_store(lasts).await,
            Trouble::Clock => self.clock.jump(&self.setting, lasts, self.dice.uuid()).await,
        };
        let since = mended.as_ref().map_or_else(|_| Instant::now(), |at| *at);
        let well = self.well_again(since).await;
        let after = match trouble {
            Trouble::Mail => self.letters_go_out().await,
            Trouble::Clock => self.clock.is_forgotten(&self.setting).await,
            _ => Ok(()),
        };
        let recovery = *well.as_ref().unwrap_or(&Duration::ZERO);
        let wrong: Vec<String> = [mended.err(), well.err(), after.err()].into_iter().flatten().collect();
        self.events.push(Event {
            trouble,
            failed: self.ledger.counts().failed - before,
            recovery,
            wrong: (!wrong.is_empty()).then(|| wrong.join("; ")),
        });
        self.ledger.set_doubtful(false);
        self.ledger.set_troubled(false);
        self.server.watch.enter("calm");
    }

    /// Waits for a write asked for since a time to be acknowledged, and for the server to say that it is ready.
    async fn well_again(&mut self, since: Instant) -> Result<Duration, String> {
        let until = Instant::now() + BOUND;
        while !self.ledger.acknowledged_since(since) {
            if Instant::now() > until {
                return Err(format!("no write was acknowledged within {} s", BOUND.as_secs()));
            }
            sleep(LOOK).await;
        }
        let took = since.elapsed();
        self.server.ready().await?;
        Ok(took)
    }

    /// The time to the next acknowledged write counts from the kill: starting is part of it.
    async fn kill(&mut self) -> Result<Instant, String> {
        let at = Instant::now();
        self.server.restart().await?;
        self.server.ready().await?;
        Ok(at)
    }

    async fn fill(&mut self, lasts: Duration) -> Result<Instant, String> {
        let until = Instant::now() + lasts;
        while Instant::now() < until {
            // What was given back meanwhile is taken again.
            let disk = Arc::clone(&self.disk);
            tokio::task::spawn_blocking(move || disk.fill()).await.map_err(|error| error.to_string())?;
            sleep(Duration::from_millis(500)).await;
        }
        self.disk.free()?;
        let at = Instant::now();
        if let Some(cluster) = &self.cluster {
            cluster.revive().await?;
        }
        Ok(at)
    }

    /// How many jobs other than letters were done.
    async fn others_done(&self) -> Result<i64, String> {
        let db = Db::open(&self.setting.database).await.map_err(|error| error.to_string())?;
        let counted = async {
            let mut reader = db.read().await?;
            let (done,): (i64,) = fetch_one!(&mut reader, DONE, mail::JOB)?;
            Ok::<i64, DbError>(done)
        };
        let counted = counted.await.map_err(|error| error.to_string());
        db.close().await;
        counted
    }

    async fn hush(&mut self, lasts: Duration) -> Result<Instant, String> {
        self.mail.set_silent(true);
        let until = Instant::now() + lasts;
        let before = self.others_done().await;
        sleep(until.saturating_duration_since(Instant::now())).await;
        // Registers are kept all the time, and each mark has work done behind it.
        let mut after = self.others_done().await;
        let patience = Instant::now() + BOUND / 2;
        while before.is_ok() && after == before && Instant::now() < patience {
            sleep(Duration::from_secs(1)).await;
            after = self.others_done().await;
        }
        self.mail.set_silent(false);
        if after? <= before? {
            return Err("nothing else was worked on while the mail server was silent".to_owned());
        }
        Ok(Instant::now())
    }

    /// Whether letters are sent again.
    async fn letters_go_out(&self) -> Result<(), String> {
        let (before, until) = (self.mail.letters().len(), Instant::now() + BOUND);
        while self.mail.letters().len() == before {
            if Instant::now() > until {
                return Err(format!("no letter came within {} s", BOUND.as_secs()));
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    async fn stop_database(&mut self, lasts: Duration) -> Result<Instant, String> {
        if let Some(cluster) = &self.cluster {
            cluster.stop().await?;
            sleep(lasts).await;
            let at = Instant::now();
            cluster.revive().await?;
            return Ok(at);
        }
        let mut connection =
            SqliteConnection::connect(&self.setting.database).await.map_err(|error| error.to_string())?;
        // The server writes all the time: it may take some tries to come in between.
        let until = Instant::now() + BOUND;
        while let Err(error) = connection.execute("BEGIN IMMEDIATE").await {
            if Instant::now() > until {
                return Err(format!("the writer could not be locked: {error}"));
            }
            sleep(LOOK).await;
        }
        sleep(lasts).await;
        connection.execute("ROLLBACK").await.map_err(|error| error.to_string())?;
        let at = Instant::now();
        connection.close().await.map_err(|error| error.to_string())?;
        Ok(at)
    }

    /// The folder of files, and where it is meanwhile.
    fn store(&self) -> (PathBuf, PathBuf) {
        (self.setting.data.join("files"), self.setting.data.join("files.away"))
    }

    async fn take_store(&mut self, lasts: Duration) -> Result<Instant, String> {
        let (here, away) = self.store();
        let failed = |error: std::io::Error| format!("the store of files: {error}");
        std::fs::rename(&here, &away).map_err(failed)?;
        // Where nothing at all is in its place a new folder would be made.
        std::fs::write(&here, b"").map_err(failed)?;
        sleep(lasts).await;
        std::fs::remove_file(&here).map_err(failed)?;
        std::fs::rename(&away, &here).map_err(failed)?;
        Ok(Instant::now())
    }
}
