//! `/cohorts/{id}/members/{member}`: one member: the way so far, the history, the mentor, and what may be decided.

use super::parts::{
    crumbs, from_where, further, kind_name, member_state, member_tag, places_left, standing, with_places,
};
use crate::{
    cohorts::{
        api::{DecideMember, MemberStep, MemberView, SetMemberMentor},
        model::MemberState,
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Select, TextArea},
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::members::one(&visit.cx, visit.param("member"), &visit.query("q"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: MemberView) -> impl IntoView {
    let line = data.line.clone();
    let mut trail = crumbs(&data.head);
    if data.may_manage {
        trail.push((tr!(cohorts.members), format!("/cohorts/{}/members", data.head.id)));
    }
    let from = from_where(&line);
    let meta = view! {
        {(!from.is_empty()).then(|| view! { <li>{from.clone()}</li> })}
        <li>{tr!(cohorts.mentor)}": "<b>{line.mentor.clone().unwrap_or_else(|| tr!(cohorts.no_mentor))}</b></li>
        {further(&line).map(|links| view! { <li>{links}</li> })}
    };
    let footnote = data.footnote;
    view! {
        <PageHead title=line.name.clone() crumbs=trail tags=member_tag(line.state) meta=meta.into_any()/>
        <div class="wrap body cols">
            <div class="stack wide">
                <section class="stack"><h2>{tr!(cohorts.the_way)}</h2>{way(&data)}</section>
                <section class="stack"><h2>{tr!(cohorts.history)}</h2>{history(data.history.clone())}</section>
            </div>
            <aside class="stack">
                {places_left(&line, &data.coming)}
                {(data.may_manage && data.head.state.takes_people()).then(|| decide(&data))}
                {(data.may_manage && data.head.state.is_open()).then(|| mentor(&data))}
            </aside>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn way(data: &MemberView) -> AnyView {
    if data.steps.is_empty() {
        return view! { <p class="muted">{tr!(cohorts.no_steps)}</p> }.into_any();
    }
    let rows = data
        .steps
        .iter()
        .zip(&data.line.standings)
        .enumerate()
        .map(|(n, (step, it))| view! {
            <li class="item">
                <div class="grow">
                    <h3>{format!("{}. {}: {}", n + 1, kind_name(step.kind), step.course_title)}</h3>
                    {step.due_on.map(|day| view! { <p class="muted">{tr!(cohorts.due, day = format::date(day))}</p> })}
                </div>
                <div class="end">{standing(step.kind, *it)}</div>
            </li>
        })
        .collect_view();
    view! { <ul class="list">{rows}</ul> }.into_any()
}

fn history(lines: Vec<MemberStep>) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="muted">{tr!(cohorts.no_history)}</p> }.into_any();
    }
    view! {
        <ol class="history">
            {lines
                .into_iter()
                .map(|line| {
                    let to = member_state(line.to);
                    let step = match line.from {
                        Some(from) => tr!(cohorts.change, from = member_state(from), to = to),
                        None => to,
                    };
                    view! {
                        <li>
                            <time datetime=format::machine(line.at.naive_utc())>{format::date_time(line.at.naive_utc())}</time>
                            <p><b>{line.by}</b>" "{step}{(!line.reason.is_empty()).then(|| format!(" · {}", line.reason))}</p>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}

fn verb(to: MemberState) -> String {
    match to {
        MemberState::Proposed => tr!(cohorts.decide.proposed),
        MemberState::Selected => tr!(cohorts.decide.selected),
        MemberState::Reserve => tr!(cohorts.decide.reserve),
        MemberState::Refused => tr!(cohorts.decide.refused),
        MemberState::Left => tr!(cohorts.decide.left),
    }
}

/// What may become of the place: at once, or with a reason.
fn decide(data: &MemberView) -> AnyView {
    let member = data.line.id.to_string();
    let form = |to: MemberState| {
        let coming = data.coming.clone();
        let labels = vec![("reason", tr!(cohorts.reason)), ("to", tr!(cohorts.state_label))];
        let fields = view! {
            <Hidden name="member" value=member.clone()/>
            <Hidden name="to" value=to.code()/>
        };
        if to.needs_reason() {
            view! {
                <details class="more" open=crate::ui::form::came_back(DecideMember::PATH, to.code())>
                    <summary>{verb(to)}</summary>
                    <Form function=DecideMember::PATH key=to.code() class="form" labels=labels>
                        {fields}
                        <TextArea name="reason" label=tr!(cohorts.reason) hint=tr!(cohorts.reason_hint)/>
                        {(to == MemberState::Left).then(|| with_places(&coming))}
                        <div class="actions"><Submit label=verb(to) class="danger"/></div>
                    </Form>
                </details>
            }
            .into_any()
        } else {
            view! {
                <Form function=DecideMember::PATH key=to.code() class="form" labels=labels>
                    {fields}
                    <Submit label=verb(to) class="quiet wide"/>
                </Form>
            }
            .into_any()
        }
    };
    view! {
        <div class="sheet pad stack">
            <h2>{tr!(cohorts.decide_title)}</h2>
            {data.line.state.next().iter().map(|to| form(*to)).collect_view()}
        </div>
    }
    .into_any()
}

fn mentor(data: &MemberView) -> AnyView {
    let options: Vec<_> = data.mentors.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let chosen = data.mentor.map(|id| id.to_string()).unwrap_or_default();
    let query = data.query.clone();
    let member = data.line.id;
    view! {
        <div class="sheet pad stack">
            <h2>{tr!(cohorts.mentor)}</h2>
            <Form function=SetMemberMentor::PATH key="mentor" class="form" labels=vec![("mentor", tr!(cohorts.mentor))]>
                <Hidden name="member" value=member.to_string()/>
                <Select name="mentor" label=tr!(cohorts.mentor) hint=tr!(cohorts.mentor_hint) options=options value=chosen empty=tr!(cohorts.no_mentor)/>
                <div class="actions"><Submit label=tr!(form.save) class="quiet"/></div>
            </Form>
            <form class="field" role="search" method="get">
                <label class="vh" for="q">{tr!(cohorts.find_mentor)}</label>
                <input id="q" name="q" type="search" value=query placeholder=tr!(cohorts.find_mentor)/>
                <button class="btn quiet">{tr!(enrolment.search)}</button>
            </form>
        </div>
    }
    .into_any()
}
