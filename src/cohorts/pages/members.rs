//! `/cohorts/{id}/members`: who is proposed, selected, waits, was refused or left; and proposing people.

use super::parts::{crumbs, from_where, member_state, places};
use crate::{
    cohorts::{
        api::{DecideMember, MemberLine, MembersView, ProposeMembers, ProposeNewMember},
        model::MemberState,
        service,
    },
    people::model::Profession,
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, Ticks},
        form::{Form, Hidden, Submit},
        format,
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::members::all(&visit.cx, visit.param("id"), &visit.query("q"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: MembersView) -> impl IntoView {
    let head = data.head.clone();
    let decides = data.may_manage && head.state.takes_people();
    let sections =
        [MemberState::Proposed, MemberState::Reserve, MemberState::Selected, MemberState::Refused, MemberState::Left]
            .into_iter()
            .map(|state| {
                let lines: Vec<MemberLine> = data.members.iter().filter(|line| line.state == state).cloned().collect();
                section(&data, state, lines, decides)
            })
            .collect_view();
    let nobody = data.members.is_empty();
    let (quotas, unreserved) = (data.quotas.clone(), data.unreserved);
    let closed = !head.state.takes_people();
    let footnote = data.footnote;
    view! {
        <PageHead
            title=tr!(cohorts.members)
            crumbs=crumbs(&head)
            meta=view! { <li>{tr!(cohorts.taken_of, taken = head.selected, capacity = head.capacity)}</li> }.into_any()
        />
        <div class="wrap body stack wide">
            {closed.then(|| view! { <div class="notice calm"><p>{tr!(cohorts.closed_for_people)}</p></div> })}
            {nobody.then(|| view! { <p class="muted">{tr!(cohorts.nobody)}</p> })}
            {sections}
            <section class="section stack"><h2>{tr!(cohorts.places_title)}</h2>{places(quotas, unreserved)}</section>
            {data.may_propose.then(|| propose(data))}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn section(data: &MembersView, state: MemberState, lines: Vec<MemberLine>, decides: bool) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    let count = lines.len() as i64;
    let cohort = data.head.id;
    let rows = lines
        .into_iter()
        .map(|line| {
            let page = format!("/cohorts/{cohort}/members/{}", line.id);
            let button = |to: MemberState, label: String, class: &'static str| {
                let name = line.name.clone();
                view! {
                    <Form function=DecideMember::PATH key=format!("{}-{}", to.code(), line.id)>
                        <Hidden name="member" value=line.id.to_string()/>
                        <Hidden name="to" value=to.code()/>
                        <Hidden name="list" value="true"/>
                        <button class=format!("btn small {class}")>{label}<span class="vh">" "{name}</span></button>
                    </Form>
                }
            };
            let can = |to: MemberState| decides && line.state.may_become(to);
            view! {
                <li class="item">
                    <div class="grow">
                        <h3><a href=page>{line.name.clone()}</a></h3>
                        <p class="muted">{from_where(&line)}</p>
                        {(!line.reason.is_empty()).then(|| view! { <p class="muted">{tr!(cohorts.because, reason = line.reason.clone())}</p> })}
                    </div>
                    <div class="end actions">
                        {can(MemberState::Selected).then(|| button(MemberState::Selected, tr!(cohorts.decide.selected), "quiet"))}
                        {can(MemberState::Reserve).then(|| button(MemberState::Reserve, tr!(cohorts.decide.reserve), "quiet"))}
                        {can(MemberState::Proposed).then(|| button(MemberState::Proposed, tr!(cohorts.decide.proposed), "quiet"))}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="section stack">
            <h2>{member_state(state)}" "<span class="muted num">{format::number(count)}</span></h2>
            <ul class="list">{rows}</ul>
        </section>
    }
    .into_any()
}

/// Proposing persons who are known, and new ones. Neither needs JavaScript.
fn propose(data: MembersView) -> AnyView {
    let MembersView { head, query, found, new_person, posts_at, postless, .. } = data;
    let cohort = head.id.to_string();
    let results: Vec<(String, String)> = found
        .into_iter()
        .map(|person| {
            let facts = [person.name, person.profession.map(words::profession).unwrap_or_default(), person.workplace];
            let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
            (person.id.to_string(), facts.join(", "))
        })
        .collect();
    let nobody = !query.is_empty() && results.is_empty();
    let labels = vec![
        ("given_name", tr!(enrolment.given_name)),
        ("family_name", tr!(enrolment.family_name)),
        ("profession", tr!(enrolment.profession)),
        ("institution", tr!(cohorts.post_at)),
        ("workplace", tr!(enrolment.workplace)),
        ("email", tr!(enrolment.email)),
    ];
    let professions = Profession::ALL.iter().map(|it| (it.code().to_owned(), words::profession(*it))).collect();
    let posts: Vec<_> = posts_at.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    let first = if postless { String::new() } else { posts.first().map(|(id, _)| id.clone()).unwrap_or_default() };
    view! {
        <section class="section stack">
            <h2>{tr!(cohorts.propose_people)}</h2>
            <p class="hint">{if postless { tr!(enrolment.search_hint) } else { tr!(cohorts.own_people_hint) }}</p>
            <form class="field" role="search" method="get">
                <label class="vh" for="q">{tr!(enrolment.search_label)}</label>
                <input id="q" name="q" type="search" value=query/>
                <button class="btn quiet">{tr!(enrolment.search)}</button>
            </form>
            {nobody.then(|| view! { <p class="muted" role="status">{tr!(cohorts.nobody_found)}</p> })}
            {(!results.is_empty()).then(|| view! {
                <Form function=ProposeMembers::PATH key="found" class="form" labels=vec![("people", tr!(enrolment.found))]>
                    <Hidden name="cohort" value=cohort.clone()/>
                    <Ticks name="people" label=tr!(enrolment.found) options=results/>
                    <div class="actions"><Submit label=tr!(cohorts.propose)/></div>
                </Form>
            })}
            <details class="more" open=nobody || crate::ui::form::came_back(ProposeNewMember::PATH, "new")>
                <summary>{tr!(enrolment.new_person)}</summary>
                <p>{tr!(cohorts.new_person_text)}</p>
                <Form function=ProposeNewMember::PATH key="new" class="form" labels=labels>
                    <Hidden name="delivery" value=head.id.to_string()/>
                    <Hidden name="id" value=new_person.to_string()/>
                    <Input name="given_name" label=tr!(enrolment.given_name) class="mid"/>
                    <Input name="family_name" label=tr!(enrolment.family_name) class="mid"/>
                    <Input name="email" kind="email" label=tr!(enrolment.email) hint=tr!(enrolment.email_hint) optional=true/>
                    <Select name="profession" label=tr!(enrolment.profession) options=professions value=Profession::Judge.code() class="mid"/>
                    {if postless {
                        view! { <Select name="institution" label=tr!(cohorts.post_at) options=posts empty=tr!(cohorts.no_post) optional=true/> }.into_any()
                    } else {
                        view! { <Select name="institution" label=tr!(cohorts.post_at) options=posts value=first/> }.into_any()
                    }}
                    <Input name="workplace" label=tr!(enrolment.workplace) optional=true/>
                    <div class="actions"><Submit label=tr!(cohorts.propose) class="quiet"/></div>
                </Form>
            </details>
        </section>
    }
    .into_any()
}
