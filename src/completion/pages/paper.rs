//! The certificate on paper: its words, in the language of the certificate.

use crate::{
    completion::{model::CertificateKind, store::Certificate},
    deliveries::model::Mode,
    i18n::{self, Locale},
    institutions::model::{AreaName, KOSOVO, name_at},
    platform::{
        pdf::{CertificateSheet, CertificateWords, Stamp},
        zones,
    },
    tr,
    ui::{format, words},
};

/// What the paper says, in the certificate's language.
pub fn sheet(row: &Certificate, names: &[AreaName], verify_url: String) -> CertificateSheet {
    let locale = i18n::locale_of(&row.language).unwrap_or_default();
    i18n::speaking(locale, || in_words(row, names, verify_url, locale))
}

fn in_words(row: &Certificate, names: &[AreaName], verify_url: String, locale: Locale) -> CertificateSheet {
    let issued_on = zones::local(row.issued_at, &row.time_zone).date();
    let area = row
        .area_code
        .as_deref()
        .map(|code| name_at(names, code, i18n::code(locale), row.ends_on.or(row.starts_on).unwrap_or(issued_on)));
    let online = matches!(row.mode, Mode::LiveOnline | Mode::SelfPaced).then(|| tr!(completion.online));
    let town = Some(row.place.clone()).filter(|place| !place.is_empty()).or(online);
    CertificateSheet {
        stamp: Stamp { id: row.id.to_string(), at: row.issued_at },
        lang: i18n::code(locale).to_owned(),
        rtl: false,
        words: CertificateWords {
            title: match row.kind {
                CertificateKind::Attendance => tr!(completion.kind.attendance),
                CertificateKind::Achievement => tr!(completion.kind.achievement),
                CertificateKind::Trainer => tr!(completion.kind.trainer),
            },
            certifies_that: tr!(completion.paper.certifies_that),
            has_completed: tr!(completion.paper.has_completed),
            place: tr!(completion.paper.place),
            dates: tr!(completion.paper.dates),
            hours: tr!(completion.paper.hours),
            language: tr!(completion.paper.language),
            issued_on: tr!(completion.paper.issued_on),
            code: tr!(completion.paper.code),
            verify: tr!(completion.paper.verify),
            qr_alt: tr!(completion.paper.qr_alt),
        },
        holder: row.person_name.clone(),
        course: row.course_title.clone(),
        institution: row.institution_name.clone(),
        certifies: certifies(row),
        place: [town, area].into_iter().flatten().collect::<Vec<_>>().join(", "),
        dates: if row.starts_on.is_some() { format::date_range(row.starts_on, row.ends_on) } else { String::new() },
        hours: if row.minutes > 0 { format::minutes(row.minutes) } else { String::new() },
        language: words::language(&row.taught_in),
        issued_on: format::date(issued_on),
        code: row.code.clone(),
        verify_url,
        footnote: if row.area_code.as_deref() == Some(KOSOVO) { tr!(app.kosovo_footnote) } else { String::new() },
    }
}

/// The sentence on what the certificate stands for.
fn certifies(row: &Certificate) -> String {
    let programme = row.programme_minutes.unwrap_or(0);
    let items = row.items_done.unwrap_or(0);
    let (attended, programme_words) = (format::minutes(row.attended_minutes.unwrap_or(0)), format::minutes(programme));
    match (row.kind, programme > 0, items > 0) {
        (CertificateKind::Achievement, true, true) => {
            tr!(completion.paper.attended_and_done, attended = attended.as_str(), programme = programme_words.as_str())
        }
        (_, true, _) => {
            tr!(completion.paper.attended, attended = attended.as_str(), programme = programme_words.as_str())
        }
        (_, false, true) => tr!(completion.paper.done),
        _ => String::new(),
    }
}
