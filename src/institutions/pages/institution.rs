//! `/institutions/{slug}`: an institution's public page.

use crate::{
    catalogue, deliveries,
    institutions::{api::InstitutionView, service},
    platform::http::page::{Drawn, Visit, below},
    reporting::pages::unnamed::{self, Place},
    tr,
    ui::{layout::PageHead, words},
};
use chrono::Datelike;
use leptos::prelude::*;

pub async fn page(visit: Visit) -> Drawn {
    let slug = visit.param("slug");
    let institution = service::view(&visit.cx, slug, visit.language()).await?;
    let courses = below(catalogue::service::at_institution(&visit.cx, slug, visit.language()).await);
    let given = below(deliveries::service::at_institution(&visit.cx, slug).await);
    let counted = unnamed::counted(&visit, Place::Institution(slug)).await;
    visit.draw(|| {
        view! {
            {show(institution)}
            {courses.map(|lines| catalogue::pages::parts::section(tr!(catalogue.at_institution), lines))}
            {given.map(deliveries::pages::parts::around)}
            {unnamed::section(counted)}
        }
    })
}

fn show(data: InstitutionView) -> impl IntoView {
    let InstitutionView { institution, area, serves, former_names, may_edit } = data;
    let actions = may_edit.then(|| {
        let duty = format!("/reports/duty?institution={}", institution.slug);
        view! {
            <a class="btn quiet small" href=duty>{tr!(duty.title)}</a>
            <a class="btn quiet small" href=format!("/institutions/{}/edit", institution.slug)>{tr!(institutions.edit)}</a>
            <a class="btn quiet small" href=format!("/counts?institution={}", institution.slug)>{tr!(tallies.title)}</a>
        }
        .into_any()
    });
    let footnote = area.footnote || serves.iter().any(|area| area.footnote);
    let contact = [
        (!institution.address.is_empty()).then(|| {
            view! { <div><dt>{tr!(institutions.address)}</dt><dd>{institution.address.clone()}</dd></div> }.into_any()
        }),
        (!institution.email.is_empty()).then(|| {
            view! { <div><dt>{tr!(institutions.email)}</dt><dd><a href=format!("mailto:{}", institution.email)>{institution.email.clone()}</a></dd></div> }.into_any()
        }),
        (!institution.phone.is_empty()).then(|| {
            view! { <div><dt>{tr!(institutions.phone)}</dt><dd>{institution.phone.clone()}</dd></div> }.into_any()
        }),
        (!institution.website.is_empty()).then(|| {
            view! { <div><dt>{tr!(institutions.website)}</dt><dd><a href=institution.website.clone() rel="noopener noreferrer">{institution.website.clone()}</a></dd></div> }.into_any()
        }),
    ];
    let no_contact = contact.iter().all(Option::is_none);
    view! {
        <PageHead
            title=institution.name.clone()
            crumbs=vec![
                (tr!(institutions.title), "/institutions".to_owned()),
                (area.name.clone(), format!("/areas/{}", area.code)),
            ]
            tags=view! { <span class="tag">{words::institution_kind(institution.kind)}</span> }.into_any()
            actions=actions
        />
        <div class="wrap body cols">
            <div class="stack">
                {(!institution.about.is_empty()).then(|| view! { <p>{institution.about.clone()}</p> })}
                {former_names
                    .into_iter()
                    .map(|(name, ends_on)| view! { <p class="muted">{tr!(institutions.former, year = ends_on.year(), name = name.clone())}</p> })
                    .collect_view()}
                {(!institution.note.is_empty()).then(|| view! { <p class="muted small">{institution.note.clone()}</p> })}
            </div>
            <aside>
                <div class="sheet pad">
                    <h2>{tr!(institutions.contact)}</h2>
                    {if no_contact {
                        view! { <p class="muted">{tr!(institutions.no_contact)}</p> }.into_any()
                    } else {
                        view! { <dl class="facts side">{contact.into_iter().flatten().collect_view()}</dl> }.into_any()
                    }}
                    <dl class="facts side">
                        {(!institution.languages.is_empty()).then(|| view! {
                            <div><dt>{tr!(institutions.languages)}</dt><dd>{words::languages(&institution.languages)}</dd></div>
                        })}
                        {(!serves.is_empty()).then(|| view! {
                            <div>
                                <dt>{tr!(institutions.serves)}</dt>
                                <dd>{serves.iter().map(|area| area.name.clone()).collect::<Vec<_>>().join(", ")}</dd>
                            </div>
                        })}
                    </dl>
                    <p><a class="next" href=format!("/trainers?institution={}", institution.slug)>{tr!(roster.title)}</a></p>
                </div>
            </aside>
            {footnote.then(|| view! { <p class="footnote">{tr!(app.kosovo_footnote)}</p> })}
        </div>
    }
}
