//! SQL of projects, activities and documents.

use super::model::{ActivityKind, DocumentKind, ProjectStatus};
use crate::{
    common::ids::{ActivityId, DocumentId, ProjectId},
    fetch_all,
    platform::db::{DbError, Handle},
    statements,
};
use chrono::NaiveDate;

statements! {
    PROJECTS -> ProjectRow = "SELECT p.id, p.key, p.title, p.predecessor, p.starts, p.ends, p.months, p.budget_cents, p.currency, p.funding,
            p.status, p.note, a.area_code
        FROM project p LEFT JOIN project_area a ON a.project_id = p.id ORDER BY p.starts, p.key, a.area_code";
    PROJECT -> ProjectRow = "SELECT p.id, p.key, p.title, p.predecessor, p.starts, p.ends, p.months, p.budget_cents, p.currency, p.funding,
            p.status, p.note, a.area_code
        FROM project p LEFT JOIN project_area a ON a.project_id = p.id WHERE p.key = $1 ORDER BY a.area_code";
    AMENDMENTS -> AmendmentRow = "SELECT p.key, a.known_by, a.field, a.old_value, a.new_value
        FROM project_amendment a JOIN project p ON p.id = a.project_id ORDER BY a.known_by, a.field";
    /// Amendments, expected results and predecessors in one, so that a project's page stays at four statements.
    PARTS -> PartRow = "SELECT 'amendment' AS part, CAST(0 AS BIGINT) AS number, a.field AS a, a.known_by AS b, a.old_value AS c, a.new_value AS d
            FROM project_amendment a JOIN project p ON p.id = a.project_id WHERE p.key = $1
        UNION ALL SELECT 'result', r.number, r.text, r.indicator_due, '', ''
            FROM expected_result r JOIN project p ON p.id = r.project_id WHERE p.key = $1
        UNION ALL SELECT 'before', CAST(0 AS BIGINT), b.key, b.title, '', ''
            FROM project b JOIN project p ON p.predecessor = b.key WHERE p.key = $1
        UNION ALL SELECT 'after', CAST(0 AS BIGINT), n.key, n.title, '', '' FROM project n WHERE n.predecessor = $1
        ORDER BY 1, 2, 3";
    ACTIVITIES -> ActivityRow = "SELECT a.id, a.title, a.kind, a.starts, a.ends, a.place, a.area_code, a.participants, a.papers, a.note,
            p.key AS project_key, p.title AS project_title
        FROM activity a LEFT JOIN activity_project ap ON ap.activity_id = a.id LEFT JOIN project p ON p.id = ap.project_id
        WHERE ($1 = '' OR EXISTS (SELECT 1 FROM activity_project x JOIN project q ON q.id = x.project_id
                WHERE x.activity_id = a.id AND q.key = $1))
            AND ($2 = '' OR a.kind = $2) AND ($3 = '' OR substr(a.starts, 1, 4) = $3)
        ORDER BY a.starts, a.position, p.key";
    ACTIVITIES_IN -> ActivityRow = "SELECT a.id, a.title, a.kind, a.starts, a.ends, a.place, a.area_code, a.participants, a.papers, a.note,
            p.key AS project_key, p.title AS project_title
        FROM activity a LEFT JOIN activity_project ap ON ap.activity_id = a.id LEFT JOIN project p ON p.id = ap.project_id
        WHERE a.area_code = $1 ORDER BY a.starts, a.position, p.key";
    /// What the list can be narrowed by, with how many there are of each.
    FACETS -> FacetRow = "SELECT 'project' AS facet, p.key AS value, p.title AS label, COUNT(*) AS count
            FROM activity_project ap JOIN project p ON p.id = ap.project_id GROUP BY p.key, p.title
        UNION ALL SELECT 'kind', a.kind, '', COUNT(*) FROM activity a GROUP BY a.kind
        UNION ALL SELECT 'year', substr(a.starts, 1, 4), '', COUNT(*) FROM activity a WHERE a.starts IS NOT NULL GROUP BY substr(a.starts, 1, 4)
        ORDER BY 1, 2";
    PROJECTS_IN -> ProjectRow = "SELECT p.id, p.key, p.title, p.predecessor, p.starts, p.ends, p.months, p.budget_cents, p.currency, p.funding,
            p.status, p.note, a.area_code
        FROM project p JOIN project_area a ON a.project_id = p.id WHERE a.area_code = $1 ORDER BY p.starts, p.key";
    DOCUMENTS -> DocumentRow = "SELECT d.id, d.title, d.kind, d.history, p.key AS project_key, p.title AS project_title,
            t.language, t.published, t.published_on, t.note
        FROM document d LEFT JOIN project p ON p.id = d.project_id LEFT JOIN document_translation t ON t.document_id = d.id
        ORDER BY d.position, t.language";
}

/// A project, once for each of its areas.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProjectRow {
    /// Its id.
    pub id: ProjectId,
    /// Its address in the site.
    pub key: String,
    /// Its name.
    pub title: String,
    /// The project it continues.
    pub predecessor: Option<String>,
    /// First day or month, as first known.
    pub starts: Option<String>,
    /// Last day or month, as first known.
    pub ends: Option<String>,
    /// Months it was planned for.
    pub months: Option<i64>,
    /// Budget as first known.
    pub budget_cents: Option<i64>,
    /// Of the budget.
    pub currency: String,
    /// Who pays, as a list.
    pub funding: String,
    /// Whether it runs.
    pub status: ProjectStatus,
    /// What the sources remark.
    pub note: String,
    /// One of its areas.
    pub area_code: Option<String>,
}

/// An amendment of any project.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AmendmentRow {
    /// Whose.
    pub key: String,
    /// By when it was known.
    pub known_by: String,
    /// What changed.
    pub field: String,
    /// From.
    pub old_value: String,
    /// To.
    pub new_value: String,
}

/// A part of a project; see the statement.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PartRow {
    /// Which kind of part.
    pub part: String,
    /// Its number.
    pub number: i64,
    /// The field, the text or the key.
    pub a: String,
    /// By when known, when due, or the title.
    pub b: String,
    /// From.
    pub c: String,
    /// To.
    pub d: String,
}

/// An activity, once for each of its projects.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ActivityRow {
    /// Its id.
    pub id: ActivityId,
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: ActivityKind,
    /// First day or month.
    pub starts: Option<String>,
    /// Last day or month.
    pub ends: Option<String>,
    /// Town.
    pub place: String,
    /// Area.
    pub area_code: Option<String>,
    /// What is said of who took part.
    pub participants: String,
    /// Papers, as a list.
    pub papers: String,
    /// What the sources remark.
    pub note: String,
    /// One of its projects.
    pub project_key: Option<String>,
    /// That project's name.
    pub project_title: Option<String>,
}

/// A value that a list can be narrowed by.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FacetRow {
    /// project, kind or year.
    pub facet: String,
    /// Its code.
    pub value: String,
    /// Its name, where the record has one.
    pub label: String,
    /// How many activities have it.
    pub count: i64,
}

/// A document, once for each of its translations.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DocumentRow {
    /// Its id.
    pub id: DocumentId,
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: DocumentKind,
    /// What became of it.
    pub history: String,
    /// The project it belongs to.
    pub project_key: Option<String>,
    /// That project's name.
    pub project_title: Option<String>,
    /// A language it exists in.
    pub language: Option<String>,
    /// Whether it was published in it.
    pub published: Option<bool>,
    /// When.
    pub published_on: Option<NaiveDate>,
    /// What is said of one that was not.
    pub note: Option<String>,
}

/// All projects, those without a date last or first as the database likes; a row for each area.
pub async fn projects(h: &mut impl Handle) -> Result<Vec<ProjectRow>, DbError> {
    fetch_all!(h, PROJECTS)
}

/// A project; a row for each area.
pub async fn project(h: &mut impl Handle, key: &str) -> Result<Vec<ProjectRow>, DbError> {
    fetch_all!(h, PROJECT, key)
}

/// The projects of an area.
pub async fn projects_in(h: &mut impl Handle, area: &str) -> Result<Vec<ProjectRow>, DbError> {
    fetch_all!(h, PROJECTS_IN, area)
}

/// All amendments.
pub async fn amendments(h: &mut impl Handle) -> Result<Vec<AmendmentRow>, DbError> {
    fetch_all!(h, AMENDMENTS)
}

/// A project's amendments, expected results and neighbours.
pub async fn parts(h: &mut impl Handle, key: &str) -> Result<Vec<PartRow>, DbError> {
    fetch_all!(h, PARTS, key)
}

/// Activities, narrowed where a value is given; a row for each project.
pub async fn activities(
    h: &mut impl Handle,
    project: &str,
    kind: &str,
    year: &str,
) -> Result<Vec<ActivityRow>, DbError> {
    fetch_all!(h, ACTIVITIES, project, kind, year)
}

/// The activities of an area; a row for each project.
pub async fn activities_in(h: &mut impl Handle, area: &str) -> Result<Vec<ActivityRow>, DbError> {
    fetch_all!(h, ACTIVITIES_IN, area)
}

/// What activities can be narrowed by.
pub async fn facets(h: &mut impl Handle) -> Result<Vec<FacetRow>, DbError> {
    fetch_all!(h, FACETS)
}

/// All documents; a row for each translation.
pub async fn documents(h: &mut impl Handle) -> Result<Vec<DocumentRow>, DbError> {
    fetch_all!(h, DOCUMENTS)
}
