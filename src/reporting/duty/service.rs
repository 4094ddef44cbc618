//! What somebody owes and has attended, and how many have met their duty.

use super::{
    api::{DutyLine, DutyNumbers, DutyYear},
    model::{DutyAsked, DutyBy, Post, count},
    store::{self, PersonRow, PostRow},
};
use crate::{
    common::{
        error::AppError,
        ids::{DeliveryId, PersonId},
    },
    institutions::{
        self,
        duty::{
            self,
            model::{Held, Owed, Term, day_of, of_year},
        },
        model::{KOSOVO, name_at},
    },
    people::{
        model::Profession,
        rights::{Record, Right, demand, may},
    },
    platform::{
        context::Ctx,
        db::{DbError, Handle, Tx},
        text, zones,
    },
};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use std::collections::BTreeMap;

/// As many years as can be chosen.
const YEARS: i64 = 12;

/// A person with what each year asks.
#[derive(Clone, Debug, Default)]
pub struct Duties {
    /// Given name, family name.
    pub name: String,
    /// Minutes attended this year, as last added up.
    minutes: i64,
    posts: Vec<Held>,
    terms: Vec<Term>,
}

impl Duties {
    /// From the rows of one person; none where there are none.
    fn of(rows: Vec<PersonRow>) -> Option<Self> {
        let first = rows.first()?;
        let name = format!("{} {}", first.given_name, first.family_name).trim().to_owned();
        let mut it = Self { name, minutes: first.minutes, ..Self::default() };
        for row in rows {
            let (Some(area_code), Some(profession)) = (row.area_code, row.profession) else { continue };
            if let (Some(from_year), Some(hours), Some(source)) = (row.from_year, row.hours, row.source) {
                it.terms.push(Term { area_code: area_code.clone(), profession, from_year, hours, source });
            }
            let held = Held { area_code, profession, starts_on: row.starts_on, ends_on: row.ends_on };
            if !it.posts.contains(&held) {
                it.posts.push(held);
            }
        }
        Some(it)
    }

    /// What a year asks.
    pub fn owed(&self, year: i64, today: NaiveDate) -> Option<Owed> {
        of_year(&self.terms, &self.posts, year, today).map(|(_, term)| Owed::of(term))
    }

    /// The years to show beside those in which something was attended: from the first of those, or from
    /// the first day of a post, to the one that runs, where something is asked.
    pub fn years(&self, attended: impl IntoIterator<Item = i64>, today: NaiveDate) -> Vec<(i64, Owed)> {
        let now = i64::from(today.year());
        let begun = self.posts.iter().filter_map(|post| post.starts_on).map(|day| i64::from(day.year()));
        let asked = self.terms.iter().map(|term| term.from_year).min().unwrap_or(now);
        let first = attended.into_iter().chain(begun).min().unwrap_or(now).max(asked);
        (first..=now).filter_map(|year| Some((year, self.owed(year, today)?))).collect()
    }
}

/// A person's duties. One statement.
pub async fn of_person(cx: &Ctx, h: &mut impl Handle, person: PersonId) -> Result<Option<Duties>, DbError> {
    Ok(Duties::of(store::person(h, person, cx.now().year().into()).await?))
}

/// What somebody owes this year and has attended of it, as last added up; none where nothing is asked. One
/// statement.
pub async fn this_year(cx: &Ctx, h: &mut impl Handle, person: PersonId) -> Result<Option<DutyYear>, DbError> {
    let today = cx.now().date_naive();
    let year = i64::from(today.year());
    Ok(of_person(cx, h, person)
        .await?
        .and_then(|duties| Some(DutyYear { year, minutes: duties.minutes, owed: duties.owed(year, today)? })))
}

/// Keeps the minutes that each attended of a delivery in each year at the venue. A statement a year.
pub async fn keep_years(
    tx: &mut Tx,
    delivery: DeliveryId,
    starts: impl Iterator<Item = DateTime<Utc>>,
    zone: &str,
) -> Result<(), DbError> {
    let mut years: Vec<i32> = starts.map(|at| zones::local(at, zone).year()).collect();
    years.sort_unstable();
    years.dedup();
    let first_of = |year: i32| {
        let day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        zones::utc(day.and_time(NaiveTime::MIN), zone)
    };
    store::clear_years(tx, delivery).await?;
    for year in years {
        store::add_year(tx, delivery, year.into(), first_of(year), first_of(year + 1)).await?;
    }
    Ok(())
}

/// How many owe something in a year and how many have met it, for who may read numbers. Four statements.
pub async fn numbers(cx: &Ctx, language: &str, asked: &DutyAsked) -> Result<DutyNumbers, AppError> {
    demand(cx.actor.as_ref(), Right::ReadNumbers, Record::default())?;
    let today = cx.now().date_naive();
    let now = i64::from(today.year());
    let year = asked.year.parse().unwrap_or(now).clamp(duty::model::FIRST_YEAR, now);
    let mut reader = cx.read().await?;
    let rows = store::people(&mut reader, year, day_of(year, today)).await?;
    let terms = duty::store::all(&mut reader).await?;
    let houses = institutions::store::lines(&mut reader).await?;
    let areas = institutions::store::area_names(&mut reader).await?;
    drop(reader);
    // Small counts are for the programme office, which answers for the data, and for who runs the
    // institution asked for: they may open each person's hours anyway.
    let own = houses.iter().find(|line| line.slug == asked.institution).map(|line| line.id);
    let suppressed = !may(cx.actor.as_ref(), Right::ReadSmallCounts, Record::of(own));
    let posts: Vec<Post> = rows.iter().map(post).collect();
    let mut at = 0;
    let people: Vec<(&[Post], i64)> = rows
        .chunk_by(|a, b| a.person_id == b.person_id)
        .map(|rows| {
            let mine = &posts[at..at + rows.len()];
            at += rows.len();
            (mine, rows[0].minutes)
        })
        .collect();
    let by = asked.lines();
    let (all, each) = count(&terms, people, asked, year, today);
    let name = |by: DutyBy, key: &str| match by {
        DutyBy::Area => name_at(&areas, key, language, today),
        DutyBy::Institution => {
            houses.iter().find(|line| line.slug == key).map_or_else(|| key.to_owned(), |line| line.name.clone())
        }
        DutyBy::Profession => key.to_owned(),
    };
    let choices = |by: DutyBy, keys: &mut dyn Iterator<Item = &str>| {
        let named: BTreeMap<&str, String> =
            keys.filter(|key| !key.is_empty()).map(|key| (key, name(by, key))).collect();
        let mut named: Vec<(String, String)> = named.into_iter().map(|(key, name)| (key.to_owned(), name)).collect();
        named.sort_by_cached_key(|(_, name)| text::fold(name));
        named
    };
    let first = terms.iter().map(|term| term.from_year).min().unwrap_or(now).max(now - YEARS + 1);
    let mut lines: Vec<DutyLine> = each
        .iter()
        .map(|(key, count)| DutyLine { key: key.clone(), name: name(by, key), told: count.told(suppressed) })
        .collect();
    lines.sort_by_cached_key(|line| (line.key.is_empty(), text::fold(&line.name)));
    Ok(DutyNumbers {
        year,
        by,
        total: all.told(suppressed),
        areas: choices(DutyBy::Area, &mut rows.iter().map(|row| row.area_code.as_str())),
        institutions: choices(DutyBy::Institution, &mut rows.iter().map(|row| row.institution.as_str())),
        professions: Profession::ALL
            .iter()
            .copied()
            .filter(|it| rows.iter().any(|row| row.profession == *it))
            .collect(),
        years: (first..=now).rev().collect(),
        footnote: asked.area == KOSOVO || (by == DutyBy::Area && each.contains_key(KOSOVO)),
        any: !terms.is_empty(),
        lines,
        suppressed,
    })
}

fn post(row: &PostRow) -> Post {
    // Only the posts held on the day were read, so that their own days say nothing more.
    let held = Held { area_code: row.area_code.clone(), profession: row.profession, starts_on: None, ends_on: None };
    Post { held, institution: row.institution.clone() }
}
