//! The cascade for who may read it: the page, and its numbers as a file.

use super::{
    api::{Cascade, CascadePage, Elsewhere, Line, ScopeHead},
    growth::{Counts, WHOLE},
    model::{ACTIVE_MONTHS, Asked, Figures, Kind, tenths},
    picture::{self, Material},
    store::{self, CellRow, Filter, HeadRow},
};
use crate::{
    common::{error::AppError, few::told},
    i18n::{self, Locale},
    institutions::{
        self,
        model::{AreaName, KOSOVO, name_at},
    },
    people::rights::{Record, Right, demand, may_everywhere, may_somewhere},
    platform::{context::Ctx, db::Handle, text},
    tr,
};
use chrono::{Months, NaiveDate};
use std::collections::BTreeSet;
use uuid::Uuid;

fn figures(it: &Counts, keep_back: bool) -> Figures {
    Figures {
        deliveries: it.deliveries,
        sealed: it.sealed,
        by_trainers: tenths(it.by_trainers, WHOLE),
        by_payers: tenths(it.by_payers, WHOLE),
        trainers: Some(it.trainers),
        participations: Some(it.participations),
        persons: Some(it.persons),
        heads: Some(it.heads),
    }
    .told(keep_back)
}

/// Only the programme office, which answers for the data, sees the smallest counts, and names of trainers.
pub(super) fn officer(cx: &Ctx) -> bool {
    may_everywhere(cx.actor.as_ref(), Right::ManageDelivery)
}

/// What a query asks of a scope; -1 and `*` for all.
pub(super) fn filter(asked: &Asked, scope: Uuid) -> Filter {
    let all = || "*".to_owned();
    Filter {
        scope,
        generation: asked.generation.map_or(-1, i64::from),
        area: asked.area.clone().unwrap_or_else(all),
        year: asked.year.map_or(-1, i64::from),
        course: asked.course.clone().unwrap_or_else(all),
    }
}

/// What is asked about; not found if there is no such thing.
pub(super) async fn head(h: &mut impl Handle, asked: &Asked, language: &str) -> Result<(HeadRow, ScopeHead), AppError> {
    let (kind, key) = asked.scope.clone().ok_or(AppError::NotFound)?;
    let course = asked.course.as_deref().unwrap_or_default();
    let row = store::head(h, (kind, &key), course, language).await?.ok_or(AppError::NotFound)?;
    let as_of = row.refreshed_at.map(|at| at.naive_utc());
    // What is no course is called as the address has it.
    let course = asked.course.clone().map(|slug| row.course_title.clone().unwrap_or(slug));
    let head = ScopeHead { kind, key, title: row.title.clone(), as_of, course };
    Ok((row, head))
}

/// The first day that is not yet twelve months ago.
pub(super) fn active_since(cx: &Ctx) -> NaiveDate {
    let today = cx.now().date_naive();
    today.checked_sub_months(Months::new(ACTIVE_MONTHS)).unwrap_or(today)
}

/// Names of areas on a page.
pub(super) struct Areas<'a> {
    pub names: &'a [AreaName],
    pub language: &'a str,
    pub today: NaiveDate,
}

impl Areas<'_> {
    /// Empty for what is not recorded.
    pub fn name(&self, code: &str) -> String {
        if code.is_empty() { String::new() } else { name_at(self.names, code, self.language, self.today) }
    }
}

/// The cascade that a query asks for, or all there are. Four statements.
pub async fn page(cx: &Ctx, language: &str, query: &str) -> Result<CascadePage, AppError> {
    demand(cx.actor.as_ref(), Right::ReadNumbers, Record::default())?;
    let asked = Asked::parse(query);
    let suppressed = !officer(cx);
    let mut reader = cx.read().await?;
    if asked.scope.is_none() {
        let all = store::all(&mut reader, language).await?;
        let line = |row: store::ScopeLine| {
            let key = if row.kind == Kind::Cohort { row.id.to_string() } else { row.key };
            let head = ScopeHead { kind: row.kind, key, title: row.title, as_of: None, course: None };
            (head, figures(&row.counts, suppressed))
        };
        return Ok(CascadePage { all: all.into_iter().map(line).collect(), shown: None, suppressed });
    }
    let (row, head) = head(&mut reader, &asked, language).await?;
    let filter = filter(&asked, row.id);
    let cells = store::cells(&mut reader, &filter, language).await?;
    let names = institutions::store::area_names(&mut reader).await?;
    let areas = Areas { names: &names, language, today: cx.now().date_naive() };
    let since = active_since(cx);
    let (graduates, rows) = if suppressed {
        (store::graduates(&mut reader, row.id, since).await?, Vec::new())
    } else {
        let rows = store::open(&mut reader, &filter, &picture::opened(&asked), since).await?;
        let by_area = rows.iter().filter(|row| row.part == "area");
        (by_area.map(|row| (row.area_code.clone(), row.of_all, row.number)).collect(), rows)
    };
    drop(reader);
    let graduates: Vec<(String, String, i64, i64)> =
        graduates.into_iter().map(|(code, all, active)| (code.clone(), areas.name(&code), all, active)).collect();
    let tables = Tables { cells: &cells, filter: &filter, areas: &areas, suppressed };
    let generations = tables.generations();
    let material = Material {
        asked: &asked,
        start: tables.at(0, "*"),
        generations: &generations,
        from: asked
            .opened()
            .iter()
            .filter_map(|key| key.strip_prefix('g')?.parse().ok())
            .map(|generation| (generation, tables.areas(i64::from(generation))))
            .collect(),
        graduates: &graduates,
        rows: &rows,
        keep_back: suppressed,
        lists: may_somewhere(cx.actor.as_ref(), Right::ManageDelivery),
        names: !suppressed,
    };
    let by_area = tables.areas(filter.generation);
    let codes: BTreeSet<&str> =
        by_area.iter().map(|line| line.key.as_str()).chain(graduates.iter().map(|(code, ..)| code.as_str())).collect();
    let shown = Cascade {
        total: tables.at(filter.generation, &filter.area),
        nodes: picture::nodes(&material),
        lists: material.lists,
        names: material.names,
        footnote: codes.contains(KOSOVO),
        years: tables.part("year", |row| row.year.to_string()),
        courses: tables.part("course", |row| row.course_slug.clone()),
        undated: row.undated.unwrap_or_default(),
        elsewhere: tables.elsewhere(),
        areas: by_area,
        generations,
        head,
    };
    Ok(CascadePage { all: Vec::new(), shown: Some(Box::new(shown)), suppressed })
}

/// The tables of a page, from its cells.
struct Tables<'a> {
    cells: &'a [CellRow],
    filter: &'a Filter,
    areas: &'a Areas<'a>,
    suppressed: bool,
}

impl Tables<'_> {
    fn cross(&self) -> impl Iterator<Item = &CellRow> {
        self.cells.iter().filter(|row| row.part == "cross")
    }

    fn figures(&self, row: &CellRow) -> Figures {
        figures(&row.counts, self.suppressed)
    }

    fn at(&self, generation: i64, area: &str) -> Figures {
        let cell = self.cross().find(|row| row.generation == generation && row.area_code == area);
        cell.map_or_else(|| figures(&Counts::default(), self.suppressed), |row| self.figures(row))
    }

    /// People counted without names, of whom a cascade says no more than how many.
    fn elsewhere(&self) -> Elsewhere {
        let tally = self.cells.iter().find(|row| row.part == "tally");
        let (confirmed, unverified) = tally.map_or((0, 0), |row| (row.confirmed, row.unverified));
        let told = |people| told(people, self.suppressed);
        Elsewhere { confirmed: told(confirmed), unverified: told(unverified) }
    }

    fn generations(&self) -> Vec<Line> {
        let wanted = |row: &&CellRow| {
            row.generation >= 0
                && row.area_code == self.filter.area
                && [-1, row.generation].contains(&self.filter.generation)
        };
        let mut lines: Vec<&CellRow> = self.cross().filter(wanted).collect();
        lines.sort_by_key(|row| row.generation);
        let line =
            |row: &CellRow| Line { key: row.generation.to_string(), name: String::new(), figures: self.figures(row) };
        lines.into_iter().map(line).collect()
    }

    fn areas(&self, generation: i64) -> Vec<Line> {
        let wanted = |row: &&CellRow| {
            row.generation == generation
                && row.area_code != "*"
                && ["*", row.area_code.as_str()].contains(&self.filter.area.as_str())
        };
        let line = |row: &CellRow| Line {
            key: row.area_code.clone(),
            name: self.areas.name(&row.area_code),
            figures: self.figures(row),
        };
        let mut lines: Vec<Line> = self.cross().filter(wanted).map(line).collect();
        lines.sort_by_cached_key(|line| (line.key.is_empty(), text::fold(&line.name)));
        lines
    }

    /// Years, the latest first and those not known last; or courses by title.
    fn part(&self, part: &str, key: impl Fn(&CellRow) -> String) -> Vec<Line> {
        let chosen = |row: &&CellRow| {
            row.part == part
                && [-1, row.year].contains(&self.filter.year)
                && ["*", row.course_slug.as_str()].contains(&self.filter.course.as_str())
        };
        let mut rows: Vec<&CellRow> = self.cells.iter().filter(chosen).collect();
        rows.sort_by_cached_key(|row| (std::cmp::Reverse(row.year), text::fold(&row.title)));
        rows.into_iter()
            .map(|row| Line { key: key(row), name: row.title.clone(), figures: self.figures(row) })
            .collect()
    }
}

/// A line of the file: generation, name of the area, year, and the numbers; -1 and `*` for all.
pub type CrossLine = (i64, String, i64, Figures);

/// All generations, areas and years under a filter, as the file has them. Four statements.
pub async fn cross(cx: &Ctx, locale: Locale, query: &str) -> Result<(CascadePage, Vec<CrossLine>), AppError> {
    let language = i18n::code(locale);
    let page = page(cx, language, query).await?;
    if page.shown.is_none() {
        return Err(AppError::NotFound);
    }
    let asked = Asked::parse(query);
    let mut reader = cx.read().await?;
    let (row, _) = head(&mut reader, &asked, language).await?;
    let rows = store::cross(&mut reader, &filter(&asked, row.id)).await?;
    let names = institutions::store::area_names(&mut reader).await?;
    drop(reader);
    let areas = Areas { names: &names, language, today: cx.now().date_naive() };
    let lines = rows
        .iter()
        .map(|row| {
            let area = match row.area_code.as_str() {
                "*" => "*".to_owned(),
                "" => i18n::speaking(locale, || tr!(reporting.unknown_area)),
                code => areas.name(code),
            };
            (row.generation, area, row.year, figures(&row.counts, page.suppressed))
        })
        .collect();
    Ok((page, lines))
}
