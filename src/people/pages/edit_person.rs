//! `/people/{id}/edit`, `/people/{id}/role` and `/people/{id}/post`: one form each.

use super::{
    area_choices, institution_choices,
    new_person::{professions, sexes},
    with_directory,
};
use crate::{
    common::error::AppError,
    institutions::api::Directory,
    people::records::{
        api::{AddPost, EditPerson, GrantRole, PersonView},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select},
        form::{Form, Hidden, Submit, Version},
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

type Data = (PersonView, Directory);

async fn person(visit: &Visit) -> Result<Data, AppError> {
    with_directory(visit, service::view(&visit.cx, visit.param("id"))).await
}

pub async fn edit_page(visit: Visit) -> Drawn {
    let data = person(&visit).await?;
    visit.draw(|| edit(data))
}

pub async fn role_page(visit: Visit) -> Drawn {
    let data = person(&visit).await?;
    visit.draw(|| role(data))
}

pub async fn post_page(visit: Visit) -> Drawn {
    let data = person(&visit).await?;
    visit.draw(|| post(data))
}

/// The frame of the three: title, way back, form.
fn frame(person: &PersonView, title: String, footnote: bool, form: AnyView) -> AnyView {
    let name = format!("{} {}", person.given_name, person.family_name);
    let back = format!("/people/{}", person.id);
    view! {
        <PageHead title=title crumbs=vec![(tr!(people.title), "/people".to_owned()), (name, back)]/>
        <div class="wrap body">
            {form}
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

fn buttons(person: &PersonView, label: String) -> impl IntoView + use<> {
    let back = format!("/people/{}", person.id);
    view! {
        <div class="actions">
            <Submit label=label/>
            <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
        </div>
    }
}

fn edit((person, directory): Data) -> impl IntoView {
    let footnote = directory.areas.iter().any(|area| area.footnote);
    let it = person.clone();
    let labels = vec![
        ("given_name", tr!(people.given_name)),
        ("family_name", tr!(people.family_name)),
        ("sex", tr!(people.sex_label)),
        ("area_code", tr!(people.area)),
        ("email", tr!(people.contact_email)),
    ];
    let buttons_person = person.clone();
    let asks = it.asks.then(|| view! { <div class="notice calm"><p>{tr!(safety.asks)}</p></div> });
    let form = view! {
        {asks}
        <Form function=EditPerson::PATH class="form" labels=labels>
            <Hidden name="id" value=it.id.to_string()/>
            <Version value=it.version/>
            <Input name="given_name" label=tr!(people.given_name) value=it.given_name/>
            <Input name="family_name" label=tr!(people.family_name) hint=tr!(people.name_hint) value=it.family_name/>
            <Select
                name="sex"
                label=tr!(people.sex_label)
                hint=tr!(people.sex_hint)
                options=sexes()
                value=it.sex.map(|sex| sex.code().to_owned()).unwrap_or_default()
                empty=tr!(people.not_stated)
                optional=true
                class="mid"
            />
            <Select
                name="area_code"
                label=tr!(people.area)
                options=area_choices(&directory)
                value=it.area_code.unwrap_or_default()
                empty=tr!(people.not_stated)
                optional=true
            />
            <Input name="email" kind="email" label=tr!(people.contact_email) hint=tr!(people.contact_email_hint) value=it.email optional=true/>
            {buttons(&buttons_person, tr!(form.save))}
        </Form>
    }
    .into_any();
    frame(&person, tr!(people.edit), footnote, form)
}

fn role((person, directory): Data) -> impl IntoView {
    let roles = person.grantable.iter().map(|role| (role.code().to_owned(), words::role(*role))).collect::<Vec<_>>();
    let institutions = institution_choices(&directory, person.reach.as_deref());
    let labels = vec![("role", tr!(people.role_label)), ("institution_id", tr!(people.institution))];
    let everywhere = person.reach.is_none();
    let it = person.clone();
    let form = view! {
        <Form function=GrantRole::PATH class="form" labels=labels>
            <Hidden name="id" value=it.new_grant.to_string()/>
            <Hidden name="person_id" value=it.id.to_string()/>
            <Select name="role" label=tr!(people.role_label) hint=tr!(people.role_hint) options=roles class="mid"/>
            <Select
                name="institution_id"
                label=tr!(people.institution)
                options=institutions
                empty=if everywhere { tr!(people.everywhere) } else { tr!(people.choose) }
            />
            {buttons(&it, tr!(people.grant_role))}
        </Form>
    }
    .into_any();
    frame(&person, tr!(people.grant_role), false, form)
}

fn post((person, directory): Data) -> impl IntoView {
    let institutions = institution_choices(&directory, person.reach.as_deref());
    let everywhere = person.reach.is_none();
    let labels = vec![
        ("profession", tr!(people.profession_label)),
        ("institution_id", tr!(people.institution)),
        ("workplace", tr!(people.workplace)),
        ("starts_on", tr!(people.starts_on)),
        ("ends_on", tr!(people.ends_on)),
    ];
    let it = person.clone();
    let form = view! {
        <Form function=AddPost::PATH class="form" labels=labels>
            <Hidden name="id" value=it.new_post.to_string()/>
            <Hidden name="person_id" value=it.id.to_string()/>
            <Select name="profession" label=tr!(people.profession_label) options=professions() class="mid"/>
            <Select
                name="institution_id"
                label=tr!(people.institution)
                options=institutions
                empty=if everywhere { tr!(people.no_institution) } else { tr!(people.choose) }
            />
            <Input name="workplace" label=tr!(people.workplace) hint=tr!(people.workplace_hint) optional=true/>
            <div class="row">
                <Input name="starts_on" kind="date" label=tr!(people.starts_on) class="short" optional=true/>
                <Input name="ends_on" kind="date" label=tr!(people.ends_on) class="short" optional=true/>
            </div>
            {buttons(&it, tr!(people.add_post))}
        </Form>
    }
    .into_any();
    frame(&person, tr!(people.add_post), false, form)
}
