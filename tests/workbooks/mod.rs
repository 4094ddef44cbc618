//! Files as somebody sends them who means harm, really built, and one as a trainer sends it.

use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// An archive of parts.
pub fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part");
        zip.write_all(text.as_bytes()).expect("its text");
    }
    zip.finish().expect("an archive").into_inner()
}

/// A workbook of so many sheets, all of which are the one whose rows are given.
pub fn workbook(sheets: usize, strings: &str, rows: &str, styles: &str) -> Vec<u8> {
    let names: String = (1..=sheets).map(|n| format!("<sheet name=\"S{n}\" sheetId=\"{n}\" r:id=\"rId1\"/>")).collect();
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    archive(&[
        // Where the workbook is in the package: without it there is no workbook at all.
        (
            "_rels/.rels",
            &format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" \
                 Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            &format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{relations}\"><sheets>{names}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" \
                 Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/styles.xml", &format!("<styleSheet xmlns=\"{MAIN}\">{styles}</styleSheet>")),
        ("xl/sharedStrings.xml", &format!("<sst xmlns=\"{MAIN}\" {strings}</sst>")),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

/// 40,000 cells that point to the first text there is.
fn pointing() -> String {
    (1..=4_000)
        .map(|row| {
            let cells: String =
                ('A'..='J').map(|column| format!("<c r=\"{column}{row}\" t=\"s\"><v>0</v></c>")).collect();
            format!("<row r=\"{row}\">{cells}</row>")
        })
        .collect()
}

fn text(text: &str) -> String {
    format!("><si><t>{text}</t></si>")
}

/// A register as a trainer sends it.
pub fn good() -> Vec<u8> {
    let cell = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let head = format!("<row r=\"1\">{}{}</row>", cell("A1", "Name"), cell("B1", "2026-11-24 09:00"));
    let body = format!("<row r=\"2\">{}{}</row>", cell("A2", "Hoxha Ana"), cell("B2", "P"));
    workbook(1, ">", &(head + &body), "")
}

/// A good one that is large.
pub fn large() -> Vec<u8> {
    let cells = |row: usize, first: &str, text: &str| {
        let rest: String = ('B'..='Z')
            .flat_map(|a| ('A'..='D').map(move |b| format!("{a}{b}")))
            .map(|column| format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"))
            .collect();
        format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>{first}</t></is></c>{rest}</row>")
    };
    let head = cells(1, "Name", "2026-11-24 09:00");
    let body: String = (2..=1_200).map(|row| cells(row, "Hoxha Ana", &"present ".repeat(12))).collect();
    workbook(1, ">", &(head + &body), "")
}

/// Names, files, and the code of the refusal.
pub fn hostile() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let far: String = (1..=5_000).map(|row| format!("<row r=\"{row}\"><c r=\"CRD{row}\"><v>1</v></c></row>")).collect();
    let corner = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let mut torn = good();
    torn.truncate(torn.len() / 2);
    let entity = "<!DOCTYPE a [<!ENTITY b \"ccccccccc\">]>";
    let inner = String::from_utf8_lossy(&archive(&[("a", &"0".repeat(1_000_000))])).into_owned();
    vec![
        (
            "one text of 5 MB in 40,000 cells",
            workbook(1, &text(&"a".repeat(5_000_000)), &pointing(), ""),
            "too_much_text",
        ),
        (
            "one text of 100 kB in 40,000 cells",
            workbook(1, &text(&"a".repeat(100_000)), &pointing(), ""),
            "too_much_text",
        ),
        ("a cell far to the right in each row", workbook(1, ">", &far, ""), "too_many_cells"),
        ("a cell in the last corner", workbook(1, ">", corner, ""), "too_many_rows"),
        ("a sheet of 40 MB", workbook(1, ">", &" ".repeat(40_000_000), ""), "unpacked"),
        ("formats of 5 MB", workbook(1, ">", corner, &"<xf/>".repeat(1_000_000)), "unpacked"),
        ("ten million elements", workbook(1, ">", &"<a/>".repeat(7_000_000), ""), "too_many_cells"),
        ("entities", workbook(1, ">", entity, ""), "broken"),
        ("archives in an archive", archive(&[("a.zip", inner.as_str()), ("b.zip", inner.as_str())]), "kind"),
        ("half a workbook", torn, "broken"),
        (
            "a cell of 5 MB in separated values",
            format!("a,b\n\"{}", "x\n".repeat(2_500_000)).into_bytes(),
            "too_much_text",
        ),
        ("separators alone", format!("{}x\n", ";".repeat(2_400)).repeat(2_000).into_bytes(), "too_many_cells"),
        (
            "half a letter at each place",
            [b"a,b\n".as_slice(), &[0xff_u8, 0xd8].repeat(100_000)].concat(),
            "too_much_text",
        ),
    ]
}
