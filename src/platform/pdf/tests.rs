//! The certificate, page by page.

use chrono::{TimeZone, Utc};

use super::{CertificateSheet, CertificateWords, PdfError, Stamp, certificate, certificate::set};

/// A certificate in English, for a name.
fn sheet(holder: &str) -> CertificateSheet {
    CertificateSheet {
        stamp: Stamp {
            id: "0192f0c1-0000-7000-8000-000000000001".into(),
            at: Utc.with_ymd_and_hms(2026, 11, 26, 16, 30, 0).single().unwrap(),
        },
        lang: "en".into(),
        rtl: false,
        words: CertificateWords {
            title: "Certificate of achievement".into(),
            certifies_that: "This certifies that".into(),
            has_completed: "has completed the course".into(),
            place: "Place".into(),
            dates: "Dates".into(),
            hours: "Duration".into(),
            language: "Language".into(),
            issued_on: "Issued on".into(),
            code: "Certificate code".into(),
            verify: "Anyone can check this certificate at".into(),
            qr_alt: "QR code with the address that checks this certificate".into(),
        },
        holder: holder.into(),
        course: "Cybercrime and electronic evidence for judges and prosecutors".into(),
        institution: "School of Magistrates of Albania".into(),
        certifies: "Attended 17 of 18 hours and passed the final test.".into(),
        place: "Tirana".into(),
        dates: "24–26 November 2026".into(),
        hours: "18 hours".into(),
        language: "Albanian".into(),
        issued_on: "26 November 2026".into(),
        code: "K7QM-4RTX-9D2W".into(),
        verify_url: "https://training.example.org/verify/K7QM-4RTX-9D2W".into(),
        footnote: "* This designation is without prejudice to positions on status, and is in line with UNSCR 1244 \
                   and the ICJ Opinion on the Kosovo Declaration of Independence."
            .into(),
    }
}

/// One in Arabic.
fn arabic() -> CertificateSheet {
    let mut sheet = sheet("محمد بن علي");
    sheet.lang = "ar".into();
    sheet.rtl = true;
    sheet.words = CertificateWords {
        title: "شهادة حضور".into(),
        certifies_that: "تشهد المؤسسة بأن".into(),
        has_completed: "قد أتم الدورة التدريبية".into(),
        place: "المكان".into(),
        dates: "التواريخ".into(),
        hours: "المدة".into(),
        language: "اللغة".into(),
        issued_on: "تاريخ الإصدار".into(),
        code: "رمز الشهادة".into(),
        verify: "يمكن للجميع التحقق من هذه الشهادة على العنوان".into(),
        qr_alt: "رمز الاستجابة السريعة لعنوان التحقق".into(),
    };
    sheet.course = "الجرائم الإلكترونية والأدلة الإلكترونية للقضاة والمدعين العامين".into();
    sheet.institution = "المعهد الأعلى للقضاء".into();
    sheet.certifies = "حضر 17 ساعة من 18 واجتاز الاختبار النهائي.".into();
    sheet.place = "تونس".into();
    sheet.dates = "24–26 نوفمبر 2026".into();
    sheet.hours = "18 ساعة".into();
    sheet.language = "العربية".into();
    sheet.issued_on = "26 نوفمبر 2026".into();
    sheet.footnote = String::new();
    sheet
}

/// Names in every script of the areas.
const NAMES: [&str; 14] = [
    "Ђорђе Ћирић",
    "Đorđe Ćirić",
    "Şükrü Öğüt",
    "Γεώργιος Παπαδόπουλος",
    "محمد بن علي",
    "Ան\u{ad}ահիտ Հովհաննիսյան",
    "ნინო ბერიძე",
    "සුනිල් ශ්‍රී ජයවර්ධන",
    "தமிழ்ச்செல்வன்",
    "ສົມສັກ ພົມມະຈັນ",
    "สมชาย ใจดี",
    "Nguyễn Thị Ánh Tuyết",
    "Ələkbər Hüseynov",
    "ⵎⵓⵃⵎⵎⴷ",
];

/// Writes the file where a person can look at it, when MAGISTRA_PDF_OUT names a folder.
fn keep(name: &str, bytes: &[u8]) {
    if let Ok(folder) = std::env::var("MAGISTRA_PDF_OUT") {
        std::fs::write(format!("{folder}/{name}.pdf"), bytes).unwrap();
    }
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[test]
fn is_a_tagged_pdf_of_one_page() {
    let set = set(&sheet("Arta Hoxha")).unwrap();
    keep("plain", &set.bytes);
    assert!(set.bytes.starts_with(b"%PDF-"));
    assert!(holds(&set.bytes, "/MarkInfo") && holds(&set.bytes, "/StructTreeRoot") && holds(&set.bytes, "/Lang"));
    assert_eq!((set.pages, set.accessible, set.warnings), (1, true, vec![]));
}

#[test]
fn markup_in_any_text_is_printed_as_it_is() {
    let odd = r##"#panic("x") *b* _i_ [c] \ <l> $1^2$ `r` @a // "q" 'q' = ~ #let {}"##;
    let mut sheet = sheet(odd);
    sheet.course = odd.into();
    sheet.institution = odd.into();
    sheet.certifies = odd.into();
    sheet.footnote = odd.into();
    sheet.words.title = odd.into();
    sheet.code = odd.into();
    let set = set(&sheet).unwrap();
    keep("markup", &set.bytes);
    assert_eq!((set.pages, set.accessible, set.warnings), (1, true, vec![]));
}

#[test]
fn same_data_same_bytes() {
    let one = certificate(&sheet("Arta Hoxha")).unwrap();
    certificate(&arabic()).unwrap();
    assert!(one == certificate(&sheet("Arta Hoxha")).unwrap());
    let mut other = sheet("Arta Hoxha");
    other.stamp.id.push('x');
    assert!(one != certificate(&other).unwrap());
}

#[test]
fn every_script_has_its_letters() {
    for (n, name) in NAMES.into_iter().enumerate() {
        let set = set(&sheet(name)).unwrap();
        keep(&format!("script-{n:02}"), &set.bytes);
        // .notdef would cost the file its PDF/UA-1.
        assert_eq!((name, set.pages, set.accessible, set.warnings), (name, 1, true, vec![]));
    }
}

#[test]
fn right_to_left_is_set_so() {
    let set = set(&arabic()).unwrap();
    keep("arabic", &set.bytes);
    assert!(holds(&set.bytes, "/R2L"));
    assert_eq!((set.pages, set.accessible, set.warnings), (1, true, vec![]));
}

#[test]
fn long_texts_stay_on_one_page() {
    let mut long = sheet(&"Maria da Conceição de Albuquerque ".repeat(4)[..120]);
    long.course = "Advanced judicial training on cybercrime, electronic evidence and online crime proceeds ".repeat(2);
    long.institution = "High Judicial and Prosecutorial Council, Centre for the Education of Judges and ".repeat(2);
    let set_long = set(&long).unwrap();
    keep("long", &set_long.bytes);
    assert_eq!((set_long.pages, set_long.warnings), (1, vec![]));

    let mut unbroken = sheet(&"Wolfeschlegelsteinhausenbergerdorff".repeat(4)[..120]);
    unbroken.course = "x".repeat(200);
    unbroken.place = "Bosnia and Herzegovina, Sarajevo, the Judicial Academy's own building, second floor".into();
    let set_unbroken = set(&unbroken).unwrap();
    keep("unbroken", &set_unbroken.bytes);
    assert_eq!((set_unbroken.pages, set_unbroken.warnings), (1, vec![]));

    assert!(matches!(certificate(&sheet(&"Ana Maria ".repeat(5000))), Err(PdfError::TooLong)));
}

#[test]
fn bare_data_still_makes_a_page() {
    let mut bare = sheet("Arta Hoxha");
    for field in [&mut bare.place, &mut bare.dates, &mut bare.hours, &mut bare.language, &mut bare.certifies] {
        field.clear();
    }
    bare.footnote.clear();
    bare.lang = "not a tag".into();
    let set_bare = set(&bare).unwrap();
    keep("bare", &set_bare.bytes);
    assert_eq!((set_bare.pages, set_bare.warnings), (1, vec![]));
    for field in [&mut bare.holder, &mut bare.course, &mut bare.institution, &mut bare.code, &mut bare.verify_url] {
        field.clear();
    }
    assert!(certificate(&bare).is_ok());
}

#[test]
fn what_cannot_be_printed_is_said() {
    assert!(matches!(certificate(&sheet("Ana 漢字")), Err(PdfError::Unprintable(c)) if c == "漢字"));
    let mut sheet = sheet("Ana\u{0}\n\u{202e}evil");
    sheet.verify_url = "x".repeat(4000);
    assert!(matches!(certificate(&sheet), Err(PdfError::Qr)));
}
