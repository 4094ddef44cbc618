//! Sheets to sign, as files.

use super::service;
use crate::{attendance::badges::api::paper, platform::context::Ctx};
use axum::{
    Extension,
    extract::{Path, Request},
    response::Response,
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
