//! Evidence as files.

use super::evidence as service;
use crate::{
    attendance::badges::api::paper,
    common::{
        error::AppError,
        forms::{Done, FaultKind, UploadForm},
        ids::{FileId, TallyId},
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

/// `POST /counts/{id}/evidence`: a file with a title, which comes before it. The work runs in a task of its
/// own, so that it also tidies up when the browser goes away.
pub async fn receive(Extension(cx): Extension<Ctx>, Path(tally): Path<String>, request: Request) -> Response {
    let to = match service::may_attach(&cx, &tally).await {
        Ok(to) => to,
        Err(AppError::SignInRequired) => return http::to_sign_in(&format!("/counts/{tally}")),
        Err(error @ AppError::Unavailable) => return http::guard::outage(&error),
        Err(error) => return http::status(&error).into_response(),
    };
    let mut title = String::new();
    let outcome = tokio::spawn(async move {
        let outcome = work(cx, to, request, &mut title).await;
        (title, outcome)
    });
    let (title, outcome) = outcome.await.unwrap_or_else(|error| {
        tracing::error!(%error, "an upload's task ended badly");
        (String::new(), Err(AppError::Internal))
    });
    match outcome {
        Ok(done) => http::see_other(&done),
        Err(error) => {
            http::returned::to_form(&format!("/counts/{to}"), UploadForm::Evidence, &[("title", &title)], error)
        }
    }
}

async fn work(cx: Ctx, to: TallyId, request: Request, title: &mut String) -> Result<Done, AppError> {
    let malformed = || AppError::field("", FaultKind::Malformed);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| malformed())?;
    let mut outcome = Err(AppError::field("file", FaultKind::Required));
    while let Some(field) = parts.next_field().await.map_err(|_| malformed())? {
        match field.name() {
            Some("title") => *title = upload::short(field).await.ok_or_else(malformed)?.chars().take(300).collect(),
            Some("file") => {
                outcome = if title.trim().is_empty() {
                    Err(AppError::field("title", FaultKind::Required))
                } else {
                    take(&cx, to, title, field).await
                };
                break;
            }
            _ => {}
        }
    }
    if outcome.is_err() {
        upload::drain(&mut parts).await;
    }
    outcome
}

async fn take(cx: &Ctx, to: TallyId, title: &str, field: Field<'_>) -> Result<Done, AppError> {
    let name = field.file_name().unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(AppError::field("file", FaultKind::Required));
    }
    let max = service::EVIDENCE_MAX_MIB.min(cx.app.settings.max_upload_mib) * 1024 * 1024;
    let file: FileId = cx.app.id();
    let mut incoming = cx.app.files.receive(file, &name, max).await?;
    if let Err(error) = upload::pour(field, &mut incoming).await {
        incoming.abort().await;
        return Err(error);
    }
    let arrived = incoming.finish().await?;
    let key = arrived.key.clone();
    let outcome = service::attach(cx, to, title, file, arrived).await;
    if outcome.is_err() {
        cx.app.files.remove(&key).await;
    }
    outcome
}

/// `GET /counts/{id}/evidence/{piece}`: a piece of evidence, to who may see the count.
pub async fn open(
    Extension(cx): Extension<Ctx>,
    Path((tally, piece)): Path<(String, String)>,
    request: Request,
) -> Response {
    let found = async {
        let row = service::open_evidence(&cx, &tally, &piece).await?;
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
                (header::CONTENT_DISPOSITION, format!("inline; filename=\"evidence-{piece}.{ending}\"")),
                (header::CACHE_CONTROL, "private, no-store".to_owned()),
            ];
            (headers, Body::from_stream(bytes)).into_response()
        }
        Err(error) => paper("", Err(error), request).await,
    }
}
