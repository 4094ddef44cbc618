//! `/licences/{id}/assess`: opens an assessment.

use crate::{
    platform::http::page::{Drawn, Visit},
    tr,
    trainers::assessment::{
        api::{OpenAssessment, OpenView},
        service,
    },
    ui::{
        field::{Input, Select},
        form::{Form, Hidden, Submit},
        layout::PageHead,
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

pub async fn page(visit: Visit) -> Drawn {
    let data = service::to_open(&visit.cx, visit.param("id"), visit.language()).await?;
    visit.draw(|| show(data))
}

fn show(data: OpenView) -> impl IntoView {
    let back = format!("/licences/{}", data.licence);
    let deliveries: Vec<(String, String)> =
        data.deliveries.into_iter().map(|(id, title)| (id.to_string(), title)).collect();
    let cancel = back.clone();
    let body = if data.rubric == 0 {
        view! {
            <div class="notice warn">
                <p>{tr!(assessments.no_rubric)}</p>
                <p><a href=format!("/courses/{}/licences/rubric", data.course_slug)>{tr!(assessments.to_rubric)}</a></p>
            </div>
        }
        .into_any()
    } else {
        view! {
            <Form
                function=OpenAssessment::PATH
                class="form"
                labels=vec![
                    ("delivery", tr!(assessments.delivery)),
                    ("part", tr!(assessments.part)),
                    ("held_on", tr!(assessments.held_on)),
                ]
            >
                <Hidden name="id" value=data.id.to_string()/>
                <Hidden name="licence" value=data.licence.to_string()/>
                <p class="hint">{tr!(assessments.by_rubric, number = data.rubric)}</p>
                <Select
                    name="delivery"
                    label=tr!(assessments.delivery)
                    hint=tr!(assessments.delivery_hint)
                    options=deliveries
                    empty=tr!(licences.none)
                    optional=true
                />
                <Input name="part" label=tr!(assessments.part) hint=tr!(assessments.part_hint)/>
                <Input name="held_on" kind="date" class="short" label=tr!(assessments.held_on) optional=true/>
                <div class="actions">
                    <Submit label=tr!(assessments.open_submit)/>
                    <a class="btn quiet" href=cancel>{tr!(form.cancel)}</a>
                </div>
            </Form>
        }
        .into_any()
    };
    view! {
        <PageHead
            title=tr!(assessments.open_title)
            crumbs=vec![
                (data.course_title, format!("/courses/{}/licences", data.course_slug)),
                (tr!(licences.of, name = data.name), back),
            ]
        />
        <div class="wrap body">{body}</div>
    }
    .into_any()
}
