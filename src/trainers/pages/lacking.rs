//! What is lacking in the licences of a delivery's trainers, for its page.

use crate::{
    people::rights::{Right, may_somewhere},
    platform::http::page::{Visit, below},
    tr,
    trainers::{api::DeliveryLack, guard},
    ui::words,
};
use leptos::prelude::*;

/// What is lacking in the licences of a delivery's trainers, for a viewer who may manage deliveries. Whether they may
/// manage this one the service asks again.
pub async fn lacking_of(visit: &Visit, delivery: &str) -> Option<Vec<DeliveryLack>> {
    if !may_somewhere(visit.cx.actor.as_ref(), Right::ManageDelivery) {
        return None;
    }
    below(guard::lacking(&visit.cx, delivery).await)
}

/// A warning on the page of a `delivery`. It tells the manager which trainers may not stand before the class, and why.
/// The data come from [`lacking_of`].
pub fn lacking(delivery: &str, lacks: Option<Vec<DeliveryLack>>) -> Option<AnyView> {
    let lacks = lacks.filter(|lacks| !lacks.is_empty())?;
    let lines = lacks
        .into_iter()
        .map(|it| {
            let text = words::unlicensed(&it.name, it.lack, it.state);
            match it.licence {
                Some(id) => view! {
                    <li>{text}" "<a href=format!("/licences/{id}")>{tr!(licences.to_licence, name = it.name)}</a></li>
                }
                .into_any(),
                None => view! { <li>{text}</li> }.into_any(),
            }
        })
        .collect_view();
    let section = view! {
        <div class="flash warn" role="status"><div class="stack">
            <p><b>{tr!(licences.lacking_title)}</b></p>
            <ul>{lines}</ul>
            <p><a href=format!("/deliveries/{delivery}/trainers")>{tr!(licences.to_trainers)}</a></p>
        </div></div>
    };
    Some(section.into_any())
}
