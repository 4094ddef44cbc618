//! Reports as files, and the bundle for auditors. Who takes a list of persons away is noted.

use super::{
    api::Asked,
    service::{self, Wanted},
};
use crate::{
    i18n,
    platform::{
        blocking,
        context::Ctx,
        http::downloads::{answer, attachment, language, refused},
    },
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
    response::Response,
};
use tokio_util::io::ReaderStream;

/// What is noted where a list of persons is taken away.
const EXPORT: &str = "export_attendance";

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
        let now = cx.now();
        blocking::run(move || i18n::speaking(locale, || paper::grid(&grid, now))).await
    };
    answer(&cx, &name, Some((EXPORT, "delivery", id.clone())), sheet, request).await
}

/// `/attendance/at-risk/{file}`: who is at risk.
pub async fn risks(Extension(cx): Extension<Ctx>, Path(name): Path<String>, request: Request) -> Response {
    let locale = language(&cx, &request);
    let sheet = async {
        let risks = service::risks(&cx).await?;
        Ok(i18n::speaking(locale, || paper::risks(&risks, cx.now())))
    };
    answer(&cx, &name, Some((EXPORT, "list", "at_risk".into())), sheet, request).await
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
    answer(&cx, &name, Some((EXPORT, "person", id.clone())), sheet, request).await
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
