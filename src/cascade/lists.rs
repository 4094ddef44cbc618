//! The lists behind the numbers, and who has not delivered for long.

use super::{
    api::{CascadeList, DeliveryLine, Inactive, InactiveLine, PlaceLine, ScopeHead, TrainerLine},
    list_store::{self as lists, Reader},
    model::{Asked, Kind, Of, REMIND_DAYS},
    service::{Areas, active_since, filter, head, officer},
    store,
};
use crate::{
    attendance::tallies::model::TallyState,
    common::{
        error::{AppError, Refusal},
        forms::{Done, FaultKind, Flash},
        ids::PersonId,
    },
    enrolment::letters,
    i18n,
    institutions::{self, model::KOSOVO},
    people::rights::{Record, Right, demand, demand_somewhere},
    platform::{
        audit,
        context::Ctx,
        mail::{self, Letter},
        text,
    },
    tr,
};
use chrono::{NaiveDate, TimeDelta};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Lines of a list at once.
const LINES: i64 = 50;

fn called(given: &str, family: &str) -> String {
    match (family, given) {
        (family, "") => family.to_owned(),
        ("", given) => given.to_owned(),
        (family, given) => format!("{family}, {given}"),
    }
}

/// Where a list by day goes on, as an address has it.
fn day_key(text: &str) -> Option<(NaiveDate, Uuid, Uuid)> {
    let mut parts = text.split('~');
    let day = parts.next()?.parse().ok()?;
    let id = parts.next()?.parse().ok()?;
    Some((day, id, parts.next().and_then(|id| id.parse().ok()).unwrap_or(Uuid::nil())))
}

/// The end of all days: where a list by day begins.
fn newest() -> (NaiveDate, Uuid, Uuid) {
    (NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or_default(), Uuid::max(), Uuid::max())
}

/// Where a list by name goes on.
fn name_key(text: &str) -> (String, Uuid) {
    let (name, id) = text.rsplit_once('~').unwrap_or_default();
    (name.to_owned(), id.parse().unwrap_or(Uuid::nil()))
}

/// Whether there are more lines than a page has; takes the one too many away.
fn cut<T>(rows: &mut Vec<T>) -> bool {
    let lines = usize::try_from(LINES).unwrap_or(usize::MAX);
    let more = rows.len() > lines;
    rows.truncate(lines);
    more
}

/// The list behind a number: for the programme office everybody, for an institution's administrators what its
/// own deliveries have to do with. Three statements; a list of names is noted, by one more.
pub async fn list(cx: &Ctx, language: &str, query: &str) -> Result<CascadeList, AppError> {
    let actor = cx.signed_in()?;
    demand_somewhere(Some(actor), Right::ManageDelivery)?;
    let asked = Asked::parse(query);
    let reader_of = Reader { all: officer(cx), who: actor.person_id };
    let mut reader = cx.read().await?;
    let (row, head) = head(&mut reader, &asked, language).await?;
    let names = institutions::store::area_names(&mut reader).await?;
    let areas = Areas { names: &names, language, today: cx.now().date_naive() };
    let filter = filter(&asked, row.id);
    let of = asked.of.unwrap_or(Of::Deliveries);
    let kind = head.kind;
    let mut it = CascadeList {
        narrowed: asked.area.iter().map(|code| areas.name(code)).chain(head.course.clone()).collect(),
        head,
        of,
        everybody: reader_of.all,
        deliveries: Vec::new(),
        places: Vec::new(),
        trainers: Vec::new(),
        next: None,
        footnote: false,
    };
    let mut kosovo = asked.area.as_deref() == Some(KOSOVO);
    let mut area = |code: &str| {
        kosovo |= code == KOSOVO;
        areas.name(code)
    };
    let (after, name) = (day_key(&asked.after).unwrap_or_else(newest), name_key(&asked.after));
    let id = |text: &str| text.parse::<Uuid>().unwrap_or(Uuid::nil());
    match of {
        Of::Deliveries | Of::Sealed => {
            let narrow = (id(&asked.trainer), of == Of::Sealed);
            let mut rows =
                lists::list_deliveries(&mut reader, &filter, reader_of, narrow, (after.0, after.1), LINES + 1).await?;
            if cut(&mut rows) {
                it.next = rows.last().map(|row| format!("{}~{}", row.sort_on, row.id));
            }
            it.deliveries = rows
                .into_iter()
                .map(|row| DeliveryLine {
                    area: area(row.area_code.as_deref().unwrap_or_default()),
                    other_payers: row.other_payers.unwrap_or_default(),
                    // A cohort's training is paid for by projects: one of both says enough.
                    other_trainers: if kind == Kind::Project {
                        row.other_projects.or(row.other_cohorts)
                    } else {
                        row.other_cohorts.or(row.other_projects)
                    }
                    .unwrap_or_default(),
                    tally: row.tally.map(|state| (row.tallied, state == TallyState::Verified)),
                    id: row.id,
                    title: row.title,
                    days: (row.starts_on, row.ends_on),
                    date_note: row.date_note,
                    place: [row.place, row.host_name.unwrap_or_default()]
                        .into_iter()
                        .filter(|part| !part.is_empty())
                        .collect::<Vec<_>>()
                        .join(", "),
                    generation: row.generation,
                    places: row.places,
                    heads: row.sealed.then_some(row.heads),
                    trainers: (row.ours, row.trainers),
                    payers: (row.paid, row.payers),
                })
                .collect();
        }
        Of::Places | Of::People => {
            let narrow = (id(&asked.delivery), of == Of::People);
            let mut rows = lists::list_places(&mut reader, &filter, reader_of, narrow, after, LINES + 1).await?;
            if cut(&mut rows) {
                it.next = rows.last().map(|row| format!("{}~{}~{}", row.sort_on, row.delivery_id, row.id));
            }
            it.places = rows
                .into_iter()
                .map(|row| PlaceLine {
                    name: called(&row.given_name, &row.family_name),
                    profession: row.profession,
                    workplace: row.workplace,
                    area: area(&row.area_code),
                    state: row.state,
                    delivery: row.delivery_id,
                    title: row.title,
                    day: row.starts_on,
                    date_note: row.date_note,
                })
                .collect();
        }
        Of::Trainers | Of::Graduates => {
            let after = (name.0.as_str(), name.1);
            let mut rows = if of == Of::Trainers {
                lists::list_trainers(&mut reader, &filter, reader_of, after, LINES + 1).await?
            } else {
                lists::list_graduates(&mut reader, &filter, reader_of, after, LINES + 1).await?
            };
            if cut(&mut rows) {
                it.next = rows.last().map(|row| format!("{}~{}", row.folded, row.id));
            }
            it.trainers = rows
                .into_iter()
                .map(|row| TrainerLine {
                    person: row.id,
                    name: called(&row.given_name, &row.family_name),
                    area: area(row.area_code.as_deref().unwrap_or_default()),
                    generation: row.generation,
                    deliveries: row.deliveries,
                    last: row.last_on,
                    page: row.teaches,
                })
                .collect();
        }
    }
    drop(reader);
    it.footnote = kosovo;
    match of {
        Of::Deliveries | Of::Sealed => {}
        Of::Places | Of::People => note(cx, "view_people", row.id).await?,
        Of::Trainers | Of::Graduates => note(cx, "view_trainers", row.id).await?,
    }
    Ok(it)
}

/// Notes that names were looked at.
async fn note(cx: &Ctx, action: &str, scope: Uuid) -> Result<(), AppError> {
    let mut tx = cx.begin().await?;
    audit::note(cx, &mut tx, action, "cascade", scope).await?;
    Ok(tx.commit().await?)
}

/// Graduates who were trained twelve months ago or more and have given nothing since. Four statements, and the
/// note that names were looked at.
pub async fn inactive(cx: &Ctx, language: &str, query: &str) -> Result<Inactive, AppError> {
    demand(cx.actor.as_ref(), Right::FollowTrainers, Record::default())?;
    let asked = Asked::parse(query);
    let since = active_since(cx);
    let mut reader = cx.read().await?;
    let (row, head) = head(&mut reader, &asked, language).await?;
    let names = institutions::store::area_names(&mut reader).await?;
    let areas = Areas { names: &names, language, today: cx.now().date_naive() };
    let graduates = store::graduates(&mut reader, row.id, since).await?;
    let after = name_key(&asked.after);
    let area = asked.area.as_deref().unwrap_or("*");
    let mut rows = lists::inactive(&mut reader, row.id, since, area, (&after.0, after.1), LINES + 1).await?;
    drop(reader);
    note(cx, "view_trainers", row.id).await?;
    let next = if cut(&mut rows) { rows.last().map(|row| format!("{}~{}", row.folded, row.id)) } else { None };
    let mut choices: Vec<(String, String)> = graduates
        .iter()
        .filter(|(code, ..)| !code.is_empty())
        .map(|(code, ..)| (code.clone(), areas.name(code)))
        .collect();
    choices.sort_by_cached_key(|(_, name)| text::fold(name));
    let early = cx.now() - TimeDelta::days(REMIND_DAYS);
    Ok(Inactive {
        head,
        since,
        footnote: rows.iter().any(|row| row.area_code == KOSOVO) || choices.iter().any(|(code, _)| code == KOSOVO),
        people: rows
            .into_iter()
            .map(|row| InactiveLine {
                person: row.id,
                name: called(&row.given_name, &row.family_name),
                area: areas.name(&row.area_code),
                deliveries: row.deliveries,
                last: row.last_on,
                page: row.teaches,
                mentor: row.mentor.unwrap_or_default(),
                reachable: !row.email.is_empty(),
                reminded: row.sent_at.filter(|at| *at > early).map(|at| at.date_naive()),
            })
            .collect(),
        areas: choices,
        next,
    })
}

/// Writes to those chosen: once in thirty days, and only who is on the list at this very moment.
pub async fn remind(cx: &Ctx, query: &str, people: &[String]) -> Result<Done, AppError> {
    demand(cx.actor.as_ref(), Right::FollowTrainers, Record::default())?;
    let actor = cx.signed_in()?;
    let asked = Asked::parse(query);
    let chosen: BTreeSet<PersonId> = people.iter().filter_map(|id| id.parse().ok()).collect();
    if chosen.is_empty() {
        return Err(AppError::field("people", FaultKind::Required));
    }
    let since = active_since(cx);
    let now = cx.now();
    let mut tx = cx.begin().await?;
    let (row, head) = head(&mut tx, &asked, "en").await?;
    let area = asked.area.as_deref().unwrap_or("*");
    // The whole list: a person who was chosen may stand on another page of it by now.
    let there = lists::inactive(&mut tx, row.id, since, area, ("", Uuid::nil()), i64::MAX).await?;
    let mut written = 0;
    for person in there.iter().filter(|person| chosen.contains(&person.id) && !person.email.is_empty()) {
        if lists::remind(&mut tx, person.id, &actor.name, now, now - TimeDelta::days(REMIND_DAYS)).await? {
            mail::send(cx, &mut tx, &letter(cx, &head, person)).await?;
            audit::note(cx, &mut tx, "remind_trainer", "person", person.id).await?;
            written += 1;
        }
    }
    if written == 0 {
        return Err(Refusal::AlreadySent.into());
    }
    tx.commit().await?;
    Ok(Done::at(
        format!("/cascade/inactive?{}", Asked { after: asked.after.clone(), ..asked.filters() }.query()),
        Flash::MailSent,
    ))
}

fn letter(cx: &Ctx, head: &ScopeHead, person: &lists::InactiveRow) -> Letter {
    let locale = person.language.as_deref().and_then(i18n::locale_of).unwrap_or_default();
    let name = [person.given_name.as_str(), person.family_name.as_str()].join(" ").trim().to_owned();
    let (subject, body) = i18n::speaking(locale, || {
        let last = match person.last_on {
            Some(day) => tr!(cascade.mail_last, date = letters::date(locale, day)),
            // What documents give no day of was given all the same.
            None if person.deliveries > 0 => tr!(cascade.mail_undated),
            None => tr!(cascade.mail_never),
        };
        let body = [
            tr!(enrolment.mail_greeting, name = name.clone()),
            tr!(cascade.mail_text, title = head.title.clone()),
            last,
            tr!(cascade.mail_do),
            cx.app.settings.link("/teach"),
        ];
        (tr!(cascade.mail_subject, title = head.title.clone()), body.join("\n\n"))
    });
    Letter { name, to: person.email.clone(), subject, body: format!("{body}\n") }
}
