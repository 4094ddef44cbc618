//! A store that is waited for no longer than it may be silent: every call has a deadline, and so has every piece of
//! what comes as a stream. A store that is away fails; one that accepts and says nothing must fail too. Nothing is
//! written into a folder that is another than the one that was opened.

use super::folder::Folder;
use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart, path::Path,
};
use std::{fmt, ops::Range, sync::Arc, time::Duration};
use tokio::time::timeout;

/// The slowest line that is still waited for, in bytes a second: what is large may take longer.
const SLOWEST: f64 = 64.0 * 1024.0;

/// Another store, with patience.
#[derive(Clone, Debug)]
pub(super) struct Patient {
    store: Arc<dyn ObjectStore>,
    /// The folder it is, where it is one.
    folder: Option<Folder>,
    silence: Duration,
}

impl Patient {
    /// A store that may be silent for so long.
    pub(super) fn new(store: Arc<dyn ObjectStore>, folder: Option<Folder>, silence: Duration) -> Self {
        Self { store, folder, silence }
    }
}

/// Refuses to write, or to say that it was written, where the folder is another by now.
async fn in_place(folder: Option<&Folder>, silence: Duration) -> Result<()> {
    let Some(folder) = folder else { return Ok(()) };
    folder.in_place(silence).await.map_err(|error| Error::Generic { store: "files", source: error.into() })
}

impl fmt::Display for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.store)
    }
}

fn silent(silence: Duration) -> Error {
    Error::Generic { store: "files", source: format!("no answer within {} s", silence.as_secs_f64()).into() }
}

/// How long so many bytes may take to be sent.
fn for_bytes(silence: Duration, bytes: usize) -> Duration {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    silence + Duration::from_secs_f64(f64::from(bytes) / SLOWEST)
}

async fn within<T>(silence: Duration, call: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(silence, call).await.unwrap_or_else(|_| Err(silent(silence)))
}

/// A stream whose every piece comes within the time; it ends with the error where one does not.
fn pieces<T: Send + 'static>(
    silence: Duration,
    stream: BoxStream<'static, Result<T>>,
) -> BoxStream<'static, Result<T>> {
    futures::stream::unfold(Some(stream), move |stream| async move {
        let mut stream = stream?;
        match timeout(silence, stream.next()).await {
            Ok(piece) => piece.map(|piece| (piece, Some(stream))),
            Err(_) => Some((Err(silent(silence)), None)),
        }
    })
    .boxed()
}

#[async_trait]
impl ObjectStore for Patient {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let patience = for_bytes(self.silence, payload.content_length());
        in_place(self.folder.as_ref(), self.silence).await?;
        let stored = within(patience, self.store.put_opts(location, payload, opts)).await?;
        in_place(self.folder.as_ref(), self.silence).await?;
        Ok(stored)
    }

    async fn put_multipart_opts(&self, location: &Path, opts: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        in_place(self.folder.as_ref(), self.silence).await?;
        let upload = within(self.silence, self.store.put_multipart_opts(location, opts)).await?;
        Ok(Box::new(PatientUpload { upload, folder: self.folder.clone(), silence: self.silence }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let found = within(self.silence, self.store.get_opts(location, options)).await?;
        let (meta, range) = (found.meta.clone(), found.range.clone());
        let (attributes, extensions) = (found.attributes.clone(), found.extensions.clone());
        let payload = GetResultPayload::Stream(pieces(self.silence, found.into_stream()));
        Ok(GetResult { payload, meta, range, attributes, extensions })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let bytes = ranges.iter().map(|range| range.end.saturating_sub(range.start)).sum::<u64>();
        let patience = for_bytes(self.silence, usize::try_from(bytes).unwrap_or(usize::MAX));
        within(patience, self.store.get_ranges(location, ranges)).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        pieces(self.silence, self.store.delete_stream(locations))
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        pieces(self.silence, self.store.list(prefix))
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        pieces(self.silence, self.store.list_with_offset(prefix, offset))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        within(self.silence, self.store.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        within(self.silence, self.store.copy_opts(from, to, options)).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        within(self.silence, self.store.rename_opts(from, to, options)).await
    }
}

#[derive(Debug)]
struct PatientUpload {
    upload: Box<dyn MultipartUpload>,
    folder: Option<Folder>,
    silence: Duration,
}

#[async_trait]
impl MultipartUpload for PatientUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let patience = for_bytes(self.silence, data.content_length());
        let part = self.upload.put_part(data);
        Box::pin(within(patience, part))
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let stored = within(self.silence, self.upload.complete()).await?;
        in_place(self.folder.as_ref(), self.silence).await?;
        Ok(stored)
    }

    async fn abort(&mut self) -> Result<()> {
        within(self.silence, self.upload.abort()).await
    }
}
