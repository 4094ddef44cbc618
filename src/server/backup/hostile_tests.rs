//! Archives that somebody made on purpose: sealed, with a manifest that fits, and holding what no archive of
//! ours holds.

use super::{
    tests::{archive, below, settings_in},
    *,
};
use crate::platform::text::hex;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{
    collections::BTreeSet,
    io::{Read, Write},
};
use tar::EntryType;

/// The tar in an archive.
pub fn inside(archive: &[u8]) -> Vec<u8> {
    let mut tar = Vec::new();
    GzDecoder::new(archive).read_to_end(&mut tar).unwrap();
    tar
}

/// A tar as a sealed archive.
pub fn sealed(tar: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(tar).unwrap();
    let body = gzip.finish().unwrap();
    let seal = seal::seal(body.len() as u64, &hex(Sha256::digest(&body)));
    [body, seal].concat()
}

#[derive(Clone)]
struct Piece {
    name: String,
    kind: EntryType,
    link: String,
    bytes: Vec<u8>,
}

impl Piece {
    fn plain(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.into(), kind: EntryType::Regular, link: String::new(), bytes: bytes.to_vec() }
    }

    fn link(name: &str, kind: EntryType, to: &str) -> Self {
        Self { name: name.into(), kind, link: to.into(), bytes: Vec::new() }
    }
}

/// The members of the good archive, without manifest and digest.
async fn pieces() -> Vec<Piece> {
    let tar = inside(archive().await);
    let mut tar = tar::Archive::new(tar.as_slice());
    let mut pieces = Vec::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        pieces.push(Piece::plain(&name, &bytes));
    }
    pieces.retain(|piece| ![MANIFEST, DIGEST].contains(&piece.name.as_str()));
    pieces
}

fn packed(pieces: &[Piece]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for piece in pieces {
        let mut header = tar::Header::new_ustar();
        // Written as it is: the library would refuse the worst of these names.
        header.as_mut_bytes()[..piece.name.len()].copy_from_slice(piece.name.as_bytes());
        header.set_entry_type(piece.kind);
        header.set_link_name_literal(&piece.link).unwrap();
        header.set_size(piece.bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        tar.append(&header, piece.bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

/// Adds a manifest that fits, and seals.
fn forged(mut pieces: Vec<Piece>) -> Vec<u8> {
    let head = serde_json::from_slice(&pieces[0].bytes).unwrap();
    let members = pieces
        .iter()
        .map(|piece| Member {
            name: piece.name.clone(),
            size: piece.bytes.len() as u64,
            sha256: hex(Sha256::digest(&piece.bytes)),
        })
        .collect();
    let manifest = serde_json::to_vec(&Manifest { head, members, missing: Vec::new(), changed: Vec::new() }).unwrap();
    let line = digest_line(&hex(Sha256::digest(&manifest)));
    pieces.push(Piece::plain(MANIFEST, &manifest));
    pieces.push(Piece::plain(DIGEST, line.as_bytes()));
    sealed(&packed(&pieces))
}

/// Both refuse it with these words, and leave nothing behind.
async fn refused(bytes: &[u8], words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.tar.gz");
    std::fs::write(&path, bytes).unwrap();
    let said = verify(&path, Seal::Required).await.expect_err(words);
    assert!(said.contains(words), "verify says {said:?} and not {words:?}");
    let said = restore(&settings_in(folder.path()), &path, Seal::Required).await.expect_err(words);
    assert!(said.contains(words), "restore says {said:?} and not {words:?}");
    assert_eq!(below(folder.path()), BTreeSet::from([path]));
}

#[tokio::test]
async fn a_forgery_of_the_good_archive_is_as_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.tar.gz");
    std::fs::write(&path, forged(pieces().await)).unwrap();
    // Else the refusals below prove nothing.
    assert_eq!(verify(&path, Seal::Required).await.unwrap().files, 2);
}

#[tokio::test]
async fn links_devices_and_odd_names_are_refused() {
    let secret = "/etc/passwd";
    let with = |piece: Piece| async move {
        let mut pieces = pieces().await;
        pieces.insert(2, piece);
        forged(pieces)
    };
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Block, EntryType::Fifo] {
        refused(&with(Piece::link("files/zz/link", kind, secret)).await, "no plain file").await;
    }
    let folder = Piece::link("files/zz/", EntryType::Directory, "");
    refused(&with(folder).await, "no plain file").await;
    // These change what the next member is called.
    for kind in [EntryType::GNULongName, EntryType::XHeader, EntryType::XGlobalHeader] {
        let mut piece = Piece::plain("././@LongLink", b"files/zz/other\0");
        piece.kind = kind;
        refused(&with(piece).await, "no plain file").await;
    }
    for name in [
        "../x",
        "files/../../x",
        "/etc/x",
        "files//etc/x",
        "files/zz/../x",
        "files/.hidden/x",
        "files/zz/x/",
        "database.dump",
        "other.json",
        "files/z z/x",
    ] {
        refused(&with(Piece::plain(name, b"x")).await, "must not stand there").await;
    }
    // The database as a link to a file of the machine.
    let mut pieces = pieces().await;
    pieces[1] = Piece::link("database.sqlite", EntryType::Symlink, secret);
    refused(&forged(pieces), "no plain file").await;
}

#[tokio::test]
async fn what_is_twice_too_much_or_too_little_is_refused() {
    let good = pieces().await;
    let changed = |change: &dyn Fn(&mut Vec<Piece>)| {
        let mut pieces = good.clone();
        change(&mut pieces);
        pieces
    };
    refused(&forged(changed(&|it| it.push(it[2].clone()))), "twice").await;
    refused(&forged(changed(&|it| it.insert(2, it[1].clone()))), "twice").await;
    refused(&forged(changed(&|it| it.push(Piece::plain("files/ab/unnamed/x", b"x")))), "as a file and as a folder")
        .await;
    // Without the file that the database names; without any; with other bytes under its name.
    refused(&forged(changed(&|it| it.retain(|piece| !piece.name.starts_with("files/ef")))), "is not in the archive")
        .await;
    refused(&forged(changed(&|it| it.retain(|piece| !piece.name.starts_with("files/")))), "is not in the archive")
        .await;
    let other = changed(&|it| {
        it.iter_mut().filter(|piece| piece.name.starts_with("files/ef")).for_each(|it| it.bytes = b"a lie".to_vec())
    });
    refused(&forged(other), "is not the file that the database names").await;

    // A manifest of other members than there are.
    let (mut tar, whole) = (packed(&good), inside(&forged(good.clone())));
    let end = tar.len() - 1024;
    let manifest = &whole[end..];
    tar.truncate(end);
    let extra = packed(&[Piece::plain("files/zz/extra", b"x")]);
    refused(&sealed(&[&tar, &extra[..extra.len() - 1024], manifest].concat()), "manifest names").await;
    let less = packed(&good[..good.len() - 1]);
    refused(&sealed(&[&less[..less.len() - 1024], manifest].concat()), "manifest names").await;
    // No manifest at all, and one without its digest.
    refused(&sealed(&packed(&good)), "cut short").await;
    // The digest takes a header and a block, and the end two blocks.
    let without = [&whole[..whole.len() - 2048], &[0; 1024]].concat();
    refused(&sealed(&without), "cut short").await;
    // Another archive behind the end of this one.
    refused(&sealed(&[&whole[..], &whole[..]].concat()), "something follows").await;
    let mut two = inside(&forged(good.clone()));
    two.extend(vec![0; 2 * 1024 * 1024]);
    refused(&sealed(&two), "something follows").await;
}

#[tokio::test]
async fn a_database_that_is_not_sound_or_not_ours_is_refused() {
    let good = pieces().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed.db");
    let changed = async |sql: &'static str| {
        std::fs::write(&path, &good[1].bytes).unwrap();
        let options = SqliteConnectOptions::new().filename(&path).foreign_keys(false);
        let mut link = options.connect().await.unwrap();
        sqlx::query(sql).execute(&mut link).await.unwrap();
        link.close().await.unwrap();
        let mut pieces = good.clone();
        pieces[1].bytes = std::fs::read(&path).unwrap();
        pieces
    };
    let pieces = changed("DELETE FROM area").await;
    refused(&forged(pieces), "points to nothing in area").await;
    let pieces = changed("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").await;
    refused(&forged(pieces), "newer version").await;

    let mut pieces = good.clone();
    let middle = pieces[1].bytes.len() / 8192 * 4096;
    pieces[1].bytes[middle..middle + 4096].fill(0x5a);
    refused(&forged(pieces), "is damaged").await;
    let mut pieces = good.clone();
    pieces[1].bytes = b"not a database".to_vec();
    refused(&forged(pieces), "database").await;

    let with_head = |change: &dyn Fn(&mut Head)| {
        let mut pieces = good.clone();
        let mut head: Head = serde_json::from_slice(&pieces[0].bytes).unwrap();
        change(&mut head);
        pieces[0].bytes = serde_json::to_vec(&head).unwrap();
        forged(pieces)
    };
    refused(&with_head(&|head| head.schema = 9999), "newer version").await;
    refused(&with_head(&|head| head.schema = 1), "says that its schema is 1").await;
    refused(&with_head(&|head| head.form = 3), "another version").await;
    refused(&with_head(&|head| head.what = "other".into()), "not a backup").await;
    refused(&with_head(&|head| head.database = "oracle".into()), "not a backup").await;
}

#[tokio::test]
async fn neither_a_refused_restore_nor_a_killed_one_stops_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good.tar.gz"), folder.path().join("bad.tar.gz"));
    std::fs::write(&good, archive().await).unwrap();
    let mut pieces = pieces().await;
    pieces.retain(|piece| !piece.name.starts_with("files/ef"));
    std::fs::write(&bad, forged(pieces)).unwrap();
    let settings = settings_in(folder.path());
    restore(&settings, &bad, Seal::Required).await.unwrap_err();
    restore(&settings, &bad, Seal::Required).await.unwrap_err();
    // A run that was killed while it unpacked leaves these.
    for left in [".magistra-restore/files/ab", ".magistra-restore-database/database"] {
        std::fs::create_dir_all(settings.data.join(left)).unwrap();
    }
    std::fs::write(settings.data.join(".magistra-restore/files/ab/half"), b"half").unwrap();
    restore(&settings, &good, Seal::Required).await.unwrap();
    let there: Vec<_> = below(&settings.data)
        .into_iter()
        .filter(|path| path.is_file())
        .map(|path| path.strip_prefix(&settings.data).unwrap().display().to_string())
        .collect();
    assert_eq!(there, ["files/ab/unnamed", "files/ef/00000000000000000000000000abcdef", "magistra.db"]);
}

#[tokio::test]
async fn an_archive_of_the_first_form_is_read_when_somebody_says_so() {
    let mut pieces = pieces().await;
    let head: Head = serde_json::from_slice(&pieces[0].bytes).unwrap();
    let first = serde_json::json!({ "what": MARK, "version": "0.1.0", "database": "sqlite", "at": head.at });
    pieces[0] = Piece::plain(MANIFEST, first.to_string().as_bytes());
    let gzip = |pieces: &[Piece]| {
        let whole = sealed(&packed(pieces));
        whole[..whole.len() - seal::LENGTH as usize].to_vec()
    };
    refused(&gzip(&pieces), "--unsealed").await;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.tar.gz");
    let settings = settings_in(folder.path());
    std::fs::write(&path, gzip(&pieces[..2])).unwrap();
    let said = restore(&settings, &path, Seal::Waived).await.unwrap_err();
    assert!(said.contains("is not in the archive"), "{said}");
    std::fs::write(&path, gzip(&pieces)).unwrap();
    assert_eq!(restore(&settings, &path, Seal::Waived).await.unwrap().files, 2);
}
