//! Names on papers, in every script and nearly right: see `testing::fuzz`.

use super::{
    Badge, BadgeSheet, CertificateSheet, CertificateWords, PdfError, SignatureName, SignatureSheet, SignatureSlot,
    SignatureWords, Stamp, badges, certificate, signatures,
};
use crate::testing::fuzz::Target;
use chrono::DateTime;
use std::time::Duration;

fn stamp() -> Stamp {
    Stamp { id: "0192f0c1-0000-7000-8000-000000000001".into(), at: DateTime::UNIX_EPOCH }
}

/// A certificate with given texts where people's and houses' own stand.
fn attested(texts: &[String; 4]) -> Result<Vec<u8>, PdfError> {
    let [one, two, three, four] = texts.clone();
    certificate(&CertificateSheet {
        stamp: stamp(),
        lang: one.chars().take(8).collect(),
        rtl: four.len() % 2 == 1,
        words: CertificateWords {
            title: "Certificate".into(),
            certifies_that: "This certifies that".into(),
            has_completed: "has completed".into(),
            place: "Place".into(),
            dates: "Dates".into(),
            hours: "Duration".into(),
            language: "Language".into(),
            issued_on: "Issued on".into(),
            code: "Code".into(),
            verify: "Check it at".into(),
            qr_alt: "QR code".into(),
        },
        holder: one,
        course: two,
        institution: three,
        certifies: String::new(),
        place: four,
        dates: "24–26 November 2026".into(),
        hours: "18 hours".into(),
        language: "Albanian".into(),
        issued_on: "26 November 2026".into(),
        code: "K7QM-4RTX-9D2W".into(),
        verify_url: "https://training.example.org/verify/K7QM-4RTX-9D2W".into(),
        footnote: String::new(),
    })
}

fn worn(texts: &[String; 4]) -> Result<Vec<u8>, PdfError> {
    let [one, two, three, four] = texts.clone();
    badges(&BadgeSheet {
        stamp: stamp(),
        lang: "en".into(),
        rtl: false,
        title: "Badges".into(),
        delivery: two,
        dates: "24–26 November 2026".into(),
        institution: three,
        qr_alt: "QR code".into(),
        footnote: String::new(),
        badges: vec![Badge { name: one, workplace: four, code: "ABC".into(), short: "AB-C".into() }],
    })
}

fn signed(texts: &[String; 4]) -> Result<Vec<u8>, PdfError> {
    let [one, two, three, four] = texts.clone();
    signatures(&SignatureSheet {
        stamp: stamp(),
        lang: "en".into(),
        rtl: false,
        words: SignatureWords {
            title: "Signature sheet".into(),
            number: "No.".into(),
            name: "Name".into(),
            workplace: "Workplace".into(),
            signature_in: "On arrival".into(),
            signature_out: "On leaving".into(),
            trainers: "Trainers".into(),
            trainer_signs: "Signature".into(),
            page: "Page".into(),
            of: "of".into(),
            qr_alt: "QR code".into(),
        },
        title_english: "Signature sheet".into(),
        delivery: two,
        institution: three,
        trainers: one.clone(),
        footnote: String::new(),
        slots: vec![SignatureSlot {
            day: "24 November 2026, morning".into(),
            hours: "09:00–12:30".into(),
            place: four,
            url: "https://training.example.org/x".into(),
        }],
        names: vec![SignatureName { name: one, workplace: String::new() }],
        blank: 2,
    })
}

/// Whatever people are called, a paper is set or says why not; it never runs as markup and never breaks the template.
#[test]
fn papers() {
    const NAMES: &[&str] = &["Ђорђе Ћирић\nКурс\nمحمد بن علي\nசுனில்", "#let x = $1$\n\\u{0}\n*bold* _it_\n//"];
    const MARKS: &[&str] =
        &["#", "$", "\\", "*", "_", "`", "@", "<", "~", "#{", "]", "\u{202e}", "\u{ad}", "漢", "🙂", "\n"];
    let papers = [attested, worn, signed];
    Target::new("papers", NAMES, MARKS).cases(3).largest(800).within(Duration::from_secs(60)).check_text(|text| {
        let mut lines = text.split('\n');
        let texts: [String; 4] = std::array::from_fn(|_| lines.next().unwrap_or_default().to_owned());
        // One paper an input: to set one takes its time.
        match papers[text.len() % papers.len()](&texts) {
            Ok(bytes) => assert!(bytes.starts_with(b"%PDF-"), "a paper"),
            Err(PdfError::Unprintable(missing)) => assert!(!missing.is_empty()),
            Err(PdfError::TooLong | PdfError::Qr) => {}
            Err(error) => panic!("{error}"),
        }
    });
}
