//! What the embedded files say, typed. A file that does not fit is an error with its name: tests
//! read all of them, so a release never meets one.

use super::embedded;
use crate::{
    catalogue::model::{Audience, CourseKind},
    deliveries::model::{DeliveryState, Mode},
    feedback::model::{Kind, Outcome},
    packs::model::{MaterialKind, Method},
    people::model::{Profession, Sex},
    programmes::model::ProjectStatus,
};
use chrono::NaiveDate;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// A line of `areas.csv`.
#[derive(Debug, Deserialize)]
pub struct Area {
    pub code: String,
    pub name: String,
    pub languages: String,
    pub convention_deposit: Option<NaiveDate>,
    pub convention_in_force: Option<NaiveDate>,
    pub note: String,
}

/// A line of `institutions.csv`.
#[derive(Debug, Deserialize)]
pub struct Institution {
    pub area: String,
    pub name: String,
    pub kind: String,
    pub note: String,
}

/// A line of `projects.csv`.
#[derive(Debug, Deserialize)]
pub struct Project {
    pub key: String,
    pub title: String,
    pub predecessor: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub months: Option<i64>,
    pub budget_eur: Option<i64>,
    pub funding: String,
    pub areas: String,
    pub status: ProjectStatus,
    pub note: String,
}

/// A line of `amendments.csv`.
#[derive(Debug, Deserialize)]
pub struct Amendment {
    pub project: String,
    pub known_by: String,
    pub field: String,
    pub from: String,
    pub to: String,
}

/// A line of `expected_results.csv`.
#[derive(Debug, Deserialize)]
pub struct ExpectedResult {
    pub project: String,
    pub number: i64,
    pub text: String,
    pub indicator_due: String,
}

/// A line of `activities.csv`.
#[derive(Debug, Deserialize)]
pub struct Activity {
    pub projects: String,
    pub title: String,
    pub kind: String,
    pub start: Option<String>,
    pub end: Option<String>,
    pub place: String,
    pub area: Option<String>,
    pub participants: String,
    pub documents: String,
    pub note: String,
}

/// A line of `documents.csv`.
#[derive(Debug, Deserialize)]
pub struct Document {
    pub title: String,
    pub kind: String,
    pub project: Option<String>,
    pub languages_or_history: String,
}

/// A text in several languages, by code.
pub type Texts = BTreeMap<String, String>;

/// A course of `courses.json`.
#[derive(Debug, Deserialize)]
pub struct Course {
    pub slug: String,
    pub kind: CourseKind,
    pub title: Texts,
    pub summary: Texts,
    pub objectives: BTreeMap<String, Vec<String>>,
    pub audience: Vec<Audience>,
    pub minutes: i64,
    pub days: i64,
    pub prerequisites: Vec<String>,
    pub languages: Vec<String>,
    pub institutions: Vec<String>,
    pub attendance_percent: i64,
    pub modules_required: bool,
}

/// An invented person of `persons.json`.
#[derive(Debug, Deserialize)]
pub struct Person {
    pub key: String,
    pub given: String,
    pub family: String,
    pub sex: Option<Sex>,
    pub area: String,
    pub profession: Profession,
    pub institution_name: String,
    pub invented: bool,
    pub groups: Vec<String>,
    #[serde(default)]
    pub languages: Vec<String>,
    pub account: Option<String>,
}

/// Days counted from the day of loading.
#[derive(Debug, Deserialize)]
pub struct Relative {
    pub start_day: i64,
    pub end_day: i64,
}

/// A delivery of `deliveries.json`.
#[derive(Debug, Deserialize)]
pub struct Delivery {
    pub key: String,
    pub course: String,
    pub pack_language: Option<String>,
    pub projects: Vec<String>,
    pub title: Texts,
    pub area: String,
    pub host: Option<String>,
    pub place: Option<String>,
    pub start: Option<NaiveDate>,
    pub end: Option<NaiveDate>,
    pub date_note: Option<Texts>,
    pub notes: Texts,
    pub mode: Mode,
    pub language: String,
    pub capacity: i64,
    pub trainers: Vec<String>,
    pub participants: String,
    pub state: DeliveryState,
    pub relative: Option<Relative>,
}

/// A `pack.json`.
#[derive(Debug, Deserialize)]
pub struct Pack {
    pub course: String,
    pub version: String,
    pub language: String,
    pub title: String,
    pub summary: String,
    pub release_notes: String,
    pub modules: Vec<Module>,
    /// Where its files are, under `demo/`.
    #[serde(skip)]
    pub folder: &'static str,
}

/// A module of a pack.
#[derive(Debug, Deserialize)]
pub struct Module {
    pub title: String,
    pub summary: String,
    pub objectives: Vec<String>,
    pub items: Vec<Item>,
    pub sessions: Vec<Session>,
}

/// A study item.
#[derive(Debug, Deserialize)]
pub struct Item {
    pub kind: MaterialKind,
    pub title: String,
    pub minutes: i64,
    pub file: String,
}

/// A session plan.
#[derive(Debug, Deserialize)]
pub struct Session {
    pub title: String,
    pub minutes: i64,
    pub method: Method,
    pub objectives: Vec<String>,
    pub notes: String,
}

/// What was said of a pack and decided at a workshop, of `feedback.json`.
#[derive(Debug, Deserialize)]
pub struct Feedback {
    pub course: String,
    pub language: String,
    pub pilot: Pilot,
    pub decided_by: String,
    pub decided_on: NaiveDate,
    pub note: String,
    pub matters: Vec<Matter>,
    pub open: Vec<Report>,
}

/// The version that was tried, with the titles of modules that had another one in it.
#[derive(Debug, Deserialize)]
pub struct Pilot {
    pub version: String,
    pub summary: String,
    pub release_notes: String,
    pub released_on: NaiveDate,
    pub called: BTreeMap<String, String>,
}

/// A matter with everything that was reported of it; without a module it is of the course as a whole.
#[derive(Debug, Deserialize)]
pub struct Matter {
    pub module: Option<String>,
    pub outcome: Outcome,
    pub change: String,
    pub reason: String,
    pub reports: Vec<Report>,
}

/// Something that a trainer (a person's key) or `participant` said.
#[derive(Debug, Deserialize)]
pub struct Report {
    pub delivery: String,
    pub by: String,
    pub kind: Kind,
    pub text: String,
    pub on: Option<NaiveDate>,
    pub session: Option<String>,
}

/// Everything.
#[derive(Debug)]
pub struct Source {
    pub areas: Vec<Area>,
    pub institutions: Vec<Institution>,
    pub projects: Vec<Project>,
    pub amendments: Vec<Amendment>,
    pub results: Vec<ExpectedResult>,
    pub activities: Vec<Activity>,
    pub documents: Vec<Document>,
    pub courses: Vec<Course>,
    pub persons: Vec<Person>,
    pub deliveries: Vec<Delivery>,
    pub packs: Vec<Pack>,
    pub feedback: Feedback,
}

fn lines<T: DeserializeOwned>(name: &str) -> Result<Vec<T>, String> {
    csv::Reader::from_reader(embedded::bytes(&format!("reference/{name}"))?)
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|e| format!("demo/reference/{name}: {e}"))
}

fn json<T: DeserializeOwned>(path: &str) -> Result<T, String> {
    serde_json::from_slice(embedded::bytes(path)?).map_err(|e| format!("demo/{path}: {e}"))
}

/// Reads everything.
pub fn read() -> Result<Source, String> {
    Ok(Source {
        areas: lines("areas.csv")?,
        institutions: lines("institutions.csv")?,
        projects: lines("projects.csv")?,
        amendments: lines("amendments.csv")?,
        results: lines("expected_results.csv")?,
        activities: lines("activities.csv")?,
        documents: lines("documents.csv")?,
        courses: json("courses.json")?,
        persons: json("persons.json")?,
        deliveries: json("deliveries.json")?,
        packs: embedded::packs()
            .map(|folder| Ok(Pack { folder, ..json(&format!("{folder}/pack.json"))? }))
            .collect::<Result<_, String>>()?,
        feedback: json("feedback.json")?,
    })
}

/// The text of a language, English where it has none.
pub fn text<'a>(texts: &'a Texts, language: &str) -> &'a str {
    texts.get(language).or_else(|| texts.get("en")).map_or("", String::as_str)
}
