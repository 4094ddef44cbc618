//! The bytes of files, in a folder or in S3, behind `object_store`: streamed in and out, never
//! whole in memory, and nothing left behind by an upload that fails.

mod folder;
pub mod kinds;
mod patient;

use super::{private, text};
use crate::common::{
    error::{AppError, Refusal},
    ids::FileId,
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use folder::Folder;
use futures::{StreamExt, stream::BoxStream};
use kinds::Kind;
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart, aws::AmazonS3Builder, local::LocalFileSystem,
    path::Path, prefix::PrefixStore,
};
use patient::Patient;
use sha2::{Digest, Sha256};
use std::{io, ops::Range, sync::Arc, time::Duration};

/// Where files are kept.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    /// The same without patience.
    bare: Arc<dyn ObjectStore>,
    /// Where it is a folder: which.
    folder: Option<Folder>,
}

/// How long a store may say nothing, unless it is set otherwise.
const SILENCE: Duration = Duration::from_secs(60);

/// How many parts of an upload may be under way to the store at once.
const IN_FLIGHT: usize = 3;
/// The folder of what is written only to see whether it can be: no part of a backup.
pub const PROBES: &str = "health";
/// The size of such a probe: more than what a file system keeps beside a file's name.
const PROBE_SIZE: usize = 16 * 1024;
/// Bytes by which a kind is known.
const HEAD: usize = 1024;
/// The longest directory of a zip file that is read.
const MAX_DIRECTORY: u64 = 2 * 1024 * 1024;

impl Files {
    /// Opens a folder (made if missing) or `s3://BUCKET/PREFIX`, whose endpoint and keys come
    /// from the `AWS_*` variables.
    pub fn open(place: &str) -> Result<Self, String> {
        if let Some(rest) = place.strip_prefix("s3://") {
            return Self::s3(AmazonS3Builder::from_env(), rest);
        }
        private::folder(std::path::Path::new(place))
            .map_err(|e| format!("cannot create the folder for files {place}: {e}"))?;
        let local = LocalFileSystem::new_with_prefix(place)
            .map_err(|e| format!("cannot open the folder for files {place}: {e}"))?
            .with_fsync(true);
        let folder =
            Folder::open(place.into()).map_err(|e| format!("cannot open the folder for files {place}: {e}"))?;
        Ok(Self::of(Arc::new(local), Some(folder)))
    }

    /// S3 with the options of a builder; `rest` is `BUCKET/PREFIX`.
    pub fn s3(builder: AmazonS3Builder, rest: &str) -> Result<Self, String> {
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        // One cryptography for all of TLS: the one that mail and PostgreSQL use. It may be set already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let s3 = builder.with_bucket_name(bucket).build().map_err(|e| format!("MAGISTRA_FILES: {e}"))?;
        Ok(Self::of(Arc::new(PrefixStore::new(s3, prefix)), None))
    }

    /// In memory, for tests.
    pub fn memory() -> Self {
        Self::of(Arc::new(object_store::memory::InMemory::new()), None)
    }

    fn of(store: Arc<dyn ObjectStore>, folder: Option<Folder>) -> Self {
        Self { store: Arc::new(Patient::new(store.clone(), folder.clone(), SILENCE)), bare: store, folder }
    }

    /// The same store, which may say nothing for so long.
    #[must_use]
    pub fn patient(self, silence: Duration) -> Self {
        Self { store: Arc::new(Patient::new(self.bare.clone(), self.folder.clone(), silence)), ..self }
    }

    /// Removes what uploads that were cut off before a time have left beside the files of a folder: the bytes of an
    /// upload are in a file named `NAME#NUMBER` until the last has come, and no listing shows it. Says how many. In
    /// S3 such parts are the bucket's to remove (`AbortIncompleteMultipartUpload`).
    pub async fn sweep_parts(&self, before: DateTime<Utc>) -> io::Result<usize> {
        let Some(Folder { path: folder, .. }) = self.folder.clone() else { return Ok(0) };
        let sweep = move || {
            let mut removed = 0;
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                // Files lie in folders one deep.
                if !path.is_dir() {
                    continue;
                }
                for entry in std::fs::read_dir(path)? {
                    let entry = entry?;
                    let is_part = entry.file_name().to_str().and_then(|name| name.rsplit_once('#')).is_some_and(
                        |(name, number)| {
                            !name.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
                        },
                    );
                    if is_part && DateTime::<Utc>::from(entry.metadata()?.modified()?) < before {
                        std::fs::remove_file(entry.path())?;
                        removed += 1;
                    }
                }
            }
            Ok(removed)
        };
        tokio::task::spawn_blocking(sweep).await.map_err(io::Error::other)?
    }

    /// The store beneath.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// Writes a small object, reads it and removes it.
    pub async fn try_to_write(&self, probe: uuid::Uuid) -> Result<(), object_store::Error> {
        let path = Path::from(format!("{PROBES}/{probe}"));
        let bytes = Bytes::from_static(&[b'.'; PROBE_SIZE]);
        let outcome = async {
            self.store.put(&path, bytes.clone().into()).await?;
            let read = self.store.get(&path).await?.bytes().await?;
            if read == bytes {
                Ok(())
            } else {
                let source = "what was read is not what was written".into();
                Err(object_store::Error::Generic { store: "probe", source })
            }
        };
        let outcome = outcome.await;
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => outcome,
            Err(error) => outcome.and(Err(error)),
        }
    }

    /// Begins to receive a file named `name` of at most `max` bytes.
    pub async fn receive(&self, id: FileId, name: &str, max: u64) -> Result<Incoming, AppError> {
        let name = kinds::clean_name(name);
        let kind = Kind::of_name(&name).ok_or(Refusal::FileKind)?;
        // The last letters of an id are random: they spread files over folders.
        let plain = id.0.simple().to_string();
        let key = format!("{}/{plain}", &plain[30..]);
        let path = Path::from(key.as_str());
        let upload = self.store.put_multipart(&path).await.map_err(away)?;
        Ok(Incoming {
            files: self.clone(),
            path,
            key,
            name,
            kind,
            upload: Some(WriteMultipart::new(upload)),
            hash: Sha256::new(),
            head: Vec::new(),
            sniffed: false,
            size: 0,
            max,
        })
    }

    /// Removes a file's bytes; that they are gone already is no error.
    pub async fn remove(&self, key: &str) {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => tracing::error!(%error, key, "bytes of a refused file could not be removed"),
        }
    }

    /// A range of a file's bytes, as a stream.
    pub async fn read(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, object_store::Result<Bytes>>, AppError> {
        if range.is_empty() {
            return Ok(futures::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        Ok(self.store.get_opts(&Path::from(key), options).await.map_err(away)?.into_stream())
    }

    /// Whether a zip file's directory is that of a document of a kind.
    async fn is_document(&self, path: &Path, size: u64, kind: Kind) -> Result<bool, AppError> {
        let tail = self.store.get_range(path, size.saturating_sub(66_000)..size).await.map_err(away)?;
        let Some((at, length)) = kinds::zip_directory(&tail) else { return Ok(false) };
        if length > MAX_DIRECTORY || at.checked_add(length).is_none_or(|end| end > size) {
            return Ok(false);
        }
        let directory = self.store.get_range(path, at..at + length).await.map_err(away)?;
        Ok(kinds::is_document(&kinds::zip_names(&directory), kind))
    }
}

fn away(error: object_store::Error) -> AppError {
    tracing::error!(%error, "the store of files is away");
    AppError::Unavailable
}

/// A file on its way in. Whoever holds it must [`Incoming::finish`] or [`Incoming::abort`] it.
pub struct Incoming {
    files: Files,
    path: Path,
    key: String,
    name: String,
    kind: Kind,
    upload: Option<WriteMultipart>,
    hash: Sha256,
    head: Vec<u8>,
    sniffed: bool,
    size: u64,
    max: u64,
}

/// A file that has arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrived {
    /// Where its bytes are.
    pub key: String,
    /// Its name, cleaned.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its size in bytes.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

impl Incoming {
    /// Takes the next bytes; refuses as soon as it is known that the file will be.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), AppError> {
        self.size += bytes.len() as u64;
        if self.size > self.max {
            return Err(Refusal::FileTooLarge.into());
        }
        if !self.sniffed {
            self.head.extend_from_slice(&bytes[..bytes.len().min(HEAD - self.head.len())]);
            if self.head.len() == HEAD {
                self.sniff()?;
            }
        }
        self.hash.update(&bytes);
        if let Some(upload) = &mut self.upload {
            upload.wait_for_capacity(IN_FLIGHT).await.map_err(away)?;
            upload.put(bytes);
        }
        Ok(())
    }

    fn sniff(&mut self) -> Result<(), AppError> {
        self.sniffed = true;
        if self.kind.matches(&self.head) { Ok(()) } else { Err(Refusal::FileKind.into()) }
    }

    /// Ends the upload. On an error nothing is left behind.
    pub async fn finish(mut self) -> Result<Arrived, AppError> {
        if let Err(error) = self.end().await {
            self.abort().await;
            return Err(error);
        }
        Ok(Arrived {
            key: self.key,
            name: self.name,
            media_type: self.kind.media_type(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            sha256: text::hex(self.hash.finalize()),
        })
    }

    async fn end(&mut self) -> Result<(), AppError> {
        if !self.sniffed {
            self.sniff()?;
        }
        if let Some(upload) = self.upload.take() {
            upload.finish().await.map_err(away)?;
        }
        if self.kind.is_zip() && !self.files.is_document(&self.path, self.size, self.kind).await? {
            return Err(Refusal::FileKind.into());
        }
        Ok(())
    }

    /// Gives the upload up and removes what was stored of it.
    pub async fn abort(mut self) {
        match self.upload.take() {
            Some(upload) => {
                if let Err(error) = upload.abort().await {
                    tracing::error!(%error, key = self.key, "an upload could not be given up");
                }
            }
            None => self.files.remove(&self.key).await,
        }
    }
}

#[cfg(test)]
mod tests;
