//! `/trainers.csv` and `/trainers.xlsx`: the roster as a file, for whoever runs deliveries.

use super::service;
use crate::{
    i18n,
    platform::{
        blocking,
        context::Ctx,
        http::downloads::{answer, language},
    },
    trainers::pages::roster::paper,
};
use axum::{Extension, extract::Request, response::Response};

/// The roster as CSV, in which nothing is a formula.
pub async fn csv(Extension(cx): Extension<Ctx>, request: Request) -> Response {
    export(&cx, request, "trainers.csv").await
}

/// The roster as a workbook.
pub async fn xlsx(Extension(cx): Extension<Ctx>, request: Request) -> Response {
    export(&cx, request, "trainers.xlsx").await
}

async fn export(cx: &Ctx, request: Request, file: &'static str) -> Response {
    let locale = language(cx, &request);
    let query = request.uri().query().unwrap_or_default().to_owned();
    let sheet = async {
        let (lines, footnote) = service::exported(cx, &query, i18n::code(locale)).await?;
        let asked = service::read(&query);
        let now = cx.now();
        blocking::run(move || i18n::speaking(locale, || paper::sheet(&lines, &asked, footnote, now))).await
    };
    // The service notes that it leaves the house.
    answer(cx, file, None, sheet, request).await
}
