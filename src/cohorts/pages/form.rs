//! `/cohorts/new` and `/cohorts/{id}/edit`: what a cohort is, its sequence, and whose its places are.

use super::parts::{crumbs_of, kind_name, step_facts};
use crate::{
    cohorts::{
        api::{AddCohortStep, CohortChoices, PlaceCohortStep, QuotaLine, SaveCohort, SetCohortQuota, StepLine},
        model::StepKind,
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, TextArea, Tick, Ticks},
        form::{Form, Hidden, Submit, Version},
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn new_page(visit: Visit) -> Drawn {
    let data = service::for_new(&visit.cx, visit.language()).await?;
    visit.draw(|| show(data))
}

pub async fn edit_page(visit: Visit) -> Drawn {
    let data = service::for_edit(&visit.cx, visit.param("id"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn show(data: CohortChoices) -> impl IntoView {
    let new = data.version == 0;
    let back = if new { "/cohorts".to_owned() } else { format!("/cohorts/{}", data.id) };
    let crumbs = crumbs_of((!new).then(|| (data.plan.title.clone(), back.clone())));
    let title = if new { tr!(cohorts.new) } else { tr!(cohorts.edit_title) };
    let footnote = data.footnote;
    view! {
        <PageHead title=title crumbs=crumbs lede=new.then(|| tr!(cohorts.new_lede))/>
        <div class="wrap body stack wide">
            <div class="section stack">
                {(!new).then(|| view! { <h2>{tr!(cohorts.details)}</h2> })}
                {details(&data, back)}
            </div>
            {(!new).then(|| view! {
                <section class="section stack"><h2>{tr!(cohorts.sequence)}</h2>{sequence(&data)}</section>
                <section class="section stack"><h2>{tr!(cohorts.places_title)}</h2>{quotas(&data)}</section>
            })}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn details(data: &CohortChoices, back: String) -> AnyView {
    let new = data.version == 0;
    let plan = data.plan.clone();
    let labels = vec![
        ("title", tr!(cohorts.cohort_title)),
        ("course", tr!(cohorts.course)),
        ("host", tr!(cohorts.host)),
        ("capacity", tr!(cohorts.capacity)),
        ("starts_on", tr!(cohorts.starts_on)),
        ("ends_on", tr!(cohorts.ends_on)),
        ("projects", tr!(cohorts.projects)),
        ("note", tr!(cohorts.note)),
    ];
    let hosts: Vec<_> = data.hosts.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let projects: Vec<_> = data.projects.iter().map(|(id, title)| (id.to_string(), title.clone())).collect();
    let paying = data.paying.iter().map(ToString::to_string).collect();
    let (id, version, course, courses) = (data.id, data.version, data.course.clone(), data.courses.clone());
    let hostless = data.hostless;
    view! {
        <Form function=SaveCohort::PATH class="form" labels=labels>
            <Hidden name="id" value=id.to_string()/>
            <Version value=version/>
            <Input name="title" label=tr!(cohorts.cohort_title) value=plan.title/>
            <Select name="course" label=tr!(cohorts.course) hint=tr!(cohorts.course_hint) options=courses value=course empty=tr!(cohorts.choose)/>
            {if hostless {
                view! { <Select name="host" label=tr!(cohorts.host) hint=tr!(cohorts.host_hint) options=hosts value=text(plan.host_id) empty=tr!(cohorts.host_none)/> }.into_any()
            } else {
                view! { <Select name="host" label=tr!(cohorts.host) options=hosts value=text(plan.host_id)/> }.into_any()
            }}
            <Input name="capacity" kind="number" label=tr!(cohorts.capacity) value=plan.capacity.to_string() class="short"/>
            <div class="row">
                <Input name="starts_on" kind="date" label=tr!(cohorts.starts_on) value=text(plan.starts_on) class="short" optional=true/>
                <Input name="ends_on" kind="date" label=tr!(cohorts.ends_on) value=text(plan.ends_on) class="short" optional=true/>
            </div>
            {(!projects.is_empty()).then(|| view! { <Ticks name="projects" label=tr!(cohorts.projects) options=projects value=paying/> })}
            <TextArea name="note" label=tr!(cohorts.note) value=plan.note optional=true/>
            <div class="actions">
                <Submit label=if new { tr!(cohorts.create) } else { tr!(form.save) }/>
                <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
            </div>
        </Form>
    }
    .into_any()
}

fn act(step: &StepLine, act: &'static str, label: String, name: String) -> AnyView {
    let id = step.id.to_string();
    view! {
        <Form function=PlaceCohortStep::PATH key=format!("{act}-{id}")>
            <Hidden name="step_id" value=id/>
            <Hidden name="act" value=act/>
            <button class="btn quiet small">{label}<span class="vh">" "{name}</span></button>
        </Form>
    }
    .into_any()
}

fn sequence(data: &CohortChoices) -> AnyView {
    let last = data.steps.len().saturating_sub(1);
    let cohort = data.id;
    let lines = data
        .steps
        .iter()
        .enumerate()
        .map(|(n, step)| {
            let name = format!("{}. {}: {}", n + 1, kind_name(step.kind), step.course_title);
            let count = step.deliveries.len() as i64;
            view! {
                <li class="item">
                    <div class="grow">
                        <h3><a href=format!("/cohorts/{cohort}/steps/{}", step.id)>{name.clone()}</a></h3>
                        <p class="muted">{step_facts(step)}" · "{tr!(cohorts.deliveries_count, count = count)}</p>
                    </div>
                    <div class="end actions">
                        {(n > 0).then(|| act(step, "up", tr!(cohorts.up), name.clone()))}
                        {(n < last).then(|| act(step, "down", tr!(cohorts.down), name.clone()))}
                        {act(step, "remove", tr!(cohorts.remove), name.clone())}
                    </div>
                </li>
            }
        })
        .collect_view();
    let kinds = StepKind::ALL.iter().map(|it| (it.code().to_owned(), kind_name(*it))).collect();
    let (new_step, courses) = (data.new_step, data.courses.clone());
    let labels =
        vec![("kind", tr!(cohorts.step_kind)), ("course", tr!(cohorts.step_course)), ("due_on", tr!(cohorts.due_on))];
    view! {
        {data.steps.is_empty().then(|| view! { <p class="muted">{tr!(cohorts.no_steps)}</p> })}
        <ul class="list">{lines}</ul>
        <h3>{tr!(cohorts.add_step)}</h3>
        <Form function=AddCohortStep::PATH key="step" class="form" labels=labels>
            <Hidden name="cohort" value=cohort.to_string()/>
            <Hidden name="step_id" value=new_step.to_string()/>
            <Select name="kind" label=tr!(cohorts.step_kind) hint=tr!(cohorts.step_kind_hint) options=kinds value=StepKind::Attend.code() class="mid"/>
            <Select name="course" label=tr!(cohorts.step_course) options=courses empty=tr!(cohorts.choose)/>
            <Input name="due_on" kind="date" label=tr!(cohorts.due_on) class="short" optional=true/>
            <Tick name="required" label=tr!(cohorts.required) value=true/>
            <div class="actions"><Submit label=tr!(cohorts.add_step) class="quiet"/></div>
        </Form>
    }
    .into_any()
}

fn quota(data: &CohortChoices, line: &QuotaLine) -> AnyView {
    let labels = || vec![("places", tr!(cohorts.places)), ("whose", tr!(cohorts.whose))];
    let (whose, cohort) = (line.whose.clone(), data.id.to_string());
    let key = format!("q-{}", whose.replace(':', "-"));
    let (name, places) = (line.name.clone(), line.places);
    view! {
        <li class="item">
            <div class="grow">
                <h3>{line.name.clone()}</h3>
                <p class="muted num">{tr!(cohorts.taken_of, taken = line.taken, capacity = line.places)}</p>
            </div>
            <div class="end">
                <Form function=SetCohortQuota::PATH key=key class="form row" labels=labels()>
                    <Hidden name="cohort" value=cohort/>
                    <Hidden name="whose" value=whose/>
                    <Input name="places" kind="number" label=tr!(cohorts.places) value=places.to_string() class="short"/>
                    <button class="btn quiet small">{tr!(form.save)}<span class="vh">" "{name}</span></button>
                </Form>
            </div>
        </li>
    }
    .into_any()
}

fn quotas(data: &CohortChoices) -> AnyView {
    let free: Vec<(String, String)> =
        data.whose.iter().filter(|(code, _)| !data.quotas.iter().any(|quota| quota.whose == *code)).cloned().collect();
    let lines = data.quotas.iter().map(|line| quota(data, line)).collect_view();
    let labels = vec![("whose", tr!(cohorts.whose)), ("places", tr!(cohorts.places))];
    let cohort = data.id;
    view! {
        <p class="hint">{tr!(cohorts.quota_hint)}</p>
        <ul class="list">{lines}</ul>
        <h3>{tr!(cohorts.add_quota)}</h3>
        <Form function=SetCohortQuota::PATH key="quota" class="form" labels=labels>
            <Hidden name="cohort" value=cohort.to_string()/>
            <Select name="whose" label=tr!(cohorts.whose) options=free empty=tr!(cohorts.choose)/>
            <Input name="places" kind="number" label=tr!(cohorts.places) class="short"/>
            <div class="actions"><Submit label=tr!(cohorts.add_quota) class="quiet"/></div>
        </Form>
    }
    .into_any()
}
