//! Letters about changes of a timetable: one to each who holds a place or trains, a few minutes after
//! the first change, saying what stands then.

use super::{
    letters::date,
    store::{self, Recipient},
};
use crate::{
    common::error::AppError,
    deliveries::{
        model::DeliveryHead,
        notices::{
            calendar,
            model::{Change, Stand, What, changes, told_in},
            store as notices,
        },
        store as deliveries,
    },
    i18n::{Locale, locale_of},
    institutions::model::KOSOVO,
    platform::{
        context::Ctx,
        jobs::About,
        mail::{self, Letter},
        zones,
    },
};
use chrono::{Datelike, NaiveDate};
use futures::future::BoxFuture;
use leptos_i18n::td_string;
use std::collections::{BTreeMap, HashMap};

/// Writes the letters about what changed; see [`crate::deliveries::notices`].
pub fn tell(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let about: About = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        write(&cx, &about).await
    })
}

/// What is told.
struct News {
    head: DeliveryHead,
    changes: Vec<Change>,
    /// Why half-days are called off.
    reasons: HashMap<crate::common::ids::SlotId, String>,
    /// The place that was known before, where there is another one.
    place_was: Option<String>,
}

async fn write(cx: &Ctx, about: &About) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    let Some(head) = deliveries::head(&mut tx, about.delivery).await? else { return Ok(()) };
    let kept = notices::kept(&mut tx, head.id).await?;
    let place_was = notices::kept_place(&mut tx, head.id).await?.filter(|was| *was != head.place);
    let mut reasons = HashMap::new();
    let mut now = HashMap::new();
    for (slot, stand, reason) in notices::stands(&mut tx, head.id).await? {
        now.insert(slot, stand);
        reasons.insert(slot, reason);
    }
    notices::forget(&mut tx, head.id).await?;
    let news = News { changes: changes(&kept, &now, cx.now()), reasons, place_was, head };
    // A delivery that was called off or is over meanwhile has letters of its own, or needs none.
    if told_in(news.head.state) && (!news.changes.is_empty() || news.place_was.is_some()) {
        let holders = store::recipients(&mut tx, news.head.id).await?.into_iter().filter(|it| it.state.holds_place());
        let mut people: BTreeMap<_, (String, String, Option<String>)> = holders
            .map(|Recipient { person_id, name, email, language, .. }| (person_id, (name, email, language)))
            .collect();
        for it in notices::trainers(&mut tx, news.head.id).await? {
            people.entry(it.person_id).or_insert((it.name, it.email, it.language));
        }
        let site = cx.app.settings.link("");
        let dates = (!news.changes.is_empty())
            .then(|| calendar::of_changes(&news.head, &news.changes, cx.now(), site.trim_end_matches('/')));
        for (name, email, language) in people.into_values() {
            let locale = language.as_deref().and_then(locale_of).unwrap_or_default();
            let letter = letter(cx, &news, locale, name, email);
            mail::send_with_dates(cx, &mut tx, &letter, dates.as_deref()).await?;
        }
    }
    Ok(tx.commit().await?)
}

fn letter(cx: &Ctx, news: &News, locale: Locale, name: String, email: String) -> Letter {
    let head = &news.head;
    let zone = head.time_zone.clone();
    let mut lines: Vec<String> = news.changes.iter().map(|change| line(news, locale, change)).collect();
    if let Some(was) = &news.place_was {
        let (place, was) = (or_dash(&head.place), or_dash(was));
        lines.push(td_string!(locale, notices.place, place = place, was = was).to_string());
    }
    let mut body = vec![
        td_string!(locale, enrolment.mail_greeting, name = name.clone()).to_string(),
        td_string!(locale, notices.changed, title = head.title.clone(), zone = zone).to_string(),
        lines.join("\n"),
    ];
    if !news.changes.is_empty() {
        body.push(td_string!(locale, notices.attached).to_string());
    }
    body.push(cx.app.settings.link(&format!("/deliveries/{}", head.id)));
    if head.area_code.as_deref() == Some(KOSOVO) {
        body.push(td_string!(locale, app.kosovo_footnote).to_string());
    }
    Letter {
        name,
        to: email,
        subject: td_string!(locale, notices.changed_subject, title = head.title.clone()).to_string(),
        body: format!("{}\n", body.join("\n\n")),
    }
}

fn or_dash(place: &str) -> String {
    if place.is_empty() { "–".to_owned() } else { place.to_owned() }
}

fn line(news: &News, locale: Locale, change: &Change) -> String {
    let when = when(locale, &change.stand, &news.head.time_zone);
    match &change.what {
        What::Off => {
            let reason = news.reasons.get(&change.slot).filter(|reason| !reason.is_empty());
            let said = td_string!(locale, notices.off, when = when).to_string();
            match reason {
                Some(reason) => format!("{said} – {reason}"),
                None => said,
            }
        }
        What::Back => td_string!(locale, notices.back, when = when).to_string(),
        What::Added => td_string!(locale, notices.added, when = when).to_string(),
        What::Moved(was) => {
            let was = self::when(locale, was, &news.head.time_zone);
            td_string!(locale, notices.moved, was = was, when = when).to_string()
        }
    }
}

/// Tuesday 24 November 2026, 09:00–12:30, Room 204.
fn when(locale: Locale, stand: &Stand, zone: &str) -> String {
    let (starts, ends) = (zones::local(stand.starts_at, zone), zones::local(stand.ends_at, zone));
    let day = format!("{} {}", weekday(locale, starts.date()), date(locale, starts.date()));
    let hours = format!("{}–{}", starts.format("%H:%M"), ends.format("%H:%M"));
    [day, hours, stand.room.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn weekday(locale: Locale, day: NaiveDate) -> String {
    match day.weekday().number_from_monday() {
        1 => td_string!(locale, date.d1),
        2 => td_string!(locale, date.d2),
        3 => td_string!(locale, date.d3),
        4 => td_string!(locale, date.d4),
        5 => td_string!(locale, date.d5),
        6 => td_string!(locale, date.d6),
        _ => td_string!(locale, date.d7),
    }
    .to_owned()
}
