//! People counted without names, on the pages of a project, an institution and an area.

use super::numbers::apart;
use crate::{
    app,
    people::rights::{Right, may_somewhere},
    platform::http::page::{Visit, below},
    reporting::{model::Unnamed, service},
    tr,
};
use leptos::prelude::*;

/// Whose page it is.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// A project's, by its key.
    Project(&'a str),
    /// An institution's, by its address in the site.
    Institution(&'a str),
    /// An area's, by its code.
    Area(&'a str),
}

/// What was counted without names.
pub struct Counted {
    told: Option<Unnamed>,
    by_origin: bool,
}

/// How many people were counted without names, for a viewer who may read numbers. Never added to anything.
pub async fn counted(visit: &Visit, place: Place<'_>) -> Option<Counted> {
    if !may_somewhere(visit.cx.actor.as_ref(), Right::ReadNumbers) {
        return None;
    }
    let (project, institution, area) = match place {
        Place::Project(key) => (key, "", ""),
        Place::Institution(slug) => ("", slug, ""),
        Place::Area(code) => ("", "", code),
    };
    let told = below(service::unnamed(&visit.cx, project, institution, area).await)?;
    Some(Counted { told, by_origin: !area.is_empty() })
}

/// What [`counted`] found, below the page's own content.
pub fn section(counted: Option<Counted>) -> Option<AnyView> {
    let Counted { told, by_origin } = counted?;
    let words = told.as_ref().and_then(apart)?;
    let to_counts = may_somewhere(app::actor().as_ref(), Right::ManageDelivery);
    let section = view! {
        <div class="wrap body">
            <section class="section stack">
                <h2>{tr!(tallies.title)}</h2>
                {words}
                {by_origin.then(|| view! { <p class="muted small">{tr!(tallies.by_origin)}</p> })}
                <p class="actions">
                    <a href="/reports">{tr!(tallies.numbers)}</a>
                    {to_counts.then(|| view! { <a href="/counts">{tr!(tallies.list)}</a> })}
                </p>
            </section>
        </div>
    };
    Some(section.into_any())
}
