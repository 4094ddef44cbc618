//! `/trainers.csv` and `/trainers.xlsx`: the roster as a file, for whoever runs deliveries.

use super::{api::TrainerLine, model::Held, service};
use crate::{
    attendance::transfer::model::{clean, guarded},
    common::{codes::split_list, error::AppError},
    i18n::{self, Locale},
    platform::{
        context::Ctx,
        http::{self, pages::LANGUAGE_COOKIE},
    },
    tr,
};
use axum::{
    Extension,
    extract::Request,
    http::header,
    response::{IntoResponse, Response},
};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// The roster as CSV (RFC 4180), in which nothing is a formula.
pub async fn csv(Extension(cx): Extension<Ctx>, request: Request) -> Response {
    export(&cx, request, "csv").await
}

/// The roster as a workbook.
pub async fn xlsx(Extension(cx): Extension<Ctx>, request: Request) -> Response {
    export(&cx, request, "xlsx").await
}

async fn export(cx: &Ctx, request: Request, kind: &'static str) -> Response {
    let locale = locale(&request, cx);
    let query = request.uri().query().unwrap_or_default().to_owned();
    let written = async {
        let lines = service::exported(cx, &query, i18n::code(locale)).await?;
        let table = i18n::speaking(locale, || table(&lines));
        tokio::task::spawn_blocking(move || if kind == "csv" { as_csv(&table) } else { as_xlsx(&table) })
            .await
            .map_err(|_| AppError::Internal)?
    };
    match written.await {
        Ok(bytes) => {
            let media_type = match kind {
                "csv" => "text/csv; charset=utf-8",
                _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            };
            let name = format!("attachment; filename=\"trainers.{kind}\"");
            let headers = [
                (header::CONTENT_TYPE, media_type),
                (header::CONTENT_DISPOSITION, name.as_str()),
                (header::CACHE_CONTROL, "private, no-store"),
            ];
            (headers, bytes).into_response()
        }
        Err(AppError::SignInRequired) => {
            http::to_sign_in(request.uri().path_and_query().map_or("/trainers", |path| path.as_str()))
        }
        Err(error) => {
            let mut response = http::pages::render(request).await;
            *response.status_mut() = http::status(&error);
            response
        }
    }
}

/// The language of the page from which a file is asked for.
fn locale(request: &Request, cx: &Ctx) -> Locale {
    http::cookie(request.headers(), LANGUAGE_COOKIE)
        .and_then(i18n::locale_of)
        .or_else(|| cx.actor.as_ref()?.language.as_deref().and_then(i18n::locale_of))
        .unwrap_or_default()
}

/// Heads and rows, in the language spoken. No address leaves.
fn table(lines: &[TrainerLine]) -> Vec<Vec<String>> {
    let mut rows = vec![vec![
        tr!(roster.name),
        tr!(roster.area),
        tr!(roster.institution),
        tr!(roster.profession),
        tr!(roster.languages),
        tr!(roster.licences),
        tr!(roster.taught),
        tr!(roster.last_taught),
    ]];
    for line in lines {
        let licensed: Vec<String> = line
            .licences
            .iter()
            .filter(|(_, state)| *state == Held::Licensed)
            .map(|(title, _)| title.clone())
            .collect();
        let (taught, last) = line.taught.unwrap_or_default();
        rows.push(vec![
            clean(&line.name),
            line.area.clone().unwrap_or_default(),
            clean(line.institution.as_deref().unwrap_or_default()),
            line.profession.map(|it| it.code().to_owned()).unwrap_or_default(),
            split_list(&line.languages).collect::<Vec<_>>().join(" "),
            licensed.join("; "),
            taught.to_string(),
            last.map(|day| day.to_string()).unwrap_or_default(),
        ]);
    }
    rows
}

fn as_csv(table: &[Vec<String>]) -> Result<Vec<u8>, AppError> {
    let broken = |error: csv::Error| {
        tracing::error!(%error, "the roster could not be written as CSV");
        AppError::Internal
    };
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    for row in table {
        writer.write_record(row.iter().map(|cell| guarded(cell))).map_err(broken)?;
    }
    writer.into_inner().map_err(|_| AppError::Internal)
}

fn as_xlsx(table: &[Vec<String>]) -> Result<Vec<u8>, AppError> {
    workbook(table).map_err(|error| {
        tracing::error!(%error, "the roster could not be written as XLSX");
        AppError::Internal
    })
}

fn workbook(table: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet();
    sheet.set_freeze_panes(1, 1)?;
    for (line, row) in (0_u32..).zip(table) {
        for (column, cell) in (0_u16..).zip(row) {
            if line == 0 {
                sheet.set_column_width(column, 24)?;
                sheet.write_string_with_format(line, column, cell, &bold)?;
            } else if column == 6 {
                sheet.write_number(line, column, cell.parse().unwrap_or(0.0))?;
            } else {
                sheet.write_string_with_format(line, column, cell, &text)?;
            }
        }
    }
    book.save_to_buffer()
}
