//! Documents to print: typst sets them, from embedded templates and embedded fonts, as tagged PDF.
//!
//! A document is one template in `assets/pdf/` and one struct beside this file ([`CertificateSheet`]
//! is the first). The struct reaches the template as `/data.json`, never as markup, so that a name
//! holding `#` or `$` prints as it is written; every word on the page comes from the caller, who
//! knows the language. To add a document: write `assets/pdf/NAME.typ` (begin with
//! `#import "/house.typ": *`), list it in `Template`, write its struct with a function that calls
//! `typeset`.
//!
//! Nothing here reads a file, the network or the clock, and the same data gives the same bytes.
//! Setting a page takes some 15 milliseconds of one processor: call it from a job or a blocking task.

mod badges;
mod certificate;
mod fonts;
mod qr;
mod signatures;
mod table;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod group_tests;
mod world;

pub use badges::{Badge, BadgeSheet, badges};
pub use certificate::{CertificateSheet, CertificateWords, certificate};
pub use fonts::unprintable;
pub use qr::qr_svg;
pub use signatures::{SignatureName, SignatureSheet, SignatureSlot, SignatureWords, signatures};
pub use table::{TableColumn, TablePart, TableSheet, table};

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::Serialize;
use serde_json::Value;
use typst::{
    comemo,
    diag::SourceDiagnostic,
    foundations::{Bytes, Datetime, Smart},
};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use unicode_normalization::UnicodeNormalization;
use world::Sheet;

/// How many further documents an intermediate result of typst's is kept for. One is enough for what
/// all documents share, and keeps the memory that of a few pages.
const KEPT_FOR: usize = 2;

/// Why a document could not be set.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// No embedded font has these characters: the page would show empty boxes.
    #[error("no font has these characters: {0}")]
    Unprintable(String),
    /// The texts do not fit on the document's pages even in the smallest type.
    #[error("the texts are too long for the page")]
    TooLong,
    /// The address does not fit in a QR code.
    #[error("the address is too long for a QR code")]
    Qr,
    /// The data cannot be written as JSON.
    #[error("the data cannot be written as JSON: {0}")]
    Data(#[from] serde_json::Error),
    /// typst refused the template: a mistake of ours, not of the data.
    #[error("typst: {0}")]
    Typst(String),
}

/// What makes a file the same every time: its identity and the moment it carries. The caller hands
/// both in, from the record that the document prints.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Stable and unique, such as the record's id. It is hashed into the file, not shown.
    pub id: String,
    /// The creation date written in the file, and what `datetime.today()` says in a template.
    pub at: DateTime<Utc>,
}

/// Language and direction of a document, under the names that `house.typ` expects.
#[derive(Clone, Debug, Serialize)]
struct Tongue {
    lang: String,
    region: Option<String>,
    script: Option<String>,
    rtl: bool,
}

impl Tongue {
    /// From a language tag such as `en`, `sr-Cyrl` or `pt-BR`; anything else counts as undetermined.
    /// `rtl` is right to left.
    fn new(tag: &str, rtl: bool) -> Self {
        let mut parts = tag.split(['-', '_']);
        let letters = |part: &&str, from: usize, to: usize| {
            (from..=to).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic())
        };
        let lang = parts.next().filter(|p| letters(p, 2, 3)).unwrap_or("und").to_ascii_lowercase();
        let (mut region, mut script) = (None, None);
        for part in parts {
            if letters(&part, 2, 2) {
                region = Some(part.to_ascii_uppercase());
            } else if letters(&part, 4, 4) {
                script = Some(part.to_ascii_lowercase());
            }
        }
        Self { lang, region, script, rtl }
    }
}

/// The templates in `assets/pdf/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Template {
    /// `certificate.typ`
    Certificate,
    /// `badges.typ`
    Badges,
    /// `signatures.typ`
    Signatures,
    /// `table.typ`
    Table,
}

/// A finished file and what typst had to say about it.
struct Typeset {
    bytes: Vec<u8>,
    pages: usize,
    warnings: Vec<String>,
    /// Whether the file keeps PDF/UA-1, the standard of accessible PDF.
    accessible: bool,
}

impl Typeset {
    /// The file, if it has `pages` pages; what typst warned of goes to the log.
    fn of_pages(self, pages: usize) -> Result<Vec<u8>, PdfError> {
        if !self.warnings.is_empty() {
            tracing::warn!(accessible = self.accessible, warnings = ?self.warnings, "typst warned");
        }
        if self.pages == pages { Ok(self.bytes) } else { Err(PdfError::TooLong) }
    }

    /// The file, however many pages it has; what typst warned of goes to the log.
    fn of_any_pages(self) -> Vec<u8> {
        if !self.warnings.is_empty() {
            tracing::warn!(accessible = self.accessible, warnings = ?self.warnings, "typst warned");
        }
        self.bytes
    }
}

/// Sets `template` with `data`, and with `images` by their file name (SVG).
fn typeset(
    template: Template,
    data: &impl Serialize,
    images: Vec<(&'static str, String)>,
    stamp: &Stamp,
) -> Result<Typeset, PdfError> {
    let data = tidy(serde_json::to_value(data)?);
    let missing = fonts::missing(&data);
    if !missing.is_empty() {
        return Err(PdfError::Unprintable(missing));
    }
    let mut files = vec![("data.json", Bytes::from_string(data.to_string()))];
    files.extend(images.into_iter().map(|(name, svg)| (name, Bytes::from_string(svg))));
    let moment = moment(stamp.at);
    let sheet = Sheet::new(template, files, moment)?;

    // What `compile` makes is named by what this takes: typst-pdf's kind of document.
    let export = |document: &_, standards: &[PdfStandard]| {
        let options = PdfOptions {
            ident: Smart::Custom(stamp.id.clone()),
            creator: Smart::Custom(Some("Magistra".to_owned())),
            timestamp: moment.map(Timestamp::new_utc),
            standards: PdfStandards::new(standards).map_err(|e| e.message().to_string())?,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(document, &options).map_err(say)
    };
    let set = typst::compile(&sheet);
    let mut warnings: Vec<String> = set.warnings.iter().map(|w| w.message.to_string()).collect();
    let done = set.output.map_err(say).and_then(|document| {
        let (bytes, accessible) = match export(&document, &[PdfStandard::Ua_1]) {
            Ok(bytes) => (bytes, true),
            // A tagged file all the same, rather than none.
            Err(why) => {
                warnings.push(why);
                (export(&document, &[])?, false)
            }
        };
        Ok((bytes, accessible, document.pages().len()))
    });
    comemo::evict(KEPT_FOR);
    let (bytes, accessible, pages) = done.map_err(PdfError::Typst)?;
    Ok(Typeset { bytes, pages, warnings, accessible })
}

/// typst's complaints in one line.
fn say(errors: impl IntoIterator<Item = SourceDiagnostic>) -> String {
    let lines: Vec<String> = errors
        .into_iter()
        .map(|e| {
            std::iter::once(e.message.as_str())
                .chain(e.hints.iter().map(|hint| hint.v.as_str()))
                .collect::<Vec<_>>()
                .join("; ")
        })
        .collect();
    lines.join(" / ")
}

/// chrono's time as typst's.
fn moment(at: DateTime<Utc>) -> Option<Datetime> {
    let part = |n: u32| u8::try_from(n).ok();
    Datetime::from_ymd_hms(
        at.year(),
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    )
}

/// Every text of the data composed (NFC), on one line, without the characters that only steer a
/// screen: controls, soft hyphens, byte-order marks and orders to turn the direction of writing,
/// which could print a name other than the one that is on record.
fn tidy(data: Value) -> Value {
    match data {
        Value::String(text) => {
            let kept: String = text
                .nfc()
                .filter_map(|c| match c {
                    '\u{ad}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => None,
                    c if c.is_control() || c == '\u{2028}' || c == '\u{2029}' => Some(' '),
                    c => Some(c),
                })
                .collect();
            Value::String(kept.trim().to_owned())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(tidy).collect()),
        Value::Object(fields) => Value::Object(fields.into_iter().map(|(key, value)| (key, tidy(value))).collect()),
        other => other,
    }
}
