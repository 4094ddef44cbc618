//! What the numbers and the first pages are made of, and the file of the numbers.

use super::{
    duty::api::DutyYear,
    model::{Figures, Line},
};
use crate::{
    common::ids::{DeliveryId, EnrolmentId, PackId, SlotId},
    deliveries::model::{DeliveryState, Mode},
    enrolment::model::{EnrolmentState, Risk},
};
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// The numbers of a filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// All that the filter lets through.
    pub total: Figures,
    /// By area.
    pub areas: Vec<Line>,
    /// By course.
    pub courses: Vec<Line>,
    /// Projects to choose from: key and title.
    pub projects: Vec<(String, String)>,
    /// Areas to choose from.
    pub area_choices: Vec<(String, String)>,
    /// Courses to choose from.
    pub course_choices: Vec<(String, String)>,
    /// Whether small counts are kept back.
    pub suppressed: bool,
    /// Whether the footnote on an area's name belongs under it.
    pub footnote: bool,
    /// When it was counted (UTC).
    pub as_of: Option<NaiveDateTime>,
}

/// What a first page is made of; the sections of roles not held are absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Home {
    /// The person's name; empty when nobody is signed in.
    pub name: String,
    /// What the law asks of the person this year.
    pub duty: Option<DutyYear>,
    /// A participant's places.
    pub learning: Option<Vec<LearningCard>>,
    /// A participant's certificates.
    pub certificates: i64,
    /// A trainer's deliveries.
    pub teaching: Option<Vec<DeliveryCard>>,
    /// A trainer's packs in work.
    pub drafts: Vec<DraftCard>,
    /// The deliveries of an administrator's institutions.
    pub hosting: Option<Vec<DeliveryCard>>,
    /// What waits for the programme office.
    pub house: Option<House>,
    /// The numbers.
    pub numbers: Option<Report>,
    /// A focal point's open calls.
    pub calls: Option<Vec<DeliveryCard>>,
    /// Whether the footnote on an area's name belongs under the page.
    pub footnote: bool,
}

/// A half-day that is still to come or runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HalfDay {
    /// The half-day.
    pub slot: SlotId,
    /// When it begins, at the venue.
    pub starts: NaiveDateTime,
    /// When it ends, at the venue.
    pub ends: NaiveDateTime,
    /// Whether it is today's, at the venue.
    pub today: bool,
}

/// A participant's place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LearningCard {
    /// The place.
    pub enrolment: EnrolmentId,
    /// Its state.
    pub state: EnrolmentState,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub delivery_state: DeliveryState,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Where.
    pub place: String,
    /// Materials to do.
    pub items: i64,
    /// Materials done.
    pub done: i64,
    /// The next half-day.
    pub next: Option<HalfDay>,
    /// Whether a certificate was issued.
    pub certified: bool,
    /// Whether enough can still be attended.
    pub risk: Risk,
    /// Minutes attended, minutes of the programme and the share of them that is asked for, in percent; once
    /// something is marked.
    pub attended: Option<(i64, i64, i64)>,
}

/// A delivery, for who teaches or hosts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryCard {
    /// The delivery.
    pub id: DeliveryId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: DeliveryState,
    /// How it is given.
    pub mode: Mode,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What documents say where they give no day.
    pub date_note: String,
    /// Room or town.
    pub place: String,
    /// Places in all.
    pub capacity: i64,
    /// Places taken.
    pub taken: i64,
    /// Last day of the call.
    pub call_closes_on: Option<NaiveDate>,
    /// Half-days.
    pub slots: i64,
    /// Trainers.
    pub trainers: i64,
    /// People who wait for an answer.
    pub waiting: i64,
    /// The next half-day.
    pub next: Option<HalfDay>,
}

/// A pack in work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftCard {
    /// The pack.
    pub id: PackId,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: String,
    /// Its version.
    pub version: String,
}

/// What waits for the programme office.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct House {
    /// Jobs that were given up.
    pub parked: i64,
    /// Deliveries that are over and not reported.
    pub to_report: i64,
    /// Deliveries that run.
    pub running: i64,
    /// Places taken in these.
    pub places: i64,
    /// Counts of people without names that wait for confirmation.
    pub to_confirm: i64,
}

#[cfg(feature = "ssr")]
pub use download::reach_csv;

#[cfg(feature = "ssr")]
mod download {
    use super::super::service::{self, Filter};
    use crate::{
        common::{error::AppError, forms::Done},
        i18n,
        platform::{context::Ctx, http},
    };
    use axum::{
        Extension,
        extract::{Query, Request},
        http::header,
        response::{IntoResponse, Response},
    };
    use serde::Deserialize;

    /// What may stand in the address.
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    pub struct Asked {
        project: String,
        area: String,
        course: String,
        lang: String,
    }

    /// `/reports/reach.csv`: the numbers as a file.
    pub async fn reach_csv(Extension(cx): Extension<Ctx>, Query(asked): Query<Asked>, request: Request) -> Response {
        let locale = i18n::locale_of(&asked.lang)
            .or_else(|| http::cookie(request.headers(), http::pages::LANGUAGE_COOKIE).and_then(i18n::locale_of))
            .unwrap_or_default();
        let filter = Filter { project: asked.project, area: asked.area, course: asked.course };
        match service::report_csv(&cx, locale, &filter).await {
            Ok(file) => (
                [
                    (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                    (header::CONTENT_DISPOSITION, "attachment; filename=\"reach.csv\""),
                    (header::CACHE_CONTROL, "private, no-store"),
                ],
                file,
            )
                .into_response(),
            Err(AppError::SignInRequired) => {
                let here = request.uri().path_and_query().map_or("/reports", |path| path.as_str());
                http::see_other(&Done::quietly(format!("/sign-in?next={}", crate::app::encode(here))))
            }
            Err(error) => {
                let mut response = http::pages::render(request).await;
                *response.status_mut() = http::status(&error);
                response
            }
        }
    }
}
