//! What pages show of projects, activities and documents.

use super::model::{ActivityKind, Amendment, DocumentKind, ProjectStatus, Translation};
use crate::common::dates::PartialDate;
use serde::{Deserialize, Serialize};

/// An area by its name at the date of the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedArea {
    /// Its code.
    pub code: String,
    /// The name to print.
    pub name: String,
}

/// A project with its latest known dates and budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectLine {
    /// Its address in the site.
    pub key: String,
    /// Its name.
    pub title: String,
    /// First day or month.
    pub starts: Option<PartialDate>,
    /// Last day or month.
    pub ends: Option<PartialDate>,
    /// Months it was planned for.
    pub months: Option<i64>,
    /// Budget in cents.
    pub budget_cents: Option<i64>,
    /// Of the budget.
    pub currency: String,
    /// Who pays.
    pub funding: Vec<String>,
    /// Whether it runs.
    pub status: ProjectStatus,
    /// What the sources remark.
    pub note: String,
    /// Where it works, named as when it ended.
    pub areas: Vec<NamedArea>,
    /// Whether a later source changed something.
    pub amended: bool,
}

/// An expected result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultLine {
    /// Its number in the project.
    pub number: i64,
    /// What is expected.
    pub text: String,
    /// When the indicator is due.
    pub indicator_due: String,
}

/// An activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivityLine {
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: ActivityKind,
    /// First day or month.
    pub starts: Option<PartialDate>,
    /// Last day or month.
    pub ends: Option<PartialDate>,
    /// Town.
    pub place: String,
    /// Area, named as on its date.
    pub area: Option<NamedArea>,
    /// What is said of who took part.
    pub participants: String,
    /// Papers.
    pub papers: Vec<String>,
    /// What the sources remark.
    pub note: String,
    /// Key and name of each project that pays.
    pub projects: Vec<(String, String)>,
}

/// A project's page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectView {
    /// The project.
    pub project: ProjectLine,
    /// What later sources changed.
    pub amendments: Vec<Amendment>,
    /// What it is to achieve.
    pub results: Vec<ResultLine>,
    /// What was done.
    pub activities: Vec<ActivityLine>,
    /// Key and name of the project before it.
    pub before: Option<(String, String)>,
    /// Key and name of those that continue it.
    pub after: Vec<(String, String)>,
}

/// A value that the activities can be narrowed by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facet {
    /// Its code in the address.
    pub value: String,
    /// Its name, where it is a name.
    pub label: String,
    /// How many activities have it.
    pub count: i64,
}

/// The list of activities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activities {
    /// Those that fit.
    pub list: Vec<ActivityLine>,
    /// Projects to choose from.
    pub projects: Vec<Facet>,
    /// Kinds to choose from.
    pub kinds: Vec<Facet>,
    /// Years to choose from.
    pub years: Vec<Facet>,
    /// What was asked for.
    pub asked: Narrow,
}

/// What the list of activities is narrowed to; empty means all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Narrow {
    /// Key of a project.
    #[serde(default)]
    pub project: String,
    /// Code of a kind.
    #[serde(default)]
    pub kind: String,
    /// A year.
    #[serde(default)]
    pub year: String,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: DocumentKind,
    /// What became of it.
    pub history: String,
    /// Key and name of its project.
    pub project: Option<(String, String)>,
    /// The languages it is known in.
    pub translations: Vec<Translation>,
}

/// What projects did in an area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InArea {
    /// The projects that work or worked there.
    pub projects: Vec<ProjectLine>,
    /// The activities that were held there.
    pub activities: Vec<ActivityLine>,
}
