//! `/cohorts/{id}/steps/{step}`: when a step is due, which deliveries belong to it, and places in them for all.

use super::parts::{crumbs, kind_name, step_facts};
use crate::{
    cohorts::{
        api::{EditCohortStep, EnrolCohort, StepDelivery, StepView},
        model::StepKind,
        service,
    },
    deliveries::pages::parts::dates,
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Tick, Ticks},
        form::{Form, Hidden, Submit},
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::steps::view(&visit.cx, visit.param("step"), visit.language()).await?;
    visit.draw(|| show(data, enrolled(&visit)))
}

fn show(data: StepView, enrolled: Option<AnyView>) -> impl IntoView {
    let StepView { head, step, choices } = data;
    let back = format!("/cohorts/{}/edit", head.id);
    let mut trail = crumbs(&head);
    trail.push((tr!(cohorts.edit_title), back.clone()));
    let chosen: Vec<String> = choices.iter().filter(|(_, chosen)| *chosen).map(|(it, _)| it.id.to_string()).collect();
    let options: Vec<(String, String)> = choices
        .iter()
        .map(|(it, _)| {
            let facts =
                [it.title.clone(), dates(it.starts_on, it.ends_on, &it.date_note), words::delivery_state(it.state)];
            (it.id.to_string(), facts.join(" · "))
        })
        .collect();
    let no_choice = options.is_empty();
    let labels = vec![("due_on", tr!(cohorts.due_on)), ("deliveries", tr!(cohorts.step_deliveries))];
    let takes = step.kind == StepKind::Attend && head.state.takes_people() && head.selected > 0;
    let facts = step_facts(&step);
    let id = step.id.to_string();
    let of_form = id.clone();
    let enrolling: Vec<StepDelivery> = step.deliveries.iter().filter(|it| it.state.takes_people()).cloned().collect();
    view! {
        <PageHead title=format!("{}: {}", kind_name(step.kind), step.course_title) crumbs=trail lede=Some(facts)/>
        <div class="wrap body stack wide">
            {enrolled}
            <Form function=EditCohortStep::PATH class="form" labels=labels>
                <Hidden name="step_id" value=of_form/>
                <Input name="due_on" kind="date" label=tr!(cohorts.due_on) value=step.due_on.map(|day| day.to_string()).unwrap_or_default() class="short" optional=true/>
                <Tick name="required" label=tr!(cohorts.required) value=step.required/>
                {if no_choice {
                    view! {
                        <p class="muted">{tr!(cohorts.nothing_to_choose)}" "
                            <a href=format!("/deliveries/new?course={}", step.course_slug)>{tr!(deliveries.new_title)}</a>
                        </p>
                    }
                    .into_any()
                } else {
                    view! { <Ticks name="deliveries" label=tr!(cohorts.step_deliveries) hint=tr!(cohorts.step_deliveries_hint) options=options value=chosen/> }.into_any()
                }}
                <div class="actions"><Submit label=tr!(form.save)/><a class="btn quiet" href=back>{tr!(form.cancel)}</a></div>
            </Form>
            {(takes && !enrolling.is_empty()).then(|| view! {
                <section class="section stack">
                    <h2>{tr!(cohorts.enrol_title)}</h2>
                    <p class="hint">{tr!(cohorts.enrol_hint)}</p>
                    <ul class="list">{enrolling.into_iter().map(|it| enrol(id.clone(), it)).collect_view()}</ul>
                </section>
            })}
        </div>
    }
    .into_any()
}

/// How many got a place just now, how many had one, and how many train there, as the address says.
fn enrolled(visit: &Visit) -> Option<AnyView> {
    let count = |name: &str| visit.query(name).parse::<i64>().ok().filter(|it| *it >= 0);
    let added = count("added")?;
    let (held, train) = (count("held").unwrap_or(0), count("train").unwrap_or(0));
    let class = if added > 0 { "notice good" } else { "notice calm" };
    let notice = view! {
        <div class=class role="status">
            <p>
                {tr!(cohorts.put_in.added, count = added)}
                {(held > 0).then(|| format!(" {}", tr!(cohorts.put_in.held, count = held)))}
                {(train > 0).then(|| format!(" {}", tr!(cohorts.put_in.train, count = train)))}
            </p>
        </div>
    };
    Some(notice.into_any())
}

fn enrol(step: String, it: StepDelivery) -> AnyView {
    view! {
        <li class="item">
            <div class="grow">
                <h3><a href=format!("/deliveries/{}", it.id)>{it.title.clone()}</a></h3>
                <p class="muted">{dates(it.starts_on, it.ends_on, &it.date_note)}</p>
            </div>
            <div class="end">
                <Form function=EnrolCohort::PATH key=it.id.to_string() class="form" labels=vec![("people", tr!(cohorts.members))]>
                    <Hidden name="step_id" value=step/>
                    <Hidden name="delivery" value=it.id.to_string()/>
                    <button class="btn quiet small">{tr!(cohorts.enrol_all)}<span class="vh">" "{it.title}</span></button>
                </Form>
            </div>
        </li>
    }
    .into_any()
}
