//! Bytes of a file to rows of text: CSV in the encodings and with the separators that people's
//! programs write, and XLSX. Nothing here is trusted: what is unpacked, and each cell before it is kept, is
//! counted against a bound.

use super::{
    archive,
    model::{CELL_MAX, CELLS_MAX, COLUMNS_MAX, FILE_MAX, ROWS_MAX, TEXT_MAX, Unreadable, clean, unguarded},
};
use crate::platform::text::fold;
use calamine::{DataRef, Reader, Xlsx};
use std::{collections::HashSet, io::Cursor};

/// Rows of cells, as on a sheet: the first row is row 1. Cells are on one line; trailing empty ones are
/// left out.
pub type Table = Vec<Vec<String>>;

/// Sheets of a workbook among which the first with anything in it is looked for.
const SHEETS_MAX: usize = 50;

/// What may still be taken from a file.
struct Left {
    cells: usize,
    text: usize,
}

impl Left {
    fn whole() -> Self {
        Self { cells: CELLS_MAX, text: TEXT_MAX }
    }

    /// Takes cells, the empty ones too: each of them is kept.
    fn cells(&mut self, count: usize) -> Result<(), Unreadable> {
        self.cells = self.cells.checked_sub(count).ok_or(Unreadable::TooManyCells)?;
        Ok(())
    }

    /// Takes a cell's text, before anything is made of it: a text of megabytes may stand in many cells.
    fn text(&mut self, text: &str) -> Result<(), Unreadable> {
        if text.len() > CELL_MAX {
            return Err(Unreadable::TooMuchText);
        }
        self.text = self.text.checked_sub(text.len()).ok_or(Unreadable::TooMuchText)?;
        Ok(())
    }
}

/// Reads a file. `known` are folded words of the names expected, by which one of the two old encodings
/// is told from the other.
pub fn table(bytes: &[u8], known: &HashSet<String>) -> Result<Table, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.len() > FILE_MAX {
        return Err(Unreadable::TooLarge);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook(bytes);
    }
    // An old workbook (also one with a password) and a PDF.
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") || bytes.starts_with(b"%PDF") {
        return Err(Unreadable::Kind);
    }
    let text = decode(bytes, known);
    if text.chars().take(2000).any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Unreadable::Kind);
    }
    separated(&text)
}

/// A cell as it is kept: on one line, without what guards it, without Excel's `="…"`.
fn cell(text: &str) -> String {
    let text = clean(text);
    let bare = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(&text);
    unguarded(bare).to_owned()
}

/// The same of a text that is not too long: known before anything is made of it.
fn short(text: &str) -> Result<String, Unreadable> {
    if text.len() > CELL_MAX { Err(Unreadable::TooMuchText) } else { Ok(cell(text)) }
}

/// Adds a row, if the table may have one more.
fn push(table: &mut Table, mut row: Vec<String>, left: &mut Left) -> Result<(), Unreadable> {
    while row.last().is_some_and(String::is_empty) {
        row.pop();
    }
    if row.len() > COLUMNS_MAX {
        return Err(Unreadable::TooManyColumns);
    }
    if table.len() >= ROWS_MAX {
        return Err(Unreadable::TooManyRows);
    }
    left.cells(row.len())?;
    row.iter().try_for_each(|cell| left.text(cell))?;
    // What was made room for and is empty at the end is given back.
    row.shrink_to_fit();
    table.push(row);
    Ok(())
}

// ---- Encodings

const WINDOWS_1250: &str = "€\u{fffd}‚\u{fffd}„…†‡\u{fffd}‰Š‹ŚŤŽŹ\u{fffd}‘’“”•–—\u{fffd}™š›śťžź\u{a0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{ad}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙";
const WINDOWS_1252: &str = "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ";

/// The text of bytes: UTF-8, UTF-16 with or without its mark, or else Windows-1252 or Windows-1250,
/// whichever gives more of the words known.
fn decode(bytes: &[u8], known: &HashSet<String>) -> String {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => return String::from_utf8_lossy(rest).into_owned(),
        [0xff, 0xfe, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(1000)];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    if zeros(1) * 4 > head.len() {
        return utf16(bytes, u16::from_le_bytes);
    }
    if zeros(0) * 4 > head.len() {
        return utf16(bytes, u16::from_be_bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let western = by_table(bytes, WINDOWS_1252);
    let central = by_table(bytes, WINDOWS_1250);
    let hits = |text: &str| fold(text).split(' ').filter(|word| known.contains(*word)).count();
    if hits(&central) > hits(&western) { central } else { western }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).filter(|c| *c != '\u{feff}').collect()
}

/// One character a byte; what a table does not have is Latin-1.
fn by_table(bytes: &[u8], table: &str) -> String {
    let table: Vec<char> = table.chars().collect();
    bytes
        .iter()
        .map(|byte| {
            byte.checked_sub(0x80).and_then(|at| table.get(usize::from(at)).copied()).unwrap_or(char::from(*byte))
        })
        .collect()
}

// ---- Separated values

/// RFC 4180, with whichever separator divides the rows most evenly.
fn separated(text: &str) -> Result<Table, Unreadable> {
    let (text, told) = match text.lines().next().and_then(|line| line.trim().strip_prefix("sep=")) {
        Some(mark) => (text.split_once('\n').map_or("", |(_, rest)| rest), mark.chars().next()),
        None => (text, None),
    };
    let mark = told.unwrap_or_else(|| separator(text));
    let (mut table, mut left) = (Table::new(), Left::whole());
    records(text, mark, usize::MAX, |row| push(&mut table, row, &mut left))?;
    while table.last().is_some_and(Vec::is_empty) {
        table.pop();
    }
    if table.is_empty() { Err(Unreadable::Empty) } else { Ok(table) }
}

fn separator(text: &str) -> char {
    let score = |mark: char| {
        let mut cells = 0_usize;
        let mut rows = 0_usize;
        let _ = records(text, mark, 60, |row| {
            cells += row.len().saturating_sub(1);
            rows += usize::from(row.len() > 1);
            Ok(())
        });
        (rows, cells)
    };
    // Where two are alike, the one that stands in fewer texts.
    [',', ';', '\t', '|'].into_iter().max_by_key(|mark| score(*mark)).unwrap_or(',')
}

fn records(
    text: &str,
    mark: char,
    most: usize,
    mut take: impl FnMut(Vec<String>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut chars = text.chars().peekable();
    let (mut row, mut field, mut quoted, mut fresh) = (Vec::new(), String::new(), false, true);
    let mut taken = 0;
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if fresh => quoted = true,
            _ if quoted => {
                field.push(c);
                continue;
            }
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\n' | '\r' => {
                row.push(short(&std::mem::take(&mut field))?);
                take(std::mem::take(&mut row))?;
                fresh = true;
                taken += 1;
                if taken >= most {
                    return Ok(());
                }
                continue;
            }
            c if c == mark => {
                row.push(short(&std::mem::take(&mut field))?);
                if row.len() > COLUMNS_MAX * 2 {
                    return Err(Unreadable::TooManyColumns);
                }
                fresh = true;
                continue;
            }
            c => field.push(c),
        }
        fresh = false;
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(short(&field)?);
        take(row)?;
    }
    Ok(())
}

// ---- Workbooks

/// The first sheet that has anything in it.
fn workbook(bytes: &[u8]) -> Result<Table, Unreadable> {
    let broken = |_| Unreadable::Broken;
    archive::measure(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let mut left = Left::whole();
    for name in book.sheet_names().into_iter().take(SHEETS_MAX) {
        // What is no table of cells (a chart) is passed over.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else { continue };
        let mut table = Table::new();
        while let Some(found) = cells.next_cell().map_err(broken)? {
            let text = cell_text(found.get_value(), &mut left)?;
            if text.is_empty() {
                continue;
            }
            let (row, column) = found.get_position();
            let (row, column) = (row as usize, column as usize);
            if row >= ROWS_MAX {
                return Err(Unreadable::TooManyRows);
            }
            if column >= COLUMNS_MAX {
                return Err(Unreadable::TooManyColumns);
            }
            if table.len() <= row {
                table.resize_with(row + 1, Vec::new);
            }
            if let Some(more) = (column + 1).checked_sub(table[row].len()) {
                left.cells(more)?;
                table[row].resize_with(column + 1, String::new);
            }
            table[row][column] = text;
        }
        if !table.is_empty() {
            return Ok(table);
        }
    }
    Err(Unreadable::Empty)
}

fn cell_text(value: &DataRef<'_>, left: &mut Left) -> Result<String, Unreadable> {
    let text: &str = match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text,
        DataRef::SharedString(text) => text,
        other => return Ok(number_text(other)),
    };
    left.text(text)?;
    Ok(cell(text))
}

/// Numbers, days and times as they are read elsewhere.
fn number_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(true) => "true".to_owned(),
        DataRef::Bool(false) => "false".to_owned(),
        DataRef::DateTime(at) if at.is_duration() => format!("{} min", (at.as_f64() * 1440.0).round() as i64),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
            // Halves of a second come from numbers that do not hold a time exactly.
            let minutes = u32::from(hour) * 60 + u32::from(minute) + u32::from(second == 59 && milli >= 500);
            let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
            match (at.as_f64() < 1.0, minutes == 0 && second == 0) {
                (true, _) => time,
                (false, true) => format!("{year:04}-{month:02}-{day:02}"),
                (false, false) if second == 0 || second == 59 => format!("{year:04}-{month:02}-{day:02} {time}"),
                (false, false) => format!("{year:04}-{month:02}-{day:02} {time}:{second:02}"),
            }
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
        table(bytes, &HashSet::new())
    }

    #[test]
    fn separators_and_quotes() {
        for text in [
            "a;b;c\r\n\"1;2\";\"say \"\"no\"\"\";3\r\n",
            "a,b,c\n\"1;2\",\"say \"\"no\"\"\",3",
            "sep=|\na|b|c\n1;2|\"say \"\"no\"\"\"|3\n\n",
        ] {
            assert_eq!(read(text.as_bytes()).unwrap(), [["a", "b", "c"], ["1;2", "say \"no\"", "3"]], "{text}");
        }
        let gap = read(b"a,b\n\n1,2\n").unwrap();
        assert_eq!(gap.len(), 3, "an empty row keeps the addresses right");
        assert_eq!(read(b"x,'=1+1\n").unwrap()[0][1], "=1+1");
        assert_eq!(read("Webex;=\"2026-11-24\"".as_bytes()).unwrap()[0][1], "2026-11-24");
    }

    #[test]
    fn encodings() {
        let text = "nom;prénom\nĐorđević;Miloš\n";
        let utf16 = |mark: bool, big: bool| -> Vec<u8> {
            let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
            units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            utf16(true, false),
            utf16(true, true),
            utf16(false, false),
            utf16(false, true),
        ] {
            assert_eq!(read(&bytes).unwrap(), [["nom", "prénom"], ["Đorđević", "Miloš"]]);
        }
        assert_eq!(read(b"pr\xe9nom;n\xb0\n").unwrap()[0], ["prénom", "n°"]);
        // Đorđević, Čović in Windows-1250.
        let central = b"\xd0or\xf0evi\xe6;\xc8ovi\xe6\n";
        let known = HashSet::from(["dordevic".to_owned()]);
        assert_eq!(table(central, &known).unwrap()[0], ["Đorđević", "Čović"]);
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(read(b""), Err(Unreadable::Empty));
        assert_eq!(read(b"\n\n"), Err(Unreadable::Empty));
        assert_eq!(read(b"%PDF-1.7"), Err(Unreadable::Kind));
        assert_eq!(read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Err(Unreadable::Kind));
        assert_eq!(read(b"PK\x03\x04 and nothing more"), Err(Unreadable::Broken));
        assert_eq!(read(&vec![b'a'; FILE_MAX + 1]), Err(Unreadable::TooLarge));
        assert_eq!(read(&b"a,b\n".repeat(ROWS_MAX + 1)), Err(Unreadable::TooManyRows));
        assert_eq!(read(&b"1,".repeat(COLUMNS_MAX + 1)), Err(Unreadable::TooManyColumns));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        use std::io::Write;
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
        let zeros = vec![b' '; 1024 * 1024];
        for _ in 0..40 {
            archive.write_all(&zeros).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        assert!(bytes.len() < FILE_MAX);
        assert_eq!(read(&bytes), Err(Unreadable::Unpacked));
    }

    #[test]
    fn a_workbook_with_its_dates() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let at = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 11, 24).unwrap();
        let day = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
        sheet.write_string(0, 0, "Name").unwrap();
        sheet.write_datetime_with_format(0, 1, &at, &day).unwrap();
        let morning = at.and_hms(9, 0, 0).unwrap();
        sheet
            .write_datetime_with_format(
                0,
                2,
                &morning,
                &rust_xlsxwriter::Format::new().set_num_format("dd/mm/yy hh:mm"),
            )
            .unwrap();
        sheet.write_string(2, 0, "Hoxha Ana").unwrap();
        sheet.write_number(2, 1, 1).unwrap();
        sheet.write_boolean(2, 2, true).unwrap();
        let bytes = book.save_to_buffer().unwrap();
        let table = read(&bytes).unwrap();
        assert_eq!(table, [vec!["Name", "2026-11-24", "2026-11-24 09:00"], vec![], vec!["Hoxha Ana", "1", "true"]]);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..300), zip in any::<bool>()) {
            let bytes = if zip { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
            let _ = read(&bytes);
        }
    }
}
