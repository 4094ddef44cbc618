//! What is lacking in the licences of a delivery's trainers, for its page.

use crate::{
    tr,
    trainers::api::{DeliveryLack, get_lacking},
    ui::{load::below, words},
};
use leptos::prelude::*;

/// Says to whoever manages a delivery which of its trainers may not stand before the class, and why. Stands
/// beside the page's own content, not inside what that loads.
#[component]
pub fn Lacking(
    /// The delivery.
    #[prop(into)]
    id: Signal<String>,
) -> impl IntoView {
    below(
        move || id.get(),
        get_lacking,
        move |lacks: Vec<DeliveryLack>| {
            if lacks.is_empty() {
                return ().into_any();
            }
            view! {
            <div class="flash warn" role="status"><div class="stack">
                <p><b>{tr!(licences.lacking_title)}</b></p>
                <ul>
                    {lacks
                        .into_iter()
                        .map(|it| {
                            let text = words::unlicensed(&it.name, it.lack, it.state);
                            match it.licence {
                                Some(id) => view! { <li>{text}" "<a href=format!("/licences/{id}")>{tr!(licences.to_licence, name = it.name)}</a></li> }.into_any(),
                                None => view! { <li>{text}</li> }.into_any(),
                            }
                        })
                        .collect_view()}
                </ul>
                <p><a href=format!("/deliveries/{}/trainers", id.get_untracked())>{tr!(licences.to_trainers)}</a></p>
            </div></div>
        }
        .into_any()
        },
    )
}
