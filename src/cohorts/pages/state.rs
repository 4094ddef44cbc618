//! `/cohorts/{id}/state/{to}`: one step in a cohort's life, confirmed.

use super::parts::state_name;
use crate::{
    cohorts::{
        api::{ChangeCohortState, CohortStep},
        model::CohortState,
        service,
    },
    platform::http::page::{Drawn, Visit},
    tr,
    ui::{
        field::TextArea,
        form::{Form, Hidden, Submit, Version},
        title::Title,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::next_state(&visit.cx, visit.param("id"), visit.param("to"), visit.language()).await?;
    visit.draw(|| show(data))
}

/// What the step does, as the words of its button.
pub fn verb(to: CohortState) -> String {
    match to {
        CohortState::Planned => state_name(to),
        CohortState::Selection => tr!(cohorts.act.selection),
        CohortState::Running => tr!(cohorts.act.running),
        CohortState::Finished => tr!(cohorts.act.finished),
        CohortState::Cancelled => tr!(cohorts.act.cancelled),
    }
}

/// What follows from it.
fn consequence(to: CohortState) -> String {
    match to {
        CohortState::Planned => String::new(),
        CohortState::Selection => tr!(cohorts.then.selection),
        CohortState::Running => tr!(cohorts.then.running),
        CohortState::Finished => tr!(cohorts.then.finished),
        CohortState::Cancelled => tr!(cohorts.then.cancelled),
    }
}

fn show(step: CohortStep) -> impl IntoView {
    let CohortStep { head, to } = step;
    let back = format!("/cohorts/{}", head.id);
    let title = verb(to);
    let labels = vec![("reason", tr!(cohorts.reason)), ("state", tr!(cohorts.state_label))];
    view! {
        <Title text=title.clone()/>
        <div class="wrap narrow stack">
            <p><a class="back" href=back.clone()>{head.title.clone()}</a></p>
            <h1>{title.clone()}</h1>
            <p>{tr!(cohorts.now_state, state = state_name(head.state))}</p>
            {if head.state.may_become(to) {
                view! {
                    <p>{consequence(to)}</p>
                    <Form function=ChangeCohortState::PATH class="form" labels=labels>
                        <Hidden name="cohort" value=head.id.to_string()/>
                        <Hidden name="to" value=to.code()/>
                        <Version value=head.version/>
                        {to.needs_reason().then(|| view! { <TextArea name="reason" label=tr!(cohorts.reason) hint=tr!(cohorts.reason_hint)/> })}
                        <div class="actions">
                            <Submit label=title class=if to == CohortState::Cancelled { "danger" } else { "" }/>
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
