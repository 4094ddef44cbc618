//! What is looked at before anything is served or worked on: a database that is damaged, or that a newer
//! program has changed, must not be written to; a clock that jumped is said aloud; a store of files that is not this
//! database's is not written into.

use crate::platform::{context::App, health_store};
use object_store::{Error, ObjectStoreExt, path::Path};
use tokio::task::JoinHandle;

/// Up to this size in bytes a database is read through before the start, which takes some seconds; a larger
/// one meanwhile.
const AT_ONCE: i64 = 1 << 30;

/// Looks at the database, brings its schema up to date, and looks at the clock.
///
/// # Errors
/// A database that is damaged, newer than the program or away.
pub async fn prepare(app: &App) -> Result<(), String> {
    sound(app, AT_ONCE).await?;
    app.db.migrate().await.map_err(|e| format!("migration: {e}"))?;
    let mut reader = app.db.read().await.map_err(|e| e.to_string())?;
    let ahead = health_store::from_the_future(&mut reader, app.now()).await.map_err(|e| e.to_string())?;
    if let Some((what, at)) = ahead {
        tracing::error!(%at, "the clock jumped: {what} carries a time to come; `magistra doctor` looks again");
    }
    Ok(())
}

/// Looks whether the store of files is the one that belongs to the database. A disk that is not mounted yet, or the
/// wrong bucket, has none of the files that the database names.
///
/// # Errors
/// None of a few files is there, unless the settings say that the files are lost. A store that does not answer is
/// no error: it may come back, and the server says until then that it is not ready.
pub async fn find_files(app: &App) -> Result<(), String> {
    let mut reader = app.db.read().await.map_err(|e| e.to_string())?;
    let named = health_store::some_files(&mut reader).await.map_err(|e| e.to_string())?;
    drop(reader);
    for key in &named {
        match app.files.store().head(&Path::from(key.as_str())).await {
            Err(Error::NotFound { .. }) => {}
            Ok(_) => return Ok(()),
            Err(error) => {
                tracing::error!(%error, "the store of files does not answer");
                return Ok(());
            }
        }
    }
    let Some(first) = named.first() else { return Ok(()) };
    let place = app.settings.files();
    if app.settings.files_are_lost {
        tracing::error!(place, "none of the files that the database names was found; the settings allow it");
        return Ok(());
    }
    Err(format!(
        "{place} has none of the files that the database names, such as {first}: is its disk mounted, is it the right \
         bucket? If the files are lost, restore a backup, or start with MAGISTRA_FILES_ARE_LOST=true"
    ))
}

/// Reads an SQLite database of up to `at_once` bytes through and refuses a damaged one; a larger one is read
/// meanwhile, and damage is logged and shown by the metric `magistra_database_damaged`.
async fn sound(app: &App, at_once: i64) -> Result<Option<JoinHandle<bool>>, String> {
    match health_store::sqlite_size(&app.db).await {
        None => Ok(None),
        Some(size) if size <= at_once => {
            let faults = health_store::damaged_pages(&app.db).await;
            show(&faults);
            if faults.is_empty() {
                return Ok(None);
            }
            Err(format!(
                "the database is damaged and is not opened, so that it gets no worse: {}. Put a copy of it aside and \
                 restore the last verified backup",
                faults.join("; ")
            ))
        }
        Some(_) => {
            let db = app.db.clone();
            Ok(Some(tokio::spawn(async move {
                let faults = health_store::damaged_pages(&db).await;
                show(&faults);
                for fault in &faults {
                    tracing::error!(
                        fault,
                        "the database is damaged: stop the server and restore the last verified backup"
                    );
                }
                faults.is_empty()
            })))
        }
    }
}

fn show(faults: &[String]) {
    metrics::gauge!("magistra_database_damaged").set(if faults.is_empty() { 0.0 } else { 1.0 });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        platform::store::{FileRow, add_file},
        server::open,
        testing::{Kind, house, house_with},
    };
    use clap::Parser;
    use std::{fs::File, os::unix::fs::FileExt};

    #[derive(Parser)]
    struct Options {
        #[command(flatten)]
        settings: crate::platform::config::Settings,
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_damaged_page_is_noticed_at_the_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let settings = Options::parse_from(["test", "--data", &data.to_string_lossy()]).settings;
        let app = open(&settings, None).await.expect("opens");
        prepare(&app).await.expect("a new database is sound");
        app.db.close().await;
        let path = settings.sqlite_file().expect("an SQLite database");
        let pages = path.metadata().expect("is there").len() / 4096;
        assert!(pages > 100, "{pages} pages: what was written is in the file itself, not in a log beside it");

        // One page of the middle, in the file itself.
        let file = File::options().write(true).open(&path).expect("opens");
        file.write_all_at(&[0x5a; 4096], pages / 2 * 4096).expect("damaged");
        let app = open(&settings, None).await.expect("the damage does not show when it is opened");
        let refused = prepare(&app).await.expect_err("is damaged");
        assert!(refused.contains("damaged") && refused.contains("backup"), "{refused}");
        let later = sound(&app, 0).await.expect("a large one is looked at meanwhile").expect("a task");
        assert!(!later.await.expect("ends"), "and its damage found");
        app.db.close().await;
    }

    #[tokio::test]
    async fn a_store_without_any_of_the_files_is_not_this_databases() {
        for kind in [Kind::Sqlite, Kind::Postgres] {
            let house = house(kind).await;
            find_files(&house.app).await.expect("a database that names no file is content with any store");
            name_files(&house.app, ["aa/there", "bb/lost"]).await;
            let refused = find_files(&house.app).await.expect_err("neither is there");
            assert!(refused.contains("aa/there") && refused.contains("mounted"), "{refused}");
            let store = house.app.files.store();
            store.put(&Path::from("aa/there"), "x".into()).await.expect("put");
            find_files(&house.app).await.expect("one that is lost does not keep the server from starting");
        }
        let house = house_with(Kind::Sqlite, &["--files-are-lost"]).await;
        name_files(&house.app, ["aa/lost", "bb/lost"]).await;
        find_files(&house.app).await.expect("the settings allow it");
    }

    async fn name_files(app: &App, keys: [&str; 2]) {
        let mut tx = app.db.begin().await.expect("begins");
        for key in keys {
            let file = FileRow {
                id: app.id(),
                key: key.into(),
                name: "x.pdf".into(),
                media_type: "application/pdf".into(),
                size: 1,
                sha256: "0".repeat(64),
            };
            add_file(&mut tx, &file, None, app.now()).await.expect("added");
        }
        tx.commit().await.expect("commits");
    }

    #[tokio::test]
    async fn a_clock_that_jumped_is_seen_in_what_was_written_then() {
        for kind in [Kind::Sqlite, Kind::Postgres] {
            let house = house(kind).await;
            let (now, app) = (house.app.now(), &house.app);
            let ahead = async || {
                let mut reader = app.db.read().await.expect("reads");
                health_store::from_the_future(&mut reader, app.now()).await.expect("answers")
            };
            house.officer().await;
            assert_eq!(ahead().await, None);
            app.clock.set(now + chrono::TimeDelta::days(1000));
            crate::platform::jobs::start_daily(app, &["test"]).await.expect("asked for");
            assert_eq!(ahead().await, None, "at that time it is no time to come");
            app.clock.set(now);
            assert_eq!(ahead().await, Some(("a job", now + chrono::TimeDelta::days(1000))));
            prepare(app).await.expect("it starts all the same");
        }
    }
}
