//! The whole register as a spreadsheet: a row a person, a column a half-day. The second row has the
//! half-days' numbers, so that a file comes back into the half-days it came from even where they were
//! moved meanwhile.

use super::{
    model::{clean, code, guarded},
    plan::Known,
};
use crate::{
    common::error::AppError,
    i18n::{self, Locale},
    platform::text,
    tr,
};
use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, XlsxError};

/// A register ready to be written.
pub struct Sheet {
    /// The file's name without its ending.
    pub name: String,
    locale: Locale,
    heads: Vec<String>,
    numbers: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    /// Place, names, workplace, and a cell a half-day.
    cells: Vec<String>,
    minutes: i64,
    /// Tenths of a per cent of the minutes of all half-days.
    share: i64,
}

/// Columns before the first half-day.
const BEFORE: usize = 4;

/// The sheet of a register, its headings in a language.
pub fn sheet(locale: Locale, title: &str, known: &Known) -> Sheet {
    let mut heads = i18n::speaking(locale, || {
        vec![tr!(transfer.place), tr!(transfer.family_name), tr!(transfer.given_name), tr!(transfer.workplace)]
    });
    let mut numbers = vec![String::new(); BEFORE];
    for slot in &known.slots {
        heads.push(slot.starts.format("%Y-%m-%d %H:%M").to_string());
        numbers.push(slot.id.to_string());
    }
    heads.extend(i18n::speaking(locale, || [tr!(transfer.hours), tr!(transfer.share)]));
    let all: i64 = known.slots.iter().map(|slot| slot.hours.minutes()).sum();
    let rows = known
        .people
        .iter()
        .map(|person| {
            let mut cells =
                vec![person.id.to_string(), clean(&person.family), clean(&person.given), clean(&person.workplace)];
            let mut minutes = 0;
            for slot in &known.slots {
                let mark = known.marks.get(&(slot.id, person.id));
                minutes += mark.map_or(0, |mark| mark.minutes);
                cells.push(mark.map_or_else(String::new, |mark| code(mark, slot.hours.minutes())));
            }
            Row { cells, minutes, share: if all > 0 { (minutes * 1000 + all / 2) / all } else { 0 } }
        })
        .collect();
    Sheet { name: text::slug(title), locale, heads, numbers, rows }
}

impl Sheet {
    /// As CSV (RFC 4180) that spreadsheets read as UTF-8, and in which nothing is a formula.
    pub fn csv(&self) -> Result<Vec<u8>, AppError> {
        let broken = |error: csv::Error| {
            tracing::error!(%error, "a register could not be written as CSV");
            AppError::Internal
        };
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer("\u{feff}".as_bytes().to_vec());
        for row in [&self.heads, &self.numbers] {
            writer.write_record(row.iter().map(|cell| guarded(cell))).map_err(broken)?;
        }
        for row in &self.rows {
            let sums = [hundredths(row.minutes), format!("{}.{}", row.share / 10, row.share % 10)];
            writer.write_record(row.cells.iter().map(|cell| guarded(cell)).chain(sums)).map_err(broken)?;
        }
        writer.into_inner().map_err(|_| AppError::Internal)
    }

    /// As a workbook, with the meaning of the codes on a sheet of its own.
    pub fn xlsx(&self) -> Result<Vec<u8>, AppError> {
        self.workbook().map_err(|error| {
            tracing::error!(%error, "a register could not be written as XLSX");
            AppError::Internal
        })
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        let small = Format::new().set_font_size(6).set_font_color(Color::Gray);
        let text = Format::new().set_num_format("@");
        let hours = Format::new().set_num_format("0.00");
        let share = Format::new().set_num_format("0.0%");
        let column = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        let (title, legend) = i18n::speaking(self.locale, || (tr!(transfer.sheet), legend()));
        let sheet = book.add_worksheet();
        sheet.set_name(title)?;
        sheet.set_freeze_panes(2, 3)?;
        sheet.set_landscape();
        sheet.set_repeat_rows(0, 0)?;
        for (at, head) in self.heads.iter().enumerate() {
            sheet.write_string_with_format(0, column(at), head, &bold)?;
            sheet.set_column_width(
                column(at),
                match at {
                    0 => 6.0,
                    1 | 2 => 22.0,
                    3 => 30.0,
                    _ => 16.0,
                },
            )?;
        }
        for (at, number) in self.numbers.iter().enumerate().filter(|(_, number)| !number.is_empty()) {
            sheet.write_string_with_format(1, column(at), number, &small)?;
        }
        for (line, row) in (2_u32..).zip(&self.rows) {
            for (at, cell) in row.cells.iter().enumerate() {
                // Empty cells too are text: what is typed into them stays as it was typed.
                if cell.is_empty() {
                    sheet.write_blank(line, column(at), &text)?;
                } else {
                    sheet.write_string_with_format(line, column(at), cell, &text)?;
                }
            }
            let end = row.cells.len();
            sheet.write_number_with_format(line, column(end), row.minutes as f64 / 60.0, &hours)?;
            sheet.write_number_with_format(line, column(end + 1), row.share as f64 / 1000.0, &share)?;
        }
        let sheet = book.add_worksheet();
        sheet.set_name(i18n::speaking(self.locale, || tr!(transfer.legend)))?;
        sheet.set_column_width(0, 16)?;
        sheet.set_column_width(1, 80)?;
        for (line, (code, meaning)) in (0..).zip(legend) {
            sheet.write_string_with_format(line, 0, code, &text)?;
            sheet.write_string(line, 1, meaning)?;
        }
        book.save_to_buffer()
    }
}

/// The codes and their meanings, in the language spoken.
fn legend() -> [(&'static str, String); 6] {
    [
        ("P", tr!(transfer.code_p)),
        ("L 15", tr!(transfer.code_l)),
        ("E 30", tr!(transfer.code_e)),
        ("X: hearing", tr!(transfer.code_x)),
        ("A", tr!(transfer.code_a)),
        ("", tr!(transfer.code_none)),
    ]
}

/// Hours with two places.
fn hundredths(minutes: i64) -> String {
    let hundredths = (minutes * 100 + 30) / 60;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
