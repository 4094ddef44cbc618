//! `POST /uploads`: a file for a module, by a plain form or by script.
//!
//! A plain route, since server functions would hold the file in memory. The bytes go to the
//! object store as they come; the rows are written when they are there, in one transaction; and
//! whatever goes wrong in between removes them. The work runs in a task of its own, so that it
//! also tidies up when the browser goes away and the request is dropped.

use super::{model::MaterialForm, service};
use crate::{
    common::{
        error::{AppError, Refusal},
        forms::{Done, FaultKind, UploadForm},
        ids::FileId,
    },
    platform::{
        context::Ctx,
        files::{Arrived, Incoming},
        http,
    },
};
use axum::{
    Json,
    extract::{FromRequest, Multipart, Request, multipart::Field},
    http::header,
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// A browser that sends nothing for so long has gone.
const SILENCE: Duration = Duration::from_secs(60);
/// The longest field beside the file, in bytes.
const FIELD_MAX: usize = 4096;
/// Room in a request for what is not the file.
const AROUND: u64 = 64 * 1024;
/// How much of a refused file is still read, so that the browser reads the answer.
const PATIENCE: usize = 64 * 1024 * 1024;

/// Takes an upload.
pub async fn receive(request: Request) -> Response {
    let Some(cx) = request.extensions().get::<Ctx>().cloned() else {
        return http::guard::outage(&AppError::Internal);
    };
    let by_script = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    let (form, outcome) = match service::may_write_somewhere(&cx) {
        Ok(()) => tokio::spawn(work(cx, request)).await.unwrap_or_else(|error| {
            tracing::error!(%error, "an upload's task ended badly");
            (MaterialForm::default(), Err(AppError::Internal))
        }),
        Err(error) => (MaterialForm::default(), Err(error)),
    };
    match (by_script, outcome) {
        (true, Ok(done)) => {
            let mut response = Json(&done).into_response();
            http::carry_flash(&mut response, &done);
            response
        }
        (true, Err(error)) => (http::status(&error), Json(error)).into_response(),
        (false, Ok(done)) => http::see_other(&done),
        (false, Err(error)) => back(&form, error),
    }
}

/// Back to the form, which says what is wrong and keeps what was typed.
fn back(form: &MaterialForm, error: AppError) -> Response {
    if form.module.is_empty() {
        return http::see_other(&Done::quietly("/teach"));
    }
    let page = format!("/packs/modules/{}/files/new", form.module);
    if error == AppError::SignInRequired {
        return http::to_sign_in(&page);
    }
    let typed: [(&str, &str); 3] =
        [("title", &form.title), ("minutes", &form.minutes), ("trainer_only", &form.trainer_only)];
    let typed: Vec<_> = typed.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    http::returned::to_form(&page, UploadForm::Material, &typed, error)
}

fn malformed() -> AppError {
    AppError::field("", FaultKind::Malformed)
}

async fn work(cx: Ctx, request: Request) -> (MaterialForm, Result<Done, AppError>) {
    let mut form = MaterialForm::default();
    let max = cx.app.settings.max_upload_mib * 1024 * 1024;
    let announced: Option<u64> =
        request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let too_large = announced.is_some_and(|length| length > max + AROUND);
    let Ok(mut parts) = Multipart::from_request(request, &()).await else {
        return (form, Err(malformed()));
    };
    let mut outcome = Err(AppError::field("file", FaultKind::Required));
    loop {
        let field = match tokio::time::timeout(SILENCE, parts.next_field()).await {
            Ok(Ok(Some(field))) => field,
            Ok(Ok(None)) => break,
            _ => {
                outcome = Err(malformed());
                break;
            }
        };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            outcome = if too_large { Err(Refusal::FileTooLarge.into()) } else { take(&cx, &form, field, max).await };
            break;
        }
        let Some(value) = short(field).await else {
            outcome = Err(malformed());
            break;
        };
        match name.as_str() {
            "id" => form.id = value,
            // What becomes part of an address must be an id.
            "module" => form.module = value.parse::<uuid::Uuid>().map(|id| id.to_string()).unwrap_or_default(),
            "title" => form.title = value,
            "minutes" => form.minutes = value,
            "trainer_only" => form.trainer_only = value,
            _ => {}
        }
    }
    if outcome.is_err() {
        drain(&mut parts).await;
    }
    (form, outcome)
}

/// Reads on for a while after a refusal: a browser whose sending is cut off shows its own error
/// page instead of ours.
pub(crate) async fn drain(parts: &mut Multipart) {
    let reading = async {
        let mut left = PATIENCE;
        while let Ok(Some(mut field)) = parts.next_field().await {
            while let Ok(Some(bytes)) = field.chunk().await {
                left = left.saturating_sub(bytes.len());
                if left == 0 {
                    return;
                }
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(20), reading).await;
}

/// A short field of a form; none when it is too long or the line broke.
pub(crate) async fn short(mut field: Field<'_>) -> Option<String> {
    let mut value = Vec::new();
    while let Some(bytes) = tokio::time::timeout(SILENCE, field.chunk()).await.ok()?.ok()? {
        value.extend_from_slice(&bytes);
        if value.len() > FIELD_MAX {
            return None;
        }
    }
    String::from_utf8(value).ok()
}

/// Takes the file itself.
async fn take(cx: &Ctx, form: &MaterialForm, field: Field<'_>, max: u64) -> Result<Done, AppError> {
    // Who may not write the pack is not read from any further.
    service::may_upload(cx, form).await?;
    let name = field.file_name().unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(AppError::field("file", FaultKind::Required));
    }
    let file: FileId = cx.app.id();
    let mut incoming = cx.app.files.receive(file, &name, max).await?;
    if let Err(error) = pour(field, &mut incoming).await {
        incoming.abort().await;
        return Err(error);
    }
    let arrived: Arrived = incoming.finish().await?;
    let key = arrived.key.clone();
    let outcome = service::add_file(cx, form, file, arrived).await;
    if outcome.is_err() {
        cx.app.files.remove(&key).await;
    }
    outcome
}

/// Pours a field of a form into a file on its way in, unless the line breaks.
pub(crate) async fn pour(mut field: Field<'_>, incoming: &mut Incoming) -> Result<(), AppError> {
    loop {
        match tokio::time::timeout(SILENCE, field.chunk()).await {
            Ok(Ok(Some(bytes))) => incoming.write(bytes).await?,
            Ok(Ok(None)) => return Ok(()),
            // The line broke, or the body is not what it says.
            _ => return Err(malformed()),
        }
    }
}
