//! Badges and sheets to sign: their words, in the language of the delivery.

use super::register::half_day;
use crate::{
    attendance::{
        badges::{model::Short, store::BadgeRow},
        store::SlotRow,
    },
    deliveries::model::DeliveryHead,
    i18n::{self, Locale},
    institutions::model::KOSOVO,
    platform::{
        pdf::{Badge, BadgeSheet, SignatureName, SignatureSheet, SignatureSlot, SignatureWords, Stamp},
        zones,
    },
    tr,
    ui::format,
};
use chrono::{DateTime, Utc};

/// Empty rows on a sheet, for who is not on the list.
const BLANK: usize = 5;

fn language(head: &DeliveryHead) -> Locale {
    i18n::locale_of(&head.language).unwrap_or_default()
}

fn footnote(head: &DeliveryHead) -> String {
    let named = [&head.title, &head.place].iter().any(|text| text.contains("Kosovo"))
        || head.host_name.as_deref().is_some_and(|name| name.contains("Kosovo"));
    if named || head.area_code.as_deref() == Some(KOSOVO) { tr!(app.kosovo_footnote) } else { String::new() }
}

/// The badges of those who have one, made by `at`.
pub fn badges(head: &DeliveryHead, rows: &[BadgeRow], at: DateTime<Utc>) -> BadgeSheet {
    let locale = language(head);
    i18n::speaking(locale, || {
        let dates =
            if head.starts_on.is_some() { format::date_range(head.starts_on, head.ends_on) } else { String::new() };
        BadgeSheet {
            stamp: Stamp { id: format!("badges {}", head.id), at },
            lang: i18n::code(locale).to_owned(),
            rtl: false,
            title: tr!(badges.title),
            delivery: head.title.clone(),
            dates: [dates, head.place.clone()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
            institution: head.host_name.clone().unwrap_or_default(),
            qr_alt: tr!(badges.qr_alt),
            footnote: footnote(head),
            badges: rows
                .iter()
                .filter_map(|row| {
                    Some(Badge {
                        name: row.shown(),
                        workplace: if row.anonymous() { String::new() } else { row.workplace.clone() },
                        code: row.token.clone()?,
                        short: Short::parse(row.short.as_deref()?)?.to_string(),
                    })
                })
                .collect(),
        }
    })
}

/// Sheets to sign for half-days, with the names in their order; `link` makes an address of a path.
pub fn signatures(
    head: &DeliveryHead,
    slots: &[SlotRow],
    names: &[BadgeRow],
    trainers: &[String],
    link: &dyn Fn(&str) -> String,
    at: DateTime<Utc>,
) -> SignatureSheet {
    let locale = language(head);
    let english = i18n::speaking(Locale::en, || tr!(sheets.title));
    i18n::speaking(locale, || SignatureSheet {
        stamp: Stamp { id: format!("sheets {}", head.id), at },
        lang: i18n::code(locale).to_owned(),
        rtl: false,
        title_english: if locale == Locale::en { String::new() } else { english.clone() },
        words: SignatureWords {
            title: tr!(sheets.title),
            number: tr!(sheets.number),
            name: tr!(sheets.name),
            workplace: tr!(sheets.workplace),
            signature_in: tr!(sheets.signature_in),
            signature_out: tr!(sheets.signature_out),
            trainers: tr!(sheets.trainers),
            trainer_signs: tr!(sheets.trainer_signs),
            page: tr!(sheets.page),
            of: tr!(sheets.of),
            qr_alt: tr!(sheets.qr_alt),
        },
        delivery: head.title.clone(),
        institution: head.host_name.clone().unwrap_or_default(),
        trainers: trainers.join(", "),
        footnote: footnote(head),
        slots: slots
            .iter()
            .map(|slot| {
                let starts = zones::local(slot.starts_at, &head.time_zone);
                let ends = zones::local(slot.ends_at, &head.time_zone);
                let place = [slot.room.as_str(), head.place.as_str()];
                SignatureSlot {
                    day: format!("{}, {}", half_day(starts), format::date(starts.date())),
                    hours: format!("{}–{}", format::time(starts.time()), format::time(ends.time())),
                    place: place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
                    url: link(&format!("/deliveries/{}/register/{}/paper", head.id, slot.id)),
                }
            })
            .collect(),
        names: names
            .iter()
            .map(|row| SignatureName {
                name: if row.anonymous() {
                    row.shown()
                } else {
                    crate::attendance::service::called(&row.family_name, &row.given_name)
                },
                workplace: if row.anonymous() { String::new() } else { row.workplace.clone() },
            })
            .collect(),
        blank: BLANK,
    })
}
