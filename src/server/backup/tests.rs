//! Archives go round on both databases, and a damaged one is refused.

use super::*;
use crate::{
    institutions::store,
    on_both,
    platform::{
        backup_store,
        config::Settings,
        context::Ctx,
        db::Db,
        files::Files,
        store::{FileRow, add_file},
        text::hex,
    },
    testing::{House, Kind, empty_database, house},
};
use bytes::Bytes;
use object_store::{ObjectStoreExt, path::Path as ObjectPath};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    ffi::OsStr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tokio::sync::OnceCell;

const KEY: &str = "ef/00000000000000000000000000abcdef";
const LESSON: &[u8] = b"a lesson";

/// An institution, a file that the database names and one that it does not.
pub async fn fill(house: &House) {
    house.institution("academy").await;
    name_file(house, KEY, LESSON).await;
    for key in [KEY, "ab/unnamed"] {
        house.app.files.store().put(&ObjectPath::from(key), Bytes::from_static(LESSON).into()).await.unwrap();
    }
}

async fn name_file(house: &House, key: &str, bytes: &[u8]) {
    let row = FileRow {
        id: house.app.id(),
        key: key.into(),
        name: "lesson.pdf".into(),
        media_type: "application/pdf".into(),
        size: bytes.len() as i64,
        sha256: hex(Sha256::digest(bytes)),
    };
    let mut tx = house.app.db.begin().await.unwrap();
    add_file(&mut tx, &row, None, house.app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The settings of an empty place.
pub async fn elsewhere(house: &House, data: &Path) -> Settings {
    let mut settings = house.app.settings.clone();
    settings.data = data.to_owned();
    settings.files = None;
    settings.database_url = Some(empty_database(house, data).await);
    settings
}

/// One archive for all tests that damage it: an SQLite one.
pub async fn archive() -> &'static [u8] {
    static ARCHIVE: OnceCell<Vec<u8>> = OnceCell::const_new();
    ARCHIVE
        .get_or_init(|| async {
            let house = house(Kind::Sqlite).await;
            fill(&house).await;
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("b.tar.gz");
            backup(&house.app, &path).await.unwrap();
            std::fs::read(path).unwrap()
        })
        .await
}

/// Everything below a folder; nothing where there is none.
pub fn below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(below(&path));
        }
        found.insert(path);
    }
    found
}

async fn is_restored(settings: &Settings) {
    let db = Db::open(&settings.database_url()).await.unwrap();
    db.migrate().await.unwrap();
    let lines = store::lines(&mut db.read().await.unwrap()).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.slug.as_str()).collect::<Vec<_>>(), ["academy"]);
    let files = Files::open(&settings.files()).unwrap();
    let bytes = files.store().get(&ObjectPath::from(KEY)).await.unwrap().bytes().await.unwrap();
    assert_eq!(&bytes[..], LESSON);
    db.close().await;
}

on_both! {
    async fn what_was_backed_up_comes_back_and_only_into_an_empty_place(house) {
        fill(&house).await;
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("b.tar.gz");
        let written = backup(&house.app, &archive).await.unwrap();
        assert_eq!((written.verified.files, written.verified.unnamed), (2, 1));
        assert_eq!(below(folder.path()), BTreeSet::from([archive.clone()]), "nothing is left beside it");
        assert_eq!(archive.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        house.app.clock.set(house.app.now() + chrono::TimeDelta::hours(1));
        assert!(backup(&house.app, &archive).await.unwrap_err().contains("overwrites nothing"));

        let rows = backup_store::latest(&mut Ctx::internal(&house.app).read().await.unwrap()).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.verified).collect::<Vec<_>>(), [true, false], "both were noted");
        let sha256 = hex(Sha256::digest(std::fs::read(&archive).unwrap()));
        assert_eq!((&rows[0].archive, &rows[0].sha256), (&"b.tar.gz".to_owned(), &sha256));
        assert!(rows[1].problem.contains("overwrites nothing"));

        let verified = verify(&archive, Seal::Required).await.unwrap();
        assert_eq!((verified.sha256, verified.files), (sha256, 2));

        let settings = elsewhere(&house, &folder.path().join("new")).await;
        restore(&settings, &archive, Seal::Required).await.unwrap();
        is_restored(&settings).await;
        let left = below(&settings.data);
        assert!(!left.iter().any(|path| path.to_string_lossy().contains(".magistra")), "{left:?}");

        assert!(restore(&settings, &archive, Seal::Required).await.unwrap_err().contains("not empty"));
        let mut settings = settings;
        settings.files = Some(folder.path().join("elsewhere").display().to_string());
        let refused = restore(&settings, &archive, Seal::Required).await.unwrap_err();
        assert!(refused.contains("empty"), "{refused}");
        assert!(!folder.path().join("elsewhere").exists(), "a refused restore takes away what it made");
    }
}

on_both! {
    async fn a_folder_gets_an_archive_named_by_its_time_and_a_lost_file_is_said_aloud(house) {
        fill(&house).await;
        name_file(&house, "cd/lost", b"lost").await;
        name_file(&house, "cd/changed", b"as it was received").await;
        house.app.files.store().put(&ObjectPath::from("cd/changed"), Bytes::from_static(b"rotten").into()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let written = backup(&house.app, folder.path()).await.unwrap();
        assert!(written.archive.ends_with("magistra-2026-11-24-080000.tar.gz"), "{written:?}");
        assert_eq!(written.verified.missing, ["cd/lost"]);
        assert_eq!(written.verified.changed, ["cd/changed"]);
        assert!(written.warnings.iter().any(|line| line.contains("cd/lost")), "{:?}", written.warnings);
        let rows = backup_store::latest(&mut Ctx::internal(&house.app).read().await.unwrap()).await.unwrap();
        assert_eq!((rows.len(), rows[0].lacking), (1, 2));

        let settings = elsewhere(&house, &folder.path().join("new")).await;
        let restored = restore(&settings, &written.archive, Seal::Required).await.unwrap();
        assert_eq!(restored.missing, ["cd/lost"], "what was lost before is no fault of the archive");
        is_restored(&settings).await;
    }
}

/// The database refuses at the very end, when the files are in place already.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_go_away_again_when_the_database_refuses() {
    use sqlx::Executor;
    let house = house(Kind::Postgres).await;
    fill(&house).await;
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("b.tar.gz");
    backup(&house.app, &archive).await.unwrap();
    let settings = elsewhere(&house, &folder.path().join("new")).await;
    let pool = sqlx::PgPool::connect(&settings.database_url()).await.unwrap();
    pool.execute("CREATE VIEW file AS SELECT 1 AS one").await.unwrap();
    let refused = restore(&settings, &archive, Seal::Required).await.unwrap_err();
    assert!(refused.contains("pg_restore failed"), "{refused}");
    assert!(!settings.data.exists(), "{:?}", below(&settings.data));
    pool.execute("DROP VIEW file").await.unwrap();
    pool.close().await;
    restore(&settings, &archive, Seal::Required).await.unwrap();
    is_restored(&settings).await;
}

#[tokio::test]
async fn other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("x.tar.gz");
    let house = house(Kind::Sqlite).await;
    let settings = elsewhere(&house, &folder.path().join("new")).await;
    for foreign in [&b""[..], b"not an archive", &[0; 4000]] {
        std::fs::write(&archive, foreign).unwrap();
        assert!(verify(&archive, Seal::Required).await.unwrap_err().contains("not a backup"));
        assert!(restore(&settings, &archive, Seal::Required).await.is_err());
        assert!(restore(&settings, &archive, Seal::Waived).await.is_err());
        assert_eq!(below(folder.path()), BTreeSet::from([archive.clone()]));
    }
}

#[tokio::test]
async fn every_bit_of_the_wrapping_counts_and_every_end() {
    let whole = archive().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.tar.gz");
    std::fs::write(&path, whole).unwrap();
    verify(&path, Seal::Required).await.unwrap();
    let refuses = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let into = read::Target { database: folder.path(), files: None, kind: None };
        read::unpack(&path, Seal::Required, &into).is_err()
    };
    let end = whole.len() - (seal::LENGTH as usize) - 8;
    for at in (0..20).chain(end..whole.len()) {
        let mut bytes = whole.to_vec();
        bytes[at] ^= 1 << (at % 8);
        assert!(refuses(&bytes), "byte {at} of {}", whole.len());
    }
    for length in (0..20).chain(end..whole.len()) {
        assert!(refuses(&whole[..length]), "cut to {length} bytes");
    }
    for more in [&b"\0"[..], b"more", &[0; 1024], whole] {
        assert!(refuses(&[whole, more].concat()), "{} bytes more", more.len());
    }
    assert_eq!(below(folder.path()), BTreeSet::from([path]), "nothing was unpacked");
}

/// What proptest is to try: a bit or a length of the archive, by a fraction of it.
fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}

fn place(of: f64, length: usize) -> usize {
    ((length as f64 * of) as usize).min(length - 1)
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn any_one_bit_and_any_end_is_noticed_and_leaves_the_place_as_it_was(of in 0.0..1.0, bit in 0..8u8, cut in any::<bool>()) {
        run(async {
            let mut bytes = archive().await.to_vec();
            let at = place(of, bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("b.tar.gz");
            std::fs::write(&path, &bytes).unwrap();
            assert!(verify(&path, Seal::Required).await.is_err(), "verify at {at}");
            let settings = settings_in(folder.path());
            assert!(restore(&settings, &path, Seal::Required).await.is_err(), "restore at {at}");
            assert_eq!(below(folder.path()), BTreeSet::from([path]));
        });
    }
}

proptest! {
    #![proptest_config(cases(24))]

    /// Without the seal, and even sealed anew, the manifest notices what matters: what is taken is what was
    /// written.
    #[test]
    fn what_is_taken_without_a_seal_is_what_was_written(of in 0.0..1.0, bit in 0..8u8, inside in any::<bool>()) {
        run(async {
            let whole = archive().await;
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("b.tar.gz");
            let read = |seal, into: &str| {
                let database = folder.path().join(into);
                let into = read::Target { database: &database, files: None, kind: None };
                read::unpack(&path, seal, &into)
            };
            std::fs::write(&path, whole).unwrap();
            let good = read(Seal::Required, "good").unwrap();
            let (mut bytes, seal) = if inside {
                (super::hostile_tests::inside(whole), Seal::Required)
            } else {
                (whole.to_vec(), Seal::Waived)
            };
            let at = place(of, bytes.len());
            bytes[at] ^= 1 << bit;
            let bytes = if inside { super::hostile_tests::sealed(&bytes) } else { bytes };
            std::fs::write(&path, bytes).unwrap();
            if let Ok(taken) = read(seal, "taken") {
                assert_eq!((taken.head, taken.members), (good.head, good.members), "at {at}");
            }
        });
    }
}

#[tokio::test]
async fn a_program_of_postgres_shows_no_password() {
    let (command, address) = client("pg_dump", "postgres://ada:s%40cret@db.example/m");
    assert_eq!(address, "postgres://ada@db.example/m");
    let given: Vec<_> = command.as_std().get_envs().collect();
    assert_eq!(given, vec![(OsStr::new("PGPASSWORD"), Some(OsStr::new("s@cret")))]);
    // The program cannot read such a password, and would say which one.
    for url in ["postgres://ada:sec%zzret@127.0.0.1:1/m", "postgres://ada@127.0.0.1:1/m?password=sec%zzret&odd=1"] {
        let (mut command, address) = client("pg_dump", url);
        let said = tool("pg_dump", command.arg(address)).await.unwrap_err();
        assert!(said.starts_with("pg_dump failed") && !said.contains("sec") && !said.contains("ret"), "{said}");
    }
}

/// An empty place for SQLite.
pub fn settings_in(folder: &Path) -> Settings {
    use clap::Parser;
    #[derive(Parser)]
    struct Options {
        #[command(flatten)]
        settings: Settings,
    }
    let data = folder.join("new");
    let url = format!("sqlite://{}/magistra.db", data.display());
    Options::parse_from(["test", "--data", &data.to_string_lossy(), "--database-url", &url]).settings
}
