//! `/areas/{code}/duties`: what the law asks of each profession, kept by who speaks for the area.

use crate::{
    institutions::duty::{
        api::{Duties, RemoveDuty, SaveDuty},
        model::{Duty, Term},
        service,
    },
    people::model::Profession,
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select},
        form::{Form, Hidden, Submit, Version, came_back},
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let duties = service::view(&visit.cx, visit.param("code"), visit.language()).await?;
    visit.draw(|| show(duties))
}

/// Judge: 40 hours a year from 2024 on.
pub fn said(term: &Term) -> String {
    let (profession, year) = (words::profession(term.profession), term.from_year.to_string());
    if term.hours == 0 {
        tr!(duty.ended, profession = profession, year = year)
    } else {
        tr!(duty.said, profession = profession, hours = term.hours, year = year)
    }
}

fn form(area: String, id: String, version: i64, key: String, term: Option<Term>, year: i64) -> AnyView {
    let professions = Profession::ALL.iter().map(|it| (it.code().to_owned(), words::profession(*it))).collect();
    let labels = vec![
        ("profession", tr!(duty.profession)),
        ("from_year", tr!(duty.from_year)),
        ("hours", tr!(duty.hours)),
        ("source", tr!(duty.source)),
    ];
    let value = |of: fn(&Term) -> String| term.as_ref().map(of).unwrap_or_default();
    let profession = value(|it| it.profession.code().to_owned());
    let (hours, source) = (value(|it| it.hours.to_string()), value(|it| it.source.clone()));
    let first = term.as_ref().map_or(year, |term| term.from_year).to_string();
    let (label, class) = if term.is_some() { (tr!(form.save), "quiet") } else { (tr!(duty.add), "") };
    view! {
        <Form function=SaveDuty::PATH key=key class="form" labels=labels>
            <Hidden name="id" value=id/>
            <Hidden name="area" value=area/>
            <Version value=version/>
            <Select name="profession" label=tr!(duty.profession) options=professions value=profession class="mid"/>
            <div class="row">
                <Input name="hours" kind="number" label=tr!(duty.hours) hint=tr!(duty.hours_hint) value=hours class="short"/>
                <Input name="from_year" kind="number" label=tr!(duty.from_year) hint=tr!(duty.from_year_hint) value=first class="short"/>
            </div>
            <Input name="source" label=tr!(duty.source) hint=tr!(duty.source_hint) value=source/>
            <div class="actions"><Submit label=label class=class/></div>
        </Form>
    }
    .into_any()
}

fn line(area: String, duty: Duty, year: i64) -> AnyView {
    let id = duty.id.to_string();
    let name = said(&duty.term);
    let (key, remove) = (format!("d-{id}"), format!("r-{id}"));
    let open = came_back(SaveDuty::PATH, &key) || came_back(RemoveDuty::PATH, &remove);
    let change = form(area.clone(), id.clone(), duty.version, key, Some(duty.term.clone()), year);
    view! {
        <li class="item">
            <div class="grow stack">
                <div><h3>{name.clone()}</h3><p class="muted">{duty.term.source}</p></div>
                <details class="more" open=open>
                    <summary>{tr!(duty.change)}" "<span class="vh">{name.clone()}</span></summary>
                    {change}
                    <Form function=RemoveDuty::PATH key=remove>
                        <Hidden name="area" value=area/>
                        <Hidden name="id" value=id/>
                        <Version value=duty.version/>
                        <p class="hint">{tr!(duty.remove_hint)}</p>
                        <button class="btn danger small">{tr!(duty.remove)}<span class="vh">" "{name}</span></button>
                    </Form>
                </details>
            </div>
        </li>
    }
    .into_any()
}

fn show(data: Duties) -> AnyView {
    let code = data.area.code.clone();
    let lines: Vec<AnyView> = data.duties.into_iter().map(|duty| line(code.clone(), duty, data.year)).collect();
    let list = if lines.is_empty() {
        view! { <div class="empty"><h2>{tr!(duty.none)}</h2><p>{tr!(duty.none_text)}</p></div> }.into_any()
    } else {
        view! { <section><h2 class="vh">{tr!(duty.title)}</h2><ul class="list">{lines}</ul></section> }.into_any()
    };
    view! {
        <PageHead
            title=tr!(duty.title)
            crumbs=vec![(tr!(areas.title), "/areas".to_owned()), (data.area.name.clone(), format!("/areas/{code}"))]
            lede=tr!(duty.lede)
        />
        <div class="wrap body stack wide">
            {list}
            <section class="section stack">
                <h2>{tr!(duty.add_title)}</h2>
                {form(code, data.new.to_string(), 0, "new".to_owned(), None, data.year)}
            </section>
            {data.area.footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}
