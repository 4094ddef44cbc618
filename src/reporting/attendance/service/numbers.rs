//! The numbers of institutions and areas: one row of sums a delivery, kept by a job, and the
//! adding up of thousands of them.

use super::{Course, half, over, rule};
use crate::{
    common::{error::AppError, ids::DeliveryId},
    deliveries::{self, model::DeliveryState},
    enrolment::model::EnrolmentState,
    i18n,
    institutions::{
        self,
        model::{KOSOVO, name_at},
    },
    people::rights::{Record, Right, demand, may_everywhere},
    platform::{context::Ctx, jobs, text},
    reporting::{
        attendance::{
            api::{Asked, NumberLine, Numbers},
            model::{By, Cell, Groups, Outlook, People, Sum, cells},
            store::{self, SumRow},
        },
        duty,
        model::Apart,
        store as reach,
    },
    tr,
};
use chrono::Datelike;
use futures::future::BoxFuture;
use std::collections::{BTreeSet, HashMap};

/// The kind of job that adds up a delivery's attendance.
pub const SUM: &str = jobs::SUM;

/// Adds up a delivery's attendance, as a job.
pub fn sum_job(cx: Ctx, payload: String) -> BoxFuture<'static, Result<(), AppError>> {
    Box::pin(async move {
        let about: jobs::About = serde_json::from_str(&payload).map_err(|_| AppError::Internal)?;
        sum(&cx, about.delivery).await
    })
}

/// Adds up the attendance of a delivery from its marks, always in the same way, whatever was there.
pub async fn sum(cx: &Ctx, delivery: DeliveryId) -> Result<(), AppError> {
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let Some(head) = deliveries::store::head(&mut tx, delivery).await? else { return Ok(()) };
    let slots = store::slots(&mut tx, delivery).await?;
    let people = store::people(&mut tx, delivery).await?;
    let numbers: HashMap<_, _> = store::numbers(&mut tx, delivery).await?.into_iter().collect();
    let marks: Vec<Vec<Cell>> =
        people.iter().map(|row| cells(row.marks.as_deref().unwrap_or_default(), slots.len())).collect();
    let halves = slots.iter().map(|slot| half(slot, over(head.state), now)).collect();
    let course = Course::new(halves, &rule(head.attendance_percent, head.excused, head.mode), &marks);
    let held = |n: &usize| course.halves[*n].ended || course.kept[*n];
    let delivered: i64 = (0..slots.len()).filter(held).map(|n| course.halves[n].minutes).sum();
    let registered = course.kept.contains(&true);
    let running = head.state == DeliveryState::Running;
    let mut sum = Sum { delivered_minutes: delivered, ..Sum::default() };
    let mut came = Vec::new();
    for (row, marks) in people.iter().zip(&marks) {
        sum.places += 1;
        if row.state != EnrolmentState::NotAttended {
            sum.participations += 1;
            came.extend(numbers.get(&row.id).and_then(|number| u32::try_from(*number).ok()));
        }
        // Records taken from documents have no register; nobody missed what nobody noted.
        if registered {
            sum.possible_minutes += delivered;
            sum.attended_minutes += course.attended(marks).min(delivered);
        }
        sum.completed += i64::from(row.state == EnrolmentState::Completed || row.met == Some(true));
        if running && course.programme > 0 {
            let outlook = course.outlook(marks);
            sum.at_risk += i64::from(outlook == Outlook::AtRisk);
            sum.cannot_pass += i64::from(outlook == Outlook::CannotPass);
        }
    }
    duty::service::keep_years(&mut tx, delivery, slots.iter().map(|slot| slot.starts_at), &head.time_zone).await?;
    store::set_sum(&mut tx, delivery, &sum, &People::list(came), now).await?;
    Ok(tx.commit().await?)
}

/// Adds up every delivery whose sums are missing or may be out of date.
pub async fn catch_up(cx: &Ctx) -> Result<(), AppError> {
    let stale = store::stale(&mut cx.read().await?, cx.now()).await?;
    for (delivery,) in stale {
        sum(cx, delivery).await?;
    }
    Ok(())
}

/// The numbers, for who may read them. Four statements, however many marks there are.
pub async fn numbers(cx: &Ctx, language: &str, asked: &Asked) -> Result<Numbers, AppError> {
    demand(cx.actor.as_ref(), Right::ReadNumbers, Record::default())?;
    let mut reader = cx.read().await?;
    let rows = store::sums(&mut reader).await?;
    let hosts = store::hosts(&mut reader).await?;
    let areas = institutions::store::area_names(&mut reader).await?;
    let titles = reach::course_titles(&mut reader).await?;
    drop(reader);
    // Only the programme office, which answers for the data, sees the smallest counts.
    let suppressed = !may_everywhere(cx.actor.as_ref(), Right::ReadSmallCounts);
    let by: By = asked.by.parse().unwrap_or(By::Area);
    let today = cx.now().date_naive();
    let name = |by: By, key: &str| match by {
        _ if key.is_empty() => String::new(),
        By::Area => name_at(&areas, key, language, today),
        By::Institution => {
            hosts.iter().find(|(slug, _)| slug == key).map_or_else(|| key.to_owned(), |(_, name)| name.clone())
        }
        By::Course => crate::reporting::service::course_title(&titles, key, language),
        By::Year | By::Month => key.to_owned(),
    };
    let choices = |by: By| {
        let keys: BTreeSet<String> = rows.iter().map(|row| key(row, by)).filter(|key| !key.is_empty()).collect();
        let mut named: Vec<(String, String)> = keys.into_iter().map(|key| (key.clone(), name(by, &key))).collect();
        named.sort_by_cached_key(|(_, name)| text::fold(name));
        named
    };
    let wanted = |row: &SumRow| {
        let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        is(&asked.area, &row.area_code)
            && is(&asked.institution, &row.host_slug)
            && is(&asked.course, &row.course_slug)
            && (asked.year.is_empty() || asked.year == key(row, By::Year))
    };
    let mut groups = Groups::default();
    for row in rows.iter().filter(|row| wanted(row)) {
        match &row.persons {
            Some(persons) => groups.add(&key(row, by), row.sum, persons),
            None => groups.add_apart(&key(row, by), Apart { people: row.people, unverified: row.unverified }),
        }
    }
    let mut lines: Vec<NumberLine> = groups
        .each
        .iter()
        .map(|(key, group)| NumberLine { key: key.clone(), name: name(by, key), told: group.told(suppressed) })
        .collect();
    lines.sort_by_cached_key(|line| (line.key.is_empty(), text::fold(&line.name)));
    for line in lines.iter_mut().filter(|line| line.key.is_empty()) {
        line.name = i18n::speaking(i18n::locale_of(language).unwrap_or_default(), || tr!(hours.not_recorded));
    }
    Ok(Numbers {
        total: groups.all.told(suppressed),
        areas: choices(By::Area),
        institutions: choices(By::Institution),
        courses: choices(By::Course),
        years: choices(By::Year),
        footnote: lines.iter().any(|line| by == By::Area && line.key == KOSOVO) || asked.area == KOSOVO,
        as_of: rows.iter().filter_map(|row| row.looked_at).max().map(|at| at.naive_utc()),
        lines,
        suppressed,
    })
}

/// Under what a delivery counts; empty where its record does not say.
fn key(row: &SumRow, by: By) -> String {
    match by {
        By::Area => row.area_code.clone(),
        By::Institution => row.host_slug.clone(),
        By::Course => row.course_slug.clone(),
        By::Year => row.starts_on.map_or_else(String::new, |day| format!("{:04}", day.year())),
        By::Month => row.starts_on.map_or_else(String::new, |day| format!("{:04}-{:02}", day.year(), day.month())),
    }
}
