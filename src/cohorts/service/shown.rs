//! Rows as pages show them: the sequence, the places, and where everybody is.

use crate::{
    cohorts::{
        api::{MemberLine, QuotaLine, StepDelivery, StepLine},
        member_store::{FactRow, MemberRow},
        model::{
            MemberState, StepKind,
            places::{self, Origin, Quota, Whose},
            progress::{self, Asked, Chance, Fact},
        },
        store::PartRow,
    },
    common::{
        actor::Actor,
        ids::{PersonId, ProjectId},
    },
    people::rights::{Record, Right, may, may_everywhere, may_somewhere},
};
use chrono::NaiveDate;
use std::collections::HashMap;
use uuid::Uuid;

/// Steps, quotas with what is taken of them, and projects, out of one list of rows.
pub struct Parts {
    /// The sequence, in its order.
    pub steps: Vec<StepLine>,
    /// Places kept for areas and institutions.
    pub quotas: Vec<QuotaLine>,
    /// Places kept for nobody, and how many of them are taken.
    pub unreserved: (i64, i64),
    /// Id, key and title of each project that pays.
    pub projects: Vec<(ProjectId, String, String)>,
}

impl Parts {
    /// Sorts the rows apart; places are counted from the members.
    pub fn of(rows: Vec<PartRow>, members: &[MemberRow], capacity: i64) -> Self {
        let mut steps: Vec<(i64, StepLine)> = Vec::new();
        let mut named: Vec<(Quota, String)> = Vec::new();
        let mut projects = Vec::new();
        for row in rows {
            match row.part.as_str() {
                "step" => {
                    let id = row.id.into();
                    let at = match steps.iter().position(|(_, step)| step.id == id) {
                        Some(at) => at,
                        None => {
                            let line = StepLine {
                                id,
                                kind: row.code.parse().unwrap_or(StepKind::Attend),
                                course_title: row.name.clone(),
                                course_slug: row.slug.clone(),
                                required: row.required,
                                due_on: row.due_on,
                                deliveries: Vec::new(),
                            };
                            steps.push((row.number, line));
                            steps.len() - 1
                        }
                    };
                    steps[at].1.deliveries.extend(delivery(row));
                }
                "project" => projects.push((row.id.into(), row.code, row.name)),
                _ => {
                    let whose = match row.other {
                        Some(institution) => Whose::Institution(institution.into()),
                        None => Whose::Area(row.code),
                    };
                    named.push((Quota { whose, places: row.number }, row.name));
                }
            }
        }
        steps.sort_by_key(|(position, step)| (*position, step.id));
        let mut steps: Vec<StepLine> = steps.into_iter().map(|(_, step)| step).collect();
        for step in &mut steps {
            step.deliveries.sort_by_key(|it| (it.starts_on.unwrap_or(NaiveDate::MAX), it.title.clone()));
        }
        let quotas: Vec<Quota> = named.iter().map(|(quota, _)| quota.clone()).collect();
        let selected: Vec<Origin> =
            members.iter().filter(|row| row.state == MemberState::Selected).map(origin).collect();
        let (taken, elsewhere) = places::taken(&quotas, &selected);
        Self {
            steps,
            unreserved: (places::unreserved(capacity, &quotas), elsewhere),
            quotas: named
                .into_iter()
                .zip(taken)
                .map(|((quota, name), taken)| QuotaLine {
                    whose: quota.whose.code(),
                    name,
                    places: quota.places,
                    taken,
                })
                .collect(),
            projects,
        }
    }
}

fn origin(row: &MemberRow) -> Origin {
    Origin { institution: row.institution_id, area: row.area_code.clone() }
}

fn delivery(row: PartRow) -> Option<StepDelivery> {
    Some(StepDelivery {
        id: row.other?.into(),
        title: row.title.unwrap_or_default(),
        state: row.state?,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        date_note: row.date_note.unwrap_or_default(),
        place: row.place.unwrap_or_default(),
    })
}

/// Where everybody is, in the order of the rows.
pub fn lines(
    who: &Actor,
    rows: &[MemberRow],
    steps: &[StepLine],
    facts: Vec<FactRow>,
    today: NaiveDate,
) -> Vec<MemberLine> {
    let runs_deliveries = may_somewhere(Some(who), Right::ManageDelivery);
    let sees_people = may_everywhere(Some(who), Right::ManagePeople);
    let mut known: HashMap<(PersonId, Uuid), Vec<Fact>> = HashMap::new();
    for row in facts {
        known.entry((row.person_id, row.step_id.0)).or_default().push(Fact {
            place: row.place,
            delivery: row.delivery,
            ends_on: row.ends_on,
            signed: row.signed > 0,
        });
    }
    let asked: Vec<(Uuid, Asked)> = steps
        .iter()
        .map(|step| {
            let chances = step.deliveries.iter().map(|it| Chance { state: it.state, ends_on: it.ends_on }).collect();
            (step.id.0, Asked { kind: step.kind, due_on: step.due_on, chances })
        })
        .collect();
    // Links lead only to pages that answer.
    let sees_licence = |row: &MemberRow| {
        sees_people
            || row.person_id == who.person_id
            || row.licence_mentor_id == Some(who.person_id)
            || may(Some(who), Right::ManagePeople, Record::of(row.institution_id))
    };
    rows.iter()
        .map(|row| MemberLine {
            id: row.id,
            person: row.person_id,
            name: row.name.clone(),
            state: row.state,
            institution: row.institution_name.clone(),
            area: row.area_name.clone().or_else(|| row.area_code.clone()),
            mentor: row.mentor_name.clone(),
            reason: row.reason.clone(),
            licence: row.licence_id.filter(|_| sees_licence(row)),
            trainer: row.teaches && (runs_deliveries || row.consented || row.person_id == who.person_id),
            standings: asked
                .iter()
                .map(|(step, asked)| {
                    let facts = known.get(&(row.person_id, *step)).map_or(&[][..], Vec::as_slice);
                    progress::standing(asked, facts, today)
                })
                .collect(),
        })
        .collect()
}
