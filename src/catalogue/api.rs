//! Server functions of courses, and what they send.

use super::model::{Author, CourseForm, WholeCourse};
use crate::common::{
    error::AppError,
    forms::Done,
    ids::{CourseId, InstitutionId},
};
use leptos::prelude::*;
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
