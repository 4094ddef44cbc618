//! Plain routes: files that go out, and the upload of files that come in, by a plain form.

use super::{
    model::{FILE_MAX, Unreadable},
    service::{self, Untakeable},
};
use crate::{
    common::{
        error::AppError,
        forms::{Done, UploadForm},
    },
    i18n::{self, Locale},
    platform::{blocking, context::Ctx, http},
};
use axum::{
    Extension,
    body::Body,
    extract::{FromRequest, Multipart, Path, Request, multipart::Field},
    http::{Method, header},
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// A browser that sends nothing for so long has gone.
const SILENCE: Duration = Duration::from_secs(60);
/// Most files of one upload.
const FILES: usize = 10;
/// How much of what is too large is still read, so that the browser reads the answer.
const PATIENCE: usize = 64 * 1024 * 1024;

/// `/deliveries/{id}/register.csv`
pub async fn export_csv(Extension(cx): Extension<Ctx>, Path(delivery): Path<String>, request: Request) -> Response {
    export(&cx, &delivery, request, "csv").await
}

/// `/deliveries/{id}/register.xlsx`
pub async fn export_xlsx(Extension(cx): Extension<Ctx>, Path(delivery): Path<String>, request: Request) -> Response {
    export(&cx, &delivery, request, "xlsx").await
}

async fn export(cx: &Ctx, delivery: &str, request: Request, kind: &'static str) -> Response {
    let locale = locale(&request, cx);
    let written = async {
        let sheet = service::exported(cx, delivery, locale, kind).await?;
        let name = format!("attachment; filename=\"register-{}.{kind}\"", sheet.name);
        let bytes = blocking::run(move || if kind == "csv" { sheet.csv() } else { sheet.xlsx() }).await??;
        Ok::<_, AppError>((name, bytes))
    };
    match written.await {
        Ok((name, bytes)) => {
            let media_type = match kind {
                "csv" => "text/csv; charset=utf-8",
                _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            };
            (
                [
                    (header::CONTENT_TYPE, media_type),
                    (header::CONTENT_DISPOSITION, name.as_str()),
                    (header::CACHE_CONTROL, "private, no-store"),
                ],
                bytes,
            )
                .into_response()
        }
        Err(AppError::SignInRequired) => {
            let here = request.uri().path_and_query().map_or("/deliveries", |path| path.as_str());
            http::see_other(&to_sign_in(here))
        }
        Err(error) => fault(request, &error).await,
    }
}

fn to_sign_in(next: &str) -> Done {
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    Done::quietly(format!("/sign-in?next={next}"))
}

/// The language of the page from which a file is asked for.
fn locale(request: &Request, cx: &Ctx) -> Locale {
    let asked = request
        .uri()
        .query()
        .and_then(|query| query.split('&').find_map(|pair| i18n::locale_of(pair.strip_prefix("lang=")?)));
    asked
        .or_else(|| http::cookie(request.headers(), http::pages::LANGUAGE_COOKIE).and_then(i18n::locale_of))
        .or_else(|| cx.actor.as_ref()?.language.as_deref().and_then(i18n::locale_of))
        .unwrap_or_default()
}

/// The page of an error, with its status.
async fn fault(mut request: Request, error: &AppError) -> Response {
    *request.method_mut() = Method::GET;
    let mut response = http::pages::render(request).await;
    *response.status_mut() = http::status(error);
    response
}

/// `POST /deliveries/{id}/transfer/upload`: one table of marks, or logs of one conferencing tool. Leads to the
/// dry run, or back to the form that says what is wrong with the file.
pub async fn receive(Extension(cx): Extension<Ctx>, Path(delivery): Path<String>, request: Request) -> Response {
    let page = format!("/deliveries/{delivery}/transfer");
    let id = match service::may_import(&cx, &delivery).await {
        Ok(id) => id,
        Err(AppError::SignInRequired) => return http::see_other(&to_sign_in(&page)),
        // The page itself says why nothing may be written.
        Err(AppError::Refused(_)) => return http::see_other(&Done::quietly(page)),
        Err(error) => {
            let (parts, _) = request.into_parts();
            return fault(Request::from_parts(parts, Body::empty()), &error).await;
        }
    };
    let brought = match files(request).await {
        Ok(given) => service::bring(&cx, id, given).await,
        Err(why) => Err(Untakeable::File(why)),
    };
    match brought {
        Ok(done) => http::see_other(&done),
        Err(Untakeable::File(why)) => {
            http::returned::to_form(&page, UploadForm::Marks, &[("why", why.code())], AppError::Preview)
        }
        Err(Untakeable::Error(AppError::SignInRequired)) => http::see_other(&to_sign_in(&page)),
        Err(Untakeable::Error(AppError::Refused(_))) => http::see_other(&Done::quietly(page)),
        Err(Untakeable::Error(error @ (AppError::Unavailable | AppError::Internal))) => http::guard::outage(&error),
        Err(Untakeable::Error(error)) => http::status(&error).into_response(),
    }
}

/// The files of an upload, all of them within the limit.
async fn files(request: Request) -> Result<Vec<(String, Vec<u8>)>, Unreadable> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Unreadable::Empty)?;
    let mut files = Vec::new();
    let mut left = FILE_MAX;
    loop {
        let field = match tokio::time::timeout(SILENCE, parts.next_field()).await {
            Ok(Ok(Some(field))) => field,
            Ok(Ok(None)) => break,
            _ => return Err(Unreadable::Broken),
        };
        if field.name() != Some("file") || field.file_name().is_none_or(str::is_empty) {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        match bytes(field, left).await {
            Ok(bytes) if files.len() < FILES => {
                left -= bytes.len();
                files.push((name, bytes));
            }
            Ok(_) | Err(Unreadable::TooLarge) => {
                drain(&mut parts).await;
                return Err(Unreadable::TooLarge);
            }
            Err(why) => return Err(why),
        }
    }
    if files.is_empty() { Err(Unreadable::Empty) } else { Ok(files) }
}

async fn bytes(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    let mut over = 0;
    loop {
        match tokio::time::timeout(SILENCE, field.chunk()).await {
            Ok(Ok(Some(chunk))) if over == 0 && bytes.len() + chunk.len() <= most => bytes.extend_from_slice(&chunk),
            Ok(Ok(Some(chunk))) => {
                over += chunk.len();
                if over > PATIENCE {
                    return Err(Unreadable::TooLarge);
                }
            }
            Ok(Ok(None)) => return if over == 0 { Ok(bytes) } else { Err(Unreadable::TooLarge) },
            _ => return Err(Unreadable::Broken),
        }
    }
}

/// Reads on after a refusal: a browser whose sending is cut off shows its own error page.
async fn drain(parts: &mut Multipart) {
    let reading = async {
        let mut left = PATIENCE;
        while let Ok(Some(mut field)) = parts.next_field().await {
            while let Ok(Some(chunk)) = field.chunk().await {
                left = left.saturating_sub(chunk.len());
                if left == 0 {
                    return;
                }
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(20), reading).await;
}
