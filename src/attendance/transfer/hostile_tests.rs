//! Files of people who mean harm, against the bounds that hold before and while reading.

use super::{files, model::Unreadable};
use std::{
    collections::HashSet,
    io::{Cursor, Read, Write},
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

#[path = "../../../tests/workbooks/mod.rs"]
mod workbooks;

fn read(bytes: &[u8]) -> Result<files::Table, Unreadable> {
    files::table(bytes, &HashSet::new())
}

#[test]
fn each_bound_is_told_by_its_name() {
    for (name, bytes, code) in workbooks::hostile() {
        assert_eq!(read(&bytes).map(|table| table.len()).map_err(Unreadable::code), Err(code), "{name}");
    }
}

#[test]
fn what_people_send_is_read() {
    let table = read(&workbooks::good()).unwrap();
    assert_eq!(table, [["Name", "2026-11-24 09:00"], ["Hoxha Ana", "P"]]);
    let table = read(&workbooks::large()).unwrap();
    assert_eq!(table.len(), 1_200);
    assert_eq!(table[1_199].iter().filter(|cell| cell.starts_with("present ")).count(), 100);
}

/// The parts of an archive under other names.
fn parts(bytes: &[u8], rename: impl Fn(&str, String) -> (String, String)) -> Vec<(String, String)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).unwrap();
            let name = part.name().unwrap().to_string();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            rename(&name, text)
        })
        .collect()
}

/// Programs write archives each in their own way: with sizes that follow the part (Google), with room for
/// sizes of eight bytes, not compressed, and with the workbook elsewhere.
#[test]
fn archives_of_every_program_are_read() {
    let expected = read(&workbooks::good()).unwrap();
    let as_they_are = parts(&workbooks::good(), |name, text| (name.to_owned(), text));
    let mut streamed = ZipWriter::new_stream(Vec::new());
    let mut wide = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in &as_they_are {
        streamed.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        streamed.write_all(text.as_bytes()).unwrap();
        let stored = SimpleFileOptions::default().large_file(true).compression_method(zip::CompressionMethod::Stored);
        wide.start_file(name.as_str(), stored).unwrap();
        wide.write_all(text.as_bytes()).unwrap();
    }
    let streamed = streamed.finish().unwrap().into_inner();
    assert_eq!(streamed[6] & 8, 8, "sizes follow the part");
    assert_eq!(read(&streamed).unwrap(), expected);
    assert_eq!(read(&wide.finish().unwrap().into_inner()).unwrap(), expected);
    let elsewhere =
        parts(&workbooks::good(), |name, text| (name.replace("xl/", ""), text.replace("Target=\"xl/", "Target=\"/")));
    let elsewhere: Vec<_> = elsewhere.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(read(&workbooks::archive(&elsewhere)).unwrap(), expected);
}

/// The package may say that its parts lie among the pictures or the sheets.
#[test]
fn no_place_escapes_the_bounds() {
    let corner = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    let formats = workbooks::workbook(1, ">", corner, &"<xf/>".repeat(1_000_000));
    let elements = workbooks::workbook(1, ">", &"<a/>".repeat(7_000_000), "");
    for (bytes, place, why) in [
        (&formats, "xl/media/", Unreadable::Unpacked),
        (&formats, "xl/worksheets/", Unreadable::Unpacked),
        (&elements, "xl/media/", Unreadable::TooManyCells),
    ] {
        let moved = parts(bytes, |name, text| {
            (name.replacen("xl/", place, 1), text.replace("Target=\"xl/", &format!("Target=\"{place}")))
        });
        let moved: Vec<_> = moved.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(read(&workbooks::archive(&moved)), Err(why), "{place}");
    }
}
