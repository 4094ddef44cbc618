//! The bytes of files, in a folder or in S3, behind `object_store`.

use object_store::{ObjectStore, aws::AmazonS3Builder, local::LocalFileSystem, prefix::PrefixStore};
use std::sync::Arc;

/// Where files are kept.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
}

impl Files {
    /// Opens a folder (made if missing) or `s3://BUCKET/PREFIX`, whose endpoint and keys come
    /// from the `AWS_*` variables.
    pub fn open(place: &str) -> Result<Self, String> {
        if let Some(rest) = place.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let s3 = AmazonS3Builder::from_env()
                .with_bucket_name(bucket)
                .build()
                .map_err(|e| format!("MAGISTRA_FILES: {e}"))?;
            return Ok(Self { store: Arc::new(PrefixStore::new(s3, prefix)) });
        }
        std::fs::create_dir_all(place).map_err(|e| format!("cannot create the folder for files {place}: {e}"))?;
        let local = LocalFileSystem::new_with_prefix(place)
            .map_err(|e| format!("cannot open the folder for files {place}: {e}"))?
            .with_fsync(true);
        Ok(Self { store: Arc::new(local) })
    }

    /// In memory, for tests.
    pub fn memory() -> Self {
        Self { store: Arc::new(object_store::memory::InMemory::new()) }
    }

    /// The store beneath.
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }
}
