//! `/people/new`: a person with or without an account.

use super::{area_choices, institution_choices, language, with_directory, written_languages};
use crate::{
    institutions::api::Directory,
    people::{
        model::{Profession, Sex},
        records::{
            api::{self, AddPerson},
            service,
        },
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, Tick},
        form::{Form, Hidden, Submit},
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = with_directory(&visit, async { service::new(&visit.cx) }).await?;
    visit.draw(|| show(data))
}

/// Codes and names of sexes.
pub fn sexes() -> Vec<(String, String)> {
    Sex::ALL.iter().map(|sex| (sex.code().to_owned(), words::sex(*sex))).collect()
}

/// Codes and names of professions.
pub fn professions() -> Vec<(String, String)> {
    Profession::ALL.iter().map(|it| (it.code().to_owned(), words::profession(*it))).collect()
}

fn show((data, directory): (api::NewPersonPage, Directory)) -> impl IntoView {
    let footnote = directory.areas.iter().any(|area| area.footnote);
    let roles = data.grantable.iter().map(|role| (role.code().to_owned(), words::role(*role))).collect::<Vec<_>>();
    let institutions = institution_choices(&directory, data.reach.as_deref());
    // Who runs one institution need not choose it.
    let only = match (&data.reach, institutions.as_slice()) {
        (Some(_), [(id, _)]) => id.clone(),
        _ => String::new(),
    };
    view! {
        <PageHead title=tr!(people.new_title) crumbs=vec![(tr!(people.title), "/people".to_owned())]/>
        <div class="wrap body">
            <Form
                function=AddPerson::PATH
                class="form"
                labels=vec![
                    ("given_name", tr!(people.given_name)),
                    ("family_name", tr!(people.family_name)),
                    ("sex", tr!(people.sex_label)),
                    ("area_code", tr!(people.area)),
                    ("email", tr!(people.email)),
                    ("profession", tr!(people.profession_label)),
                    ("role", tr!(people.role_label)),
                    ("institution_id", tr!(people.institution)),
                ]
            >
                <Hidden name="id" value=data.id.to_string()/>
                <Input name="given_name" label=tr!(people.given_name)/>
                <Input name="family_name" label=tr!(people.family_name) hint=tr!(people.name_hint)/>
                <Select name="sex" label=tr!(people.sex_label) hint=tr!(people.sex_hint) options=sexes() empty=tr!(people.not_stated) optional=true class="mid"/>
                <Select name="area_code" label=tr!(people.area) options=area_choices(&directory) empty=tr!(people.not_stated) optional=true/>
                <Select name="institution_id" label=tr!(people.institution) hint=tr!(people.institution_hint) options=institutions value=only empty=tr!(people.no_institution)/>
                <Select name="profession" label=tr!(people.profession_label) options=professions() empty=tr!(people.not_stated) class="mid"/>
                <Select name="role" label=tr!(people.role_label) hint=tr!(people.role_hint) options=roles empty=tr!(people.no_role) class="mid"/>
                <Input name="email" kind="email" label=tr!(people.email) hint=tr!(people.email_hint)/>
                <Tick name="account" label=tr!(people.invite_tick)/>
                <Select name="language" label=tr!(people.letter_language) options=written_languages() value=language() class="mid"/>
                <div class="actions">
                    <Submit label=tr!(people.add)/>
                    <a class="btn quiet" href="/people">{tr!(form.cancel)}</a>
                </div>
            </Form>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}
