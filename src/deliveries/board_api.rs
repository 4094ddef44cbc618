//! Server functions of the catalogue's board, and what they send.

pub use super::board_model::{Call, CourseDate};
use crate::{
    catalogue::model::{Course, CourseKind},
    common::error::AppError,
};
use chrono::NaiveDate;
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};

/// One choice of a filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Its code.
    pub code: String,
    /// Its name, where the code has none in the interface: areas.
    pub name: String,
    /// Courses there would be.
    pub count: usize,
}

/// A course of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardCourse {
    /// Its address in the site.
    pub slug: String,
    /// Its kind.
    pub kind: CourseKind,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Language of title and summary.
    pub text_language: String,
    /// Days.
    pub days: i64,
    /// Minutes of teaching.
    pub minutes: i64,
    /// Number of languages.
    pub languages: usize,
    /// Whether places go by nomination.
    pub by_nomination: bool,
    /// The newest released version.
    pub pack: Option<String>,
    /// Courses to be done before: address and title.
    pub needs: Vec<(String, String)>,
    /// Its next dates, at most three.
    pub dates: Vec<CourseDate>,
}

/// The catalogue as asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// What was asked, cleaned of what we do not know.
    pub query: String,
    /// Courses found.
    pub total: usize,
    /// Number of the first course shown, from 1.
    pub first: usize,
    /// Courses of this page.
    pub courses: Vec<BoardCourse>,
    /// Choices of each filter, in the order of [`super::board_model::Facet::ALL`].
    pub choices: Vec<Vec<Choice>>,
    /// The course after which the page before begins, if there is one; empty for the first.
    pub earlier: Option<String>,
    /// The course after which the next page begins, if there is one.
    pub later: Option<String>,
    /// The day.
    pub today: NaiveDate,
    /// Whether the name of Kosovo* is shown.
    pub footnote: bool,
    /// Whether who looks may make courses.
    pub may_create: bool,
}

/// A module of an outline: title, and its sessions with minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutlineModule {
    /// Title.
    pub title: String,
    /// Sessions: title and minutes.
    pub sessions: Vec<(String, i64)>,
}

/// The newest released version of a course's pack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// Version, as in `2.1`.
    pub version: String,
    /// Language of the pack.
    pub language: String,
    /// Its modules.
    pub modules: Vec<OutlineModule>,
}

/// A course's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoursePage {
    /// The record.
    pub course: Course,
    /// Language of the texts.
    pub text_language: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Objectives, one a line.
    pub objectives: String,
    /// Courses to be done before: address and title.
    pub needs: Vec<(String, String)>,
    /// Institutions that offer it: address and name.
    pub institutions: Vec<(String, String)>,
    /// What is taught.
    pub outline: Option<Outline>,
    /// Dates to come, earliest first.
    pub dates: Vec<CourseDate>,
    /// The latest past dates, latest first.
    pub past: Vec<CourseDate>,
    /// How many past dates there are; 101 stands for more than a hundred.
    pub past_count: i64,
    /// The day.
    pub today: NaiveDate,
    /// Whether the name of Kosovo* may be shown.
    pub footnote: bool,
    /// Whether who looks may change the course.
    pub may_edit: bool,
    /// Whether who looks may write its packs.
    pub may_write: bool,
}

/// The catalogue; `query` is the query part of its address.
#[server(prefix = "/_fn", endpoint = "deliveries/board", input = GetUrl, output = Postcard)]
pub async fn get_board(#[server(default)] query: String, language: String) -> Result<Board, AppError> {
    use crate::platform::http;
    http::answer(async { super::board::board(&http::ctx()?, &query, &language).await }).await
}
