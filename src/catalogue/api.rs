//! Server functions of courses, and what they send.

use super::model::{Author, CourseForm, CourseLine, WholeCourse};
use crate::common::{
    error::AppError,
    forms::Done,
    ids::{CourseId, InstitutionId},
};
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};

/// A course to edit, with what can be chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseEdit {
    /// The record; version 0 when it is new.
    pub whole: WholeCourse,
    /// Who may write it.
    pub authors: Vec<Author>,
    /// Other courses: id and title.
    pub courses: Vec<(CourseId, String)>,
    /// Institutions: id and name.
    pub institutions: Vec<(InstitutionId, String)>,
}

/// An empty form with an id, so that sending it twice makes one course.
#[server(prefix = "/_fn", endpoint = "catalogue/new", input = GetUrl, output = Postcard)]
pub async fn get_new_course(language: String) -> Result<CourseEdit, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::for_edit(&http::ctx()?, None, &language).await }).await
}

/// A course to edit.
#[server(prefix = "/_fn", endpoint = "catalogue/for-edit", input = GetUrl, output = Postcard)]
pub async fn get_course_for_edit(slug: String, language: String) -> Result<CourseEdit, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::for_edit(&http::ctx()?, Some(&slug), &language).await }).await
}

/// Saves a course, new or changed.
#[server(prefix = "/_fn", endpoint = "catalogue/save")]
pub async fn save_course(#[server(flatten)] form: CourseForm) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::save(&http::ctx()?, &form).await }).await
}

/// Lets the person of an account write the course and its packs.
#[server(prefix = "/_fn", endpoint = "catalogue/add-author")]
pub async fn add_author(id: String, #[server(default)] email: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::add_author(&http::ctx()?, &id, &email).await }).await
}

/// Ends a person's right to write the course.
#[server(prefix = "/_fn", endpoint = "catalogue/remove-author")]
pub async fn remove_author(id: String, person: String) -> Result<Done, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::remove_author(&http::ctx()?, &id, &person).await }).await
}

/// Published courses that an institution offers.
#[server(prefix = "/_fn", endpoint = "catalogue/at-institution", input = GetUrl, output = Postcard)]
pub async fn get_courses_at(slug: String, language: String) -> Result<Vec<CourseLine>, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::at_institution(&http::ctx()?, &slug, &language).await }).await
}

/// Published courses that institutions of an area, or serving it, offer.
#[server(prefix = "/_fn", endpoint = "catalogue/in-area", input = GetUrl, output = Postcard)]
pub async fn get_courses_in(code: String, language: String) -> Result<Vec<CourseLine>, AppError> {
    use crate::platform::http;
    http::answer(async { super::service::in_area(&http::ctx()?, &code, &language).await }).await
}
