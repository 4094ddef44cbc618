//! `/cohorts/{id}/calendar.ics`: the deliveries of a cohort's sequence, for people's own calendars (RFC 5545).

use super::{api::CohortView, service};
use crate::{
    common::error::AppError,
    deliveries::{
        board_feed::{escape, fold},
        model::DeliveryState,
    },
    i18n,
    platform::{
        context::Ctx,
        http::{self, guard},
    },
};
use axum::{
    Extension,
    extract::{Path, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Days, Utc};

/// The calendar, for whoever may see the cohort's page.
pub async fn feed(Extension(cx): Extension<Ctx>, Path(cohort): Path<String>, request: Request) -> Response {
    let language = http::cookie(request.headers(), http::pages::LANGUAGE_COOKIE)
        .and_then(i18n::locale_of)
        .or_else(|| cx.actor.as_ref()?.language.as_deref().and_then(i18n::locale_of))
        .unwrap_or_default();
    match service::view(&cx, &cohort, i18n::code(language)).await {
        Ok(view) => {
            let text = calendar(&view, cx.now(), cx.app.settings.public_url.trim_end_matches('/'));
            (
                [
                    (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                    (header::CONTENT_DISPOSITION, "attachment; filename=\"cohort.ics\""),
                    (header::CACHE_CONTROL, "private, no-store"),
                ],
                text,
            )
                .into_response()
        }
        Err(AppError::SignInRequired) => http::to_sign_in(request.uri().path()),
        Err(AppError::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => guard::outage(&error),
    }
}

fn calendar(view: &CohortView, now: DateTime<Utc>, site: &str) -> String {
    let mut text = String::new();
    let mut line = |content: String| fold(&mut text, &content);
    line("BEGIN:VCALENDAR".into());
    line("VERSION:2.0".into());
    line("PRODID:-//Magistra//Cohort//EN".into());
    line(format!("X-WR-CALNAME:{}", escape(&view.head.title)));
    for it in view.steps.iter().flat_map(|step| &step.deliveries) {
        let Some(start) = it.starts_on else { continue };
        let end = it.ends_on.unwrap_or(start).checked_add_days(Days::new(1)).unwrap_or(start);
        line("BEGIN:VEVENT".into());
        line(format!("UID:{}@magistra", it.id));
        line(format!("DTSTAMP:{}", now.format("%Y%m%dT%H%M%SZ")));
        line(format!("DTSTART;VALUE=DATE:{}", start.format("%Y%m%d")));
        // The day after the last one, as the format counts.
        line(format!("DTEND;VALUE=DATE:{}", end.format("%Y%m%d")));
        line(format!("SUMMARY:{}", escape(&it.title)));
        if !it.place.is_empty() {
            line(format!("LOCATION:{}", escape(&it.place)));
        }
        let status = match it.state {
            DeliveryState::Cancelled => "CANCELLED",
            DeliveryState::Planned | DeliveryState::Postponed => "TENTATIVE",
            _ => "CONFIRMED",
        };
        line(format!("STATUS:{status}"));
        line(format!("URL:{site}/deliveries/{}", it.id));
        line("END:VEVENT".into());
    }
    line("END:VCALENDAR".into());
    text
}
