//! A person's attendance over the years: what the duty of continuing education asks for.

use crate::{
    common::{
        error::AppError,
        ids::{EnrolmentId, PersonId},
    },
    institutions::{duty::model::Owed, model::KOSOVO},
    people::{
        records,
        rights::{Right, demand_somewhere, may_everywhere, require},
    },
    platform::{audit, context::Ctx, zones},
    reporting::{
        attendance::{
            api::{YearDelivery, YearLine, Years},
            store::{self, PlaceRow},
        },
        duty, store as reach,
    },
};
use chrono::Datelike;
use std::collections::{BTreeMap, HashMap};

/// A person's attendance over the years, for the programme office and for the administrators of the
/// institutions where the person holds a post. The look is noted.
pub async fn years_of(cx: &Ctx, language: &str, person: &str) -> Result<Years, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::ManagePeople)?;
    let id: PersonId = person.parse().map_err(|_| AppError::NotFound)?;
    let everybody = may_everywhere(Some(actor), Right::ManagePeople);
    let mut reader = cx.read().await?;
    let today = cx.now().date_naive();
    let known = everybody || records::store::sees(&mut reader, actor.person_id, id, today).await?;
    require(known, AppError::NotFound)?;
    drop(reader);
    let years = years(cx, language, id, false).await?;
    let mut tx = cx.begin().await?;
    audit::note(cx, &mut tx, "view_attendance", "person", id).await?;
    tx.commit().await?;
    Ok(years)
}

/// The attendance of who asks.
pub async fn my_years(cx: &Ctx, language: &str) -> Result<Years, AppError> {
    let id = cx.signed_in()?.person_id;
    years(cx, language, id, true).await
}

/// Four statements, however many years.
async fn years(cx: &Ctx, language: &str, person: PersonId, own: bool) -> Result<Years, AppError> {
    let mut reader = cx.read().await?;
    let duties = duty::service::of_person(cx, &mut reader, person).await?.ok_or(AppError::NotFound)?;
    let places = store::places_of(&mut reader, person).await?;
    let minutes = store::minutes_of(&mut reader, person).await?;
    let titles = reach::course_titles(&mut reader).await?;
    drop(reader);
    let title = |slug: &str| crate::reporting::service::course_title(&titles, slug, language);
    let of: HashMap<EnrolmentId, &PlaceRow> = places.iter().map(|place| (place.id, place)).collect();
    let mut tallies: HashMap<EnrolmentId, (i64, i64)> = HashMap::new();
    let mut by_year: BTreeMap<i32, BTreeMap<String, i64>> = BTreeMap::new();
    for (place, starts_at, ends_at, attended) in minutes {
        let Some(row) = of.get(&place) else { continue };
        let tally = tallies.entry(place).or_default();
        tally.1 += (ends_at - starts_at).num_minutes();
        if let Some(attended) = attended.filter(|minutes| *minutes > 0) {
            tally.0 += attended;
            // Each half-day counts in the year in which it was.
            let year = zones::local(starts_at, &row.time_zone).year();
            *by_year.entry(year).or_default().entry(title(&row.course_slug)).or_default() += attended;
        }
    }
    let today = cx.now().date_naive();
    let mut owed: BTreeMap<i32, Owed> = duties
        .years(by_year.keys().map(|year| i64::from(*year)), today)
        .into_iter()
        .filter_map(|(year, owed)| Some((i32::try_from(year).ok()?, owed)))
        .collect();
    // A year in which nothing was attended of what was asked is a year too.
    for year in owed.keys() {
        by_year.entry(*year).or_default();
    }
    Ok(Years {
        person,
        name: duties.name,
        own,
        footnote: places.iter().any(|place| place.area_code.as_deref() == Some(KOSOVO)),
        years: by_year
            .into_iter()
            .rev()
            .map(|(year, subjects)| YearLine {
                year,
                minutes: subjects.values().sum(),
                subjects: subjects.into_iter().collect(),
                owed: owed.remove(&year),
            })
            .collect(),
        deliveries: places
            .iter()
            .map(|place| {
                let (attended, programme) = tallies.get(&place.id).copied().unwrap_or_default();
                YearDelivery {
                    id: place.delivery_id,
                    title: place.title.clone(),
                    course: title(&place.course_slug),
                    host: place.host_name.clone().unwrap_or_default(),
                    starts_on: place.starts_on,
                    ends_on: place.ends_on,
                    attended,
                    programme,
                    state: place.state,
                    certificate: place
                        .certificate_id
                        .zip(place.code.clone())
                        .zip(place.issued_at)
                        .map(|((id, code), at)| (id, code, zones::local(at, &place.time_zone).date())),
                }
            })
            .collect(),
        today,
    })
}
