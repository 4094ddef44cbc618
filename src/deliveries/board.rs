//! The catalogue: courses with their next dates, filtered and counted.

use super::{
    board_api::{Board, BoardCourse, Choice, CoursePage, Outline, OutlineModule},
    board_model::{BoardQuery, Candidate, CourseDate, DATES, Facet, PAGE, call, counts},
    board_store::{self as store, CourseRow, DateRow, OutlineRow},
};
use crate::{
    common::{codes::split_list, error::AppError, ids::CourseId},
    institutions::{
        self,
        model::{AreaName, KOSOVO, name_at},
    },
    people::rights::{Record, Right, may, may_somewhere, require},
    platform::{context::Ctx, text},
};
use chrono::NaiveDate;
use std::collections::HashMap;

fn date_of(row: DateRow, by_nomination: bool, today: NaiveDate) -> CourseDate {
    CourseDate {
        id: row.id,
        call: call(row.state, by_nomination, row.capacity - row.taken, row.call_closes_on, today),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        date_note: row.date_note,
        place: row.place,
        mode: row.mode,
        language: row.language,
        area_code: row.area_code,
        host_name: row.host_name,
    }
}

/// What the facts say of one course.
#[derive(Default)]
struct Facts {
    needs: Vec<String>,
    areas: Vec<String>,
    pack: Option<(i64, i64)>,
}

fn by_course(rows: Vec<(CourseId, String, String)>) -> HashMap<CourseId, Facts> {
    let mut facts: HashMap<CourseId, Facts> = HashMap::new();
    for (course, what, value) in rows {
        let of = facts.entry(course).or_default();
        match what.as_str() {
            "needs" => of.needs.push(value),
            "area" => of.areas.push(value),
            _ => {
                let version = value.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
                of.pack = of.pack.max(version);
            }
        }
    }
    facts
}

fn candidate(row: &CourseRow, facts: &Facts, dates: Vec<CourseDate>) -> Candidate {
    Candidate {
        kind: row.kind,
        audiences: split_list(&row.audiences).filter_map(|code| code.parse().ok()).collect(),
        areas: facts.areas.iter().cloned().chain(dates.iter().filter_map(|date| date.area_code.clone())).collect(),
        languages: split_list(&row.languages)
            .map(str::to_owned)
            .chain(dates.iter().map(|date| date.language.clone()))
            .collect(),
        dates,
    }
}

/// The catalogue as the query part of an address asks for it. Four statements.
pub async fn board(cx: &Ctx, query: &str, language: &str) -> Result<Board, AppError> {
    read(cx, BoardQuery::parse(query), language, PAGE, DATES).await
}

/// All courses found, with all their dates that are asked for.
pub async fn all_dates(cx: &Ctx, query: &str, language: &str) -> Result<Vec<BoardCourse>, AppError> {
    let query = BoardQuery { after: String::new(), ..BoardQuery::parse(query) };
    Ok(read(cx, query, language, usize::MAX, usize::MAX).await?.courses)
}

async fn read(
    cx: &Ctx,
    mut query: BoardQuery,
    language: &str,
    page: usize,
    most_dates: usize,
) -> Result<Board, AppError> {
    let today = cx.now().date_naive();
    let mut reader = cx.read().await?;
    let mut rows = store::courses(&mut reader, language, &text::like_pattern(&query.q)).await?;
    let mut facts = by_course(store::facts(&mut reader).await?);
    let mut dates: HashMap<CourseId, Vec<DateRow>> = HashMap::new();
    for row in store::upcoming(&mut reader, today).await? {
        dates.entry(row.course_id).or_default().push(row);
    }
    let names = institutions::store::area_names(&mut reader).await?;
    drop(reader);

    rows.sort_by_cached_key(|row| (row.kind, text::fold(&row.title), row.slug.clone()));
    let no_facts = Facts::default();
    let all: Vec<Candidate> = rows
        .iter()
        .map(|row| {
            let dates = dates.remove(&row.id).unwrap_or_default();
            let dates = dates.into_iter().map(|date| date_of(date, row.by_nomination, today)).collect();
            candidate(row, facts.get(&row.id).unwrap_or(&no_facts), dates)
        })
        .collect();
    let found: Vec<bool> = rows.iter().map(|row| row.found == 1).collect();

    // An area or language that no course has is not one of the choices, so it is no filter.
    let known = |facet: Facet, code: &String| all.iter().any(|course| course.codes(facet).contains(code));
    query.areas.retain(|code| known(Facet::Area, code));
    query.languages.retain(|code| known(Facet::Language, code));

    let choices = Facet::ALL
        .into_iter()
        .map(|facet| choices(facet, counts(&query, facet, &all, &found), &names, language, today))
        .collect();
    let titles: HashMap<&str, &str> = rows.iter().map(|row| (row.slug.as_str(), row.title.as_str())).collect();
    let taken: Vec<usize> = (0..rows.len()).filter(|n| found[*n] && query.takes(&all[*n])).collect();
    let start = taken.iter().position(|n| rows[*n].slug == query.after).map_or(0, |at| at + 1);
    if start == 0 {
        query.after.clear();
    }
    let courses = taken
        .iter()
        .skip(start)
        .take(page)
        .map(|n| {
            let row = &rows[*n];
            let facts = facts.remove(&row.id).unwrap_or_default();
            BoardCourse {
                slug: row.slug.clone(),
                kind: row.kind,
                title: row.title.clone(),
                summary: row.summary.clone(),
                text_language: row.text_language.clone(),
                days: row.days,
                minutes: row.minutes,
                languages: split_list(&row.languages).count(),
                by_nomination: row.by_nomination,
                pack: facts.pack.map(|(major, minor)| format!("{major}.{minor}")),
                needs: facts
                    .needs
                    .into_iter()
                    .filter_map(|slug| titles.get(slug.as_str()).map(|title| (slug.clone(), (*title).to_owned())))
                    .collect(),
                dates: shown(&query, &all[*n].dates, most_dates),
            }
        })
        .collect();
    let slug_at = |at: usize| rows[taken[at]].slug.clone();
    Ok(Board {
        query: query.to_query(),
        total: taken.len(),
        first: start + 1,
        courses,
        choices,
        earlier: (start > 0).then(|| if start <= page { String::new() } else { slug_at(start - page - 1) }),
        later: (taken.len() - start > page).then(|| slug_at(start + page - 1)),
        today,
        footnote: all.iter().any(|course| course.areas.contains(KOSOVO)),
        may_create: may_somewhere(cx.actor.as_ref(), Right::EditCourse),
    })
}

/// The dates to show: those asked for, or the next ones where a course is found by its record.
fn shown(query: &BoardQuery, dates: &[CourseDate], most: usize) -> Vec<CourseDate> {
    let wanted: Vec<CourseDate> = dates.iter().filter(|date| query.wants(date)).take(most).cloned().collect();
    if wanted.is_empty() { dates.iter().take(most).cloned().collect() } else { wanted }
}

fn choices(
    facet: Facet,
    counts: Vec<(String, usize)>,
    names: &[AreaName],
    language: &str,
    today: NaiveDate,
) -> Vec<Choice> {
    let mut choices: Vec<Choice> = counts
        .into_iter()
        .map(|(code, count)| Choice {
            name: if facet == Facet::Area { name_at(names, &code, language, today) } else { String::new() },
            code,
            count,
        })
        .collect();
    if facet == Facet::Area {
        choices.sort_by_cached_key(|choice| text::fold(&choice.name));
    }
    choices
}

/// A course's page. Four statements. A course that is not published is there for its authors
/// alone.
pub async fn course(cx: &Ctx, slug: &str, language: &str) -> Result<CoursePage, AppError> {
    let today = cx.now().date_naive();
    let reader_id = cx.actor.as_ref().map(|actor| actor.person_id);
    let mut reader = cx.read().await?;
    let row = store::course(&mut reader, slug, language, reader_id).await?.ok_or(AppError::NotFound)?;
    let record = Record::default().naming(row.named > 0);
    let may = |right| may(cx.actor.as_ref(), right, record);
    require(row.course.published || may(Right::EditCourse), AppError::NotFound)?;
    let links = store::links(&mut reader, row.course.id, language).await?;
    let outline = outline(store::outline(&mut reader, row.course.id, language).await?);
    let dates = store::dates(&mut reader, row.course.id, today).await?;

    let footnote = links.iter().any(|link| link.area_code == KOSOVO)
        || dates.iter().any(|date| date.area_code.as_deref() == Some(KOSOVO));
    let past_count = dates.iter().map(|date| date.past).max().unwrap_or_default();
    let (mut next, mut past): (Vec<DateRow>, Vec<DateRow>) = dates.into_iter().partition(|date| date.past == 0);
    next.sort_by_key(|date| (date.starts_on.is_none(), date.starts_on, date.id));
    past.sort_by_key(|date| std::cmp::Reverse((date.starts_on, date.id)));
    past.truncate(store::PAST);
    let by_nomination = row.course.by_nomination;
    let shown = |rows: Vec<DateRow>| rows.into_iter().map(|row| date_of(row, by_nomination, today)).collect();
    let (institutions, needs): (Vec<_>, Vec<_>) = links.into_iter().partition(|link| link.what == "offers");
    Ok(CoursePage {
        may_edit: may(Right::EditCourse),
        may_write: may(Right::WritePack),
        course: row.course,
        text_language: row.text_language,
        title: row.title,
        summary: row.summary,
        objectives: row.objectives,
        needs: needs.into_iter().map(|link| (link.slug, link.name)).collect(),
        institutions: institutions.into_iter().map(|link| (link.slug, link.name)).collect(),
        outline,
        dates: shown(next),
        past: shown(past),
        past_count,
        today,
        footnote,
    })
}

fn outline(rows: Vec<OutlineRow>) -> Option<Outline> {
    let first = rows.first()?;
    let mut outline = Outline {
        version: format!("{}.{}", first.major, first.minor),
        language: first.language.clone(),
        modules: Vec::new(),
    };
    let mut position = None;
    for row in rows {
        let Some(title) = row.module else { continue };
        if position != row.position || outline.modules.is_empty() {
            position = row.position;
            outline.modules.push(OutlineModule { title, sessions: Vec::new() });
        }
        if let (Some(module), Some(title), Some(minutes)) = (outline.modules.last_mut(), row.title, row.minutes) {
            module.sessions.push((title, minutes));
        }
    }
    Some(outline)
}
