//! QR codes as SVG, for the page and for the screen.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

use super::PdfError;
use crate::common::escape;

/// The light border that readers ask for, in modules.
const QUIET: usize = 4;

/// A QR code of `text` as SVG with a white ground, in attributes only (no style, no script), named for
/// screen readers by the text it holds. Empty when the text is too long for a QR code (about 2 kB).
pub fn qr_svg(text: &str) -> String {
    draw(text, "#18233a", QUIET).unwrap_or_default()
}

/// The same for a printed page, whose paper is the quiet border.
pub(super) fn qr_print(text: &str) -> Result<String, PdfError> {
    draw(text, "#18233a", 0)
}

fn draw(text: &str, ink: &str, quiet: usize) -> Result<String, PdfError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| PdfError::Qr)?;
    let width = code.width();
    let side = width + 2 * quiet;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                // Writing to a String does not fail.
                let _ = write!(path, "M{} {}h{}v1h-{}z", x + quiet, y + quiet, run.len(), run.len());
            }
            x += run.len();
        }
    }
    let name = attribute(text);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"{name}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path fill=\"{ink}\" d=\"{path}\"/></svg>"
    ))
}

/// For an attribute; XML cannot carry control characters at all.
fn attribute(text: &str) -> String {
    let unfit = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    escape::html(&text.replace(unfit, " ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn svg_is_named_and_has_no_style() {
        let svg = qr_svg("https://example.org/verify/A?x=\"<&'>\u{1}");
        assert!(svg.contains("aria-label=\"https://example.org/verify/A?x=&quot;&lt;&amp;&#39;&gt; \""), "{svg}");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"));
        assert!(!svg.contains("style"));
    }

    #[test]
    fn a_text_too_long_gives_nothing() {
        assert_eq!(qr_svg(&"x".repeat(4000)), "");
    }
}
