//! Sheets to sign: one half-day after another, each beginning on a new page.

use super::{PdfError, Stamp, Template, Tongue, Typeset, qr::qr_print, typeset};
use serde::Serialize;

/// Sheets to sign. All texts are as they shall be read, in the document's language; an empty one leaves its
/// place out.
#[derive(Clone, Debug)]
pub struct SignatureSheet {
    /// What makes the file the same every time.
    pub stamp: Stamp,
    /// Language tag.
    pub lang: String,
    /// Whether the language is written from right to left.
    pub rtl: bool,
    /// The labels, translated.
    pub words: SignatureWords,
    /// What kind of paper it is, in English too where the language is another.
    pub title_english: String,
    /// The delivery's title.
    pub delivery: String,
    /// The institution that holds it.
    pub institution: String,
    /// Who trains.
    pub trainers: String,
    /// The note that goes with Kosovo*.
    pub footnote: String,
    /// The half-days, in order.
    pub slots: Vec<SignatureSlot>,
    /// Who signs: the same on every half-day's sheet.
    pub names: Vec<SignatureName>,
    /// Empty rows for who is not on the list.
    pub blank: usize,
}

/// The labels, translated by the caller.
#[derive(Clone, Debug, Serialize)]
pub struct SignatureWords {
    /// "Signature sheet"
    pub title: String,
    /// "No."
    pub number: String,
    /// "Name"
    pub name: String,
    /// "Workplace"
    pub workplace: String,
    /// "Signature on arrival"
    pub signature_in: String,
    /// "Signature on leaving"
    pub signature_out: String,
    /// "Trainers"
    pub trainers: String,
    /// "Signature of the trainer"
    pub trainer_signs: String,
    /// "Page", before figures.
    pub page: String,
    /// "of", between figures.
    pub of: String,
    /// What the picture is, for people who do not see it.
    pub qr_alt: String,
}

/// One half-day.
#[derive(Clone, Debug)]
pub struct SignatureSlot {
    /// Day and part of the day.
    pub day: String,
    /// Its hours.
    pub hours: String,
    /// Room and town.
    pub place: String,
    /// Where what was signed is keyed.
    pub url: String,
}

/// One row.
#[derive(Clone, Debug, Serialize)]
pub struct SignatureName {
    /// The name, or what stands instead.
    pub name: String,
    /// Where they work; empty where that would tell who it is.
    pub workplace: String,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    tongue: Tongue,
    words: &'a SignatureWords,
    title_english: &'a str,
    delivery: &'a str,
    institution: &'a str,
    trainers: &'a str,
    footnote: &'a str,
    slots: Vec<Slot<'a>>,
    names: &'a [SignatureName],
    blank: usize,
}

#[derive(Serialize)]
struct Slot<'a> {
    day: &'a str,
    hours: &'a str,
    place: &'a str,
    qr: String,
}

/// Sets signature sheets: tagged PDF, the same bytes for the same data.
///
/// # Errors
///
/// [`PdfError::Unprintable`] when a name has characters that no embedded font has; the others are mistakes
/// of ours.
pub fn signatures(sheet: &SignatureSheet) -> Result<Vec<u8>, PdfError> {
    let set = set(sheet)?;
    let pages = set.pages;
    set.of_pages(pages)
}

pub(super) fn set(sheet: &SignatureSheet) -> Result<Typeset, PdfError> {
    let slots = sheet
        .slots
        .iter()
        .map(|slot| Ok(Slot { day: &slot.day, hours: &slot.hours, place: &slot.place, qr: qr_print(&slot.url)? }))
        .collect::<Result<Vec<_>, PdfError>>()?;
    let data = Data {
        tongue: Tongue::new(&sheet.lang, sheet.rtl),
        words: &sheet.words,
        title_english: &sheet.title_english,
        delivery: &sheet.delivery,
        institution: &sheet.institution,
        trainers: &sheet.trainers,
        footnote: &sheet.footnote,
        slots,
        names: &sheet.names,
        blank: sheet.blank,
    };
    typeset(Template::Signatures, &data, Vec::new(), &sheet.stamp)
}
