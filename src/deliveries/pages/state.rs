//! `/deliveries/{id}/state/{to}`: one step in a delivery's life, confirmed.

use crate::{
    deliveries::{api::Step, model::DeliveryState, service},
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::api::ChangeDeliveryState,
    ui::{
        field::TextArea,
        form::{Form, Hidden, Submit, Version},
        title::Title,
        words,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let step = service::step(&visit.cx, visit.param("id"), visit.param("to")).await?;
    visit.draw(|| show(step))
}

/// What the step does, as the words of its button.
pub fn verb(from: DeliveryState, to: DeliveryState) -> String {
    match (from, to) {
        (DeliveryState::Reported, DeliveryState::Delivered) => tr!(deliveries.act_reopen),
        (_, DeliveryState::Planned) => tr!(deliveries.act_planned),
        (_, DeliveryState::CallOpen) => tr!(deliveries.act_call_open),
        (_, DeliveryState::Selection) => tr!(deliveries.act_selection),
        (_, DeliveryState::Confirmed) => tr!(deliveries.act_confirmed),
        (_, DeliveryState::Running) => tr!(deliveries.act_running),
        (_, DeliveryState::Delivered) => tr!(deliveries.act_delivered),
        (_, DeliveryState::Reported) => tr!(deliveries.act_reported),
        (_, DeliveryState::Postponed) => tr!(deliveries.act_postponed),
        (_, DeliveryState::Cancelled) => tr!(deliveries.act_cancelled),
    }
}

/// What follows from it.
fn consequence(to: DeliveryState) -> String {
    match to {
        DeliveryState::Planned => tr!(deliveries.then_planned),
        DeliveryState::CallOpen => tr!(deliveries.then_call_open),
        DeliveryState::Selection => tr!(deliveries.then_selection),
        DeliveryState::Confirmed => tr!(deliveries.then_confirmed),
        DeliveryState::Running => tr!(deliveries.then_running),
        DeliveryState::Delivered => tr!(deliveries.then_delivered),
        DeliveryState::Reported => tr!(deliveries.then_reported),
        DeliveryState::Postponed => tr!(deliveries.then_postponed),
        DeliveryState::Cancelled => tr!(deliveries.then_cancelled),
    }
}

fn show(step: Step) -> impl IntoView {
    let Step { head, to } = step;
    let back = format!("/deliveries/{}", head.id);
    let title = verb(head.state, to);
    let allowed = head.state.may_become(to);
    let reason = head.state.needs_reason(to);
    let danger = to == DeliveryState::Cancelled;
    let labels = vec![
        ("reason", tr!(deliveries.reason)),
        ("state", tr!(deliveries.state_label)),
        ("trainers", tr!(deliveries.trainers_title)),
    ];
    view! {
        <Title text=title.clone()/>
        <div class="wrap narrow stack">
            <p><a class="back" href=back.clone()>{head.title.clone()}</a></p>
            <h1>{title.clone()}</h1>
            <p>{tr!(deliveries.now_state, state = words::delivery_state(head.state))}</p>
            {if allowed {
                view! {
                    <p>{consequence(to)}</p>
                    <Form function=ChangeDeliveryState::PATH class="form" labels=labels>
                        <Hidden name="id" value=head.id.to_string()/>
                        <Hidden name="to" value=to.code()/>
                        <Version value=head.version/>
                        {reason.then(|| view! { <TextArea name="reason" label=tr!(deliveries.reason) hint=tr!(deliveries.reason_hint)/> })}
                        <div class="actions">
                            <Submit label=title class=if danger { "danger" } else { "" }/>
                            <a class="btn quiet" href=back>{tr!(form.cancel)}</a>
                        </div>
                    </Form>
                }
                .into_any()
            } else {
                view! { <div class="notice warn"><p>{tr!(refusal.wrong_state)}</p></div> }.into_any()
            }}
        </div>
    }
    .into_any()
}
