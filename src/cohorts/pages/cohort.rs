//! `/cohorts/{id}`: the sequence, the places, and who is where, as far as who looks may see it.

use super::{
    parts::{
        cohort_tag, crumbs, delivery_line, from_where, further, kind_name, member_state, places, places_left, standing,
        state_name, step_facts, step_label, with_places,
    },
    state::verb,
};
use crate::{
    app,
    cascade::pages as cascade,
    cohorts::{
        api::{CohortView, LeaveCohort, MemberLine, StepLine},
        model::{
            CohortHead, CohortState, MemberState,
            progress::{Standing, progress},
        },
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::TextArea,
        form::{Form, Hidden, Submit, came_back},
        format,
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::view(&visit.cx, visit.param("id"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: CohortView) -> impl IntoView {
    let head = data.head.clone();
    let base = format!("/cohorts/{}", head.id);
    let actions = data
        .may_manage
        .then(|| view! { <a class="btn quiet small" href=format!("{base}/edit")>{tr!(cohorts.edit)}</a> }.into_any());
    let mut trail = crumbs(&head);
    trail.truncate(1);
    let meta = view! {
        {head.starts_on.map(|day| view! { <li><b>{format::date_range(Some(day), head.ends_on)}</b></li> })}
        <li>{tr!(cohorts.to_give, course = head.course_title.clone())}</li>
        <li>{tr!(cohorts.taken_of, taken = head.selected, capacity = head.capacity)}</li>
        {cascade::link("cohort", &head.id.to_string())}
    }
    .into_any();
    let own = head.own.map(|state| own_place(&data, state));
    let members_link = data.may_manage || data.may_propose;
    let steps = data.steps.clone();
    let (footnote, invented) = (data.footnote, head.invented);
    view! {
        <PageHead title=head.title.clone() crumbs=trail tags=cohort_tag(head.state) meta=meta actions=actions/>
        <div class="wrap body">
            <section class="section stack" aria-label=tr!(cohorts.life)>{life(head.state)}</section>
        </div>
        <div class="wrap body cols">
            <aside class="stack early">
                {own}
                {(data.may_manage && head.state.is_open()).then(|| next_states(&head))}
                {members_link.then(|| view! {
                    <div class="sheet pad stack">
                        <h2>{tr!(cohorts.members)}</h2>
                        <p><a class="btn quiet wide" href=format!("{base}/members")>
                            {if data.may_manage { tr!(cohorts.select_members) } else { tr!(cohorts.propose_people) }}
                        </a></p>
                    </div>
                })}
                {coming(&data)}
                {facts(&data)}
            </aside>
            <div class="stack wide">
                {(!head.note.is_empty()).then(|| view! { <p class="text">{head.note.clone()}</p> })}
                <section class="stack">
                    <h2>{tr!(cohorts.sequence)}</h2>
                    {sequence(steps)}
                </section>
                {who_is_where(&data)}
                {(!data.fellows.is_empty()).then(|| view! {
                    <section class="stack">
                        <h2>{tr!(cohorts.fellows)}</h2>
                        <ul class="list tight">
                            {data.fellows.iter().map(|name| view! { <li class="item">{name.clone()}</li> }).collect_view()}
                        </ul>
                    </section>
                })}
                <section class="stack">
                    <h2>{tr!(cohorts.places_title)}</h2>
                    {places(data.quotas.clone(), data.unreserved)}
                </section>
                {invented.then(|| view! { <p class="muted small">{tr!(cohorts.invented)}</p> })}
            </div>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

/// The line of states, with where it stands.
fn life(state: CohortState) -> AnyView {
    let line: Vec<CohortState> = match state.rank() {
        Some(_) => CohortState::ALL.iter().copied().filter(|it| it.rank().is_some()).collect(),
        None => vec![CohortState::Planned, state],
    };
    let rank = state.rank().unwrap_or(1);
    view! {
        <ol class="timeline">
            {line
                .into_iter()
                .enumerate()
                .map(|(n, it)| {
                    let class = match it {
                        CohortState::Cancelled => Some("cancelled"),
                        _ if n < rank => Some("done"),
                        _ => None,
                    };
                    view! { <li class=class aria-current=(it == state).then_some("step")><b>{state_name(it)}</b></li> }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}

/// The own place, and the way out of it.
fn own_place(data: &CohortView, state: MemberState) -> AnyView {
    let class = if state == MemberState::Selected { "tag good" } else { "tag calm" };
    let me = app::actor().map(|actor| actor.person_id);
    let line = data.members.iter().find(|line| Some(line.person) == me);
    let leaves = data.head.state.takes_people() && state.may_become(MemberState::Left);
    view! {
        <div class="sheet pad stack">
            <h2>{tr!(cohorts.your_place)}</h2>
            <p><span class=class>{member_state(state)}</span></p>
            {line.filter(|_| leaves).map(|line| leave(line, data))}
        </div>
        {line.and_then(|line| places_left(line, &data.coming))}
    }
    .into_any()
}

fn leave(line: &MemberLine, data: &CohortView) -> AnyView {
    let (member, coming) = (line.id.to_string(), data.coming.clone());
    view! {
        <details class="more" open=came_back(LeaveCohort::PATH, "leave")>
            <summary>{tr!(cohorts.leave)}</summary>
            <p>{tr!(cohorts.leave_text)}</p>
            <Form function=LeaveCohort::PATH key="leave" class="form" labels=vec![("reason", tr!(cohorts.reason))]>
                <Hidden name="member" value=member/>
                <TextArea name="reason" label=tr!(cohorts.reason) hint=tr!(cohorts.reason_hint)/>
                {with_places(&coming)}
                <div class="actions"><Submit label=tr!(cohorts.leave) class="danger"/></div>
            </Form>
        </details>
    }
    .into_any()
}

fn next_states(head: &CohortHead) -> AnyView {
    let link = |to: CohortState, class: &'static str| {
        view! { <a class=class href=format!("/cohorts/{}/state/{}", head.id, to.code())>{verb(to)}</a> }
    };
    let Some((first, rest)) = head.state.next().split_first() else { return ().into_any() };
    view! {
        <div class="sheet pad stack">
            <h2>{tr!(cohorts.next_state)}</h2>
            <p>{link(*first, "btn wide")}</p>
            <ul>{rest.iter().map(|to| view! { <li>{link(*to, "")}</li> }).collect_view()}</ul>
        </div>
    }
    .into_any()
}

/// What comes next in the calendar, and the calendar itself.
fn coming(data: &CohortView) -> AnyView {
    let mut next: Vec<_> = data
        .steps
        .iter()
        .flat_map(|step| step.deliveries.iter())
        .filter(|it| it.ends_on.or(it.starts_on).is_some_and(|day| day >= data.today))
        .collect();
    next.sort_by_key(|it| it.starts_on);
    let dated = data.steps.iter().any(|step| step.deliveries.iter().any(|it| it.starts_on.is_some()));
    let lines = next
        .iter()
        .take(6)
        .map(|it| {
            view! {
                <li>
                    <b><a href=format!("/deliveries/{}", it.id)>{format::date_range(it.starts_on, it.ends_on)}</a></b>
                    <span>{it.title.clone()}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="sheet pad dates">
            <h2>{tr!(cohorts.next_dates)}</h2>
            {if next.is_empty() {
                view! { <p class="muted">{tr!(cohorts.no_dates)}</p> }.into_any()
            } else {
                view! { <ul class="when">{lines}</ul> }.into_any()
            }}
            {dated.then(|| view! {
                <p><a href=format!("/cohorts/{}/calendar.ics", data.head.id) rel="external" download="cohort.ics">{tr!(cohorts.calendar)}</a></p>
            })}
        </div>
    }
    .into_any()
}

fn facts(data: &CohortView) -> AnyView {
    let head = &data.head;
    let host = head.host_name.clone().zip(head.host_slug.clone());
    view! {
        <div class="sheet pad">
            <h2>{tr!(cohorts.facts)}</h2>
            <dl class="facts side">
                <div>
                    <dt>{tr!(cohorts.course)}</dt>
                    <dd><a href=format!("/courses/{}", head.course_slug)>{head.course_title.clone()}</a></dd>
                </div>
                {host.map(|(name, slug)| view! {
                    <div><dt>{tr!(cohorts.host)}</dt><dd><a href=format!("/institutions/{slug}")>{name}</a></dd></div>
                })}
                {(!data.projects.is_empty()).then(|| view! {
                    <div>
                        <dt>{tr!(cohorts.projects)}</dt>
                        {data
                            .projects
                            .iter()
                            .map(|(key, title)| view! { <dd><a href=format!("/projects/{key}")>{title.clone()}</a></dd> })
                            .collect_view()}
                    </div>
                })}
            </dl>
        </div>
    }
    .into_any()
}

fn sequence(steps: Vec<StepLine>) -> AnyView {
    if steps.is_empty() {
        return view! { <p class="muted">{tr!(cohorts.no_steps)}</p> }.into_any();
    }
    steps
        .into_iter()
        .enumerate()
        .map(|(n, step)| {
            let facts = step_facts(&step);
            view! {
                <section class="sheet">
                    <div class="sheet-head"><h3>{format!("{}. {}: {}", n + 1, kind_name(step.kind), step.course_title)}</h3></div>
                    <div class="sheet-body">
                        <p class="muted">{facts}</p>
                        {if step.deliveries.is_empty() {
                            view! { <p class="muted">{tr!(cohorts.no_deliveries)}</p> }.into_any()
                        } else {
                            view! { <ul class="list tight">{step.deliveries.into_iter().map(delivery_line).collect_view()}</ul> }.into_any()
                        }}
                    </div>
                </section>
            }
        })
        .collect_view()
        .into_any()
}

/// Member by step. On a phone each member is a card.
fn who_is_where(data: &CohortView) -> AnyView {
    let members: Vec<&MemberLine> = data.members.iter().filter(|line| line.state == MemberState::Selected).collect();
    if members.is_empty() || data.steps.is_empty() {
        return ().into_any();
    }
    let head = data
        .steps
        .iter()
        .enumerate()
        .map(|(n, step)| {
            view! {
                <th scope="col">{step_label(n, step.kind)}<span class="vh">" "{step.course_title.clone()}</span></th>
            }
        })
        .collect_view();
    let base = format!("/cohorts/{}/members", data.head.id);
    let rows = members
        .into_iter()
        .map(|line| {
            let required: Vec<(bool, Standing)> =
                data.steps.iter().map(|step| step.required).zip(line.standings.iter().copied()).collect();
            let (done, of) = progress(&required);
            view! {
                <tr>
                    <th scope="row" data-label=tr!(cohorts.name)>
                        <a href=format!("{base}/{}", line.id)>{line.name.clone()}</a>
                        <br/>
                        <small class="muted">{from_where(line)}</small>
                        {further(line).map(|links| view! { <br/>{links} })}
                    </th>
                    {data
                        .steps
                        .iter()
                        .enumerate()
                        .zip(&line.standings)
                        .map(|((n, step), it)| view! {
                            <td data-label=step_label(n, step.kind)><div>{standing(step.kind, *it)}</div></td>
                        })
                        .collect_view()}
                    <td class="n" data-label=tr!(cohorts.done)>{tr!(cohorts.done_of, done = done as i64, of = of as i64)}</td>
                    <td data-label=tr!(cohorts.mentor)>{line.mentor.clone().unwrap_or_else(|| tr!(cohorts.no_mentor))}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="stack">
            <h2>{tr!(cohorts.who_is_where)}</h2>
            <table class="cards">
                <thead>
                    <tr>
                        <th scope="col">{tr!(cohorts.name)}</th>
                        {head}
                        <th scope="col" class="n">{tr!(cohorts.done)}</th>
                        <th scope="col">{tr!(cohorts.mentor)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}
