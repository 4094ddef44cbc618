//! `magistra doctor`: says in plain lines what is wrong, and changes nothing.

use super::backup::free;
use crate::{
    people::house::{model::BackupState, service::backups},
    platform::{
        backup_store,
        clock::Clock,
        config::Settings,
        db::Db,
        files::{Files, PROBES},
        health_store::{self, NamedFile},
        private,
    },
};
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

/// Bytes that must be free: an upload of the largest size and a night's work go in.
const TIGHT: u64 = 1 << 30;
/// Bytes below which soon nothing can be written.
const FULL: u64 = 100 << 20;
/// How long the mail server may take to greet.
const GREETING: Duration = Duration::from_secs(10);

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Good,
    Warning,
    Fault,
}

/// A line of the report.
#[derive(Debug, PartialEq)]
struct Finding(Level, String);

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.0 {
            Level::Good => "good   ",
            Level::Warning => "warning",
            Level::Fault => "FAULT  ",
        };
        write!(f, "{level}  {}", self.1)
    }
}

fn good(text: impl Into<String>) -> Finding {
    Finding(Level::Good, text.into())
}

fn warning(text: impl Into<String>) -> Finding {
    Finding(Level::Warning, text.into())
}

fn fault(text: impl Into<String>) -> Finding {
    Finding(Level::Fault, text.into())
}

/// Looks at everything and prints what was found.
///
/// # Errors
/// When something is wrong.
pub async fn run(settings: &Settings) -> Result<(), String> {
    let findings = examine(settings, Clock::System.now()).await;
    for finding in &findings {
        println!("{finding}");
    }
    match findings.iter().filter(|finding| finding.0 == Level::Fault).count() {
        0 => Ok(()),
        1 => Err("something is wrong".into()),
        count => Err(format!("{count} things are wrong")),
    }
}

async fn examine(settings: &Settings, now: DateTime<Utc>) -> Vec<Finding> {
    // Checked before the settings are, which make the folder.
    if !settings.data.is_dir() {
        return vec![fault(format!("there is no data folder {} (MAGISTRA_DATA)", settings.data.display()))];
    }
    if let Err(problem) = settings.check() {
        return vec![fault(problem)];
    }
    let mut findings = vec![modes(settings)];
    findings.extend(room(settings));
    findings.push(mail(settings).await);
    match open(settings).await {
        Ok(db) => {
            findings.extend(database(&db, settings, now).await);
            db.close().await;
        }
        Err(problem) => findings.push(fault(problem)),
    }
    findings
}

async fn open(settings: &Settings) -> Result<Db, String> {
    if let Some(file) = settings.sqlite_file()
        && !file.exists()
    {
        return Err(format!("there is no database {}", file.display()));
    }
    Db::open(&settings.database_url()).await.map_err(|e| format!("the database cannot be opened: {e}"))
}

async fn database(db: &Db, settings: &Settings, now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = vec![good(format!("the database ({}) answers", db.kind()))];
    if matches!(db, Db::Sqlite { .. }) {
        findings.push(listed(
            "the database's pages are sound",
            "the database is damaged",
            &health_store::damaged_pages(db).await,
        ));
        findings.push(listed(
            "no row points to nothing",
            "rows of the database point to nothing",
            &health_store::broken_references(db).await,
        ));
    }
    let schema = schema(db).await;
    let known = schema.0 == Level::Good;
    findings.push(schema);
    // Tables of another schema would only answer with errors.
    if known {
        for outcome in [clock(db, now).await, backup(db, now).await, store(db, settings).await] {
            findings.push(outcome.unwrap_or_else(|problem| fault(format!("the database does not answer: {problem}"))));
        }
    }
    findings
}

fn listed(well: &str, ill: &str, faults: &[String]) -> Finding {
    if faults.is_empty() { good(well) } else { fault(format!("{ill}: {}", faults.join("; "))) }
}

async fn schema(db: &Db) -> Finding {
    let known = health_store::known_schema();
    let found = async {
        let mut reader = db.read().await?;
        health_store::schema(&mut reader).await
    };
    match found.await {
        Ok(Some((version, true))) if version == known => good(format!("the schema is {version}, as it should be")),
        Ok(Some((version, false))) => fault(format!("migration {version} was begun and did not succeed")),
        Ok(Some((version, true))) if version > known => {
            fault(format!("the schema is {version}, of a newer version of Magistra: this program knows up to {known}"))
        }
        Ok(found) => {
            let version = found.map_or(0, |(version, _)| version);
            fault(format!("the schema is {version} and should be {known}: run magistra migrate"))
        }
        Err(error) => {
            fault(format!("the database has no schema yet, or does not answer ({error}): run magistra migrate"))
        }
    }
}

async fn clock(db: &Db, now: DateTime<Utc>) -> Result<Finding, String> {
    let mut reader = db.read().await.map_err(|e| e.to_string())?;
    let ahead = health_store::from_the_future(&mut reader, now).await.map_err(|e| e.to_string())?;
    Ok(match ahead {
        None => good("no record carries a time to come"),
        Some((what, at)) => fault(format!(
            "the clock jumped: {what} carries the time {}, and it is {} now",
            at.format("%Y-%m-%d %H:%M UTC"),
            now.format("%Y-%m-%d %H:%M UTC")
        )),
    })
}

async fn backup(db: &Db, now: DateTime<Utc>) -> Result<Finding, String> {
    let mut reader = db.read().await.map_err(|e| e.to_string())?;
    let view = backups(backup_store::latest(&mut reader).await.map_err(|e| e.to_string())?, now);
    let at = view.verified_at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
    Ok(match view.state {
        BackupState::Good => good(format!("the last backup was verified at {at}")),
        BackupState::Never => warning("no backup has been verified yet"),
        BackupState::Old => fault(format!("the last backup was verified at {at}, more than two days ago")),
        BackupState::Failed => {
            let problem = view.failed.map(|(_, problem)| problem).unwrap_or_default();
            fault(format!("the last backup failed: {problem}"))
        }
    })
}

/// Compares the store with what the database names.
async fn store(db: &Db, settings: &Settings) -> Result<Finding, String> {
    let mut reader = db.read().await.map_err(|e| e.to_string())?;
    let named = health_store::named_files(&mut reader).await.map_err(|e| e.to_string())?;
    drop(reader);
    if !settings.files().starts_with("s3://") && !Path::new(&settings.files()).is_dir() {
        return Ok(match named.len() {
            0 => good("there are no files yet"),
            count => fault(format!("{} is not there, and the database names {count} files", settings.files())),
        });
    }
    let listed = async {
        let files = Files::open(&settings.files())?;
        let mut there = BTreeMap::new();
        let mut objects = files.store().list(None);
        while let Some(object) = objects.try_next().await.map_err(|e| e.to_string())? {
            // A trial of the store's health is no file of anybody's.
            if !object.location.prefix_matches(&object_store::path::Path::from(PROBES)) {
                there.insert(object.location.to_string(), object.size);
            }
        }
        Ok::<_, String>(there)
    };
    Ok(match listed.await {
        Ok(there) => compared(&named, &there),
        Err(problem) => fault(format!("the store of files does not answer: {problem}")),
    })
}

fn compared(named: &[NamedFile], there: &BTreeMap<String, u64>) -> Finding {
    let lacking: Vec<&NamedFile> = named
        .iter()
        .filter(|file| there.get(&file.key).is_none_or(|size| u64::try_from(file.size) != Ok(*size)))
        .collect();
    let unnamed = (there.len() + lacking.iter().filter(|file| !there.contains_key(&file.key)).count())
        .saturating_sub(named.len());
    let rest = if unnamed > 0 { format!("; {unnamed} files in the store are named by no row") } else { String::new() };
    match lacking.first() {
        Some(first) => fault(format!(
            "{} of {} files that the database names are not in the store or have another size, such as {}{rest}",
            lacking.len(),
            named.len(),
            first.key
        )),
        None if unnamed > 0 => warning(format!("all {} files are in the store{rest}", named.len())),
        None => good(format!("all {} files are in the store, and no others", named.len())),
    }
}

/// Whether others may read what is ours. A folder that they cannot enter covers what is in it.
fn modes(settings: &Settings) -> Finding {
    let mut places = vec![settings.data.clone()];
    if !settings.files().starts_with("s3://") {
        places.push(PathBuf::from(settings.files()));
    }
    places.extend(settings.sqlite_file());
    let mut open = Vec::new();
    for place in &places {
        look(place, &mut open);
    }
    match open.first() {
        None => good("only their owner can read the files"),
        Some(first) => fault(format!(
            "others on this machine can read {} files, such as {}: chmod -R go= {}",
            open.len(),
            first.display(),
            settings.data.display()
        )),
    }
}

fn look(path: &Path, open: &mut Vec<PathBuf>) {
    if !private::is_open(path).unwrap_or(false) || path.is_symlink() {
        return;
    }
    if !path.is_dir() {
        open.push(path.to_owned());
        return;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        look(&entry.path(), open);
    }
}

fn room(settings: &Settings) -> Vec<Finding> {
    let mut places = vec![settings.data.clone()];
    places.extend(settings.sqlite_file().and_then(|file| file.parent().map(Path::to_owned)));
    if !settings.files().starts_with("s3://") {
        places.push(PathBuf::from(settings.files()));
    }
    places.retain(|place| place.is_dir());
    places.sort();
    places.dedup();
    places
        .iter()
        .map(|place| match free(place) {
            Err(problem) => fault(problem),
            Ok(free) => {
                let text = format!("{} MiB are free in {}", free >> 20, place.display());
                match free {
                    ..FULL => fault(text),
                    FULL..TIGHT => warning(text),
                    _ => good(text),
                }
            }
        })
        .collect()
}

async fn mail(settings: &Settings) -> Finding {
    let Some(url) = &settings.smtp_url else {
        let folder = settings.mail_folder();
        return warning(format!("there is no mail server: letters are written to {}", folder.display()));
    };
    let transport: AsyncSmtpTransport<Tokio1Executor> = match AsyncSmtpTransport::<Tokio1Executor>::from_url(url) {
        Ok(builder) => builder.timeout(Some(GREETING)).build(),
        Err(error) => return fault(format!("MAGISTRA_SMTP_URL is wrong: {error}")),
    };
    match tokio::time::timeout(GREETING, transport.test_connection()).await {
        Ok(Ok(true)) if settings.mail_from.contains("localhost") => warning(format!(
            "the mail server answers, and letters come from {} (MAGISTRA_MAIL_FROM)",
            settings.mail_from
        )),
        Ok(Ok(true)) => good("the mail server answers"),
        Ok(Ok(false)) => fault("the mail server refuses us"),
        Ok(Err(error)) => fault(format!("the mail server does not answer: {error}")),
        Err(_) => fault(format!("the mail server says nothing for {} s", GREETING.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        platform::store::{FileRow, add_file},
        server::{backup, open as open_app},
    };
    use chrono::TimeDelta;
    use clap::Parser;
    use object_store::{ObjectStoreExt, path::Path as ObjectPath};
    use std::{
        fs::{self, File, Permissions},
        os::unix::fs::{FileExt, PermissionsExt},
    };

    #[derive(Parser)]
    struct Options {
        #[command(flatten)]
        settings: Settings,
    }

    fn settings(folder: &Path, further: &[&str]) -> Settings {
        let data = folder.join("data").display().to_string();
        Options::parse_from(["test", "--data", &data].iter().chain(further)).settings
    }

    fn faults(findings: &[Finding]) -> Vec<&str> {
        findings.iter().filter(|it| it.0 == Level::Fault).map(|it| it.1.as_str()).collect()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_house_is_well_and_each_thing_that_goes_wrong_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = settings(folder.path(), &[]);
        let before = examine(&settings, Clock::System.now()).await;
        assert!(before[0].1.contains("no data folder"), "{before:?}");
        assert!(!settings.data.exists(), "and none was made");

        let app = open_app(&settings, None).await.expect("opens");
        app.db.migrate().await.expect("migrates");
        backup::backup(&app, folder.path()).await.expect("a backup");
        let now = Clock::System.now();
        let well = examine(&settings, now).await;
        assert_eq!(faults(&well), Vec::<&str>::new());
        assert!(well.iter().any(|it| it.1.contains("the last backup was verified")), "{well:?}");

        // Two days later the backup is old; before that day began, the record of it lies in the future.
        let later = examine(&settings, now + TimeDelta::hours(49)).await;
        assert!(faults(&later).iter().any(|it| it.contains("more than two days ago")), "{later:?}");
        crate::platform::jobs::start_daily(&app, &["test"]).await.expect("a job");
        let jumped = examine(&settings, now - TimeDelta::days(2)).await;
        assert!(faults(&jumped).iter().any(|it| it.contains("the clock jumped: a job")), "{jumped:?}");

        // A file without a row, then a row without a file.
        let (store, key) = (app.files.store(), ObjectPath::from("ab/cd"));
        store.put(&key, bytes::Bytes::from_static(b"x").into()).await.expect("put");
        let unnamed = examine(&settings, now).await;
        assert!(
            unnamed.iter().any(|it| it.0 == Level::Warning && it.1.contains("1 files in the store")),
            "{unnamed:?}"
        );
        let row = FileRow {
            id: app.id(),
            key: "ab/lost".into(),
            name: "a".into(),
            media_type: "text/plain".into(),
            size: 1,
            sha256: String::new(),
        };
        let mut tx = app.db.begin().await.expect("begins");
        add_file(&mut tx, &row, None, now).await.expect("added");
        tx.commit().await.expect("commits");
        let lost = examine(&settings, now).await;
        assert!(faults(&lost).iter().any(|it| it.contains("such as ab/lost; 1 files")), "{lost:?}");

        // Open to others, but only once they can come in.
        let file = settings.sqlite_file().expect("a file");
        fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("opened");
        assert!(modes(&settings).0 == Level::Fault, "the database itself is looked at");
        fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("closed");

        // A page of the file.
        app.db.close().await;
        let pages = file.metadata().expect("is there").len() / 4096;
        let damaged = File::options().write(true).open(&file).expect("opens");
        damaged.write_all_at(&[0x5a; 4096], pages / 2 * 4096).expect("damaged");
        let damaged = examine(&settings, now).await;
        assert!(faults(&damaged).iter().any(|it| it.contains("is damaged")), "{damaged:?}");
    }

    #[tokio::test]
    async fn a_mail_server_that_is_away_is_a_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("smtp://{}", free.local_addr().expect("an address"));
        drop(free);
        let found = mail(&settings(folder.path(), &["--smtp-url", &url])).await;
        assert!(found.0 == Level::Fault && found.1.contains("does not answer"), "{found:?}");
        assert_eq!(mail(&settings(folder.path(), &[])).await.0, Level::Warning);
    }

    #[test]
    fn files_are_counted_both_ways() {
        let file = |key: &str, size| NamedFile { key: key.into(), size, sha256: String::new() };
        let there = |list: &[(&str, u64)]| list.iter().map(|(key, size)| ((*key).to_owned(), *size)).collect();
        assert_eq!(compared(&[file("a", 1)], &there(&[("a", 1)])).0, Level::Good);
        assert_eq!(compared(&[file("a", 1)], &there(&[("a", 2)])).0, Level::Fault);
        assert_eq!(compared(&[file("a", 1)], &there(&[("a", 1), ("b", 1)])).0, Level::Warning);
        let both = compared(&[file("a", 1), file("c", 1)], &there(&[("a", 1), ("b", 1)]));
        assert!(both.0 == Level::Fault && both.1.contains("1 of 2") && both.1.contains("; 1 files"), "{both}");
    }
}
