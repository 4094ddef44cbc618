//! Reading projects, activities and documents. All of it is public; nothing is changed here.

use super::{
    api::{
        Activities, ActivityLine, DocumentLine, Facet, InArea, NamedArea, Narrow, ProjectLine, ProjectView, ResultLine,
    },
    model::{ActivityKind, Amendment, Translation, amended},
    store::{self, ActivityRow, ProjectRow},
};
use crate::{
    common::{codes::split_list, dates::PartialDate, error::AppError},
    institutions::{
        model::{AreaName, name_at},
        store::area_names,
    },
    platform::context::Ctx,
};
use chrono::NaiveDate;

/// All projects, the earliest first and those without any date last.
pub async fn projects(cx: &Ctx, language: &str) -> Result<Vec<ProjectLine>, AppError> {
    let mut reader = cx.read().await?;
    let rows = store::projects(&mut reader).await?;
    let amendments = store::amendments(&mut reader).await?;
    let names = area_names(&mut reader).await?;
    let today = cx.now().date_naive();
    let mut lines = fold_projects(rows, &names, language, today, |key| {
        amendments
            .iter()
            .filter(|row| row.key == key)
            .map(|row| Amendment {
                known_by: row.known_by.clone(),
                field: row.field.clone(),
                old_value: row.old_value.clone(),
                new_value: row.new_value.clone(),
            })
            .collect()
    });
    lines.sort_by_key(|line| line.starts.or(line.ends).map_or(NaiveDate::MAX, PartialDate::first_day));
    Ok(lines)
}

/// A project's page.
pub async fn project(cx: &Ctx, key: &str, language: &str) -> Result<ProjectView, AppError> {
    let mut reader = cx.read().await?;
    let rows = store::project(&mut reader, key).await?;
    if rows.is_empty() {
        return Err(AppError::NotFound);
    }
    let parts = store::parts(&mut reader, key).await?;
    let activities = store::activities(&mut reader, key, "", "").await?;
    let names = area_names(&mut reader).await?;
    let today = cx.now().date_naive();
    let of = |part: &'static str| parts.iter().filter(move |row| row.part == part);
    let amendments: Vec<Amendment> = of("amendment")
        .map(|row| Amendment {
            known_by: row.b.clone(),
            field: row.a.clone(),
            old_value: row.c.clone(),
            new_value: row.d.clone(),
        })
        .collect();
    let project = fold_projects(rows, &names, language, today, |_| amendments.clone())
        .into_iter()
        .next()
        .ok_or(AppError::NotFound)?;
    Ok(ProjectView {
        project,
        results: of("result")
            .map(|row| ResultLine { number: row.number, text: row.a.clone(), indicator_due: row.b.clone() })
            .collect(),
        before: of("before").map(|row| (row.a.clone(), row.b.clone())).next(),
        after: of("after").map(|row| (row.a.clone(), row.b.clone())).collect(),
        activities: fold_activities(activities, &names, language, today),
        amendments,
    })
}

/// The activities that fit what was asked for. A value that nothing has finds nothing: an old
/// link still opens, and says so.
pub async fn activities(cx: &Ctx, asked: Narrow, language: &str) -> Result<Activities, AppError> {
    let mut reader = cx.read().await?;
    let rows = store::activities(&mut reader, &asked.project, &asked.kind, &asked.year).await?;
    let facets = store::facets(&mut reader).await?;
    let names = area_names(&mut reader).await?;
    let of = |facet: &str| -> Vec<Facet> {
        facets
            .iter()
            .filter(|row| row.facet == facet)
            .map(|row| Facet { value: row.value.clone(), label: row.label.clone(), count: row.count })
            .collect()
    };
    let known: Vec<Facet> = of("kind").into_iter().filter(|kind| kind.value.parse::<ActivityKind>().is_ok()).collect();
    Ok(Activities {
        list: fold_activities(rows, &names, language, cx.now().date_naive()),
        projects: of("project"),
        kinds: known,
        years: of("year"),
        asked,
    })
}

/// The list of documents.
pub async fn documents(cx: &Ctx) -> Result<Vec<DocumentLine>, AppError> {
    let rows = store::documents(&mut cx.read().await?).await?;
    let mut lines: Vec<(crate::common::ids::DocumentId, DocumentLine)> = Vec::new();
    for row in rows {
        if lines.last().is_none_or(|(id, _)| *id != row.id) {
            let line = DocumentLine {
                title: row.title,
                kind: row.kind,
                history: row.history,
                project: row.project_key.zip(row.project_title),
                translations: Vec::new(),
            };
            lines.push((row.id, line));
        }
        if let (Some((_, line)), Some(language)) = (lines.last_mut(), row.language) {
            line.translations.push(Translation {
                language,
                published: row.published.unwrap_or_default(),
                published_on: row.published_on,
                note: row.note.unwrap_or_default(),
            });
        }
    }
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// What projects did in an area; the names of areas are not asked for, there is one.
pub async fn in_area(cx: &Ctx, area: &str) -> Result<InArea, AppError> {
    let mut reader = cx.read().await?;
    let projects = store::projects_in(&mut reader, area).await?;
    let activities = store::activities_in(&mut reader, area).await?;
    let today = cx.now().date_naive();
    Ok(InArea {
        projects: fold_projects(projects, &[], "", today, |_| Vec::new()),
        activities: fold_activities(activities, &[], "", today),
    })
}

fn date(text: Option<&str>) -> Option<PartialDate> {
    text.and_then(PartialDate::parse)
}

fn named(names: &[AreaName], code: String, language: &str, day: NaiveDate) -> NamedArea {
    NamedArea { name: name_at(names, &code, language, day), code }
}

/// One line a project from one row an area, with what later sources say.
fn fold_projects(
    rows: Vec<ProjectRow>,
    names: &[AreaName],
    language: &str,
    today: NaiveDate,
    amendments_of: impl Fn(&str) -> Vec<Amendment>,
) -> Vec<ProjectLine> {
    let mut lines: Vec<ProjectLine> = Vec::new();
    for row in rows {
        if lines.last().is_none_or(|line| line.key != row.key) {
            let amendments = amendments_of(&row.key);
            let budget = amended(&amendments, "budget_eur", None).and_then(|euro| euro.parse::<i64>().ok());
            lines.push(ProjectLine {
                starts: date(amended(&amendments, "start", row.starts.as_deref())),
                ends: date(amended(&amendments, "end", row.ends.as_deref())),
                budget_cents: budget.map(|euro| euro * 100).or(row.budget_cents),
                amended: !amendments.is_empty(),
                funding: split_list(&row.funding).map(str::to_owned).collect(),
                key: row.key,
                title: row.title,
                months: row.months,
                currency: row.currency,
                status: row.status,
                note: row.note,
                areas: Vec::new(),
            });
        }
        if let (Some(line), Some(code)) = (lines.last_mut(), row.area_code) {
            let day = line.ends.or(line.starts).map_or(today, PartialDate::first_day);
            line.areas.push(named(names, code, language, day));
        }
    }
    lines
}

/// One line an activity from one row a project; areas are named as on the activity's date.
fn fold_activities(rows: Vec<ActivityRow>, names: &[AreaName], language: &str, today: NaiveDate) -> Vec<ActivityLine> {
    let mut lines: Vec<(crate::common::ids::ActivityId, ActivityLine)> = Vec::new();
    for row in rows {
        if lines.last().is_none_or(|(id, _)| *id != row.id) {
            let starts = date(row.starts.as_deref());
            let day = starts.map_or(today, PartialDate::first_day);
            let line = ActivityLine {
                title: row.title,
                kind: row.kind,
                starts,
                ends: date(row.ends.as_deref()),
                place: row.place,
                area: row.area_code.map(|code| named(names, code, language, day)),
                participants: row.participants,
                papers: split_list(&row.papers).map(str::to_owned).collect(),
                note: row.note,
                projects: Vec::new(),
            };
            lines.push((row.id, line));
        }
        if let Some((_, line)) = lines.last_mut() {
            line.projects.extend(row.project_key.zip(row.project_title));
        }
    }
    lines.into_iter().map(|(_, line)| line).collect()
}
