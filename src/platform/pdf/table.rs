//! A table of any length, across A4: what a report says, on paper.

use super::{PdfError, Stamp, Template, Tongue, typeset, unprintable};
use serde::Serialize;

/// A report. All texts are as they shall be read, in its language.
#[derive(Clone, Debug)]
pub struct TableSheet {
    /// What makes the file the same every time.
    pub stamp: Stamp,
    /// Language tag.
    pub lang: String,
    /// Its title.
    pub title: String,
    /// Lines under the title.
    pub facts: Vec<String>,
    /// The table; one that is too wide comes in parts, each on a page of its own.
    pub parts: Vec<TablePart>,
    /// Lines under the table.
    pub notes: Vec<String>,
    /// What stands at the foot of every page.
    pub foot: String,
}

/// A part of a table: all rows, and as many columns as fit.
#[derive(Clone, Debug, Serialize)]
pub struct TablePart {
    /// The columns.
    pub columns: Vec<TableColumn>,
    /// The rows, a text for each column.
    pub rows: Vec<Vec<String>>,
}

/// A column.
#[derive(Clone, Debug, Serialize)]
pub struct TableColumn {
    /// Its head.
    pub label: String,
    /// Whether figures stand in it, at the end of their cells.
    pub figures: bool,
    /// Whether it takes the room that is left.
    pub wide: bool,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    tongue: Tongue,
    title: String,
    facts: Vec<String>,
    parts: &'a [TablePart],
    notes: Vec<String>,
    foot: String,
}

/// Sets a report: A4 across, its head repeated on every page, tagged PDF. A character that no
/// embedded font has is printed as a question mark: a report must not fail for one name in it.
///
/// # Errors
///
/// Mistakes of ours only.
pub fn table(sheet: &TableSheet) -> Result<Vec<u8>, PdfError> {
    let parts: Vec<TablePart> = sheet
        .parts
        .iter()
        .map(|part| TablePart {
            columns: part.columns.iter().map(|column| TableColumn { label: known(&column.label), ..*column }).collect(),
            rows: part.rows.iter().map(|row| row.iter().map(|text| known(text)).collect()).collect(),
        })
        .collect();
    let data = Data {
        tongue: Tongue::new(&sheet.lang, false),
        title: known(&sheet.title),
        facts: sheet.facts.iter().map(|text| known(text)).collect(),
        parts: &parts,
        notes: sheet.notes.iter().map(|text| known(text)).collect(),
        foot: known(&sheet.foot),
    };
    Ok(typeset(Template::Table, &data, Vec::new(), &sheet.stamp)?.of_any_pages())
}

fn known(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let missing = unprintable(text);
    text.chars().map(|c| if missing.contains(c) { '?' } else { c }).collect()
}
