//! What a workbook's archive unpacks to, counted while it is unpacked and before anything of it is read:
//! what an archive says of itself need not be true.

use super::model::Unreadable;
use std::io::{Cursor, Read};

/// What a workbook may unpack to, in bytes.
const UNPACKED_MAX: u64 = 32 * 1024 * 1024;
/// Most bytes of a part that is neither a sheet nor the texts of sheets (formats above all): the reader
/// makes much more of them than they are.
const PART_MAX: u64 = 4 * 1024 * 1024;
/// Most entries of an archive.
const ENTRIES_MAX: usize = 500;
/// Most beginnings and ends of elements. A cell has four.
const TAGS_MAX: u64 = 6_000_000;

/// Refuses what unpacks to too much, what is no workbook, and what declares entities.
pub fn measure(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Broken)?;
    if archive.len() > ENTRIES_MAX {
        return Err(Unreadable::Unpacked);
    }
    let (mut left, mut tags, mut is_workbook) = (UNPACKED_MAX, TAGS_MAX, false);
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|_| Unreadable::Broken)?;
        let name = entry.name().map_err(|_| Unreadable::Broken)?.to_lowercase().replace('\\', "/");
        // The package says where its workbook is: not every program puts it into `xl`.
        let file = name.rsplit('/').next().unwrap_or(&name);
        is_workbook |= file.starts_with("workbook") && file.ends_with(".xml");
        // Pictures are never opened. A part that only lies among them may be: the package says where its
        // parts are.
        let read = !name.starts_with("xl/media/") || name.ends_with(".xml");
        let formats = matches!(file, "styles.xml" | "theme1.xml");
        let large = !read || !formats && (name.contains("worksheets/") || file == "sharedstrings.xml");
        let most = if large { left } else { left.min(PART_MAX) };
        let mut part = Part::default();
        let size = part.pass(entry.take(most + 1))?;
        if size > most {
            return Err(Unreadable::Unpacked);
        }
        left -= size;
        // A sheet may have any name; in a picture there are few bytes that look like tags.
        tags = tags.checked_sub(part.tags).ok_or(Unreadable::TooManyCells)?;
        if read && part.declares {
            return Err(Unreadable::Broken);
        }
    }
    if is_workbook { Ok(()) } else { Err(Unreadable::Kind) }
}

/// What passes by of a part.
#[derive(Default)]
struct Part {
    tags: u64,
    /// `<!DOCTYPE` or `<!ENTITY`: no program writes them into a workbook.
    declares: bool,
    last: [u8; 2],
}

impl Part {
    /// Counts and gives the size back.
    fn pass(&mut self, mut from: impl Read) -> Result<u64, Unreadable> {
        let (mut size, mut buffer) = (0, vec![0; 64 * 1024]);
        loop {
            let got = from.read(&mut buffer).map_err(|_| Unreadable::Broken)?;
            if got == 0 {
                return Ok(size);
            }
            size += got as u64;
            for byte in &buffer[..got] {
                self.tags += u64::from(*byte == b'<');
                self.declares |= self.last == *b"<!" && matches!(byte, b'D' | b'E' | b'd' | b'e');
                self.last = [self.last[1], *byte];
            }
        }
    }
}
