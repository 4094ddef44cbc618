//! Inputs that are nearly right: seeds with a few changes.

/// Numbers at which readers break.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1e308",
    "NaN",
    "65536",
    "262142",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "0.0000000001",
    "00000000000000000000000001",
    "\u{663}",
];

/// What means something in one format or another.
const TOKENS: &[&[u8]] = &[
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8d",
    b"\xcc\x81",
    b"\"",
    b"'",
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"[",
    b"]",
    b"(",
    b")",
    b"{",
    b"}",
    b",",
    b";",
    b":",
    b"=",
    b"-",
    b"+",
    b"@",
    b"|",
    b"*",
    b"_",
    b"`",
    b"%",
    b"%00",
    b"%ff",
    b"\\",
    b"/",
    b"../",
    b"\t",
    b"\r\n",
    b"\n",
    b" ",
    b"<script>",
    b"javascript:",
    b"]]>",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"%PDF-1.7",
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"\x1f\x8b\x08",
];

/// Chance that repeats itself whatever versions of libraries there are (SplitMix64, Steele, Lea and Flood 2014).
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.roll() % end as u64) as usize }
    }
}

/// An input made of one of a pool by a few changes, of at most `largest` bytes.
pub fn mutated(dice: &mut Dice, pool: &[Vec<u8>], tokens: &[&str], largest: usize) -> Vec<u8> {
    let mut bytes = any(dice, pool);
    let many = if dice.below(8) == 0 { dice.below(24) } else { 0 };
    for _ in 0..=dice.below(4) + many {
        change(dice, &mut bytes, pool, tokens);
        bytes.truncate(largest);
    }
    bytes
}

fn any(dice: &mut Dice, pool: &[Vec<u8>]) -> Vec<u8> {
    let at = dice.below(pool.len());
    pool.get(at).cloned().unwrap_or_default()
}

fn change(dice: &mut Dice, bytes: &mut Vec<u8>, pool: &[Vec<u8>], tokens: &[&str]) {
    let (from, to) = span(dice, bytes.len());
    match dice.below(14) {
        0 => {
            let bit = dice.below(8);
            if let Some(byte) = bytes.get_mut(from) {
                *byte ^= 1_u8 << bit;
            }
        }
        1 => {
            let other = dice.below(256) as u8;
            if let Some(byte) = bytes.get_mut(from) {
                *byte = other;
            }
        }
        2 => drop(bytes.drain(from..to)),
        3 => {
            let piece = bytes[from..to].to_vec();
            put(bytes, to, to, &piece);
        }
        4 => {
            let other = any(dice, pool);
            let cut = dice.below(other.len() + 1);
            bytes.truncate(from);
            bytes.extend_from_slice(&other[cut..]);
        }
        5 => bytes.truncate(from),
        6 | 7 => {
            if let Some(at) = bytes[from..].iter().position(u8::is_ascii_digit).map(|at| from + at) {
                let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                put(bytes, at, at + digits, NUMBERS[dice.below(NUMBERS.len())].as_bytes());
            }
        }
        8 => {
            let piece = token(dice, tokens).repeat(2 + dice.below(60));
            put(bytes, from, from, &piece);
        }
        9 => {
            let c = character(dice);
            put(bytes, from, from, c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        10 => {
            let piece = token(dice, tokens);
            put(bytes, from, to, &piece);
        }
        11 => {
            let piece: Vec<u8> = bytes.drain(from..to).collect();
            let at = dice.below(bytes.len() + 1);
            put(bytes, at, at, &piece);
        }
        _ => {
            let piece = token(dice, tokens);
            put(bytes, from, from, &piece);
        }
    }
}

/// A piece: mostly a short one.
fn span(dice: &mut Dice, length: usize) -> (usize, usize) {
    let from = dice.below(length + 1);
    let most = if dice.below(4) == 0 { length } else { 16 };
    (from, (from + dice.below(most + 1)).min(length))
}

/// A token of the format's own, or of any.
fn token(dice: &mut Dice, own: &[&str]) -> Vec<u8> {
    if own.is_empty() || dice.below(3) == 0 {
        TOKENS[dice.below(TOKENS.len())].to_vec()
    } else {
        own[dice.below(own.len())].as_bytes().to_vec()
    }
}

/// Any character: from Latin letters, from those that nobody sees, or from all.
fn character(dice: &mut Dice) -> char {
    let code = match dice.below(3) {
        0 => dice.below(0x250),
        1 => 0x2000 + dice.below(0x70),
        _ => dice.below(0x11_0000),
    };
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Puts a piece in the place of another.
fn put(bytes: &mut Vec<u8>, from: usize, to: usize, piece: &[u8]) {
    drop(bytes.splice(from..to, piece.iter().copied()));
}
