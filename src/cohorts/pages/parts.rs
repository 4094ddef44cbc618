//! Pieces about cohorts that several pages show.

use crate::{
    cohorts::{
        api::{ComingPlace, GiveBackPlaces, MemberLine, QuotaLine, StepDelivery, StepLine},
        model::{CohortHead, CohortState, MemberState, StepKind, progress::Standing},
    },
    deliveries::pages::parts::{dates, state_tag},
    tr,
    ui::{
        field::Tick,
        form::{Form, Hidden, Submit},
        format,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The name of a state.
pub fn state_name(state: CohortState) -> String {
    match state {
        CohortState::Planned => tr!(cohorts.state.planned),
        CohortState::Selection => tr!(cohorts.state.selection),
        CohortState::Running => tr!(cohorts.state.running),
        CohortState::Finished => tr!(cohorts.state.finished),
        CohortState::Cancelled => tr!(cohorts.state.cancelled),
    }
}

/// The state as a tag.
pub fn cohort_tag(state: CohortState) -> AnyView {
    let class = match state {
        CohortState::Planned | CohortState::Finished => "tag plain",
        CohortState::Selection => "tag calm",
        CohortState::Running => "tag good",
        CohortState::Cancelled => "tag bad",
    };
    view! { <span class=class>{state_name(state)}</span> }.into_any()
}

/// The name of a member's state.
pub fn member_state(state: MemberState) -> String {
    match state {
        MemberState::Proposed => tr!(cohorts.member.proposed),
        MemberState::Selected => tr!(cohorts.member.selected),
        MemberState::Reserve => tr!(cohorts.member.reserve),
        MemberState::Refused => tr!(cohorts.member.refused),
        MemberState::Left => tr!(cohorts.member.left),
    }
}

/// A member's state as a tag.
pub fn member_tag(state: MemberState) -> AnyView {
    let class = match state {
        MemberState::Proposed => "tag calm",
        MemberState::Selected => "tag good",
        MemberState::Reserve => "tag warn",
        MemberState::Refused | MemberState::Left => "tag plain",
    };
    view! { <span class=class>{member_state(state)}</span> }.into_any()
}

/// What a step asks for, in a word.
pub fn kind_name(kind: StepKind) -> String {
    match kind {
        StepKind::Attend => tr!(cohorts.kind.attend),
        StepKind::Give => tr!(cohorts.kind.give),
    }
}

/// A step's number and kind, as heads of columns say it.
pub fn step_label(n: usize, kind: StepKind) -> String {
    format!("{} · {}", n + 1, kind_name(kind))
}

/// How somebody stands in a step: a word, and what is missing.
pub fn standing(kind: StepKind, standing: Standing) -> AnyView {
    let (class, word) = match standing {
        Standing::Done => ("tag good", tr!(cohorts.standing.done)),
        Standing::Running => ("tag calm", tr!(cohorts.standing.running)),
        Standing::ToSignOff => ("tag warn", tr!(cohorts.standing.to_sign_off)),
        Standing::Missed => ("tag bad", tr!(cohorts.standing.missed)),
        Standing::Ahead => ("tag plain", tr!(cohorts.standing.ahead)),
    };
    let missing = match (kind, standing) {
        (_, Standing::Done) => None,
        (StepKind::Attend, Standing::Ahead) => Some(tr!(cohorts.missing.place)),
        (StepKind::Attend, Standing::Missed) => Some(tr!(cohorts.missing.another)),
        (StepKind::Attend, _) => Some(tr!(cohorts.missing.completion)),
        (StepKind::Give, Standing::Ahead | Standing::Missed) => Some(tr!(cohorts.missing.delivery)),
        (StepKind::Give, Standing::ToSignOff) => Some(tr!(cohorts.missing.sign_off)),
        (StepKind::Give, _) => Some(tr!(cohorts.missing.giving)),
    };
    view! {
        <span class=class>{word}</span>
        {missing.map(|missing| view! { " "<small class="muted">{missing}</small> })}
    }
    .into_any()
}

/// The way to a page about one cohort.
pub fn crumbs(head: &CohortHead) -> Vec<(String, String)> {
    vec![(tr!(cohorts.title), "/cohorts".to_owned()), (head.title.clone(), format!("/cohorts/{}", head.id))]
}

/// From where somebody comes.
pub fn from_where(line: &MemberLine) -> String {
    let parts = [line.institution.clone(), line.area.clone()];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A delivery of a step in a line.
pub fn delivery_line(it: StepDelivery) -> AnyView {
    let facts = [dates(it.starts_on, it.ends_on, &it.date_note), it.place];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    view! {
        <li class="item">
            <div class="grow">
                <p><a href=format!("/deliveries/{}", it.id)>{it.title}</a></p>
                <p class="muted">{facts.join(" · ")}</p>
            </div>
            <div class="end">{state_tag(it.state)}</div>
        </li>
    }
    .into_any()
}

/// The ways from a member to the trainer's page and to the licence, where there are such pages.
pub fn further(line: &MemberLine) -> Option<AnyView> {
    let name = line.name.clone();
    let trainer = line.trainer.then(|| {
        view! { <a href=format!("/trainers/{}", line.person)>{tr!(cohorts.trainer_page)}<span class="vh">" "{name.clone()}</span></a> }
    });
    let both = line.trainer && line.licence.is_some();
    let licence = line.licence.map(|id| {
        view! { <a href=format!("/licences/{id}")>{tr!(cohorts.licence)}<span class="vh">" "{name.clone()}</span></a> }
    });
    (trainer.is_some() || licence.is_some())
        .then(|| view! { <small>{trainer}{both.then_some(" · ")}{licence}</small> }.into_any())
}

/// Places in deliveries that have not begun, a line each.
fn coming(places: &[ComingPlace]) -> AnyView {
    let lines = places
        .iter()
        .map(|it| {
            view! {
                <li>
                    <b><a href=format!("/deliveries/{}", it.delivery)>{it.title.clone()}</a></b>
                    <span>{dates(it.starts_on, it.ends_on, &it.date_note)}</span>
                    {(!it.may_give_back).then(|| view! { <small class="muted">{tr!(cohorts.not_to_give_back)}</small> })}
                </li>
            }
        })
        .collect_view();
    view! { <ul class="when">{lines}</ul> }.into_any()
}

/// In the form of who leaves or is let go: the places held in deliveries that have not begun, and whether they
/// are given back with it.
pub fn with_places(places: &[ComingPlace]) -> Option<AnyView> {
    (!places.is_empty()).then(|| {
        let may = places.iter().any(|it| it.may_give_back);
        view! {
            <p>{tr!(cohorts.coming_places)}</p>
            {coming(places)}
            {may.then(|| view! { <Tick name="give_back" label=tr!(cohorts.give_back_too) value=true/> })}
        }
        .into_any()
    })
}

/// What is still held by somebody who has left, to be given back.
pub fn places_left(member: &MemberLine, places: &[ComingPlace]) -> Option<AnyView> {
    (member.state == MemberState::Left && !places.is_empty()).then(|| {
        let may = places.iter().any(|it| it.may_give_back);
        let id = member.id.to_string();
        view! {
            <div class="sheet pad stack dates">
                <h2>{tr!(cohorts.coming_places)}</h2>
                {coming(places)}
                {may.then(|| view! {
                    <Form function=GiveBackPlaces::PATH key="back">
                        <Hidden name="member" value=id/>
                        <Submit label=tr!(cohorts.give_back) class="quiet wide"/>
                    </Form>
                })}
            </div>
        }
        .into_any()
    })
}

/// What a step asks for, under its title.
pub fn step_facts(step: &StepLine) -> String {
    let mut facts = vec![match step.kind {
        StepKind::Attend => tr!(cohorts.asks.attend),
        StepKind::Give => tr!(cohorts.asks.give),
    }];
    if !step.required {
        facts.push(tr!(cohorts.not_required));
    }
    if let Some(day) = step.due_on {
        facts.push(tr!(cohorts.due, day = format::date(day)));
    }
    facts.join(" · ")
}

/// Places kept for areas and institutions and those for everybody, with what is taken.
pub fn places(quotas: Vec<QuotaLine>, unreserved: (i64, i64)) -> AnyView {
    let none = quotas.is_empty();
    let rest = (tr!(cohorts.unreserved), unreserved.0, unreserved.1);
    let rows = quotas
        .into_iter()
        .map(|quota| (quota.name, quota.places, quota.taken))
        .chain((none || unreserved.0 > 0).then_some(rest))
        .map(|(name, places, taken)| {
            let free = (places - taken).max(0);
            view! {
                <tr>
                    <th scope="row" data-label=tr!(cohorts.whose)>{name}</th>
                    <td class="n" data-label=tr!(cohorts.places)>{format::number(places)}</td>
                    <td class="n" data-label=tr!(cohorts.taken)>{format::number(taken)}</td>
                    <td class="n" data-label=tr!(cohorts.free)>{format::number(free)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="cards">
            <thead>
                <tr>
                    <th scope="col">{tr!(cohorts.whose)}</th>
                    <th scope="col" class="n">{tr!(cohorts.places)}</th>
                    <th scope="col" class="n">{tr!(cohorts.taken)}</th>
                    <th scope="col" class="n">{tr!(cohorts.free)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// The way to a form: to the list, and to the cohort where there is one.
pub fn crumbs_of(cohort: Option<(String, String)>) -> Vec<(String, String)> {
    [(tr!(cohorts.title), "/cohorts".to_owned())].into_iter().chain(cohort).collect()
}
