//! The certificate: who, which course, where and when, and how anybody can check it.

use serde::Serialize;

use super::{PdfError, Stamp, Template, Tongue, qr::qr_print, typeset};

/// One certificate. All texts are as they shall be read, in the certificate's language; an empty one
/// leaves its place out of the page.
#[derive(Clone, Debug)]
pub struct CertificateSheet {
    /// The record's id and the moment of issue: what makes the file the same every time.
    pub stamp: Stamp,
    /// Language tag, such as `en` or `sr-Cyrl`.
    pub lang: String,
    /// Whether the language is written from right to left.
    pub rtl: bool,
    /// The labels, translated.
    pub words: CertificateWords,
    /// The person's name, as it is on record.
    pub holder: String,
    /// The course's title.
    pub course: String,
    /// The institution that certifies.
    pub institution: String,
    /// What the certificate stands for, in a sentence: the share attended, the test passed.
    pub certifies: String,
    /// Town or venue, or the word for online.
    pub place: String,
    /// First to last day, in words.
    pub dates: String,
    /// How long, with its unit.
    pub hours: String,
    /// The language it was given in, by its name.
    pub language: String,
    /// The day of issue, in words.
    pub issued_on: String,
    /// The code that `/verify/{code}` knows.
    pub code: String,
    /// The whole address that checks it.
    pub verify_url: String,
    /// A note at the foot, such as the one that goes with Kosovo*.
    pub footnote: String,
}

/// The certificate's labels, translated by the caller.
#[derive(Clone, Debug, Serialize)]
pub struct CertificateWords {
    /// "Certificate of attendance", "Certificate of achievement" …
    pub title: String,
    /// "This certifies that", before the name.
    pub certifies_that: String,
    /// "has completed the course", between name and course.
    pub has_completed: String,
    /// "Place"
    pub place: String,
    /// "Dates"
    pub dates: String,
    /// "Duration"
    pub hours: String,
    /// "Language"
    pub language: String,
    /// "Issued on"
    pub issued_on: String,
    /// "Certificate code"
    pub code: String,
    /// "Anyone can check it at", before the address.
    pub verify: String,
    /// What the picture is, for people who do not see it: "QR code with the address that checks this
    /// certificate".
    pub qr_alt: String,
}

/// The data as `certificate.typ` reads it.
#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    tongue: Tongue,
    words: &'a CertificateWords,
    holder: &'a str,
    course: &'a str,
    institution: &'a str,
    certifies: &'a str,
    place: &'a str,
    dates: &'a str,
    hours: &'a str,
    language: &'a str,
    issued_on: &'a str,
    code: &'a str,
    verify_url: &'a str,
    footnote: &'a str,
}

/// The longest text, in characters, that is tried at all: fitting a longer one on the page would take
/// long and fail.
const LONGEST: usize = 600;

/// Sets a certificate: one A4 page, tagged PDF (PDF/UA-1), the same bytes for the same data.
///
/// # Errors
///
/// [`PdfError::Unprintable`] when a text has characters that no embedded font has,
/// [`PdfError::TooLong`] when the texts do not fit on one page even when set small,
/// [`PdfError::Qr`] when the address is too long; the others are mistakes of ours.
pub fn certificate(sheet: &CertificateSheet) -> Result<Vec<u8>, PdfError> {
    set(sheet)?.of_pages(1)
}

pub(super) fn set(sheet: &CertificateSheet) -> Result<super::Typeset, PdfError> {
    let texts = [
        &sheet.holder,
        &sheet.course,
        &sheet.institution,
        &sheet.certifies,
        &sheet.place,
        &sheet.dates,
        &sheet.hours,
        &sheet.language,
        &sheet.issued_on,
        &sheet.code,
        &sheet.footnote,
    ];
    if texts.iter().any(|text| text.chars().count() > LONGEST) {
        return Err(PdfError::TooLong);
    }
    let data = Data {
        tongue: Tongue::new(&sheet.lang, sheet.rtl),
        words: &sheet.words,
        holder: &sheet.holder,
        course: &sheet.course,
        institution: &sheet.institution,
        certifies: &sheet.certifies,
        place: &sheet.place,
        dates: &sheet.dates,
        hours: &sheet.hours,
        language: &sheet.language,
        issued_on: &sheet.issued_on,
        code: &sheet.code,
        verify_url: &sheet.verify_url,
        footnote: &sheet.footnote,
    };
    typeset(Template::Certificate, &data, vec![("qr.svg", qr_print(&sheet.verify_url)?)], &sheet.stamp)
}
