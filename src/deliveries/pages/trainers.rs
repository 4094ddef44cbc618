//! `/deliveries/{id}/trainers`: who teaches, and who leads.

use super::parts::{crumbs, tabs};
use crate::{
    common::ids::{DeliveryId, PersonId},
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::{
        api::{ChangeTrainer, DeliveryTrainers},
        guard,
        pages::parts::state_tag,
    },
    ui::{
        form::{Form, Hidden, Submit},
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = guard::trainers(&visit.cx, visit.param("id"), &visit.query("q")).await?;
    visit.draw(|| show(data))
}

fn act(delivery: DeliveryId, person: PersonId, act: &'static str, label: String, class: &'static str) -> AnyView {
    view! {
        <Form function=ChangeTrainer::PATH key=format!("{act}-{person}") labels=vec![("person", tr!(licences.person))]>
            <Hidden name="id" value=delivery.to_string()/>
            <Hidden name="person" value=person.to_string()/>
            <Hidden name="act" value=act/>
            <Submit label=label class=class/>
        </Form>
    }
    .into_any()
}

fn show(data: DeliveryTrainers) -> impl IntoView {
    let DeliveryTrainers { head, guarded, trainers, query, found } = data;
    let id = head.id;
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let free = format!(
        "/trainers?course={}&licensed=true&from={}&to={}",
        head.course_slug,
        day(head.starts_on),
        day(head.ends_on.or(head.starts_on))
    );
    let searched = !query.is_empty();
    let none_found = found.is_empty();
    view! {
        <PageHead title=tr!(deliveries.trainers_title) crumbs=crumbs(&head)/>
        <div class="wrap body stack wide">
            {tabs(&head, "/trainers", true)}
            {if trainers.is_empty() {
                view! { <p class="muted">{tr!(deliveries.no_trainers)}</p> }.into_any()
            } else {
                view! {
                    <ul class="list">
                        {trainers
                            .into_iter()
                            .map(|it| view! {
                                <li class="item">
                                    <div class="grow">
                                        <h2>{it.name.clone()}</h2>
                                        {(it.lead || it.state.is_some()).then(|| view! {
                                            <p class="tags">
                                                {it.lead.then(|| view! { <span class="tag">{tr!(deliveries.lead)}</span>" " })}
                                                {it.state.map(state_tag)}
                                            </p>
                                        })}
                                        {it.lack.map(|lack| view! { <p class="err">{words::unlicensed(&it.name, lack, it.state)}</p> })}
                                    </div>
                                    <div class="end actions">
                                        {(!it.lead).then(|| act(id, it.id, "lead", tr!(deliveries.make_lead), "quiet small"))}
                                        {act(id, it.id, "remove", tr!(deliveries.remove), "quiet small")}
                                    </div>
                                </li>
                            })
                            .collect_view()}
                    </ul>
                }
                .into_any()
            }}
            <section class="section stack">
                <h2>{tr!(deliveries.add_trainer)}</h2>
                {guarded.then(|| view! { <p class="hint">{tr!(licences.guard_hint)}</p> })}
                <p><a class="next" href=free>{tr!(roster.find_free)}</a></p>
                <form class="field" role="search" method="get">
                    <label class="vh" for="q">{tr!(deliveries.trainer_name)}</label>
                    <input id="q" name="q" type="search" value=query/>
                    <button class="btn">{tr!(deliveries.search)}</button>
                </form>
                {(none_found && searched).then(|| view! { <p class="muted" role="status">{tr!(deliveries.nobody_found)}</p> })}
                <ul class="list tight">
                    {found
                        .into_iter()
                        .map(|(person, name, state)| view! {
                            <li class="item">
                                <div class="grow">{name}" "{state.filter(|_| guarded).map(state_tag)}</div>
                                <div class="end">{act(id, person, "add", tr!(deliveries.add), "quiet small")}</div>
                            </li>
                        })
                        .collect_view()}
                </ul>
            </section>
        </div>
    }
    .into_any()
}
