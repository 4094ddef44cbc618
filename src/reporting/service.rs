//! Numbers: who was reached, by area, course and project; and each role's first page.

mod home;

pub use home::home;

use super::{
    api::Report,
    model::{ALL, Apart, Figures, Line, Unnamed, beside, figures},
    store::{self, ReachRow},
};
use crate::{
    common::error::AppError,
    i18n::{self, Locale},
    institutions::{
        self,
        model::{AreaName, KOSOVO, name_at},
    },
    people::rights::{Record, Right, demand, may, may_everywhere},
    platform::{context::Ctx, db::Handle, export::csv, text},
    tr,
};
use chrono::NaiveDate;
use futures::future::BoxFuture;
use std::collections::BTreeMap;

/// Brings the numbers up to date, as a job.
pub fn refresh_job(cx: Ctx, _: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move { refresh(&cx).await })
}

/// Counts everything anew. The counting is reading, so that it never holds up who writes; what
/// changes meanwhile asks for another count.
pub async fn refresh(cx: &Ctx) -> Result<(), AppError> {
    let now = cx.now();
    let mut counts = Vec::new();
    let mut reader = cx.read().await?;
    for (all_areas, all_courses) in [(false, false), (false, true), (true, false), (true, true)] {
        let all = store::count_all(&mut reader, all_areas, all_courses).await?;
        counts.extend(all.into_iter().map(|reach| (ALL.to_owned(), reach)));
        let each = store::count_by_project(&mut reader, all_areas, all_courses).await?;
        counts.extend(each.into_iter().map(|row| (row.project_key, row.reach)));
    }
    drop(reader);
    // One order for all, so that two refreshes at once wait for each other and nothing worse.
    counts.sort_by(|a, b| (&a.0, &a.1.area_code, &a.1.course_slug).cmp(&(&b.0, &b.1.area_code, &b.1.course_slug)));
    let mut tx = cx.begin().await?;
    for (project, reach) in &counts {
        store::set_reach(&mut tx, project, reach, now).await?;
    }
    store::forget_reach(&mut tx, now).await?;
    tx.commit().await?;
    super::attendance::service::catch_up(cx).await?;
    // What changes these numbers changes those of the cascade.
    crate::cascade::rebuild::ask(cx).await
}

/// What is asked of the numbers; empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Key of a project.
    pub project: String,
    /// Code of an area.
    pub area: String,
    /// Address of a course.
    pub course: String,
}

/// The numbers of a filter. Three statements.
pub(super) async fn numbers(
    cx: &Ctx,
    h: &mut impl Handle,
    language: &str,
    filter: &Filter,
) -> Result<Report, AppError> {
    let or_all = |text: &str| if text.is_empty() { ALL.to_owned() } else { text.to_owned() };
    let rows = store::reach(h, &or_all(&filter.project)).await?;
    let names = institutions::store::area_names(h).await?;
    let titles = store::course_titles(h).await?;
    // Only the programme office, which answers for the data, sees the smallest counts.
    let suppressed = !may_everywhere(cx.actor.as_ref(), Right::ReadSmallCounts);
    let as_of = rows.iter().filter_map(|row| row.refreshed_at).max().map(|at| at.naive_utc());
    let (counted, kept): (Vec<ReachRow>, Vec<ReachRow>) = rows.into_iter().partition(|row| row.refreshed_at.is_none());
    let mut cells = figures(&kept.into_iter().map(|row| row.reach).collect::<Vec<_>>(), suppressed);
    let apart: Vec<_> = counted
        .into_iter()
        .map(|row| {
            let cell = (row.reach.area_code, row.reach.course_slug);
            (cell, Apart { people: row.people, unverified: row.unverified })
        })
        .collect();
    beside(&mut cells, &apart, suppressed);
    let (area, course) = (or_all(&filter.area), or_all(&filter.course));
    let today = cx.now().date_naive();
    let areas = named(&cells, |(a, c)| (*c == course).then_some(a), |key| area_name(&names, key, language, today));
    let courses = named(&cells, |(a, c)| (*a == area).then_some(c), |key| course_name(&titles, key, language));
    let choices = |lines: Vec<Line>| lines.into_iter().map(|line| (line.key, line.name)).collect::<Vec<_>>();
    Ok(Report {
        total: cells.get(&(area.clone(), course.clone())).copied().unwrap_or_default(),
        area_choices: choices(named(
            &cells,
            |(a, c)| (c == ALL && !a.is_empty()).then_some(a),
            |key| area_name(&names, key, language, today),
        )),
        course_choices: choices(named(
            &cells,
            |(a, c)| (a == ALL && !c.is_empty()).then_some(c),
            |key| course_title(&titles, key, language),
        )),
        footnote: areas.iter().any(|line| line.key == KOSOVO),
        areas: areas.into_iter().filter(|line| area == ALL || line.key == area).collect(),
        courses: courses.into_iter().filter(|line| course == ALL || line.key == course).collect(),
        projects: Vec::new(),
        suppressed,
        as_of,
    })
}

/// Lines of the cells that `pick` takes, without the totals, by name; the unnamed last.
fn named<'a>(
    cells: &'a BTreeMap<(String, String), Figures>,
    pick: impl Fn(&'a (String, String)) -> Option<&'a String>,
    name: impl Fn(&str) -> String,
) -> Vec<Line> {
    let mut lines: Vec<Line> = cells
        .iter()
        .filter_map(|(cell, figures)| Some((pick(cell)?, figures)))
        .filter(|(key, _)| *key != ALL)
        .map(|(key, figures)| Line { key: key.clone(), name: name(key), figures: *figures })
        .collect();
    lines.sort_by_cached_key(|line| (line.key.is_empty(), text::fold(&line.name)));
    lines
}

fn area_name(names: &[AreaName], code: &str, language: &str, day: NaiveDate) -> String {
    if code.is_empty() {
        i18n::speaking(i18n::locale_of(language).unwrap_or_default(), || tr!(reporting.unknown_area))
    } else {
        name_at(names, code, language, day)
    }
}

/// A course's title; what was counted without names need not be one of our courses.
fn course_name(titles: &[(String, String, String)], slug: &str, language: &str) -> String {
    if slug.is_empty() {
        i18n::speaking(i18n::locale_of(language).unwrap_or_default(), || tr!(tallies.no_course_of_ours))
    } else {
        course_title(titles, slug, language)
    }
}

pub(super) fn course_title(titles: &[(String, String, String)], slug: &str, language: &str) -> String {
    let pick = |code: &str| titles.iter().find(|(s, l, _)| s == slug && l == code).map(|(.., title)| title.clone());
    pick(language).or_else(|| pick("en")).unwrap_or_else(|| slug.to_owned())
}

/// The numbers, for who may read them. Four statements.
pub async fn report(cx: &Ctx, language: &str, filter: &Filter) -> Result<Report, AppError> {
    demand(cx.actor.as_ref(), Right::ReadNumbers, Record::default())?;
    let mut reader = cx.read().await?;
    let projects = store::projects(&mut reader).await?;
    let report = numbers(cx, &mut reader, language, filter).await?;
    Ok(Report { projects, ..report })
}

/// People counted without names, for who may read numbers; others learn nothing.
pub async fn unnamed(cx: &Ctx, project: &str, institution: &str, area: &str) -> Result<Option<Unnamed>, AppError> {
    if !may(cx.actor.as_ref(), Right::ReadNumbers, Record::default()) {
        return Ok(None);
    }
    let keep_back = !may_everywhere(cx.actor.as_ref(), Right::ReadSmallCounts);
    let (people, unverified) = store::unnamed(&mut cx.read().await?, project, institution, area).await?;
    Ok(Some(Unnamed::told(people, unverified, keep_back)))
}

/// The numbers as a file: the same as the page shows.
pub async fn report_csv(cx: &Ctx, locale: Locale, filter: &Filter) -> Result<String, AppError> {
    let report = report(cx, i18n::code(locale), filter).await?;
    Ok(i18n::speaking(locale, || file_of(&report)))
}

fn file_of(report: &Report) -> String {
    let count = |value: Option<i64>| value.map_or_else(|| tr!(reporting.few), |value| value.to_string());
    let few = |value: Option<i64>| value.map_or_else(|| tr!(tallies.few), |value| value.to_string());
    let row = |of: String, key: &str, name: &str, f: &Figures| {
        vec![
            of,
            key.to_owned(),
            name.to_owned(),
            f.deliveries.to_string(),
            count(f.participations),
            count(f.persons),
            count(f.completions),
            few(f.unnamed.people),
            few(f.unnamed.unverified),
        ]
    };
    let mut rows = vec![vec![
        tr!(reporting.csv_of),
        tr!(reporting.csv_code),
        tr!(reporting.csv_name),
        tr!(reporting.deliveries),
        tr!(reporting.participations),
        tr!(reporting.persons),
        tr!(reporting.completions),
        tr!(tallies.column),
        tr!(tallies.column_unverified),
    ]];
    rows.push(row(tr!(reporting.sum), "", "", &report.total));
    rows.extend(report.areas.iter().map(|l| row(tr!(reporting.area), &l.key, &l.name, &l.figures)));
    rows.extend(report.courses.iter().map(|l| row(tr!(reporting.course), &l.key, &l.name, &l.figures)));
    if report.footnote {
        rows.push(vec![tr!(app.kosovo_footnote)]);
    }
    csv(&rows)
}
