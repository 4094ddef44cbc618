//! `/areas/{code}`: an area, its names, the Convention, and what happens there.

use crate::{
    catalogue, deliveries,
    institutions::{api::AreaView, model::KOSOVO, pages::duties::said, service},
    platform::http::page::{Drawn, Visit, below},
    programmes,
    reporting::pages::unnamed::{self, Place},
    tr,
    ui::{format, layout::PageHead, words},
};
use chrono::NaiveDate;
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let code = visit.param("code");
    let area = service::area(&visit.cx, code, visit.language()).await?;
    let courses = below(catalogue::service::in_area(&visit.cx, code, visit.language()).await);
    let given = below(deliveries::service::in_area(&visit.cx, code).await);
    let programmes = below(programmes::service::in_area(&visit.cx, code).await);
    let counted = unnamed::counted(&visit, Place::Area(code)).await;
    visit.draw(|| {
        // Under everything that names the area.
        let footnote = (code == KOSOVO)
            .then(|| view! { <div class="wrap"><p class="footnote">{tr!(app.kosovo_footnote)}</p></div> });
        view! {
            {show(area)}
            {courses.map(|lines| catalogue::pages::parts::section(tr!(catalogue.in_area_title), lines))}
            {given.map(deliveries::pages::parts::around)}
            {programmes.map(programmes::pages::parts::in_area)}
            {unnamed::section(counted)}
            {footnote}
        }
    })
}

fn show(data: AreaView) -> impl IntoView {
    let AreaView {
        area,
        languages,
        convention_deposit,
        convention_in_force,
        former_names,
        institutions,
        duties,
        may_set_duties,
    } = data;
    let duty = (!duties.is_empty() || may_set_duties).then(|| {
        let none = duties.is_empty().then(|| view! { <p class="muted">{tr!(duty.none)}</p> });
        let set = may_set_duties.then(|| {
            view! { <p><a href=format!("/areas/{}/duties", area.code)>{tr!(duty.set)}</a></p> }
        });
        let lines = duties
            .iter()
            .map(|term| view! { <li><b>{said(term)}</b><span>{term.source.clone()}</span></li> })
            .collect::<Vec<_>>();
        view! {
            <section class="section">
                <h2>{tr!(duty.title)}</h2>
                {none}
                {(!lines.is_empty()).then(|| view! { <ul class="dir-list">{lines}</ul> })}
                {set}
            </section>
        }
    });
    let tag = if area.project_area { tr!(areas.project_area) } else { tr!(areas.host) };
    let code = if area.code == KOSOVO { tr!(areas.user_assigned, code = area.code.clone()) } else { area.code.clone() };
    let confirmed = |day: Option<NaiveDate>| match day {
        Some(day) => view! { <dd>{format::date(day)}</dd> }.into_any(),
        None => view! { <dd class="muted">{tr!(areas.not_confirmed)}</dd> }.into_any(),
    };
    let here = area.code.clone();
    let lines = institutions
        .into_iter()
        .map(|line| {
            let kind = words::institution_kind(line.kind);
            let kind = if line.area_code == here { kind } else { format!("{kind} · {}", tr!(areas.serves_too)) };
            view! { <li><a href=format!("/institutions/{}", line.slug)>{line.name}</a><span>{kind}</span></li> }
        })
        .collect::<Vec<_>>();
    view! {
        <PageHead
            title=area.name.clone()
            crumbs=vec![(tr!(areas.title), "/areas".to_owned())]
            tags=view! { <span class="tag">{tag}</span> }.into_any()
        />
        <div class="wrap body cols">
            <div>
                <section class="section">
                    <h2>{tr!(areas.institutions)}</h2>
                    {if lines.is_empty() {
                        view! { <p class="muted">{tr!(areas.no_institutions)}</p> }.into_any()
                    } else {
                        view! { <ul class="dir-list">{lines}</ul> }.into_any()
                    }}
                </section>
                {duty}
            </div>
            <aside>
                <div class="sheet pad">
                    <h2>{tr!(areas.facts)}</h2>
                    <dl class="facts side">
                        <div><dt>{tr!(areas.code)}</dt><dd>{code}</dd></div>
                        <div><dt>{tr!(areas.languages)}</dt><dd>{words::languages(&languages)}</dd></div>
                        {(!former_names.is_empty())
                            .then(|| view! {
                                <div>
                                    <dt>{tr!(areas.former)}</dt>
                                    {former_names
                                        .into_iter()
                                        .map(|former| view! {
                                            <dd>
                                                {former.name}", "
                                                {tr!(areas.former_until, date = format::date(former.until))}
                                            </dd>
                                        })
                                        .collect_view()}
                                </div>
                            })}
                    </dl>
                    <p><a class="next" href=format!("/trainers?area={here}")>{tr!(roster.title)}</a></p>
                    <h3>{tr!(areas.convention)}</h3>
                    <dl class="facts side">
                        <div><dt>{tr!(areas.deposit)}</dt>{confirmed(convention_deposit)}</div>
                        <div><dt>{tr!(areas.in_force)}</dt>{confirmed(convention_in_force)}</div>
                    </dl>
                </div>
            </aside>
        </div>
    }
    .into_any()
}
