//! Sheets to sign, and scans of signed ones, as files.

use super::{keying, service};
use crate::{
    attendance::badges::api::paper,
    common::{
        error::AppError,
        forms::{Done, FaultKind, UploadForm},
        ids::{DeliveryId, FileId, SlotId},
    },
    packs::upload,
    platform::{context::Ctx, http},
};
use axum::{
    Extension,
    body::Body,
    extract::{FromRequest, Multipart, Path, Request, multipart::Field},
    http::header,
    response::{IntoResponse, Response},
};

/// `/deliveries/{id}/sheets.pdf`: a sheet for every half-day.
pub async fn sheets_pdf(Extension(cx): Extension<Ctx>, Path(id): Path<String>, request: Request) -> Response {
    paper("signature-sheets.pdf", service::sheets(&cx, &id, None).await, request).await
}

/// `/deliveries/{id}/register/{slot}/sheet.pdf`: that of one half-day.
pub async fn sheet_pdf(
    Extension(cx): Extension<Ctx>,
    Path((id, slot)): Path<(String, String)>,
    request: Request,
) -> Response {
    paper("signature-sheet.pdf", service::sheets(&cx, &id, Some(&slot)).await, request).await
}

/// `POST /deliveries/{id}/register/{slot}/scans`: a signed sheet that was scanned. The work runs in a task of
/// its own, so that it also tidies up when the browser goes away.
pub async fn receive(
    Extension(cx): Extension<Ctx>,
    Path((delivery, slot)): Path<(String, String)>,
    request: Request,
) -> Response {
    let to = match keying::may_scan(&cx, &delivery, &slot).await {
        Ok(to) => to,
        Err(AppError::SignInRequired) => {
            return http::to_sign_in(&format!("/deliveries/{delivery}/register/{slot}/paper"));
        }
        Err(error @ AppError::Unavailable) => return http::guard::outage(&error),
        Err(error) => return http::status(&error).into_response(),
    };
    let page = format!("/deliveries/{}/register/{}/paper", to.0, to.1);
    let outcome = tokio::spawn(work(cx, to, request)).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a scan's task ended badly");
        Err(AppError::Internal)
    });
    match outcome {
        Ok(done) => http::see_other(&done),
        Err(error) => http::returned::to_form(&page, UploadForm::Scan, &[], error),
    }
}

async fn work(cx: Ctx, to: (DeliveryId, SlotId), request: Request) -> Result<Done, AppError> {
    let malformed = || AppError::field("", FaultKind::Malformed);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    let mut outcome = Err(AppError::field("file", FaultKind::Required));
    while let Some(field) = parts.next_field().await.map_err(|_| malformed())? {
        if field.name() == Some("file") {
            outcome = take(&cx, to, field).await;
            break;
        }
    }
    if outcome.is_err() {
        upload::drain(&mut parts).await;
    }
    outcome
}

async fn take(cx: &Ctx, to: (DeliveryId, SlotId), field: Field<'_>) -> Result<Done, AppError> {
    let name = field.file_name().unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(AppError::field("file", FaultKind::Required));
    }
    let max = keying::SCAN_MAX_MIB.min(cx.app.settings.max_upload_mib) * 1024 * 1024;
    let file: FileId = cx.app.id();
    let mut incoming = cx.app.files.receive(file, &name, max).await?;
    if let Err(error) = upload::pour(field, &mut incoming).await {
        incoming.abort().await;
        return Err(error);
    }
    let arrived = incoming.finish().await?;
    let key = arrived.key.clone();
    let outcome = keying::add_scan(cx, to, file, arrived).await;
    if outcome.is_err() {
        cx.app.files.remove(&key).await;
    }
    outcome
}

/// `GET /deliveries/{id}/register/{slot}/scans/{scan}`: a scan, to who keeps the register.
pub async fn scan(
    Extension(cx): Extension<Ctx>,
    Path((delivery, slot, scan)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    let found = async {
        let row = keying::open_scan(&cx, &delivery, &slot, &scan).await?;
        let size = u64::try_from(row.size).unwrap_or_default();
        let bytes = cx.app.files.read(&row.key, 0..size).await?;
        Ok::<_, AppError>((row, bytes))
    };
    match found.await {
        Ok((row, bytes)) => {
            let ending = match row.media_type.as_str() {
                "application/pdf" => "pdf",
                "image/png" => "png",
                _ => "jpg",
            };
            let headers = [
                (header::CONTENT_TYPE, row.media_type.clone()),
                (header::CONTENT_LENGTH, row.size.to_string()),
                (header::CONTENT_SECURITY_POLICY, http::policy::of_file(&row.media_type).to_owned()),
                (header::CONTENT_DISPOSITION, format!("inline; filename=\"scan-{scan}.{ending}\"")),
                (header::CACHE_CONTROL, "private, no-store".to_owned()),
            ];
            (headers, Body::from_stream(bytes)).into_response()
        }
        Err(error) => paper("", Err(error), request).await,
    }
}
