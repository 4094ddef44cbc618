//! What people type, paste and upload, nearly right: see `testing::fuzz`. Tables, logs and archives have targets of
//! their own beside their readers.

mod addresses;

use crate::{
    attendance::{
        badges::model::{Long, Read, Short},
        checkin::{codes, model::Way},
    },
    common::{
        clean::{is_unseen, line, prose},
        codes::{join_list, split_list},
        crockford::Code,
        dates::{PartialDate, parse_date, parse_time},
        escape,
        forms::{Checks, FaultKind, plausible_email},
        ids::{EnrolmentId, FileId, PersonId},
    },
    deliveries::board_feed,
    enrolment::model::{MANY, read_list},
    people::{
        accounts::{model::new_password, weak},
        model::Profession,
    },
    platform::{
        export::csv_cell,
        files::kinds::{self, Kind, NAME_MAX},
        markdown,
        text::{fold, like_pattern, slug},
    },
    programmes::model::parse_translations,
    testing::{fuzz::Target, markup},
};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use std::time::Duration;

/// Most bytes of HTML that a lesson may become: twice what is asked of the renderer, for what makes links safe.
const HTML_MAX: usize = 8 * 1024 * 1024;

const SIGNS: &[&str] = &[
    "\u{feff}", "\u{202e}", "\u{2066}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{ad}", "\u{301}", "\u{3164}", "\u{85}",
    "\u{2028}", "\r\n", "\t", "\u{a0}", "\u{212a}", "\u{130}", "ß", "ǆ", "ﬁ", "क्", "می", "가", "𝒜", "\u{fffe}", "--",
    "%", "_",
];

const NAMES: &[&str] = &[
    "Ana Hoxha",
    "Đorđe «Ћирић»",
    "École  supérieure",
    "می\u{200c}خواهند",
    "क्\u{200d}ष",
    "Nguyễn Thị Ánh",
    "100% _x (2026)",
    "a\r\n\tb",
    "O'Neill <b>& Co</b>",
];

/// Whether a clean text holds what nobody sees. The two joiners stay where their scripts need them.
fn hides(text: &str) -> bool {
    text.contains(|c: char| is_unseen(c) && !matches!(c, '\u{200c}' | '\u{200d}'))
}

#[test]
fn texts() {
    Target::new("texts", NAMES, SIGNS).cases(250).largest(600).check_text(|text| {
        let one = line(text);
        assert_eq!(line(&one), one, "a clean line is clean for good");
        assert!(!hides(&one) && !one.contains(|c: char| c.is_control() || "\u{2028}\u{2029}".contains(c)), "{one:?}");
        assert_eq!(one.trim(), one);
        let many = prose(text);
        assert_eq!(prose(&many), many, "clean prose is clean for good");
        assert!(!hides(&many), "{many:?}");

        let folded = fold(text);
        assert_eq!(fold(&folded), folded, "folding twice is folding once");
        assert!(!folded.contains(['%', '_']) && !like_pattern(text).contains('_'));
        let address = slug(text);
        assert!(address.len() <= 80 && address.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{address}");
        assert_eq!(slug(&address), address);

        let page = format!("<title>{0}</title><p title=\"{0}\">{0}</p>", escape::html(text));
        let names: Vec<String> = markup::read(&page, true).elements.into_iter().map(|it| it.name).collect();
        assert_eq!(names, ["html", "head", "title", "body", "p"], "nothing ends what it stands in");

        let value = format!("SUMMARY:{}", board_feed::escape(text));
        let mut lines = String::new();
        board_feed::fold(&mut lines, &value);
        assert!(lines.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(lines.replace("\r\n ", ""), format!("{value}\r\n"), "a calendar's line unfolds");

        let cell = csv_cell(text);
        let inner = cell.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let read = inner.map_or_else(|| cell.clone(), |inner| inner.replace("\"\"", "\""));
        assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r']), "{read:?} is no formula");
        assert_eq!(read.strip_prefix('\'').filter(|_| read != text).unwrap_or(&read), text);
    });
}

/// What Markdown is made of, with what becomes of it.
const ELEMENTS: &[&str] = &[
    "html",
    "head",
    "body",
    "main",
    "hr",
    "p",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "code",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "em",
    "strong",
    "del",
    "a",
    "img",
    "br",
    "sup",
    "div",
];
const ATTRIBUTES: &[&str] = &["id", "class", "href", "rel", "title", "src", "alt", "start"];

/// Whether a browser takes an address for one of our own or of the web.
fn is_harmless(address: &str) -> bool {
    let seen: String = address.chars().filter(|c| !c.is_ascii_control() && *c != ' ').collect();
    let head = seen.split(['/', '?', '#']).next().unwrap_or_default();
    // What is no scheme by its letters belongs to a path of ours (RFC 3986, 3.1).
    let is_scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    match head.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) {
        None => true,
        Some((scheme, _)) => ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known)),
    }
}

#[test]
fn lessons() {
    const LESSONS: &[&str] = &[
        "## Title\n\nA [link](https://example.org \"t\") and **bold** *text* `code` ~~gone~~.\n\n> quoted\n> - list\n",
        "1. one\n2. two\n   - inner\n\n|a|b|\n|-|:-:|\n|1|`2`|\n\n```rust\nfn main() {}\n```\n",
        "Note[^1] ![picture](/files/a/b.png) <https://example.org> <b onclick=x>y</b>\n\n[^1]: the *note*\n\n***\n",
        "[a]: https://example.org/x 'y'\n\n[a] [b][a] <!-- c --> <script>alert(1)</script>\n",
    ];
    const MARKS: &[&str] = &[
        "[",
        "](",
        "![",
        ")",
        "> ",
        "- ",
        "1. ",
        "* ",
        "**",
        "__",
        "~~",
        "`",
        "```\n",
        "|",
        "|-|\n",
        "\n\n",
        "    ",
        "[^1]",
        "[^1]: ",
        "[a]: ",
        "<",
        "</",
        "<a href=\"javascript:alert(1)\">",
        "<svg onload=x>",
        "javascript:",
        "data:text/html,",
        "&#x6a;avascript:",
        "&Tab;",
        "</title>",
        "<style>",
        "\" onerror=\"x",
        "# ",
        "===\n",
        "\\",
    ];
    Target::new("lessons", LESSONS, MARKS).cases(60).largest(8 * 1024).within(Duration::from_secs(5)).check_text(
        |text| {
            let look = markdown::render(text);
            assert!(look.html.len() <= HTML_MAX, "{} bytes", look.html.len());
            for scripts in [true, false] {
                let page = format!("<main>{}</main><hr id=\"behind-the-lesson\">", look.html);
                let read = markup::read(&page, scripts);
                for element in &read.elements {
                    assert!(element.html && ELEMENTS.contains(&element.name.as_str()), "{element:?}");
                    for (name, value) in &element.attributes {
                        assert!(ATTRIBUTES.contains(&name.as_str()), "{element:?}");
                        assert!(!["href", "src"].contains(&name.as_str()) || is_harmless(value), "{element:?}");
                    }
                }
                let last = read.elements.last().and_then(|element| element.get("id"));
                assert_eq!(last, Some("behind-the-lesson"), "the page goes on behind the lesson");
            }
        },
    );
}

#[test]
fn pasted_lists() {
    const LISTS: &[&str] = &[
        "Ana;Hoxha;judge;Tirana District Court;ana@court.example\nJohn\tSmith\tPolice officer\n",
        "\u{feff}Ђорђе;Ћирић;;Суд\r\nMarie;Martin;marie@tribunal.example;prosecutor\r\n",
    ];
    const PIECES: &[&str] = &[";", "\t", "\n", "@", "judge", "Police Officer", "a@b.c", "\u{feff}", "\u{85}", " ; "];
    Target::new("pasted_lists", LISTS, PIECES).cases(150).check_text(|text| {
        let Ok(people) = read_list(text) else { return };
        assert!(people.len() <= MANY && people.len() <= text.lines().count());
        let mut written = String::new();
        for it in &people {
            assert!(!it.family_name.is_empty());
            for (field, most) in [(&it.given_name, 100), (&it.family_name, 100), (&it.workplace, 200), (&it.email, 254)]
            {
                assert!(field.chars().count() <= most && !hides(field) && !field.contains('\n'), "{field:?}");
            }
            assert!(it.email.is_empty() || plausible_email(&it.email), "{}", it.email);
            let profession = if it.profession == Profession::Other { "" } else { it.profession.code() };
            let fields = [it.given_name.as_str(), &it.family_name, profession, &it.workplace, &it.email];
            written += &(fields.join(";") + "\n");
        }
        // Small letters of other scripts are not always as they would be composed.
        if people.iter().all(|it| it.email.is_ascii()) {
            assert_eq!(read_list(&written).as_ref(), Ok(&people), "what was read is read again");
        }
    });
}

#[test]
fn typed_codes() {
    let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().expect("a time");
    let (secret, place) = (b"a secret of a half-day", EnrolmentId(uuid::Uuid::from_u128(7)));
    let seeds = [
        Code::<12>::from_entropy([3; 12]).to_string(),
        Long::from_entropy([9; 27]).plain(),
        Short::from_entropy([1; 10]).to_string(),
        codes::short(secret, Way::In, now),
        codes::long(secret, Way::In, now),
        codes::ticket(secret, Way::In, now - TimeDelta::minutes(3)),
        codes::receipt(secret, Way::In, place),
        place.to_string(),
        "8210266876800.AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
    ];
    Target::new("typed_codes", &seeds, &["-", " ", "O", "l", "‑", ".", "A", "{", "urn:uuid:"]).cases(300).check_text(
        |text| {
            if let Some(code) = Code::<12>::parse(text) {
                assert_eq!(Code::parse(&code.to_string()), Some(code));
            }
            if let Some(read) = Read::parse(text) {
                assert_eq!(Read::parse(&read.stored()), Some(read));
            }
            let shown = |ago: i64| now - TimeDelta::seconds(ago * codes::WINDOW);
            let short = (0..3).any(|ago| codes::short(secret, Way::In, shown(ago)) == text);
            let long = (0..3).any(|ago| codes::long(secret, Way::In, shown(ago)) == text);
            assert_eq!(codes::is_short(secret, Way::In, text, now), short, "only what is shown");
            assert_eq!(codes::is_long(secret, Way::In, text, now), long, "only what is shown");
            if let Some(at) = codes::scanned_at(secret, Way::In, text, now) {
                assert_eq!(codes::ticket(secret, Way::In, at), text, "a ticket cannot be made");
            }
            if let Some(of) = codes::receipt_of(secret, Way::In, text) {
                assert_eq!(codes::receipt(secret, Way::In, of), text, "a receipt cannot be made");
            }
            if let Ok(id) = text.parse::<PersonId>() {
                assert_eq!(id.to_string().parse::<PersonId>(), Ok(id));
            }
            assert_eq!(text.parse::<FileId>().is_ok(), text.parse::<uuid::Uuid>().is_ok());
        },
    );
}

#[test]
fn form_fields() {
    const FIELDS: &[&str] = &[
        "judge@court.example",
        "https://example.org/a?b=c",
        "2026-11-24",
        "2015-09",
        "09:30",
        "42",
        "police_officer",
        "en:published;sq:published 2011-03-08;hr:named in a headline only",
        ";bs;hr;",
    ];
    Target::new("form_fields", FIELDS, &["@", ".", "://", ";", ":", "-", "published ", "\u{202e}", "+", "E"])
        .cases(300)
        .largest(1000)
        .check_text(|text| {
            let mut checks = Checks::default();
            let (email, url) = (checks.email("email", text), checks.url("url", text));
            if checks.clean_of("email") && !email.is_empty() {
                assert!(plausible_email(&email) && !email.contains(char::is_whitespace), "{email:?}");
                assert!(!email.contains(char::is_control) && email.chars().count() <= 254);
            }
            if checks.clean_of("url") && !url.is_empty() {
                assert!(url.starts_with("http") && !url.contains(['"', '<', '>', '\n', '\r', ' ']), "{url:?}");
            }
            let number = checks.number("number", text, -5, 2000);
            assert!((-5..=2000).contains(&number));
            let required = checks.required("text", text, 500);
            assert!(!checks.clean_of("text") || (!required.is_empty() && required.chars().count() <= 500));
            for day in
                [checks.date("date", text), parse_date(text), PartialDate::parse(text).map(PartialDate::first_day)]
                    .into_iter()
                    .flatten()
            {
                assert!((1900..2200).contains(&day.year()), "{day}");
                assert_eq!(parse_date(&day.to_string()), Some(day));
            }
            if let Some(time) = parse_time(text) {
                assert_eq!(parse_time(&time.format("%H:%M").to_string()), Some(time));
            }
            if let Some(profession) = checks.choice::<Profession>("choice", text) {
                assert_eq!(profession.code(), text.trim());
            }
            if let Some(list) = parse_translations(text) {
                assert!(!list.is_empty() && list.iter().all(|it| it.published || !it.note.is_empty()), "{list:?}");
            }
            let list = join_list(split_list(text));
            assert_eq!(join_list(split_list(&list)), list);
        });
}

#[test]
fn passwords() {
    const PASSWORDS: &[&str] =
        &["correct horse battery staple", "P@ssw0rd2026!", "anahoxha1990", "aaaaaaaaaaaa", "qwertyuiop1"];
    const WORDS: &[&str] = &["password", "qwerty", "Ana", "hoxha", "2026", "!", "0", "é", "magistra", "abc"];
    Target::new("passwords", PASSWORDS, WORDS).cases(150).largest(400).check_text(|text| {
        let mut checks = Checks::default();
        new_password(&mut checks, text, text, 12, 200);
        let length = text.chars().count();
        assert_eq!(checks.clean(), (12..=200).contains(&length), "nothing is trimmed");
        if checks.clean() {
            let fault = weak::fault(text, &["Ana", "Hoxha", "ana.hoxha@court.example"]);
            assert!(matches!(fault, None | Some(FaultKind::CommonPassword | FaultKind::OwnPassword)), "{fault:?}");
        }
    });
}

#[test]
fn uploads() {
    let mut seeds: Vec<Vec<u8>> = vec![
        b"%PDF-1.7\n".to_vec(),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
        b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(),
        b"RIFF\x24\0\0\0WEBPVP8 ".to_vec(),
        b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec(),
        b"OggS\0\x02\0\0\0\0".to_vec(),
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm".to_vec(),
        b"C:\\Users\\x\\Slides (2).final.pptx".to_vec(),
    ];
    // A directory of two names and its end, as zip files have them.
    let entry = |name: &str| {
        let mut entry = b"PK\x01\x02".to_vec();
        entry.resize(46, 0);
        entry[28] = u8::try_from(name.len()).expect("a short name");
        [entry, name.as_bytes().to_vec()].concat()
    };
    let mut end = b"PK\x05\x06".to_vec();
    end.resize(22, 0);
    seeds.push([entry("[Content_Types].xml"), entry("word/document.xml"), end].concat());
    const KINDS: &[Kind] = &[
        Kind::Pdf,
        Kind::Pptx,
        Kind::Docx,
        Kind::Xlsx,
        Kind::Png,
        Kind::Jpeg,
        Kind::Gif,
        Kind::Webp,
        Kind::Mp3,
        Kind::Ogg,
        Kind::M4a,
        Kind::Wav,
        Kind::Mp4,
        Kind::Webm,
    ];
    Target::new(
        "uploads",
        &seeds,
        &["PK\u{1}\u{2}", "PK\u{5}\u{6}", "ftyp", ".pdf", "/", "\\", "..", "vbaProject.bin"],
    )
    .cases(200)
    .check(|bytes| {
        for kind in KINDS {
            let _ = kind.matches(bytes);
        }
        if let Some((at, length)) = kinds::zip_directory(bytes) {
            assert!(at <= u64::from(u32::MAX) && length <= u64::from(u32::MAX));
        }
        let begins = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap_or(0);
        let names = kinds::zip_names(&bytes[begins..]);
        assert!(names.len() <= bytes.len() / 46, "a name takes its entry");
        for kind in KINDS.iter().filter(|kind| kind.is_zip()) {
            let _ = kinds::is_document(&names, *kind);
        }
        let name = kinds::clean_name(&String::from_utf8_lossy(bytes));
        assert!(name.chars().count() <= NAME_MAX && !name.starts_with('.') && !hides(&name), "{name:?}");
        assert!(!name.contains(['/', '\\', '\r', '\n', '"', '\0']) && !name.contains(char::is_control), "{name:?}");
        let header = super::files::disposition(&name, "application/pdf");
        assert!(axum::http::HeaderValue::from_str(&header).is_ok(), "{header:?}");
        assert!(!header.contains(['\r', '\n']) && header.is_ascii());
    });
}
