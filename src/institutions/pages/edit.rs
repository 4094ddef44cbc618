//! `/institutions/{slug}/edit`: an administrator keeps the public record.

use crate::{
    institutions::{
        api::{EditInstitution, InstitutionEdit},
        model::{Excused, RiskLetters},
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, TextArea},
        form::{Form, Hidden, Submit, Version},
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::for_edit(&visit.cx, visit.param("slug")).await?;
    visit.draw(|| show(data))
}

fn show(data: InstitutionEdit) -> impl IntoView {
    let it = data.institution;
    let back = format!("/institutions/{}", it.slug);
    let excused = Excused::ALL.iter().map(|it| (it.code().to_owned(), words::excused(*it))).collect();
    let letters = RiskLetters::ALL.iter().map(|it| (it.code().to_owned(), letters_to(*it))).collect();
    let labels = vec![
        ("name", tr!(institutions.name)),
        ("about", tr!(institutions.about)),
        ("address", tr!(institutions.address)),
        ("email", tr!(institutions.email)),
        ("phone", tr!(institutions.phone)),
        ("website", tr!(institutions.website)),
        ("languages", tr!(institutions.languages)),
        ("attendance_percent", tr!(institutions.attendance_percent)),
        ("excused", tr!(institutions.excused)),
        ("risk_letters", tr!(notices.risk_letters)),
    ];
    view! {
        <PageHead
            title=tr!(institutions.edit_title, name = it.name.clone())
            crumbs=vec![(tr!(institutions.title), "/institutions".to_owned()), (it.name.clone(), back.clone())]
        />
        <div class="wrap body">
            <Form function=EditInstitution::PATH class="form" labels=labels>
                <Hidden name="id" value=it.id.to_string()/>
                <Version value=it.version/>
                <Input name="name" label=tr!(institutions.name) value=it.name/>
                <TextArea name="about" label=tr!(institutions.about) hint=tr!(institutions.about_hint) value=it.about optional=true/>
                <TextArea name="address" label=tr!(institutions.address) value=it.address optional=true/>
                <Input name="email" kind="email" label=tr!(institutions.email) value=it.email optional=true/>
                <Input name="phone" kind="tel" label=tr!(institutions.phone) value=it.phone optional=true/>
                <Input name="website" kind="url" label=tr!(institutions.website) value=it.website optional=true/>
                <Input
                    name="languages"
                    label=tr!(institutions.languages)
                    hint=tr!(form.languages_hint)
                    value=it.languages.replace(';', " ").trim().to_owned()
                    optional=true
                />
                <fieldset>
                    <legend>{tr!(institutions.rules)}</legend>
                    <p class="hint">{tr!(institutions.rules_hint)}</p>
                    <Input
                        name="attendance_percent"
                        kind="number"
                        label=tr!(institutions.attendance_percent)
                        hint=tr!(institutions.attendance_percent_hint)
                        value=it.attendance_percent.map_or_else(String::new, |share| share.to_string())
                        optional=true
                        class="short"
                    />
                    <Select name="excused" label=tr!(institutions.excused) options=excused value=it.excused.code()/>
                    <Select
                        name="risk_letters"
                        label=tr!(notices.risk_letters)
                        hint=tr!(notices.risk_letters_hint)
                        options=letters
                        value=it.risk_letters.code()
                    />
                </fieldset>
                <div class="actions">
                    <Submit label=tr!(form.save)/>
                    <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                </div>
            </Form>
        </div>
    }
}

fn letters_to(it: RiskLetters) -> String {
    match it {
        RiskLetters::Both => tr!(notices.to_both),
        RiskLetters::Participants => tr!(notices.to_participants),
        RiskLetters::Trainers => tr!(notices.to_trainers),
        RiskLetters::Nobody => tr!(notices.to_nobody),
    }
}
