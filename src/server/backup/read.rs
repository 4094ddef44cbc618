//! Reading an archive from end to end, believing nothing.

use super::{
    DIGEST, FORM, HEAD, Head, MANIFEST, MARK, Manifest, Member, Seal,
    content::refuse_newer,
    digest_line, entry_name, file_key, folder_of, seal,
    seal::{Digesting, Outside},
    staging::room_for,
    told,
};
use crate::platform::{private, text::hex};
use flate2::bufread::GzDecoder;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek},
    path::{Path, PathBuf},
};
use tar::{Archive, EntryType};

/// The longest head and the longest digest, in bytes.
const SMALL: u64 = 64 * 1024;
/// The longest manifest: a line of some 200 bytes a file.
const LARGE: u64 = 512 * 1024 * 1024;
/// The most zeros that a tar ends with.
const PADDING: u64 = 1024 * 1024;

/// Where an archive is unpacked.
pub struct Target<'a> {
    /// The folder for its database.
    pub database: &'a Path,
    /// The folder for its files; without one they are read and not kept.
    pub files: Option<&'a Path>,
    /// The kind of database it must be of; any when there is none.
    pub kind: Option<&'a str>,
}

/// What an archive holds, all of which was read.
#[derive(Debug)]
pub struct Contents {
    /// Its first member.
    pub head: Head,
    /// Its last; archives of the first form have none.
    pub manifest: Option<Manifest>,
    /// What stands between.
    pub members: Vec<Member>,
    /// Where its database was unpacked.
    pub database: PathBuf,
    /// Size and digest of the archive itself.
    pub size: u64,
    /// SHA-256 of the archive itself, in hexadecimal.
    pub sha256: String,
}

/// What the next member must be.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Head,
    Database,
    Files,
    Digest,
    End,
}

const FOREIGN: &str = "this is not a backup of Magistra, or it is damaged from its beginning on";

/// Reads an archive: seal, names, sizes and digests.
pub fn unpack(archive: &Path, seal: Seal, into: &Target<'_>) -> Result<Contents, String> {
    let mut file = File::open(archive).map_err(told("cannot open the archive"))?;
    let outside = seal::look(&mut file).map_err(told("cannot read the archive"))?;
    let first = first_name(&mut file);
    if !outside.sealed && seal == Seal::Required {
        return Err(unsealed(first.as_deref()));
    }
    let old = match first.as_deref() {
        Some(HEAD) => false,
        Some(MANIFEST) => true,
        _ => return Err(FOREIGN.into()),
    };
    let length = if outside.sealed { outside.size - seal::LENGTH } else { outside.size };
    file.rewind().map_err(told("cannot read the archive"))?;
    let mut tar = Archive::new(GzDecoder::new(BufReader::new(file.take(length))));
    let mut reading = Reading::new(old, into);
    // Raw: a member that changes the name or the size of the next one is a member that must not be there.
    for entry in tar.entries().map_err(damaged)?.raw(!old) {
        reading.member(&mut entry.map_err(damaged)?)?;
    }
    let mut rest = tar.into_inner();
    nothing_follows(&mut rest)?;
    let after = !rest.into_inner().fill_buf().map_err(damaged)?.is_empty();
    if outside.sealed && after {
        return Err("something follows the end of the archive".into());
    }
    reading.end(outside)
}

fn damaged(error: io::Error) -> String {
    format!("the archive is damaged: {error}")
}

fn unsealed(first: Option<&str>) -> String {
    match first {
        Some(MANIFEST) => "this archive was written by an earlier version of Magistra, without a seal: nothing tells \
                           whether it is as it was written. --unsealed reads it all the same and checks what can be \
                           checked"
            .into(),
        Some(HEAD) => "the archive is damaged: its seal is missing, or does not fit what stands before it. Take an \
                       earlier backup"
            .into(),
        _ => FOREIGN.into(),
    }
}

/// The name of the first member, as far as it can be read.
fn first_name(file: &mut File) -> Option<String> {
    file.rewind().ok()?;
    let mut block = [0; 512];
    GzDecoder::new(BufReader::new(file)).read_exact(&mut block).ok()?;
    let header = tar::Header::from_byte_slice(&block);
    String::from_utf8(header.path_bytes().into_owned()).ok()
}

/// Behind the last member stand zeros only.
fn nothing_follows(rest: &mut impl Read) -> Result<(), String> {
    let mut padding = rest.take(PADDING + 1);
    let mut block = [0; 4096];
    let mut length = 0;
    loop {
        let read = padding.read(&mut block).map_err(damaged)?;
        length += read as u64;
        if block[..read].iter().any(|byte| *byte != 0) || length > PADDING {
            return Err("something follows the end of the archive".into());
        }
        if read == 0 {
            return Ok(());
        }
    }
}

struct Reading<'a> {
    old: bool,
    into: &'a Target<'a>,
    next: Next,
    head: Option<Head>,
    database: PathBuf,
    members: Vec<Member>,
    names: BTreeSet<String>,
    manifest: Option<Manifest>,
    digest: String,
}

impl<'a> Reading<'a> {
    fn new(old: bool, into: &'a Target<'a>) -> Self {
        Self {
            old,
            into,
            next: Next::Head,
            head: None,
            database: PathBuf::new(),
            members: Vec::new(),
            names: BTreeSet::new(),
            manifest: None,
            digest: String::new(),
        }
    }

    fn member<R: Read>(&mut self, entry: &mut tar::Entry<'_, R>) -> Result<(), String> {
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        // Earlier versions wrote files with holes as such.
        if kind != EntryType::Regular && !(self.old && kind == EntryType::GNUSparse) {
            return Err(format!("the archive holds {name:?}, which is no plain file"));
        }
        if !self.names.insert(name.clone()) {
            return Err(format!("the archive holds {name:?} twice"));
        }
        if self.is_beneath_or_above_a_file(&name) {
            return Err(format!("the archive holds {name:?} as a file and as a folder"));
        }
        let size = entry.size();
        let database = self.head.as_ref().map_or("", |head| entry_name(&head.database));
        match (self.next, name.as_str()) {
            (Next::Head, HEAD | MANIFEST) => {
                let text = self.small(&name, size, entry, SMALL)?;
                self.begin(&text)?;
                if !self.old {
                    self.note(name, &text);
                }
                self.next = Next::Database;
            }
            (Next::Database, _) if name == database => {
                self.database = self.into.database.join(&name);
                let member = take(name, size, entry, Some(self.database.as_path()))?;
                self.members.push(member);
                self.next = Next::Files;
            }
            (Next::Files, MANIFEST) if !self.old => {
                let text = self.small(&name, size, entry, LARGE)?;
                let manifest = serde_json::from_slice(&text).map_err(|e| format!("the manifest is damaged: {e}"))?;
                self.manifest = Some(manifest);
                self.digest = hex(Sha256::digest(&text));
                self.next = Next::Digest;
            }
            (Next::Files, _) if file_key(&name).is_some() => {
                let to = self.into.files.zip(file_key(&name)).map(|(folder, key)| folder.join(key));
                let member = take(name, size, entry, to.as_deref())?;
                self.members.push(member);
            }
            (Next::Digest, DIGEST) => {
                if self.small(&name, size, entry, SMALL)? != digest_line(&self.digest).into_bytes() {
                    return Err("the manifest is not the one that was written".into());
                }
                self.next = Next::End;
            }
            _ => return Err(format!("the archive holds {name:?}, which must not stand there")),
        }
        Ok(())
    }

    fn is_beneath_or_above_a_file(&self, name: &str) -> bool {
        let beneath = name.match_indices('/').any(|(at, _)| self.names.contains(&name[..at]));
        let below = format!("{name}/");
        beneath || self.names.range(below.clone()..).next().is_some_and(|other| other.starts_with(&below))
    }

    /// Reads what the archive says of itself and refuses what cannot be read or put in place.
    fn begin(&mut self, text: &[u8]) -> Result<(), String> {
        let head: Head = serde_json::from_slice(text).map_err(|_| FOREIGN.to_owned())?;
        if head.what != MARK || !["sqlite", "postgres"].contains(&head.database.as_str()) {
            return Err(FOREIGN.into());
        }
        let form = if self.old { 1 } else { FORM };
        if head.form != form {
            return Err(format!(
                "this backup was written by another version of Magistra ({}), in a form that this one does not read",
                head.version
            ));
        }
        refuse_newer(head.schema)?;
        if let Some(kind) = self.into.kind
            && kind != head.database
        {
            return Err(format!(
                "this is a backup of a {} database and MAGISTRA_DATABASE_URL names a {kind} one",
                head.database
            ));
        }
        self.head = Some(head);
        Ok(())
    }

    fn small(&self, name: &str, size: u64, entry: &mut impl Read, limit: u64) -> Result<Vec<u8>, String> {
        if size > limit {
            return Err(format!("{name} is larger than it can be"));
        }
        let mut text = Vec::new();
        entry.read_to_end(&mut text).map_err(damaged)?;
        if text.len() as u64 == size { Ok(text) } else { Err(cut_short()) }
    }

    fn note(&mut self, name: String, text: &[u8]) {
        self.members.push(Member { name, size: text.len() as u64, sha256: hex(Sha256::digest(text)) });
    }

    /// Compares what was read with what the manifest says.
    fn end(self, outside: Outside) -> Result<Contents, String> {
        if self.next != if self.old { Next::Files } else { Next::End } {
            return Err(cut_short());
        }
        let head = self.head.ok_or_else(cut_short)?;
        if let Some(manifest) = &self.manifest {
            if manifest.head != head {
                return Err("the manifest is of another archive".into());
            }
            if let Some((was, is)) = manifest.members.iter().zip(&self.members).find(|(was, is)| was != is) {
                return Err(if was.name == is.name {
                    format!("{} is not as the manifest says: it is damaged", is.name)
                } else {
                    format!("{} stands where the manifest says {}", is.name, was.name)
                });
            }
            let (said, there) = (manifest.members.len(), self.members.len());
            if said != there {
                return Err(format!("the manifest names {said} members, and the archive holds {there}"));
            }
        }
        Ok(Contents {
            head,
            manifest: self.manifest,
            members: self.members,
            database: self.database,
            size: outside.size,
            sha256: outside.sha256,
        })
    }
}

fn cut_short() -> String {
    "the archive is cut short".into()
}

/// Reads a member, and keeps it where there is a place for it.
fn take(name: String, size: u64, entry: &mut impl Read, to: Option<&Path>) -> Result<Member, String> {
    let mut bytes = Digesting::new(entry);
    match to {
        Some(path) => {
            let unpacked = told("cannot unpack the archive");
            private::folder(folder_of(path)).map_err(&unpacked)?;
            room_for(&name, size, folder_of(path))?;
            let mut file = private::create(path).map_err(&unpacked)?;
            io::copy(&mut bytes, &mut file).map_err(damaged)?;
        }
        None => {
            io::copy(&mut bytes, &mut io::sink()).map_err(damaged)?;
        }
    }
    let (read, sha256, _) = bytes.finish();
    if read == size { Ok(Member { name, size, sha256 }) } else { Err(cut_short()) }
}
