//! People counted without names, on the pages of a project, an institution and an area.

use super::numbers::apart;
use crate::{
    app,
    people::rights::{Right, may_somewhere},
    reporting::{api::get_unnamed, model::Unnamed},
    tr,
    ui::load::below,
};
use leptos::prelude::*;

/// How many people were counted without names, for who may read numbers. Never added to anything.
#[component]
pub fn CountedWithoutNames(
    /// Key of a project.
    #[prop(optional, into)]
    project: Signal<String>,
    /// Address of an institution.
    #[prop(optional, into)]
    institution: Signal<String>,
    /// Code of an area.
    #[prop(optional, into)]
    area: Signal<String>,
) -> impl IntoView {
    if !may_somewhere(app::actor().as_ref(), Right::ReadNumbers) {
        return ().into_any();
    }
    let to_counts = may_somewhere(app::actor().as_ref(), Right::ManageDelivery);
    below(
        move || (project.get(), institution.get(), area.get()),
        |(project, institution, area)| get_unnamed(project, institution, area),
        move |told: Option<Unnamed>| {
            let Some(words) = told.as_ref().and_then(apart) else { return ().into_any() };
            view! {
                <div class="wrap body">
                    <section class="section stack">
                        <h2>{tr!(tallies.title)}</h2>
                        {words}
                        {(!area.read().is_empty()).then(|| view! { <p class="muted small">{tr!(tallies.by_origin)}</p> })}
                        <p class="actions">
                            <a href="/reports">{tr!(tallies.numbers)}</a>
                            {to_counts.then(|| view! { <a href="/counts">{tr!(tallies.list)}</a> })}
                        </p>
                    </section>
                </div>
            }
            .into_any()
        },
    )
}
