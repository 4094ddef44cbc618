//! Reports as files, in the form that the address names.

use crate::{
    common::{error::AppError, forms::Done},
    i18n::{self, Locale},
    platform::{
        audit,
        context::Ctx,
        export::{self, Format, Sheet},
    },
};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

/// The language that the address or the browser's cookie asks for, or the account.
pub fn language(cx: &Ctx, request: &Request) -> Locale {
    let asked = request.uri().query().and_then(|query| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang").map(|(_, value)| value.into_owned())
    });
    asked
        .as_deref()
        .and_then(i18n::locale_of)
        .or_else(|| super::cookie(request.headers(), super::pages::LANGUAGE_COOKIE).and_then(i18n::locale_of))
        .or_else(|| cx.actor.as_ref()?.language.as_deref().and_then(i18n::locale_of))
        .unwrap_or_default()
}

/// A file to be kept, for whoever asked alone.
pub fn attachment(media_type: &str, name: &str, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    for (header, value) in [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(header, value);
        }
    }
    response
}

/// To the sign-in page, the page that asks to wait, or that of a wrong address with the status that says why.
pub async fn refused(error: AppError, request: Request) -> Response {
    if error == AppError::SignInRequired {
        let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let next: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
        return super::see_other(&Done::quietly(format!("/sign-in?next={next}")));
    }
    // Nothing is wrong with the address.
    if error == AppError::Unavailable {
        return super::guard::outage(&error);
    }
    let mut response = super::pages::render(request).await;
    *response.status_mut() = super::status(&error);
    response
}

/// Makes the file off the threads that answer requests.
async fn file(cx: &Ctx, sheet: Sheet, format: Format) -> Result<Response, AppError> {
    let name = format!("{}.{}", sheet.file, format.ending());
    let bytes = cx.set_paper(move || export::make(&sheet, format)).await??;
    Ok(attachment(format.media_type(), &name, Body::from(bytes)))
}

/// A report in the form that the file's name asks for; `note` says by which act, and of which record, a
/// list of persons leaves the house.
pub async fn answer(
    cx: &Ctx,
    name: &str,
    note: Option<(&str, &str, String)>,
    sheet: impl Future<Output = Result<Sheet, AppError>>,
    request: Request,
) -> Response {
    let made = async {
        let sheet = sheet.await?;
        let format = Format::of(name).ok_or(AppError::NotFound)?;
        if let Some((act, record, id)) = note {
            let mut tx = cx.begin().await?;
            audit::note(cx, &mut tx, act, record, id).await?;
            tx.commit().await?;
        }
        file(cx, sheet, format).await
    };
    match made.await {
        Ok(response) => response,
        Err(error) => refused(error, request).await,
    }
}
