//! Archives that are nearly right: see `testing::fuzz`. What is damaged is never taken, and nothing is ever
//! written beside the place it is unpacked to.

use super::{
    hostile_tests::sealed,
    read::{Contents, Target as Place, unpack},
    tests::below,
    *,
};
use crate::{platform::text::hex, testing::fuzz::Target};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, io::Read, path::Component};
use tar::EntryType;

const TOKENS: &[&str] = &[
    "files/",
    "files/../x",
    "../",
    "/etc/x",
    "database.sqlite",
    "database.dump",
    "magistra.json",
    "manifest.json",
    "manifest.sha256",
    "ustar\0",
    "ustar  \0",
    "00000000010",
    "magistra-backup",
    "\"form\":1",
    "\"form\":2",
    "\"schema\":9999",
    "\"members\":[",
    "magistra-seal 1 ",
];

/// A member of an archive.
fn member(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    (name.to_owned(), bytes.to_vec())
}

fn packed(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).expect("a name");
        header.set_entry_type(EntryType::Regular);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        tar.append(&header, bytes.as_slice()).expect("a member");
    }
    tar.into_inner().expect("a tar")
}

fn head(form: u32) -> Head {
    Head {
        what: MARK.into(),
        form,
        version: "1.0.0".into(),
        database: "sqlite".into(),
        schema: 0,
        at: DateTime::UNIX_EPOCH,
    }
}

/// A small archive as we write it, without its wrapping.
fn good() -> Vec<u8> {
    let head = head(FORM);
    let mut members = vec![
        member(HEAD, &serde_json::to_vec(&head).expect("a head")),
        member("database.sqlite", b"what would be a database"),
        member("files/ab/0123", b"a lesson"),
        member("files/cd/4567", b""),
    ];
    let listed = members
        .iter()
        .map(|(name, bytes)| Member {
            name: name.clone(),
            size: bytes.len() as u64,
            sha256: hex(Sha256::digest(bytes)),
        })
        .collect();
    let manifest = Manifest { head, members: listed, missing: vec!["ef/lost".into()], changed: Vec::new() };
    let manifest = serde_json::to_vec(&manifest).expect("a manifest");
    let line = digest_line(&hex(Sha256::digest(&manifest)));
    members.extend([member(MANIFEST, &manifest), member(DIGEST, line.as_bytes())]);
    packed(&members)
}

/// One as earlier versions wrote it.
fn old() -> Vec<u8> {
    packed(&[
        member(MANIFEST, &serde_json::to_vec(&head(1)).expect("a head")),
        member("database.sqlite", b"what would be a database"),
        member("files/ab/0123", b"a lesson"),
    ])
}

/// Unpacks bytes and looks at what was written where.
fn unpacked(bytes: &[u8], seal: Seal) -> Result<Contents, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("b.tar.gz");
    std::fs::write(&path, bytes).expect("an archive");
    let (database, files) = (folder.path().join("into/database"), folder.path().join("into/files"));
    let read = unpack(&path, seal, &Place { database: &database, files: Some(&files), kind: Some("sqlite") });
    let beside: BTreeSet<_> = below(folder.path())
        .into_iter()
        .filter(|found| !found.starts_with(&database) && !found.starts_with(&files))
        .collect();
    let into = folder.path().join("into");
    assert!(beside.iter().all(|found| *found == path || *found == into), "{beside:?}");
    assert!(below(&into).iter().all(|found| !found.is_symlink()), "links are not followed, nor made");
    read
}

/// What an archive is taken for.
fn told(contents: Contents) -> (Head, Vec<Member>) {
    (contents.head, contents.members)
}

#[test]
fn backup_archives() {
    let whole = sealed(&good());
    let right = told(unpacked(&whole, Seal::Required).expect("the good one"));
    Target::new("backup_archives", std::slice::from_ref(&whole), TOKENS).cases(80).check(|bytes| {
        match unpacked(bytes, Seal::Required) {
            Ok(taken) => assert!(bytes == whole && told(taken) == right, "a damaged archive was taken"),
            Err(why) => assert!(!why.is_empty()),
        }
        // Without its seal, what is taken is what was written all the same.
        if let Ok(taken) = unpacked(bytes, Seal::Waived) {
            assert_eq!(told(taken), right);
        }
    });
}

/// Gives each header the sum that fits it, so that what lies behind is reached. None where a file with holes is
/// named: it may unpack to as much as the disk holds.
fn summed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut tar = bytes.to_vec();
    let mut at = 0;
    while let Some(block) = tar.get_mut(at..at + 512).filter(|block| block.iter().any(|byte| *byte != 0)) {
        let mut header = tar::Header::from_byte_slice(block).clone();
        if header.entry_type() == EntryType::GNUSparse {
            return None;
        }
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
        let size = usize::try_from(header.entry_size().unwrap_or_default()).unwrap_or(usize::MAX);
        at = at.saturating_add(512).saturating_add(size.div_ceil(512).saturating_mul(512)).min(tar.len());
    }
    Some(tar)
}

#[test]
fn backup_members() {
    let right = told(unpacked(&sealed(&good()), Seal::Required).expect("the good one"));
    assert!(unpacked(&sealed(&old()), Seal::Required).expect("an old one").manifest.is_none());
    Target::new("backup_members", &[good(), old()], TOKENS).cases(80).check(|bytes| {
        let Some(tar) = summed(bytes) else { return };
        let Ok(taken) = unpacked(&sealed(&tar), Seal::Required) else { return };
        if taken.manifest.is_some() {
            assert_eq!(told(taken), right, "the manifest was made for other members");
        } else {
            let known = |name: &str| name == "database.sqlite" || file_key(name).is_some();
            assert!(taken.members.iter().all(|member| known(&member.name)), "{:?}", taken.members);
        }
    });
}

#[test]
fn backup_names() {
    const NAMES: &[&str] = &["files/ab/0123", "files/certificates/0-1.pdf", "files/../../etc/passwd"];
    Target::new("backup_names", NAMES, TOKENS).cases(500).largest(400).check_text(|name| {
        if let Some(key) = file_key(name) {
            assert!(!key.is_empty() && format!("{FILES}{key}") == name);
            assert!(Path::new(key).components().all(|part| matches!(part, Component::Normal(_))), "{key}");
        }
    });
}

#[test]
fn backup_dumps() {
    const SCRIPT: &str = "--\nSET x = y;\nCOPY public.file (id, key, name, \"size\", sha256) FROM stdin;\n\
        1\tab/cd\tA name.pdf\t7\tff\n2\tab/ef\tB\\tname\t0\t00\n\\.\n\n-- end\n";
    let tokens = &["\\.\n", "\t", "COPY x (", ")", ", ", "\\N", "size", "key", " FROM stdin;\n"];
    Target::new("backup_dumps", &[SCRIPT], tokens).cases(300).check_text(|script| {
        if let Some(rows) = content::copied_rows(script, &["size", "key"]) {
            assert!(rows.len() <= script.lines().count());
            assert!(rows.iter().all(|row| row.len() == 2 && row.iter().all(|field| !field.contains(['\t', '\n']))));
        }
    });
}

/// The seal alone: whatever is changed, it fits no more.
#[test]
fn backup_seals() {
    let body = b"what stands before a seal".to_vec();
    let whole = [body.clone(), seal::seal(body.len() as u64, &hex(Sha256::digest(&body)))].concat();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sealed");
    Target::new("backup_seals", std::slice::from_ref(&whole), TOKENS).cases(200).check(|bytes| {
        std::fs::write(&path, bytes).expect("a file");
        let mut file = std::fs::File::open(&path).expect("a file");
        let outside = seal::look(&mut file).expect("it is read");
        assert_eq!(outside.size, bytes.len() as u64);
        assert_eq!(outside.sealed, bytes == whole, "sealed");
        // Whatever follows, a reader of gzip comes to an end.
        let mut some = Vec::new();
        let _ = GzDecoder::new(bytes).take(1 << 20).read_to_end(&mut some);
    });
}
