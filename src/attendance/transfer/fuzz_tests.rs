//! Files with marks, nearly right: see `testing::fuzz`.

use super::{
    cells::{self, Letters, Usage},
    dates::when,
    export, files, logs,
    model::{
        CELL_MAX, CELLS_MAX, COLUMNS_MAX, DayOrder, ROWS_MAX, TEXT_MAX, Tool, Unreadable, clean, code, guarded,
        unguarded,
    },
    people::Person,
    plan::{self, Body, Choices, Known, KnownSlot},
    reading, sheet,
};
use crate::{
    attendance::model::{Hours, Mark, MarkState, NOTE_MAX},
    i18n::Locale,
    testing::fuzz::Target,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::{
    collections::{HashMap, HashSet},
    io::{Cursor, Read, Write},
    time::Duration,
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Of a half-day.
const LENGTH: i64 = 210;

const SHEETS: &[&str] = &[
    "Name;2026-11-24 09:00;24.11.2026 pm\r\nHoxha Ana;P;L 15\r\n\"Smith; John\";\"X: a \"\"hearing\"\"\";A\r\n",
    "sep=|\nFamily name|Given name|Tue 24/11/26 9h|24 nov. après-midi\nHoxha|Ana|présente|3h30\nSmith|John|✗|absent (ill)\n",
    "\u{feff}Place,Family name,Given name,Workplace,2026-11-24 09:00\n,,,,00000000-0000-0000-0000-0000000f4240\n\
     00000000-0000-0000-0000-000000000000,Hoxha,Ana,Court,'=E 30: train\n",
];

const LOGS: &[&str] = &[
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room\r\n\
     Ana Hoxha,ana@court.example,11/24/2026 08:50:00 AM,11/24/2026 12:40:00 PM,230,Yes,,No\r\n\
     John (guest),,24.11.2026 09:20,2026-11-24T10:00:00-05:30,40,Yes,,Yes\r\n",
    "3. In-Meeting Activities\r\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\r\n\
     Ana Hoxha\t11/24/26, 8:50:02 AM\t11/24/26, 10:00:00 AM\t1h 9m\tana@court.example\tPresenter\r\n\
     Ana Hoxha\t11/24/26, 10:40:00 AM\t\t1h 51m\tana@court.example\tPresenter\r\n",
    "Full Name\tUser Action\tTimestamp\r\nAna Hoxha\tJoined before\t11/24/2026, 9:00:00 AM\r\n\
     Ana Hoxha\tLeft\t11/24/2026, 10:00:00 AM\r\n",
    "Meeting Name\tName\tAttendee Email\tJoin Time\tLeave Time\tAttendance Duration\r\n\
     Course\tAna Hoxha\tana@court.example\t=\"2026-11-24 08:58:10\"\t=\"2026-11-24 12:40:00\"\t222 mins\r\n",
];

/// What both a table and a time are made of.
const TOKENS: &[&str] = &[
    ";",
    ",",
    "\t",
    "|",
    "\"",
    "\"\"",
    "=\"",
    "\r\n",
    "sep=;",
    "'=",
    "Name",
    "Join Time",
    "Leave Time",
    "First Join",
    "User Action",
    "Timestamp",
    "24.11.2026",
    "11/24/2026",
    "262142-12-31T23:59:59-99:99",
    "2026-11-24T09:00:00Z",
    "00000000-0000-0000-0000-0000000f4240",
    "09:00–12:30",
    "23:59:60",
    "12 AM",
    "9h",
    "pm",
    "après-midi",
    "L 15",
    "E 30",
    "X: ",
    "A",
    "P (",
    "✓",
    "1e3",
    "1h-30",
    "0h9223372036854775807",
    "99:99 h",
    "1,5 h",
    "15′",
    "\u{202f}",
];

/// So many characters on a line, as they are kept.
fn is_clean(text: &str) -> bool {
    text == clean(text)
}

fn hours() -> Hours {
    let starts_at: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().expect("a time");
    Hours { starts_at, ends_at: starts_at + TimeDelta::minutes(LENGTH) }
}

/// Two people on two half-days of one day.
fn known() -> Known {
    let slot = |at: u8| {
        let starts_at = hours().starts_at + TimeDelta::hours(i64::from(at) * 5);
        KnownSlot {
            id: uuid::Uuid::from_u128(1_000_000 + u128::from(at)).into(),
            starts: starts_at.naive_utc(),
            hours: Hours { starts_at, ends_at: starts_at + TimeDelta::minutes(LENGTH) },
            closed: false,
        }
    };
    let person = |at: u8, family: &str, given: &str| Person {
        id: uuid::Uuid::from_u128(u128::from(at)).into(),
        family: family.into(),
        given: given.into(),
        workplace: "Court".into(),
        emails: vec![format!("{}@court.example", given.to_lowercase())],
    };
    Known {
        people: vec![person(0, "Hoxha", "Ana"), person(1, "Smith", "John")],
        slots: vec![slot(0), slot(1)],
        marks: HashMap::new(),
        today: NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day"),
        zone: "Europe/Tirane".into(),
    }
}

/// A table within every bound that is told.
fn is_within(table: &files::Table) {
    assert!(!table.is_empty() && table.len() <= ROWS_MAX, "{} rows", table.len());
    let (mut cells, mut text) = (0, 0);
    for row in table {
        assert!(row.len() <= COLUMNS_MAX, "{} columns", row.len());
        cells += row.len();
        for cell in row {
            assert!(cell.len() <= CELL_MAX, "{} bytes in a cell", cell.len());
            // What guards a cell is taken from it once it is clean, and may leave a blank in front.
            assert!(is_clean(cell.trim()), "{cell:?}");
            text += cell.len();
        }
    }
    assert!(cells <= CELLS_MAX && text <= TEXT_MAX, "{cells} cells of {text} bytes");
}

/// What a table would do, and that it can be marked.
fn is_planned(table: files::Table, choices: &Choices) {
    let body = match logs::log(&table) {
        Some(Ok(log)) => Body::Log(log),
        Some(Err(_)) => return,
        None if sheet::has_days(&table) => Body::Sheet(table),
        None => return,
    };
    let known = known();
    let planned = plan::plan(&body, choices, &known);
    let mut seen = HashSet::new();
    for change in &planned.changes {
        assert!(seen.insert((change.slot, change.person)), "one mark a person and half-day");
        let Mark { state, minutes, ref note } = change.to;
        assert!((0..=LENGTH).contains(&minutes), "{minutes} minutes");
        assert!(minutes == 0 || !matches!(state, MarkState::Absent | MarkState::Excused), "{state:?} {minutes}");
        assert!(note.chars().count() <= NOTE_MAX);
    }
    assert_eq!(planned.seen(&known), plan::plan(&body, choices, &known).seen(&known), "seen twice is seen alike");
    // As a draft is kept.
    let kept = serde_json::to_string(&body).expect("a draft");
    assert_eq!(serde_json::from_str::<Body>(&kept).expect("a draft"), body);
}

#[test]
fn transfer_text() {
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect::<Vec<u8>>();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let mut seeds: Vec<Vec<u8>> = SHEETS.iter().chain(LOGS).map(|text| text.as_bytes().to_vec()).collect();
    seeds.extend([latin(SHEETS[1]), utf16(SHEETS[0]), utf16(LOGS[1])]);
    let words = HashSet::from(["hoxha".to_owned(), "ana".to_owned()]);
    Target::new("transfer_text", &seeds, TOKENS).cases(60).largest(4096).check(|bytes| {
        if let Ok(table) = files::table(bytes, &words) {
            is_within(&table);
            is_planned(table, &Choices::usual(Tool::Sheet));
        }
    });
}

#[test]
fn transfer_logs() {
    let mut choices = Choices::usual(Tool::Other);
    (choices.order, choices.absent) = (Some(DayOrder::MonthFirst), true);
    let mut other = choices.clone();
    (other.order, other.zone) = (Some(DayOrder::DayFirst), "Pacific/Kiritimati".into());
    Target::new("transfer_logs", LOGS, TOKENS).cases(60).largest(4096).check(|bytes| {
        if let Ok(table) = files::table(bytes, &HashSet::new()) {
            is_planned(table.clone(), &choices);
            is_planned(table, &other);
        }
    });
}

#[test]
fn transfer_cells() {
    const CELLS: &[&str] = &[
        "P",
        "L 15",
        "E 30: train",
        "X: hearing",
        "Late (15 min)",
        "en retard de 20′",
        "2:30 h",
        "3h30",
        "1,5 h",
        "✓",
    ];
    Target::new("transfer_cells", CELLS, TOKENS).cases(300).largest(400).check_text(|text| {
        let mut usage = Usage::default();
        usage.see(text);
        for letters in [Letters::OWN, usage.likely()] {
            let Ok(mark) = cells::read(text, letters, hours()) else { continue };
            assert!((0..=LENGTH).contains(&mark.minutes), "{mark:?}");
            assert!(mark.note.chars().count() <= NOTE_MAX);
            // What is written of it is read again as the same.
            let written = code(&mark, LENGTH);
            let again = cells::read(&written, Letters::OWN, hours()).expect("our own code");
            assert_eq!((again.minutes, code(&again, LENGTH)), (mark.minutes, written));
        }
        assert_eq!(unguarded(&guarded(text)), text, "guarding is undone");
        assert_eq!(clean(&clean(text)), clean(text), "cleaning is done once");
    });
}

#[test]
fn transfer_dates() {
    const TIMES: &[&str] = &[
        "2026-11-24 09:00",
        "Tue 24.11.2026 09:00",
        "11/24/26, 1:05:09\u{202f}PM",
        "mardi 24 novembre 2026 9h00",
        "24.11. (09:00–12:30)",
        "24 nov. après-midi",
        "2026-11-24T08:00:00-05:30",
        "12:10 a.m.",
    ];
    Target::new("transfer_dates", TIMES, TOKENS).cases(300).largest(400).check_text(|text| {
        let found = when(text);
        for order in [DayOrder::DayFirst, DayOrder::MonthFirst] {
            if let Some(date) = found.day.and_then(|day| day.date(order)) {
                assert!(found.day.is_some_and(|day| day.means(order, date)), "{found:?}");
                let near = NaiveDate::from_ymd_opt(1900, 1, 1).zip(NaiveDate::from_ymd_opt(2199, 12, 31));
                assert!(near.is_some_and(|(from, to)| (from..=to).contains(&date)), "{date} can be reckoned with");
            }
        }
        assert!(found.offset.is_none_or(|minutes| minutes.abs() <= 99 * 60 + 99), "{found:?}");
        assert_eq!(when(&clean(text)), found, "as it is kept");
    });
}

/// The parts of an archive as one text: a part begins with its name on a line of its own.
const PART: char = '\u{1e}';

fn unpacked(archive: &[u8]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let mut all = String::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).expect("a part");
        let name = part.name().expect("a name").to_string();
        // The reader of tables passes over all other parts.
        if !name.starts_with("xl/") || name.starts_with("xl/theme/") {
            continue;
        }
        let mut text = String::new();
        part.read_to_string(&mut text).expect("text");
        all.extend([name.as_str(), "\n", text.as_str(), "\u{1e}"]);
    }
    all.into_bytes()
}

/// An archive that is whole, whatever stands in it.
fn packed(parts: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut names = HashSet::new();
    for (name, text) in parts.split(PART).filter_map(|part| part.split_once('\n')) {
        // A name that stands twice, or leads out, is left out: the archive itself is damaged elsewhere.
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-[]".contains(&byte));
        if plain && name.ends_with(|c: char| c.is_ascii_alphanumeric()) && names.insert(name) {
            zip.start_file(name, SimpleFileOptions::default()).expect("a part");
            zip.write_all(text.as_bytes()).expect("its text");
        }
    }
    zip.finish().expect("an archive").into_inner()
}

const XML: &[&str] = &[
    "<c r=\"",
    "XFD1048576",
    "A0",
    "<v>",
    "</v>",
    "<row r=\"",
    "t=\"s\"",
    "t=\"inlineStr\"",
    "t=\"e\"",
    "t=\"d\"",
    "<is><t>",
    "s=\"1\"",
    "<si>",
    "<f>",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "<dimension ref=\"A1:XFD1048576\"/>",
    "<sheet name=\"",
    "numFmtId=\"14\"",
    "<!--",
    "<![CDATA[",
    "&lt;",
    "&#x0;",
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "\u{1e}",
    "/>",
    "xmlns:r=\"",
];

/// A register with a time, a number and texts that it shares.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let at =
        rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 11, 24).and_then(|day| day.and_hms(9, 0, 0)).expect("a time");
    let day = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy hh:mm");
    sheet.write_string(0, 0, "Name").expect("a cell");
    sheet.write_datetime_with_format(0, 1, &at, &day).expect("a cell");
    sheet.write_string(1, 0, "Hoxha Ana").expect("a cell");
    sheet.write_string(1, 1, "P").expect("a cell");
    sheet.write_number(2, 1, 180.5).expect("a cell");
    book.save_to_buffer().expect("a workbook")
}

fn is_read(bytes: &[u8]) {
    match files::table(bytes, &HashSet::new()) {
        Ok(table) => {
            is_within(&table);
            is_planned(table, &Choices::usual(Tool::Sheet));
        }
        Err(why) => assert!(!matches!(why, Unreadable::Busy | Unreadable::TooSlow | Unreadable::Memory), "{why:?}"),
    }
}

#[test]
fn transfer_workbooks() {
    let seeds = [unpacked(&workbook())];
    Target::new("transfer_workbooks", &seeds, XML)
        .cases(25)
        .largest(32 * 1024)
        .within(Duration::from_secs(5))
        .check_text(|parts| is_read(&packed(parts)));
}

#[test]
fn transfer_archives() {
    let seeds = [workbook(), packed("mimetype\napplication/vnd.oasis.opendocument.spreadsheet\u{1e}content.xml\n<a/>")];
    Target::new("transfer_archives", &seeds, &["PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}", "PK\u{6}\u{6}"])
        .cases(40)
        .within(Duration::from_secs(5))
        .check(is_read);
}

/// What the process of its own gets, and its answer, which is read in turn.
#[test]
fn transfer_task() {
    let given = |texts: &[&str]| {
        let files: Vec<(String, Vec<u8>)> =
            texts.iter().map(|text| ("a.csv".into(), text.as_bytes().to_vec())).collect();
        postcard::to_allocvec(&(files, HashSet::from(["hoxha".to_owned()]))).expect("packed")
    };
    let seeds = [given(&SHEETS[..1]), given(&LOGS[..2]), given(&[SHEETS[0], LOGS[0]])];
    Target::new("transfer_task", &seeds, TOKENS).cases(60).check(|bytes| {
        let answer = (reading::READ.work)(bytes);
        let body: Result<Body, Unreadable> = serde_json::from_slice(&answer).expect("an answer");
        if let Ok(Body::Sheet(table)) = body {
            is_within(&table);
        }
    });
}

/// Names and remarks go out and come back, whatever they are.
#[test]
fn transfer_register() {
    const NAMES: &[&str] = &["Hoxha\nAna\nCourt\ntrain", "=1+1\n-Ana\n\"Court\", of\nL 15: (a)", "Ђорђе\n'@\nX;Y\n+"];
    Target::new("transfer_register", NAMES, TOKENS).cases(40).largest(1000).check_text(|text| {
        let mut lines = text.split('\n').map(|line| line.chars().take(60).collect::<String>());
        let mut line = || lines.next().unwrap_or_default();
        let mut known = known();
        (known.people[0].family, known.people[0].given, known.people[0].workplace) = (line(), line(), line());
        let (first, second) = (clean(&line()), clean(&line()));
        for (at, state, minutes, note) in [(0, MarkState::Late, 150, first), (1, MarkState::Excused, 0, second)] {
            known.marks.insert((known.slots[at].id, known.people[0].id), Mark { state, minutes, note });
        }
        let bytes = export::sheet(Locale::en, text, &known).csv().expect("a file");
        let table = files::table(&bytes, &HashSet::new()).expect("our own file");
        let planned = plan::plan(&Body::Sheet(table), &Choices::usual(Tool::Sheet), &known);
        assert_eq!((planned.changes.len(), planned.same), (0, 2), "{:?}", planned.found.problems);
    });
}
