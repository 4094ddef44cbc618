//! The lower half of the people's page: putting in people who are known, new, or many.

use crate::{
    enrolment::api::{EnrolMany, EnrolNewPerson, People},
    people::model::Profession,
    tr,
    ui::{
        field::{Input, Select, TextArea, Ticks},
        form::{Form, Hidden, Submit},
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// Three ways to give places, none of which needs JavaScript.
pub fn put_in(data: People) -> AnyView {
    let People { head, query, found, new_person, .. } = data;
    let delivery = head.id.to_string();
    let (for_new, for_list) = (delivery.clone(), delivery.clone());
    let searched = !query.is_empty();
    let results: Vec<(String, String)> = found
        .into_iter()
        .map(|person| {
            let facts = [person.profession.map(words::profession).unwrap_or_default(), person.workplace];
            let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
            let label = if facts.is_empty() { person.name } else { format!("{}, {}", person.name, facts.join(", ")) };
            (person.id.to_string(), label)
        })
        .collect();
    let nobody = searched && results.is_empty();
    let labels = vec![
        ("given_name", tr!(enrolment.given_name)),
        ("family_name", tr!(enrolment.family_name)),
        ("profession", tr!(enrolment.profession)),
        ("workplace", tr!(enrolment.workplace)),
        ("email", tr!(enrolment.email)),
    ];
    let professions = Profession::ALL.iter().map(|it| (it.code().to_owned(), words::profession(*it))).collect();
    view! {
        <section class="section stack">
            <h2>{tr!(enrolment.put_in)}</h2>
            <p class="hint">{tr!(enrolment.search_hint)}</p>
            <form class="field" role="search" method="get">
                <label class="vh" for="q">{tr!(enrolment.search_label)}</label>
                <input id="q" name="q" type="search" value=query/>
                <button class="btn">{tr!(enrolment.search)}</button>
            </form>
            {nobody.then(|| view! { <p class="muted" role="status">{tr!(enrolment.nobody_found)}</p> })}
            {(!results.is_empty()).then(|| view! {
                <Form function=EnrolMany::PATH key="found" class="form" labels=vec![("people", tr!(enrolment.found))]>
                    <Hidden name="delivery" value=delivery.clone()/>
                    <Ticks name="people" label=tr!(enrolment.found) options=results/>
                    <div class="actions"><Submit label=tr!(enrolment.give_places)/></div>
                </Form>
            })}
        </section>
        <div class="section stack">
            <details class="more" open=nobody>
                <summary>{tr!(enrolment.new_person)}</summary>
                <p>{tr!(enrolment.new_person_text)}</p>
                <Form function=EnrolNewPerson::PATH key="new" class="form" labels=labels>
                    <Hidden name="delivery" value=for_new/>
                    <Hidden name="id" value=new_person.to_string()/>
                    <Input name="given_name" label=tr!(enrolment.given_name) class="mid"/>
                    <Input name="family_name" label=tr!(enrolment.family_name) class="mid"/>
                    <Select name="profession" label=tr!(enrolment.profession) options=professions value=Profession::Judge.code() class="mid"/>
                    <Input name="workplace" label=tr!(enrolment.workplace) optional=true/>
                    <Input name="email" kind="email" label=tr!(enrolment.email) hint=tr!(enrolment.email_hint) optional=true/>
                    <div class="actions"><Submit label=tr!(enrolment.add) class="quiet"/></div>
                </Form>
            </details>
            <details class="more">
                <summary>{tr!(enrolment.list_title)}</summary>
                <Form function=EnrolMany::PATH key="list" class="form" labels=vec![("list", tr!(enrolment.list)), ("people", tr!(enrolment.list))]>
                    <Hidden name="delivery" value=for_list/>
                    <Hidden name="batch" value=new_person.to_string()/>
                    <TextArea name="list" label=tr!(enrolment.list) hint=tr!(enrolment.list_hint) class="tall"/>
                    <div class="actions"><Submit label=tr!(enrolment.add_list) class="quiet"/></div>
                </Form>
            </details>
        </div>
    }
    .into_any()
}
