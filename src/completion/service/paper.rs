//! A certificate's paper: made once, kept in the object store, made again should it be lost.

use super::{
    super::{
        pages::paper,
        store::{self, Certificate},
    },
    certificate,
};
use crate::{
    common::{
        error::AppError,
        ids::{CertificateId, FileId},
    },
    deliveries, institutions,
    people::rights::{Record, Right, demand},
    platform::{
        context::Ctx,
        pdf,
        store::{self as platform, FileRow},
        text,
    },
};
use futures::future::BoxFuture;
use object_store::{ObjectStoreExt, path::Path};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The kind of job that makes a certificate's paper before anybody asks for it.
pub const PAPER_JOB: &str = "certificate.pdf";

/// What the job is about.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Paper {
    /// The certificate.
    pub certificate: CertificateId,
}

/// Makes a certificate's paper, as a job.
pub fn paper_job(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let about: Paper = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        let found = store::by_id(&mut cx.read().await?, about.certificate).await?;
        match found {
            Some(row) if row.revoked_at.is_none() => bytes_of(&cx, row).await.map(|_| ()),
            _ => Ok(()),
        }
    })
}

/// A certificate's paper and the name to save it under, for its holder and for who keeps the
/// delivery's register. A withdrawn one is not given out.
pub async fn download(cx: &Ctx, id: &str) -> Result<(String, Vec<u8>), AppError> {
    let actor = cx.signed_in()?;
    let mut reader = cx.read().await?;
    let row = certificate(&mut reader, id).await?;
    if row.person_id != actor.person_id {
        let trains = deliveries::store::is_trainer(&mut reader, row.delivery_id, actor.person_id).await?;
        demand(Some(actor), Right::KeepRegister, Record::of(row.host_id).naming(trains))?;
    }
    drop(reader);
    if row.revoked_at.is_some() {
        return Err(AppError::NotFound);
    }
    let name = format!("{}.pdf", row.code);
    Ok((name, bytes_of(cx, row).await?))
}

async fn bytes_of(cx: &Ctx, row: Certificate) -> Result<Vec<u8>, AppError> {
    let key = format!("certificates/{}.pdf", row.id);
    let path = Path::from(key.clone());
    if row.file_id.is_some()
        && let Ok(found) = cx.app.files.store().get(&path).await
        && let Ok(bytes) = found.bytes().await
    {
        return Ok(bytes.to_vec());
    }
    let names = institutions::store::area_names(&mut cx.read().await?).await?;
    let (id, code, filed) = (row.id, row.code.clone(), row.file_id.is_some());
    let verify_url = cx.app.settings.link(&format!("/verify/{code}"));
    let made = cx.set_paper(move || pdf::certificate(&paper::sheet(&row, &names, verify_url))).await?;
    let bytes = made.map_err(|error| {
        tracing::error!(%error, certificate = %id, "a certificate could not be set");
        AppError::Internal
    })?;
    let stored = cx.app.files.store().put(&path, bytes.clone().into()).await;
    if let Err(error) = stored {
        // The paper itself is there; keeping it only saves making it again.
        tracing::warn!(%error, certificate = %id, "a certificate's paper could not be kept");
        return Ok(bytes);
    }
    if !filed {
        let file = FileRow {
            id: cx.app.id::<FileId>(),
            key,
            name: format!("{code}.pdf"),
            media_type: "application/pdf".into(),
            size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: text::hex(Sha256::digest(&bytes)),
        };
        let mut tx = cx.begin().await?;
        match platform::add_file(&mut tx, &file, None, cx.now()).await {
            Ok(()) => {
                store::set_file(&mut tx, id, file.id).await?;
                tx.commit().await?;
            }
            // Somebody else was as quick; the bytes are the same.
            Err(error) if error.is_unique_violation() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(bytes)
}
