//! The numbers of a cascade as a file.

use super::{pages::paper, service};
use crate::{
    i18n,
    platform::{
        context::Ctx,
        http::downloads::{answer, language},
    },
};
use axum::{
    Extension,
    extract::{Path, Request},
    response::Response,
};

/// `/reports/cascade/{file}`: by generation, area and year; the query is that of the page.
pub async fn table(Extension(cx): Extension<Ctx>, Path(name): Path<String>, request: Request) -> Response {
    let locale = language(&cx, &request);
    let query = request.uri().query().unwrap_or_default().to_owned();
    let sheet = async {
        let (page, lines) = service::cross(&cx, locale, &query).await?;
        Ok(i18n::speaking(locale, || paper::table(&page, &query, &lines, cx.now())))
    };
    answer(&cx, &name, None, sheet, request).await
}
