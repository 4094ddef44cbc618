//! The seal at the end of an archive, which covers every byte before it.
//!
//! Checksums inside the archive do not cover its wrapping: bits of the gzip header (time, system,
//! flags), of the tar headers (owner, device, padding) and of the zeros at the end can turn without
//! anything noticing. The seal is the SHA-256 and the number of *all* bytes of the file before it,
//! written as the comment of a second, empty gzip member (RFC 1952, 2.2 and 2.3.1). `gzip -t` and
//! `tar tzf` read such a file as ever, for gzip files may follow one another, and the seal has exactly
//! one form, so that it is compared byte for byte: any bit that turned, anything cut off and anything
//! added is seen. It is no signature: somebody who can write the archive can seal it anew. What an archive
//! may hold is therefore looked at as strictly as if there were no seal.

use crate::platform::text::hex;
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
};

/// A gzip header that says: deflate, with a comment, of no time and no system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0x10, 0, 0, 0, 0, 0, 0xff];
/// An empty deflate block, the CRC-32 of nothing and its size.
const TAIL: [u8; 10] = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const WORDS: &str = "magistra-seal 1 ";
/// The seal's length in bytes: size and digest are hexadecimal, and the comment ends with a zero.
pub const LENGTH: u64 = (HEAD.len() + WORDS.len() + 16 + 1 + 64 + 1 + TAIL.len()) as u64;

/// The seal of that many bytes with that digest.
pub fn seal(size: u64, sha256: &str) -> Vec<u8> {
    [&HEAD[..], WORDS.as_bytes(), format!("{size:016x} {sha256}\0").as_bytes(), &TAIL].concat()
}

/// Passes bytes on, counts and digests them.
pub struct Digesting<T> {
    inner: T,
    hash: Sha256,
    size: u64,
}

impl<T> Digesting<T> {
    /// Around what is read or written.
    pub fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new(), size: 0 }
    }

    /// How many bytes passed, their SHA-256 in hexadecimal, and what was wrapped.
    pub fn finish(self) -> (u64, String, T) {
        (self.size, hex(self.hash.finalize()), self.inner)
    }
}

impl<T: Write> Write for Digesting<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Digesting<T> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hash.update(&into[..read]);
        self.size += read as u64;
        Ok(read)
    }
}

/// A whole file: its size, its SHA-256 in hexadecimal, and whether it ends with the seal of what stands
/// before it.
pub struct Outside {
    /// In bytes.
    pub size: u64,
    /// Of all of it, the seal included.
    pub sha256: String,
    /// Whether its seal is there and fits.
    pub sealed: bool,
}

/// Reads a file from its beginning to its end.
pub fn look(file: &mut File) -> io::Result<Outside> {
    file.seek(SeekFrom::Start(0))?;
    let length = file.metadata()?.len();
    let mut bytes = BufReader::with_capacity(1 << 16, file);
    let mut body = Digesting::new((&mut bytes).take(length.saturating_sub(LENGTH)));
    io::copy(&mut body, &mut io::sink())?;
    let (size, digest, hash) = (body.size, hex(body.hash.clone().finalize()), body.hash.clone());
    let mut rest = Digesting { inner: &mut bytes, hash, size };
    let mut end = Vec::new();
    rest.read_to_end(&mut end)?;
    let (whole, sha256, _) = rest.finish();
    Ok(Outside { size: whole, sha256, sealed: end == seal(size, &digest) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_an_empty_gzip_member_of_known_length() {
        let seal = seal(7, &hex(Sha256::digest(b"magistra")));
        assert_eq!(seal.len() as u64, LENGTH);
        let mut inside = Vec::new();
        let mut member = flate2::read::GzDecoder::new(seal.as_slice());
        member.read_to_end(&mut inside).expect("a gzip member");
        assert!(inside.is_empty());
        assert!(
            member.header().and_then(|head| head.comment()).is_some_and(|words| words.starts_with(b"magistra-seal"))
        );
    }

    #[test]
    fn every_single_bit_and_every_length_is_noticed() {
        let body: Vec<u8> = (0..120).collect();
        let whole = [body.clone(), seal(body.len() as u64, &hex(Sha256::digest(&body)))].concat();
        let mut file = tempfile::tempfile().expect("a file");
        let mut sealed = |bytes: &[u8]| {
            file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(bytes)).expect("written");
            look(&mut file).expect("read").sealed
        };
        assert!(sealed(&whole));
        for at in 0..whole.len() {
            assert!(!sealed(&whole[..at]), "cut to {at}");
            for bit in 0..8 {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                assert!(!sealed(&bytes), "bit {bit} of byte {at}");
            }
        }
        for more in [&[0][..], &whole, &whole[body.len()..]] {
            assert!(!sealed(&[&whole, more].concat()), "{} bytes more", more.len());
        }
    }
}
