//! Badges and signature sheets, page by page.

use super::{
    Badge, BadgeSheet, PdfError, SignatureName, SignatureSheet, SignatureSlot, SignatureWords, Stamp, badges,
    signatures,
};
use chrono::{TimeZone, Utc};

fn stamp() -> Stamp {
    Stamp {
        id: "0192f0c1-0000-7000-8000-000000000002".into(),
        at: Utc.with_ymd_and_hms(2026, 11, 24, 8, 0, 0).single().unwrap(),
    }
}

const FOOTNOTE: &str = "* All reference to Kosovo shall be understood in full compliance with UNSCR 1244.";

fn badge_sheet(names: &[&str]) -> BadgeSheet {
    BadgeSheet {
        stamp: stamp(),
        lang: "en".into(),
        rtl: false,
        title: "Badges".into(),
        delivery: "Introductory course on cybercrime and electronic evidence, Tirana".into(),
        dates: "24–26 November 2026, Tirana".into(),
        institution: "School of Magistrates of Albania".into(),
        qr_alt: "QR code that a check-in reads".into(),
        footnote: FOOTNOTE.into(),
        badges: names
            .iter()
            .map(|name| Badge {
                name: (*name).into(),
                workplace: "District court, Tirana".into(),
                code: "0123456789ABCDEFGHJKMNPQRST".into(),
                short: "K7QM4-RTX9D".into(),
            })
            .collect(),
    }
}

fn signature_sheet(names: usize, slots: usize) -> SignatureSheet {
    SignatureSheet {
        stamp: stamp(),
        lang: "fr".into(),
        rtl: false,
        words: SignatureWords {
            title: "Feuille d’émargement".into(),
            number: "N°".into(),
            name: "Nom".into(),
            workplace: "Lieu de travail".into(),
            signature_in: "Signature à l’arrivée".into(),
            signature_out: "Signature au départ".into(),
            trainers: "Formateurs".into(),
            trainer_signs: "Signature du formateur".into(),
            page: "Page".into(),
            of: "sur".into(),
            qr_alt: "Code QR qui mène au registre".into(),
        },
        title_english: "Signature sheet".into(),
        delivery: "Cours d’introduction #1 $x$ *étoile*".into(),
        institution: "École de la magistrature".into(),
        trainers: "A. Hoxha, B. Krasniqi".into(),
        footnote: FOOTNOTE.into(),
        slots: (0..slots)
            .map(|n| SignatureSlot {
                day: format!("Mardi matin, {} novembre 2026", 24 + n),
                hours: "09:00–12:30".into(),
                place: "Salle 204, Tirana".into(),
                url: format!("https://training.example.org/deliveries/{n}/register/{n}/paper"),
            })
            .collect(),
        names: (0..names)
            .map(|n| SignatureName { name: format!("Participant, Numéro {n}"), workplace: "Tribunal".into() })
            .collect(),
        blank: 5,
    }
}

fn keep(name: &str, bytes: &[u8]) {
    if let Ok(folder) = std::env::var("MAGISTRA_PDF_OUT") {
        std::fs::write(format!("{folder}/{name}.pdf"), bytes).unwrap();
    }
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

const NAMES: [&str; 9] = [
    "Arta Hoxha",
    "Ђорђе Ћирић",
    "محمد بن علي",
    "ნინო ბერიძე",
    "P-17",
    "#set page(fill: red)",
    "Maria da Conceição de Albuquerque e Vasconcelos de Sousa Pinto Coelho",
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren",
    "สมชาย ใจดี",
];

#[test]
fn eight_badges_on_a_page_tagged_in_any_script() {
    let set = super::badges::set(&badge_sheet(&NAMES)).unwrap();
    keep("badges", &set.bytes);
    assert!(holds(&set.bytes, "/StructTreeRoot") && holds(&set.bytes, "/Lang"));
    assert_eq!((set.pages, set.accessible, set.warnings), (2, true, vec![]));
    let eight = super::badges::set(&badge_sheet(&NAMES[..8])).unwrap();
    assert_eq!(eight.pages, 1);
    assert_eq!(badges(&badge_sheet(&NAMES)).unwrap(), badges(&badge_sheet(&NAMES)).unwrap(), "the same bytes");
}

#[test]
fn a_bare_badge_is_still_one() {
    let mut bare = badge_sheet(&["Ana"]);
    for field in [&mut bare.dates, &mut bare.institution, &mut bare.footnote] {
        field.clear();
    }
    bare.badges[0].workplace.clear();
    assert!(badges(&bare).is_ok());
    bare.badges[0].name = "Ana 漢字".into();
    assert!(matches!(badges(&bare), Err(PdfError::Unprintable(c)) if c == "漢字"));
}

#[test]
fn sheets_to_sign_begin_anew_with_each_half_day() {
    let set = super::signatures::set(&signature_sheet(40, 3)).unwrap();
    keep("signatures", &set.bytes);
    assert!(holds(&set.bytes, "/StructTreeRoot"));
    assert_eq!((set.accessible, set.warnings), (true, vec![]));
    assert_eq!(set.pages % 3, 0, "as many pages for each half-day");
    assert!(set.pages > 3, "forty names do not stand on one page");
    let short = super::signatures::set(&signature_sheet(6, 1)).unwrap();
    keep("signatures-short", &short.bytes);
    assert_eq!(short.pages, 1);
    assert!(signatures(&signature_sheet(0, 1)).is_ok());
}
