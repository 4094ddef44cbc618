//! Reports as files, and the bundle for auditors. Who takes a list of persons away is noted.

use super::{
    api::Asked,
    export::{self, Format, Sheet},
    service::{self, Wanted},
};
use crate::{
    common::{error::AppError, forms::Done},
    i18n::{self, Locale},
    platform::{audit, context::Ctx, http},
    reporting::{
        duty::model::DutyAsked,
        pages::{attendance::paper, duty_paper},
    },
};
use axum::{
    Extension,
    body::Body,
    extract::{Path, Query, Request},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use tokio_util::io::ReaderStream;

/// The language that the address or the browser's cookie asks for, or the account.
fn language(cx: &Ctx, request: &Request) -> Locale {
    let asked = request.uri().query().and_then(|query| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang").map(|(_, value)| value.into_owned())
    });
    asked
        .as_deref()
        .and_then(i18n::locale_of)
        .or_else(|| http::cookie(request.headers(), http::pages::LANGUAGE_COOKIE).and_then(i18n::locale_of))
        .or_else(|| cx.actor.as_ref()?.language.as_deref().and_then(i18n::locale_of))
        .unwrap_or_default()
}

fn attachment(media_type: &str, name: &str, body: Body) -> Response {
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

/// To the sign-in page, or the page of a wrong address with the status that says why.
async fn refused(error: AppError, request: Request) -> Response {
    if error == AppError::SignInRequired {
        let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let next: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
        return http::see_other(&Done::quietly(format!("/sign-in?next={next}")));
    }
    let mut response = http::pages::render(request).await;
    *response.status_mut() = http::status(&error);
    response
}

/// Makes the file off the threads that answer requests.
async fn file(sheet: Sheet, format: Format) -> Result<Response, AppError> {
    let name = format!("{}.{}", sheet.file, format.ending());
    let bytes =
        tokio::task::spawn_blocking(move || export::make(&sheet, format)).await.map_err(|_| AppError::Internal)??;
    Ok(attachment(format.media_type(), &name, Body::from(bytes)))
}

/// `note` says of which record a list of persons leaves the house.
async fn answer(
    cx: &Ctx,
    name: &str,
    note: Option<(&str, String)>,
    sheet: impl Future<Output = Result<Sheet, AppError>>,
    request: Request,
) -> Response {
    let made = async {
        let sheet = sheet.await?;
        let format = Format::of(name).ok_or(AppError::NotFound)?;
        if let Some((record, id)) = note {
            let mut tx = cx.begin().await?;
            audit::note(cx, &mut tx, "export_attendance", record, id).await?;
            tx.commit().await?;
        }
        file(sheet, format).await
    };
    match made.await {
        Ok(response) => response,
        Err(error) => refused(error, request).await,
    }
}

/// `/deliveries/{id}/attendance/{file}`: person by half-day, all half-days.
pub async fn grid(
    Extension(cx): Extension<Ctx>,
    Path((id, name)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Response {
    let locale = language(&cx, &request);
    let sheet = async {
        let wanted = Wanted { part: "all".into(), ..wanted };
        let grid = service::grid(&cx, &id, &wanted).await?;
        Ok(i18n::speaking(locale, || paper::grid(&grid, cx.now())))
    };
    answer(&cx, &name, Some(("delivery", id.clone())), sheet, request).await
}

/// `/attendance/at-risk/{file}`: who is at risk.
pub async fn risks(Extension(cx): Extension<Ctx>, Path(name): Path<String>, request: Request) -> Response {
    let locale = language(&cx, &request);
    let sheet = async {
        let risks = service::risks(&cx).await?;
        Ok(i18n::speaking(locale, || paper::risks(&risks, cx.now())))
    };
    answer(&cx, &name, Some(("list", "at_risk".into())), sheet, request).await
}

/// `/reports/attendance/{file}`: the numbers of institutions and areas.
pub async fn numbers(
    Extension(cx): Extension<Ctx>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
    request: Request,
) -> Response {
    let locale = language(&cx, &request);
    let sheet = async {
        let numbers = service::numbers(&cx, i18n::code(locale), &asked).await?;
        Ok(i18n::speaking(locale, || paper::numbers(&numbers, &asked, cx.now())))
    };
    answer(&cx, &name, None, sheet, request).await
}

/// `/reports/duty/{file}`: how many have met their duty of continuing education.
pub async fn duty(
    Extension(cx): Extension<Ctx>,
    Path(name): Path<String>,
    Query(asked): Query<DutyAsked>,
    request: Request,
) -> Response {
    let locale = language(&cx, &request);
    let sheet = async {
        let numbers = crate::reporting::duty::service::numbers(&cx, i18n::code(locale), &asked).await?;
        Ok(i18n::speaking(locale, || duty_paper::duty(&numbers, &asked, cx.now())))
    };
    answer(&cx, &name, None, sheet, request).await
}

/// `/people/{id}/attendance/{file}`: a person's hours over the years.
pub async fn years(
    Extension(cx): Extension<Ctx>,
    Path((id, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let locale = language(&cx, &request);
    let sheet = async {
        let years = service::years_of(&cx, i18n::code(locale), &id).await?;
        Ok(i18n::speaking(locale, || paper::years(&years, cx.now())))
    };
    answer(&cx, &name, Some(("person", id.clone())), sheet, request).await
}

/// `/my/attendance/{file}`: the reader's own hours over the years.
pub async fn my_years(Extension(cx): Extension<Ctx>, Path(name): Path<String>, request: Request) -> Response {
    let locale = language(&cx, &request);
    let sheet = async {
        let years = service::my_years(&cx, i18n::code(locale)).await?;
        Ok(i18n::speaking(locale, || paper::years(&years, cx.now())))
    };
    answer(&cx, &name, None, sheet, request).await
}

/// `/deliveries/{id}/evidence.zip`: what auditors take away.
pub async fn evidence(Extension(cx): Extension<Ctx>, Path(id): Path<String>, request: Request) -> Response {
    match service::bundle(&cx, &id, language(&cx, &request)).await {
        Ok(bundle) => {
            let file = tokio::fs::File::from_std(bundle.file);
            let mut response = attachment("application/zip", &bundle.name, Body::from_stream(ReaderStream::new(file)));
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(bundle.size));
            response
        }
        Err(error) => refused(error, request).await,
    }
}
