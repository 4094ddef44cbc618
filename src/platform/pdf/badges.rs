//! Badges to cut out: eight on an A4 page.

use super::{PdfError, Stamp, Template, Tongue, Typeset, qr::qr_print, typeset};
use serde::Serialize;

/// Sheets of badges. All texts are as they shall be read, in the document's language; an empty one leaves
/// its place out.
#[derive(Clone, Debug)]
pub struct BadgeSheet {
    /// What makes the file the same every time.
    pub stamp: Stamp,
    /// Language tag.
    pub lang: String,
    /// Whether the language is written from right to left.
    pub rtl: bool,
    /// The document's title.
    pub title: String,
    /// Which course and delivery, on every badge.
    pub delivery: String,
    /// When and where, on every badge.
    pub dates: String,
    /// Who holds it, at the foot of every badge.
    pub institution: String,
    /// What the picture is, for people who do not see it.
    pub qr_alt: String,
    /// A note at the foot of each page, such as the one that goes with Kosovo*.
    pub footnote: String,
    /// The badges, in order.
    pub badges: Vec<Badge>,
}

/// One badge.
#[derive(Clone, Debug)]
pub struct Badge {
    /// The name, or what stands instead.
    pub name: String,
    /// Where they work; empty where that would tell who it is.
    pub workplace: String,
    /// What the QR code carries.
    pub code: String,
    /// The same to be typed, in groups.
    pub short: String,
}

#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    tongue: Tongue,
    title: &'a str,
    delivery: &'a str,
    dates: &'a str,
    institution: &'a str,
    qr_alt: &'a str,
    footnote: &'a str,
    badges: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    name: &'a str,
    workplace: &'a str,
    short: &'a str,
    qr: String,
}

/// Badges on one page.
pub const ON_A_PAGE: usize = 8;

/// Sets badges: tagged PDF, the same bytes for the same data. Ten milliseconds or so a page.
///
/// # Errors
///
/// [`PdfError::Unprintable`] when a name has characters that no embedded font has, [`PdfError::TooLong`]
/// when one does not fit on a badge; the others are mistakes of ours.
pub fn badges(sheet: &BadgeSheet) -> Result<Vec<u8>, PdfError> {
    set(sheet)?.of_pages(sheet.badges.len().div_ceil(ON_A_PAGE).max(1))
}

pub(super) fn set(sheet: &BadgeSheet) -> Result<Typeset, PdfError> {
    let badges = sheet
        .badges
        .iter()
        .map(|badge| {
            Ok(One { name: &badge.name, workplace: &badge.workplace, short: &badge.short, qr: qr_print(&badge.code)? })
        })
        .collect::<Result<Vec<_>, PdfError>>()?;
    let data = Data {
        tongue: Tongue::new(&sheet.lang, sheet.rtl),
        title: &sheet.title,
        delivery: &sheet.delivery,
        dates: &sheet.dates,
        institution: &sheet.institution,
        qr_alt: &sheet.qr_alt,
        footnote: &sheet.footnote,
        badges,
    };
    typeset(Template::Badges, &data, Vec::new(), &sheet.stamp)
}
