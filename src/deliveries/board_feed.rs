//! `/catalogue.ics`: the dates that the catalogue shows, for people's own calendars (RFC 5545).

use super::{board, board_api::BoardCourse};
use crate::{
    i18n,
    platform::{context::Ctx, http::guard},
};
use axum::{
    Extension,
    extract::RawQuery,
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Days, Utc};

/// The calendar of what the query part asks for, as for the page.
pub async fn feed(Extension(cx): Extension<Ctx>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let locale = query.split('&').find_map(|pair| i18n::locale_of(pair.strip_prefix("lang=")?)).unwrap_or_default();
    match board::all_dates(&cx, &query, i18n::code(locale)).await {
        Ok(courses) => {
            let text = calendar(&courses, cx.now(), cx.app.settings.public_url.trim_end_matches('/'));
            ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
        }
        Err(error) => guard::outage(&error),
    }
}

fn calendar(courses: &[BoardCourse], now: DateTime<Utc>, site: &str) -> String {
    let mut text = String::new();
    let mut line = |content: String| {
        fold(&mut text, &content);
    };
    line("BEGIN:VCALENDAR".into());
    line("VERSION:2.0".into());
    line("PRODID:-//Magistra//Catalogue//EN".into());
    for course in courses {
        for date in &course.dates {
            let Some(start) = date.starts_on else { continue };
            let end = date.ends_on.unwrap_or(start).checked_add_days(Days::new(1)).unwrap_or(start);
            line("BEGIN:VEVENT".into());
            line(format!("UID:{}@magistra", date.id));
            line(format!("DTSTAMP:{}", now.format("%Y%m%dT%H%M%SZ")));
            line(format!("DTSTART;VALUE=DATE:{}", start.format("%Y%m%d")));
            // The day after the last one, as the format counts.
            line(format!("DTEND;VALUE=DATE:{}", end.format("%Y%m%d")));
            line(format!("SUMMARY:{}", escape(&course.title)));
            if !date.place.is_empty() {
                line(format!("LOCATION:{}", escape(&date.place)));
            }
            if let Some(host) = &date.host_name {
                line(format!("DESCRIPTION:{}", escape(host)));
            }
            line(format!("URL:{site}/deliveries/{}", date.id));
            line("END:VEVENT".into());
        }
    }
    line("END:VCALENDAR".into());
    text
}

/// A text as a value of the format.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Adds a line of at most 75 bytes, the rest on lines that begin with a space.
pub fn fold(text: &mut String, line: &str) {
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > 75 {
            text.push_str("\r\n ");
            used = 1;
        }
        text.push(c);
        used += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalogue::model::CourseKind,
        deliveries::{
            board_model::{Call, CourseDate},
            model::Mode,
        },
    };
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_title_can_end_its_line(title in "\\PC{0,120}|(?s).{0,60}") {
            let date = CourseDate {
                id: uuid::Uuid::nil().into(),
                starts_on: "2026-11-24".parse().ok(),
                ends_on: "2026-11-26".parse().ok(),
                date_note: String::new(),
                place: title.clone(),
                mode: Mode::InPerson,
                language: "en".into(),
                area_code: None,
                host_name: Some(title.clone()),
                call: Call::Closed,
            };
            let course = BoardCourse {
                slug: "a".into(),
                kind: CourseKind::Advanced,
                title,
                summary: String::new(),
                text_language: "en".into(),
                days: 3,
                minutes: 1080,
                languages: 1,
                by_nomination: false,
                pack: None,
                needs: vec![],
                dates: vec![date],
            };
            let text = calendar(&[course], "2026-11-24T08:00:00Z".parse().unwrap(), "https://magistra.example");
            prop_assert!(text.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
            prop_assert!(text.contains("DTEND;VALUE=DATE:20261127\r\n"));
            prop_assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])));
            prop_assert_eq!(text.split("\r\n").filter(|line| line.starts_with("BEGIN:")).count(), 2);
        }
    }
}
