//! `/counts/new` and `/counts/{id}/edit`: how many people came, in numbers.

use crate::{
    attendance::{
        pages::count::tables,
        tallies::{
            api::{SaveTally, TallyEdit},
            service,
        },
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::{Input, Select, Ticks},
        form::{Form, FormState, Hidden, Submit, Version},
        layout::PageHead,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn new_page(visit: Visit) -> Drawn {
    let data = service::for_new(&visit.cx, &visit.query("of"), &visit.query("area"), visit.language()).await?;
    visit.draw(|| show(data))
}

pub async fn edit_page(visit: Visit) -> Drawn {
    let data = service::for_edit(&visit.cx, visit.param("id"), &visit.query("area"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: TallyEdit) -> AnyView {
    let new = data.version == 0;
    let (here, back) = if new {
        ("/counts/new".to_owned(), "/counts".to_owned())
    } else {
        (format!("/counts/{}/edit", data.id), format!("/counts/{}", data.id))
    };
    let mut crumbs = vec![(tr!(tallies.title), "/counts".to_owned())];
    crumbs.extend(data.delivery.clone().map(|(id, title)| (title, format!("/deliveries/{id}"))));
    let labels = vec![
        ("institution", tr!(tallies.institution)),
        ("course", tr!(tallies.course)),
        ("title", tr!(tallies.what)),
        ("area", tr!(tallies.area)),
        ("place", tr!(tallies.place)),
        ("starts_on", tr!(tallies.starts_on)),
        ("ends_on", tr!(tallies.ends_on)),
        ("projects", tr!(tallies.projects)),
        ("people", tr!(tallies.people)),
    ];
    let of = data.delivery.as_ref().map(|(id, _)| id.to_string()).filter(|_| new);
    let more: Vec<(String, String)> =
        data.areas.iter().filter(|(code, _)| !data.counted.contains(code)).cloned().collect();
    let footnote = data.footnote;
    let (id, version, about) = (data.id.to_string(), data.version, data.form.clone());
    let title = if new { tr!(tallies.new_title) } else { tr!(tallies.edit_title) };
    let cancel = back.clone();
    view! {
        <PageHead title=title crumbs=crumbs lede=data.delivery.as_ref().map(|(_, title)| title.clone())/>
        <div class="wrap body stack wide">
            <form method="get" action=here class="toolbar">
                {of.map(|of| view! { <input type="hidden" name="of" value=of/> })}
                <div class="fld">
                    <label for="f-more">{tr!(attendance.counts.other_area)}</label>
                    <select id="f-more" name="area">
                        {more.into_iter().map(|(code, name)| view! { <option value=code>{name}</option> }).collect_view()}
                    </select>
                </div>
                <button class="btn quiet">{tr!(attendance.counts.add_area)}</button>
            </form>
            <Form function=SaveTally::PATH class="form wide" labels=labels>
                <Hidden name="id" value=id/>
                <Version value=version/>
                <Hidden name="delivery" value=about.delivery.clone()/>
                {facts(&data)}
                <People data=data.clone()/>
                <div class="actions">
                    <Submit label=tr!(form.save)/>
                    <a class="btn quiet" href=cancel>{tr!(form.cancel)}</a>
                </div>
            </Form>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
    .into_any()
}

/// What was given, where and when; of a delivery of ours its record says so.
fn facts(data: &TallyEdit) -> AnyView {
    if data.delivery.is_some() {
        return ().into_any();
    }
    let pairs = |list: &[(String, String)]| list.to_vec();
    let institutions: Vec<(String, String)> =
        data.institutions.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let only = (institutions.len() == 1).then(|| institutions[0].0.clone());
    let courses: Vec<(String, String)> =
        data.courses.iter().map(|(id, title)| (id.to_string(), title.clone())).collect();
    let projects: Vec<(String, String)> =
        data.projects.iter().map(|(id, title)| (id.to_string(), title.clone())).collect();
    let it = data.form.clone();
    let paid = !it.projects.is_empty();
    // Whose count it is stays so.
    let institution = if data.version == 0 {
        let value = only.unwrap_or(it.institution);
        view! {
            <Select name="institution" label=tr!(tallies.institution) options=institutions value=value empty=tr!(feedback.choose)/>
        }
        .into_any()
    } else {
        view! { <Hidden name="institution" value=it.institution/> }.into_any()
    };
    view! {
        {institution}
        <Input name="title" label=tr!(tallies.what) hint=tr!(tallies.what_hint) value=it.title/>
        <Select name="course" label=tr!(tallies.course) options=courses value=it.course empty=tr!(tallies.no_course)/>
        <Select name="area" label=tr!(tallies.area) options=pairs(&data.areas) value=it.area empty=tr!(feedback.choose) class="mid"/>
        <Input name="place" label=tr!(tallies.place) value=it.place optional=true class="mid"/>
        <div class="row">
            <Input name="starts_on" label=tr!(tallies.starts_on) kind="date" value=it.starts_on class="short"/>
            <Input name="ends_on" label=tr!(tallies.ends_on) kind="date" value=it.ends_on class="short"/>
        </div>
        <details class="more" open=paid>
            <summary>{tr!(tallies.projects)}</summary>
            <Ticks name="projects" label=tr!(tallies.projects) options=projects value=it.projects/>
        </details>
    }
    .into_any()
}

#[component]
fn People(data: TallyEdit) -> impl IntoView {
    let form = expect_context::<FormState>();
    let areas: Vec<(String, String)> =
        data.areas.iter().filter(|(code, _)| data.counted.contains(code)).cloned().collect();
    let fault = form.fault("people").map(|kind| view! { <p class="err">{words::fault(&kind)}</p> });
    view! {
        <section class="stack" id=form.field_id("people")>
            <h2>{tr!(tallies.people)}</h2>
            <p class="hint">{tr!(tallies.people_hint)}</p>
            {data.proposed.then(|| view! { <p class="notice calm">{tr!(tallies.from_half_days)}</p> })}
            {fault}
            {tables(&areas, &data.heads, false)}
        </section>
    }
}
