//! Which kinds of files are taken, and how they are told from what only bears their name.

use crate::common::clean::is_unseen;

/// A kind of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Portable document.
    Pdf,
    /// PowerPoint presentation.
    Pptx,
    /// Word document.
    Docx,
    /// Excel workbook.
    Xlsx,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// GIF image.
    Gif,
    /// WebP image.
    Webp,
    /// MP3 audio.
    Mp3,
    /// Ogg audio.
    Ogg,
    /// MPEG-4 audio.
    M4a,
    /// WAV audio.
    Wav,
    /// MPEG-4 video.
    Mp4,
    /// WebM video.
    Webm,
}

/// File name extensions with the kind they promise.
const EXTENSIONS: &[(&str, Kind)] = &[
    ("pdf", Kind::Pdf),
    ("pptx", Kind::Pptx),
    ("docx", Kind::Docx),
    ("xlsx", Kind::Xlsx),
    ("png", Kind::Png),
    ("jpg", Kind::Jpeg),
    ("jpeg", Kind::Jpeg),
    ("gif", Kind::Gif),
    ("webp", Kind::Webp),
    ("mp3", Kind::Mp3),
    ("ogg", Kind::Ogg),
    ("oga", Kind::Ogg),
    ("opus", Kind::Ogg),
    ("m4a", Kind::M4a),
    ("wav", Kind::Wav),
    ("mp4", Kind::Mp4),
    ("m4v", Kind::Mp4),
    ("webm", Kind::Webm),
];

/// The longest name of a file, in characters.
pub const NAME_MAX: usize = 120;

impl Kind {
    /// The kind that a file's name promises.
    pub fn of_name(name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        (!stem.is_empty()).then_some(())?;
        EXTENSIONS.iter().find(|(known, _)| *known == extension).map(|(_, kind)| *kind)
    }

    /// The media type it is served as.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Mp3 => "audio/mpeg",
            Self::Ogg => "audio/ogg",
            Self::M4a => "audio/mp4",
            Self::Wav => "audio/wav",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
        }
    }

    /// Whether it is a zip file, whose directory says what it is.
    pub const fn is_zip(self) -> bool {
        matches!(self, Self::Pptx | Self::Docx | Self::Xlsx)
    }

    /// Whether a file's first bytes are those of this kind.
    pub fn matches(self, head: &[u8]) -> bool {
        if self.is_zip() {
            return head.starts_with(b"PK\x03\x04");
        }
        let Some(found) = infer::get(head) else { return false };
        match self {
            Self::Pdf => found.mime_type() == "application/pdf",
            Self::Png => found.mime_type() == "image/png",
            Self::Jpeg => found.mime_type() == "image/jpeg",
            Self::Gif => found.mime_type() == "image/gif",
            Self::Webp => found.mime_type() == "image/webp",
            Self::Mp3 => found.mime_type() == "audio/mpeg",
            Self::Ogg => ["audio/ogg", "audio/opus"].contains(&found.mime_type()),
            Self::M4a => ["audio/m4a", "video/mp4"].contains(&found.mime_type()),
            Self::Wav => found.mime_type() == "audio/x-wav",
            Self::Mp4 => ["video/mp4", "video/x-m4v"].contains(&found.mime_type()),
            Self::Webm => found.mime_type() == "video/webm",
            Self::Pptx | Self::Docx | Self::Xlsx => false,
        }
    }

    /// The folder that holds a document's main part.
    const fn folder(self) -> &'static str {
        match self {
            Self::Pptx => "ppt/",
            Self::Docx => "word/",
            Self::Xlsx => "xl/",
            _ => "\0",
        }
    }
}

/// A file's name without its path, without control and formatting characters, of at most
/// [`NAME_MAX`] characters; the extension is kept.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_unseen(*c))
        .map(|c| if "\"<>:|?*".contains(c) { '_' } else { c })
        .collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.trim_matches(|c| c == '.' || c == ' ');
    let Some((stem, extension)) = words.rsplit_once('.') else {
        return words.chars().take(NAME_MAX).collect();
    };
    let extension: String = extension.chars().take(20).collect();
    let room = NAME_MAX - 1 - extension.chars().count();
    format!("{}.{extension}", stem.chars().take(room).collect::<String>().trim_end())
}

/// Where a zip file's directory begins and how long it is, from the end of the file.
pub fn zip_directory(tail: &[u8]) -> Option<(u64, u64)> {
    let at = tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let number = |from: usize| Some(u32::from_le_bytes(tail.get(at + from..at + from + 4)?.try_into().ok()?));
    Some((u64::from(number(16)?), u64::from(number(12)?)))
}

/// The names in a zip file's directory; what is not a directory ends the list.
pub fn zip_names(directory: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = directory;
    while rest.len() >= 46 && rest.starts_with(b"PK\x01\x02") {
        let length = |at: usize| usize::from(u16::from_le_bytes([rest[at], rest[at + 1]]));
        let (name, extra, comment) = (length(28), length(30), length(32));
        let Some(bytes) = rest.get(46..46 + name) else { break };
        names.push(String::from_utf8_lossy(bytes).into_owned());
        rest = rest.get(46 + name + extra + comment..).unwrap_or_default();
    }
    names
}

/// Whether these are the names in an Office document of a kind, without macros.
pub fn is_document(names: &[String], kind: Kind) -> bool {
    names.iter().any(|name| name == "[Content_Types].xml")
        && names.iter().any(|name| name.starts_with(kind.folder()))
        && !names.iter().any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_promise_kinds() {
        assert_eq!(Kind::of_name("Slides.PPTX"), Some(Kind::Pptx));
        for bad in ["x.exe", "x.html", "x.svg", "x.js", "x.pdf.exe", "pdf", ".pdf", "x.docm", "x.zip", ""] {
            assert_eq!(Kind::of_name(bad), None, "{bad}");
        }
    }

    #[test]
    fn content_must_keep_the_promise() {
        assert!(Kind::Pdf.matches(b"%PDF-1.7\n"));
        assert!(Kind::Png.matches(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
        assert!(Kind::Jpeg.matches(b"\xff\xd8\xff\xe0\0\x10JFIF"));
        assert!(Kind::Gif.matches(b"GIF89a......"));
        assert!(Kind::Webp.matches(b"RIFF\x24\0\0\0WEBPVP8 "));
        assert!(Kind::Mp3.matches(b"ID3\x04\0\0\0\0\0\0"));
        assert!(Kind::Ogg.matches(b"OggS\0\x02\0\0\0\0"));
        assert!(Kind::Wav.matches(b"RIFF\x24\0\0\0WAVEfmt "));
        assert!(Kind::M4a.matches(b"\0\0\0\x20ftypM4A \0\0\0\0"));
        assert!(Kind::Mp4.matches(b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41"));
        let mut webm =
            b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm"
                .to_vec();
        webm.resize(300, 0);
        assert!(Kind::Webm.matches(&webm));
        let impostors: [&[u8]; 6] = [
            b"MZ\x90\0\x03\0\0\0",
            b"\x7fELF\x02\x01\x01",
            b"<!DOCTYPE html><script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"#!/bin/sh\nrm -rf /\n",
            b"",
        ];
        for (_, kind) in EXTENSIONS {
            for impostor in impostors {
                assert!(!kind.matches(impostor), "{kind:?} {impostor:?}");
            }
        }
    }

    #[test]
    fn documents_are_known_by_their_parts() {
        let names = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert!(is_document(&names(&["[Content_Types].xml", "word/document.xml"]), Kind::Docx));
        assert!(!is_document(&names(&["[Content_Types].xml", "word/document.xml"]), Kind::Pptx));
        assert!(!is_document(&names(&["word/document.xml"]), Kind::Docx));
        assert!(!is_document(&names(&["[Content_Types].xml", "ppt/p.xml", "ppt/vbaProject.bin"]), Kind::Pptx));
    }

    #[test]
    fn names_are_cleaned() {
        assert_eq!(clean_name("../../etc/passwd.pdf"), "passwd.pdf");
        assert_eq!(clean_name("C:\\Users\\x\\slides.pptx"), "slides.pptx");
        assert_eq!(clean_name("a\r\nSet-Cookie: x.pdf"), "aSet-Cookie_ x.pdf");
        assert_eq!(clean_name("evil\u{202e}fdp.exe"), "evilfdp.exe");
        assert_eq!(clean_name(".."), "");
    }

    proptest! {
        #[test]
        fn a_clean_name_is_short_and_has_no_path(name in "\\PC{0,300}") {
            let clean = clean_name(&name);
            prop_assert!(clean.chars().count() <= NAME_MAX);
            prop_assert!(!clean.contains(['/', '\\', '\r', '\n', '"', '\0']));
            prop_assert!(!clean.starts_with('.'));
        }

        #[test]
        fn no_bytes_upset_the_zip_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = zip_directory(&bytes);
            let _ = zip_names(&bytes);
            let mut directory = b"PK\x01\x02".to_vec();
            directory.extend(bytes);
            let _ = zip_names(&directory);
        }
    }
}
