//! A report as a file: CSV, a spreadsheet, or a PDF of the same table.

use super::pdf::{self, Stamp, TableColumn, TablePart, TableSheet};
use crate::common::error::AppError;
use chrono::{DateTime, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Style, Workbook, XlsxError};

/// In what form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values (RFC 4180), UTF-8 with a byte-order mark.
    Csv,
    /// Office Open XML (ECMA-376).
    Xlsx,
    /// A tagged PDF to print.
    Pdf,
}

impl Format {
    /// By the ending of a file's name.
    pub fn of(file: &str) -> Option<Self> {
        match file.rsplit_once('.')?.1 {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    /// Its ending.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A count.
    Count(i64),
    /// Minutes, written as hours.
    Hours(i64),
    /// A percentage.
    Percent(i64),
    /// Nothing.
    Empty,
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// As people and programs read it; hours as a decimal fraction.
    fn written(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Hours(minutes) => {
                let hundredths = (minutes * 100 + 30) / 60;
                format!("{}.{:02}", hundredths / 100, hundredths % 100)
            }
            Self::Percent(percent) => format!("{percent} %"),
            Self::Empty => String::new(),
        }
    }

    const fn is_figure(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Hours(_) | Self::Percent(_))
    }
}

/// A report, in the language it is to be read in.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What it is about: an id, for the file's identity.
    pub id: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Language tag.
    pub lang: &'static str,
    /// Name of the file, without its ending: letters, digits and hyphens.
    pub file: String,
    /// Its title.
    pub title: String,
    /// Lines under the title.
    pub facts: Vec<String>,
    /// Heads of the columns.
    pub columns: Vec<String>,
    /// How many of them, from the first, stand again beside each part of a wide table.
    pub fixed: usize,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// Lines under the table.
    pub notes: Vec<String>,
}

/// One cell of a CSV file (RFC 4180). What a spreadsheet would take for a formula is marked as
/// text with an apostrophe.
pub fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', ';', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

/// A CSV file that spreadsheets read as UTF-8.
pub fn csv(rows: &[Vec<String>]) -> String {
    let mut file = String::from("\u{feff}");
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| csv_cell(cell)).collect();
        file.push_str(&cells.join(","));
        file.push_str("\r\n");
    }
    file
}

/// As many columns as stand side by side on A4 across.
const ACROSS: usize = 16;

/// Makes the file; takes some time, so not on a thread that answers requests.
pub fn make(sheet: &Sheet, format: Format) -> Result<Vec<u8>, AppError> {
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, title = sheet.title, "a report could not be made");
        AppError::Internal
    };
    match format {
        Format::Csv => Ok(as_csv(sheet).into_bytes()),
        Format::Xlsx => as_xlsx(sheet).map_err(|error| failed(&error)),
        Format::Pdf => as_pdf(sheet).map_err(|error| failed(&error)),
    }
}

fn as_csv(sheet: &Sheet) -> String {
    let mut rows = vec![sheet.columns.clone()];
    rows.extend(sheet.rows.iter().map(|row| row.iter().map(Cell::written).collect()));
    rows.extend(sheet.notes.iter().map(|note| vec![note.clone()]));
    csv(&rows)
}

fn as_xlsx(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_timestamp(sheet.at.timestamp())?;
    book.set_properties(&DocProperties::new().set_title(&sheet.title).set_creation_datetime(&made));
    let (bold, hours, percent) =
        (Style::new().set_bold(), Style::new().set_num_format("0.00"), Style::new().set_num_format("0%"));
    let page = book.add_worksheet();
    page.write_string_with_format(0, 0, &sheet.title, &bold)?;
    let mut line = 1;
    for fact in &sheet.facts {
        page.write_string(line, 0, fact)?;
        line += 1;
    }
    line += 1;
    for (column, label) in (0u16..).zip(&sheet.columns) {
        page.write_string_with_format(line, column, label, &bold)?;
    }
    line += 1;
    page.set_freeze_panes(line, u16::try_from(sheet.fixed).unwrap_or(0))?;
    page.set_column_width(0, 28)?;
    for row in &sheet.rows {
        for (column, cell) in (0u16..).zip(row) {
            match cell {
                Cell::Text(text) => page.write_string(line, column, text)?,
                // Excel keeps numbers as floating point; these are far below 2^53.
                Cell::Count(count) => page.write_number(line, column, *count as f64)?,
                Cell::Hours(minutes) => page.write_number_with_format(line, column, *minutes as f64 / 60.0, &hours)?,
                Cell::Percent(share) => page.write_number_with_format(line, column, *share as f64 / 100.0, &percent)?,
                Cell::Empty => page,
            };
        }
        line += 1;
    }
    line += 1;
    for note in &sheet.notes {
        page.write_string(line, 0, note)?;
        line += 1;
    }
    book.save_to_buffer()
}

fn as_pdf(sheet: &Sheet) -> Result<Vec<u8>, pdf::PdfError> {
    let fixed = sheet.fixed.min(sheet.columns.len());
    let moving: Vec<usize> = (fixed..sheet.columns.len()).collect();
    let step = ACROSS.saturating_sub(fixed).max(1);
    let mut chosen: Vec<Vec<usize>> =
        moving.chunks(step).map(|chunk| (0..fixed).chain(chunk.iter().copied()).collect()).collect();
    if chosen.is_empty() {
        chosen.push((0..fixed).collect());
    }
    let parts = chosen
        .into_iter()
        .map(|columns| TablePart {
            columns: columns
                .iter()
                .map(|n| TableColumn {
                    label: sheet.columns[*n].clone(),
                    figures: sheet.rows.iter().any(|row| row.get(*n).is_some_and(Cell::is_figure)),
                    wide: *n == 0,
                })
                .collect(),
            rows: sheet
                .rows
                .iter()
                .map(|row| columns.iter().map(|n| row.get(*n).map_or_else(String::new, Cell::written)).collect())
                .collect(),
        })
        .collect();
    pdf::table(&TableSheet {
        stamp: Stamp { id: sheet.id.clone(), at: sheet.at },
        lang: sheet.lang.to_owned(),
        title: sheet.title.clone(),
        facts: sheet.facts.clone(),
        parts,
        notes: sheet.notes.clone(),
        foot: sheet.title.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_are_decimal_fractions() {
        assert_eq!(Cell::Hours(210).written(), "3.50");
        assert_eq!(Cell::Hours(20).written(), "0.33");
        assert_eq!(Cell::Hours(0).written(), "0.00");
    }

    #[test]
    fn a_wide_table_is_one_in_every_form() {
        let sheet = Sheet {
            id: "x".into(),
            at: "2026-11-24T08:00:00Z".parse().unwrap(),
            lang: "en",
            file: "x".into(),
            title: "A table of 漢字 and #panic()".into(),
            facts: vec!["A fact".into()],
            columns: (0..40).map(|n| format!("C{n}")).collect(),
            fixed: 1,
            rows: (0..70)
                .map(|n| (0..40).map(|c| if c == 0 { Cell::text("=1+1") } else { Cell::Count(n * c) }).collect())
                .collect(),
            notes: vec!["A note".into()],
        };
        assert!(as_csv(&sheet).contains("'=1+1,0,0"));
        assert!(make(&sheet, Format::Xlsx).unwrap().starts_with(b"PK"));
        let one = make(&sheet, Format::Pdf).unwrap();
        assert!(one.starts_with(b"%PDF-"));
        assert_eq!(one, make(&sheet, Format::Pdf).unwrap());
        if let Ok(folder) = std::env::var("MAGISTRA_PDF_OUT") {
            std::fs::write(format!("{folder}/table.pdf"), &one).unwrap();
        }
    }

    #[test]
    fn formulas_are_text() {
        assert_eq!(csv_cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(csv_cell("-1+2"), "'-1+2");
        assert_eq!(csv_cell("@x"), "'@x");
        assert_eq!(csv_cell("a, b"), "\"a, b\"");
        assert_eq!(csv_cell("Türkiye"), "Türkiye");
        assert!(csv(&[vec!["a".into(), "b".into()]]).ends_with("a,b\r\n"));
    }

    proptest! {
        #[test]
        fn a_cell_reads_back(text in "[a-z=+@\", \n-]{0,20}") {
            let cell = csv_cell(&text);
            let plain = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"')).map_or(cell.clone(), |c| c.replace("\"\"", "\""));
            prop_assert!(!plain.starts_with(['=', '+', '-', '@']));
            prop_assert_eq!(plain.trim_start_matches('\''), text);
        }
    }
}
